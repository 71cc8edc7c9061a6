"""Named mistakes of problem set 4. Students whose answers agree with one are told its text."""

from functools import partial

import numpy as np

from autograder.catalogue import edit, mistake

# -- 1 gradient_descent -------------------------------------------------------------------

descent = partial(edit, "gradient_descent")
descent_uphill = descent("The gradient is added, so every step goes uphill.", ("W - lr", "W + lr"))
descent_without_start = descent(
    "The loss at the start is missing: the array begins after the first step.",
    ("return W, losses", "return W, losses[1:]"),
)
descent_without_end = descent(
    "The loss of the returned point is missing: it takes one more call after the last step.",
    ("    losses[steps], _ = loss_and_gradient(W)\n", ""),
    ("np.empty(steps + 1)", "np.empty(steps)"),
)
descent_last_loss_twice = descent(
    "The last loss is the one before the last step, written down twice; the returned point was "
    "never evaluated.",
    (
        "losses[steps], _ = loss_and_gradient(W)",
        "losses[steps] = losses[steps - 1] if steps else loss_and_gradient(W)[0]",
    ),
)
descent_one_step_more = descent(
    "One step too many: after the last loss there is no further step.",
    ("range(steps)", "range(steps + 1)"),
    ("    losses[steps], _ = loss_and_gradient(W)\n", ""),
)
descent_returns_previous = descent(
    "The point that is returned is the one before the last step.",
    ("        W = W", "        previous, W = W, W"),
    ("    losses =", "    previous = W\n    losses ="),
    ("return W", "return previous"),
)
descent_two_calls_a_step = descent(
    "loss_and_gradient is called twice a step, once for the loss and once for the gradient.",
    (
        "losses[step], gradient = loss_and_gradient(W)",
        "losses[step] = loss_and_gradient(W)[0]\n        gradient = loss_and_gradient(W)[1]",
    ),
)
descent_extra_call = descent(
    "There is one call too many, at the end of the run.",
    ("    return", "    loss_and_gradient(W)\n    return"),
)
descent_first_gradient_only = descent(
    "All steps use the gradient of the start; it must be fresh each time.",
    (
        "losses[step], gradient = loss_and_gradient(W)",
        "losses[step], new = loss_and_gradient(W)\n        gradient = gradient if step else new",
    ),
)


@mistake(
    "gradient_descent",
    "Steps that raise the loss are taken back, as in local search; here every step counts.",
)
def descent_takes_back(loss_and_gradient, W, lr, steps):
    loss, gradient = loss_and_gradient(W)
    losses = [loss]
    for _ in range(steps):
        proposal = W - lr * gradient
        new_loss, new_gradient = loss_and_gradient(proposal)
        if new_loss < loss:
            W, loss, gradient = proposal, new_loss, new_gradient
        losses.append(loss)
    return W, np.array(losses)


@mistake("gradient_descent", "The run ends as soon as the loss rises; all steps must be made.")
def descent_stops_early(loss_and_gradient, W, lr, steps):
    loss, gradient = loss_and_gradient(W)
    losses = [loss]
    for _ in range(steps):
        W = W - lr * gradient
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        if losses[-1] > losses[-2]:
            break
    return W, np.array(losses)


descent_best_so_far = descent(
    "The losses are the best so far; those of the run may also rise.",
    ("return W, losses", "return W, np.minimum.accumulate(losses)"),
)
descent_normalised = descent(
    "The gradient is divided by its length, so all steps are equally long: that is another method.",
    ("lr * gradient", "lr * gradient / np.linalg.norm(gradient)"),
)
descent_without_lr = descent(
    "The learning rate is missing: the whole gradient is subtracted.", ("lr * gradient", "gradient")
)
descent_with_decay = descent(
    "The learning rate shrinks from step to step; here it is constant.",
    ("lr * gradient", "lr / (step + 1) * gradient"),
)
descent_swapped = descent(
    "The two results come in the wrong order: W first, then the losses.",
    ("return W, losses", "return losses, W"),
)
descent_returns_list = descent(
    "The losses are returned as a list; an array is asked for.",
    ("return W, losses", "return W, losses.tolist()"),
)
descent_in_place = descent(
    "The caller's array W is changed in place by -= or +=.", ("W = W - lr", "W -= lr")
)
descent_single_precision = descent(
    "The run is computed in single precision (float32).",
    ("    losses = np", '    W, lr = W.astype("f"), np.float32(lr)\n    losses = np'),
    ("lr * gradient", "lr * np.float32(gradient)"),
    ("return W", "return np.float64(W)"),
)

# -- 2 minibatches ------------------------------------------------------------------------

batches = partial(edit, "minibatches")
minibatches_drop_rest = batches(
    "The last, shorter batch is dropped: these examples would never be seen.",
    ("range(0, n,", "range(0, n - batch_size + 1,"),
)
minibatches_unshuffled = batches(
    "Nothing is shuffled: the batches are cut from 0, 1, 2, … as they stand.",
    ("rng.permutation", "np.arange"),
)
minibatches_with_replacement = batches(
    "The indices are drawn with replacement: some come twice in an epoch, others never.",
    "return [rng.integers(0, n, min(batch_size, n - i)) for i in range(0, n, batch_size)]",
)
minibatches_drawn_afresh = batches(
    "Each batch is drawn afresh from all examples, so within an epoch some come twice and "
    "others never. One permutation must be cut into batches.",
    ("    order = rng.permutation(n)\n", ""),
    ("order[first : first + batch_size]", "rng.permutation(n)[: min(batch_size, n - first)]"),
)
minibatches_balanced = batches(
    "All batches are made about equally long (np.array_split does that); all but the last must "
    "have batch_size entries.",
    "count = -(-n // batch_size)\nreturn np.array_split(rng.permutation(n), count) if n else []",
)
minibatches_count_for_size = batches(
    "batch_size is taken for the number of batches; it is the size of each.",
    "return np.array_split(rng.permutation(n), batch_size)",
)
minibatches_own_seed = batches(
    "The given rng is not used: a generator with a seed of its own gives the same order in "
    "every epoch.",
    ("rng.permutation", "np.random.default_rng(0).permutation"),
)
minibatches_empty_batch = batches(
    "For n = 0 there is one empty batch; there must be none.",
    "return np.split(rng.permutation(n), range(batch_size, n, batch_size))",
)


@mistake("minibatches", "When batch_size divides n, an empty batch is left at the end.")
def minibatches_empty_at_end(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[first : first + batch_size] for first in range(0, n + 1, batch_size)]


@mistake(
    "minibatches", "The last batch is filled up with examples that the epoch has seen already."
)
def minibatches_filled_up(n, batch_size, rng):
    order = rng.permutation(n)
    count = -(-n // batch_size)
    return list(np.resize(order, (count, batch_size))) if n else []


@mistake("minibatches", "What is left over is added to the last whole batch, which grows too long.")
def minibatches_rest_added(n, batch_size, rng):
    order = rng.permutation(n)
    starts = list(range(0, n, batch_size))
    if len(starts) > 1 and n % batch_size:
        starts.pop()
    return np.split(order, starts[1:]) if n else []


@mistake(
    "minibatches",
    "Only the order of the batches is shuffled, while each holds neighbours: where the data are "
    "sorted by class, a batch sees one class.",
)
def minibatches_shuffles_batches(n, batch_size, rng):
    batches = [np.arange(n)[first : first + batch_size] for first in range(0, n, batch_size)]
    return [batches[k] for k in rng.permutation(len(batches))]


@mistake("minibatches", "The indices within a batch are sorted; they keep the permutation's order.")
def minibatches_sorted(n, batch_size, rng):
    order = rng.permutation(n)
    return [np.sort(order[first : first + batch_size]) for first in range(0, n, batch_size)]


minibatches_of_lists = batches(
    "The batches are lists; index arrays are asked for.",
    ("rng.permutation(n)", "rng.permutation(n).tolist()"),
)
minibatches_as_rows = batches(
    "The batches are the rows of one array: then the last, shorter one has no place in it.",
    "whole = n // batch_size\n"
    "return rng.permutation(n)[: whole * batch_size].reshape(whole, batch_size)",
)
minibatches_dealt_out = batches(
    "The permutation is dealt out like cards, not cut from the front.",
    (
        "order[first : first + batch_size] for first in range(0, n, batch_size)",
        "order[k :: -(-n // batch_size)] for k in range(-(-n // batch_size))",
    ),
)
minibatches_from_one = batches(
    "The indices are counted from 1; the first example is number 0.",
    ("rng.permutation(n)", "rng.permutation(n) + 1"),
)
sgd = partial(edit, "sgd")
sgd_shuffles_once = sgd(
    "One permutation serves all epochs, so the batches are always the same; each epoch draws "
    "its own.",
    ("losses = []", "losses, batches = [], list(minibatches(len(X), batch_size, rng))"),
    ("in minibatches(len(X), batch_size, rng)", "in batches"),
)
sgd_unshuffled = sgd(
    "The data are never shuffled: every epoch runs through them from first to last.",
    (
        "minibatches(len(X), batch_size, rng)",
        "np.split(np.arange(len(X)), range(batch_size, len(X), batch_size))",
    ),
)
sgd_with_replacement = sgd(
    "Batches are drawn with replacement, so an epoch leaves examples out; one permutation an "
    "epoch is asked for.",
    (
        "            loss, gradient",
        "            batch = rng.integers(0, len(X), len(batch))\n            loss, gradient",
    ),
    (
        "minibatches(len(X), batch_size, rng)",
        "np.split(np.arange(len(X)), range(batch_size, len(X), batch_size))",
    ),
)
sgd_labels_left_behind = sgd(
    "X is shuffled and y is not: the examples get the labels of others.",
    (
        "batch in minibatches(len(X), batch_size, rng):",
        "k, batch in enumerate(minibatches(len(X), batch_size, rng)):",
    ),
    ("y[batch]", "y[k * batch_size :][: len(batch)]"),
)
sgd_two_permutations = sgd(
    "X and y are shuffled by two different permutations: labels and examples part.",
    (
        "for batch in minibatches(len(X), batch_size, rng):",
        "parts = [list(minibatches(len(X), batch_size, rng)) for _ in range(2)]\n"
        "        for batch, other in zip(*parts):",
    ),
    ("y[batch]", "y[other]"),
)
sgd_drops_rest = sgd(
    "The last, shorter batch of each epoch is dropped.",
    (
        "            loss, gradient",
        "            if len(batch) < batch_size:\n"
        "                break\n"
        "            loss, gradient",
    ),
)
sgd_loss_after = sgd(
    "The losses are those after each step, from a second call; the batch's loss before its step"
    " comes free with the gradient.",
    (
        "            losses.append(loss)\n            W = W - lr * gradient",
        "            W = W - lr * gradient\n"
        "            losses.append(loss_and_gradient(W, X[batch], y[batch])[0])",
    ),
)
sgd_one_loss_an_epoch = sgd(
    "The losses are averaged over each epoch; one loss a batch is asked for.",
    ("        for batch", "        seen = []\n        for batch"),
    ("            losses.append(loss)\n", "            seen.append(loss)\n"),
    ("W - lr * gradient", "W - lr * gradient\n        losses.append(np.mean(seen))"),
)
sgd_divides_again = sgd(
    "The gradient is divided by the number of examples in the batch once more; it is a mean "
    "already.",
    ("* gradient", "* gradient / len(batch)"),
)
sgd_weighs_batches = sgd(
    "The step is weighted by the batch's share of all n examples; each batch makes a whole step.",
    ("* gradient", "* len(batch) / len(X) * gradient"),
)
sgd_moves_once_an_epoch = sgd(
    "The gradients of an epoch are summed and used at its end: W must move each batch.",
    ("        for batch", "        step = 0.0\n        for batch"),
    ("W = W - lr * gradient", "step = step - lr * gradient\n        W = W + step"),
)
sgd_takes_all_data = sgd(
    "Every step takes all the data: that is gradient descent, at many times its cost.",
    ("W, X[batch], y[batch]", "W, X, y"),
)
sgd_starts_again = sgd(
    "Every epoch starts again from the first W; it must go on where the last ended.",
    ("        for batch", "        W = start\n        for batch"),
    ("losses = []", "losses, start = [], W"),
)
sgd_epochs_for_steps = sgd(
    "epochs is taken for the number of steps; one epoch is a pass through all batches.",
    ("minibatches(len(X), batch_size, rng)", "minibatches(len(X), batch_size, rng)[:1]"),
)
sgd_uphill = sgd("The gradient is added, so every step goes uphill.", ("= W - lr *", "= W + lr *"))
sgd_evaluates_epochs = sgd(
    "There is a call with all the data at the end of each epoch; none is asked for.",
    ("W = W - lr * gradient\n", "W = W - lr * gradient\n        loss_and_gradient(W, X, y)\n"),
)
sgd_appends_final_loss = sgd(
    "The loss of the last point on all the data is appended; only batches are listed.",
    ("np.array(losses, dtype=np.float64)", "np.array([*losses, loss_and_gradient(W, X, y)[0]])"),
)
sgd_returns_previous = sgd(
    "The point that is returned is the one before the last step.",
    ("losses = []", "losses, previous = [], W"),
    ("            W = W", "            previous, W = W, W"),
    ("return W", "return previous"),
)
sgd_shuffles_in_place = sgd(
    "The caller's X and y are shuffled in place: data that others use come out of order.",
    (
        "for batch in minibatches(len(X), batch_size, rng):",
        "order = rng.permutation(len(X))\n"
        "        X[:], y[:] = X[order], y[order]\n"
        "        for batch in np.split(np.arange(len(X)), range(batch_size, len(X), batch_size)):",
    ),
)
sgd_in_place = sgd(
    "The caller's array W is changed in place by -= or +=.", ("W = W - lr", "W -= lr")
)
sgd_returns_list = sgd(
    "The losses are returned as a list; an array is asked for.",
    ("np.array(losses, dtype=np.float64)", "[float(loss) for loss in losses]"),
)
sgd_swapped = sgd(
    "The two results come in the wrong order: W first, then the losses.",
    ("W, np.array(losses, dtype=np.float64)", "np.array(losses, dtype=np.float64), W"),
)

# -- 4 step_decay, exponential_decay, inverse_time_decay ------------------------------------

step = partial(edit, "step_decay")
step_decay_smooth = step(
    "t/every is not rounded down: the rate falls at every step, not in stages.",
    ("// every)", "/ every)"),
)
step_decay_rounded = step(
    "t/every is rounded to the nearest whole number, so the rate falls too early.",
    ("** (t // every", "** round(t / every"),
)
step_decay_rounded_up = step(
    "t/every is rounded up: the rate falls a whole stage early.",
    ("** (t // every", "** -(-t // every"),
)
step_decay_one_early = step(
    "The rate falls one step early: time is counted from 0, not from 1.",
    ("(t // every", "((t + 1) // every"),
)
step_decay_one_late = step(
    "The rate falls one step late: it must fall at t = every itself.",
    ("(t // every", "(max(t - 1, 0) // every"),
)
step_decay_once = step(
    "The factor is applied once and never again, whatever t is.",
    ("** (t // every)", "if t >= every else lr"),
)
step_decay_multiplied = step(
    "The factor is multiplied by the number of stages, not raised to it.",
    ("factor ** (t // every)", "(factor * (t // every) or 1)"),
)
step_decay_divides = step(
    "The rate is divided by the factor, so it grows where it should fall.",
    ("* factor **", "/ factor **"),
)
step_decay_every_step = step(
    "The factor is applied at every step: `every` does not enter.",
    ("factor ** (t // every)", "factor**t"),
)
step_decay_remainder = step(
    "The remainder t % every is taken where the quotient t // every is needed.",
    ("// every", "% every"),
)
step_decay_without_lr = step(
    "What is returned is the factor so far; it must still be multiplied by lr.",
    ("lr * factor", "factor"),
)
exponential = partial(edit, "exponential_decay")
exponential_grows = exponential(
    "The minus in the exponent is missing, so the rate grows.", ("np.exp(-k * t", "np.exp(k * t")
)
exponential_without_lr = exponential(
    "What is returned is e^(−kt); it must still be multiplied by lr.", ("lr * np.exp", "np.exp")
)
exponential_t_outside = exponential(
    "t is multiplied outside: lr·t·e^(−k); it belongs into the exponent.",
    ("np.exp(-k * t", "t * np.exp(-k"),
)
exponential_divides_by_k = exponential(
    "The exponent is −t/k; it is −k·t. A larger k must fall faster.",
    ("np.exp(-k * t)", "np.exp(-t / k) if k else lr"),
)
exponential_discrete = exponential(
    "This is lr·(1 − k)^t, which agrees with e^(−kt) for tiny k only.",
    ("np.exp(-k * t)", "(1 - k) ** t"),
)
exponential_base_two = exponential(
    "The base is 2, so the rate is halved every 1/k steps; it must be e.",
    ("* np.exp(-", "* 2.0 ** (-"),
)
exponential_lost_part = exponential(
    "What is returned is lr·(1 − e^(−kt)): the part that has been lost.",
    ("np.exp(-k * t", "(1 - np.exp(-k * t)"),
)
exponential_whole_time = exponential(
    "The time is rounded down to a whole number; t is a real number.",
    ("np.exp(-k * t)", "np.exp(-k * int(t))"),
)
exponential_lr_inside = exponential(
    "lr stands in the exponent as well; it only multiplies the power.",
    ("np.exp(-k * t", "np.exp(-lr * k * t"),
)
exponential_inverse_time = exponential(
    "This is the 1/t decay lr/(1 + kt).", ("* np.exp(-k", "/ (1 + k")
)
inverse = partial(edit, "inverse_time_decay")
inverse_without_brackets = inverse(
    "A bracket is missing: lr/1 + k·t grows. It is lr/(1 + k·t).", ("(1 + k * t)", "1 + k * t")
)
inverse_without_one = inverse(
    "The 1 in the denominator is missing, so t = 0 has no rate.", ("(1 + k *", "(k *")
)
inverse_power_of_t = inverse(
    "k and t change places with a power: this is lr/(1 + k)^t.", ("+ k * t)", "+ k) ** t")
)
inverse_power_of_k = inverse(
    "This is lr/(1 + t)^k, another rule; k multiplies t.", ("+ k * t)", "+ t) ** k")
)
inverse_multiplied = inverse(
    "The rate is multiplied by (1 + kt), so it grows; divide by it.",
    ("return lr / (1", "return lr * (1"),
)
inverse_without_k = inverse(
    "k is left out: the rate falls like lr/(1 + t) whatever k is.", ("+ k * t)", "+ t)")
)
inverse_root = inverse(
    "A root is taken: lr/√(1 + kt) is another rule and falls too slowly.",
    ("lr / (1 + k", "lr / np.sqrt(1 + k"),
)
inverse_divides_by_k = inverse(
    "k divides the time: the denominator is 1 + k·t, not 1 + t/k.",
    ("+ k * t)", "+ t / k) if k else lr"),
)
inverse_exponential = inverse(
    "This is the exponential decay lr·e^(−kt).", ("/ (1 + k *", "* np.exp(-k *")
)
inverse_lr_below = inverse(
    "lr stands in the denominator as well: this is lr/(1 + lr·k·t).", ("+ k * t)", "+ lr * k * t)")
)

# -- 5 largest_stable_lr ------------------------------------------------------------------

stable = partial(edit, "largest_stable_lr")
stable_one_over = stable(
    "This is 1/λ_max, where oscillation begins; convergence ends at 2/λ_max only.",
    ("return 2 /", "return 1 /"),
)
stable_smallest_eigenvalue = stable(
    "The smallest eigenvalue is taken; the steepest direction decides.",
    ("np.linalg.eigvalsh(H)[-1]", "np.linalg.eigvalsh(H)[0]"),
)
stable_largest_on_diagonal = stable(
    "The largest number on the diagonal is taken: it is an eigenvalue only if H is diagonal.",
    ("linalg.eigvalsh(H)[-1]", "diag(H).max()"),
)
stable_trace = stable(
    "The trace is taken, the sum of all eigenvalues; the largest decides.",
    ("linalg.eigvalsh(H)[-1]", "trace(H)"),
)
stable_fastest = stable(
    "This is 2/(λ_min + λ_max), the rate that converges fastest; the limit is 2/λ_max.",
    "eigs = np.linalg.eigvalsh(H)\nreturn 2 / (eigs[0] + eigs[-1])",
)
stable_upside_down = stable(
    "The fraction is upside down: this is λ_max/2.",
    ("2 / np.linalg.eigvalsh(H)[-1]", "np.linalg.eigvalsh(H)[-1] / 2"),
)
stable_returns_eigenvalue = stable(
    "The largest eigenvalue itself is returned, not 2 over it.",
    ("2 / np.linalg.eigvalsh", "np.linalg.eigvalsh"),
)
stable_frobenius = stable(
    "This is 2 over the root of the sum of squares (np.linalg.norm without a second argument), "
    "which mixes all eigenvalues.",
    ("eigvalsh(H)[-1]", "norm(H)"),
)
stable_row_sum = stable(
    "This is 2 over the largest row sum: such a rate is safe, but smaller than the limit.",
    ("linalg.eigvalsh(H)[-1]", "abs(H).sum(axis=1).max()"),
)
stable_mean_eigenvalue = stable(
    "The mean of the eigenvalues is taken; the largest one decides.",
    ("np.linalg.eigvalsh(H)[-1]", "np.linalg.eigvalsh(H).mean()"),
)
stable_all_directions = stable(
    "A limit for each direction is returned; the least of them counts.",
    ("eigvalsh(H)[-1]", "eigvalsh(H)"),
)
stable_root = stable(
    "2/√λ_max is returned: λ is the curvature itself, not its square.",
    ("linalg.eigvalsh(H)[-1]", "sqrt(np.linalg.eigvalsh(H)[-1])"),
)

# -- limits, tolerances, early stops and absent classes --------------------------------------

descent_stops_when_flat = descent(
    "The run stops when the gradient is small; it must make all its steps.",
    (
        "        W = W",
        "        if np.linalg.norm(gradient) < 1e-8:\n"
        "            losses[step:] = losses[step]\n            return W, losses\n        W = W",
    ),
)
descent_gradient_cut_off = descent(
    "Large gradients are cut off, by np.clip for instance; none of that is asked for.",
    ("lr * gradient", "lr * np.clip(gradient, -100, 100)"),
)
descent_returns_best = descent(
    "The point of the lowest loss is returned; the last one is asked for.",
    ("    losses =", "    points = [W]\n    losses ="),
    ("- lr * gradient", "- lr * gradient\n        points.append(W)"),
    ("return W", "return points[losses.argmin()]"),
)
descent_halves_lr = descent(
    "lr is halved when the loss rises; it stays what it is.",
    (
        "        W = W",
        "        if step and losses[step] > losses[step - 1]:\n"
        "            lr = lr / 2\n        W = W",
    ),
)
descent_gives_up = descent(
    "The run stops when the loss has become very large; it must make all its steps.",
    (
        "        W = W",
        "        if losses[step] > 1e8:\n"
        "            losses[step:] = losses[step]\n            return W, losses\n        W = W",
    ),
)
minibatches_small_rest_added = batches(
    "A rest of less than half a batch is added to the batch before it; it is a batch of its own.",
    "order = rng.permutation(n)\ncuts = list(range(batch_size, n, batch_size))\n"
    "if cuts and n - cuts[-1] < batch_size / 2:\n    cuts.pop()\n"
    "return np.split(order, cuts) if n else []",
)
minibatches_in_bytes = batches(
    "The indices are kept in bytes, which count to 255; there may be more examples.",
    ("rng.permutation(n)", "rng.permutation(n).astype(np.uint8)"),
)
sgd_gradient_cut_off = sgd(
    "Large gradients are cut off, by np.clip for instance; none of that is asked for.",
    ("lr * gradient", "lr * np.clip(gradient, -10, 10)"),
)
sgd_skips_small_gradients = sgd(
    "Steps with a small gradient are left out; every batch makes its step.",
    ("lr * gradient", "lr * gradient * (np.linalg.norm(gradient) > 1e-6)"),
)
sgd_largest_lr = sgd(
    "lr is held below some largest rate; the one that is given must be used.",
    ("lr * gradient", "min(lr, 1.0) * gradient"),
)
step_decay_least_rate = step(
    "The rate is held above some least rate; it may fall for ever.",
    ("lr * factor ** (t // every)", "max(lr * factor ** (t // every), 1e-6)"),
)
step_decay_by_a_fraction = step(
    "t is multiplied by 1/every and cut off: by rounding, 49·(1/49) falls short of 1.",
    ("t // every", "int(t * (1 / every))"),
)
exponential_decay_least_rate = exponential(
    "The rate is held above some least rate; it may fall for ever.",
    ("lr * np.exp(-k * t)", "max(lr * np.exp(-k * t), 1e-8)"),
)
inverse_decay_least_rate = inverse(
    "The rate is held above some least rate; it may fall for ever.",
    ("lr / (1 + k * t)", "max(lr / (1 + k * t), 1e-6)"),
)
POWER = (
    "for _ in range({steps}):\n    x = H @ x\n    x = x / np.linalg.norm(x)\nreturn 2 / (x @ H @ x)"
)
stable_power_from_ones = stable(
    "The power iteration starts at (1, …, 1), where the largest eigenvalue may not be seen.",
    "x = np.ones(len(H))\n" + POWER.format(steps=2000),
)
stable_power_from_axis = stable(
    "The power iteration starts along an axis, where the largest eigenvalue may not be seen.",
    "x = np.eye(len(H))[0]\n" + POWER.format(steps=2000),
)
stable_power_too_short = stable(
    "The power iteration is too short for two eigenvalues that nearly agree.",
    "x = np.random.default_rng(0).standard_normal(len(H))\n" + POWER.format(steps=100),
)
stable_largest_rate = stable(
    "The rate is held below some largest rate; a flat bowl allows more.",
    ("2 / np.linalg.eigvalsh(H)[-1]", "2 / max(np.linalg.eigvalsh(H)[-1], 1e-8)"),
)
descent_stops_when_loss_rests = descent(
    "Steps are left out where the loss hardly changes any more; every step must be made.",
    (
        "        W = W",
        "        if step and abs(losses[step - 1] - losses[step]) <= 1e-12 * losses[step]:\n"
        "            continue\n        W = W",
    ),
)
sgd_stops_when_loss_rests = sgd(
    "The run stops where the loss hardly changes any more; every batch makes its step.",
    (
        "            W = W",
        "            if len(losses) > 1 and abs(losses[-1] - losses[-2]) <= 1e-12 * losses[-1]:\n"
        "                continue\n            W = W",
    ),
)
sgd_late_decay = sgd(
    "lr is lowered after some number of batches; it is the same throughout.",
    ("lr * gradient", "lr / (1 + 0.01 * (len(losses) > 60)) * gradient"),
)
