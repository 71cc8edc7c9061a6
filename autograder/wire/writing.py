"""Values into the bytes of a message."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import msgpack
import numpy as np

from autograder import kinds
from autograder.kinds.registry import Kind, NotPlain
from autograder.kinds.values import DICT
from autograder.wire import form
from autograder.wire.form import Bounds
from autograder.wire.references import (
    REFERENCE_TYPES,
    REFERENCES,
    Again,
    ClassRef,
    FunctionRef,
    GeneratorRef,
)


class Given(NamedTuple):
    """A call's arguments, list or dict: the mutable values among them are numbered on the way."""

    arguments: list[Any] | dict[str, Any]


class Refused(Exception):
    """A value of a type that does not cross; the text names the type."""


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
        if depth > form.MAX_DEPTH:
            raise Refused(f"data nested more than {form.MAX_DEPTH} deep")
        kind = type(value)
        if value is None or kind in (bool, float, bytes):
            return value
        if kind is str:
            # A lone surrogate has no UTF-8; it is shown as "?" rather than refused.
            return value.encode("utf-8", "replace").decode("utf-8")
        if kind is int:
            return self._integer(value)
        if kind is complex:
            return msgpack.ExtType(form.COMPLEX, form.PARTS.pack(value.real, value.imag))
        if kind is Given:
            return self._given(value, depth)
        if kind in REFERENCE_TYPES:
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
            if len(value) > form.MAX_LIST:
                raise Refused(f"a {kind.__name__} of more than {form.MAX_LIST} values")
            items = [self._plain(item, depth + 1) for item in value]
            return items if kind is list else msgpack.ExtType(form.TUPLE, msgpack.packb(items))
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
            if isinstance(payload, list) and len(payload) > form.MAX_LIST:
                raise Refused(f"a {kind.name} of more than {form.MAX_LIST} values")
            return self._named(kind.name, self._plain(payload, depth + 1))
        except NotPlain as why:
            raise Refused(str(why)) from None
        finally:
            self._numbering, self._numbers = numbering, numbers

    @staticmethod
    def _named(name: str, payload: Any) -> Any:
        return msgpack.ExtType(form.KIND, msgpack.packb([name, payload]))

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
            return msgpack.ExtType(form.FUNCTION, msgpack.packb(list(reference)))
        if isinstance(reference, GeneratorRef):
            state = [self._integer(number) for number in reference.state]
            fields = [reference.number, reference.kind, state]
            return msgpack.ExtType(form.GENERATOR, msgpack.packb(fields))
        name = next(name for name, kind in REFERENCES.items() if type(reference) is kind)
        return self._named(name, [self._field(field) for field in reference])

    def _field(self, field: Any) -> Any:
        if isinstance(field, ClassRef):
            return self._referred(field)
        return [self._field(part) for part in field] if isinstance(field, tuple) else field

    def _key(self, key: Any) -> Any:
        return self._plain(_plain_key(key), form.MAX_DEPTH)

    @staticmethod
    def _integer(value: int) -> Any:
        if -(2**63) <= value < 2**64:
            return value
        size = value.bit_length() // 8 + 1
        if size > form.MAX_INT_BYTES:
            raise Refused(f"an integer of more than {form.MAX_INT_BYTES} bytes")
        return msgpack.ExtType(form.INT, value.to_bytes(size, "big", signed=True))

    @staticmethod
    def _scalar(value: np.generic) -> Any:
        dtype = _crossing(value.dtype)
        if dtype is None:
            return None
        data = np.asarray(value, dtype=dtype).tobytes()
        return msgpack.ExtType(form.SCALAR, dtype.str.encode() + b":" + data)

    def _array(self, value: np.ndarray[Any, Any], depth: int) -> Any:
        dtype = _crossing(value.dtype)
        if dtype is None:
            return self._of_kind(kinds.arrays.ARRAY, value, depth)
        header = f"{dtype.str}:{','.join(map(str, value.shape))}:".encode()
        data = np.ascontiguousarray(value, dtype=dtype).data
        return msgpack.ExtType(form.ARRAY, b"".join((header, data)))  # copied once


@lru_cache(maxsize=64)
def _crossing(dtype: np.dtype[Any]) -> np.dtype[Any] | None:
    """The dtype of these numbers on the wire, little-endian; None for one that does not cross."""
    wire = dtype.newbyteorder("<")
    return wire if wire.str in form.DTYPES else None


def is_mutable(kind: type) -> bool:
    """Whether values of exactly this class can be changed, and changed in the same way here."""
    if kind in (list, dict, np.ndarray):
        return True
    known = kinds.find(kind)
    return known is not None and known.fill is not None


def has_plain_keys(value: dict[Any, Any]) -> bool:
    """Whether a dict crosses as MessagePack's own; otherwise it is of the kind "dict"."""
    return all(type(key) is str or form.is_plain_key(_plain_key(key)) for key in value)


def _plain_key(key: Any) -> Any:
    """A key without its derived kind: it is equal to it and has the same hash."""
    plain = key.item() if isinstance(key, np.generic) else key
    for kind in (str, int, float):
        if isinstance(plain, kind) and type(plain) is not bool:
            return getattr(kind, f"__{kind.__name__}__")(plain)
    return plain


def describe_type(value: Any) -> str:
    """The type's name as a student would write it."""
    return f"an object of type {_type_name(value)}"


def _type_name(value: Any) -> str:
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")[:80]
