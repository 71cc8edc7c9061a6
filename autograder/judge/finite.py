"""Whether what came holds numbers only that are finite."""

from __future__ import annotations

import decimal
import math
from typing import Any

import numpy as np

from autograder import kinds
from autograder.judge.remotetypes import is_remote


def is_finite(value: Any) -> bool:  # noqa: PLR0911
    """Whether every number in plain data is finite; in a table nan is a missing value."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, complex):
        return math.isfinite(value.real) and math.isfinite(value.imag)
    if isinstance(value, np.ma.MaskedArray):
        return is_finite(value.compressed())
    if isinstance(value, np.ndarray | np.generic):
        return _is_finite_array(value)
    if is_remote(value):
        return True
    if type(value) in (list, tuple, set, frozenset):
        return all(is_finite(item) for item in value)
    if isinstance(value, dict):
        return all(is_finite(item) for item in value.values())
    if isinstance(value, decimal.Decimal):
        return value.is_finite()
    if isinstance(value, int | str | bytes | range | type(None)):
        return True
    kind = kinds.of_value(value)
    return kind is None or kind.tabular or is_finite(kind.to_plain(value))


def _is_finite_array(value: Any) -> bool:
    if value.dtype.names is not None:
        return all(_is_finite_array(value[name]) for name in value.dtype.names)
    if value.dtype.kind == "O":
        return all(is_finite(item) for item in np.asarray(value).ravel().tolist())
    return value.dtype.kind not in "fc" or bool(np.isfinite(value).all())
