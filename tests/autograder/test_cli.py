"""The command line: one clear line for each thing that is wrong, and nothing half-written."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.batch import running, store
from autograder.cli import main
from tests.autograder.classroom import CONFIG, Classroom, StandIn, changed, source_notebook, threads


@pytest.fixture
def room(classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    classroom.hand_in("student-01")
    classroom.hand_in("student-02", b"{")
    quick = {**running.grade_class.__kwdefaults__, "make_executor": threads}
    monkeypatch.setattr(running.grade_class, "__kwdefaults__", quick)
    return classroom


def run(room: Classroom | Path, command: str, assignment: str = "ps1", *options: str) -> int:
    root = room if isinstance(room, Path) else room.root
    return main([command, assignment, "--course", str(root), *options])


def test_grade_feedback_report(
    room: Classroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Do the three commands in a row leave verdicts, pages and a report, and say where?"""
    out = tmp_path / "verdicts.json"
    assert run(room, "grade", "ps1", "--out", str(out), "--workers", "1") == 0
    assert run(room, "feedback") == 0
    assert run(room, "report") == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert said.err == ""
    assert [v["student"] for v in json.loads(out.read_bytes())["submissions"]] == [
        "student-01", "student-02",
    ]  # fmt: skip
    assert lines[1].startswith("student-02: not graded: hills.ipynb is not valid JSON")
    assert lines[2].startswith("ps1: 1 graded, 1 not graded (0 unchanged since last time) | mean 5")
    assert lines[3] == "ps1: 2 feedback pages in feedback/STUDENT/ps1"
    assert lines[4] == f"ps1: class report in {room.root / 'reports' / 'ps1.html'}"
    assert (room.root / "reports" / "ps1.html").is_file()


def test_relative_paths_are_the_caller_s(
    room: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does --out mean a file where the command was called, not in the course?"""
    monkeypatch.chdir(tmp_path)
    assert main(["grade", "ps1", "--course", "course", "--out", "verdicts.json"]) == 0
    assert (tmp_path / "verdicts.json").is_file()
    assert main(["report", "ps1", "--course", "course", "--out", "report.html"]) == 0
    assert (tmp_path / "report.html").is_file()


FAULTS: dict[str, tuple[list[str], str]] = {
    "no course": (["grade", "ps1", "--course", "{tmp}/nowhere"], "no course directory"),
    "no configuration": (["grade", "ps1", "--course", "{tmp}/bare"], "is no course"),
    "no assignment": (["grade", "ps9"], "no assignment 'ps9' in source: there are ps1"),
    "no student": (["grade", "ps1", "--student", "eve"], "eve has handed in no ps1"),
    "no limit": (["grade", "ps1", "--limit", "patience=1"], "no limit called 'patience'"),
    "no number": (["grade", "ps1", "--limit", "test_seconds=soon"], "needs a whole number"),
    "no workers": (["grade", "ps1", "--workers", "0"], "--workers must be at least 1"),
    "out is a folder": (["grade", "ps1", "--out", "{tmp}"], "is a directory: name a file"),
    "out lies nowhere": (["grade", "ps1", "--out", "{tmp}/a/b.json"], "there is no directory"),
    "feedback too early": (["feedback", "ps1"], "nothing of ps1 is graded yet: run"),
    "report too early": (["report", "ps1"], "nothing of ps1 is graded yet: run"),
    "feedback on nothing": (["feedback", "ps9"], "no assignment 'ps9'"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda name: name.replace(" ", "-"))
def test_one_clear_line(
    room: Classroom, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    """Is there exactly one line on standard error, status 2, and nothing written?"""
    (tmp_path / "bare").mkdir()
    arguments, told = FAULTS[fault]
    arguments = [each.format(tmp=tmp_path) for each in arguments]
    if "--course" not in arguments:
        arguments += ["--course", str(room.root)]
    before = sorted(tmp_path.rglob("*"))
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith("autograder: ")
    assert said.err.count("\n") == 1
    assert told in said.err
    assert said.out == ""
    assert sorted(tmp_path.rglob("*")) == before


def test_never_released_and_nobody_handed_in(
    classroom: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    """Is the next command named, and no gradebook made for nothing?"""
    (classroom.root / "gradebook.db").unlink()
    assert run(classroom, "grade") == 2
    assert capsys.readouterr().err == (
        "autograder: ps1 was never released: run `nbgrader generate_assignment ps1`\n"
    )
    assert not (classroom.root / "gradebook.db").exists()


def test_missing_data_is_one_line(
    tmp_path: Path, stand_in: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """Is a data file that is not there told before anything is graded, and the rest graded?"""
    source = changed(source_notebook(), "height", source="open('peaks.csv')")
    room = Classroom(tmp_path / "course", source)
    room.hand_in("student-01")
    assert run(room, "grade") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("source/ps1/peaks.csv is missing: hills.ipynb reads it in cell hei")
    assert said[-1].startswith("ps1: 1 graded")


def test_a_broken_source_prints_no_traceback(
    room: Classroom, capfd: pytest.CaptureFixture[str]
) -> None:
    """Does nbgrader's own log keep silent when the source is at fault?"""
    source = source_notebook()
    source["cells"].append(source["cells"][3])
    room.release_source(source)
    assert run(room, "grade") == 2
    said = capfd.readouterr()
    assert said.err == (
        "autograder: the source notebook source/ps1/hills.ipynb cannot be used: "
        "Duplicate grade id: slope\n"
    )


IN_THE_WAY = {
    "feedback": "feedback/student-01/ps1/hills.html cannot be written: {root}/feedback is a file",
    "report": "ps1.html cannot be written: {root}/reports is a file where a folder should be",
    "grade": "on student-01 cannot be stored: {root}/autograded is a file where a folder should",
    "grade --force": "/.writer cannot be written: {root}/verdicts is a file where a folder should",
}


@pytest.mark.parametrize("command", IN_THE_WAY)
def test_a_file_where_a_folder_should_be(
    room: Classroom, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """Is it named in one line, with what to do?"""
    told = IN_THE_WAY[command].format(root=room.root)
    if command != "grade":
        assert run(room, "grade", "ps1", "--student", "student-01") == 0
    blocked = room.root / told.partition(f"{room.root}/")[2].partition(" ")[0]
    if command in {"feedback", "report"}:
        blocked = room.root / {"feedback": "feedback", "report": "reports"}[command]
    shutil.rmtree(blocked, ignore_errors=True)
    blocked.write_text("in the way")
    capsys.readouterr()
    name, *more = command.split()
    students = [] if name == "report" else ["--student", "student-01"]
    assert run(room, name, "ps1", *students, *more) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert told in said
    assert "move it away" in said


@pytest.mark.parametrize("command", ["grade", "feedback", "report"])
def test_a_full_disk_is_one_line(
    room: Classroom,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: str,
) -> None:
    """Is it told by every command, and by --out too?"""
    assert run(room, "grade") == 0

    def full(path: Path, *_: Any) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(store, "write_whole", full)
    capsys.readouterr()
    more = [] if command == "feedback" else ["--out", str(tmp_path / "out")]
    assert run(room, command, "ps1", *more) == 2
    said = capsys.readouterr().err
    assert said.startswith("autograder: ")
    assert said.count("\n") == 1
    assert "No space left on device" in said


def test_a_gradebook_that_cannot_be_read_is_one_line(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    """Is a damaged database named, whichever command meets it?"""
    assert run(room, "grade") == 0
    with sqlite3.connect(room.root / "gradebook.db") as database:
        database.execute("alter table grade rename column auto_score to lost")
    database.close()
    capsys.readouterr()
    for command in ("grade", "feedback", "report"):
        assert run(room, command) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "gradebook.db cannot be" in said


@pytest.mark.linux
@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "latin-1"])
def test_any_name_can_be_said(
    room: Classroom, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """Does no name end a run on a console that cannot print it, or steer the terminal?"""
    hostile = "Łuk\x1b]0;owned\x07\u202e"
    room.hand_in(hostile, b"{")
    screen = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(screen, encoding=encoding))
    assert run(room, "grade") == 0
    sys.stdout.flush()
    said = screen.getvalue().decode(encoding)
    assert "uk(1b)]0;owned(07)(202e): not graded" in said
    assert "\x1b" not in said
    assert run(room, "grade", hostile) == 2


def test_an_interrupt_says_how_to_go_on(
    room: Classroom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Does Ctrl-C end with one line and its own exit status?"""

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "grade_class", interrupted)
    assert run(room, "grade") == 130
    assert "the same command goes on" in capsys.readouterr().err


def test_no_progress_bar_without_a_terminal(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    """Do logs stay free of the bar?"""
    assert run(room, "grade") == 0
    assert capsys.readouterr().err == ""


def test_a_progress_bar_on_a_terminal(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Are done, total and the time left shown?"""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert run(room, "grade") == 0
    assert "ps1:" in screen.getvalue()
    assert "2/2" in screen.getvalue()


def test_options_of_the_course(tmp_path: Path, stand_in: StandIn) -> None:
    """Do limits in nbgrader_config.py count, and a wrong one get its line?"""
    room = Classroom(tmp_path / "course", config=CONFIG + 'c.Judge.limits = ["patience=1"]\n')
    room.hand_in("student-01")
    assert run(room, "grade") == 2


def test_help_needs_no_heavy_imports() -> None:
    """Does ``--help`` answer without importing nbgrader or NumPy?"""
    code = (
        "import sys\nfrom autograder.cli import main\n"
        "try:\n    main(['grade', '--help'])\nexcept SystemExit:\n    pass\n"
        "print({'nbgrader', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=300
    )
    assert "--require-sandbox" in done.stdout
    assert done.stdout.rstrip().endswith("set()")


def test_as_a_module(tmp_path: Path) -> None:
    """Does ``python -m autograder`` pass the exit status on?"""
    command = [sys.executable, "-m", "autograder", "grade", "ps1", "--course", str(tmp_path / "no")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 2
    assert done.stderr == (
        f"autograder: there is no course directory {tmp_path / 'no'}: pass --course DIR\n"
    )
