/** What one step shows, in words. */

import { amount, short } from "../kit/format.js";
import { left, STEPS } from "./step.js";

/**
 * The readout: [what stands in bold, the rest].
 * @param {ReturnType<typeof import("./step.js").compute>} drawn
 * @returns {[string, string]}
 */
export function readout(drawn) {
  if (drawn.slope === 0) return ["The gradient is zero here.", "This is the minimum, and no step leads away from it."];
  const [one, all] = left(drawn);
  const step = `The gradient has the length ${short(drawn.slope, 2)}, so the step is ${short(drawn.lr * drawn.slope, 2)} long`;
  const rest = `${step}. One step leaves ${amount(100 * one)} % of the loss, ${STEPS} steps leave ${amount(100 * all)} %.`;
  if (one > 1) return [all > 1 ? "Too large: over the valley and up." : "Up at first, down in the end.", rest];
  if (all > 1) return ["One step falls, the loop climbs.", rest];
  return [all > 0.5 ? "Too small: downhill, but slowly." : "Downhill.", rest];
}
