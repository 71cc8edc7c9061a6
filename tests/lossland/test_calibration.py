"""Calibration against hand calculation and a simulation whose answer is known."""

import numpy as np
import pytest

from lossland.calibration import reliability


def test_by_hand() -> None:
    """Two bins: 0.55 and 0.65 with one right, 0.95 and 0.85 with both right?"""
    confidence = np.array([0.55, 0.65, 0.95, 0.85])
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    found = reliability(probabilities, np.array([0, 1, 0, 0]), bins=5)
    # bins (0.4, 0.6], (0.6, 0.8], (0.8, 1]
    np.testing.assert_allclose(found.confidence, [0.55, 0.65, 0.9])
    np.testing.assert_allclose(found.accuracy, [1, 0, 1])
    np.testing.assert_allclose(found.share, [0.25, 0.25, 0.5])
    assert found.error == pytest.approx(0.25 * 0.45 + 0.25 * 0.65 + 0.5 * 0.1)


def test_borders_belong_to_the_bin_below() -> None:
    """Does a confidence of exactly 0.6 lie in (0.4, 0.6], and one of 1 in the last bin?"""
    probabilities = np.array([[0.6, 0.4], [0.5, 0.5], [1.0, 0.0]])
    found = reliability(probabilities, np.array([0, 0, 0]), bins=5)
    np.testing.assert_allclose(found.share, [2 / 3, 1 / 3])


def test_a_calibrated_model_has_almost_no_error() -> None:
    """Labels drawn with the claimed probabilities: is the error within its noise?"""
    rng = np.random.default_rng(0)
    p = rng.uniform(0.5, 1, 40_000)
    y = (rng.random(40_000) > p).astype(int)
    found = reliability(np.stack([p, 1 - p], axis=1), y)
    assert found.error < 0.01
    sure = reliability(np.stack([np.ones(40_000), np.zeros(40_000)], axis=1), y)
    assert sure.error == pytest.approx(0.25, abs=0.01)  # right three times of four, on average


def test_shapes_are_named() -> None:
    """Do shapes that do not fit raise?"""
    with pytest.raises(ValueError, match="must be"):
        reliability(np.ones((2, 3)), np.zeros(3, int))
    with pytest.raises(ValueError, match="at least 1"):
        reliability(np.ones((2, 3)), np.zeros(2, int), bins=0)
