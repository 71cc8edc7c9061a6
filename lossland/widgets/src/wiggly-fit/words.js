/** What the penalty does to the fit, in words. */

import { amount } from "../kit/format.js";

const CLOSE = 1.1; // times the least error counts as near to the best

/**
 * The readout: [what stands in bold, the rest].
 * @param {{reg: number, training: number, test: number, best: {reg: number, test: number}}} found
 * @returns {[string, string]}
 */
export function readout({ reg, training, test, best }) {
  const lead =
    test <= CLOSE * best.test ? "Close to the best." : reg < best.reg ? "Too wiggly." : "Too stiff.";
  return [
    lead,
    `Mean squared error ${amount(training)} on the 20 points, ${amount(test)} at new ones. ` +
      `The least at new ones is ${amount(best.test)}, at reg = ${amount(best.reg)}; the noise alone is 0.09.`,
  ];
}
