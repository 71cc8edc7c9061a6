"""A student's folder for an assignment, replaced in one step.

The new folder is made whole beside all of them, then changes places with the old one: in one step
where the kernel can, else by two renames, of which the first can be undone. What a killed run left
behind is put right by the next one.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.course.directory import Course
from autograder.course.folder import TIMESTAMP
from autograder.course.mirroring import remove_tree
from autograder.errors import GraderError
from autograder.intake.contents import Contents

STAGING = ".collecting"
AT_FDCWD, RENAME_EXCHANGE = -100, 2


def place(course: Course, student: str, assignment: str, found: Contents, time: str) -> None:
    """Make ``submitted/STUDENT/ASSIGNMENT`` hold exactly these files and the time.

    Files keep the time of their last change: of two notebooks the newer counts.

    Raises GraderError, with the old folder in its place, when that cannot be.
    """
    target = course.folder("submitted", student, assignment)
    root = course.submission(student, assignment).root or target.parent
    staging = root / STAGING
    shared = course.directory.groupshared
    try:
        staging.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=staging))
        try:
            _fill(made, found, time, 0o664 if shared else 0o644)
            made.chmod(0o2775 if shared else 0o755)
            target.parent.mkdir(parents=True, exist_ok=True)
            _swap(made, target)
        finally:
            _remove(made)
            with contextlib.suppress(OSError):
                staging.rmdir()
    except OSError as error:
        raise GraderError(
            f"{course.shown(target)} cannot be written: {error.strerror} ({error.filename}); "
            "put that right and run the same command again"
        ) from error


def tidy(course: Course, student: str, assignment: str) -> None:
    """Take away what a killed run left beside the students' folders: its journal has all of it."""
    root = course.submission(student, assignment).root
    if root is not None:
        _remove(root / STAGING)


@contextlib.contextmanager
def alone(folder: Path, assignment: str) -> Iterator[None]:
    """No second run may do the same at the same time; a killed one holds up nobody."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise GraderError(f"{assignment} is being collected already: wait for that run") from error
    else:
        yield
    finally:
        os.close(handle)


def _fill(folder: Path, found: Contents, time: str, mode: int) -> None:
    whole = dict(found.files)
    if time:
        whole[TIMESTAMP] = f"{time}\n".encode()
    for name, data in whole.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            path = folder / name.replace("/", "_")  # a file and a folder of one name
            path.write_bytes(data)
        path.chmod(mode)
        if modified := found.times.get(name):
            os.utime(path, (modified, modified))
        with open(path, "rb") as file:
            os.fsync(file.fileno())


def _swap(made: Path, target: Path) -> None:
    """Let ``made`` lie at ``target``, and what was there at ``made``."""
    if not os.path.lexists(target):
        os.rename(made, target)
        return
    if _exchanged(made, target):
        return
    old = made.with_name(f"{made.name}-old")
    os.rename(target, old)
    try:
        os.rename(made, target)
    except OSError:
        os.rename(old, target)
        raise
    _remove(old)


def _exchanged(one: Path, other: Path) -> bool:
    """Did the two change places in one step? Not every kernel and disk can."""
    if sys.platform != "linux":
        return False
    exchange = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if exchange is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    return bool(
        exchange(AT_FDCWD, names[0], AT_FDCWD, names[1], ctypes.c_uint(RENAME_EXCHANGE)) == 0
    )


def _remove(path: Path) -> None:
    """A folder of ours that is no longer needed, or what a student's link had put there."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        with contextlib.suppress(OSError):
            remove_tree(str(path))


def there(course: Course, student: str, assignment: str) -> bool:
    """Does anything lie where the grader looks?"""
    return os.path.lexists(course.folder("submitted", student, assignment))
