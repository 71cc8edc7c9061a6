"""What can be done to an object that stays in the other process: one table for both ends.

An operation is asked for as a call of a function with a number of its own, below zero: the same
function runs over there on the student's object and, when the judge asks itself what the
reference's object would have answered, here (see ``judge.journal``).

``SPECIAL`` are the special methods that tell what an object can do; a class's ``abilities`` have
the bit of each that it defines, so that ``len``, ``iter``, ``callable``, ``hash`` or ``+``
exist for it here exactly where they do there.
"""

from __future__ import annotations

import builtins
import copy
import inspect
import math
import operator
import types
from collections.abc import Callable, Iterator
from typing import Any

MAX_TEXT = 100_000
"""Characters of a text that an object makes of itself."""


class Iteration(Iterator[Any]):
    """An iterator that is asked for one value at a time."""

    def __init__(self, values: Iterator[Any]) -> None:
        self._values = values

    def __next__(self) -> Any:
        return next(self._values)


class Unhashable(TypeError):
    """The object has no hash."""


def _iterate(value: Any) -> Any:
    values = iter(value)
    return values if values is value else Iteration(values)


def _backwards(value: Any) -> Any:
    return Iteration(iter(reversed(value)))


def _next(values: Any) -> tuple[Any, ...]:
    """A tuple of the next value; an empty one at the end."""
    try:
        return (next(values),)
    except StopIteration:
        return ()


def _text(made: Callable[..., str]) -> Callable[..., str]:
    def bounded(*args: Any) -> str:
        return made(*args)[:MAX_TEXT]

    return bounded


def _array(value: Any) -> Any:
    import numpy as np  # noqa: PLC0415

    return np.asarray(value)


def _held(value: Any) -> Any:
    """What an object of a kind derived from a built-in one holds, whatever it says of itself."""
    if isinstance(value, dict):
        return dict(dict.items(value))
    kinds: tuple[Any, ...] = (list, tuple, set, frozenset)
    for kind in kinds:
        if isinstance(value, kind):
            return kind(kind.__iter__(value))
    raise TypeError("an object that holds nothing")


def _variables(value: Any) -> dict[str, Any]:
    """What ``vars`` gives; of a class without what Python itself puts there."""
    hidden = ("__dict__", "__weakref__") if isinstance(value, type) else ()
    return {str(name): item for name, item in vars(value).items() if name not in hidden}


def _enter(value: Any) -> Any:
    return type(value).__enter__(value)


def _leave(value: Any, kind: Any) -> bool:
    """Leave a ``with`` block: with an error of that class, or of that name, if there is one."""
    if not kind:
        return bool(type(value).__exit__(value, None, None, None))
    found = getattr(builtins, kind, Exception) if isinstance(kind, str) else kind
    try:
        error = found()
    except Exception:  # it wants arguments
        error = found.__new__(found)
    return bool(type(value).__exit__(value, type(error), error, None))


def _source(function: Any) -> dict[str, Any]:
    """What ``inspect`` reads of a function: its code's names and numbers, and its signature."""
    function = inspect.unwrap(getattr(function, "__func__", function))
    code = function.__code__
    answer = {f"co_{name}": getattr(code, f"co_{name}") for name in _OF_CODE}
    answer["co_consts"] = tuple(c for c in code.co_consts if isinstance(c, _CONSTANTS))
    return answer


_OF_CODE = (
    "argcount", "posonlyargcount", "kwonlyargcount", "nlocals", "stacksize", "flags",
    "firstlineno", "varnames", "names", "freevars", "cellvars", "name", "filename",
)  # fmt: skip
_CONSTANTS = (type(None), bool, int, float, complex, str)


def _signature(function: Any) -> list[list[Any]]:
    """The parameters: name, kind, (default,), (annotation,); and what is returned at the end."""
    found = inspect.signature(function)
    empty = inspect.Parameter.empty
    rows: list[list[Any]] = [
        [p.name, int(p.kind), *([] if v is empty else [v] for v in (p.default, p.annotation))]
        for p in found.parameters.values()
    ]
    returned = found.return_annotation
    return [*rows, ["", -1, [], [] if returned is inspect.Signature.empty else [returned]]]


def _method(function: Callable[..., Any]) -> Any:
    """A method that calls a function of the judge with the object."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__name__ = method.__qualname__ = getattr(function, "__name__", "method")
    return method


_WRAPPERS: dict[str, Callable[..., Any]] = {
    "function": _method,
    "staticmethod": staticmethod,
    "classmethod": lambda function: classmethod(_method(function)),
    "property": lambda *functions: property(*(f and _method(f) for f in functions)),
    "data": lambda value: value,
}


def _derive(name: str, bases: list[type], members: dict[str, list[Any]]) -> type:
    """The class that a test derives: its methods are functions of the judge."""

    def fill(namespace: dict[str, Any]) -> None:
        namespace["__module__"] = "__main__"
        for key, (kind, *parts) in members.items():
            namespace[key] = _WRAPPERS[kind](*parts)

    return types.new_class(name, tuple(bases), {}, fill)


def _inherited(cls: type, value: Any, name: str) -> Any:
    """What a class itself has under a name, bound to an object, as ``super()`` gives it."""
    found = vars(cls)[name]
    return found.__get__(value, type(value)) if hasattr(found, "__get__") else found


def _members(cls: type) -> list[str]:
    return [name for name in vars(cls) if name not in ("__dict__", "__weakref__", "__doc__")]


BINARY: dict[str, tuple[str, str]] = {
    name: (f"__{name.strip('_')}__", f"__r{name.strip('_')}__")
    for name in (
        "add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift",
        "and_", "or_", "xor",
    )
} | {"divmod": ("__divmod__", "__rdivmod__")}  # fmt: skip
"""Operators with a reflected form: operation → (special method, its reflection)."""

COMPARISONS: dict[str, tuple[str, str]] = {
    "eq": ("__eq__", "__eq__"),
    "ne": ("__ne__", "__ne__"),
    "lt": ("__lt__", "__gt__"),
    "gt": ("__gt__", "__lt__"),
    "le": ("__le__", "__ge__"),
    "ge": ("__ge__", "__le__"),
}
IN_PLACE: dict[str, str] = {
    f"i{name.strip('_')}": f"__i{name.strip('_')}__" for name in BINARY if name != "divmod"
}
UNARY: dict[str, str] = {
    "neg": "__neg__", "pos": "__pos__", "abs": "__abs__", "invert": "__invert__",
    "len": "__len__", "int": "__int__", "float": "__float__", "complex": "__complex__",
    "index": "__index__", "iter": "__iter__", "next": "__next__", "reversed": "__reversed__",
    "trunc": "__trunc__", "floor": "__floor__", "ceil": "__ceil__", "enter": "__enter__",
    "hash": "__hash__", "bool": "__bool__", "round": "__round__", "array": "__array__",
}  # fmt: skip
"""Operations that hand nothing of the test's over, but a number of digits."""

SPECIAL: tuple[str, ...] = (
    *(name for pair in BINARY.values() for name in pair),
    *(pair[0] for pair in COMPARISONS.values()),
    *IN_PLACE.values(),
    *UNARY.values(),
    "__call__", "__contains__", "__getitem__", "__setitem__", "__delitem__", "__exit__",
    "__array_priority__", "__array_ufunc__", "__getattr__",
)  # fmt: skip
UNHASHABLE, ABSTRACT = (1 << len(SPECIAL) + number for number in range(2))
ALL = (1 << len(SPECIAL) + 2) - 1
_BITS = {name: 1 << number for number, name in enumerate(SPECIAL)}


def bit(name: str) -> int:
    """The bit of a special method among a class's abilities."""
    return _BITS[name]


def abilities(cls: type) -> int:
    """The special methods that a class itself defines, as bits."""
    own = type.__dict__["__dict__"].__get__(cls)
    found = 0
    for name in _BITS.keys() & own.keys():
        if own[name] is not None or name == "__array_ufunc__":
            found |= _BITS[name]
        elif name == "__hash__":
            found |= UNHASHABLE
    if "__array_interface__" in own:  # which tells where in memory it lies: its values cross
        found |= _BITS["__array__"]
    return found | (ABSTRACT if own.get("__abstractmethods__") else 0)


_OPERATORS = (*BINARY, *COMPARISONS, *IN_PLACE)
OPERATIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in _OPERATORS if name != "divmod"},
    "divmod": divmod, "pow3": pow,
    "neg": operator.neg, "pos": operator.pos, "abs": abs, "invert": operator.invert,
    "len": len, "int": int, "float": float, "complex": complex, "index": operator.index,
    "iter": _iterate, "next": _next, "reversed": _backwards, "trunc": math.trunc,
    "floor": math.floor, "ceil": math.ceil, "enter": _enter, "exit": _leave, "hash": hash,
    "bool": bool, "round": round, "array": _array, "contains": operator.contains,
    "getitem": operator.getitem, "setitem": operator.setitem, "delitem": operator.delitem,
    "getattr": getattr, "setattr": setattr, "delattr": delattr,
    "repr": _text(repr), "str": _text(str), "format": _text(format),
    "dir": dir, "vars": _variables, "copy": copy.copy, "deepcopy": copy.deepcopy, "held": _held,
    "code": _source, "signature": _signature,
    "derive": _derive, "inherited": _inherited, "members": _members,
}  # fmt: skip
NUMBERS: dict[str, int] = {name: -1 - number for number, name in enumerate(OPERATIONS)}
"""Operation → the number of the function that it is asked for by."""
BY_NUMBER: dict[int, Callable[..., Any]] = {NUMBERS[name]: OPERATIONS[name] for name in OPERATIONS}
