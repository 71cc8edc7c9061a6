"""The names of the test cells: the instructor's own first, then the student's.

Which names are the student's changes from cell to cell (see ``owners``). A name that neither the
instructor's cells nor Python itself defines is looked up in the student's process: a function
becomes a proxy, plain data a copy. Names looked up, replaced or deleted in one test are forgotten
before the next, as the student's process is forked anew.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from autograder.judge import shapes
from autograder.judge.refusals import ResultRefused
from autograder.judge.remote import Conversation, Recorder, RemoteFunction
from autograder.wire import FunctionRef


class JudgeNamespace(dict[str, Any]):
    """Globals of the test cells; ``converse`` opens the conversation when it is first needed."""

    def __init__(
        self,
        reference: Mapping[str, Any],
        converse: Callable[[], Conversation],
        recorder: Callable[[], Recorder],
    ) -> None:
        super().__init__()
        self._expected: frozenset[str] = frozenset()
        self._reference = reference
        self._converse = converse
        self._recorder = recorder
        self._remote: set[str] = set()
        self.undefined: set[str] = set()

    def enter(self, students: frozenset[str], binding: frozenset[str] = frozenset()) -> None:
        """A cell begins before which these names are the student's; it may bind some itself."""
        for name in students - self._remote:
            self.pop(name, None)  # the instructor's, from before the student changed it
        self._expected = students - binding

    def __missing__(self, name: str) -> Any:
        # Names are sought here before the built-ins: a student's `max` must not be found.
        if name not in self._expected and (name.startswith("__") or hasattr(builtins, name)):
            raise KeyError(name)
        try:
            value = self._converse().look_up(name)
        except KeyError:
            self.undefined.add(name)
            raise
        except ResultRefused:
            module = self._reference.get(name)
            if not isinstance(module, ModuleType):
                raise
            value = module  # imported in a solution cell, by both: a module is a module
        if isinstance(value, RemoteFunction):
            ref = FunctionRef("student", 0, name)
            # Without a reference there is nothing to compare recorded calls with.
            recorder = self._recorder if callable(self._reference.get(name)) else None
            value = RemoteFunction(ref, self._converse, recorder, by_name=True)
        else:
            shapes.refuse_shape_of_name(name, value, self._reference)
        super().__setitem__(name, value)
        self._remote.add(name)
        return value

    def __setitem__(self, name: str, value: Any) -> None:
        if (name in self._remote or name in self._expected) and not isinstance(value, ModuleType):
            self._remote.add(name)
            self._converse().set(name, value)
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        if name in self._remote or name in self._expected:
            self._converse().delete(name)
            self._remote.discard(name)
            self.pop(name, None)
            return
        super().__delitem__(name)

    def forget_student(self) -> None:
        """Drop everything that came from the student's process."""
        for name in self._remote:
            self.pop(name, None)
        self._remote.clear()
        self.undefined.clear()
