"""Loss curves: point by point at the start, inside a band in the long run."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.checks import comparing, evidence, wording
from autograder.checks.failure import CheckFailed

WIDTH = 0.03
"""Half the width of the band that is drawn around an expected curve, relative to it."""


def curve(
    what: str,
    got: Any,
    expected: Any,
    points: int = 20,
    rtol: float = 1e-6,
    *,
    title: str = "",
    xlabel: str = "step",
    ylabel: str = "loss",
) -> None:
    """Raise CheckFailed unless the first ``points`` values are those of the expected curve.

    Shape, dtype and finiteness hold for all of it. Later values are not compared: right programs
    that differ in rounding may part on long runs. The student sees the curve over a band.
    """
    expected = np.asarray(expected, dtype=np.float64)
    low, high = _drawn_band(expected)
    evidence.record(title or what, got, low, high, xlabel=xlabel, ylabel=ylabel)
    comparing.well_formed(what, got, expected)
    got = np.asarray(got)
    wrong = comparing.excess(got[:points], expected[:points], rtol) > 1
    if wrong.any():
        first = int(np.argmax(wrong))
        far = wording.how_far(comparing.relative_deviation(got[first], expected[first]))
        where = "at the start" if first == 0 else f"from {xlabel} {wording.rough(first)} on"
        raise CheckFailed(f"{what} parts from the right curve {where}, there {far}.")


def band(
    what: str,
    got: Any,
    low: Any,
    high: Any,
    *,
    title: str = "",
    xlabel: str = "step",
    ylabel: str = "loss",
) -> None:
    """Raise CheckFailed unless every value lies between ``low`` and ``high``, three (n,) arrays.

    For long runs: the band comes from a bound of the theory or from the reference's own seeds.
    """
    low, high = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    if low.shape != high.shape:
        raise ValueError(f"low has shape {low.shape}, high {high.shape}: they must agree")
    drawn = _rounded(low, up=False), _rounded(high, up=True)
    evidence.record(title or what, got, *drawn, xlabel=xlabel, ylabel=ylabel)
    comparing.well_formed(what, got, low)
    outside = (np.asarray(got) < low) | (np.asarray(got) > high)
    if outside.any():
        first = int(np.argmax(outside))
        side = "above" if np.asarray(got)[first] > high[first] else "below"
        many = wording.near(int(outside.sum()), low.size)
        raise CheckFailed(
            f"{what} lies outside the band of right runs at {many} of "
            f"{low.size:,} points, first {side} it at {xlabel} {wording.rough(first)}."
        )


def _drawn_band(expected: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    width = WIDTH * np.abs(expected)
    return _rounded(expected - width, up=False), _rounded(expected + width, up=True)


def _rounded(values: NDArray[np.float64], up: bool) -> NDArray[np.float64]:
    """Outward to three digits, so that the drawn band does not give away what it surrounds."""
    size = np.clip(np.abs(values), 1e-280, None)  # below, a power of ten is no normal number
    unit = 10.0 ** (np.floor(np.log10(size)) - 2)
    outward = (np.ceil if up else np.floor)(values / unit) * unit
    return np.array([float(f"{value:.3g}") for value in outward])
