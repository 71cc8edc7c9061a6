"""Feedback pages in one archive, under the names that the platform needs to know whose they are."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course.folder import is_notebook
from autograder.intake.journal import WHEN_PACKED, Journal, Version

PLATFORMS = ("moodle", "canvas", "plain")


@dataclass(frozen=True)
class Archive:
    """The bytes, and the students whose pages could not go into it."""

    data: bytes
    count: int
    without: tuple[str, ...] = ()


def archive(platform: str, pages: Mapping[str, Sequence[Path]], journal: Journal) -> Archive:
    """All pages, student → paths, as the platform takes them back."""
    whole = io.BytesIO()
    count, without = 0, []
    with zipfile.ZipFile(whole, "w") as file:
        for student, paths in sorted(pages.items()):
            names = list(_names(platform, student, paths, _version(journal, student, platform)))
            if paths and not names:
                without.append(student)
            for name, path in names:
                entry = zipfile.ZipInfo(name, WHEN_PACKED)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                file.writestr(entry, path.read_bytes())
                count += 1
    return Archive(whole.getvalue(), count, tuple(without))


def _version(journal: Journal, student: str, platform: str) -> Version | None:
    """The version that counts, or else the last one that came from the platform."""
    current = journal.current(student)
    if current is not None and current.platform == platform:
        return current
    from_there = [v for v in journal.versions.get(student, ()) if v.platform == platform]
    return from_there[-1] if from_there else None


def _names(
    platform: str, student: str, paths: Sequence[Path], version: Version | None
) -> Iterable[tuple[str, Path]]:
    if platform == "plain":
        return [(f"{student}/{path.name}", path) for path in paths]
    if version is None:
        return []
    if platform == "moodle":
        return [(f"{version.key}/{path.name}", path) for path in paths]
    # Canvas reads the user's and the file's number out of the name it gave, to the letter.
    given = [name for name in version.names if is_notebook(name)] or list(version.names)
    if len(paths) == 1 and given:
        return [(f"{given[0]}.html", paths[0])]
    return [(f"{version.key}{path.name}", path) for path in paths]
