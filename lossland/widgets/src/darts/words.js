/** What the darts show, in words. */

import { amount, powerOfTen, whole } from "../kit/format.js";

/**
 * How many times the darts for half the height: 2 to the power dim/2, since the best of N falls as
 * N to the power −2/dim; as text.
 */
function factor(dim) {
  const times = 2 ** (dim / 2);
  if (times < 1e4) return whole(Math.round(times));
  const [digits, exponent] = times.toExponential(0).split("e+");
  return `${digits}·${powerOfTen(Number(exponent))}`;
}

/**
 * The readout: [what stands in bold, the rest].
 * @param {{tries: number, dim: number, best: number, mean: number, low: number, high: number}} found
 * @returns {[string, string]}
 */
export function readout({ tries, dim, best, mean, low, high }) {
  const [darts, lies] = tries === 1 ? ["One dart", "lies"] : [`The best of ${whole(tries)} darts`, "lies"];
  return [
    `${darts} ${lies} at height ${amount(best)}.`,
    `Predicted: ${amount(mean)} on average, in 8 runs of 10 between ${amount(low)} and ${amount(high)}; a single ` +
      `dart: ${amount(dim / 2)} ± ${amount(Math.sqrt(dim / 2))}. With very many darts, half the height takes ` +
      `${factor(dim)} times as many.`,
  ];
}
