"""Is a model as often right as it says? Confidence against accuracy, bin by bin."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Labels = NDArray[np.integer[Any]]


class Reliability(NamedTuple):
    """One entry a bin that holds a prediction: all (bins,).

    ``confidence`` is the mean of the highest probability, ``accuracy`` the part that is right,
    ``share`` the part of all examples in the bin.
    """

    confidence: Array
    accuracy: Array
    share: Array

    @property
    def error(self) -> float:
        """The expected calibration error: Σ share·|accuracy − confidence|.

        Source: Naeini, Cooper & Hauskrecht 2015; Guo, Pleiss, Sun & Weinberger 2017.
        """
        return float((self.share * np.abs(self.accuracy - self.confidence)).sum())


def reliability(probabilities: Array, y: Labels, bins: int = 10) -> Reliability:
    """The predictions (n, C) sorted by confidence into equal bins of (0, 1]; empty ones left out.

    A confidence on a border belongs to the bin below it. ValueError when the shapes disagree or
    ``bins`` < 1.
    """
    if probabilities.ndim != 2 or y.shape != probabilities.shape[:1] or not len(y):
        raise ValueError(
            f"y has shape {y.shape}, probabilities {probabilities.shape}: they must be (n,), (n, C)"
        )
    if bins < 1:
        raise ValueError(f"bins is {bins}: it must be at least 1")
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == y
    which = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    count = np.bincount(which, minlength=bins)
    held = count > 0
    return Reliability(
        np.bincount(which, confidence, bins)[held] / count[held],
        np.bincount(which, right, bins)[held] / count[held],
        count[held] / len(y),
    )
