"""Making a folder of ours hold exactly the given files, whatever was there before."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from autograder.text import named

IMPORTABLE = (".py", ".pyc", ".so")
# These concern one file's name; a full or broken disk concerns everybody and is raised.
OF_ONE_NAME = {errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL}


def merged(students: Mapping[str, bytes], instructors: Mapping[str, bytes]) -> dict[str, bytes]:
    """Both files beside the notebook; where names get in each other's way the instructor's count.

    A file also stands in the way of a folder of its name.
    """
    taken = {part for name in instructors for part in (name, *_folders_of(name))}
    kept = {
        name: data
        for name, data in students.items()
        if name not in taken and not any(part in instructors for part in _folders_of(name))
    }
    return {**kept, **instructors}


def unshadowed(students: Mapping[str, bytes], instructors: Mapping[str, bytes]) -> dict[str, bytes]:
    """The student's files without those that Python would import in place of the instructor's."""
    modules = {_module(name) for name in instructors if name.endswith(IMPORTABLE)}
    return {
        name: data
        for name, data in students.items()
        if name in instructors or not (name.endswith(IMPORTABLE) and _module(name) in modules)
    }


def _module(name: str) -> str:
    """What a file belongs to as Python names it: its package, or itself."""
    return name.partition("/")[0].partition(".")[0]


def mirror(
    target: Path, files: Mapping[str, bytes], *, keep: Collection[str] = (), mode: int = 0o444
) -> tuple[str, ...]:
    """Make ``target`` hold exactly ``files`` (name with ``/`` → content), and its files ``keep``.

    What lies there as a link, a folder or anything else in the place of a file is taken away, not
    followed; what is right already stays. A name that this disk cannot hold is left out; these
    names are returned, fit for a message. Raises OSError for what concerns more than one name.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        target.unlink()
    target.mkdir(parents=True, exist_ok=True)
    _clear(target, "", files, keep)
    left_out = []
    for name, data in files.items():
        try:
            _put(target, name, data, mode)
        except OSError as error:
            if error.errno not in OF_ONE_NAME:
                raise
            left_out.append(named(name))
    return tuple(left_out)


def _folders_of(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _clear(folder: Path, prefix: str, files: Mapping[str, bytes], keep: Collection[str]) -> None:
    """Take away whatever is not to stay."""
    folders = {part for name in files for part in _folders_of(name)}
    pending = [(folder, prefix)]
    while pending:
        here, before = pending.pop()
        with os.scandir(here) as entries:
            found = list(entries)
        for entry in found:
            name = before + entry.name
            if entry.is_dir(follow_symlinks=False):
                if name in folders:
                    pending.append((Path(entry.path), f"{name}/"))
                else:
                    remove_tree(entry.path)
            elif not (entry.is_file(follow_symlinks=False) and (name in files or name in keep)):
                os.unlink(entry.path)


def remove_tree(path: str) -> None:
    """A folder with all that is in it; nbgrader makes folders read-only."""
    for place, _, _ in os.walk(path):
        with contextlib.suppress(OSError):
            os.chmod(place, stat.S_IRWXU)
    shutil.rmtree(path)


def _put(target: Path, name: str, data: bytes, mode: int) -> None:
    path = target / name
    with contextlib.suppress(OSError):
        if path.read_bytes() == data and stat.S_IMODE(path.stat().st_mode) == mode:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    # A short name of its own: the file's may be as long as a name can be.
    handle, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
