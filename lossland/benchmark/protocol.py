"""The rules of the benchmark, all in one place, and the random numbers that they use."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

VERSION = 1
"""Counts up when a rule, a range or a task changes, so that old results are not mixed with new."""


@dataclass(frozen=True)
class Protocol:
    """How much is spent on every method, the same for all."""

    trials: int = 96
    """Settings that are drawn for a method on a task; a search of budget b is any b of them."""
    finalists: int = 6
    """So many of the settings, the best on validation, are run on every fresh seed."""
    seeds: int = 10
    """Fresh seeds: starts and orders of the data that no tuning run has seen."""
    budgets: tuple[int, ...] = (1, 4, 16, 64)
    """Numbers of trials that a search may spend."""
    sweep: tuple[float, ...] = (1 / 30, 1 / 10, 1 / 3, 1.0, 3.0, 10.0, 30.0)
    """Factors on the chosen learning rate, all else kept: how sharp is the optimum?"""
    sweep_seeds: int = 3
    """So many of the fresh seeds are run at every factor."""
    shorter: int = 1
    """Tasks have their number of evaluations divided by this: above 1 in the small version."""


FULL = Protocol()
SMALL = Protocol(
    trials=3, finalists=1, seeds=2, budgets=(1, 2), sweep=(0.1,), sweep_seeds=1, shorter=10
)
"""Made in seconds, to see that the code still makes what it made."""


def generator(*names: str | int) -> np.random.Generator:
    """The random numbers of one purpose, such as ("fresh", "softmax", 3).

    Words count by their CRC-32, so that nothing depends on the order of methods and tasks.
    """
    words = [zlib.crc32(name.encode()) if isinstance(name, str) else name for name in names]
    return np.random.default_rng([VERSION, *words])
