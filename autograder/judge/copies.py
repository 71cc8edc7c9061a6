"""The student's variables that a test has looked up: copies, kept in step with the originals.

A test that appends to the student's list and then calls a function that reads it means one list,
and so does one that looks at a counter again after a call. Before a question the student's process
hears which copies the test has changed, after it the judge which originals have changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.errors import WireError
from autograder.sharing import assign, snapshot, watched
from autograder.wire import is_mutable


class Copies:
    """Copies by name; ``rebind`` gives a name of the test's another value."""

    def __init__(self, rebind: Callable[[str, Any], None]) -> None:
        self._rebind = rebind
        self._values: dict[str, Any] = {}
        self._held: dict[str, Any] = {}

    def note(self, name: str, value: Any) -> None:
        """The test has looked a name up, or has given it this value."""
        held = watched(value)
        if held is None:  # it stays where it is, or as it is
            self.forget(name)
            return
        self._values[name], self._held[name] = value, held

    def forget(self, name: str) -> None:
        """The name is the student's no more."""
        self._values.pop(name, None)
        self._held.pop(name, None)

    def changed(self) -> dict[str, Any]:
        """The copies that the test has changed since both sides last had the same."""
        found = {}
        for name, value in self._values.items():
            held = snapshot(value) if is_mutable(type(value)) else self._held[name]
            if held is not None and held != self._held[name]:
                found[name] = value
                self._held[name] = held
        return found

    def take(self, names: Any) -> None:
        """Let the copies hold what the originals hold now."""
        if type(names) is not dict:
            raise WireError("changed names that are none")
        for name, value in names.items():
            if name not in self._values:
                continue  # too large to be kept in step, or nobody has looked it up
            copy = self._values[name]
            if type(copy) is type(value) and is_mutable(type(copy)):
                assign(copy, value)
            else:
                self._rebind(name, value)
                copy = value
            self.note(name, copy)
