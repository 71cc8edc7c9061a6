/** Polynomials by least squares on [−1, 1], with bias and variance; lossland.polynomials in the page. */

/** Legendre's polynomials P₀ … P_degree at the places x, one array each (Bonnet's recurrence). */
export function legendre(x, degree) {
  const columns = [x.map(() => 1), x.slice()];
  for (let k = 1; k < degree; k += 1) {
    const [last, before] = [columns[k], columns[k - 1]];
    columns.push(x.map((at, i) => ((2 * k + 1) * at * last[i] - k * before[i]) / (k + 1)));
  }
  return columns.slice(0, degree + 1);
}

export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}

function subtract(from, times, what) {
  for (let i = 0; i < from.length; i += 1) from[i] -= times * what[i];
}

/**
 * A basis that serves every degree up to the largest: polynomial k has degree k, they are orthonormal
 * over the places x, and so the fit of degree d to labels y is Σ (qₖ·y)·ψₖ(at), k = 0 … d.
 * Gram and Schmidt's way, twice, which leaves nothing of the cancellation.
 * @param {Float64Array} x places of the labels
 * @param {Float64Array} at places of the predictions
 * @param {number} degree largest
 * @returns {{q: Float64Array[], psi: Float64Array[]}} the basis at x, and at `at`
 */
export function basisOf(x, at, degree) {
  const [q, psi] = [legendre(x, degree), legendre(at, degree)];
  for (let k = 0; k <= degree; k += 1) {
    for (let pass = 0; pass < 2; pass += 1) {
      for (let j = 0; j < k; j += 1) {
        const part = dot(q[j], q[k]);
        subtract(q[k], part, q[j]);
        subtract(psi[k], part, psi[j]);
      }
    }
    const length = Math.sqrt(dot(q[k], q[k]));
    q[k] = q[k].map((value) => value / length);
    psi[k] = psi[k].map((value) => value / length);
  }
  return { q, psi };
}

/**
 * The exact error parts of every degree of a basis, and the mean of the fits; as
 * lossland.polynomials.error_parts.
 * @param {{q: Float64Array[], psi: Float64Array[]}} basis
 * @param {Float64Array} labels the truth at x
 * @param {Float64Array} aims the truth at the places of the predictions
 * @param {number} noise standard deviation
 * @returns {{bias2: number, variance: number, noise: number, total: number, training: number,
 *            mean: Float64Array}[]} one a degree
 */
export function errorParts({ q, psi }, labels, aims, noise) {
  const rest = labels.slice();
  const mean = new Float64Array(aims.length);
  const square = noise * noise;
  let spread = 0;
  return q.map((column, k) => {
    const part = dot(column, labels);
    subtract(rest, part, column);
    subtract(mean, -part, psi[k]);
    spread += dot(psi[k], psi[k]) / aims.length;
    const miss = mean.map((value, i) => value - aims[i]);
    const bias2 = dot(miss, miss) / aims.length;
    const training = dot(rest, rest) / rest.length + square * (1 - (k + 1) / rest.length);
    const total = bias2 + square * spread + square;
    return { bias2, variance: square * spread, noise: square, total, training, mean: mean.slice() };
  });
}
