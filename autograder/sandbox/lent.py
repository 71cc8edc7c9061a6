"""Proxies of the judge's objects, for the student's code; see ``judge.lending``."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, cast

from autograder import operations
from autograder.operations import BINARY, COMPARISONS, IN_PLACE, UNARY
from autograder.sandbox.handed import ELSEWHERE
from autograder.wire import FunctionRef, ObjectRef

CallBack = Callable[[FunctionRef, tuple[Any, ...], dict[str, Any]], Any]


class JudgeObject:
    """An object of the judge's; its class is made for the name of the object's class."""

    _lent_ref: ObjectRef
    _lent_ask: Callable[..., Any]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        method, value = self._lent_ask("getattr", self, name)
        return functools.partial(self._lent_ask, "invoke", self, name) if method else value

    def __setattr__(self, name: str, value: Any) -> None:
        self._lent_ask("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        self._lent_ask("delattr", self, name)

    def __repr__(self) -> str:
        return cast(str, self._lent_ask("repr", self))

    def __str__(self) -> str:
        return cast(str, self._lent_ask("str", self))

    def __reduce__(self) -> Any:
        raise TypeError(ELSEWHERE)


def _asking(op: str, swapped: bool = False) -> Callable[..., Any]:
    def method(self: Any, *operands: Any) -> Any:
        return self._lent_ask(op, *((*operands, self) if swapped else (self, *operands)))

    return method


def _next(self: Any) -> Any:
    found = self._lent_ask("next", self)
    if not found:
        raise StopIteration
    return found[0]


def _iter(self: Any) -> Iterator[Any]:
    return cast(Iterator[Any], self._lent_ask("iter", self))


def _call(self: Any, *args: Any, **named: Any) -> Any:
    return self._lent_ask("call", self, *args, **named)


_METHODS: dict[str, Any] = {
    **{method: _asking(op) for op, method in UNARY.items() if op not in ("array", "enter")},
    **{names[0]: _asking(op) for op, names in (*BINARY.items(), *COMPARISONS.items())},
    **{names[1]: _asking(op, swapped=True) for op, names in BINARY.items()},
    **{method: _asking(op) for op, method in IN_PLACE.items()},
    **{f"__{op}__": _asking(op) for op in ("contains", "getitem", "setitem", "delitem")},
    "__next__": _next, "__iter__": _iter, "__call__": _call,
}  # fmt: skip


class Lent:
    """The proxies of one test, by number."""

    def __init__(self, call_back: CallBack, names: dict[str, Any]) -> None:
        self._call_back = call_back
        self._names = names
        self._proxies: dict[int, JudgeObject] = {}
        self._classes: dict[tuple[str, ...], type[JudgeObject]] = {}

    def resolve(self, ref: ObjectRef) -> JudgeObject:
        """The proxy of the judge's object: the same for the same object."""
        if ref.number not in self._proxies:
            made = object.__new__(self._class(ref))
            object.__setattr__(made, "_lent_ref", ref)
            self._proxies[ref.number] = made
        return self._proxies[ref.number]

    def _class(self, ref: ObjectRef) -> type[JudgeObject]:
        number, own = ref.line
        key = (ref.name, *ref.line)
        if key not in self._classes:
            function = FunctionRef("judge", int(number), ref.name)

            def ask(op: str, *operands: Any, **named: Any) -> Any:
                return self._call_back(function, (op, *operands), named)

            bits = int(own, 16)
            namespace = {n: m for n, m in _METHODS.items() if bits & operations.bit(n)}
            if "__eq__" in namespace and "__hash__" not in namespace:
                namespace["__hash__"] = None
            # What isinstance is told: the notebook's own class of that name.
            given = self._names.get(ref.name)
            if isinstance(given, type):
                namespace["__class__"] = property(lambda self: given)
            namespace["_lent_ask"] = staticmethod(ask)
            self._classes[key] = type(ref.name, (JudgeObject,), namespace)
        return self._classes[key]
