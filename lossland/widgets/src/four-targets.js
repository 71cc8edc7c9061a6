/**
 * Chapter 7: arrows at a target, which miss by bias and by spread; both parts of how far they miss.
 *
 * Traits of the Python side: bias, spread (the state, both ways); key, seed (fixed).
 */

import { partColours } from "./kit/colours.js";
import { slider } from "./kit/controls.js";
import { cell } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { normals } from "./kit/random.js";
import { shareButtons, shell } from "./kit/shell.js";
import { createState, number } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { ARROWS, MOST, NUMBERS, arrowsOf, partsOf } from "./four-targets/arrows.js";
import { targetView } from "./four-targets/views.js";
import { readout } from "./four-targets/words.js";
import "./four-targets/four-targets.css"; // after the kit's

const COLUMNS = ["arrow", "across", "up", "squared distance"];
const FIELDS = { bias: number(0, MOST, 3), spread: number(0, MOST, 3) };

function render({ model, el }) {
  const drawn = normals(model.get("seed"), NUMBERS);
  const once = remembered();

  const frame = shell(el, {
    key: model.get("key"),
    title: "Shoot at the target.",
    hint: "Where do you aim, and how steady is your hand?",
    lines: [9, 6],
    draw,
    views: () => [view],
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const knob = (label, name) =>
    slider({
      label,
      range: [0, MOST],
      steps: 120,
      text: (value) => value.toFixed(2),
      changed: (value) => state.set({ [name]: value }),
    });
  const bias = knob("Bias: how far off you aim", "bias");
  const spread = knob("Spread of your arrows", "spread");
  const table = dataTable("Where the arrows hit; the bull’s eye is (0, 0)", COLUMNS);
  frame.controls.classList.add("ll-pair");
  frame.controls.append(bias.element, spread.element);

  const view = targetView(frame.plots);
  frame.words.classList.add("ll-beside");
  frame.plots.append(frame.words);
  frame.foot.append(shareButtons(state), table.element);

  function draw() {
    const now = state.get();
    const hits = arrowsOf(now, drawn);
    const parts = partsOf(hits);
    once("ground", [frame.layout], () => view.drawGround());
    view.draw(hits, parts, partColours(frame.theme()));
    bias.show(now.bias);
    spread.show(now.spread);
    frame.say(...readout(parts, ARROWS));
    table.show(() => rows(hits));
  }

  return frame.live(state);
}

/** The table's rows, one an arrow. */
const rows = (hits) => hits.map(([a, b], k) => [String(k + 1), ...[a, b, a * a + b * b].map(cell)]);

export default { render };
