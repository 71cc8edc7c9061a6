/** What the descent map shows, in words. */

import { amount, perStep, short, whole } from "../kit/format.js";
import { optimalGd, stationaryVariance, stepsToGain } from "../kit/theory.js";

/** The factor by which "steps to come closer" counts. */
const FACTOR = 1e4;

/** lr·λ as a reader can check it against 1 and 2. */
const product = (a) => {
  const text = short(a, 3);
  return (text === "1" && a !== 1) || (text === "2" && a !== 2) ? short(a, 6) : text;
};

/**
 * What theory says about plain descent on a bowl with eigenvalues 1 and κ.
 * @param {{lr: number, condition_number: number, noise: number}} state
 */
export function diagnose({ lr, condition_number: conditionNumber, noise }) {
  const [flat, steep] = [1, conditionNumber].map((eigenvalue) => ({
    lrTimes: lr * eigenvalue,
    factor: 1 - lr * eigenvalue,
    floor: 0.5 * eigenvalue * stationaryVariance(eigenvalue, lr, noise),
  }));
  const [slow, quick] = [flat, steep].map(({ factor }) => Math.abs(factor));
  const settles = steep.lrTimes < 2;
  return {
    ...{ flat, steep },
    rate: Math.max(slow, quick),
    pace: Math.abs(slow - quick) < 1e-9 ? "both" : quick > slow ? "steep" : "flat",
    diverges: steep.lrTimes > 2,
    floor: settles ? flat.floor + steep.floor : 0, // of the mean loss, where it settles
  };
}

/** One of four names for lr·λ. */
export function region(a) {
  if (a > 2 + 1e-9) return "diverges";
  if (a > 2 - 1e-9) return "edge";
  if (Math.abs(a - 1) < 1e-9) return "once";
  return a > 1 ? "jumps" : "creeps";
}

/** Steps to come FACTOR times closer, as text. */
function stepsText(rate) {
  const steps = stepsToGain(rate, FACTOR);
  return steps === 1 ? "1 step" : `${whole(steps)} steps`;
}

const LEADS = {
  creeps: "Comes down on one side.",
  once: "Arrives at once in the steep direction.",
  jumps: "Jumps across the valley, still converges.",
  edge: "On the edge.",
  diverges: "Diverges in the steep direction.",
};

/** What one step does to the error along an eigenvector, as the end of a sentence. */
function does({ lrTimes, factor }) {
  const size = `× ${perStep(Math.abs(factor))}`;
  switch (region(lrTimes)) {
    case "creeps":
      return `the error keeps its side, ${size} per step`;
    case "once":
      return "one step takes the whole error away";
    case "jumps":
      return `each step lands across, ${size} as far`;
    case "edge":
      return "the error changes its side for ever and keeps its size";
    default: {
      const tenfold = Math.ceil(1 / Math.log10(Math.abs(factor)));
      return `each step lands across, ${size} as far, tenfold every ${tenfold === 1 ? "step" : `${whole(tenfold)} steps`}`;
    }
  }
}

/**
 * The readout: [what stands in bold, the rest]. With noise, what is said of the error holds for its mean.
 * @param {ReturnType<typeof diagnose>} found
 * @returns {[string, string]}
 */
export function readout(found, conditionNumber, noise) {
  const kind = region(found.steep.lrTimes);
  const along = (name) => `${name}, lr·λ = ${product(found[name].lrTimes)}: ${does(found[name])}`;
  const alike = conditionNumber === 1;
  const both = alike ? `Both directions, ${along("steep").slice(7)}.` : `S${along("steep").slice(1)}. F${along("flat").slice(1)}.`;
  const mean = noise > 0 ? "Without the noise: " : "";
  const directions = mean ? mean + both[0].toLowerCase() + both.slice(1) : both;
  if (kind === "edge" || kind === "diverges") {
    const grows = noise > 0 && kind === "edge" ? " With the noise it grows." : "";
    return [alike && kind === "diverges" ? "Diverges." : LEADS[kind], `${directions}${grows}`];
  }
  const best = optimalGd(1, conditionNumber);
  const who = found.pace === "both" ? "Both set" : `The ${found.pace} one sets`;
  const compared =
    found.rate - best.rate < 5e-4 * (1 - best.rate)
      ? "no learning rate needs fewer."
      : `the best learning rate takes ${whole(stepsToGain(best.rate, FACTOR))}.`;
  const pace = found.rate === 0 ? "" : ` ${who} the pace: ${stepsText(found.rate)} to gain a factor 10⁴; ${compared}`;
  const floor = noise > 0 ? ` The noise holds the mean loss at ${amount(found.floor)} for ever.` : "";
  return [alike && kind === "once" ? "Arrives at once." : LEADS[kind], `${directions}${pace}${floor}`];
}
