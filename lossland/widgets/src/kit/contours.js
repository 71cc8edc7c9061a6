/** Level lines: D3's marching squares for any function, exact ellipses for a quadratic. */

import { contours } from "d3-contour";

/**
 * Values of a function on the cell centres of a grid, row by row from the top (largest y).
 * @param {(x: number, y: number) => number} f
 * @param {[number, number]} xs window in x
 * @param {[number, number]} ys window in y
 * @param {number} columns
 * @param {number} rows
 * @returns {Float64Array} (rows·columns,)
 */
export function sample(f, xs, ys, columns, rows) {
  const values = new Float64Array(columns * rows);
  for (let j = 0; j < rows; j += 1) {
    const y = ys[1] - ((j + 0.5) / rows) * (ys[1] - ys[0]);
    for (let i = 0; i < columns; i += 1) {
      values[j * columns + i] = f(xs[0] + ((i + 0.5) / columns) * (xs[1] - xs[0]), y);
    }
  }
  return values;
}

/**
 * Closed rings around the places above a level, in units of the plot's width and height (0 to 1).
 * @param {ArrayLike<number>} values from `sample`
 * @param {number} columns
 * @param {number} rows
 * @param {number} level
 * @returns {[number, number][][]} rings of [across, down]
 */
export function rings(values, columns, rows, level) {
  const { coordinates } = contours().size([columns, rows]).contour(values, level);
  return coordinates.flat().map((ring) => ring.map(([i, j]) => [i / columns, j / rows]));
}

/**
 * The level line of ½·xᵀHx: half axes √(2·level/λ) along the unit eigenvectors.
 * @param {{eigenvalues: number[], axes: ArrayLike<number>[], minima: ArrayLike<number>[]}} bowl
 * @param {number} level loss above the minimum
 * @param {number} points
 * @returns {[number, number][]} a closed line in data units
 */
export function ellipse({ eigenvalues, axes, minima }, level, points = 90) {
  const [a, b] = eigenvalues.map((eigenvalue) => Math.sqrt((2 * level) / eigenvalue));
  return Array.from({ length: points + 1 }, (_, k) => {
    const turn = (2 * Math.PI * k) / points;
    const [p, q] = [a * Math.cos(turn), b * Math.sin(turn)];
    return [
      minima[0][0] + p * axes[0][0] + q * axes[1][0],
      minima[0][1] + p * axes[0][1] + q * axes[1][1],
    ];
  });
}
