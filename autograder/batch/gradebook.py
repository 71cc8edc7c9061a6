"""Verdicts into nbgrader's gradebook: the same rows as ``nbgrader autograde``, in one transaction.

nbgrader's own session is used; its tables are written with one statement a table, which costs a
hundredth of what its object layer does. Manual scores, comments and extra credit are never
touched.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Table, bindparam, insert, select, update

from autograder.batch.penalties import Penalties
from autograder.course import cells
from autograder.errors import CourseError
from autograder.verdict import SubmissionVerdict

NO_RESPONSE = "No response."


@dataclass(frozen=True)
class Marks:
    """What one verdict means for the gradebook: automatic scores and comments by grade_id."""

    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]


def marks(released: cells.Notebook, verdict: SubmissionVerdict, untouched: Iterable[str]) -> Marks:
    """nbgrader's rules: a test scores what it gave; an untouched written answer scores 0 and
    gets a comment; any other one waits for a human.

    ``None`` is "not known", never zero: so it stays where a test or the whole submission was not
    graded.
    """
    graded = verdict.status == "graded"
    empty = set(untouched) if graded else set()
    scores: dict[str, float | None] = {}
    comments: dict[str, str | None] = {}
    for cell in released["cells"]:
        name = cells.grade_id(cell)
        settings = cells.settings(cell)
        if cells.is_test(cell):
            test = verdict.tests.get(name)
            scores[name] = test.score if test is not None else None
        elif settings.get("grade"):
            scores[name] = 0.0 if name in empty else None
        if settings.get("task"):
            comments[name] = None
        elif settings.get("solution"):
            comments[name] = NO_RESPONSE if name in empty else None
    return Marks(scores, comments)


@dataclass
class Entry:
    """What the gradebook says about one submitted notebook."""

    timestamp: datetime.datetime | None
    scores: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class _Known:
    """A notebook's cells in the database: grade_id → key."""

    key: str
    graded: dict[str, str]
    commented: dict[str, str]


class Writer:
    """Writes one assignment's verdicts; made once for a class."""

    def __init__(self, gradebook: Gradebook, assignment: str, config: Any) -> None:
        self.session = gradebook.db
        record: Assignment = gradebook.find_assignment(assignment)
        self.assignment: str = record.id
        self.duedate: datetime.datetime | None = record.duedate
        self.notebooks = {notebook.name: _known(notebook) for notebook in record.notebooks}
        self.session.rollback()
        self.penalties = Penalties(self.session, self.assignment, config)

    def entries(self) -> dict[tuple[str, str], Entry]:
        """What is stored now: (student, notebook) → automatic scores."""
        rows = self.session.execute(
            select(
                SubmittedAssignment.student_id,
                Notebook.name,
                SubmittedAssignment.timestamp,
                Grade.cell_id,
                Grade.auto_score,
            )
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .where(SubmittedAssignment.assignment_id == self.assignment)
        ).all()
        self.session.rollback()
        names = {
            key: name for known in self.notebooks.values() for name, key in known.graded.items()
        }
        found: dict[tuple[str, str], Entry] = {}
        for student, notebook, timestamp, cell, score in rows:
            entry = found.setdefault((student, notebook), Entry(timestamp))
            if cell in names:
                entry.scores[names[cell]] = score
        return found

    def agrees(
        self, entry: Entry | None, marks: Marks, timestamp: datetime.datetime | None
    ) -> bool:
        """Is there nothing to write?"""
        if entry is None or (timestamp is not None and entry.timestamp != timestamp):
            return False
        return all(
            name in entry.scores and entry.scores[name] == score
            for name, score in marks.scores.items()
        )

    def record(
        self,
        student: str,
        notebook: str,
        marks: Marks,
        timestamp: datetime.datetime | None,
        *,
        resubmitted: bool = True,
    ) -> None:
        """Store one verdict, all of it or nothing.

        A cell that was graded by hand asks for it again, as in nbgrader, unless the student
        handed in nothing new and the automatic score is the same.
        """
        known = self.notebooks.get(notebook)
        if known is None:
            raise CourseError(f"the gradebook knows no notebook {notebook!r}")
        try:
            moment, extension, submitted = self._submission(student, known, timestamp)
            score = self._grades(submitted, known, marks, resubmitted)
            self._comments(submitted, known, marks)
            penalty = self.penalties.of(student, score, moment, self.duedate, extension)
            self.session.execute(
                update(_table(SubmittedNotebook))
                .where(_table(SubmittedNotebook).c.id == submitted)
                .values(late_submission_penalty=penalty)
            )
            self.session.commit()
        except BaseException:
            self.session.rollback()
            raise

    def _submission(
        self, student: str, known: _Known, timestamp: datetime.datetime | None
    ) -> tuple[datetime.datetime | None, datetime.timedelta | None, str]:
        """The submission's timestamp, its extension and its notebook's key; made if need be."""
        session, submissions = self.session, _table(SubmittedAssignment)
        found = session.execute(
            select(submissions.c.id, submissions.c.timestamp, submissions.c.extension).where(
                submissions.c.assignment_id == self.assignment,
                submissions.c.student_id == student,
            )
        ).one_or_none()
        if found is None:
            return timestamp, None, self._created(student, timestamp)[known.key]
        if timestamp is not None and found.timestamp != timestamp:
            session.execute(
                update(submissions).where(submissions.c.id == found.id).values(timestamp=timestamp)
            )
        notebooks = _table(SubmittedNotebook)
        submitted = session.execute(
            select(notebooks.c.id).where(
                notebooks.c.assignment_id == found.id, notebooks.c.notebook_id == known.key
            )
        ).scalar_one()
        return timestamp or found.timestamp, found.extension, submitted

    def _created(self, student: str, timestamp: datetime.datetime | None) -> dict[str, str]:
        """Make the rows of a new submission, as nbgrader does: the course's notebook → its own."""
        session, students = self.session, _table(Student)
        if not session.execute(select(students.c.id).where(students.c.id == student)).first():
            session.execute(insert(students).values(id=student))
        submission = session.execute(
            insert(_table(SubmittedAssignment)).values(
                assignment_id=self.assignment, student_id=student, timestamp=timestamp
            )
        ).inserted_primary_key[0]
        submitted: dict[str, str] = {}
        for known in self.notebooks.values():
            submitted[known.key] = session.execute(
                insert(_table(SubmittedNotebook)).values(
                    assignment_id=submission, notebook_id=known.key
                )
            ).inserted_primary_key[0]
            for model, keys in ((Grade, known.graded), (Comment, known.commented)):
                rows = [
                    {"notebook_id": submitted[known.key], "cell_id": key} for key in keys.values()
                ]
                if rows:
                    session.execute(insert(_table(model)), rows)
        return submitted

    def _grades(self, submitted: str, known: _Known, marks: Marks, resubmitted: bool) -> float:
        """Write the automatic scores; the notebook's score with manual ones and extra credit."""
        grades = _table(Grade)
        rows = self.session.execute(
            select(
                grades.c.id,
                grades.c.cell_id,
                grades.c.auto_score,
                grades.c.manual_score,
                grades.c.extra_credit,
                grades.c.needs_manual_grade,
            )
            .where(
                # nbgrader's index begins with the cell: by the notebook alone all is gone through.
                grades.c.cell_id.in_(known.graded.values()),
                grades.c.notebook_id == submitted,
            )
            .order_by(grades.c.id)
            .with_for_update()  # a mark that is given by hand at this moment counts
        ).all()
        names = {key: name for name, key in known.graded.items()}
        changes, total = [], 0.0
        for row in rows:
            name, score = names.get(row.cell_id, ""), row.auto_score
            if name in marks.scores:
                score = marks.scores[name]
                waits = score is None
                if row.manual_score is not None:
                    waits = resubmitted or score != row.auto_score or row.needs_manual_grade
                changes.append({"key": row.id, "score": score, "waits": waits})
            manual = row.manual_score if row.manual_score is not None else score
            total += (manual + (row.extra_credit or 0.0)) if manual is not None else 0.0
        if changes:
            self.session.execute(
                update(grades)
                .where(grades.c.id == bindparam("key"))
                .values(auto_score=bindparam("score"), needs_manual_grade=bindparam("waits")),
                changes,
            )
        return total

    def _comments(self, submitted: str, known: _Known, marks: Marks) -> None:
        comments = _table(Comment)
        changes = [
            {"cell": known.commented[name], "text": text}
            for name, text in marks.comments.items()
            if name in known.commented
        ]
        if changes:
            self.session.execute(
                update(comments)
                .where(comments.c.notebook_id == submitted, comments.c.cell_id == bindparam("cell"))
                .values(auto_comment=bindparam("text")),
                changes,
            )


def _known(notebook: Notebook) -> _Known:
    tasks = {cell.name: cell.id for cell in notebook.task_cells}
    return _Known(
        key=notebook.id,
        graded={cell.name: cell.id for cell in notebook.grade_cells} | tasks,
        commented={cell.name: cell.id for cell in notebook.solution_cells} | tasks,
    )


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table
