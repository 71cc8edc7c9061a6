/** What a search of some budget can expect, in words. */

import { cell } from "../kit/format.js";
import { LABELS } from "../kit/methods.js";

export const trials = (budget) => (budget === 1 ? "1 trial" : `${budget} trials`);

/** A score: a cross-entropy, or what is left of the first height on a surface. */
export const score = (value, { decades }) => (decades ? cell(10 ** value) : value.toFixed(3));

/** Evaluations to the target. */
export const toTarget = ([, , , reached, evaluations]) =>
  evaluations === null ? `${Math.round(100 * reached)} % get there` : String(evaluations);

const list = (names) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/**
 * The readout: [what stands in bold, the rest].
 * @param {Record<string, [number, number, number, number, number | null, boolean]>} rows
 * @param {{decades: boolean}} shown
 * @param {number} budget
 * @returns {[string, string]}
 */
export function readout(rows, shown, budget) {
  const names = Object.keys(rows).sort((a, b) => rows[a][0] - rows[b][0]);
  const [best, worst] = [names[0], names.at(-1)];
  const level = names.filter((name) => name !== best && rows[name][5]);
  const lead = `After ${trials(budget)}: ${LABELS[best]} ${score(rows[best][0], shown)}, ${LABELS[worst]} ${score(rows[worst][0], shown)}.`;
  const told =
    level.length === 0
      ? "No other method is level with the best."
      : level.length > 3
        ? `${level.length} more are not told from the best.`
        : `Not told from the best: ${list(level.map((name) => LABELS[name]))}.`;
  const there = names.filter((name) => rows[name][4] !== null);
  const fastest = there.sort((a, b) => rows[a][4] - rows[b][4])[0];
  const pace = fastest
    ? `Half of the searches meet the target with ${there.length} of the ${names.length} methods, the fastest with ${LABELS[fastest]}, after ${rows[fastest][4]} evaluations.`
    : "With no method do half of the searches meet the target.";
  return [lead, `${told} ${pace}`];
}
