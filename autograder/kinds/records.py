"""Records: named tuples, enums and dataclasses that hold data and do nothing of their own.

A record crosses as the name of its class, the names of its fields and what they hold. It arrives
as one of this side's own class where this side has one of that name and those fields, and as one
of a class made for it otherwise: same name, fields, order, equality and text. No line of the other
side's code is run for that, so a class with methods or properties of its own makes no records.
"""

from __future__ import annotations

import builtins
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import inspect
import keyword
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.errors import WireError
from autograder.kinds.keys import Hashable, is_key
from autograder.kinds.registry import Kind, demand, fields, register_family

MOST_CLASSES = 500
"""Classes that are made for what arrives, in one process."""
MOST_FIELDS = 256
MOST_TEXT = 2000
_GENERATED = "<string>"
"""The file of the methods that ``dataclass`` writes."""
_OWN_TEXT = frozenset({"__repr__", "__str__", "__post_init__"})
_SILENT = frozenset({
    "__module__", "__doc__", "__annotations__", "__dict__", "__weakref__", "__slots__",
    "__match_args__", "__dataclass_fields__", "__dataclass_params__", "__qualname__",
    "__hash__", "__firstlineno__", "__static_attributes__", "__annotate__", "__annotate_func__",
})  # fmt: skip

_own_class: Callable[[str], Any] = lambda name: None  # noqa: E731
_made: dict[Any, type] = {}


def look_in(own_class: Callable[[str], Any]) -> None:
    """Take records for instances of this side's own classes, which ``own_class`` finds by name."""
    global _own_class  # noqa: PLW0603 (one conversation a process)
    _own_class = own_class


def _class_for(key: Any, make: Callable[[], type]) -> type:
    """The class that was made for this key before, or a new one."""
    if key not in _made:
        demand(len(_made) < MOST_CLASSES, "records of too many classes")
        _made[key] = make()
    return _made[key]


def _names(name: str, named: list[Any]) -> tuple[str, ...]:
    demand(
        len(name) < 200 and name.isidentifier() and not keyword.iskeyword(name),
        "a record whose class has no name",
    )
    demand(len(named) <= MOST_FIELDS, "a record of too many fields")
    for field in named:
        demand(
            type(field) is str and field.isidentifier() and not keyword.iskeyword(field)
            and not field.startswith("__") and len(field) < 200,
            "a record with a field of no name",
        )  # fmt: skip
    demand(len(set(named)) == len(named), "a record with a field twice")
    return tuple(named)


# -- named tuples ------------------------------------------------------------------------


def _tuple_plain(value: Any) -> Any:
    return [type(value).__name__, list(value._fields), list(tuple.__iter__(value))]


def _tuple(payload: Any) -> Any:
    name, named, values = fields(payload, str, list, list)
    of = _named_tuple(name, _names(name, named))
    demand(len(values) == len(named), "a named tuple with a field too few or too many")
    return tuple.__new__(of, values)


def _named_tuple(name: str, named: tuple[str, ...]) -> Any:
    own = _own_class(name)
    if _is_named_tuple(own) and own._fields == named:
        return own
    return _class_for(
        ("tuple", name, named),
        lambda: collections.namedtuple(name, named, module="__main__"),
    )


def _is_named_tuple(of: Any) -> bool:
    """Whether a class is one of named tuples without methods of its own."""
    if not (isinstance(of, type) and issubclass(of, tuple) and type(of) is type):
        return False
    named = vars(of).get("_fields")
    if of.__bases__ != (tuple,) or type(named) is not tuple:
        return False
    usual = vars(_PLAIN_TUPLE).keys() | set(named) | _SILENT | {"__orig_bases__"}
    return not vars(of).keys() - usual


_PLAIN_TUPLE = collections.namedtuple("_PLAIN_TUPLE", ())
TUPLE = Kind("named tuple", tuple, _tuple_plain, _tuple)


# -- dataclasses -------------------------------------------------------------------------


class Record(Hashable):
    """Base of the classes that are made for dataclasses; equal to any record like it."""

    _flags: tuple[bool, ...] = (True, False, False, False)  # equal, ordered, hashed, frozen
    _text: str | None = None

    def parts(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field.name) for field in dataclasses.fields(self))  # type: ignore[arg-type]

    def _like(self, other: Any) -> bool:
        return (
            type(other).__name__ == type(self).__name__
            and dataclasses.is_dataclass(other)
            and _field_names(type(other)) == _field_names(type(self))
        )

    def __eq__(self, other: object) -> Any:
        if not self._flags[0] or not self._like(other):
            return NotImplemented
        return self.parts() == Record.parts(other)  # type: ignore[arg-type]

    def __hash__(self) -> int:
        if not self._flags[2]:
            raise TypeError(f"unhashable type: {type(self).__name__!r}")
        return hash(self.parts())

    def __lt__(self, other: Any) -> Any:
        if not self._flags[1] or not self._like(other):
            return NotImplemented
        return self.parts() < Record.parts(other)

    def __le__(self, other: Any) -> Any:
        less = self.__lt__(other)
        return less if less is NotImplemented else less or self == other

    def __repr__(self) -> str:
        if self._text is not None:
            return self._text
        holds = ", ".join(f"{n}={getattr(self, n)!r}" for n in _field_names(type(self)))
        return f"{type(self).__qualname__}({holds})"


def _field_names(of: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(of))


@functools.lru_cache(512)
def _is_data(of: Any) -> bool:
    """Whether a class is a dataclass that holds data alone."""
    if type(of) is not type or not dataclasses.is_dataclass(of):
        return False
    if issubclass(of, Record):
        return True
    return all(
        _is_silent(name, value, _field_names(of))
        for base in of.__mro__[:-1]
        for name, value in vars(base).items()
    )


def _is_silent(name: str, value: Any, named: tuple[str, ...]) -> bool:
    """Whether what stands in a class's body does nothing that a record does not do."""
    if name in _SILENT or name in _OWN_TEXT:
        return True
    if inspect.isfunction(value):
        code = getattr(value, "__wrapped__", value).__code__
        return bool(code.co_filename == _GENERATED)
    return name in named or inspect.ismemberdescriptor(value)


def _data_plain(value: Any) -> Any:
    of = type(value)
    named = _field_names(of)
    if isinstance(value, Record):
        flags, text = list(value._flags), value._text
    else:
        set_up = of.__dataclass_params__
        flags = [set_up.eq, set_up.order, of.__hash__ is not None, set_up.frozen]
        text = _text_of_its_own(value, named)
    return [of.__name__, list(named), [getattr(value, name) for name in named], flags, text]


def _text_of_its_own(value: Any, named: tuple[str, ...]) -> str | None:
    """What repr gives, where the class says it in its own way."""
    if _is_generated(type(value).__repr__):
        return None
    return repr(value)[:MOST_TEXT]


def _is_generated(method: Any) -> bool:
    code = getattr(getattr(method, "__wrapped__", method), "__code__", None)
    return code is not None and code.co_filename == _GENERATED


def _data(payload: Any) -> Any:
    name, named, values, flags, text = fields(payload, str, list, list, list, (str, type(None)))
    demand(len(flags) == 4 and all(type(flag) is bool for flag in flags), "no record")
    names = _names(name, named)
    demand(len(values) == len(names), "a record with a field too few or too many")
    own = _own_class(name)
    fits = isinstance(own, type) and _is_data(own) and _field_names(own) == names
    of: type = own if fits else _class_for(
        ("data", name, names, tuple(flags)), lambda: _dataclass(name, names, tuple(flags))
    )  # fmt: skip
    record: Any = object.__new__(of)
    for field, value in zip(names, values, strict=True):
        object.__setattr__(record, field, value)
    if text is not None and not fits:
        object.__setattr__(record, "_text", text)
    if fits or not flags[2]:
        return record
    demand(is_key(record), "a record that cannot be hashed")
    return record


def _dataclass(name: str, named: tuple[str, ...], flags: tuple[bool, ...]) -> type:
    demand(not {"parts", "_flags", "_text", "_like"} & set(named), "a record that is none")
    made: type = dataclasses.make_dataclass(
        name, [(field, object) for field in named], bases=(Record,), namespace={"_flags": flags},
        eq=False, repr=False, frozen=flags[3],
    )  # fmt: skip
    made.__module__ = "__main__"
    return made


def _fill(value: Any, other: Any) -> None:
    for name in _field_names(type(value)):
        object.__setattr__(value, name, getattr(other, name))


DATA = Kind("data", object, _data_plain, _data, _fill)


# -- enums -------------------------------------------------------------------------------

_ENUMS: dict[str, type[enum.Enum]] = {
    of.__name__: of for of in (enum.Enum, enum.IntEnum, enum.StrEnum, enum.Flag, enum.IntFlag)
}


class _Member(Hashable):
    """Mixed into enums that are made: a member equals one of that name in an enum of that name."""

    name: str
    value: Any

    def parts(self) -> tuple[Any, ...]:
        return (self.name,)

    def __eq__(self, other: object) -> Any:
        if not isinstance(other, enum.Enum) or type(other).__name__ != type(self).__name__:
            return NotImplemented
        return (self.name, self.value) == (other.name, other.value)

    def __hash__(self) -> int:
        return hash(self.name)


@functools.lru_cache(512)
def _enum_base(of: Any) -> str | None:
    """The enum of the standard library that a class extends by nothing but members."""
    if not isinstance(of, enum.EnumMeta) or type(of) is not enum.EnumMeta:
        return None
    base = next((base.__name__ for base in of.__mro__ if base in _ENUMS.values()), None)
    known = {*_ENUMS.values(), _Member, Hashable, enum.ReprEnum, int, str, object}
    if base is None or set(of.__mro__[1:]) - known:
        return None
    own = {name for name, value in vars(of).items() if inspect.isroutine(value)}
    usual = {"__new__", "__init__", "_generate_next_value_", "__str__", "__format__", "__repr__"}
    operators = {name for name in own if hasattr(enum.Flag, name)}
    return None if own - usual - operators or _has_properties(of) else base


def _has_properties(of: type) -> bool:
    members = set(of.__members__)  # type: ignore[attr-defined]
    return any(
        isinstance(value, property) and name not in members for name, value in vars(of).items()
    )


def _enum_class_plain(of: Any) -> Any:
    members = [[name, member.value] for name, member in of.__members__.items()]
    return [of.__name__, _enum_base(of), members]


def _enum_class(payload: Any) -> Any:
    name, base, members = fields(payload, str, str, list)
    demand(base in _ENUMS, "an enum of an unknown base")
    pairs = [tuple(fields(pair, str, object)) for pair in members]
    names = _names(name, [pair[0] for pair in pairs])
    demand(all(not member.startswith("_") for member in names), "an enum with a strange member")
    own = _own_class(name)
    if isinstance(own, type) and _enum_base(own) and tuple(own.__members__) == names:  # type: ignore[attr-defined]
        return own
    values = [repr(pair[1]) for pair in pairs]  # plain data: its text tells it
    return _class_for(("enum", name, base, names, *values), lambda: _enum(name, base, pairs))


def _enum(name: str, base: str, pairs: list[Any]) -> type:
    if base in ("IntEnum", "IntFlag"):
        demand(all(type(value) is int for _, value in pairs), "an enum of numbers without")
    if base in ("Flag", "IntFlag"):
        demand(all(0 <= value < 2**63 for _, value in pairs), "a flag that is none")
    mixed = {"type": _Member} if base == "Enum" else {}
    functional: Any = _ENUMS[base]
    made: type = functional(name, pairs, module="__main__", **mixed)
    return made


def _member_plain(member: Any) -> Any:
    return [_enum_class_plain(type(member)), member.name, member.value]


def _member(payload: Any) -> Any:
    described, name, value = fields(payload, list, (str, type(None)), object)
    of = _enum_class(described)
    if name is not None and name in of.__members__:
        return of.__members__[name]
    demand(issubclass(of, enum.Flag) and type(value) is int, "an enum without that member")
    return of(value)


MEMBER = Kind("enum member", enum.Enum, _member_plain, _member)
ENUM = Kind("enum", enum.EnumMeta, _enum_class_plain, _enum_class)


def _family(of: type) -> Kind | None:
    if issubclass(of, enum.Enum):
        return MEMBER if _enum_base(of) else None
    if _is_named_tuple(of):
        return TUPLE
    return DATA if _is_data(of) else None


def class_kind(of: type) -> Kind | None:
    """The kind that this class itself crosses as; only an enum and a built-in do."""
    if isinstance(of, enum.EnumMeta):
        return ENUM if _enum_base(of) else None
    return TYPE if of in _TYPE_NAMES else None


# -- classes that both sides have ---------------------------------------------------------


def _shared_types() -> dict[str, type]:
    found: dict[str, type] = {}
    plain = (
        bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range,
        slice, object, type, type(None), datetime.date, datetime.time, datetime.datetime,
        datetime.timedelta, decimal.Decimal, fractions.Fraction, collections.Counter,
        collections.OrderedDict, collections.defaultdict, collections.deque, np.ndarray, np.dtype,
    )  # fmt: skip
    scalars = {np.dtype(code).type for code in np.typecodes["All"]} | {np.generic}
    abstract = {base for of in scalars for base in of.__mro__ if issubclass(base, np.generic)}
    raised = [of for of in vars(builtins).values() if isinstance(of, type)
              and issubclass(of, BaseException)]  # fmt: skip
    for of in (*plain, *abstract, *raised):
        found[f"{of.__module__}.{of.__qualname__}"] = of
    return found


_TYPES = _shared_types()
_TYPE_NAMES = {of: name for name, of in _TYPES.items()}


def _type(payload: Any) -> type:
    if type(payload) is not str or payload not in _TYPES:
        raise WireError("a class that is unknown here")
    return _TYPES[payload]


TYPE = Kind("type", type, lambda of: _TYPE_NAMES[of], _type)
register_family(_family, TUPLE, DATA, MEMBER, ENUM, TYPE)
