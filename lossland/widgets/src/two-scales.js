/**
 * Chapter 6's opener: a bowl that is a hundred times steeper across than along, and one method at a
 * time in it, over plain descent at its own rate.
 *
 * Traits of the Python side: method, lr (the state, both ways); key, condition_number, start, steps
 * (fixed).
 */

import { colourOf } from "./kit/colours.js";
import { slider, switchOf } from "./kit/controls.js";
import { cell, short } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { shareButtons, shell } from "./kit/shell.js";
import { choice, createState, number } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { NAMES, RANGE, RATES, compute, ravineView } from "./two-scales/views.js";
import { readout } from "./two-scales/words.js";
import "./two-scales/two-scales.css"; // after the kit's

const COLUMNS = ["step", "along", "across", "plain, along", "across"];

/** The method's name, with a hyphen for a space in the address. */
const ONE = choice(Object.keys(RATES));
const METHOD = {
  ...ONE,
  parse: (text) => ONE.parse(text.replaceAll("-", " ")),
  print: (value) => value.replaceAll(" ", "-"),
};

const FIELDS = { method: METHOD, lr: number(...RANGE, 3) };

function render({ model, el }) {
  const once = remembered();
  const fixed = Object.fromEntries(
    ["condition_number", "start", "steps"].map((name) => [name, model.get(name)]),
  );

  const frame = shell(el, {
    key: model.get("key"),
    title: "One ravine, five methods.",
    hint: "Choose one, then make its steps longer.",
    lines: [2, 5],
    draw,
    views: () => [ravine],
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const method = switchOf({
    label: "Method",
    options: NAMES,
    changed: (value) => state.set({ method: value, lr: RATES[value] }),
  });
  const lr = slider({
    label: "Learning rate",
    range: RANGE,
    log: true,
    text: (value) => `lr = ${short(value, 2)}`,
    changed: (value) => state.set({ lr: value }),
  });
  const table = dataTable("Both paths step by step", COLUMNS);
  frame.controls.classList.add("ll-five");
  frame.controls.append(method.element, lr.element);

  const ravine = ravineView(frame.plots);
  frame.plots.append(frame.words);
  frame.foot.append(shareButtons(state), table.element);

  function draw() {
    const theme = frame.theme();
    const now = state.get();
    const drawn = compute(now, fixed);
    once("ground", [frame.layout], () => ravine.drawGround(drawn.bowl));
    const inks = (name) => [colourOf(name, theme), colourOf(name, theme, 4.5)];
    ravine.draw(drawn, inks("gradient descent"), inks(now.method));
    method.show(now.method);
    lr.show(now.lr);
    frame.say(...readout(drawn));
    table.show(() => drawn.path.map((x, t) => [String(t), ...[...x, ...drawn.plain[t]].map(cell)]));
  }

  return frame.live(state);
}

export default { render };
