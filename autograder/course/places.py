"""Which folders fit a step of the course: a walk along the path's parts, no pattern of a shell.

A course, an assignment or a student may be called ``[2026]`` or ``what?``: names are compared as
they are. Below the step's own folder everything may come from students: links are told, not
followed, and what cannot be entered is told as well.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Characters of private use: no folder of a course is called so.
STUDENT, ASSIGNMENT = "\ue000", "\ue001"
LINK = "is a symbolic link; links are not followed: put the files themselves there"


@dataclass(frozen=True)
class Place:
    """A folder whose path fits; ``name`` stands for the open part."""

    name: str
    path: Path
    trouble: str = ""
    """Why it must not, or cannot, be entered."""


@dataclass(frozen=True)
class Pattern:
    """A step's path: ``base`` is the instructor's, ``parts`` hold the marks of the open names."""

    base: Path
    parts: tuple[str, ...]

    @classmethod
    def of(cls, format_path: Callable[[str, str], str]) -> Pattern:
        """From what writes a path for a student and an assignment."""
        whole = Path(os.path.normpath(format_path(STUDENT, ASSIGNMENT))).parts
        is_open = [STUDENT in part or ASSIGNMENT in part for part in whole]
        first = is_open.index(True) if True in is_open else len(whole)
        return cls(Path(*whole[:first]), whole[first:])

    def places(
        self, *, student: str | None = None, assignment: str | None = None, trusted: bool = False
    ) -> Iterator[Place]:
        """Everything that fits, the one name that is None left open.

        ``trusted``: the instructor made it, links are followed. Raises OSError when the base
        cannot be listed.
        """
        given = {STUDENT: student, ASSIGNMENT: assignment}
        parts = [_compiled(part, given) for part in self.parts]
        if self.base.is_dir():
            yield from _walk(self.base, [part for part in parts if part != "."], "", trusted)


def _compiled(part: str, given: dict[str, str | None]) -> str | re.Pattern[str]:
    """The part as plain text, or what its name has to fit."""
    if not any(mark in part and given[mark] is None for mark in given):
        for mark, text in given.items():
            part = part.replace(mark, text or "")
        return part
    pieces = re.split(f"([{STUDENT}{ASSIGNMENT}])", part)
    seen = False
    expression = ""
    for piece in pieces:
        if piece in given and given[piece] is None:
            expression += "(?P=name)" if seen else "(?P<name>.+)"
            seen = True
        else:
            expression += re.escape(str(given.get(piece, piece)))
    return re.compile(expression, re.DOTALL)


def _walk(
    folder: Path, parts: list[str | re.Pattern[str]], name: str, trusted: bool
) -> Iterator[Place]:
    part, rest = parts[0], parts[1:]
    if isinstance(part, str):
        found = [(name, folder / part)]
    else:
        fits = ((entry, part.fullmatch(entry)) for entry in sorted(os.listdir(folder)))
        found = [
            (match["name"], folder / entry)
            for entry, match in fits
            if match is not None and not entry.startswith(".")
        ]
    for known, path in found:
        try:
            mode = os.stat(path, follow_symlinks=trusted).st_mode
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            yield Place(known, path, f"cannot be read: {error.strerror}")
            continue
        if stat.S_ISLNK(mode):
            if _may_hold(path, rest):
                yield Place(known, path, LINK)
        elif not stat.S_ISDIR(mode):
            if not rest and not trusted:
                yield Place(known, path, "is a file, not a folder")
        elif not rest:
            yield Place(known, path)
        else:
            try:
                yield from _walk(path, rest, known, trusted)
            except OSError as error:
                yield Place(known, path, f"cannot be read: {error.strerror}")


def _may_hold(link: Path, rest: list[str | re.Pattern[str]]) -> bool:
    """Could what is asked for lie behind a link? A link to another assignment's work is none."""
    if not rest or not isinstance(rest[0], str):
        return True
    try:
        return stat.S_ISDIR(os.stat(link).st_mode) and os.path.lexists(link / rest[0])
    except OSError:  # leads nowhere, or in a circle
        return True
