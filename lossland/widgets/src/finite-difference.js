/**
 * Chapter 3: the difference quotient of a function, smooth or with a kink, against its derivative, and
 * its error against h.
 *
 * Traits of the Python side: function, formula, x, h (the state, both ways); key.
 */

import { colourOf } from "./kit/colours.js";
import { slider, switchOf } from "./kit/controls.js";
import { html } from "./kit/dom.js";
import { cell, short } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { handle } from "./kit/handle.js";
import { shareButtons, shell } from "./kit/shell.js";
import { choice, createState, number } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { FUNCTIONS, measure } from "./finite-difference/difference.js";
import { errorView, functionView, WIDTHS, WINDOW } from "./finite-difference/views.js";
import { readout } from "./finite-difference/words.js";
import "./finite-difference/finite-difference.css"; // after the kit's

const METHODS = { forward: "random search", centred: "gradient descent" }; // whose colours they have
const COLUMNS = ["h", "forward", "error", "centred", "error"];
const RANGE = WIDTHS.map((k) => 10 ** k);

const FIELDS = {
  function: choice(Object.keys(FUNCTIONS)),
  formula: choice(["centred", "forward"]),
  x: number(...WINDOW, 6),
  h: number(...RANGE, 4),
};

function render({ model, el }) {
  const once = remembered();

  const frame = shell(el, {
    key: model.get("key"),
    title: "The difference quotient.",
    hint: "Move the point along the curve, and h over fifteen powers of ten.",
    lines: [3, 6],
    draw,
    views: () => views,
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const set = (patch) => state.set(patch);

  const chosen = switchOf({
    label: "Function",
    options: Object.fromEntries(Object.entries(FUNCTIONS).map(([name, { text }]) => [name, text])),
    changed: (value) => set({ function: value }),
  });
  const formula = switchOf({
    label: "Formula",
    options: { forward: "Forward", centred: "Centred" },
    changed: (value) => set({ formula: value }),
  });
  const x = slider({
    label: "Point",
    range: WINDOW,
    steps: 400,
    text: (value) => `x = ${short(value, 3).replace("-", "−")}`,
    changed: (value) => set({ x: Number(value.toFixed(4)) }),
  });
  const h = slider({
    label: "Width",
    range: RANGE,
    steps: 150,
    log: true,
    text: (value) => `h = ${cell(value)}`,
    changed: (value) => set({ h: value }),
  });
  const table = dataTable("Both formulas at the point, for a power of ten each", COLUMNS);
  frame.controls.classList.add("ll-pair");
  frame.controls.append(
    html("div", { class: "ll-row" }, chosen.element, formula.element),
    ...[x.element, h.element],
  );

  const curve = functionView(frame.plots);
  const errors = errorView(frame.plots);
  frame.plots.append(frame.words);
  const views = [curve, errors];
  frame.foot.append(shareButtons(state), table.element);

  const place = handle(curve.plot, {
    label: "Point on the curve",
    range: WINDOW,
    moved: ([at]) => set({ x: Number(at.toFixed(3)) }),
    nudged: (across, up) => set({ x: state.get().x + 0.01 * across, h: state.get().h * 10 ** (0.1 * up) }),
  });

  function draw() {
    const { layout } = frame;
    const now = state.get();
    const theme = frame.theme();
    const colours = Object.fromEntries(
      Object.entries(METHODS).map(([name, method]) => [name, colourOf(method, theme)]),
    );
    const found = measure(now);
    const colour = colours[now.formula];
    once("curve", [layout, now.function], () => curve.drawGround(now.function));
    once("errors", [layout, theme, now.function, now.formula, now.x], () => errors.drawGround(now, colours));
    curve.draw(found, colour);
    errors.draw(found, colour);

    chosen.show(now.function);
    formula.show(now.formula);
    x.show(now.x);
    h.show(now.h);
    place.show([now.x, found.chosen.f(now.x)], `x ${short(now.x)}, h ${cell(now.h)}`, now.x);
    frame.say(...readout(found));
    table.show(() => rows(now));
  }

  return frame.live(state);
}

/** The table's rows, one a power of ten. */
const rows = (now) =>
  Array.from({ length: WIDTHS[1] - WIDTHS[0] + 1 }, (_, k) => 10 ** (WIDTHS[1] - k)).map((h) => {
    const both = ["forward", "centred"].map((formula) => measure({ ...now, formula, h }));
    return [cell(h), ...both.flatMap(({ quotient, error }) => [short(quotient, 6), cell(error)])];
  });

export default { render };
