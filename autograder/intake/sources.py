"""What was named on the command line, taken apart into bundles: archives in archives too."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.folder import NOT_HANDED_IN
from autograder.errors import CourseError
from autograder.intake import gradescope, plain, platforms
from autograder.intake.archives import OTHER_ARCHIVES, ArrivalError, Item, file_item, unpacked
from autograder.intake.names import made_by_machines
from autograder.intake.plain import Naming
from autograder.intake.platforms import Bundle

MAX_DEPTH = 3
"""Archives of archives of archives; what is packed deeper is a student's own affair."""
MAX_NESTED = 500_000_000
MAX_FOLDER_ENTRIES = 200_000
PACKED_BY_CHECK = "manifest.json"


@dataclass
class Taken:
    """Everything that was found, and what could not even be looked into."""

    bundles: list[Bundle] = field(default_factory=list)
    troubles: list[tuple[Item, str]] = field(default_factory=list)


def take(paths: Iterable[Path], naming: Naming) -> Taken:
    """Bundles from files, folders and archives; CourseError for a path that is not there."""
    taken = Taken()
    for path in paths:
        if not os.path.lexists(path):
            raise CourseError(f"there is no file {path}: name what you downloaded")
        if path.is_dir():
            _apart(list(_walk(path)), naming, taken, 0)
            continue
        name = unicodedata.normalize("NFC", path.name)
        item = file_item(path.resolve(), (name,), name)
        if not item.is_zip:
            _apart([item], naming, taken, 0)
            continue
        try:
            inside = unpacked(path, name)
        except ArrivalError as error:
            taken.troubles.append((item, str(error)))
            continue
        if why := _of_something_else(item, inside, naming):
            taken.troubles.append((item, why))
        elif _is_one_students(item, inside, naming):
            _apart([item], naming, taken, MAX_DEPTH)
        else:
            _apart(inside, naming, taken, 1)
    return taken


def _walk(folder: Path) -> Iterator[Item]:
    """The files of a folder; its own name stands first, it may be a student's."""
    top, count = folder.resolve(), 0
    for place, folders, files in os.walk(top):
        folders[:] = sorted(n for n in folders if n not in NOT_HANDED_IN and not n.startswith("."))
        for name in sorted(files):
            path = Path(place, name)
            parts = (top.name, *path.relative_to(top).parts)
            parts = tuple(unicodedata.normalize("NFC", part) for part in parts)
            if made_by_machines(parts) or name.startswith("."):
                continue
            count += 1
            if count > MAX_FOLDER_ENTRIES:
                raise CourseError(f"{folder} holds more than {MAX_FOLDER_ENTRIES:,} files")
            yield file_item(path, parts, folder.name, given=True)


def _apart(items: list[Item], naming: Naming, taken: Taken, depth: int) -> None:
    """Add the items' bundles; a platform's archive among them is opened and taken apart too."""
    try:
        bundles, over = gradescope.split(items)
    except ArrivalError as error:
        metadata = next(item for item in items if item.name == gradescope.METADATA)
        taken.troubles.append((metadata, str(error)))
        bundles, over = [], items
    more, over = platforms.split(over)
    own = []
    for item in over:
        inside = _opened(item, naming, taken) if item.is_zip and depth < MAX_DEPTH else None
        if inside is not None:
            _apart(inside, naming, taken, depth + 1)
        elif item.name.lower().endswith(OTHER_ARCHIVES):
            taken.troubles.append((item, "it is no ZIP: unpack it and pack it again as ZIP"))
        else:
            own.append(item)
    taken.bundles += [*bundles, *more, *plain.split(own, naming)]


def _opened(item: Item, naming: Naming, taken: Taken) -> list[Item] | None:
    """The items of an archive that holds a class; None for one that is a student's own."""
    if plain.folder_of_student(item, naming) is not None or item.trouble:
        return None
    try:
        inside = unpacked(item.read(MAX_NESTED), item.name)
    except ArrivalError:
        return None  # it is told where it is opened as a student's
    return None if _is_one_students(item, inside, naming) else inside


def _of_something_else(item: Item, inside: list[Item], naming: Naming) -> str:
    """Why an archive can be no class's and no student's; empty where it may be."""
    if not inside:
        return "the archive is empty"
    if any(naming.knows(text) for text in plain.of_file(item.name, naming).ids):
        return ""  # it is told with the student's name what it lacks
    bundles, over = platforms.split(entry for entry in inside if not entry.trouble)
    if bundles or any(".ipynb" in entry.name.lower() or entry.is_zip for entry in over):
        return ""
    if any(entry.trouble or entry.name == gradescope.METADATA for entry in inside):
        return ""
    return "it holds no notebook and nothing that a platform names: is it the right archive?"


def _is_one_students(item: Item, inside: list[Item], naming: Naming) -> bool:
    """Is an archive one student's: packed by `check`, named after one, or without any names?"""
    if any(entry.path == PACKED_BY_CHECK for entry in inside):
        return True
    if any(naming.knows(text) for text in plain.of_file(item.name, naming).ids):
        return True
    bundles, over = platforms.split(entry for entry in inside if not entry.trouble)
    if bundles or any(entry.name == gradescope.METADATA for entry in inside):
        return False
    if any(entry.is_zip for entry in over):
        return False
    return not any(
        plain.folder_of_student(entry, naming) is not None or plain.of_file(entry.name, naming).ids
        for entry in over
        if ".ipynb" in entry.name.lower()
    )
