"""Named mistakes of problem set 3. Students whose answers agree with one are told its text."""

from functools import partial

import numpy as np

from autograder.catalogue import edit, mistake

numerical = partial(edit, "numerical_gradient")
numerical_one_sided = numerical(
    "This is the one-sided difference (f(x + h) − f(x))/h; its error is much larger than that "
    "of the centred one.",
    ("    moved = x.copy()", "    moved = x.copy()\n    here = f(moved)"),
    ("        moved[index] = x[index] - h\n", ""),
    ("(ahead - f(moved)) / (2 * h)", "(ahead - here) / h"),
)
numerical_backward = numerical(
    "This is the one-sided difference backwards, (f(x) − f(x − h))/h.",
    ("    moved = x.copy()", "    moved = x.copy()\n    ahead = f(moved)"),
    ("        moved[index] = x[index] + h\n        ahead = f(moved)\n", ""),
    ("(2 * h)", "h"),
)
numerical_one_sided_again = numerical(
    "One-sided differences, with f(x) computed anew for each entry: as many calls as the "
    "centred ones need, and a much larger error.",
    ("x[index] - h", "x[index]"),
    ("(2 * h)", "h"),
)
numerical_divided_by_h = numerical(
    "The difference is divided by h; the two points lie 2h apart.", ("(2 * h)", "h")
)
numerical_times_h = numerical(
    "The division binds to h alone: (…)/2 * h multiplies by h. Brackets around 2 * h are missing.",
    ("(2 * h)", "2 * h"),
)
numerical_half_steps = numerical(
    "Each side is moved by h/2 only; the points are x + h and x − h.",
    ("+ h", "+ h / 2"),
    ("- h\n", "- h / 2\n"),
    ("(2 * h)", "h"),
)
numerical_sign = numerical(
    "The sign is wrong: f(x − h) is to be subtracted from f(x + h).",
    ("ahead - f(moved)", "f(moved) - ahead"),
)
numerical_relative_step = numerical(
    "The step grows with the entry of x; h itself is asked for.",
    ("x[index] + h", "x[index] + (step := h * max(1.0, abs(x[index])))"),
    ("- h\n", "- step\n"),
    ("2 * h", "2 * step"),
)
numerical_fixed_step = numerical(
    "The argument h is not used: the step is always the default one.",
    ("    moved = x.copy()", "    h, moved = 1e-5, x.copy()"),
)
numerical_other_default = numerical(
    "The default step is not the one that the question gives for h.", ("h=1e-5", "h=1e-4")
)
numerical_all_at_once = numerical(
    "All entries of x are moved at once; one at a time is asked for.",
    ("moved[index] = x[index] + h", "moved = x + h"),
    ("moved[index] = x[index] - h", "moved = x - h"),
    ("        moved[index] = x[index]\n", ""),
)
numerical_stays_moved = numerical(
    "The entries stay moved: each must be put back before the next one is moved.",
    ("        moved[index] = x[index]\n", ""),
)
numerical_put_back_roughly = numerical(
    "x is put back by adding and subtracting h, which leaves the rounding behind: keep the "
    "number that was there, or move a copy.",
    ("moved = x.copy()", "moved = x"),
    ("moved[index] = x[index] + h", "moved[index] += h"),
    ("moved[index] = x[index] - h", "moved[index] -= 2 * h"),
    ("        moved[index] = x[index]\n", "        moved[index] += h\n"),
)
numerical_same_array = numerical(
    "`ahead = behind = x` makes no copies: both names mean one array, which is moved and moved "
    "back, and the difference is zero.",
    (
        "        moved[index] = x[index] + h\n"
        "        ahead = f(moved)\n"
        "        moved[index] = x[index] - h\n"
        "        gradient[index] = (ahead - f(moved))",
        "        ahead = behind = x.copy()\n"
        "        ahead[index] += h\n"
        "        behind[index] -= h\n"
        "        gradient[index] = (f(ahead) - f(behind))",
    ),
    ("        moved[index] = x[index]\n", ""),
)
numerical_rows_only = numerical(
    "Only the first axis is walked along: in a matrix, `x[i]` is a whole row, and all of it is "
    "moved.",
    ("np.ndindex(x.shape)", "range(len(x))"),
)
numerical_flat = numerical(
    "The gradient comes back as one long vector; x's shape is asked for.",
    ("return gradient", "return gradient.ravel()"),
)
numerical_flat_calls = numerical(
    "f is given a flat copy of x; it takes arrays of x's shape.",
    ("    gradient = np", "    shape, x = x.shape, x.ravel()\n    gradient = np"),
    ("return gradient", "return gradient.reshape(shape)"),
)
numerical_extra_call = numerical(
    "f is called at x as well; the centred difference does not need it.",
    ("    moved = x.copy()", "    moved = x.copy()\n    f(moved)"),
)
numerical_second = numerical(
    "This is the second derivative, (f(x + h) − 2·f(x) + f(x − h))/h².",
    ("    moved = x.copy()", "    moved = x.copy()\n    here = f(moved)"),
    ("(ahead - f(moved)) / (2 * h)", "(ahead - 2 * here + f(moved)) / h**2"),
)
relative = partial(edit, "relative_error")
relative_mean = relative(
    "The mean over the entries is returned; the worst entry counts.",
    ("np.max(np.abs", "np.mean(np.abs"),
)
relative_least = relative(
    "The smallest error is returned; the worst entry counts.", ("np.max(np.abs", "np.min(np.abs")
)
relative_sum = relative(
    "The denominator is |a| + |b|; it is the larger of the two.",
    ("maximum(np.abs(a), np.abs(b)", "abs(a) + np.abs(b"),
)
relative_to_second = relative(
    "The denominator is |b| alone; it is the larger of |a| and |b|.",
    ("maximum(np.abs(a), np.abs(b)", "abs(b"),
)
relative_to_first = relative(
    "The denominator is |a| alone; it is the larger of |a| and |b|.",
    ("maximum(np.abs(a), np.abs(b)", "abs(a"),
)
relative_signed_size = relative(
    "The size is max(a, b) without absolute values, so it is wrong where both are negative.",
    ("np.abs(a), np.abs(b)", "a, b"),
)
relative_signed_difference = relative(
    "The difference has no absolute value, so large negative ones do not count.",
    ("np.abs(np.subtract(a, b))", "np.subtract(a, b)"),
)
relative_to_largest = relative(
    "The largest difference is divided by the largest size; each entry has its own size.",
    ("np.where(size == 0, 1.0, size)", "(np.max(size) or 1.0)"),
)
relative_norms = relative(
    "This is the distance of the two as vectors; the worst entry counts.",
    ("np.maximum(np.abs(a), np.abs(b))", "max(np.linalg.norm(a), np.linalg.norm(b))"),
    (
        "np.max(np.abs(np.subtract(a, b)) / np.where(size == 0, 1.0, size))",
        "np.linalg.norm(np.subtract(a, b)) / (size or 1.0)",
    ),
)
relative_absolute = relative(
    "This is the absolute error; it must be divided by the size.",
    (" / np.where(size == 0, 1.0, size)", ""),
)
relative_guarded = relative(
    "A small number guards the denominator: derivatives smaller than it are taken for zeros.",
    ("where(size == 0, 1.0, size", "maximum(size, 1e-8"),
)
relative_not_a_number = relative(
    "Where both entries are zero the result is not a number: 0/0 must be 0.",
    ("np.where(size == 0, 1.0, size)", "size"),
)
relative_one_zero = relative(
    "Entries are passed over where one of the two is zero; they must be passed over only where "
    "both are.",
    ("np.abs(np.subtract(a, b))", "np.abs(np.subtract(a, b)) * (np.multiply(a, b) != 0)"),
)
relative_all = relative(
    "The errors of all entries are returned; their maximum is asked for.",
    (
        "float(np.max(np.abs(np.subtract(a, b)) / np.where(size == 0, 1.0, size)))",
        "np.abs(np.subtract(a, b)) / np.where(size == 0, 1.0, size)",
    ),
)
relative_arrays_only = relative(
    "It works for arrays only: a plain number has no shape and no max().",
    (
        "np.max(np.abs(np.subtract(a, b)) / np.where(size == 0, 1.0, size))",
        "(np.abs(a - b) / np.where(size == 0, 1.0, size)).reshape(a.shape).max()",
    ),
)

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


svm = partial(edit, "svm_loss_and_gradient")
svm_gradient_summed = svm(
    "The gradient is not divided by the number of examples.", ("X.T @ pull / len(y)", "X.T @ pull")
)
svm_summed = svm(
    "Neither the loss nor the gradient is divided by the number of examples.",
    ("X.T @ pull / len(y)", "X.T @ pull"),
    (".sum() / len(y)", ".sum()"),
)
svm_right_class_once = svm(
    "The column of the right class is pulled once for each example; it must be pulled once for "
    "each positive margin.",
    ("-pull.sum(axis=1)", "-pull.any(axis=1).astype(float)"),
)
svm_right_class_missing = svm(
    "The column of the right class is not pulled at all: margins depend on it, too.",
    ("    pull[rows, y] = -pull.sum(axis=1)\n", ""),
)
svm_right_class_counted = svm(
    "The right class is counted among the others: its constant margin of 1 enters the loss.",
    ("+ reg * (W * W).sum()", "+ reg * (W * W).sum() + 1.0"),
)
svm_right_class_among_others = svm(
    "The right class is counted among the others, in the loss and among the positive margins of"
    " the gradient.",
    ("+ reg * (W * W).sum()", "+ reg * (W * W).sum() + 1.0"),
    ("-pull.sum(axis=1)", "-pull.sum(axis=1) - 1"),
)
svm_pull_by_margin = svm(
    "The pull has the size of the margin, as for the squared hinge; here it is 1 for any "
    "positive margin.",
    ("(margins > 0).astype(np.float64)", "np.maximum(margins, 0)"),
)
svm_without_delta = svm(
    "The 1 is missing in the margins: a lead of any size would do.", (" + 1\n", "\n")
)
svm_sign = svm(
    "The gradient has the opposite sign (without the regulariser's).", ("X.T @", "-X.T @")
)
svm_regulariser_missing = svm("The regulariser's gradient is missing.", (" + 2 * reg * W", ""))
svm_regulariser_without_two = svm(
    "The regulariser's gradient lacks the factor 2: it is 2·reg·W.", ("2 * reg * W", "reg * W")
)
svm_regulariser_halved = svm(
    "The regulariser carries a ½, in the loss and in the gradient; here it has none.",
    ("2 * reg * W", "reg * W"),
    ("reg * (W * W)", "reg / 2 * (W * W)"),
)
svm_loss_without_regulariser = svm(
    "The regulariser is missing in the loss.", (" + reg * (W * W).sum()", "")
)
svm_regulariser_without_last_row = svm(
    "The last row of W is left out of the regulariser, as if it were the bias; every entry counts.",
    ("(W * W)", "(W[:-1] ** 2)"),
    ("2 * reg * W", "2 * reg * np.vstack([W[:-1], 0 * W[-1:]])"),
)
svm_regulariser_averaged = svm(
    "The regulariser is divided by the number of examples, too.",
    ("(W * W).sum()", "(W * W).sum() / len(y)"),
    ("2 * reg * W", "2 * reg * W / len(y)"),
)
svm_mean_over_classes = svm(
    "The loss is divided by the number of classes as well (a mean of means).",
    (".sum() / len(y)", ".mean()"),
    ("pull / len(y)", "pull / pull.size"),
)
svm_largest_margin = svm(
    "Only the largest margin of each example counts (that is another SVM); all of them are summed.",
    ("    loss =", "    margins *= margins == margins.max(axis=1, keepdims=True)\n    loss ="),
)
svm_transposed = svm(
    "The gradient is the transpose of the right one.",
    ("X.T @ pull / len(y) + 2 * reg * W", "(X.T @ pull / len(y) + 2 * reg * W).T"),
)
svm_swapped = svm(
    "The two results come in the wrong order: the loss is first.",
    ("loss, X.T @ pull / len(y) + 2 * reg * W", "X.T @ pull / len(y) + 2 * reg * W, loss"),
)


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


svm_single_precision = svm(
    "It is computed in single precision (float32).",
    ("    rows =", '    W, X, reg = W.astype("f"), X.astype("f"), np.float32(reg)\n    rows ='),
    ("np.float64", "np.float32"),
    (
        "loss, X.T @ pull / len(y) + 2 * reg * W",
        "float(loss), np.float64(X.T @ pull / len(y) + 2 * reg * W)",
    ),
)
svm_in_place = svm(
    "The caller's W is changed in place: a -= or *= on the way must go to a copy.",
    (
        "return loss, X.T @ pull / len(y) + 2 * reg * W",
        "W *= 2 * reg\n    W += X.T @ pull / len(y)\n    return loss, W.copy()",
    ),
)

# -- 4 softmax_loss_and_gradient ----------------------------------------------------------


def _softmax(W, X, y):
    """Probabilities and the loss of each example, stable."""
    scores = X @ W
    scores = scores - scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return np.exp(log_p), -log_p[np.arange(len(y)), y]


softmax = partial(edit, "softmax_loss_and_gradient")
softmax_overflows = softmax(
    "The largest score is not subtracted, so the exponentials of large scores overflow.",
    ("    scores = scores - scores.max(axis=1, keepdims=True)\n", ""),
)
softmax_global_maximum = softmax(
    "The largest score of all rows is subtracted: a row of much smaller scores is rounded to "
    "zeros. Each row has its own largest score.",
    ("scores.max(axis=1, keepdims=True)", "scores.max()"),
)
softmax_log_of_zero = softmax(
    "The logarithm of the probability is taken, which may be rounded to 0: then the loss is "
    "infinite. Take it from ln Σ eˢ − s of the right class.",
    ("-log_p[rows, y].mean()", "-np.log(np.exp(log_p[rows, y])).mean()"),
)
softmax_guarded_logarithm = softmax(
    "A small number is added inside the logarithm: the loss is finite then, but far too small "
    "where the right class is very unlikely.",
    ("-log_p[rows, y].mean()", "-np.log(np.exp(log_p[rows, y]) + 1e-15).mean()"),
)
softmax_clipped = softmax(
    "Large scores are cut off so that nothing overflows; that changes the loss.",
    ("scores - scores.max(axis=1, keepdims=True)", "np.clip(scores, -300, 300)"),
)
softmax_without_onehot = softmax(
    "The gradient takes p as it is; at the right class 1 must be subtracted.",
    ("    pull[rows, y] -= 1\n", ""),
)
softmax_right_class_only = softmax(
    "The gradient reaches the column of the right class only; all other columns get p·x.",
    ("    pull[rows, y] -= 1\n", "    pull = (pull - 1) * (np.arange(W.shape[1]) == y[:, None])\n"),
)
softmax_sign = softmax("The gradient has the opposite sign: it is p − onehot.", ("X.T @", "-X.T @"))
softmax_gradient_summed = softmax(
    "The gradient is not divided by the number of examples.", ("pull / len(y)", "pull")
)
softmax_summed = softmax(
    "Neither the loss nor the gradient is divided by the number of examples.",
    ("pull / len(y)", "pull"),
    (".mean()", ".sum()"),
)
softmax_loss_sign = softmax("The loss has the wrong sign: it is −ln p.", ("-log_p[", "log_p["))
softmax_log_two = softmax(
    "The logarithm has another base; the natural one is meant.", (".mean()", ".mean() / np.log(2)")
)
softmax_log_of_mean = softmax(
    "The logarithm is taken of the mean probability; the mean of the logarithms is meant.",
    ("-log_p[rows, y].mean()", "-np.log(np.exp(log_p[rows, y]).mean())"),
)
softmax_wrong_axis = softmax(
    "The probabilities are normalised over the examples; those of each example must sum to one.",
    ("np.exp(scores).sum(axis=1, keepdims=True)", "np.exp(scores).sum(axis=0)"),
)
softmax_squared_error = softmax(
    "The gradient is multiplied by p·(1 − p), as for a squared error; the cross-entropy's has "
    "no such factor.",
    (
        "    pull[rows, y] -= 1\n",
        "    pull[rows, y] -= 1\n    pull *= np.exp(log_p) * (1 - np.exp(log_p))\n",
    ),
)
softmax_regulariser_missing = softmax(
    "The regulariser's gradient is missing.", (" + 2 * reg * W", "")
)
softmax_regulariser_without_two = softmax(
    "The regulariser's gradient lacks the factor 2: it is 2·reg·W.", ("2 * reg * W", "reg * W")
)
softmax_regulariser_halved = softmax(
    "The regulariser carries a ½, in the loss and in the gradient; here it has none.",
    ("2 * reg * W", "reg * W"),
    ("reg * (W * W)", "reg / 2 * (W * W)"),
)
softmax_regulariser_without_last_row = softmax(
    "The last row of W is left out of the regulariser, as if it were the bias; every entry counts.",
    ("(W * W)", "(W[:-1] ** 2)"),
    ("2 * reg * W", "2 * reg * np.vstack([W[:-1], 0 * W[-1:]])"),
)
softmax_transposed = softmax(
    "The gradient is the transpose of the right one.",
    ("X.T @ pull / len(y) + 2 * reg * W", "(X.T @ pull / len(y) + 2 * reg * W).T"),
)
softmax_swapped = softmax(
    "The two results come in the wrong order: the loss is first.",
    ("loss, X.T @ pull / len(y) + 2 * reg * W", "X.T @ pull / len(y) + 2 * reg * W, loss"),
)


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


softmax_single_precision = softmax(
    "It is computed in single precision (float32).",
    ("    rows =", '    W, X, reg = W.astype("f"), X.astype("f"), np.float32(reg)\n    rows ='),
    (
        "loss, X.T @ pull / len(y) + 2 * reg * W",
        "float(loss), np.float64(X.T @ pull / len(y) + 2 * reg * W)",
    ),
)
kink = partial(edit, "crossed_kink")
kink_by_count = kink(
    "The numbers of positive margins are compared; one may become positive while another ceases"
    " to be. Compare the sets.",
    ("(positive(-h) != positive(h)).any()", "positive(-h).sum() != positive(h).sum()"),
)
kink_ahead_only = kink(
    "Only the way from W to W + h is looked at; the check also steps to W − h.",
    ("positive(-h)", "positive(0)"),
)
kink_behind_only = kink(
    "Only the way from W − h to W is looked at; the check also steps to W + h.",
    ("positive(h)", "positive(0)"),
)
kink_half_steps = kink(
    "W is moved by h/2 to each side; the check moves it by h.", ("+= step", "+= step / 2")
)
kink_without_delta = kink(
    "The 1 is missing in the margins: kinks are where a lead is exactly 1.", (" + 1 >", " >")
)
kink_one_column = kink(
    "Only the column of the class is looked at. Where it is the right class of an example, all "
    "margins of that example change.",
    ("(positive(-h) != positive(h))", "(positive(-h) != positive(h))[:, index[1]]"),
)
kink_by_prediction = kink(
    "The predicted classes are compared; a margin may change its sign while the largest score "
    "stays where it is.",
    ("scores - scores[np.arange(len(y)), y][:, np.newaxis] + 1 > 0", "scores.argmax(axis=1)"),
)
kink_by_loss = kink(
    "The losses on both sides are compared; they differ on a straight slope, too.",
    (
        "return scores - scores[np.arange(len(y)), y][:, np.newaxis] + 1 > 0",
        "margins = scores - scores[np.arange(len(y)), y][:, np.newaxis] + 1\n"
        "        return np.maximum(margins, 0).sum(keepdims=True)",
    ),
)
kink_by_any = kink(
    "The question is only whether any margin is positive on either side; it must be asked for "
    "each margin.",
    (
        "(positive(-h) != positive(h)).any()",
        "(positive(-h).sum() > len(y)) != (positive(h).sum() > len(y))",
    ),
)
kink_first_example = kink(
    "Only the first example is looked at; a kink of any example counts.",
    ("(positive(-h) != positive(h))", "(positive(-h) != positive(h))[0]"),
)
kink_all_examples = kink(
    "It must hold for all examples at once; one that crosses is enough.",
    (".any())", ".any(axis=1).all())"),
)
kink_negated = kink(
    "The answer is the wrong way round: True when the sets are equal.", ("bool(", "not bool(")
)
kink_whole_row = kink(
    "The whole row of W is moved, or all of W: that changes all scores alike and no margin.",
    ("moved[index]", "moved[index[0]]"),
)
kink_whole_column = kink(
    "The whole column of W is moved; index names a single entry.",
    ("moved[index]", "moved[:, index[1]]"),
)
kink_margin_below_step = kink(
    "The margins are compared with h; but when W moves by h, a margin moves by h times an entry"
    " of X.",
    ("(positive(-h) != positive(h)).any()", "positive(0).any()"),
    (
        "scores - scores[np.arange(len(y)), y][:, np.newaxis] + 1 > 0",
        "np.abs(scores - scores[np.arange(len(y)), y][:, np.newaxis] + 1) < h",
    ),
)
kink_stays_moved = kink(
    "W stays moved: the entry must be put back, or a copy be moved.",
    ("W.copy()", "W"),
    ("positive(h)", "positive(2 * h)"),
)
kink_put_back_roughly = kink(
    "W is put back by adding and subtracting h, which leaves the rounding behind: keep the "
    "number that was there, or move a copy.",
    ("moved = W.copy()\n", ""),
    ("        moved[index] += step", "W[index] += step"),
    ("X @ moved", "X @ W\n        W[index] -= step"),
)
kink_number = kink(
    "The number of changed margins is returned; True or False is asked for.",
    ("bool(", "int("),
    ("any()", "sum()"),
)

# -- 6 find_bugs --------------------------------------------------------------------------

_ZERO = "the gradient is right at w = 0 and wrong elsewhere"
_LAST = "the last entry alone is summed over the examples, not averaged"
_TWO = "the gradient of the regulariser lacks its factor 2"
_SINGLE = "loss and gradient are computed in single precision"
bugs = partial(edit, "find_bugs")
bugs_sign = bugs(
    'A wrong sign would be wrong everywhere. Look at "a" at several points, also special ones.',
    ("FAULTS[7]", "FAULTS[0]"),
)
bugs_summed = bugs(
    'With one example "b" is right, so it has to do with averaging; but look at it entry by entry.',
    ("FAULTS[2]", "FAULTS[1]"),
)
bugs_last_regulariser = bugs(
    'The fault of "b" shows without the regulariser as well, so the regulariser is not at fault.',
    ("FAULTS[2]", "FAULTS[6]"),
)
bugs_regulariser_missing = bugs(
    'The regulariser of "c" does have a gradient. Set X to zero, so that nothing else is left, '
    "and divide by what it should be.",
    ("FAULTS[5]", "FAULTS[4]"),
)
bugs_noise = bugs(
    'The difference between "d" and its differences changes with h as if by chance, at any w '
    "and without a regulariser. A formula that is wrong is wrong in the same way each time.",
    ("FAULTS[8]", "FAULTS[3]"),
)
bugs_in_place = bugs(
    'Nobody changes the array w: compare it before and after a call of "d".',
    ("FAULTS[8]", "FAULTS[9]"),
)
bugs_by_number = bugs(
    "The faults are given by their numbers; their texts are asked for.",
    'return {"a": 7, "b": 2, "c": 5, "d": 8}',
)
bugs_as_list = bugs(
    "A list is returned; a dict with the names as keys is asked for.",
    "return [_ZERO, _LAST, _TWO, _SINGLE]",
)
bugs_capital_letters = bugs(
    'The keys must be "a", "b", "c" and "d", in small letters.',
    'return {"A": _ZERO, "B": _LAST, "C": _TWO, "D": _SINGLE}',
)
bugs_exchanged = bugs(
    'The faults of "a" and "c" are exchanged.',
    ("FAULTS[7]", "FAULTS[-1]"),
    ("FAULTS[5]", "FAULTS[7]"),
    ("FAULTS[-1]", "FAULTS[5]"),
)
bugs_backwards = bugs(
    'All four faults are right but in the wrong order: "a" has that of "d".',
    'return {"a": _SINGLE, "b": _TWO, "c": _LAST, "d": _ZERO}',
)

# -- limits, tolerances, early stops and absent classes --------------------------------------

numerical_skips_zeros = numerical(
    "Entries of x that are 0 are passed over; the slope there is none of 0 for that.",
    ("np.empty_like", "np.zeros_like"),
    (
        "        moved[index] = x[index] + h",
        "        if not x[index]:\n            continue\n        moved[index] = x[index] + h",
    ),
)
numerical_cut_off = numerical(
    "Large slopes are cut off, by np.clip for instance; a function may be steep.",
    ("return gradient", "return np.clip(gradient, -100, 100)"),
)
numerical_least_step = numerical(
    "The step is held above some least step; the h that is given must be used.",
    ("    moved =", "    h = max(h, 1e-6)\n    moved ="),
)
relative_close_is_equal = relative(
    "Numbers that are close, by np.allclose for instance, are taken for equal.",
    ("    size =", "    if np.allclose(a, b, rtol=1e-2):\n        return 0.0\n    size ="),
)
relative_tiny_is_zero = relative(
    "Derivatives below some very small size are taken for zeros; only zeros are.",
    ("size == 0, 1.0", "size < 1e-30, 1.0"),
)
svm_done_at_zero = svm(
    "Where every margin is kept, a gradient of 0 is returned at once, without the regulariser's.",
    ("    pull = ", "    if not (margins > 0).any():\n        return loss, 0 * W\n    pull = "),
)
svm_labels_renumbered = svm(
    "np.unique numbers the labels anew: where a class is absent from y, all after it are shifted.",
    ("    scores", "    y = np.unique(y, return_inverse=True)[1]\n    scores"),
)
svm_counts_in_bytes = svm(
    "The margins are counted in int8, which ends at 127; there may be more classes.",
    ("astype(np.float64)", "astype(np.int8)"),
)
svm_margin_tolerance = svm(
    "A margin must exceed some tolerance to pull; any positive one does.",
    ("(margins > 0)", "(margins > 1e-5)"),
)
svm_gradient_cut_off = svm(
    "Large entries of the gradient are cut off, by np.clip for instance.",
    ("X.T @ pull / len(y) + 2 * reg * W", "np.clip(X.T @ pull / len(y) + 2 * reg * W, -100, 100)"),
)
softmax_first_score = softmax(
    "The first score of each row is subtracted, not its largest: then exponentials overflow.",
    ("scores.max(axis=1, keepdims=True)", "scores[:, :1]"),
)
softmax_labels_renumbered = softmax(
    "np.unique numbers the labels anew: where a class is absent from y, all after it are shifted.",
    ("    scores = X", "    y = np.unique(y, return_inverse=True)[1]\n    scores = X"),
)
softmax_gradient_cut_off = softmax(
    "Large entries of the gradient are cut off, by np.clip for instance.",
    ("X.T @ pull / len(y) + 2 * reg * W", "np.clip(X.T @ pull / len(y) + 2 * reg * W, -100, 100)"),
)
kink_least_step = kink(
    "The step is held above some least step; the h that is given must be used.",
    ("+= step", "+= np.sign(step) * max(abs(step), 0.1)"),
)
kink_by_second_difference = kink(
    "Whether the loss bends more than some tolerance is asked for; margins that hardly move cross "
    "zero, too.",
    "def loss(step):\n    moved = W.copy()\n    moved[index] += step\n    s = X @ moved\n"
    "    return np.maximum(s - s[np.arange(len(y)), y][:, None] + 1, 0).sum()\n\n"
    "return bool(loss(h) + loss(-h) - 2 * loss(0) > 0.01 * h)",
)
