"""Iterators of the student that a test steps through, and the test's own that the student does.

A generator stays in the student's process: ``next`` and ``for`` ask for one value after another,
so an endless one costs no more than is taken of it. Who takes everything (``list``, ``tuple``)
gets many values at a time.
"""

from __future__ import annotations

import itertools
import types
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from autograder.checks.calls import copied
from autograder.judge.refusals import ResultRefused
from autograder.keeping import Kept
from autograder.wire import IteratorRef

if TYPE_CHECKING:
    from autograder.judge.remote import Conversation

AHEAD = 1000
MAX_DRAINED = 100_000
_TYPES = {
    "generator": types.GeneratorType, "map": map, "filter": filter, "zip": zip,
    "enumerate": enumerate, "reversed": reversed, "count": itertools.count,
    "cycle": itertools.cycle, "chain": itertools.chain, "islice": itertools.islice,
    "repeat": itertools.repeat, "accumulate": itertools.accumulate,
    "list_iterator": type(iter([])), "tuple_iterator": type(iter(())),
    "dict_keyiterator": type(iter({})), "set_iterator": type(iter(set())),
    "str_ascii_iterator": type(iter("")), "range_iterator": type(iter(range(0))),
}  # fmt: skip


class RemoteIterator(Iterator[Any]):
    """An iterator of the student's; ``seen`` are the values that the test has taken so far."""

    def __init__(self, ref: IteratorRef, conversation: Conversation, function: str) -> None:
        self.ref = ref
        self.seen = Kept(copied)
        self._conversation = conversation
        self._function = function
        self._ahead: list[Any] = []
        self._taken = 0
        self._at_once = 1
        self._done = False

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """What ``isinstance`` is told: the iterator's own type, where it is one of Python's."""
        return _TYPES.get(self.ref.kind, RemoteIterator)

    def __next__(self) -> Any:
        if not self._ahead and not self._done:
            if self._at_once > 1 and self._taken >= MAX_DRAINED:
                why = f"a generator of more than {MAX_DRAINED} values"
                raise ResultRefused(self._function, why, claimed=True)
            self._ask("next", self._at_once)
        if not self._ahead:
            raise StopIteration
        return self._ahead.pop()

    def __length_hint__(self) -> int:
        self._at_once = AHEAD  # who asks takes all
        return 0

    def send(self, value: Any) -> Any:
        """Send a value into a generator; what it yields next."""
        self._ask("send", value)
        if not self._ahead:
            raise StopIteration
        return self._ahead.pop()

    def close(self) -> None:
        """End a generator."""
        self._ask("close", None)

    def _ask(self, how: str, argument: Any) -> None:
        try:
            values, self._done = self._conversation.step(self.ref, self._function, how, argument)
        except BaseException:
            self._done = True
            raise
        for value in values:
            self.seen.keep(value)
        self._taken += len(values)
        self._ahead = values[::-1]

    def __deepcopy__(self, _: Any) -> RemoteIterator:
        return self

    def __repr__(self) -> str:
        return f"<{self.ref.kind} object of {self._function}>"


def stepper(iterator: Iterator[Any]) -> Callable[[int], list[Any]]:
    """A function that takes as many values as it is asked for: [values, whether it has ended]."""

    def step(most: int = 1) -> list[Any]:
        values = list(itertools.islice(iterator, min(max(int(most), 0), AHEAD)))
        return [values, len(values) < most]

    return step
