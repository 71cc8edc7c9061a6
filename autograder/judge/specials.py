"""The special methods of proxies: each asks for the operation of its name over there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder import operations
from autograder.judge.remotetypes import handle_of
from autograder.operations import BINARY, COMPARISONS, IN_PLACE, UNARY


def _simple(op: str) -> Callable[..., Any]:
    def method(self: Any, *digits: Any) -> Any:
        return handle_of(self).objects.operate(op, self, *digits)

    return method


def _operator(op: str, names: tuple[str, str], swapped: bool) -> Callable[..., Any]:
    def method(self: Any, other: Any, modulus: Any = None) -> Any:
        objects = handle_of(self).objects
        if modulus is not None:
            return objects.operate("pow3", self, other, modulus)
        pair = (other, self) if swapped else (self, other)
        return objects.binary(op, names, pair, self)

    return method


def _in_place(op: str, name: str) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        return handle_of(self).objects.in_place(op, name, self, other)

    return method


def _ordering(op: str) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        return handle_of(self).objects.compare(op, self, other)

    return method


def _next(self: Any) -> Any:
    got = handle_of(self).objects.operate("next", self)
    if type(got) is not tuple or len(got) > 1:
        raise TypeError("an iterator that gives something else than a value")
    if not got:
        raise StopIteration
    return got[0]


def _call(self: Any, *args: Any, **kwargs: Any) -> Any:
    return handle_of(self).objects.call(self, args, kwargs)


def _contains(self: Any, item: Any) -> bool:
    return bool(handle_of(self).objects.contains(self, item))


def _exit(self: Any, kind: type | None, error: BaseException | None, _: Any) -> bool:
    return handle_of(self).objects.leave(self, error)


def _array(self: Any, dtype: Any = None, copy: bool | None = None) -> Any:
    got = handle_of(self).objects.operate("array", self)
    if type(got) is not np.ndarray:
        raise TypeError("an object whose array is none")
    return got if dtype is None else got.astype(dtype)


_METHODS: dict[str, Any] = {
    **{method: _simple(op) for op, method in UNARY.items()},
    **{names[0]: _operator(op, names, swapped=False) for op, names in BINARY.items()},
    **{names[1]: _operator(op, names, swapped=True) for op, names in BINARY.items()},
    **{method: _in_place(op, method) for op, method in IN_PLACE.items()},
    **{names[0]: _ordering(op) for op, names in COMPARISONS.items() if op not in ("eq", "ne")},
    **{f"__{op}__": _simple(op) for op in ("getitem", "setitem", "delitem")},
    "__next__": _next, "__call__": _call, "__contains__": _contains, "__exit__": _exit,
    "__array__": _array, "__array_priority__": 1000.0, "__array_ufunc__": None,
}  # fmt: skip


def methods(abilities: int) -> dict[str, Any]:
    """The special methods whose bits are set."""
    found = {n: method for n, method in _METHODS.items() if abilities & operations.bit(n)}
    if abilities & operations.UNHASHABLE:
        found["__hash__"] = None
    return found
