/**
 * Chapter 8's opener: a polynomial of degree 15 through 20 noisy points, and the penalty on its weights.
 *
 * Traits of the Python side: reg, seed (the state, both ways); key.
 */

import { partColours } from "./kit/colours.js";
import { action, slider } from "./kit/controls.js";
import { amount, cell } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { shareButtons, shell } from "./kit/shell.js";
import { createState, number, seed } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { fit, sampleOf, STRENGTHS, TRIED } from "./wiggly-fit/fit.js";
import { fitView } from "./wiggly-fit/views.js";
import { readout } from "./wiggly-fit/words.js";
import "./wiggly-fit/wiggly-fit.css"; // after the kit's

const COLUMNS = ["reg", "error on the points", "at new points", "Σw²"];
const FIELDS = { reg: number(...STRENGTHS, 3), seed: seed() };

function render({ model, el }) {
  const once = remembered();

  const frame = shell(el, {
    key: model.get("key"),
    title: "How much penalty?",
    hint: "Make the penalty on the weights stronger.",
    lines: [8, 5],
    draw,
    views: () => [view],
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const reg = slider({
    label: "Strength",
    range: STRENGTHS,
    steps: 140,
    log: true,
    text: (value) => `reg = ${amount(value)}`,
    changed: (value) => state.set({ reg: value }),
  });
  const again = action({ text: "Other points", act: () => state.set({ seed: state.get().seed + 1 }) });
  const table = dataTable("Strength by strength; mean squared errors", COLUMNS);
  frame.controls.classList.add("ll-pair");
  frame.controls.append(reg.element, again.element);

  const view = fitView(frame.plots);
  frame.words.classList.add("ll-beside");
  frame.plots.append(frame.words);
  frame.foot.append(shareButtons(state), table.element);

  function draw() {
    const now = state.get();
    const theme = frame.theme();
    const colours = once("colours", [theme], () => partColours(theme));
    const sample = once("sample", [now.seed], () => sampleOf(now.seed));
    const found = { ...now, ...sample, ...fit(sample.y, now.reg) };
    once("ground", [frame.layout, colours], () => view.drawGround(colours));
    view.draw(found, colours);
    reg.show(now.reg);
    frame.say(...readout(found));
    table.show(() => rows(sample.y));
  }

  return frame.live(state);
}

/** The table's rows, two a decade of the strength. */
const rows = (y) =>
  TRIED.filter((_, k) => k % 4 === 0).map((reg) => {
    const { training, test, size } = fit(y, reg);
    return [reg, training, test, size].map(cell);
  });

export default { render };
