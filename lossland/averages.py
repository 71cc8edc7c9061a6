"""Averages that forget: the exponentially weighted moving average, and what its start at 0 does."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def ewma(values: ArrayLike, beta: float, correct: bool = True) -> Array:
    """m ← beta·m + (1−beta)·x from m = 0, after each value; divided by 1 − betaᵗ if ``correct``.

    values (n, ...) of any units, along the first axis; the averages have its shape and units.
    0 ≤ beta < 1: about the last 1/(1−beta) values count. Uncorrected, the weights of the first t
    values add up to 1 − betaᵗ only, so that a constant series begins too low; corrected, they add
    up to 1. ValueError for a beta outside its range, or for values without a first axis.
    Source of the correction: Kingma & Ba 2015, section 3.
    """
    series = np.asarray(values, dtype=np.float64)
    if series.ndim == 0:
        raise ValueError("values is a single number: an average runs along the first axis")
    _check(beta)
    averages = np.empty_like(series)
    m = np.zeros(series.shape[1:])
    for t, x in enumerate(series):
        m = beta * m + (1 - beta) * x
        averages[t] = m
    if not correct:
        return averages
    total = 1 - beta ** np.arange(1, len(series) + 1)
    return averages / total.reshape(-1, *[1] * (series.ndim - 1))


def ewma_weights(t: int, beta: float) -> Array:
    """What value 1, …, t counts for in the uncorrected average after t: (1−beta)·beta^(t−s), (t,).

    They add up to 1 − betaᵗ. ValueError for a beta outside 0 ≤ beta < 1 or t < 1.
    """
    _check(beta)
    if t < 1:
        raise ValueError(f"t is {t}: values count from 1")
    return np.asarray((1 - beta) * float(beta) ** np.arange(t - 1, -1, -1))


def _check(beta: float) -> None:
    if not 0 <= beta < 1:
        raise ValueError(f"beta is {beta}: it must be at least 0 and below 1")
