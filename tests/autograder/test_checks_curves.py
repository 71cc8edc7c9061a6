"""Loss curves, their bands, and what the student sees of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.checks import CheckFailed, band, curve, evidence

STEPS = np.arange(31)
EXPECTED = 3.0 * 0.8**STEPS


def test_right_curve_passes_and_is_shown() -> None:
    """Does a right curve pass, and lie inside the band that the student sees?"""
    with evidence.collect() as shown:
        curve("The loss", EXPECTED * (1 + 1e-9), EXPECTED, title="Your loss")
    (item,) = shown
    assert (item.title, item.xlabel, item.ylabel) == ("Your loss", "step", "loss")
    assert item.got == tuple(EXPECTED * (1 + 1e-9))
    assert all(
        low < got < high for low, got, high in zip(item.low, item.got, item.high, strict=True)
    )


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (2 * EXPECTED, "parts from the right curve at the start, there by its own size or more"),
        (np.where(STEPS < 4, EXPECTED, 1.0), "from step 4 on"),
        (EXPECTED[1:], "has shape (30,); its shape must be (31,)"),
        (EXPECTED.tolist(), "is a list of 31"),
        (EXPECTED.astype(np.float32), "float32"),
        (np.append(EXPECTED[:-1], np.nan), "not finite"),
    ],
)
def test_wrong_curve_is_told_and_still_shown(got: Any, words: str) -> None:
    """Is the first wrong step named, and the curve shown although it is wrong?"""
    with evidence.collect() as shown, pytest.raises(CheckFailed) as failed:
        curve("The loss", got, EXPECTED)
    assert words in str(failed.value)
    assert shown[0].got == tuple(np.asarray(got)[np.isfinite(got)])


def test_late_steps_are_not_compared_point_by_point() -> None:
    """May a curve part after the compared points, as right programs do on chaotic runs?"""
    curve("The loss", np.where(STEPS < 20, EXPECTED, 0.5), EXPECTED, points=20)


def test_shown_band_does_not_tell_the_expected_curve() -> None:
    """Is the expected value hidden from someone who averages the two edges of the band?"""
    rng = np.random.default_rng(1)
    expected = rng.lognormal(size=200) * 10.0 ** rng.integers(-8, 8, 200)
    with evidence.collect() as shown:
        curve("The loss", expected, expected)
    low, high = np.array(shown[0].low), np.array(shown[0].high)
    off = np.abs((low + high) / 2 / expected - 1)
    assert np.median(off) > 1e-4
    assert (low < expected).all()
    assert (high > expected).all()


def test_band_of_right_runs() -> None:
    """Is a curve inside the band right, and the first point outside told with its side?"""
    low, high = 0.9 * EXPECTED, 1.1 * EXPECTED
    band("The loss", EXPECTED, low, high)
    with pytest.raises(CheckFailed, match="at 26 of 31 points, first above it at step 5"):
        band("The loss", np.where(STEPS < 5, EXPECTED, 9.0), low, high)
    with pytest.raises(CheckFailed, match="at 1 of 31 points, first below it at step 30"):
        band("The loss", np.where(STEPS < 30, EXPECTED, 0.0), low, high)
    with pytest.raises(CheckFailed, match="its shape must be"):
        band("The loss", EXPECTED[:5], low, high)
    with pytest.raises(ValueError, match="they must agree"):
        band("The loss", EXPECTED, low[:5], high)


def test_zero_and_negative_curves_have_bands_too() -> None:
    """Does a band lie around zeros and negative values as well?"""
    values = np.array([-2.0, 0.0, 1.0])
    with evidence.collect() as shown:
        curve("The score", values, values, ylabel="score")
    assert all(
        low <= got <= high
        for low, got, high in zip(shown[0].low, values, shown[0].high, strict=True)
    )


def test_what_is_no_curve_leaves_no_evidence() -> None:
    """Is nothing recorded for a number, a text or a curve that is infinite from the start?"""
    with evidence.collect() as shown:
        for got in (3.0, "loss", [[1.0]], [float("inf"), 1.0], None):
            evidence.record("Your loss", got, EXPECTED, EXPECTED)
    assert shown == []
    evidence.record("Your loss", EXPECTED, EXPECTED, EXPECTED)  # nobody collects: nothing happens


def test_long_and_diverging_curves_are_cut() -> None:
    """Are curves kept up to the first infinite value, and no longer than a plot can show?"""
    with evidence.collect() as shown:
        evidence.record("Your loss", [1.0, 2.0, np.inf, 4.0], EXPECTED, EXPECTED)
        evidence.record("Your loss", np.ones(10_000), EXPECTED, EXPECTED)
    assert shown[0].got == (1.0, 2.0)
    assert len(shown[1].got) == evidence.MOST_POINTS
