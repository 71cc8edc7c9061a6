"""``python -m autograder exchange [FOLDER]``: all that nbgrader's exchange needs, at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from autograder.course.directory import CONFIG_NAME, Course
from autograder.errors import CourseError
from autograder.exchange import configuring, extensions, folders, state
from autograder.exchange.lines import Line

FORBIDDEN = frozenset("/\\+*?[]")
"""nbgrader makes paths and patterns of the course's id, and parts names at each plus."""


def set_up(
    course: Course,
    folder: Path | None,
    *,
    students: Path | None = None,
    change_rights: bool = False,
    look_only: bool = False,
    say: Callable[[str], None],
) -> None:
    """Make the exchange and point the course at it, then say what is there and what is wrong.

    Without a folder it is the one the course uses already. May be called any number of times.
    Raises CourseError where something is wrong, after all of it was said.
    """
    exchange = _exchange(course, folder)
    wrong = 0

    def tell(line: Line) -> None:
        nonlocal wrong
        wrong += line.wrong
        say(str(line))

    if look_only:
        for line in folders.look(exchange):
            tell(line)
        used = configuring.configured_root(course)
        if used != exchange.root:
            told = f"{course.root / CONFIG_NAME} uses {used}, not {exchange.root}"
            tell(Line(f"{told}: run this command without --check", wrong=True))
    else:
        for line in folders.prepare(exchange, change_rights=change_rights):
            tell(line)
        tell(configuring.point(course, exchange.root))
    for line in configuring.for_students(
        exchange.course_id, exchange.root, students, look_only=look_only
    ):
        tell(line)
    for line in extensions.look():
        tell(line)
    for line in state.look(course, exchange):
        tell(line)
    if wrong:
        lines = "the line that begins" if wrong == 1 else f"the {wrong} lines that begin"
        raise CourseError(f'the exchange is not ready: do what {lines} with "wrong" say')


def _exchange(course: Course, folder: Path | None) -> folders.Exchange:
    """Raises CourseError for a course or a folder that no exchange can be made for."""
    name = course.directory.course_id
    if not name:
        raise CourseError(
            "the course has no name: set c.CourseDirectory.course_id in "
            f"{course.root / CONFIG_NAME}"
        )
    if unusable := sorted(FORBIDDEN & set(name)):
        raise CourseError(
            f"nbgrader's exchange cannot hold a course called {name!r}: set a "
            f"c.CourseDirectory.course_id without {' '.join(unusable)}"
        )
    root = Path(os.path.abspath(folder)) if folder else configuring.configured_root(course)
    owner = course.root.stat()
    exchange = folders.Exchange(
        root, name, bool(course.directory.groupshared), (owner.st_uid, owner.st_gid)
    )
    if reason := folders.unfit(exchange):
        raise CourseError(reason)
    return exchange
