/** One step and twenty of them, on a bowl of curvatures 1 and 10. */

import { gradientDescent, minimise } from "../kit/optimizers.js";
import { quadraticBowl } from "../kit/surfaces.js";

export const RATES = [1e-4, 1];
export const STEPS = 20; // of the loop
export const BOWL = quadraticBowl(10, Math.PI / 6);

/** The loop from one start, with the gradient there. @param {{lr: number, start: number[]}} state */
export function compute({ lr, start }) {
  const g = BOWL.gradient(start);
  const run = minimise(BOWL, start, gradientDescent(lr), STEPS);
  return { lr, start, g, slope: Math.hypot(...g), run };
}

/** The losses after one and after all steps, over the first loss; 1 from a start in the minimum. */
export const left = ({ run }) => [1, STEPS].map((t) => (run.loss[0] > 0 ? run.loss[t] / run.loss[0] : 1));
