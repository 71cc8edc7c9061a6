"""A run of any length: nothing is kept of what is done, and nothing is gone through again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from autograder.batch.exporting import GradesExporter
from autograder.batch.running import grade_class
from autograder.batch.sheets import Key
from autograder.batch.store import Record
from autograder.pages import report
from autograder.sandbox import hostcheck
from autograder.verdict import Evidence, SubmissionVerdict, TestVerdict
from tests.autograder.classroom import Classroom, StandIn, threads
from tools.bench_ten_thousand import Findings, graded, lines

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

SUBMISSIONS = 300
UNDER_WAY = 24
"""Verdicts that two workers, their window and the one that is filed can hold at a time."""


class Counting(StandIn):
    """Counts the verdicts that live while one more is judged."""

    def __init__(self) -> None:
        super().__init__()
        self.alive: list[int] = []

    def grade(self, source: Any, submission: Any, *, student: str, **more: Any) -> Any:
        verdict = super().grade(source, submission, student=student, **more)
        self.submissions.clear()
        tests = {name: replace(test, evidence=()) for name, test in verdict.tests.items()}
        verdict = replace(verdict, tests=tests)  # drawing curves is not what is asked here
        if len(self.judged) % 50 == 0:
            self.alive.append(sum(isinstance(o, SubmissionVerdict) for o in gc.get_objects()))
        return verdict


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Findings, Counting]]:
    """A class of 300, judged by a stand-in: the benchmark itself, in small."""
    from autograder import judge

    counting = Counting()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "grade", counting.grade)
        patch.setattr(judge, "examine_reference", counting.examine_reference)
        patch.setattr(hostcheck, "check", lambda *_, **__: ())
        root = tmp_path_factory.mktemp("long") / "course"
        yield graded(root, SUBMISSIONS, 2, threads), counting


def test_the_benchmark_goes_through(run: tuple[Findings, Counting]) -> None:
    """Is everybody judged once, in ten parts, and everybody's line in the table?"""
    found, counting = run
    assert sorted(counting.judged) == [f"student-{n:05}" for n in range(1, SUBMISSIONS + 1)]
    assert [span.submissions for span in found.spans] == [SUBMISSIONS // 10] * 10
    assert found.export_lines == SUBMISSIONS
    assert found.report_bytes < 200_000
    assert lines(found)[0].startswith("300 submissions, 2 workers")


def test_a_verdict_is_let_go(run: tuple[Findings, Counting]) -> None:
    """Do as few verdicts live after 300 submissions as after 50?"""
    _, counting = run
    assert len(counting.alive) == SUBMISSIONS // 50
    assert max(counting.alive) <= UNDER_WAY


# The gradebook --------------------------------------------------------------------------------


def statements(session: Any) -> list[tuple[str, Any]]:
    """Every statement that the session's database gets from now on."""
    found: list[tuple[str, Any]] = []
    event.listen(
        session.get_bind(),
        "before_cursor_execute",
        lambda conn, cursor, statement, parameters, *_: found.append((statement, parameters)),
    )
    return found


def test_filing_finds_rows_by_an_index(classroom: Classroom, stand_in: StandIn) -> None:
    """Does no statement that files a verdict go through a table that grows with the class?"""
    from autograder.batch.gradebook import Marks, Writer

    classroom.hand_in("ann")
    course = classroom.course()
    grade_class(course, "ps1", workers=1, make_executor=threads, say=lambda line: None)
    with course.gradebook() as book:
        writer = Writer(book, "ps1", course.config)
        said = statements(book.db)
        marks = Marks({"test_slope": 1.0, "test_height": 0.0, "words": None}, {"words": None})
        for student in ("ann", "bob"):
            writer.record(student, "hills", marks, None)
        asked = [each for each in said if each[0].startswith(("SELECT", "UPDATE"))]
        assert len(asked) >= 6
        cursor = book.db.get_bind().raw_connection().cursor()
        for statement, parameters in asked:
            one = parameters[0] if isinstance(parameters, list) else parameters
            plan = cursor.execute(f"explain query plan {statement}", one).fetchall()
            assert not [row[3] for row in plan if row[3].startswith("SCAN")], statement


def test_the_export_asks_once(classroom: Classroom, stand_in: StandIn, tmp_path: Path) -> None:
    """Does the table of all grades need as few questions for many students as for one?"""
    numbers = []
    for students in (["ann"], ["bob", "cem", "dan", "eve"]):
        for student in students:
            classroom.hand_in(student)
        course = classroom.course()
        grade_class(course, "ps1", workers=1, make_executor=threads, say=lambda line: None)
        with course.gradebook() as book:
            said = statements(book.db)
            GradesExporter(to=str(tmp_path / "grades.csv")).export(book)
            numbers.append(len(said))
    assert numbers[0] == numbers[1]
    assert len((tmp_path / "grades.csv").read_text().splitlines()) == 6


# The report -----------------------------------------------------------------------------------


def many(number: int) -> Iterator[tuple[Key, Record]]:
    """A class in which everybody has curves, every third makes a mistake, every ninth is left."""
    for index in range(number):
        student = f"student-{index:05}"
        wrong = index % 3 == 0
        band = tuple(1.0 / (step + 1) for step in range(60))
        curve = tuple((1.5 if wrong else 1.0) * value for value in band)
        evidence = tuple(Evidence(f"Curve {kind}", curve, band, band) for kind in range(6))
        tests = {
            name: TestVerdict(
                name, 0.0 if wrong else 2.0, 2.0, "failed" if wrong else "passed",
                diagnosis=f"Mistake {index % 100}." if wrong else "", evidence=drawn,
                seconds=float(index),
            )
            for name, drawn in (("test_slope", evidence), ("test_height", ()))
        }  # fmt: skip
        left = index % 9 == 8
        verdict = SubmissionVerdict(
            student, "not graded" if left else "graded", f"reason {index}" if left else "",
            {} if left else tests, (f"repair {index % 80}",), (), 0.3,
        )  # fmt: skip
        yield (student, "hills"), Record("", "", verdict, detail="trace " * 900 if left else "")


def test_a_report_on_ten_thousand(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is it below 2 MB, with everybody in it, long tables folded, curves counted and sampled?"""
    classroom.hand_in("ann")
    course = classroom.course()
    grade_class(course, "ps1", workers=1, make_executor=threads, say=lambda line: None)
    monkeypatch.setattr(report, "_records", lambda *_: many(10_000))
    page = report.class_report(course, "ps1")
    assert len(page.encode()) < 2_000_000
    assert all(f"<td>student-{index:05}" in page for index in (0, 4_999, 9_999))
    assert "student-00250 to student-00499" in page
    assert "<b>8889</b>" in page  # 10,000 without the 1,111 that were left
    assert "And 911 more: the table of students names them." in page
    assert "200 of them drawn" in page
    assert page.count("5555 inside") == 6  # without the 3,334 that are wrong
