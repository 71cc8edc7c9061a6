/** What the momentum map shows, in words. */

import { perStep, short, whole } from "../kit/format.js";
import { damping, optimal, optimalGd, rate, stabilityEdge, stepsToGain } from "../kit/theory.js";

/** The factor by which "steps to come closer" counts. */
export const FACTOR = 1e4;

/** The map's own: a pair this near to critical damping (relative in lr·λ) is called critical. */
const RESOLUTION = 2e-3;

const ADJECTIVES = {
  over: "over-damped",
  critical: "critically damped",
  under: "under-damped",
  alternating: "alternating",
};

const LEADS = {
  over: "Over-damped: creeps in without swinging.",
  critical: "Critically damped: fast, without ringing.",
  under: "Under-damped: overshoots and rings.",
  alternating: "Alternating: jumps across the valley at every step.",
};

/**
 * Both eigen-directions and which of them sets the pace.
 * @param {import("../kit/theory.js").Method} method
 * @param {number} conditionNumber κ; the eigenvalues are 1 and κ
 * @param {number} lr
 * @param {number} mu
 */
export function diagnose(method, conditionNumber, lr, mu) {
  const [flat, steep] = [1, conditionNumber].map((eigenvalue) => ({
    lrTimes: lr * eigenvalue,
    rate: rate(method, lr * eigenvalue, mu),
    damping: damping(method, lr * eigenvalue, mu, RESOLUTION),
  }));
  const tied = Math.abs(flat.rate - steep.rate) < 5e-7;
  return { flat, steep, tied, slowest: steep.rate > flat.rate && !tied ? steep : flat };
}

/** A rate as text; the sign stays with its number. */
const times = (shrink) => `×\u00a0${perStep(shrink)} per step`;

/** The two lines of a phase plane's caption. @param {"flat" | "steep"} name */
export const describeDirection = (name, { lrTimes, rate: shrink, damping: kind }) => [
  `${name[0].toUpperCase()}${name.slice(1)} direction, lr·λ = ${short(lrTimes, 3)}`,
  `${ADJECTIVES[kind]}, ${times(shrink)}`,
];

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
    return ["On the edge.", `The ${steep} direction neither shrinks nor grows.`];
  }
  if (shrink > 1) {
    const edge = method === "nesterov" ? "2(1 + mu)/(1 + 2mu)" : "2(1 + mu)";
    const tenfold = Math.ceil(1 / Math.log10(shrink));
    return [
      "Diverges.",
      `In the ${steep} direction lr·λ = ${slowest.lrTimes.toFixed(2)}, beyond the edge ${edge} = ` +
        `${stabilityEdge(method, mu).toFixed(2)}: distance ${times(shrink)}, ` +
        `tenfold every ${tenfold === 1 ? "step" : `${whole(tenfold)} steps`}.`,
    ];
  }
  const pace = tied ? "Both directions set the pace" : `The ${steep} direction sets the pace`;
  return [
    LEADS[slowest.damping],
    `${pace}: distance ${times(shrink)}, ${stepsText(shrink)} to gain a factor 10⁴. ` +
      comparison(method, conditionNumber, shrink),
  ];
}
