"""Named mistakes of problem set 2. Students whose answers agree with one are told its text."""

# ruff: noqa: PLR0917 - the order of the arguments is the problem set's

from functools import partial

import numpy as np

from autograder.catalogue import edit


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

local = partial(edit, "local_search")
local_keeps_equals = local(
    "A proposal of equal loss is kept as well: it must be strictly lower.",
    ("< losses[k - 1]", "<= losses[k - 1]"),
)
local_keeps_all = local(
    "Every proposal is kept, whatever its loss: that is a random walk.",
    ("losses[k] < losses[k - 1]", "True"),
)
local_climbs = local(
    "A proposal is kept if its loss is higher: the hiker climbs.",
    ("losses[k] < losses[k - 1]", "losses[k] > losses[k - 1]"),
)
local_compares_with_start = local(
    "Proposals are compared with the loss at the start; they must be lower than the kept loss.",
    ("< losses[k - 1]", "< losses[0]"),
)
local_proposes_from_start = local(
    "All proposals are made from the start; they must be made from the place that was kept last.",
    ("proposal = W +", "proposal = start +"),
    ("    losses = np", "    start = W\n    losses = np"),
)
local_random_search = local(
    "The proposal is a fresh random W, without the place that was kept: that is random search.",
    ("W + step_size", "step_size"),
)
local_without_size = local(
    "The step size is not used: the draw is added whole.", ("step_size * rng", "rng")
)
local_unit_length = local(
    "The draw is scaled to length 1 first; it must be taken as it is.",
    (
        "        losses[k] = loss(proposal)",
        "        proposal = W + step_size * (proposal - W) / np.sqrt(((proposal - W) ** 2).sum())\n"
        "        losses[k] = loss(proposal)",
    ),
)
local_relative_step = local(
    "The step is multiplied by W itself; its size must not depend on W.",
    (
        "W + step_size * rng.standard_normal(W.shape)",
        "W * (1 + step_size * rng.standard_normal(W.shape))",
    ),
)
local_uniform = local(
    "The draws are uniform, by rng.random or rng.uniform; they must be normal.",
    ("rng.standard_normal(W.shape)", "rng.uniform(-1, 1, W.shape)"),
)
local_own_generator = local(
    "The random numbers do not come from the rng that is given, but from a generator of its own.",
    ("    losses = np", "    rng = np.random.default_rng(0)\n    losses = np"),
)
local_one_direction = local(
    "One direction is drawn before the loop and tried again at every step.",
    ("    losses = np", "    draw = rng.standard_normal(W.shape)\n    losses = np"),
    ("* rng.standard_normal(W.shape)\n        losses", "* draw\n        losses"),
)
local_one_number = local(
    "A single number is drawn for all entries; each entry needs its own.",
    ("rng.standard_normal(W.shape)", "rng.standard_normal()"),
)
local_losses_of_proposals = local(
    "losses holds what each proposal cost; losses[k] must be the loss that is kept after step k.",
    (
        "losses[k] = loss(proposal)\n"
        "        if losses[k] < losses[k - 1]:\n"
        "            W = proposal\n"
        "        else:\n"
        "            losses[k] = losses[k - 1]",
        "losses[k] = loss(proposal)\n"
        "        if losses[k] < losses[:k].min():\n"
        "            W = proposal",
    ),
)
local_without_start = local(
    "The loss at the start is missing from losses.", ("W, losses", "W, losses[1:]")
)
local_one_step_late = local(
    "losses is one step late: losses[k] is the kept loss before step k.",
    ("W, losses", "W, np.append(losses[:1], losses[:-1])"),
)
local_returns_proposal = local(
    "W is the last proposal, not the place that was kept last.",
    ("    losses = np", "    proposal = W\n    losses = np"),
    ("return W", "return proposal"),
)
local_asks_twice = local(
    "The loss of the place where the search stands is asked for again at every step; keep it.",
    ("< losses[k - 1]", "< loss(W)"),
)
local_asks_at_end = local(
    "There is one call of loss too many, at the end.", ("    return", "    loss(W)\n    return")
)
local_tries_opposite = local(
    "If a direction fails, the opposite one is tried in the same step.",
    (
        "        if losses",
        "        if losses[k] >= losses[k - 1]:\n"
        "            proposal = 2 * W - proposal\n"
        "            losses[k] = loss(proposal)\n"
        "        if losses",
    ),
)
local_repeats_success = local(
    "A direction that helped is used again without a new draw.",
    ("    losses = np", "    kept = False\n    losses = np"),
    (
        "        proposal = W + step_size * rng.standard_normal(W.shape)",
        "        draw = draw if kept else rng.standard_normal(W.shape)\n"
        "        proposal = W + step_size * draw",
    ),
    ("        if losses", "        kept = losses[k] < losses[k - 1]\n        if losses"),
)
local_in_place = local(
    "The caller's array W is changed in place, by += for instance.",
    ("W = proposal", "W[...] = proposal"),
)
local_swapped = local(
    "The two results come in the wrong order: W first, then losses.", ("W, losses", "losses, W")
)
local_returns_list = local(
    "losses is a list; an array is asked for.", ("W, losses", "W, losses.tolist()")
)

# -- 2 adaptive_local_search --------------------------------------------------------------

adaptive = partial(edit, "adaptive_local_search")
adaptive_exchanged = adaptive(
    "up and down are exchanged: the size must grow after success.",
    ("up if kept else down", "down if kept else up"),
)
adaptive_never_shrinks = adaptive(
    "After a failure the size stays; it must be multiplied by down.", ("else down", "else 1.0")
)
adaptive_never_grows = adaptive(
    "After a success the size stays; it must be multiplied by up.", ("(up if", "(1.0 if")
)
adaptive_divides_by_down = adaptive(
    "After a failure the size is divided by down, so that it grows.", ("else down", "else 1 / down")
)
adaptive_divides_by_up = adaptive(
    "After a failure the size is divided by up; down is not used.", ("else down", "else 1 / up")
)
adaptive_fixed_factors = adaptive(
    "up and down are always 1.5 and 0.9: the arguments are not used.",
    ("up if kept else down", "1.5 if kept else 0.9"),
)
adaptive_without_start = adaptive(
    "step_sizes lacks its first entry, the size at the start.",
    ("W, losses, step_sizes", "W, losses, step_sizes[1:]"),
)
adaptive_one_step_late = adaptive(
    "step_sizes is one step late: place k must hold the size after step k, not the one it used.",
    ("W, losses, step_sizes", "W, losses, np.append(step_sizes[:1], step_sizes[:-1])"),
)
adaptive_size_not_used = adaptive(
    "The sizes are written down, but all proposals are made with the first one.",
    ("W + step_sizes[k - 1] *", "W + step_size *"),
)
adaptive_from_first_size = adaptive(
    "The size always starts again from the first one: it is step_size·up or step_size·down.",
    ("= step_sizes[k - 1] *", "= step_size *"),
)
adaptive_keeps_equals = adaptive(
    "A proposal of equal loss counts as kept; it must be lower.",
    ("value < losses", "value <= losses"),
)
adaptive_keeps_all = adaptive(
    "A proposal that fails is kept as well: W moves at every step.",
    (
        "        if kept:\n"
        "            W = proposal\n"
        "        losses[k] = value if kept else losses[k - 1]",
        "        W = proposal\n        losses[k] = value",
    ),
)
adaptive_losses_of_proposals = adaptive(
    "losses holds what each proposal cost; losses[k] must be the loss that is kept after step k.",
    ("value < losses[k - 1]", "value < losses[:k].min()"),
    ("value if kept else losses[k - 1]", "value"),
)
adaptive_returns_proposal = adaptive(
    "W is the last proposal, not the place that was kept last.",
    ("    losses, step_sizes = np", "    proposal = W\n    losses, step_sizes = np"),
    ("return W", "return proposal"),
)
adaptive_swapped = adaptive(
    "losses and step_sizes come in the wrong order.",
    ("W, losses, step_sizes", "W, step_sizes, losses"),
)
adaptive_without_sizes = adaptive(
    "Only two things are returned; step_sizes is asked for as well.",
    ("W, losses, step_sizes", "W, losses"),
)
adaptive_asks_twice = adaptive(
    "The loss of the proposal is asked for twice; keep the first.",
    ("value = loss(proposal)\n        kept = value <", "kept = loss(proposal) <"),
    ("value if kept", "loss(proposal) if kept"),
)
adaptive_in_place = adaptive(
    "The caller's array W is changed in place, by += for instance.",
    ("W = proposal", "W[...] = proposal"),
)

# -- 3 acceptance_rate --------------------------------------------------------------------

rate = partial(edit, "acceptance_rate")
rate_divided_by_length = rate(
    "It is divided by the number of losses; there is one step less.",
    "return (losses[1:] < losses[:-1]).sum() / len(losses)",
)
rate_counts_equals = rate(
    "A loss that stays counts as a success; it must fall strictly.",
    "return np.mean(losses[1:] <= losses[:-1])",
)
rate_counts_changes = rate(
    "Every change counts; a loss that rises is no success.", ("] < losses", "] != losses")
)
rate_counts_rises = rate("The rises are counted, not the falls.", ("] < losses", "] > losses"))
rate_of_failures = rate(
    "This is the share of steps that fail.", ("return np.mean", "return 1 - np.mean")
)
rate_count = rate(
    "The number of falls is returned, not their fraction.",
    ("np.mean(losses[1:] < losses[:-1]", "int((losses[1:] < losses[:-1]).sum()"),
)
rate_per_cent = rate(
    "It is given in per cent; a number from 0 to 1 is asked for.",
    ("return np.mean", "return 100 * np.mean"),
)
rate_compared_with_start = rate(
    "Each loss is compared with the start; compare it with the one before.",
    ("losses[:-1])", "losses[0])"),
)
rate_compared_with_best = rate(
    "Each loss is compared with the lowest so far; compare it with the one just before it.",
    ("losses[:-", "np.minimum.accumulate(losses)[:-"),
)
rate_of_descent = rate(
    "This is how far the loss fell, relative to the start, not how often.",
    ("np.mean(losses[1:] < losses[:-1", "(losses[0] - losses[-1]) / abs(losses[0"),
)
rate_with_tolerance = rate(
    "A very small fall is taken for none, by np.isclose for instance; every fall counts.",
    "return np.mean((losses[1:] < losses[:-1]) & ~np.isclose(losses[1:], losses[:-1]))",
)
rate_whole_division = rate(
    "The division // drops everything after the decimal point.",
    "return (losses[1:] < losses[:-1]).sum() // (len(losses) - 1)",
)

# -- limits, tolerances, early stops and absent classes --------------------------------------

local_gives_up = local(
    "The search stops after many failures in a row; it must make all its steps.",
    ("    losses = np", "    failed = 0\n    losses = np"),
    ("W = proposal\n", "W, failed = proposal, 0\n"),
    (
        "losses[k] = losses[k - 1]",
        "failed += 1\n            losses[k:] = losses[k - 1]\n"
        "            if failed == 50:\n                break",
    ),
)
local_stops_at_zero = local(
    "The search stops as soon as the loss is 0; it must make all its steps.",
    (
        "        proposal =",
        "        if losses[k - 1] == 0:\n            losses[k:] = 0\n            break\n"
        "        proposal =",
    ),
)
local_tolerance = local(
    "A proposal is kept only if its loss is lower by some tolerance; any fall counts.",
    ("< losses[k - 1]", "< losses[k - 1] - 1e-9"),
)
local_within_bounds = local(
    "The proposals are held within bounds, by np.clip for instance; W may go anywhere.",
    ("loss(proposal)", "loss(proposal := np.clip(proposal, -10, 10))"),
)
SIZE = "step_sizes[k - 1] * (up if kept else down)"
adaptive_least_size = adaptive(
    "The size is held above some least size; it may shrink for ever.", (SIZE, f"max({SIZE}, 1e-6)")
)
adaptive_largest_size = adaptive(
    "The size is held below some largest size; it may grow for ever.", (SIZE, f"min({SIZE}, 10.0)")
)
adaptive_tolerance = adaptive(
    "A proposal is kept only if its loss is lower by some tolerance; any fall counts.",
    ("value < losses[k - 1]", "value < losses[k - 1] - 1e-9"),
)
adaptive_gives_up = adaptive(
    "The search stops when the size has become very small; it must make all its steps.",
    (
        "        proposal =",
        "        if step_sizes[k - 1] < 1e-6:\n            losses[k:] = losses[k - 1]\n"
        "            step_sizes[k:] = step_sizes[k - 1]\n            break\n        proposal =",
    ),
)
rate_least_fall = rate(
    "A fall must exceed some number, such as 1e-8, to count; every fall counts.",
    ("losses[1:] < losses[:-1]", "losses[1:] < losses[:-1] - 1e-8"),
)
local_relative_tolerance = local(
    "A loss that is hardly lower, by a relative tolerance, does not count; any fall counts.",
    ("losses[k] < losses[k - 1]", "losses[k] < losses[k - 1] * (1 - 1e-9)"),
)
adaptive_tiny_least_size = adaptive(
    "The step size is held above some tiny number; it may shrink for ever.",
    (
        "step_sizes[k - 1] * (up if kept else down)",
        "max(step_sizes[k - 1] * (up if kept else down), 1e-12)",
    ),
)
