r"""What crosses the wire between the judge and a student's process: bounded plain data.

A message is one MessagePack document; ``frames`` takes it over a socket. What may cross is
None, bool, int, float, complex, str, list, tuple, dict with plain keys, arrays and scalars of
bool, integer, float or complex dtype (raw bytes with dtype and shape), NumPy random generators
(as the state of their bit generator) and references to functions. A value of a derived kind (a
named tuple, an ordered dict, a deque, an array of a class of its own) crosses as what it holds.
Nothing that crosses can run code: there is no pickle and no class name.

Everything read is checked before it is believed: the number of values (counted before any of
them is built, see ``scanning``), the depth, the dtype, that an array's bytes fit its shape.
``WireError`` means that no honest process would have sent this.
"""

from __future__ import annotations

import math
import struct
from collections import deque
from collections.abc import Callable, ItemsView, KeysView, ValuesView
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgpack
import numpy as np

from autograder import scanning
from autograder.errors import WireError

MAX_DEPTH = 32
MAX_INT_BYTES = 128
MAX_LIST = 200_000
DTYPES = frozenset(
    np.dtype(kind).newbyteorder("<").str
    for kind in ("?", *np.typecodes["AllInteger"], "e", "f", "d", "F", "D")
)

# Kinds of value that MessagePack does not know. A new kind gets the next number, a place in
# ``Encoder._plain`` or ``HELD``, and one in ``_extension``.
_TUPLE, _ARRAY, _COMPLEX, _INT, _GENERATOR, _FUNCTION, _SCALAR = range(1, 8)
_OBJECT = 9
_RAW = frozenset({_ARRAY, _COMPLEX, _INT, _SCALAR})
"""Extensions that are no document of their own: an array is dtype:shape:bytes."""
_ARRAY_HEADER = 600
"""Bytes within which an array's two colons stand."""
_PARTS = struct.Struct("<dd")


class FunctionRef(NamedTuple):
    """A function of one side, as the other side knows it: a number that side chose."""

    owner: str  # "judge" or "student"
    number: int
    name: str


class GeneratorRef(NamedTuple):
    """A random generator: its number in this conversation, its kind, its state's integers."""

    number: int
    kind: str
    state: tuple[int, ...]


class ObjectRef(NamedTuple):
    """An object that stays where it is: its number there, and what its class is like.

    ``line`` names the class and its ancestors, ``abilities`` counts in the bits of ``operations``,
    and ``holds`` is what a number or text of a derived kind is worth.
    """

    owner: str  # "judge", "student", or "shared": a class that both sides have
    number: int
    name: str
    line: tuple[str, ...] = ()
    abilities: int = 0
    holds: int | float | complex | str | None = None


Reference = FunctionRef | GeneratorRef | ObjectRef
HELD_BY_OBJECTS = (type(None), int, float, complex, str)


class Refused(Exception):
    """A value of a type that does not cross; the text names the type."""


@dataclass(frozen=True)
class Bounds:
    """How much one message may hold."""

    frame_bytes: int
    items: int


HELD: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (np.ndarray, lambda value: np.ndarray.view(value, np.ndarray)),
    (int, int.__int__),
    (float, float.__float__),
    (complex, complex.__complex__),
    (str, str.__str__),
    (tuple, lambda value: tuple(tuple.__iter__(value))),
    ((list, deque, range, KeysView, ValuesView, ItemsView), list),
    (dict, lambda value: dict(dict.items(value))),
)
"""What a value of a derived kind crosses as: by the first kind that it is one of."""


# -- writing ---------------------------------------------------------------------------


class Encoder:
    """Turns values into the bytes of one message.

    ``reference`` is asked for every function, random generator and object of a class of its own:
    it returns the reference under which the other side knows it, or None; ``otherwise`` for what
    is of no kind that crosses.
    """

    def __init__(
        self,
        bounds: Bounds,
        reference: Callable[[Any], Reference | None] = lambda value: None,
        otherwise: Callable[[Any], ObjectRef | None] = lambda value: None,
    ) -> None:
        self._bounds = bounds
        self._reference = reference
        self._otherwise = otherwise
        self._items = 0

    def encode(self, value: Any) -> bytes:
        """The message's bytes; raises Refused for a value that may not cross."""
        self._items = 0
        document: bytes = msgpack.packb(self._plain(value, 0))
        if len(document) > self._bounds.frame_bytes:
            raise Refused(f"a value of more than {self._bounds.frame_bytes >> 20} MB")
        return document

    def _plain(self, value: Any, depth: int) -> Any:  # noqa: PLR0911
        self._items += 1
        if self._items > self._bounds.items:
            raise Refused(f"more than {self._bounds.items} values")
        if depth > MAX_DEPTH:
            raise Refused(f"data nested more than {MAX_DEPTH} deep")
        kind = type(value)
        if value is None or kind in (bool, float):
            return value
        if kind is str:
            # A lone surrogate has no UTF-8; it is shown as "?" rather than refused.
            return value.encode("utf-8", "replace").decode("utf-8")
        if kind is int:
            return self._integer(value)
        if kind is complex:
            return msgpack.ExtType(_COMPLEX, _PARTS.pack(value.real, value.imag))
        if kind is np.ndarray:
            return self._array(value)
        if kind in (list, tuple):
            if len(value) > MAX_LIST:
                raise Refused(f"a {kind.__name__} of more than {MAX_LIST} values")
            items = [self._plain(item, depth + 1) for item in value]
            return items if kind is list else msgpack.ExtType(_TUPLE, msgpack.packb(items))
        if kind is dict:
            return {self._key(k): self._plain(v, depth + 1) for k, v in value.items()}
        if isinstance(value, np.generic):
            return self._scalar(value)
        reference = self._reference(value)
        return self._held(value, depth) if reference is None else self._referred(reference)

    def _held(self, value: Any, depth: int) -> Any:
        """A value of a derived kind, as what it holds."""
        if isinstance(value, np.ma.MaskedArray):
            raise Refused(describe_type(value))  # without its mask it is another array
        for kinds, plain in HELD:
            if isinstance(value, kinds):
                return self._plain(plain(value), depth)
        stays = self._otherwise(value)
        if stays is None:
            raise Refused(describe_type(value))
        return self._referred(stays)

    def _referred(self, reference: Reference) -> Any:
        if isinstance(reference, ObjectRef):
            *names, line, abilities, holds = reference
            parts = [*names, list(line), self._integer(abilities), self._plain(holds, MAX_DEPTH)]
            return msgpack.ExtType(_OBJECT, msgpack.packb(parts))
        if isinstance(reference, FunctionRef):
            return msgpack.ExtType(_FUNCTION, msgpack.packb(list(reference)))
        state = [self._integer(number) for number in reference.state]
        return msgpack.ExtType(_GENERATOR, msgpack.packb([reference.number, reference.kind, state]))

    def _key(self, key: Any) -> Any:
        plain = key.item() if isinstance(key, np.generic) else key
        for kind in (str, int, float):
            if isinstance(plain, kind) and type(plain) is not bool:
                plain = getattr(kind, f"__{kind.__name__}__")(plain)
        if not _is_key(plain):
            raise Refused(f"a dict with a key of type {_type_name(key)}")
        return self._plain(plain, MAX_DEPTH)

    @staticmethod
    def _integer(value: int) -> Any:
        if -(2**63) <= value < 2**64:
            return value
        size = value.bit_length() // 8 + 1
        if size > MAX_INT_BYTES:
            raise Refused(f"an integer of more than {MAX_INT_BYTES} bytes")
        return msgpack.ExtType(_INT, value.to_bytes(size, "big", signed=True))

    def _scalar(self, value: np.generic) -> Any:
        if isinstance(value, np.str_):
            return self._plain(str(value), MAX_DEPTH)
        dtype = value.dtype.newbyteorder("<").str
        if dtype not in DTYPES:
            raise Refused(describe_type(value))
        data = np.asarray(value, dtype=dtype).tobytes()
        return msgpack.ExtType(_SCALAR, dtype.encode() + b":" + data)

    @staticmethod
    def _array(value: np.ndarray[Any, Any]) -> Any:
        dtype = value.dtype.newbyteorder("<").str
        if dtype not in DTYPES:
            raise Refused(f"an array of dtype {value.dtype}")
        header = f"{dtype}:{','.join(map(str, value.shape))}:".encode()
        data = np.ascontiguousarray(value, dtype=dtype).tobytes()
        return msgpack.ExtType(_ARRAY, header + data)


def _is_key(key: Any) -> bool:
    """Whether this may be a key: plain, and no integer so long that many can share a hash."""
    if type(key) is int:
        return -(2**63) <= key < 2**64
    return type(key) in (str, float, bool, type(None))


def describe_type(value: Any) -> str:
    """The type's name as a student would write it."""
    return f"an object of type {_type_name(value)}"


def _type_name(value: Any) -> str:
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")[:80]


# -- reading ---------------------------------------------------------------------------


def decode(
    document: bytes,
    bounds: Bounds,
    resolve: Callable[[Reference], Any] | None = None,
) -> Any:
    """The value of one message; raises WireError for anything malformed or too large.

    ``resolve`` turns references into this side's objects; without it they are refused.
    """
    budget = _Budget(bounds.items)
    try:
        scanning.count(document, bounds.items, _RAW)
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
    resolve: Callable[[Reference], Any] | None,
) -> Any:
    if depth > MAX_DEPTH:
        raise WireError("nested too deep")

    def extension(code: int, data: bytes) -> Any:
        inner = None if code in _RAW else _unpack(data, depth + 1, budget, resolve)
        return _extension(code, data, inner, resolve)

    return msgpack.unpackb(
        data_or_empty(document),
        ext_hook=extension,
        object_pairs_hook=_dict,
        strict_map_key=False,
        max_array_len=MAX_LIST,
        max_map_len=MAX_LIST,
    )


def _dict(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    # Looked at before they are hashed.
    if not all(_is_key(key) for key, _ in pairs):
        raise WireError("a dict with a key that is not plain")
    return dict(pairs)


def data_or_empty(document: bytes) -> bytes:
    """The document itself; an empty one is an error of its own, not an endless wait."""
    if not document:
        raise WireError("empty message")
    return document


def _extension(
    code: int,
    data: bytes,
    inner: Any,
    resolve: Callable[[Reference], Any] | None,
) -> Any:
    if code in _RAW:
        return _raw(code, data)
    if type(inner) is not list:
        raise WireError("an extension that holds no list")
    if code == _TUPLE:
        return tuple(inner)
    if resolve is None or code not in (_FUNCTION, _GENERATOR, _OBJECT):
        raise WireError("an extension of unknown kind")
    if code == _FUNCTION:
        return resolve(FunctionRef(*_fields(inner, str, int, str)))
    if code == _OBJECT:
        what = str, int, str, list, int, type(inner[-1]) if inner else str
        *names, line, abilities, holds = _fields(inner, *what)
        if type(holds) not in HELD_BY_OBJECTS or not all(type(name) is str for name in line):
            raise WireError("an object that is described as none can be")
        return resolve(ObjectRef(*names, tuple(line), abilities, holds))
    number, kind, state = _fields(inner, int, str, list)
    if not all(type(part) is int for part in state):
        raise WireError("a generator whose state is no list of integers")
    return resolve(GeneratorRef(number, kind, tuple(state)))


def _raw(code: int, data: bytes) -> Any:
    if code == _INT:
        if not 0 < len(data) <= MAX_INT_BYTES:
            raise WireError("an integer of impossible size")
        return int.from_bytes(data, "big", signed=True)
    if code == _COMPLEX:
        if len(data) != _PARTS.size:
            raise WireError("a complex number of impossible size")
        return complex(*_PARTS.unpack(data))
    dtype, _, rest = data[:_ARRAY_HEADER].partition(b":")
    if code == _SCALAR:
        return _array(dtype, [], data, len(dtype) + 1)[()]
    shape, colon, _ = rest.partition(b":")
    if not colon:
        raise WireError("an array without a shape")
    lengths = [int(part) for part in shape.split(b",")] if shape else []
    return _array(dtype, lengths, data, len(dtype) + len(shape) + 2)


def _fields(values: list[Any], *types: type) -> list[Any]:
    if [type(value) for value in values] != list(types):
        raise WireError("an extension with fields of the wrong types")
    return values


def _array(name: bytes, shape: list[int], data: bytes, start: int) -> np.ndarray[Any, Any]:
    """The array whose bytes stand in ``data`` from ``start`` on."""
    dtype = name.decode("ascii")
    if dtype not in DTYPES or len(shape) > MAX_DEPTH:
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
    if depth > MAX_DEPTH:
        raise WireError("nested too deep")
    kind = type(value)
    if kind in (list, tuple):
        for item in value:
            _check(item, depth + 1, budget)
    elif kind is dict:
        for item in value.values():
            _check(item, depth + 1, budget)
    elif kind is bytes or kind is msgpack.Timestamp:
        raise WireError("bytes outside an array")
    return value
