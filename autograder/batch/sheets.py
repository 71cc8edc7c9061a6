"""What the gradebook says, read back for the pages: automatic and manual points, comments."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import select


@dataclass(frozen=True)
class Mark:
    """One graded cell in the gradebook; a manual score takes the place of the automatic one."""

    automatic: float | None = None
    manual: float | None = None
    extra: float = 0.0
    waits: bool = False
    """Does a human still have to look at it?"""

    @property
    def score(self) -> float | None:
        score = self.automatic if self.manual is None else self.manual
        return None if score is None else score + self.extra


@dataclass
class Sheet:
    """One student's notebook in the gradebook."""

    timestamp: datetime.datetime | None = None
    penalty: float = 0.0
    marks: dict[str, Mark] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """All points so far, the penalty for lateness taken off."""
        return sum(mark.score or 0.0 for mark in self.marks.values()) - self.penalty


Key = tuple[str, str]


def sheets(gradebook: Gradebook, assignment: str) -> dict[Key, Sheet]:
    """(student, notebook) → what is stored; empty for an assignment nobody was graded in."""
    try:
        key = gradebook.find_assignment(assignment).id
    except MissingEntry:
        return {}
    session = gradebook.db
    found: dict[Key, Sheet] = {}
    places: dict[str, Sheet] = {}
    for row in session.execute(
        select(
            SubmittedNotebook.id,
            SubmittedAssignment.student_id,
            Notebook.name,
            SubmittedAssignment.timestamp,
            SubmittedNotebook.late_submission_penalty,
        )
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .where(SubmittedAssignment.assignment_id == key)
    ):
        sheet = Sheet(row.timestamp, row.late_submission_penalty or 0.0)
        found[row.student_id, row.name] = places[row.id] = sheet
    for row in session.execute(
        select(
            Grade.notebook_id,
            BaseCell.name,
            Grade.auto_score,
            Grade.manual_score,
            Grade.extra_credit,
            Grade.needs_manual_grade,
        )
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .where(SubmittedAssignment.assignment_id == key)
    ):
        places[row.notebook_id].marks[row.name] = Mark(
            row.auto_score, row.manual_score, row.extra_credit or 0.0, row.needs_manual_grade
        )
    for row in session.execute(
        select(Comment.notebook_id, BaseCell.name, Comment.auto_comment, Comment.manual_comment)
        .join(BaseCell, BaseCell.id == Comment.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Comment.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .where(SubmittedAssignment.assignment_id == key)
    ):
        text = row.manual_comment or row.auto_comment
        if text:
            places[row.notebook_id].comments[row.name] = text
    session.rollback()
    return found
