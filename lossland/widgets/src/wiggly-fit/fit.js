/** A polynomial through noisy points with a penalty on its weights; lossland.widgets.wiggly_fit. */

import { dot, legendre } from "../bias-variance/polynomials.js";
import { normals } from "../kit/random.js";
import { middles, truth } from "../kit/regression.js";

export const POINTS = 20;
export const DEGREE = 15;
export const NOISE = 0.3;
export const STRENGTHS = [1e-6, 10];
/** Eight strengths a decade, among which the best is looked for. */
export const TRIED = Array.from({ length: 57 }, (_, k) => STRENGTHS[0] * 10 ** (k / 8));
/** Where a fit is compared with the truth. */
export const AT = middles(200);

const X = middles(POINTS);
const [columns, curves] = [X, AT].map((places) => legendre(places, DEGREE));
const gram = columns.map((a) => columns.map((b) => dot(a, b) / POINTS));
const aims = AT.map(truth);

/** The labels of a seed. @returns {Float64Array} (20,) */
export function labelsOf(seed) {
  const noise = normals(seed, POINTS);
  return X.map((x, i) => truth(x) + NOISE * noise[i]);
}

/** The solution of a symmetric positive definite system (Cholesky). */
function solve(matrix, right) {
  const n = right.length;
  const L = matrix.map((row) => row.slice());
  const w = right.slice();
  for (let j = 0; j < n; j += 1) {
    for (let k = 0; k < j; k += 1) for (let i = j; i < n; i += 1) L[i][j] -= L[i][k] * L[j][k];
    const pivot = Math.sqrt(L[j][j]);
    for (let i = j; i < n; i += 1) L[i][j] /= pivot;
  }
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k < i; k += 1) w[i] -= L[i][k] * w[k];
    w[i] /= L[i][i];
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < n; k += 1) w[i] -= L[k][i] * w[k];
    w[i] /= L[i][i];
  }
  return w;
}

const combine = (basis, w) =>
  basis[0].map((_, i) => basis.reduce((sum, column, k) => sum + w[k] * column[i], 0));

const squares = (a, b) => a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length;

/**
 * The minimiser of mean squared error + reg·Σw².
 * @param {Float64Array} y labels
 * @returns {{curve: Float64Array, training: number, test: number, size: number}} the curve at AT; the
 *   errors on the points and, expected, at new ones; Σw²
 */
export function fit(y, reg) {
  const system = gram.map((row, i) => row.map((value, j) => value + (i === j ? reg : 0)));
  const w = solve(system, columns.map((column) => dot(column, y) / POINTS));
  const curve = combine(curves, w);
  return {
    curve,
    training: squares(combine(columns, w), y),
    test: squares(curve, aims) + NOISE ** 2,
    size: w.reduce((sum, value) => sum + value * value, 0),
  };
}

/** Everything that is shown for the labels of one seed: the points and the best of TRIED. */
export function sampleOf(seed) {
  const y = labelsOf(seed);
  const tests = TRIED.map((reg) => fit(y, reg).test);
  const best = tests.indexOf(Math.min(...tests));
  return { y, points: Array.from(X, (x, i) => [x, y[i]]), best: { reg: TRIED[best], test: tests[best] } };
}
