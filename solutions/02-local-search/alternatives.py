"""Right solutions of problem set 2, written differently. All of them must get all points."""

# ruff: noqa: PLR0917 - the order of the arguments is the problem set's

import numpy as np

from autograder.catalogue import alternative

# -- 1 local_search -----------------------------------------------------------------------


@alternative("local_search", "all draws at once, losses in a list")
def local_all_draws(loss, W, steps, step_size, rng):
    losses = [float(loss(W))]
    for step in step_size * rng.standard_normal((steps, *W.shape)):
        value = float(loss(W + step))
        if value < losses[-1]:
            W = W + step
        losses.append(min(value, losses[-1]))
    return W, np.array(losses)


@alternative("local_search", "in place on a copy, a failed step taken back by a second copy")
def local_on_copies(loss, W, steps, step_size, rng):
    here, losses = W.copy(), np.zeros(steps + 1)
    losses[0] = best = loss(here)
    for k in range(steps):
        before = here.copy()
        here += rng.normal(0.0, step_size, here.shape)
        value = loss(here)
        if value >= best:
            here[...] = before
        else:
            best = value
        losses[k + 1] = best
    return [here, losses]


@alternative("local_search", "all values first noted, the kept ones by a running minimum")
def local_running_minimum(loss, W, steps, step_size, rng):
    values, W = [loss(W)], np.array(W)
    for _ in range(steps):
        draw = rng.standard_normal(W.size).reshape(W.shape)
        proposal = np.add(W, np.multiply(draw, step_size))
        values.append(loss(proposal))
        if values[-1] < min(values[:-1]):
            W = proposal
    return W, np.minimum.accumulate(values)


# -- 2 adaptive_local_search --------------------------------------------------------------


@alternative("adaptive_local_search", "all draws at once, lists")
def adaptive_all_draws(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    draws = rng.standard_normal((steps, *W.shape))
    losses, sizes = [loss(W)], [step_size]
    for draw in draws:
        proposal = sizes[-1] * draw + W
        value = loss(proposal)
        if value < losses[-1]:
            W = proposal
            losses.append(value)
            sizes.append(sizes[-1] * up)
        else:
            losses.append(losses[-1])
            sizes.append(sizes[-1] * down)
    return [W, np.array(losses, dtype=float), np.array(sizes, dtype=float)]


@alternative("adaptive_local_search", "the size as a power of up and of down")
def adaptive_by_powers(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    best, successes = loss(W), 0
    losses, sizes = np.full(steps + 1, best, dtype=float), np.full(steps + 1, float(step_size))
    for k in range(1, steps + 1):
        proposal = W + sizes[k - 1] * rng.standard_normal(W.shape)
        value = loss(proposal)
        if value < best:
            W, best, successes = proposal, value, successes + 1
        losses[k] = best
        sizes[k] = step_size * up**successes * down ** (k - successes)
    return W, losses, sizes


@alternative("adaptive_local_search", "in place on copies, sizes by a running product at the end")
def adaptive_on_copies(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    here, size, factors = np.array(W), step_size, [1.0]
    losses = np.empty(steps + 1)
    losses[0] = loss(here)
    for k in range(steps):
        proposal = here.copy()
        proposal += rng.normal(scale=size, size=here.shape)
        value = loss(proposal)
        factors.append(down if value >= losses[k] else up)
        if value < losses[k]:
            here[...] = proposal
        losses[k + 1] = min(value, losses[k])
        size *= factors[-1]
    return here, losses, step_size * np.cumprod(factors)


# -- 3 acceptance_rate --------------------------------------------------------------------


@alternative("acceptance_rate", "differences")
def rate_by_differences(losses):
    return float((np.diff(losses) < 0).mean())


@alternative("acceptance_rate", "a Python loop over the steps")
def rate_by_steps(losses):
    falls = [int(losses[k + 1] < losses[k]) for k in range(len(losses) - 1)]
    return sum(falls) / len(falls)


@alternative("acceptance_rate", "one minus the share that does not fall")
def rate_by_complement(losses):
    steps = losses.size - 1
    return 1 - np.count_nonzero(losses[1:] >= losses[:-1]) / steps


# -- further kinds of writing ---------------------------------------------------------------


@alternative("local_search", "a class that keeps its state")
def local_with_a_class(loss, W, steps, step_size, rng):
    class Hiker:
        def __init__(self, W):
            self.W, self.height = W.copy(), loss(W.copy())

        def step(self):
            t = self.W + rng.normal(0, step_size, self.W.shape)
            v = loss(t)
            if v < self.height:
                self.W[...] = t
                self.height = v
            return self.height

    h = Hiker(W)
    return [h.W, np.fromiter([h.height] + [h.step() for _ in range(steps)], float)]


@alternative("adaptive_local_search", "a recursive generator")
def adaptive_recursive(loss, W, steps, step_size, rng, up=1.5, down=0.9):
    def run(W, cost, s, k):
        yield cost, s
        if k:
            P = W + s * rng.standard_normal(W.shape)
            v = loss(P)
            if v < cost:
                yield from run(P, v, s * up, k - 1)
            else:
                yield from run(W, cost, s * down, k - 1)
        else:
            run.W = W

    a = np.array(list(run(W, loss(W), step_size, steps)))
    return run.W, a[:, 0].copy(), a[:, 1].copy()


@alternative("acceptance_rate", "np.diff, counted")
def rate_by_diff(losses):
    return float(np.count_nonzero(np.diff(losses) < 0)) / np.diff(losses).size


@alternative("local_search", "held against the lowest of all losses, which is the last one kept")
def local_against_all(loss, W, steps, step_size, rng):
    losses = [loss(W)]
    for _ in range(steps):
        proposal = W + step_size * rng.standard_normal(W.shape)
        value = loss(proposal)
        W = proposal if value < min(losses) else W
        losses.append(min(value, *losses))
    return W, np.array(losses)
