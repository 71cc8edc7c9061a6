"""The whole round on a JupyterHub whose exchange is ngshare, by the requests of the buttons."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.autograder.classroom import HEIGHT, SLOPE, WORDS, Classroom, changed
from tests.autograder.hub import Hub, missing, running_hub

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=f"not installed here: {', '.join(missing())}"),
]

FORMGRADER = "user/instructor/formgrader/api"
STUDENTS = {"student-01": SLOPE, "student-02": "def slope(x):\n    return x + 1"}


@pytest.fixture
def room(tmp_path: Path) -> Classroom:
    """The course is the instructor's home, where her server starts."""
    for student in STUDENTS:
        (tmp_path / student).mkdir()
    return Classroom(tmp_path / "instructor")


@pytest.fixture
def hub(room: Classroom, tmp_path: Path) -> Iterator[Hub]:
    with running_hub(tmp_path, "hills") as hub:
        for user in ("instructor", *STUDENTS):
            hub.start(user)
        yield hub


def test_the_whole_round(hub: Hub, room: Classroom, tmp_path: Path) -> None:
    """Do the same buttons as on one server carry work to and fro between servers?"""
    hub.terminal("instructor", "create_course", "hills", "instructor")
    for student in STUDENTS:
        hub.terminal("instructor", "add_student", "hills", student, "--no-gb")
    press(hub, "assignment/ps1/assign")
    press(hub, "assignment/ps1/release")

    for student, slope in STUDENTS.items():
        place = f"user/{student}/assignments"
        about = {"course_id": "hills", "assignment_id": "ps1"}
        (listed,) = hub.ask("GET", f"{place}?course_id=hills")["value"]
        assert listed["status"] == "released"
        assert hub.ask("POST", f"{place}/fetch", about)["success"]
        path = tmp_path / student / "ps1" / "hills.ipynb"
        fetched = json.loads(path.read_bytes())
        for name, text in {"slope": slope, "height": HEIGHT, "words": WORDS}.items():
            fetched = changed(fetched, name, source=text)
        path.write_text(json.dumps(fetched))
        assert hub.ask("POST", f"{place}/submit", about)["success"]

    press(hub, "assignment/ps1/collect")
    for student in STUDENTS:
        press(hub, f"submission/ps1/{student}/autograde")
    rows = room.rows()
    assert {name: rows[name, "test_slope"][0] for name in STUDENTS} == {
        "student-01": 2,
        "student-02": 0,
    }
    for submission in hub.ask("GET", f"{FORMGRADER}/submitted_notebooks/ps1/hills"):
        grades = hub.ask("GET", f"{FORMGRADER}/grades?submission_id={submission['id']}")
        (words,) = (grade for grade in grades if grade["name"] == "words")
        hub.ask("PUT", f"{FORMGRADER}/grade/{words['id']}", {**words, "manual_score": 1.5})
    press(hub, "assignment/ps1/generate_feedback")
    press(hub, "assignment/ps1/release_feedback")

    for student, points in {"student-01": "6.5", "student-02": "4.5"}.items():
        place = f"user/{student}/assignments"
        assert hub.ask("POST", f"{place}/fetch_feedback", about)["success"]
        (page,) = (tmp_path / student / "ps1" / "feedback").glob("*/hills.html")
        assert f"{points} of 7 points" in re.sub("<[^>]*>", "", page.read_text("utf8"))


def press(hub: Hub, button: str) -> None:
    """What a button of formgrader asks for."""
    done = hub.ask("POST", f"{FORMGRADER}/{button}")
    assert done["success"], done
    assert "[ERROR]" not in done["log"], done["log"]
