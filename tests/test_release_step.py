"""The release and the sample class in `make`: what is whole stays, what changed is made again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.batch import running
from autograder.errors import CourseError
from autograder.exchange import block
from tools import course
from tools.common import ToolError

EXAMINE = course._examine


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one released problem set, in a folder whose name holds brackets."""
    root = tmp_path / "project [1]"
    for folder in ("solutions/01", "assignments/01"):
        (root / folder).mkdir(parents=True)
        (root / folder / "set.ipynb").write_text("old")
    for name, path in {
        "ROOT": root,
        "BUILD": root / "_build",
        "ASSIGNMENTS": root / "assignments",
        "SOLUTIONS": root / "solutions",
        "COURSE": root / "_course",
        "CONFIG": root / "nbgrader_config.py",
    }.items():
        monkeypatch.setattr(course, name, path)
    monkeypatch.setattr(course, "_examine", lambda name: None)
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    return root


def test_a_release_that_fails_deletes_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is the released problem set still there when nbgrader cannot make a new one?"""

    def fail(*command: str) -> None:
        raise ToolError("nbgrader failed")

    monkeypatch.setattr(course, "_command", fail)
    with pytest.raises(ToolError):
        course.release()
    assert (project / "assignments" / "01" / "set.ipynb").read_text() == "old"


def test_brackets_in_the_path_are_kept_from_nbgrader(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does nbgrader, which takes its root for a pattern, see one without brackets?"""

    def generate(*command: str) -> None:
        given = dict(part.split("=", 1) for part in command if "=" in part)
        root = Path(given["--CourseDirectory.root"])
        assert "[" not in str(root)
        made = root / given["--CourseDirectory.release_directory"] / "01"
        made.mkdir(parents=True)
        (made / "set.ipynb").write_text((root / "solutions" / "01" / "set.ipynb").read_text())

    (project / "solutions" / "01" / "set.ipynb").write_text("new")
    (project / "assignments" / "01" / "stale.csv").write_text("old")
    monkeypatch.setattr(course, "_command", generate)
    course.release()
    released = project / "assignments" / "01"
    assert [(path.name, path.read_text()) for path in released.iterdir()] == [("set.ipynb", "new")]


def test_a_solution_that_loses_a_point_is_not_released(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does the author's own lost point stop the release with what to mend, before anything else?"""
    done: list[str] = []

    def lose(*_: object) -> None:
        raise CourseError("the instructor's own solution gets 1 of 2 points in test_slope")

    monkeypatch.setattr(running, "examine_assignment", lose)
    monkeypatch.setattr(course, "_examine", EXAMINE)
    monkeypatch.setattr(course, "_command", lambda *command: done.append(command[0]))
    with pytest.raises(ToolError, match="own solution gets 1 of 2 points in test_slope"):
        course.release()
    assert done == []


@pytest.fixture
def graded(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The grader's commands so far, in a project whose one student loses ``test_a``."""
    folder = project / "tests" / "submissions" / "01"
    folder.mkdir(parents=True)
    (folder / "student-01__loses-test_a--slip.ipynb").write_text("{}")
    monkeypatch.setattr(course, "SAMPLES", folder.parent)
    commands: list[str] = []

    def autograder(*arguments: str) -> None:
        commands.append(arguments[0])
        if arguments[0] == "grade":
            lost = {"test_a": {"score": 0, "max_score": 2}}
            entry = {"student": "student-01", "status": "graded", "tests": lost}
            Path(arguments[-1]).write_text(json.dumps({"submissions": [entry]}))

    monkeypatch.setattr(course, "_autograder", autograder)
    return commands


def test_a_class_is_graded_when_something_has_changed(project: Path, graded: list[str]) -> None:
    """Is the sample class graded once, and again after a change of a submission or a report?"""
    course.sample()
    course.sample()
    assert graded == ["grade", "feedback", "report"]
    (file,) = course.SAMPLES.glob("01/*.ipynb")
    file.write_text("[]")
    course.sample()
    assert len(graded) == 6
    (project / "_course" / "reports" / "01.json").unlink()
    course.sample()
    assert len(graded) == 9


def test_a_verdict_that_differs_is_told_each_time(project: Path, graded: list[str]) -> None:
    """Does a class whose verdicts differ from the names fail, and fail again?"""
    (file,) = course.SAMPLES.glob("01/*.ipynb")
    file.rename(file.with_name("student-01__full.ipynb"))
    for _ in range(2):
        with pytest.raises(ToolError, match=r"01/student-01 lost \['test_a'\]"):
            course.sample()
    assert len(graded) == 6


def test_an_exchange_makes_no_release_again(project: Path) -> None:
    """Is a problem set up to date though the course has been told where its exchange lies?"""
    before = course._state_of_release("01")
    config = project / "nbgrader_config.py"
    text = config.read_text()
    config.write_text(f"{text}\n{block.written('get_config().Exchange.root = 1')}")
    assert course._state_of_release("01") == before
    config.write_text(f"{text}c.CourseDirectory.course_id = 'x'\n")
    assert course._state_of_release("01") != before
