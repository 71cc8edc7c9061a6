"""How far each assignment has come on the exchange, and which hand-ins fit no student."""

from __future__ import annotations

import datetime
import filecmp
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from nbgrader.api import MissingEntry
from nbgrader.utils import parse_utc

from autograder.course.directory import Course
from autograder.exchange.folders import Exchange
from autograder.exchange.lines import Line
from autograder.text import named


@dataclass(frozen=True)
class HandIn:
    """One folder of ``inbound``: whose it is, of which assignment, and when it was handed in."""

    student: str
    assignment: str
    time: datetime.datetime


def look(course: Course, exchange: Exchange) -> Iterator[Line]:
    """One line an assignment, and one for each id that the class list does not hold."""
    try:
        handed_in = list(_handed_in(exchange.course / "inbound"))
    except OSError as error:
        yield Line(f"{error.filename} cannot be read: {error.strerror}", wrong=True)
        return
    names = course.assignments()
    due, known = _gradebook(course, names)
    for name in names:
        yield Line(f"{name}: {_step(course, exchange, name, handed_in, due.get(name))}")
    for student in sorted({each.student for each in handed_in} - known) if known else []:
        yield Line(
            f"{named(student)} handed in and is not in the class list: add the student "
            f"(nbgrader db student add {named(student)}), or ask who that is",
            wrong=True,
        )


def _step(
    course: Course,
    exchange: Exchange,
    name: str,
    handed_in: list[HandIn],
    due: datetime.datetime | None,
) -> str:
    made, released = course.folder("release", ".", name), exchange.course / "outbound" / name
    if not any(made.glob("*.ipynb")):
        return f"not made for students yet: nbgrader generate_assignment {name}"
    if not released.is_dir():
        return f"not released yet: nbgrader release_assignment {name}"
    if not _same(made, released, course.directory.ignore):
        return (
            f"released, but {course.shown(made)} has changed since: "
            f"nbgrader release_assignment {name} --force"
        )
    own = [each for each in handed_in if each.assignment == name]
    latest: dict[str, HandIn] = {}
    for each in sorted(own, key=lambda each: each.time):
        latest[each.student] = each
    late = [each for each in latest.values() if due and each.time > due]
    text = f"released, handed in by {len(latest)}"
    return f"{text}, {len(late)} of them after {due} UTC" if late else text


def _same(one: Path, other: Path, ignored: Sequence[str]) -> bool:
    """Do two folders hold the same files, apart from those that nbgrader never copies?"""
    files = [sorted(_files(folder, ignored)) for folder in (one, other)]
    return files[0] == files[1] and not any(filecmp.cmpfiles(one, other, files[0], False)[1:])


def _files(folder: Path, ignored: Sequence[str]) -> Iterator[str]:
    def kept(name: str) -> bool:
        return not any(fnmatch(name, pattern) for pattern in ignored)

    for place, folders, names in os.walk(folder):
        folders[:] = filter(kept, folders)
        yield from (os.path.relpath(Path(place, name), folder) for name in filter(kept, names))


def _handed_in(inbound: Path) -> Iterator[HandIn]:
    """nbgrader's folders, ``student+assignment+time+random``; others are no hand-ins."""
    for name in sorted(os.listdir(inbound)) if inbound.is_dir() else []:
        student, *rest = name.rsplit("+", 3) if name.count("+") > 2 else name.rsplit("+", 2)
        if len(rest) >= 2 and student:
            try:
                yield HandIn(student, rest[0], parse_utc(rest[1]))
            except (ValueError, OverflowError):
                continue


def _gradebook(
    course: Course, names: list[str]
) -> tuple[dict[str, datetime.datetime | None], set[str]]:
    """Due dates, in UTC without zone, and the class list; nothing where there is no gradebook."""
    url = course.directory.db_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        return {}, set()
    due = {}
    with course.gradebook() as gradebook:
        for name in names:
            try:
                due[name] = gradebook.find_assignment(name).duedate
            except MissingEntry:
                continue
        return due, {student.id for student in gradebook.students}
