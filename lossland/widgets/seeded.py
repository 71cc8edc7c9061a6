"""Random numbers by seed, the same ones as a widget draws in the page (``src/kit/random.js``).

With them the still picture of a widget shows exactly what the live one opens with.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Bits = NDArray[np.uint64]

STRIDE = 0x6D2B79F5
RANGE = 2.0**32
MASK = np.uint64(0xFFFFFFFF)


def normals(seed: int, count: int) -> Array:
    """``count`` standard normal numbers: Ettinger's mulberry32 (2017), Box & Muller 1958."""
    pairs = (count + 1) // 2
    first = int(_mix(np.array([seed & 0xFFFFFFFF], dtype=np.uint64))[0])
    steps = np.arange(1, 2 * pairs + 1, dtype=np.uint64) * np.uint64(STRIDE)
    bits = _mix((steps + np.uint64(first)) & MASK).astype(np.float64).reshape(pairs, 2)
    radius = np.sqrt(-2 * np.log((bits[:, 0] + 0.5) / RANGE))
    turn = 2 * np.pi * bits[:, 1] / RANGE
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1).ravel()[:count]


def _mix(bits: Bits) -> Bits:
    """Each 32 bits, thoroughly mixed; the products are cut to their lower 32 bits."""
    fifteen, seven, fourteen = np.uint64(15), np.uint64(7), np.uint64(14)
    z = ((bits ^ (bits >> fifteen)) * (bits | np.uint64(1))) & MASK
    z = ((z + (((z ^ (z >> seven)) * (z | np.uint64(61))) & MASK)) & MASK) ^ z
    return np.asarray(z ^ (z >> fourteen))
