"""The notebook's bytes out of a submission folder that nobody has looked into.

Links are not followed, only ordinary files are opened, and no more than a limit is read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from autograder.errors import SubmissionError

MAX_BYTES = 32 * 2**20
MAX_DEPTH_OF_SEARCH = 3
MAX_ENTRIES = 10_000
MAX_NOTEBOOKS = 20


@dataclass(frozen=True)
class Submission:
    """One student's folder for one assignment."""

    student: str
    folder: Path


@dataclass(frozen=True)
class Found:
    """The submitted notebook's bytes, where they were, and what had to be overlooked."""

    path: Path
    data: bytes
    repairs: tuple[str, ...] = ()


def find(
    folder: Path,
    name: str,
    *,
    others: frozenset[str] = frozenset(),
    recognise: Callable[[bytes], bool] = lambda data: False,
    limit: int = MAX_BYTES,
) -> Found:
    """The notebook ``name``.ipynb of a submission folder.

    When it is not there and exactly one other notebook is recognised as the assignment's, that
    one is taken; ``others`` are the names of the assignment's other notebooks. Raises
    SubmissionError, its text the reason, when there is nothing to grade.
    """
    expected = f"{name}.ipynb"
    if folder.is_symlink():
        raise SubmissionError("the submission folder is a symbolic link; links are not followed")
    path = folder / expected
    strangers = [
        entry
        for entry in notebook_files(folder)
        if entry != path and entry.name not in {f"{other}.ipynb" for other in others}
    ]
    trouble = why_not_a_file(path)
    if not trouble:
        listed = ", ".join(sorted(_shown(entry, folder) for entry in strangers)[:5])
        ignored = (f"other notebooks in the folder were ignored: {listed}",) if strangers else ()
        return Found(path, read_file(path, limit), ignored)
    recognised = []
    for entry in strangers:
        try:
            data = read_file(entry, limit)
        except SubmissionError:
            continue
        if recognise(data):
            recognised.append((entry, data))
    if len(recognised) == 1:
        entry, data = recognised[0]
        return Found(
            entry, data, (f"the notebook was called {_shown(entry, folder)!r}, not {expected!r}",)
        )
    raise SubmissionError(_nothing_to_grade(expected, trouble, strangers, recognised, folder))


def _nothing_to_grade(
    expected: str, trouble: str, strangers: list[Path], recognised: list[Any], folder: Path
) -> str:
    names = ", ".join(repr(_shown(entry, folder)) for entry in strangers[:5])
    if recognised:
        return f"{expected} {trouble}, and several notebooks could be it: {names}"
    if strangers:
        return f"{expected} {trouble}; found instead: {names}. The file must be called {expected}"
    return f"{expected} {trouble}, and the folder holds no other notebook"


def why_not_a_file(path: Path) -> str:
    """Why there is no ordinary file at ``path``; empty when there is one."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return "was not handed in"
    kinds = {
        stat.S_ISLNK: "is a symbolic link; links are not followed",
        stat.S_ISDIR: "is a directory",
        stat.S_ISFIFO: "is a named pipe",
        stat.S_ISSOCK: "is a socket",
        stat.S_ISCHR: "is a device",
        stat.S_ISBLK: "is a device",
    }
    return next((text for test, text in kinds.items() if test(mode)), "")


def notebook_files(folder: Path) -> list[Path]:
    """Ordinary files that look like notebooks, also those a browser renamed to ``.ipynb.txt``.

    The first twenty: nobody hands in more.
    """
    files = ordinary_files(folder, ("*.ipynb_checkpoints", "__MACOSX", ".*"))
    return [path for path in files if ".ipynb" in path.name.lower()][:MAX_NOTEBOOKS]


def ordinary_files(folder: Path, ignored: tuple[str, ...] = ()) -> list[Path]:
    """Regular files below ``folder``, no link followed, a few levels deep, in a fixed order."""
    return sorted(_walk(folder, ignored, MAX_DEPTH_OF_SEARCH))[:MAX_ENTRIES]


def _walk(folder: Path, ignored: tuple[str, ...], depth: int) -> Iterator[Path]:
    try:
        entries = list(os.scandir(folder))[:MAX_ENTRIES]
    except OSError:
        return
    for entry in entries:
        if any(fnmatch(entry.name, pattern) for pattern in ignored):
            continue
        if entry.is_file(follow_symlinks=False):
            yield Path(entry.path)
        elif entry.is_dir(follow_symlinks=False) and depth > 1:
            yield from _walk(Path(entry.path), ignored, depth - 1)


def _shown(path: Path, folder: Path) -> str:
    """A file's name below its folder, fit for one line."""
    name = "".join(c if c.isprintable() else "?" for c in str(path.relative_to(folder)))
    return name if len(name) <= 80 else name[:77] + "…"


def read_file(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The bytes of an ordinary file, no link followed, no more than ``limit`` of them."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        with open(os.open(path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SubmissionError(f"{path.name} is no ordinary file")
            data = file.read(limit + 1)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise SubmissionError(f"{path.name} cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise SubmissionError(
            f"{path.name} has {size / 2**20:.0f} MB, the limit is {limit / 2**20:.0f} MB: "
            "clear its outputs, save it and hand it in again"
        )
    return data
