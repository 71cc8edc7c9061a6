"""``nbgrader export``: the gradebook as a table in which nothing unknown looks like a zero.

The columns are those of nbgrader's own exporter, and a last one that says what a score means.
``configuration.configure`` makes this the course's exporter.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Assignment, Gradebook, Student
from nbgrader.plugins import ExportPlugin
from sqlalchemy import select

from autograder.batch.sheets import Sheet, sheets

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score", "status",
)  # fmt: skip

GRADED = "graded"
MANUAL = "manual grading pending"
PARTLY = "not graded in part"
NOT_GRADED = "not graded"
ABSENT = "not handed in"

# What a spreadsheet takes for a formula when a text begins with it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Standing:
    """What is known about one student's assignment; None is not known, never zero."""

    status: str
    raw: float | None = None
    penalty: float | None = None
    timestamp: Any = None

    @property
    def score(self) -> float | None:
        return None if self.raw is None else max(0.0, self.raw - (self.penalty or 0.0))


def standing(found: Mapping[str, Sheet], manual: Mapping[str, frozenset[str]]) -> Standing:
    """A student's notebooks as one line of the table.

    ``manual`` names the cells of each notebook that a human grades.
    """
    if not found:
        return Standing(ABSENT)
    marks = [
        (mark, cell in manual.get(notebook, ()))
        for notebook, sheet in found.items()
        for cell, mark in sheet.marks.items()
    ]
    tests = [mark.score for mark, by_hand in marks if not by_hand]
    timestamp = next(iter(found.values())).timestamp
    if tests and all(score is None for score in tests):
        return Standing(NOT_GRADED, timestamp=timestamp)
    status = MANUAL if any(mark.waits for mark, _ in marks) else GRADED
    if None in tests:
        status = PARTLY
    raw = sum(mark.score or 0.0 for mark, _ in marks)
    return Standing(status, raw, sum(sheet.penalty for sheet in found.values()), timestamp)


def shown(value: Any) -> str:
    """A value for one field of the table: never a formula, and empty for what is not known."""
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


class GradesExporter(ExportPlugin):
    """Writes one line for each student and assignment, absent students included."""

    def export(self, gradebook: Gradebook) -> None:
        target = self.to or "grades.csv"
        self.log.info("Exporting grades to %s", target)
        lines = list(self._lines(gradebook))
        try:
            with open(target, "w", newline="", encoding="utf-8", errors="backslashreplace") as file:
                table = csv.writer(file, lineterminator="\n")
                table.writerow(COLUMNS)
                table.writerows([shown(value) for value in line] for line in lines)
        except OSError as error:
            self.log.error("%s cannot be written: %s", target, error.strerror)
            sys.exit(1)

    def _lines(self, gradebook: Gradebook) -> Iterator[list[Any]]:
        students = self._chosen(_students(gradebook), self.student, "id")
        for assignment in self._chosen(gradebook.assignments, self.assignment, "name"):
            known = sheets(gradebook, assignment.name)
            by_student: dict[str, dict[str, Sheet]] = {}
            for (student, notebook), sheet in known.items():
                by_student.setdefault(student, {})[notebook] = sheet
            manual = _manual_cells(assignment)
            about = assignment.name, assignment.duedate, assignment.max_score
            for student in students:
                found = standing(by_student.get(student.id, {}), manual)
                yield _line(*about, student, found)

    def _chosen(self, rows: Iterable[Any], asked: list[Any], key: str) -> list[Any]:
        """The rows that were asked for, all when none was; a name that is unknown is told."""
        rows, names = list(rows), [str(name) for name in asked]
        for name in sorted(set(names) - {getattr(row, key) for row in rows}):
            self.log.warning("The gradebook does not know %s", name)
        return [row for row in rows if not names or getattr(row, key) in names]


def _students(gradebook: Gradebook) -> list[Any]:
    """The columns of every student, in nbgrader's order.

    Its own objects would be asked for again one by one, each with the sum of all its scores.
    """
    table = Student.__table__
    columns = table.c.id, table.c.last_name, table.c.first_name, table.c.email
    order = table.c.last_name, table.c.first_name, table.c.id
    return list(gradebook.db.execute(select(*columns).order_by(*order)))


def _line(name: str, due: Any, most: float, student: Any, found: Standing) -> list[Any]:
    return [
        name, due, found.timestamp, student.id, student.last_name,
        student.first_name, student.email, found.raw, found.penalty, found.score,
        most, found.status,
    ]  # fmt: skip


def _manual_cells(assignment: Assignment) -> dict[str, frozenset[str]]:
    """Of each notebook the graded cells that hold an answer or a task: no test decides them."""
    return {
        notebook.name: frozenset(
            cell.name for cell in (*notebook.solution_cells, *notebook.task_cells)
        )
        for notebook in assignment.notebooks
    }
