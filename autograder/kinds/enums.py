"""Enums that do nothing of their own: their members cross by name, in a class with all of them."""

from __future__ import annotations

import enum
import functools
import inspect
from typing import Any

from autograder.kinds.keys import Hashable
from autograder.kinds.making import class_for, names_of, own_class
from autograder.kinds.registry import Kind, demand, fields, register_family

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
    names = names_of(name, [pair[0] for pair in pairs])
    demand(all(not member.startswith("_") for member in names), "an enum with a strange member")
    own = own_class(name)
    if isinstance(own, type) and _enum_base(own) and tuple(own.__members__) == names:  # type: ignore[attr-defined]
        return own
    values = [repr(pair[1]) for pair in pairs]  # plain data: its text tells it
    return class_for(("enum", name, base, names, *values), lambda: _enum(name, base, pairs))


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


def class_kind(of: type) -> Kind | None:
    """The kind that an enum's class itself crosses as."""
    return ENUM if isinstance(of, enum.EnumMeta) and _enum_base(of) else None


register_family(
    lambda of: MEMBER if issubclass(of, enum.Enum) and _enum_base(of) else None, MEMBER, ENUM
)
