"""Every version that was ever collected, with time and hash, in the course's private folder.

    collected/ASSIGNMENT/journal.jsonl              a line for each version and each placing
    collected/ASSIGNMENT/versions/STUDENT/HASH.zip  the files of a version as they came
    collected/ASSIGNMENT/unplaced/                  what is nobody's yet, with reasons.json

Lines are only ever added. A version's files are on the disk before its line is written, so a line
that a crash tore in two loses nothing: the next run writes it again.
"""

from __future__ import annotations

import datetime
import io
import json
import os
import re
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from autograder.batch.store import publish
from autograder.course.directory import Course
from autograder.course.students import one_spelling
from autograder.errors import CourseError, GraderError
from autograder.intake.archives import ArrivalError, unpacked
from autograder.intake.contents import Contents

JOURNAL = "journal.jsonl"
NOT_A_NAME = re.compile(r"[^\w.@+() -]+")
WHEN_PACKED = (1980, 1, 1, 0, 0, 0)
"""The first and the last time that a ZIP can hold."""
LAST = (2107, 12, 31, 23, 59, 58)


@dataclass(frozen=True)
class Version:
    """One thing that one student handed in."""

    student: str
    hash: str
    collected: str
    """When it was collected, in UTC."""
    time: str = ""
    """When it was handed in, in UTC; empty when nobody but the student says so."""
    told_by: str = ""
    """Who told the time."""
    claimed: str = ""
    """The time in the hand-in file: the student's clock."""
    platform: str = ""
    key: str = ""
    """The folder or beginning of the names that the platform gave; feedback goes back under it."""
    names: tuple[str, ...] = ()
    number: str = ""
    """The platform's number for the participant or user."""
    attempt: int = 1
    late: bool = False
    """Had the platform marked it as late?"""
    source: str = ""
    receipt: str = ""
    notes: tuple[str, ...] = ()

    def newer_than(self, other: Version) -> bool:
        """Does it count rather than the other, which came to the journal before it?

        What has no time of its own came, at the latest, when it was collected.
        """
        if self.hash == other.hash and bool(self.time) != bool(other.time):
            return bool(self.time)
        mine, theirs = self.time or self.collected, other.time or other.collected
        return (mine, self.attempt) >= (theirs, other.attempt)


class Journal:
    """The journal of one assignment."""

    def __init__(self, course: Course, assignment: str) -> None:
        self.folder = course.folder("collected", ".", assignment)
        self.shown = course.shown(self.folder)
        self.mode = course.private_mode
        self.versions: dict[str, list[Version]] = defaultdict(list)
        self.placed: dict[str, str] = {}
        """Student → hash of the version that lies where the grader looks."""
        self.chosen: dict[str, tuple[str, int]] = {}
        """Student → hash that the instructor chose, and how many versions there were then."""
        self._read()

    def _read(self) -> None:
        try:
            data = (self.folder / JOURNAL).read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise CourseError(f"{self.shown}/{JOURNAL} cannot be read: {error.strerror}") from error
        known = {field.name for field in fields(Version)}
        for line in data.split(b"\n"):
            try:
                told = json.loads(line)
                if "placed" in told:
                    self.placed[told["student"]] = told["placed"]
                    continue
                if "chosen" in told:
                    student = told["student"]
                    self.chosen[student] = told["chosen"], len(self.versions[student])
                    continue
                told = {name: value for name, value in told.items() if name in known}
                told |= {name: tuple(told.get(name, ())) for name in ("names", "notes")}
                version = Version(**told)
            except (ValueError, TypeError, KeyError, AttributeError):
                continue
            self.versions[version.student].append(version)

    @property
    def numbers(self) -> dict[tuple[str, str], str]:
        """(platform, number) → student, from everything that was collected before."""
        return {
            (version.platform, version.number): student
            for student, versions in self.versions.items()
            for version in versions
            if version.number
        }

    def holds(self, version: Version) -> bool:
        """Was this very version collected before? With a later time it is another one."""
        return any(
            old.hash == version.hash and (not version.time or old.time == version.time)
            for old in self.versions.get(version.student, ())
        )

    def current(self, student: str) -> Version | None:
        """The version that counts: the newest, or the one that was chosen until another came."""
        best = None
        versions = self.versions.get(student, [])
        chosen, count = self.chosen.get(student, ("", 0))
        if chosen and count == len(versions):
            return next((version for version in versions if version.hash == chosen), None)
        for version in versions:
            if best is None or version.newer_than(best):
                best = version
        return best

    def add(self, version: Version, came: Contents) -> None:
        """Keep a version: its files first, then its line."""
        path = self._path(version.student, version.hash)
        if not path.is_file():
            publish(path, packed(came), self.mode)
        self._write(asdict(version))
        self.versions[version.student].append(version)

    def contents(self, version: Version) -> Contents:
        """The files of a version as they came; CourseError when they are gone."""
        path = self._path(version.student, version.hash)
        try:
            came = Contents()
            for item in unpacked(path, path.name):
                came.add(item.path, item.read(2**40), item.modified)
            return came
        except ArrivalError as error:
            raise CourseError(f"{path} is damaged: collect {version.source} again") from error

    def choose(self, version: Version) -> None:
        """Let this version count until another one comes."""
        self._write({"student": version.student, "chosen": version.hash})
        self.chosen[version.student] = version.hash, len(self.versions[version.student])

    def note_placed(self, version: Version) -> None:
        self._write({"student": version.student, "placed": version.hash})
        self.placed[version.student] = version.hash

    def _path(self, student: str, digest: str) -> Path:
        return self.folder / "versions" / student / f"{digest[:32]}.zip"

    def _write(self, told: Mapping[str, Any]) -> None:
        path = self.folder / JOURNAL
        line = json.dumps(told, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(
                os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, self.mode), "ab"
            ) as file:
                # A torn line before this one must not swallow it.
                file.write((b"\n" if file.tell() else b"") + line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise GraderError(f"{path} cannot be written: {error.strerror}") from error


def packed(came: Contents) -> bytes:
    """Files as one ZIP, with their times."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(came.files.items()):
            time = datetime.datetime.fromtimestamp(came.times.get(name, 0.0), datetime.UTC)
            when = max(WHEN_PACKED, min(time.timetuple()[:6], LAST))
            entry = zipfile.ZipInfo(one_spelling(name), when)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, data)
    return whole.getvalue()


def safe_name(name: str) -> str:
    """A name for a file of ours that a stranger's name can be recognised in."""
    return NOT_A_NAME.sub("_", name)[-80:].strip(". ") or "unnamed"
