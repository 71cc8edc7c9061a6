/** What the fits show, in words. */

/** Totals within this factor of the least one are as good. */
const NEAR = 1.1;

/** A training error above this part of the sum is about as large. */
const ALIKE = 0.8;

/**
 * "under", "over" or "right": is the total near its least, and if not, on which side of it?
 * @param {{total: number}[]} parts one a degree
 * @param {number} degree
 */
export function verdict(parts, degree) {
  const best = bestOf(parts);
  if (parts[degree].total <= NEAR * parts[best].total) return "right";
  return degree < best ? "under" : "over";
}

/** The degree of the least total. */
export const bestOf = (parts) =>
  parts.reduce((best, { total }, k) => (total < parts[best].total ? k : best), 0);

const LEADS = {
  under: "Underfit: the excess is bias.",
  right: "About right.",
  over: "Overfit: the excess is variance.",
};

/**
 * The readout: [what stands in bold, the rest].
 * @param {object} found parts: of every degree; degree; measured, give: the refits' error and its
 *   standard error; refits: how many
 * @returns {[string, string]}
 */
export function readout({ parts, degree, measured, give, refits }) {
  const { bias2, variance, noise, total, training } = parts[degree];
  const kind = verdict(parts, degree);
  const best = bestOf(parts);
  const digits = Math.max(0, 3 - Math.floor(Math.log10(total)));
  const [bias, spread, floor, sum, mean, room, seen] = [
    ...[bias2, variance, noise, total, measured, give, training],
  ].map((value) => value.toFixed(digits));
  const gap = `On the samples it has seen, the fit errs by ${seen}`;
  const meaning = {
    under:
      training > ALIKE * total
        ? `${gap}, about as much as on new ones: a small gap, and yet a bad fit.`
        : `${gap}; degree ${best} would lower both errors.`,
    right: `${gap}; the gap is the price of fitting noise.`,
    over: `${gap}, much less than on new ones: it has learned their noise.`,
  }[kind];
  const least = degree === best ? "No degree up to 15 has a smaller sum." : `The least sum is that of degree ${best}.`;
  return [
    LEADS[kind],
    `Exact: bias² ${bias} + variance ${spread} + noise ${floor} = ${sum}. Measured over ${refits} refits ` +
      `with new noise: ${mean}\u00a0±\u00a0${room}. ${meaning} ${least}`,
  ];
}
