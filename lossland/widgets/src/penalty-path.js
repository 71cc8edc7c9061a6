/**
 * Chapter 8: a penalty on two coefficients of least squares: where its level set touches the loss's,
 * the coefficients against its strength, and descent that stops early beside ridge.
 *
 * Traits of the Python side: kind, reg, steps, correlation, minimum (the state, both ways); key.
 */

import { colourOf } from "./kit/colours.js";
import { action, slider, switchOf } from "./kit/controls.js";
import { html } from "./kit/dom.js";
import { cell, short } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { handle } from "./kit/handle.js";
import { shareButtons, shell } from "./kit/shell.js";
import { choice, createState, integer, number, point } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { compute, LR, PENALTIES, matching, shrunk, stopped } from "./penalty-path/shrink.js";
import { planeView, profileView, STEPS, stopView, STRENGTHS, WINDOW } from "./penalty-path/views.js";
import { readout } from "./penalty-path/words.js";
import "./penalty-path/penalty-path.css"; // after the kit's

const MOST = 0.95; // largest correlation
const COLUMNS = ["reg", "w₀", "w₁", "t", "w₀", "w₁"];

const FIELDS = {
  kind: choice(Object.keys(PENALTIES)),
  reg: number(...STRENGTHS, 4),
  steps: integer(...STEPS),
  correlation: number(-MOST, MOST, 3),
  minimum: point(WINDOW),
};

function render({ model, el }) {
  const once = remembered();

  const frame = shell(el, {
    key: model.get("key"),
    title: "Penalty and early stopping.",
    hint: "Choose penalty and strength, stop descent early; drag the minimum of the loss.",
    lines: [3, 7],
    draw,
    views: () => views,
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const set = (patch) => state.set(patch);

  // Controls
  const kind = switchOf({
    label: "Penalty",
    options: { l2: "Ridge, Σw²", both: "Half and half", l1: "Lasso, Σ|w|" },
    changed: (value) => set({ kind: value }),
  });
  const match = action({
    text: "Ridge that matches the stop",
    act: () => set({ kind: "l2", reg: matching(state.get().steps) }),
  });
  const reg = slider({
    label: "Strength",
    range: STRENGTHS,
    log: true,
    text: (value) => `reg = ${short(value, 3)}`,
    changed: (value) => set({ reg: value }),
  });
  const steps = slider({
    label: "Descent stops after",
    range: STEPS,
    log: true,
    text: (value) => `t = ${value}`,
    changed: (value) => set({ steps: Math.round(value) }),
  });
  const correlation = slider({
    label: "Correlation of the columns",
    range: [-MOST, MOST],
    steps: 190,
    text: (value) => value.toFixed(2).replace("-", "−"),
    changed: (value) => set({ correlation: Number(value.toFixed(3)) }),
  });
  const table = dataTable("Penalised coefficients, and descent's at the matching t = 1/(2·lr·reg)", COLUMNS);
  frame.controls.append(
    html("div", { class: "ll-row" }, kind.element, match.element),
    ...[reg.element, steps.element, correlation.element],
  );

  // Plots, in the order of reading
  const plane = planeView(frame.plots);
  const profile = profileView(frame.plots);
  frame.plots.append(frame.words);
  const stop = stopView(frame.plots);
  const views = [plane, profile, stop];
  frame.foot.append(shareButtons(state), table.element);

  const minimum = handle(plane.plot, {
    label: "Minimum of the loss",
    range: WINDOW[0],
    moved: (value) => set({ minimum: value }),
    nudged(across, up) {
      const [x, y] = state.get().minimum;
      set({ minimum: [x + 0.05 * across, y + 0.05 * up] });
    },
  });

  function draw() {
    const { layout } = frame;
    const now = state.get();
    const [blue, ink] = [3, 4.5].map((least) => colourOf("gradient descent", frame.theme(), least));
    const found = compute(now);
    const place = [layout, now.correlation, ...now.minimum];

    once("frame", [layout], () => plane.drawFrame());
    once("loss", place, () => plane.drawLoss(found));
    once("paths", [...place, now.kind, blue], () => plane.drawPaths(found, blue));
    once("profile", [...place, now.kind], () => profile.drawGround(found));
    once("stop", [...place, blue, ink], () => stop.drawGround(found, blue, ink));
    plane.draw(found, blue);
    profile.draw(found);
    stop.draw(found, blue);

    kind.show(now.kind);
    reg.show(now.reg);
    steps.show(now.steps);
    correlation.show(now.correlation);
    minimum.show(now.minimum, now.minimum.map((x) => x.toFixed(2)).join(", "), now.minimum[0]);
    frame.say(...readout(found));
    table.show(() => rows(found));
  }

  return frame.live(state);
}

/** The table's rows, three a decade of the strength. */
const rows = ({ problem, mix }) =>
  Array.from({ length: 13 }, (_, k) => 10 ** (-3 + k / 3)).map((reg) => {
    const t = Math.round(1 / (2 * LR * reg));
    return [cell(reg), ...shrunk(problem, reg, mix).map(cell), String(t), ...stopped(problem, t).map(cell)];
  });

export default { render };
