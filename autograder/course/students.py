"""Whose folder it is: one student for each name, however its letters are composed."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.course.folder import TIMESTAMP, Submission
from autograder.course.places import Place
from autograder.course.timestamps import moment
from autograder.text import named

LONGEST_ID = 128
"""Characters that nbgrader's gradebook has room for; SQLite does not look, servers do."""
LONGEST_BYTES = 200
"""A folder's name that was made longer by what had to be rewritten."""
ACTING = frozenset('<>"&\\')
"""nbgrader's pages hold ids as they are, in HTML and in scripts."""


def one_spelling(name: str) -> str:
    """The name with composed letters: Macs take them apart, other systems do not."""
    return unicodedata.normalize("NFC", name)


def one_each(places: Iterable[Place], root: Path) -> list[Submission]:
    """One submission for each student, ordered by student.

    Of two folders that spell one name differently the newer counts. A name that the gradebook, its
    pages or a console could not show is made into one that they can, and told.
    """
    by_student: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_student[_id_of(place.name)].append(place)
    return [_submission(student, found, root) for student, found in sorted(by_student.items())]


def _id_of(name: str) -> str:
    """The student's id; characters that no id may hold are written as ``(e9)``."""
    shown = "".join(_visible(c) for c in one_spelling(name))
    if len(shown) <= LONGEST_ID and (shown == name or len(shown.encode()) <= LONGEST_BYTES):
        return shown
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()
    return f"{shown[:60]}-{digest[:8]}"  # must be a folder's name again


def _visible(character: str) -> str:
    if character.isprintable() and character not in ACTING:
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8
        code -= 0xDC00
    return f"({code:02x})"


def _submission(student: str, places: list[Place], root: Path) -> Submission:
    place = max(places, key=_age) if len(places) > 1 else places[0]
    notes = tuple(_spelled_twice(place, places))
    reason = place.trouble and f"its folder {_shown(place.path, root)} {place.trouble}"
    return Submission(student, place.path, root, unfit(place.name) or reason, notes)


def unfit(name: str) -> str:
    """Why no student can be called so; empty if one can."""
    if _id_of(name) == one_spelling(name):
        return ""
    if len(name) > LONGEST_ID:
        return (
            f"the folder's name {named(name)!r} is longer than {LONGEST_ID} characters: "
            "rename the folder"
        )
    signs = " ".join(sorted(ACTING))
    return (
        f"the folder's name {_id_of(name)!r} holds characters that are no text in UTF-8, cannot be "
        f"printed or are one of {signs}: rename the folder"
    )


def _spelled_twice(place: Place, places: list[Place]) -> Iterator[str]:
    if len(places) > 1:
        yield (
            f"there are {len(places)} folders whose names differ only in how letters are "
            "composed; the newest was graded: delete the others"
        )


def _age(place: Place) -> tuple[float, str]:
    """When it was handed in, or else when something in it was changed last."""
    if place.trouble:
        return 0.0, place.name
    said = moment(place.path / TIMESTAMP).time
    if said is not None:
        return said.replace(tzinfo=datetime.UTC).timestamp(), place.name
    newest = 0.0
    with contextlib.suppress(OSError), os.scandir(place.path) as entries:
        newest = max((each.stat(follow_symlinks=False).st_mtime for each in entries), default=0.0)
    return newest, place.name


def _shown(path: Path, root: Path) -> str:
    return named(str(path.relative_to(root)))
