/** Boosting on residuals of noisy labels of the known curve. */

import { middles, truth } from "../kit/regression.js";
import { boost } from "./trees.js";

export const MOST_ROUNDS = 100;
export const DEPTHS = [1, 3];
export const NOISE = 0.4; // of the labels
export const X = middles(60);
const TEST = middles(400);
const CELL = TEST.map((at) => Math.min(X.length - 1, Math.floor(((at + 1) / 2) * X.length)));
const AIMS = TEST.map(truth);

/** Labels at X. @param {Float64Array} normals at least as many as X */
export const labelsOf = (normals) => X.map((at, i) => truth(at) + NOISE * normals[i]);

/**
 * All rounds: predictions at X, which hold half-way to the neighbours, the training error, and the
 * expected error at new places with new noise.
 * @returns {{stages: Float64Array[], training: number[], test: number[]}} each MOST_ROUNDS + 1
 */
export function roundsOf(labels, depth, shrinkage) {
  const stages = boost(labels, MOST_ROUNDS, depth, shrinkage);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    stages,
    training: stages.map((stage) => mean(labels.map((y, i) => (y - stage[i]) ** 2))),
    test: stages.map((stage) => NOISE ** 2 + mean(AIMS.map((aim, i) => (aim - stage[CELL[i]]) ** 2))),
  };
}

/** A prediction as the line of a step function. */
export const steps = (stage) =>
  Array.from(stage).flatMap((value, i) => [-1, 1].map((side) => [X[i] + side / X.length, value]));
