"""Named mistakes of problem set 7. Students whose answers agree with one are told its text."""

from functools import partial

from autograder.catalogue import edit

# -- 1 holdout_split ------------------------------------------------------------------------

holdout = partial(edit, "holdout_split")
holdout_rounds_down = holdout(
    "The number held out is rounded down; round(fraction · n) is asked for.",
    ("round(fraction * n)", "int(fraction * n)"),
)
holdout_rounds_up = holdout(
    "The number held out is rounded up; round(fraction · n) is asked for.",
    ("round(fraction * n)", "int(np.ceil(fraction * n))"),
)
holdout_swapped = holdout(
    "The pair is (test, train); it must be (train, test).",
    ("order[held:], order[:held]", "order[:held], order[held:]"),
)
holdout_takes_the_end = holdout(
    "The last entries of the permutation are held out; the first ones are asked for.",
    ("order[held:], order[:held]", "order[:-held], order[-held:]"),
)
holdout_fraction_is_train = holdout(
    "fraction is taken as the share for training; it is the share that is held out.",
    ("held = round(fraction * n)", "held = n - round(fraction * n)"),
)
holdout_in_order = holdout(
    "The rows are not shuffled: the first ones are held out as they come.",
    ("rng.permutation(n)", "np.arange(n)"),
)
holdout_with_replacement = holdout(
    "The rows are drawn with replacement: some come twice and some never.",
    ("rng.permutation(n)", "rng.integers(0, n, n)"),
)
holdout_trains_on_all = holdout(
    "The training part holds the held-out rows too.", ("order[held:],", "order,")
)
holdout_own_generator = holdout(
    "The permutation does not come from the rng that is given, but from a generator of its own.",
    ("rng.permutation(n)", "np.random.default_rng(0).permutation(n)"),
)
holdout_loses_a_row = holdout(
    "One row is lost between the two parts.", ("order[held:]", "order[held + 1 :]")
)
holdout_shares_a_row = holdout("One row is in both parts.", ("order[held:]", "order[held - 1 :]"))

# -- 2 kfold_indices ------------------------------------------------------------------------

kfold = partial(edit, "kfold_indices")
kfold_rest_at_the_end = kfold(
    "All folds have n // k rows and the last one takes the rest; np.array_split gives the first "
    "folds one row more.",
    (
        "np.array_split(rng.permutation(n), k)",
        "np.split(rng.permutation(n), [fold * (n // k) for fold in range(1, k)])",
    ),
)
kfold_drops_the_rest = kfold(
    "All folds have n // k rows and the rest is never used.",
    (
        "np.array_split(rng.permutation(n), k)",
        "list(rng.permutation(n)[: n // k * k].reshape(k, -1))",
    ),
)
kfold_strided = kfold(
    "The folds are dealt like cards, every k-th entry; they must be cut from the front.",
    (
        "    folds = np.array_split(rng.permutation(n), k)",
        "    order = rng.permutation(n)\n    folds = [order[fold::k] for fold in range(k)]",
    ),
)
kfold_in_order = kfold(
    "The rows are not shuffled: the folds are blocks of neighbours.",
    ("rng.permutation(n)", "np.arange(n)"),
)
kfold_new_permutation_each = kfold(
    "Each fold is cut from a new permutation, so some rows are validated twice and some never.",
    (
        "    folds = np.array_split(rng.permutation(n), k)\n    return [",
        "    every = [np.array_split(rng.permutation(n), k) for _ in range(k)]\n    return [",
    ),
    (
        "(np.concatenate(folds[:held] + folds[held + 1 :]), folds[held]) for held in range(k)",
        "(np.concatenate(folds[:held] + folds[held + 1 :]), folds[held])"
        " for held, folds in enumerate(every)",
    ),
)
kfold_swapped = kfold(
    "The pairs are (validation, train); they must be (train, validation).",
    (
        "(np.concatenate(folds[:held] + folds[held + 1 :]), folds[held])",
        "(folds[held], np.concatenate(folds[:held] + folds[held + 1 :]))",
    ),
)
kfold_trains_on_all = kfold(
    "The training parts hold the validation rows too.",
    ("folds[:held] + folds[held + 1 :]", "folds"),
)
kfold_trains_on_the_past = kfold(
    "Only the folds before the validation fold, or the next one, are trained on; all others are "
    "asked for.",
    ("folds[:held] + folds[held + 1 :]", "folds[:held] or folds[1:2]"),
)
kfold_one_pair_less = kfold(
    "There are only k − 1 pairs: one fold is never held out.",
    ("for held in range(k)", "for held in range(k - 1)"),
)
kfold_from_the_last = kfold(
    "The last fold is held out first; the pairs must come in the order of the folds.",
    ("for held in range(k)", "for held in reversed(range(k))"),
)
kfold_with_replacement = kfold(
    "The rows of the folds are drawn with replacement; every row must be validated once.",
    ("rng.permutation(n)", "rng.integers(0, n, n)"),
)
kfold_own_generator = kfold(
    "The permutation does not come from the rng that is given, but from a generator of its own.",
    ("rng.permutation(n)", "np.random.default_rng(0).permutation(n)"),
)

# -- 3 forward_chaining ---------------------------------------------------------------------

forward = partial(edit, "forward_chaining")
forward_slides = forward(
    "Each split trains on the block just before; it must train on all blocks before.",
    ("np.concatenate(blocks[:held])", "blocks[held - 1]"),
)
forward_sees_the_present = forward(
    "The training part holds the validation block too.", ("blocks[:held]", "blocks[: held + 1]")
)
forward_is_kfold = forward(
    "The training part holds the blocks after the validation block too: that is the future.",
    ("blocks[:held]", "blocks[:held] + blocks[held + 1 :]"),
)
forward_k_blocks = forward(
    "The rows are cut into k blocks, which makes k − 1 pairs; k + 1 blocks are asked for.",
    ("np.arange(n), k + 1)", "np.arange(n), k)"),
    ("range(1, k + 1)", "range(1, k)"),
)
forward_validates_on_the_rest = forward(
    "Each split validates on everything that comes later; the next block alone is asked for.",
    ("blocks[held])", "np.concatenate(blocks[held:]))"),
)
forward_backwards = forward(
    "The split with the longest training part comes first; it must come last.",
    ("for held in range(1, k + 1)", "for held in range(k, 0, -1)"),
)
forward_leaves_a_gap = forward(
    "One block between training and validation is left out, or trained on nothing.",
    ("blocks[:held]", "blocks[: max(held - 1, 1)]"),
)
forward_rest_at_the_end = forward(
    "All blocks have n // (k + 1) rows and the last one takes the rest; np.array_split gives the "
    "first blocks one row more.",
    (
        "np.array_split(np.arange(n), k + 1)",
        "np.split(np.arange(n), [block * (n // (k + 1)) for block in range(1, k + 1)])",
    ),
)
forward_shuffled = forward(
    "The rows are shuffled first; they are in the order of time.",
    ("np.arange(n)", "np.random.default_rng(0).permutation(n)"),
)
forward_swapped = forward(
    "The pairs are (validation, train); they must be (train, validation).",
    (
        "(np.concatenate(blocks[:held]), blocks[held])",
        "(blocks[held], np.concatenate(blocks[:held]))",
    ),
)
forward_newest_first = forward(
    "The training rows come with the newest block first; they must be in the order of time.",
    ("blocks[:held]", "blocks[:held][::-1]"),
)

# -- 4 bias_variance ------------------------------------------------------------------------

parts = partial(edit, "bias_variance")
parts_divides_by_one_less = parts(
    "The variance is divided by trials − 1; it must be divided by trials.",
    (
        "np.var(predictions, axis=0)",
        "np.sum((predictions - np.mean(predictions, axis=0)) ** 2, axis=0) / max(trials - 1, 1)",
    ),
)
parts_around_the_truth = parts(
    "The spread is taken around the truth; around it, it is variance plus bias².",
    ("np.var(predictions, axis=0)", "(np.array(predictions) - truth) ** 2"),
)
parts_averages_then_squares = parts(
    "The bias is averaged over the places before it is squared, so that it cancels.",
    (
        "np.mean((np.mean(predictions, axis=0) - truth) ** 2)",
        "np.mean(np.mean(predictions, axis=0) - truth) ** 2",
    ),
)
parts_not_squared = parts(
    "The bias is not squared: its absolute value is returned.",
    (
        "np.mean((np.mean(predictions, axis=0) - truth) ** 2)",
        "np.mean(np.abs(np.mean(predictions, axis=0) - truth))",
    ),
)
parts_root_of_bias = parts(
    "The square root of the mean bias² is returned; bias² itself is asked for.",
    (
        "np.mean((np.mean(predictions, axis=0) - truth) ** 2)",
        "np.sqrt(np.mean((np.mean(predictions, axis=0) - truth) ** 2))",
    ),
)
parts_standard_deviation = parts(
    "Standard deviations are averaged; the variance is their square.",
    ("np.var(predictions, axis=0)", "np.std(predictions, axis=0)"),
)
parts_error_for_bias = parts(
    "In place of bias² the mean squared error of single predictions is returned: average the "
    "predictions first.",
    (
        "np.mean((np.mean(predictions, axis=0) - truth) ** 2)",
        "np.mean((np.array(predictions) - truth) ** 2)",
    ),
)
parts_variance_over_places = parts(
    "The variance is taken over the places of x_test; it must be taken over the trials.",
    ("np.mean(np.var(predictions, axis=0))", "np.mean(np.var(predictions, axis=1))"),
)
parts_variance_of_all = parts(
    "One variance of all predictions together is taken; it must be taken at each place alone.",
    ("np.mean(np.var(predictions, axis=0))", "np.var(predictions)"),
)
parts_one_data_set = parts(
    "All trials train on one data set; each needs a fresh one.",
    ("    for _", "    X, y = sample(rng)\n    for _"),
    ("        X, y = sample(rng)\n        predictions", "        predictions"),
)
parts_two_passes = parts(
    "Bias and variance are measured on different data sets: everything is drawn twice.",
    (
        "    return bias2, np.mean(np.var(predictions, axis=0))",
        "    again = []\n"
        "    for _ in range(trials):\n"
        "        X, y = sample(rng)\n"
        "        again.append(fit_predict(X, y, x_test))\n"
        "    return bias2, np.mean(np.var(again, axis=0))",
    ),
)
parts_median = parts(
    "The middle of the predictions is taken as their median; the mean is asked for.",
    ("(np.mean(predictions, axis=0) - truth)", "(np.median(predictions, axis=0) - truth)"),
)
parts_summed = parts(
    "Both parts are summed over the places; they must be averaged.",
    ("bias2 = np.mean((", "bias2 = np.sum(("),
    ("np.mean(np.var(predictions, axis=0))", "np.sum(np.var(predictions, axis=0))"),
)
parts_without_the_first = parts(
    "The first trial is left out.",
    ("    bias2", "    predictions = predictions[1:] or predictions\n    bias2"),
)
parts_swapped = parts(
    "The pair is (variance, bias2); it must be (bias2, variance).",
    (
        "return bias2, np.mean(np.var(predictions, axis=0))",
        "return np.mean(np.var(predictions, axis=0)), bias2",
    ),
)

# -- 5 bootstrap_interval -------------------------------------------------------------------

bootstrap = partial(edit, "bootstrap_interval")
bootstrap_without_replacement = bootstrap(
    "The rows are drawn without replacement: every resample is the data again.",
    ("rng.integers(0, n, n)", "rng.permutation(n)"),
)
bootstrap_one_end = bootstrap(
    "The quantiles 1 − level and level are taken; outside must lie half of 1 − level on each side.",
    ("[(1 - level) / 2, (1 + level) / 2]", "[1 - level, level]"),
    ("low, high = np.quantile", "low, high = sorted(np.quantile"),
    ("level])", "level]))"),
)
bootstrap_level_is_outside = bootstrap(
    "level is taken as the share outside the interval; it is the share inside.",
    ("[(1 - level) / 2, (1 + level) / 2]", "[level / 2, 1 - level / 2]"),
)
bootstrap_normal = bootstrap(
    "The interval is the mean plus and minus standard deviations; the quantiles of the results "
    "are asked for.",
    (
        "    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])",
        "    from statistics import NormalDist\n\n"
        "    width = NormalDist().inv_cdf((1 + level) / 2) * np.std(found)\n"
        "    low, high = np.mean(found) - width, np.mean(found) + width",
    ),
)
bootstrap_nearest = bootstrap(
    "The quantiles are results themselves, the next one above; linear interpolation is asked for.",
    ("(1 + level) / 2])", '(1 + level) / 2], method="higher")'),
)
bootstrap_nearest_below = bootstrap(
    "The quantiles are results themselves, the next one below; linear interpolation is asked for.",
    ("(1 + level) / 2])", '(1 + level) / 2], method="lower")'),
)
bootstrap_other_interpolation = bootstrap(
    "The quantiles are interpolated by another rule than np.quantile's default, linear.",
    ("(1 + level) / 2])", '(1 + level) / 2], method="weibull")'),
)
bootstrap_reflected = bootstrap(
    "The interval is reflected at the statistic of the data: that is the basic bootstrap, and it "
    "calls statistic once more.",
    (
        "    return low, high",
        "    middle = statistic(data)\n    return 2 * middle - high, 2 * middle - low",
    ),
)
bootstrap_with_the_data = bootstrap(
    "The statistic of the data themselves is counted among the results.",
    ("    low, high", "    found.append(statistic(data))\n    low, high"),
)
bootstrap_as_many_rows_as_resamples = bootstrap(
    "Each resample has `resamples` rows; it must have n.",
    ("rng.integers(0, n, n)", "rng.integers(0, n, resamples)"),
)
bootstrap_half_the_rows = bootstrap(
    "Each resample has only half of the rows; it must have n.",
    ("rng.integers(0, n, n)", "rng.integers(0, n, max(n // 2, 1))"),
)
bootstrap_never_the_last = bootstrap(
    "The last row is never drawn: rng.integers leaves out its upper end already.",
    ("rng.integers(0, n, n)", "rng.integers(0, max(n - 1, 1), n)"),
)
bootstrap_own_generator = bootstrap(
    "The rows do not come from the rng that is given, but from a generator of its own.",
    ("    n = len(data)", "    n, rng = len(data), np.random.default_rng(0)"),
)
bootstrap_columns_apart = bootstrap(
    "The entries of a row are drawn apart from each other; a row must stay together.",
    ("data[rng.integers(0, n, n)]", "rng.choice(np.ravel(data), data.shape)"),
)

# -- 6 nested_forward_cv --------------------------------------------------------------------

nested = partial(edit, "nested_forward_cv")
nested_lowest = nested(
    "The value with the lowest mean score is chosen; higher is better.", ("argmax", "argmin")
)
nested_last_of_ties = nested(
    "Of equal means the last value is chosen; the first is asked for.",
    ("int(np.argmax(means))", "len(means) - 1 - int(np.argmax(means[::-1]))"),
)
nested_chooses_outside = nested(
    "The value is chosen by its score on the outer validation part, the same by which it is "
    "judged then.",
    (
        "                fit_score(X_past[a], y_past[a], X_past[b], y_past[b], value)\n"
        "                for a, b in splits(len(train))",
        "                fit_score(X_past, y_past, X[validation], y[validation], value)\n"
        "                for _ in range(k)",
    ),
)
nested_chooses_once = nested(
    "One value is chosen on all data for all outer pairs; each must choose inside its own "
    "training part.",
    (
        "                fit_score(X_past[a], y_past[a], X_past[b], y_past[b], value)\n"
        "                for a, b in splits(len(train))",
        "                fit_score(X[a], y[a], X[b], y[b], value)\n"
        "                for a, b in splits(len(y))",
    ),
)
nested_inner_kfold = nested(
    "The inner pairs train on the future too: they must chain forward as the outer ones do.",
    (
        "for a, b in splits(len(train))",
        "for b in np.array_split(np.arange(len(train)), k + 1)[1:]\n"
        "                for a in [np.setdiff1d(np.arange(len(train)), b)]",
    ),
)
nested_one_inner_split = nested(
    "Only the last inner pair chooses the value; the mean over all k is asked for.",
    ("for a, b in splits(len(train))", "for a, b in splits(len(train))[-1:]"),
)
nested_best_inner_score = nested(
    "The value with the highest single score is chosen; its mean over the inner pairs counts.",
    ("np.mean([", "np.max(["),
)
nested_median = nested(
    "The value with the highest median is chosen; its mean over the inner pairs counts.",
    ("np.mean([", "np.median(["),
)
nested_reports_the_choice = nested(
    "The scores are the best inner means, by which the values were chosen; the outer scores are "
    "asked for.",
    (
        "    scores[fold] = fit_score(X_past, y_past, X[validation], y[validation], chosen[-1])",
        "    scores[fold] = max(means)",
    ),
)
nested_without_retraining = nested(
    "The outer score is of a model trained on the last inner training part; it must be trained on "
    "the whole outer training part.",
    (
        "scores[fold] = fit_score(X_past, y_past, X[validation]",
        "last = splits(len(train))[-1][0]\n"
        "        scores[fold] = fit_score(X_past[last], y_past[last], X[validation]",
    ),
)
nested_returns_places = nested(
    "The chosen values are given by their places in grid; the values themselves are asked for.",
    ("    return scores, chosen", "    return scores, [list(grid).index(v) for v in chosen]"),
)
nested_outer_kfold = nested(
    "The outer pairs train on the future too: they must chain forward.",
    (
        "enumerate(splits(len(y)))",
        "enumerate((np.setdiff1d(np.arange(len(y)), b), b) for _, b in splits(len(y)))",
    ),
)
nested_outer_block_alone = nested(
    "The outer model is trained on the block before the validation block alone; all blocks before "
    "are asked for.",
    (
        "scores[fold] = fit_score(X_past, y_past, X[validation]",
        "before = slice(-len(validation), None)\n"
        "        scores[fold] = fit_score(X_past[before], y_past[before], X[validation]",
    ),
)
nested_one_split_less_inside = nested(
    "Inside there is one pair less than asked for: k + 1 blocks make k pairs.",
    (
        "for a, b in splits(len(train))",
        "for a, b in (splits(len(train))[1:] or splits(len(train)))",
    ),
)
