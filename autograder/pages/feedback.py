"""The student's page: points, what failed and why, the own curve over the expected band.

It lies where nbgrader puts its feedback, so that ``nbgrader release_feedback`` and formgrader hand
it out. Everything on it comes from the verdict, which holds nothing hidden, and from the
gradebook.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbgrader.converters import GenerateFeedback

from autograder.batch import store
from autograder.batch.sheets import Mark, Sheet, sheets
from autograder.batch.store import Record
from autograder.course import cells, release
from autograder.course.directory import Course
from autograder.course.folder import Submission, read_beside
from autograder.course.questions import Part, Question, questions_of
from autograder.course.release import SourceNotebook
from autograder.errors import CourseError, SubmissionError
from autograder.pages.charts import curve_svg, description
from autograder.pages.rendering import render
from autograder.text import printable
from autograder.timing import within
from autograder.verdict import TestVerdict

SECONDS = 10.0
"""Processor time for one student's page."""
MAX_NAME = 120
MAX_REPAIRS, MAX_REPAIR = 50, 600
MAX_ERRORS = 20
MAX_ERROR = 4_000
# What nbgrader's release_feedback looks for beside the page.
COMPANIONS = ("timestamp.txt", "submission_secret.txt")


@dataclass(frozen=True)
class CellError:
    """An error of the student's own, with the cell it came from."""

    where: str
    text: str


def write_feedback(course: Course, assignment: str, students: Sequence[str] = ()) -> list[Path]:
    """Write a page for each notebook of each student that has a verdict; their paths.

    Raises CourseError when nothing of the assignment was graded yet.
    """
    with contextlib.chdir(course.root):
        notebooks = release.load(course, assignment)
        submissions = [
            submission
            for submission in course.submissions(assignment)
            if not students or submission.student in students
        ]
        records = {
            (submission.student, notebook.name): record
            for submission in submissions
            for notebook in notebooks
            if (record := store.load(course, submission.student, assignment, notebook.name))
        }
        if not records:
            raise CourseError(
                f"nothing of {assignment} is graded yet: "
                f"run `python -m autograder grade {assignment} --course {course.root}`"
            )
        with course.gradebook() as book:
            known = sheets(book, assignment)
        written = []
        for submission in submissions:
            mine = [
                notebook for notebook in notebooks if (submission.student, notebook.name) in records
            ]
            for notebook in mine:
                key = submission.student, notebook.name
                page = page_for(course, assignment, notebook, records[key], known.get(key, Sheet()))
                path = _folder(course, assignment, submission.student) / f"{notebook.name}.html"
                store.publish(path, page.encode("utf-8", "replace"), _mode(course))
                written.append(path)
            if mine:
                _accompany(course, assignment, submission, notebooks)
    return written


def _folder(course: Course, assignment: str, student: str) -> Path:
    return course.folder("feedback", student, assignment)


def _mode(course: Course) -> int:
    return 0o664 if course.directory.groupshared else 0o644


def _accompany(
    course: Course, assignment: str, submission: Submission, notebooks: Sequence[SourceNotebook]
) -> None:
    """Lay what nbgrader looks for beside a student's pages."""
    folder = _folder(course, assignment, submission.student)
    for companion in COMPANIONS:
        with contextlib.suppress(SubmissionError):
            data = read_beside(submission, companion, 1000)
            store.publish(folder / companion, data, _mode(course))
    _complete(course, assignment, submission.student, notebooks)


def _secret(notebooks: Sequence[SourceNotebook], student: str) -> str:
    """The same in every run; nobody guesses it who does not know the hidden tests."""
    sources = json.dumps([notebook.source for notebook in notebooks], sort_keys=True)
    return hashlib.sha256(f"{student}\n{sources}".encode("utf-8", "surrogatepass")).hexdigest()


def _complete(
    course: Course, assignment: str, student: str, notebooks: Sequence[SourceNotebook]
) -> None:
    """Work that did not come through nbgrader's exchange has no companions: give its page some.

    nbgrader's release_feedback stops at the first page without them. It puts this one where nobody
    looks for it, under a name that is made of the secret and that nobody can guess.
    """
    folder = _folder(course, assignment, student)
    missing = [companion for companion in COMPANIONS if not (folder / companion).exists()]
    if missing:
        now = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M:%S.%f UTC}"
        made = dict(zip(COMPANIONS, (now, _secret(notebooks, student)), strict=True))
        for companion in missing:
            store.publish(folder / companion, made[companion].encode(), _mode(course))


def page_for(
    course: Course, assignment: str, notebook: SourceNotebook, record: Record, sheet: Sheet
) -> str:
    """One student's page for one notebook, complete in itself.

    What cannot be drawn, or takes too long, leaves a page with the points alone.
    """
    student = printable(record.verdict.student, MAX_NAME)
    common = {
        "title": f"{assignment} · {student}",
        "assignment": assignment,
        "notebook": notebook.name,
        "student": student,
        "verdict": record.verdict,
        "sheet": sheet,
    }
    try:
        with within(SECONDS):
            details = _details(course, assignment, notebook, record, sheet)
            return str(render("feedback.html.j2", **common, **details))
    except Exception:  # one student's values must not cost the others their pages
        return str(render("points.html.j2", **common))


def _details(
    course: Course, assignment: str, notebook: SourceNotebook, record: Record, sheet: Sheet
) -> dict[str, Any]:
    """What the template shows beside the names."""
    verdict = record.verdict
    questions = questions_of(notebook)
    rows = [_Row(question, record, sheet) for question in questions]
    return {
        "questions": rows,
        "score": sheet.score if verdict.status == "graded" else None,
        "most": sum(question.points for question in questions),
        "unknown": sum(row.unknown for row in rows) if verdict.status == "graded" else 0.0,
        "tests": tests_text(questions, verdict.tests),
        "repairs": [printable(text, MAX_REPAIR) for text in verdict.repairs[:MAX_REPAIRS]],
        "waiting": sum(part.waits for row in rows for part in row.parts),
        "errors": _errors(course, assignment, notebook.name, record),
    }


def tests_text(questions: list[Question], verdicts: Any) -> str:
    """How the tests went. Public tests alone never count as "all passed"."""
    parts = [part for question in questions for part in question.parts if not part.manual]
    results = [(part, verdicts.get(part.name)) for part in parts]
    judged = [(part, test) for part, test in results if test and test.status != "not graded"]
    if not judged:
        public = sum(part.public for part in parts)
        return f"Public tests: {public}, in your notebook. Hidden tests: not run here."
    told = []
    for kind, chosen in (
        ("their hidden tests included", [t for p, t in judged if p.public and p.hidden]),
        ("all of hidden tests", [t for p, t in judged if p.hidden and not p.public]),
        ("all of public tests", [t for p, t in judged if not p.hidden]),
    ):
        if chosen:
            passed = sum(test.status == "passed" for test in chosen)
            told.append(f"{passed} of {len(chosen)} passed, {kind}")
    return f"Test cells: {'; '.join(told)}."


class _PartRow:
    """One graded cell, ready for the template."""

    def __init__(
        self, part: Part, test: TestVerdict | None, mark: Mark, comment: str, untouched: bool
    ) -> None:
        self.name = part.name
        self.most = part.points
        self.manual = part.manual
        self.mark = mark
        self.test = test
        self.comment = comment
        self.waits = part.manual and mark.waits
        self.empty = part.manual and untouched
        # The gradebook counts: a human may have corrected a test's score.
        self.score = test.score if mark.score is None and test is not None else mark.score
        self.charts = [
            (item.title, curve_svg(item), description(item))
            for item in (test.evidence if test is not None else ())
        ]

    @property
    def status(self) -> str:
        """A word that is a class name as well."""
        if self.test is not None:
            return self.test.status.replace(" ", "-")
        if self.waits:
            return "waiting"
        return "empty" if self.empty and not self.score else "marked"


class _Row:
    """One question, ready for the template."""

    def __init__(self, question: Question, record: Record, sheet: Sheet) -> None:
        self.title = question.title
        self.most = question.points
        self.parts = [
            _PartRow(
                part,
                None if part.manual else record.verdict.tests.get(part.name),
                sheet.marks.get(part.name, Mark()),
                sheet.comments.get(part.name, ""),
                part.name in record.untouched,
            )
            for part in question.parts
        ]
        graded = [cell for cell in question.answers if not any(p.name == cell for p in self.parts)]
        self.comments = [sheet.comments[name] for name in graded if name in sheet.comments]
        self.attempted = not question.answers or not set(question.answers) <= set(record.untouched)

    @property
    def score(self) -> float | None:
        """Points of the question so far; None when none are known."""
        known = [part.score for part in self.parts if part.score is not None]
        return sum(known) if known else None

    @property
    def unknown(self) -> float:
        """Points of tests that could not be judged: no zero, and no points yet."""
        return sum(part.most for part in self.parts if part.test and part.score is None)

    @property
    def complete(self) -> bool:
        return self.score is not None and self.score >= self.most


def _errors(course: Course, assignment: str, name: str, record: Record) -> list[CellError]:
    """Errors that the student's cells raised, named by grade_id or place."""
    path = course.folder("autograded", record.verdict.student, assignment) / f"{name}.ipynb"
    names: dict[int, str] = {}
    with contextlib.suppress(OSError, ValueError, KeyError):
        for index, cell in enumerate(json.loads(path.read_bytes())["cells"]):
            names[index] = cells.grade_id(cell)
    raised = [output for output in record.verdict.outputs if output.error]
    return [
        CellError(
            names.get(output.index, "") or f"cell {output.index + 1}", output.error[-MAX_ERROR:]
        )
        for output in raised[:MAX_ERRORS]
    ]


class FeedbackExporter(HTMLExporter):
    """Lets ``nbgrader generate_feedback`` and formgrader write these pages.

    A notebook that was graded otherwise gets nbgrader's own page.
    """

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> tuple[Any, Any]:
        if isinstance(self.parent, GenerateFeedback) and resources is not None:
            page = self._page(**resources["nbgrader"])
            if page is not None:
                return page, self._init_resources(resources)
        answer: tuple[Any, Any] = super().from_filename(filename, resources, **kwargs)
        return answer

    def _page(self, *, student: str, assignment: str, notebook: str, **_: str) -> str | None:
        """The page, its companions beside it; None where no verdict of ours is."""
        course = Course(self.parent.coursedir, self.parent.config)
        record = store.load(course, student, assignment, notebook)
        if record is None:
            return None
        with course.gradebook() as book:
            sheet = sheets(book, assignment).get((student, notebook), Sheet())
        notebooks = release.load(course, assignment)
        for one in notebooks:
            if one.name == notebook:
                _complete(course, assignment, student, notebooks)
                return page_for(course, assignment, one, record, sheet)
        return None
