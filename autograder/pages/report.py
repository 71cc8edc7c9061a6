"""The instructor's page: how the class did, what went wrong most, and who was not graded."""

from __future__ import annotations

import contextlib
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from autograder.batch import store
from autograder.batch.sheets import Key, Sheet, sheets
from autograder.batch.store import Record
from autograder.course import release
from autograder.course.directory import Course
from autograder.course.questions import Part, questions_of
from autograder.errors import CourseError
from autograder.pages.charts import curves_svg, histogram_svg, leaves_at
from autograder.pages.rendering import render
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


@dataclass
class TestRow:
    """How the class did in one test cell."""

    __test__ = False

    name: str
    points: float
    counts: Counter[str] = field(default_factory=Counter)

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


@dataclass(frozen=True)
class CurvePicture:
    """All curves of one kind in one picture."""

    title: str
    chart: Markup
    outside: int
    total: int
    variants: int


def class_report(course: Course, assignment: str, students: Sequence[str] = ()) -> str:
    """The page, complete in itself.

    Raises CourseError when nothing of the assignment was graded yet.
    """
    with contextlib.chdir(course.root):
        notebooks = release.load(course, assignment)
        handed_in = [s.student for s in course.submissions(assignment)]
        chosen = [student for student in handed_in if not students or student in students]
        records: dict[Key, Record] = {
            (student, notebook.name): record
            for student in chosen
            for notebook in notebooks
            if (record := store.load(course, student, assignment, notebook.name))
        }
        if not records:
            raise CourseError(
                f"nothing of {assignment} is graded yet: "
                f"run `python -m autograder grade {assignment} --course {course.root}`"
            )
        with course.gradebook() as book:
            known = sheets(book, assignment)
    parts = [
        (notebook.name, question.title, part)
        for notebook in notebooks
        for question in questions_of(notebook)
        for part in question.parts
    ]
    manual = {(notebook, part.name) for notebook, _, part in parts if part.manual}
    verdicts = {key: record.verdict for key, record in records.items()}
    graded = {key: v for key, v in verdicts.items() if v.status == "graded"}
    left = {key: record for key, record in records.items() if key not in graded}
    scores = [v.score for v in graded.values() if v.score is not None]
    most = max((v.max_score for v in graded.values()), default=0.0)
    waiting = sum(
        mark.waits
        for key in graded
        for name, mark in known.get(key, Sheet()).marks.items()
        if (key[1], name) in manual
    )
    return str(
        render(
            "report.html.j2",
            title=f"{assignment} · class report",
            assignment=assignment,
            figures=[
                (str(len(graded)), "graded"),
                (str(len(left)), "not graded"),
                (str(waiting), "answers to read"),
                *_averages(scores, most),
            ],
            histogram=histogram_svg(scores, most) if scores else None,
            questions=_questions(parts, graded),
            mistakes=_mistakes(graded),
            curves=_curves(graded.values()),
            slowest=_slowest(graded),
            repairs=_repairs(verdicts),
            left=[
                (key, printable(record.verdict.reason, MAX_TEXT), record.detail[-MAX_DETAIL:])
                for key, record in left.items()
            ],
            students=[
                (student, name, verdict, known.get((student, name), Sheet()))
                for (student, name), verdict in sorted(verdicts.items())
            ],
            several=len(notebooks) > 1,
        )
    )


def _averages(scores: list[float], most: float) -> list[tuple[str, str]]:
    if not scores:
        return []
    return [
        (f"{statistics.fmean(scores):.1f}", f"mean of {most:g}"),
        (f"{statistics.median(scores):.1f}", "median"),
        (str(sum(score >= most for score in scores)), "with all points"),
    ]


def _questions(
    parts: list[tuple[str, str, Part]], graded: dict[Key, SubmissionVerdict]
) -> list[tuple[str, list[TestRow]]]:
    rows: dict[tuple[str, str], TestRow] = {}
    titles: dict[str, list[TestRow]] = defaultdict(list)
    for notebook, title, part in parts:
        if not part.manual:
            row = rows[notebook, part.name] = TestRow(part.name, part.points)
            titles[title].append(row)
    for (_, notebook), verdict in graded.items():
        for name, test in verdict.tests.items():
            if (notebook, name) in rows:
                rows[notebook, name].counts[test.status] += 1
    return list(titles.items())


def _mistakes(graded: dict[Key, SubmissionVerdict]) -> list[tuple[str, list[str], list[str]]]:
    """(diagnosis, students, test cells), the most frequent first."""
    found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for (student, _), verdict in graded.items():
        for test in verdict.tests.values():
            if test.diagnosis:
                found[test.diagnosis][0].add(student)
                found[test.diagnosis][1].add(test.grade_id)
    rows = [(text, sorted(who), sorted(where)) for text, (who, where) in found.items()]
    return sorted(rows, key=lambda row: (-len(row[1]), row[0]))[:MAX_TEXTS]


def _curves(graded: Iterable[SubmissionVerdict]) -> list[CurvePicture]:
    kinds: dict[str, list[Evidence]] = defaultdict(list)
    for verdict in graded:
        for test in verdict.tests.values():
            for item in test.evidence:
                if item.got:
                    kinds[item.title].append(item)
    pictures = []
    for title, curves in kinds.items():
        outside = sum(leaves_at(curve) is not None for curve in curves)
        text = f"{title}: {len(curves)} curves, {outside} of them leave the expected band."
        variants = len({(curve.low, curve.high) for curve in curves})
        chart = curves_svg(curves, text)
        pictures.append(CurvePicture(title, chart, outside, len(curves), variants))
    return pictures


def _slowest(graded: dict[Key, SubmissionVerdict]) -> list[tuple[str, TestVerdict]]:
    tests = [(key[0], test) for key, verdict in graded.items() for test in verdict.tests.values()]
    return sorted(tests, key=lambda row: -row[1].seconds)[:MAX_ROWS]


def _repairs(verdicts: dict[Key, SubmissionVerdict]) -> list[tuple[str, list[str]]]:
    """(what was mended, in whose notebooks), the most frequent first."""
    found: dict[str, list[str]] = defaultdict(list)
    for (student, _), verdict in verdicts.items():
        for text in verdict.repairs:
            found[printable(text, MAX_TEXT)].append(student)
    return sorted(found.items(), key=lambda row: (-len(row[1]), row[0]))[:MAX_TEXTS]
