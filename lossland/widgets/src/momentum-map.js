/**
 * Chapter 5: the map of the convergence rate over (lr, mu) on a quadratic, and for the picked pair the
 * path on the bowl and the loss beside theory's line. One direction's phase plane is phase-plane.js.
 *
 * Traits of the Python side: lr, mu, condition_number, method, start (the state, both ways); key,
 * angle, steps (fixed); yours, trouble (the reader's own path, or what went wrong with it).
 */

import { colourOf } from "./kit/colours.js";
import { player, presets, slider, switchOf } from "./kit/controls.js";
import { html } from "./kit/dom.js";
import { cell, short } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { handle } from "./kit/handle.js";
import { ravineControls, ravineFields, startHandle, withinStride } from "./kit/ravine.js";
import { bowlView } from "./kit/run.js";
import { shareButtons, shell } from "./kit/shell.js";
import { choice, createState, number } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { stillness } from "./kit/theme.js";
import { criticalMomentum, optimal, optimalGd, stabilityEdge } from "./kit/theory.js";
import { followYours } from "./kit/yours.js";
import { LAST, makeMap } from "./momentum-map/map.js";
import { compute, lossView } from "./momentum-map/views.js";
import { readout } from "./momentum-map/words.js";
import "./momentum-map/momentum-map.css"; // after the kit's, which it overrules

const MOST = 0.999; // largest momentum
const PRESETS = {
  plain: "Best plain descent",
  critical: "Critically damped",
  best: "Best pair",
  unstable: "Unstable",
};

const COLUMNS = ["step", "x₀", "x₁", "loss", "flat", "steep"];

/** The pair of a preset. @returns {{lr: number, mu: number}} */
function pairOf(preset, method, conditionNumber) {
  const a = 1 / conditionNumber;
  switch (preset) {
    case "plain":
      return { lr: optimalGd(1, conditionNumber).lr, mu: 0 };
    case "critical":
      return { lr: a, mu: criticalMomentum(method, a) };
    case "best": {
      const { lr, mu } = optimal(method, 1, conditionNumber);
      return { lr, mu };
    }
    default:
      return { lr: 1.04 * a * stabilityEdge(method, 0.5), mu: 0.5 };
  }
}

const ravineField = ravineFields(LAST);
const FIELDS = {
  lr: ravineField.lr,
  mu: number(0, MOST, 5),
  condition_number: ravineField.condition_number,
  method: choice(["momentum", "nesterov"]),
  start: ravineField.start,
};

function render({ model, el }) {
  const steps = model.get("steps");
  const once = remembered();
  let step = steps;

  const frame = shell(el, {
    key: model.get("key"),
    title: "The momentum map.",
    hint: "Pick a learning rate and a momentum on the map; drag the start of the path.",
    lines: [2, 5],
    draw,
    views: () => views,
  });
  const state = createState(frame.name, FIELDS, model, frame.request, withinStride(LAST));
  const yours = followYours(model, frame.request);
  const set = (patch) => state.set(patch);

  // Controls
  const ravine = ravineControls(state, LAST);
  const mu = slider({
    label: "Momentum",
    range: [0, MOST],
    steps: 999,
    text: (value) => `mu = ${value.toFixed(3)}`,
    changed: (value) => set({ mu: value }),
  });
  const method = switchOf({
    label: "Method",
    options: { momentum: "Momentum", nesterov: "Nesterov" },
    changed: (value) => set({ method: value }),
  });
  const preset = presets({
    label: "Go to",
    options: PRESETS,
    chosen(name) {
      const { method: now, condition_number: kappa } = state.get();
      set(pairOf(name, now, kappa));
    },
  });
  const stepper = player({
    label: "Step",
    stillness: stillness(),
    changed(next) {
      step = Math.min(steps, next);
      frame.request();
    },
  });
  const table = dataTable("The run step by step; flat and steep: the position along each eigenvector", COLUMNS);
  frame.controls.append(html("div", { class: "ll-row" }, method.element, preset.element));

  // Plots, in the order of reading
  const map = makeMap(frame.plots);
  const bowl = bowlView(frame.plots, { span: 9, height: 350 });
  frame.plots.append(
    ...[html("div", { class: "ll-controls" }, ...ravine.elements, mu.element), frame.words, stepper.element],
  );
  const loss = lossView(frame.plots);
  bowl.plot.element.classList.add("ll-kept");
  const views = [map, bowl, loss];
  frame.foot.append(shareButtons(state), table.element);

  const pick = handle(map.plot, {
    label: "Learning rate and momentum",
    range: [0, LAST],
    moved: ([a, value]) => set({ lr: a / state.get().condition_number, mu: value }),
    nudged(across, up) {
      const now = state.get();
      set({ lr: now.lr + (0.02 * across) / now.condition_number, mu: now.mu + 0.005 * up });
    },
  });
  const start = startHandle(bowl.plot, state);

  function draw() {
    const { layout } = frame;
    const now = state.get();
    const theme = frame.theme();
    const { lr: rate, mu: friction, condition_number: kappa, method: kind } = now;
    const a = rate * kappa;
    const drawn = compute(now, { angle: model.get("angle"), steps, yours: model.get("yours") });
    const colour = colourOf(drawn.name, theme);

    once("map", [layout, theme, kind, kappa], () => map.drawGround(frame.root, kind, kappa));
    once("bowl", [layout, kappa], () => bowl.drawGround(drawn.bowl));
    once("loss", [layout], () => loss.drawGround(steps));
    map.drawPick([a, friction], colour);
    bowl.draw(drawn, step, colour);
    loss.draw(drawn, step, theme);

    ravine.show(now);
    mu.show(friction);
    method.show(kind);
    const near = (pair) => Math.abs(pair.lr / rate - 1) + Math.abs(pair.mu - friction) < 1e-3;
    preset.show(Object.keys(PRESETS).find((name) => near(pairOf(name, kind, kappa))));
    stepper.show(step, steps);
    pick.show([a, friction], `learning rate ${short(rate)}, momentum ${friction.toFixed(3)}`, a);
    start.show(now.start);

    const [lead, rest] = readout(drawn.found, kind, kappa, friction);
    frame.say(lead, yours.words(rest));
    table.show(() => rows(drawn));
  }

  return frame.live(state, yours.forget, stepper.stop);
}

/** The table's rows, one a step. */
const rows = ({ path, loss, directions: [flat, steep] }) =>
  path.map((x, t) => [
    String(t),
    ...[x[0], x[1], loss[t], flat[t], steep[t]].map(cell),
  ]);

export default { render };
