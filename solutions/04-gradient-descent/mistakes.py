"""Named mistakes of problem set 4. Students whose answers agree with one are told its text."""

# ruff: noqa: PLR0917 — sgd has the arguments that the problem set gives it

import numpy as np

from autograder.catalogue import mistake

# -- 1 gradient_descent -------------------------------------------------------------------


@mistake("gradient_descent", "The gradient is added, so every step goes uphill.")
def descent_uphill(loss_and_gradient, W, lr, steps):
    losses = []
    for _ in range(steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        W = W + lr * gradient
    return W, np.array([*losses, loss_and_gradient(W)[0]])


@mistake(
    "gradient_descent", "The loss at the start is missing: the array begins after the first step."
)
def descent_without_start(loss_and_gradient, W, lr, steps):
    losses = []
    _, gradient = loss_and_gradient(W)
    for _ in range(steps):
        W = W - lr * gradient
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
    return W, np.array(losses, dtype=np.float64)


@mistake(
    "gradient_descent",
    "The loss of the returned point is missing: it takes one more call after the last step.",
)
def descent_without_end(loss_and_gradient, W, lr, steps):
    losses = []
    for _ in range(steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        W = W - lr * gradient
    return W, np.array(losses, dtype=np.float64)


@mistake(
    "gradient_descent",
    "The last loss is the one before the last step, written down twice; the returned point was "
    "never evaluated.",
)
def descent_last_loss_twice(loss_and_gradient, W, lr, steps):
    losses = []
    for _ in range(steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        W = W - lr * gradient
    return W, np.array([*losses, losses[-1] if losses else loss_and_gradient(W)[0]])


@mistake("gradient_descent", "One step too many: after the last loss there is no further step.")
def descent_one_step_more(loss_and_gradient, W, lr, steps):
    losses = []
    for _ in range(steps + 1):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        W = W - lr * gradient
    return W, np.array(losses)


@mistake("gradient_descent", "The point that is returned is the one before the last step.")
def descent_returns_previous(loss_and_gradient, W, lr, steps):
    losses, previous = [], W
    for _ in range(steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        previous, W = W, W - lr * gradient
    return previous, np.array([*losses, loss_and_gradient(W)[0]])


@mistake(
    "gradient_descent",
    "loss_and_gradient is called twice a step, once for the loss and once for the gradient.",
)
def descent_two_calls_a_step(loss_and_gradient, W, lr, steps):
    losses = [loss_and_gradient(W)[0]]
    for _ in range(steps):
        W = W - lr * loss_and_gradient(W)[1]
        losses.append(loss_and_gradient(W)[0])
    return W, np.array(losses)


@mistake("gradient_descent", "There is one call too many, at the end of the run.")
def descent_extra_call(loss_and_gradient, W, lr, steps):
    losses = []
    for _ in range(steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        W = W - lr * gradient
    loss, gradient = loss_and_gradient(W)
    losses.append(loss)
    loss_and_gradient(W)
    return W, np.array(losses)


@mistake("gradient_descent", "All steps use the gradient of the start; it must be fresh each time.")
def descent_first_gradient_only(loss_and_gradient, W, lr, steps):
    loss, gradient = loss_and_gradient(W)
    losses = [loss]
    for _ in range(steps):
        W = W - lr * gradient
        losses.append(loss_and_gradient(W)[0])
    return W, np.array(losses)


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


@mistake("gradient_descent", "The losses are the best so far; those of the run may also rise.")
def descent_best_so_far(loss_and_gradient, W, lr, steps):
    losses = []
    for _ in range(steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        W = W - lr * gradient
    return W, np.minimum.accumulate([*losses, loss_and_gradient(W)[0]])


@mistake(
    "gradient_descent",
    "The gradient is divided by its length, so all steps are equally long: that is another method.",
)
def descent_normalised(loss_and_gradient, W, lr, steps):
    losses = []
    for _ in range(steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        W = W - lr * gradient / np.linalg.norm(gradient)
    return W, np.array([*losses, loss_and_gradient(W)[0]])


@mistake("gradient_descent", "The learning rate is missing: the whole gradient is subtracted.")
def descent_without_lr(loss_and_gradient, W, lr, steps):
    losses = []
    for _ in range(steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        W = W - gradient
    return W, np.array([*losses, loss_and_gradient(W)[0]])


@mistake("gradient_descent", "The learning rate shrinks from step to step; here it is constant.")
def descent_with_decay(loss_and_gradient, W, lr, steps):
    losses = []
    for step in range(steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        W = W - lr / (step + 1) * gradient
    return W, np.array([*losses, loss_and_gradient(W)[0]])


@mistake("gradient_descent", "The two results come in the wrong order: W first, then the losses.")
def descent_swapped(loss_and_gradient, W, lr, steps):
    losses = []
    for _ in range(steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        W = W - lr * gradient
    return np.array([*losses, loss_and_gradient(W)[0]]), W


@mistake("gradient_descent", "The losses are returned as a list; an array is asked for.")
def descent_returns_list(loss_and_gradient, W, lr, steps):
    losses = []
    for _ in range(steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        W = W - lr * gradient
    return W, [*losses, float(loss_and_gradient(W)[0])]


@mistake("gradient_descent", "The caller's array W is changed in place by -= or +=.")
def descent_in_place(loss_and_gradient, W, lr, steps):
    losses = []
    for _ in range(steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        W -= lr * gradient
    return W, np.array([*losses, loss_and_gradient(W)[0]])


@mistake("gradient_descent", "The run is computed in single precision (float32).")
def descent_single_precision(loss_and_gradient, W, lr, steps):
    W, losses = W.astype(np.float32), []
    for _ in range(steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        W = W - np.float32(lr) * np.asarray(gradient, dtype=np.float32)
    return np.float64(W), np.array([*losses, loss_and_gradient(W)[0]], dtype=np.float64)


# -- 2 minibatches ------------------------------------------------------------------------


@mistake("minibatches", "The last, shorter batch is dropped: these examples would never be seen.")
def minibatches_drop_rest(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[k * batch_size : (k + 1) * batch_size] for k in range(n // batch_size)]


@mistake("minibatches", "Nothing is shuffled: the batches are cut from 0, 1, 2, … as they stand.")
def minibatches_unshuffled(n, batch_size, rng):
    order = np.arange(n)
    return [order[first : first + batch_size] for first in range(0, n, batch_size)]


@mistake(
    "minibatches",
    "The indices are drawn with replacement: some come twice in an epoch, others never.",
)
def minibatches_with_replacement(n, batch_size, rng):
    return [rng.integers(0, n, min(batch_size, n - first)) for first in range(0, n, batch_size)]


@mistake(
    "minibatches",
    "Each batch is drawn afresh from all examples, so within an epoch some come twice and "
    "others never. One permutation must be cut into batches.",
)
def minibatches_drawn_afresh(n, batch_size, rng):
    return [rng.permutation(n)[: min(batch_size, n - first)] for first in range(0, n, batch_size)]


@mistake(
    "minibatches",
    "All batches are made about equally long (np.array_split does that); all but the last must "
    "have batch_size entries.",
)
def minibatches_balanced(n, batch_size, rng):
    count = -(-n // batch_size)
    return np.array_split(rng.permutation(n), count) if n else []


@mistake("minibatches", "batch_size is taken for the number of batches; it is the size of each.")
def minibatches_count_for_size(n, batch_size, rng):
    return np.array_split(rng.permutation(n), batch_size)


@mistake(
    "minibatches",
    "The given rng is not used: a generator with a seed of its own gives the same order in "
    "every epoch.",
)
def minibatches_own_seed(n, batch_size, rng):
    order = np.random.default_rng(0).permutation(n)
    return [order[first : first + batch_size] for first in range(0, n, batch_size)]


@mistake("minibatches", "For n = 0 there is one empty batch; there must be none.")
def minibatches_empty_batch(n, batch_size, rng):
    return np.split(rng.permutation(n), range(batch_size, n, batch_size))


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


@mistake("minibatches", "The batches are lists; index arrays are asked for.")
def minibatches_of_lists(n, batch_size, rng):
    order = rng.permutation(n).tolist()
    return [order[first : first + batch_size] for first in range(0, n, batch_size)]


@mistake(
    "minibatches",
    "The batches are the rows of one array: then the last, shorter one has no place in it.",
)
def minibatches_as_rows(n, batch_size, rng):
    whole = n // batch_size
    return rng.permutation(n)[: whole * batch_size].reshape(whole, batch_size)


@mistake("minibatches", "The permutation is dealt out like cards, not cut from the front.")
def minibatches_dealt_out(n, batch_size, rng):
    order = rng.permutation(n)
    count = -(-n // batch_size)
    return [order[k::count] for k in range(count)]


@mistake("minibatches", "The indices are counted from 1; the first example is number 0.")
def minibatches_from_one(n, batch_size, rng):
    order = rng.permutation(n) + 1
    return [order[first : first + batch_size] for first in range(0, n, batch_size)]


# -- 3 sgd --------------------------------------------------------------------------------


def _batches(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[first : first + batch_size] for first in range(0, n, batch_size)]


@mistake(
    "sgd",
    "One permutation serves all epochs, so the batches are always the same; each epoch draws its "
    "own.",
)
def sgd_shuffles_once(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    batches, losses = _batches(len(X), batch_size, rng), []
    for _ in range(epochs):
        for batch in batches:
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W - lr * gradient
    return W, np.array(losses, dtype=np.float64)


@mistake("sgd", "The data are never shuffled: every epoch runs through them from first to last.")
def sgd_unshuffled(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        for first in range(0, len(X), batch_size):
            batch = slice(first, first + batch_size)
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W - lr * gradient
    return W, np.array(losses, dtype=np.float64)


@mistake(
    "sgd",
    "Batches are drawn with replacement, so an epoch leaves examples out; one permutation an "
    "epoch is asked for.",
)
def sgd_with_replacement(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    n, losses = len(X), []
    for _ in range(epochs):
        for first in range(0, n, batch_size):
            batch = rng.integers(0, n, min(batch_size, n - first))
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W - lr * gradient
    return W, np.array(losses, dtype=np.float64)


@mistake("sgd", "X is shuffled and y is not: the examples get the labels of others.")
def sgd_labels_left_behind(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for first in range(0, len(X), batch_size):
            batch = order[first : first + batch_size]
            loss, gradient = loss_and_gradient(W, X[batch], y[first : first + batch_size])
            losses.append(loss)
            W = W - lr * gradient
    return W, np.array(losses, dtype=np.float64)


@mistake("sgd", "X and y are shuffled by two different permutations: labels and examples part.")
def sgd_two_permutations(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        rows, labels = rng.permutation(len(X)), rng.permutation(len(X))
        for first in range(0, len(X), batch_size):
            part = slice(first, first + batch_size)
            loss, gradient = loss_and_gradient(W, X[rows[part]], y[labels[part]])
            losses.append(loss)
            W = W - lr * gradient
    return W, np.array(losses, dtype=np.float64)


@mistake("sgd", "The last, shorter batch of each epoch is dropped.")
def sgd_drops_rest(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for k in range(len(X) // batch_size):
            batch = order[k * batch_size : (k + 1) * batch_size]
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W - lr * gradient
    return W, np.array(losses, dtype=np.float64)


@mistake(
    "sgd",
    "The losses are those after each step, from a second call; the batch's loss before its step "
    "comes free with the gradient.",
)
def sgd_loss_after(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        for batch in _batches(len(X), batch_size, rng):
            W = W - lr * loss_and_gradient(W, X[batch], y[batch])[1]
            losses.append(loss_and_gradient(W, X[batch], y[batch])[0])
    return W, np.array(losses, dtype=np.float64)


@mistake("sgd", "The losses are averaged over each epoch; one loss a batch is asked for.")
def sgd_one_loss_an_epoch(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    means = []
    for _ in range(epochs):
        losses = []
        for batch in _batches(len(X), batch_size, rng):
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W - lr * gradient
        means.append(np.mean(losses))
    return W, np.array(means, dtype=np.float64)


@mistake(
    "sgd",
    "The gradient is divided by the number of examples in the batch once more; it is a mean "
    "already.",
)
def sgd_divides_again(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        for batch in _batches(len(X), batch_size, rng):
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W - lr * gradient / len(batch)
    return W, np.array(losses, dtype=np.float64)


@mistake(
    "sgd",
    "The step is weighted by the batch's share of all n examples; each batch makes a whole step.",
)
def sgd_weighs_batches(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        for batch in _batches(len(X), batch_size, rng):
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W - lr * len(batch) / len(X) * gradient
    return W, np.array(losses, dtype=np.float64)


@mistake("sgd", "The gradients of an epoch are summed and used at its end: W must move each batch.")
def sgd_moves_once_an_epoch(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        step = 0.0
        for batch in _batches(len(X), batch_size, rng):
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            step = step - lr * gradient
        W = W + step
    return W, np.array(losses, dtype=np.float64)


@mistake("sgd", "Every step takes all the data: that is gradient descent, at many times its cost.")
def sgd_takes_all_data(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        for _ in _batches(len(X), batch_size, rng):
            loss, gradient = loss_and_gradient(W, X, y)
            losses.append(loss)
            W = W - lr * gradient
    return W, np.array(losses, dtype=np.float64)


@mistake("sgd", "Every epoch starts again from the first W; it must go on where the last ended.")
def sgd_starts_again(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses, end = [], W
    for _ in range(epochs):
        end = W
        for batch in _batches(len(X), batch_size, rng):
            loss, gradient = loss_and_gradient(end, X[batch], y[batch])
            losses.append(loss)
            end = end - lr * gradient
    return end, np.array(losses, dtype=np.float64)


@mistake("sgd", "epochs is taken for the number of steps; one epoch is a pass through all batches.")
def sgd_epochs_for_steps(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        batch = rng.permutation(len(X))[:batch_size]
        loss, gradient = loss_and_gradient(W, X[batch], y[batch])
        losses.append(loss)
        W = W - lr * gradient
    return W, np.array(losses, dtype=np.float64)


@mistake("sgd", "The gradient is added, so every step goes uphill.")
def sgd_uphill(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        for batch in _batches(len(X), batch_size, rng):
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W + lr * gradient
    return W, np.array(losses, dtype=np.float64)


@mistake("sgd", "There is a call with all the data at the end of each epoch; none is asked for.")
def sgd_evaluates_epochs(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        for batch in _batches(len(X), batch_size, rng):
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W - lr * gradient
        loss_and_gradient(W, X, y)
    return W, np.array(losses, dtype=np.float64)


@mistake("sgd", "The loss of the last point on all the data is appended; only batches are listed.")
def sgd_appends_final_loss(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        for batch in _batches(len(X), batch_size, rng):
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W - lr * gradient
    return W, np.array([*losses, loss_and_gradient(W, X, y)[0]])


@mistake("sgd", "The point that is returned is the one before the last step.")
def sgd_returns_previous(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses, previous = [], W
    for _ in range(epochs):
        for batch in _batches(len(X), batch_size, rng):
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            previous, W = W, W - lr * gradient
    return previous, np.array(losses, dtype=np.float64)


@mistake(
    "sgd", "The caller's X and y are shuffled in place: data that others use come out of order."
)
def sgd_shuffles_in_place(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(X))
        X[:], y[:] = X[order], y[order]
        for first in range(0, len(X), batch_size):
            batch = slice(first, first + batch_size)
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W - lr * gradient
    return W, np.array(losses, dtype=np.float64)


@mistake("sgd", "The caller's array W is changed in place by -= or +=.")
def sgd_in_place(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        for batch in _batches(len(X), batch_size, rng):
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W -= lr * gradient
    return W, np.array(losses, dtype=np.float64)


@mistake("sgd", "The losses are returned as a list; an array is asked for.")
def sgd_returns_list(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        for batch in _batches(len(X), batch_size, rng):
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(float(loss))
            W = W - lr * gradient
    return W, losses


@mistake("sgd", "The two results come in the wrong order: W first, then the losses.")
def sgd_swapped(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses = []
    for _ in range(epochs):
        for batch in _batches(len(X), batch_size, rng):
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W - lr * gradient
    return np.array(losses, dtype=np.float64), W


# -- 4 step_decay, exponential_decay, inverse_time_decay ------------------------------------


@mistake("step_decay", "t/every is not rounded down: the rate falls at every step, not in stages.")
def step_decay_smooth(lr, t, every, factor):
    return lr * factor ** (t / every)


@mistake(
    "step_decay", "t/every is rounded to the nearest whole number, so the rate falls too early."
)
def step_decay_rounded(lr, t, every, factor):
    return lr * factor ** round(t / every)


@mistake("step_decay", "t/every is rounded up: the rate falls a whole stage early.")
def step_decay_rounded_up(lr, t, every, factor):
    return lr * factor ** -(-t // every)


@mistake("step_decay", "The rate falls one step early: time is counted from 0, not from 1.")
def step_decay_one_early(lr, t, every, factor):
    return lr * factor ** ((t + 1) // every)


@mistake("step_decay", "The rate falls one step late: it must fall at t = every itself.")
def step_decay_one_late(lr, t, every, factor):
    return lr * factor ** (max(t - 1, 0) // every)


@mistake("step_decay", "The factor is applied once and never again, whatever t is.")
def step_decay_once(lr, t, every, factor):
    return lr * factor if t >= every else lr


@mistake("step_decay", "The factor is multiplied by the number of stages, not raised to it.")
def step_decay_multiplied(lr, t, every, factor):
    stages = t // every
    return lr * factor * stages if stages else lr


@mistake("step_decay", "The rate is divided by the factor, so it grows where it should fall.")
def step_decay_divides(lr, t, every, factor):
    return lr / factor ** (t // every)


@mistake("step_decay", "The factor is applied at every step: `every` does not enter.")
def step_decay_every_step(lr, t, every, factor):
    return lr * factor**t


@mistake("step_decay", "The remainder t % every is taken where the quotient t // every is needed.")
def step_decay_remainder(lr, t, every, factor):
    return lr * factor ** (t % every)


@mistake("step_decay", "What is returned is the factor so far; it must still be multiplied by lr.")
def step_decay_without_lr(lr, t, every, factor):
    return factor ** (t // every)


@mistake("exponential_decay", "The minus in the exponent is missing, so the rate grows.")
def exponential_grows(lr, t, k):
    return lr * np.exp(k * t)


@mistake("exponential_decay", "What is returned is e^(−kt); it must still be multiplied by lr.")
def exponential_without_lr(lr, t, k):
    return np.exp(-k * t)


@mistake("exponential_decay", "t is multiplied outside: lr·t·e^(−k); it belongs into the exponent.")
def exponential_t_outside(lr, t, k):
    return lr * t * np.exp(-k)


@mistake("exponential_decay", "The exponent is −t/k; it is −k·t. A larger k must fall faster.")
def exponential_divides_by_k(lr, t, k):
    return lr * np.exp(-t / k) if k else lr


@mistake("exponential_decay", "This is lr·(1 − k)^t, which agrees with e^(−kt) for tiny k only.")
def exponential_discrete(lr, t, k):
    return lr * (1 - k) ** t


@mistake("exponential_decay", "The base is 2, so the rate is halved every 1/k steps; it must be e.")
def exponential_base_two(lr, t, k):
    return lr * 2.0 ** (-k * t)


@mistake("exponential_decay", "What is returned is lr·(1 − e^(−kt)): the part that has been lost.")
def exponential_lost_part(lr, t, k):
    return lr * (1 - np.exp(-k * t))


@mistake("exponential_decay", "The time is rounded down to a whole number; t is a real number.")
def exponential_whole_time(lr, t, k):
    return lr * np.exp(-k * int(t))


@mistake("exponential_decay", "lr stands in the exponent as well; it only multiplies the power.")
def exponential_lr_inside(lr, t, k):
    return lr * np.exp(-lr * k * t)


@mistake("exponential_decay", "This is the 1/t decay lr/(1 + kt).")
def exponential_inverse_time(lr, t, k):
    return lr / (1 + k * t)


@mistake("inverse_time_decay", "A bracket is missing: lr/1 + k·t grows. It is lr/(1 + k·t).")
def inverse_without_brackets(lr, t, k):
    return lr / 1 + k * t


@mistake("inverse_time_decay", "The 1 in the denominator is missing, so t = 0 has no rate.")
def inverse_without_one(lr, t, k):
    return lr / (k * t)


@mistake("inverse_time_decay", "k and t change places with a power: this is lr/(1 + k)^t.")
def inverse_power_of_t(lr, t, k):
    return lr / (1 + k) ** t


@mistake("inverse_time_decay", "This is lr/(1 + t)^k, another rule; k multiplies t.")
def inverse_power_of_k(lr, t, k):
    return lr / (1 + t) ** k


@mistake("inverse_time_decay", "The rate is multiplied by (1 + kt), so it grows; divide by it.")
def inverse_multiplied(lr, t, k):
    return lr * (1 + k * t)


@mistake("inverse_time_decay", "k is left out: the rate falls like lr/(1 + t) whatever k is.")
def inverse_without_k(lr, t, k):
    return lr / (1 + t)


@mistake(
    "inverse_time_decay", "A root is taken: lr/√(1 + kt) is another rule and falls too slowly."
)
def inverse_root(lr, t, k):
    return lr / np.sqrt(1 + k * t)


@mistake("inverse_time_decay", "k divides the time: the denominator is 1 + k·t, not 1 + t/k.")
def inverse_divides_by_k(lr, t, k):
    return lr / (1 + t / k) if k else lr


@mistake("inverse_time_decay", "This is the exponential decay lr·e^(−kt).")
def inverse_exponential(lr, t, k):
    return lr * np.exp(-k * t)


@mistake("inverse_time_decay", "lr stands in the denominator as well: this is lr/(1 + lr·k·t).")
def inverse_lr_below(lr, t, k):
    return lr / (1 + lr * k * t)


# -- 5 largest_stable_lr ------------------------------------------------------------------


@mistake(
    "largest_stable_lr",
    "This is 1/λ_max, where oscillation begins; convergence ends at 2/λ_max only.",
)
def stable_one_over(H):
    return 1 / np.linalg.eigvalsh(H)[-1]


@mistake("largest_stable_lr", "The smallest eigenvalue is taken; the steepest direction decides.")
def stable_smallest_eigenvalue(H):
    return 2 / np.linalg.eigvalsh(H)[0]


@mistake(
    "largest_stable_lr",
    "The largest number on the diagonal is taken: it is an eigenvalue only if H is diagonal.",
)
def stable_largest_on_diagonal(H):
    return 2 / np.diag(H).max()


@mistake(
    "largest_stable_lr", "The trace is taken, the sum of all eigenvalues; the largest decides."
)
def stable_trace(H):
    return 2 / np.trace(H)


@mistake(
    "largest_stable_lr",
    "This is 2/(λ_min + λ_max), the rate that converges fastest; the limit is 2/λ_max.",
)
def stable_fastest(H):
    eigs = np.linalg.eigvalsh(H)
    return 2 / (eigs[0] + eigs[-1])


@mistake("largest_stable_lr", "The fraction is upside down: this is λ_max/2.")
def stable_upside_down(H):
    return np.linalg.eigvalsh(H)[-1] / 2


@mistake("largest_stable_lr", "The largest eigenvalue itself is returned, not 2 over it.")
def stable_returns_eigenvalue(H):
    return np.linalg.eigvalsh(H)[-1]


@mistake(
    "largest_stable_lr",
    "This is 2 over the root of the sum of squares (np.linalg.norm without a second argument), "
    "which mixes all eigenvalues.",
)
def stable_frobenius(H):
    return 2 / np.linalg.norm(H)


@mistake(
    "largest_stable_lr",
    "This is 2 over the largest row sum: such a rate is safe, but smaller than the limit.",
)
def stable_row_sum(H):
    return 2 / np.abs(H).sum(axis=1).max()


@mistake("largest_stable_lr", "The mean of the eigenvalues is taken; the largest one decides.")
def stable_mean_eigenvalue(H):
    return 2 / np.linalg.eigvalsh(H).mean()


@mistake("largest_stable_lr", "A limit for each direction is returned; the least of them counts.")
def stable_all_directions(H):
    with np.errstate(all="ignore"):
        return 2 / np.linalg.eigvalsh(H)


@mistake("largest_stable_lr", "2/√λ_max is returned: λ is the curvature itself, not its square.")
def stable_root(H):
    return 2 / np.sqrt(np.linalg.eigvalsh(H)[-1])
