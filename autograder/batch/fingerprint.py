"""Fingerprints of what verdicts depend on beside the submission, the grader itself first of all.

A verdict holds only for the grader that gave it, and workers of other machines have to run the
same one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from types import MappingProxyType

import autograder
import lossland

PACKAGES = ("numpy", "nbgrader")
# Code, and the data that the library reads. Left out is what is built from them or cached, and what
# students' own checks know of the released notebooks: a new problem set changes no verdict.
PATTERNS = ("*.py", "*.json", "data/*")
LEFT_OUT = frozenset({"__pycache__", "widgets", "releases.json"})
MOST_MARKS = 10_000
"""So many files of each folder that students may read are watched for changes."""


@cache
def grader() -> Mapping[str, str]:
    """Part of the grader → its version, or the fingerprint of its files."""
    parts = {"Python": platform.python_version()}
    parts |= {name: version(name) for name in PACKAGES}
    for package in (autograder, lossland):
        parts[package.__name__] = digest(_contents(Path(package.__path__[0])))[:12]
    return MappingProxyType(parts)


def difference(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """The first part in which two graders differ, in words; empty where they are the same."""
    for name, known in ours.items():
        if (other := theirs.get(name, "none")) != known:
            return f"{name} {other}, not {known}"
    return ""


def digest(parts: Iterable[bytes]) -> str:
    """One hash of several parts; their lengths keep them apart."""
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "big"))
        made.update(part)
    return made.hexdigest()


def marks_of(shown: Sequence[str]) -> Iterator[bytes]:
    """Name, size and time of change of files and what lies in folders; too large to be read."""
    for root in shown:
        for path in islice(_below(root), MOST_MARKS):
            with contextlib.suppress(OSError):
                status = os.stat(path)
                if stat.S_ISREG(status.st_mode):
                    text = f"{path} {status.st_size} {status.st_mtime_ns}"
                    yield text.encode("utf-8", "surrogateescape")


def _below(root: str) -> Iterator[str]:
    if not os.path.isdir(root):
        yield root
    for place, folders, names in os.walk(root):
        folders.sort()
        yield from (os.path.join(place, name) for name in sorted(names))


def _contents(root: Path) -> Iterator[bytes]:
    found = {path for pattern in PATTERNS for path in root.rglob(pattern)}
    for path in sorted(found):
        below = path.relative_to(root)
        if path.is_file() and not LEFT_OUT & set(below.parts):
            yield str(below).encode("utf-8", "surrogateescape")
            with path.open("rb") as file:
                yield hashlib.file_digest(file, "sha256").digest()
