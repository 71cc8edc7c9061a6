/**
 * Chapter 5's opener: plain descent and momentum from one start in a ravine, with one learning rate.
 *
 * Traits of the Python side: mu (the state, both ways); key, lr, condition_number, start, angle, steps
 * (fixed).
 */

import { colourOf } from "./kit/colours.js";
import { slider } from "./kit/controls.js";
import { html } from "./kit/dom.js";
import { cell } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { shareButtons, shell } from "./kit/shell.js";
import { createState, number } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { compute, ravineView } from "./plain-beside-momentum/views.js";
import { readout } from "./plain-beside-momentum/words.js";
import "./plain-beside-momentum/plain-beside-momentum.css"; // after the kit's

const MOST = 0.99; // largest momentum
const COLUMNS = ["step", "plain x₀", "x₁", "momentum x₀", "x₁"];

const FIELDS = { mu: number(0, MOST, 3) };

function render({ model, el }) {
  const once = remembered();
  const fixed = Object.fromEntries(
    ["lr", "condition_number", "start", "angle", "steps"].map((name) => [name, model.get(name)]),
  );

  const frame = shell(el, {
    key: model.get("key"),
    title: "One start, two methods.",
    hint: "Give momentum more of its last step, or less.",
    lines: [8, 6],
    draw,
    views: () => views,
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const mu = slider({
    label: "Momentum",
    range: [0, MOST],
    steps: 99,
    text: (value) => `mu = ${value.toFixed(2)}`,
    changed: (value) => state.set({ mu: value }),
  });
  const table = dataTable("Both paths step by step", COLUMNS);

  const ravine = ravineView(frame.plots);
  frame.plots.append(html("div", { class: "ll-beside" }, mu.element, frame.words));
  const views = [ravine];
  frame.foot.append(shareButtons(state), table.element);

  function draw() {
    const { layout } = frame;
    const theme = frame.theme();
    const now = state.get();
    const drawn = compute(now, fixed);
    once("ground", [layout], () => ravine.drawGround(drawn.bowl));
    ravine.draw(drawn, ["gradient descent", "momentum"].map((name) => [colourOf(name, theme), colourOf(name, theme, 4.5)]));
    mu.show(now.mu);
    frame.say(...readout(drawn));
    table.show(() => rows(drawn));
  }

  return frame.live(state);
}

/** The table's rows, one a step. */
const rows = ({ plain, momentum }) =>
  plain.map((x, t) => [String(t), ...[...x, ...momentum[t]].map(cell)]);

export default { render };
