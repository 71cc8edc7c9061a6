"""Classes for what arrives: this side's own where it has one, and otherwise made for it."""

from __future__ import annotations

import keyword
from collections.abc import Callable
from typing import Any

from autograder.kinds.registry import demand

MOST_CLASSES = 500
"""Classes that are made for what arrives, in one process."""
MOST_FIELDS = 256

_own_class: Callable[[str], Any] = lambda name: None  # noqa: E731
_made: dict[Any, type] = {}


def look_in(find: Callable[[str], Any]) -> None:
    """Take records for instances of this side's own classes, which ``find`` finds by name."""
    global _own_class  # noqa: PLW0603 (one conversation a process)
    _own_class = find


def own_class(name: str) -> Any:
    """This side's class of that name, or None."""
    return _own_class(name)


def class_for(key: Any, make: Callable[[], type]) -> type:
    """The class that was made for this key before, or a new one."""
    if key not in _made:
        demand(len(_made) < MOST_CLASSES, "records of too many classes")
        _made[key] = make()
    return _made[key]


def names_of(name: str, named: list[Any]) -> tuple[str, ...]:
    """The names of a class's fields, all of them and its own such that no code is in them."""
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
