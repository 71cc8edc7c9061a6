/** What the committee shows, in words. */

const percent = (value) => `${value.toFixed(1)}\u202f%`;

/**
 * The readout: [what stands in bold, the rest].
 * @param {number[]} alone per cent that each tree gets wrong
 * @param {number[]} together per cent that the first 1, 2, … get wrong together
 * @param {number} count how many answer
 * @returns {[string, string]}
 */
export function readout(alone, together, count) {
  const now = together[count - 1];
  if (count === 1) return [`One tree gets ${percent(now)} wrong.`, "How many will a committee get wrong?"];
  const mine = alone.slice(0, count);
  const best = Math.min(...mine);
  const mean = mine.reduce((sum, value) => sum + value, 0) / count;
  const lead = `${count} trees together get ${percent(now)} wrong.`;
  const each = `Alone, each gets ${percent(best)} to ${percent(Math.max(...mine))} wrong, ${percent(mean)} on average.`;
  const gap = best - now;
  if (gap > 0.05) return [lead, `${each} The committee is ${gap.toFixed(1)} points better than its best member.`];
  return [lead, `${each} The committee is not better than its best member.`];
}
