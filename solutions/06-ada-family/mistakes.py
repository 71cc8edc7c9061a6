"""Named mistakes of problem set 6. Students whose answers agree with one are told its text."""

# ruff: noqa: PLR0917 - the order of the arguments is the problem set's

from functools import partial

import numpy as np

from autograder.catalogue import edit, mistake

# -- 1 ewma -------------------------------------------------------------------------------

ewma = partial(edit, "ewma")
ewma_root_of_one_minus_beta = ewma(
    "It divides by √(1 − beta), as some notes print it. The weights sum to 1 − beta**t: no root, "
    "and another number for each t.",
    ("v / (1 - beta**t)", "v / np.sqrt(1 - beta)"),
)
ewma_without_exponent = ewma(
    "It divides by 1 − beta, the same number for each t; the exponent t is missing.",
    ("beta**t", "beta"),
)
ewma_root_of_correction = ewma(
    "It divides by the root of 1 − beta**t; there is no root in the correction.",
    ("/ (1 - beta**t)", "/ np.sqrt(1 - beta**t)"),
)
ewma_t_from_zero = ewma(
    "t counts from 0, so the first average is divided by 1 − 1 = 0. The first t is 1.",
    ("start=1", "start=0"),
    ("averages[t - 1]", "averages[t]"),
    ("v / (1 - beta**t)", "np.divide(v, 1 - beta**t)"),
)
ewma_t_one_late = ewma(
    "The first average is corrected with t = 2; its t is 1.", ("beta**t", "beta ** (t + 1)")
)
ewma_first_left_out = ewma(
    "The first average is not corrected, and each later one as if it were the one before.",
    ("if correct else", "if correct and t > 1 else"),
    ("beta**t", "beta ** (t - 1)"),
)
ewma_starts_at_first_value = ewma(
    "It begins with the first value; it begins with 0, and the correction makes up for that.",
    ("v = 0.0", "v = values[0]"),
)
ewma_exchanged = ewma(
    "The weights are exchanged: the past is multiplied by beta, the new value by 1 − beta.",
    ("beta * v + (1 - beta) * x", "(1 - beta) * v + beta * x"),
)
ewma_decaying_sum = ewma(
    "The new value is not multiplied by 1 − beta: that is a decaying sum, as in momentum.",
    ("(1 - beta) * x", "x"),
)
ewma_corrected_fed_back = ewma(
    "The recurrence goes on with the corrected average; only what is returned is corrected.",
    (
        "averages[t - 1] = v / (1 - beta**t) if correct else v",
        "v = v / (1 - beta**t) if correct else v\n        averages[t - 1] = v",
    ),
)
ewma_always_corrects = ewma(
    "The averages are corrected even when `correct` is false.", (" if correct else v", "")
)
ewma_never_corrects = ewma(
    "The averages are not corrected, although `correct` is true.",
    ("v / (1 - beta**t) if correct else v", "v"),
)
ewma_correct_upside_down = ewma(
    "`correct` is taken for its opposite.", ("if correct", "if not correct")
)
ewma_default_uncorrected = ewma(
    "`correct` is false by default; it is true if nothing is said.",
    ("correct=True", "correct=False"),
)
ewma_only_last = ewma(
    "Only the last average is returned; all of them are asked for.",
    ("return averages", "return averages[-1]"),
)
ewma_with_zero_first = ewma(
    "The 0 from before the first value is returned as well: the array is one too long.",
    ("return averages", "return np.append(0.0, averages)"),
)
ewma_returns_list = ewma(
    "A list is returned; an array is asked for.", ("return averages", "return averages.tolist()")
)
ewma_whole_numbers = ewma(
    "Where the values are whole numbers the averages are cut to whole numbers, since the array "
    "for them was made like the values.",
    ("np.empty(len(values))", "np.zeros_like(values)"),
)
ewma_arrays_only = ewma(
    "It works for arrays only; a list has no shape and no size.",
    ("np.empty(len(values))", "np.empty(values.shape)"),
)
ewma_moving_window = ewma(
    "It is the plain mean of the last 1/(1 − beta) values; older ones should fade, not end.",
    "n = max(1, round(1 / (1 - beta)))\n"
    "return np.array([np.mean(values[max(0, t - n) : t]) for t in range(1, len(values) + 1)])",
)
ewma_mean_of_all = ewma(
    "It is the mean of all values so far, whatever beta is.",
    "return np.cumsum(values) / np.arange(1, len(values) + 1)",
)
ewma_old_value = ewma(
    "Each average is the one from before the new value came in.",
    (
        "        v = beta * v + (1 - beta) * x\n        averages[t - 1] =",
        "        averages[t - 1] =",
    ),
    ("if correct else v\n", "if correct else v\n        v = beta * v + (1 - beta) * x\n"),
)
ewma_stops_correcting = ewma(
    "The correction ends when it is nearly one; it belongs to every average.",
    ("if correct else", "if correct and beta**t > 1e-5 else"),
)
ewma_corrects_the_start_only = ewma(
    "Only the first ten averages are corrected; the correction belongs to every one.",
    ("if correct else", "if correct and t <= 10 else"),
)
ewma_single_precision = ewma(
    "The computation is done in single precision (float32).",
    ("np.empty(len(values))", 'np.empty(len(values), "f")'),
    ("return averages", "return averages.astype(float)"),
)


@mistake("ewma", "The caller's values are overwritten with the averages.")
def ewma_in_place(values, beta, correct=True):
    v = 0.0
    for t in range(len(values)):
        v = beta * v + (1 - beta) * values[t]
        values[t] = v / (1 - beta ** (t + 1)) if correct else v
    return np.array(values, dtype=float)


# -- 2 adagrad_step -----------------------------------------------------------------------

adagrad = partial(edit, "adagrad_step")
adagrad_eps_inside = adagrad(
    "eps is added inside the root; here it is added to the root.",
    ("(np.sqrt(cache) + eps)", "np.sqrt(cache + eps)"),
)
adagrad_eps_as_limit = adagrad(
    "eps is the least value of the root; it is to be added to it.",
    ("(np.sqrt(cache) + eps)", "np.maximum(np.sqrt(cache), eps)"),
)
adagrad_without_eps = adagrad(
    "eps is missing: where the cache is zero, it divides by zero.",
    ("lr * grad / (np.sqrt(cache) + eps)", "np.divide(lr * grad, np.sqrt(cache))"),
)
adagrad_eps_in_cache = adagrad(
    "eps is added to the cache and stays in it.", ("cache + grad**2", "cache + grad**2 + eps")
)
adagrad_eps_fixed = adagrad(
    "eps is always 1e-8; the one that is given must be used.", ("+ eps)", "+ 1e-8)")
)
adagrad_other_eps = adagrad(
    "eps is 1e-10 by default, as in PyTorch; here it is 1e-8.", ("eps=1e-8", "eps=1e-10")
)
adagrad_old_cache = adagrad(
    "It divides by the root of the cache from before the step; the new gradient belongs to it.",
    "return x - lr * grad / (np.sqrt(cache) + eps), cache + grad**2",
)
adagrad_not_squared = adagrad(
    "The gradient goes into the cache by its size, not by its square.", ("grad**2", "np.abs(grad)")
)
adagrad_without_root = adagrad(
    "The root is missing: it divides by the cache itself.", ("np.sqrt(cache)", "cache")
)
adagrad_forgets = adagrad(
    "The cache is an average that forgets, as in RMSprop; Adagrad's is a sum.",
    ("cache + grad**2", "0.9 * cache + 0.1 * grad**2"),
)
adagrad_uphill = adagrad("The step is added, so it goes uphill.", ("x - lr", "x + lr"))
adagrad_without_lr = adagrad("The learning rate is missing.", ("lr * grad", "grad"))
adagrad_lr_in_cache = adagrad(
    "The learning rate goes into the cache; it holds squared gradients alone.",
    ("+ grad**2", "+ (lr * grad) ** 2"),
)
adagrad_sign_only = adagrad(
    "The gradient is replaced by its sign.", ("lr * grad", "lr * np.sign(grad)")
)
adagrad_one_cache_for_all = adagrad(
    "All entries share one cache, the squared length of the gradient; each entry has its own.",
    ("grad**2", "np.sum(np.square(grad))"),
)
adagrad_swapped = adagrad(
    "The two results come in the wrong order: x first, then cache.",
    "new = cache + grad**2\nreturn new, x - lr * grad / (np.sqrt(new) + eps)",
)
adagrad_only_x = adagrad(
    "Only x is returned; the caller needs the new cache as well.", ("+ eps), cache", "+ eps)")
)
adagrad_returns_old_cache = adagrad(
    "The new cache is right, but the old one is what is returned.",
    "return x - lr * grad / (np.sqrt(cache + grad**2) + eps), cache",
)
adagrad_returns_root = adagrad(
    "The root of the cache is returned in place of the cache.",
    ("+ eps), cache", "+ eps), np.sqrt(cache)"),
)
adagrad_in_place = adagrad(
    "The caller's cache is changed in place by +=.", ("cache = cache + grad", "cache += grad")
)
adagrad_gradient_cut_off = adagrad(
    "Large gradients are cut off, by np.clip for instance; none of that is asked for.",
    ("    cache", "    grad = np.clip(grad, -100, 100)\n    cache"),
)
adagrad_small_gradients_dropped = adagrad(
    "Small gradients are taken for zero; none of that is asked for.",
    ("    cache", "    grad = np.where(np.abs(grad) < 1e-6, 0.0, grad)\n    cache"),
)
adagrad_starts_cache_above_zero = adagrad(
    "A cache of zero is filled up before the step, as some libraries begin; here it begins at 0.",
    ("cache + grad**2", "np.where(cache == 0, 0.1, cache) + grad**2"),
)
adagrad_arrays_only = adagrad(
    "It works for arrays only: a plain number has no shape and no copy().",
    ("cache + grad**2", "cache.copy() + grad**2"),
)


@mistake("adagrad_step", "The computation is done in single precision (float32).")
def adagrad_single_precision(x, cache, grad, lr, eps=1e-8):
    x, cache, grad = (np.asarray(part, dtype=np.float32) for part in (x, cache, grad))
    cache = cache + grad**2
    x = x - np.float32(lr) * grad / (np.sqrt(cache) + np.float32(eps))
    return x.astype(np.float64), cache.astype(np.float64)


# -- 3 rmsprop_step -----------------------------------------------------------------------

rmsprop = partial(edit, "rmsprop_step")
rmsprop_eps_inside = rmsprop(
    "eps is added inside the root; here it is added to the root.",
    ("(np.sqrt(cache) + eps)", "np.sqrt(cache + eps)"),
)
rmsprop_eps_as_limit = rmsprop(
    "eps is the least value of the root; it is to be added to it.",
    ("(np.sqrt(cache) + eps)", "np.maximum(np.sqrt(cache), eps)"),
)
rmsprop_eps_fixed = rmsprop(
    "eps is always 1e-8; the one that is given must be used.", ("+ eps)", "+ 1e-8)")
)
rmsprop_old_cache = rmsprop(
    "It divides by the root of the cache from before the step; the new gradient belongs to it.",
    "return (\n    x - lr * grad / (np.sqrt(cache) + eps),\n"
    "    decay * cache + (1 - decay) * grad**2,\n)",
)
rmsprop_exchanged = rmsprop(
    "The weights are exchanged: the cache is multiplied by decay, the new square by 1 − decay.",
    ("decay * cache + (1 - decay) * grad", "(1 - decay) * cache + decay * grad"),
)
rmsprop_decaying_sum = rmsprop(
    "The new square is not multiplied by 1 − decay: that is a decaying sum, not an average.",
    ("(1 - decay) * grad", "grad"),
)
rmsprop_never_forgets = rmsprop(
    "The cache is a sum that never forgets: that is Adagrad.",
    ("decay * cache + (1 - decay) * grad", "cache + grad"),
)
rmsprop_not_squared = rmsprop(
    "The gradient goes into the cache by its size, not by its square.", ("grad**2", "np.abs(grad)")
)
rmsprop_weight_squared = rmsprop(
    "1 − decay is squared along with the gradient.",
    ("(1 - decay) * grad**2", "((1 - decay) * grad) ** 2"),
)
rmsprop_without_root = rmsprop(
    "The root is missing: it divides by the cache itself.", ("np.sqrt(cache)", "cache")
)
rmsprop_average_of_gradients = rmsprop(
    "The gradient is averaged and not its square, so the root is that of a square of an average.",
    "cache = (decay * np.sqrt(cache) + (1 - decay) * grad) ** 2\n"
    "return x - lr * grad / (np.sqrt(cache) + eps), cache",
)
rmsprop_corrected = rmsprop(
    "The cache is corrected as in Adam, by 1 − decay; RMSprop does not correct it.",
    ("np.sqrt(cache)", "np.sqrt(cache / (1 - decay))"),
)
rmsprop_decay_fixed = rmsprop(
    "decay is always 0.9; the one that is given must be used.",
    ("decay * cache + (1 - decay)", "0.9 * cache + 0.1"),
)
rmsprop_other_decay = rmsprop(
    "decay is by default what it is in PyTorch; the question asks for another value.",
    ("decay=0.9", "decay=0.99"),
)
rmsprop_uphill = rmsprop("The step is added, so it goes uphill.", ("x - lr", "x + lr"))
rmsprop_without_lr = rmsprop("The learning rate is missing.", ("lr * grad", "grad"))
rmsprop_one_cache_for_all = rmsprop(
    "All entries share one cache, the mean of the squared gradients; each entry has its own.",
    ("grad**2", "np.mean(np.square(grad))"),
)
rmsprop_swapped = rmsprop(
    "The two results come in the wrong order: x first, then cache.",
    ("return x - lr", "return cache, x - lr"),
    ("+ eps), cache", "+ eps)"),
)
rmsprop_only_x = rmsprop(
    "Only x is returned; the caller needs the new cache as well.", ("+ eps), cache", "+ eps)")
)
rmsprop_returns_old_cache = rmsprop(
    "The new cache is right, but the old one is what is returned.",
    "new = decay * cache + (1 - decay) * grad**2\n"
    "return x - lr * grad / (np.sqrt(new) + eps), cache",
)
rmsprop_in_place = rmsprop(
    "The caller's cache is changed in place by *= or +=.",
    ("cache = decay * cache + (1", "cache *= decay\n    cache += (1"),
)
rmsprop_stops_when_flat = rmsprop(
    "Where the gradient is zero nothing changes; but the cache goes on forgetting.",
    ("    cache = decay", "    if not np.any(grad):\n        return x, cache\n    cache = decay"),
)
rmsprop_gradient_cut_off = rmsprop(
    "Large gradients are cut off, by np.clip for instance; none of that is asked for.",
    ("    cache = decay", "    grad = np.clip(grad, -100, 100)\n    cache = decay"),
)
rmsprop_arrays_only = rmsprop(
    "It works for arrays only: a plain number has no shape and no copy().",
    ("decay * cache", "decay * cache.copy()"),
)

# -- 4 adadelta_step ----------------------------------------------------------------------

adadelta = partial(edit, "adadelta_step")
adadelta_new_delta_cache = adadelta(
    "The step is scaled by the new delta_cache. It must take the one from before the step: Δ "
    "cannot be known before it is made.",
    "cache = rho * cache + (1 - rho) * grad**2\n"
    "delta = -np.sqrt(delta_cache + eps) / np.sqrt(cache + eps) * grad\n"
    "delta_cache = rho * delta_cache + (1 - rho) * delta**2\n"
    "delta = -np.sqrt(delta_cache + eps) / np.sqrt(cache + eps) * grad\n"
    "return x + delta, cache, delta_cache",
)
adadelta_old_cache = adadelta(
    "It divides by the root of the cache from before the step; the new gradient belongs to it.",
    "delta = -np.sqrt(delta_cache + eps) / np.sqrt(cache + eps) * grad\n"
    "cache = rho * cache + (1 - rho) * grad**2\n"
    "delta_cache = rho * delta_cache + (1 - rho) * delta**2\n"
    "return x + delta, cache, delta_cache",
)
adadelta_eps_outside = adadelta(
    "eps is added to the roots; here it is added inside both of them.",
    (
        "np.sqrt(delta_cache + eps) / np.sqrt(cache + eps)",
        "(np.sqrt(delta_cache) + eps) / (np.sqrt(cache) + eps)",
    ),
)
adadelta_eps_below_only = adadelta(
    "eps is missing above the line: delta_cache starts at 0, so nothing ever moves.",
    ("delta_cache + eps", "delta_cache"),
)
adadelta_eps_above_only = adadelta(
    "eps is missing below the line, where the cache may be zero.",
    ("/ np.sqrt(cache + eps) * grad", "* np.divide(grad, np.sqrt(cache))"),
)
adadelta_eps_fixed = adadelta(
    "eps is always the usual one; the one that is given must be used.",
    (
        "np.sqrt(delta_cache + eps) / np.sqrt(cache + eps)",
        "np.sqrt(delta_cache + 1e-6) / np.sqrt(cache + 1e-6)",
    ),
)
adadelta_other_eps = adadelta(
    "eps is 1e-8 by default, as in the other methods; here it is 1e-6.", ("eps=1e-6", "eps=1e-8")
)
adadelta_other_rho = adadelta(
    "rho is by default what it is in PyTorch; the question asks for another value.",
    ("rho=0.95", "rho=0.9"),
)
adadelta_rho_fixed = adadelta(
    "rho is always 0.95; the one that is given must be used.",
    ("    cache = rho", "    rho = 0.95\n    cache = rho"),
)
adadelta_upside_down = adadelta(
    "The quotient is upside down: the steps' root stands above, the gradients' below.",
    (
        "np.sqrt(delta_cache + eps) / np.sqrt(cache + eps)",
        "np.sqrt(cache + eps) / np.sqrt(delta_cache + eps)",
    ),
)
adadelta_without_roots = adadelta(
    "The roots are missing.",
    (
        "np.sqrt(delta_cache + eps) / np.sqrt(cache + eps)",
        "(delta_cache + eps) / (cache + eps)",
    ),
)
adadelta_uphill = adadelta(
    "The step goes uphill: the minus is missing in Δ.", ("delta = -np", "delta = np")
)
adadelta_not_squared = adadelta(
    "Δ goes into delta_cache by its size, not by its square.", ("delta**2", "np.abs(delta)")
)
adadelta_gradient_in_both = adadelta(
    "delta_cache collects squared gradients; it must collect the squares of the steps Δ.",
    ("delta**2", "grad**2"),
)
adadelta_collects_x = adadelta(
    "delta_cache collects the squares of x; it must collect the squares of the steps Δ.",
    ("delta**2", "np.square(x)"),
)
adadelta_exchanged = adadelta(
    "The weights of the caches are exchanged: the past is multiplied by rho, the new by 1 − rho.",
    ("    cache = rho", "    rho = 1 - rho\n    cache = rho"),
)
adadelta_decaying_sums = adadelta(
    "The new squares are not multiplied by 1 − rho: both caches are sums and not averages.",
    ("(1 - rho) * grad", "grad"),
    ("(1 - rho) * delta", "delta"),
)
adadelta_is_rmsprop = adadelta(
    "Δ is not scaled by the steps made so far: this is RMSprop with lr = 1.",
    ("-np.sqrt(delta_cache + eps) /", "-1.0 /"),
)
adadelta_with_lr = adadelta(
    "The step is multiplied by some learning rate; Adadelta has none.",
    ("return x + delta", "return x + 0.01 * delta"),
)
adadelta_swapped = adadelta(
    "The results come in the wrong order: x, cache, delta_cache.",
    ("delta, cache, delta_cache", "delta, delta_cache, cache"),
)
adadelta_without_delta_cache = adadelta(
    "delta_cache is not returned; the caller needs it for the next step.",
    ("delta, cache, delta_cache", "delta, cache"),
)
adadelta_returns_old_delta_cache = adadelta(
    "The delta_cache from before the step is what is returned.",
    ("    delta_cache = rho * delta_cache + (1 - rho) * delta**2\n", ""),
)
adadelta_returns_delta = adadelta(
    "The step Δ is returned in the place of x.", ("return x + delta", "return delta")
)
adadelta_in_place = adadelta(
    "The caller's caches are changed in place by *= or +=.",
    ("    cache = rho * cache + (1", "    cache *= rho\n    cache += (1"),
)
adadelta_stops_when_flat = adadelta(
    "Where the gradient is zero nothing changes; but both caches go on forgetting.",
    (
        "    cache = rho",
        "    if not np.any(grad):\n        return x, cache, delta_cache\n    cache = rho",
    ),
)
adadelta_gradient_cut_off = adadelta(
    "Large gradients are cut off, by np.clip for instance; none of that is asked for.",
    ("    cache = rho", "    grad = np.clip(grad, -100, 100)\n    cache = rho"),
)
adadelta_step_cut_off = adadelta(
    "Long steps are cut off; none of that is asked for.",
    ("* grad\n", "* grad\n    delta = np.clip(delta, -1, 1)\n"),
)


@mistake("adadelta_step", "The computation is done in single precision (float32).")
def adadelta_single_precision(x, cache, delta_cache, grad, rho=0.95, eps=1e-6):
    parts = (np.asarray(part, dtype=np.float32) for part in (x, cache, delta_cache, grad))
    x, cache, delta_cache, grad = parts
    rho, eps = np.float32(rho), np.float32(eps)
    cache = rho * cache + (1 - rho) * grad**2
    delta = -np.sqrt(delta_cache + eps) / np.sqrt(cache + eps) * grad
    delta_cache = rho * delta_cache + (1 - rho) * delta**2
    return tuple(part.astype(np.float64) for part in (x + delta, cache, delta_cache))


# -- 5 adam_step --------------------------------------------------------------------------

adam = partial(edit, "adam_step")
adam_root_of_one_minus_beta = adam(
    "The averages are divided by √(1 − beta), as some notes print it. The correction is "
    "1 − beta**t: no root, and it fades.",
    ("m / (1 - beta1**t)", "m / np.sqrt(1 - beta1)"),
    ("v / (1 - beta2**t)", "v / np.sqrt(1 - beta2)"),
)
adam_without_exponent = adam(
    "The averages are divided by 1 − beta, in every step; the exponent t is missing.",
    ("beta1**t", "beta1"),
    ("beta2**t", "beta2"),
)
adam_root_of_correction = adam(
    "The averages are divided by the root of 1 − beta**t; there is no root in the correction.",
    ("m / (1 - beta1**t)", "m / np.sqrt(1 - beta1**t)"),
    ("v / (1 - beta2**t)", "v / np.sqrt(1 - beta2**t)"),
)
adam_uncorrected = adam(
    "The averages are not corrected for their start at 0.",
    ("m / (1 - beta1**t)", "m"),
    ("v / (1 - beta2**t)", "v"),
)
adam_only_m_corrected = adam(
    "Only m is corrected; v starts at 0 as well.", ("v / (1 - beta2**t)", "v")
)
adam_only_v_corrected = adam(
    "Only v is corrected; m starts at 0 as well.", ("m / (1 - beta1**t)", "m")
)
adam_corrected_outside_root = adam(
    "v is corrected after the root is taken; the correction belongs inside.",
    "m = beta1 * m + (1 - beta1) * grad\n"
    "v = beta2 * v + (1 - beta2) * grad**2\n"
    "root = np.sqrt(v) / (1 - beta2**t)\n"
    "return x - lr * (m / (1 - beta1**t)) / (root + eps), m, v",
)
adam_t_from_zero = adam(
    "t is taken to count from 0, so t + 1 is used; here the first step has t = 1.",
    ("beta1**t", "beta1 ** (t + 1)"),
    ("beta2**t", "beta2 ** (t + 1)"),
)
adam_t_one_early = adam(
    "t − 1 is used, which divides by zero in the first step; here the first step has t = 1.",
    ("m / (1 - beta1**t)", "np.divide(m, 1 - beta1 ** (t - 1))"),
    ("v / (1 - beta2**t)", "np.divide(v, 1 - beta2 ** (t - 1))"),
)
adam_first_step_only = adam(
    "Only the first steps are corrected; the correction belongs to every step.",
    ("m / (1 - beta1**t)", "m / (1 - beta1**t) if t <= 20 else m"),
    ("v / (1 - beta2**t)", "v / (1 - beta2**t) if t <= 20 else v"),
)
adam_correction_ends = adam(
    "Late steps are not corrected; the correction belongs to every step.",
    ("v / (1 - beta2**t)", "v / (1 - beta2**t) if t <= 10000 else v"),
)
adam_returns_corrected = adam(
    "The corrected averages are returned; the next step needs those that are not corrected.",
    ("+ eps), m, v", "+ eps), m_hat, v_hat"),
)
adam_eps_inside = adam(
    "eps is added inside the root; here it is added to the root.",
    ("(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat + eps)"),
)
adam_eps_before_correction = adam(
    "eps is added to the root before it is corrected; here it is added to the corrected root.",
    ("(np.sqrt(v_hat) + eps)", "((np.sqrt(v) + eps) / np.sqrt(1 - beta2**t))"),
)
adam_eps_as_limit = adam(
    "eps is the least value of the root; it is to be added to it.",
    ("(np.sqrt(v_hat) + eps)", "np.maximum(np.sqrt(v_hat), eps)"),
)
adam_eps_fixed = adam(
    "eps is always 1e-8; the one that is given must be used.", ("+ eps)", "+ 1e-8)")
)
adam_without_root = adam("The root of v̂ is missing.", ("np.sqrt(v_hat)", "v_hat"))
adam_betas_exchanged = adam(
    "beta1 and beta2 are exchanged: beta1 belongs to m, beta2 to v.",
    ("    m = beta1", "    beta1, beta2 = beta2, beta1\n    m = beta1"),
)
adam_betas_fixed = adam(
    "beta1 and beta2 are always the usual ones; those that are given must be used.",
    ("    m = beta1", "    beta1, beta2 = 0.9, 0.999\n    m = beta1"),
)
adam_other_beta2 = adam(
    "beta2 has another value by default than the question says.", ("beta2=0.999", "beta2=0.99")
)
adam_weights_exchanged = adam(
    "The weights are exchanged: the past is multiplied by beta, the new by 1 − beta.",
    ("beta1 * m + (1 - beta1)", "(1 - beta1) * m + beta1"),
    ("beta2 * v + (1 - beta2)", "(1 - beta2) * v + beta2"),
)
adam_decaying_sums = adam(
    "The new gradient is not multiplied by 1 − beta: m and v are sums and not averages.",
    ("(1 - beta1) * grad", "grad"),
    ("(1 - beta2) * grad", "grad"),
)
adam_v_of_m = adam(
    "v averages the squares of m; it must average the squares of the gradients.",
    ("grad**2", "m**2"),
)
adam_v_not_squared = adam(
    "The gradient goes into v by its size, not by its square.", ("grad**2", "np.abs(grad)")
)
adam_stale_averages = adam(
    "x moves by the averages from before the step; the new gradient belongs to them.",
    "m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)\n"
    "x = x - lr * m_hat / (np.sqrt(v_hat) + eps)\n"
    "return x, beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2",
)
adam_gradient_for_m = adam(
    "x moves by the gradient where the averaged gradient m̂ belongs: RMSprop with a correction.",
    ("lr * m_hat", "lr * grad"),
)
adam_uphill = adam("The step is added, so it goes uphill.", ("x - lr", "x + lr"))
adam_without_lr = adam("The learning rate is missing.", ("lr * m_hat", "m_hat"))
adam_with_momentum_of_nesterov = adam(
    "m̂ is mixed with the newest gradient once more: that is Nadam.",
    ("lr * m_hat", "lr * (beta1 * m_hat + (1 - beta1) * grad / (1 - beta1**t))"),
)
adam_amsgrad = adam(
    "v never falls: that is AMSGrad.",
    ("(1 - beta2) * grad**2", "(1 - beta2) * grad**2\n    v = np.maximum(v, old)"),
    ("    v = beta2", "    old = v\n    v = beta2"),
)
adam_falling_lr = adam(
    "The learning rate falls with √t; it is used as it is given.",
    ("lr * m_hat", "lr * t**-0.5 * m_hat"),
)
adam_step_cut_off = adam(
    "The step is held below lr; it may be longer.",
    (
        "lr * m_hat / (np.sqrt(v_hat) + eps)",
        "lr * np.clip(m_hat / (np.sqrt(v_hat) + eps), -1, 1)",
    ),
)
adam_gradient_cut_off = adam(
    "Large gradients are cut off, by np.clip for instance; none of that is asked for.",
    ("    m = beta1", "    grad = np.clip(grad, -50, 50)\n    m = beta1"),
)
adam_stops_when_flat = adam(
    "Where the gradient is zero nothing moves; but the averages carry x on.",
    ("    m = beta1", "    if not np.any(grad):\n        return x, m, v\n    m = beta1"),
)
adam_small_gradients_dropped = adam(
    "Very small gradients are taken for zero; none of that is asked for.",
    ("    m = beta1", "    grad = np.where(np.abs(grad) < 1e-12, 0.0, grad)\n    m = beta1"),
)
adam_swapped = adam(
    "The results come in the wrong order: x, m, v.", ("+ eps), m, v", "+ eps), v, m")
)
adam_only_x = adam(
    "Only x is returned; the caller needs m and v as well.", ("+ eps), m, v", "+ eps)")
)
adam_in_place = adam(
    "The caller's m and v are changed in place by *= or +=.",
    ("m = beta1 * m + (1", "m *= beta1\n    m += (1"),
    ("v = beta2 * v + (1", "v *= beta2\n    v += (1"),
)
adam_one_rate_for_all = adam(
    "All entries are divided by one number, the root of the mean of v̂; each has its own.",
    ("np.sqrt(v_hat)", "np.sqrt(np.mean(v_hat))"),
)


@mistake("adam_step", "The computation is done in single precision (float32).")
def adam_single_precision(x, m, v, t, grad, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    x, m, v, grad = (np.asarray(part, dtype=np.float32) for part in (x, m, v, grad))
    m = np.float32(beta1) * m + np.float32(1 - beta1) * grad
    v = np.float32(beta2) * v + np.float32(1 - beta2) * grad**2
    m_hat, v_hat = m / np.float32(1 - beta1**t), v / np.float32(1 - beta2**t)
    x = x - np.float32(lr) * m_hat / (np.sqrt(v_hat) + np.float32(eps))
    return tuple(part.astype(np.float64) for part in (x, m, v))


# -- 6 adamw_step -------------------------------------------------------------------------

adamw = partial(edit, "adamw_step")
adamw_coupled = adamw(
    "The decay is put into the gradient, as an L2 penalty is: it goes through m and v, and √v̂ "
    "divides it. It must stand beside Adam's step.",
    ("t, grad, lr, beta1", "t, grad + weight_decay * x, lr, beta1"),
    ("moved - lr * weight_decay * x", "moved"),
)
adamw_coupled_twice = adamw(
    "The decay enters twice: through the gradient, and beside the step.",
    ("t, grad, lr, beta1", "t, grad + weight_decay * x, lr, beta1"),
)
adamw_decays_moved = adamw(
    "The decay takes the x after Adam's step; it must take the x from before.",
    ("weight_decay * x", "weight_decay * moved"),
)
adamw_decay_without_lr = adamw(
    "The learning rate is missing before the decay.", ("moved - lr * weight", "moved - weight")
)
adamw_without_decay = adamw("The decay is missing: this is Adam.", (" - lr * weight_decay * x", ""))
adamw_grows = adamw("The decay has the wrong sign: x grows.", ("moved - lr", "moved + lr"))
adamw_doubled = adamw(
    "The decay is twice as strong: there is no 2 in the formula.",
    ("weight_decay * x", "weight_decay * 2 * x"),
)
adamw_decay_over_root = adamw(
    "The decay is divided by √v̂, as if it belonged to m̂.",
    ("weight_decay * x", "weight_decay * x / (np.sqrt(v / (1 - beta2**t)) + eps)"),
)
adamw_in_m = adamw(
    "The decay enters the average m; m is made of the gradient alone.",
    ("- lr * weight_decay * x, m, v", "- lr * weight_decay * x, m + weight_decay * x, v"),
)
adamw_by_sign = adamw(
    "x loses the same amount everywhere, as with an L1 penalty; it must lose a part of itself.",
    ("weight_decay * x", "weight_decay * np.sign(x)"),
)
adamw_whole_factor = adamw(
    "x is multiplied by 1 − weight_decay after the step.",
    ("moved - lr * weight_decay * x", "(1 - weight_decay) * moved"),
)
adamw_decay_fixed = adamw(
    "The decay is always the same; the one that is given must be used.",
    ("lr * weight_decay", "lr * 0.01"),
)
adamw_vectors_spared = adamw(
    "Vectors and numbers are not decayed, as biases in some libraries; here everything is.",
    ("lr * weight_decay * x", "(lr * weight_decay * x if np.ndim(x) > 1 else 0.0)"),
)
adamw_rests_when_flat = adamw(
    "Where the gradient is zero nothing changes; but the decay goes on, and m and v too.",
    ("    moved", "    if not np.any(grad):\n        return x, m, v\n    moved"),
)
adamw_decays_with_gradient_only = adamw(
    "Only entries that have a gradient are decayed; the decay reaches every entry.",
    ("weight_decay * x", "weight_decay * x * (grad != 0)"),
)
adamw_arguments_out_of_order = adamw(
    "weight_decay and beta1 are exchanged in the list of arguments.",
    ("lr, weight_decay, beta1=0.9,", "lr, beta1=0.9, weight_decay=0.01,"),
)
adamw_defaults_forgotten = adamw(
    "beta1, beta2 and eps are not passed on: the usual ones are always used.",
    (", lr, beta1, beta2, eps)\n    return", ", lr)\n    return"),
)
adamw_eps_not_passed = adamw(
    "eps is not passed on: the usual one is always used.",
    ("beta1, beta2, eps)\n    return", "beta1, beta2)\n    return"),
)
adamw_betas_exchanged = adamw(
    "beta1 and beta2 are exchanged: beta1 belongs to m, beta2 to v.",
    ("lr, beta1, beta2, eps)\n", "lr, beta2, beta1, eps)\n"),
)
adamw_swapped = adamw(
    "The results come in the wrong order: x, m, v.",
    ("weight_decay * x, m, v", "weight_decay * x, v, m"),
)
adamw_only_x = adamw(
    "Only x is returned; the caller needs m and v as well.",
    ("weight_decay * x, m, v", "weight_decay * x"),
)
adamw_t_from_zero = adamw(
    "t is taken to count from 0, so t + 1 is used; here the first step has t = 1.",
    ("m, v, t, grad, lr, beta1", "m, v, t + 1, grad, lr, beta1"),
)


@mistake("adamw_step", "The array x of the caller is changed in place by *= or -=.")
def adamw_in_place(x, m, v, t, grad, lr, weight_decay, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    x *= 1 - lr * weight_decay
    x -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return x, m, v


@mistake("adamw_step", "eps is added inside the root; here it is added to the root.")
def adamw_eps_inside(x, m, v, t, grad, lr, weight_decay, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    step = (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t) + eps)
    return x - lr * step - lr * weight_decay * x, m, v


@mistake("adamw_step", "The averages are not corrected for their start at 0.")
def adamw_uncorrected(x, m, v, t, grad, lr, weight_decay, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return x - lr * m / (np.sqrt(v) + eps) - lr * weight_decay * x, m, v


# -- 7 train_adam -------------------------------------------------------------------------

train = partial(edit, "train_adam")
train_without_start = train(
    "The loss at the start is missing: the list begins after the first step.",
    ("return losses", "return losses[1:]"),
)
train_without_end = train(
    "The loss at the final point is missing: it takes one more call.",
    ("return losses", "return losses[:-1]"),
    ("    losses[steps], _ = loss_and_gradient(x)\n", ""),
)
train_one_step_more = train(
    "One step too many: the array has steps + 2 losses.",
    ("range(1, steps + 1)", "range(1, steps + 2)"),
    ("np.empty(steps + 1)", "np.empty(steps + 2)"),
    ("losses[steps]", "losses[steps + 1]"),
)
train_last_loss_twice = train(
    "The last loss is the one before the last step, written down twice; the final point was "
    "never evaluated.",
    (
        "losses[steps], _ = loss_and_gradient(x)",
        "losses[steps] = losses[steps - 1] if steps else loss_and_gradient(x)[0]",
    ),
)
train_two_calls_a_step = train(
    "loss_and_gradient is called twice a step, once for the loss and once for the gradient.",
    (
        "losses[t - 1], grad = loss_and_gradient(x)",
        "losses[t - 1] = loss_and_gradient(x)[0]\n        grad = loss_and_gradient(x)[1]",
    ),
)
train_extra_call = train(
    "There is one call too many, at the end of the run.",
    ("    return", "    loss_and_gradient(x)\n    return"),
)
train_t_from_zero = train(
    "t counts from 0, so the first correction divides by zero. The first step has t = 1.",
    (
        "        x, m, v = adam_step(x, m, v, t, grad, lr, beta1, beta2, eps)",
        "        m = beta1 * m + (1 - beta1) * grad\n"
        "        v = beta2 * v + (1 - beta2) * grad**2\n"
        "        m_hat = np.divide(m, 1 - beta1 ** (t - 1))\n"
        "        v_hat = np.divide(v, 1 - beta2 ** (t - 1))\n"
        "        x = x - lr * m_hat / (np.sqrt(v_hat) + eps)",
    ),
)
train_t_one_late = train(
    "t is 2 in the first step; it must be 1.", ("v, t, grad", "v, t + 1, grad")
)
train_t_stands_still = train(
    "t is 1 in every step; it must count them.", ("v, t, grad", "v, 1, grad")
)
train_uncorrected = train(
    "The averages are not corrected for their start at 0.",
    (
        "        x, m, v = adam_step(x, m, v, t, grad, lr, beta1, beta2, eps)",
        "        m = beta1 * m + (1 - beta1) * grad\n"
        "        v = beta2 * v + (1 - beta2) * grad**2\n"
        "        x = x - lr * m / (np.sqrt(v) + eps)",
    ),
)
train_resets_averages = train(
    "m and v start from 0 at every step; they must be kept.",
    ("x, m, v, t, grad", "x, 0 * m, 0 * v, t, grad"),
)
train_m_and_v_exchanged = train(
    "m and v are exchanged when the step returns them.", ("x, m, v = adam", "x, v, m = adam")
)
train_first_gradient_only = train(
    "All steps use the gradient of the start; it must be fresh each time.",
    (
        "losses[t - 1], grad = loss_and_gradient(x)",
        "losses[t - 1], new = loss_and_gradient(x)\n        grad = grad if t > 1 else new",
    ),
)
train_defaults_forgotten = train(
    "beta1, beta2 and eps are not passed on: the usual ones are always used.",
    (", lr, beta1, beta2, eps)\n", ", lr)\n"),
)
train_eps_not_passed = train(
    "eps is not passed on: the usual one is always used.",
    ("grad, lr, beta1, beta2, eps)", "grad, lr, beta1, beta2)"),
)
train_betas_exchanged = train(
    "beta1 and beta2 are exchanged: beta1 belongs to m, beta2 to v.",
    ("grad, lr, beta1, beta2, eps)", "grad, lr, beta2, beta1, eps)"),
)
train_gradient_descent = train(
    "This is gradient descent: m and v are not used.",
    ("x, m, v = adam_step(x, m, v, t, grad, lr, beta1, beta2, eps)", "x = x - lr * grad"),
)
train_best_so_far = train(
    "The losses are the best so far, not those of the run, which may rise.",
    ("return losses", "return np.minimum.accumulate(losses)"),
)
train_falling_lr = train(
    "The learning rate falls with √t; it is used as it is given.",
    ("grad, lr,", "grad, lr / t**0.5,"),
)
train_in_place = train(
    "The caller's array x is changed in place by += or -=.",
    ("x, m, v = adam_step(", "moved, m, v = adam_step("),
    ("beta2, eps)\n    losses", "beta2, eps)\n        x += moved - x\n    losses"),
)
train_returns_list = train(
    "A list is returned; an array is asked for.", ("return losses", "return losses.tolist()")
)
train_single_precision = train(
    "The run is computed in single precision (float32).",
    ("    m = v = np", '    x = x.astype("f")\n    m = v = np'),
    ("t, grad, lr", "t, np.float32(grad), lr"),
)
train_stops_when_flat = train(
    "The run stops when the gradient is small; it must make all its steps.",
    (
        "        x, m, v =",
        "        if np.linalg.norm(grad) < 1e-5:\n            losses[t:] = losses[t - 1]\n"
        "            return losses\n        x, m, v =",
    ),
)
train_stops_when_still = train(
    "The run stops when the loss hardly changes; it must make all its steps.",
    (
        "        x, m, v =",
        "        if t > 1 and abs(losses[t - 1] - losses[t - 2]) < 1e-7:\n"
        "            losses[t:] = losses[t - 1]\n            return losses\n        x, m, v =",
    ),
)
train_gives_up = train(
    "The run stops when the loss has become very large; it must make all its steps.",
    (
        "        x, m, v =",
        "        if losses[t - 1] > 1e8:\n            losses[t:] = losses[t - 1]\n"
        "            return losses\n        x, m, v =",
    ),
)
train_gives_up_rising = train(
    "The run stops when the loss rises; it must make all its steps.",
    (
        "        x, m, v =",
        "        if t > 1 and losses[t - 1] > losses[t - 2]:\n"
        "            losses[t:] = losses[t - 1]\n            return losses\n        x, m, v =",
    ),
)
train_restarts = train(
    "m and v are set to zero when the loss rises; the run goes on with them.",
    (
        "        x, m, v =",
        "        if t > 1 and losses[t - 1] > losses[t - 2]:\n"
        "            m, v = 0 * m, 0 * v\n        x, m, v =",
    ),
)
train_gradient_cut_off = train(
    "Large gradients are cut off, by np.clip for instance; none of that is asked for.",
    ("t, grad, lr", "t, np.clip(grad, -100, 100), lr"),
)
train_stops_when_steps_are_small = train(
    "The run stops when a step is small; it must make all its steps.",
    (
        "        x, m, v =",
        "        old = x\n        x, m, v =",
    ),
    (
        "beta2, eps)\n",
        "beta2, eps)\n        if np.max(np.abs(x - old)) < 1e-6:\n"
        "            losses[t:] = loss_and_gradient(x)[0]\n            return losses\n",
    ),
)
train_stops_at_small_loss = train(
    "The run stops when the loss is small; it must make all its steps.",
    (
        "        x, m, v =",
        "        if losses[t - 1] < 1e-9:\n            losses[t:] = losses[t - 1]\n"
        "            return losses\n        x, m, v =",
    ),
)
