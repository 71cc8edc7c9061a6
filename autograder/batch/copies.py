"""What else was handed in, beside the graded notebook, for whoever reads it in formgrader.

These are copies: none of them is worth a wait for the disk, and none that cannot be made is worth
a submission. Only a disk that takes nothing more is told.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.course.folder import ordinary_files, read_file
from autograder.errors import GraderError

DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


def copy_beside(
    folder: Path, target: Path, given: Mapping[str, bytes], directory: Any, mode: int
) -> None:
    """Copy a submission's files, then the instructor's data over them, as nbgrader does.

    ``directory`` is nbgrader's ``CourseDirectory``, whose patterns and sizes decide. What lay
    there from an earlier submission goes; graded notebooks stay.
    """
    target.mkdir(parents=True, exist_ok=True)
    _clear(target)
    left = 1000 * directory.max_dir_size
    for path in ordinary_files(folder, (*directory.ignore, "*.ipynb")):
        with contextlib.suppress(GraderError):  # too large, or not readable: left behind
            data = read_file(path, min(left, 1000 * directory.max_file_size))
            left -= len(data)
            _put(target, path.relative_to(folder), data, mode)
    for name, data in given.items():
        _put(target, Path(name), data, mode)


def _clear(target: Path) -> None:
    for path in target.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.suffix != ".ipynb":
            with contextlib.suppress(OSError):
                path.unlink()


def _put(target: Path, name: Path, data: bytes, mode: int) -> None:
    """Write a file in place of whatever is there."""
    path = target / name
    try:
        for part in list(name.parents)[:-1]:
            if (target / part).is_file():
                (target / part).unlink()
        if path.is_dir():
            shutil.rmtree(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(data)
        path.chmod(mode)
    except OSError as error:
        if error.errno in DISK:
            raise
