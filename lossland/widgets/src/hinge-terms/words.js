/** What the three terms and the darts show, in words. */

import { cell, short } from "../kit/format.js";

const signed = (slope) => `${slope < 0 ? "−" : "+"}${short(Math.abs(slope))}`;

/**
 * The readout: [what stands in bold, the rest].
 * @param {{w: number, count: number, best: [number, number],
 *          land: ReturnType<typeof import("./land.js").landOf>}} found best: the best dart's place and height
 * @returns {[string, string]}
 */
export function readout({ w, count, best, land }) {
  const [left, right] = [-1, 1].map((side) => land.slope(w, side));
  const slope =
    left === right
      ? `The sum has the slope ${signed(left)} here.`
      : `A corner: the slope is ${signed(left)} on its left and ${signed(right)} on its right.`;
  const lowest = `the lowest place has w = ${cell(land.lowest)} and the loss ${short(land.sum(land.lowest))}.`;
  const thrown = count === 1 ? "The only dart" : `The best of ${count} darts`;
  const darts = count
    ? `${thrown} has w = ${short(best[0]).replace("-", "−")} and the loss ${short(best[1])}; ${lowest}`
    : "Where is the lowest place?";
  return [
    `Loss ${land.terms(w).map((term) => short(term)).join(" + ")} = ${short(land.sum(w))}.`,
    `${slope} ${darts}`,
  ];
}
