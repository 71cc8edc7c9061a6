"""``python -m autograder deadlines``: who is late, by how much, and what it costs.

Looks at the hand-ins as they lie there and at the table as it is now; changes nothing.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Assignment, SubmittedAssignment
from sqlalchemy import select

from autograder.batch.deadlines import Clock, Deadlines, Rules, bring_up_to_date, rules
from autograder.batch.penalties import Penalties
from autograder.batch.sheets import sheets
from autograder.course.directory import Course
from autograder.course.timestamps import Moment
from autograder.errors import CourseError
from autograder.intake.journal import Journal

WHOLE = 100.0
"""A penalty on so many points is one in per cent."""


@dataclass(frozen=True)
class Lateness:
    """One student's hand-in against the deadline that counts for them."""

    student: str
    handed_in: Moment
    due: datetime.datetime | None
    extended: bool = False
    percent: float = 0.0
    """Of what is scored."""
    points: float | None = None
    """Of what is scored already; None while nothing is."""
    marked_late: str = ""
    """The platform that says so itself."""
    note: str = ""

    @property
    def seconds(self) -> float:
        """How late; not positive for what came in time, or when nobody knows."""
        if self.handed_in.time is None or self.due is None:
            return 0.0
        return (self.handed_in.time - self.due).total_seconds()

    def line(self, clock: Clock) -> str:
        """As it is shown."""
        parts = [f"due {clock.shown(self.due)}" if self.due else "no deadline"]
        if self.extended:
            parts[0] += " (extended)"
        if self.handed_in.trouble:
            parts.insert(0, f"not known when: {self.handed_in.trouble}")
        elif self.handed_in.time is None:
            parts.insert(0, "not known when it came")
        else:
            parts.insert(0, f"came {clock.shown(self.handed_in.time)}")
        if self.seconds > 0:
            parts.append(f"late by {length(self.seconds)}")
            parts.append(self._cost())
        elif self.handed_in.time is not None and self.due is not None:
            parts.append("in time")
        if self.marked_late and self.seconds <= 0:
            parts.append(f"{self.marked_late} marked it as late")
        if self.note:
            parts.append(f"note: {self.note}")
        return f"{self.student}: {', '.join(parts)}"

    def _cost(self) -> str:
        if not self.percent:
            return "costs nothing"
        told = f"costs {self.percent:g} % of the points"
        return told if self.points is None else f"{told}: {round(self.points, 2):g}"


def length(seconds: float) -> str:
    """93,900 → "1 d 2 h 5 min"; less than a minute in seconds."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def late_list(course: Course, assignment: str) -> list[Lateness]:
    """Everybody who handed in, ordered by student."""
    course.source_notebooks(assignment)  # CourseError for one that there is not
    asked = rules(course, assignment)
    journal = Journal(course, assignment)
    submissions = course.submissions(assignment)
    unknown = set(asked.own) - {submission.student for submission in submissions}
    found = []
    with course.gradebook() as book, contextlib.chdir(course.root):
        stored_due, extensions = _stored(book.db, assignment)
        penalties = Penalties(book.db, "", course.config)
        scores: dict[str, float] = {}
        for (student, _), sheet in sheets(book, assignment).items():
            if any(mark.score is not None for mark in sheet.marks.values()):
                scores[student] = scores.get(student, 0.0) + sheet.score + sheet.penalty
        for submission in submissions:
            student = submission.student
            due, extension = asked.due, asked.extension(student)
            if asked.due is None:
                due, extension = stored_due, extensions.get(student)
            moment = course.timestamp(submission.folder)
            version = journal.current(student)
            taken = penalties.of(student, WHOLE, moment.time, due, extension)
            points = penalties.of(student, scores[student], moment.time, due, extension) or 0.0 \
                if student in scores else None  # fmt: skip
            found.append(
                Lateness(
                    student,
                    moment,
                    due + (extension or datetime.timedelta()) if due else None,
                    bool(extension),
                    taken or 0.0,
                    points,
                    version.platform.title() if version is not None and version.late else "",
                    asked.notes.get(student, ""),
                )
            )
    for student in sorted(unknown):
        found.append(
            Lateness(student, Moment(trouble="nothing of theirs lies there"), asked.own[student],
                     True, note=asked.notes.get(student, ""))
        )  # fmt: skip
    return found


def _stored(
    session: Any, assignment: str
) -> tuple[datetime.datetime | None, dict[str, datetime.timedelta]]:
    """The gradebook's own deadline and extensions."""
    due = session.execute(
        select(Assignment.duedate).where(Assignment.name == assignment)
    ).scalar_one_or_none()
    rows = session.execute(
        select(SubmittedAssignment.student_id, SubmittedAssignment.extension)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment)
    ).all()
    session.rollback()
    return due, {row.student_id: row.extension for row in rows if row.extension}


def told(course: Course, assignment: str, *, everybody: bool = False) -> Iterator[str]:
    """The list as lines: who is late, extended or not known, or everybody; a sum at the end."""
    clock = Clock.of(course)
    entries = late_list(course, assignment)
    if not any(entry.due for entry in entries):
        raise CourseError(
            f"{assignment} has no deadline: write a line of assignment,student,due into"
            f" {Deadlines.of(course).table} beside nbgrader_config.py"
        )
    late = [entry for entry in entries if entry.seconds > 0]
    unknown = [entry for entry in entries if entry.handed_in.time is None]
    for entry in entries:
        if everybody or entry.seconds > 0 or entry in unknown or entry.extended:
            yield entry.line(clock)
    yield (
        f"{assignment}: {len(entries) - len(late) - len(unknown)} in time, {len(late)} late, "
        f"{len(unknown)} not known"
    )


def apply(course: Course, assignment: str) -> Iterator[str]:
    """Bring the gradebook's deadline, extensions and penalties up to the table; what changed."""
    if rules(course, assignment) == Rules():
        table = Deadlines.of(course).table
        raise CourseError(f"{table} has no line for {assignment}: there is nothing to apply")
    with course.gradebook() as book, contextlib.chdir(course.root):
        yield from bring_up_to_date(course, assignment, book.db)
        key = book.db.execute(
            select(Assignment.id).where(Assignment.name == assignment)
        ).scalar_one_or_none()
        if key is not None:  # else nothing is graded yet
            for change in Penalties(book.db, key, course.config).revise():
                yield str(change)
