/** Boosted regression trees in one variable; lossland.trees in the page. */

/**
 * Gains that differ by less than this part are equal: rounding does not choose the split. Its square,
 * times the labels' squares, is no gain at all.
 */
const TIE = 1e-12;

function meanOf(y, from, to) {
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += y[i];
  return sum / (to - from);
}

/**
 * The best place to split the labels from … to − 1, whose x ascend: the first index of the right side,
 * or 0 where no split lowers the sum of squared errors.
 * @param {Float64Array} y
 */
export function bestSplit(y, from, to) {
  const mean = meanOf(y, from, to);
  const gains = new Float64Array(to - from);
  let [total, squares] = [0, 0];
  for (let i = from; i < to; i += 1) {
    total += y[i] - mean;
    squares += y[i] ** 2;
  }
  let [sum, most] = [0, 0];
  for (let i = from; i < to - 1; i += 1) {
    sum += y[i] - mean;
    const left = i - from + 1;
    gains[left] = sum ** 2 / left + (total - sum) ** 2 / (to - from - left);
    most = Math.max(most, gains[left]);
  }
  if (most <= TIE ** 2 * squares) return 0;
  return from + gains.findIndex((gain) => gain >= most * (1 - TIE));
}

/** Fill `into` with the answers of the tree of `depth` that is fitted to y; x ascends, all different. */
export function fitTree(y, depth, into, from = 0, to = y.length) {
  const at = depth > 0 ? bestSplit(y, from, to) : 0;
  if (at === 0) {
    into.fill(meanOf(y, from, to), from, to);
    return;
  }
  fitTree(y, depth - 1, into, from, at);
  fitTree(y, depth - 1, into, at, to);
}

/**
 * Predictions at the training places after 0, 1, … rounds: they start from the mean, and every round
 * adds shrinkage·(a tree fitted to the residuals).
 * @param {Float64Array} y labels, in the order of their x
 * @returns {Float64Array[]} rounds + 1
 */
export function boost(y, rounds, depth, shrinkage) {
  const stages = [new Float64Array(y.length).fill(meanOf(y, 0, y.length))];
  const tree = new Float64Array(y.length);
  for (let k = 0; k < rounds; k += 1) {
    const before = stages[k];
    fitTree(y.map((label, i) => label - before[i]), depth, tree);
    stages.push(before.map((value, i) => value + shrinkage * tree[i]));
  }
  return stages;
}
