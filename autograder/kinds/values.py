"""Values of the standard library: sets, bytes, dates, exact numbers, dicts of a kind, paths."""

from __future__ import annotations

import array
import collections
import datetime
import decimal
import fractions
import pathlib
import re
import types
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

from autograder.kinds import keys
from autograder.kinds.registry import Kind, NotPlain, demand, fields, of_type, register

MOST_STEPS = 10_000_000
"""Numbers of a range: a list of more would fill the memory of whoever asks for it."""
MOST_DIGITS = 1000
"""Digits and powers of ten of a Decimal: ``int`` of a large power would be as many digits."""

Refill = Callable[[Any, Any], None]


def _set(payload: Any) -> Any:
    items = keys.checked(of_type(payload, list))
    found = set(items)
    demand(len(found) == len(items), "a set that holds a value twice")
    return found


def _refill(value: Any, other: Any) -> None:
    """What a set, a list-like or a dict-like value holds becomes what another one holds."""
    value.clear()
    dict.update(value, other) if isinstance(value, dict) else (
        value.update(other) if isinstance(value, set) else value.extend(other)
    )


# -- dates and times ---------------------------------------------------------------------


def _zone(zone: datetime.tzinfo | None, of: Any) -> Any:
    """A time zone that crosses: a fixed one or one by name; others as the offset they give."""
    if zone is None or type(zone) in (datetime.timezone, zoneinfo.ZoneInfo):
        return zone
    offset = of.utcoffset()
    return None if offset is None else datetime.timezone(offset)


def _is_zone(zone: Any) -> Any:
    demand(zone is None or type(zone) in (datetime.timezone, zoneinfo.ZoneInfo), "no time zone")
    return zone


def _time_plain(t: datetime.time | datetime.datetime) -> Any:
    return [t.hour, t.minute, t.second, t.microsecond, t.fold, _zone(t.tzinfo, t)]


def _time(payload: Any) -> datetime.time:
    hour, minute, second, micro, fold, zone = fields(payload, *[int] * 5, object)
    return datetime.time(hour, minute, second, micro, _is_zone(zone), fold=fold)


def _datetime_plain(t: datetime.datetime) -> Any:
    return [t.year, t.month, t.day, *_time_plain(t)[:5], _zone(t.tzinfo, t)]


def _datetime(payload: Any) -> datetime.datetime:
    *day, hour, minute, second, micro, fold, zone = fields(payload, *[int] * 8, object)
    year, month, number = day
    return datetime.datetime(
        year, month, number, hour, minute, second, micro, _is_zone(zone), fold=fold
    )


def _timezone_plain(zone: datetime.timezone) -> Any:
    name = zone.tzname(None)
    offset = zone.utcoffset(None)
    return [offset, "" if name == datetime.timezone(offset).tzname(None) else name[:80]]


def _timezone(payload: Any) -> datetime.timezone:
    offset, name = fields(payload, datetime.timedelta, str)
    if not offset and not name:
        return datetime.UTC
    return datetime.timezone(offset, name) if name else datetime.timezone(offset)


def _zoneinfo_plain(zone: zoneinfo.ZoneInfo) -> str:
    if not zone.key:
        raise NotPlain("a time zone without a name")
    return zone.key


def _zoneinfo(payload: Any) -> zoneinfo.ZoneInfo:
    name = of_type(payload, str)
    demand(re.fullmatch(r"[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,3}", name) is not None,
           "a time zone of no name")  # fmt: skip
    return zoneinfo.ZoneInfo(name)


# -- numbers, ranges, slices -------------------------------------------------------------


def _range_plain(value: range) -> Any:
    if value.start != value.stop and (value.stop - value.start) // value.step >= MOST_STEPS:
        raise NotPlain(f"a range of more than {MOST_STEPS} values")
    return [value.start, value.stop, value.step]


def _range(payload: Any) -> range:
    start, stop, step = fields(payload, int, int, int)
    demand(step != 0 and (stop - start) // step < MOST_STEPS, "a range that is too long")
    return range(start, stop, step)


def _slice(payload: Any) -> slice:
    plain = (int, float, str, type(None))
    return slice(*fields(payload, plain, plain, plain))


def _decimal_plain(value: decimal.Decimal) -> str:
    _, digits, exponent = value.as_tuple()
    if len(digits) > MOST_DIGITS or (isinstance(exponent, int) and abs(exponent) > MOST_DIGITS):
        raise NotPlain(f"a Decimal of more than {MOST_DIGITS} digits")
    return str(value)


def _decimal(payload: Any) -> decimal.Decimal:
    text = of_type(payload, str)
    demand(len(text) <= 2 * MOST_DIGITS, "a Decimal that is too long")
    value = decimal.Decimal(text)
    _decimal_plain(value)
    return value


def _fraction(payload: Any) -> fractions.Fraction:
    above, below = fields(payload, int, int)
    demand(below > 0, "a fraction of nothing")
    return fractions.Fraction(above, below)


# -- dicts and lists of a kind -----------------------------------------------------------


def _dict(payload: Any) -> dict[Any, Any]:
    """A dict with keys that MessagePack does not have: keys and values after one another."""
    flat = of_type(payload, list)
    demand(len(flat) % 2 == 0, "a dict with a key without a value")
    found = dict(zip(keys.checked(flat[::2]), flat[1::2], strict=True))
    demand(2 * len(found) == len(flat), "a dict with a key twice")
    return found


def _counter(payload: Any) -> Any:
    counted: Any = collections.Counter()
    dict.update(counted, of_type(payload, dict))
    return counted


_FACTORIES: dict[str, Any] = {
    made.__name__: made
    for made in (
        int, float, complex, bool, str, bytes, list, tuple, dict, set, frozenset,
        collections.Counter, collections.OrderedDict, collections.deque,
    )
}  # fmt: skip
_FACTORY_NAMES = {made: name for name, made in _FACTORIES.items()}


def _factory_plain(factory: Any) -> Any:
    """A built-in by its name; another function as a function, which stays where it is."""
    try:
        return _FACTORY_NAMES.get(factory, factory)
    except TypeError:  # one that cannot be hashed
        return factory


def _defaultdict(payload: Any) -> Any:
    factory, holds = fields(payload, object, dict)
    if type(factory) is str:
        demand(factory in _FACTORIES, "a defaultdict of an unknown factory")
        factory = _FACTORIES[factory]
    demand(factory is None or callable(factory), "a defaultdict without a factory")
    return collections.defaultdict(factory, holds)


def _deque(payload: Any) -> Any:
    items, most = fields(payload, list, (int, type(None)))
    demand(most is None or len(items) <= most, "a deque that holds too much")
    return collections.deque(items, most)


def _namespace(payload: Any) -> types.SimpleNamespace:
    names = of_type(payload, dict)
    demand(all(type(name) is str and not name.startswith("__") for name in names), "no namespace")
    return types.SimpleNamespace(**names)


def _fill_namespace(value: types.SimpleNamespace, other: types.SimpleNamespace) -> None:
    vars(value).clear()
    vars(value).update(vars(other))


def _array(payload: Any) -> Any:
    code, data = fields(payload, str, bytes)
    demand(code in tuple("bBhHiIlLqQfd"), "an array.array of an unknown kind")
    return array.array(code, data)


def _fill_array(value: Any, other: Any) -> None:
    value[:] = other


def _items_view(payload: Any) -> Any:
    return of_type(payload, dict).items()


# -- paths, and what has only a name -----------------------------------------------------

here: type[pathlib.PurePath] = pathlib.PurePosixPath
"""What a path arrives as. The judge does not look into files whose names a submission chose:
only the student's own end makes paths of this that can be opened."""


def _path(payload: Any) -> pathlib.PurePath:
    text = of_type(payload, str)
    demand(len(text) < 4096 and "\0" not in text, "a path that is none")
    return here(text)


def _none(value: Any) -> Any:
    return lambda payload: value


KINDS = (
    Kind("set", set, list, _set, _refill, keyed=True),
    Kind("frozenset", frozenset, list, lambda payload: frozenset(_set(payload)), keyed=True),
    Kind("bytearray", bytearray, bytes, lambda p: bytearray(of_type(p, bytes)), _fill_array),
    Kind("array", array.array, lambda a: [a.typecode, a.tobytes()], _array, _fill_array),
    Kind("date", datetime.date, lambda d: [d.year, d.month, d.day],
         lambda p: datetime.date(*fields(p, int, int, int))),
    Kind("time", datetime.time, _time_plain, _time),
    Kind("datetime", datetime.datetime, _datetime_plain, _datetime),
    Kind("timedelta", datetime.timedelta, lambda d: [d.days, d.seconds, d.microseconds],
         lambda p: datetime.timedelta(*fields(p, int, int, int))),
    Kind("timezone", datetime.timezone, _timezone_plain, _timezone),
    Kind("zone", zoneinfo.ZoneInfo, _zoneinfo_plain, _zoneinfo),
    Kind("range", range, _range_plain, _range),
    Kind("slice", slice, lambda s: [s.start, s.stop, s.step], _slice),
    Kind("Decimal", decimal.Decimal, _decimal_plain, _decimal),
    Kind("Fraction", fractions.Fraction, lambda f: [f.numerator, f.denominator], _fraction),
    Kind("Counter", collections.Counter, dict, _counter, _refill, keyed=True),
    Kind("OrderedDict", collections.OrderedDict, dict,
         lambda p: collections.OrderedDict(of_type(p, dict)), _refill),
    Kind("defaultdict", collections.defaultdict,
         lambda d: [_factory_plain(d.default_factory), dict(d)], _defaultdict, _refill),
    Kind("deque", collections.deque, lambda d: [list(d), d.maxlen], _deque, _refill),
    Kind("namespace", types.SimpleNamespace, lambda n: dict(vars(n)), _namespace, _fill_namespace),
    Kind("keys", type({}.keys()), list,
         lambda p: dict.fromkeys(keys.checked(of_type(p, list))).keys()),
    Kind("values", type({}.values()), list, lambda p: dict(enumerate(of_type(p, list))).values()),
    Kind("items", type({}.items()), dict, _items_view),
    Kind("uuid", uuid.UUID, lambda u: u.int, lambda p: uuid.UUID(int=of_type(p, int))),
    Kind("path", pathlib.PosixPath, str, _path),
    Kind("pure path", pathlib.PurePosixPath, str, _path),
    Kind("windows path", pathlib.PureWindowsPath, str,
         lambda p: pathlib.PureWindowsPath(of_type(p, str))),
    Kind("ellipsis", type(...), lambda _: None, _none(...)),
    Kind("not implemented", type(NotImplemented), lambda _: None, _none(NotImplemented)),
)  # fmt: skip
register(*KINDS)
register(DICT := Kind("dict", dict, lambda d: [x for pair in d.items() for x in pair], _dict,
                      _refill, keyed=True))  # fmt: skip
