"""Linear least squares with a penalty, and by descent that stops early.

The loss is the mean squared error ‖Xw − y‖²/n with the penalty reg·Σw² (ridge), reg·Σ|w| (lasso) or
both, without a hidden ½, as everywhere in the book. X is (n, d), y (n,), w (d,); a column of ones
would be penalised like any other, so centre X and y first where the intercept must stay free.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

TOLERANCE = 1e-14
"""Coordinate descent stops when a sweep moves no coefficient by more, against the largest one."""


def soft_threshold(x: ArrayLike, threshold: float) -> Array:
    """x moved towards 0 by ``threshold``, and 0 where it would pass it; the shape of x.

    It is the minimiser over w of ½(w − x)² + threshold·|w|. ValueError when ``threshold`` < 0.
    """
    if threshold < 0:
        raise ValueError(f"threshold is {threshold}: it must be at least 0")
    values = np.asarray(x, dtype=np.float64)
    return np.sign(values) * np.maximum(np.abs(values) - threshold, 0.0)


def ridge(X: ArrayLike, y: ArrayLike, reg: float) -> Array:
    """The minimiser (d,) of ‖Xw − y‖²/n + reg·Σw²: (XᵀX/n + reg·I)⁻¹·Xᵀy/n.

    ValueError when ``reg`` < 0 or the shapes disagree; LinAlgError when ``reg`` is 0 and X has
    dependent columns. Source: Hoerl & Kennard 1970.
    """
    gram, pull = _moments(X, y)
    _check_reg(reg)
    return np.asarray(np.linalg.solve(gram + reg * np.eye(len(pull)), pull), dtype=np.float64)


def lasso(X: ArrayLike, y: ArrayLike, reg: float, sweeps: int = 100_000) -> Array:
    """The minimiser (d,) of ‖Xw − y‖²/n + reg·Σ|w|: see ``elastic_net``, with mix = 1.

    Everything is 0 from reg = 2·max|Xᵀy/n| on. Source: Tibshirani 1996.
    """
    return elastic_net(X, y, reg, 1.0, sweeps)


def elastic_net(X: ArrayLike, y: ArrayLike, reg: float, mix: float, sweeps: int = 100_000) -> Array:
    """The minimiser (d,) of ‖Xw − y‖²/n + reg·(mix·Σ|w| + (1 − mix)·Σw²), 0 ≤ mix ≤ 1.

    Coordinate descent from 0: with all other coefficients held, the best w_j is
    soft_threshold(r_j, reg·mix/2)/(A_jj + reg·(1 − mix)), where A = XᵀX/n and r_j is
    (Xᵀy/n)_j − Σ_{k≠j} A_jk·w_k. It stops at TOLERANCE or after ``sweeps`` sweeps.
    ValueError when ``reg`` or ``mix`` is out of range, the shapes disagree, or a column of X is
    all zeros. Source: Zou & Hastie 2005; the updates, Friedman, Hastie & Tibshirani 2010.
    """
    gram, pull = _moments(X, y)
    _check_reg(reg)
    if not 0 <= mix <= 1:
        raise ValueError(f"mix is {mix}: it must lie between 0 and 1")
    scale = np.diag(gram) + reg * (1 - mix)
    if not (np.diag(gram) > 0).all():
        raise ValueError(f"column {int(np.diag(gram).argmin())} of X is all zeros")
    w = np.zeros_like(pull)
    for _ in range(sweeps):
        before = w.copy()
        for j in range(len(w)):
            rest = pull[j] - gram[j] @ w + gram[j, j] * w[j]
            w[j] = soft_threshold(rest, reg * mix / 2) / scale[j]
        if np.abs(w - before).max() <= TOLERANCE * np.abs(w).max():
            break
    return w


def descent_path(X: ArrayLike, y: ArrayLike, lr: float, steps: ArrayLike) -> Array:
    """Where gradient descent on ‖Xw − y‖²/n from w = 0 stands after ``steps`` (k,) steps: (k, d).

    In closed form: along the eigenvector of XᵀX/n with eigenvalue λ the way still to go shrinks by
    1 − 2·lr·λ a step (the gradient of the loss without ½ is 2·(XᵀX·w − Xᵀy)/n). Directions with
    λ = 0 stay at 0. ValueError when ``lr`` ≤ 0, a number of steps is negative, or the shapes
    disagree.
    """
    gram, pull = _moments(X, y)
    times = np.asarray(steps, dtype=np.float64)
    if lr <= 0:
        raise ValueError(f"lr is {lr}: it must be above 0")
    if times.ndim != 1 or (times < 0).any():
        raise ValueError(f"steps must be a list of counts from 0 on, its shape is {times.shape}")
    eigenvalues, axes = np.linalg.eigh(gram)
    known = eigenvalues > 1e-12 * eigenvalues[-1]
    goal = np.where(known, axes.T @ pull / np.where(known, eigenvalues, 1.0), 0.0)
    done = 1 - (1 - 2 * lr * eigenvalues) ** times[:, None]
    return np.asarray((done * goal) @ axes.T)


def matching_strength(lr: float, steps: ArrayLike) -> Array:
    """The reg whose ridge solution is near to descent stopped after ``steps``: 1/(2·lr·steps).

    For small λ ridge takes the part λ/reg of the way and descent 2·lr·λ·steps. (A loss with ½ has
    1/(lr·steps).) Source: Goodfellow, Bengio & Courville 2016, section 7.8.
    """
    return np.asarray(1 / (2 * lr * np.asarray(steps, dtype=np.float64)))


def _moments(X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """XᵀX/n (d, d) and Xᵀy/n (d,)."""
    X, y = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if X.ndim != 2 or y.shape != X.shape[:1] or 0 in X.shape:
        raise ValueError(f"X has shape {X.shape}, y {y.shape}: they must be (n, d) and (n,)")
    return X.T @ X / len(y), X.T @ y / len(y)


def _check_reg(reg: float) -> None:
    if not 0 <= reg < np.inf:
        raise ValueError(f"reg is {reg}: it must be finite and at least 0")
