"""The release step of `make`: what students have is replaced by what is whole, or stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.batch import running
from autograder.errors import CourseError
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
