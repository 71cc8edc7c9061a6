/** What the penalty does to the coefficients, in words. */

import { amount, short, whole } from "../kit/format.js";

const NAMES = ["w₀", "w₁"];
const SHAPES = { l2: "circle", both: "rounded diamond", l1: "diamond" };

const signed = (value) => short(value, 3).replace("-", "−");
export const pair = (w) => `(${w.map(signed).join(", ")})`;

/** What stands in bold, and why. */
function touch({ problem, kind, mix, reg, w }) {
  if (problem.minimum.every((value) => value === 0)) return ["The minimum is 0 already.", "Drag it away."];
  const zeros = NAMES.filter((_, j) => w[j] === 0);
  const shape = SHAPES[kind];
  if (zeros.length === 2) {
    const largest = Math.max(...problem.pull.map(Math.abs));
    const least = `${mix === 1 ? "" : `${short(mix)}·`}reg/2 = ${amount((mix * reg) / 2)}`;
    return ["Both coefficients are exactly 0.", `${least} is at least as large as every |Xᵀy/n|; the largest is ${amount(largest)}.`];
  }
  if (zeros.length === 1 && kind === "l2") return [`The circle touches where ${zeros[0]} is 0 without penalty, too.`, ""];
  if (zeros.length === 1) {
    return [`The ${shape} touches at a corner: ${zeros[0]} is exactly 0.`, ""];
  }
  if (kind === "l2") {
    const both = w.every((value, j) => Math.abs(value) <= Math.abs(problem.minimum[j]));
    return [`The circle touches: ${both ? "both shrink" : "the pair shrinks"}, neither to 0.`, ""];
  }
  return [`The ${shape} touches on a side: neither is 0.`, ""];
}

/**
 * The readout: [what stands in bold, the rest].
 * @param {ReturnType<typeof import("./shrink.js").compute>} found
 * @returns {[string, string]}
 */
export function readout(found) {
  const { problem, w, early, match, steps, apart } = found;
  const [lead, why] = touch(found);
  const part = (100 * apart) / (Math.hypot(...problem.minimum) || 1);
  const moved = `w = ${pair(w)}; without penalty ${pair(problem.minimum)}.`;
  const count = steps === 1 ? "1 step" : `${whole(steps)} steps`;
  const stop =
    `Descent stopped after ${count} is at ${pair(early)}, ${amount(apart)} from the ridge solution of ` +
    `reg = 1/(2·lr·t) = ${amount(match)}: ${amount(part)} % of the minimum's distance from 0.`;
  return [lead, [why, moved, stop].filter(Boolean).join(" ")];
}
