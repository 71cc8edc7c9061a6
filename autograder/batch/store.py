"""Verdicts on disk: one file for each student and notebook, replaced in one step.

A verdict's file is written before the gradebook hears of it, so that a killed run can go on
where it was. It carries the key of everything the verdict depends on: the submitted bytes, the
source notebook with its data and named mistakes, the limits, and the grader itself.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from autograder.batch.fingerprint import digest, grader, marks_of
from autograder.batch.grading import Task
from autograder.course.directory import Course
from autograder.course.folder import HandedIn
from autograder.errors import GraderError
from autograder.verdict import SubmissionVerdict

FORMAT = 1
NOT_FILED, FILED = b'"filed": false', b'"filed": true '
"""No text within the file reads like that: its quotation marks would have a backslash."""
PARTS = ".new-", ".part"
"""How the name of a file that is being written begins and ends."""


@dataclass(frozen=True)
class Record:
    """A verdict with what is needed to use it again."""

    key: str
    """Fingerprint of all that the verdict depends on."""
    submitted: str
    """Fingerprint of the submission alone."""
    verdict: SubmissionVerdict
    untouched: tuple[str, ...] = ()
    """Answer cells that still held the released text."""
    detail: str = ""
    """Why the grader itself failed: for the instructor, never for the student."""
    filed: bool = False
    """Has the gradebook been told?"""

    def to_json(self) -> dict[str, Any]:
        outputs = [output.to_json() for output in self.verdict.outputs]
        return {
            "format": FORMAT,
            "key": self.key,
            "submitted": self.submitted,
            "untouched": list(self.untouched),
            "detail": self.detail,
            "filed": self.filed,
            "verdict": {**self.verdict.to_json(), "outputs": outputs},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Record:
        return cls(
            key=data["key"],
            submitted=data["submitted"],
            verdict=SubmissionVerdict.from_json(data["verdict"]),
            untouched=tuple(data["untouched"]),
            detail=data["detail"],
            filed=data["filed"],
        )


def brief(verdict: SubmissionVerdict) -> SubmissionVerdict:
    """Scores, reasons and messages, without outputs and curves."""
    tests = {name: replace(test, evidence=()) for name, test in verdict.tests.items()}
    return replace(verdict, tests=tests, outputs=())


def path_of(course: Course, student: str, assignment: str, notebook: str) -> Path:
    """``verdicts/<student>/<assignment>/<notebook>.json``, beside nbgrader's autograded folder."""
    return course.folder("verdicts", student, assignment) / f"{notebook}.json"


def load(
    course: Course, student: str, assignment: str, notebook: str, *, outputs: bool = True
) -> Record | None:
    """The stored verdict; None when there is none of this format.

    Without ``outputs``, what cells printed and drew is left on the disk.
    """
    try:
        data = json.loads(path_of(course, student, assignment, notebook).read_bytes())
        if not outputs:
            data["verdict"]["outputs"] = []
        return Record.from_json(data) if data.get("format") == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def save(course: Course, assignment: str, notebook: str, record: Record) -> None:
    """Put the verdict on disk, whole or not at all; it stays there after a power cut."""
    path = path_of(course, record.verdict.student, assignment, notebook)
    write_whole(path, dump_json(record.to_json(), indent=None))
    sync(path.parent)


def mark_filed(course: Course, student: str, assignment: str, notebook: str) -> None:
    """Say in the verdict's file that the gradebook has it.

    The mark is as long as the word it replaces: a write of one place leaves the file whole. If it
    is lost, the verdict is filed once more.
    """
    path = path_of(course, student, assignment, notebook)
    data = path.read_bytes()
    place = data.find(NOT_FILED)
    if place < 0:
        return
    try:
        with path.open("r+b") as file:
            file.seek(place)
            file.write(FILED)
    except PermissionError:  # a colleague's file in a folder that both may write to
        write_whole(path, data.replace(NOT_FILED, FILED, 1))


def dump_json(data: Any, indent: int | None = 1) -> bytes:
    """JSON that every reader accepts: an infinite or undefined number becomes null.

    Without ``indent`` it is written ten times as fast.
    """
    text = json.dumps(_finite(data), allow_nan=False, ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "replace") + b"\n"


def _finite(data: Any) -> Any:
    if isinstance(data, float) and not math.isfinite(data):
        return None
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return data


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file so that no reader ever sees a part of it, not even after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A short name of its own: the file's may be as long as a name can be.
    prefix, suffix = PARTS
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=suffix, dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def sync(folder: Path) -> None:
    """A folder's names are on disk as well when this returns, where its file system can do that."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno in {errno.EIO, errno.ENOSPC, errno.EDQUOT}:
            raise


def sweep(folder: Path) -> None:
    """Remove what a killed run was writing there; for the one writer of the folder alone."""
    prefix, suffix = PARTS
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(prefix) and entry.name.endswith(suffix):
                os.unlink(entry.path)


def publish(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file whole; GraderError, in one line, where that cannot be."""
    try:
        write_whole(path, data, mode)
    except OSError as error:
        raise GraderError(f"{path} cannot be written: {why_not(error, path)}") from error


def why_not(error: OSError, path: Path) -> str:
    """What stands in the way of writing ``path``, and what to do about it."""
    for parent in path.parents:
        if os.path.lexists(parent):
            if not parent.is_dir():
                return f"{parent} is a file where a folder should be; move it away"
            break
    if path.is_dir():
        return "it is a folder where a file should be; move it away"
    return f"{error.strerror or error} ({error.filename or path})"


# Keys ---------------------------------------------------------------------------------------


def key_of_task(task: Task) -> str:
    """Fingerprint of everything but the submission."""
    settings: list[Any] = [asdict(task.limits), task.delimiters, task.plan.shown]
    settings += [sorted(task.others), task.inside]
    parts = [repr(sorted(grader().items())).encode(), task.source.encode(), task.released.encode()]
    parts.append(json.dumps(settings, sort_keys=True).encode())
    for files in (task.catalogue, task.files):
        parts.append(str(len(files)).encode())
        for name in sorted(files):
            parts += [name.encode("utf-8", "surrogateescape"), files[name]]
    return digest([*parts, *marks_of(task.plan.shown)])


def key_of_submission(handed_in: HandedIn, name: str) -> str:
    """Fingerprint of all that one student handed in where the notebook ``name`` is expected."""
    return digest([name.encode(), *handed_in.parts()])


def joined(task: str, submission: str) -> str:
    """The key of a verdict."""
    return digest([task.encode(), submission.encode()])
