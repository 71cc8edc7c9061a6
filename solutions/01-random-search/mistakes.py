"""Named mistakes of problem set 1. Students whose answers agree with one are told its text."""

from functools import partial

import numpy as np

from autograder.catalogue import edit, mistake


def margins(W, X, y, delta):
    """s_j − s_y + delta for every class j, the right one included."""
    scores = X @ W
    return scores - scores[np.arange(len(y)), y][:, None] + delta


def others(W, y):
    """True where class j is not the right one, (n, C)."""
    return np.arange(W.shape[1]) != np.asarray(y)[:, None]


# -- 1 svm_loss ---------------------------------------------------------------------------

svm = partial(edit, "svm_loss")
svm_right_class_counted = svm(
    "The right class is not left out of the sum: every example costs one delta too much.",
    ("    costs[rows, y] = 0\n", ""),
)
svm_sum_over_examples = svm(
    "The sum over the examples is not divided by their number n.", (" / len(y)", "")
)
svm_mean_over_classes = svm(
    "The mean is taken over the classes as well; over them the costs are summed.",
    ("costs.sum() / len(y)", "costs.mean()"),
)
svm_mean_over_wrong_classes = svm(
    "The costs are averaged over the C − 1 wrong classes as well; over them they are summed.",
    ("/ len(y)", "/ (len(y) * (W.shape[1] - 1))"),
)
svm_scores_exchanged = svm(
    "The two scores are exchanged: the cost is s_j − s_y + delta, which grows with the wrong "
    "class's score.",
    ("scores - scores[rows, y][:, None]", "scores[rows, y][:, None] - scores"),
)
svm_without_max = svm(
    "The max(0, …) is missing, so a class that keeps its distance earns something back.",
    (
        "np.maximum(0, scores - scores[rows, y][:, None] + delta)",
        "scores - scores[rows, y][:, None] + delta",
    ),
)
svm_max_of_sum = svm(
    "max(0, …) is taken of the whole sum of an example; it belongs to each wrong class apart.",
    (
        "np.maximum(0, scores - scores[rows, y][:, None] + delta)",
        "scores - scores[rows, y][:, None] + delta",
    ),
    ("costs.sum() / len(y)", "np.maximum(0, costs.sum(axis=1)).mean()"),
)
svm_delta_fixed = svm(
    "The margin is always 1: the argument delta is not used.", ("+ delta)", "+ 1.0)")
)
svm_without_delta = svm(
    "The margin is missing: a class that comes close must cost something, too.", (" + delta)", ")")
)
svm_delta_subtracted = svm(
    "The margin has the wrong sign: it is s_j − s_y + delta, with a plus.", ("+ delta)", "- delta)")
)
svm_delta_outside = svm(
    "delta is added outside of max(0, …), so that every wrong class costs it.",
    (" + delta)", ") + delta"),
)
svm_worst_class_only = svm(
    "Only the worst of the wrong classes is counted for each example; all of them are summed.",
    ("costs.sum() / len(y)", "costs.max(axis=1).mean()"),
)
svm_squared = svm(
    "The costs are squared: that is another loss, the squared hinge.",
    ("costs.sum()", "(costs**2).sum()"),
)
svm_counts_classes = svm(
    "How many classes are too close is counted, not how much each one misses.",
    ("costs.sum()", "(costs > 0).sum()"),
)
svm_with_regulariser = svm(
    "A regulariser ΣW² is added; there is none in this question.",
    ("/ len(y)", "/ len(y) + (W * W).sum()"),
)
svm_classes_from_labels = svm(
    "The number of classes is taken from the labels, so classes that do not appear in y are "
    "forgotten; it is the number of columns of W.",
    ("X @ W", "X @ W[:, : int(y.max()) + 1]"),
)
svm_squeezed = svm(
    "One example has lost its axis, by squeeze() for instance; n may be 1.",
    ("X @ W", "(X @ W).squeeze()"),
)
svm_not_averaged = svm(
    "The loss of each example is returned; their mean is asked for.",
    ("costs.sum() / len(y)", "costs.sum(axis=1)"),
)
svm_single_precision = svm(
    "The computation is done in single precision (float32).",
    ("X @ W", "X.astype(np.float32) @ W.astype(np.float32)"),
    ("costs.sum() / len(y)", "float(costs.sum() / np.float32(len(y)))"),
    ("+ delta", "+ np.float32(delta)"),
)
svm_in_place = svm(
    "The caller's W is changed in place, by += or -= for instance.",
    ("    scores = X @ W", "    W -= W.mean(axis=1, keepdims=True)\n    scores = X @ W"),
)

# -- 2 accuracy ---------------------------------------------------------------------------

accuracy = partial(edit, "accuracy")
accuracy_count = accuracy(
    "The number of right answers is returned, not their fraction.",
    "return int(((X @ W).argmax(axis=1) == y).sum())",
)
accuracy_per_cent = accuracy(
    "It is given in per cent; a number from 0 to 1 is asked for.",
    ("return np.mean", "return 100 * np.mean"),
)
accuracy_of_errors = accuracy("This is the fraction of wrong answers.", ("=1) == y)", "=1) != y)"))
accuracy_last_of_ties = accuracy(
    "Of equal highest scores the highest class is taken; the lowest is asked for.",
    ("(X @ W).argmax(axis=1)", "W.shape[1] - 1 - (X @ W)[:, ::-1].argmax(axis=1)"),
)
accuracy_ties_are_right = accuracy(
    "An example counts as right whenever its class shares the highest score; only the lowest of"
    " the classes that share it is the answer.",
    ("(X @ W).argmax(axis=1) == y", "(X @ W)[np.arange(len(y)), y] == (X @ W).max(axis=1)"),
)


@mistake(
    "accuracy",
    "An example counts as wrong whenever its class shares the highest score with another; it is "
    "right if it is the lowest of them.",
)
def accuracy_ties_are_wrong(W, X, y):
    scores = X @ W
    beaten = scores >= scores[np.arange(len(y)), y][:, None]
    return np.mean(beaten.sum(axis=1) == 1)


accuracy_lowest_score = accuracy(
    "The class of the lowest score is taken as the answer.", (").argmax(", ").argmin(")
)
accuracy_wrong_axis = accuracy(
    "The highest score is looked for along the wrong axis: over the examples, not the classes.",
    "return (((X @ W).argmax(axis=0)) == y).sum() / len(y)",
)
accuracy_positive_score = accuracy(
    "An example counts as right when its own class scores above zero.",
    (".argmax(axis=1) == y", "[np.arange(len(y)), y] > 0"),
)
accuracy_with_margin = accuracy(
    "An example counts as right only if it keeps a margin of 1, as in the loss.",
    "costs = np.where(others(W, y), margins(W, X, y, 1.0), -1.0)\n"
    "return np.mean((costs <= 0).all(axis=1))",
)


@mistake(
    "accuracy",
    "Each class is averaged by itself first; every example counts the same, whatever its class.",
)
def accuracy_per_class(W, X, y):
    right = (X @ W).argmax(axis=1) == y
    return np.mean([right[y == label].mean() for label in np.unique(y)])


accuracy_not_averaged = accuracy(
    "True or False for each example is returned; the fraction is asked for.",
    ("np.mean((X @ W).argmax(axis=1) == y)", "(X @ W).argmax(axis=1) == y"),
)
accuracy_rounded = accuracy(
    "The fraction is rounded to two digits.",
    "return round(float(np.mean((X @ W).argmax(axis=1) == y)), 2)",
)
accuracy_whole_division = accuracy(
    "The division // drops everything after the decimal point.",
    "return ((X @ W).argmax(axis=1) == y).sum() // len(y)",
)

# -- 3 random_search ----------------------------------------------------------------------

search = partial(edit, "random_search")
search_keeps_last_of_equals = search(
    "Of equal losses the last dart is kept: compare with <, not <=.",
    ("value < best", "value <= best"),
)
search_keeps_worst = search(
    "The highest loss is kept: the hiker climbs.",
    ("np.inf", "-np.inf"),
    ("value < best", "value > best"),
)
search_returns_all_losses = search(
    "The loss of every try is returned; best_so_far is the lowest of them until then.",
    ("best_so_far[i] = best", "best_so_far[i] = value"),
)
search_final_best_everywhere = search(
    "The lowest loss of all stands in every place of best_so_far.",
    ("W_best, best_so_far", "W_best, np.full(tries, best)"),
)
search_one_try_late = search(
    "best_so_far is one try late: place i must include try i itself.",
    ("W_best, best_so_far", "W_best, np.append(best_so_far[:1], best_so_far[:-1])"),
)
search_improvements_only = search(
    "best_so_far holds the improvements only; every try has its place in it.",
    ("W_best, best_so_far", "W_best, np.unique(best_so_far)[::-1]"),
)
search_without_scale = search(
    "scale is not used: the darts are standard normal.", ("scale * rng", "rng")
)
search_scale_as_variance = search(
    "scale is taken for a variance: it is the standard deviation.",
    ("scale * rng", "np.sqrt(scale) * rng"),
)
search_uniform_darts = search(
    "The darts are drawn uniformly, by rng.random; they must be normal.",
    ("rng.standard_normal(shape)", "(2 * rng.random(shape) - 1)"),
)
search_own_generator = search(
    "The random numbers do not come from the rng that is given, but from a generator of its own.",
    ("    best = np.inf", "    rng = np.random.default_rng(0)\n    best = np.inf"),
)
search_one_dart = search(
    "One dart is drawn before the loop and looked at again and again.",
    ("        W = scale * rng.standard_normal(shape)\n", ""),
    ("    best = np.inf", "    W = scale * rng.standard_normal(shape)\n    best = np.inf"),
)
search_asks_again = search(
    "The winner's loss is asked for again at the end.",
    ("    return", "    loss(W_best)\n    return"),
)
search_calls_twice = search(
    "loss is called twice at a dart that turns out the best so far; keep what it returned.",
    ("        value = loss(W)\n", ""),
    ("value < best", "loss(W) < best"),
    ("= value, W", "= loss(W), W"),
)
search_returns_last_dart = search(
    "W_best is the last dart, not the best one. (If W is filled again in place, a kept W "
    "changes with it: keep a copy.)",
    ("return W_best", "return W"),
)
search_around_the_best = search(
    "The darts are added to the best W so far: that is the local search of the next problem set.",
    ("W = scale", "W = W_best + scale"),
    ("best = np.inf", "best, W_best = np.inf, np.zeros(shape)"),
)
search_random_walk = search(
    "Each dart is added to the one before it; every try starts afresh.",
    ("        W = scale", "        W = W + scale"),
    ("    best = np.inf", "    W = np.zeros(shape)\n    best = np.inf"),
)
search_starts_at_zero = search(
    "One of the tries is W = 0; all of them must be random.",
    ("rng.standard_normal(shape)", "(rng.standard_normal(shape) if i else np.zeros(shape))"),
)
search_one_try_less = search(
    "There is one try too few.",
    ("np.empty(tries)", "np.empty(tries - 1)"),
    ("range(tries)", "range(tries - 1)"),
)
search_begins_at_a_number = search(
    "The best loss begins at some number, such as 1000, in place of infinity: with larger "
    "losses no dart is ever kept.",
    ("best = np.inf", "best, W_best = 1000.0, np.zeros(shape)"),
)
search_nearest_to_zero = search(
    "Losses are compared by their size without the sign; they may be < 0.",
    ("value = loss(W)", "value = abs(loss(W))"),
)
search_swapped = search(
    "The two results come in the wrong order: W_best first.",
    ("W_best, best_so_far", "best_so_far, W_best"),
)
search_returns_list = search(
    "best_so_far is a list; an array is asked for.",
    ("W_best, best_so_far", "W_best, best_so_far.tolist()"),
)
search_only_weights = search(
    "Only W_best is returned; best_so_far is asked for as well.", ("W_best, best_so_far", "W_best")
)
search_single_precision = search(
    "The darts are rounded to single precision (float32).",
    (
        "scale * rng.standard_normal(shape)",
        "np.float64(np.float32(scale * rng.standard_normal(shape)))",
    ),
)
tries = partial(edit, "tries_needed")
tries_rounded_down = tries(
    "It is rounded down: that many tries are not enough yet.", ("math.ceil", "math.floor")
)
tries_rounded = tries(
    "It is rounded to the nearest whole number, which may not be enough.", ("math.ceil", "round")
)
tries_chances_added = tries(
    "The chances are added up, n·p; but two tries may both succeed, so they overlap.",
    "return math.ceil(confidence / p)",
)
tries_mean = tries(
    "This is 1/p, the mean number of tries; the confidence is not used.", "return math.ceil(1 / p)"
)
tries_small_p = tries(
    "This is the approximation for small p, −ln(1 − confidence)/p; it must be exact for every p.",
    ("    if p == 1:\n        return 1\n", ""),
    ("math.log(1 - p)", "-p"),
)
tries_exchanged = tries(
    "p and confidence are exchanged.",
    ("math.log(1 - confidence) / math.log(1 - p)", "math.log(1 - p) / math.log(1 - confidence)"),
)
tries_log_of_confidence = tries(
    "ln(confidence) stands where ln(1 − confidence) belongs: (1 − p)ⁿ is the chance to fail.",
    ("math.log(1 - confidence)", "math.log(confidence)"),
)
tries_log_of_p = tries(
    "ln(p) stands where ln(1 − p) belongs: the chance that a single try fails is 1 − p.",
    ("math.log(1 - p)", "math.log(p)"),
)
tries_float = tries(
    "A float is returned; math.ceil gives an integer, np.ceil does not.",
    (
        "return math.ceil(math.log(1 - confidence) / math.log(1 - p))",
        "return float(math.ceil(math.log(1 - confidence) / math.log(1 - p)))",
    ),
    ("return 1\n", "return 1.0\n"),
)
tries_not_whole = tries(
    "The number is not rounded up to a whole one.",
    ("math.ceil", ""),
    ("return 1\n", "return 1.0\n"),
)
tries_p_one_raises = tries(
    "p = 1 is not treated by itself: ln(1 − p) does not exist there.",
    ("    if p == 1:\n        return 1\n", ""),
)
tries_p_one_is_zero = tries(
    "For p = 1 it returns 0: NumPy's ln(0) is −inf, and a number divided by that is 0.",
    ("return 1\n", "return 0\n"),
)
tries_one_too_many = tries(
    "It is one too many: a smaller number of tries is enough already.",
    ("math.log(1 - p))", "math.log(1 - p)) + 1"),
)
tries_two_logarithms = tries(
    "Two different logarithms are divided, log10 and ln for instance.",
    ("math.log(1 - confidence)", "math.log10(1 - confidence)"),
)
tries_negative = tries(
    "The sign is lost: both logarithms are negative, so n is positive.",
    ("math.ceil(math.log(1 - confidence) /", "math.floor(-math.log(1 - confidence) /"),
)

# -- limits, tolerances, early stops and absent classes --------------------------------------

COSTS = "np.maximum(0, scores - scores[rows, y][:, None] + delta)"
svm_cut_off = svm(
    "Large costs are cut off, by np.clip for instance; each class costs all that is missing.",
    (COSTS, COSTS.replace("np.maximum(0", "np.minimum(100, np.maximum(0") + ")"),
)
svm_delta_or_one = svm(
    "A delta of 0 is taken for none (`delta or 1.0`); it is a margin like any other.",
    ("    scores =", "    delta = delta or 1.0\n    scores ="),
)
svm_right_answers_free = svm(
    "Where all answers are right, 0 is returned at once; the margin must be kept as well.",
    ("    rows", "    if (scores.argmax(axis=1) == y).all():\n        return 0.0\n    rows"),
)
svm_labels_renumbered = svm(
    "np.unique numbers the labels anew: where a class is absent from y, all after it are shifted.",
    ("    rows", "    y = np.unique(y, return_inverse=True)[1]\n    rows"),
)
svm_small_costs_dropped = svm(
    "Costs below a tolerance are taken for 0; however small, they count.",
    ("    return", "    costs[costs < 1e-6] = 0\n    return"),
)
accuracy_through_exponentials = accuracy(
    "The scores go through exponentials, which overflow; the highest score is enough.",
    ("(X @ W).argmax", "(np.exp(X @ W) / np.exp(X @ W).sum(axis=1, keepdims=True)).argmax"),
)
accuracy_of_present_classes = accuracy(
    "Only the classes that appear in y can be answers; all columns of W compete.",
    ("(X @ W).argmax(axis=1)", "np.unique(y)[(X @ W)[:, np.unique(y)].argmax(axis=1)]"),
)
accuracy_scores_rounded = accuracy(
    "Scores that nearly agree are taken for equal, by rounding for instance.",
    ("(X @ W).argmax", "np.round(X @ W, 8).argmax"),
)
accuracy_in_bytes = accuracy(
    "The answers are kept in bytes, which count to 255; there may be more classes.",
    (".argmax(axis=1)", ".argmax(axis=1).astype(np.uint8)"),
)
search_gives_up = search(
    "The search stops after many tries in a row without success; it must make all its tries.",
    ("best = np.inf", "best, failed = np.inf, 0"),
    ("        if value", "        failed = 0 if value < best else failed + 1\n        if value"),
    (
        "best_so_far[i] = best",
        "best_so_far[i:] = best\n        if failed == 100:\n            break",
    ),
)
search_tolerance = search(
    "A loss counts as lower only if it is lower by some tolerance; any fall counts.",
    ("value < best", "value < best - 1e-9"),
)
search_darts_cut_off = search(
    "The entries of a dart are cut off, by np.clip for instance; they may fly anywhere.",
    ("scale * rng.standard_normal(shape)", "np.clip(scale * rng.standard_normal(shape), -10, 10)"),
)
tries_at_most = tries(
    "The loop ends after a fixed number of tries; for a small p and a high confidence it is more.",
    "n = 1\nwhile 1 - (1 - p) ** n < confidence and n < 100_000:\n    n += 1\nreturn n",
)
tries_nearly_certain = tries(
    "A p near 1 is taken for 1; for a high confidence more than one try is needed.",
    ("p == 1", "p > 0.999"),
)
search_relative_tolerance = search(
    "A loss that is hardly lower, by a relative tolerance, does not count; any fall counts.",
    ("value < best", "value < best and not np.isclose(value, best, rtol=1e-6, atol=0)"),
)
search_remembers_by_rounding = search(
    "Losses are remembered under a rounded number, so darts that lie close together share one.",
    ("    best = np.inf", "    seen = {}\n    best = np.inf"),
    ("value = loss(W)", "value = seen.setdefault(round(float(W.sum()), 6), loss(W))"),
)
tries_series = tries(
    "ln(1 − p) is replaced by the first terms of its series for small p; it must be exact.",
    ("math.log(1 - p)", "(-p - p * p / 2 if p < 0.01 else math.log(1 - p))"),
)
tries_added_number = tries(
    "A small number is added inside the logarithms to keep them from 0; that changes n.",
    "return math.ceil(math.log(1 - confidence + 1e-10) / math.log(1 - p + 1e-10))",
)
tries_p_cut_off = tries(
    "p is held below 1, by min(p, 0.9999) for instance: for a high confidence n is too large then.",
    (
        "    if p == 1:\n        return 1\n",
        "    p = min(p, 0.9999)\n",
    ),
)
