"""The wire: what crosses unchanged, what is refused, what no bytes can do to the reader."""

import collections
import decimal
import enum
import socket
import struct
import threading
import time
import tracemalloc
from typing import Any, NamedTuple
from unittest import mock

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import scanning
from autograder.errors import WireError
from autograder.frames import Connection, Hangup, Late
from autograder.wire import Bounds, Encoder, FunctionRef, Refused, decode
from autograder.wire.form import MAX_DEPTH

BOUNDS = Bounds(frame_bytes=1 << 20, items=10_000)


def crossed(value: Any) -> Any:
    return decode(Encoder(BOUNDS).encode(value), BOUNDS)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return (
            type(other) is np.ndarray
            and one.dtype == other.dtype
            and one.shape == other.shape
            and one.tobytes() == other.tobytes()
        )
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    return type(one) is type(other) and (one == other or np.isnan(one))


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**200), max_value=2**200)
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=20)
    | hnp.arrays(
        st.sampled_from([np.float64, np.int64, np.bool_, np.float32, np.uint8, np.complex128]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(-9, 9), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(plain, st.sampled_from([0, scanning.HARMLESS]))
def test_plain_data_crosses_unchanged(value: Any, harmless: int) -> None:
    """Does plain data arrive as it left: types, dtypes, shapes, bits, counted or not?"""
    with np.errstate(all="ignore"), mock.patch.object(scanning, "HARMLESS", harmless):
        assert same(value, crossed(value))


@pytest.mark.parametrize(
    ("given_value", "arrives"),
    [
        (np.float64(2.5), np.float64(2.5)),
        (np.float32(0.1), np.float32(0.1)),
        (np.int32(7), np.int32(7)),
        (np.bool_(True), np.bool_(True)),
        (np.complex64(1 + 2j), np.complex64(1 + 2j)),
        (np.str_("text"), np.str_("text")),
        ([np.float64(-0.0), (np.uint8(255),)], [np.float64(-0.0), (np.uint8(255),)]),
        ({np.int64(3): np.int64(4)}, {3: np.int64(4)}),
        (np.arange(6.0)[::2], np.array([0.0, 2.0, 4.0])),
        (np.arange(6).reshape(2, 3).T, np.array([[0, 3], [1, 4], [2, 5]])),
        (np.array([1.0], dtype=">f8"), np.array([1.0])),
    ],
)
def test_numpy_values_cross_as_what_they_hold(given_value: Any, arrives: Any) -> None:
    """Do scalars keep their dtype, and views and foreign byte orders arrive as plain arrays?"""
    assert same(arrives, crossed(given_value))


class Velocity(NamedTuple):
    """A tuple with names that does something of its own."""

    x: float
    y: float

    def speed(self) -> float:
        return abs(self.x) + abs(self.y)


class Metres(float):
    """A number with a unit."""

    def __float__(self) -> float:
        return 0.0


class Weights(dict[str, float]):
    """A dict that would show other entries than it holds."""

    def items(self) -> Any:
        return []


class Level(enum.IntEnum):
    """An integer with a name."""

    LOW = 1


@pytest.mark.parametrize(
    ("given_value", "arrives"),
    [
        (Velocity(1.0, 2.0), (1.0, 2.0)),
        (Metres(1.5), 1.5),
        (type("Name", (str,), {})("text"), "text"),
        (type("Row", (list,), {})([1, 2]), [1, 2]),
        (Weights(a=1.0), {"a": 1.0}),
        (type("Queue", (collections.deque,), {})([1, 2]), [1, 2]),
        ({Level.LOW: 1}, {1: 1}),
        (np.array([[1.0, 2.0]]).view(np.memmap), np.array([[1.0, 2.0]])),
    ],
    ids=lambda value: type(value).__name__,
)
def test_derived_kinds_cross_as_what_they_hold(given_value: Any, arrives: Any) -> None:
    """Do values of classes of their own arrive as the plain kind that they extend?"""
    assert same(arrives, crossed(given_value))


class Liar(np.ndarray[Any, Any]):
    """An array that would answer comparisons as it likes."""


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {object()},
        np.array([object()]),
        np.zeros(1, dtype="V8"),
        np.longdouble(1),
        len,
        {object(): 3},
        Velocity,
        10**1000,
        range(10**8),
        decimal.Decimal("1e5000"),
        iter([1]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_everything_else_is_refused_by_name(value: Any) -> None:
    """Is a value that may not cross refused before a byte is sent?"""
    with pytest.raises(Refused):
        Encoder(BOUNDS).encode(value)


def test_an_array_of_a_class_of_its_own_loses_the_class() -> None:
    """Does an array that would answer comparisons itself arrive as a plain one?"""
    assert same(np.zeros(2), crossed(np.zeros(2).view(Liar)))


def test_endless_nesting_is_refused() -> None:
    """Does a list that holds itself end?"""
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(Refused, match="deep"):
        Encoder(BOUNDS).encode(circle)


def test_size_is_bounded_when_sending() -> None:
    """Are too many values and too many bytes refused?"""
    with pytest.raises(Refused, match="MB"):
        Encoder(BOUNDS).encode(np.zeros(1 << 18))
    with pytest.raises(Refused, match="values"):
        Encoder(BOUNDS).encode([0] * 10_001)


def array(dtype: str, shape: list[int], data: bytes) -> bytes:
    header = f"{dtype}:{','.join(map(str, shape))}:".encode()
    return msgpack.packb(msgpack.ExtType(2, header + data))


HOSTILE = {
    "empty": b"",
    "cut short": b"\x93\x01",
    "announces four billion items": b"\xdd\xff\xff\xff\xff",
    "announces four billion keys": b"\xdf\xff\xff\xff\xff",
    "lists in lists": b"\x91" * 5000 + b"\xc0",
    "lists in lists, short of the parser's limit": b"\x91" * 500 + b"\xc0",
    "a time stamp": msgpack.packb(msgpack.Timestamp(1, 0)),
    "unknown extension": msgpack.packb(msgpack.ExtType(99, msgpack.packb([1]))),
    "an extension of rubbish": msgpack.packb(msgpack.ExtType(2, b"\xc1")),
    "an extension that is no list": msgpack.packb(msgpack.ExtType(2, msgpack.packb(1))),
    "extension in extension": None,
    "an array of objects": array("|O", [1], bytes(8)),
    "an array of text": array("<U1", [1], bytes(4)),
    "a structured array": array("<f8,<f8", [1], bytes(16)),
    "an array with too few bytes": array("<f8", [2], bytes(8)),
    "an array with too many bytes": array("<f8", [1], bytes(16)),
    "an array of negative size": array("<f8", [-1], b""),
    "an array whose size overflows": array("<f8", [2**32, 2**32], b""),
    "an array of many axes": array("<f8", [1] * 100, bytes(8)),
    "an array of bools that are not": array("|b1", [2], b"\x01\x07"),
    "an empty integer": msgpack.packb(msgpack.ExtType(4, b"")),
    "a long integer": msgpack.packb(msgpack.ExtType(4, b"\x7f" * 5000)),
    "a function nobody knows": msgpack.packb(msgpack.ExtType(6, msgpack.packb(["x", 1, "y"]))),
    "a dict with a tuple for a key, not said to be one": msgpack.packb({1: 2}).replace(
        b"\x01", msgpack.packb(msgpack.ExtType(1, msgpack.packb([1])))
    ),
    "a dict with a long integer for a key": msgpack.packb({1: 2}).replace(
        b"\x01", msgpack.packb(msgpack.ExtType(4, bytes([1] + [0] * 9)))
    ),
    "an array without a shape": msgpack.packb(msgpack.ExtType(2, b"<f8:" + bytes(8))),
    "an array whose header never ends": msgpack.packb(msgpack.ExtType(2, b"<f8:" + b"1," * 9999)),
    "an array of no dtype": msgpack.packb(msgpack.ExtType(2, b"\xff::")),
    "an array of a shape in words": msgpack.packb(msgpack.ExtType(2, b"<f8:one:" + bytes(8))),
    "half a complex number": msgpack.packb(msgpack.ExtType(3, bytes(8))),
    "a scalar of text": msgpack.packb(msgpack.ExtType(7, b"<U1:" + bytes(4))),
    "a scalar that is too long": msgpack.packb(msgpack.ExtType(7, b"<f8:" + bytes(16))),
    "a scalar bool that is none": msgpack.packb(msgpack.ExtType(7, b"|b1:\x05")),
    "a scalar of nothing": msgpack.packb(msgpack.ExtType(7, b"")),
    "text that is no UTF-8": b"\xa2\xff\xfe",
    "two documents": msgpack.packb(1) * 2,
}
nested = msgpack.packb([1])
for _ in range(MAX_DEPTH + 5):
    nested = msgpack.packb([msgpack.ExtType(1, nested)])
HOSTILE["extension in extension"] = nested


@pytest.fixture(params=[scanning.HARMLESS, 0], ids=["small", "counted"])
def harmless(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size from which a document's values are counted before they are built."""
    monkeypatch.setattr(scanning, "HARMLESS", request.param)


@pytest.mark.usefixtures("harmless")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_raise_one_kind_of_error(name: str) -> None:
    """Is every malformed document refused with a WireError and nothing else?"""
    document = HOSTILE[name]
    assert document is not None
    with pytest.raises(WireError):
        decode(document, BOUNDS)


LARGE = Bounds(frame_bytes=1 << 26, items=10_000)
TUPLE = msgpack.packb(msgpack.ExtType(1, b"\x90"))
BOMBS = {
    "empty lists": b"\xdd" + struct.pack(">I", 1 << 21) + b"\x90" * (1 << 21),
    "empty lists, in lists of a size that may be": b"\xdc\x27\x10" * 210 + b"\x90" * (1 << 21),
    "empty dicts": b"\xdd" + struct.pack(">I", 1 << 21) + b"\x80" * (1 << 21),
    "empty texts": b"\xdd" + struct.pack(">I", 1 << 21) + b"\xa0" * (1 << 21),
    "empty tuples": b"\xdd" + struct.pack(">I", 1 << 19) + TUPLE * (1 << 19),
    "lists in a tuple": msgpack.packb(
        msgpack.ExtType(1, b"\xdd" + struct.pack(">I", 1 << 21) + b"\x90" * (1 << 21))
    ),
    "keys": b"\xdf" + struct.pack(">I", 1 << 20) + b"\xc0\x90" * (1 << 20),
    "no end": b"\x91" * (1 << 21),
}
wrapped = msgpack.packb(bytes(1 << 20))
for _ in range(20):
    wrapped = msgpack.packb(msgpack.ExtType(1, b"\x91" + wrapped))
BOMBS["bytes in many wrappings"] = wrapped


@pytest.mark.parametrize("name", BOMBS)
def test_values_are_counted_before_they_are_built(name: str) -> None:
    """Is a frame that would unfold into gigabytes refused before it takes any memory?"""
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            decode(BOMBS[name], LARGE)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_large_honest_values_are_not_counted_as_many() -> None:
    """Do a large array, a long text and many small arrays cross within the number of values?"""
    bounds = Bounds(frame_bytes=1 << 25, items=10_000)
    for value in (
        np.zeros(1 << 21),
        "x" * (1 << 20),
        [np.zeros(9) for _ in range(9_000)],
        [(1.5, 2) for _ in range(3_300)] + [np.zeros(9_000)],
        {"W": (np.zeros((300, 300)), [np.float64(1)] * 9_000)},
    ):
        assert same(value, decode(Encoder(bounds).encode(value), bounds))


@settings(deadline=None, derandomize=True, max_examples=1500)
@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_raise_wire_error(document: bytes) -> None:
    """Does the decoder survive any bytes at all?"""
    try:
        decode(document, BOUNDS, lambda ref: None)
    except WireError:
        pass


@settings(deadline=None, derandomize=True, max_examples=900)
@given(plain, st.integers(0, 10_000), st.integers(0, 255), st.sampled_from([0, scanning.HARMLESS]))
def test_no_changed_byte_does_anything_but_raise_wire_error(
    value: Any, place: int, byte: int, harmless: int
) -> None:
    """Does the decoder survive an honest document with one byte changed?"""
    document = bytearray(Encoder(BOUNDS).encode(value))
    document[place % len(document)] = byte
    with np.errstate(all="ignore"), mock.patch.object(scanning, "HARMLESS", harmless):
        try:
            decode(bytes(document), BOUNDS)
        except WireError:
            pass


def test_the_number_of_values_is_bounded_when_reading() -> None:
    """Is a small document that unfolds into many values refused?"""
    many = msgpack.packb([[0] * 5000] * 3)
    with pytest.raises(WireError, match="too many values"):
        decode(many, BOUNDS)


def test_a_reference_needs_someone_to_resolve_it() -> None:
    """Are references to functions refused where none are expected?"""
    document = Encoder(BOUNDS, lambda value: FunctionRef("judge", 1, "loss")).encode(len)
    assert decode(document, BOUNDS, lambda ref: ref) == FunctionRef("judge", 1, "loss")
    with pytest.raises(WireError):
        decode(document, BOUNDS)


# -- frames ------------------------------------------------------------------------------


@pytest.fixture
def pair() -> Any:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Connection(ours, BOUNDS), theirs


def soon() -> float:
    """For what never comes."""
    return time.monotonic() + 0.05


def patiently() -> float:
    """For what comes, on however busy a machine."""
    return time.monotonic() + 600


def test_a_frame_too_long_is_refused_before_it_is_read(pair: Any) -> None:
    """Is an announced length of 4 GB refused at once?"""
    connection, theirs = pair
    theirs.sendall(struct.pack(">I", 0xFFFFFFFF))
    with pytest.raises(WireError, match="too long was announced"):
        connection.receive(patiently())


def test_silence_and_slowness_end_at_the_deadline(pair: Any) -> None:
    """Does waiting for a frame that never comes, or never ends, stop?"""
    connection, theirs = pair
    with pytest.raises(Late):
        connection.receive(soon())
    theirs.sendall(struct.pack(">I", 100) + b"only a part")
    with pytest.raises(Late):
        connection.receive(soon())


def test_a_reader_that_stops_reading_does_not_hold_the_sender(pair: Any) -> None:
    """Does sending to a process that no longer reads stop at the deadline?"""
    connection, _ = pair
    with pytest.raises(Late):
        connection.send(bytes(1 << 24), soon())


def test_a_closed_connection_is_a_hangup(pair: Any) -> None:
    """Is a closed wire told apart from a slow one?"""
    connection, theirs = pair
    theirs.sendall(b"\x00")
    theirs.close()
    with pytest.raises(Hangup):
        connection.receive(patiently())
    with pytest.raises(Hangup):
        connection.send(bytes(1 << 22), patiently())


def test_frames_keep_their_borders(pair: Any) -> None:
    """Do frames sent in one go arrive one by one?"""
    connection, theirs = pair
    sender = Connection(theirs, BOUNDS)
    threading.Thread(target=lambda: [sender.send(bytes([n]) * n) for n in (1, 2, 3)]).start()
    assert [connection.receive(patiently()) for _ in range(3)] == [
        b"\x01",
        b"\x02\x02",
        b"\x03" * 3,
    ]
