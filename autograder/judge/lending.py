"""Objects of the test's own that the student's function is given: they stay in the judge.

An instance of a class that the instructor's cells define (a node of a list, a fake file) is spoken
of by number; the student's code has a proxy of it and uses it by calling back. It may read and set
attributes and call methods; names with two underscores, and so everything that leads to code or to
other names of the judge, do not exist for it, and no method can be replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from autograder import operations
from autograder.errors import WireError
from autograder.operations import BINARY, COMPARISONS, IN_PLACE, OPERATIONS, UNARY
from autograder.wire import ObjectRef

MOST = 100_000
LENT: frozenset[str] = frozenset({
    *BINARY, *COMPARISONS, *IN_PLACE, *UNARY, "pow3", "contains", "getitem", "setitem", "delitem",
    "repr", "str", "format",
} - {"array", "enter"})  # fmt: skip
"""Operations that the student's process may ask for beside those on attributes."""


class Lending:
    """The objects of one conversation that were handed over."""

    def __init__(self) -> None:
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}

    def reference(self, value: Any, number: Callable[[Any], int]) -> ObjectRef | None:
        """How this object is spoken of; ``number`` is asked for the number of a function."""
        cls = type(value)
        if cls.__module__ != "__main__" or isinstance(value, type | BaseException | Iterator):
            return None
        known = self._numbers.get(id(value))
        if known is None:
            if len(self._objects) >= MOST:
                raise TypeError(f"a test handed over more than {MOST} objects")
            known = self._numbers[id(value)] = len(self._objects) + 1
            self._objects[known] = value
        own = 0
        for base in cls.__mro__[:-1]:
            own |= operations.abilities(base)
        return ObjectRef("judge", known, cls.__name__, (str(number(self.operate)), f"{own:x}"))

    def resolve(self, ref: ObjectRef) -> Any:
        """The object that the student's process means."""
        if ref.number not in self._objects:
            raise WireError("an object that was not handed over")
        return self._objects[ref.number]

    def operate(self, op: str, *operands: Any, **named: Any) -> Any:
        """What the student's code does with an object; raises as the object does."""
        lent = any(id(operand) in self._numbers for operand in operands)
        if op in LENT and lent and not named:
            return OPERATIONS[op](*operands)
        if not operands or id(operands[0]) not in self._numbers:
            raise WireError("an object that was not handed over")
        target, *rest = operands
        if op == "call":
            return target(*rest, **named)
        if not rest or type(rest[0]) is not str or rest[0].startswith("__"):
            raise AttributeError("no such attribute is lent")
        name = rest[0]
        if op == "getattr":
            value = getattr(target, name)
            method = callable(value) and getattr(value, "__self__", None) is target
            return [True, None] if method else [False, value]
        if op == "invoke":
            return getattr(target, name)(*rest[1:], **named)
        if op not in ("setattr", "delattr") or callable(getattr(type(target), name, None)):
            raise AttributeError("a method of the test's own cannot be replaced")
        return OPERATIONS[op](target, *rest)
