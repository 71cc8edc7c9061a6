"""The gradebook: nbgrader's own rows, written in one step, manual grading kept."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from autograder.batch.gradebook import Marks, Writer, marks
from autograder.batch.running import ensure_registered
from autograder.batch.sheets import sheets
from autograder.course import release
from autograder.errors import CourseError
from autograder.verdict import SubmissionVerdict, TestVerdict
from tests.autograder.classroom import CONFIG, Classroom

NOON = datetime.datetime(2026, 3, 1, 12)


@contextmanager
def writing(classroom: Classroom) -> Iterator[tuple[Any, Writer]]:
    """nbgrader's gradebook and a writer for ``ps1``."""
    course = classroom.course()
    ensure_registered(course, "ps1", release.load(course, "ps1"), lambda line: None)
    with course.gradebook() as book:
        yield book, Writer(book, "ps1", course.config)


def verdict(slope: float | None = 2.0, height: float | None = 0.0) -> SubmissionVerdict:
    tests = {
        "test_slope": TestVerdict(
            "test_slope", slope, 2.0, "not graded" if slope is None else "passed"
        ),
        "test_height": TestVerdict("test_height", height, 3.0, "failed"),
    }
    return SubmissionVerdict("ann", "graded", "", tests)


def marked(classroom: Classroom, given: SubmissionVerdict, *untouched: str) -> Marks:
    (loaded,) = release.load(classroom.course(), "ps1")
    return marks(loaded.released, given, untouched)


def test_rules_of_nbgrader(classroom: Classroom) -> None:
    """Does a test score what it gave, and a written answer wait for a human?"""
    found = marked(classroom, verdict())
    assert found.scores == {"test_slope": 2.0, "test_height": 0.0, "words": None}
    assert found.comments == {"slope": None, "height": None, "words": None}


def test_untouched_answers(classroom: Classroom) -> None:
    """Does an untouched written answer get 0 and its comment, as in nbgrader?"""
    found = marked(classroom, verdict(), "slope", "words")
    assert found.scores["words"] == 0.0
    assert found.comments == {"slope": "No response.", "height": None, "words": "No response."}


def test_unknown_is_never_zero(classroom: Classroom) -> None:
    """Does a test or a submission that was not graded stay without a score?"""
    assert marked(classroom, verdict(slope=None)).scores["test_slope"] is None
    refused = SubmissionVerdict("ann", "not graded", "cut off", verdict().tests)
    empty = SubmissionVerdict("ann", "not graded", "cut off")
    assert set(marked(classroom, empty, "words").scores.values()) == {None}
    assert marked(classroom, refused, "words").scores["words"] is None


def test_a_new_submission(classroom: Classroom) -> None:
    """Are student, submission, grades and comments there after one call?"""
    with writing(classroom) as (book, writer):
        writer.record("ann", "hills", marked(classroom, verdict(), "height"), NOON)
        submission = book.find_submission("ps1", "ann")
        assert (submission.score, submission.max_score) == (2.0, 7.0)
        assert submission.timestamp == NOON
        assert submission.needs_manual_grade
        assert not book.find_grade("test_slope", "hills", "ps1", "ann").needs_manual_grade
        assert book.find_comment("height", "hills", "ps1", "ann").comment == "No response."
    assert classroom.rows() == {
        ("ann", "test_slope"): (2.0, None, 0),
        ("ann", "test_height"): (0.0, None, 0),
        ("ann", "words"): (None, None, 1),
    }


def test_manual_work_survives(classroom: Classroom) -> None:
    """Do manual scores, extra credit and comments stay when a new submission is graded?"""
    with writing(classroom) as (book, writer):
        writer.record("ann", "hills", marked(classroom, verdict()), NOON)
        grade = book.find_grade("words", "hills", "ps1", "ann")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.5, 0.5, False
        book.find_comment("words", "hills", "ps1", "ann").manual_comment = "Well said."
        book.db.commit()
        writer.record("ann", "hills", marked(classroom, verdict(height=3.0)), None)
        book.db.expire_all()
        grade = book.find_grade("words", "hills", "ps1", "ann")
        assert (grade.manual_score, grade.extra_credit, grade.score) == (1.5, 0.5, 2.0)
        assert grade.needs_manual_grade, "a new answer has to be read"
        assert book.find_comment("words", "hills", "ps1", "ann").comment == "Well said."
        assert book.find_submission("ps1", "ann").score == 7.0
        assert book.find_submission("ps1", "ann").timestamp == NOON


def test_reading_once_is_enough(classroom: Classroom) -> None:
    """Does grading the same submission again not ask for the written answer again?"""
    with writing(classroom) as (book, writer):
        writer.record("ann", "hills", marked(classroom, verdict()), NOON)
        grade = book.find_grade("words", "hills", "ps1", "ann")
        grade.manual_score, grade.needs_manual_grade = 1.0, False
        test = book.find_grade("test_height", "hills", "ps1", "ann")
        test.manual_score, test.needs_manual_grade = 1.0, False
        book.db.commit()
        better = marked(classroom, verdict(height=3.0))
        writer.record("ann", "hills", better, NOON, resubmitted=False)
    rows = classroom.rows()
    assert rows["ann", "words"] == (None, 1.0, 0)
    assert rows["ann", "test_height"] == (3.0, 1.0, 1), "the corrected score has changed below"


def test_what_is_stored_is_recognised(classroom: Classroom) -> None:
    """Does the writer know when there is nothing to write?"""
    with writing(classroom) as (_, writer):
        found = marked(classroom, verdict())
        assert writer.entries() == {}
        assert not writer.agrees(None, found, NOON)
        writer.record("ann", "hills", found, NOON)
        entry = writer.entries()["ann", "hills"]
        assert writer.agrees(entry, found, NOON)
        assert writer.agrees(entry, found, None)
        assert not writer.agrees(entry, found, NOON + datetime.timedelta(hours=1))
        assert not writer.agrees(entry, marked(classroom, verdict(height=1.0)), NOON)


LATE = {"zero": (2.0, 0.0), "none": (0.0, 2.0)}


@pytest.mark.parametrize("method", LATE)
@pytest.mark.parametrize(("hours", "extension"), [(1, 0), (-1, 0), (1, 2)])
def test_late_penalties(tmp_path: Any, method: str, hours: int, extension: int) -> None:
    """Does the course's late-submission plugin decide, extensions included?"""
    config = f"{CONFIG}c.LateSubmissionPlugin.penalty_method = {method!r}\n"
    room = Classroom(tmp_path / "course", config=config)
    with writing(room) as (book, _):
        book.update_or_create_assignment("ps1", duedate=NOON - datetime.timedelta(hours=hours))
        writer = Writer(book, "ps1", room.course().config)
        writer.record("ann", "hills", marked(room, verdict()), NOON)
        if extension:
            book.grant_extension("ps1", "ann", hours=extension)
            writer.record("ann", "hills", marked(room, verdict()), NOON)
        penalty, left = LATE[method] if hours > 0 and not extension else (0.0, 2.0)
        sheet = sheets(book, "ps1")["ann", "hills"]
        assert (sheet.penalty, sheet.score) == (penalty, left)
        assert book.find_submission("ps1", "ann").late_submission_penalty == penalty


def test_a_failed_write_leaves_nothing(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is a verdict in the gradebook as a whole or not at all?"""
    with writing(classroom) as (_, writer):

        def fail(*_: object) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(writer.penalties, "of", fail)
        with pytest.raises(OSError, match="disk full"):
            writer.record("ann", "hills", marked(classroom, verdict()), NOON)
        assert writer.entries() == {}
    assert classroom.rows() == {}


def test_an_unknown_notebook_is_named(classroom: Classroom) -> None:
    """Is a notebook that the gradebook does not have an error, not a silent nothing?"""
    with writing(classroom) as (_, writer), pytest.raises(CourseError, match="valleys"):
        writer.record("ann", "valleys", marked(classroom, verdict()), NOON)


def test_a_test_corrected_by_hand_counts(classroom: Classroom) -> None:
    """Does a sheet show the manual score, and take the automatic one where there is none?"""
    with writing(classroom) as (book, writer):
        writer.record("ann", "hills", marked(classroom, verdict()), NOON)
        book.find_grade("test_height", "hills", "ps1", "ann").manual_score = 2.5
        book.db.commit()
        sheet = sheets(book, "ps1")["ann", "hills"]
    assert sheet.marks["test_height"].score == 2.5
    assert sheet.marks["test_slope"].score == 2.0
    assert sheet.marks["words"].score is None
    assert sheet.marks["words"].waits
    assert sheet.score == 4.5
    assert sheet.timestamp == NOON
