/** Local search on the round bowl ½‖x‖², as lossland.search does it. */

/** Most dimensions; a proposal's numbers do not change when there are fewer. */
export const MOST = 300;

/** After a step, by the 1/5 rule: the size grows when the proposal was kept, else it shrinks. */
const [UP, DOWN] = [1.5, 0.9];

/**
 * Walk from (−1, 1, −1, …, −1): propose x + size·z, keep it only if the loss falls.
 * @param {object} options
 * @param {number} options.dim
 * @param {number} options.stepSize of the first proposal, per coordinate
 * @param {"fixed" | "fifth"} options.rule
 * @param {number} options.steps
 * @param {Float64Array} options.normals steps·MOST
 */
export function walk({ dim, stepSize, rule, steps, normals }) {
  let x = new Float64Array(dim).fill(-1);
  x[1] = 1;
  let proposal = new Float64Array(dim);
  let size = stepSize;
  let loss = dim / 2;
  const run = { path: [[x[0], x[1]]], tried: [], kept: [], loss: [loss], sizes: [size] };
  for (let t = 0; t < steps; t += 1) {
    const at = t * MOST;
    let squares = 0;
    for (let j = 0; j < dim; j += 1) {
      proposal[j] = x[j] + size * normals[at + j];
      squares += proposal[j] * proposal[j];
    }
    const keep = squares / 2 < loss;
    run.tried.push([proposal[0], proposal[1]]);
    run.kept.push(keep);
    if (keep) {
      [x, proposal] = [proposal, x];
      loss = squares / 2;
    }
    if (rule === "fifth") size *= keep ? UP : DOWN;
    run.path.push([x[0], x[1]]);
    run.loss.push(loss);
    run.sizes.push(size);
  }
  return run;
}

/** The length of every step against the distance to the minimum: size·√dim/‖x‖. */
export const lengths = ({ loss, sizes }, dim) =>
  loss.slice(0, -1).map((height, t) => (sizes[t] * Math.sqrt(dim)) / Math.sqrt(2 * height));
