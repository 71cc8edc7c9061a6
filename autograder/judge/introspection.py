"""What a test may read of a student's function: name, text, code, signature, attributes.

``inspect``, ``help`` and ``callable`` take a proxy for a function. Everything read is asked over
there and is data: a code object is a record of names and numbers that nothing can run. The text of
a function is not asked: it is the student's own cell as it was handed in.
"""

from __future__ import annotations

import functools
import inspect
import linecache
import types
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograder.operations import NUMBERS
from autograder.wire import FunctionRef

if TYPE_CHECKING:
    from autograder.judge.objects import Objects

MAX_SOURCE = 1 << 20
OWN = frozenset(
    {"__module__", "ref", "by_name", "_conversation", "_recorder", "_owner", "__class__"}
)
READ = frozenset({
    "__name__", "__qualname__", "__defaults__", "__kwdefaults__", "__annotations__",
    "__self__", "__func__", "__closure__", "__isabstractmethod__",
})  # fmt: skip


class RemoteCode:
    """What ``__code__`` tells: names and numbers, and nothing that runs."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        for name, value in fields.items():
            if name.startswith("co_") and isinstance(value, int | str | tuple):
                object.__setattr__(self, name, value)

    @property
    def __class__(self) -> type:
        """What ``inspect.iscode`` asks for."""
        return types.CodeType

    @__class__.setter
    def __class__(self, _: object) -> None:
        raise TypeError("code cannot change what it is")


class Introspected:
    """The reading of a function's attributes; ``RemoteFunction`` adds the calls."""

    ref: FunctionRef
    by_name: bool
    _owner: Any = None

    @property
    def __class__(self) -> type:
        """What ``inspect.isfunction`` asks for."""
        return types.FunctionType if self._owner is None else types.MethodType

    @__class__.setter
    def __class__(self, _: object) -> None:
        raise TypeError("a function cannot change what it is")

    def bound_to(self, owner: Any) -> None:
        """It was read from this object, whose method it is, or from a class."""
        if type(type(owner)) is not type and not isinstance(owner, type):
            self._owner = owner

    def __getattr__(self, name: str) -> Any:
        if name == "__code__":
            return RemoteCode(_operate(self, "code"))
        if name == "__signature__":
            return _signature(_operate(self, "signature"))
        if name.startswith("__") and name.endswith("__") and name not in READ:
            raise AttributeError(f"a function has no attribute {name}")
        return _read(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in OWN:
            object.__setattr__(self, name, value)
        else:
            _operate(self, "setattr", (name, value))

    def __delattr__(self, name: str) -> None:
        _operate(self, "delattr", (name,))

    def __dir__(self) -> list[str]:
        return sorted(map(str, _operate(self, "dir")))

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: object) -> Any:
        return self


def readable(cls: type) -> type:
    """Let instances of the class answer for their function where every object has an answer."""
    for name in ("__doc__", "__annotations__"):
        type.__setattr__(cls, name, property(functools.partial(_read, name=name)))
    return cls


def _read(function: Any, name: str) -> Any:
    return _operate(function, "getattr", (name,))


def _operate(function: Any, op: str, operands: tuple[Any, ...] = ()) -> Any:
    """An operation on a function, in the conversation it belongs to."""
    ref = FunctionRef("student", NUMBERS[op], function.ref.name)
    return function._conversation().call(ref, (function, *operands), {})[0]


def signature(objects: Objects, target: Any) -> inspect.Signature:
    """The signature of a class or of an object that can be called."""
    return _signature(objects.operate("signature", target))


def _signature(rows: Any) -> inspect.Signature:
    """Built from the parameters as they crossed; TypeError for what is no signature."""
    if not isinstance(rows, list) or not all(isinstance(r, list) and len(r) == 4 for r in rows):
        raise TypeError("a signature that is none")
    empty = inspect.Parameter.empty

    def first(values: Any) -> Any:
        return values[0] if isinstance(values, list) and values else empty

    kinds = list(inspect._ParameterKind)
    parameters = [
        inspect.Parameter(str(name), kinds[kind], default=first(default), annotation=first(note))
        for name, kind, default, note in rows[:-1]
        if isinstance(kind, int) and 0 <= kind < len(kinds)
    ]
    return inspect.Signature(parameters, return_annotation=first(rows[-1][3]))


class History:
    """The cells of a notebook in their order: what ``In`` holds where a test stands."""

    def __init__(self, cells: Sequence[Mapping[str, Any]]) -> None:
        self._sources = [""]
        self._places: dict[str, int] = {}
        for cell in cells:
            if cell["cell_type"] == "code":
                name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
                self._places[name] = len(self._sources)
                self._sources.append(str(cell["source"]))

    def until(self, grade_id: str) -> list[str]:
        """The sources of the cells up to this one."""
        return self._sources[: self._places.get(grade_id, len(self._sources)) + 1]


def install_sources(sources: Mapping[int, str]) -> None:
    """Let ``inspect.getsource`` find the student's cells, by the names that their code has."""
    for number, source in sources.items():
        lines = [line + "\n" for line in source[:MAX_SOURCE].splitlines()]
        linecache.cache[f"<cell {number + 1}>"] = (len(source), None, lines, "")
