"""What the judge hands to the student's code: functions and iterators that stay with the judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from autograder.wire import FunctionRef, IteratorRef

AHEAD = 1000
"""Values that are fetched at once for whoever wants them all."""
ELSEWHERE = (
    "a function that was handed over can be called in this process and its threads, "
    "not in a process of multiprocessing"
)
CallBack = Callable[[FunctionRef, tuple[Any, ...], dict[str, Any]], Any]


class JudgeFunction:
    """A function of the judge, callable from the student's code."""

    def __init__(self, call_back: CallBack, ref: FunctionRef) -> None:
        self._call_back = call_back
        self._ref = ref
        self.__name__ = ref.name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call_back(self._ref, args, kwargs)

    def __reduce__(self) -> Any:
        raise TypeError(ELSEWHERE)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class JudgeIterator(Iterator[Any]):
    """An iterator of the judge, stepped through by the student's code."""

    def __init__(self, call_back: CallBack, ref: IteratorRef) -> None:
        self._call_back = call_back
        self._ref = ref
        self._ahead: list[Any] = []
        self._done = False
        self._at_once = 1

    def __next__(self) -> Any:
        if not self._ahead and not self._done:
            function = FunctionRef("judge", self._ref.number, "iterator")
            values, self._done = self._call_back(function, (self._at_once,), {})
            self._ahead = values[::-1]
        if not self._ahead:
            raise StopIteration
        return self._ahead.pop()

    def __length_hint__(self) -> int:
        self._at_once = AHEAD  # who asks takes all: list, tuple
        return 0

    def __reduce__(self) -> Any:
        raise TypeError(ELSEWHERE)
