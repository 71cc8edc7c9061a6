/** What the difference quotient shows, in words. */

import { cell, short } from "../kit/format.js";

/** A slope at a kink as a whole number; −0 is 0. */
const slopeText = (slope) => short(Math.round(slope) + 0, 3);

/** How many of 16 digits two values share whose difference is `gap`. */
const alike = (value, gap) =>
  gap === 0 ? 16 : Math.max(0, Math.min(16, Math.floor(Math.log10(Math.abs(value / gap)))));

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
  const { x, h, formula, chosen, error, truncation, quotient, slope, low, high } = found;
  const centred = formula === "centred";
  const numbers = `Difference ${short(quotient, 6)}, derivative ${short(slope, 6)}, error ${cell(error)}.`;
  switch (verdict(found)) {
    case "kink":
      return [
        "There is no derivative at the kink.",
        `The slope is ${slopeText(chosen.d1(-1e-9))} on the left and ${slopeText(chosen.d1(1e-9))} on the ` +
          `right; the difference says ${short(quotient, 6)}.`,
      ];
    case "lost":
      return [
        "h is lost in rounding.",
        `${centred ? "x − h and x + h are" : "x and x + h are"} the same float, and the difference is 0. ${numbers}`,
      ];
    case "crossed":
      return [
        "The kink is crossed.",
        `x${centred ? " − h" : ""} and x + h lie on different sides of it, and the secant mixes two slopes. ` +
          `${numbers} Take h below ${cell(Math.abs(x - chosen.kink))}.`,
      ];
    case "exact":
      return ["Exact here.", `By luck of rounding, or because the formula leaves nothing out here. ${numbers}`];
    case "truncation":
      return [
        "Truncation dominates.",
        `${numbers} ${centred ? "The bends on both sides cancel but for h²·|f‴|/6" : "The curve bends away from the secant: h·|f″|/2"} = ` +
          `${cell(truncation)}. With a ten times smaller h it is ${centred ? "a hundred" : "ten"} times smaller, until ` +
          "rounding takes over.",
      ];
    case "rounding": {
      const same = alike(chosen.f(x), chosen.f(high) - chosen.f(low));
      return [
        "Rounding dominates.",
        `${numbers} The two values agree in about ${same} of 16 digits, and their difference keeps only ` +
          `the others. With a ten times larger h about a tenth of it is left${truncation > 0 ? ", until truncation takes over" : ""}.`,
      ];
    }
    default:
      return ["The bottom of the V.", `${numbers} Truncation and rounding are within a factor of three of each other: no h is much better.`];
  }
}
