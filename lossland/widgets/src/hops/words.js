/** What the hops come to, in words. */

import { amount } from "../kit/format.js";

/**
 * The readout: [what stands in bold, the rest].
 * @param {{kept: number, steps: number, left: number}} found left: of the first height
 * @returns {[string, string]}
 */
export function readout({ kept, steps, left }) {
  const lead = `${kept} of ${steps} hops kept.`;
  const height = `She is left with ${amount(100 * left)} % of her height.`;
  if (kept === 0) return [lead, `Every hop ends higher, on the far side of the lake. ${height}`];
  if (left > 0.3 && kept / steps > 0.3) return [lead, `Many succeed, and each brings little. ${height}`];
  if (kept / steps < 0.12) return [lead, `Few hops of this length end lower. ${height}`];
  return [lead, `${height} The closer she comes, the fewer she keeps.`];
}
