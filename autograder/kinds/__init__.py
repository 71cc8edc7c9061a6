"""Kinds of value that cross as themselves: a name and plain data, never a class or a pickle.

registry.py    what a kind is, and which one a value is of
keys.py        what may stand in a set or be a key, and that nobody can make hashing slow
values.py      sets, bytes, dates, numbers, dicts and other values of the standard library
records.py     named tuples and dataclasses that hold data alone
enums.py       enums and their members
known.py       classes that both sides have
making.py      classes that are made for records and enums which arrive
arrays.py      NumPy's arrays and scalars beyond numbers
tables.py      pandas
sparse.py      SciPy's sparse matrices and arrays

A kind's ``to_plain`` gives data that the wire knows, other kinds included; its ``from_plain``
believes nothing: what no honest process sends is a WireError. Optional libraries are looked for
in ``sys.modules`` when a value is sent and imported when one arrives.
"""

from __future__ import annotations

from typing import Any

from autograder.kinds import arrays, enums, keys, known, making, records, values
from autograder.kinds.registry import Kind, build, find


def of_value(value: Any) -> Kind | None:
    """The kind of this value, if it has one; a class is a value too."""
    if isinstance(value, type):
        return enums.class_kind(value) or known.class_kind(value)
    return find(type(value))


__all__ = [
    "Kind",
    "arrays",
    "build",
    "enums",
    "find",
    "keys",
    "known",
    "making",
    "of_value",
    "records",
    "values",
]  # fmt: skip
