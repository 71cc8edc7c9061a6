"""SciPy's sparse matrices and arrays, as rows, columns and values.

Whatever their format, they cross as coordinates, every one of which is looked at: SciPy's own
loops trust the numbers in a compressed row.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from autograder.kinds.registry import Kind, NotPlain, demand, fields, register

MOST_ROWS = 10_000_000
MOST_LISTS = 200_000
"""Rows of a matrix that keeps a list for each."""
MOST_CELLS = 50_000_000
"""Values of a matrix that keeps whole diagonals or blocks."""
_FORMATS = ("csr", "csc", "coo", "bsr", "dia", "lil", "dok")
_CLASSES = {
    name: getattr(sparse, name) for form in _FORMATS for name in (f"{form}_matrix", f"{form}_array")
}


def _plain(matrix: Any) -> Any:
    if len(matrix.shape) != 2 or max(matrix.shape) > MOST_ROWS:
        raise NotPlain(f"a sparse array of shape {matrix.shape}")
    found = matrix.tocoo()
    return [
        type(matrix).__name__, list(map(int, matrix.shape)), np.asarray(found.row, np.int64),
        np.asarray(found.col, np.int64), np.asarray(found.data),
    ]  # fmt: skip


def _build(payload: Any) -> Any:
    name, shape, rows, columns, values = fields(
        payload, str, list, np.ndarray, np.ndarray, np.ndarray
    )
    demand(name in _CLASSES, "a sparse matrix of an unknown format")
    demand(
        len(shape) == 2 and all(type(n) is int and 0 <= n <= MOST_ROWS for n in shape),
        "a sparse matrix of an impossible shape",
    )
    demand(values.ndim == 1 and values.dtype.kind in "biufc", "a sparse matrix without values")
    for places, most in zip((rows, columns), shape, strict=True):
        demand(places.dtype == np.int64 and places.shape == values.shape, "places that are none")
        demand(
            not places.size or bool(places.min() >= 0 and places.max() < most),
            "a sparse matrix with a value outside",
        )
    form = name.partition("_")[0]
    demand(form != "lil" or shape[0] <= MOST_LISTS, "a sparse matrix of too many lists")
    if form == "dia":
        diagonals = len(np.unique(columns - rows))
        demand(diagonals * shape[1] <= MOST_CELLS, "a sparse matrix of too many diagonals")
    coordinates = sparse.coo_array((values, (rows, columns)), shape=tuple(shape))
    return _CLASSES[name](coordinates)


register(
    *(Kind(f"scipy.{name}", of, _plain, _build, tabular=True) for name, of in _CLASSES.items())
)
