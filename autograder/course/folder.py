"""What one student handed in, as bytes: read once, within limits, never raising.

Whatever is odd about a submission becomes a sentence: a reason why nothing of it can be graded,
or what was left out. Nothing after this module opens a student's folder.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import stat
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from autograder.course.opening import folder_below, open_folder, read_file, why_no_file
from autograder.errors import SubmissionError
from autograder.text import named

TIMESTAMP = "timestamp.txt"
# Made by machines, not handed in: checkpoints, what a Mac adds to archives, hidden folders.
NOT_HANDED_IN = (".ipynb_checkpoints", "__MACOSX", "__pycache__", "._*", ".DS_Store")


@dataclass(frozen=True)
class ReadingLimits:
    """How much of a folder is read."""

    notebook_bytes: int = 32 * 2**20
    """Size of one notebook."""
    file_bytes: int = 100_000_000
    """Size of any other file."""
    total_bytes: int = 100_000_000
    """Size of everything together."""
    notebooks: int = 20
    """Nobody hands in more."""
    files: int = 1_000
    """Number of other files."""
    entries: int = 100_000
    """Names that are looked at at all."""
    depth: int = 6
    """Folders within folders."""
    troubles: int = 10
    """Sentences about what was left out."""
    seconds: float = 60.0
    """Wall clock time: a slow disk is given up."""


@dataclass(frozen=True)
class Submission:
    """One student's folder for one assignment; below ``root`` nothing is trusted."""

    student: str
    folder: Path
    root: Path | None = None
    """Where the instructor's part of the path ends; None: the folder's parent."""
    reason: str = ""
    """Why it cannot be graded, whatever lies in it."""
    notes: tuple[str, ...] = ()
    """What had to be decided to find it."""


@dataclass(frozen=True)
class HandedIn:
    """A submission as bytes: nothing of it has to be looked up on a disk any more."""

    student: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Name below the folder, with ``/`` → content; notebooks come first."""
    troubles: tuple[str, ...] = ()
    """What was left out or decided, a sentence each."""
    reason: str = ""
    """Why nothing of it can be graded; empty when it could be read."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Name → why it was not read, as in "is a named pipe"."""
    modified: Mapping[str, float] = field(default_factory=dict)
    """When each notebook was changed last, in seconds."""

    @property
    def notebooks(self) -> dict[str, bytes]:
        """What looks like a notebook, also what a browser renamed to ``.ipynb.txt``."""
        return {name: data for name, data in self.files.items() if is_notebook(name)}

    @property
    def side_files(self) -> dict[str, bytes]:
        """What the notebook may read: everything but notebooks and the time of handing in."""
        return {name: data for name, data in self.to_keep.items() if name != TIMESTAMP}

    @property
    def to_keep(self) -> dict[str, bytes]:
        """What lies beside the graded notebook: everything but notebooks."""
        return {
            name: data
            for name, data in self.files.items()
            if not any(part.endswith(".ipynb") for part in name.split("/"))
        }

    def parts(self) -> Iterator[bytes]:
        """Everything that a verdict depends on, for a fingerprint."""
        for text in (self.student, self.reason, *self.troubles):
            yield text.encode("utf-8", "backslashreplace")
        newest = max(self.modified.values(), default=0.0)
        for name, data in (self.side_files | self.notebooks).items():
            if name in self.modified:  # which of several counts is decided by their age
                yield f"{newest - self.modified[name]:.1f}".encode()
            yield name.encode()
            yield hashlib.sha256(data).digest()


def is_notebook(name: str) -> bool:
    """Does the name look like a notebook's?"""
    last = name.rpartition("/")[2].lower()
    return ".ipynb" in last and not last.startswith(".")


def hand_in(
    submission: Submission,
    *,
    ignore: Sequence[str] = (),
    foreign: Collection[tuple[int, int]] = (),
    limits: ReadingLimits | None = None,
) -> HandedIn:
    """Read what a student handed in; never raises for anything about the submission.

    ``ignore`` are patterns of names that count as not handed in; ``foreign`` are files (device
    and inode) that are nobody's submission: an unpacked archive may have made a hard link.
    """
    student = submission.student
    if submission.reason:
        return HandedIn(student, reason=submission.reason, troubles=submission.notes)
    root = submission.root or submission.folder.parent
    reading = _Reading((*NOT_HANDED_IN, *ignore), foreign, limits or ReadingLimits())
    try:
        with folder_below(root, submission.folder.relative_to(root).parts) as folder:
            reading.read(folder)
    except SubmissionError as error:
        return HandedIn(student, reason=str(error), troubles=submission.notes)
    except OSError as error:
        reason = f"the submission folder cannot be read: {error.strerror}"
        return HandedIn(student, reason=reason, troubles=submission.notes)
    return HandedIn(
        student,
        reading.files,
        (*submission.notes, *reading.troubles()),
        left_out=reading.left_out,
        modified=reading.modified,
    )


def read_beside(submission: Submission, name: str, limit: int) -> bytes:
    """One small file of a submission; SubmissionError when it is not there, or not an own one."""
    if submission.reason:
        raise SubmissionError(submission.reason)
    root = submission.root or submission.folder.parent
    with folder_below(root, submission.folder.relative_to(root).parts) as folder:
        return read_file(name, limit, parent=folder)


class _Reading:
    """The state of one walk, breadth first: what lies at the top is read before anything deeper."""

    def __init__(
        self,
        ignore: tuple[str, ...],
        foreign: Collection[tuple[int, int]],
        limits: ReadingLimits,
    ) -> None:
        self.ignore = ignore
        self.foreign = foreign
        self.limits = limits
        self.files: dict[str, bytes] = {}
        self.modified: dict[str, float] = {}
        self.left_out: dict[str, str] = {}
        self.further: list[str] = []
        self.looked_at = self.bytes = 0
        self.read_already = {True: 0, False: 0}  # notebooks, other files
        self.deadline = time.monotonic() + limits.seconds

    def read(self, top: int) -> None:
        level = [""]
        for _ in range(self.limits.depth):
            level = [below for prefix in level for below in self.folder(top, prefix)]
        for prefix in level:
            self.leave(prefix.rstrip("/"), "lies too deep")

    def folder(self, top: int, prefix: str) -> list[str]:
        """Read the files of one folder; the folders in it are for the next level."""
        descriptor = os.dup(top)
        try:
            for part in prefix.split("/")[:-1]:
                below = open_folder(descriptor, part)
                os.close(descriptor)
                descriptor = below
            names = self.names(descriptor)
            folders = []
            for name in names:
                if self.entry(descriptor, prefix, name):
                    folders.append(f"{prefix}{name}/")
            return folders
        except (SubmissionError, OSError) as error:
            if not prefix:
                raise
            self.leave(prefix.rstrip("/"), f"cannot be read: {error}")
            return []
        finally:
            os.close(descriptor)

    def names(self, descriptor: int) -> list[str]:
        """The folder's names, notebooks first."""
        left = self.limits.entries - self.looked_at
        with os.scandir(descriptor) as entries:
            names = [entry.name for entry in itertools.islice(entries, left)]
            if next(entries, None) is not None:
                self.tell(f"more than {self.limits.entries:,} names: the others were left out")
        self.looked_at += len(names)
        wanted = (n for n in names if not any(fnmatch(n, pattern) for pattern in self.ignore))
        return sorted(wanted, key=lambda name: (not is_notebook(name), os.fsencode(name)))

    def entry(self, parent: int, prefix: str, name: str) -> bool:
        """Read one file; is it a folder to be entered?"""
        whole = prefix + name
        try:
            found = os.stat(name, dir_fd=parent, follow_symlinks=False)
        except OSError as error:
            self.leave(whole, f"cannot be read: {error.strerror}")
            return False
        if not _is_utf8(name):
            self.leave(whole, "has a name that is not UTF-8: rename it")
            return False
        if stat.S_ISDIR(found.st_mode):
            if is_notebook(name):
                self.left_out[whole] = "is a directory"
            return not name.startswith(".")
        trouble = why_no_file(found.st_mode)
        if found.st_nlink > 1 and not trouble:
            linked = (found.st_dev, found.st_ino) in self.foreign
            linked = linked or found.st_uid != os.fstat(parent).st_uid
            trouble = "is a hard link to somebody else's file" if linked else ""
        if trouble:
            self.leave(whole, trouble)
        elif self.has_room(is_notebook(name)):
            self.file(parent, name, whole, found)
        return False

    def file(self, parent: int, name: str, whole: str, found: os.stat_result) -> None:
        """Keep the content of an ordinary file."""
        notebook = is_notebook(name)
        left = self.limits.total_bytes - self.bytes
        most = self.limits.notebook_bytes if notebook else self.limits.file_bytes
        if left < min(found.st_size, most):
            self.tell(f"more than {self.limits.total_bytes / 1e6:.0f} MB: not all of it was read")
            return
        try:
            data = read_file(name, min(most, left), parent=parent)
        except SubmissionError as error:
            self.leave(whole, str(error).removeprefix(f"{named(name)} "))
            return
        self.bytes += len(data)
        self.read_already[notebook] += 1
        self.files[whole] = data
        if notebook:
            self.modified[whole] = found.st_mtime

    def has_room(self, notebook: bool) -> bool:
        """May one more file be read?"""
        most = self.limits.notebooks if notebook else self.limits.files
        what = "notebooks" if notebook else "other files"
        if self.read_already[notebook] >= most:
            self.tell(f"more than {most:,} {what}: the others were left out")
            return False
        if time.monotonic() > self.deadline:
            self.tell(f"reading took more than {self.limits.seconds:g} s: not all of it was read")
            return False
        return True

    def leave(self, name: str, why: str) -> None:
        shown = name if _is_utf8(name) else named(name)
        if len(self.left_out) < self.limits.entries:
            self.left_out[shown] = why

    def tell(self, text: str) -> None:
        if text not in self.further:
            self.further.append(text)

    def troubles(self) -> Iterator[str]:
        """What was left out, not endlessly many sentences."""
        lines = [f"{named(name)} {why}; it was left out" for name, why in self.left_out.items()]
        yield from lines[: self.limits.troubles]
        if len(lines) > self.limits.troubles:
            yield f"{len(lines) - self.limits.troubles} further files were left out"
        yield from self.further


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
