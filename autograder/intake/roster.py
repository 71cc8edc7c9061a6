"""The class list: who the students are, by every name that a platform may give them."""

from __future__ import annotations

import json
import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from autograder.batch import store
from autograder.course.directory import Course
from autograder.course.private import database
from autograder.course.students import unfit
from autograder.errors import CourseError
from autograder.intake.columns import PARTICIPANT, kinds
from autograder.intake.encodings import table
from autograder.text import named

FILE = "class-list.json"
LEFT_ALONE = ("points possible",)
"""Canvas's second line is no student."""


@dataclass(frozen=True)
class Student:
    """One line of the class list; what the list does not tell is empty."""

    id: str
    login: str = ""
    email: str = ""
    first: str = ""
    last: str = ""
    name: str = ""
    moodle: str = ""
    """The number that Moodle gives a participant of one assignment."""
    canvas: str = ""
    section: str = ""
    submitted: str = ""
    """When the platform's own table says that this assignment came."""

    @property
    def full(self) -> str:
        return self.name or " ".join(part for part in (self.first, self.last) if part)


@dataclass(frozen=True)
class Roster:
    """All students; ``complete``: an instructor's list, so that who is not on it is a stranger."""

    students: Mapping[str, Student] = field(default_factory=dict)
    complete: bool = False

    def by(self, kind: str) -> dict[str, list[Student]]:
        """Value → students, for one of the fields, compared without case."""
        found: dict[str, list[Student]] = defaultdict(list)
        for student in self.students.values():
            if value := same(getattr(student, kind)):
                found[value].append(student)
        return found

    def merged(self, others: Iterable[Student], *, complete: bool) -> Roster:
        """With the others added; what they tell counts, what they leave open stays."""
        students = dict(self.students)
        for new in others:
            old = students.get(new.id, Student(new.id))
            told = {name: value for name, value in asdict(new).items() if value}
            students[new.id] = replace(old, **told)
        return Roster(students, complete or self.complete)


def same(text: str) -> str:
    """What two spellings of an id, a login or an address have in common."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def read_csv(path: Path) -> list[Student]:
    """The students of a spreadsheet's CSV; CourseError tells what the table lacks."""
    header, rows = table(path)
    columns = kinds(header)
    if not set(columns) & {"id", "login", "email"}:
        shown = ", ".join(repr(named(name)) for name in header[:8])
        raise CourseError(
            f"{path} has no column with an id, a login or an e-mail address (its columns: {shown}):"
            " call one of them student_id"
        )
    found: dict[str, Student] = {}
    for number, row in enumerate(rows, 2):
        student = _student(columns, row)
        if student is None:
            continue
        if student.id in found and found[student.id] != student:
            raise CourseError(
                f"{path}, line {number}: {named(student.id)} is there twice, with different"
                " entries: delete one of the lines"
            )
        if trouble := _no_id(student.id):
            raise CourseError(f"{path}, line {number}: {named(student.id)!r} is no id: {trouble}")
        found[student.id] = student
    if not found:
        raise CourseError(f"{path} names no student: it needs one line each below the column names")
    return list(found.values())


def _student(columns: list[str], row: list[str]) -> Student | None:
    told = {
        kind: unicodedata.normalize("NFC", value)
        for kind, value in zip(columns, row, strict=False)
        if kind and value
    }
    for kind in ("identifier", "id", "login"):  # Moodle's tables call this column many names
        if participant := PARTICIPANT.fullmatch(told.get(kind, "")):
            told["moodle"] = participant[1]
            del told[kind]
    told.pop("identifier", None)
    key = told.get("id") or told.get("login") or told.get("email")
    if key is None or told.get("name", "").strip().casefold() in LEFT_ALONE:
        return None
    return Student(**{**told, "id": key})


def _no_id(name: str) -> str:
    if "/" in name or name.startswith(".") or name in ("", "."):
        return "it cannot be the name of a folder"
    return "it holds a sign that nbgrader's pages cannot show" if unfit(name) else ""


# Kept with the course -------------------------------------------------------------------------


def load(course: Course, csv_path: Path | None) -> Roster:
    """The class as it is known: the gradebook's students, the list kept before, the new list."""
    roster = Roster().merged(_of_gradebook(course), complete=False)
    path = place(course)
    if path.is_file():
        try:
            kept = [Student(**entry) for entry in json.loads(path.read_bytes())]
        except (ValueError, TypeError) as error:
            raise CourseError(
                f"{course.shown(path)} is damaged: delete it and pass --students again"
            ) from error
        # When this assignment came is told by this assignment's own table alone.
        forgotten = [replace(student, submitted="", moodle="") for student in kept]
        roster = roster.merged(forgotten, complete=True)
    if csv_path is not None:
        roster = roster.merged(read_csv(csv_path), complete=True)
    return roster


def keep(course: Course, roster: Roster) -> None:
    """Keep the list for the next command, and tell the gradebook who there is."""
    entries = [asdict(student) for _, student in sorted(roster.students.items())]
    store.publish(place(course), store.dump_json(entries), course.private_mode)
    with course.gradebook() as book:
        for student in roster.students.values():
            last, first = student.last, student.first
            if not last and not first:
                last, first = _split(student.name)
            told = {"last_name": last, "first_name": first, "email": student.email}
            told["lms_user_id"] = student.canvas
            book.update_or_create_student(student.id, **{k: v for k, v in told.items() if v})


def place(course: Course) -> Path:
    """Where the list is kept: in the course's private folder."""
    return course.folder("collected", ".", "") / FILE


def _split(name: str) -> tuple[str, str]:
    """Last and first name; a name in one piece is the last one."""
    if "," in name:
        last, _, first = name.partition(",")
        return last.strip(), first.strip()
    first, _, last = name.rpartition(" ")
    return last, first


def _of_gradebook(course: Course) -> Iterator[Student]:
    path = database(course)
    if path and not os.path.exists(path):
        return  # opening it would make one
    with course.gradebook() as book:
        for row in book.students:
            yield Student(
                row.id,
                email=row.email or "",
                first=row.first_name or "",
                last=row.last_name or "",
                canvas=row.lms_user_id or "",
            )
