"""What a search with a given budget can expect, from one set of trials, without bias.

A search of budget b draws b settings and keeps the one with the best validation score. Of N trials
made, any b are such a search, and all of them can be averaged exactly: in the order of their
validation scores, the trial of rank r (from 1) wins a share C(N−r, b−1)/C(N, b) of the searches.
The mean over searches is unbiased, as Tang et al. 2020 show (there for the maximum itself); drawing
the b *with* replacement, as Dodge et al. 2019 do, is not.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossland.experiment import student_quantile

Array = NDArray[np.float64]


class Outcome(NamedTuple):
    """What a search of some budget ends with on a seed that it has not seen.

    mean with its 95 % interval low … high; of single searches one in ten does better than
    ``lucky``, half do better than ``median`` and one in ten does worse than ``unlucky``.
    reached: the share that meets the target; evaluations: after how many half of the searches have
    met it, ∞ where fewer than half do; ``seconds`` the same in time, on the machine that measured.
    """

    mean: float
    low: float
    high: float
    lucky: float
    median: float
    unlucky: float
    reached: float
    evaluations: float
    seconds: float


def winners(validation: Array, budget: int) -> Array:
    """How likely each trial is the best of ``budget`` of them: (N,), adding up to 1.

    ``validation`` (N,), lower is better; of equals the first wins. ValueError unless
    1 ≤ budget ≤ N.
    """
    n = len(validation)
    if not 1 <= budget <= n:
        raise ValueError(f"budget is {budget}: it must be from 1 to the {n} trials made")
    # share(r + 1) = share(r)·(N−r−b+1)/(N−r), from share(1) = b/N
    ranks = np.arange(1, n)
    falling = np.maximum(n - ranks - budget + 1, 0) / (n - ranks)
    shares = budget / n * np.cumprod([1.0, *falling])
    chance = np.empty(n)
    chance[np.argsort(validation, kind="stable")] = shares
    return chance


def outcome(
    validation: Array, held_out: Array, reached: Array, seconds: float, budget: int
) -> Outcome:
    """What a search of this budget can expect. Shapes as in ``running.Cell``."""
    chance = winners(validation, budget)
    scores = np.nanmean(held_out, axis=1)
    mean = float(chance @ scores)
    half = half_width(*luck(validation, held_out, budget))
    runs = np.isfinite(held_out)
    weights = (chance / runs.sum(axis=1))[:, None] * runs
    lucky, median, unlucky = quantiles(held_out[runs], weights[runs], (0.1, 0.5, 0.9))
    (evaluations,) = quantiles(reached[runs], weights[runs], (0.5,))
    return Outcome(
        mean,
        mean - half,
        mean + half,
        lucky,
        median,
        unlucky,
        float(weights[runs & np.isfinite(reached)].sum()),
        evaluations,
        evaluations * seconds,
    )


def quantiles(values: Array, weights: Array, parts: tuple[float, ...]) -> list[float]:
    """For each part the smallest value that at least this part of the weight does not exceed."""
    order = np.argsort(values, kind="stable")
    summed = np.cumsum(weights[order]) / weights.sum()
    places = np.searchsorted(summed, np.array(parts) - 1e-12)
    return [float(values[order[min(place, len(order) - 1)]]) for place in places]


def luck(validation: Array, held_out: Array, budget: int) -> tuple[float, Array]:
    """The two kinds of luck in a mean: its variance by the trials, its part seed by seed (S,).

    Of the trials: the jackknife, leaving out one trial at a time; 0 for a budget of all of them,
    since nothing tells how another search would have gone. Of the seeds: the finalists are run on
    every one, so their part of the mean is known for each.
    """
    chance, scores = winners(validation, budget), np.nanmean(held_out, axis=1)
    n, of_trials = len(scores), 0.0
    if budget < n:
        kept = ~np.eye(n, dtype=bool)
        without = np.array([winners(validation[k], budget) @ scores[k] for k in kept])
        of_trials = float((n - 1) / n * ((without - without.mean()) ** 2).sum())
    final = np.isfinite(held_out).all(axis=1)
    return of_trials, chance[final] @ held_out[final]


def half_width(of_trials: float, by_seed: Array) -> float:
    """Half of a 95 % interval, from the variance by the trials and the values seed by seed (S,)."""
    seeds = len(by_seed)
    variance = of_trials + by_seed.var(ddof=1) / seeds
    return float(student_quantile(0.975, seeds - 1) * np.sqrt(variance))
