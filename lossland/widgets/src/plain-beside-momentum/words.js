/** What the two paths show, in words. */

/** A part of the first distance. */
const percent = (part) => {
  const per = 100 * part;
  if (per < 0.1) return "less than 0.1 %";
  return `${per < 10 ? per.toFixed(1) : Math.round(per)} %`;
};

const stays = (steps) => (steps === null ? "more than 2\u202f000 steps" : `${steps} steps`);

/**
 * The readout: [what stands in bold, the rest].
 * @param {{mu: number, steps: number, left: number[], arrivals: (number | null)[]}} found
 * @returns {[string, string]}
 */
export function readout({ mu, steps, left: [plain, heavy], arrivals: [plainSteps, heavySteps] }) {
  if (mu === 0) {
    return [
      "With mu = 0 momentum is plain descent.",
      `After ${steps} steps ${percent(plain)} of the way is left.`,
    ];
  }
  const lead = `After ${steps} steps plain descent has ${percent(plain)} of the way left, momentum ${percent(heavy)}.`;
  const pace =
    `To come within a tenth and stay there, plain descent needs ${stays(plainSteps)}, momentum ${stays(heavySteps)}.`;
  const slower = plainSteps !== null && (heavySteps === null || heavySteps > plainSteps);
  const more = slower ? " It swings past the lake again and again." : "";
  return [lead, pace + more];
}
