"""What a test admits and what it shows: non-finite results, and curves for the student."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograder.verdict import Evidence

MOST_POINTS = 2000
"""Points of one curve that are kept, from its start; a plot shows no more."""

nonfinite_allowed: ContextVar[bool] = ContextVar("nonfinite_allowed", default=False)
"""Whether the student's functions may return nan and inf just now; see ``allow_nonfinite``."""

_collected: ContextVar[list[Evidence] | None] = ContextVar("collected", default=None)


@contextmanager
def allow_nonfinite() -> Iterator[None]:
    """Inside, a student's function may return nan and inf; elsewhere that is refused."""
    token = nonfinite_allowed.set(True)
    try:
        yield
    finally:
        nonfinite_allowed.reset(token)


@contextmanager
def collect() -> Iterator[list[Evidence]]:
    """Gather what the checks inside record; without this, recording does nothing."""
    found: list[Evidence] = []
    token = _collected.set(found)
    try:
        yield found
    finally:
        _collected.reset(token)


def record(
    title: str, got: Any, low: Any, high: Any, *, xlabel: str = "step", ylabel: str = "loss"
) -> None:
    """Keep a curve (n,) and the band (m,) of right ones; what cannot be plotted is left out.

    A curve that becomes infinite or not a number is kept up to there.
    """
    found = _collected.get()
    curve, under, over = (_plottable(values) for values in (got, low, high))
    if found is not None and curve and under and over:
        found.append(Evidence(title, curve, under, over, xlabel, ylabel))


def _plottable(values: Any) -> tuple[float, ...]:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        return ()
    if array.ndim != 1:
        return ()
    finite = np.isfinite(array)
    length = len(array) if finite.all() else int(np.argmin(finite))
    return tuple(array[: min(length, MOST_POINTS)].tolist())
