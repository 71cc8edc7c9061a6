/**
 * Chapter 2: random local search on the round bowl in 2 to 300 dimensions: the walk, the share of the
 * proposals that are kept against its prediction, the loss.
 *
 * Traits of the Python side: step_size, dim, rule, seed (the state, both ways); key, steps.
 */

import { colourOf } from "./kit/colours.js";
import { action, player, slider, switchOf } from "./kit/controls.js";
import { html } from "./kit/dom.js";
import { cell, short } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { keptShare } from "./kit/probability.js";
import { normals } from "./kit/random.js";
import { shareButtons, shell } from "./kit/shell.js";
import { choice, createState, integer, number, seed } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { stillness } from "./kit/theme.js";
import { keptView, lossView, pathView } from "./local-search/views.js";
import { lengths, MOST, walk } from "./local-search/walk.js";
import { readout } from "./local-search/words.js";
import "./local-search/local-search.css"; // after the kit's

const SIZES = [0.001, 3];
const COLUMNS = ["step", "kept", "loss", "length", "predicted"];

const FIELDS = {
  step_size: number(...SIZES, 4),
  dim: integer(2, MOST),
  rule: choice(["fixed", "fifth"]),
  seed: seed(),
};

function render({ model, el }) {
  const steps = model.get("steps");
  const once = remembered();
  let step = steps;

  const frame = shell(el, {
    key: model.get("key"),
    title: "The hiker's test steps.",
    hint: "She keeps a step only if it leads down. Choose its length and the number of dimensions.",
    lines: [2, 6],
    draw,
    views: () => views,
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const set = (patch) => state.set(patch);

  const size = slider({
    label: "Step size",
    range: SIZES,
    log: true,
    text: (value) => `σ = ${short(value, 2)}`,
    changed: (value) => set({ step_size: value }),
  });
  const dim = slider({
    label: "Dimensions",
    range: [2, MOST],
    steps: MOST - 2,
    log: true,
    text: (value) => String(Math.round(value)),
    changed: (value) => set({ dim: Math.round(value) }),
  });
  const rule = switchOf({
    label: "Step length",
    options: { fixed: "Fixed", fifth: "1/5 rule" },
    changed: (value) => set({ rule: value }),
  });
  const again = action({ text: "New walk", act: () => set({ seed: state.get().seed + 1 }) });
  const stepper = player({
    label: "Step",
    stillness: stillness(),
    changed(next) {
      step = Math.min(steps, next);
      frame.request();
    },
  });
  const table = dataTable("The walk step by step; length: of the step, against the distance to the minimum", COLUMNS);
  frame.controls.classList.add("ll-pair");
  frame.controls.append(
    html("div", { class: "ll-row" }, rule.element, again.element),
    ...[size.element, dim.element],
  );

  const path = pathView(frame.plots);
  const kept = keptView(frame.plots);
  frame.plots.append(frame.words, stepper.element);
  const loss = lossView(frame.plots);
  const views = [path, kept, loss];
  frame.foot.append(shareButtons(state), table.element);

  /** The prediction over the plot, and between its points. */
  function predictionOf(dimensions) {
    const share = keptShare(dimensions);
    const [low, high, count] = [-4, 2.5, 130];
    const heights = Array.from({ length: count + 1 }, (_, k) => share(10 ** (low + (k / count) * (high - low))));
    return {
      curve: heights.map((height, k) => [low + (k / count) * (high - low), height]),
      predict(length) {
        const at = Math.min(count - 1e-9, Math.max(0, ((Math.log10(length) - low) / (high - low)) * count));
        const k = Math.floor(at);
        return heights[k] + (at - k) * (heights[k + 1] - heights[k]);
      },
    };
  }

  function draw() {
    const { layout } = frame;
    const now = state.get();
    const colour = colourOf("local search", frame.theme());
    const numbers = once("normals", [now.seed], () => normals(now.seed, steps * MOST));
    const { curve, predict } = once("prediction", [now.dim], () => predictionOf(now.dim));
    const drawn = once("walk", [now], () => {
      const run = walk({ dim: now.dim, stepSize: now.step_size, rule: now.rule, steps, normals: numbers });
      return { run, dim: now.dim, predict, along: lengths(run, now.dim) };
    });

    once("ground", [layout], () => {
      path.drawGround();
      loss.drawGround(steps);
    });
    once("curve", [layout, now.dim], () => kept.drawGround(curve));
    path.draw(drawn, step, colour);
    kept.draw(drawn, step, colour);
    loss.draw(drawn, step, colour);

    size.show(now.step_size);
    dim.show(now.dim);
    rule.show(now.rule);
    stepper.show(step, steps);
    const found = {
      kept: drawn.run.kept.filter(Boolean).length,
      late: drawn.run.kept.slice(-Math.ceil(steps / 3)).filter(Boolean).length,
      expected: drawn.along.reduce((sum, length) => sum + predict(length), 0),
      left: drawn.run.loss[steps] / drawn.run.loss[0],
      ...{ steps, dim: now.dim, rule: now.rule },
    };
    frame.say(...readout(found));
    table.show(() => rows(drawn));
  }

  return frame.live(state, stepper.stop);
}

/** The table's rows, one a step. */
const rows = ({ run, along, predict }) =>
  run.kept.map((keep, t) => [
    String(t + 1),
    keep ? "yes" : "no",
    ...[run.loss[t + 1], along[t]].map(cell),
    predict(along[t]).toFixed(3),
  ]);

export default { render };
