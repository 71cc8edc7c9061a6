"""Polynomials fitted by least squares on [−1, 1], and their bias and variance in closed form.

The basis is Legendre's, in which the normal equations stay well conditioned where powers of x
fail. With fixed places x the fit is linear in the labels, ŷ(at) = H·y, and so its mean and its
variance over the noise follow from the hat matrix H, without a simulation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


class ErrorParts(NamedTuple):
    """Mean squared errors of the fits of degree 0, 1, …; each (degrees,), in squared label units.

    ``total`` = ``bias2`` + ``variance`` + ``noise`` is the expected error at new points with new
    noise, ``training`` the expected error on the labels that the fit has seen.
    """

    bias2: Array
    variance: Array
    noise: Array
    total: Array
    training: Array


def legendre(x: ArrayLike, degree: int) -> Array:
    """Legendre's polynomials P₀ … P_degree at x (n,), as the columns of (n, degree + 1).

    (k + 1)·P_{k+1} = (2k + 1)·x·P_k − k·P_{k−1} (Bonnet). ValueError when degree < 0, or when x
    leaves [−1, 1], where they grow fast.
    """
    x = np.asarray(x, dtype=np.float64)
    if x.ndim != 1:
        raise ValueError(f"x has shape {x.shape}: it must be (n,)")
    if degree < 0:
        raise ValueError(f"degree is {degree}: it must be at least 0")
    if not (np.abs(x) <= 1).all():
        raise ValueError("x must lie in [−1, 1]: shift and scale it first")
    columns = [np.ones_like(x), x]
    for k in range(1, degree):
        columns.append(((2 * k + 1) * x * columns[k] - k * columns[k - 1]) / (k + 1))
    return np.stack(columns[: degree + 1], axis=1)


def fit(x: ArrayLike, y: ArrayLike, degree: int) -> Array:
    """Least-squares coefficients (…, degree + 1) in Legendre's basis.

    x is (n,) in [−1, 1] with at least degree + 1 distinct places; y is (n,), or (…, n) for one fit
    a row. ValueError when the shapes differ or the places are too few.
    """
    X, y = legendre(x, degree), np.asarray(y, dtype=np.float64)
    if y.shape[-1:] != X.shape[:1]:
        raise ValueError(f"x has shape {X.shape[:1]}, y {y.shape}: their last axes must agree")
    Q, R = _factors(X)
    return np.asarray(np.linalg.solve(R, (y @ Q)[..., None])[..., 0])


def predict(coefficients: ArrayLike, x: ArrayLike) -> Array:
    """The values (…, n) at x (n,) of polynomials with ``coefficients`` (…, degree + 1)."""
    c = np.asarray(coefficients, dtype=np.float64)
    return np.asarray(c @ legendre(x, c.shape[-1] - 1).T)


def hat_matrix(x: ArrayLike, at: ArrayLike, degree: int) -> Array:
    """H (m, n) with predict(fit(x, y, degree), at) = H @ y for any labels y."""
    Q, R = _factors(legendre(x, degree))
    return np.asarray(np.linalg.solve(R.T, legendre(at, degree).T).T @ Q.T)


def error_parts(
    truth: Callable[[Array], Array], x: ArrayLike, at: ArrayLike, noise: float, degree: int
) -> ErrorParts:
    """The exact error parts of the fits of degree 0 … ``degree``, averaged over the points ``at``.

    Labels are truth(x) + noise·z with independent z of mean 0 and variance 1; x (n,) is fixed.
    With f the truth: bias² = mean((H·f(x) − f(at))²), variance = noise²·mean of the diagonal of
    H·Hᵀ, training error = ‖f(x) − Hₓ·f(x)‖²/n + noise²·(n − degree − 1)/n, where Hₓ is H at x
    itself. Source: Hastie, Tibshirani & Friedman 2009, sections 7.3 and 7.6.
    """
    x, at = np.asarray(x, dtype=np.float64), np.asarray(at, dtype=np.float64)
    f, f_at = truth(x), truth(at)
    bias2, variance, training = (np.empty(degree + 1) for _ in range(3))
    for k in range(degree + 1):
        H = hat_matrix(x, at, k)
        bias2[k] = np.mean((H @ f - f_at) ** 2)
        variance[k] = noise**2 * np.mean((H**2).sum(axis=1))
        rest = f - hat_matrix(x, x, k) @ f
        training[k] = np.mean(rest**2) + noise**2 * (1 - (k + 1) / len(x))
    floor = np.full(degree + 1, noise**2)
    return ErrorParts(bias2, variance, floor, bias2 + variance + floor, training)


def _factors(X: Array) -> tuple[Array, Array]:
    """Q and R of X = QR; ValueError when a column depends on those before it."""
    n, columns = X.shape
    if n >= columns:
        Q, R = np.linalg.qr(X)
        pivots = np.abs(np.diag(R))
        if pivots.min() > 1e-10 * pivots.max():
            return Q, R
    raise ValueError(
        f"degree {columns - 1} needs {columns} distinct places, x has fewer or too close ones"
    )
