"""Right solutions of problem set 8, written differently. All of them must get all points."""

# ruff: noqa: PLR0917 - the order of the arguments is the problem set's

import numpy as np

from autograder.catalogue import alternative

# -- 1 penalties ----------------------------------------------------------------------------


@alternative("l2_penalty", "a dot product of the flat array")
def l2_by_dot(W, reg):
    flat = W.ravel()
    return float(reg * (flat @ flat)), W * (2.0 * reg)


@alternative("l2_penalty", "a Python loop over the entries")
def l2_by_loop(W, reg):
    total, gradient = 0.0, np.empty_like(W)
    for place, weight in np.ndenumerate(W):
        total += float(weight) ** 2
        gradient[place] = reg * weight + reg * weight
    return reg * total, gradient


@alternative("l2_penalty", "the norm squared, as a list")
def l2_by_norm(W, reg):
    return [reg * np.linalg.norm(W.ravel()) ** 2, np.multiply(2 * reg, W)]


@alternative("l1_penalty", "masks for the two signs")
def l1_by_masks(W, reg):
    signs = (W > 0).astype(float) - (W < 0)
    return reg * float((W * signs).sum()), reg * signs


@alternative("l1_penalty", "np.where, with 0 at 0")
def l1_by_where(W, reg):
    sizes = np.where(W < 0, -W, W)
    return np.add.reduce(reg * sizes, axis=None), np.where(W == 0, 0.0, np.copysign(reg, W))


@alternative("l1_penalty", "the first norm, a division where it can be done")
def l1_by_division(W, reg):
    direction = np.divide(W, np.abs(W), out=np.zeros_like(W), where=W != 0)
    return reg * np.linalg.norm(W.ravel(), 1), direction * reg


# -- 2 early_stopping -----------------------------------------------------------------------


@alternative("early_stopping", "a count of the epochs in a row")
def stopping_by_count(validation_losses, patience):
    best, lowest, waited = 0, float("inf"), 0
    for epoch, loss in enumerate(validation_losses):
        if loss < lowest:
            best, lowest, waited = epoch, loss, 0
            continue
        waited += 1
        if waited >= patience:
            return best
    return best


@alternative("early_stopping", "the epochs that improve, and the first gap that is too long")
def stopping_by_gaps(validation_losses, patience):
    losses = np.asarray(validation_losses, dtype=float)
    before = np.concatenate([[np.inf], np.minimum.accumulate(losses)[:-1]])
    improving = np.flatnonzero(losses < before)
    late = np.flatnonzero(np.diff(improving) > patience)
    return int(improving[late[0]] if late.size else improving[-1])


@alternative("early_stopping", "recursion from one best epoch to the next")
def stopping_recursive(validation_losses, patience):
    def after(best):
        for epoch in range(best + 1, min(best + patience + 1, len(validation_losses))):
            if validation_losses[epoch] < validation_losses[best]:
                return after(epoch)
        return best

    return after(0)


# -- 3 dropout ------------------------------------------------------------------------------


@alternative("dropout_forward", "np.where and a scale")
def drop_by_where(x, p, rng, train):
    if train:
        kept = ~(rng.random(x.shape) < p)
        return np.where(kept, x / (1 - p), 0.0), kept
    return np.array(x), np.full(x.shape, True)


@alternative("dropout_forward", "zeros written into a copy")
def drop_on_a_copy(x, p, rng, train):
    out, mask = x.copy(), np.ones_like(x, dtype=bool)
    if train:
        draws = rng.uniform(size=x.shape)
        mask[draws < p] = False
        out[~mask] = 0
        out *= 1 / (1 - p)
    return [out, mask]


@alternative("dropout_forward", "one draw after the other")
def drop_one_by_one(x, p, rng, train):
    mask = np.array([not train or rng.random() >= p for _ in range(x.size)]).reshape(x.shape)
    return np.multiply(x, mask) / (1 - p if train else 1), mask


@alternative("dropout_backward", "np.where")
def drop_back_by_where(dout, mask, p):
    return np.where(mask, dout, 0.0) / (1 - p)


@alternative("dropout_backward", "the mask as scaled numbers")
def drop_back_by_scale(dout, mask, p):
    scale = mask.astype(float) / (1.0 - p)
    return scale * dout


@alternative("dropout_backward", "written into zeros")
def drop_back_into_zeros(dout, mask, p):
    dx = np.zeros(dout.shape)
    dx[mask] = dout[mask] / (1 - p)
    return dx


# -- 4 batch normalisation ------------------------------------------------------------------


@alternative("batchnorm_forward", "sums by hand, the cache as a tuple in the reference's order")
def norm_by_sums(x, gamma, beta, running, train, momentum=0.9, eps=1e-5):
    n = x.shape[0]
    if train:
        m = x.sum(axis=0) / n
        centred = x - m
        v = (centred**2).sum(axis=0) / n
        running = {
            "mean": running["mean"] * momentum + m * (1 - momentum),
            "var": running["var"] * momentum + v * (1 - momentum),
        }
    else:
        centred, v = x - running["mean"], running["var"]
    root = (v + eps) ** 0.5
    return centred / root * gamma + beta, (centred / root, gamma, root), running


@alternative("batchnorm_forward", "column by column")
def norm_by_columns(x, gamma, beta, running, train, momentum=0.9, eps=1e-5):
    out, normalised, roots = np.empty_like(x), np.empty_like(x), np.empty(x.shape[1])
    new = {name: values.copy() for name, values in running.items()}
    for j in range(x.shape[1]):
        m, v = (
            (np.mean(x[:, j]), np.var(x[:, j]))
            if train
            else (running["mean"][j], running["var"][j])
        )
        roots[j] = np.sqrt(v + eps)
        normalised[:, j] = (x[:, j] - m) / roots[j]
        out[:, j] = gamma[j] * normalised[:, j] + beta[j]
        if train:
            new["mean"][j] = momentum * new["mean"][j] + (1 - momentum) * m
            new["var"][j] = momentum * new["var"][j] + (1 - momentum) * v
    return [out, (normalised, gamma.copy(), roots), new]


@alternative("batchnorm_forward", "one scale and one shift a feature, averages moved by a part")
def norm_by_affine(x, gamma, beta, running, train, momentum=0.9, eps=1e-5):
    mean, var = (x.mean(0), np.var(x, 0)) if train else (running["mean"], running["var"])
    inverse = 1 / np.sqrt(var + eps)
    if train:
        running = {
            name: running[name] + (1 - momentum) * (now - running[name])
            for name, now in (("mean", mean), ("var", var))
        }
    centred = x - mean
    return centred * (gamma * inverse) + beta, (centred * inverse, gamma, 1 / inverse), running


@alternative("batchnorm_backward", "step by step through the graph")
def norm_back_by_steps(dout, cache):
    normalised, gamma, root = cache
    n = dout.shape[0]
    centred = normalised * root
    dnormalised = dout * gamma
    dvar = (dnormalised * centred).sum(axis=0) * -0.5 / root**3
    dmean = -(dnormalised / root).sum(axis=0) - 2 * dvar * centred.mean(axis=0)
    dx = dnormalised / root + dvar * 2 * centred / n + dmean / n
    return [dx, np.einsum("ij,ij->j", dout, normalised), np.einsum("ij->j", dout)]


@alternative("batchnorm_backward", "as a projection, with means")
def norm_back_by_projection(dout, cache):
    normalised, gamma, root = cache
    g = gamma * dout
    dx = g - g.mean(axis=0)
    dx = (dx - normalised * np.mean(g * normalised, axis=0)) / root
    return dx, np.sum(dout * normalised, 0), np.sum(dout, 0)


@alternative("batchnorm_backward", "column by column with the matrix of derivatives")
def norm_back_by_matrix(dout, cache):
    normalised, gamma, root = cache
    n, d = dout.shape
    dx, dgamma, dbeta = np.empty((n, d)), np.empty(d), np.empty(d)
    for j in range(d):
        h = normalised[:, j]
        dx[:, j] = (
            gamma[j] / root[j] * (dout[:, j] - dout[:, j].sum() / n - h * (h @ dout[:, j]) / n)
        )
        dgamma[j], dbeta[j] = h @ dout[:, j], dout[:, j].sum()
    return dx, dgamma, dbeta


# -- 5 soft labels --------------------------------------------------------------------------


@alternative("smooth_labels", "rows of the unit matrix")
def smooth_by_eye(y, classes, eps):
    return (1 - eps) * np.eye(classes)[y] + eps / classes


@alternative("smooth_labels", "a comparison with all classes")
def smooth_by_comparison(y, classes, eps):
    onehot = (np.asarray(y)[:, None] == np.arange(classes)).astype(np.float64)
    return onehot - eps * (onehot - 1.0 / classes)


@alternative("smooth_labels", "a loop over the examples")
def smooth_by_loop(y, classes, eps):
    targets = np.zeros((len(y), classes))
    for row, right in zip(targets, y, strict=True):
        row[:] = eps / classes
        row[int(right)] = 1 - eps + eps / classes
    return targets


@alternative("soft_cross_entropy", "with np.logaddexp")
def soft_by_logaddexp(scores, targets):
    n = scores.shape[0]
    log_p = scores - np.logaddexp.reduce(scores, axis=1)[:, None]
    return -np.einsum("ij,ij->", targets, log_p) / n, (np.exp(log_p) - targets) / n


@alternative("soft_cross_entropy", "row by row")
def soft_by_rows(scores, targets):
    loss, gradient = 0.0, np.empty(scores.shape)
    for i, (row, q) in enumerate(zip(scores, targets, strict=True)):
        s = row - max(row)
        powers = np.exp(s)
        total = powers.sum()
        loss += float(np.sum(q * (np.log(total) - s)))
        gradient[i] = powers / total - q
    return loss / len(scores), gradient / len(scores)


@alternative("soft_cross_entropy", "transposed, in place on new arrays")
def soft_transposed(scores, targets):
    z = scores.T - scores.max(axis=1)
    powers = np.exp(z)
    total = powers.sum(axis=0)
    z -= np.log(total)
    loss = -np.mean((targets.T * z).sum(axis=0))
    powers /= total
    powers -= targets.T
    powers /= len(targets)
    return np.float64(loss), powers.T.copy()


# -- 6 mixup --------------------------------------------------------------------------------


@alternative("mixup", "moved towards the partner")
def mix_by_moving(X, targets, alpha, rng):
    away = 1 - rng.beta(alpha, alpha)
    order = rng.permutation(X.shape[0])
    return tuple(A + away * (A[order] - A) for A in (X, targets))


@alternative("mixup", "an array of rows that is shuffled, np.take")
def mix_by_take(X, targets, alpha, rng):
    lam = float(rng.beta(alpha, alpha, size=1)[0])
    rows = np.arange(len(targets))
    rng.shuffle(rows)
    mixed = np.multiply(lam, X) + np.take(X, rows, axis=0) * (1 - lam)
    return [mixed, np.multiply(lam, targets) + np.take(targets, rows, axis=0) * (1 - lam)]


@alternative("mixup", "a matrix that mixes, applied to both")
def mix_by_matrix(X, targets, alpha, rng):
    n, lam = len(X), rng.beta(alpha, alpha)
    mixing = lam * np.eye(n) + (1 - lam) * np.eye(n)[rng.permutation(n)]
    return np.tensordot(mixing, X, axes=1), mixing @ targets
