"""The regression of chapters 7 to 9 as their widgets draw it (``src/kit/regression.js``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def truth(x: ArrayLike) -> Array:
    """The curve that is to be learned: sin(5x + ½)."""
    return np.asarray(np.sin(5 * np.asarray(x, dtype=np.float64) + 0.5))


def middles(count: int) -> Array:
    """The middles (count,) of as many equal cells of [−1, 1]."""
    return -1 + (2 * np.arange(count) + 1) / count
