/** The regression of chapters 7 to 9: a curve on [−1, 1] whose truth is known. */

/** The curve that is to be learned. */
export const truth = (x) => Math.sin(5 * x + 0.5);

/** The middles of `count` equal cells of [−1, 1]. @returns {Float64Array} (count,) */
export const middles = (count) => Float64Array.from({ length: count }, (_, k) => -1 + (2 * k + 1) / count);

/** A window a little wider than [−1, 1]. */
export const ACROSS = [-1.04, 1.04];
