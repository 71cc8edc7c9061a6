"""The student's end of remote objects: a table of what stays here and is only spoken of.

What stays: classes and modules, instances of the classes that the notebook or a module beside it
made, unless they are records of plain fields, and whatever is of no kind that crosses (figures,
pictures, locks). The judge knows each by its number. All of this belongs to the student's
process and is believed for nothing.
"""

from __future__ import annotations

import builtins
import dataclasses
import enum
import os
import re
import sys
import types
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder import operations
from autograder.wire import HELD, ObjectRef, Refused

MOST = 100_000
"""Objects that are kept for one test."""
LONGEST_LINE = 64
NEVER = (
    *(kind for kind, _ in HELD if isinstance(kind, type)), list, deque, set, frozenset, bytes,
    bytearray, memoryview, np.generic, types.CoroutineType,
)  # fmt: skip
"""What is data, and is refused where it does not cross as such."""
_IPYTHONS = re.compile(r"__\w+__|_+|_i+|_[io]?h|_d?h|_i?\d+|In|Out|exit|quit|open|get_ipython")
_SIMPLE = frozenset({
    type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, np.ndarray,
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.GeneratorType,
    range, map, filter, zip, enumerate,
})  # fmt: skip
_GENERATED = frozenset({
    "__init__", "__repr__", "__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__",
    "__setattr__", "__delattr__", "__replace__", "__new__", "__getnewargs__", "_replace", "_make",
    "_asdict", "_generate_next_value_", "__getstate__", "__setstate__", "__post_init__",
})  # fmt: skip


class Table:
    """Objects of one test by number, and what there is to say of each."""

    def __init__(self) -> None:
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._here: dict[type, bool] = {}
        self._unknown: dict[str, type] = {}
        self.names: dict[str, Any] = {}

    def stays(self, value: Any) -> bool:
        """Whether this is an object of a kind of its own, which no copy could stand for."""
        cls = type(value)
        if cls in _SIMPLE:
            return False
        if isinstance(value, type):
            return not issubclass(value, BaseException)
        if isinstance(value, types.ModuleType | operations.Iteration):
            return True
        known = self._here.get(cls)
        if known is None:
            known = self._here[cls] = _made_here(cls) and not _is_record(cls)
        return known

    def otherwise(self, value: Any) -> ObjectRef | None:
        """The reference to what is of no kind that crosses; None for data."""
        return None if isinstance(value, NEVER) else self.refer(value)

    def refer(self, value: Any) -> ObjectRef:
        """The reference by which the judge knows this object; raises Refused for one too many."""
        cls = value if isinstance(value, type) else type(value)
        line = self._line(cls)
        if isinstance(value, type):
            owner = "student" if _made_here(value) else "shared"
            return ObjectRef(owner, self._number(value), _name(value), line, is_class=1)
        return ObjectRef("student", self._number(value), _name(cls), line, 0, _holds(value))

    def find(self, ref: ObjectRef) -> Any:
        """The object that a reference of the judge's means."""
        if ref.owner != "shared":
            return self._objects[ref.number]
        try:
            return _shared(ref.name, self.names)
        except (KeyError, AttributeError):
            # A class that the judge alone has: one that is no other.
            return self._unknown.setdefault(ref.name, type(ref.name.rpartition(":")[2], (), {}))

    def _number(self, value: Any) -> int:
        number = self._numbers.get(id(value))
        if number is None:
            if len(self._objects) >= MOST:
                raise Refused(f"more than {MOST} objects")
            number = len(self._objects) + 1
            self._numbers[id(value)] = number
            self._objects[number] = value
        return number

    def _line(self, cls: type) -> tuple[str, ...]:
        """The class and its ancestors, each with its number, name, bases and abilities."""
        line = type.__dict__["__mro__"].__get__(cls)[:LONGEST_LINE]
        return tuple(self._described(base, line) for base in line)

    def _described(self, cls: type, line: tuple[type, ...]) -> str:
        if cls.__module__ == "builtins":
            return f"builtins.{cls.__qualname__}"
        places = [str(line.index(base)) for base in cls.__bases__ if base in line]
        name = f"{cls.__module__}.{cls.__qualname__}".replace(" ", "")[:200]
        own = operations.abilities(cls)
        return f"{self._number(cls)} {name} {','.join(places)} {own:x}"


def _shared(name: str, names: dict[str, Any]) -> Any:
    """The class of that full name in the notebook, or in a module that is loaded here."""
    module, _, path = name.partition(":")
    first, *others = path.split(".")
    found: Any = names[first] if module == "__main__" else getattr(sys.modules[module], first)
    for part in others:
        found = getattr(found, part)
    return found


def hidden(name: str) -> bool:
    """Whether IPython put this name there: not what a test means by the notebook's names."""
    return bool(_IPYTHONS.fullmatch(name))


def _name(cls: type) -> str:
    if _made_here(cls):
        return str(cls.__name__)[:80]
    return f"{cls.__module__}:{cls.__qualname__}"[:200]


def _made_here(cls: type) -> bool:
    """Whether the notebook, or a module that lies beside it, made this class."""
    module = getattr(cls, "__module__", None)
    if module in ("__main__", None) or not isinstance(module, str):
        return True
    if module == "builtins" and getattr(builtins, cls.__qualname__, None) is cls:
        return False
    loaded = sys.modules.get(module)
    if loaded is None:
        return True
    file = str(getattr(loaded, "__file__", None) or "")
    return bool(file) and os.path.abspath(file).startswith(os.getcwd() + os.sep)


def _is_record(cls: type) -> bool:
    """Whether instances are plain fields without methods of their own, which cross as data."""
    own = {name for base in cls.__mro__ if _made_here(base) for name in _methods(base)}
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return own <= _GENERATED
    if issubclass(cls, enum.Enum):
        return False
    return dataclasses.is_dataclass(cls) and own <= _GENERATED and not _written(cls)


def _methods(cls: type) -> set[str]:
    kinds = (types.FunctionType, classmethod, staticmethod, property)
    return {
        name
        for name, value in vars(cls).items()
        if isinstance(value, kinds) and not (hasattr(cls, "_fields") and name in cls._fields)
    }


def _written(cls: type) -> bool:
    """Whether one of the methods that a dataclass would get was written by hand."""
    functions = (f for base in cls.__mro__ if _made_here(base) for f in vars(base).values())
    return any(
        isinstance(function, types.FunctionType)
        and function.__code__.co_filename.startswith("<cell ")
        for function in functions
    )


def _holds(value: Any) -> str:
    """What a number or text of a class of its own is worth, as ``kind:text``."""
    readings: tuple[tuple[type, Callable[[Any], str]], ...] = (
        (int, int.__repr__), (float, float.hex), (complex, complex.__repr__),
        (str, lambda text: str.__str__(text).encode("utf-8", "replace").decode()),
    )  # fmt: skip
    for kind, read in readings:
        if isinstance(value, kind):
            return f"{kind.__name__}:{read(value)}"
    return ""


TABLE = Table()
"""The objects of the one test that this process serves."""
