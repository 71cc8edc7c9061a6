"""Opening folders and files that nobody has looked into: no link is followed, at no step.

Each step opens one name below a descriptor that is open already, so that nothing can be put in
its place between a look and the opening. Only ordinary files are read, never more than a limit.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import SubmissionError
from autograder.text import named

KINDS = {
    stat.S_IFLNK: "is a symbolic link; links are not followed",
    stat.S_IFDIR: "is a directory",
    stat.S_IFIFO: "is a named pipe",
    stat.S_IFSOCK: "is a socket",
    stat.S_IFCHR: "is a device",
    stat.S_IFBLK: "is a device",
}
SAFELY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def why_no_file(mode: int) -> str:
    """What it is instead of an ordinary file; empty for one."""
    return KINDS.get(stat.S_IFMT(mode), "")


@contextlib.contextmanager
def folder_below(root: Path, parts: tuple[str, ...]) -> Iterator[int]:
    """A descriptor of ``root``/part/part…; SubmissionError when a part is a link or no folder.

    ``root`` itself is the instructor's and may be a link.
    """
    try:
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise SubmissionError(
            f"the folder {named(root.name)} cannot be read: {error.strerror}"
        ) from error
    try:
        for part in parts:
            below = open_folder(descriptor, part)
            os.close(descriptor)
            descriptor = below
        yield descriptor
    finally:
        os.close(descriptor)


def open_folder(parent: int, name: str) -> int:
    """A descriptor of a folder below another one."""
    try:
        if stat.S_ISLNK(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            raise SubmissionError(
                f"the submission folder is a symbolic link ({named(name)}); links are not followed"
            )
        return os.open(name, SAFELY | os.O_DIRECTORY, dir_fd=parent)
    except OSError as error:
        raise SubmissionError(
            f"the folder {named(name)} cannot be read: {error.strerror}"
        ) from error


def read_file(path: str | Path, limit: int, *, parent: int | None = None) -> bytes:
    """The bytes of an ordinary file; SubmissionError for anything else, and above the limit."""
    name = named(os.path.basename(path))
    try:
        with open(os.open(path, SAFELY, dir_fd=parent), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise SubmissionError(f"{name} is no ordinary file")
            data = file.read(limit + 1)
    except OSError as error:
        raise SubmissionError(f"{name} cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise SubmissionError(
            f"{name} has {found.st_size / 2**20:.0f} MB, the limit is {limit / 2**20:.0f} MB: "
            "clear its outputs, save it and hand it in again"
        )
    return data
