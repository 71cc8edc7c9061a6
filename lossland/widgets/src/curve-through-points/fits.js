/** The points, and what every degree makes of them. */

import { basisOf, dot } from "../bias-variance/polynomials.js";
import { middles, truth } from "../kit/regression.js";

export const HIGHEST = 16; // degree: it meets all 17 fitted points
const [POINTS, HELD_OUT] = [24, 7];
const NOISE = 0.3;

/** How many random numbers the points take. */
export const NUMBERS = 2 * POINTS;

/** Where the curve is drawn. */
const GRID = Float64Array.from({ length: 301 }, (_, k) => -1 + k / 150);

const squares = (values, aims) => values.reduce((sum, value, i) => sum + (value - aims[i]) ** 2, 0) / aims.length;

/**
 * The points; the places whose second random number is smallest are held out.
 * @param {Float64Array} normals (NUMBERS,)
 * @returns {{x: Float64Array, y: Float64Array, xOut: Float64Array, yOut: Float64Array}}
 */
export function pointsOf(normals) {
  const x = middles(POINTS);
  const y = x.map((place, i) => truth(place) + NOISE * normals[i]);
  const order = Array.from(x.keys()).sort((a, b) => normals[POINTS + a] - normals[POINTS + b]);
  const rows = (part) => part.sort((a, b) => a - b);
  const [out, seen] = [rows(order.slice(0, HELD_OUT)), rows(order.slice(HELD_OUT))];
  const pick = (values, part) => Float64Array.from(part, (i) => values[i]);
  return { x: pick(x, seen), y: pick(y, seen), xOut: pick(x, out), yOut: pick(y, out) };
}

/**
 * Of every degree the curve over GRID and both errors.
 * @param {ReturnType<typeof pointsOf>} points
 * @returns {{curve: [number, number][], training: number, validation: number}[]}
 */
export function fitsOf({ x, y, xOut, yOut }) {
  const at = Float64Array.of(...GRID, ...x, ...xOut);
  const { q, psi } = basisOf(x, at, HIGHEST);
  const values = new Float64Array(at.length);
  return q.map((column, k) => {
    const times = dot(column, y);
    for (let i = 0; i < values.length; i += 1) values[i] += times * psi[k][i];
    const end = GRID.length + x.length;
    return {
      curve: Array.from(GRID, (place, i) => [place, values[i]]),
      training: squares(values.subarray(GRID.length, end), y),
      validation: squares(values.subarray(end), yOut),
    };
  });
}
