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

import math
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, get_origin, get_type_hints

import msgpack
import numpy as np

from autograder import kinds, scanning
from autograder.errors import WireError
from autograder.kinds.registry import Kind, NotPlain
from autograder.kinds.values import DICT

MAX_DEPTH = 32
MAX_INT_BYTES = 128
MAX_LIST = 200_000
DTYPES = frozenset(
    np.dtype(kind).newbyteorder("<").str
    for kind in ("?", *np.typecodes["AllInteger"], "e", "f", "d", "F", "D")
)

# What MessagePack does not know. A new kind of value needs no number of its own: it is a _KIND,
# and stands in ``autograder.kinds``; a new kind of reference is one too, and stands in REFERENCES.
_TUPLE, _ARRAY, _COMPLEX, _INT, _GENERATOR, _FUNCTION, _SCALAR, _KIND = range(1, 9)
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


class IteratorRef(NamedTuple):
    """An iterator of one side, stepped through by the other; ``kind`` is its type's name."""

    owner: str
    number: int
    kind: str


class ClassRef(NamedTuple):
    """An exception class of the student's: its name and, from the nearest on, its bases.

    A base is the path of a class that both sides have (``builtins.ValueError``), or again a
    ClassRef.
    """

    owner: str
    number: int
    name: str
    bases: tuple[Any, ...]


class ObjectRef(NamedTuple):
    """An object that stays where it is: its number there, and what its class is like.

    ``line`` describes the class and its ancestors; ``holds`` is what a number or text of a class
    of its own is worth, as ``kind:text``. See ``judge.objects``.
    """

    owner: str  # "judge", "student", or "shared": a class that both sides have
    number: int
    name: str
    line: tuple[str, ...] = ()
    is_class: int = 0
    holds: str = ""


class Again(NamedTuple):
    """A mutable value that this message, or the call it answers, has named before."""

    number: int


REFERENCES: dict[str, type[tuple[Any, ...]]] = {
    "iterator": IteratorRef,
    "class": ClassRef,
    "again": Again,
    "object": ObjectRef,
}
"""References that cross as a kind does; each with its fields."""
_REFERENCE_TYPES = frozenset({FunctionRef, GeneratorRef, *REFERENCES.values()})


class Given(NamedTuple):
    """A call's arguments, list or dict: the mutable values among them are numbered on the way."""

    arguments: list[Any] | dict[str, Any]


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
    ((list, deque), list),
    (dict, lambda value: dict(dict.items(value))),
)
"""What a value of a derived kind crosses as: by the first kind that it is one of."""


# -- writing ---------------------------------------------------------------------------


class Encoder:
    """Turns values into the bytes of one message.

    ``reference`` is asked for everything that is neither plain nor of a kind: it returns the
    reference under which the other side knows the object, or None to refuse it. ``shared`` are
    the mutable values that the other side has by number. What stands in a ``Given`` joins them:
    a value met twice crosses once, and ``shared`` then holds what the other side can change.
    """

    def __init__(
        self,
        bounds: Bounds,
        reference: Callable[[Any], tuple[Any, ...] | None] = lambda value: None,
        shared: list[Any] | None = None,
    ) -> None:
        self._bounds = bounds
        self._reference = reference
        self._items = 0
        self.shared = [] if shared is None else shared
        self._numbers = {id(value): number for number, value in enumerate(self.shared)}
        self._numbering = False

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
        if value is None or kind in (bool, float, bytes):
            return value
        if kind is str:
            # A lone surrogate has no UTF-8; it is shown as "?" rather than refused.
            return value.encode("utf-8", "replace").decode("utf-8")
        if kind is int:
            return self._integer(value)
        if kind is complex:
            return msgpack.ExtType(_COMPLEX, _PARTS.pack(value.real, value.imag))
        if kind is Given:
            return self._given(value, depth)
        if kind in _REFERENCE_TYPES:
            return self._referred(value)
        if self._numbers and (number := self._numbers.get(id(value))) is not None:
            return self._referred(Again(number))
        return self._content(value, kind, depth)

    def _content(self, value: Any, kind: type, depth: int, noted: bool = False) -> Any:
        """What is more than one plain thing; ``noted`` says that it has its number already."""
        if self._numbering and not noted and is_mutable(kind):
            self._note(value)
        if kind is np.ndarray:
            return self._array(value, depth)
        if kind in (list, tuple):
            if len(value) > MAX_LIST:
                raise Refused(f"a {kind.__name__} of more than {MAX_LIST} values")
            items = [self._plain(item, depth + 1) for item in value]
            return items if kind is list else msgpack.ExtType(_TUPLE, msgpack.packb(items))
        if kind is dict:
            return self._dict(value, depth)
        if isinstance(value, np.generic) and (scalar := self._scalar(value)) is not None:
            return scalar
        known = kinds.of_value(value)
        if known is not None:
            return self._of_kind(known, value, depth)
        reference = self._reference(value)
        return self._held(value, depth) if reference is None else self._referred(reference)

    def _given(self, given: Given, depth: int) -> Any:
        self._numbering = True
        try:
            if isinstance(given.arguments, list):
                return [self._plain(item, depth + 1) for item in given.arguments]
            return {str(k): self._plain(v, depth + 1) for k, v in given.arguments.items()}
        finally:
            self._numbering = False

    def _note(self, value: Any) -> None:
        """Give a value the next number, under which the other side finds it as well."""
        self._numbers[id(value)] = len(self.shared)
        self.shared.append(value)  # which keeps its id from being another's

    def _dict(self, value: dict[Any, Any], depth: int) -> Any:
        if has_plain_keys(value):
            return {self._key(k): self._plain(v, depth + 1) for k, v in value.items()}
        return self._of_kind(DICT, value, depth)

    def _of_kind(self, kind: Kind, value: Any, depth: int) -> Any:
        """The kind's name and payload; what lies inside is not numbered: it crosses as a whole.

        No set is made here of objects that stay where they are: who hashes them would believe them.
        """
        if kind.keyed:
            for key in value:
                if not kinds.keys.is_key(key):
                    raise Refused(describe_type(key))
        numbering, self._numbering = self._numbering, False
        numbers, self._numbers = self._numbers, {}
        try:
            payload = kind.to_plain(value)
            if isinstance(payload, list) and len(payload) > MAX_LIST:
                raise Refused(f"a {kind.name} of more than {MAX_LIST} values")
            return self._named(kind.name, self._plain(payload, depth + 1))
        except NotPlain as why:
            raise Refused(str(why)) from None
        finally:
            self._numbering, self._numbers = numbering, numbers

    @staticmethod
    def _named(name: str, payload: Any) -> Any:
        return msgpack.ExtType(_KIND, msgpack.packb([name, payload]))

    def _held(self, value: Any, depth: int) -> Any:
        """A value of a derived kind, as what it holds."""
        for held, plain in HELD:
            if isinstance(value, held):
                holds = plain(value)
                if type(holds) in (int, float, complex, str):
                    return self._plain(holds, depth)
                if self._numbering and is_mutable(type(holds)):
                    self._note(value)
                return self._content(holds, type(holds), depth, noted=True)
        raise Refused(describe_type(value))

    def _referred(self, reference: tuple[Any, ...]) -> Any:
        if isinstance(reference, FunctionRef):
            return msgpack.ExtType(_FUNCTION, msgpack.packb(list(reference)))
        if isinstance(reference, GeneratorRef):
            state = [self._integer(number) for number in reference.state]
            fields = [reference.number, reference.kind, state]
            return msgpack.ExtType(_GENERATOR, msgpack.packb(fields))
        name = next(name for name, kind in REFERENCES.items() if type(reference) is kind)
        return self._named(name, [self._field(field) for field in reference])

    def _field(self, field: Any) -> Any:
        if isinstance(field, ClassRef):
            return self._referred(field)
        return [self._field(part) for part in field] if isinstance(field, tuple) else field

    def _key(self, key: Any) -> Any:
        return self._plain(_plain_key(key), MAX_DEPTH)

    @staticmethod
    def _integer(value: int) -> Any:
        if -(2**63) <= value < 2**64:
            return value
        size = value.bit_length() // 8 + 1
        if size > MAX_INT_BYTES:
            raise Refused(f"an integer of more than {MAX_INT_BYTES} bytes")
        return msgpack.ExtType(_INT, value.to_bytes(size, "big", signed=True))

    @staticmethod
    def _scalar(value: np.generic) -> Any:
        dtype = value.dtype.newbyteorder("<").str
        if dtype not in DTYPES:
            return None
        data = np.asarray(value, dtype=dtype).tobytes()
        return msgpack.ExtType(_SCALAR, dtype.encode() + b":" + data)

    def _array(self, value: np.ndarray[Any, Any], depth: int) -> Any:
        dtype = value.dtype.newbyteorder("<").str
        if dtype not in DTYPES:
            return self._of_kind(kinds.arrays.ARRAY, value, depth)
        header = f"{dtype}:{','.join(map(str, value.shape))}:".encode()
        data = np.ascontiguousarray(value, dtype=dtype).data
        return msgpack.ExtType(_ARRAY, b"".join((header, data)))  # copied once


def is_mutable(kind: type) -> bool:
    """Whether values of exactly this class can be changed, and changed in the same way here."""
    if kind in (list, dict, np.ndarray):
        return True
    known = kinds.find(kind)
    return known is not None and known.fill is not None


def has_plain_keys(value: dict[Any, Any]) -> bool:
    """Whether a dict crosses as MessagePack's own; otherwise it is of the kind "dict"."""
    return all(type(key) is str or _is_key(_plain_key(key)) for key in value)


def _plain_key(key: Any) -> Any:
    """A key without its derived kind: it is equal to it and has the same hash."""
    plain = key.item() if isinstance(key, np.generic) else key
    for kind in (str, int, float):
        if isinstance(plain, kind) and type(plain) is not bool:
            return getattr(kind, f"__{kind.__name__}__")(plain)
    return plain


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
    resolve: Callable[[Any], Any] | None = None,
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
    resolve: Callable[[Any], Any] | None,
) -> Any:
    if depth > MAX_DEPTH:
        raise WireError("nested too deep")

    def extension(code: int, data: bytes) -> Any:
        if code in _RAW:
            return _raw(code, data)
        inner = _unpack(data, depth + 1, budget, resolve)
        if code == _KIND:
            # Seen from outside a kind is one value: what it was made of is looked at here.
            name, payload = _fields(_check(inner, depth + 1, budget), str, object)
            return _of_kind(name, payload, resolve)
        return _extension(code, inner, resolve)

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


def _extension(code: int, inner: Any, resolve: Callable[[Any], Any] | None) -> Any:
    if type(inner) is not list:
        raise WireError("an extension that holds no list")
    if code == _TUPLE:
        return tuple(inner)
    if resolve is None or code not in (_FUNCTION, _GENERATOR):
        raise WireError("an extension of unknown kind")
    if code == _FUNCTION:
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
    elif kind is msgpack.Timestamp:
        raise WireError("a time stamp of MessagePack's own")
    return value
