"""What a course sets about judging counts, however it is written, and a mistake in it is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from autograder.batch import running
from autograder.cli import main
from autograder.course import release
from autograder.errors import CourseError, GraderError
from autograder.limits import Limits
from autograder.settings import Judge
from tests.autograder.classroom import CONFIG, Classroom, StandIn, threads

FIVE = Limits(test_seconds=5)
BOTH = Limits(test_seconds=5, memory_mb=999)

SPELLINGS: dict[str, Limits] = {
    'c.Judge.limits = ["test_seconds=5"]': FIVE,
    'c.Judge.limits = ("test_seconds=5", "memory_mb=999")': BOTH,
    'c.Judge.limits = "test_seconds=5"': FIVE,
    'c.Judge.limits = {"test_seconds": 5, "memory_mb": 999}': BOTH,
    'c.Judge.limits.append("test_seconds=5")': FIVE,
    'c.Judge.limits.append("test_seconds=9")\nc.Judge.limits.append("test_seconds=5")': FIVE,
    'c.Judge.limits.extend(["test_seconds=5", "memory_mb=999"])': BOTH,
    'c.Judge.limits.insert(0, "test_seconds=5")': FIVE,
    'c.Judge.limits.prepend(["test_seconds=5"])': FIVE,
    'c.Judge.limits.update({"test_seconds": 5})': FIVE,
    'c.Judge.limits.append("memory_mb=999")\nc.Judge.limits.update({"test_seconds": 5})': BOTH,
    'c.Judge.limits = ["test_seconds=5"]\nc.Judge.limits.append("memory_mb=999")': BOTH,
    "c.Judge.limits = []": Limits(),
    "c.Judge.enabled = True": Limits(),
    "": Limits(),
}


def settings(root: Path, lines: str) -> Judge:
    (root / "nbgrader_config.py").write_text(f"{CONFIG}{lines}\n")
    from autograder.course.directory import Course

    return Judge.of(Course.load(root).config)


@pytest.mark.parametrize("lines", SPELLINGS)
def test_limits_in_a_configuration_file(tmp_path: Path, lines: str) -> None:
    """Does every way in which nbgrader's configuration can be written count, read twice too?"""
    judge = settings(tmp_path, lines)
    assert judge.allowed() == SPELLINGS[lines]
    assert Judge.of(judge.config).allowed() == SPELLINGS[lines]
    assert judge.allowed(["test_seconds=2"]).test_seconds == 2


@pytest.mark.parametrize(
    ("value", "wanted"), [("True", True), ("False", False), ("1", True), ("0", False)]
)
def test_require_sandbox(tmp_path: Path, value: str, wanted: bool) -> None:
    """Is False false, from the file and from the command line?"""
    assert settings(tmp_path, f"c.Judge.require_sandbox = bool({value})").require_sandbox is wanted
    loaded = _from_command_line([f"--Judge.require_sandbox={value}"])
    assert Judge.of(loaded).require_sandbox is wanted


def _from_command_line(arguments: list[str]) -> Config:
    from nbgrader.apps import AutogradeApp

    app = AutogradeApp()
    app.parse_command_line(arguments)
    return app.config


COMMANDS: dict[str, tuple[list[str], Limits]] = {
    "one": (["--Judge.limits=test_seconds=5"], FIVE),
    "several": (["--Judge.limits=test_seconds=5", "--Judge.limits=memory_mb=999"], BOTH),
    "a list": (['--Judge.limits=["test_seconds=5", "memory_mb=999"]'], BOTH),
    "a dictionary": (['--Judge.limits={"test_seconds": 5}'], FIVE),
    "apart": (["--Judge.limits", "test_seconds=5"], FIVE),
}


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda name: name.replace(" ", "-"))
def test_limits_on_nbgrader_s_command_line(kind: str) -> None:
    """Does ``nbgrader autograde --Judge.limits=…`` reach the judge?"""
    arguments, wanted = COMMANDS[kind]
    assert Judge.of(_from_command_line(arguments)).allowed() == wanted


WRONG: dict[str, str] = {
    "c.Judge.limits = 5": "a setting of Judge cannot be used: .*limits",
    "c.Judge.limits = [5]": "a setting of Judge cannot be used: .*limits",
    'c.Judge.limits = ["patience=5"]': "no limit called 'patience'; the limits are",
    'c.Judge.limits = ["test_seconds"]': "limit test_seconds needs a whole number",
    'c.Judge.limits = {"test_seconds": 2.5}': "limit test_seconds needs a whole number",
    'c.Judge.limits = {"test_seconds": 0}': "limit test_seconds must be at least 1",
    'c.Judge.require_sandbox = "please"': "a setting of Judge cannot be used: .*require_sandbox",
    "c.Judge.limit = []": "there is no setting Judge.limit; there are .*limits",
    "c.Judge.requiresandbox = True": "there is no setting Judge.requiresandbox",
}


@pytest.mark.parametrize("lines", WRONG)
def test_a_wrong_setting_is_one_clear_line(
    tmp_path: Path, stand_in: StandIn, capsys: pytest.CaptureFixture[str], lines: str
) -> None:
    """Is it named before anybody is graded?"""
    with pytest.raises(GraderError, match=WRONG[lines]):
        settings(tmp_path, lines).allowed()
    room = Classroom(tmp_path / "course", config=f"{CONFIG}{lines}\n")
    room.hand_in("ann")
    assert main(["grade", "ps1", "--course", str(room.root)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("autograder: ")
    assert said.count("\n") == 1
    assert stand_in.judged == []


@pytest.mark.parametrize("option", [False, True])
@pytest.mark.parametrize("configured", [False, True])
def test_the_tasks_have_the_settings(
    tmp_path: Path, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, configured: bool,
    option: bool,
) -> None:  # fmt: skip
    """Do limits, the demand for a sandbox and what is shown reach the workers?"""
    lines = (
        f"c.Judge.require_sandbox = {configured}\n"
        'c.Judge.limits.append("test_seconds=5")\nc.Judge.shown = ["/opt/data"]\n'
    )
    room = Classroom(tmp_path / "course", config=CONFIG + lines)
    room.hand_in("ann")
    seen: list[Any] = []
    make = running.make_tasks

    def noted(*arguments: Any) -> Any:
        seen.append(make(*arguments)["hills"])
        return {"hills": seen[0]}

    monkeypatch.setattr(running, "make_tasks", noted)
    quick = {**running.grade_class.__kwdefaults__, "make_executor": threads}
    monkeypatch.setattr(running.grade_class, "__kwdefaults__", quick)
    more = ["--require-sandbox"] * option
    assert (
        main(["grade", "ps1", "--course", str(room.root), "--limit", "memory_mb=999", *more]) == 0
    )
    assert seen[0].limits == BOTH
    assert seen[0].plan.shown == ("/opt/data",)
    assert seen[0].require_sandbox is (configured or option)


def test_unreadable_data_is_named(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is a data file that cannot be read a fault of the course, in one line?"""
    (classroom.root / "source" / "ps1" / "heights.csv").write_text("1")

    def refused(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    course = classroom.course()
    notebooks = release.load(course, "ps1")
    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(CourseError, match=r"heights\.csv cannot be read: Permission denied"):
        running.make_tasks(course, "ps1", notebooks, Judge.of(course.config))


def test_the_whole_command(tmp_path: Path) -> None:
    """Does ``nbgrader autograde`` itself take the settings, and complain about no unknown one?"""
    room = Classroom(tmp_path / "course")
    for student in ("ann", "ben"):
        room.hand_in(student)
    command = [sys.executable, "-m", "nbgrader", "autograde", "ps1", "--Judge.limits=patience=1"]
    done = subprocess.run(
        command, cwd=room.root, check=False, capture_output=True, text=True, timeout=600,
        env={**os.environ, "COLUMNS": "500"},
    )  # fmt: skip
    assert done.returncode != 0
    assert done.stderr.count("there is no limit called 'patience'") == 1
    assert "Traceback" not in done.stderr
    assert "not recognized" not in done.stderr
