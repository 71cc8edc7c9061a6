/** Plain descent with noisy gradients on a bowl, and the name that a learning rate earns there. */

import { gradientDescent, minimise } from "../kit/optimizers.js";
import { normals } from "../kit/random.js";
import { noisyBowl } from "../kit/surfaces.js";
import { stationaryVariance } from "../kit/theory.js";

export const STEPS = 100;
const EIGENVALUES = [1, 10];
const NOISE = 0.4; // standard deviation of each entry of the gradient
const START = [1, 1];
const TOLERANCE = 5; // times the least mean loss at the end that is still called good

/** From the slowest to the edge 2/λ_max = 0.2 and beyond. */
export const RANGE = [3e-4, 0.3];

/** The four shapes by a learning rate that shows each. */
export const REGIMES = {
  low: { name: "too low", lr: 4e-4 },
  good: { name: "good", lr: 0.04 },
  high: { name: "high", lr: 0.19 },
  burst: { name: "too high", lr: 0.21 },
};

/** The losses of one run, the start first. @param {number} lr @param {number} seed */
export function run(lr, seed) {
  const numbers = normals(seed, 2 * STEPS);
  let drawn = 0;
  const bowl = noisyBowl(EIGENVALUES[1], NOISE, () => numbers[drawn++]);
  return minimise(bowl, START, gradientDescent(lr), STEPS).loss;
}

/** The mean loss over all runs, step by step: E x² ← (1 − lr·λ)²·E x² + lr²·noise² in each direction. */
export function expected(lr) {
  let moments = START.map((x) => x * x);
  const losses = [];
  for (let t = 0; t <= STEPS; t += 1) {
    losses.push(EIGENVALUES.reduce((sum, eigenvalue, k) => sum + (eigenvalue * moments[k]) / 2, 0));
    moments = moments.map((m, k) => (1 - lr * EIGENVALUES[k]) ** 2 * m + (lr * NOISE) ** 2);
  }
  return losses;
}

/** The part of the first loss that is left at the end, on average. */
export const left = (lr) => {
  const losses = expected(lr);
  return losses[STEPS] / losses[0];
};

const TRIED = Array.from({ length: 90 }, (_, k) => RANGE[0] * (RANGE[1] / RANGE[0]) ** (k / 89));
export const LEAST = Math.min(...TRIED.map(left));

/**
 * What a learning rate is called, and the numbers that say why.
 * @param {number} lr
 * @returns {{regime: keyof typeof REGIMES, left: number, growth: number}} growth: of the loss per
 *   step in the steep direction
 */
export function diagnose(lr) {
  const steep = EIGENVALUES[1];
  const found = { left: left(lr), growth: (1 - lr * steep) ** 2 };
  if (lr * steep >= 2) return { regime: "burst", ...found };
  if (found.left <= TOLERANCE * LEAST) return { regime: "good", ...found };
  const floor = EIGENVALUES.reduce(
    (sum, eigenvalue) => sum + (eigenvalue * stationaryVariance(eigenvalue, lr, NOISE)) / 2,
    0,
  );
  const hangs = floor > expected(lr)[STEPS] / 2;
  return { regime: hangs ? "high" : "low", ...found };
}
