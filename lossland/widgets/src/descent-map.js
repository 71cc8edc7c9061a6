/**
 * Chapter 4: plain descent on a quadratic, exact or with noise as from mini-batches: the path on the
 * bowl and the loss beside theory's line, and where lr·λ of both directions lies against 1 and 2.
 *
 * Traits of the Python side: lr, condition_number, noise, seed, start (the state, both ways); key,
 * angle, steps (fixed); yours, trouble (the reader's own path, or what went wrong with it).
 */

import { colourOf } from "./kit/colours.js";
import { action, player, presets, slider } from "./kit/controls.js";
import { html, write } from "./kit/dom.js";
import { cell, short } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { normals } from "./kit/random.js";
import { ravineControls, ravineFields, startHandle, withinStride } from "./kit/ravine.js";
import { bowlView } from "./kit/run.js";
import { shareButtons, shell } from "./kit/shell.js";
import { createState, number, seed } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { stillness } from "./kit/theme.js";
import { optimalGd } from "./kit/theory.js";
import { followYours } from "./kit/yours.js";
import { compute, factorView, LAST, lossView } from "./descent-map/views.js";
import { readout } from "./descent-map/words.js";

const LOUDEST = 10; // largest noise
const PRESETS = { small: "Small", once: "lr·λ = 1", best: "Best", unstable: "Past the edge" };

/** lr·λ_max of a preset. */
function productOf(preset, conditionNumber) {
  const best = optimalGd(1, conditionNumber).lr * conditionNumber;
  return { small: 0.2, once: 1, best, unstable: 2.04 }[preset];
}

const ravineField = ravineFields(LAST);
const FIELDS = {
  lr: ravineField.lr,
  condition_number: ravineField.condition_number,
  noise: number(0, LOUDEST, 4),
  seed: seed(),
  start: ravineField.start,
};

function render({ model, el }) {
  const steps = model.get("steps");
  const once = remembered();
  let step = steps;

  const frame = shell(el, {
    key: model.get("key"),
    title: "Down the bowl.",
    hint: "Choose the ravine and the stride; drag the start of the path.",
    lines: [3, 8],
    draw,
    views: () => views,
  });
  const state = createState(frame.name, FIELDS, model, frame.request, withinStride(LAST));
  const yours = followYours(model, frame.request);
  const set = (patch) => state.set(patch);

  // Controls
  const ravine = ravineControls(state, LAST);
  const noise = slider({
    label: "Noise of the gradient",
    range: [0, LOUDEST],
    text: (value) => (value === 0 ? "none" : `± ${short(value, 3)}`),
    changed: (value) => set({ noise: value }),
  });
  const preset = presets({
    label: "Learning rate",
    options: PRESETS,
    chosen(name) {
      const kappa = state.get().condition_number;
      set({ lr: productOf(name, kappa) / kappa });
    },
  });
  const again = action({ text: "Draw other batches", act: () => set({ seed: state.get().seed + 1 }) });
  const stepper = player({
    label: "Step",
    stillness: stillness(),
    changed(next) {
      step = Math.min(steps, next);
      frame.request();
    },
  });
  const table = dataTable("The run step by step; theory: its line above the loss", COLUMNS);
  frame.controls.append(
    html("div", { class: "ll-row" }, preset.element, again.element),
    ...[...ravine.elements, noise.element],
  );

  // Plots, in the order of reading
  const bowl = bowlView(frame.plots, { span: 10, height: 340 });
  const walked = html("span", { class: "ll-quiet-line" });
  bowl.plot.caption.replaceChildren(html("span", {}, "The path on the bowl"), walked);
  const loss = lossView(frame.plots);
  frame.plots.append(frame.words, stepper.element);
  const factor = factorView(frame.plots);
  const views = [bowl, loss, factor];
  frame.foot.append(shareButtons(state), table.element);

  const start = startHandle(bowl.plot, state);

  function draw() {
    const { layout } = frame;
    const now = state.get();
    const colour = colourOf("gradient descent", frame.theme());
    const { condition_number: kappa } = now;
    const numbers = once("normals", [now.seed], () => normals(now.seed, 2 * steps));
    const fixed = { angle: model.get("angle"), steps, normals: numbers, yours: model.get("yours") };
    const drawn = compute(now, fixed);

    once("bowl", [layout, kappa], () => bowl.drawGround(drawn.bowl));
    once("ground", [layout], () => {
      loss.drawGround(steps);
      factor.drawGround();
    });
    bowl.draw(drawn, step, colour);
    loss.draw(drawn, step, colour, now.noise);
    factor.draw(drawn, colour);

    write(walked, now.noise > 0 ? `noisy gradients, ± ${short(now.noise)}` : "exact gradients");

    const a = now.lr * kappa;
    ravine.show(now);
    noise.show(now.noise);
    preset.show(Object.keys(PRESETS).find((name) => Math.abs(productOf(name, kappa) - a) < 1e-6));
    stepper.show(step, steps);
    start.show(now.start);

    const [lead, rest] = readout(drawn.found, kappa, now.noise);
    frame.say(lead, yours.words(rest));
    table.show(() => rows(drawn));
  }

  return frame.live(state, yours.forget, stepper.stop);
}

const COLUMNS = ["step", "x₀", "x₁", "loss", "theory"];

/** The table's rows, one a step. */
const rows = ({ path, loss, bound }) =>
  path.map((x, t) => [String(t), ...[x[0], x[1], loss[t], bound[t]].map(cell)]);

export default { render };
