/**
 * Members whose errors have a chosen correlation, and the error of their average.
 *
 * A member errs by SPREAD·(√ρ·shared + √(1 − ρ)·own): curves that are drawn anew for each ensemble and
 * each member, sums of waves with normal coefficients, of mean 0 and variance 1 at every place. So the
 * errors of two members at a place have the correlation ρ.
 */

export const MOST = 50; // members; they do not change when there are fewer
export const ENSEMBLES = 100; // the first one is on show
export const SPREAD = 0.5;
const WAVES = 6;
const PART = 2 * WAVES; // numbers a curve

/** How many random numbers all ensembles take. */
export const NUMBERS = ENSEMBLES * (1 + MOST) * PART;

/** Curve number k of an ensemble, k = 0 the shared one, as coefficients. */
const coefficients = (numbers, ensemble, k) => {
  const from = (ensemble * (1 + MOST) + k) * PART;
  return numbers.subarray(from, from + PART);
};

/** The waves at the places x, one array each: their squares sum to WAVES at every place. */
const wavesAt = (x) =>
  Array.from({ length: PART }, (_, j) => {
    const [turn, wave] = [(1 + (j >> 1)) * Math.PI, j % 2 ? Math.sin : Math.cos];
    return x.map((at) => wave(turn * at));
  });

/** The curves of the ensemble on show: shared, and each member's own. */
export function curvesOf(numbers, x) {
  const waves = wavesAt(x);
  const [shared, ...own] = Array.from({ length: 1 + MOST }, (_, k) => {
    const parts = coefficients(numbers, 0, k);
    const height = (i) => waves.reduce((sum, wave, j) => sum + parts[j] * wave[i], 0);
    return x.map((at, i) => height(i) / Math.sqrt(WAVES));
  });
  return { shared, own };
}

/** The members' errors at the places of the curves, for a correlation. */
export function errorsOf({ shared, own }, rho, members) {
  const [together, alone] = [SPREAD * Math.sqrt(rho), SPREAD * Math.sqrt(1 - rho)];
  return own.slice(0, members).map((mine) => mine.map((value, i) => together * shared[i] + alone * value));
}

/**
 * What the squared error of an average of 1, 2, … MOST members is made of, for every ensemble: the
 * means over [−1, 1] of shared², shared·(mean of own) and (mean of own)². The waves are orthogonal
 * there, and these are sums over coefficients.
 * @returns {{shared: number, cross: Float64Array, own: Float64Array}[]} (ENSEMBLES,)
 */
export function productsOf(numbers) {
  return Array.from({ length: ENSEMBLES }, (_, ensemble) => {
    const common = coefficients(numbers, ensemble, 0);
    const sum = new Float64Array(PART);
    const found = { shared: 0, cross: new Float64Array(MOST), own: new Float64Array(MOST) };
    for (let j = 0; j < PART; j += 1) found.shared += common[j] ** 2 / PART;
    for (let m = 0; m < MOST; m += 1) {
      const mine = coefficients(numbers, ensemble, m + 1);
      for (let j = 0; j < PART; j += 1) {
        sum[j] += mine[j];
        found.cross[m] += (common[j] * sum[j]) / (m + 1) / PART;
        found.own[m] += (sum[j] / (m + 1)) ** 2 / PART;
      }
    }
    return found;
  });
}

/** The squared error of the average of 1, 2, … MOST members of one ensemble. */
const averageErrors = ({ shared, cross, own }, rho) =>
  Array.from(own, (value, m) =>
    SPREAD ** 2 * (rho * shared + 2 * Math.sqrt(rho * (1 - rho)) * cross[m] + (1 - rho) * value));

/** ρσ² + (1 − ρ)σ²/M. */
export const theory = (rho, members) => SPREAD ** 2 * (rho + (1 - rho) / members);

/**
 * Errors against the number of members.
 * @returns {{measured: number[], shown: number[], theory: number[]}} (MOST,): the mean over all
 *   ensembles, the one on show, theory
 */
export function errorCurves(products, rho) {
  const all = products.map((product) => averageErrors(product, rho));
  return {
    measured: all[0].map((_, m) => all.reduce((sum, errors) => sum + errors[m], 0) / ENSEMBLES),
    shown: all[0],
    theory: all[0].map((_, m) => theory(rho, m + 1)),
  };
}
