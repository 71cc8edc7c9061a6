"""References to what stays where it is: each side names its own by numbers."""

from __future__ import annotations

from typing import Any, NamedTuple


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


class IteratorRef(NamedTuple):
    """An iterator of one side, stepped through by the other; ``kind`` is its type's name."""

    owner: str
    number: int
    kind: str


class ClassRef(NamedTuple):
    """An exception class of the student's: its name and, from the nearest on, its bases.

    A base is the path of a class that both sides have (``builtins.ValueError``), or again a
    ClassRef.
    """

    owner: str
    number: int
    name: str
    bases: tuple[Any, ...]


class ObjectRef(NamedTuple):
    """An object that stays where it is: its number there, and what its class is like.

    ``line`` describes the class and its ancestors; ``holds`` is what a number or text of a class
    of its own is worth, as ``kind:text``. See ``judge.objects``.
    """

    owner: str  # "judge", "student", or "shared": a class that both sides have
    number: int
    name: str
    line: tuple[str, ...] = ()
    is_class: int = 0
    holds: str = ""


class Again(NamedTuple):
    """A mutable value that this message, or the call it answers, has named before."""

    number: int


REFERENCES: dict[str, type[tuple[Any, ...]]] = {
    "iterator": IteratorRef,
    "class": ClassRef,
    "again": Again,
    "object": ObjectRef,
}
"""References that cross as a kind does; each with its fields."""
REFERENCE_TYPES = frozenset({FunctionRef, GeneratorRef, *REFERENCES.values()})
