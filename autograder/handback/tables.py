"""Grades as CSV: for Moodle, for Canvas, for everybody else.

An empty grade means that none is known: whoever reads the table leaves what is there. Why is in
the plain table's ``status``, which is written in every case. No cell is a formula for a
spreadsheet, whatever a student is called.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.batch.exporting import shown
from autograder.errors import CourseError
from autograder.handback.grades import Line, number
from autograder.intake.columns import PARTICIPANT, kinds, plain
from autograder.intake.encodings import table
from autograder.intake.roster import Student, same

PLAIN = (
    "assignment", "student_id", "last_name", "first_name", "email", "handed_in", "raw_score",
    "late_penalty", "score", "max_score", "status", "reason",
)  # fmt: skip
MOODLE = (
    "Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Maximum Grade",
)  # fmt: skip
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POINTS_POSSIBLE = "    Points Possible"
GRADE_COLUMNS = frozenset(map(plain, ("Grade", "Bewertung", "Note", "성적", "점수")))
A_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")


def plain_table(assignment: str, lines: Iterable[Line]) -> bytes:
    """One line a student, with a status; with the mark that lets spreadsheets read UTF-8."""
    rows = [
        [
            assignment, line.student.id, line.student.last or line.student.name,
            line.student.first, line.student.email, _text(line.standing.timestamp),
            _points(line.standing.raw), _points(line.standing.penalty), line.grade,
            number(line.most), line.standing.status, line.reason,
        ]
        for line in lines
    ]  # fmt: skip
    return _written([list(PLAIN), *rows]).encode("utf-8-sig", "backslashreplace")


def moodle_table(lines: Iterable[Line], numbers: dict[str, str]) -> bytes:
    """Moodle's grading worksheet; ``numbers`` are participants' as they were collected."""
    rows = []
    for line in lines:
        participant = numbers.get(line.student.id) or line.student.moodle
        identifier = f"Participant {participant}" if participant else ""
        student = line.student
        rows.append(
            [identifier, student.full, student.id, student.email, line.standing.status, line.final,
             number(line.most)]
        )  # fmt: skip
    return _written([list(MOODLE), *rows]).encode("utf-8", "backslashreplace")


def canvas_table(column: str, lines: Iterable[Line], numbers: dict[str, str]) -> bytes:
    """What Canvas's gradebook imports; ``column`` is the assignment's, with its number."""
    lines = list(lines)
    most = number(lines[0].most) if lines else ""
    rows = [[*CANVAS, column], [POINTS_POSSIBLE, "", "", "", "", most]]
    for line in lines:
        student = line.student
        rows.append(
            [_last_first(student), student.canvas or numbers.get(student.id, ""), student.id,
             student.login, student.section, line.final]
        )  # fmt: skip
    return _written(rows).encode("utf-8", "backslashreplace")


def filled(path: Path, column: str, lines: Iterable[Line], numbers: dict[str, str]) -> bytes:
    """The platform's own table with the grades in it; nothing else of it changes.

    Raises CourseError when the table has no column for grades, or knows none of the students.
    """
    header, rows = table(path)
    at = _grade_column(path, header, column)
    by_key: dict[str, Line] = {}
    for line in lines:
        for key in _keys(line.student, numbers.get(line.student.id, "")):
            by_key[key] = line
    found = kinds(header)
    count = 0
    rows = [row + [""] * (len(header) - len(row)) for row in rows]
    for row in rows:
        known = _line_of(row, found, by_key)
        if known is not None:
            count += 1
            row[at] = known.final or row[at]
    if not count:
        raise CourseError(f"{path} names none of the students: is it another course's table?")
    return _written([header, *rows]).encode("utf-8", "backslashreplace")


def _grade_column(path: Path, header: Sequence[str], column: str) -> int:
    if column:
        fitting = [n for n, name in enumerate(header) if name == column]
        fitting = fitting or [n for n, name in enumerate(header) if name.startswith(f"{column} (")]
    else:
        fitting = [n for n, name in enumerate(header) if plain(name) in GRADE_COLUMNS]
    if len(fitting) != 1:
        shown_ = ", ".join(repr(name) for name in header[:12])
        raise CourseError(f"{path}: name the column for the grades with --column; it has {shown_}")
    return fitting[0]


def _keys(student: Student, participant: str) -> Iterable[str]:
    for kind in ("id", "login", "email", "canvas"):
        if value := same(getattr(student, kind)):
            yield f"{kind}:{value}"
    for value in {participant, student.moodle} - {""}:
        yield f"moodle:{value}"
    for value in {participant, student.canvas} - {""}:
        yield f"canvas:{value}"


def _line_of(row: list[str], columns: list[str], by_key: dict[str, Line]) -> Line | None:
    for kind, value in zip(columns, row, strict=False):
        if participant := PARTICIPANT.fullmatch(value):
            return by_key.get(f"moodle:{participant[1]}")
        if kind in ("id", "login", "email", "canvas") and value:
            found = by_key.get(f"{kind}:{same(value)}")
            if found is not None:
                return found
    return None


def _last_first(student: Student) -> str:
    if student.last and student.first:
        return f"{student.last}, {student.first}"
    return student.full or student.id


def _points(value: float | None) -> str:
    return "" if value is None else number(value)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _written(rows: Iterable[Sequence[str]]) -> str:
    whole = io.StringIO()
    writer = csv.writer(whole, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerows([cell if A_NUMBER.fullmatch(cell) else shown(cell) for cell in row]
                     for row in rows)  # fmt: skip
    return whole.getvalue()
