"""The class report: every number can be counted by hand."""

from __future__ import annotations

import re

import pytest

from autograder.batch.running import grade_class
from autograder.errors import CourseError
from autograder.pages.report import class_report
from tests.autograder.classroom import Classroom, StandIn, handed_in, threads
from tests.autograder.test_feedback import Reader

WRONG = "def height(x):\n    return x"


@pytest.fixture
def room(classroom: Classroom, stand_in: StandIn) -> Classroom:
    """Two all right, three wrong in one question, one unreadable, one repaired."""
    for number in (1, 2):
        classroom.hand_in(f"student-0{number}")
    for number in (3, 4, 5):
        classroom.hand_in(f"student-0{number}", handed_in(height=WRONG))
    classroom.hand_in("student-06", b"<html>")
    classroom.hand_in("student-02", handed_in(), "scratch.ipynb")
    return classroom


def report(room: Classroom, *students: str) -> Reader:
    course = room.course()
    grade_class(course, "ps1", workers=1, make_executor=threads, say=lambda line: None)
    return Reader(class_report(course, "ps1", students))


def test_the_numbers_at_the_top(room: Classroom) -> None:
    """Are mean, median and counts those of 5, 5, 2, 2, 2 points?"""
    text = report(room).text
    for wanted in (
        "5 graded",
        "1 not graded",
        "5 answers to read",
        "3.2 mean of 5",
        "2.0 median",
        "2 with all points",
    ):
        assert wanted in text, wanted


def test_pass_rates_and_mistakes(room: Classroom) -> None:
    """Is each test's rate right, and the diagnosed mistake counted with who made it?"""
    page = report(room)
    labels = [a["aria-label"] for tag, a in page.tags if a.get("class") == "stack"]
    assert labels == ["5 passed", "2 passed, 3 failed"]
    assert "100 %" in page.text
    assert "40 %" in page.text
    assert "The factor 2 is missing." in page.text
    assert "student-03, student-04, student-05" in page.text


@pytest.mark.parametrize("inside", [False, True])
def test_points_from_inside_are_marked(
    classroom: Classroom, stand_in: StandIn, inside: bool
) -> None:
    """Does the page say which tests ran in the student's process, and only then?"""
    stand_in.inside = inside
    classroom.hand_in("student-01")
    assert report(classroom).text.count("(judged inside)") == (2 if inside else 0)


def test_curves_slow_cells_and_repairs(room: Classroom) -> None:
    """Are all curves in one picture, the slow cells named, repairs with whose they are?"""
    page = report(room)
    lines = [a for tag, a in page.tags if tag == "polyline"]
    assert [a["class"] for a in lines] == ["outside"] * 3
    assert "Your heights" in page.text
    assert "0.25" in page.text
    assert "other notebooks in the folder were ignored: scratch.ipynb" in page.text


def test_not_graded_comes_with_its_reason(room: Classroom) -> None:
    """Is everybody without a score listed, and why?"""
    text = report(room).text
    assert "student-06 hills.ipynb is not valid JSON at line 1, column 1" in text


def test_everybody_is_listed_once(room: Classroom) -> None:
    """Has the table at the end a row for each student, with the tests' points?"""
    text = report(room).text.partition("With manual points")[2]
    rows = re.findall(r"(student-0\d) (not graded|[\d.]+ / [\d.]+)", text)
    assert rows == [
        ("student-01", "5 / 5"), ("student-02", "5 / 5"), ("student-03", "2 / 5"),
        ("student-04", "2 / 5"), ("student-05", "2 / 5"), ("student-06", "not graded"),
    ]  # fmt: skip


def test_a_report_on_one_student(room: Classroom) -> None:
    """Does --student restrict every table?"""
    text = report(room, "student-03").text
    assert "1 graded" in text
    assert "student-01" not in text


def test_a_class_where_nobody_was_graded(classroom: Classroom, stand_in: StandIn) -> None:
    """Is a page made even when every notebook is unreadable?"""
    classroom.hand_in("student-01", b"")
    text = report(classroom).text
    assert "0 graded" in text
    assert "hills.ipynb is empty (0 bytes)" in text


def test_nothing_graded_yet(room: Classroom) -> None:
    """Does the message name the next command?"""
    with pytest.raises(CourseError, match="nothing of ps1 is graded yet: run"):
        class_report(room.course(), "ps1")
