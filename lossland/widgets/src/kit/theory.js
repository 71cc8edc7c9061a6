/**
 * What is known in closed form about descent on a quadratic; lossland.theory in the page.
 *
 * In each eigen-direction, eigenvalue λ > 0, the pair (position, velocity) is multiplied by a fixed
 * 2×2 matrix every step, whose eigenvalues r solve r² − p·r + q = 0. With a = lr·λ (no unit):
 *
 *     momentum   p = 1 + mu − a            q = mu               Polyak 1964
 *     nesterov   p = (1 + mu)·(1 − a)      q = mu·(1 − a)       Lessard, Recht & Packard 2016
 *
 * Plain descent is either of them with mu = 0. The rate is the largest |r|: the factor by which the
 * distance to the minimum shrinks a step in the long run. The loss shrinks by its square.
 *
 * @typedef {"momentum" | "nesterov"} Method
 * @typedef {"over" | "critical" | "under" | "alternating"} Damping
 * @typedef {{lr: number, mu: number, rate: number}} Best
 */

/**
 * Sum p and product q of the two roots in one eigen-direction.
 * @param {Method} method
 * @param {number} a lr·λ
 * @param {number} mu
 * @returns {[number, number]}
 */
export const characteristic = (method, a, mu) =>
  method === "nesterov" ? [(1 + mu) * (1 - a), mu * (1 - a)] : [1 + mu - a, mu];

/**
 * What the size of the error keeps to in the long run, after a start at rest at distance 1: its larger
 * root's share |A|·|r|ᵗ, the hull of a swing 2|A|·|r|ᵗ, and |1 + b·t|·|r|ᵗ for a double root.
 * Nesterov's is the error of the look-ahead point. lossland.theory.envelope in the page.
 * @param {Method} method
 * @param {number} a lr·λ
 * @param {number} mu
 * @param {number} t step
 */
export function envelope(method, a, mu, t) {
  const [p, q] = characteristic(method, a, mu);
  const first = 1 - (method === "nesterov" ? (1 + mu) * a : a); // the error after the first step
  const half = Math.sqrt(Math.abs(p * p - 4 * q)) / 2;
  if (half < 1e-7) {
    const root = p / 2;
    if (Math.abs(root) < 1e-7) return [1, Math.abs(first)][t] ?? 0;
    return Math.abs(1 + (first / root - 1) * t) * Math.abs(root) ** t;
  }
  if (p * p < 4 * q) return (Math.hypot(first - p / 2, half) / half) * Math.sqrt(q) ** t;
  const way = p < 0 ? -half : half;
  return Math.abs((first - p / 2 + way) / (2 * way)) * Math.abs(p / 2 + way) ** t;
}

/**
 * Rate in one eigen-direction.
 * @param {Method} method
 * @param {number} a lr·λ
 * @param {number} mu
 * @returns {number} below 1 it converges
 */
export function rate(method, a, mu) {
  const [p, q] = characteristic(method, a, mu);
  const discriminant = p * p - 4 * q;
  return discriminant < 0 ? Math.sqrt(q) : (Math.abs(p) + Math.sqrt(discriminant)) / 2;
}

/**
 * The two a = lr·λ at which r is a double root, ascending: (1 ∓ √mu)² for momentum,
 * ((1 − mu)/(1 + mu))² and 1 for Nesterov. Between them r is complex.
 * @param {Method} method
 * @param {number} mu
 * @returns {[number, number]}
 */
export function criticalDamping(method, mu) {
  if (method === "nesterov") return [((1 - mu) / (1 + mu)) ** 2, 1];
  const root = Math.sqrt(mu);
  return [(1 - root) ** 2, (1 + root) ** 2];
}

/**
 * The mu that damps a direction critically at a = lr·λ in (0, 1].
 * @param {Method} method
 * @param {number} a
 */
export function criticalMomentum(method, a) {
  const root = Math.sqrt(a);
  return method === "nesterov" ? (1 - root) / (1 + root) : (1 - root) ** 2;
}

/**
 * How one eigen-direction approaches the minimum. "over": two positive roots, no oscillation;
 * "critical": the lower double root; "under": complex roots, a decaying oscillation;
 * "alternating": the deciding root is negative, the position changes side every step.
 * @param {Method} method
 * @param {number} a lr·λ
 * @param {number} mu
 * @param {number} tolerance within which a is critical, relative
 * @returns {Damping}
 */
export function damping(method, a, mu, tolerance = 1e-9) {
  const [low, high] = criticalDamping(method, mu);
  if (Math.abs(a - low) <= tolerance * low) return "critical";
  if (a < low) return "over";
  return a < high ? "under" : "alternating";
}

/**
 * The largest a = lr·λ that does not diverge, where r = −1: 2(1 + mu) for momentum,
 * 2(1 + mu)/(1 + 2mu) for Nesterov.
 * @param {Method} method
 * @param {number} mu
 */
export const stabilityEdge = (method, mu) =>
  (2 * (1 + mu)) / (method === "nesterov" ? 1 + 2 * mu : 1);

/**
 * The interval of a = lr·λ whose rate is at most r: between its ends the largest root's modulus is
 * below r, at them it is r. From r² − p·r + q = 0 with the root r or −r; with complex roots the
 * modulus is √q. At r = 1 it reaches from 0 to the stability edge.
 * @param {Method} method
 * @param {number} mu
 * @param {number} r in (0, 1]
 * @returns {[number, number] | null} null where no step is as fast as that
 */
export function interval(method, mu, r) {
  if (method === "nesterov") {
    const complex = r < (2 * mu) / (1 + mu);
    const most = complex ? (r * r) / mu : (r * r) / ((1 + mu) * r - mu); // of 1 − a
    return [1 - most, 1 + (r * r) / ((1 + mu) * r + mu)];
  }
  return mu > r * r ? null : [(1 - r) * (1 - mu / r), (1 + r) * (1 + mu / r)];
}

/**
 * Best plain descent: lr = 2/(λ_min + λ_max), rate (κ − 1)/(κ + 1).
 * @param {number} low λ_min
 * @param {number} high λ_max
 * @returns {Best}
 */
export const optimalGd = (low, high) => ({
  lr: 2 / (low + high),
  mu: 0,
  rate: (high - low) / (high + low),
});

/**
 * Best momentum: lr = 4/(√λ_min + √λ_max)², mu = rate², rate (√κ − 1)/(√κ + 1). Polyak 1964.
 * @returns {Best}
 */
export function optimalMomentum(low, high) {
  const sum = Math.sqrt(low) + Math.sqrt(high);
  const best = (Math.sqrt(high) - Math.sqrt(low)) / sum;
  return { lr: 4 / (sum * sum), mu: best * best, rate: best };
}

/**
 * Best constant Nesterov momentum: lr = 4/(3λ_max + λ_min), mu = (√(3κ+1) − 2)/(√(3κ+1) + 2),
 * rate 1 − 2/√(3κ+1). Lessard, Recht & Packard 2016, proposition 1.
 * @returns {Best}
 */
export function optimalNesterov(low, high) {
  const root = Math.sqrt((3 * high) / low + 1);
  return { lr: 4 / (3 * high + low), mu: (root - 2) / (root + 2), rate: 1 - 2 / root };
}

/**
 * The best (lr, mu) of a method.
 * @param {Method} method
 * @returns {Best}
 */
export const optimal = (method, low, high) =>
  (method === "nesterov" ? optimalNesterov : optimalMomentum)(low, high);

/**
 * Whole steps until the distance has shrunk by a factor, in the long run.
 * @param {number} shrink the rate
 * @param {number} factor for example 1e4
 * @returns {number} at least 1; Infinity when nothing shrinks
 */
export function stepsToGain(shrink, factor) {
  if (shrink >= 1) return Infinity;
  const steps = Math.log(factor) / -Math.log(shrink);
  return Math.max(1, Math.ceil(steps - 1e-9)); // 4 steps at a rate of 0.1, in spite of rounding
}

/**
 * Long-run variance of the error of plain descent when every gradient carries independent noise:
 * lr·noise²/(λ·(2 − lr·λ)); lossland.theory.stationary_variance with mu = 0.
 * @param {number} eigenvalue λ
 * @param {number} lr below 2/λ
 * @param {number} noise standard deviation
 */
export const stationaryVariance = (eigenvalue, lr, noise) =>
  (lr * noise * noise) / (eigenvalue * (2 - lr * eigenvalue));
