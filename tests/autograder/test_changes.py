"""What changes when nothing new was handed in: told, written down, and manual work kept."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import Any

import pytest

from autograder import judge
from autograder.batch import changes
from autograder.batch.outcome import Difference, differences
from autograder.verdict import SubmissionVerdict, TestVerdict
from tests.autograder.classroom import CONFIG, Classroom, StandIn, handed_in
from tests.autograder.test_batch import WRONG, grade

LATE = CONFIG + 'c.LateSubmissionPlugin.penalty_method = "zero"\n'


def edit_tests(room: Classroom) -> None:
    """What the stand-in judges by is the submission: the key of the task changes all the same."""
    path = room.root / "source" / "ps1" / "hills.ipynb"
    path.write_text(path.read_text().replace("slope(31) == 62", "slope(30) == 60"))


def stricter(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nobody's height is right: as if its test had been edited."""
    judged = judge.grade

    def strict(*arguments: Any, **settings: Any) -> SubmissionVerdict:
        verdict = judged(*arguments, **settings)
        failed = TestVerdict("test_height", 0.0, 3.0, "failed")
        return replace(verdict, tests={**verdict.tests, "test_height": failed})

    monkeypatch.setattr(judge, "grade", strict)


def test_edited_tests_regrade_all_and_tell_who_lost_what(
    tmp_path: Any, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Are scores that changed told and written down, manual points kept, penalties right?"""
    room = Classroom(tmp_path / "course", config=LATE)
    room.hand_in("student-01")
    room.hand_in("student-02", handed_in(height=WRONG))
    room.hand_in("student-03")
    (room.folder("student-03") / "timestamp.txt").write_text("2026-03-02 12:00:00 UTC")
    with room.course().gradebook() as book:
        book.update_or_create_assignment("ps1", duedate="2026-03-01 12:00:00 UTC")
    grade(room)
    with room.course().gradebook() as book:
        mark = book.find_grade("words", "hills", "ps1", "student-01")
        mark.manual_score, mark.needs_manual_grade = 1.5, False
        book.db.commit()
    edit_tests(room)
    stricter(monkeypatch)
    room.hand_in("student-02", handed_in(slope="def slope(x):\n    return 0"))
    _, said = grade(room)
    assert len(stand_in.judged) == 6
    # Whose verdict comes first is the workers' affair.
    assert sorted(line for line in said if "→" in line) == [
        "student-01: test_height: 3 → 0 (passed → failed)",
        "student-03: test_height: 3 → 0 (passed → failed)",
    ], "new work of student-02 is no change of grading"
    with (room.root / "reports" / "ps1-changes.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    scores = [(line["student_id"], line["score_before"], line["score_after"]) for line in table]
    assert sorted(scores) == [
        ("student-01", "3.0", "0.0"),
        ("student-03", "3.0", "0.0"),
    ]
    assert room.rows()["student-01", "words"] == (None, 1.5, 0), "the answer is the same"
    with room.course().gradebook() as book:
        assert book.find_submission("ps1", "student-03").late_submission_penalty == 2.0
    assert [line for line in grade(room)[1] if "→" in line] == []


def test_a_large_class_gets_few_lines(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Are the first changes told one by one, all counted for each question, and all in a table?"""
    monkeypatch.setattr(changes, "TOLD", 2)
    for number in range(5):
        classroom.hand_in(f"student-{number:02}")
    grade(classroom)
    stricter(monkeypatch)
    edit_tests(classroom)
    _, said = grade(classroom)
    path = classroom.root / "reports" / "ps1-changes.csv"
    assert len([line for line in said if "→" in line]) == 2
    assert said[-2:] == [f"… and 3 scores more; {path} has all of them:", "test_height: 5 lower"]
    assert len(path.read_text().splitlines()) == 6


def test_every_way_has_a_word() -> None:
    """Are a score that is known now, and one that is not any more, told apart from a zero?"""

    def verdict(score: float | None, status: Any) -> SubmissionVerdict:
        return SubmissionVerdict("ann", "graded", tests={"a": TestVerdict("a", score, 2, status)})

    def way(before: float | None, after: float | None) -> Difference:
        found = differences(verdict(before, "failed"), verdict(after, "passed"), "hills")
        return next(found)

    assert [way(*scores).way for scores in [(0, 1), (1, 0), (None, 1), (0, None), (1, 1)]] == [
        "higher", "lower", "known now", "not known any more", "the same for another reason",
    ]  # fmt: skip
    assert str(way(None, 1.5)) == "ann: hills/a: – → 1.5 (failed → passed)"


def test_few_lines_are_told_whole() -> None:
    """Is only what is too much left out, and counted?"""
    assert list(changes.bounded(range(3), "more")) == ["0", "1", "2"]
    assert list(changes.bounded(range(25), "more"))[-2:] == ["19", "… and 5 more"]
