"""Estimating the error on new examples: splits of the data, parts of the error, intervals.

Every split is a pair (train, held out) of index arrays that share no row. What is random takes a
``numpy.random.Generator`` and draws as its docstring says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
FitPredict = Callable[[Array, Array, Array], Array]
"""fit_predict(X, y, X_new) -> predictions for X_new of the model fitted to X, y"""
FitScore = Callable[[Array, Array, Array, Array, Any], float]
"""fit_score(X_train, y_train, X_held_out, y_held_out, value) -> score, larger is better"""


class Split(NamedTuple):
    """Rows to train on and rows that are held out; they share none."""

    train: Indices
    held_out: Indices


class BiasVariance(NamedTuple):
    """Two parts of a mean squared error, in squared units of the labels."""

    bias2: float
    variance: float


class Interval(NamedTuple):
    """The ends of an interval."""

    low: float
    high: float


class Nested(NamedTuple):
    """scores (k,) of the outer folds, and the value that was chosen in each of them."""

    scores: Array
    chosen: list[Any]


def holdout_split(n: int, fraction: float, rng: np.random.Generator) -> Split:
    """round(fraction·n) of n rows held out at random, the rest to train on.

    Draws one ``rng.permutation(n)``, whose first rows are held out. ValueError when a part would
    be empty.
    """
    m = round(fraction * n)
    if not 0 < m < n:
        raise ValueError(f"{fraction} of {n} rows are {m}: neither part may be empty")
    p = rng.permutation(n)
    return Split(p[m:], p[:m])


def kfold_indices(n: int, k: int, rng: np.random.Generator) -> list[Split]:
    """k splits of n rows; every row is held out once, in parts whose sizes differ by one at most.

    Draws one ``rng.permutation(n)``. ValueError unless 2 ≤ k ≤ n.
    """
    if not 2 <= k <= n:
        raise ValueError(f"k is {k}: it must lie between 2 and n = {n}")
    return _each_held_out(np.array_split(rng.permutation(n), k))


def group_kfold(groups: ArrayLike, k: int, rng: np.random.Generator) -> list[Split]:
    """k splits in which rows of one group are never on both sides; groups (n,) names each row's.

    Draws one permutation of the distinct groups and cuts it into k parts. ValueError when there
    are fewer than k groups.
    """
    names, which = np.unique(np.asarray(groups), return_inverse=True)
    if not 2 <= k <= len(names):
        raise ValueError(f"k is {k}: it must lie between 2 and the {len(names)} groups")
    parts = np.array_split(rng.permutation(len(names)), k)
    return _each_held_out([np.flatnonzero(np.isin(which, part)) for part in parts])


def forward_chaining(n: int, k: int) -> list[Split]:
    """k splits of n rows in order of time: train on all blocks before, hold out the next.

    The rows are cut into k + 1 blocks. Nothing is random. ValueError unless 1 ≤ k < n.
    Source: Tashman 2000, the rolling origin.
    """
    if not 1 <= k < n:
        raise ValueError(f"k is {k}: it must lie between 1 and n − 1 = {n - 1}")
    blocks = np.array_split(np.arange(n), k + 1)
    return [Split(np.concatenate(blocks[:i]), blocks[i]) for i in range(1, k + 1)]


def mean_score(
    fit_score: FitScore, X: Array, y: Array, splits: Sequence[tuple[Indices, Indices]], value: Any
) -> float:
    """The mean of ``fit_score`` with one value of the hyperparameter over the splits."""
    scores = [fit_score(X[a], y[a], X[b], y[b], value) for a, b in splits]
    return float(np.mean(scores))


def nested_forward_cv(
    fit_score: FitScore, X: Array, y: Array, grid: Sequence[Any], k: int
) -> Nested:
    """How well a *procedure* forecasts that chooses its hyperparameter itself.

    Outer forward chaining with k folds; inside each outer training part, forward chaining with k
    folds picks the value of ``grid`` of the highest mean score (the first of equal ones), and one
    model with it is fitted to the whole part and scored on the outer fold. ValueError unless
    len(y) ≥ (k + 1)². Source: Varma & Simon 2006 for nesting, Tashman 2000 for the order.
    """
    if len(y) < (k + 1) ** 2:
        raise ValueError(f"{len(y)} rows: nested chains with k = {k} need {(k + 1) ** 2}")
    scores, chosen = [], []
    for train, fold in forward_chaining(len(y), k):
        inner = forward_chaining(len(train), k)
        means = [mean_score(fit_score, X[train], y[train], inner, value) for value in grid]
        best = grid[int(np.argmax(means))]
        scores.append(fit_score(X[train], y[train], X[fold], y[fold], best))
        chosen.append(best)
    return Nested(np.array(scores, dtype=np.float64), chosen)


def bias_variance(  # noqa: PLR0917 - the order is the problem set's
    fit_predict: FitPredict,
    sample: Callable[[np.random.Generator], tuple[Array, Array]],
    x_test: Array,
    truth: ArrayLike,
    trials: int,
    rng: np.random.Generator,
) -> BiasVariance:
    """Squared bias and variance of a method over fresh samples, averaged over the test points.

    Each trial draws ``X, y = sample(rng)`` and predicts at ``x_test``; ``truth`` (points,) is the
    noiseless curve there. The two add up to the mean squared distance of the predictions from the
    truth, exactly; the measured bias² holds variance/trials of chance in it. The variance divides
    by ``trials``. ValueError when predictions and truth differ in shape, or trials < 1.
    Source: Geman, Bienenstock & Doursat 1992.
    """
    if trials < 1:
        raise ValueError(f"trials is {trials}: it must be at least 1")
    aims = np.asarray(truth, dtype=np.float64)
    fits = np.array([fit_predict(*sample(rng), x_test) for _ in range(trials)])
    if fits.shape[1:] != aims.shape:
        raise ValueError(f"predictions have shape {fits.shape[1:]}, truth {aims.shape}")
    bias2 = np.mean((fits.mean(axis=0) - aims) ** 2)
    return BiasVariance(float(bias2), float(fits.var(axis=0).mean()))


def bootstrap_interval(
    data: ArrayLike,
    statistic: Callable[[Array], float],
    resamples: int,
    level: float,
    rng: np.random.Generator,
) -> Interval:
    """The percentile interval of a statistic: quantiles over resamples of the rows.

    Each resample takes rows ``rng.integers(0, n, n)``, n of n with replacement, and calls
    ``statistic`` once; the interval leaves (1 − level)/2 of the values out at either end.
    ValueError when there are no rows, no resamples, or a level outside (0, 1).
    Source: Efron 1979; Efron & Tibshirani 1993, chapter 13.
    """
    rows = np.asarray(data)
    if len(rows) < 1 or resamples < 1:
        raise ValueError(f"{len(rows)} rows, {resamples} resamples: both must be at least 1")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: it must lie between 0 and 1")
    n = len(rows)
    values = [statistic(rows[rng.integers(0, n, n)]) for _ in range(resamples)]
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def _each_held_out(parts: Sequence[Indices]) -> list[Split]:
    """Each part held out in turn, the others to train on."""
    return [
        Split(np.concatenate([*parts[:i], *parts[i + 1 :]]), part) for i, part in enumerate(parts)
    ]
