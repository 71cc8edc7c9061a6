"""Classes that both sides have, which cross by their names: built-ins, NumPy's, exceptions."""

from __future__ import annotations

import builtins
import collections
import datetime
import decimal
import fractions
from typing import Any

import numpy as np

from autograder.errors import WireError
from autograder.kinds.registry import Kind, register_family


def _shared_types() -> dict[str, type]:
    found: dict[str, type] = {}
    plain = (
        bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range,
        slice, object, type, type(None), datetime.date, datetime.time, datetime.datetime,
        datetime.timedelta, decimal.Decimal, fractions.Fraction, collections.Counter,
        collections.OrderedDict, collections.defaultdict, collections.deque, np.ndarray, np.dtype,
    )  # fmt: skip
    scalars = {np.dtype(code).type for code in np.typecodes["All"]} | {np.generic}
    abstract = {base for of in scalars for base in of.__mro__ if issubclass(base, np.generic)}
    raised = [of for of in vars(builtins).values() if isinstance(of, type)
              and issubclass(of, BaseException)]  # fmt: skip
    for of in (*plain, *abstract, *raised):
        found[f"{of.__module__}.{of.__qualname__}"] = of
    return found


_TYPES = _shared_types()
_TYPE_NAMES = {of: name for name, of in _TYPES.items()}


def _type(payload: Any) -> type:
    if type(payload) is not str or payload not in _TYPES:
        raise WireError("a class that is unknown here")
    return _TYPES[payload]


TYPE = Kind("type", type, lambda of: _TYPE_NAMES[of], _type)


def class_kind(of: type) -> Kind | None:
    """The kind that such a class crosses as."""
    return TYPE if of in _TYPE_NAMES else None


register_family(lambda of: None, TYPE)
