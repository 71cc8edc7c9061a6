/** What the two errors say, in words. */

import { short, whole } from "../kit/format.js";

/** Validation errors within this factor of the least one are as good. */
const NEAR = 1.25;

/** The degree of the least validation error. */
export const bestOf = (fits) =>
  fits.reduce((best, { validation }, k) => (validation < fits[best].validation ? k : best), 0);

/** An error with two digits; what rounding leaves of an exact fit is 0. */
export const error = (value) => {
  if (value < 1e-9) return "0";
  return value >= 100 ? whole(Math.round(value)) : short(value, 2);
};

/**
 * The readout: [what stands in bold, the rest].
 * @param {{training: number, validation: number}[]} fits one a degree
 * @param {number} degree
 * @returns {[string, string]}
 */
export function readout(fits, degree) {
  const { training, validation } = fits[degree];
  const best = bestOf(fits);
  const lead = `Training error ${error(training)}, validation error ${error(validation)}.`;
  const least = `Of the degrees 0 to ${fits.length - 1}, ${best} does best on the points held out`;
  if (validation <= NEAR * fits[best].validation) {
    return [lead, `About right${degree === best ? ": no degree here does better on the points held out" : `. ${least}`}.`];
  }
  if (degree < best) return [lead, `Underfit: too stiff even for the points that it has seen. ${least}.`];
  return [lead, `Overfit: it follows the noise of the points that it has seen. ${least}.`];
}
