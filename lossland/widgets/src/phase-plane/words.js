/** What one eigenvector's run shows, in words. */

import { perStep, short } from "../kit/format.js";
import { characteristic, criticalDamping, damping, rate, stabilityEdge } from "../kit/theory.js";

/** A pair this near to a double root (relative in lr·λ) counts as one. */
const RESOLUTION = 2e-3;

/** A run whose swing crosses at almost every step: cos θ below this. */
const ABRUPT = -0.5;

const isNear = (a, b) => Math.abs(a - b) <= RESOLUTION * b;

/**
 * How one eigen-direction moves.
 * @param {import("../kit/theory.js").Method} method
 * @param {number} a lr·λ
 * @param {number} mu
 * @returns {{lrTimes: number, rate: number, damping: import("../kit/theory.js").Damping,
 *            double: boolean, abrupt: boolean, gone: boolean}}
 *   double: the roots coincide; abrupt: an under-damped swing that crosses at almost every step;
 *   gone: both roots are 0
 */
export function direction(method, a, mu) {
  const [low, high] = criticalDamping(method, mu);
  const [p, q] = characteristic(method, a, mu);
  const upper = isNear(a, high) && !isNear(a, low);
  return {
    lrTimes: a,
    rate: rate(method, a, mu),
    damping: upper ? "alternating" : damping(method, a, mu, RESOLUTION),
    double: isNear(a, low) || isNear(a, high),
    abrupt: p * p < 4 * q && p / (2 * Math.sqrt(q)) < ABRUPT,
    gone: rate(method, a, mu) < 1e-6,
  };
}

const LEADS = {
  over: "Over-damped: it creeps in and never crosses 0.",
  critical: "Critically damped: as fast as it gets without swinging.",
  under: "Under-damped: it runs past 0 and swings.",
  alternating: "Alternating: it jumps to the other side at every step.",
};

/** The swing's period in steps. */
const period = (p, q) => (2 * Math.PI) / Math.acos(p / (2 * Math.sqrt(q)));

/**
 * The readout: [what stands in bold, the rest].
 * @param {{product: number, mu: number, method: string}} state
 * @returns {[string, string]}
 */
export function readout({ product: a, mu, method }) {
  const [low, high] = criticalDamping(method, mu);
  const [p, q] = characteristic(method, a, mu);
  const found = direction(method, a, mu);
  const edge = stabilityEdge(method, mu);
  if (found.rate > 1 + 1e-9) {
    return ["Diverges.", `lr·λ = ${short(a)} is beyond the edge ${short(edge)}; each step multiplies the error by ${perStep(found.rate)}.`];
  }
  if (found.gone) return ["Gone at once.", `lr·λ = ${short(a)}: both roots are 0.`];
  const between = `The roots are complex while lr·λ is between ${short(low)} and ${short(high)}`;
  const tail = {
    over: `${between}; here it is less. The larger root is ${perStep(found.rate)}.`,
    critical: `${between}; here it is at the lower end. The double root is ${perStep(found.rate)}.`,
    under:
      `${between}. Their modulus is ${perStep(found.rate)}${method === "momentum" ? ", whatever lr·λ is between the two" : ""}; ` +
      `a full swing takes ${p * p < 4 * q ? short(period(p, q), 2) : "many"} steps.`,
    alternating: `${between}; here it is ${found.double ? "at the upper end" : "more"}. The deciding root is −${perStep(found.rate)}.`,
  };
  const lead = found.damping === "under" && found.abrupt ? "Under-damped: it swings across at almost every step." : LEADS[found.damping];
  return [lead, tail[found.damping]];
}
