/**
 * Chapter 7's opener: a polynomial fitted to some points, and its error on the others.
 *
 * Traits of the Python side: degree, seed (the state, both ways); key.
 */

import { partColours } from "./kit/colours.js";
import { action, slider } from "./kit/controls.js";
import { cell } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { normals } from "./kit/random.js";
import { shareButtons, shell } from "./kit/shell.js";
import { createState, integer, seed } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { HIGHEST, NUMBERS, fitsOf, pointsOf } from "./curve-through-points/fits.js";
import { curveView } from "./curve-through-points/views.js";
import { readout } from "./curve-through-points/words.js";
import "./curve-through-points/curve-through-points.css"; // after the kit's

const COLUMNS = ["degree", "training error", "validation error"];
const FIELDS = { degree: integer(0, HIGHEST), seed: seed() };

function render({ model, el }) {
  const once = remembered();

  const frame = shell(el, {
    key: model.get("key"),
    title: "How closely should a curve follow its points?",
    hint: "Change its degree, and watch the points that it has not seen.",
    lines: [6, 5],
    draw,
    views: () => [view],
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const degree = slider({
    label: "Degree",
    range: [0, HIGHEST],
    steps: HIGHEST,
    text: (value) => String(Math.round(value)),
    changed: (value) => state.set({ degree: Math.round(value) }),
  });
  const again = action({ text: "Other points", act: () => state.set({ seed: state.get().seed + 1 }) });
  const table = dataTable("Mean squared errors, a degree each", COLUMNS);
  frame.controls.classList.add("ll-pair");
  frame.controls.append(degree.element, again.element);

  const view = curveView(frame.plots);
  frame.words.classList.add("ll-beside");
  frame.plots.append(frame.words);
  frame.foot.append(shareButtons(state), table.element);

  function draw() {
    const now = state.get();
    const points = once("points", [now.seed], () => pointsOf(normals(now.seed, NUMBERS)));
    const fits = once("fits", [points], () => fitsOf(points));
    once("ground", [frame.layout], () => view.drawGround());
    view.draw(points, fits[now.degree], now.degree, partColours(frame.theme()));
    degree.show(now.degree);
    frame.say(...readout(fits, now.degree));
    table.show(() => rows(fits));
  }

  return frame.live(state);
}

/** The table's rows, one a degree. */
const rows = (fits) =>
  fits.map(({ training, validation }, k) => [String(k), cell(training), cell(validation)]);

export default { render };
