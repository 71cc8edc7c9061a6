/**
 * Chapter 5: momentum along one eigenvector: its phase plane, and the position beside theory's hull.
 *
 * Traits of the Python side: product, mu, method (the state, both ways); key, steps (fixed).
 */

import { colourOf } from "./kit/colours.js";
import { presets, slider, switchOf } from "./kit/controls.js";
import { html } from "./kit/dom.js";
import { cell } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { shareButtons, shell } from "./kit/shell.js";
import { choice, createState, number } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { compute, phaseView, positionView } from "./phase-plane/views.js";
import { readout } from "./phase-plane/words.js";

const RANGE = [0.002, 4.2]; // of lr·λ
const MOST = 0.999; // largest momentum
const PRESETS = {
  over: "Over-damped",
  critical: "Critically damped",
  under: "Under-damped",
  alternating: "Alternating",
  unstable: "Unstable",
};
const PAIRS = {
  momentum: { over: [0.04, 0.2], critical: [0.04, 0.64], under: [0.04, 0.9], alternating: [2.2, 0.2], unstable: [3.1, 0.5] },
  nesterov: { over: [0.04, 0.2], critical: [0.04, 2 / 3], under: [0.04, 0.9], alternating: [1.35, 0.4], unstable: [1.6, 0.5] },
};
const COLUMNS = ["step", "position", "velocity", "theory’s hull"];

const FIELDS = {
  product: number(...RANGE, 5),
  mu: number(0, MOST, 5),
  method: choice(["momentum", "nesterov"]),
};

function render({ model, el }) {
  const steps = model.get("steps");
  const once = remembered();

  const frame = shell(el, {
    key: model.get("key"),
    title: "One eigenvector.",
    hint: "A start at position 1, at rest. How does it come to rest at 0?",
    lines: [2, 5],
    draw,
    views: () => views,
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const set = (patch) => state.set(patch);

  const method = switchOf({
    label: "Method",
    options: { momentum: "Momentum", nesterov: "Nesterov" },
    changed: (value) => set({ method: value }),
  });
  const preset = presets({
    label: "Go to",
    options: PRESETS,
    chosen(name) {
      const [product, mu] = PAIRS[state.get().method][name];
      set({ product, mu });
    },
  });
  const product = slider({
    label: "Learning rate times curvature",
    range: RANGE,
    log: true,
    text: (value) => `lr·λ = ${value.toPrecision(3)}`,
    changed: (value) => set({ product: value }),
  });
  const mu = slider({
    label: "Momentum",
    range: [0, MOST],
    steps: 999,
    text: (value) => `mu = ${value.toFixed(3)}`,
    changed: (value) => set({ mu: value }),
  });
  const table = dataTable("The run step by step", COLUMNS);
  frame.controls.append(html("div", { class: "ll-row" }, method.element, preset.element));

  const phase = phaseView(frame.plots);
  const position = positionView(frame.plots);
  frame.plots.append(html("div", { class: "ll-controls ll-pair" }, product.element, mu.element), frame.words);
  const views = [phase, position];
  frame.foot.append(shareButtons(state), table.element);

  function draw() {
    const { layout } = frame;
    const now = state.get();
    const drawn = compute(now, steps);
    const colour = colourOf(now.mu === 0 ? "gradient descent" : now.method, frame.theme());
    once("ground", [layout], () => position.drawGround(steps));
    phase.draw(drawn, colour);
    position.draw(drawn, colour);

    method.show(now.method);
    const near = ([a, m]) => Math.abs(a / now.product - 1) + Math.abs(m - now.mu) < 1e-3;
    preset.show(Object.keys(PRESETS).find((name) => near(PAIRS[now.method][name])));
    product.show(now.product);
    mu.show(now.mu);
    frame.say(...readout(now));
    table.show(() => rows(drawn));
  }

  return frame.live(state);
}

/** The table's rows, one a step. */
const rows = ({ position, velocity, hull }) =>
  position.map((e, t) => [String(t), ...[e, velocity[t], hull[t]].map(cell)]);

export default { render };
