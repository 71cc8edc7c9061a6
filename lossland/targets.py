"""Targets that are probabilities: smoothed labels, and the cross-entropy to them.

A row of targets (n, C) holds one probability a class and sums to one; a label is the row with a
single 1. Scores (n, C) are numbers without bounds, their softmax the model's probabilities.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossland.losses import log_softmax

Array = NDArray[np.float64]
Labels = NDArray[np.integer[Any]]


def smooth_labels(y: Labels, classes: int, eps: float = 0.0) -> Array:
    """(1 − eps)·onehot(y) + eps/classes: rows (n, classes) that sum to one, 0 ≤ eps < 1.

    The right class gets 1 − eps + eps/C, every other eps/C; eps = 0 is the one-hot row.
    Source: Szegedy, Vanhoucke, Ioffe, Shlens & Wojna 2016, section 7.
    """
    if not 0 <= eps < 1:
        raise ValueError(f"eps is {eps}: it must lie in [0, 1)")
    if y.ndim != 1 or (y < 0).any() or (y >= classes).any():
        raise ValueError(f"y has shape {y.shape}: it must be (n,) with labels 0 … {classes - 1}")
    targets = np.full((len(y), classes), eps / classes)
    targets[np.arange(len(y)), y] += 1 - eps
    return targets


def soft_cross_entropy(scores: Array, targets: Array) -> tuple[float, Array]:
    """Mean over rows of −Σ_j targets_j·log softmax(scores)_j, and its gradient in the scores.

    The gradient is (softmax(scores) − targets)/n, since each row of targets sums to one. Its least
    value is the entropy of the targets, not 0. ValueError when the shapes differ.
    """
    if scores.ndim != 2 or scores.shape != targets.shape:
        raise ValueError(
            f"targets have shape {targets.shape}, scores {scores.shape}: both must be (n, C)"
        )
    log_p = log_softmax(scores)
    n = len(scores)
    return float(-(targets * log_p).sum() / n), (np.exp(log_p) - targets) / n
