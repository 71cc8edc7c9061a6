"""The names of the test cells: the instructor's own first, then the student's.

Which names are the student's changes from cell to cell (see ``owners``). A name that neither the
instructor's cells nor Python itself defines is looked up in the student's process: a function or
another object becomes a proxy, plain data a copy; ``globals()`` and ``dir()`` show the names of
both. Names looked up, replaced or deleted in one test are forgotten before the next, as the
student's process is forked anew.
"""

from __future__ import annotations

import builtins
import site
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from autograder.judge import shapes
from autograder.judge.proxies import Recorder, RemoteFunction
from autograder.judge.refusals import ResultRefused
from autograder.judge.remote import Conversation
from autograder.judge.remotetypes import is_module, is_remote
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

    def attend(
        self, converse: Callable[[], Conversation], recorder: Callable[[], Recorder]
    ) -> None:
        """From now on it is this submission's."""
        self._converse, self._recorder = converse, recorder

    def enter(self, students: frozenset[str], binding: frozenset[str] = frozenset()) -> None:
        """A cell begins before which these names are the student's; it may bind some itself."""
        for name in students - self._remote:
            self.pop(name, None)  # the instructor's, from before the student changed it
        self._expected = students - binding

    def __missing__(self, name: str) -> Any:
        # Names are sought here before the built-ins: a student's `max` must not be found.
        if name not in self._expected and _is_pythons(name):
            raise KeyError(name)
        try:
            value = self._converse().look_up(name)
        except KeyError:
            self.undefined.add(name)
            raise
        if isinstance(value, RemoteFunction) or self._is_a_function(name, value):
            ref = FunctionRef("student", 0, name)
            # Without a reference there is nothing to compare recorded calls with.
            recorder = self._recorder if callable(self._reference.get(name)) else None
            value = RemoteFunction(ref, self._converse, recorder, by_name=True)
        elif is_module(value) and _both_have(self._reference.get(name), value):
            value = self._reference[name]  # imported in a solution cell, by both
        elif not is_remote(value):
            shapes.refuse_shape_of_name(name, value, self._reference)
        super().__setitem__(name, value)
        self._remote.add(name)
        return value

    def _is_a_function(self, name: str, value: Any) -> bool:
        """Whether an object that can be called stands where the reference has a function."""
        expected = self._reference.get(name)
        return is_remote(value) and callable(value) and isinstance(expected, FunctionType)

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name):
            return True
        if not isinstance(name, str):
            return False
        try:
            self[name]
        except KeyError:
            self.undefined.discard(name)
            return False
        except ResultRefused:
            pass  # it is there, whatever it is
        return True

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name, the judge's or the student's."""
        return self[name] if name in self else default  # noqa: SIM401 (this is it)

    def keys(self) -> Any:
        """All names that a test can use: the judge's own and the student's."""
        return dict.fromkeys([*super().keys(), *self._students()]).keys()

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def items(self) -> Any:
        """Names and values of both."""
        return {name: self[name] for name in self.keys()}.items()

    def values(self) -> Any:
        """The values of both."""
        return {name: self[name] for name in self.keys()}.values()

    def own(self) -> dict[str, Any]:
        """What the judge itself has under these names."""
        own = dict.keys(self) - self._remote
        return {name: dict.__getitem__(self, name) for name in own}

    def _students(self) -> list[str]:
        """The names that the student's notebook has and a test may look up."""
        names = self._converse().names()
        return [name for name in names if name in self._expected or not _is_pythons(name)]

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


def _both_have(module: Any, theirs: Any) -> bool:
    """Whether both are one module of a library, or one that lies beside the notebook.

    One that a solution cell wrote, or made of nothing, is the student's to write.
    """
    if not isinstance(module, ModuleType) or sys.modules.get(module.__name__) is not module:
        return False
    if not repr(theirs).startswith(f"<module {module.__name__!r}"):
        return False
    file = str(getattr(module, "__file__", None) or sys.prefix)
    if any(Path(file).is_relative_to(place) for place in _LIBRARIES):
        return True
    path = Path(*module.__name__.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


_LIBRARIES = {*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix, *site.getsitepackages()}


def _is_pythons(name: str) -> bool:
    return name.startswith("__") or hasattr(builtins, name)
