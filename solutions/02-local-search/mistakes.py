"""Named mistakes of problem set 2. Students whose answers agree with one are told its text."""

# ruff: noqa: PLR0917 - the order of the arguments is the problem set's

import numpy as np

from autograder.catalogue import mistake


def search(loss, W, steps, step_size, rng, up=1.0, down=1.0):
    """The right search, with all that it saw: (W, losses, sizes, proposals, values)."""
    best = loss(W)
    losses, sizes, proposals, values = [best], [step_size], [], []
    for _ in range(steps):
        proposals.append(W + sizes[-1] * rng.standard_normal(W.shape))
        values.append(loss(proposals[-1]))
        kept = values[-1] < best
        if kept:
            W, best = proposals[-1], values[-1]
        losses.append(best)
        sizes.append(sizes[-1] * (up if kept else down))
    return W, np.array(losses), np.array(sizes), proposals, np.array(values)


def walk(loss, W, steps, propose, keep):
    """A search with its own way to propose, from (W, start), and to keep, (value, best, first)."""
    start = W
    first = best = loss(W)
    losses = [first]
    for _ in range(steps):
        proposal = propose(W, start)
        value = loss(proposal)
        if keep(value, best, first):
            W, best = proposal, value
        losses.append(best)
    return W, np.array(losses)


def lower(value, best, first):
    """The right rule."""
    return value < best


# -- 1 local_search -----------------------------------------------------------------------


@mistake("local_search", "A proposal of equal loss is kept as well: it must be strictly lower.")
def local_keeps_equals(loss, W, steps, step_size, rng):
    def propose(W, start):
        return W + step_size * rng.standard_normal(W.shape)

    return walk(loss, W, steps, propose, lambda value, best, first: value <= best)


@mistake("local_search", "Every proposal is kept, whatever its loss: that is a random walk.")
def local_keeps_all(loss, W, steps, step_size, rng):
    def propose(W, start):
        return W + step_size * rng.standard_normal(W.shape)

    return walk(loss, W, steps, propose, lambda value, best, first: True)


@mistake("local_search", "A proposal is kept if its loss is higher: the hiker climbs.")
def local_climbs(loss, W, steps, step_size, rng):
    def propose(W, start):
        return W + step_size * rng.standard_normal(W.shape)

    return walk(loss, W, steps, propose, lambda value, best, first: value > best)


@mistake(
    "local_search",
    "Proposals are compared with the loss at the start; they must be lower than the kept loss.",
)
def local_compares_with_start(loss, W, steps, step_size, rng):
    def propose(W, start):
        return W + step_size * rng.standard_normal(W.shape)

    return walk(loss, W, steps, propose, lambda value, best, first: value < first)


@mistake(
    "local_search",
    "All proposals are made from the start; they must be made from the place that was kept last.",
)
def local_proposes_from_start(loss, W, steps, step_size, rng):
    def propose(W, start):
        return start + step_size * rng.standard_normal(W.shape)

    return walk(loss, W, steps, propose, lower)


@mistake(
    "local_search",
    "The proposal is a fresh random W, without the place that was kept: that is random search.",
)
def local_random_search(loss, W, steps, step_size, rng):
    def propose(W, start):
        return step_size * rng.standard_normal(W.shape)

    return walk(loss, W, steps, propose, lower)


@mistake("local_search", "The step size is not used: the draw is added whole.")
def local_without_size(loss, W, steps, step_size, rng):
    def propose(W, start):
        return W + rng.standard_normal(W.shape)

    return walk(loss, W, steps, propose, lower)


@mistake("local_search", "The draw is scaled to length 1 first; it must be taken as it is.")
def local_unit_length(loss, W, steps, step_size, rng):
    def propose(W, start):
        draw = rng.standard_normal(W.shape)
        return W + step_size * draw / np.sqrt((draw**2).sum())

    return walk(loss, W, steps, propose, lower)


@mistake("local_search", "The step is multiplied by W itself; its size must not depend on W.")
def local_relative_step(loss, W, steps, step_size, rng):
    def propose(W, start):
        return W * (1 + step_size * rng.standard_normal(W.shape))

    return walk(loss, W, steps, propose, lower)


@mistake(
    "local_search", "The draws are uniform, by rng.random or rng.uniform; they must be normal."
)
def local_uniform(loss, W, steps, step_size, rng):
    def propose(W, start):
        return W + step_size * rng.uniform(-1, 1, W.shape)

    return walk(loss, W, steps, propose, lower)


@mistake(
    "local_search",
    "The random numbers do not come from the rng that is given, but from a generator of its own.",
)
def local_own_generator(loss, W, steps, step_size, rng):
    return search(loss, W, steps, step_size, np.random.default_rng(0))[:2]


@mistake("local_search", "One direction is drawn before the loop and tried again at every step.")
def local_one_direction(loss, W, steps, step_size, rng):
    draw = rng.standard_normal(W.shape)

    def propose(W, start):
        return W + step_size * draw

    return walk(loss, W, steps, propose, lower)


@mistake("local_search", "A single number is drawn for all entries; each entry needs its own.")
def local_one_number(loss, W, steps, step_size, rng):
    def propose(W, start):
        return W + step_size * rng.standard_normal()

    return walk(loss, W, steps, propose, lower)


@mistake(
    "local_search",
    "losses holds what each proposal cost; losses[k] must be the loss that is kept after step k.",
)
def local_losses_of_proposals(loss, W, steps, step_size, rng):
    W, losses, _, _, values = search(loss, W, steps, step_size, rng)
    return W, np.append(losses[:1], values)


@mistake("local_search", "The loss at the start is missing from losses.")
def local_without_start(loss, W, steps, step_size, rng):
    W, losses = search(loss, W, steps, step_size, rng)[:2]
    return W, losses[1:]


@mistake("local_search", "losses is one step late: losses[k] is the kept loss before step k.")
def local_one_step_late(loss, W, steps, step_size, rng):
    W, losses = search(loss, W, steps, step_size, rng)[:2]
    return W, np.append(losses[:1], losses[:-1])


@mistake("local_search", "W is the last proposal, not the place that was kept last.")
def local_returns_proposal(loss, W, steps, step_size, rng):
    W, losses, _, proposals, _ = search(loss, W, steps, step_size, rng)
    return (proposals or [W])[-1], losses


@mistake(
    "local_search",
    "The loss of the place where the search stands is asked for again at every step; keep it.",
)
def local_asks_twice(loss, W, steps, step_size, rng):
    losses = [loss(W)]
    for _ in range(steps):
        proposal = W + step_size * rng.standard_normal(W.shape)
        value = loss(proposal)
        if value < loss(W):
            W = proposal
        losses.append(min(value, losses[-1]))
    return W, np.array(losses)


@mistake("local_search", "There is one call of loss too many, at the end.")
def local_asks_at_end(loss, W, steps, step_size, rng):
    W, losses = search(loss, W, steps, step_size, rng)[:2]
    loss(W)
    return W, losses


@mistake("local_search", "If a direction fails, the opposite one is tried in the same step.")
def local_tries_opposite(loss, W, steps, step_size, rng):
    best = loss(W)
    losses = [best]
    for _ in range(steps):
        step = step_size * rng.standard_normal(W.shape)
        for proposal in (W + step, W - step):
            value = loss(proposal)
            if value < best:
                W, best = proposal, value
                break
        losses.append(best)
    return W, np.array(losses)


@mistake("local_search", "A direction that helped is used again without a new draw.")
def local_repeats_success(loss, W, steps, step_size, rng):
    best, kept = loss(W), False
    losses = [best]
    for _ in range(steps):
        if not kept:
            draw = rng.standard_normal(W.shape)
        proposal = W + step_size * draw
        value = loss(proposal)
        kept = value < best
        if kept:
            W, best = proposal, value
        losses.append(best)
    return W, np.array(losses)


@mistake("local_search", "The caller's array W is changed in place, by += for instance.")
def local_in_place(loss, W, steps, step_size, rng):
    best = loss(W)
    losses = [best]
    for _ in range(steps):
        step = step_size * rng.standard_normal(W.shape)
        value = loss(W + step)
        if value < best:
            W += step
            best = value
        losses.append(best)
    return W, np.array(losses)


@mistake("local_search", "The two results come in the wrong order: W first, then losses.")
def local_swapped(loss, W, steps, step_size, rng):
    W, losses = search(loss, W, steps, step_size, rng)[:2]
    return losses, W


@mistake("local_search", "losses is a list; an array is asked for.")
def local_returns_list(loss, W, steps, step_size, rng):
    W, losses = search(loss, W, steps, step_size, rng)[:2]
    return W, losses.tolist()


# -- 2 adaptive_local_search --------------------------------------------------------------


@mistake("adaptive_local_search", "up and down are exchanged: the size must grow after success.")
def adaptive_exchanged(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    return search(loss, W, steps, step_size, rng, down, up)[:3]


@mistake("adaptive_local_search", "After a failure the size stays; it must be multiplied by down.")
def adaptive_never_shrinks(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    return search(loss, W, steps, step_size, rng, up, 1.0)[:3]


@mistake("adaptive_local_search", "After a success the size stays; it must be multiplied by up.")
def adaptive_never_grows(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    return search(loss, W, steps, step_size, rng, 1.0, down)[:3]


@mistake("adaptive_local_search", "After a failure the size is divided by down, so that it grows.")
def adaptive_divides_by_down(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    return search(loss, W, steps, step_size, rng, up, 1 / down)[:3]


@mistake("adaptive_local_search", "After a failure the size is divided by up; down is not used.")
def adaptive_divides_by_up(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    return search(loss, W, steps, step_size, rng, up, 1 / up)[:3]


@mistake("adaptive_local_search", "up and down are always 1.5 and 0.9: the arguments are not used.")
def adaptive_fixed_factors(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    return search(loss, W, steps, step_size, rng, 1.5, 0.9)[:3]


@mistake("adaptive_local_search", "step_sizes lacks its first entry, the size at the start.")
def adaptive_without_start(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    W, losses, sizes = search(loss, W, steps, step_size, rng, up, down)[:3]
    return W, losses, sizes[1:]


@mistake(
    "adaptive_local_search",
    "step_sizes is one step late: place k must hold the size after step k, not the one it used.",
)
def adaptive_one_step_late(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    W, losses, sizes = search(loss, W, steps, step_size, rng, up, down)[:3]
    return W, losses, np.append(sizes[:1], sizes[:-1])


@mistake(
    "adaptive_local_search",
    "The sizes are written down, but all proposals are made with the first one.",
)
def adaptive_size_not_used(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    W, losses = search(loss, W, steps, step_size, rng)[:2]
    factors = np.where(losses[1:] < losses[:-1], up, down)
    return W, losses, step_size * np.cumprod(np.append(1.0, factors))


@mistake(
    "adaptive_local_search",
    "The size always starts again from the first one: it is step_size·up or step_size·down.",
)
def adaptive_from_first_size(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    best = loss(W)
    losses, sizes = [best], [step_size]
    for _ in range(steps):
        proposal = W + sizes[-1] * rng.standard_normal(W.shape)
        value = loss(proposal)
        kept = value < best
        if kept:
            W, best = proposal, value
        losses.append(best)
        sizes.append(step_size * (up if kept else down))
    return W, np.array(losses), np.array(sizes)


@mistake("adaptive_local_search", "A proposal of equal loss counts as kept; it must be lower.")
def adaptive_keeps_equals(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    best = loss(W)
    losses, sizes = [best], [step_size]
    for _ in range(steps):
        proposal = W + sizes[-1] * rng.standard_normal(W.shape)
        value = loss(proposal)
        kept = value <= best
        if kept:
            W, best = proposal, value
        losses.append(best)
        sizes.append(sizes[-1] * (up if kept else down))
    return W, np.array(losses), np.array(sizes)


@mistake("adaptive_local_search", "A proposal that fails is kept as well: W moves at every step.")
def adaptive_keeps_all(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    best = loss(W)
    losses, sizes = [best], [step_size]
    for _ in range(steps):
        W = W + sizes[-1] * rng.standard_normal(W.shape)
        value = loss(W)
        sizes.append(sizes[-1] * (up if value < best else down))
        best = value
        losses.append(best)
    return W, np.array(losses), np.array(sizes)


@mistake(
    "adaptive_local_search",
    "losses holds what each proposal cost; losses[k] must be the loss that is kept after step k.",
)
def adaptive_losses_of_proposals(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    W, losses, sizes, _, values = search(loss, W, steps, step_size, rng, up, down)
    return W, np.append(losses[:1], values), sizes


@mistake("adaptive_local_search", "W is the last proposal, not the place that was kept last.")
def adaptive_returns_proposal(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    W, losses, sizes, proposals, _ = search(loss, W, steps, step_size, rng, up, down)
    return (proposals or [W])[-1], losses, sizes


@mistake("adaptive_local_search", "losses and step_sizes come in the wrong order.")
def adaptive_swapped(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    W, losses, sizes = search(loss, W, steps, step_size, rng, up, down)[:3]
    return W, sizes, losses


@mistake("adaptive_local_search", "Only two things are returned; step_sizes is asked for as well.")
def adaptive_without_sizes(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    return search(loss, W, steps, step_size, rng, up, down)[:2]


@mistake("adaptive_local_search", "The loss of the proposal is asked for twice; keep the first.")
def adaptive_asks_twice(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    best = loss(W)
    losses, sizes = [best], [step_size]
    for _ in range(steps):
        proposal = W + sizes[-1] * rng.standard_normal(W.shape)
        kept = loss(proposal) < best
        if kept:
            W, best = proposal, loss(proposal)
        losses.append(best)
        sizes.append(sizes[-1] * (up if kept else down))
    return W, np.array(losses), np.array(sizes)


@mistake("adaptive_local_search", "The caller's array W is changed in place, by += for instance.")
def adaptive_in_place(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    best = loss(W)
    losses, sizes = [best], [step_size]
    for _ in range(steps):
        step = sizes[-1] * rng.standard_normal(W.shape)
        value = loss(W + step)
        kept = value < best
        if kept:
            W += step
            best = value
        losses.append(best)
        sizes.append(sizes[-1] * (up if kept else down))
    return W, np.array(losses), np.array(sizes)


# -- 3 acceptance_rate --------------------------------------------------------------------


@mistake("acceptance_rate", "It is divided by the number of losses; there is one step less.")
def rate_divided_by_length(losses):
    return (losses[1:] < losses[:-1]).sum() / len(losses)


@mistake("acceptance_rate", "A loss that stays counts as a success; it must fall strictly.")
def rate_counts_equals(losses):
    return np.mean(losses[1:] <= losses[:-1])


@mistake("acceptance_rate", "Every change counts; a loss that rises is no success.")
def rate_counts_changes(losses):
    return np.mean(losses[1:] != losses[:-1])


@mistake("acceptance_rate", "The rises are counted, not the falls.")
def rate_counts_rises(losses):
    return np.mean(losses[1:] > losses[:-1])


@mistake("acceptance_rate", "This is the share of steps that fail.")
def rate_of_failures(losses):
    return 1 - np.mean(losses[1:] < losses[:-1])


@mistake("acceptance_rate", "The number of falls is returned, not their fraction.")
def rate_count(losses):
    return int((losses[1:] < losses[:-1]).sum())


@mistake("acceptance_rate", "It is given in per cent; a number from 0 to 1 is asked for.")
def rate_per_cent(losses):
    return 100 * np.mean(losses[1:] < losses[:-1])


@mistake("acceptance_rate", "Each loss is compared with the start; compare it with the one before.")
def rate_compared_with_start(losses):
    return np.mean(losses[1:] < losses[0])


@mistake(
    "acceptance_rate",
    "Each loss is compared with the lowest so far; compare it with the one just before it.",
)
def rate_compared_with_best(losses):
    return np.mean(losses[1:] < np.minimum.accumulate(losses)[:-1])


@mistake("acceptance_rate", "This is how far the loss fell, relative to the start, not how often.")
def rate_of_descent(losses):
    return (losses[0] - losses[-1]) / abs(losses[0])


@mistake(
    "acceptance_rate",
    "A very small fall is taken for none, by np.isclose for instance; every fall counts.",
)
def rate_with_tolerance(losses):
    return np.mean((losses[1:] < losses[:-1]) & ~np.isclose(losses[1:], losses[:-1]))


@mistake("acceptance_rate", "The division // drops everything after the decimal point.")
def rate_whole_division(losses):
    return (losses[1:] < losses[:-1]).sum() // (len(losses) - 1)
