/** What the ensemble shows, in words. */

/** Test errors within this factor of the least one are as good. */
const NEAR = 1.05;

const percent = (share) => `${Number((100 * share).toPrecision(2))} %`;
const amount = (error, digits = 3) => error.toFixed(digits);

/**
 * The readout of an average: [what stands in bold, the rest].
 * @param {object} found members, rho; spread: σ; measured, shown, theory: errors at that many members
 * @returns {[string, string]}
 */
export function averageReadout({ members, rho, spread, measured, shown, theory, ensembles }) {
  const [stays, falls] = [rho * spread ** 2, ((1 - rho) * spread ** 2) / members];
  const numbers =
    `Theory: ρσ² + (1 − ρ)σ²/M = ${amount(stays, 4)} + ${amount(falls, 4)} = ${amount(theory, 4)}. Measured over ` +
    `${ensembles} ensembles: ${amount(measured, 4)}; the one on show: ${amount(shown, 4)}.`;
  if (members === 1) return ["One member alone.", `${numbers} There is nothing yet to average.`];
  const lead = `The average keeps ${percent(theory / spread ** 2)} of a member's squared error.`;
  if (rho === 0) return [lead, `${numbers} The errors are independent: twice the members, half the error.`];
  if (rho === 1) return [lead, `${numbers} All members err alike: their average is any one of them.`];
  return [lead, `${numbers} However many join, ρσ² = ${amount(stays, 4)} stays.`];
}

/**
 * "start", "under", "right" or "over": which side of its least is the test error on?
 * @param {number[]} test after 0, 1, … rounds
 * @param {number} rounds
 */
export function verdict(test, rounds) {
  const best = bestOf(test);
  if (rounds === 0) return "start";
  if (best < test.length - 1 && test[rounds] <= NEAR * test[best]) return "right"; // else the bottom is not yet seen
  return rounds <= best ? "under" : "over";
}

/** The number of rounds after which the test error is least. */
export const bestOf = (test) => test.reduce((best, error, k) => (error < test[best] ? k : best), 0);

const LEADS = {
  start: "Before the first round: the mean of the labels.",
  under: "Still learning.",
  right: "About enough rounds.",
  over: "Overfit.",
};

/**
 * The readout of boosting: [what stands in bold, the rest].
 * @param {object} found rounds, shrinkage; training, test: errors after 0, 1, … rounds; noise: σ
 * @returns {[string, string]}
 */
export function boostingReadout({ rounds, shrinkage, training, test, noise }) {
  const best = bestOf(test);
  const kind = verdict(test, rounds);
  const last = test.length - 1;
  const meaning = {
    start: "Each round fits a tree to what is left over.",
    under: "What is left over still has the curve's shape, and the next trees will fit it.",
    right: "More rounds would fit little but noise.",
    over: "The training error falls on, but the trees now fit noise.",
  }[kind];
  const least =
    best === last
      ? `The test error is least at the last of ${last} rounds: more would lower it further.`
      : `The least test error, ${amount(test[best])}, comes after ${best === 1 ? "1 round" : `${best} rounds`}.`;
  return [
    LEADS[kind],
    `Training error ${amount(training[rounds])}, test error ${amount(test[rounds])}, of which σ² = ` +
      `${amount(noise ** 2)} is noise; each tree counts ${Number(shrinkage.toPrecision(2))} times. ${meaning} ${least}`,
  ];
}
