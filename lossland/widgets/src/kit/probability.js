/** What probability promises about search without a gradient; lossland.search in the page. */

/**
 * The normal distribution function, to a relative 1.2e-7 of its smaller tail.
 * Source: Press et al. 1992, Numerical Recipes, section 6.2.
 */
export function normalCdf(z) {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const series = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ].reduceRight((sum, c) => c + t * sum, 0);
  const tail = (t * Math.exp(-x * x + series)) / 2;
  return z < 0 ? tail : 1 - tail;
}

const CHI_POINTS = 240;

/**
 * P(a proposal is lower) on the bowl ½‖x‖² in `dim` dimensions, against the length of the step.
 *
 * The proposal is x + σz with z standard normal, and length = σ√dim/‖x‖. With s = σ/‖x‖, t the
 * part of z along x and Q the rest's squared length, it is lower where s·t² + 2t + s·Q < 0: between
 * the roots of t. The mean over Q, which is χ² with dim − 1 degrees of freedom, is a sum over ln Q.
 * @param {number} dim at least 2
 * @returns {(length: number) => number}
 */
export function keptShare(dim) {
  const k = dim - 1;
  const width = Math.sqrt(2 / k);
  const [low, high] = [-Math.max(42 / k, 9 * width), Math.min(12 * width, 4.5)];
  const nodes = Array.from({ length: CHI_POINTS + 1 }, (_, i) => low + (i / CHI_POINTS) * (high - low));
  const weights = nodes.map((u) => Math.exp((k / 2) * (u - Math.expm1(u))));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return (length) => {
    const s = length / Math.sqrt(dim);
    let sum = 0;
    for (let i = 0; i <= CHI_POINTS; i += 1) {
      const inside = 1 - s * s * k * Math.exp(nodes[i]);
      if (inside <= 0) break; // no step of this length across can be lower
      const root = Math.sqrt(inside);
      const upper = (root - 1) / s;
      sum += weights[i] * (normalCdf(upper) - normalCdf(-(1 + root) / s));
    }
    return sum / total;
  };
}

/**
 * The best of N darts on the bowl ½‖x‖², x standard normal: a dart's height is Gamma(dim/2, 1).
 * @param {number} dim at least 1
 * @returns {{mean: (tries: number) => number, level: (tries: number, p: number) => number}} mean of
 *   the best; the height below which the best lies with probability p
 */
export function bestOnBowl(dim) {
  const [first, last, count] = [-40, Math.log(dim + 60) + 1, 1600];
  const odd = dim % 2;
  const heights = new Float64Array(count);
  const logAbove = new Float64Array(count); // ln P(a dart is higher): a finite sum
  for (let i = 0; i < count; i += 1) {
    const s = first + (i / (count - 1)) * (last - first);
    const t = Math.exp(s);
    heights[i] = t;
    let above = odd ? 2 * normalCdf(-Math.sqrt(2 * t)) : 0;
    let log = odd ? s / 2 - t - Math.log(Math.sqrt(Math.PI) / 2) : -t;
    for (let k = 0; k < Math.floor(dim / 2); k += 1) {
      above += Math.exp(log);
      log += s - Math.log(k + 1 + odd / 2);
    }
    logAbove[i] = Math.log(Math.min(1, Math.max(above, 1e-300)));
  }
  const step = (last - first) / (count - 1);
  return {
    mean(tries) {
      let sum = 0;
      for (let i = 0; i < count; i += 1) sum += Math.exp(tries * logAbove[i]) * heights[i];
      return sum * step;
    },
    level(tries, p) {
      const wanted = Math.log1p(-p) / tries;
      let [low, high] = [0, count - 1];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (logAbove[middle] > wanted) low = middle;
        else high = middle;
      }
      const part = (logAbove[low] - wanted) / (logAbove[low] - logAbove[high] || 1);
      return Math.exp(first + (low + Math.min(1, Math.max(0, part))) * step);
    },
  };
}
