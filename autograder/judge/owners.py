"""Whose value a name has, at each place of the notebook: the instructor's or the student's.

Names that the instructor's cells bind are the judge's: a student cannot change what a test
compares with. But an exercise may ask for just that (``data = clean(data)``, ``stack.append(3)``):
what the instructor's own solution changes is the student's from there on, until a cell of the
instructor's binds it anew without reading it. So is what no two runs have alike.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from autograder.judge.assignment import SourceCell

MAX_BYTES = 64 << 20


class Owners:
    """The names that are the student's before each cell, as the reference runs."""

    def __init__(self, unseeded: frozenset[str] = frozenset()) -> None:
        self.before: dict[str, frozenset[str]] = {}
        self._unseeded = unseeded
        self._students: set[str] = set()
        self._bound: set[str] = set()

    def enter(self, cell: SourceCell) -> None:
        """A cell is about to run."""
        self.before[cell.grade_id] = frozenset(self._students)

    def leave(self, cell: SourceCell, changed: frozenset[str]) -> None:
        """It has run, and ``changed`` names of the instructor's hold something else than before."""
        if cell.kind == "solution":
            self._students |= (cell.binds - self._bound) | (changed & self._bound)
        elif cell.kind == "plain" and cell.needs & self._students:
            self._students |= cell.binds  # what it computes is the student's as well
        else:
            kept = cell.binds & (cell.loads | self._unseeded)
            self._students -= cell.binds - kept
            self._students |= cell.binds & self._unseeded
            self._bound |= cell.binds


def fingerprints(names: Mapping[str, Any], wanted: frozenset[str]) -> dict[str, str]:
    """What these names hold, told so that a later change in this process shows."""
    return {name: fingerprint(names[name]) or f"{id(names[name])}" for name in wanted & {*names}}


def fingerprint(value: Any) -> str:
    """A hash of data; empty for functions, classes, modules and what has no copy."""
    if isinstance(value, ModuleType | type | FunctionType | BuiltinFunctionType):
        return ""
    document = _Bounded()
    try:
        pickle.dump(value, document)
    except Exception:  # of some other's __reduce__: anything at all
        return ""
    return document.digest.hexdigest()


class _Bounded(io.RawIOBase):
    """Hashes what is written, and refuses to go on without end."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self._left = MAX_BYTES

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._left -= len(data)
        if self._left < 0:
            raise OverflowError
        self.digest.update(data)
        return len(data)
