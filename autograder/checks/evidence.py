"""What a test admits (non-finite, empty or oddly shaped results) and shows (curves)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograder.verdict import Evidence

MOST_POINTS = 2000
"""Points of one curve that are kept, from its start; a plot shows no more."""

nonfinite_allowed: ContextVar[bool] = ContextVar("nonfinite_allowed", default=False)
"""Whether the student's functions may return nan and inf just now; see ``allow_nonfinite``."""

empty_allowed: ContextVar[bool] = ContextVar("empty_allowed", default=False)
"""Whether the student's functions may return arrays of size 0; see ``allow_empty``."""

shape_allowed: ContextVar[bool] = ContextVar("shape_allowed", default=False)
"""Whether any shape may come, whatever the reference's; see ``allow_shape``."""

_collected: ContextVar[list[Evidence] | None] = ContextVar("collected", default=None)


@contextmanager
def _allowed(what: ContextVar[bool]) -> Iterator[None]:
    token = what.set(True)
    try:
        yield
    finally:
        what.reset(token)


def allow_nonfinite() -> AbstractContextManager[None]:
    """Inside, a student's function may return nan and inf; elsewhere that is refused."""
    return _allowed(nonfinite_allowed)


def allow_empty() -> AbstractContextManager[None]:
    """Inside, arrays of size 0 may come where the reference gives others: they pass for anything.

    Where the reference gives an array of size 0 as well, nothing needs to be allowed.
    """
    return _allowed(empty_allowed)


def allow_shape() -> AbstractContextManager[None]:
    """Inside, results may have other shapes than the reference's, even those that broadcast."""
    return _allowed(shape_allowed)


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
