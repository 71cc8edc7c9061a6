"""Kinds of value: each arrives as itself, by hand-written examples and by examples nobody chose."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import pathlib
import types
import uuid
import zoneinfo
from typing import Any, NamedTuple

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.errors import WireError
from autograder.kinds import making
from autograder.kinds.keys import MOST_ALIKE, checked
from autograder.wire import Bounds, Encoder, Refused, decode

BOUNDS = Bounds(frame_bytes=1 << 20, items=20_000)
UTC = datetime.timezone.utc  # noqa: UP017 (the object itself crosses)


def crossed(value: Any) -> Any:
    return decode(Encoder(BOUNDS).encode(value), BOUNDS)


def same(one: Any, other: Any) -> bool:  # noqa: PLR0911
    """Equal, of the same class, and so in all that they hold."""
    if type(one) is not type(other) or one is other:
        return one is other
    if isinstance(one, np.ma.MaskedArray):
        return same(one.filled(), other.filled()) and same(one.mask, other.mask)
    if isinstance(one, np.ndarray):
        if one.dtype != other.dtype or one.shape != other.shape:
            return False
        if one.dtype.kind == "O":
            return all(map(same, one.ravel(), other.ravel()))
        return one.tobytes() == other.tobytes()
    if isinstance(one, list | tuple | collections.deque):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return all(map(same, one, other)) and all(map(same, one.values(), other.values()))
    if isinstance(one, set | frozenset):  # in any order
        return len(one) == len(other) and all(any(same(a, b) for b in other) for a in one)
    if isinstance(one, float | complex) and np.isnan(one):
        return bool(np.isnan(other))
    if isinstance(one, type({}.values())):
        return same(list(one), list(other))
    return bool(one == other) and repr(one) == repr(other)


LIBRARY = [
    {1, "a", (2, frozenset({3}))},
    set(),
    frozenset({b"x", None, True}),
    b"\x00\xff",
    bytearray(b"ab"),
    datetime.date(2024, 2, 29),
    datetime.time(23, 59, 59, 999999),
    datetime.time(1, tzinfo=UTC),
    datetime.datetime(1, 1, 1),
    datetime.datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
    datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=-3), "X")),
    datetime.timedelta(days=-1, microseconds=1),
    datetime.timezone(datetime.timedelta(minutes=90)),
    range(10, 0, -3),
    slice(None, 5, 2),
    decimal.Decimal("1.50"),
    decimal.Decimal("-0"),
    fractions.Fraction(-1, 3),
    2**200,
    collections.Counter("banana"),
    collections.OrderedDict([("b", 1), ("a", [2])]),
    collections.defaultdict(list, {"a": [1]}),
    collections.defaultdict(None, {1: 2}),
    collections.deque([1, [2]], maxlen=3),
    collections.deque(),
    {(1, 2): 3, frozenset(): 4, datetime.date(2000, 1, 1): 5},
    {True: "yes", 2**70: "much", 1.5: None},
    types.SimpleNamespace(a=1, b=[2]),
    uuid.UUID(int=5),
    pathlib.PurePosixPath("a/b"),
    ...,
    NotImplemented,
    {"a": 1}.keys(),
    {"a": [1]}.items(),
    {"a": [1]}.values(),
    int,
    np.float32,
    KeyError,
    type(None),
]
NUMPY = [
    np.array(["a", "für", ""]),
    np.array([b"a", b"bc"]),
    np.array([[1, "a"], [None, [2.5]]], dtype=object),
    np.array([], dtype=object),
    np.array(["2024-01-01", "NaT"], dtype="datetime64[D]"),
    np.array([1, -2], dtype="timedelta64[ms]"),
    np.array([(1, 2.5, [1, 2])], dtype=[("n", "<i4"), ("x", "<f8"), ("v", "<i2", (2,))]),
    np.zeros((2, 0), dtype=[("n", "<i4")]),
    np.ma.masked_array([1.0, 2.0], [True, False], fill_value=-1.0),
    np.ma.masked,
    np.arange(4).reshape(2, 2).view(np.matrix),
    np.rec.array([(1, "a")], dtype=[("n", "<i4"), ("t", "<U1")]),
    np.str_("text"),
    np.bytes_(b"x"),
    np.datetime64("2024-01-01T12", "h"),
    np.timedelta64(3, "s"),
    np.dtype("float32"),
    np.dtype([("n", "<i4"), ("t", "<U3")]),
    {np.int64(1), np.float64(2.5)},
]


@pytest.mark.parametrize("value", [*LIBRARY, *NUMPY], ids=lambda value: type(value).__name__)
def test_a_kind_arrives_as_itself(value: Any) -> None:
    """Does a value keep its class, what it holds, and the classes of what it holds?"""
    arrived = crossed(value)
    assert same(value, arrived), arrived
    assert same([value, (value,)], crossed([value, (value,)]))


def test_what_a_kind_remembers_besides_what_it_holds() -> None:
    """Do a deque its length, a defaultdict its factory, a date its fold and zone still have?"""
    assert crossed(collections.deque([1], 3)).maxlen == 3
    assert crossed(collections.defaultdict(set)).default_factory is set
    moment = crossed(LIBRARY[9])
    assert (moment.fold, moment.tzinfo.key, moment.utcoffset()) == (
        1, "Europe/Berlin", datetime.timedelta(hours=1),
    )  # fmt: skip
    assert crossed(NUMPY[8]).fill_value == -1.0
    assert crossed(np.array(["a\ud800"]))[0] == "a?"
    assert crossed(pathlib.Path("a")) == pathlib.PurePosixPath("a")
    assert not hasattr(crossed(pathlib.Path("a")), "read_text")


class Point(NamedTuple):
    """A named tuple."""

    x: float
    y: float = 0.0


@dataclasses.dataclass
class Item:
    """A dataclass of data alone."""

    name: str
    price: float = 0.0


@dataclasses.dataclass(order=True, frozen=True)
class Version:
    """A dataclass that can be compared, hashed and not changed."""

    major: int
    minor: int

    def __repr__(self) -> str:
        return f"v{self.major}.{self.minor}"


class Colour(enum.Enum):
    """An enum."""

    RED = 1
    CRIMSON = 1
    BLUE = "b"


class Level(enum.IntEnum):
    """Whole numbers with names."""

    LOW = 1
    HIGH = 2


class Right(enum.Flag):
    """Flags."""

    READ = 1
    WRITE = 2


def test_records_arrive_as_their_like() -> None:
    """Are records of a class that nobody has here told by name and fields, and equal to theirs?"""
    point, item, version = crossed(Point(1.0)), crossed(Item("a", 2.0)), crossed(Version(1, 2))
    assert (repr(point), point, point._fields) == ("Point(x=1.0, y=0.0)", (1.0, 0.0), ("x", "y"))
    assert type(crossed(Point(5.0))) is type(point)
    assert repr(item) == "Item(name='a', price=2.0)"
    assert item == Item("a", 2.0)
    assert Item("a", 2.0) == item
    assert item != Item("b", 2.0)
    assert item != crossed(Version(1, 2))
    assert dataclasses.asdict(item) == {"name": "a", "price": 2.0}
    assert repr(version) == "v1.2"
    assert version == Version(1, 2)
    assert version < crossed(Version(1, 3)) <= Version(1, 3)
    assert {version: 1} == {crossed(Version(1, 2)): 1}
    with pytest.raises(dataclasses.FrozenInstanceError):
        version.major = 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(item)


def test_enums_arrive_as_their_like() -> None:
    """Is a member the same object each time, with name and value, in a class with all members?"""
    red = crossed(Colour.RED)
    assert red == Colour.RED
    assert Colour.RED.__eq__(red) is NotImplemented  # so that the member that arrived is asked
    assert red is crossed(Colour.CRIMSON) is crossed(Colour).RED
    assert (red.name, red.value, repr(red)) == ("RED", 1, "<Colour.RED: 1>")
    assert [member.name for member in crossed(Colour)] == ["RED", "BLUE"]
    assert crossed(Level.LOW) + 1 == Level.HIGH
    assert isinstance(crossed(Level.LOW), enum.IntEnum)
    assert crossed(Right.READ | Right.WRITE).value == 3
    assert crossed({Colour.RED: 1}) == {Colour.RED: 1}


def test_records_are_of_this_sides_own_class_where_it_has_one() -> None:
    """Do isinstance and identity hold for a class that the instructor's cells define?"""
    own = {"Point": Point, "Item": Item, "Colour": Colour, "Version": Version}
    making.look_in(own.get)
    try:
        assert isinstance(crossed(Point(1.0)), Point)
        assert isinstance(crossed(Item("a")), Item)
        assert crossed(Colour.BLUE) is Colour.BLUE
        assert crossed({Version(1, 2), Colour.RED}) == {Version(1, 2), Colour.RED}
    finally:
        making.look_in(lambda name: None)


class Circle(NamedTuple):
    """A named tuple with a method."""

    r: float

    def area(self) -> float:
        return 3 * self.r


@dataclasses.dataclass
class Account:
    """A dataclass with behaviour."""

    total: float

    @property
    def empty(self) -> bool:
        return not self.total


class Weekday(enum.Enum):
    """An enum with a method."""

    MONDAY = 1

    def next(self) -> int:
        return self.value + 1


def test_what_does_something_of_its_own_is_no_record() -> None:
    """Is an instance of a class with methods left to whoever can keep it where it is?"""
    assert crossed(Circle(1.0)) == (1.0,)
    for value in (Account(1.0), Weekday.MONDAY):
        with pytest.raises(Refused):
            Encoder(BOUNDS).encode(value)


keys = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.binary(max_size=5)
    | st.dates() | st.fractions(max_denominator=99) | st.decimals(allow_nan=False, places=2),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
zones = (
    st.none()
    | st.just(UTC)
    | st.sampled_from(["Europe/Berlin", "Asia/Kolkata"]).map(zoneinfo.ZoneInfo)
)
kinds = st.recursive(
    keys | st.datetimes(timezones=zones) | st.times() | st.timedeltas() | st.uuids()
    | st.builds(range, st.integers(-99, 99), st.integers(-99, 99), st.integers(1, 9))
    | st.builds(slice, st.none() | st.integers(), st.none() | st.integers())
    | hnp.arrays(
        hnp.unicode_string_dtypes(endianness="<", max_len=3) | hnp.byte_string_dtypes(max_len=3)
        | hnp.datetime64_dtypes(endianness="<") | hnp.timedelta64_dtypes(endianness="<")
        | st.sampled_from([np.dtype("i4,f8,U2"), np.dtype([("a", "<i2", (2,)), ("b", "?")])]),
        hnp.array_shapes(max_dims=2, max_side=3, min_side=0),
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.sets(keys, max_size=3)
        | st.dictionaries(keys, inner, max_size=3)
        | st.dictionaries(keys, inner, max_size=3).map(collections.OrderedDict)
        | st.dictionaries(st.text(max_size=3), st.integers(), max_size=3).map(collections.Counter)
        | st.builds(collections.deque, st.lists(inner, max_size=3))
        | st.builds(collections.defaultdict, st.sampled_from([int, list, None]))
    ),
    max_leaves=8,
)  # fmt: skip


@settings(deadline=None, derandomize=True, max_examples=100)
@given(kinds)
def test_kinds_in_kinds_arrive_as_they_left(value: Any) -> None:
    """Does whatever is made of kinds arrive with its classes and values?"""
    assert same(value, crossed(value))


@settings(deadline=None, derandomize=True, max_examples=400)
@given(kinds, st.integers(0, 10_000), st.integers(0, 255))
def test_no_changed_byte_does_anything_but_raise_wire_error(
    value: Any, place: int, byte: int
) -> None:
    """Does the decoder survive an honest document of kinds with one byte changed?"""
    document = bytearray(Encoder(BOUNDS).encode(value))
    document[place % len(document)] = byte
    try:
        decode(bytes(document), BOUNDS)
    except WireError:
        pass


def packed(name: Any, payload: Any) -> bytes:
    """A document that says to hold a value of this kind."""
    return msgpack.packb(msgpack.ExtType(8, msgpack.packb([name, payload])))


KNOWN = (
    "set", "frozenset", "bytearray", "array", "date", "time", "datetime", "timedelta", "timezone",
    "zone", "range", "slice", "Decimal", "Fraction", "Counter", "OrderedDict", "defaultdict",
    "deque", "namespace", "keys", "values", "items", "uuid", "path", "windows path", "ellipsis",
    "dict", "named tuple", "data", "enum member", "enum", "type", "ndarray", "numpy.str_",
    "numpy.void", "dtype", "masked", "MaskedArray", "matrix", "recarray", "record",
    "pandas.DataFrame", "pandas.Series", "pandas.Index", "pandas.array", "pandas.Categorical",
    "pandas.Timestamp", "pandas.Period", "pandas.Interval", "pandas.dtype", "scipy.csr_matrix",
    "scipy.dia_array", "iterator", "class", "again", "no such kind",
)  # fmt: skip
rubbish = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=9)
    | st.binary(max_size=9) | st.sampled_from(["O", "fields", "<U1", "UTC", "Enum", "index", "tz"]),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, derandomize=True, max_examples=1200)
@given(st.sampled_from(KNOWN), rubbish)
def test_no_payload_does_anything_but_raise_wire_error(name: str, payload: Any) -> None:
    """Does every kind refuse what it cannot be made of, with a WireError and nothing else?"""
    try:
        decode(packed(name, payload), BOUNDS, lambda ref: None)
    except WireError:
        pass


WRONG = {
    "a set with a list in it": ("set", [[1]]),
    "a set with a value twice": ("set", [1, 1]),
    "a dict with a key alone": ("dict", [1]),
    "a dict with a key twice": ("dict", [1, 2, 1, 3]),
    "a date that never was": ("date", [2023, 2, 29]),
    "a zone by a path": ("zone", "../../etc/passwd"),
    "a zone that is none": ("zone", "Europe/Atlantis"),
    "a range of everything": ("range", [0, 10**15, 1]),
    "a Decimal of a million digits": ("Decimal", "1e1000000"),
    "a fraction by nothing": ("Fraction", [1, 0]),
    "a deque that is too full": ("deque", [[1, 2], 1]),
    "a factory of the judge's": ("defaultdict", ["open", {}]),
    "a namespace with a class": ("namespace", {"__class__": 1}),
    "a named tuple that is code": ("named tuple", ["P", ["x): import os #"], [1]]),
    "a named tuple of a keyword": ("named tuple", ["P", ["class"], [1]]),
    "a record that is no identifier": ("data", ["a b", [], [], [True, False, False, False], None]),
    "an enum with a method": ("enum", ["E", "Enum", [["__init__", 1]]]),
    "an enum that hides its order": ("enum", ["E", "Enum", [["_order_", 1]]]),
    "a class of the judge's": ("type", "os.system"),
    "an object array of another size": ("ndarray", ["O", [3], [1]]),
    "texts that are no texts": ("ndarray", ["<U1", [1], b"\xff\xff\xff\xff"]),
    "empty texts without end": ("ndarray", ["<U0", [10**9], b""]),
    "objects as bytes": ("ndarray", ["|O", [1], bytes(8)]),
    "a record without fields": ("ndarray", ["fields", [1], [[], []]]),
    "a dtype of objects in a record": ("dtype", [["a", ">V8"]]),
    "a value that is masked, and one": ("masked", 1),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_no_honest_process_sends_is_refused(what: str) -> None:
    """Is a payload that would run, fill or confuse the judge refused?"""
    with pytest.raises(WireError):
        decode(packed(*WRONG[what]), BOUNDS)


def test_keys_that_share_a_hash_are_refused_before_a_set_is_made_of_them() -> None:
    """Can nobody make a set whose every look-up tries a thousand values?"""

    class Alike(int):
        """A number that is compared as itself and hashed as all others are."""

        __hash__ = lambda self: 7  # type: ignore[assignment]  # noqa: E731

    with pytest.raises(WireError, match="plain"):
        checked([Alike(1)])
    modulus = 2**61 - 1  # of Python's hashes of numbers
    alike = [7 + modulus * n for n in range(MOST_ALIKE + 1)]
    assert len(set(map(hash, alike))) == 1
    with pytest.raises(WireError, match="one hash"):
        checked(alike)
    assert checked(alike[:-1]) == alike[:-1]


def test_classes_are_not_made_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does a frame full of records of ever new classes end in an error?"""
    monkeypatch.setattr(making, "_made", {})
    monkeypatch.setattr(making, "MOST_CLASSES", 3)
    many = [["P", [f"x{n}"], [1]] for n in range(4)]
    for payload in many[:3]:
        decode(packed("named tuple", payload), BOUNDS)
    with pytest.raises(WireError, match="too many classes"):
        decode(packed("named tuple", many[3]), BOUNDS)
