/** Arrows at a target, and the parts of their mean squared distance from its bull's eye. */

export const ARROWS = 24;
export const MOST = 1.2; // of the bias and of the spread
const AWAY = [0.8, 0.6]; // direction in which the aim is off

/** How many random numbers the arrows take. */
export const NUMBERS = 2 * ARROWS;

/**
 * Where the arrows hit; the bull's eye is (0, 0).
 * @param {{bias: number, spread: number}} state spread: root of the mean squared distance from the aim
 * @param {Float64Array} normals (NUMBERS,)
 * @returns {[number, number][]}
 */
export const arrowsOf = ({ bias, spread }, normals) =>
  Array.from({ length: ARROWS }, (_, k) =>
    AWAY.map((part, i) => bias * part + (spread / Math.SQRT2) * normals[2 * k + i]),
  );

/**
 * total = bias2 + variance, exactly; centre is the arrows' mean.
 * @param {[number, number][]} hits
 */
export function partsOf(hits) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const centre = [0, 1].map((i) => mean(hits.map((hit) => hit[i])));
  const square = ([a, b]) => a * a + b * b;
  return {
    centre,
    total: mean(hits.map(square)),
    bias2: square(centre),
    variance: mean(hits.map(([a, b]) => square([a - centre[0], b - centre[1]]))),
  };
}
