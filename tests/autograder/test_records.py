"""What is on record stays true: late penalties, files beside the graded notebook, memory."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from autograder.batch.running import grade_class
from autograder.errors import CourseError
from tests.autograder.classroom import CONFIG, Classroom, StandIn, threads

ZERO = CONFIG + 'c.LateSubmissionPlugin.penalty_method = "zero"\n'
DUE = datetime.datetime(2026, 3, 1, 12)
STAMP = "2026-03-01 13:00:00 UTC"


def grade(room: Classroom, **settings: Any) -> list[str]:
    """Grade ``ps1``; the lines that were said."""
    said: list[str] = []
    grade_class(room.course(), "ps1", workers=1, make_executor=threads, say=said.append, **settings)
    return said


def late(root: Path, config: str = ZERO, due: datetime.datetime = DUE) -> Classroom:
    """``ann`` handed in an hour after ``DUE``, ``ben`` did not say when."""
    room = Classroom(root / "course", config=config)
    room.hand_in("ann")
    (room.folder("ann") / "timestamp.txt").write_text(STAMP)
    room.hand_in("ben")
    with room.course().gradebook() as book:
        book.update_or_create_assignment("ps1", duedate=due)
    grade(room)
    return room


def penalty(room: Classroom, student: str = "ann") -> float:
    with room.course().gradebook() as book:
        return float(book.find_submission("ps1", student).late_submission_penalty)


# Late penalties ------------------------------------------------------------------------------


def _moved(book: Any) -> None:
    book.update_or_create_assignment("ps1", duedate=DUE + datetime.timedelta(days=7))


def _extended(book: Any) -> None:
    book.grant_extension("ps1", "ann", hours=3)


def _lifted(book: Any) -> None:
    book.update_or_create_assignment("ps1", duedate=None)


def _read_by_hand(book: Any) -> None:
    grade = book.find_grade("words", "hills", "ps1", "ann")
    grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.5, 0.5, False
    book.db.commit()


CHANGES: dict[str, tuple[Any, float]] = {
    "a later deadline": (_moved, 0.0),
    "an extension": (_extended, 0.0),
    "no deadline": (_lifted, 0.0),
    "a manual grade": (_read_by_hand, 7.0),
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda name: name.replace(" ", "-"))
@pytest.mark.parametrize("students", [[], ["ben"]], ids=["the class", "another student alone"])
def test_a_penalty_follows_what_it_depends_on(
    tmp_path: Path, stand_in: StandIn, change: str, students: list[str]
) -> None:
    """Is it right after the next run, said once, and nobody graded again for it?"""
    room = late(tmp_path)
    assert penalty(room) == 5.0
    act, wanted = CHANGES[change]
    with room.course().gradebook() as book:
        act(book)
    stand_in.judged.clear()
    said = grade(room, students=students)
    assert stand_in.judged == []
    assert (penalty(room), penalty(room, "ben")) == (wanted, 0.0)
    assert said == [
        f"ann: hills: the penalty for lateness is {wanted:g} points now, not 5",
    ]
    assert grade(room) == []


def test_an_earlier_deadline_brings_a_penalty(tmp_path: Path, stand_in: StandIn) -> None:
    """Does a penalty come where there was none?"""
    room = late(tmp_path, due=DUE + datetime.timedelta(days=7))
    assert penalty(room) == 0.0
    with room.course().gradebook() as book:
        book.update_or_create_assignment("ps1", duedate=DUE)
    grade(room)
    assert penalty(room) == 5.0


PLUGIN = """from nbgrader.plugins import LateSubmissionPlugin
class PerHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {0}
"""


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [("total_seconds_late / 3600", 1.0), ("score + 10", 5.0), ("-3", 0.0), ("None", 0.0)],
)
def test_a_plugin_of_the_course(
    tmp_path: Path, stand_in: StandIn, rule: str, wanted: float
) -> None:
    """Does a plugin that lies in the course decide, within nought and the score?"""
    name = "policy_" + rule.encode().hex()
    config = CONFIG + f'c.AssignLatePenalties.plugin_class = "{name}.PerHour"\n'
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / f"{name}.py").write_text(PLUGIN.format(rule))
    assert penalty(late(tmp_path, config)) == wanted


@pytest.mark.parametrize("name", ["policy_nowhere", "policy_failing"])
def test_a_plugin_that_fails_is_named(tmp_path: Path, stand_in: StandIn, name: str) -> None:
    """Is a plugin that cannot be found, or that raises, one line and no silent nothing?"""
    config = CONFIG + f'c.AssignLatePenalties.plugin_class = "{name}.PerHour"\n'
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "policy_failing.py").write_text(PLUGIN.format("{}[student_id]"))
    with pytest.raises(CourseError, match="plugin for late submissions"):
        late(tmp_path, config)
