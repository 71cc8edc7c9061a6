/** What the momentum map shows, in words. */

import { perStep, whole } from "../kit/format.js";
import { optimal, optimalGd, stabilityEdge, stepsToGain } from "../kit/theory.js";
import { direction } from "../phase-plane/words.js";

/** The factor by which "steps to come closer" counts. */
export const FACTOR = 1e4;

/**
 * Both eigen-directions and which of them sets the pace.
 * @param {import("../kit/theory.js").Method} method
 * @param {number} conditionNumber κ; the eigenvalues are 1 and κ
 * @param {number} lr
 * @param {number} mu
 */
export function diagnose(method, conditionNumber, lr, mu) {
  const [flat, steep] = [1, conditionNumber].map((eigenvalue) => direction(method, lr * eigenvalue, mu));
  const tied = Math.abs(flat.rate - steep.rate) < 5e-7;
  return { flat, steep, tied, slowest: steep.rate > flat.rate && !tied ? steep : flat };
}

/** What one direction does, and what both do. */
const KINDS = {
  over: ["over-damped, it creeps in", "are over-damped: they creep in"],
  critical: ["critically damped", "are critically damped"],
  under: ["under-damped, it overshoots and swings", "are under-damped: they overshoot and swing"],
  abrupt: ["under-damped, it swings from wall to wall", "swing from side to side"],
  alternating: ["alternating, it jumps from wall to wall", "alternate: they change sides at every step"],
  gone: ["gone at once", "are gone at once"],
};

/** @param {ReturnType<typeof direction>} found */
function kind({ damping, abrupt, gone }) {
  if (gone) return "gone";
  return damping === "under" && abrupt ? "abrupt" : damping;
}

/** The headline: both directions. */
function headline({ flat, steep }) {
  const [one, other] = [flat, steep].map(kind);
  return one === other
    ? `Both directions ${KINDS[one][1]}.`
    : `Flat direction: ${KINDS[one][0]}. Steep: ${KINDS[other][0]}.`;
}

/** A rate as text; the sign stays with its number. */
const times = (shrink) => `×\u00a0${perStep(shrink)} per step`;

/** Steps to come FACTOR times closer, as text. */
const stepsText = (shrink) => {
  const steps = stepsToGain(shrink, FACTOR);
  return steps === 1 ? "1 step" : `${whole(steps)} steps`;
};

/** The last sentence: how it compares with the best there is. */
function comparison(method, conditionNumber, shrink) {
  const best = optimal(method, 1, conditionNumber);
  if (shrink - best.rate < 5e-4 * (1 - best.rate)) {
    const plain = stepsText(optimalGd(1, conditionNumber).rate);
    return `No pair is faster; plain descent at its best takes ${plain}.`;
  }
  return `The best pair takes ${stepsText(best.rate)}.`;
}

/** What the direction does that does not diverge. @param {string} name the other's */
function otherOne({ flat, steep }, name) {
  const found = name === "steep" ? flat : steep;
  return found.rate < 1 - 1e-9 ? `; the ${name === "steep" ? "flat" : "steep"} one converges` : "";
}

/**
 * The readout: [what stands in bold, the rest].
 * @param {ReturnType<typeof diagnose>} found
 * @returns {[string, string]}
 */
export function readout(found, method, conditionNumber, mu) {
  const { slowest, tied } = found;
  const shrink = slowest.rate;
  const steep = slowest === found.steep || tied ? "steep" : "flat";
  if (Math.abs(shrink - 1) < 1e-9) {
    return ["On the edge.", `The ${steep} direction neither shrinks nor grows${otherOne(found, steep)}.`];
  }
  if (shrink > 1) {
    const edge = method === "nesterov" ? "2(1 + mu)/(1 + 2mu)" : "2(1 + mu)";
    const tenfold = Math.ceil(1 / Math.log10(shrink));
    return [
      "Diverges.",
      `In the ${steep} direction lr·λ = ${slowest.lrTimes.toFixed(2)}, beyond the edge ${edge} = ` +
        `${stabilityEdge(method, mu).toFixed(2)}: distance ${times(shrink)}, ` +
        `tenfold every ${tenfold === 1 ? "step" : `${whole(tenfold)} steps`}${otherOne(found, steep)}.`,
    ];
  }
  const pace = tied ? "Both directions set the pace" : `The ${steep} direction sets the pace`;
  return [
    headline(found),
    `${pace}: distance ${times(shrink)}, ${stepsText(shrink)} to gain a factor 10⁴. ` +
      comparison(method, conditionNumber, shrink),
  ];
}
