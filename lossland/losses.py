"""The losses of the linear classifier, with their gradients, and the quadratic.

Scores are X @ W: X (n, d) float64 with a column of ones for the bias, W (d, C), labels y (n,) of
any integer type, 0 … C − 1. A loss is the mean over examples plus reg·ΣW² over every entry.
All functions raise ValueError, naming both shapes, when the arrays do not fit together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Labels = NDArray[np.integer[Any]]


def hinge_loss(W: Array, X: Array, y: Labels, reg: float = 0.0, delta: float = 1.0) -> float:
    """Multiclass SVM loss: mean over examples of Σ_{j≠y} max(0, s_j − s_y + delta), + reg·ΣW².

    Source: Weston & Watkins 1999. At W = 0 it is (C − 1)·delta.
    """
    margins = _margins(W, X, y, delta)
    return float(np.maximum(margins, 0).sum() / len(y) + reg * (W * W).sum())


def hinge_loss_and_gradient(
    W: Array, X: Array, y: Labels, reg: float = 0.0, delta: float = 1.0
) -> tuple[float, Array]:
    """``hinge_loss`` and its gradient (d, C).

    Each example adds x to column j for every positive margin j ≠ y, and subtracts x from column
    y as many times. On a kink (a margin of exactly 0) this is the subgradient with 0 for it.
    """
    margins = _margins(W, X, y, delta)
    loss = np.maximum(margins, 0).sum() / len(y) + reg * (W * W).sum()
    pull = (margins > 0).astype(np.float64)
    pull[np.arange(len(y)), y] = -pull.sum(axis=1)
    return float(loss), X.T @ pull / len(y) + 2 * reg * W


def positive_margins(W: Array, X: Array, y: Labels, delta: float = 1.0) -> NDArray[np.bool_]:
    """Which terms of the hinge loss are above 0, (n, C): who wins in each max(0, margin).

    Where this differs between two points, a kink lies between them; ``gradcheck.check_gradient``
    takes it as ``winners``.
    """
    return _margins(W, X, y, delta) > 0


def softmax_loss(W: Array, X: Array, y: Labels, reg: float = 0.0) -> float:
    """Mean over examples of −log softmax(s)_y, + reg·ΣW². At W = 0 it is ln C.

    The largest score is subtracted first, so that no exponential overflows.
    """
    log_p = log_softmax(_scores(W, X, y))
    return float(-log_p[np.arange(len(y)), y].mean() + reg * (W * W).sum())


def softmax_loss_and_gradient(
    W: Array, X: Array, y: Labels, reg: float = 0.0
) -> tuple[float, Array]:
    """``softmax_loss`` and its gradient (d, C): Xᵀ(p − onehot(y))/n + 2·reg·W."""
    loss, pull = cross_entropy(_scores(W, X, y), y)
    return float(loss + reg * (W * W).sum()), X.T @ pull + 2 * reg * W


def cross_entropy(scores: Array, y: Labels) -> tuple[float, Array]:
    """Mean over rows of −log softmax(s)_y, and its gradient (n, C) in the scores (n, C)."""
    if scores.ndim != 2 or y.shape != scores.shape[:1]:
        raise ValueError(
            f"y has shape {y.shape}, scores {scores.shape}: they must agree in their first axis"
        )
    log_p = log_softmax(scores)
    right = (np.arange(len(y)), y)
    pull = np.exp(log_p)
    pull[right] -= 1
    return float(-log_p[right].mean()), pull / len(y)


def squared_error(outputs: Array, targets: Array) -> tuple[float, Array]:
    """Mean over all entries of (outputs − targets)², without a hidden ½, and its gradient."""
    if outputs.shape != targets.shape:
        raise ValueError(
            f"targets have shape {targets.shape}, outputs {outputs.shape}: they must agree"
        )
    rest = outputs - targets
    return float((rest**2).mean()), 2 * rest / rest.size


def accuracy(W: Array, X: Array, y: Labels) -> float:
    """Fraction of examples whose highest score is the right class's; ties: the lowest class."""
    return float((_scores(W, X, y).argmax(axis=1) == y).mean())


def quadratic(
    H: ArrayLike, minimum: ArrayLike | None = None
) -> Callable[[Array], tuple[float, Array]]:
    """The function x ↦ (½·(x − minimum)ᵀH(x − minimum), H(x − minimum)).

    H is symmetric (d, d), ``minimum`` (d,), the origin by default.
    """
    hessian = np.array(H, dtype=np.float64)
    if hessian.ndim != 2 or hessian.shape[0] != hessian.shape[1]:
        raise ValueError(f"H has shape {hessian.shape}: it must be square")
    if not np.allclose(hessian, hessian.T, rtol=1e-12, atol=0.0):
        raise ValueError("H is not symmetric: pass (H + H.T) / 2, which has the same values")
    centre = np.zeros(len(hessian)) if minimum is None else np.array(minimum, dtype=np.float64)
    if centre.shape != hessian.shape[:1]:
        raise ValueError(f"minimum has shape {centre.shape}, H {hessian.shape}: they must agree")

    def loss_and_gradient(x: Array) -> tuple[float, Array]:
        if np.shape(x) != centre.shape:
            raise ValueError(f"x has shape {np.shape(x)}, H {hessian.shape}: they must agree")
        gradient = hessian @ (x - centre)
        return float(0.5 * (x - centre) @ gradient), gradient

    return loss_and_gradient


def _scores(W: Array, X: Array, y: Labels) -> Array:
    if W.ndim != 2 or X.ndim != 2 or X.shape[1] != W.shape[0]:
        raise ValueError(f"X has shape {X.shape}, W {W.shape}: they must be (n, d) and (d, C)")
    if y.shape != X.shape[:1]:
        raise ValueError(f"y has shape {y.shape}, X {X.shape}: they must agree in their first axis")
    return X @ W


def _margins(W: Array, X: Array, y: Labels, delta: float) -> Array:
    """s_j − s_y + delta for every class j; −delta (never positive) where j is the right class."""
    scores = _scores(W, X, y)
    right = (np.arange(len(y)), y)
    margins = scores - scores[right][:, None] + delta
    margins[right] = -delta
    return margins


def log_softmax(scores: Array) -> Array:
    """The logarithms of the probabilities e^s/Σe^s (…, C) along the last axis; no overflow."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def softmax(scores: ArrayLike) -> Array:
    """Probabilities (…, C) from scores (…, C): e^s/Σe^s along the last axis, without overflow."""
    return np.asarray(np.exp(log_softmax(np.asarray(scores, dtype=np.float64))))
