"""Inputs of every shape that a function of the course must take."""

from __future__ import annotations

from typing import Any

import numpy as np

ANY_SHAPE: tuple[tuple[tuple[int, ...], str], ...] = (
    ((7,), "vectors"),
    ((4, 3), "matrices"),
    ((2, 3, 2), "arrays with three axes"),
    ((1,), "vectors of one number"),
    ((), "plain numbers"),
)
"""Shapes for functions that take any, with words for what is given. The general case first:
a wrong formula should fail there, a wrong idea of shapes later."""


def normals(draw: np.random.Generator, count: int, shape: tuple[int, ...]) -> list[Any]:
    """``count`` standard normal arrays of this shape; plain Python numbers for the shape ()."""
    arrays = draw.standard_normal((count, *shape))
    return [array if shape else float(array) for array in arrays]
