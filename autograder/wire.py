r"""The wire between the judge and a student's process: bounded frames of plain data.

A frame is its length (4 bytes, big-endian) and a MessagePack document of that length.
What may cross is None, bool, int, float, complex, str, list, tuple, dict with plain keys,
arrays of bool, integer, float or complex dtype (raw bytes with dtype and shape), NumPy
random generators (as the state of their bit generator) and references to functions.
Nothing that crosses can run code: there is no pickle and no class name.

Everything read is checked before it is believed: the frame's length, the number of values,
the depth, the dtype, that an array's bytes fit its shape. ``WireError`` means that no
honest process would have sent this.
"""

from __future__ import annotations

import math
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgpack
import numpy as np

from autograder.errors import WireError

MAX_DEPTH = 32
MAX_INT_BYTES = 128
MAX_LIST = 200_000
DTYPES = frozenset(
    np.dtype(kind).newbyteorder("<").str
    for kind in ("?", *np.typecodes["AllInteger"], "e", "f", "d", "F", "D")
)

_TUPLE, _ARRAY, _COMPLEX, _INT, _GENERATOR, _FUNCTION = range(1, 7)
_HEADER = struct.Struct(">I")


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


class Refused(Exception):
    """A value of a type that does not cross; the text names the type."""


@dataclass(frozen=True)
class Bounds:
    """How much one message may hold."""

    frame_bytes: int
    items: int


# -- writing ---------------------------------------------------------------------------


class Encoder:
    """Turns values into the bytes of one message.

    ``reference`` is asked for every function and random generator: it returns the
    reference under which the other side knows the object, or None to refuse it.
    """

    def __init__(
        self,
        bounds: Bounds,
        reference: Callable[[Any], FunctionRef | GeneratorRef | None] = lambda value: None,
    ) -> None:
        self._bounds = bounds
        self._reference = reference
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
            return msgpack.ExtType(_COMPLEX, msgpack.packb([value.real, value.imag]))
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
            return self._plain(self._scalar(value), depth)
        return self._referred(value)

    def _referred(self, value: Any) -> Any:
        reference = self._reference(value)
        if isinstance(reference, FunctionRef):
            return msgpack.ExtType(_FUNCTION, msgpack.packb(list(reference)))
        if isinstance(reference, GeneratorRef):
            state = [self._integer(number) for number in reference.state]
            return msgpack.ExtType(
                _GENERATOR, msgpack.packb([reference.number, reference.kind, state])
            )
        raise Refused(describe_type(value))

    def _key(self, key: Any) -> Any:
        if isinstance(key, np.generic):
            key = self._scalar(key)
        if type(key) not in (str, int, float, bool, type(None)):
            raise Refused(f"a dict with a key of type {describe_type(key)}")
        return self._plain(key, MAX_DEPTH)

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
        plain = value.item()
        if type(plain) not in (bool, int, float, complex, str):
            raise Refused(describe_type(value))
        return plain

    @staticmethod
    def _array(value: np.ndarray[Any, Any]) -> Any:
        dtype = value.dtype.newbyteorder("<").str
        if dtype not in DTYPES:
            raise Refused(f"an array of dtype {value.dtype}")
        data = np.ascontiguousarray(value, dtype=dtype).tobytes()
        return msgpack.ExtType(_ARRAY, msgpack.packb([dtype, list(value.shape), data]))


def describe_type(value: Any) -> str:
    """The type's name as a student would write it."""
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return f"{article} object of type {name[:80]}"


# -- reading ---------------------------------------------------------------------------


def decode(
    document: bytes,
    bounds: Bounds,
    resolve: Callable[[FunctionRef | GeneratorRef], Any] | None = None,
) -> Any:
    """The value of one message; raises WireError for anything malformed or too large.

    ``resolve`` turns references into this side's objects; without it they are refused.
    """
    budget = _Budget(bounds.items)
    try:
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
    resolve: Callable[[FunctionRef | GeneratorRef], Any] | None,
) -> Any:
    if depth > MAX_DEPTH:
        raise WireError("nested too deep")

    def extension(code: int, data: bytes) -> Any:
        inner = None if code == _INT else _unpack(data, depth + 1, budget, resolve)
        return _extension(code, data, inner, resolve)

    return msgpack.unpackb(
        data_or_empty(document),
        ext_hook=extension,
        strict_map_key=False,
        max_array_len=MAX_LIST,
        max_map_len=MAX_LIST,
    )


def data_or_empty(document: bytes) -> bytes:
    """The document itself; an empty one is an error of its own, not an endless wait."""
    if not document:
        raise WireError("empty message")
    return document


def _extension(
    code: int,
    data: bytes,
    inner: Any,
    resolve: Callable[[FunctionRef | GeneratorRef], Any] | None,
) -> Any:
    if code == _INT:
        if not 0 < len(data) <= MAX_INT_BYTES:
            raise WireError("an integer of impossible size")
        return int.from_bytes(data, "big", signed=True)
    if type(inner) is not list:
        raise WireError("an extension that holds no list")
    if code == _TUPLE:
        return tuple(inner)
    if code == _ARRAY:
        return _array(*_fields(inner, str, list, bytes))
    if code == _COMPLEX:
        return complex(*_fields(inner, float, float))
    if resolve is None or code not in (_FUNCTION, _GENERATOR):
        raise WireError("an extension of unknown kind")
    if code == _FUNCTION:
        return resolve(FunctionRef(*_fields(inner, str, int, str)))
    number, kind, state = _fields(inner, int, str, list)
    if not all(type(part) is int for part in state):
        raise WireError("a generator whose state is no list of integers")
    return resolve(GeneratorRef(number, kind, tuple(state)))


def _fields(values: list[Any], *types: type) -> list[Any]:
    if [type(value) for value in values] != list(types):
        raise WireError("an extension with fields of the wrong types")
    return values


def _array(dtype: str, shape: list[Any], data: bytes) -> np.ndarray[Any, Any]:
    if dtype not in DTYPES or len(shape) > MAX_DEPTH:
        raise WireError("an array of a dtype or shape that does not cross")
    if not all(type(n) is int and 0 <= n < 2**40 for n in shape):
        raise WireError("an array with an impossible shape")
    kind = np.dtype(dtype)
    if math.prod(shape) * kind.itemsize != len(data):
        raise WireError("an array whose bytes do not fit its shape")
    if dtype == "|b1" and data.strip(b"\x00\x01"):
        raise WireError("an array of bool that holds other bytes than 0 and 1")
    return np.frombuffer(data, dtype=kind).reshape(shape).copy()


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
        for key, item in value.items():
            if type(key) not in (str, int, float, bool, type(None)):
                raise WireError("a dict with a key that is not plain")
            _check(item, depth + 1, budget)
    elif kind is bytes or kind is msgpack.Timestamp:
        raise WireError("bytes outside an array")
    return value


# -- frames on a socket ----------------------------------------------------------------


class Hangup(Exception):
    """The other end closed the connection."""


class Late(Exception):
    """The deadline passed before the whole frame was sent or received."""


class Connection:
    """Frames over a stream socket, with a deadline for each.

    ``deadline`` is an instant of ``time.monotonic()``; None waits for ever, as the
    student's side does: it is the judge that watches the clock.
    """

    def __init__(self, sock: socket.socket, bounds: Bounds) -> None:
        self.socket = sock
        self.bounds = bounds

    def send(self, document: bytes, deadline: float | None = None) -> None:
        """Send one frame; raises Late or Hangup."""
        # One buffer, since two small segments would wait for each other's acknowledgement.
        data = memoryview(_HEADER.pack(len(document)) + document)
        while data:
            self._set_timeout(deadline)
            try:
                data = data[self.socket.send(data) :]
            except TimeoutError:
                raise Late from None
            except OSError:
                raise Hangup from None

    def receive(self, deadline: float | None = None) -> bytes:
        """Receive one frame; raises Late, Hangup, or WireError for one that is too long."""
        (length,) = _HEADER.unpack(self._exactly(_HEADER.size, deadline))
        if length > self.bounds.frame_bytes:
            raise WireError("a message too long was announced")
        return self._exactly(length, deadline)

    def close(self) -> None:
        """Close the socket; closing twice is harmless."""
        self.socket.close()

    def _exactly(self, count: int, deadline: float | None) -> bytes:
        return b"".join(self._chunks(count, deadline))

    def _chunks(self, count: int, deadline: float | None) -> Iterator[bytes]:
        while count:
            self._set_timeout(deadline)
            try:
                chunk = self.socket.recv(min(count, 1 << 20))
            except TimeoutError:
                raise Late from None
            except OSError:
                raise Hangup from None
            if not chunk:
                raise Hangup
            count -= len(chunk)
            yield chunk

    def _set_timeout(self, deadline: float | None) -> None:
        if deadline is None:
            self.socket.settimeout(None)
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise Late
        self.socket.settimeout(left)
