"""The files of a bundle, read within limits, under the names that the assignment asks for."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.course.folder import TIMESTAMP, is_notebook
from autograder.intake.archives import ArrivalError, Item, TooMuch, unpacked
from autograder.intake.names import parts_of
from autograder.intake.plain import COPY, EXTENSION
from autograder.intake.platforms import BLACKBOARD, Bundle
from autograder.text import named
from lossland.handin.packing import FORMAT, MANIFEST, receipt_of

MAX_FILES = 1_000
MAX_DEPTH = 2
MAX_NOTES = 6


@dataclass(frozen=True)
class Manifest:
    """What `python -m lossland check` wrote about a hand-in file: the student's word."""

    assignment: str
    student: str
    time: str
    receipt: str
    trouble: str = ""
    """Why the files are not those that were checked; empty when they are."""


@dataclass
class Contents:
    """What a bundle holds."""

    files: dict[str, bytes] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    """When each file was changed last, as far as an archive tells."""
    notes: list[str] = field(default_factory=list)
    manifest: Manifest | None = None
    too_much: bool = False
    """Was there more than the limit?"""

    def add(self, name: str, data: bytes, modified: float) -> None:
        """Add a file under its name, or one like it that is free."""
        free = _free(name, self.files)
        self.files[free], self.times[free] = data, modified

    def note(self, text: str) -> None:
        if len(self.notes) < MAX_NOTES and text not in self.notes:
            self.notes.append(text)

    @property
    def notebooks(self) -> list[str]:
        return [name for name in self.files if is_notebook(name)]


def raw(bundle: Bundle, limit: int) -> Contents:
    """The files as they came, with notes about what could not be read of them.

    Raises ArrivalError when together they are more than ``limit`` bytes.
    """
    contents = Contents()
    left = limit
    for name, item in bundle.items:
        parts, trouble = parts_of(name)
        own = "_".join(part for part in parts if part != "..") if trouble else "/".join(parts)
        data = _read(item, own or "unnamed", left, contents)
        if data is not None:
            left -= len(data)
            contents.add(own or "unnamed", data, item.modified)
        elif contents.too_much:
            raise ArrivalError(f"it has more than {limit / 1e6:.0f} MB: ask for less")
    return contents


def _read(item: Item, name: str, left: int, contents: Contents) -> bytes | None:
    """The item's bytes; None, with a note in ``contents``, where they cannot be had."""
    if item.trouble:
        contents.note(f"{named(name)}: {item.trouble}")
    elif len(contents.files) >= MAX_FILES:
        contents.note(f"more than {MAX_FILES:,} files: the others were left out")
    else:
        try:
            return item.read(left)
        except TooMuch as error:
            contents.too_much = True
            contents.note(f"{named(name)}: {error}")
        except ArrivalError as error:
            contents.note(f"{named(name)}: {error}")
    return None


def digest(files: Mapping[str, bytes]) -> str:
    """One hash for the files and their names."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(name.encode("utf-8", "surrogateescape") + b"\0")
        whole.update(hashlib.sha256(files[name]).digest())
    return whole.hexdigest()


def unfolded(came: Contents, expected: Sequence[str], limit: int) -> Contents:
    """Archives opened, the check's manifest compared, notebooks named as they are expected."""
    contents = Contents(notes=list(came.notes))
    _add(contents, Contents(dict(came.files), came.times), limit, 0)
    for name in list(contents.files):
        # The time is the platform's to tell; its note about the files is no part of the work.
        if name == TIMESTAMP or ((found := BLACKBOARD.fullmatch(name)) and found["sidecar"]):
            del contents.files[name]
    _settle(contents, expected)
    return contents


def _add(contents: Contents, came: Contents, left: int, depth: int) -> None:
    _compare(contents, came)
    for name, data in came.files.items():
        if not name.lower().endswith(".zip"):
            contents.add(name, data, came.times.get(name, 0.0))
            continue
        if depth >= MAX_DEPTH:
            contents.note(f"{named(name)} is an archive in archives: it was not opened")
            continue
        try:
            items = unpacked(data, named(name))
        except ArrivalError as error:
            contents.note(str(error))
            continue
        inside = _inside(items, left, contents)
        left -= sum(map(len, inside.files.values()))
        _add(contents, inside, left, depth + 1)


def _compare(contents: Contents, came: Contents) -> None:
    """Take the check's manifest out, packed or loose in a folder, and compare its neighbours."""
    for name in [name for name in came.files if _base(name) == MANIFEST]:
        folder = name[: -len(MANIFEST)]
        beside = {n[len(folder) :]: data for n, data in came.files.items() if n.startswith(folder)}
        if found := _manifest(beside):
            contents.manifest = found
            del came.files[name]
            if found.trouble:
                contents.note(found.trouble)


def _inside(items: Sequence[Item], left: int, told: Contents) -> Contents:
    """What an archive holds; a folder that everything lies in is left away."""
    tops = {item.parts[0] for item in items}
    skipped = 1 if len(tops) == 1 and all(len(item.parts) > 1 for item in items) else 0
    found = Contents(notes=told.notes)
    for item in items:
        data = _read(item, item.path, left, found)
        if data is not None:
            left -= len(data)
            found.add("/".join(item.parts[skipped:]), data, item.modified)
    return found


def _manifest(files: Mapping[str, bytes]) -> Manifest | None:
    """The manifest of a hand-in file, compared with the files beside it; None for another JSON."""
    try:
        told: Any = json.loads(files[MANIFEST])
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        return None
    listed = told.get("files")
    hashes: dict[str, Any] = listed if isinstance(listed, dict) else {}
    own = {n: hashlib.sha256(data).hexdigest() for n, data in files.items() if n != MANIFEST}
    changed = sorted(name for name in {*own, *hashes} if own.get(name) != hashes.get(name))
    trouble = ""
    if changed:
        names = ", ".join(named(str(name)) for name in changed[:3])
        trouble = f"the receipt does not fit: {names} changed after the check"

    def text(key: str) -> str:
        value = told.get(key, "")
        return unicodedata.normalize("NFC", value)[:200] if isinstance(value, str) else ""

    receipt = receipt_of(files[MANIFEST])
    return Manifest(text("assignment"), text("student"), text("time"), receipt, trouble)


def _settle(contents: Contents, expected: Sequence[str]) -> None:
    """Give notebooks the names that the grader and nbgrader look for, where that is clear."""
    names = contents.notebooks
    missing = []
    for name in expected:
        wanted = f"{name}.ipynb"
        same = [each for each in names if _base(each) == wanted]
        if not same:
            same = [each for each in names if _stem(each) == name.casefold()]
        if not same and len(expected) > 1:  # student-01_hills.ipynb, student-01_valleys.ipynb
            same = [each for each in names if _stem(each).endswith(f"_{name.casefold()}")]
        if len(same) == 1:
            _rename(contents, same[0], wanted)
        elif wanted not in same:
            missing.append(wanted)
        names = [each for each in names if each not in same]
    if len(missing) == 1 and len(names) == 1:
        if missing[0].removesuffix(".ipynb").casefold() not in names[0].casefold():
            contents.note(f"the notebook was called {named(names[0])}")
        _rename(contents, names[0], missing[0])


def _rename(contents: Contents, old: str, new: str) -> None:
    if old == new or new in contents.files:
        return
    # What lies beside a notebook in a folder is read from there by the same names.
    folder = old.rpartition("/")[0]
    moved = Contents()
    for name, data in contents.files.items():
        target = name
        if name == old:
            target = new
        elif folder and name.startswith(f"{folder}/"):
            target = name[len(folder) + 1 :]
        moved.add(target, data, contents.times.get(name, 0.0))
    contents.files, contents.times = moved.files, moved.times


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def _stem(name: str) -> str:
    """``Momentum (1).ipynb.txt`` → ``momentum``."""
    return COPY.sub("", EXTENSION.sub("", _base(name))).casefold()


def _free(name: str, taken: Mapping[str, bytes]) -> str:
    """The name, or one like it that is free."""
    name = unicodedata.normalize("NFC", name)
    if name not in taken:
        return name
    stem, dot, suffix = name.rpartition(".")
    number = 2
    while f"{stem} ({number}){dot}{suffix}" in taken:
        number += 1
    return f"{stem} ({number}){dot}{suffix}"
