"""``nbgrader export``: what is not known is no zero, and a text is no formula."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.apps import ExportApp

from autograder.batch.exporting import COLUMNS, GradesExporter, shown
from autograder.batch.running import grade_class
from tests.autograder.classroom import (
    Classroom,
    StandIn,
    changed,
    handed_in,
    source_notebook,
    threads,
)

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

WRONG = "def {0}(x):\n    return 0"
Table = dict[str, dict[str, str]]


def export(room: Classroom, **settings: Any) -> Table:
    """Student → fields, as any reader of such tables gets them."""
    target = room.root / "grades.csv"
    course = room.course()
    with course.gradebook() as book:
        GradesExporter(to=str(target), **settings).export(book)
    with target.open(newline="", encoding="utf-8") as file:
        return {line["student_id"]: line for line in csv.DictReader(file)}


def grade(room: Classroom) -> None:
    grade_class(room.course(), "ps1", workers=1, make_executor=threads, say=lambda line: None)


@pytest.fixture
def room(classroom: Classroom, stand_in: StandIn) -> Classroom:
    """Somebody for each thing that can be known."""
    classroom.hand_in("waits")
    nothing = WRONG.format("slope"), WRONG.format("height"), "YOUR ANSWER HERE"
    classroom.hand_in("zero", handed_in(*nothing))
    classroom.hand_in("unreadable", b"{")
    classroom.hand_in("late", handed_in(words="YOUR ANSWER HERE"))
    (classroom.folder("late") / "timestamp.txt").write_text("2026-03-02 12:00:00 UTC")
    with classroom.course().gradebook() as book:
        book.update_or_create_assignment("ps1", duedate=datetime.datetime(2026, 3, 1, 12))
        book.add_student("absent", last_name="Away")
    grade(classroom)
    return classroom


def test_what_is_not_known_is_no_zero(room: Classroom) -> None:
    """Are zero, not graded, absent and waiting four different things?"""
    table = export(room)
    known = {
        name: (line["raw_score"], line["late_submission_penalty"], line["score"], line["status"])
        for name, line in table.items()
    }
    assert known == {
        "absent": ("", "", "", "not handed in"),
        "late": ("5.0", "0.0", "5.0", "graded"),
        "unreadable": ("", "", "", "not graded"),
        "waits": ("5.0", "0.0", "5.0", "manual grading pending"),
        "zero": ("0.0", "0.0", "0.0", "graded"),
    }
    assert {line["max_score"] for line in table.values()} == {"7.0"}
    assert table["late"]["timestamp"] == "2026-03-02 12:00:00"
    assert table["late"]["duedate"] == "2026-03-01 12:00:00"
    assert table["absent"]["last_name"] == "Away"


def test_marks_by_hand_change_the_status(room: Classroom) -> None:
    """Is work read by a human graded, and so is a test that only a human could judge?"""
    with room.course().gradebook() as book:
        read = book.find_grade("words", "hills", "ps1", "waits")
        read.manual_score, read.extra_credit, read.needs_manual_grade = 1.5, 0.25, False
        rescued = book.find_grade("test_slope", "hills", "ps1", "unreadable")
        rescued.manual_score, rescued.needs_manual_grade = 2.0, False
        book.find_submission_notebook("hills", "ps1", "late").late_submission_penalty = 9.0
        book.db.commit()
    table = export(room)
    assert (table["waits"]["score"], table["waits"]["status"]) == ("6.75", "graded")
    rescued = table["unreadable"]
    assert (rescued["score"], rescued["status"]) == ("2.0", "not graded in part")
    assert (table["late"]["raw_score"], table["late"]["score"]) == ("5.0", "0.0")


def test_a_missing_notebook_is_told_apart(classroom: Classroom, stand_in: StandIn) -> None:
    """Is an assignment of two notebooks of which one was graded not simply graded?"""
    source = classroom.root / "source" / "ps1"
    (source / "valleys.ipynb").write_text((source / "hills.ipynb").read_text())
    classroom.hand_in("ann", handed_in(words="YOUR ANSWER HERE"))
    grade(classroom)
    assert export(classroom)["ann"]["status"] == "not graded in part"


def test_nothing_to_test_waits(tmp_path: Path) -> None:
    """Is an assignment without any test one that waits for a human, not one never graded?"""
    source = source_notebook()
    source["cells"] = [each for each in source["cells"] if "test_" not in str(each["metadata"])]
    room = Classroom(tmp_path / "course", source)
    course = room.course()
    from autograder.batch.running import ensure_registered
    from autograder.course.release import load

    ensure_registered(course, "ps1", load(course, "ps1"), lambda line: None)
    with course.gradebook() as book:
        book.add_student("ann")
        book.update_or_create_submission("ps1", "ann")
        for each in book.find_submission_notebook("hills", "ps1", "ann").grades:
            each.needs_manual_grade = True
        book.db.commit()
    assert export(room)["ann"]["status"] == "manual grading pending"


TEXTS = {
    "plain": "plain",
    "O'Hara, Jr.": "O'Hara, Jr.",
    'say "so"': 'say "so"',
    "two\nlines": "two\nlines",
    "=1+1": "'=1+1",
    "@SUM(A1)": "'@SUM(A1)",
    "+49": "'+49",
    "-1": "'-1",
    "\t=1": "'\t=1",
    "Łukasiewicz 가": "Łukasiewicz 가",
    "a=b": "a=b",
}


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_one_field(classroom: Classroom, text: str) -> None:
    """Do commas, quotes and newlines stay inside their field, and formulas stay texts?"""
    with classroom.course().gradebook() as book:
        book.add_assignment("ps1")
        book.add_student("ann", last_name=text, first_name="A.", email=text)
    line = export(classroom)["ann"]
    assert line["last_name"] == line["email"] == TEXTS[text]
    assert line["first_name"] == "A."
    assert list(line) == list(COLUMNS)


def test_numbers_are_no_formulas() -> None:
    """Does a negative number stay a number, and nothing at all stay empty?"""
    assert [shown(value) for value in (-1.5, 0.0, None, "")] == ["-1.5", "0.0", "", ""]


def test_only_what_was_asked_for(room: Classroom) -> None:
    """Do --student and --assignment choose, numbers as well?"""
    assert list(export(room, student=["zero", "late"])) == ["late", "zero"]
    assert export(room, assignment=["ps2"]) == {}
    assert list(export(room, student=[7])) == []


def test_a_file_that_cannot_be_written(room: Classroom, caplog: pytest.LogCaptureFixture) -> None:
    """Is it one line, not a traceback?"""
    with room.course().gradebook() as book, pytest.raises(SystemExit) as ended:
        GradesExporter(to=str(room.root)).export(book)
    assert ended.value.code == 1


def test_it_is_the_course_s_exporter(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Does ``nbgrader export`` in a configured course write this table?"""
    monkeypatch.chdir(room.root)
    app = ExportApp()
    app.initialize(["--to=here.csv"], root=str(room.root))
    app.start()
    assert "manual grading pending" in (room.root / "here.csv").read_text()


def test_a_task_waits_for_a_human(tmp_path: Path, stand_in: StandIn) -> None:
    """Is a written answer that was changed and given points by test cells alone still pending?"""
    source = changed(source_notebook(), "words", source="In your words:")
    room = Classroom(tmp_path / "course", source)
    room.hand_in("ann", handed_in(words="Round."))
    grade(room)
    assert export(room)["ann"]["status"] == "manual grading pending"
