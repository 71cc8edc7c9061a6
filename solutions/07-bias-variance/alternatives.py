"""Right solutions of problem set 7, written differently. All of them must get all points."""

# ruff: noqa: PLR0917 - the order of the arguments is the problem set's

from itertools import pairwise

import numpy as np

from autograder.catalogue import alternative

# -- 1 holdout_split ------------------------------------------------------------------------


@alternative("holdout_split", "an array that is shuffled, and np.split")
def holdout_by_split(n, fraction, rng):
    order = np.arange(n)
    rng.shuffle(order)
    test, train = np.split(order, [int(fraction * n + 0.5)])
    return train, test


@alternative("holdout_split", "a mask of all rows, both parts in order")
def holdout_by_mask(n, fraction, rng):
    held = np.zeros(n, dtype=bool)
    held[rng.permutation(n)[: int(np.rint(fraction * n))]] = True
    return [np.flatnonzero(~held), np.flatnonzero(held)]


@alternative("holdout_split", "sets and sorted lists, rows as 32-bit numbers")
def holdout_by_sets(n, fraction, rng):
    test = {int(row) for row in rng.permutation(n)[: round(n * fraction)]}
    train = sorted(set(range(n)) - test)
    return np.array(train, dtype=np.int32), np.array(sorted(test), dtype=np.int32)


# -- 2 kfold_indices ------------------------------------------------------------------------


@alternative("kfold_indices", "a generator, the folds' ends by hand")
def kfold_generator(n, k, rng):
    order, first = rng.permutation(n), 0
    for fold in range(k):
        last = first + n // k + (fold < n % k)
        yield np.append(order[:first], order[last:]), order[first:last]
        first = last


@alternative("kfold_indices", "a label for every row, both parts in order")
def kfold_by_labels(n, k, rng):
    label = np.empty(n, dtype=int)
    for fold, rows in enumerate(np.array_split(rng.permutation(n), k)):
        label[rows] = fold
    return [(np.flatnonzero(label != fold), np.flatnonzero(label == fold)) for fold in range(k)]


@alternative("kfold_indices", "set differences, pairs as lists in a tuple")
def kfold_by_difference(n, k, rng):
    folds = np.array_split(rng.permutation(np.arange(n)), k)
    return tuple([np.setdiff1d(np.arange(n), fold), fold] for fold in folds)


# -- 3 forward_chaining ---------------------------------------------------------------------


@alternative("forward_chaining", "the blocks' ends as a running sum")
def forward_by_ends(n, k):
    sizes = np.full(k + 1, n // (k + 1))
    sizes[: n % (k + 1)] += 1
    ends = np.cumsum(sizes)
    return [(np.arange(a), np.arange(a, b)) for a, b in pairwise(ends)]


@alternative("forward_chaining", "a generator that lets the past grow")
def forward_generator(n, k):
    past, *later = np.array_split(np.arange(n), k + 1)
    for block in later:
        yield past, block
        past = np.concatenate([past, block])


@alternative("forward_chaining", "slices of all rows, recursively")
def forward_recursive(n, k):
    def chain(first, blocks):
        if not blocks:
            return []
        last = first + len(blocks[0])
        return [[rows[:first].copy(), rows[first:last].copy()], *chain(last, blocks[1:])]

    rows = np.arange(n)
    head, *tail = np.array_split(rows, k + 1)
    return chain(len(head), tail)


# -- 4 bias_variance ------------------------------------------------------------------------


@alternative("bias_variance", "an array of all predictions, sums by hand")
def parts_by_sums(fit_predict, sample, x_test, truth, trials, rng):
    found = np.empty((trials, len(truth)))
    for trial in range(trials):
        found[trial] = fit_predict(*sample(rng), x_test)
    mean = found.sum(axis=0) / trials
    spread = ((found - mean) ** 2).sum(axis=0) / trials
    return float(((mean - truth) ** 2).mean()), float(spread.mean())


@alternative("bias_variance", "Welford's running mean and spread")
def parts_running(fit_predict, sample, x_test, truth, trials, rng):
    mean, spread = np.zeros(len(truth)), np.zeros(len(truth))
    for count in range(1, trials + 1):
        X, y = sample(rng)
        f = fit_predict(X, y, x_test)
        before = f - mean
        mean = mean + before / count
        spread = spread + before * (f - mean)
    return [np.square(mean - truth).mean(), (spread / trials).mean()]


@alternative("bias_variance", "all data sets first, then all models, in a generator")
def parts_data_first(fit_predict, sample, x_test, truth, trials, rng):
    data = [sample(rng) for _ in range(trials)]
    found = np.stack([np.asarray(fit_predict(X, y, x_test)) for X, y in data], axis=1)
    centred = found - found.mean(axis=1, keepdims=True)
    bias = found.mean(axis=1) - truth
    return bias @ bias / bias.size, np.einsum("it,it->", centred, centred) / centred.size


@alternative("bias_variance", "the variance as what is left of the squared error")
def parts_by_identity(fit_predict, sample, x_test, truth, trials, rng):
    misses = []
    for _ in range(trials):
        X, y = sample(rng)
        misses.append(fit_predict(X, y, x_test) - truth)
    bias2 = np.mean(np.mean(misses, axis=0) ** 2)
    return bias2, np.mean(np.square(misses)) - bias2


# -- 5 bootstrap_interval -------------------------------------------------------------------


@alternative("bootstrap_interval", "rng.choice of the rows, percentiles one by one")
def bootstrap_by_choice(data, statistic, resamples, level, rng):
    found = []
    for _ in range(resamples):
        rows = rng.choice(len(data), size=len(data), replace=True)
        found.append(float(statistic(np.take(data, rows, axis=0))))
    outside = 100 * (1 - level) / 2
    return np.percentile(found, outside), np.percentile(found, 100 - outside)


@alternative("bootstrap_interval", "all rows drawn at once")
def bootstrap_all_rows(data, statistic, resamples, level, rng):
    n = data.shape[0]
    rows = rng.integers(n, size=(resamples, n))
    found = np.array([statistic(data[some]) for some in rows], dtype=float)
    return tuple(np.quantile(found, q) for q in ((1 - level) / 2, 1 - (1 - level) / 2))


@alternative("bootstrap_interval", "sorted results, interpolated by hand")
def bootstrap_by_hand(data, statistic, resamples, level, rng):
    n = len(data)
    found = sorted(float(statistic(data[rng.integers(0, n, n)])) for _ in range(resamples))

    def between(share):
        place = share * (resamples - 1)
        below = min(int(place), resamples - 1)
        above = min(below + 1, resamples - 1)
        return found[below] + (place - below) * (found[above] - found[below])

    return [between((1 - level) / 2), between((1 + level) / 2)]


# -- 6 nested_forward_cv --------------------------------------------------------------------


@alternative("nested_forward_cv", "two loops and a running best, with a function for the splits")
def nested_with_loops(fit_score, X, y, grid, k):
    scores, chosen = [], []
    for train, validation in forward_by_ends(len(y), k):
        best, best_value = -np.inf, None
        for value in grid:
            total = 0.0
            for a, b in forward_by_ends(len(train), k):
                total += fit_score(X[train][a], y[train][a], X[train][b], y[train][b], value)
            if total > best:
                best, best_value = total, value
        chosen.append(best_value)
        scores.append(fit_score(X[train], y[train], X[validation], y[validation], best_value))
    return np.array(scores), chosen


@alternative("nested_forward_cv", "slices in place of rows, choices as an array")
def nested_by_slices(fit_score, X, y, grid, k):
    def ends(n):
        return np.cumsum([len(block) for block in np.array_split(np.empty(n), k + 1)])

    def mean(n, value):
        inner = ends(n)
        pairs = pairwise(inner)
        return sum(fit_score(X[:a], y[:a], X[a:b], y[a:b], value) for a, b in pairs) / k

    outer = ends(len(y))
    chosen = [max(grid, key=lambda value: mean(a, value)) for a in outer[:-1]]
    scores = [
        fit_score(X[:a], y[:a], X[a:b], y[a:b], value)
        for a, b, value in zip(outer[:-1], outer[1:], chosen, strict=True)
    ]
    return [np.array(scores, dtype=float), np.array(chosen)]


@alternative("nested_forward_cv", "a table of all inner scores, then its row means")
def nested_by_table(fit_score, X, y, grid, k):
    rows = np.arange(len(y))
    scores, chosen = np.zeros(k), np.zeros(k, dtype=np.asarray(grid).dtype)
    blocks = np.array_split(rows, k + 1)
    for fold in range(k):
        past, now = np.concatenate(blocks[: fold + 1]), blocks[fold + 1]
        inner = np.array_split(past, k + 1)
        table = np.empty((len(grid), k))
        for j in range(k):
            a, b = np.concatenate(inner[: j + 1]), inner[j + 1]
            for i, value in enumerate(grid):
                table[i, j] = fit_score(X[a], y[a], X[b], y[b], value)
        chosen[fold] = np.asarray(grid)[table.mean(axis=1).argmax()]
        scores[fold] = fit_score(X[past], y[past], X[now], y[now], chosen[fold])
    return scores, chosen
