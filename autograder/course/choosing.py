"""Which of the notebooks in a submission is graded: the newest work that differs from the release.

The untouched release may lie beside the work, a browser may have numbered several downloads, the
same file may lie there twice. Whatever is decided is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from autograder.course.folder import HandedIn
from autograder.errors import SubmissionError
from autograder.text import named

COPY_NUMBER = re.compile(r"\(([0-9]{1,4})\)|(?:copy|kopie|copie)[ _-]?([0-9]{0,4})", re.IGNORECASE)
# Files that were unpacked or copied together have times that mean nothing.
TOGETHER_SECONDS = 1.0


class Worth(IntEnum):
    """What a file is worth as an answer to one of the assignment's notebooks."""

    OTHER = 0
    """Not this notebook, or not readable."""
    UNTOUCHED = 1
    """As it was released."""
    WORK = 2


@dataclass(frozen=True)
class Found:
    """The notebook that is graded, and what had to be decided to choose it."""

    name: str
    data: bytes
    repairs: tuple[str, ...] = ()


def find(
    handed_in: HandedIn,
    name: str,
    *,
    others: frozenset[str] = frozenset(),
    worth: Callable[[str, bytes, bool], Worth] = lambda name, data, expected: Worth(expected),
) -> Found:
    """The file that stands for the notebook ``name``.ipynb.

    ``worth`` tells what a file's bytes are worth, whether or not it has the expected name;
    ``others`` are the assignment's other notebooks. Raises SubmissionError, its text the reason,
    when there is nothing to grade.
    """
    if handed_in.reason:
        raise SubmissionError(handed_in.reason)
    expected = f"{name}.ipynb"
    there = next((each for each in handed_in.notebooks if _same(each, expected)), "")
    strangers = {
        each: data
        for each, data in handed_in.notebooks.items()
        if each != there and not any(_same(each, f"{other}.ipynb") for other in others)
    }
    if there and not strangers:
        return Found(there, handed_in.files[there])
    candidates = [there, *strangers] if there else list(strangers)
    worths = {each: worth(each, handed_in.files[each], each == there) for each in candidates}
    chosen = _newest(handed_in, worths, there)
    if not chosen:
        raise SubmissionError(_nothing_to_grade(expected, handed_in, list(strangers)))
    return Found(chosen, handed_in.files[chosen], tuple(_said(expected, chosen, there, worths)))


def _newest(handed_in: HandedIn, worths: dict[str, Worth], there: str) -> str:
    """The name that counts; empty when none does. What is told apart by nothing goes by name."""
    best = max(worths.values(), default=Worth.OTHER)
    if best == Worth.OTHER:
        return there  # so that its own fault is told
    times = {n: handed_in.modified.get(n, 0.0) for n, each in worths.items() if each == best}
    if best == Worth.UNTOUCHED and there in times:
        return there
    newest = max(times.values())
    together = [each for each, time in times.items() if newest - time < TOGETHER_SECONDS]
    return max(together, key=lambda each: (each == there, _copy_number(each), each))


def _said(expected: str, chosen: str, there: str, worths: dict[str, Worth]) -> list[str]:
    lines = []
    if chosen != there and not there:
        lines.append(f"the notebook was called {named(chosen)!r}, not {expected!r}")
    elif chosen != there:
        why = {
            Worth.OTHER: "cannot be read as this assignment's notebook",
            Worth.UNTOUCHED: "is as it was released",
            Worth.WORK: "is older",
        }[worths[there]]
        lines.append(f"{named(chosen)!r} was graded: {expected!r} {why}")
    rest = sorted(named(each) for each in worths if each not in (chosen, there))
    if rest:
        lines.append(f"other notebooks in the folder were ignored: {', '.join(rest[:5])}")
    return lines


def _nothing_to_grade(expected: str, handed_in: HandedIn, strangers: list[str]) -> str:
    trouble = handed_in.left_out.get(expected, "was not handed in")
    names = ", ".join(repr(named(each)) for each in sorted(strangers)[:5])
    if names:
        return f"{expected} {trouble}; found instead: {names}. The file must be called {expected}"
    return f"{expected} {trouble}, and the folder holds no other notebook"


def _same(one: str, other: str) -> bool:
    """Are two names the same, however their accents are composed?"""
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


def _copy_number(name: str) -> int:
    """The number that a browser or a file manager gave to a further copy; 0 for a first one."""
    found = COPY_NUMBER.findall(name)
    return max((int(digits or second or 1) for digits, second in found), default=0)
