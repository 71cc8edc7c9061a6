"""The comparison: reference, untouched release and some submissions, graded here and by stock.

Nothing of the course is written: stock grades in a scratch copy, and what is graded here is told
and forgotten.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from autograder.batch import premises
from autograder.batch.grading import Task, examine, grade_handed_in, not_graded
from autograder.batch.running import chosen, make_tasks
from autograder.batch.workers import WorkerPool, closing, process_pool
from autograder.compare.reasons import REFERENCE, UNTOUCHED, Reason, reason
from autograder.compare.stock import Stock, StockCell, StockVerdict, stock_of
from autograder.course import release
from autograder.course.directory import Course
from autograder.course.folder import HandedIn, Submission
from autograder.course.private import private_places
from autograder.errors import HostTrouble
from autograder.limits import Limits
from autograder.settings import Judge
from autograder.verdict import SubmissionVerdict

Say = Callable[[str], None]


@dataclass(frozen=True)
class Difference:
    """One test cell with two scores; None is no score at all."""

    who: str
    notebook: str
    cell: str
    points: float
    stock: float | None
    here: float | None
    reason: Reason

    def __str__(self) -> str:
        return (
            f"{self.who}: {self.notebook}/{self.cell}: stock gives {_shown(self.stock)}, this "
            f"grader {_shown(self.here)} of {self.points:g}; {_right(self.reason)}: "
            f"{self.reason.why}"
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "who": self.who, "notebook": self.notebook, "cell": self.cell, "points": self.points,
            "stock": self.stock, "here": self.here, "right": self.reason.right,
            "why": self.reason.why,
        }  # fmt: skip


@dataclass
class Comparison:
    """All differences, and how many cells were compared for whom."""

    assignment: str
    cells: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        return not self.differences

    def summary(self) -> str:
        """The closing line."""
        number = sum(self.cells.values())
        left = len(self.differences)
        whom = f"{len(self.cells)} notebooks" if len(self.cells) != 1 else "one notebook"
        differ = f"{left} differ" if left else "all equal"
        return f"{self.assignment}: {number} test cells of {whom} compared with stock: {differ}"

    def to_json(self) -> dict[str, Any]:
        return {
            "assignment": self.assignment,
            "compared": self.cells,
            "differences": [each.to_json() for each in self.differences],
            "notes": self.notes,
        }


def compare(
    course: Course,
    assignment: str,
    *,
    submissions: int = 0,
    students: Sequence[str] = (),
    limits: Limits | None = None,
    say: Say = print,
) -> Comparison:
    """Grade the assignment in both ways; each difference is said when it is found.

    ``submissions`` is the number of students' notebooks that are graded too, ``students`` names
    them instead. Stock nbgrader runs these with the caller's rights, without walls.
    """
    with contextlib.chdir(course.root):
        notebooks = release.load(course, assignment, say)
        some = _chosen(course, assignment, submissions, students)
        settings = Judge.of(course.config)
        premises.keep(private_places(course))
        tasks = make_tasks(course, assignment, notebooks, settings, limits)
        asked = limits or settings.allowed()
        with stock_of(course, assignment, asked) as stock, closing(process_pool(1)) as pool:
            both = _Both(stock, pool, tasks, say)
            released = stock.release()
            solved = {f"{n.name}.ipynb": json.dumps(n.source).encode() for n in notebooks}
            both.grade(REFERENCE, HandedIn(REFERENCE, {**released, **solved}))
            both.grade(UNTOUCHED, HandedIn(UNTOUCHED, released))
            for submission in some:
                both.grade(submission.student, course.hand_in(submission))
    return both.found


def _chosen(
    course: Course, assignment: str, number: int, students: Sequence[str]
) -> list[Submission]:
    if not number and not students:
        return []
    some = chosen(course, assignment, students)
    return some if students else some[:number]


class _Both:
    """Grades one notebook after the other in both ways."""

    def __init__(self, stock: Stock, pool: WorkerPool, tasks: Mapping[str, Task], say: Say) -> None:
        self.stock = stock
        self.pool = pool
        self.say = say
        self.found = Comparison(stock.assignment)
        self.faulty: dict[tuple[str, str], str] = {}
        self.tasks = {name: self._examined(task) for name, task in tasks.items()}

    def _examined(self, task: Task) -> Task:
        """The task as a run would grade it; what the instructor should mend is noted."""
        report = self.pool.submit(examine, task).result()
        self.found.notes += [*report.problems, *report.notes]
        return replace(task, manner=report.manner)

    def grade(self, who: str, handed_in: HandedIn) -> None:
        """Note and say how the two differ about this notebook."""
        theirs = self.stock.grade(f"compared-{len(self.found.cells)}", handed_in.files)
        if who == REFERENCE:
            self.faulty = {key: _fault(cell) for key, cell in theirs.cells.items()}
        self.found.cells[who] = 0
        for name, task in self.tasks.items():
            verdict = self._graded(task, handed_in)
            self.found.cells[who] += len(verdict.tests)
            for difference in differences(who, name, theirs, verdict, self.faulty):
                self.found.differences.append(difference)
                self.say(str(difference))

    def _graded(self, task: Task, handed_in: HandedIn) -> SubmissionVerdict:
        graded = self.pool.submit(grade_handed_in, task, handed_in)
        try:
            verdict: SubmissionVerdict = graded.result().verdict
        except HostTrouble as trouble:
            verdict = not_graded(task, handed_in.student, str(trouble)).verdict
        return verdict


def _fault(cell: StockCell) -> str:
    """Why the reference does not get all points from stock; empty if it does."""
    if cell.score is not None and cell.score >= cell.max_score:
        return ""
    return cell.error or cell.stderr or "it gets fewer points"


def differences(
    who: str,
    notebook: str,
    stock: StockVerdict,
    here: SubmissionVerdict,
    faulty: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> Iterator[Difference]:
    """The test cells that the two give different scores; ``faulty`` fail for the reference."""
    for name, test in here.tests.items():
        cell = stock.cells.get((notebook, name))
        score = cell.score if cell is not None else None
        if not _same(score, test.score):
            why = reason(who, cell, stock.trouble, test, faulty.get((notebook, name), ""))
            yield Difference(who, notebook, name, test.max_score, score, test.score, why)


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < 1e-9


def _shown(score: float | None) -> str:
    return "no score" if score is None else f"{score:g}"


def _right(found: Reason) -> str:
    return found.right if found.right == "to be looked at" else f"{found.right} is right"
