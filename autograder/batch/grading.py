"""One submission of one notebook, from its folder to its verdict: what a worker process does.

A worker touches neither the gradebook nor any file of the course; what it returns is plain data.
"""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder import catalogue
from autograder.catalogue import Catalogue
from autograder.course.cells import Notebook, grade_id, points_by_test
from autograder.course.folder import find
from autograder.errors import CourseError, SandboxUnavailable, SubmissionError
from autograder.limits import Limits
from autograder.pages.annotating import annotated
from autograder.repair.reading import parse
from autograder.repair.rebuilding import Repaired, repair, repaired_from
from autograder.verdict import SubmissionVerdict, TestVerdict

GRADER_FAILED = "the grader itself failed; your instructor sees why and will grade again"


@dataclass(frozen=True)
class Task:
    """What all submissions of one notebook share: it carries bytes, and no path of this machine."""

    assignment: str
    notebook: str
    source: str
    """The instructor's notebook with solutions and hidden tests, as JSON."""
    released: str
    """The notebook as students got it, as JSON."""
    limits: Limits
    catalogue: Mapping[str, bytes] = field(default_factory=dict)
    """The modules of named mistakes and alternatives."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The instructor's data files, by their names beside the notebook."""
    others: frozenset[str] = frozenset()
    """Names of the assignment's other notebooks."""
    require_sandbox: bool = False
    shown: tuple[str, ...] = ()
    """What the student's code may read of this machine, besides Python and its libraries."""


@dataclass(frozen=True)
class Graded:
    """A verdict with the notebook that was graded; None when there was nothing to grade."""

    verdict: SubmissionVerdict
    notebook: dict[str, Any] | None = None
    untouched: tuple[str, ...] = ()
    detail: str = ""


def grade_folder(task: Task, student: str, folder: Path) -> Graded:
    """Grade what a student handed in.

    Raises CourseError and SandboxUnavailable only: those concern every submission alike.
    Anything else that goes wrong is a verdict "not graded" with its reason.
    """
    return _guarded(task, student, lambda: _judged(task, student, read(task, folder)))


def grade_repaired(task: Task, student: str, notebook: dict[str, Any]) -> Graded:
    """Grade a notebook that was repaired before, as nbgrader's pipeline has it."""
    return _guarded(task, student, lambda: _judged(task, student, repaired_from(notebook)))


def read(task: Task, folder: Path) -> Repaired:
    """Find, read and repair the notebook; SubmissionError when that cannot be."""
    source, released = _parsed(task.source), _parsed(task.released)
    wanted = {grade_id(cell) for cell in released["cells"]} - {""}
    name = f"{task.notebook}.ipynb"

    def recognise(data: bytes) -> bool:
        """Does this file of another name hold most of the assignment's cells?"""
        try:
            claims = {cell.claim for cell in parse(data, name).cells}
        except SubmissionError:
            return False
        return 2 * len(wanted & claims) > len(wanted)

    found = find(folder, task.notebook, others=task.others, recognise=recognise)
    repaired = repair(parse(found.data, found.path.name), released, source, found.path.name)
    repairs = (*found.repairs, *repaired.repairs)
    repaired.notebook["metadata"]["autograder"]["repairs"] = list(repairs)
    return replace(repaired, repairs=repairs)


def _judged(task: Task, student: str, repaired: Repaired) -> Graded:
    from autograder.judge import grade  # noqa: PLC0415 (imports NumPy and the sandbox)

    verdict = grade(
        _parsed(task.source),
        repaired.notebook,
        student=student,
        assignment=task.assignment,
        files=_staged(_items(task.files)),
        limits=task.limits,
        catalogue=_catalogue(task.assignment, _items(task.catalogue)),
        require_sandbox=task.require_sandbox,
    )
    verdict = replace(verdict, repairs=(*repaired.repairs, *verdict.repairs))
    if verdict.status == "not graded":
        return Graded(verdict, untouched=repaired.untouched)
    return Graded(verdict, annotated(repaired.notebook, verdict), repaired.untouched)


def _guarded(task: Task, student: str, work: Any) -> Graded:
    try:
        graded: Graded = work()
    except SubmissionError as error:
        return not_graded(task, student, str(error))
    except (CourseError, SandboxUnavailable):
        raise
    except Exception:
        return not_graded(task, student, GRADER_FAILED, traceback.format_exc())
    return graded


def not_graded(task: Task, student: str, reason: str, detail: str = "") -> Graded:
    """A verdict that gives no score, and says why."""
    tests = {
        name: TestVerdict(name, None, points, "not graded")
        for name, points in points_by_test(_parsed(task.released)).items()
    }
    return Graded(SubmissionVerdict(student, "not graded", reason, tests), detail=detail)


@lru_cache(maxsize=8)
def _parsed(text: str) -> Notebook:
    notebook: dict[str, Any] = json.loads(text)
    return notebook


Items = tuple[tuple[str, bytes], ...]


def _items(files: Mapping[str, bytes]) -> Items:
    return tuple(sorted(files.items()))


@lru_cache(maxsize=4)
def _catalogue(assignment: str, modules: Items) -> Catalogue:
    """The named mistakes and alternatives; read from a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="catalogue-") as place:
        folder = Path(place, assignment)
        _write(folder, modules)
        try:
            return catalogue.load(folder)
        except CourseError as error:
            raise CourseError(str(error).replace(f"{place}/", "")) from error


@lru_cache(maxsize=4)
def _staged(files: Items) -> Path | None:
    """A folder of this worker's own with the data files, readable for everyone."""
    if not files:
        return None
    folder = Path(tempfile.mkdtemp(prefix="grading-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _write(folder, files)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def _write(folder: Path, files: Items) -> None:
    for name, data in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
