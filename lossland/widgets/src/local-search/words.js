/** What the walk shows, in words. */

import { amount, whole } from "../kit/format.js";

const percent = (share) => `${(100 * share).toFixed(share < 0.095 ? 1 : 0)} %`;

/**
 * The readout: [what stands in bold, the rest].
 * @param {object} found kept: how many; expected: how many theory expects; late: kept of the last third;
 *   steps; left: part of the loss; dim; rule
 * @returns {[string, string]}
 */
export function readout({ kept, expected, late, steps, left, dim, rule }) {
  const share = kept / steps;
  const counted =
    `${whole(kept)} of ${whole(steps)} proposals ${kept === 1 ? "was" : "were"} kept, ${percent(share)}; predicted for this path: ` +
    `${percent(expected / steps)}.`;
  const done = kept === 0 ? "The loss has not fallen." : `The loss is at ${amount(left)} of the first one.`;
  if (rule === "fifth") {
    return ["The step length looks after itself.", `${counted} The step grows × 1.5 after a success, shrinks × 0.9 after a failure. ${done}`];
  }
  if (share > 0.38) {
    return ["Timid steps.", `${counted} Nearly every second one is kept, but each gains little. ${done}`];
  }
  const end = late / Math.ceil(steps / 3);
  if (share >= 0.1 && end < 0.05) {
    const why = `Of the last third only ${percent(end)}: near the minimum the same step is too long.`;
    return ["Right at first, too long in the end.", `${counted} ${why} ${done}`];
  }
  if (share >= 0.1) return ["About the right length.", `${counted} ${done}`];
  const why =
    dim > 20
      ? `In ${dim} dimensions nearly all of a step goes sideways, and sideways is uphill.`
      : "They are long against the distance that is left.";
  return [kept === 0 ? "Every proposal is refused." : "Steps too long.", `${counted} ${why} ${done}`];
}
