"""Deadlines and extensions from one table, and what they cost whom.

``deadlines.csv`` beside ``nbgrader_config.py``, written with any spreadsheet::

    assignment,student,due,note
    05-momentum,,2026-11-20 23:59,
    05-momentum,student-07,2026-11-27 23:59,ill
    05-momentum,student-08,+36 h,

A line without a student is everybody's deadline; a student's own is a time or a length that is
added to it. Times are those of ``c.Deadlines.time_zone`` unless they name a zone. Where the table
has an everybody's line for an assignment, it alone counts: each run of ``grade`` brings nbgrader's
gradebook to it, so a line that is taken out takes its extension with it. Without one, deadlines
and extensions are those that nbgrader and formgrader set.
"""

from __future__ import annotations

import datetime
import re
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, SubmittedAssignment
from sqlalchemy import select, update
from traitlets import TraitError, Unicode
from traitlets.config import Configurable

from autograder.course import timestamps
from autograder.course.directory import Course
from autograder.course.students import one_spelling
from autograder.errors import CourseError
from autograder.intake.columns import plain
from autograder.intake.encodings import table as read_table
from autograder.settings import check_names
from autograder.text import named

COLUMNS = {
    "assignment": ("assignment", "problem set", "Aufgabe", "Blatt", "Devoir", "과제"),
    "student": ("student", "student id", "id", "Matrikelnummer", "Étudiant", "학생", "학번"),
    "due": ("due", "due date", "deadline", "until", "Frist", "Abgabe", "Échéance", "마감", "기한"),
    "note": ("note", "reason", "why", "Bemerkung", "Grund", "Remarque", "비고"),
}
_KINDS = {plain(name): kind for kind, names in COLUMNS.items() for name in names}
LENGTH = re.compile(r"\+\s*(\d{1,4}(?:[.,]\d+)?)\s*(d|days?|h|hours?|min|minutes?)\.?", re.I)
HOURS = {"d": 24.0, "h": 1.0, "m": 1 / 60}
EVERYBODY = ""


class Deadlines(Configurable):
    """What a course may set about its deadlines: ``c.Deadlines.…``."""

    time_zone = Unicode("UTC", help="The zone of times that name none, as in Europe/Berlin").tag(
        config=True
    )
    table = Unicode("deadlines.csv", help="The table, as seen from the course's folder").tag(
        config=True
    )

    @classmethod
    def of(cls, course: Course) -> Deadlines:
        """The settings of a course; CourseError, in one line, for one that cannot be."""
        check_names(cls, course.config)
        try:
            return cls(config=course.config)
        except TraitError as error:
            raise CourseError(f"a setting of Deadlines cannot be used: {error}") from error


@dataclass(frozen=True)
class Clock:
    """Times as people of the course write them."""

    zone: datetime.tzinfo

    @classmethod
    def of(cls, course: Course) -> Clock:
        name = Deadlines.of(course).time_zone
        try:
            return cls(zoneinfo.ZoneInfo(name))
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise CourseError(
                f"c.Deadlines.time_zone = {name!r} is no time zone: write one as Europe/Berlin"
            ) from error

    def utc(self, text: str, where: str) -> datetime.datetime:
        """A time without zone, in UTC; CourseError, with ``where``, for what leaves it open."""
        found = timestamps.read(text.encode("utf-8", "replace"), self.zone)
        if found.time is None:
            why = found.trouble.removeprefix("its timestamp ")
            raise CourseError(f"{where}: {why}" if where else why)
        return found.time

    def shown(self, time: datetime.datetime) -> str:
        """A time of the gradebook on the course's clocks."""
        there = time.replace(tzinfo=datetime.UTC).astimezone(self.zone)
        return f"{there:%Y-%m-%d %H:%M %Z}"


@dataclass(frozen=True)
class Rules:
    """One assignment's deadlines, in UTC; ``own``: student → deadline."""

    due: datetime.datetime | None = None
    own: Mapping[str, datetime.datetime] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    def extension(self, student: str) -> datetime.timedelta | None:
        """How much later than everybody's; None for everybody's."""
        mine = self.own.get(one_spelling(student))
        if mine is None or self.due is None or mine <= self.due:
            return None
        return mine - self.due


def rules(course: Course, assignment: str) -> Rules:
    """What the course's table says; nothing where there is none, or none for this assignment."""
    settings, clock = Deadlines.of(course), Clock.of(course)
    path = course.root / settings.table
    if not path.is_file():
        return Rules()
    due: datetime.datetime | None = None
    lines = [line for line in _lines(path, course.shown(path)) if line.assignment == assignment]
    for line in lines:
        if line.student == EVERYBODY:
            if due is not None:
                raise CourseError(f"{line.where}: {assignment} has two deadlines for everybody")
            due = clock.utc(line.due, line.where)
    own: dict[str, datetime.datetime] = {}
    for line in lines:
        if line.student == EVERYBODY:
            continue
        if due is None:
            raise CourseError(
                f"{line.where}: {assignment} has no deadline for everybody: add a line without a"
                " student"
            )
        if line.student in own:
            raise CourseError(f"{line.where}: {named(line.student)} has two deadlines")
        length = LENGTH.fullmatch(line.due)
        if length is None:
            own[line.student] = clock.utc(line.due, line.where)
        else:
            hours = float(length[1].replace(",", ".")) * HOURS[length[2][0].lower()]
            own[line.student] = due + datetime.timedelta(hours=hours)
        if own[line.student] < due:
            raise CourseError(f"{line.where}: that is before everybody's deadline")
    return Rules(due, own, {line.student: line.note for line in lines if line.note})


@dataclass(frozen=True)
class _Line:
    where: str
    assignment: str
    student: str
    due: str
    note: str


def _lines(path: Path, shown: str) -> Iterator[_Line]:
    header, rows = read_table(path)
    kinds = [_KINDS.get(plain(name), "") for name in header]
    for wanted in ("assignment", "due"):
        if wanted not in kinds:
            raise CourseError(f"{shown} has no column {wanted!r}: it needs assignment,student,due")
    for number, row in enumerate(rows, 2):
        told = {kind: value for kind, value in zip(kinds, row, strict=False) if kind}
        where = f"{shown}, line {number}"
        if not told.get("due"):
            raise CourseError(f"{where}: the deadline is missing")
        yield _Line(
            where,
            told.get("assignment", ""),
            one_spelling(told.get("student", "")),
            told["due"],
            told.get("note", ""),
        )


def bring_up_to_date(course: Course, assignment: str, session: Any) -> list[str]:
    """Make the gradebook's deadline and extensions those of the table; a line for each change.

    ``session`` is the gradebook's. Nothing happens where the table does not name the assignment.
    """
    asked = rules(course, assignment)
    if asked.due is None:
        return []
    clock, said = Clock.of(course), []
    record = session.execute(
        select(Assignment.id, Assignment.duedate).where(Assignment.name == assignment)
    ).one_or_none()
    if record is None:
        return []
    works: Any = SubmittedAssignment.__table__
    if record.duedate != asked.due:
        assignments: Any = Assignment.__table__
        session.execute(
            update(assignments).where(assignments.c.id == record.id).values(duedate=asked.due)
        )
        said.append(f"{assignment}: due {clock.shown(asked.due)} now")
    rows = session.execute(
        select(works.c.id, works.c.student_id, works.c.extension)
        .where(works.c.assignment_id == record.id)
        .order_by(works.c.student_id)
    ).all()
    for row in rows:
        extension = asked.extension(row.student_id)
        if (row.extension or None) == extension:
            continue
        session.execute(update(works).where(works.c.id == row.id).values(extension=extension))
        until = clock.shown(asked.due + (extension or datetime.timedelta()))
        said.append(f"{row.student_id}: due {until} now")
    session.commit()
    return said
