"""``python -m autograder deadlines``: who is late, by how much, and what it costs.

Looks at the hand-ins as they lie there and at the table as it is now; changes nothing.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from sqlalchemy import select

from autograder.batch.deadlines import Clock, Deadlines, Rules, bring_up_to_date, rules
from autograder.batch.penalties import Penalties
from autograder.batch.sheets import sheets
from autograder.course.directory import Course
from autograder.course.folder import Submission
from autograder.course.timestamps import Moment
from autograder.errors import CourseError
from autograder.intake.journal import Journal
from autograder.intake.versions import SHORT

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
    in_time: str = ""
    """An earlier version that came in time."""

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
            if self.in_time:
                parts.append(f"version {self.in_time} came in time (`versions --use`)")
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
    """Everybody who handed in, ordered by student; then who has a deadline and did not."""
    course.source_notebooks(assignment)  # CourseError for one that there is not
    asked = rules(course, assignment)
    submissions = course.submissions(assignment)
    with course.gradebook() as book, contextlib.chdir(course.root):
        looking = _Looking(course, assignment, asked, book)
        found = [looking.at(submission) for submission in submissions]
    missing = set(asked.own) - {submission.student for submission in submissions}
    nothing = Moment(trouble="nothing of theirs lies there")
    return found + [
        Lateness(student, nothing, asked.own[student], True, note=asked.notes.get(student, ""))
        for student in sorted(missing)
    ]


class _Looking:
    """What is needed to look at each hand-in of an assignment."""

    def __init__(self, course: Course, assignment: str, asked: Rules, book: Gradebook) -> None:
        self.course = course
        self.asked = asked
        self.journal = Journal(course, assignment)
        self.stored_due, self.extensions = _stored(book.db, assignment)
        self.penalties = Penalties(book.db, "", course.config)
        self.scores: dict[str, float] = {}
        for (student, _), sheet in sheets(book, assignment).items():
            if any(mark.score is not None for mark in sheet.marks.values()):
                before = self.scores.get(student, 0.0)
                self.scores[student] = before + sheet.score + sheet.penalty

    def at(self, submission: Submission) -> Lateness:
        student = submission.student
        due, extension = self.asked.due, self.asked.extension(student)
        if due is None:
            due, extension = self.stored_due, self.extensions.get(student)
        until = due + (extension or datetime.timedelta()) if due else None
        moment = self.course.timestamp(submission.folder)

        def cost(score: float) -> float:
            return self.penalties.of(student, score, moment.time, due, extension) or 0.0

        version = self.journal.current(student)
        return Lateness(
            student,
            moment,
            until,
            bool(extension),
            cost(WHOLE),
            cost(self.scores[student]) if student in self.scores else None,
            version.platform.title() if version is not None and version.late else "",
            self.asked.notes.get(student, ""),
            self._in_time(student, until),
        )

    def _in_time(self, student: str, until: datetime.datetime | None) -> str:
        """The last version that came before the deadline."""
        latest = until.strftime("%Y-%m-%d %H:%M:%S UTC") if until else ""
        versions = self.journal.versions.get(student, [])
        found = [version for version in versions if version.time and version.time <= latest]
        return max(found, key=lambda version: version.time).hash[:SHORT] if found else ""


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
