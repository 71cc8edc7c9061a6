"""Before a test cell runs in the student's process: put back what its words mean.

A test that is judged inside calls ``assert_allclose`` and ``sum`` in a process where the student's
cells ran before it. Names of the instructor's, and functions of Python and NumPy that they call,
become again what they were. This ends the plain kinds of tampering; it cannot end all, since the
process belongs to the student.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import sys
import types
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

WATCHED = ("builtins", "math", "cmath", "operator", "unittest", "numpy", "inspect", "hashlib")
"""Packages whose functions and classes are put back: what tests compare with."""
TALKING = frozenset({"input", "print", "open", "display", "get_ipython", "_", "__build_class__"})
"""Built-ins that a notebook may honestly replace: they decide nothing."""
_Code = tuple[Any, ...]

_attributes: list[tuple[Any, str, Any]] = []
_codes: list[tuple[types.FunctionType, _Code]] = []


def remember() -> None:
    """Note what the watched packages hold now; called before any student's code runs."""
    _attributes.clear()
    _codes.clear()
    for name in sorted(sys.modules):
        module = sys.modules[name]
        if name.partition(".")[0] in WATCHED and isinstance(module, types.ModuleType):
            _remember(module)
            for value in list(vars(module).values()):
                if isinstance(value, type) and value.__module__ == name and name != "builtins":
                    _remember(value)


def _remember(owner: Any) -> None:
    for name, value in list(vars(owner).items()):
        if callable(value) and not (owner is builtins and name in TALKING):
            _attributes.append((owner, name, value))
            if isinstance(value, types.FunctionType):
                _codes.append((value, _code(value)))


def _code(function: types.FunctionType) -> _Code:
    return function.__code__, function.__defaults__, function.__kwdefaults__


def _restore(function: types.FunctionType, code: _Code) -> None:
    if _code(function) != code:
        function.__code__, function.__defaults__, function.__kwdefaults__ = code


class Guard:
    """What the instructor's cells made of the names of one notebook.

    ``shadows`` are names of built-ins that the instructor's own notebook binds.
    """

    def __init__(self, names: MutableMapping[str, Any], shadows: Sequence[str]) -> None:
        self._names = names
        self._shadows = frozenset(shadows) | TALKING
        self._noted: dict[str, Any] = {}
        self._codes: dict[str, _Code] = {}

    def note(self, names: Sequence[tuple[str, str]]) -> None:
        """A cell of the instructor's has just bound these."""
        for name, _ in names:
            self._noted.pop(name, None)
            if name in self._names:
                value = self._noted[name] = self._names[name]
                if isinstance(value, types.FunctionType):
                    self._codes[name] = _code(value)

    def put_back(self, names: Sequence[tuple[str, str]]) -> None:
        """Make these names, and the watched packages, again what they were."""
        for owner, name, value in _attributes:
            if vars(owner).get(name) is not value:
                with contextlib.suppress(AttributeError, TypeError):
                    setattr(owner, name, value)
        for function, code in _codes:
            _restore(function, code)
        for name in self._shadowing():
            del self._names[name]
        for name, module in names:
            if module:
                with contextlib.suppress(ImportError):
                    self._names[name] = importlib.import_module(module)
            elif name in self._noted:
                value = self._names[name] = self._noted[name]
                if isinstance(value, types.FunctionType):
                    _restore(value, self._codes[name])

    def _shadowing(self) -> Iterator[str]:
        for name in list(self._names):
            if hasattr(builtins, name) and name not in self._shadows and not name.startswith("__"):
                yield name
