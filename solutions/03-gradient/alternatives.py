"""Right solutions of problem set 3, written differently. All of them must get all points."""

import numpy as np

from autograder.catalogue import alternative

# -- 1 numerical_gradient -----------------------------------------------------------------


@alternative("numerical_gradient", "x itself is moved, and put back exactly")
def numerical_in_place(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    walk = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not walk.finished:
        here = walk.multi_index
        before = float(x[here])
        x[here] = before + h
        ahead = f(x)
        x[here] = before - h
        behind = f(x)
        x[here] = before
        gradient[here] = 0.5 * (ahead - behind) / h
        walk.iternext()
    return gradient


@alternative("numerical_gradient", "steps along the rows of the unit matrix")
def numerical_by_unit_vectors(f, x, h=1e-5):
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [(f(x + step) - f(x - step)) / 2 / h for step in steps]
    return np.array(slopes).reshape(x.shape)


@alternative("numerical_gradient", "first all points behind, then all points ahead")
def numerical_behind_first(f, x, h=1e-5):
    def at(place, step):
        moved = x.copy()
        moved.flat[place] = moved.flat[place] + step
        return f(moved)

    behind = np.array([at(place, -h) for place in range(x.size)])
    ahead = np.array([at(place, h) for place in range(x.size)])
    return np.divide(ahead - behind, 2 * h).reshape(np.shape(x))


@alternative("numerical_gradient", "backwards through a flat copy, two steps back at once")
def numerical_backwards(f, x, h=1e-5):
    flat = x.flatten()
    gradient = np.zeros(flat.size)
    for place in reversed(range(flat.size)):
        kept = flat[place]
        flat[place] += h
        ahead = f(flat.reshape(x.shape))
        flat[place] -= 2 * h
        gradient[place] = (ahead - f(flat.reshape(x.shape))) / (2.0 * h)
        flat[place] = kept
    return gradient.reshape(x.shape)


# -- 2 relative_error ---------------------------------------------------------------------


@alternative("relative_error", "entry by entry")
def relative_by_loop(a, b):
    worst = 0.0
    for one, other in zip(np.ravel(a), np.ravel(b), strict=True):
        size = max(abs(one), abs(other))
        if size > 0:
            worst = max(worst, abs(one - other) / size)
    return worst


@alternative("relative_error", "divided only where the size is not zero")
def relative_by_where(a, b):
    a, b = np.asarray(a), np.asarray(b)
    size = np.fmax(np.fabs(a), np.fabs(b))
    error = np.divide(np.fabs(b - a), size, out=np.zeros(size.shape), where=size > 0)
    return error.max()


@alternative("relative_error", "divided everywhere, and what is not a number replaced")
def relative_by_nan(a, b):
    a, b = np.atleast_1d(a), np.atleast_1d(b)
    with np.errstate(invalid="ignore"):
        error = np.abs(a - b) / np.max([np.abs(a), np.abs(b)], axis=0)
    return np.nan_to_num(error).max()


# -- 3 svm_loss_and_gradient --------------------------------------------------------------


@alternative("svm_loss_and_gradient", "loops over examples and classes")
def svm_by_loops(W, X, y, reg):
    loss, gradient = 0.0, np.zeros(W.shape)
    for x, right in zip(X, y, strict=True):
        scores = x @ W
        for j in range(W.shape[1]):
            margin = scores[j] - scores[right] + 1.0
            if j != right and margin > 0:
                loss += margin
                gradient[:, j] += x
                gradient[:, right] -= x
    loss = loss / len(X) + reg * np.sum(W**2)
    return loss, gradient / len(X) + 2 * reg * W


@alternative("svm_loss_and_gradient", "with a one-hot matrix and einsum")
def svm_by_einsum(W, X, y, reg):
    right = np.eye(W.shape[1])[y]
    scores = np.einsum("nd,dc->nc", X, W)
    margins = (scores - (scores * right).sum(axis=1, keepdims=True) + 1) * (1 - right)
    active = (margins > 0) * (1 - right)
    pull = active - right * active.sum(axis=1, keepdims=True)
    loss = np.where(margins > 0, margins, 0.0).sum() / len(y) + reg * np.einsum("dc,dc", W, W)
    return [loss, np.einsum("nd,nc->dc", X, pull) / len(y) + 2 * reg * W]


@alternative("svm_loss_and_gradient", "the constant 1 of the right class taken off again")
def svm_minus_one(W, X, y, reg):
    n = len(y)
    scores = W.T @ X.T
    margins = np.maximum(0, scores - scores[y, np.arange(n)] + 1)
    pull = np.sign(margins)
    pull[y, range(n)] -= pull.sum(axis=0)
    loss = (margins.sum() - n) / n + reg * np.linalg.norm(W) ** 2
    return np.float64(loss), (pull @ X).T / n + reg * W + reg * W


@alternative("svm_loss_and_gradient", "class by class, in place on a new array")
def svm_by_classes(W, X, y, reg):
    n = X.shape[0]
    scores = X.dot(W)
    right = scores[np.arange(n), y]
    gradient = 2.0 * reg * W
    loss = reg * np.square(W).sum()
    for j in range(W.shape[1]):
        margin = np.where(y == j, -1.0, scores[:, j] - right + 1.0)
        hit = margin > 0
        loss += margin[hit].sum() / n
        gradient[:, j] += X[hit].sum(axis=0) / n
        for k in np.unique(y[hit]):
            gradient[:, k] -= X[hit & (y == k)].sum(axis=0) / n
    return loss, gradient


# -- 4 softmax_loss_and_gradient ----------------------------------------------------------


@alternative("softmax_loss_and_gradient", "a loop over the examples")
def softmax_by_loop(W, X, y, reg):
    loss, gradient = 0.0, np.zeros_like(W)
    for x, right in zip(X, y, strict=True):
        scores = x @ W
        largest = scores.max()
        powers = np.exp(scores - largest)
        total = powers.sum()
        loss += np.log(total) + (largest - scores[right])
        gradient += np.outer(x, powers / total)
        gradient[:, right] -= x
    n = len(X)
    return loss / n + reg * (W**2).sum(), gradient / n + 2 * reg * W


@alternative("softmax_loss_and_gradient", "with np.logaddexp and a one-hot matrix")
def softmax_by_logaddexp(W, X, y, reg):
    scores = X @ W
    right = np.zeros_like(scores)
    right[np.arange(len(y)), y] = 1
    total = np.logaddexp.reduce(scores, axis=1)
    loss = np.mean(total - np.sum(scores * right, axis=1)) + reg * np.sum(W * W)
    p = np.exp(scores - total[:, None])
    return [loss, (X.T / len(y)) @ (p - right) + reg * 2 * W]


@alternative("softmax_loss_and_gradient", "transposed, the right score as reference")
def softmax_transposed(W, X, y, reg):
    scores = W.T @ X.T
    scores = scores - scores[y, np.arange(len(y))]
    largest = scores.max(axis=0)
    powers = np.exp(scores - largest)
    total = powers.sum(axis=0)
    loss = (largest + np.log(total)).sum() / len(y) + reg * np.vdot(W, W)
    pull = powers / total
    pull[y, np.arange(len(y))] -= 1
    return np.float64(loss), np.dot(pull / len(y), X).T + 2 * reg * W


@alternative("softmax_loss_and_gradient", "einsum, in place on a new array")
def softmax_by_einsum(W, X, y, reg):
    n = len(y)
    z = np.einsum("nd,dc->nc", X, W)
    z -= np.amax(z, axis=1).reshape(n, 1)
    loss = -np.take_along_axis(z, y.astype(np.int64).reshape(n, 1), axis=1).sum()
    np.exp(z, out=z)
    loss += np.log(z.sum(axis=1)).sum()
    z /= z.sum(axis=1).reshape(n, 1)
    z[np.arange(n), y] -= 1.0
    gradient = np.einsum("nd,nc->dc", X, z)
    gradient /= n
    gradient += 2 * reg * W
    return loss / n + reg * np.einsum("dc,dc->", W, W), gradient


# -- 5 crossed_kink -----------------------------------------------------------------------


@alternative("crossed_kink", "sets of pairs, with loops")
def kink_by_sets(W, X, y, index, h):
    def positive(moved):
        scores = X @ moved
        return {
            (i, j)
            for i in range(len(y))
            for j in range(scores.shape[1])
            if j != y[i] and scores[i, j] - scores[i, y[i]] + 1 > 0
        }

    low, high = W.copy(), W.copy()
    low[index] -= h
    high[index] += h
    return positive(low) != positive(high)


@alternative("crossed_kink", "W itself is moved, and put back exactly")
def kink_in_place(W, X, y, index, h):
    before = W[index]
    sides = []
    for moved in (before - h, before + h):
        W[index] = moved
        scores = X.dot(W)
        sides.append(scores + 1 > scores[np.arange(len(y)), y].reshape(-1, 1))
    W[index] = before
    return not np.array_equal(*sides)


@alternative("crossed_kink", "how the margins change is worked out, W is not touched")
def kink_by_slopes(W, X, y, index, h):
    row, column = index
    scores = X @ W
    margins = scores - np.take_along_axis(scores, y[:, None].astype(np.int64), axis=1) + 1
    slopes = np.zeros(margins.shape)
    slopes[:, column] = X[:, row]
    slopes[y == column] -= X[y == column, row][:, None]
    return np.any((margins - h * slopes > 0) ^ (margins + h * slopes > 0))


@alternative("crossed_kink", "by the distance of every kink")
def kink_by_distance(W, X, y, index, h):
    step = np.zeros(W.shape)
    step[index] = 1.0
    for x, right in zip(X, y, strict=True):
        margins, slopes = (x @ M - (x @ M)[right] for M in (W, step))
        for margin, slope in zip(margins + 1, slopes, strict=True):
            if slope != 0 and abs(margin) < h * abs(slope):
                return True
    return False


# -- 6 find_bugs --------------------------------------------------------------------------


@alternative("find_bugs", "word for word, in another order")
def bugs_in_words():
    return {
        "d": "loss and gradient are computed in single precision",
        "c": "the gradient of the regulariser lacks its factor 2",
        "b": "the last entry alone is summed over the examples, not averaged",
        "a": "the gradient is right at w = 0 and wrong elsewhere",
    }


@alternative("find_bugs", "names and faults joined by zip")
def bugs_by_zip():
    faults = [
        "the gradient is right at w = 0 and wrong elsewhere",
        "the last entry alone is summed over the examples, not averaged",
        "the gradient of the regulariser lacks its factor 2",
        "loss and gradient are computed in single precision",
    ]
    return dict(zip("abcd", faults, strict=True))


@alternative("find_bugs", "one after the other")
def bugs_one_by_one():
    bugs = {}
    bugs["b"] = "the last entry alone is summed over the examples, " + "not averaged"
    bugs["d"] = "loss and gradient are computed in " + "single precision"
    bugs["a"] = "the gradient is right at w = 0 and " + "wrong elsewhere"
    bugs["c"] = "the gradient of the regulariser " + "lacks its factor 2"
    return dict(sorted(bugs.items()))


# -- further kinds of writing ---------------------------------------------------------------


@alternative("numerical_gradient", "a flat copy, from the last entry to the first, −h before +h")
def numerical_flat_backwards(f, x, h=1e-5):
    flat = x.copy().reshape(-1)
    g = np.empty(x.size)
    for i in reversed(range(x.size)):
        old = flat[i]
        v = []
        for s in (-1, 1):
            flat[i] = old + s * h
            v.append(f(flat.reshape(x.shape)))
        flat[i] = old
        g[i] = 0.5 * (v[1] - v[0]) / h
    return g.reshape(x.shape)


@alternative("relative_error", "0/0 put right afterwards")
def relative_nan_to_zero(a, b):
    with np.errstate(all="ignore"):
        r = np.abs(np.asarray(a) - b) / np.maximum(np.abs(a), np.abs(b))
    return float(np.nan_to_num(r, nan=0.0).max())


@alternative("svm_loss_and_gradient", "boolean masks, the regulariser in two parts")
def svm_boolean_masks(W, X, y, reg):
    Y = np.eye(W.shape[1], dtype=bool)[y]
    s = X @ W
    m = np.where(Y, 0, s - s[Y][:, None] + 1)
    hot = m > 0
    g = (X / len(X)).T @ (hot - Y * hot.sum(1, keepdims=True))
    g += reg * W
    g += reg * W
    return np.mean(np.where(hot, m, 0).sum(1)) + reg * np.vdot(W, W), g


@alternative("softmax_loss_and_gradient", "more digits on the way")
def softmax_long_double(W, X, y, reg):
    s = (X @ W).astype(np.longdouble)
    s -= s.max(axis=1, keepdims=True)
    e = np.exp(s)
    Z = e.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(Z[:, 0]) - s[np.arange(len(y)), y])
    p = (e / Z).astype(float)
    p[np.arange(len(y)), y] -= 1
    return float(loss) + reg * np.sum(W * W), np.tensordot(X, p, axes=(0, 0)) / len(y) + 2 * reg * W


@alternative("crossed_kink", "the second difference of each hinge")
def kink_by_second_difference(W, X, y, index, h):
    def loss(step):
        M = W.copy()
        M[index] += step
        s = X @ M
        return np.maximum(s - s[np.arange(len(y)), y][:, None] + 1, 0)

    return np.bool_(np.any(np.abs(loss(h) + loss(-h) - 2 * loss(0)) > 1e-10))


@alternative("crossed_kink", "whether the loss of any margin bends")
def kink_by_bending(W, X, y, index, h):
    def costs(step):
        moved = W.copy()
        moved[index] += step
        s = X @ moved
        return np.maximum(s - s[np.arange(len(y)), y][:, None] + 1, 0)

    return np.bool_(np.any(np.abs(costs(h) + costs(-h) - 2 * costs(0)) > 1e-10))
