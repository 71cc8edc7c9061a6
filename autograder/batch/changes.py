"""Scores that are other ones now although nothing new was handed in: tests were changed, say.

Of a large class the first are told, then how many there are for each question; all of them are
lines of a table beside the class report, which every run adds to.
"""

from __future__ import annotations

import csv
import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.batch.exporting import shown
from autograder.batch.outcome import Difference, differences
from autograder.verdict import SubmissionVerdict

TOLD = 20
COLUMNS = (
    "time", "student_id", "question", "score_before", "score_after", "status_before",
    "status_after",
)  # fmt: skip


def bounded(lines: Sequence[object], more: str) -> Iterator[str]:
    """The first of many lines, and how many ``more`` there are."""
    yield from map(str, lines[:TOLD])
    if len(lines) > TOLD:
        yield f"… and {len(lines) - TOLD} {more}"


class Changes:
    """The changes of one run, told and written as they come; none of them is kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.number = 0
        self.by_question: dict[str, Counter[str]] = {}

    def told(
        self, before: SubmissionVerdict, after: SubmissionVerdict, notebook: str = ""
    ) -> Iterator[str]:
        """A line for each change, as long as there are few; ``notebook`` goes before its tests."""
        found = list(differences(before, after, notebook))
        self._write(found)
        for change in found:
            self.number += 1
            self.by_question.setdefault(change.question, Counter())[change.way] += 1
            if self.number <= TOLD:
                yield str(change)

    def summary(self) -> Iterator[str]:
        """What was not told one by one."""
        if self.number > TOLD:
            yield f"… and {self.number - TOLD} scores more; {self.path} has all of them:"
            for question, ways in self.by_question.items():
                yield f"{question}: {', '.join(f'{n} {way}' for way, n in ways.items())}"

    def _write(self, found: list[Difference]) -> None:
        if not found:
            return
        now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", newline="", encoding="utf-8", errors="backslashreplace") as file:
            table = csv.writer(file, lineterminator="\n")
            if not file.tell():
                table.writerow(COLUMNS)
            table.writerows([shown(value) for value in (now, *change)] for change in found)
