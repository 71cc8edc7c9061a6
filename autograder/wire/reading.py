"""The bytes of a message into values, of which none is believed before it was looked at."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, get_origin, get_type_hints

import msgpack
import numpy as np

from autograder import kinds, scanning
from autograder.errors import WireError
from autograder.wire import form
from autograder.wire.form import Bounds
from autograder.wire.references import REFERENCES, FunctionRef, GeneratorRef


def decode(
    document: bytes,
    bounds: Bounds,
    resolve: Callable[[Any], Any] | None = None,
) -> Any:
    """The value of one message; raises WireError for anything malformed or too large.

    ``resolve`` turns references into this side's objects; without it they are refused.
    """
    budget = _Budget(bounds.items)
    try:
        scanning.count(document, bounds.items, form.RAW)
        return _check(_unpack(document, 0, budget, resolve), 0, budget)
    except WireError:
        raise
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise WireError(f"malformed message ({type(error).__name__})") from None


class _Budget:
    """Counts the values of a message down."""

    def __init__(self, items: int) -> None:
        self.left = items

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise WireError("too many values in one message")


def _unpack(
    document: bytes,
    depth: int,
    budget: _Budget,
    resolve: Callable[[Any], Any] | None,
) -> Any:
    if depth > form.MAX_DEPTH:
        raise WireError("nested too deep")

    def extension(code: int, data: bytes) -> Any:
        if code in form.RAW:
            return _raw(code, data)
        inner = _unpack(data, depth + 1, budget, resolve)
        if code == form.KIND:
            # Seen from outside a kind is one value: what it was made of is looked at here.
            name, payload = _fields(_check(inner, depth + 1, budget), str, object)
            return _of_kind(name, payload, resolve)
        return _extension(code, inner, resolve)

    return msgpack.unpackb(
        data_or_empty(document),
        ext_hook=extension,
        object_pairs_hook=_dict,
        strict_map_key=False,
        max_array_len=form.MAX_LIST,
        max_map_len=form.MAX_LIST,
    )


def _dict(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    # Looked at before they are hashed.
    if not all(form.is_plain_key(key) for key, _ in pairs):
        raise WireError("a dict with a key that is not plain")
    return dict(pairs)


def data_or_empty(document: bytes) -> bytes:
    """The document itself; an empty one is an error of its own, not an endless wait."""
    if not document:
        raise WireError("empty message")
    return document


def _extension(code: int, inner: Any, resolve: Callable[[Any], Any] | None) -> Any:
    if type(inner) is not list:
        raise WireError("an extension that holds no list")
    if code == form.TUPLE:
        return tuple(inner)
    if resolve is None or code not in (form.FUNCTION, form.GENERATOR):
        raise WireError("an extension of unknown kind")
    if code == form.FUNCTION:
        return resolve(FunctionRef(*_fields(inner, str, int, str)))
    number, kind, state = _fields(inner, int, str, list)
    if not all(type(part) is int for part in state):
        raise WireError("a generator whose state is no list of integers")
    return resolve(GeneratorRef(number, kind, tuple(state)))


def _of_kind(name: str, payload: Any, resolve: Callable[[Any], Any] | None) -> Any:
    reference = REFERENCES.get(name)
    if reference is None:
        return kinds.build(name, payload)
    if resolve is None:
        raise WireError("a reference that nobody expects")
    hints = get_type_hints(reference)
    wanted = [list if get_origin(hint) is tuple else hint for hint in hints.values()]
    fields = _fields(payload, *wanted)
    return resolve(reference(*(tuple(f) if type(f) is list else f for f in fields)))


def _raw(code: int, data: bytes) -> Any:
    if code == form.INT:
        if not 0 < len(data) <= form.MAX_INT_BYTES:
            raise WireError("an integer of impossible size")
        return int.from_bytes(data, "big", signed=True)
    if code == form.COMPLEX:
        if len(data) != form.PARTS.size:
            raise WireError("a complex number of impossible size")
        return complex(*form.PARTS.unpack(data))
    dtype, _, rest = data[: form.ARRAY_HEADER].partition(b":")
    if code == form.SCALAR:
        return _array(dtype, [], data, len(dtype) + 1)[()]
    shape, colon, _ = rest.partition(b":")
    if not colon:
        raise WireError("an array without a shape")
    lengths = [int(part) for part in shape.split(b",")] if shape else []
    return _array(dtype, lengths, data, len(dtype) + len(shape) + 2)


def _fields(values: Any, *types: Any) -> list[Any]:
    if type(values) is not list or len(values) != len(types):
        raise WireError("an extension with another number of fields")
    if any(
        kind is not object and type(v) is not kind for v, kind in zip(values, types, strict=True)
    ):
        raise WireError("an extension with fields of the wrong types")
    return values


def _array(name: bytes, shape: list[int], data: bytes, start: int) -> np.ndarray[Any, Any]:
    """The array whose bytes stand in ``data`` from ``start`` on."""
    dtype = name.decode("ascii")
    if dtype not in form.DTYPES or len(shape) > form.MAX_DEPTH:
        raise WireError("an array of a dtype or shape that does not cross")
    if not all(0 <= length < 2**40 for length in shape):
        raise WireError("an array with an impossible shape")
    kind = np.dtype(dtype)
    if math.prod(shape) * kind.itemsize != len(data) - start:
        raise WireError("an array whose bytes do not fit its shape")
    if dtype == "|b1" and data[start:].strip(b"\x00\x01"):
        raise WireError("an array of bool that holds other bytes than 0 and 1")
    return np.frombuffer(data, kind, math.prod(shape), start).reshape(shape).copy()


def _check(value: Any, depth: int, budget: _Budget) -> Any:
    """Refuse what MessagePack can say and an honest encoder never does."""
    budget.spend()
    if depth > form.MAX_DEPTH:
        raise WireError("nested too deep")
    kind = type(value)
    if kind in (list, tuple):
        for item in value:
            _check(item, depth + 1, budget)
    elif kind is dict:
        for item in value.values():
            _check(item, depth + 1, budget)
    elif kind is msgpack.Timestamp:
        raise WireError("a time stamp of MessagePack's own")
    return value
