/** What each mode shows: lines in data units, words, and the rows of its table. */

import { cell, whole } from "../kit/format.js";
import { middles, truth } from "../kit/regression.js";
import * as average from "./average.js";
import * as boosting from "./boosting.js";
import { averageReadout, boostingReadout } from "./words.js";

const AT = middles(100);
const AIMS = AT.map(truth);

/** How many random numbers a mode takes. */
export const NUMBERS = { average: average.NUMBERS, boosting: boosting.X.length };

/**
 * The members and their average.
 * @param {{members: number, correlation: number}} state
 * @param {Float64Array} numbers standard normal
 * @param {ReturnType<typeof import("../kit/frame.js").remembered>} once
 */
export function averageScene({ members, correlation: rho }, numbers, once) {
  const curves = once("curves", [numbers], () => average.curvesOf(numbers, AT));
  const products = once("products", [numbers], () => average.productsOf(numbers));
  const { measured, shown, theory } = once("errors", [products, rho], () => average.errorCurves(products, rho));
  const thin = average
    .errorsOf(curves, rho, members)
    .map((errors) => Array.from(AT, (x, i) => [x, AIMS[i] + errors[i]]));
  const main = Array.from(AT, (x, i) => [x, thin.reduce((sum, line) => sum + line[i][1], 0) / members]);
  const k = members - 1;
  const log = (errors) => errors.map((error, m) => [Math.log10(m + 1), Math.log10(error)]);
  const floor = rho * average.SPREAD ** 2;
  return {
    fits: {
      ...{ thin, main, dots: [] },
      text: `The truth, the predictions of ${members} members, and their average.`,
    },
    error: {
      ...{ main: log(measured), second: log(shown), theory: log(theory), secondColour: "variance", at: k },
      floor: floor > 0.002 && rho < 1 ? [Math.log10(floor), "ρσ²"] : null,
      text:
        `Squared error of the average against the number of members, both logarithmic: measured ` +
        `${cell(measured[k])} with ${members}, theory ${cell(theory[k])}.`,
    },
    words: averageReadout({
      ...{ members, rho, spread: average.SPREAD, ensembles: average.ENSEMBLES },
      ...{ measured: measured[k], shown: shown[k], theory: theory[k] },
    }),
    rows: () => theory.map((value, m) => [String(m + 1), ...[measured[m], shown[m], value].map(cell)]),
  };
}

/**
 * The sum of the trees.
 * @param {{rounds: number, depth: number, shrinkage: number}} state
 */
export function boostingScene({ rounds, depth, shrinkage }, numbers, once) {
  const labels = once("labels", [numbers], () => boosting.labelsOf(numbers));
  const { stages, training, test } = once("rounds", [labels, depth, shrinkage], () =>
    boosting.roundsOf(labels, depth, shrinkage),
  );
  const line = (errors) => errors.map((error, k) => [k, error]);
  return {
    fits: {
      thin: [],
      main: boosting.steps(stages[rounds]),
      dots: Array.from(boosting.X, (x, i) => [x, labels[i]]),
      text: `${labels.length} noisy labels, the truth, and the sum of ${whole(rounds)} trees of depth ${depth}.`,
    },
    error: {
      ...{ main: line(test), second: line(training), secondColour: "training", at: rounds, floor: null },
      theory: [-5, boosting.MOST_ROUNDS + 5].map((x) => [x, boosting.NOISE ** 2]),
      text:
        `Training and test error against rounds: ${cell(training[rounds])} and ${cell(test[rounds])} after ` +
        `${rounds}, above the noise of ${cell(boosting.NOISE ** 2)}.`,
    },
    words: boostingReadout({ rounds, shrinkage, training, test, noise: boosting.NOISE }),
    rows: () => test.map((error, k) => [String(k), ...[training[k], error].map(cell)]),
  };
}
