/** What the difference quotient shows, in words. */

import { cell, short } from "../kit/format.js";

/**
 * Which error decides: "kink", "crossed", "lost", "exact", "rounding", "truncation" or "bottom".
 * @param {ReturnType<typeof import("./difference.js").measure>} found
 */
export function verdict({ atKink, crossed, low, high, error, truncation, rounding }) {
  if (atKink) return "kink";
  if (high === low) return "lost";
  if (crossed) return "crossed";
  if (error === 0) return "exact";
  if (truncation > 3 * rounding) return "truncation";
  return rounding > 3 * truncation ? "rounding" : "bottom";
}

/**
 * The readout: [what stands in bold, the rest].
 * @param {ReturnType<typeof import("./difference.js").measure>} found
 * @returns {[string, string]}
 */
export function readout(found) {
  const { x, h, formula, chosen, error, truncation, quotient, slope } = found;
  const centred = formula === "centred";
  const numbers = `Difference ${short(quotient, 6)}, derivative ${short(slope, 6)}, error ${cell(error)}.`;
  switch (verdict(found)) {
    case "kink":
      return [
        "There is no derivative at the kink.",
        `The slope is ${chosen.d1(-1e-9).toFixed(0)} on the left and ${chosen.d1(1e-9).toFixed(0)} on the ` +
          `right; the difference says ${short(quotient, 6)}.`,
      ];
    case "lost":
      return ["h is lost in rounding.", `x + h is the same float as x, and the difference is 0. ${numbers}`];
    case "crossed":
      return [
        "The kink is crossed.",
        `x${centred ? " − h" : ""} and x + h lie on different sides of it, and the secant mixes two slopes. ` +
          `${numbers} Take h below ${cell(Math.abs(x - chosen.kink))}.`,
      ];
    case "exact":
      return ["Exact here.", `By luck of rounding, or because the function is straight. ${numbers}`];
    case "truncation":
      return [
        "Truncation dominates.",
        `${numbers} The curve bends away from the secant: ${centred ? "h²·|f‴|/6" : "h·|f″|/2"} = ` +
          `${cell(truncation)}. A ten times smaller h makes it ${centred ? "a hundred" : "ten"} times smaller.`,
      ];
    case "rounding": {
      const same = Math.max(0, Math.min(16, Math.floor(-Math.log10(h))));
      return [
        "Rounding dominates.",
        `${numbers} The two values agree in about ${same} of 16 digits, and their difference keeps only ` +
          "the others. A ten times larger h makes the error ten times smaller.",
      ];
    }
    default:
      return ["The bottom of the V.", `${numbers} Truncation and rounding are within a factor of three of each other: no h is much better.`];
  }
}
