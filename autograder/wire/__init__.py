r"""What crosses the wire between the judge and a student's process: bounded plain data.

A message is one MessagePack document; ``frames`` takes it over a socket. What crosses is

* None, bool, int, float, complex, str, bytes, list, tuple, dict with plain keys, and arrays and
  scalars of bool, integer, float or complex dtype (raw bytes with dtype and shape);
* values of the kinds of ``autograder.kinds``, each as ``[kind name, plain payload]``: sets, dates,
  named tuples, enums, arrays of other dtypes, tables;
* references to what stays where it is: functions, iterators, exception classes, NumPy random
  generators (with the state of their bit generator), and "the argument of that number" where a
  mutable value is met again.

A value of a derived kind (a list of a class of its own, an array of a class of its own) crosses
as what it holds. Nothing that crosses can run code: there is no pickle, and a class is rebuilt
from its name and its fields.

Everything read is checked before it is believed: the number of values (counted before any of
them is built, see ``scanning``), the depth, the dtype, that an array's bytes fit its shape, and
each kind's payload by the kind. ``WireError`` means that no honest process would have sent this.
"""

from __future__ import annotations

from autograder.wire.form import Bounds
from autograder.wire.reading import decode
from autograder.wire.references import (
    Again,
    ClassRef,
    FunctionRef,
    GeneratorRef,
    IteratorRef,
    ObjectRef,
)
from autograder.wire.writing import (
    HELD,
    Encoder,
    Given,
    Refused,
    describe_type,
    has_plain_keys,
    is_mutable,
)

__all__ = [
    "HELD",
    "Again",
    "Bounds",
    "ClassRef",
    "Encoder",
    "FunctionRef",
    "GeneratorRef",
    "Given",
    "IteratorRef",
    "ObjectRef",
    "Refused",
    "decode",
    "describe_type",
    "has_plain_keys",
    "is_mutable",
]
