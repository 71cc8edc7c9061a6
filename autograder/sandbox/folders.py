"""The folders a student may write to, and how they are as they were before each test."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

HOME = "/home/student"
TMP = "/tmp"
GIVEN = "/given"
# A larger data file is shown read-only through a link; the student's copy would cost too much.
COPIED_BYTES = 16 << 20

Manifest = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Folders:
    """The private folders: the first holds ``work``, where the notebook runs.

    ``given`` are the data files, name in ``work`` → where their untouched copy lies.
    """

    home: str = HOME
    tmp: str = TMP
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def work(self) -> str:
        return f"{self.home}/work"

    def places(self) -> Iterator[str]:
        """Each folder that everything private lies in, once."""
        yield from dict.fromkeys((self.home, self.tmp))

    def fill(self) -> None:
        """Copy the data files to where the notebook runs; the student may write to the copies."""
        for name, path in self.given.items():
            copy(path, f"{self.work}/{name}", os.symlink)

    def manifest(self) -> Manifest:
        """What there is, told apart by what a student cannot forge: number, size, last change."""
        return {path: _mark(path) for folder in self.places() for path in (folder, *_below(folder))}

    def restore(self, before: Manifest) -> bool:
        """Remove what is new since ``before``; False if something older is not as it was."""
        for folder in self.places():
            _remove_new(folder, before)
        for path, mark in before.items():
            if stat.S_ISDIR(mark[0]) and os.path.isdir(path):
                with contextlib.suppress(OSError):
                    os.chmod(path, stat.S_IMODE(mark[0]))
                    os.utime(path, ns=(mark[2], mark[2]))
        return self.manifest() == before


def _below(folder: str) -> Iterator[str]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            yield entry.path
            if entry.is_dir(follow_symlinks=False) and not _is_mounted(entry):
                yield from _below(entry.path)


def _is_mounted(folder: os.DirEntry[str]) -> bool:
    """Whether something else is mounted there, such as a library that lies below this place."""
    return os.lstat(folder.path).st_dev != os.lstat(os.path.dirname(folder.path)).st_dev


def _mark(path: str) -> tuple[int, ...]:
    try:
        found = os.lstat(path)
    except OSError:
        return ()
    mark = (found.st_mode, found.st_ino, found.st_mtime_ns, found.st_uid)
    # A folder changes with every file that comes and goes; what is in it has a mark of its own.
    if stat.S_ISDIR(found.st_mode):
        return mark
    return (*mark, found.st_size, found.st_ctime_ns, found.st_nlink)


def _remove_new(folder: str, before: Manifest) -> None:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            known = entry.path in before
            if entry.is_dir(follow_symlinks=False):
                if known:
                    if not _is_mounted(entry):
                        _remove_new(entry.path, before)
                    continue
                shutil.rmtree(entry.path, onerror=_force)
            elif not known:
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)


def _force(function: object, path: str, _: object) -> None:
    """A folder without rights stands in the way of its own removal: give them back, try again."""
    with contextlib.suppress(OSError):
        os.chmod(os.path.dirname(path), 0o700)
        os.chmod(path, 0o700)
        if os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)


def copy(source: str, target: str, large: Callable[[str, str], None]) -> None:
    """Copy a file or a folder of files for everyone to read, whatever the rights of the original.

    ``large`` is called with source and target where a copy would cost too much. Links and
    devices below a folder are left out.
    """
    if os.path.isdir(source):
        os.makedirs(target, 0o755, exist_ok=True)
        with os.scandir(source) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False):
                    copy(entry.path, f"{target}/{entry.name}", large)
    elif os.path.getsize(source) > COPIED_BYTES:
        large(source, target)
    else:
        shutil.copyfile(source, target)
        os.chmod(target, 0o644)
