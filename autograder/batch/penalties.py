"""What comes off for lateness, as the course's own plugin for nbgrader says.

Deadlines move, extensions are given, and manual grades change what a penalty is a part of:
so all penalties of an assignment are asked for anew in every run, with one query for the class.
"""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from nbgrader.api import Assignment, Grade, Notebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import bindparam, func, select, update

from autograder.batch.lateness import LateRule
from autograder.course.directory import import_from
from autograder.errors import CourseError
from autograder.settings import check_names


class Change(NamedTuple):
    """A penalty that is another one now."""

    student: str
    notebook: str
    before: float
    after: float

    def __str__(self) -> str:
        return (
            f"{self.student}: {self.notebook}: the penalty for lateness is {self.after:g} points "
            f"now, not {self.before:g}"
        )


class Penalties:
    """The penalties of one assignment; plugins may lie in the current folder, as in nbgrader."""

    def __init__(self, session: Any, assignment: str, config: Any) -> None:
        self.session = session
        self.assignment = assignment
        check_names(LateRule, config)
        try:
            with import_from(Path.cwd()):
                stage = AssignLatePenalties(config=config)
                stage.init_plugin()
        except Exception as error:
            raise CourseError(f"the plugin for late submissions cannot be used: {error}") from error
        self.plugin = stage.plugin_inst
        self.checked = stage._check_late_penalty

    def of(
        self,
        student: str,
        score: float,
        handed_in: datetime.datetime | None,
        due: datetime.datetime | None,
        extension: datetime.timedelta | None,
    ) -> float | None:
        """What comes off a notebook's score; None when it was not late."""
        if handed_in is None or due is None:
            return None
        late = (handed_in - due - (extension or datetime.timedelta())).total_seconds()
        if late <= 0:
            return None
        try:
            penalty = self.plugin.late_submission_penalty(student, score, late)
            if penalty is None:
                return None
            return float(self.checked(SimpleNamespace(score=score), penalty))
        except Exception as error:
            raise CourseError(
                f"{type(self.plugin).__name__}, the course's plugin for late submissions, failed "
                f"on {student}: {type(error).__name__}: {error}"
            ) from error

    def revise(self) -> list[Change]:
        """Bring every stored penalty up to date, all of them or none; what was changed."""
        points = func.coalesce(Grade.manual_score, Grade.auto_score) + func.coalesce(
            Grade.extra_credit, 0.0
        )
        rows = self.session.execute(
            select(
                SubmittedNotebook.id,
                SubmittedAssignment.student_id,
                Notebook.name,
                SubmittedAssignment.timestamp,
                SubmittedAssignment.extension,
                Assignment.duedate,
                SubmittedNotebook.late_submission_penalty,
                func.coalesce(func.sum(points), 0.0).label("score"),
            )
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .outerjoin(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .where(Assignment.id == self.assignment)
            .group_by(SubmittedNotebook.id, SubmittedAssignment.id, Assignment.id, Notebook.id)
            .order_by(SubmittedAssignment.student_id, Notebook.name)
        ).all()
        self.session.rollback()
        changes, values = [], []
        for row in rows:
            after = self.of(row.student_id, row.score, row.timestamp, row.duedate, row.extension)
            before = row.late_submission_penalty or 0.0
            if not math.isclose(before, after or 0.0, abs_tol=1e-9):
                changes.append(Change(row.student_id, row.name, before, after or 0.0))
                values.append({"key": row.id, "penalty": after})
        if values:
            table: Any = SubmittedNotebook.__table__
            self.session.execute(
                update(table)
                .where(table.c.id == bindparam("key"))
                .values(late_submission_penalty=bindparam("penalty")),
                values,
            )
            self.session.commit()
        return changes
