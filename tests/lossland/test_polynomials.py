"""Polynomial fits and their error parts, against NumPy's, hand calculation and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.polynomial import legendre as numpy_legendre
from numpy.typing import ArrayLike, NDArray

from lossland.polynomials import error_parts, fit, hat_matrix, legendre, predict

Array = NDArray[np.float64]


def wave(x: ArrayLike) -> Array:
    return np.asarray(np.sin(5 * np.asarray(x)))


def test_legendre_by_numpy() -> None:
    """Are all columns to degree 15 NumPy's, and the first three 1, x and (3x² − 1)/2?"""
    x = np.linspace(-1, 1, 41)
    np.testing.assert_allclose(legendre(x, 15), numpy_legendre.legvander(x, 15), atol=1e-14)
    np.testing.assert_allclose(legendre([0.5], 2), [[1, 0.5, -0.125]])
    assert legendre(x, 0).shape == (41, 1)


def test_fit_by_numpy() -> None:
    """Are coefficients and predictions those of NumPy's own least squares, one fit a row?"""
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, 40)
    labels = rng.standard_normal((3, 40))
    coefficients = fit(x, labels, 7)
    np.testing.assert_allclose(coefficients, numpy_legendre.legfit(x, labels.T, 7).T, rtol=1e-9)
    np.testing.assert_allclose(fit(x, labels[1], 7), coefficients[1], rtol=1e-12)
    at = np.linspace(-1, 1, 9)
    expected = [numpy_legendre.legval(at, row) for row in coefficients]
    np.testing.assert_allclose(predict(coefficients, at), expected, rtol=1e-12, atol=1e-14)


def test_hat_matrix_by_hand() -> None:
    """For a line through −1, 0, 1: is the prediction at x their mean + x·(y₃ − y₁)/2?"""
    H = hat_matrix([-1.0, 0.0, 1.0], [0.5], 1)
    np.testing.assert_allclose(H, [[1 / 3 - 0.25, 1 / 3, 1 / 3 + 0.25]], atol=1e-15)


def test_hat_matrix_projects() -> None:
    """At the sample's own places, is H its own square, of trace degree + 1?"""
    x = np.linspace(-1, 1, 25)
    H = hat_matrix(x, x, 9)
    np.testing.assert_allclose(H @ H, H, atol=1e-13)
    assert np.trace(H) == pytest.approx(10)


def test_parts_of_a_line_by_hand() -> None:
    """Truth x², places −1, 0, 1, noise 3, at 0 and 1: are the parts those of pencil and paper?

    Both fits are the constant ⅔ in the mean. Bias² = (⅔² + ⅓²)/2 = 5/18. Variance of the mean
    9/3 = 3; of the line at 0 and 1: 3 and 3 + 9/2. Left over of x²: (2·⅓² + ⅔²)/3 = 2/9.
    """
    parts = error_parts(np.square, [-1.0, 0.0, 1.0], [0.0, 1.0], 3.0, 1)
    np.testing.assert_allclose(parts.bias2, [5 / 18, 5 / 18])
    np.testing.assert_allclose(parts.variance, [3, (3 + 7.5) / 2])
    np.testing.assert_allclose(parts.noise, [9, 9])
    np.testing.assert_allclose(parts.total, [5 / 18 + 12, 5 / 18 + 5.25 + 9])
    np.testing.assert_allclose(parts.training, [2 / 9 + 9 * 2 / 3, 2 / 9 + 9 / 3])


@pytest.mark.parametrize("degree", [0, 4, 12])
def test_parts_by_simulation(degree: int) -> None:
    """Do 4,000 fits show bias², variance, their sum on new labels and the training error?"""
    rng = np.random.default_rng(degree)
    x, at, noise, trials = np.linspace(-1, 1, 25), np.linspace(-0.95, 0.95, 30), 0.4, 4000
    labels = wave(x) + noise * rng.standard_normal((trials, 25))
    coefficients = numpy_legendre.legfit(x, labels.T, degree)
    fits = numpy_legendre.legval(at, coefficients)
    new = wave(at) + noise * rng.standard_normal((trials, 30))
    parts = error_parts(wave, x, at, noise, degree)

    def agrees(errors: Array, expected: float) -> None:
        assert abs(errors.mean() - expected) < 4 * errors.std() / np.sqrt(trials)

    agrees(((new - fits) ** 2).mean(axis=1), parts.total[degree])
    agrees(((fits - fits.mean(axis=0)) ** 2).mean(axis=1), parts.variance[degree])
    seen = numpy_legendre.legval(x, coefficients)
    agrees(((labels - seen) ** 2).mean(axis=1), parts.training[degree])
    miss = fits.mean(axis=0) - wave(at)  # squared, it still holds variance/trials
    bias2 = np.mean(miss**2) - parts.variance[degree] / trials
    room = 4 * np.sqrt(parts.bias2[degree] * parts.variance[degree] / trials)
    assert bias2 == pytest.approx(parts.bias2[degree], abs=2 * room + 1e-5)


def test_bias_falls_and_variance_rises() -> None:
    """With every degree, is the mean left over smaller and the variance larger?"""
    parts = error_parts(wave, np.linspace(-1, 1, 30), np.linspace(-1, 1, 200), 0.3, 12)
    assert (np.diff(parts.training) < 0).all()
    assert (np.diff(parts.variance) > 0).all()
    assert parts.bias2[12] < 1e-5
    assert parts.bias2[0] > 0.1


def test_refuses_what_cannot_be_fitted() -> None:
    """Are too few places, other shapes and places outside [−1, 1] named?"""
    with pytest.raises(ValueError, match="degree 3 needs 4 distinct places"):
        fit([-1.0, 0.0, 1.0], [1.0, 2.0, 3.0], 3)
    with pytest.raises(ValueError, match="degree 2 needs 3 distinct places"):
        hat_matrix([0.1, 0.1, 0.5, 0.5], [0.0], 2)
    with pytest.raises(ValueError, match=r"x has shape \(3,\), y \(2,\)"):
        fit([-1.0, 0.0, 1.0], [1.0, 2.0], 1)
    with pytest.raises(ValueError, match=r"must lie in \[−1, 1\]"):
        legendre([1.5], 2)
    with pytest.raises(ValueError, match="degree is -1"):
        legendre([0.5], -1)
    with pytest.raises(ValueError, match=r"x has shape \(1, 1\)"):
        legendre([[0.5]], 1)
