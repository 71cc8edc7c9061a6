/** The land above one weight: a hinge term max(0, 1 − wx) for each picture of one pixel x. */

/**
 * @param {number[]} pixels none of them 0
 * @returns what the land is; `slope` is that on the left (side −1) or on the right (side 1)
 */
export function landOf(pixels) {
  const bends = pixels.map((x) => 1 / x).sort((one, other) => one - other);
  const terms = (w) => pixels.map((x) => Math.max(0, 1 - w * x));
  const sum = (w) => terms(w).reduce((total, term) => total + term, 0);
  const slope = (w, side) =>
    pixels.reduce((total, x) => {
      const margin = 1 - w * x;
      return margin > 0 || (margin === 0 && -x * side > 0) ? total - x : total;
    }, 0);
  const lowest = bends.reduce((low, w) => (sum(w) < sum(low) ? w : low));
  return { bends, terms, sum, slope, lowest };
}
