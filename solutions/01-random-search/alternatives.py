"""Right solutions of problem set 1, written differently. All of them must get all points."""

import math

import numpy as np

from autograder.catalogue import alternative

# -- 1 svm_loss ---------------------------------------------------------------------------


@alternative("svm_loss", "two Python loops")
def svm_loops(W, X, y, delta=1.0):
    total = 0.0
    for x, label in zip(X, y, strict=True):
        scores = x.dot(W)
        for j in range(W.shape[1]):
            if j != label:
                total += max(0.0, scores[j] - scores[label] + delta)
    return total / X.shape[0]


@alternative("svm_loss", "the right class costs delta everywhere, which is taken off")
def svm_delta_taken_off(W, X, y, delta=1.0):
    scores = np.einsum("id,dc->ic", X, W)
    right = np.take_along_axis(scores, y[:, None].astype(int), axis=1)
    return np.array(np.maximum(scores - right + delta, 0).sum(axis=1).mean() - delta)


@alternative("svm_loss", "a mask of the wrong classes")
def svm_masked(W, X, y, delta=1.0):
    right = np.eye(W.shape[1], dtype=bool)[y]
    scores = X @ W
    short = scores + delta - scores[right].reshape(-1, 1)
    return float(np.where((short > 0) & ~right, short, 0).sum(axis=1).mean())


@alternative("svm_loss", "one example after the other, the right class deleted")
def svm_deleted(W, X, y, delta=1.0):
    losses = []
    for i in range(len(X)):
        scores = W.T @ X[i]
        wrong = np.delete(scores, int(y[i]))
        losses.append(np.clip(wrong - scores[y[i]] + delta, 0, None).sum())
    return sum(losses) / len(losses)


# -- 2 accuracy ---------------------------------------------------------------------------


@alternative("accuracy", "a Python loop over the classes of each example")
def accuracy_loops(W, X, y):
    right = 0
    for x, label in zip(X, y, strict=True):
        answer, scores = 0, x @ W
        for j in range(1, len(scores)):
            if scores[j] > scores[answer]:
                answer = j
        right += int(answer == label)
    return right / len(y)


@alternative("accuracy", "counted")
def accuracy_counted(W, X, y):
    answers = np.argmax(W.T @ X.T, axis=0)
    return np.count_nonzero(answers == np.asarray(y, dtype=int)) / X.shape[0]


@alternative("accuracy", "above all lower classes and not below any higher one")
def accuracy_by_comparison(W, X, y):
    scores = X.dot(W)
    own = scores[np.arange(len(y)), y][:, None]
    lower = np.arange(W.shape[1]) < y[:, None]
    return 1 - np.where(lower, scores >= own, scores > own).any(axis=1).mean()


# -- 3 random_search ----------------------------------------------------------------------


@alternative("random_search", "all darts at once, then argmin")
def search_all_at_once(loss, shape, tries, scale, rng):
    darts = scale * rng.standard_normal((tries, *shape))
    losses = np.array([loss(W) for W in darts])
    return darts[np.argmin(losses)], np.minimum.accumulate(losses)


@alternative("random_search", "rng.normal, a list, returned as a list")
def search_with_list(loss, shape, tries, scale, rng):
    best_so_far, W_best = [], None
    for _ in range(tries):
        W = rng.normal(0.0, scale, shape)
        value = float(loss(W))
        if W_best is None or value < best_so_far[-1]:
            W_best, best = W.copy(), value
        best_so_far.append(best)
    return [W_best, np.array(best_so_far)]


@alternative("random_search", "one array that is filled again, the best one copied")
def search_in_one_array(loss, shape, tries, scale, rng):
    W, W_best = np.empty(shape), np.empty(shape)
    best_so_far = np.full(tries, np.inf)
    for i in range(tries):
        rng.standard_normal(out=W)
        W *= scale
        value = loss(W)
        if value < best_so_far[max(i - 1, 0)]:
            W_best[...] = W
        best_so_far[i] = min(value, best_so_far[max(i - 1, 0)])
    return W_best, best_so_far


@alternative("random_search", "numbers drawn flat; asked from the last dart to the first")
def search_backwards(loss, shape, tries, scale, rng):
    darts = rng.standard_normal(tries * int(np.prod(shape))).reshape(tries, *shape) * scale
    losses = np.empty(tries)
    for i in reversed(range(tries)):
        losses[i] = loss(darts[i])
    return darts[losses.tolist().index(losses.min())], np.minimum.accumulate(losses)


# -- 4 tries_needed -----------------------------------------------------------------------


@alternative("tries_needed", "a loop that multiplies the chance to fail")
def tries_by_loop(p, confidence):
    n, fail = 0, 1.0
    while 1 - fail < confidence:
        fail *= 1 - p
        n += 1
    return n


@alternative("tries_needed", "log1p, and a NumPy integer")
def tries_by_log1p(p, confidence):
    if p >= 1:
        return np.int64(1)
    return np.ceil(np.log1p(-confidence) / np.log1p(-p)).astype(int)


@alternative("tries_needed", "doubling and halving")
def tries_by_bisection(p, confidence):
    high = 1
    while 1 - (1 - p) ** high < confidence:
        high *= 2
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        if 1 - (1 - p) ** middle < confidence:
            low = middle
        else:
            high = middle
    return high


@alternative("tries_needed", "cut off and one more, logarithms to base 2")
def tries_cut_off(p, confidence):
    return 1 if p == 1 else int(math.log2(1 - confidence) / math.log2(1 - p)) + 1


# -- further kinds of writing ---------------------------------------------------------------


@alternative("svm_loss", "one-hot rows by np.add.at")
def svm_onehot_by_add_at(W, X, y, delta=1.0):
    onehot = np.zeros((len(y), W.shape[1]))
    np.add.at(onehot, (np.arange(len(y)), y), 1.0)
    s = X @ W
    right = (s * onehot).sum(axis=1, keepdims=True)
    return np.mean(np.sum(np.maximum(0, s - right + delta * (1 - onehot)) * (1 - onehot), axis=1))


@alternative("svm_loss", "differences of weights, not of scores")
def svm_by_weight_differences(W, X, y, delta=1.0):
    L = W[:, y].T
    diff = np.stack(
        [np.einsum("nd,nd->n", X, W[:, j][None, :] - L) + delta for j in range(W.shape[1])], 1
    )
    diff[np.arange(W.shape[1]) == np.asarray(y)[:, None]] = -np.inf
    return np.where(diff > 0, diff, 0.0).sum() / diff.shape[0]


@alternative("accuracy", "a stable sort")
def accuracy_by_stable_sort(W, X, y):
    s = X @ W
    k = np.argsort(-s, axis=1, kind="stable")[:, 0]
    return np.average(k == y)


@alternative("random_search", "generators, min by a key, accumulate")
def search_by_generators(loss, shape, tries, scale, rng):
    draws = (scale * rng.standard_normal(shape) for _ in range(tries))
    pairs = [(float(loss(W)), i, W) for i, W in enumerate(draws)]
    import itertools

    return min(pairs, key=lambda p: p[:2])[2], np.array(
        list(itertools.accumulate((p[0] for p in pairs), min))
    )


@alternative("tries_needed", "a first guess, then one by one")
def tries_corrected(p, confidence):
    if p >= 1:
        return 1
    n = max(1, int(math.log(1 - confidence) / math.log(1 - p)) - 2)
    while 1 - (1 - p) ** n < confidence:
        n += 1
    return n
