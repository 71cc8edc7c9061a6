"""A class gone through once, a verdict at a time: what its report needs is counted, not kept.

Curves are kept as a sample, names as they are; pictures, outputs and the rest of a verdict are let
go before the next one is read.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from autograder.batch.sheets import Key, Sheet
from autograder.batch.store import Record
from autograder.pages.charts import leaves_at
from autograder.text import printable
from autograder.verdict import Evidence, SubmissionVerdict, TestStatus, TestVerdict

ORDER: tuple[TestStatus, ...] = (
    "passed", "partial", "failed", "timeout", "crashed", "not graded",
)  # fmt: skip
MAX_ROWS = 12
MAX_TEXTS = 60
"""Rows of the tables of mistakes and repairs: a class cannot make more of them worth reading."""
MAX_TEXT = 600
MAX_DETAIL = 4_000
DRAWN = 100
"""Curves of one kind that are drawn of those inside their band, and as many of those outside."""


@dataclass
class TestRow:
    """How the class did in one test cell."""

    __test__ = False

    name: str
    points: float
    counts: Counter[str] = field(default_factory=Counter)
    inside: bool = False
    """Was it judged in the student's process?"""

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def rate(self) -> float:
        """Share of the submissions that passed."""
        return self.counts["passed"] / self.total if self.total else 0.0

    @property
    def shares(self) -> list[tuple[str, float]]:
        """(class name, percent) in a fixed order, for the bar."""
        return [
            (status.replace(" ", "-"), round(100 * self.counts[status] / self.total, 2))
            for status in ORDER
            if self.counts[status]
        ]

    @property
    def text(self) -> str:
        return ", ".join(
            f"{self.counts[status]} {status}" for status in ORDER if self.counts[status]
        )


class Sample:
    """Some of many, each as likely as any other; the same ones of the same many."""

    def __init__(self, most: int) -> None:
        self.kept: list[Evidence] = []
        self.seen = 0
        self._most = most
        self._draw = random.Random(0)

    def add(self, curve: Evidence) -> None:
        """See one more."""
        self.seen += 1
        place = self.seen - 1 if self.seen <= self._most else self._draw.randrange(self.seen)
        if place < len(self.kept):
            self.kept[place] = curve
        elif place < self._most:
            self.kept.append(curve)


class Curves:
    """All curves of one kind: their numbers, and those that are drawn."""

    def __init__(self) -> None:
        self.inside, self.outside = Sample(DRAWN), Sample(DRAWN)
        self._bands: set[int] = set()

    def add(self, curve: Evidence) -> None:
        """See one more."""
        (self.inside if leaves_at(curve) is None else self.outside).add(curve)
        self._bands.add(hash((curve.low, curve.high)))

    @property
    def total(self) -> int:
        return self.inside.seen + self.outside.seen

    @property
    def variants(self) -> int:
        """Sets of inputs, as far as they have bands of their own."""
        return len(self._bands)

    @property
    def drawn(self) -> list[Evidence]:
        return [*self.inside.kept, *self.outside.kept]


@dataclass(frozen=True)
class StudentRow:
    """A line of the table of students; ``score`` is None for what was not graded."""

    student: str
    notebook: str
    score: float | None
    most: float
    total: float
    """With the points given by hand."""
    seconds: float


Texts = list[tuple[str, list[str], list[str]]]


class Class:
    """What the report says of all verdicts that were added; ``manual`` are cells read by humans."""

    def __init__(self, rows: dict[tuple[str, str], TestRow], manual: set[tuple[str, str]]) -> None:
        self.rows = rows
        self.manual = manual
        self.scores: list[float] = []
        self.most = 0.0
        self.graded = self.waiting = 0
        self.left: list[tuple[Key, str, str]] = []
        self.curves: dict[str, Curves] = defaultdict(Curves)
        self.students: list[StudentRow] = []
        self._mistakes: dict[str, tuple[dict[str, None], set[str]]] = {}
        self._repairs: dict[str, list[str]] = defaultdict(list)
        self._slowest: list[tuple[float, int, str, TestVerdict]] = []
        self._tests = 0

    def add(self, key: Key, record: Record, sheet: Sheet) -> None:
        """Count one verdict, in the order of the students."""
        verdict = record.verdict
        student, notebook = key
        for text in verdict.repairs:
            self._repairs[printable(text, MAX_TEXT)].append(student)
        self.students.append(
            StudentRow(
                student, notebook, verdict.score, verdict.max_score, sheet.score, verdict.seconds
            )
        )
        if verdict.status != "graded":
            reason = printable(verdict.reason, MAX_TEXT)
            self.left.append((key, reason, record.detail[-MAX_DETAIL:]))
            return
        self.graded += 1
        self.scores += [] if verdict.score is None else [verdict.score]
        self.most = max(self.most, verdict.max_score)
        self.waiting += sum(
            mark.waits for name, mark in sheet.marks.items() if (notebook, name) in self.manual
        )
        self._add_tests(student, notebook, verdict)

    def _add_tests(self, student: str, notebook: str, verdict: SubmissionVerdict) -> None:
        for name, test in verdict.tests.items():
            if (notebook, name) in self.rows:
                of_test = self.rows[notebook, name]
                of_test.counts[test.status] += 1
                of_test.inside = of_test.inside or test.inside
            if test.diagnosis:
                who, where = self._mistakes.setdefault(test.diagnosis, ({}, set()))
                who[student] = None
                where.add(test.grade_id)
            for item in test.evidence:
                if item.got:
                    self.curves[item.title].add(item)
            # Of equally slow ones the first stay, and verdicts are never compared.
            self._tests -= 1
            row = (test.seconds, self._tests, student, test)
            if len(self._slowest) < MAX_ROWS:
                heapq.heappush(self._slowest, row)
            else:
                heapq.heappushpop(self._slowest, row)

    @property
    def slowest(self) -> list[tuple[str, TestVerdict]]:
        """(student, test), the slowest first."""
        return [(student, test) for _, _, student, test in sorted(self._slowest, reverse=True)]

    @property
    def mistakes(self) -> Texts:
        """(diagnosis, students, test cells), the most frequent first."""
        rows = [(text, list(who), sorted(where)) for text, (who, where) in self._mistakes.items()]
        return sorted(rows, key=lambda row: (-len(row[1]), row[0]))[:MAX_TEXTS]

    @property
    def repairs(self) -> list[tuple[str, list[str]]]:
        """(what was mended, in whose notebooks), the most frequent first."""
        rows: Iterable[tuple[str, list[str]]] = self._repairs.items()
        return sorted(rows, key=lambda row: (-len(row[1]), row[0]))[:MAX_TEXTS]
