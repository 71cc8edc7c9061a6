"""The instructor's page: how the class did, what went wrong most, and who was not graded.

A class of any size makes a page that can be read: verdicts are gone through one by one, long tables
are folded, of long lists of names the first are shown, and of many curves a sample is drawn.
"""

from __future__ import annotations

import contextlib
import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from autograder.batch import store
from autograder.batch.sheets import Key, Sheet, sheets
from autograder.batch.store import Record
from autograder.course import release
from autograder.course.directory import Course
from autograder.course.questions import Part, questions_of
from autograder.course.release import SourceNotebook
from autograder.errors import CourseError
from autograder.pages.charts import curves_svg, histogram_svg
from autograder.pages.gathering import Class, Curves, TestRow
from autograder.pages.rendering import render

NAMES = 200
"""Of a longer list of students the first are named."""
MAX_LEFT = 200
"""Submissions without a score that are listed with their reason; the table of students has all."""
MAX_DETAILS = 20
"""Of these, the ones with all that the grader itself says."""
FOLD = 250
"""Rows of a table that lie open; a longer one is folded into parts of so many."""
POINTS_OF_A_PAGE = 45_000
"""Points of all curves together."""


@dataclass(frozen=True)
class CurvePicture:
    """Curves of one kind in one picture."""

    title: str
    chart: Markup
    outside: int
    total: int
    drawn: int
    variants: int


def class_report(course: Course, assignment: str, students: Sequence[str] = ()) -> str:
    """The page, complete in itself.

    Raises CourseError when nothing of the assignment was graded yet.
    """
    with contextlib.chdir(course.root):
        notebooks = release.load(course, assignment)
        parts = [
            (notebook.name, question.title, part)
            for notebook in notebooks
            for question in questions_of(notebook)
            for part in question.parts
        ]
        questions = _questions(parts)
        manual = {(notebook, part.name) for notebook, _, part in parts if part.manual}
        found = Class({key: row for _, key, row in questions}, manual)
        with course.gradebook() as book:
            known = sheets(book, assignment)
        for key, record in _records(course, assignment, notebooks, students):
            found.add(key, record, known.get(key, Sheet()))
    if not found.students:
        raise CourseError(
            f"nothing of {assignment} is graded yet: "
            f"run `python -m autograder grade {assignment} --course {course.root}`"
        )
    titles: dict[str, list[TestRow]] = defaultdict(list)
    for title, _, row in questions:
        titles[title].append(row)
    return str(
        render(
            "report.html.j2",
            title=f"{assignment} · class report",
            assignment=assignment,
            figures=[
                (str(found.graded), "graded"),
                (str(len(found.left)), "not graded"),
                (str(found.waiting), "answers to read"),
                *_averages(found.scores, found.most),
            ],
            histogram=histogram_svg(found.scores, found.most) if found.scores else None,
            questions=list(titles.items()),
            judged_inside=any(row.inside for _, _, row in questions),
            mistakes=found.mistakes,
            curves=_pictures(found.curves),
            slowest=found.slowest,
            repairs=found.repairs,
            left=[
                (key, reason, detail if number < MAX_DETAILS else "")
                for number, (key, reason, detail) in enumerate(found.left[:MAX_LEFT])
            ],
            left_out=len(found.left[MAX_LEFT:]),
            students=[
                found.students[first : first + FOLD]
                for first in range(0, len(found.students), FOLD)
            ],
            several=len(notebooks) > 1,
            most_names=NAMES,
        )
    )


def _records(
    course: Course, assignment: str, notebooks: list[SourceNotebook], students: Sequence[str]
) -> Iterator[tuple[Key, Record]]:
    """What is stored, one by one, in the order of students and notebooks."""
    names = sorted(notebook.name for notebook in notebooks)
    for submission in course.submissions(assignment):
        student = submission.student
        if students and student not in students:
            continue
        for name in names:
            record = store.load(course, student, assignment, name, outputs=False)
            if record is not None:
                yield (student, name), record


def _averages(scores: list[float], most: float) -> list[tuple[str, str]]:
    if not scores:
        return []
    return [
        (f"{statistics.fmean(scores):.1f}", f"mean of {most:g}"),
        (f"{statistics.median(scores):.1f}", "median"),
        (str(sum(score >= most for score in scores)), "with all points"),
    ]


def _questions(
    parts: list[tuple[str, str, Part]],
) -> list[tuple[str, tuple[str, str], TestRow]]:
    """(title, key, row) of each test cell, by question."""
    return [
        (title, (notebook, part.name), TestRow(part.name, part.points))
        for notebook, title, part in parts
        if not part.manual
    ]


def _pictures(kinds: dict[str, Curves]) -> list[CurvePicture]:
    pictures = []
    for title, curves in kinds.items():
        outside, drawn = curves.outside.seen, curves.drawn
        text = f"{title}: {curves.total} curves, {outside} of them leave the expected band."
        chart = curves_svg(drawn, text, POINTS_OF_A_PAGE // len(kinds))
        pictures.append(
            CurvePicture(title, chart, outside, curves.total, len(drawn), curves.variants)
        )
    return pictures
