/** What a learning rate does to the loss, in words. */

import { perStep, short } from "../kit/format.js";
import { LEAST, STEPS } from "./regimes.js";

const percent = (part) => `${short(100 * part, 2)} %`;

/**
 * The readout: [what stands in bold, the rest].
 * @param {ReturnType<typeof import("./regimes.js").diagnose>} found
 * @returns {[string, string]}
 */
export function readout({ regime, left, growth }) {
  const after = `After ${STEPS} steps ${percent(left)} of the loss is left on average`;
  switch (regime) {
    case "low":
      return ["Too low.", `${after}: each step goes the right way and hardly moves.`];
    case "good":
      return ["Good.", `${after}. No learning rate leaves less than ${percent(LEAST)}.`];
    case "high":
      return ["High.", `${after}: the loss falls, then hangs. Each step overshoots what is left to do.`];
    default:
      return ["Too high.", `Each step lands across the valley and higher: the loss grows × ${perStep(growth)} per step.`];
  }
}
