"""What a kind is, which kind a value is of, and how one is built from what has arrived."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograder.errors import LibraryMissing, WireError

LIBRARIES = {"pandas": "autograder.kinds.tables", "scipy": "autograder.kinds.sparse"}
"""Optional library → the module that knows its kinds."""


class NotPlain(Exception):
    """A value of a kind that crosses, but this one does not; the text says why."""


@dataclass(frozen=True)
class Kind:
    """A kind of value that keeps its identity on the wire.

    ``fill(value, other)`` makes a value that can change hold what another of its kind holds. In a
    ``tabular`` kind nan is a missing value. What a ``keyed`` one holds, gone through, are keys.
    """

    name: str
    of: type
    to_plain: Callable[[Any], Any]
    from_plain: Callable[[Any], Any]
    fill: Callable[[Any, Any], None] | None = None
    tabular: bool = False
    keyed: bool = False


Family = Callable[[type], Kind | None]
"""Says which kind a class is of whose name nobody knows: a named tuple, an enum."""

_by_name: dict[str, Kind] = {}
_by_type: dict[type, Kind | None] = {}
_families: list[Family] = []
_MOST_REMEMBERED = 4096


def register(*kinds: Kind) -> None:
    """Make kinds known by their names and their types."""
    for kind in kinds:
        _by_name[kind.name] = kind
        _by_type[kind.of] = kind


def register_family(family: Family, *kinds: Kind) -> None:
    """Make kinds known by their names; ``family`` tells which classes are of them."""
    _families.append(family)
    _by_name.update((kind.name, kind) for kind in kinds)


def find(of: type) -> Kind | None:
    """The kind of the values of exactly this class, if it is one."""
    if of in _by_type:
        return _by_type[of]
    library = (getattr(of, "__module__", None) or "").partition(".")[0]
    if library in LIBRARIES:
        importlib.import_module(LIBRARIES[library])
    kind = _by_type.get(of)
    if kind is None:
        kind = next((kind for family in _families if (kind := family(of)) is not None), None)
    if len(_by_type) < _MOST_REMEMBERED:
        _by_type[of] = kind
    return kind


def build(name: str, payload: Any) -> Any:
    """The value of the kind ``name`` that ``payload`` describes; raises WireError if none can be.

    LibraryMissing where a library is needed that this process cannot import.
    """
    library = name.partition(".")[0]
    if name not in _by_name and library in LIBRARIES:
        try:
            importlib.import_module(LIBRARIES[library])
        except ImportError:
            raise LibraryMissing(library) from None
    kind = _by_name.get(name)
    if kind is None:
        raise WireError("a value of unknown kind")
    try:
        return kind.from_plain(payload)
    except WireError:
        raise
    except Exception as error:  # a library may raise anything about data that is none
        raise WireError(f"a malformed {name} ({type(error).__name__})") from None


def fields(payload: Any, *types: type | tuple[type, ...]) -> list[Any]:
    """The payload as a list of values of exactly these types, or WireError."""
    if type(payload) is not list or len(payload) != len(types):
        raise WireError("a kind with another number of fields")
    for value, expected in zip(payload, types, strict=True):
        allowed = expected if isinstance(expected, tuple) else (expected,)
        if object not in allowed and type(value) not in allowed:
            raise WireError("a kind with a field of the wrong type")
    return payload


def of_type(payload: Any, expected: type) -> Any:
    """The payload if it is of exactly this type, or WireError."""
    return fields([payload], expected)[0]


def demand(condition: bool, what: str) -> None:
    """Raise WireError saying ``what`` arrived unless the condition holds."""
    if not condition:
        raise WireError(what)
