"""Packages that are found although the folder they lie in cannot be listed any more."""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from collections.abc import Iterable
from functools import lru_cache
from importlib.machinery import ModuleSpec


class Pinned(importlib.abc.MetaPathFinder):
    """Answers with what the import system found before the walls were raised.

    A package may lie in somebody's folder, even the course's: inside, that folder holds this
    package alone, and nobody may look for more.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._specs = {name: spec for name in names if (spec := found(name)) is not None}

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        return self._specs.get(fullname)


def pin(names: Iterable[str]) -> None:
    """Remember where these top-level modules lie; asked only when nobody else knows."""
    sys.meta_path.append(Pinned(names))


@lru_cache(maxsize=64)
def found(name: str) -> ModuleSpec | None:
    """Where the import system finds a top-level module, if it is a file; worked out once."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None
    return spec if spec is not None and spec.has_location else None
