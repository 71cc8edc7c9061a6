"""What may stand in a set or be a key of a dict, and that nobody can make hashing slow.

Hashes of numbers and tuples can be computed, so a hostile process could send a hundred thousand
keys that share one: every look-up would then try them all. Honest keys hardly ever share a hash,
so it is enough to count before anything is built from them.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import fractions
import itertools
import pathlib
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.errors import WireError

MOST_ALIKE = 64
"""Keys that may share a hash: floats of the same digits do, 34 at most."""
_PLAIN = frozenset({
    str, int, float, bool, complex, bytes, type(None), range, datetime.date, datetime.time,
    datetime.datetime, datetime.timedelta, datetime.timezone, decimal.Decimal, fractions.Fraction,
    pathlib.PurePosixPath, pathlib.PosixPath, pathlib.PureWindowsPath, uuid.UUID,
})  # fmt: skip
_SCALARS = "biufcUSMm"
_LIBRARY_KEYS = frozenset({"Timestamp", "Timedelta", "Period", "Interval", "NaTType", "NAType"})


class Hashable:
    """Base of the records that may be keys; ``parts`` are what their hash is made of."""

    def parts(self) -> tuple[Any, ...]:
        """The values that equality and hash depend on."""
        raise NotImplementedError


def is_key(value: Any) -> bool:  # noqa: PLR0911
    """Whether a value that has arrived may be hashed: its hash runs no code of a stranger."""
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind in (tuple, frozenset):
        return all(map(is_key, value))
    if isinstance(value, Hashable):
        return all(map(is_key, value.parts()))
    if isinstance(value, enum.Enum):
        return True
    if dataclasses.is_dataclass(kind):  # this side's own
        parts = (getattr(value, field.name) for field in dataclasses.fields(kind))
        return kind.__hash__ is not None and all(map(is_key, parts))
    if isinstance(value, tuple):  # a named one: its class was built or found by ``records``
        plain: Any = tuple.__hash__
        return kind.__hash__ == plain and all(map(is_key, tuple.__iter__(value)))
    if isinstance(value, np.generic):
        return value.dtype.kind in _SCALARS
    if isinstance(value, type):
        return True
    return kind.__module__.partition(".")[0] == "pandas" and kind.__name__ in _LIBRARY_KEYS


def checked(keys: Sequence[Any]) -> Sequence[Any]:
    """The keys, if a set or a dict of them is quickly built; otherwise WireError."""
    if not all(map(is_key, keys)):
        raise WireError("a set or dict with a key that is not plain")
    if len(keys) > MOST_ALIKE:
        hashes = sorted(map(hash, keys))
        for _, alike in itertools.groupby(hashes):
            if sum(1 for _ in itertools.islice(alike, MOST_ALIKE + 1)) > MOST_ALIKE:
                raise WireError("keys that share one hash")
    return keys
