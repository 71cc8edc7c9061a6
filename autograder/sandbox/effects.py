"""What a call finds around it, and what it leaves besides its value: the student's side.

``around`` comes with a question of the judge's. Each key is there only where the test has made a
difference, so that a plain call costs nothing:

    streams     the test reads what is printed: True
    patched     functions that the test has put in the place of Python's own, by their names
    draws       states of the global random generators, where the test has seeded or used them
    warned      filters for warnings, [[action, class], …], where the test watches them
    names       variables that the test has looked up and changed, with what they hold now

The effects that go back have the keys

    changed     positions of the arguments that the call changed in place
    written     [[number, what the argument of that number holds now], …]
    printed     [["out" or "err", text], …]
    draws       the states of the global random generators, where they have moved
    warned      [[class, text], …]
    names       variables that the test has looked up and the call has changed
"""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from autograder import draws
from autograder.sandbox.handed import JudgeFunction
from autograder.sharing import assign, snapshot, watched
from autograder.wire import is_mutable

MAX_PRINTED = 1 << 18
MAX_WARNINGS = 200
MAX_TEXT = 2000


class Surroundings:
    """What is around the innermost question of the judge's, and what has come of it so far."""

    def __init__(self) -> None:
        self._printed: list[list[str]] = []
        self._room = MAX_PRINTED

    @contextlib.contextmanager
    def set_up(self, around: dict[str, Any], effects: dict[str, Any]) -> Iterator[None]:
        """Compute inside as the test would have it; ``effects`` hears what it leaves."""
        if not around:
            yield
            return
        with contextlib.ExitStack() as stack:
            if around.get("streams"):
                self._room = MAX_PRINTED
                stack.enter_context(contextlib.redirect_stdout(_Echo(self, "out")))
                stack.enter_context(contextlib.redirect_stderr(_Echo(self, "err")))
            for name, function in around.get("patched", {}).items():
                stack.enter_context(_patched(name, function))
            if "warned" in around:
                effects["warned"] = stack.enter_context(_watched(around["warned"]))
            if "draws" in around:
                stack.enter_context(_seeded(around["draws"], effects))
            try:
                yield
            finally:
                if self._printed:
                    effects["printed"] = self.printed()

    def printed(self) -> list[list[str]]:
        """What was printed since this was last asked."""
        taken, self._printed = self._printed, []
        return taken

    def write(self, stream: str, text: str) -> None:
        """Keep a text that was printed, as far as there is room."""
        if text and self._room > 0:
            self._printed.append([stream, text[: self._room]])
            self._room -= len(text)


class Watched:
    """The variables that the test has looked up: it has copies, which are kept in step."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._held: dict[str, Any] = {}

    def watch(self, name: str) -> None:
        """The test has this name's value now."""
        held = watched(self._names.get(name))
        if held is not None:
            self._held[name] = held

    def forget(self, name: str) -> None:
        """The test has deleted this name."""
        self._held.pop(name, None)

    def renew(self, changed: dict[str, Any]) -> None:
        """Let the variables hold what the test has made of its copies."""
        for name, value in changed.items():
            own = self._names.get(name)
            if type(own) is type(value) and is_mutable(type(own)):
                assign(own, value)
            else:
                self._names[name] = value
            self.watch(name)

    def changed(self) -> dict[str, Any]:
        """The variables that have changed since the test was last told."""
        found = {}
        for name, before in self._held.items():
            held = snapshot(self._names.get(name))
            if held is not None and held != before:
                found[name] = self._names[name]
                self._held[name] = held
        return found


class _Echo(io.TextIOBase):
    """A stream whose text goes to the judge's."""

    def __init__(self, surroundings: Surroundings, stream: str) -> None:
        super().__init__()
        self._surroundings = surroundings
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._surroundings.write(self._stream, str(text))
        return len(text)


@contextlib.contextmanager
def _patched(name: str, function: JudgeFunction) -> Iterator[None]:
    module_name, _, attribute = name.rpartition(".")
    module = sys.modules.get(module_name)
    if module is None:
        yield
        return
    original = getattr(module, attribute)
    setattr(module, attribute, function)
    try:
        yield
    finally:
        setattr(module, attribute, original)


@contextlib.contextmanager
def _watched(filters: list[list[Any]]) -> Iterator[list[list[Any]]]:
    """Collect the warnings raised inside, under the test's filters."""
    found: list[list[Any]] = []

    def show(message: Any, category: Any, *_: Any, **__: Any) -> None:
        if len(found) < MAX_WARNINGS:
            found.append([category, str(message)[:MAX_TEXT]])

    with warnings.catch_warnings():
        for action, category in reversed(filters):
            warnings.simplefilter(action, category)
        warnings.showwarning = show
        yield found


@contextlib.contextmanager
def _seeded(states: dict[str, Any], effects: dict[str, Any]) -> Iterator[None]:
    for name, state in states.items():
        draws.SET[name](draws.checked(state))
    before = draws.now()
    try:
        yield
    finally:
        moved = {n: state.plain() for n, state in draws.now().items() if state != before.get(n)}
        if moved:
            effects["draws"] = moved
