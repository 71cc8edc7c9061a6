/**
 * What every widget on the quadratic bowl has: how narrow the ravine is, how long the stride, where the
 * walk starts. A stride is counted in lr·λ_max, where 2 is the edge of plain descent in any ravine.
 */

import { ellipse } from "./contours.js";
import { slider } from "./controls.js";
import { short } from "./format.js";
import { handle } from "./handle.js";
import { WINDOW } from "./run.js";
import { number, point } from "./state.js";

const LEAST = 0.02; // stride
const WORST = 1000; // largest condition number
const FINEST = 0.01; // stride between two positions of the slider

/** The fields of the state. @param {number} most the longest stride */
export const ravineFields = (most) => ({
  lr: number(LEAST / WORST, most, 5),
  condition_number: number(1, WORST, 4),
  start: point(WINDOW),
});

/** The state with a stride in its range, whatever the condition number is. @param {number} most */
export const withinStride = (most) => (state) => {
  const a = Math.min(most, Math.max(LEAST, state.lr * state.condition_number));
  return { ...state, lr: a / state.condition_number };
};

/**
 * Sliders for the condition number and the learning rate; the first leaves the stride as it is.
 * @param {ReturnType<typeof import("./state.js").createState>} state
 * @param {number} most the longest stride
 * @returns {{elements: HTMLElement[], show: (state: {lr: number, condition_number: number}) => void}}
 */
export function ravineControls(state, most) {
  const conditionNumber = slider({
    label: "Condition number",
    range: [1, WORST],
    log: true,
    text: (value) => `κ = ${short(value, 3)}`,
    changed(value) {
      const { lr, condition_number: before } = state.get();
      state.set({ condition_number: value, lr: (lr * before) / value });
    },
  });
  const stride = slider({
    label: "Learning rate",
    range: [LEAST, most],
    steps: Math.round((most - LEAST) / FINEST),
    text: (a) => `lr = ${short(a / state.get().condition_number, 3)}`,
    changed: (a) => state.set({ lr: a / state.get().condition_number }),
  });
  return {
    elements: [conditionNumber.element, stride.element],
    show({ lr, condition_number: kappa }) {
      conditionNumber.show(kappa);
      stride.show(lr * kappa);
    },
  };
}

/**
 * The ravine from above: its level lines, and the lake at the minimum.
 * @param {import("./plot.js").Plot} plot
 * @param {ReturnType<typeof import("./surfaces.js").quadraticBowl>} bowl
 * @param {[number, number][]} window
 * @param {number[]} heights of the level lines
 */
export function drawRavine(plot, bowl, window, heights) {
  plot.window(...window, true);
  plot.lines("levels", heights.map((height) => ellipse(bowl, height)), { kind: "level" });
  plot.disc("lake", [0, 0], { kind: "lake", radius: 5 });
  plot.label("lake name", [0, 0], "lake", { kind: "quiet", dx: 9, dy: 16 });
}

/**
 * The start of the path, to be dragged.
 * @param {import("./plot.js").Plot} plot the bowl
 * @param {ReturnType<typeof import("./state.js").createState>} state
 * @returns {{show: (start: [number, number]) => void}}
 */
export function startHandle(plot, state) {
  const { show } = handle(plot, {
    label: "Start of the path",
    range: WINDOW[0],
    moved: (value) => state.set({ start: value }),
    nudged(across, up) {
      const [x, y] = state.get().start;
      state.set({ start: [x + 0.05 * across, y + 0.05 * up] });
    },
  });
  return { show: (start) => show(start, start.map((x) => x.toFixed(2)).join(", "), start[0]) };
}
