"""One submission of one notebook, from its bytes to its verdict: what a worker process does.

A worker touches neither the gradebook nor any file of the course; what it returns is plain data.
"""

from __future__ import annotations

import contextlib
import json
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from autograder import catalogue
from autograder.batch import premises
from autograder.catalogue import Catalogue
from autograder.course.cells import Notebook, grade_id, is_answer, points_by_test
from autograder.course.choosing import Worth, find
from autograder.course.folder import HandedIn
from autograder.course.mirroring import unshadowed
from autograder.errors import CourseError, HostTrouble, SandboxUnavailable, SubmissionError
from autograder.judge.manner import Manner
from autograder.limits import Limits
from autograder.pages.annotating import annotated
from autograder.repair.reading import parse
from autograder.repair.rebuilding import Repaired, repair, repaired_from
from autograder.sandbox.walls import Plan
from autograder.text import named
from autograder.timing import TookTooLong, within
from autograder.verdict import SubmissionVerdict, TestVerdict

if TYPE_CHECKING:
    from autograder.judge import ReferenceReport

READING_SECONDS = 60
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
    """Names of the assignment's other notebooks, those of other languages included."""
    delimiters: tuple[str, str] = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
    """What the first and the last line of hidden tests hold."""
    require_sandbox: bool = False
    plan: Plan = field(default_factory=Plan)
    """What every sandbox shows beside Python and its libraries."""
    inside: bool = True
    """May cells that cannot be judged from outside run in the student's process?"""
    manner: Manner = field(default_factory=Manner)
    """How the cells are judged, as the reference has shown."""


@dataclass(frozen=True)
class Graded:
    """A verdict with the notebook that was graded; None when there was nothing to grade."""

    verdict: SubmissionVerdict
    notebook: dict[str, Any] | None = None
    untouched: tuple[str, ...] = ()
    detail: str = ""


def grade_handed_in(task: Task, handed_in: HandedIn) -> Graded:
    """Grade what a student handed in.

    Raises CourseError and SandboxUnavailable, which concern every submission alike, and
    HostTrouble, after which the same submission may be tried once more. Anything else that goes
    wrong is a verdict "not graded" with its reason.
    """
    student = handed_in.student
    return _guarded(task, student, lambda: _judged(task, handed_in, read(task, handed_in)))


def grade_repaired(task: Task, handed_in: HandedIn, notebook: dict[str, Any]) -> Graded:
    """Grade a notebook that was repaired before, as nbgrader's pipeline has it.

    What the host could not give is tried once more here, since nobody else does.
    """
    student = handed_in.student

    def judged() -> Graded:
        return _guarded(task, student, lambda: _judged(task, handed_in, repaired_from(notebook)))

    try:
        with contextlib.suppress(HostTrouble):
            return judged()
        return judged()
    except HostTrouble as trouble:
        return not_graded(task, student, str(trouble))


def get_ready() -> None:
    """Import what grading needs, which else the first submission would wait for."""
    from autograder import judge  # noqa: PLC0415, F401
    from autograder.pages import markdown  # noqa: PLC0415, F401


def examine(task: Task) -> ReferenceReport:
    """Grade the instructor's own solution, in the way in which every submission is graded."""
    from autograder import judge  # noqa: PLC0415 (imports NumPy and the sandbox)

    return judge.examine_reference(
        _parsed(task.source),
        assignment=task.assignment,
        files=task.files,
        limits=task.limits,
        catalogue=_catalogue_of(task),
        delimiters=task.delimiters,
        require_sandbox=task.require_sandbox,
        plan=premises.on_these(task.plan),
        inside=task.inside,
    )


def read(task: Task, handed_in: HandedIn) -> Repaired:
    """Choose, read and repair the notebook; SubmissionError when that cannot be."""
    try:
        with within(READING_SECONDS):
            return _read(task, handed_in)
    except TookTooLong as error:
        raise SubmissionError(f"reading the notebook took {error}") from error


def _read(task: Task, handed_in: HandedIn) -> Repaired:
    source, released = _parsed(task.source), _parsed(task.released)
    wanted = {grade_id(cell) for cell in released["cells"]} - {""}

    def worth(name: str, data: bytes, expected: bool) -> Worth:
        """Is it this notebook, by its name or by most of its cells, and was it worked on?"""
        try:
            parsed = parse(data, name)
            claims = {cell.claim for cell in parsed.cells}
            if not expected and 2 * len(wanted & claims) <= len(wanted):
                return Worth.OTHER
            untouched = repair(parsed, released, source, name).untouched
        except SubmissionError:
            return Worth.OTHER
        return Worth.UNTOUCHED if set(untouched) == answers else Worth.WORK

    answers = {grade_id(cell) for cell in released["cells"] if grade_id(cell) and is_answer(cell)}
    found = find(handed_in, task.notebook, others=task.others, worth=worth)
    name = named(found.name)
    repaired = repair(parse(found.data, name), released, source, name)
    repairs = (*handed_in.troubles, *found.repairs, *repaired.repairs)
    repaired.notebook["metadata"]["autograder"]["repairs"] = list(repairs)
    return replace(repaired, repairs=repairs)


def _judged(task: Task, handed_in: HandedIn, repaired: Repaired) -> Graded:
    from autograder.judge import grade  # noqa: PLC0415 (imports NumPy and the sandbox)

    verdict = grade(
        _parsed(task.source),
        repaired.notebook,
        student=handed_in.student,
        assignment=task.assignment,
        files=task.files,
        handed_in=unshadowed(handed_in.side_files, task.files),
        limits=task.limits,
        catalogue=_catalogue_of(task),
        delimiters=task.delimiters,
        require_sandbox=task.require_sandbox,
        plan=premises.on_these(task.plan),
        manner=task.manner,
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
    except (CourseError, SandboxUnavailable, HostTrouble):
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


def _catalogue_of(task: Task) -> Catalogue:
    return _catalogue(tuple(sorted(task.catalogue.items())), task.source)


@lru_cache(maxsize=4)
def _catalogue(modules: tuple[tuple[str, bytes], ...], source: str) -> Catalogue:
    return catalogue.from_sources(dict(modules), source)
