"""Archives as the platforms make them, and a class of invented students who hand in."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.autograder.classroom import handed_in

FAMILY = [
    "Kim", "García", "Müller", "Çelik", "Łukasiewicz", "O'Hara", "Ångström", "Nguyễn", "Sørensen",
]  # fmt: skip
GIVEN = ["Ada", "Zoé", "José", "Björn", "İpek", "Jean-Luc", "Anne Marie", "Søren", "Hồng", "Maja"]
SURNAMES, SYLLABLES = "김이박최정강조윤장임", "민서준지현우영수하윤도연"


class Unmarked(zipfile.ZipInfo):
    """An entry whose name is bytes without the mark for UTF-8, as older programs write them."""

    codec = "utf-8"

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode(self.codec), self.flag_bits & ~0x800


def zipped(files: Mapping[str, bytes], *, codec: str = "") -> bytes:
    """A ZIP; with ``codec`` its names are unmarked bytes of that code page."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = Unmarked(name) if codec else zipfile.ZipInfo(name)
            if codec:
                entry.codec = codec  # type: ignore[attr-defined]
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return whole.getvalue()


def notebook(**answers: Any) -> bytes:
    return json.dumps(handed_in(**answers)).encode()


def moodle_name(
    name: str, number: int, file: str, *, flat: bool = False, kind: str = "file"
) -> str:
    sign = "_" if flat else "_/"
    return f"{name.replace('_', ' ')}_{number}_assignsubmission_{kind}{sign}{file}"


def canvas_slug(last: str, first: str) -> str:
    """Canvas's ``surnamename``: lower case, letters alone."""
    return "".join(c for c in (last + first).casefold() if c.isalnum())


def canvas_name(slug: str, user: int, attachment: int, file: str, *, late: bool = False) -> str:
    return f"{slug}_{'LATE_' if late else ''}{user}_{attachment}_{file}"


def blackboard(
    user: str, time: str, files: Mapping[str, bytes], name: str = ""
) -> dict[str, bytes]:
    """One attempt with its sidecar."""
    start = f"ps1_{user}_attempt_{time}"
    listed = "".join(
        f"\tOriginal filename: {file}\n\tFilename: {start}_{file}\n\n" for file in files
    )
    text = f"Name: {name or user} ({user})\nAssignment: ps1\nDate Submitted: {time}\n\nFiles:\n"
    sidecar = {f"{start}.txt": (text + listed).encode()}
    return {**sidecar, **{f"{start}_{file}": data for file, data in files.items()}}


Submission = tuple[int, list[dict[str, str]], str, Mapping[str, bytes]]


def gradescope(submissions: Sequence[Submission]) -> bytes:
    """An export: (number, submitters, time, files) each."""
    lines, files = ["---"], {}
    for number, submitters, time, own in submissions:
        lines += [f"submission_{number}:", "  :submitters:"]
        for each in submitters:
            pairs = [f":{key}: {json.dumps(value)}" for key, value in each.items()]
            lines += [f"  - {pairs[0]}", *(f"    {pair}" for pair in pairs[1:])]
        lines += [f"  :created_at: {time}", "  :score: 3.0", "  :history: []"]
        for name, data in own.items():
            files[f"assignment_4711_export/submission_{number}/{name}"] = data
    text = "\n".join(lines).encode()
    return zipped({"assignment_4711_export/submission_metadata.yml": text, **files})


@dataclass(frozen=True)
class Invented:
    """A student of the large class, and what they do."""

    number: int

    @property
    def id(self) -> str:
        sign = "_" if self.number % 5 == 0 else "-"
        return f"student{sign}{self.number:03d}"

    @property
    def last(self) -> str:
        at = self.number
        return SURNAMES[at % 10] if self.is_korean else FAMILY[at % 9] + "bcdfghkl"[at // 9 % 8]

    @property
    def first(self) -> str:
        at = self.number
        if self.is_korean:
            return SYLLABLES[at % 12] + SYLLABLES[at // 12 % 12]
        return f"{GIVEN[at % 10]} {'QRSTUVWXYZ'[at // 10 % 10]}"

    @property
    def is_korean(self) -> bool:
        return self.number % 3 == 0

    @property
    def name(self) -> str:
        """As the platform shows it; Macs take its letters apart."""
        name = f"{self.last}{self.first}" if self.is_korean else f"{self.first} {self.last}"
        return unicodedata.normalize("NFD" if self.number % 4 == 0 else "NFC", name)

    @property
    def absent(self) -> bool:
        return self.number % 10 == 0

    @property
    def late(self) -> bool:
        return self.number % 9 == 0

    @property
    def broken(self) -> bool:
        """Hands in what is no notebook inside."""
        return self.number % 11 == 0

    @property
    def wrong(self) -> bool:
        return self.number % 7 == 0

    @property
    def again(self) -> bool:
        """Hands in twice: first a wrong answer."""
        return self.number % 13 == 0

    @property
    def packs(self) -> bool:
        """Hands in a ZIP."""
        return self.number % 17 == 0

    @property
    def answer(self) -> bytes:
        if self.broken:
            return b"{"
        answers = {"words": "YOUR ANSWER HERE"}
        return notebook(slope=f"def slope(x): return {self.number}", **answers) if self.wrong else (
            notebook(**answers)
        )  # fmt: skip

    @property
    def file(self) -> tuple[str, bytes]:
        """Name and content of what they upload."""
        if self.packs:
            return "my work.zip", zipped({"ps1/hills.ipynb": self.answer, "__MACOSX/._x": b"x"})
        return ("Hills (1).ipynb" if self.number % 6 == 1 else "hills.ipynb"), self.answer

    @property
    def expected(self) -> tuple[str, str]:
        """Grade and status in the plain table."""
        if self.absent:
            return "", "not handed in"
        if self.broken:
            return "", "not graded"
        return ("3" if self.wrong else "5"), "graded"


CLASS = [Invented(number) for number in range(1, 201)]
