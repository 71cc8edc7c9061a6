"""Named mistakes of problem set 3. Students whose answers agree with one are told its text."""

import numpy as np

from autograder.catalogue import mistake

# -- 1 numerical_gradient -----------------------------------------------------------------


def _moved(x, index, step):
    moved = x.copy()
    moved[index] += step
    return moved


@mistake(
    "numerical_gradient",
    "This is the one-sided difference (f(x + h) − f(x))/h; its error is much larger than that of "
    "the centred one.",
)
def numerical_one_sided(f, x, h=1e-5):
    gradient, here = np.zeros(x.shape), f(x.copy())
    for index in np.ndindex(x.shape):
        gradient[index] = (f(_moved(x, index, h)) - here) / h
    return gradient


@mistake("numerical_gradient", "This is the one-sided difference backwards, (f(x) − f(x − h))/h.")
def numerical_backward(f, x, h=1e-5):
    gradient, here = np.zeros(x.shape), f(x.copy())
    for index in np.ndindex(x.shape):
        gradient[index] = (here - f(_moved(x, index, -h))) / h
    return gradient


@mistake(
    "numerical_gradient",
    "One-sided differences, with f(x) computed anew for each entry: as many calls as the centred "
    "ones need, and a much larger error.",
)
def numerical_one_sided_again(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        gradient[index] = (f(_moved(x, index, h)) - f(x.copy())) / h
    return gradient


@mistake("numerical_gradient", "The difference is divided by h; the two points lie 2h apart.")
def numerical_divided_by_h(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        gradient[index] = (f(_moved(x, index, h)) - f(_moved(x, index, -h))) / h
    return gradient


@mistake(
    "numerical_gradient",
    "The division binds to h alone: (…)/2 * h multiplies by h. Brackets around 2 * h are missing.",
)
def numerical_times_h(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        gradient[index] = (f(_moved(x, index, h)) - f(_moved(x, index, -h))) / 2 * h
    return gradient


@mistake("numerical_gradient", "Each side is moved by h/2 only; the points are x + h and x − h.")
def numerical_half_steps(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        gradient[index] = (f(_moved(x, index, h / 2)) - f(_moved(x, index, -h / 2))) / h
    return gradient


@mistake("numerical_gradient", "The sign is wrong: f(x − h) is to be subtracted from f(x + h).")
def numerical_sign(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        gradient[index] = (f(_moved(x, index, -h)) - f(_moved(x, index, h))) / (2 * h)
    return gradient


@mistake("numerical_gradient", "The step grows with the entry of x; h itself is asked for.")
def numerical_relative_step(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = h * max(1.0, abs(x[index]))
        gradient[index] = (f(_moved(x, index, step)) - f(_moved(x, index, -step))) / (2 * step)
    return gradient


@mistake("numerical_gradient", "The argument h is not used: the step is always the default one.")
def numerical_fixed_step(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        gradient[index] = (f(_moved(x, index, 1e-5)) - f(_moved(x, index, -1e-5))) / 2e-5
    return gradient


@mistake("numerical_gradient", "The default step is not the one that the question gives for h.")
def numerical_other_default(f, x, h=1e-4):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        gradient[index] = (f(_moved(x, index, h)) - f(_moved(x, index, -h))) / (2 * h)
    return gradient


@mistake("numerical_gradient", "All entries of x are moved at once; one at a time is asked for.")
def numerical_all_at_once(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        gradient[index] = (f(x + h) - f(x - h)) / (2 * h)
    return gradient


@mistake(
    "numerical_gradient",
    "The entries stay moved: each must be put back before the next one is moved.",
)
def numerical_stays_moved(f, x, h=1e-5):
    moved, gradient = x.copy(), np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        moved[index] += h
        ahead = f(moved)
        moved[index] -= 2 * h
        gradient[index] = (ahead - f(moved)) / (2 * h)
    return gradient


@mistake(
    "numerical_gradient",
    "x is put back by adding and subtracting h, which leaves the rounding behind: keep the number "
    "that was there, or move a copy.",
)
def numerical_put_back_roughly(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        ahead = f(x)
        x[index] -= 2 * h
        gradient[index] = (ahead - f(x)) / (2 * h)
        x[index] += h
    return gradient


@mistake(
    "numerical_gradient",
    "`ahead = behind = x` makes no copies: both names mean one array, which is moved and moved "
    "back, and the difference is zero.",
)
def numerical_same_array(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        ahead = behind = x.copy()
        ahead[index] += h
        behind[index] -= h
        gradient[index] = (f(ahead) - f(behind)) / (2 * h)
    return gradient


@mistake(
    "numerical_gradient",
    "Only the first axis is walked along: in a matrix, `x[i]` is a whole row, and all of it is "
    "moved.",
)
def numerical_rows_only(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        gradient[i] = (f(_moved(x, i, h)) - f(_moved(x, i, -h))) / (2 * h)
    return gradient


@mistake(
    "numerical_gradient", "The gradient comes back as one long vector; x's shape is asked for."
)
def numerical_flat(f, x, h=1e-5):
    slopes = []
    for index in np.ndindex(x.shape):
        slopes.append((f(_moved(x, index, h)) - f(_moved(x, index, -h))) / (2 * h))
    return np.array(slopes)


@mistake("numerical_gradient", "f is given a flat copy of x; it takes arrays of x's shape.")
def numerical_flat_calls(f, x, h=1e-5):
    flat, gradient = x.ravel(), np.zeros(x.size)
    for i in range(x.size):
        gradient[i] = (f(_moved(flat, i, h)) - f(_moved(flat, i, -h))) / (2 * h)
    return gradient.reshape(x.shape)


@mistake("numerical_gradient", "f is called at x as well; the centred difference does not need it.")
def numerical_extra_call(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    f(x.copy())
    for index in np.ndindex(x.shape):
        gradient[index] = (f(_moved(x, index, h)) - f(_moved(x, index, -h))) / (2 * h)
    return gradient


@mistake(
    "numerical_gradient",
    "This is the second derivative, (f(x + h) − 2·f(x) + f(x − h))/h².",
)
def numerical_second(f, x, h=1e-5):
    gradient, here = np.zeros(x.shape), f(x.copy())
    for index in np.ndindex(x.shape):
        sides = f(_moved(x, index, h)) + f(_moved(x, index, -h))
        gradient[index] = (sides - 2 * here) / h**2
    return gradient


# -- 2 relative_error ---------------------------------------------------------------------


def _sizes(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return np.where(size == 0, 1.0, size)


@mistake("relative_error", "The mean over the entries is returned; the worst entry counts.")
def relative_mean(a, b):
    return float(np.mean(np.abs(np.subtract(a, b)) / _sizes(a, b)))


@mistake("relative_error", "The smallest error is returned; the worst entry counts.")
def relative_least(a, b):
    return float(np.min(np.abs(np.subtract(a, b)) / _sizes(a, b)))


@mistake("relative_error", "The denominator is |a| + |b|; it is the larger of the two.")
def relative_sum(a, b):
    size = np.abs(a) + np.abs(b)
    return float(np.max(np.abs(np.subtract(a, b)) / np.where(size == 0, 1.0, size)))


@mistake("relative_error", "The denominator is |b| alone; it is the larger of |a| and |b|.")
def relative_to_second(a, b):
    size = np.abs(b)
    return float(np.max(np.abs(np.subtract(a, b)) / np.where(size == 0, 1.0, size)))


@mistake("relative_error", "The denominator is |a| alone; it is the larger of |a| and |b|.")
def relative_to_first(a, b):
    size = np.abs(a)
    return float(np.max(np.abs(np.subtract(a, b)) / np.where(size == 0, 1.0, size)))


@mistake(
    "relative_error",
    "The size is max(a, b) without absolute values, so it is wrong where both are negative.",
)
def relative_signed_size(a, b):
    size = np.maximum(a, b)
    return float(np.max(np.abs(np.subtract(a, b)) / np.where(size == 0, 1.0, size)))


@mistake(
    "relative_error", "The difference has no absolute value, so large negative ones do not count."
)
def relative_signed_difference(a, b):
    return float(np.max(np.subtract(a, b) / _sizes(a, b)))


@mistake(
    "relative_error",
    "The largest difference is divided by the largest size; each entry has its own size.",
)
def relative_to_largest(a, b):
    return float(np.max(np.abs(np.subtract(a, b))) / np.max(_sizes(a, b)))


@mistake("relative_error", "This is the distance of the two as vectors; the worst entry counts.")
def relative_norms(a, b):
    size = max(np.linalg.norm(a), np.linalg.norm(b))
    return float(np.linalg.norm(np.subtract(a, b)) / (size or 1.0))


@mistake("relative_error", "This is the absolute error; it must be divided by the size.")
def relative_absolute(a, b):
    return float(np.max(np.abs(np.subtract(a, b))))


@mistake(
    "relative_error",
    "A small number guards the denominator: derivatives smaller than it are taken for zeros.",
)
def relative_guarded(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return float(np.max(np.abs(np.subtract(a, b)) / np.maximum(size, 1e-8)))


@mistake("relative_error", "Where both entries are zero the result is not a number: 0/0 must be 0.")
def relative_not_a_number(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    with np.errstate(all="ignore"):
        return float(np.max(np.divide(np.abs(np.subtract(a, b)), size)))


@mistake(
    "relative_error",
    "Entries are passed over where one of the two is zero; they must be passed over only where "
    "both are.",
)
def relative_one_zero(a, b):
    wrong = np.abs(np.subtract(a, b)) / _sizes(a, b)
    return float(np.max(np.where(np.multiply(a, b) == 0, 0.0, wrong)))


@mistake("relative_error", "The errors of all entries are returned; their maximum is asked for.")
def relative_all(a, b):
    return np.abs(np.subtract(a, b)) / _sizes(a, b)


@mistake("relative_error", "It works for arrays only: a plain number has no shape and no max().")
def relative_arrays_only(a, b):
    return float((np.abs(a - b) / _sizes(a, b)).reshape(a.shape).max())


# -- 3 svm_loss_and_gradient --------------------------------------------------------------


def _svm(W, X, y, reg, delta=1.0):
    """Margins, pulls (1 for a positive margin, less their number at the right class), and loss."""
    rows = np.arange(len(y))
    scores = X @ W
    margins = scores - scores[rows, y][:, None] + delta
    margins[rows, y] = 0
    pull = (margins > 0) * 1.0
    pull[rows, y] = -pull.sum(axis=1)
    loss = np.maximum(margins, 0).sum() / len(y) + reg * np.sum(W * W)
    return margins, pull, loss


@mistake("svm_loss_and_gradient", "The gradient is not divided by the number of examples.")
def svm_gradient_summed(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg)
    return loss, X.T @ pull + 2 * reg * W


@mistake(
    "svm_loss_and_gradient",
    "Neither the loss nor the gradient is divided by the number of examples.",
)
def svm_summed(W, X, y, reg):
    margins, pull, _ = _svm(W, X, y, reg)
    loss = np.maximum(margins, 0).sum() + reg * np.sum(W * W)
    return loss, X.T @ pull + 2 * reg * W


@mistake(
    "svm_loss_and_gradient",
    "The column of the right class is pulled once for each example; it must be pulled once for "
    "each positive margin.",
)
def svm_right_class_once(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg)
    pull = np.maximum(pull, -1.0)
    return loss, X.T @ pull / len(y) + 2 * reg * W


@mistake(
    "svm_loss_and_gradient",
    "The column of the right class is not pulled at all: margins depend on it, too.",
)
def svm_right_class_missing(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg)
    return loss, X.T @ np.maximum(pull, 0) / len(y) + 2 * reg * W


@mistake(
    "svm_loss_and_gradient",
    "The right class is counted among the others: its constant margin of 1 enters the loss.",
)
def svm_right_class_counted(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg)
    return loss + 1.0, X.T @ pull / len(y) + 2 * reg * W


@mistake(
    "svm_loss_and_gradient",
    "The right class is counted among the others, in the loss and among the positive margins of "
    "the gradient.",
)
def svm_right_class_among_others(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg)
    pull[np.arange(len(y)), y] -= 1
    return loss + 1.0, X.T @ pull / len(y) + 2 * reg * W


@mistake(
    "svm_loss_and_gradient",
    "The pull has the size of the margin, as for the squared hinge; here it is 1 for any positive "
    "margin.",
)
def svm_pull_by_margin(W, X, y, reg):
    margins, _, loss = _svm(W, X, y, reg)
    pull = np.maximum(margins, 0)
    pull[np.arange(len(y)), y] = -pull.sum(axis=1)
    return loss, X.T @ pull / len(y) + 2 * reg * W


@mistake("svm_loss_and_gradient", "The 1 is missing in the margins: a lead of any size would do.")
def svm_without_delta(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg, delta=0.0)
    return loss, X.T @ pull / len(y) + 2 * reg * W


@mistake("svm_loss_and_gradient", "The gradient has the opposite sign (without the regulariser's).")
def svm_sign(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg)
    return loss, -X.T @ pull / len(y) + 2 * reg * W


@mistake("svm_loss_and_gradient", "The regulariser's gradient is missing.")
def svm_regulariser_missing(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg)
    return loss, X.T @ pull / len(y)


@mistake("svm_loss_and_gradient", "The regulariser's gradient lacks the factor 2: it is 2·reg·W.")
def svm_regulariser_without_two(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg)
    return loss, X.T @ pull / len(y) + reg * W


@mistake(
    "svm_loss_and_gradient",
    "The regulariser carries a ½, in the loss and in the gradient; here it has none.",
)
def svm_regulariser_halved(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg / 2)
    return loss, X.T @ pull / len(y) + reg * W


@mistake("svm_loss_and_gradient", "The regulariser is missing in the loss.")
def svm_loss_without_regulariser(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, 0.0)
    return loss, X.T @ pull / len(y) + 2 * reg * W


@mistake(
    "svm_loss_and_gradient",
    "The last row of W is left out of the regulariser, as if it were the bias; every entry counts.",
)
def svm_regulariser_without_last_row(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, 0.0)
    inner = W.copy()
    inner[-1] = 0
    return loss + reg * np.sum(inner * inner), X.T @ pull / len(y) + 2 * reg * inner


@mistake("svm_loss_and_gradient", "The regulariser is divided by the number of examples, too.")
def svm_regulariser_averaged(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg / len(y))
    return loss, X.T @ pull / len(y) + 2 * reg * W / len(y)


@mistake(
    "svm_loss_and_gradient",
    "The loss is divided by the number of classes as well (a mean of means).",
)
def svm_mean_over_classes(W, X, y, reg):
    margins, pull, _ = _svm(W, X, y, reg)
    loss = np.maximum(margins, 0).mean() + reg * np.sum(W * W)
    return loss, X.T @ pull / pull.size + 2 * reg * W


@mistake(
    "svm_loss_and_gradient",
    "Only the largest margin of each example counts (that is another SVM); all of them are summed.",
)
def svm_largest_margin(W, X, y, reg):
    margins, _, _ = _svm(W, X, y, reg)
    rows, worst = np.arange(len(y)), margins.argmax(axis=1)
    hit = (margins[rows, worst] > 0) * 1.0
    pull = np.zeros(margins.shape)
    pull[rows, worst] = hit
    pull[rows, y] -= hit
    loss = np.maximum(margins.max(axis=1), 0).mean() + reg * np.sum(W * W)
    return loss, X.T @ pull / len(y) + 2 * reg * W


@mistake("svm_loss_and_gradient", "The gradient is the transpose of the right one.")
def svm_transposed(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg)
    return loss, (X.T @ pull / len(y) + 2 * reg * W).T


@mistake("svm_loss_and_gradient", "The two results come in the wrong order: the loss is first.")
def svm_swapped(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg)
    return X.T @ pull / len(y) + 2 * reg * W, loss


@mistake(
    "svm_loss_and_gradient",
    "The gradient comes from centred differences of the loss; it is asked for by its formula.",
)
def svm_by_differences(W, X, y, reg):
    gradient = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        ahead, behind = W.copy(), W.copy()
        ahead[index] += 1e-5
        behind[index] -= 1e-5
        gradient[index] = (_svm(ahead, X, y, reg)[2] - _svm(behind, X, y, reg)[2]) / 2e-5
    return _svm(W, X, y, reg)[2], gradient


@mistake("svm_loss_and_gradient", "It is computed in single precision (float32).")
def svm_single_precision(W, X, y, reg):
    W, X = W.astype(np.float32), X.astype(np.float32)
    _, pull, loss = _svm(W, X, y, np.float32(reg), delta=np.float32(1))
    return float(loss), np.float64(X.T @ pull.astype(np.float32) / len(y) + 2 * np.float32(reg) * W)


@mistake(
    "svm_loss_and_gradient",
    "The caller's W is changed in place: a -= or *= on the way must go to a copy.",
)
def svm_in_place(W, X, y, reg):
    _, pull, loss = _svm(W, X, y, reg)
    W *= 2 * reg
    W += X.T @ pull / len(y)
    return loss, W.copy()


# -- 4 softmax_loss_and_gradient ----------------------------------------------------------


def _softmax(W, X, y):
    """Probabilities and the loss of each example, stable."""
    scores = X @ W
    scores = scores - scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return np.exp(log_p), -log_p[np.arange(len(y)), y]


def _onehot(p, y):
    return (np.arange(p.shape[1]) == y[:, None]) * 1.0


@mistake(
    "softmax_loss_and_gradient",
    "The largest score is not subtracted, so the exponentials of large scores overflow.",
)
def softmax_overflows(W, X, y, reg):
    with np.errstate(all="ignore"):
        powers = np.exp(X @ W)
        p = powers / powers.sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(len(y)), y]).mean() + reg * np.sum(W * W)
        return loss, X.T @ (p - _onehot(p, y)) / len(y) + 2 * reg * W


@mistake(
    "softmax_loss_and_gradient",
    "The largest score of all rows is subtracted: a row of much smaller scores is rounded to "
    "zeros. Each row has its own largest score.",
)
def softmax_global_maximum(W, X, y, reg):
    with np.errstate(all="ignore"):
        scores = X @ W
        powers = np.exp(scores - scores.max())
        p = powers / powers.sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(len(y)), y]).mean() + reg * np.sum(W * W)
        return loss, X.T @ (p - _onehot(p, y)) / len(y) + 2 * reg * W


@mistake(
    "softmax_loss_and_gradient",
    "The logarithm of the probability is taken, which may be rounded to 0: then the loss is "
    "infinite. Take it from ln Σ eˢ − s of the right class.",
)
def softmax_log_of_zero(W, X, y, reg):
    p, _ = _softmax(W, X, y)
    with np.errstate(all="ignore"):
        loss = -np.log(p[np.arange(len(y)), y]).mean() + reg * np.sum(W * W)
    return loss, X.T @ (p - _onehot(p, y)) / len(y) + 2 * reg * W


@mistake(
    "softmax_loss_and_gradient",
    "A small number is added inside the logarithm: the loss is finite then, but far too small "
    "where the right class is very unlikely.",
)
def softmax_guarded_logarithm(W, X, y, reg):
    p, _ = _softmax(W, X, y)
    loss = -np.log(p[np.arange(len(y)), y] + 1e-15).mean() + reg * np.sum(W * W)
    return loss, X.T @ (p - _onehot(p, y)) / len(y) + 2 * reg * W


@mistake(
    "softmax_loss_and_gradient",
    "Large scores are cut off so that nothing overflows; that changes the loss.",
)
def softmax_clipped(W, X, y, reg):
    scores = np.clip(X @ W, -300, 300)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    p = np.exp(log_p)
    loss = -log_p[np.arange(len(y)), y].mean() + reg * np.sum(W * W)
    return loss, X.T @ (p - _onehot(p, y)) / len(y) + 2 * reg * W


@mistake(
    "softmax_loss_and_gradient",
    "The gradient takes p as it is; at the right class 1 must be subtracted.",
)
def softmax_without_onehot(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    return losses.mean() + reg * np.sum(W * W), X.T @ p / len(y) + 2 * reg * W


@mistake(
    "softmax_loss_and_gradient",
    "The gradient reaches the column of the right class only; all other columns get p·x.",
)
def softmax_right_class_only(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    pull = (p - 1) * _onehot(p, y)
    return losses.mean() + reg * np.sum(W * W), X.T @ pull / len(y) + 2 * reg * W


@mistake("softmax_loss_and_gradient", "The gradient has the opposite sign: it is p − onehot.")
def softmax_sign(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    return losses.mean() + reg * np.sum(W * W), X.T @ (_onehot(p, y) - p) / len(y) + 2 * reg * W


@mistake("softmax_loss_and_gradient", "The gradient is not divided by the number of examples.")
def softmax_gradient_summed(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    return losses.mean() + reg * np.sum(W * W), X.T @ (p - _onehot(p, y)) + 2 * reg * W


@mistake(
    "softmax_loss_and_gradient",
    "Neither the loss nor the gradient is divided by the number of examples.",
)
def softmax_summed(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    return losses.sum() + reg * np.sum(W * W), X.T @ (p - _onehot(p, y)) + 2 * reg * W


@mistake("softmax_loss_and_gradient", "The loss has the wrong sign: it is −ln p.")
def softmax_loss_sign(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    return -losses.mean() + reg * np.sum(W * W), X.T @ (p - _onehot(p, y)) / len(y) + 2 * reg * W


@mistake("softmax_loss_and_gradient", "The logarithm has another base; the natural one is meant.")
def softmax_log_two(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    loss = losses.mean() / np.log(2) + reg * np.sum(W * W)
    return loss, X.T @ (p - _onehot(p, y)) / len(y) + 2 * reg * W


@mistake(
    "softmax_loss_and_gradient",
    "The logarithm is taken of the mean probability; the mean of the logarithms is meant.",
)
def softmax_log_of_mean(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    loss = -np.log(np.exp(-losses).mean()) + reg * np.sum(W * W)
    return loss, X.T @ (p - _onehot(p, y)) / len(y) + 2 * reg * W


@mistake(
    "softmax_loss_and_gradient",
    "The probabilities are normalised over the examples; those of each example must sum to one.",
)
def softmax_wrong_axis(W, X, y, reg):
    scores = X @ W
    log_p = scores - np.logaddexp.reduce(scores, axis=0)
    p = np.exp(log_p)
    loss = -log_p[np.arange(len(y)), y].mean() + reg * np.sum(W * W)
    return loss, X.T @ (p - _onehot(p, y)) / len(y) + 2 * reg * W


@mistake(
    "softmax_loss_and_gradient",
    "The gradient is multiplied by p·(1 − p), as for a squared error; the cross-entropy's has no "
    "such factor.",
)
def softmax_squared_error(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    pull = (p - _onehot(p, y)) * p * (1 - p)
    return losses.mean() + reg * np.sum(W * W), X.T @ pull / len(y) + 2 * reg * W


@mistake("softmax_loss_and_gradient", "The regulariser's gradient is missing.")
def softmax_regulariser_missing(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    return losses.mean() + reg * np.sum(W * W), X.T @ (p - _onehot(p, y)) / len(y)


@mistake(
    "softmax_loss_and_gradient", "The regulariser's gradient lacks the factor 2: it is 2·reg·W."
)
def softmax_regulariser_without_two(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    return losses.mean() + reg * np.sum(W * W), X.T @ (p - _onehot(p, y)) / len(y) + reg * W


@mistake(
    "softmax_loss_and_gradient",
    "The regulariser carries a ½, in the loss and in the gradient; here it has none.",
)
def softmax_regulariser_halved(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    return losses.mean() + reg / 2 * np.sum(W * W), X.T @ (p - _onehot(p, y)) / len(y) + reg * W


@mistake(
    "softmax_loss_and_gradient",
    "The last row of W is left out of the regulariser, as if it were the bias; every entry counts.",
)
def softmax_regulariser_without_last_row(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    inner = W.copy()
    inner[-1] = 0
    loss = losses.mean() + reg * np.sum(inner * inner)
    return loss, X.T @ (p - _onehot(p, y)) / len(y) + 2 * reg * inner


@mistake("softmax_loss_and_gradient", "The gradient is the transpose of the right one.")
def softmax_transposed(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    gradient = X.T @ (p - _onehot(p, y)) / len(y) + 2 * reg * W
    return losses.mean() + reg * np.sum(W * W), gradient.T


@mistake("softmax_loss_and_gradient", "The two results come in the wrong order: the loss is first.")
def softmax_swapped(W, X, y, reg):
    p, losses = _softmax(W, X, y)
    gradient = X.T @ (p - _onehot(p, y)) / len(y) + 2 * reg * W
    return gradient, losses.mean() + reg * np.sum(W * W)


@mistake(
    "softmax_loss_and_gradient",
    "The gradient comes from centred differences of the loss; it is asked for by its formula.",
)
def softmax_by_differences(W, X, y, reg):
    def loss(W):
        return _softmax(W, X, y)[1].mean() + reg * np.sum(W * W)

    gradient = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        ahead, behind = W.copy(), W.copy()
        ahead[index] += 1e-5
        behind[index] -= 1e-5
        gradient[index] = (loss(ahead) - loss(behind)) / 2e-5
    return loss(W), gradient


@mistake("softmax_loss_and_gradient", "It is computed in single precision (float32).")
def softmax_single_precision(W, X, y, reg):
    W, X, reg = W.astype(np.float32), X.astype(np.float32), np.float32(reg)
    p, losses = _softmax(W, X, y)
    gradient = X.T @ (p - _onehot(p, y).astype(np.float32)) / len(y) + 2 * reg * W
    return float(losses.mean() + reg * np.sum(W * W)), np.float64(gradient)


# -- 5 crossed_kink -----------------------------------------------------------------------


def _positive(W, X, y, delta=1.0):
    """Which margins (n, C) are positive; that of the right class is the constant delta."""
    scores = X @ W
    return scores - scores[np.arange(len(y)), y][:, None] + delta > 0


def _sides(W, index, h):
    return _moved(W, index, -h), _moved(W, index, h)


@mistake(
    "crossed_kink",
    "The numbers of positive margins are compared; one may become positive while another ceases "
    "to be. Compare the sets.",
)
def kink_by_count(W, X, y, index, h):
    low, high = _sides(W, index, h)
    return bool(_positive(low, X, y).sum() != _positive(high, X, y).sum())


@mistake(
    "crossed_kink", "Only the way from W to W + h is looked at; the check also steps to W − h."
)
def kink_ahead_only(W, X, y, index, h):
    return bool((_positive(W, X, y) != _positive(_moved(W, index, h), X, y)).any())


@mistake(
    "crossed_kink", "Only the way from W − h to W is looked at; the check also steps to W + h."
)
def kink_behind_only(W, X, y, index, h):
    return bool((_positive(W, X, y) != _positive(_moved(W, index, -h), X, y)).any())


@mistake("crossed_kink", "W is moved by h/2 to each side; the check moves it by h.")
def kink_half_steps(W, X, y, index, h):
    low, high = _sides(W, index, h / 2)
    return bool((_positive(low, X, y) != _positive(high, X, y)).any())


@mistake("crossed_kink", "The 1 is missing in the margins: kinks are where a lead is exactly 1.")
def kink_without_delta(W, X, y, index, h):
    low, high = _sides(W, index, h)
    return bool((_positive(low, X, y, 0.0) != _positive(high, X, y, 0.0)).any())


@mistake(
    "crossed_kink",
    "Only the column of the class is looked at. Where it is the right class of an example, all "
    "margins of that example change.",
)
def kink_one_column(W, X, y, index, h):
    low, high = _sides(W, index, h)
    changed = _positive(low, X, y) != _positive(high, X, y)
    return bool(changed[:, index[1]].any())


@mistake(
    "crossed_kink",
    "The predicted classes are compared; a margin may change its sign while the largest score "
    "stays where it is.",
)
def kink_by_prediction(W, X, y, index, h):
    low, high = _sides(W, index, h)
    return bool(((X @ low).argmax(axis=1) != (X @ high).argmax(axis=1)).any())


@mistake(
    "crossed_kink",
    "The losses on both sides are compared; they differ on a straight slope, too.",
)
def kink_by_loss(W, X, y, index, h):
    low, high = _sides(W, index, h)
    return bool(_svm(low, X, y, 0.0)[2] != _svm(high, X, y, 0.0)[2])


@mistake(
    "crossed_kink",
    "The question is only whether any margin is positive on either side; it must be asked for "
    "each margin.",
)
def kink_by_any(W, X, y, index, h):
    low, high = (_svm(side, X, y, 0.0)[0] > 0 for side in _sides(W, index, h))
    return bool(low.any() != high.any())


@mistake("crossed_kink", "Only the first example is looked at; a kink of any example counts.")
def kink_first_example(W, X, y, index, h):
    low, high = _sides(W, index, h)
    return bool((_positive(low, X[:1], y[:1]) != _positive(high, X[:1], y[:1])).any())


@mistake("crossed_kink", "It must hold for all examples at once; one that crosses is enough.")
def kink_all_examples(W, X, y, index, h):
    low, high = _sides(W, index, h)
    return bool((_positive(low, X, y) != _positive(high, X, y)).any(axis=1).all())


@mistake("crossed_kink", "The answer is the wrong way round: True when the sets are equal.")
def kink_negated(W, X, y, index, h):
    low, high = _sides(W, index, h)
    return bool((_positive(low, X, y) == _positive(high, X, y)).all())


@mistake(
    "crossed_kink",
    "The whole row of W is moved, or all of W: that changes all scores alike and no margin.",
)
def kink_whole_row(W, X, y, index, h):
    low, high = _sides(W, index[0], h)
    return bool((_positive(low, X, y) != _positive(high, X, y)).any())


@mistake("crossed_kink", "The whole column of W is moved; index names a single entry.")
def kink_whole_column(W, X, y, index, h):
    low, high = _sides(W, (slice(None), index[1]), h)
    return bool((_positive(low, X, y) != _positive(high, X, y)).any())


@mistake(
    "crossed_kink",
    "The margins are compared with h; but when W moves by h, a margin moves by h times an entry "
    "of X.",
)
def kink_margin_below_step(W, X, y, index, h):
    scores = X @ W
    margins = scores - scores[np.arange(len(y)), y][:, None] + 1
    return bool((np.abs(margins) < h).any())


@mistake("crossed_kink", "W stays moved: the entry must be put back, or a copy be moved.")
def kink_stays_moved(W, X, y, index, h):
    W[index] -= h
    low = _positive(W, X, y)
    W[index] += 2 * h
    return bool((low != _positive(W, X, y)).any())


@mistake(
    "crossed_kink",
    "W is put back by adding and subtracting h, which leaves the rounding behind: keep the number "
    "that was there, or move a copy.",
)
def kink_put_back_roughly(W, X, y, index, h):
    W[index] -= h
    low = _positive(W, X, y)
    W[index] += 2 * h
    high = _positive(W, X, y)
    W[index] -= h
    return bool((low != high).any())


@mistake("crossed_kink", "The number of changed margins is returned; True or False is asked for.")
def kink_number(W, X, y, index, h):
    low, high = _sides(W, index, h)
    return int((_positive(low, X, y) != _positive(high, X, y)).sum())


# -- 6 find_bugs --------------------------------------------------------------------------

_ZERO = "the gradient is right at w = 0 and wrong elsewhere"
_LAST = "the last entry alone is summed over the examples, not averaged"
_TWO = "the gradient of the regulariser lacks its factor 2"
_SINGLE = "loss and gradient are computed in single precision"


@mistake(
    "find_bugs",
    'A wrong sign would be wrong everywhere. Look at "a" at several points, also special ones.',
)
def bugs_sign():
    fault = "the gradient has the wrong sign"
    return {"a": fault, "b": _LAST, "c": _TWO, "d": _SINGLE}


@mistake(
    "find_bugs",
    'With one example "b" is right, so it has to do with averaging; but look at it entry by entry.',
)
def bugs_summed():
    fault = "the gradient is summed over the examples, not averaged"
    return {"a": _ZERO, "b": fault, "c": _TWO, "d": _SINGLE}


@mistake(
    "find_bugs",
    'The fault of "b" shows without the regulariser as well, so the regulariser is not at fault.',
)
def bugs_last_regulariser():
    fault = "the last entry alone lacks the gradient of the regulariser"
    return {"a": _ZERO, "b": fault, "c": _TWO, "d": _SINGLE}


@mistake(
    "find_bugs",
    'The regulariser of "c" does have a gradient. Set X to zero, so that nothing else is left, '
    "and divide by what it should be.",
)
def bugs_regulariser_missing():
    fault = "the gradient of the regulariser is missing"
    return {"a": _ZERO, "b": _LAST, "c": fault, "d": _SINGLE}


@mistake(
    "find_bugs",
    'The difference between "d" and its differences changes with h as if by chance, at any w and '
    "without a regulariser. A formula that is wrong is wrong in the same way each time.",
)
def bugs_noise():
    fault = "the last example is left out of the gradient"
    return {"a": _ZERO, "b": _LAST, "c": _TWO, "d": fault}


@mistake(
    "find_bugs",
    'Nobody changes the array w: compare it before and after a call of "d".',
)
def bugs_in_place():
    fault = "the array w of the caller is changed in place"
    return {"a": _ZERO, "b": _LAST, "c": _TWO, "d": fault}


@mistake("find_bugs", "The faults are given by their numbers; their texts are asked for.")
def bugs_by_number():
    return {"a": 7, "b": 2, "c": 5, "d": 8}


@mistake("find_bugs", "A list is returned; a dict with the names as keys is asked for.")
def bugs_as_list():
    return [_ZERO, _LAST, _TWO, _SINGLE]


@mistake("find_bugs", 'The keys must be "a", "b", "c" and "d", in small letters.')
def bugs_capital_letters():
    return {"A": _ZERO, "B": _LAST, "C": _TWO, "D": _SINGLE}


@mistake("find_bugs", 'The faults of "a" and "c" are exchanged.')
def bugs_exchanged():
    return {"a": _TWO, "b": _LAST, "c": _ZERO, "d": _SINGLE}


@mistake("find_bugs", 'All four faults are right but in the wrong order: "a" has that of "d".')
def bugs_backwards():
    return {"a": _SINGLE, "b": _TWO, "c": _LAST, "d": _ZERO}
