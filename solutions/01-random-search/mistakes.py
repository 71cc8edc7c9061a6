"""Named mistakes of problem set 1. Students whose answers agree with one are told its text."""

import math

import numpy as np

from autograder.catalogue import mistake


def margins(W, X, y, delta):
    """s_j − s_y + delta for every class j, the right one included."""
    scores = X @ W
    return scores - scores[np.arange(len(y)), y][:, None] + delta


def others(W, y):
    """True where class j is not the right one, (n, C)."""
    return np.arange(W.shape[1]) != np.asarray(y)[:, None]


# -- 1 svm_loss ---------------------------------------------------------------------------


@mistake(
    "svm_loss",
    "The right class is not left out of the sum: every example costs one delta too much.",
)
def svm_right_class_counted(W, X, y, delta=1.0):
    return np.maximum(0, margins(W, X, y, delta)).sum() / len(y)


@mistake("svm_loss", "The sum over the examples is not divided by their number n.")
def svm_sum_over_examples(W, X, y, delta=1.0):
    return (np.maximum(0, margins(W, X, y, delta)) * others(W, y)).sum()


@mistake("svm_loss", "The mean is taken over the classes as well; over them the costs are summed.")
def svm_mean_over_classes(W, X, y, delta=1.0):
    return (np.maximum(0, margins(W, X, y, delta)) * others(W, y)).mean()


@mistake(
    "svm_loss",
    "The costs are averaged over the C − 1 wrong classes as well; over them they are summed.",
)
def svm_mean_over_wrong_classes(W, X, y, delta=1.0):
    return np.maximum(0, margins(W, X, y, delta))[others(W, y)].mean()


@mistake(
    "svm_loss",
    "The two scores are exchanged: the cost is s_j − s_y + delta, which grows with the wrong "
    "class's score.",
)
def svm_scores_exchanged(W, X, y, delta=1.0):
    scores = X @ W
    costs = np.maximum(0, scores[np.arange(len(y)), y][:, None] - scores + delta)
    return (costs * others(W, y)).sum() / len(y)


@mistake(
    "svm_loss",
    "The max(0, …) is missing, so a class that keeps its distance earns something back.",
)
def svm_without_max(W, X, y, delta=1.0):
    return (margins(W, X, y, delta) * others(W, y)).sum() / len(y)


@mistake(
    "svm_loss",
    "max(0, …) is taken of the whole sum of an example; it belongs to each wrong class apart.",
)
def svm_max_of_sum(W, X, y, delta=1.0):
    return np.maximum(0, (margins(W, X, y, delta) * others(W, y)).sum(axis=1)).mean()


@mistake("svm_loss", "The margin is always 1: the argument delta is not used.")
def svm_delta_fixed(W, X, y, delta=1.0):
    return (np.maximum(0, margins(W, X, y, 1.0)) * others(W, y)).sum() / len(y)


@mistake("svm_loss", "The margin is missing: a class that comes close must cost something, too.")
def svm_without_delta(W, X, y, delta=1.0):
    return (np.maximum(0, margins(W, X, y, 0.0)) * others(W, y)).sum() / len(y)


@mistake("svm_loss", "The margin has the wrong sign: it is s_j − s_y + delta, with a plus.")
def svm_delta_subtracted(W, X, y, delta=1.0):
    return (np.maximum(0, margins(W, X, y, -delta)) * others(W, y)).sum() / len(y)


@mistake("svm_loss", "delta is added outside of max(0, …), so that every wrong class costs it.")
def svm_delta_outside(W, X, y, delta=1.0):
    return ((np.maximum(0, margins(W, X, y, 0.0)) + delta) * others(W, y)).sum() / len(y)


@mistake(
    "svm_loss",
    "Only the worst of the wrong classes is counted for each example; all of them are summed.",
)
def svm_worst_class_only(W, X, y, delta=1.0):
    return (np.maximum(0, margins(W, X, y, delta)) * others(W, y)).max(axis=1).mean()


@mistake("svm_loss", "The costs are squared: that is another loss, the squared hinge.")
def svm_squared(W, X, y, delta=1.0):
    return (np.maximum(0, margins(W, X, y, delta)) ** 2 * others(W, y)).sum() / len(y)


@mistake("svm_loss", "How many classes are too close is counted, not how much each one misses.")
def svm_counts_classes(W, X, y, delta=1.0):
    return ((margins(W, X, y, delta) > 0) & others(W, y)).sum() / len(y)


@mistake("svm_loss", "A regulariser ΣW² is added; there is none in this question.")
def svm_with_regulariser(W, X, y, delta=1.0):
    costs = np.maximum(0, margins(W, X, y, delta)) * others(W, y)
    return costs.sum() / len(y) + (W * W).sum()


@mistake(
    "svm_loss",
    "The number of classes is taken from the labels, so classes that do not appear in y are "
    "forgotten; it is the number of columns of W.",
)
def svm_classes_from_labels(W, X, y, delta=1.0):
    W = W[:, : int(y.max()) + 1]
    return (np.maximum(0, margins(W, X, y, delta)) * others(W, y)).sum() / len(y)


@mistake("svm_loss", "One example has lost its axis, by squeeze() for instance; n may be 1.")
def svm_squeezed(W, X, y, delta=1.0):
    scores = (X @ W).squeeze()
    costs = np.maximum(0, scores - scores[np.arange(len(y)), y][:, None] + delta)
    costs[np.arange(len(y)), y] = 0
    return costs.sum() / len(y)


@mistake("svm_loss", "The loss of each example is returned; their mean is asked for.")
def svm_not_averaged(W, X, y, delta=1.0):
    return (np.maximum(0, margins(W, X, y, delta)) * others(W, y)).sum(axis=1)


@mistake("svm_loss", "The computation is done in single precision (float32).")
def svm_single_precision(W, X, y, delta=1.0):
    scores = X.astype(np.float32) @ W.astype(np.float32)
    costs = np.maximum(0, scores - scores[np.arange(len(y)), y][:, None] + np.float32(delta))
    costs[np.arange(len(y)), y] = 0
    return float(costs.sum() / np.float32(len(y)))


@mistake("svm_loss", "The caller's W is changed in place, by += or -= for instance.")
def svm_in_place(W, X, y, delta=1.0):
    W -= W.mean(axis=1, keepdims=True)
    return (np.maximum(0, margins(W, X, y, delta)) * others(W, y)).sum() / len(y)


# -- 2 accuracy ---------------------------------------------------------------------------


@mistake("accuracy", "The number of right answers is returned, not their fraction.")
def accuracy_count(W, X, y):
    return int(((X @ W).argmax(axis=1) == y).sum())


@mistake("accuracy", "It is given in per cent; a number from 0 to 1 is asked for.")
def accuracy_per_cent(W, X, y):
    return 100 * np.mean((X @ W).argmax(axis=1) == y)


@mistake("accuracy", "This is the fraction of wrong answers.")
def accuracy_of_errors(W, X, y):
    return np.mean((X @ W).argmax(axis=1) != y)


@mistake("accuracy", "Of equal highest scores the highest class is taken; the lowest is asked for.")
def accuracy_last_of_ties(W, X, y):
    last = W.shape[1] - 1 - (X @ W)[:, ::-1].argmax(axis=1)
    return np.mean(last == y)


@mistake(
    "accuracy",
    "An example counts as right whenever its class shares the highest score; only the lowest of "
    "the classes that share it is the answer.",
)
def accuracy_ties_are_right(W, X, y):
    scores = X @ W
    return np.mean(scores[np.arange(len(y)), y] == scores.max(axis=1))


@mistake(
    "accuracy",
    "An example counts as wrong whenever its class shares the highest score with another; it is "
    "right if it is the lowest of them.",
)
def accuracy_ties_are_wrong(W, X, y):
    scores = X @ W
    beaten = scores >= scores[np.arange(len(y)), y][:, None]
    return np.mean(beaten.sum(axis=1) == 1)


@mistake("accuracy", "The class of the lowest score is taken as the answer.")
def accuracy_lowest_score(W, X, y):
    return np.mean((X @ W).argmin(axis=1) == y)


@mistake(
    "accuracy",
    "The highest score is looked for along the wrong axis: over the examples, not the classes.",
)
def accuracy_wrong_axis(W, X, y):
    return (((X @ W).argmax(axis=0)) == y).sum() / len(y)


@mistake("accuracy", "An example counts as right when its own class scores above zero.")
def accuracy_positive_score(W, X, y):
    return np.mean((X @ W)[np.arange(len(y)), y] > 0)


@mistake("accuracy", "An example counts as right only if it keeps a margin of 1, as in the loss.")
def accuracy_with_margin(W, X, y):
    costs = np.where(others(W, y), margins(W, X, y, 1.0), -1.0)
    return np.mean((costs <= 0).all(axis=1))


@mistake(
    "accuracy",
    "Each class is averaged by itself first; every example counts the same, whatever its class.",
)
def accuracy_per_class(W, X, y):
    right = (X @ W).argmax(axis=1) == y
    return np.mean([right[y == label].mean() for label in np.unique(y)])


@mistake("accuracy", "True or False for each example is returned; the fraction is asked for.")
def accuracy_not_averaged(W, X, y):
    return (X @ W).argmax(axis=1) == y


@mistake("accuracy", "The fraction is rounded to two digits.")
def accuracy_rounded(W, X, y):
    return round(float(np.mean((X @ W).argmax(axis=1) == y)), 2)


@mistake("accuracy", "The division // drops everything after the decimal point.")
def accuracy_whole_division(W, X, y):
    return ((X @ W).argmax(axis=1) == y).sum() // len(y)


# -- 3 random_search ----------------------------------------------------------------------


@mistake("random_search", "Of equal losses the last dart is kept: compare with <, not <=.")
def search_keeps_last_of_equals(loss, shape, tries, scale, rng):
    best, best_so_far = np.inf, np.empty(tries)
    for i in range(tries):
        W = scale * rng.standard_normal(shape)
        value = loss(W)
        if value <= best:
            best, W_best = value, W
        best_so_far[i] = best
    return W_best, best_so_far


def thrown(loss, shape, tries, scale, rng):
    """All darts and their losses."""
    darts = [scale * rng.standard_normal(shape) for _ in range(tries)]
    return darts, np.array([float(loss(W)) for W in darts])


@mistake("random_search", "The highest loss is kept: the hiker climbs.")
def search_keeps_worst(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries, scale, rng)
    return darts[int(np.argmax(losses))], np.maximum.accumulate(losses)


@mistake(
    "random_search",
    "The loss of every try is returned; best_so_far is the lowest of them until then.",
)
def search_returns_all_losses(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries, scale, rng)
    return darts[int(np.argmin(losses))], losses


@mistake("random_search", "The lowest loss of all stands in every place of best_so_far.")
def search_final_best_everywhere(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries, scale, rng)
    return darts[int(np.argmin(losses))], np.full(tries, losses.min())


@mistake("random_search", "best_so_far is one try late: place i must include try i itself.")
def search_one_try_late(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries, scale, rng)
    so_far = np.minimum.accumulate(losses)
    return darts[int(np.argmin(losses))], np.concatenate([so_far[:1], so_far[:-1]])


@mistake("random_search", "best_so_far holds the improvements only; every try has its place in it.")
def search_improvements_only(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries, scale, rng)
    return darts[int(np.argmin(losses))], np.unique(np.minimum.accumulate(losses))[::-1]


@mistake("random_search", "scale is not used: the darts are standard normal.")
def search_without_scale(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries, 1.0, rng)
    return darts[int(np.argmin(losses))], np.minimum.accumulate(losses)


@mistake("random_search", "scale is taken for a variance: it is the standard deviation.")
def search_scale_as_variance(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries, np.sqrt(scale), rng)
    return darts[int(np.argmin(losses))], np.minimum.accumulate(losses)


@mistake("random_search", "The darts are drawn uniformly, by rng.random; they must be normal.")
def search_uniform_darts(loss, shape, tries, scale, rng):
    darts = [scale * (2 * rng.random(shape) - 1) for _ in range(tries)]
    losses = np.array([float(loss(W)) for W in darts])
    return darts[int(np.argmin(losses))], np.minimum.accumulate(losses)


@mistake(
    "random_search",
    "The random numbers do not come from the rng that is given, but from a generator of its own.",
)
def search_own_generator(loss, shape, tries, scale, rng):
    rng = np.random.default_rng(0)
    darts, losses = thrown(loss, shape, tries, scale, rng)
    return darts[int(np.argmin(losses))], np.minimum.accumulate(losses)


@mistake("random_search", "One dart is drawn before the loop and looked at again and again.")
def search_one_dart(loss, shape, tries, scale, rng):
    W = scale * rng.standard_normal(shape)
    losses = np.array([float(loss(W)) for _ in range(tries)])
    return W, np.minimum.accumulate(losses)


@mistake("random_search", "The winner's loss is asked for again at the end.")
def search_asks_again(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries, scale, rng)
    W_best = darts[int(np.argmin(losses))]
    loss(W_best)
    return W_best, np.minimum.accumulate(losses)


@mistake(
    "random_search",
    "loss is called twice at a dart that turns out the best so far; keep what it returned.",
)
def search_calls_twice(loss, shape, tries, scale, rng):
    best, best_so_far = np.inf, np.empty(tries)
    for i in range(tries):
        W = scale * rng.standard_normal(shape)
        if loss(W) < best:
            best, W_best = loss(W), W
        best_so_far[i] = best
    return W_best, best_so_far


@mistake(
    "random_search",
    "W_best is the last dart, not the best one. (If W is filled again in place, a kept W changes "
    "with it: keep a copy.)",
)
def search_returns_last_dart(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries, scale, rng)
    return darts[-1], np.minimum.accumulate(losses)


@mistake(
    "random_search",
    "The darts are added to the best W so far: that is the local search of the next problem set.",
)
def search_around_the_best(loss, shape, tries, scale, rng):
    best, W_best, best_so_far = np.inf, np.zeros(shape), np.empty(tries)
    for i in range(tries):
        W = W_best + scale * rng.standard_normal(shape)
        value = loss(W)
        if value < best:
            best, W_best = value, W
        best_so_far[i] = best
    return W_best, best_so_far


@mistake("random_search", "Each dart is added to the one before it; every try starts afresh.")
def search_random_walk(loss, shape, tries, scale, rng):
    steps = [scale * rng.standard_normal(shape) for _ in range(tries)]
    darts = np.cumsum(steps, axis=0)
    losses = np.array([float(loss(W)) for W in darts])
    return darts[int(np.argmin(losses))], np.minimum.accumulate(losses)


@mistake("random_search", "One of the tries is W = 0; all of them must be random.")
def search_starts_at_zero(loss, shape, tries, scale, rng):
    darts = [np.zeros(shape)] + [scale * rng.standard_normal(shape) for _ in range(tries - 1)]
    losses = np.array([float(loss(W)) for W in darts])
    return darts[int(np.argmin(losses))], np.minimum.accumulate(losses)


@mistake("random_search", "There is one try too few.")
def search_one_try_less(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries - 1, scale, rng)
    return darts[int(np.argmin(losses))], np.minimum.accumulate(losses)


@mistake(
    "random_search",
    "The best loss begins at some number, such as 1000, in place of infinity: with larger losses "
    "no dart is ever kept.",
)
def search_begins_at_a_number(loss, shape, tries, scale, rng):
    best, W_best, best_so_far = 1000.0, np.zeros(shape), np.empty(tries)
    for i in range(tries):
        W = scale * rng.standard_normal(shape)
        value = loss(W)
        if value < best:
            best, W_best = value, W
        best_so_far[i] = best
    return W_best, best_so_far


@mistake("random_search", "Losses are compared by their size without the sign; they may be < 0.")
def search_nearest_to_zero(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries, scale, rng)
    best = int(np.argmin(np.abs(losses)))
    return darts[best], np.minimum.accumulate(np.abs(losses))


@mistake("random_search", "The two results come in the wrong order: W_best first.")
def search_swapped(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries, scale, rng)
    return np.minimum.accumulate(losses), darts[int(np.argmin(losses))]


@mistake("random_search", "best_so_far is a list; an array is asked for.")
def search_returns_list(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries, scale, rng)
    return darts[int(np.argmin(losses))], np.minimum.accumulate(losses).tolist()


@mistake("random_search", "Only W_best is returned; best_so_far is asked for as well.")
def search_only_weights(loss, shape, tries, scale, rng):
    darts, losses = thrown(loss, shape, tries, scale, rng)
    return darts[int(np.argmin(losses))]


@mistake("random_search", "The darts are rounded to single precision (float32).")
def search_single_precision(loss, shape, tries, scale, rng):
    darts = [(scale * rng.standard_normal(shape)).astype(np.float32) for _ in range(tries)]
    losses = np.array([float(loss(W.astype(float))) for W in darts])
    return darts[int(np.argmin(losses))].astype(float), np.minimum.accumulate(losses)


# -- 4 tries_needed -----------------------------------------------------------------------


def exact_tries(p, confidence):
    """The number with equality, rarely whole; 1 if every try succeeds."""
    return 1.0 if p == 1 else math.log1p(-confidence) / math.log1p(-p)


@mistake("tries_needed", "It is rounded down: that many tries are not enough yet.")
def tries_rounded_down(p, confidence):
    return math.floor(exact_tries(p, confidence))


@mistake("tries_needed", "It is rounded to the nearest whole number, which may not be enough.")
def tries_rounded(p, confidence):
    return round(exact_tries(p, confidence))


@mistake(
    "tries_needed",
    "The chances are added up, n·p; but two tries may both succeed, so they overlap.",
)
def tries_chances_added(p, confidence):
    return math.ceil(confidence / p)


@mistake("tries_needed", "This is 1/p, the mean number of tries; the confidence is not used.")
def tries_mean(p, confidence):
    return math.ceil(1 / p)


@mistake(
    "tries_needed",
    "This is the approximation for small p, −ln(1 − confidence)/p; it must be exact for every p.",
)
def tries_small_p(p, confidence):
    return math.ceil(-math.log1p(-confidence) / p)


@mistake("tries_needed", "p and confidence are exchanged.")
def tries_exchanged(p, confidence):
    return 1 if p == 1 else math.ceil(math.log1p(-p) / math.log1p(-confidence))


@mistake(
    "tries_needed",
    "ln(confidence) stands where ln(1 − confidence) belongs: (1 − p)ⁿ is the chance to fail.",
)
def tries_log_of_confidence(p, confidence):
    return 1 if p == 1 else math.ceil(math.log(confidence) / math.log1p(-p))


@mistake(
    "tries_needed",
    "ln(p) stands where ln(1 − p) belongs: the chance that a single try fails is 1 − p.",
)
def tries_log_of_p(p, confidence):
    return 1 if p == 1 else math.ceil(math.log1p(-confidence) / math.log(p))


@mistake("tries_needed", "A float is returned; math.ceil gives an integer, np.ceil does not.")
def tries_float(p, confidence):
    return float(math.ceil(exact_tries(p, confidence)))


@mistake("tries_needed", "The number is not rounded up to a whole one.")
def tries_not_whole(p, confidence):
    return exact_tries(p, confidence)


@mistake("tries_needed", "p = 1 is not treated by itself: ln(1 − p) does not exist there.")
def tries_p_one_raises(p, confidence):
    return math.ceil(math.log(1 - confidence) / math.log(1 - p))


@mistake(
    "tries_needed",
    "For p = 1 it returns 0: NumPy's ln(0) is −inf, and a number divided by that is 0.",
)
def tries_p_one_is_zero(p, confidence):
    return 0 if p == 1 else math.ceil(exact_tries(p, confidence))


@mistake("tries_needed", "It is one too many: a smaller number of tries is enough already.")
def tries_one_too_many(p, confidence):
    return math.ceil(exact_tries(p, confidence)) + 1


@mistake("tries_needed", "Two different logarithms are divided, log10 and ln for instance.")
def tries_two_logarithms(p, confidence):
    return 1 if p == 1 else math.ceil(math.log10(1 - confidence) / math.log(1 - p))


@mistake("tries_needed", "The sign is lost: both logarithms are negative, so n is positive.")
def tries_negative(p, confidence):
    return 1 if p == 1 else math.floor(math.log1p(-confidence) / -math.log1p(-p))
