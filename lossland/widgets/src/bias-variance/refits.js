/** The setting of the widget, and many fits to many samples. */

import { middles, truth } from "../kit/regression.js";
import { basisOf, dot, errorParts } from "./polynomials.js";

export const HIGHEST = 15; // degree
export const SAMPLES = [20, 200];
export const NOISES = [0.02, 1];
export const REFITS = 100; // the first one is the sample on show
const MOST = SAMPLES[1]; // a sample's noise does not change when there are fewer points

/** Where predictions are compared with the truth. */
export const AT = middles(100);
const AIMS = AT.map(truth);

/** How many random numbers all refits take. */
export const NUMBERS = REFITS * (MOST + AT.length);

/** What depends on the sample size alone: places, truth there, basis. */
export function settingOf(n) {
  const x = Float64Array.from({ length: n }, (_, i) => -1 + (2 * i) / (n - 1));
  return { x, labels: x.map(truth), basis: basisOf(x, AT, HIGHEST) };
}

/** What the noise of every refit adds to each of its coefficients, for a noise of 1: (REFITS, 16). */
export const kicksOf = ({ x, basis }, normals) =>
  Array.from({ length: REFITS }, (_, r) => {
    const drawn = normals.subarray(r * MOST, r * MOST + x.length);
    return basis.q.map((column) => dot(column, drawn));
  });

/**
 * All refits at one degree, and their measured error at `AT`, where every refit meets new noise.
 * @param {ReturnType<typeof settingOf>} setting
 * @param {ReturnType<typeof errorParts>[number]} parts of that degree
 * @param {number[][]} kicks
 * @param {Float64Array} normals (NUMBERS,)
 * @param {{degree: number, noise: number}} state
 * @returns {{fits: Float64Array[], measured: number, give: number}} give: standard error of measured
 */
export function refit({ basis }, parts, kicks, normals, { degree, noise }) {
  const errors = [];
  const fits = kicks.map((kick, r) => {
    const fit = parts.mean.slice();
    for (let k = 0; k <= degree; k += 1) {
      const [times, column] = [noise * kick[k], basis.psi[k]];
      for (let i = 0; i < fit.length; i += 1) fit[i] += times * column[i];
    }
    const fresh = REFITS * MOST + r * fit.length;
    const error = fit.reduce((sum, value, i) => sum + (AIMS[i] + noise * normals[fresh + i] - value) ** 2, 0);
    errors.push(error / fit.length);
    return fit;
  });
  const measured = errors.reduce((sum, error) => sum + error, 0) / REFITS;
  const squares = errors.reduce((sum, error) => sum + (error - measured) ** 2, 0);
  return { fits, measured, give: Math.sqrt(squares / (REFITS - 1) / REFITS) };
}

/** The labels of the sample on show. */
export const sampleOf = ({ x, labels }, normals, noise) =>
  Array.from(x, (place, i) => [place, labels[i] + noise * normals[i]]);

/** The exact parts of every degree. */
export const partsOf = ({ basis, labels }, noise) => errorParts(basis, labels, AIMS, noise);
