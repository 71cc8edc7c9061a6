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
  jumps: "Jumps across, still converges.",
  edge: "On the edge.",
  diverges: "Diverges.",
};

/** What happens along the steep eigenvector. */
function steepWords(kind, { lrTimes, factor }) {
  const size = perStep(Math.abs(factor));
  const start = `In the steep direction lr·λ = ${product(lrTimes)}`;
  switch (kind) {
    case "creeps":
      return `${start}, below 1: the error keeps its side and shrinks × ${size} per step.`;
    case "once":
      return "There lr·λ = 1: one step takes the whole error away.";
    case "jumps":
      return `${start}, past 1 and below the edge 2: each step lands across the valley, × ${size} as far.`;
    default: {
      const tenfold = Math.ceil(1 / Math.log10(Math.abs(factor)));
      return (
        `${start}, beyond the edge 2: each step lands across the valley, × ${size} as far, ` +
        `tenfold every ${tenfold === 1 ? "step" : `${whole(tenfold)} steps`}.`
      );
    }
  }
}

/**
 * The readout: [what stands in bold, the rest].
 * @param {ReturnType<typeof diagnose>} found
 * @returns {[string, string]}
 */
export function readout(found, conditionNumber, noise) {
  const kind = region(found.steep.lrTimes);
  if (kind === "edge") {
    const rest = "In the steep direction lr·λ = 2: the error changes its side for ever and keeps its size.";
    return [LEADS.edge, rest];
  }
  const steep = steepWords(kind, found.steep);
  if (kind === "diverges") return [LEADS.diverges, steep];
  const who = found.pace === "both" ? "Both directions set" : `The ${found.pace} direction sets`;
  const best = optimalGd(1, conditionNumber);
  const compared =
    found.rate - best.rate < 5e-4 * (1 - best.rate)
      ? "No learning rate is faster."
      : `The best learning rate takes ${stepsText(best.rate)}.`;
  const pace =
    `${who} the pace: distance × ${perStep(found.rate)} per step, ${stepsText(found.rate)} to gain ` +
    `a factor 10⁴. ${compared}`;
  const floor = noise > 0 ? ` The noise holds the mean loss at ${amount(found.floor)}, however long it runs.` : "";
  return [LEADS[kind], `${steep} ${pace}${floor}`];
}
