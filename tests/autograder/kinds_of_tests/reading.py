"""Reads the catalogue's text files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).parent
NOT_YET = FOLDER / "not_yet.txt"
Role = Literal["given", "plain", "solution", "test"]
Scores = dict[str, list[float | None]]
"""Answer → the score of each test; None is no score."""
ANSWERS = ("solution", "untouched", "wrong")
"""The submissions that each kind is graded with."""
FIELD = re.compile(r"    (\w+)(?: ([^:]*))?:[ ]*(.*)")
TEXT = " " * 8


@dataclass(frozen=True)
class Part:
    """One cell: what the instructor's notebook holds there, and the wrong answer's text."""

    role: Role
    text: str
    wrong: str = ""
    points: float = 0


@dataclass(frozen=True)
class Kind:
    """One entry of the catalogue."""

    family: str
    title: str
    parts: tuple[Part, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    needs: str = ""
    apart: bool = False
    better: dict[str, tuple[list[float], str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The title as a word."""
        return re.sub(r"\W+", "-", self.title.lower()).strip("-")

    @property
    def points(self) -> list[float]:
        """What its tests can give."""
        return [part.points for part in self.parts if part.role == "test"]

    def expected(self, stock: Scores) -> Scores:
        """The scores of its tests by answer: stock's, or the better ones."""
        return {
            answer: list(self.better[answer][0]) if answer in self.better else stock[answer]
            for answer in ANSWERS
        }


def kinds() -> list[Kind]:
    """The whole catalogue."""
    return [kind for path in sorted(FOLDER.glob("*.txt")) if path != NOT_YET
            for kind in read(path)]  # fmt: skip


def not_yet() -> list[str]:
    """Names of the kinds that this grader does not yet score as it should."""
    lines = NOT_YET.read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def stock_scores() -> dict[str, Scores]:
    """Name → answer → the score that stock nbgrader gave to each test."""
    scores: dict[str, Scores] = json.loads((FOLDER / "stock.json").read_text())
    return scores


def read(path: Path) -> list[Kind]:
    """The kinds of one family."""
    return [_kind(path.stem, title, lines) for title, lines in _entries(path)]


def _entries(path: Path) -> Iterator[tuple[str, list[str]]]:
    title, lines = "", list[str]()
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            continue
        if line and not line.startswith(" "):
            if title:
                yield title, lines
            title, lines = line, []
        else:
            lines.append(line)
    yield title, lines


def _kind(family: str, title: str, lines: list[str]) -> Kind:
    kind = Kind(family, title)
    for key, argument, text in _fields(title, lines):
        parts = kind.parts
        if key in ("given", "plain", "solution"):
            kind = replace(kind, parts=(*parts, Part(key, text)))  # type: ignore[arg-type]
        elif key == "wrong":
            kind = replace(kind, parts=(*parts[:-1], replace(parts[-1], wrong=text)))
        elif key == "test":
            test = Part("test", text, points=float(argument or 1))
            kind = replace(kind, parts=(*parts, test))
        elif key == "file":
            kind = replace(kind, files={**kind.files, argument: text + "\n"})
        elif key == "better":
            answer, rest = text.split(" ", 1)
            scores, _, reason = rest.partition(": ")
            right = [float(score) for score in scores.split()]
            kind = replace(kind, better={**kind.better, answer: (right, reason)})
        elif key in ("needs", "apart"):
            kind = replace(kind, **{key: text if key == "needs" else text == "yes"})
        else:
            raise ValueError(f"{title}: there is no field {key!r}")
    return kind


def _fields(title: str, lines: list[str]) -> Iterator[tuple[str, str, str]]:
    """(key, argument, text); the text stands on the key's line or is indented below it."""
    key, argument, text = "", "", list[str]()
    for line in lines:
        match = FIELD.fullmatch(line)
        if match and not line.startswith(TEXT):
            if key:
                yield key, argument, "\n".join(text).rstrip()
            key, argument, text = match[1], match[2] or "", [match[3]] if match[3] else []
        elif not line or (line.startswith(TEXT) and key):
            text.append(line.removeprefix(TEXT))
        else:
            raise ValueError(f"{title}: {line!r} belongs to nothing")
    yield key, argument, "\n".join(text).rstrip()
