"""Named mistakes of problem set 8. Students whose answers agree with one are told its text."""

from functools import partial

from autograder.catalogue import edit

# -- 1 penalties ----------------------------------------------------------------------------

l2 = partial(edit, "l2_penalty")
l2_half = l2(
    "The value has a hidden ½, and the gradient lost its 2.",
    ("reg * np.sum(W * W), 2 * reg * W", "reg * np.sum(W * W) / 2, reg * W"),
)
l2_gradient_without_two = l2("The gradient lacks its factor 2.", ("2 * reg * W", "reg * W"))
l2_root = l2(
    "The value is the length of W, a root; the sum of the squares is asked for.",
    ("np.sum(W * W)", "np.sqrt(np.sum(W * W))"),
)
l2_mean = l2("The squares are averaged; they must be summed.", ("np.sum(W * W)", "np.mean(W * W)"))
l2_without_last_row = l2(
    "The last row is left out of the penalty; every entry counts.",
    (
        "np.sum(W * W), 2 * reg * W",
        "np.sum(W[:-1] ** 2), 2 * reg * np.concatenate([W[:-1], 0 * W[-1:]])",
    ),
)
l2_sign = l2("The gradient points the wrong way.", ("2 * reg * W", "-2 * reg * W"))
l2_decay = l2(
    "The weights after a step are returned in place of the gradient.",
    ("2 * reg * W", "W - 2 * reg * W"),
)

l1 = partial(edit, "l1_penalty")
l1_squares = l1(
    "These are the value and the gradient of the sum of squares.",
    ("np.sum(np.abs(W)), reg * np.sign(W)", "np.sum(W * W), 2 * reg * W"),
)
l1_without_size = l1(
    "The entries are summed with their signs; their sizes are asked for.",
    ("np.sum(np.abs(W))", "np.sum(W)"),
)
l1_one_at_zero = l1(
    "The derivative at 0 is taken as 1; it must be 0.",
    ("np.sign(W)", "np.where(W >= 0, 1.0, -1.0)"),
)
l1_minus_one_at_zero = l1(
    "The derivative at 0 is taken as −1; it must be 0.",
    ("np.sign(W)", "np.where(W > 0, 1.0, -1.0)"),
)
l1_guarded = l1(
    "W / (|W| + a small number) stands for the sign: tiny weights get too little.",
    ("np.sign(W)", "W / (np.abs(W) + 1e-8)"),
)
l1_gradient_without_reg = l1(
    "reg is missing in the gradient.", (", reg * np.sign(W)", ", np.sign(W)")
)
l1_gradient_of_sizes = l1(
    "The gradient holds the sizes of the weights; it must hold their signs.",
    ("reg * np.sign(W)", "reg * np.abs(W)"),
)
l1_mean = l1(
    "The sizes are averaged; they must be summed.", ("np.sum(np.abs(W))", "np.mean(np.abs(W))")
)

# -- 2 early_stopping -----------------------------------------------------------------------

stopping = partial(edit, "early_stopping")
stopping_best_of_all = stopping(
    "The best of all epochs is returned, as if the run never stopped.",
    ("epoch - best == patience", "False"),
)
stopping_one_late = stopping(
    "The run stops one epoch too late.",
    ("epoch - best == patience", "epoch - best == patience + 1"),
)
stopping_one_early = stopping(
    "The run stops one epoch too early.",
    ("epoch - best == patience", "epoch - best == max(patience - 1, 1)"),
)
stopping_returns_last = stopping(
    "The epoch at which the run stops is returned; the best one is asked for.",
    ("return best", "return epoch"),
)
stopping_equal_improves = stopping(
    "An equal loss counts as an improvement; it must be strictly lower.",
    ("loss < validation_losses[best]", "loss <= validation_losses[best]"),
)
stopping_compares_with_last = stopping(
    "Each epoch is compared with the one before it; it must be lower than the best so far.",
    """
    best, waited = 0, 0
    for epoch in range(1, len(validation_losses)):
        loss = validation_losses[epoch]
        waited = 0 if loss < validation_losses[epoch - 1] else waited + 1
        if loss < validation_losses[best]:
            best = epoch
        if waited == patience:
            break
    return best
""",
)
stopping_counts_all = stopping(
    "All epochs that do not improve are counted; only those in a row count.",
    """
    best, waited = 0, 0
    for epoch in range(1, len(validation_losses)):
        if validation_losses[epoch] < validation_losses[best]:
            best = epoch
        else:
            waited += 1
        if waited == patience:
            break
    return best
""",
)
stopping_from_one = stopping(
    "Epochs are counted from 1; they count from 0.", ("return best", "return best + 1")
)
stopping_returns_loss = stopping(
    "The best loss is returned; its epoch is asked for.",
    ("return best", "return float(validation_losses[best])"),
)
stopping_highest = stopping(
    "The highest loss is taken for the best.",
    ("loss < validation_losses[best]", "loss > validation_losses[best]"),
)
stopping_minimal_step = stopping(
    "An improvement by a small amount is not counted; any strictly lower loss improves.",
    ("loss < validation_losses[best]", "loss < validation_losses[best] - 1e-4"),
)
stopping_relative_step = stopping(
    "An improvement by a small part of the loss is not counted; any strictly lower loss improves.",
    (
        "loss < validation_losses[best]",
        "loss < validation_losses[best] - 2e-3 * abs(validation_losses[best])",
    ),
)
stopping_fixed_window = stopping(
    "The run is cut into blocks of `patience` epochs; the count must start anew at each best.",
    ("epoch - best == patience", "epoch % patience == 0 and epoch - best >= patience"),
)

# -- 3 dropout ------------------------------------------------------------------------------

drop = partial(edit, "dropout_forward")
drop_keeps_p = drop(
    "p is taken as the probability of keeping; it is the probability of dropping.",
    (">= p", "< p"),
    ("x * mask / (1 - p)", "x * mask / p if p else x * mask"),
)
drop_mask_upside_down = drop(
    "The mask is upside down: elements whose draw is at least p are kept.", (">= p", "< p")
)
drop_without_scale = drop(
    "What is kept is not divided by 1 − p.", ("x * mask / (1 - p)", "x * mask * 1.0")
)
drop_scales_by_p = drop(
    "What is kept is divided by p; it must be divided by 1 − p.",
    ("/ (1 - p)", "/ (p or 1.0)"),
)
drop_scales_down = drop(
    "What is kept is multiplied by 1 − p; it must be divided by it.", ("/ (1 - p)", "* (1 - p)")
)
drop_scales_in_use = drop(
    "In evaluation the output is multiplied by 1 − p; with inverted dropout nothing is to be done.",
    ("x.copy()", "x * (1 - p)"),
)
drop_not_inverted = drop(
    "This is dropout that is not inverted: the scale belongs into training, as 1/(1 − p).",
    ("x.copy()", "x * (1 - p)"),
    ("x * mask / (1 - p)", "x * mask * 1.0"),
)
drop_in_use_too = drop("Elements are dropped in evaluation too.", ("not train", "False"))
drop_draws_in_use = drop(
    "A draw is made in evaluation; nothing is to be drawn there.",
    ("    if not train", "    draw = rng.random(x.shape)\n    if not train"),
    ("rng.random(x.shape) >= p", "draw >= p"),
)
drop_rows = drop(
    "Whole rows are dropped; each element has its own draw.",
    ("rng.random(x.shape) >= p", "np.broadcast_to(rng.random(x.shape)[..., :1], x.shape) >= p"),
)
drop_columns = drop(
    "Whole columns, or channels, are dropped; each element has its own draw.",
    ("rng.random(x.shape) >= p", "np.broadcast_to(rng.random(x.shape)[:1], x.shape) >= p"),
)
drop_normal = drop(
    "The draws are normal; rng.random is asked for.", ("rng.random(", "rng.standard_normal(")
)
drop_own_generator = drop(
    "The draws do not come from the rng that is given, but from a generator of its own.",
    ("rng.random(", "np.random.default_rng(0).random("),
)
drop_mask_is_scaled = drop(
    "The mask holds numbers, already divided by 1 − p; True and False are asked for.",
    ("mask = rng.random(x.shape) >= p", "mask = (rng.random(x.shape) >= p) / (1 - p)"),
    ("x * mask / (1 - p)", "x * mask"),
)

drop_back = partial(edit, "dropout_backward")
drop_back_without_scale = drop_back("dout is not divided by 1 − p.", ("/ (1 - p)", "* 1.0"))
drop_back_without_mask = drop_back(
    "The mask is not used: dropped elements have no influence.", ("dout * mask", "dout")
)
drop_back_upside_down = drop_back("The mask is upside down.", ("dout * mask", "dout * ~mask"))
drop_back_scales_down = drop_back(
    "dout is multiplied by 1 − p; it must be divided by it, as in the forward pass.",
    ("/ (1 - p)", "* (1 - p)"),
)
drop_back_scales_by_p = drop_back(
    "dout is divided by p; it must be divided by 1 − p.", ("/ (1 - p)", "/ (p or 1.0)")
)
drop_back_scales_twice = drop_back(
    "dout is divided by 1 − p twice.", ("/ (1 - p)", "/ (1 - p) ** 2")
)
drop_back_returns_mask = drop_back(
    "The mask over 1 − p is returned, without dout.", ("dout * mask", "mask")
)

# -- 4 batch normalisation ------------------------------------------------------------------

norm = partial(edit, "batchnorm_forward")
norm_over_features = norm(
    "Mean and variance are taken over the features of a row: that is layer normalisation.",
    (
        "x.mean(axis=0), x.var(axis=0)",
        "x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)",
    ),
    (
        'running["mean"] + (1 - momentum) * mean',
        'running["mean"] + (1 - momentum) * x.mean(axis=0)',
    ),
    ('running["var"] + (1 - momentum) * var', 'running["var"] + (1 - momentum) * x.var(axis=0)'),
)
norm_over_everything = norm(
    "One mean and one variance of all entries are taken; each feature has its own.",
    ("x.mean(axis=0), x.var(axis=0)", "x.mean() + 0 * x[0], x.var() + 0 * x[0]"),
)
norm_unbiased = norm(
    "The variance is divided by n − 1; it must be divided by n.",
    ("x.var(axis=0)", "x.var(axis=0) * len(x) / max(len(x) - 1, 1)"),
)
norm_unbiased_running = norm(
    "The running variance takes the batch's variance divided by n − 1, as some libraries do; "
    "here it is divided by n.",
    ("(1 - momentum) * var", "(1 - momentum) * var * len(x) / max(len(x) - 1, 1)"),
)
norm_eps_outside = norm(
    "eps is added to the standard deviation; it belongs under the root.",
    ("np.sqrt(var + eps)", "np.sqrt(var) + eps"),
)
norm_without_eps = norm(
    "eps is missing under the root.", ("np.sqrt(var + eps)", "np.sqrt(np.maximum(var, 1e-300))")
)
norm_variance_for_root = norm(
    "x − mean is divided by the variance; divide by its root.",
    ("np.sqrt(var + eps)", "(var + eps)"),
)
norm_momentum_swapped = norm(
    "The batch gets the weight momentum and the running average 1 − momentum: they are swapped.",
    (
        'momentum * running["mean"] + (1 - momentum) * mean',
        '(1 - momentum) * running["mean"] + momentum * mean',
    ),
    (
        'momentum * running["var"] + (1 - momentum) * var',
        '(1 - momentum) * running["var"] + momentum * var',
    ),
)
norm_runs_root = norm(
    "The running average is of the standard deviation; it must be of the variance.",
    ("(1 - momentum) * var,", "(1 - momentum) * np.sqrt(var),"),
)
norm_runs_eps = norm(
    "eps has got into the running variance.",
    ("(1 - momentum) * var,", "(1 - momentum) * (var + eps),"),
)
norm_never_updated = norm(
    "The running averages are never updated.",
    ('momentum * running["mean"] + (1 - momentum) * mean', 'running["mean"] * 1.0'),
    ('momentum * running["var"] + (1 - momentum) * var', 'running["var"] * 1.0'),
)
norm_batch_in_use = norm(
    "In evaluation the batch itself normalises; the running averages must.",
    ("    if train:", "    batch = (x.mean(axis=0), x.var(axis=0))\n    if train:"),
    ("    root = np", "    mean, var = batch\n    root = np"),
)
norm_updates_in_use = norm(
    "The running averages are updated in evaluation too.",
    (
        "    root = np",
        "    if not train:\n"
        "        running = {\n"
        '            "mean": momentum * running["mean"] + (1 - momentum) * x.mean(axis=0),\n'
        '            "var": momentum * running["var"] + (1 - momentum) * x.var(axis=0),\n'
        "        }\n"
        "    root = np",
    ),
)
norm_running_in_training = norm(
    "In training the running averages normalise; the batch must.",
    ("    root = np", '    mean, var = running["mean"], running["var"]\n    root = np'),
)
norm_in_place = norm(
    "The dict that was passed is changed; make a new one.",
    ("    root = np", "    given.update(running)\n    root = np"),
    ("    if train:", "    given = running\n    if train:"),
)
norm_without_shift = norm("β is not added.", ("gamma * normalised + beta", "gamma * normalised"))
norm_without_scale = norm("γ is not used.", ("gamma * normalised + beta", "normalised + beta"))
norm_scales_the_shift = norm(
    "γ multiplies β too: the shift comes after the scale.",
    ("gamma * normalised + beta", "gamma * (normalised + beta)"),
)

norm_back = partial(edit, "batchnorm_backward")
norm_back_constants = norm_back(
    "Mean and variance are treated as constants; they depend on every row of x.",
    ("(dout - dbeta / n - normalised * dgamma / n)", "dout"),
)
norm_back_without_mean = norm_back(
    "The way through the mean is missing.",
    ("(dout - dbeta / n - normalised * dgamma / n)", "(dout - normalised * dgamma / n)"),
)
norm_back_without_variance = norm_back(
    "The way through the variance is missing.",
    ("(dout - dbeta / n - normalised * dgamma / n)", "(dout - dbeta / n)"),
)
norm_back_sums = norm_back(
    "The sums over the rows are not divided by n.",
    ("(dout - dbeta / n - normalised * dgamma / n)", "(dout - dbeta - normalised * dgamma)"),
)
norm_back_without_gamma = norm_back("γ is missing in dx.", ("gamma / root *", "1 / root *"))
norm_back_without_root = norm_back(
    "dx is not divided by √(v + eps).", ("gamma / root *", "gamma *")
)
norm_back_root_squared = norm_back(
    "dx is divided by v + eps; its root is asked for.", ("gamma / root *", "gamma / root**2 *")
)
norm_back_variance_sign = norm_back(
    "The way through the variance has the wrong sign.",
    ("- normalised * dgamma / n", "+ normalised * dgamma / n"),
)
norm_back_mean_of_gamma = norm_back(
    "dγ is averaged over the rows; it must be summed.",
    ("return dx, dgamma, dbeta", "return dx, dgamma / n, dbeta"),
)
norm_back_mean_of_beta = norm_back(
    "dβ is averaged over the rows; it must be summed.",
    ("return dx, dgamma, dbeta", "return dx, dgamma, dbeta / n"),
)
norm_back_gamma_of_out = norm_back(
    "dγ multiplies dout by γ·x̂; it is the sum of dout·x̂ alone.",
    ("return dx, dgamma, dbeta", "return dx, gamma * dgamma, dbeta"),
)
norm_back_swapped = norm_back(
    "The order is (dx, dbeta, dgamma); it must be (dx, dgamma, dbeta).",
    ("return dx, dgamma, dbeta", "return dx, dbeta, dgamma"),
)
norm_back_one_less = norm_back(
    "The means over the rows are divided by n − 1; divide by n.",
    ("n = len(dout)", "n = max(len(dout) - 1, 1)"),
)

# -- 5 soft labels --------------------------------------------------------------------------

smooth = partial(edit, "smooth_labels")
smooth_others_only = smooth(
    "eps is shared among the other classes, eps/(C − 1) each; every class gets eps/C.",
    "    targets = np.full((len(y), classes), eps / (classes - 1))\n"
    "    targets[np.arange(len(y)), y] = 1 - eps\n"
    "    return targets",
)
smooth_right_loses_share = smooth(
    "The right class gets 1 − eps alone, without its share eps/C: the rows do not sum to 1.",
    ("+= 1 - eps", "= 1 - eps"),
)
smooth_right_keeps_one = smooth(
    "The right class keeps 1 and the others get eps/C on top: the rows do not sum to 1.",
    ("+= 1 - eps", "= 1.0"),
)
smooth_half = smooth(
    "The targets are (1 − eps)·onehot + eps/2, whatever the number of classes.",
    ("eps / classes", "eps / 2"),
)
smooth_without_share = smooth(
    "Every class gets eps whole; it must get eps/C.", ("eps / classes", "eps")
)
smooth_swapped = smooth(
    "1 − eps and eps are swapped.",
    ("eps / classes", "(1 - eps) / classes"),
    ("+= 1 - eps", "+= eps"),
)
smooth_not_at_all = smooth(
    "These are the labels as they were: eps is not used.",
    ("eps / classes", "0.0"),
    ("+= 1 - eps", "+= 1.0"),
)
smooth_classes_seen = smooth(
    "The number of classes is taken from y, where the last ones may be absent.",
    ("    targets = np.full", "    classes = int(max(y)) + 1\n    targets = np.full"),
)

soft = partial(edit, "soft_cross_entropy")
soft_overflows = soft(
    "The exponentials overflow, or all vanish: subtract each row's largest score first.",
    ("scores - scores.max(axis=1, keepdims=True)", "scores"),
)
soft_log_of_zero = soft(
    "The logarithm is taken of probabilities, some of which are rounded to 0; take ln p from the "
    "scores.",
    (
        "    n = len",
        "    powers = np.exp(shifted)\n"
        "    log_p = np.log(powers / powers.sum(axis=1, keepdims=True))\n    n = len",
    ),
)
soft_guarded = soft(
    "A small number is added to the probabilities before the logarithm: small ones are wrong.",
    (
        "return -(targets * log_p).sum() / n",
        "return -(targets * np.log(np.exp(log_p) + 1e-12)).sum() / n",
    ),
)
soft_summed = soft(
    "Loss and gradient are summed over the rows; they must be averaged.",
    (".sum() / n, (np.exp(log_p) - targets) / n", ".sum(), np.exp(log_p) - targets"),
)
soft_gradient_summed = soft(
    "The gradient is not divided by n.",
    ("(np.exp(log_p) - targets) / n", "np.exp(log_p) - targets"),
)
soft_mean_of_all = soft(
    "The mean is taken over all entries; over the rows it is n, not n·C.",
    (
        ".sum() / n, (np.exp(log_p) - targets) / n",
        ".mean(), (np.exp(log_p) - targets) / targets.size",
    ),
)
soft_sign = soft(
    "The gradient has the opposite sign: it is p − targets.",
    ("(np.exp(log_p) - targets)", "(targets - np.exp(log_p))"),
)
soft_loss_sign = soft("The loss has the wrong sign.", ("return -(targets", "return (targets"))
soft_largest_only = soft(
    "Only the class with the largest target counts in the loss; all of them do.",
    ("-(targets * log_p).sum() / n", "-log_p[np.arange(n), targets.argmax(axis=1)].mean()"),
)
soft_hard = soft(
    "The targets are made hard, 1 for the largest and 0 for the others.",
    ("    n = len", "    targets = np.eye(scores.shape[1])[targets.argmax(axis=1)]\n    n = len"),
)
soft_divergence = soft(
    "The entropy of the targets is subtracted: that is the Kullback–Leibler divergence.",
    (
        "-(targets * log_p).sum() / n",
        "-(targets * (log_p - np.log(np.maximum(targets, 1e-300)))).sum() / n",
    ),
)
soft_wrong_axis = soft(
    "Softmax is taken over the rows; it must be taken over the classes.",
    ("np.exp(shifted).sum(axis=1, keepdims=True)", "np.exp(shifted).sum(axis=0, keepdims=True)"),
)
soft_log_two = soft(
    "The logarithm is to base 2.",
    ("return -(targets * log_p).sum() / n", "return -(targets * log_p).sum() / n / np.log(2)"),
)
soft_probabilities = soft(
    "The gradient lacks the targets: it holds the probabilities.",
    ("(np.exp(log_p) - targets)", "np.exp(log_p)"),
)

# -- 6 mixup --------------------------------------------------------------------------------

mix = partial(edit, "mixup")
mix_one_lam_each = mix(
    "Each example has a lam of its own; one is drawn for the whole batch.",
    "    lam = rng.beta(alpha, alpha, len(X))\n"
    "    partner = rng.permutation(len(X))\n"
    "    wide = lam.reshape(-1, *[1] * (X.ndim - 1))\n"
    "    return (\n"
    "        wide * X + (1 - wide) * X[partner],\n"
    "        lam[:, None] * targets + (1 - lam[:, None]) * targets[partner],\n"
    "    )",
)
mix_permutes_first = mix(
    "The permutation is drawn before lam; it must come after.",
    "    partner = rng.permutation(len(X))\n"
    "    lam = rng.beta(alpha, alpha)\n"
    "    return lam * X + (1 - lam) * X[partner], lam * targets + (1 - lam) * targets[partner]",
)
mix_larger_part = mix(
    "lam is replaced by the larger of lam and 1 − lam; it must stay as drawn.",
    ("    partner", "    lam = max(lam, 1 - lam)\n    partner"),
)
mix_swapped = mix("lam and 1 − lam are swapped.", ("    partner", "    lam = 1 - lam\n    partner"))
mix_uniform = mix(
    "lam is drawn evenly; rng.beta is asked for.", ("rng.beta(alpha, alpha)", "rng.random()")
)
mix_one_parameter = mix(
    "The second parameter of beta is 1; both are alpha.",
    ("rng.beta(alpha, alpha)", "rng.beta(alpha, 1.0 + 0.5 * alpha)"),
)
mix_labels_stay = mix(
    "The targets are not mixed.",
    (", lam * targets + (1 - lam) * targets[partner]", ", targets * 1.0"),
)
mix_other_partner = mix(
    "The targets are mixed with other partners than the examples.",
    ("targets[partner]", "targets[rng.permutation(len(X))]"),
)
mix_with_neighbours = mix(
    "The partners are the next ones in the batch; they come from a permutation.",
    ("rng.permutation(len(X))", "np.roll(np.arange(len(X)), -1)"),
)
mix_reversed = mix(
    "The partners are the batch from its end; they come from a permutation.",
    ("rng.permutation(len(X))", "np.arange(len(X))[::-1]"),
)
mix_half = mix(
    "Examples and partners are averaged half and half; lam is not used.",
    ("    partner", "    lam = 0.5\n    partner"),
)
mix_inverse = mix(
    "The permutation is applied the wrong way round: example i must meet example permutation[i].",
    ("rng.permutation(len(X))", "np.argsort(rng.permutation(len(X)))"),
)
