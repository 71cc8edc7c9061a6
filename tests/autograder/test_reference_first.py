"""No submission is graded before the instructor's own solution was, and that once."""

from __future__ import annotations

import json

import pytest

from autograder.batch.running import grade_class
from autograder.errors import CourseError
from autograder.judge import ReferenceReport
from tests.autograder.classroom import Classroom, StandIn, handed_in, threads

LOST = "hills: the instructor's own solution gets 0 of 2 points in test_slope"


def graded(classroom: Classroom, **settings: bool) -> list[str]:
    said: list[str] = []
    grade_class(
        classroom.course(), "ps1", workers=1, make_executor=threads, say=said.append, **settings
    )
    return said


def test_a_point_the_author_loses_stops_the_run(classroom: Classroom, stand_in: StandIn) -> None:
    """Is nobody graded while the reference fails, and everybody once it is mended?"""
    classroom.hand_in("student-01", handed_in())
    stand_in.report = ReferenceReport(problems=(LOST,))
    for _ in range(2):
        with pytest.raises(CourseError, match="0 of 2 points in test_slope"):
            graded(classroom)
    assert stand_in.judged == []
    stand_in.report = ReferenceReport()
    graded(classroom)
    assert stand_in.judged == ["student-01"]


def test_the_reference_is_examined_once(classroom: Classroom, stand_in: StandIn) -> None:
    """Is it examined again only when something changes, and what is to know told once?"""
    stand_in.report = ReferenceReport(notes=("ps1: test_slope gives 2 of 2 points for nothing",))
    for student in ("student-01", "student-02"):
        classroom.hand_in(student, handed_in())
        said = graded(classroom)
        assert (stand_in.report.notes[0] in said) == (student == "student-01")
    graded(classroom, force=True)
    assert stand_in.examined == 1
    path = classroom.root / "solutions" / "ps1" / "ps1.ipynb"
    path = path if path.exists() else next(classroom.root.glob("*/ps1/*.ipynb"))
    source = json.loads(path.read_text())
    source["cells"][0]["source"] = "# Other hills"
    path.write_text(json.dumps(source))
    graded(classroom, force=True)
    assert stand_in.examined == 2
