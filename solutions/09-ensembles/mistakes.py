"""Named mistakes of problem set 9. Students whose answers agree with one are told its text."""

from functools import partial

from autograder.catalogue import edit

# -- 1 bagging ------------------------------------------------------------------------------

rows = partial(edit, "bootstrap_indices")
rows_without_replacement = rows(
    "The rows are drawn without replacement: every row comes once.",
    ("rng.integers(0, n, n)", "rng.permutation(n)"),
)
rows_from_one = rows(
    "The rows are counted from 1; they count from 0.",
    ("rng.integers(0, n, n)", "rng.integers(1, n + 1, n)"),
)
rows_never_the_last = rows(
    "The last row is never drawn: rng.integers leaves out its upper end already.",
    ("rng.integers(0, n, n)", "rng.integers(0, max(n - 1, 1), n)"),
)
rows_one_too_many = rows(
    "The row n may be drawn, which does not exist.",
    ("rng.integers(0, n, n)", "rng.integers(0, n, n, endpoint=True)"),
)
rows_half = rows(
    "Only half as many rows are drawn as there are.",
    ("rng.integers(0, n, n)", "rng.integers(0, n, max(n // 2, 1))"),
)
rows_unique = rows(
    "Rows that come twice are taken once; they must come as often as they are drawn.",
    ("rng.integers(0, n, n)", "np.unique(rng.integers(0, n, n))"),
)
rows_sorted = rows(
    "The rows are sorted; they come as they are drawn.",
    ("rng.integers(0, n, n)", "np.sort(rng.integers(0, n, n))"),
)
rows_own_generator = rows(
    "The rows do not come from the rng that is given, but from a generator of its own.",
    ("rng.integers", "np.random.default_rng(0).integers"),
)
rows_by_random = rows(
    "The rows are made of rng.random; rng.integers is asked for.",
    ("rng.integers(0, n, n)", "(n * rng.random(n)).astype(int)"),
)

bagging = partial(edit, "bagging_predict")
bagging_without_replacement = bagging(
    "The rows are drawn without replacement: all members see the same data.",
    ("rng.integers(0, n, n)", "rng.permutation(n)"),
)
bagging_one_resample = bagging(
    "One resample is drawn for all members; each needs its own.",
    ("    for _", "    rows = rng.integers(0, n, n)\n    for _"),
    ("        rows = rng.integers(0, n, n)\n        predictions", "        predictions"),
)
bagging_labels_stay = bagging("The labels are not resampled with their rows.", ("y[rows]", "y"))
bagging_draws_apart = bagging(
    "X and y are resampled apart from each other, so that rows lose their labels.",
    ("y[rows]", "y[rng.integers(0, n, n)]"),
)
bagging_without_resampling = bagging(
    "The data are not resampled: all members are trained on all of them.",
    ("X[rows], y[rows]", "X, y"),
)
bagging_sums = bagging(
    "The predictions are summed; their mean is asked for.",
    ("np.mean(predictions, axis=0)", "np.sum(predictions, axis=0)"),
)
bagging_median = bagging(
    "The middle prediction is taken; the mean is asked for.",
    ("np.mean(predictions, axis=0)", "np.median(predictions, axis=0)"),
)
bagging_mean_of_all = bagging(
    "One mean over members and places is returned; each place has its own.",
    ("np.mean(predictions, axis=0)", "np.mean(predictions) + 0.0 * predictions[0]"),
)
bagging_last_only = bagging(
    "The last member's predictions are returned.",
    ("np.mean(predictions, axis=0)", "predictions[-1]"),
)
bagging_with_all_data = bagging(
    "A model trained on all the data is one of the committee; only resamples are asked for.",
    ("    predictions = []", "    predictions = [fit_predict(X, y, X_test)]"),
)
bagging_one_member_less = bagging(
    "The committee has one member too few.", ("range(members)", "range(max(members - 1, 1))")
)
bagging_half_the_rows = bagging(
    "Each resample has half as many rows as the data; it must have n.",
    ("rng.integers(0, n, n)", "rng.integers(0, n, (n + 1) // 2)"),
)
bagging_never_the_last = bagging(
    "The last row is never drawn: rng.integers leaves out its upper end already.",
    ("rng.integers(0, n, n)", "rng.integers(0, max(n - 1, 1), n)"),
)
bagging_own_generator = bagging(
    "The rows do not come from the rng that is given, but from a generator of its own.",
    ("    n = len(y)", "    n, rng = len(y), np.random.default_rng(0)"),
)
bagging_vote = bagging(
    "The predictions are rounded to a vote; their mean is asked for.",
    ("np.mean(predictions, axis=0)", "np.round(np.mean(predictions, axis=0))"),
)

# -- 2 ensemble_variance --------------------------------------------------------------------

variance = partial(edit, "ensemble_variance")
variance_of_independent = variance(
    "This is σ²/M, as if the members were independent.",
    ("rho * variance + (1 - rho) * variance / members", "variance / members"),
)
variance_all_divided = variance(
    "Both terms are divided by M; the common part stays.",
    (
        "rho * variance + (1 - rho) * variance / members",
        "(rho * variance + (1 - rho) * variance) / members",
    ),
)
variance_common_divided = variance(
    "ρ and 1 − ρ are swapped.",
    (
        "rho * variance + (1 - rho) * variance / members",
        "(1 - rho) * variance + rho * variance / members",
    ),
)
variance_nothing_divided = variance(
    "The second term is not divided by M.", ("variance / members", "variance")
)
variance_without_common = variance("The common part ρσ² is missing.", ("rho * variance + ", ""))
variance_squared = variance(
    "σ² is squared once more: `variance` is σ² already.",
    ("    return", "    variance = variance**2\n    return"),
)
variance_root = variance(
    "The standard deviation is returned; the variance is asked for.",
    (
        "return rho * variance + (1 - rho) * variance / members",
        "return np.sqrt(rho * variance + (1 - rho) * variance / members)",
    ),
)
variance_rho_squared = variance(
    "ρ is squared; it enters as it is.",
    ("    return", "    rho = rho**2\n    return"),
)
variance_pairs = variance(
    "The second term is divided by M − 1; it must be divided by M.",
    ("/ members", "/ max(members - 1, 1)"),
)
variance_never_negative = variance(
    "A negative ρ is taken as 0; members that err against each other win more.",
    ("    return", "    rho = max(rho, 0.0)\n    return"),
)

# -- 3 adaboost -----------------------------------------------------------------------------

boost = partial(edit, "adaboost")
boost_without_half = boost("The vote lacks its ½.", ("0.5 * np.log", "np.log"))
boost_vote_sign = boost(
    "The vote has the wrong sign: the better stump must have the larger one.",
    ("np.log((1 - e) / e)", "np.log(e / (1 - e))"),
)
boost_log_two = boost(
    "The vote takes the logarithm to base 2; it is the natural one.", ("np.log((1", "np.log2((1")
)
boost_log_of_error = boost(
    "The vote is ½·ln(1/e); it is ½·ln((1 − e)/e).", ("(1 - e) / e", "1 / e")
)
boost_unweighted = boost(
    "The error counts the examples; it must weigh them.",
    ("(sides != y) @ weights", "(sides != y).mean(axis=1)"),
    ("weights[h != y].sum()", "(h != y).mean()"),
)
boost_vote_unweighted = boost(
    "The stump is found by its weighted error, but its vote is computed from the share of wrong "
    "examples.",
    ("weights[h != y].sum()", "(h != y).mean()"),
)
boost_weights_stay = boost(
    "The weights are never changed, so that every round finds the same stump.",
    ("weights = weights * np.exp(-alphas[k] * y * h)", "weights = weights * 1.0"),
)
boost_right_ones_up = boost(
    "The examples that were right get more weight; the wrong ones must.",
    ("-alphas[k] * y * h", "alphas[k] * y * h"),
)
boost_not_normalised = boost(
    "The weights are not divided by their sum.",
    ("        weights = weights / weights.sum()\n", ""),
)
boost_only_up = boost(
    "Only stumps with the sign +1 are tried.",
    ("np.argmin(np.minimum(wrong, 1 - wrong))", "np.argmin(wrong)"),
    ("1 if wrong[best] <= 0.5 else -1", "1"),
)
boost_only_down = boost(
    "Only stumps with the sign −1 are tried.",
    ("np.argmin(np.minimum(wrong, 1 - wrong))", "np.argmax(wrong)"),
    ("1 if wrong[best] <= 0.5 else -1", "-1"),
)
boost_first_feature = boost(
    "Only the first feature is looked at.", ("range(X.shape[1])", "range(1)")
)
boost_without_constants = boost(
    "Stumps that predict the same for all examples are not tried.",
    (
        "[steps[0] - 1, *((steps[:-1] + steps[1:]) / 2)]",
        "([*((steps[:-1] + steps[1:]) / 2)] if steps.size > 1 else [steps[0] - 1])",
    ),
)
boost_few_thresholds = boost(
    "Only ten thresholds a feature are tried; all of them are asked for.",
    (
        "[steps[0] - 1, *((steps[:-1] + steps[1:]) / 2)]",
        "[steps[0] - 1, *np.linspace(steps[0], steps[-1], 12)[1:-1]]",
    ),
)
boost_at_least = boost(
    "The stump predicts its sign where the value is at least the threshold, and thresholds are "
    "values: it must be above.",
    ("[steps[0] - 1, *((steps[:-1] + steps[1:]) / 2)]", "[*steps, steps[-1] + 1]"),
    ("X[:, f] > t", "X[:, f] >= t"),
)
boost_worst_stump = boost(
    "The stump with the largest error is chosen.", ("np.argmin(np.m", "np.argmax(np.m")
)
boost_stops_without_error = boost(
    "The rounds end when a stump makes no error; there are exactly `rounds` of them.",
    (
        "        stumps.append((places[best][0], float(places[best][1]), sign))\n",
        "        stumps.append((places[best][0], float(places[best][1]), sign))\n"
        "        if e <= 1e-10:\n"
        "            alphas = alphas[: k + 1]\n"
        "            break\n",
    ),
)
boost_other_clip = boost(
    "The error is clipped at another number than 1e-10.",
    ("1e-10, 1 - 1e-10", "1e-6, 1 - 1e-6"),
)
boost_weights_one_late = boost(
    "The weights that are returned are those before the last round.",
    ("    for k in range(rounds):\n", "    for k in range(rounds):\n        before = weights\n"),
    ("return stumps, alphas, weights", "return stumps, alphas, before"),
)
boost_sign_flipped = boost(
    "The sign of the stumps is turned round: it is predicted ABOVE the threshold.",
    ("float(places[best][1]), sign)", "float(places[best][1]), -sign)"),
)
boost_resamples = boost(
    "The weights are made of counts after resampling; they must be updated by the formula.",
    (
        "    for k in range(rounds):\n",
        "    draw = np.random.default_rng(0)\n    for k in range(rounds):\n",
    ),
    (
        "        weights = weights / weights.sum()\n",
        "        weights = weights / weights.sum()\n"
        "        drawn = draw.choice(len(y), 20 * len(y), p=weights)\n"
        "        weights = np.bincount(drawn, minlength=len(y)) / (20 * len(y))\n",
    ),
)

# -- 4 average_weights ----------------------------------------------------------------------

average = partial(edit, "average_weights")
average_swapped = average(
    "decay and 1 − decay are swapped.",
    ("decay * average + (1 - decay) * W", "(1 - decay) * average + decay * W"),
)
average_from_zero = average(
    "The average starts at 0; it starts at the first checkpoint.",
    ("checkpoints[0].copy()", "0 * checkpoints[0]"),
    ("checkpoints[1:]", "checkpoints"),
)
average_corrected = average(
    "The average starts at 0 and is corrected for it as Adam does; it starts at the first.",
    ("checkpoints[0].copy()", "0 * checkpoints[0]"),
    ("checkpoints[1:]", "checkpoints"),
    ("return average", "return average / (1 - decay ** len(checkpoints))"),
)
average_plain = average(
    "This is the plain mean of all checkpoints.",
    "    return np.mean(checkpoints, axis=0)",
)
average_last = average(
    "The last checkpoint is returned.", ("return average", "return checkpoints[-1] * 1.0")
)
average_backwards = average(
    "The checkpoints enter from the last to the first.",
    ("checkpoints[0]", "checkpoints[-1]"),
    ("checkpoints[1:]", "checkpoints[-2::-1]"),
)
average_without_last = average(
    "The last checkpoint does not enter.", ("checkpoints[1:]", "checkpoints[1:-1]")
)
average_without_factor = average(
    "W enters whole, without the factor 1 − decay.", ("(1 - decay) * W", "W")
)
average_in_place = average(
    "The first checkpoint is changed in place; work on a copy.",
    ("checkpoints[0].copy()", "checkpoints[0]"),
    (
        "average = decay * average + (1 - decay) * W",
        "average[...] = decay * average + (1 - decay) * W",
    ),
)
average_rate_of_index = average(
    "The weight of the k-th checkpoint is 1/k, a plain mean; it is 1 − decay.",
    ("for W in checkpoints[1:]", "for k, W in enumerate(checkpoints[1:], start=2)"),
    ("decay * average + (1 - decay) * W", "average + (W - average) / k"),
)

# -- 5 distillation_loss --------------------------------------------------------------------

distil = partial(edit, "distillation_loss")
distil_without_square = distil(
    "The factor T² is missing, in the loss and in its gradient.",
    ("alpha * T**2 * soft", "alpha * soft"),
    ("alpha * T * (np", "alpha / T * (np"),
)
distil_loss_without_square = distil(
    "The factor T² is missing in the loss; the gradient has it.",
    ("alpha * T**2 * soft", "alpha * soft"),
)
distil_factor_once = distil(
    "The loss has the factor T; it is T².",
    ("alpha * T**2 * soft", "alpha * T * soft"),
    ("alpha * T * (np", "alpha * (np"),
)
distil_gradient_square = distil(
    "The gradient's first term has the factor T²; softening divides it by T once.",
    ("alpha * T * (np", "alpha * T**2 * (np"),
)
distil_gradient_without_factor = distil(
    "The gradient's first term lacks its factor T.", ("alpha * T * (np", "alpha * (np")
)
distil_swapped = distil(
    "alpha and 1 − alpha are swapped.",
    ("    n, T", "    alpha = 1 - alpha\n    n, T"),
)
distil_hard_teacher = distil(
    "The teacher is not softened: its probabilities are taken at T = 1.",
    ("log_softmax(teacher / T)", "log_softmax(teacher)"),
)
distil_hard_student = distil(
    "The student is not softened in the first term.",
    (
        "log_softmax(student / T), log_softmax(student)",
        "log_softmax(student), log_softmax(student)",
    ),
)
distil_multiplies = distil(
    "The scores are multiplied by T; they must be divided by it.",
    ("teacher / T", "teacher * T"),
    ("student / T", "student * T"),
)
distil_all_soft = distil(
    "The labels' term is softened too; it is taken at T = 1.",
    (
        "log_softmax(student / T), log_softmax(student)",
        "log_softmax(student / T), log_softmax(student / T)",
    ),
)
distil_divergence = distil(
    "The teacher's entropy is subtracted: that is the Kullback–Leibler divergence.",
    ("soft = -(q * log_soft)", "soft = (q * (log_softmax(teacher / T) - log_soft))"),
)
distil_reversed = distil(
    "Teacher and student are swapped in the cross-entropy.",
    ("soft = -(q * log_soft)", "soft = -(np.exp(log_soft) * log_softmax(teacher / T))"),
)
distil_summed = distil(
    "Loss and gradient are summed over the rows; they must be averaged.",
    ("    n, T = len(y), temperature", "    n, T = 1, temperature"),
    ("np.arange(n)", "np.arange(len(y))"),
)
distil_gradient_summed = distil("The gradient is not divided by n.", ("gradient / n", "gradient"))
distil_sign = distil("The gradient has the opposite sign.", ("gradient / n", "-gradient / n"))
distil_overflows = distil(
    "The exponentials overflow, or all vanish: subtract each row's largest score first.",
    ("scores - scores.max(axis=1, keepdims=True)", "scores"),
)
distil_log_of_zero = distil(
    "The logarithm is taken of probabilities, some of which are rounded to 0.",
    (
        "return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
        "return np.log(np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True))",
    ),
)
distil_guarded = distil(
    "A small number is added to the probabilities before the logarithm: small ones are wrong.",
    ("(q * log_soft)", "(q * np.log(np.exp(log_soft) + 1e-12))"),
    ("log_hard[np.arange(n), y].sum()", "np.log(np.exp(log_hard[np.arange(n), y]) + 1e-12).sum()"),
)
distil_without_labels = distil(
    "The labels' term is missing.",
    (" + (1 - alpha) * hard", ""),
    (" + (1 - alpha) * (np.exp(log_hard) - onehot)", ""),
)
distil_gradient_without_labels = distil(
    "The labels' term is missing in the gradient.",
    (" + (1 - alpha) * (np.exp(log_hard) - onehot)", ""),
)
distil_squared_scores = distil(
    "The first term compares the scores by their squares; it is a cross-entropy.",
    ("soft = -(q * log_soft).sum() / n", "soft = ((student - teacher) ** 2).sum() / n"),
)
