"""Right solutions of problem set 9, written differently. All of them must get all points."""

# ruff: noqa: PLR0917 - the order of the arguments is the problem set's

import numpy as np

from autograder.catalogue import alternative

# -- 1 bagging ------------------------------------------------------------------------------


@alternative("bootstrap_indices", "rng.choice")
def rows_by_choice(n, rng):
    return rng.choice(n, size=n, replace=True)


@alternative("bootstrap_indices", "the upper end included")
def rows_to_the_end(n, rng):
    return rng.integers(0, n - 1, size=(n,), endpoint=True)


@alternative("bootstrap_indices", "one number after the other, as 32-bit numbers")
def rows_one_by_one(n, rng):
    return np.array([rng.integers(n) for _ in range(n)], dtype=np.int32)


@alternative("bagging_predict", "all rows drawn first, the mean kept as it grows")
def bagging_running_mean(fit_predict, X, y, X_test, members, rng):
    drawn, mean = rng.integers(0, len(X), (members, len(X))), 0.0
    for count, rows in enumerate(drawn, start=1):
        mean = mean + (fit_predict(X[rows], y[rows], X_test) - mean) / count
    return mean


@alternative("bagging_predict", "a sum divided at the end, rows by rng.choice")
def bagging_by_sum(fit_predict, X, y, X_test, members, rng):
    def one():
        rows = rng.choice(len(y), len(y))
        return np.asarray(fit_predict(np.take(X, rows, axis=0), np.take(y, rows), X_test))

    total = one()
    for _ in range(1, members):
        total = total + one()
    return total / members


@alternative("bagging_predict", "a stack of predictions, averaged along its last axis")
def bagging_by_stack(fit_predict, X, y, X_test, members, rng):
    resamples = (rng.integers(X.shape[0], size=X.shape[0]) for _ in range(members))
    return np.stack([fit_predict(X[i], y[i], X_test) for i in resamples], axis=-1).mean(axis=-1)


# -- 2 ensemble_variance --------------------------------------------------------------------


@alternative("ensemble_variance", "one fraction")
def variance_one_fraction(rho, variance, members):
    return variance * (1 + (members - 1) * rho) / members


@alternative("ensemble_variance", "the mean of the whole covariance matrix")
def variance_by_matrix(rho, variance, members):
    covariance = np.full((members, members), rho * variance)
    np.fill_diagonal(covariance, variance)
    return float(covariance.mean())


@alternative("ensemble_variance", "members and pairs, counted")
def variance_by_pairs(rho, variance, members):
    own, pairs = members * variance, members * (members - 1) * rho * variance
    return (own + pairs) / members**2


# -- 3 adaboost -----------------------------------------------------------------------------


@alternative("adaboost", "sorted features and running sums, the last stump of equal ones")
def boost_by_running_sums(X, y, rounds):
    n, d = X.shape
    orders = [np.argsort(X[:, f], kind="stable") for f in range(d)]
    w = np.ones(n) / n
    stumps, alphas = [], []
    for _ in range(rounds):
        best = (2.0, 0, 0.0, 1)
        for f, order in enumerate(orders):
            x, signed = X[order, f], (w * y)[order]
            # With all above: the wrong ones are those with y < 0. Then one after the other sinks.
            wrong = w[y < 0].sum() + np.concatenate([[0.0], np.cumsum(signed)])
            cut = np.concatenate([[True], x[1:] > x[:-1], [True]])
            thresholds = np.concatenate([[x[0] - 1], (x[1:] + x[:-1]) / 2, [x[-1] + 1]])
            for e, t in zip(wrong[cut], thresholds[cut], strict=True):
                best = min(best, (e, f, t, 1), (1 - e, f, t, -1), key=lambda found: found[0])
        _, f, t, s = best
        h = np.where(X[:, f] > t, s, -s)
        e = min(max(float(w @ (h != y)), 1e-10), 1 - 1e-10)
        alphas.append(0.5 * (np.log1p(-e) - np.log(e)))
        w = w * np.where(h == y, np.exp(-alphas[-1]), np.exp(alphas[-1]))
        w /= w.sum()
        stumps.append([f, t, s])
    return stumps, np.array(alphas), w


@alternative("adaboost", "weights doubled up: wrong ones by 1/(2e), right ones by 1/(2(1 − e))")
def boost_by_halves(X, y, rounds):
    candidates = [
        (f, t, s)
        for f in range(X.shape[1])
        for t in [X[:, f].min() - 1.0, *X[:, f]]
        for s in (1, -1)
    ]
    outputs = np.array([np.where(X[:, f] > t, s, -s) for f, t, s in candidates])
    misses = (outputs != y).astype(float)
    w, stumps, alphas = np.full(len(y), 1.0 / len(y)), (), np.zeros(rounds)
    for k in range(rounds):
        errors = misses @ w
        j = len(errors) - 1 - int(np.argmin(errors[::-1]))
        e = np.clip(misses[j] @ w, 1e-10, 1 - 1e-10)
        alphas[k] = np.arctanh(1 - 2 * e)
        w = np.where(misses[j] > 0, w / (2 * e), w / (2 * (1 - e)))
        w = w / np.sum(w)
        stumps += (candidates[j],)
    return stumps, alphas, w


@alternative("adaboost", "the weights from the sum of all votes, one feature after the other")
def boost_by_margin(X, y, rounds):
    margin, stumps, alphas = np.zeros(len(y)), [], []
    weights = np.exp(margin)
    for _ in range(rounds):
        weights = np.exp(-y * margin - np.max(-y * margin))
        weights = weights / weights.sum()
        found = []
        for f in range(X.shape[1]):
            for t in np.append(np.unique(X[:, f]), X[:, f].min() - 0.5):
                above = X[:, f] > t
                e = weights[above == (y < 0)].sum()
                found += [(e, f, t, 1), (1 - e, f, t, -1)]
        _, f, t, s = min(found, key=lambda one: one[0])
        h = s * (2 * (X[:, f] > t) - 1)
        e = min(max(weights[h * y < 0].sum(), 1e-10), 1 - 1e-10)
        alphas.append(np.log(((1 - e) / e) ** 0.5))
        margin = margin + alphas[-1] * h
        stumps.append((int(f), float(t), int(s)))
    weights = np.exp(-y * margin - np.max(-y * margin))
    return stumps, np.array(alphas), weights / weights.sum()


# -- 4 average_weights ----------------------------------------------------------------------


@alternative("average_weights", "moved towards each checkpoint")
def average_by_moving(checkpoints, decay):
    average = np.array(checkpoints[0], dtype=float)
    for W in checkpoints[1:]:
        average += (1 - decay) * (W - average)
    return average


@alternative("average_weights", "the weight of each checkpoint, in closed form")
def average_closed_form(checkpoints, decay):
    last = len(checkpoints) - 1
    shares = [(1 - decay) * decay ** (last - k) for k in range(last + 1)]
    shares[0] = decay**last
    return np.tensordot(shares, np.stack(checkpoints), axes=1)


@alternative("average_weights", "functools.reduce, the first one in twice")
def average_by_reduce(checkpoints, decay):
    from functools import reduce

    first = checkpoints[0] + 0.0
    return reduce(lambda a, W: decay * a + (1 - decay) * W, checkpoints, first)


# -- 5 distillation_loss --------------------------------------------------------------------


@alternative("distillation_loss", "with np.logaddexp")
def distil_by_logaddexp(student, teacher, y, temperature, alpha):
    def log_p(scores):
        return scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)

    n = student.shape[0]
    soft, hard, target = (
        log_p(student / temperature),
        log_p(student),
        np.exp(log_p(teacher / temperature)),
    )
    right = np.arange(student.shape[1]) == np.asarray(y)[:, None]
    loss = -alpha * temperature**2 * (target * soft).sum() - (1 - alpha) * hard[right].sum()
    first = alpha * temperature * (np.exp(soft) - target)
    return loss / n, (first + (1 - alpha) * (np.exp(hard) - right)) / n


@alternative("distillation_loss", "row by row")
def distil_by_rows(student, teacher, y, temperature, alpha):
    n, T = len(student), float(temperature)
    loss, gradient = 0.0, np.zeros(student.shape)
    for i in range(n):
        s, t, label = student[i], teacher[i] / T, int(y[i])
        q = np.exp(t - t.max())
        q /= q.sum()
        softened = s / T - np.max(s) / T
        total = np.exp(softened).sum()
        sharp = s - s.max()
        whole = np.exp(sharp).sum()
        loss += alpha * T * T * float(q @ (np.log(total) - softened))
        loss += (1 - alpha) * float(np.log(whole) - sharp[label])
        gradient[i] = (
            alpha * T * (np.exp(softened) / total - q) + (1 - alpha) * np.exp(sharp) / whole
        )
        gradient[i, label] -= 1 - alpha
    return loss / n, gradient / n


@alternative("distillation_loss", "one soft cross-entropy, used for both terms")
def distil_by_parts(student, teacher, y, temperature, alpha):
    def probabilities(scores):
        powers = np.exp(scores - scores.max(axis=1)[:, None])
        return powers / powers.sum(axis=1)[:, None]

    def cross_entropy(scores, targets):
        z = scores - scores.max(axis=1)[:, None]
        values = np.log(np.exp(z).sum(axis=1)) - np.einsum("ij,ij->i", targets, z)
        return values.mean(), (probabilities(scores) - targets) / len(scores)

    labels = np.zeros_like(student)
    labels[np.arange(len(y)), y] = 1.0
    soft, soft_slope = cross_entropy(student / temperature, probabilities(teacher / temperature))
    hard, hard_slope = cross_entropy(student, labels)
    share = alpha * temperature**2
    return [
        share * soft + (1 - alpha) * hard,
        share / temperature * soft_slope + (1 - alpha) * hard_slope,
    ]
