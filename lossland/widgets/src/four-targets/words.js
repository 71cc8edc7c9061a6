/** What the arrows show, in words. */

/** Below this, bias and spread count as small. */
const SMALL = 0.45;

/**
 * The readout: [what stands in bold, the rest].
 * @param {{bias2: number, variance: number, total: number}} parts
 * @param {number} count of arrows
 * @returns {[string, string]}
 */
export function readout({ bias2, variance, total }, count) {
  const off = Math.sqrt(bias2) >= SMALL;
  const wide = Math.sqrt(variance) >= SMALL;
  const lead = off
    ? `Large bias, ${wide ? "large" : "small"} variance.`
    : `Small bias, ${wide ? "large" : "small"} variance.`;
  const [a, b, sum] = [bias2, variance, total].map((value) => value.toFixed(3));
  const cause =
    total < 5e-4
      ? "Every arrow hits."
      : bias2 > variance
        ? "Most of it is bias: more arrows of this kind would not help."
        : "Most of it is variance: the arrows’ centre does better than most arrows.";
  return [
    lead,
    `Mean squared distance of ${count} arrows from the bull’s eye: bias² ${a} + variance ${b} = ${sum}. ${cause}`,
  ];
}
