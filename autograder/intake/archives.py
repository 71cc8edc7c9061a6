"""Items: files that arrived, on a disk or in a ZIP, read later and within limits."""

from __future__ import annotations

import datetime
import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course.opening import read_file
from autograder.errors import GraderError, SubmissionError
from autograder.intake.names import made_by_machines, name_of, parts_of

MAX_ENTRIES = 200_000
OTHER_ARCHIVES = (".7z", ".rar", ".tar", ".gz", ".tgz", ".xz", ".bz2")
BAD_ZIP = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
    OSError, struct.error,
)  # fmt: skip


class ArrivalError(GraderError):
    """Why something that arrived cannot be read; the text goes into the report."""


class TooMuch(ArrivalError):
    """It is larger than what may be read."""


@dataclass(frozen=True)
class Item:
    """One file that arrived; ``parts`` is its name below what was given, composed letters."""

    parts: tuple[str, ...]
    read: Callable[[int], bytes]
    """The content, at most so many bytes; ArrivalError where that cannot be."""
    source: str
    """The file or archive it came in, for messages."""
    trouble: str = ""
    """Why it must not be read."""
    modified: float = 0.0
    """When it was changed last, on whatever clock: of two notebooks the newer may count."""
    given: bool = False
    """Is the first part the folder that was named on the command line?"""

    @property
    def name(self) -> str:
        return self.parts[-1] if self.parts else ""

    @property
    def path(self) -> str:
        return "/".join(self.parts)

    @property
    def is_zip(self) -> bool:
        return self.name.lower().endswith(".zip")


def file_item(path: Path, parts: tuple[str, ...], source: str, *, given: bool = False) -> Item:
    """A file on the disk; links are not followed."""

    def read(limit: int) -> bytes:
        try:
            if os.stat(path).st_size > limit:
                raise TooMuch("it has more than may be read of one student's work")
            return read_file(path, limit)
        except SubmissionError as error:
            raise ArrivalError(str(error)) from error

    trouble, modified = "", 0.0
    try:
        found = os.lstat(path)
        modified = found.st_mtime
        if not stat.S_ISREG(found.st_mode):
            trouble = "it is a link or no ordinary file: put the file itself there"
    except OSError as error:
        trouble = f"it cannot be read: {error.strerror}"
    return Item(parts, read, source, trouble, modified, given)


def unpacked(data: bytes | Path, source: str) -> list[Item]:
    """The items of a ZIP archive; ArrivalError for one that cannot be opened.

    Every entry is there, also those that must not be read, with the reason.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data)
        entries = archive.infolist()
    except BAD_ZIP as error:
        raise ArrivalError(
            f"{source} is no ZIP archive that can be opened ({_first(error)}): "
            "download it again, or pack it again as ZIP"
        ) from error
    if len(entries) > MAX_ENTRIES:
        raise ArrivalError(f"{source} holds more than {MAX_ENTRIES:,} names: it was left alone")
    return list(_items(archive, entries, source))


def _items(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], source: str) -> Iterator[Item]:
    for entry in entries:
        name = name_of(entry)
        parts, trouble = parts_of(name)
        if name.endswith(("/", "\\")) or made_by_machines(parts):
            continue
        mode = entry.external_attr >> 16
        if entry.flag_bits & 1:
            trouble = "it is encrypted: ask for it without a password"
        elif stat.S_ISLNK(mode):
            trouble = "it is a symbolic link: ask for the file itself"
        elif mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            trouble = "it is no ordinary file"
        shown = parts or (name.replace("/", "_").replace("\\", "_")[:80] or "?",)
        yield Item(shown, _reader(archive, entry), source, trouble, _modified(entry))


def _modified(entry: zipfile.ZipInfo) -> float:
    """The entry's time as if it were in UTC; 0 for one that is no time."""
    try:
        return datetime.datetime(*entry.date_time, tzinfo=datetime.UTC).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _reader(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        # What the archive says of its sizes is not believed.
        try:
            with archive.open(entry) as file:
                data = file.read(limit + 1)
        except BAD_ZIP as error:
            raise ArrivalError(f"it is damaged in the archive ({_first(error)})") from error
        if len(data) > limit:
            raise TooMuch("it has more than may be read of one student's work")
        return data

    return read


def _first(error: BaseException) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
