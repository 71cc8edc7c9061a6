"""Records: named tuples, enums and dataclasses that hold data and do nothing of their own.

A record crosses as the name of its class, the names of its fields and what they hold. It arrives
as one of this side's own class where this side has one of that name and those fields, and as one
of a class made for it otherwise: same name, fields, order, equality and text. No line of the other
side's code is run for that, so a class with methods or properties of its own makes no records.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import inspect
from typing import Any

from autograder.kinds.keys import Hashable, is_key
from autograder.kinds.making import class_for, names_of, own_class
from autograder.kinds.registry import Kind, demand, fields, register_family

MOST_TEXT = 2000
_GENERATED = "<string>"
"""The file of the methods that ``dataclass`` writes."""
_OWN_TEXT = frozenset({"__repr__", "__str__", "__post_init__"})
_SILENT = frozenset({
    "__module__", "__doc__", "__annotations__", "__dict__", "__weakref__", "__slots__",
    "__match_args__", "__dataclass_fields__", "__dataclass_params__", "__qualname__",
    "__hash__", "__firstlineno__", "__static_attributes__", "__annotate__", "__annotate_func__",
})  # fmt: skip


# -- named tuples ------------------------------------------------------------------------


def _tuple_plain(value: Any) -> Any:
    return [type(value).__name__, list(value._fields), list(tuple.__iter__(value))]


def _tuple(payload: Any) -> Any:
    name, named, values = fields(payload, str, list, list)
    of = _named_tuple(name, names_of(name, named))
    demand(len(values) == len(named), "a named tuple with a field too few or too many")
    return tuple.__new__(of, values)


def _named_tuple(name: str, named: tuple[str, ...]) -> Any:
    own = own_class(name)
    if _is_named_tuple(own) and own._fields == named:
        return own
    return class_for(
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
    names = names_of(name, named)
    demand(len(values) == len(names), "a record with a field too few or too many")
    own = own_class(name)
    fits = isinstance(own, type) and _is_data(own) and _field_names(own) == names
    of: type = own if fits else class_for(
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


def _family(of: type) -> Kind | None:
    if _is_named_tuple(of):
        return TUPLE
    return DATA if _is_data(of) else None


register_family(_family, TUPLE, DATA)
