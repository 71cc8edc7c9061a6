"""The exchange's folders: made with the right modes, and never opened further without being told.

nbgrader makes the exchange with mode 777: any student could rename or delete the course in it. The
sticky bit forbids that, and nbgrader, which compares the lower nine bits alone, is content with it.
"""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.exchange.lines import Line
from autograder.text import named

CHANGE = "--change-rights"


@dataclass(frozen=True)
class Rights:
    """One folder: the mode it is made with, the bits it must have, and those it must not."""

    name: str
    made: int
    needs: int
    never: int
    closed: str
    """What fails while a needed bit is off."""
    open: str
    """What could happen while a forbidden bit is on, or the sticky bit of the root is off."""


ROOT = Rights(
    "", 0o1777, 0o777, 0, "students cannot hand in there",
    "any student could rename or delete a course in it",
)  # fmt: skip
COURSE = (
    Rights(
        ".", 0o755, 0o755, 0o022, "students cannot enter it",
        "others than you could change what it holds",
    ),
    Rights(
        "outbound", 0o755, 0o755, 0o022, "students cannot fetch from it",
        "others than you could change what you release",
    ),
    Rights(
        "inbound", 0o3733, 0o733, 0o044, "students cannot hand in there",
        "students could list and read what others hand in",
    ),
    Rights(
        "feedback", 0o711, 0o711, 0o066, "students cannot fetch their feedback",
        "students could list and read the feedback of others",
    ),
)  # fmt: skip
PARTS = frozenset(rights.name for rights in COURSE) - {"."}


@dataclass(frozen=True)
class Exchange:
    """Where it lies, whose course it is for, and whether several instructors share a group."""

    root: Path
    course_id: str
    shared: bool = False
    owner: tuple[int, int] | None = None
    """User and group that the course's folders are given to, where root makes them."""

    @property
    def course(self) -> Path:
        """The course's own folder."""
        return self.root / self.course_id

    def places(self) -> Iterator[tuple[Path, Rights]]:
        """Every folder of the exchange that this course needs, from the root inwards."""
        yield self.root, ROOT
        for rights in COURSE:
            yield Path(os.path.normpath(self.course / rights.name)), self._of_a_group(rights)

    def _of_a_group(self, rights: Rights) -> Rights:
        """``CourseDirectory.groupshared``: the instructors' group may do what the owner may."""
        if not self.shared:
            return rights
        return Rights(
            rights.name,
            rights.made | 0o2070,
            rights.needs | 0o2070,
            rights.never & 0o007,
            rights.closed,
            rights.open,
        )


def unfit(exchange: Exchange) -> str:
    """Why this cannot be an exchange, before anything is made; empty if it can."""
    root = exchange.root
    if not root.exists():
        return ""
    if not root.is_dir():
        return f"{root} is no folder: name one that is, or one that is not there yet"
    foreign = [name for name in sorted(os.listdir(root)) if not _is_course(root / name)]
    if foreign:
        return (
            f"{root} holds {named(foreign[0])}, which is no course: students would be let into a "
            "folder that is not only an exchange; name one of its own"
        )
    return ""


def _is_course(path: Path) -> bool:
    """Is this what nbgrader makes of a course, whoever owns it?"""
    try:
        return path.is_dir() and set(os.listdir(path)) <= PARTS
    except PermissionError:
        return True


def prepare(exchange: Exchange, *, change_rights: bool = False) -> Iterator[Line]:
    """Make what is missing; rights of what is there are changed only where that is asked for."""
    for path, rights in exchange.places():
        if not path.is_dir():
            _make(path, rights, exchange)
            yield Line(f"{path}: made, mode {rights.made:o}")
            continue
        trouble = _trouble(path, rights)
        if trouble and change_rights:
            before = _mode(path)
            _chmod(path, rights.made)
            yield Line(f"{path}: mode {before:o} changed to {rights.made:o}")
        elif trouble:
            yield Line(f"{trouble}: run this command again with {CHANGE}", wrong=True)
    yield from look(exchange, missing_only=True)


def look(exchange: Exchange, *, missing_only: bool = False) -> Iterator[Line]:
    """What is wrong with the folders as they are; changes nothing."""
    for path, rights in exchange.places():
        if not path.is_dir():
            yield Line(f"{path} is not there: run this command without --check", wrong=True)
            continue
        if not missing_only and (trouble := _trouble(path, rights)):
            yield Line(f"{trouble}: run this command with {CHANGE}", wrong=True)
        if rights is not ROOT and not exchange.shared and path.stat().st_uid != os.geteuid():
            yield Line(
                f"{path} belongs to {_name_of(path.stat().st_uid)}, and nbgrader releases only for "
                "its owner: work as that account, or set c.CourseDirectory.groupshared",
                wrong=True,
            )
    for parent in exchange.root.parents:
        if parent.is_dir() and not _mode(parent) & stat.S_IXOTH:
            yield Line(
                f"{parent} has mode {_mode(parent):o}: other accounts cannot enter it; put the "
                "exchange elsewhere, as in /srv/nbgrader/exchange",
                wrong=True,
            )


def _trouble(path: Path, rights: Rights) -> str:
    mode = _mode(path)
    if rights.needs & ~mode:
        return f"{path} has mode {mode:o}: {rights.closed}"
    if rights.never & mode or (rights is ROOT and not mode & stat.S_ISVTX):
        return f"{path} has mode {mode:o}: {rights.open}"
    return ""


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _make(path: Path, rights: Rights, exchange: Exchange) -> None:
    try:
        for parent in reversed([p for p in path.parents if not p.exists()]):
            parent.mkdir()
            parent.chmod(0o755)
        path.mkdir()
    except OSError as error:
        raise CourseError(
            f"{path} cannot be made: {error.strerror}; let the administrator run this command "
            "once, or name a folder that you may make"
        ) from error
    if rights is not ROOT and exchange.owner and os.geteuid() == 0:
        os.chown(path, *exchange.owner)
    # Apart from mkdir, whose mode the umask narrows.
    _chmod(path, rights.made)


def _chmod(path: Path, mode: int) -> None:
    try:
        path.chmod(mode)
    except PermissionError as error:
        raise CourseError(
            f"the rights of {path} cannot be changed: it belongs to "
            f"{_name_of(path.stat().st_uid)}; let that account run this command"
        ) from error


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"account {uid}"
