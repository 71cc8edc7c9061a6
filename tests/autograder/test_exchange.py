"""``python -m autograder exchange``: one command, and one line for each thing that is wrong."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.exchange import block, configuring, extensions
from tests.autograder.classroom import CONFIG, Classroom

MODES = {
    "": 0o1777,
    "hills": 0o755,
    "hills/outbound": 0o755,
    "hills/inbound": 0o3733,
    "hills/feedback": 0o711,
}
LOOK = extensions.look
AS_ROOT = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be several accounts"
)


@pytest.fixture(autouse=True)
def menus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking for JupyterLab's extensions takes a second; two tests of their own do it."""
    monkeypatch.setattr(extensions, "look", lambda: iter(()))


def exchange(room: Classroom, *options: str | Path) -> int:
    return main(["exchange", *map(str, options), "--course", str(room.root)])


def modes(root: Path) -> dict[str, int]:
    return {name: stat.S_IMODE((root / name).stat().st_mode) for name in MODES}


def state(*folders: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and folder, its mode and what it holds."""
    paths = [path for folder in folders for path in (folder, *folder.rglob("*"))]
    return {
        str(path): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in paths
    }


def test_one_command(classroom: Classroom, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Are folders, modes and both configurations made, said in a line each, and made only once?"""
    old = os.umask(0o077)  # what it makes must not depend on it
    try:
        assert exchange(classroom, place / "a" / "b", "--students", place / "etc") == 0
    finally:
        os.umask(old)
    root = place / "a" / "b"
    assert modes(root) == MODES
    said = capsys.readouterr().out
    for line in (
        f"{root}: made, mode 1777",
        f"{root}/hills/inbound: made, mode 3733",
        f"{classroom.root}/nbgrader_config.py: Exchange.root set to {root}",
        f"{place}/etc/nbgrader_config.py: written for the students",
        "ps1: not made for students yet: nbgrader generate_assignment ps1",
    ):
        assert line in said.splitlines()
    assert configuring.configured_root(classroom.course()) == root
    students = (place / "etc" / "nbgrader_config.py").read_text()
    assert "course_id = 'hills'" in students
    assert f"Exchange.root = {str(root)!r}" in students
    before = state(place, classroom.root)
    assert exchange(classroom, root, "--students", place / "etc") == 0
    assert state(place, classroom.root) == before
    assert "made, mode" not in capsys.readouterr().out
    assert exchange(classroom, "--check") == 0, "the course knows its exchange by now"
    assert state(place, classroom.root) == before


def test_moving_to_another_folder(classroom: Classroom, place: Path) -> None:
    """Does the course's file hold one block, the last, and all that the instructor wrote?"""
    for name in ("one", "two"):
        assert exchange(classroom, place / name) == 0
    text = (classroom.root / "nbgrader_config.py").read_text()
    assert text.startswith(CONFIG)
    assert text.count(block.BEGIN) == 1
    assert configuring.configured_root(classroom.course()) == place / "two"


def test_lines_added_behind_the_block_stay(classroom: Classroom, place: Path) -> None:
    """May the instructor go on writing at the end, and then move the exchange?"""
    assert exchange(classroom, place / "one") == 0
    path = classroom.root / "nbgrader_config.py"
    before = path.read_text()
    path.write_text(before + "c.LateRule.percent_per_day = 10\n")
    assert exchange(classroom, place / "two") == 0
    course = classroom.course()
    assert configuring.configured_root(course) == place / "two"
    assert course.config.LateRule.percent_per_day == 10
    assert path.read_text().count(block.BEGIN) == 1
    assert block.without(block.written("x = 1") + "y = 2\n") == "y = 2\n"


def test_a_group_of_instructors(classroom: Classroom, place: Path) -> None:
    """Do nbgrader's shared courses get the group's rights besides?"""
    config = CONFIG + "c.CourseDirectory.groupshared = True\n"
    (classroom.root / "nbgrader_config.py").write_text(config)
    assert exchange(classroom, place / "x") == 0
    assert modes(place / "x") == {
        "": 0o1777,
        "hills": 0o2775,
        "hills/outbound": 0o2775,
        "hills/inbound": 0o3773,
        "hills/feedback": 0o2771,
    }
    assert exchange(classroom, "--check") == 0


RIGHTS = {
    "closed to students": ("", 0o755, "students cannot hand in there"),
    "made by nbgrader": ("", 0o777, "any student could rename or delete a course in it"),
    "hand-ins can be listed": ("hills/inbound", 0o2777, "students could list and read"),
    "nobody can fetch": ("hills/outbound", 0o700, "students cannot fetch from it"),
    "releases can be changed": ("hills/outbound", 0o777, "others than you could change"),
    "feedback can be listed": ("hills/feedback", 0o755, "students could list and read"),
}


@pytest.mark.parametrize("case", RIGHTS, ids=lambda name: name.replace(" ", "-"))
def test_no_right_changes_unasked(
    classroom: Classroom, place: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    """Is a folder's wrong mode told in one line, left as it is, and mended where that is asked?"""
    name, mode, told = RIGHTS[case]
    root = place / "x"
    assert exchange(classroom, root) == 0
    (root / name).chmod(mode)
    before = state(place, classroom.root)
    for options in ([root], [root, "--check"]):
        capsys.readouterr()
        assert exchange(classroom, *options) == 2
        wrong = [line for line in capsys.readouterr().out.splitlines() if "wrong:" in line]
        assert len(wrong) == 1
        assert told in wrong[0]
        assert "--change-rights" in wrong[0]
        assert state(place, classroom.root) == before
    assert exchange(classroom, root, "--change-rights") == 0
    assert f"mode {mode:o} changed to" in capsys.readouterr().out
    assert modes(root) == MODES


def config(room: Classroom, text: str) -> None:
    (room.root / "nbgrader_config.py").write_text(text)


def json_wins(room: Classroom, place: Path) -> None:
    (room.root / "nbgrader_config.json").write_text('{"Exchange": {"root": "/elsewhere"}}')


def foreign(room: Classroom, place: Path) -> None:
    (place / "x" / "photos" / "2026").mkdir(parents=True)


FAULTS: dict[str, tuple[Callable[[Classroom, Path], None], str]] = {
    "no course id": (
        lambda room, place: config(room, CONFIG.replace('"hills"', '""')),
        "the course has no name: set c.CourseDirectory.course_id",
    ),
    "a course id with a plus": (
        lambda room, place: config(room, CONFIG.replace('"hills"', '"c++"')),
        "cannot hold a course called 'c++'",
    ),
    "a file": (lambda room, place: (place / "x").write_text("!") and None, "is no folder"),
    "somebody's folder": (foreign, "holds photos, which is no course"),
    "a configuration that does not listen": (json_wins, "does not take the exchange"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda name: name.replace(" ", "-"))
def test_refused_with_one_line(
    classroom: Classroom, place: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    """Is there one line on standard error, and no course's file changed?"""
    break_it, told = FAULTS[fault]
    break_it(classroom, place)
    before = state(classroom.root)
    assert exchange(classroom, place / "x") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert told in said
    assert state(classroom.root) == before


def test_a_home_that_nobody_may_enter(
    classroom: Classroom, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Is the folder named that keeps students out?"""
    (place / "home").mkdir(mode=0o700)
    assert exchange(classroom, place / "home" / "exchange") == 2
    assert f"wrong: {place}/home has mode 700: other accounts cannot enter it" in (
        capsys.readouterr().out
    )


def test_students_file_of_somebody_else(
    classroom: Classroom, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Is a configuration that others wrote left alone, and what to add told?"""
    (place / "etc").mkdir()
    (place / "etc" / "nbgrader_config.py").write_text("c = get_config()\n")
    assert exchange(classroom, place / "x", "--students", place / "etc") == 2
    assert "holds other lines: add these yourself: c.CourseDirectory.course_id = 'hills'" in (
        capsys.readouterr().out
    )
    assert (place / "etc" / "nbgrader_config.py").read_text() == "c = get_config()\n"


@AS_ROOT
def test_what_students_can_do(classroom: Classroom, place: Path) -> None:
    """Can one account hand in and fetch, and neither see, change nor remove another's work?"""
    root = place / "x"
    assert exchange(classroom, root) == 0
    course = root / "hills"
    (course / "outbound" / "ps1").mkdir()
    (course / "outbound" / "ps1" / "hills.ipynb").write_text("released")
    (course / "feedback" / "secret.html").write_text("feedback")
    tried = f"""
import os, sys
os.setgroups([])
os.setgid(65_000)
os.setuid(int(sys.argv[3]))
def tries(act, *args):
    try:
        return bool(act(*args)) or True
    except PermissionError:
        return False
read = lambda path: open(path).read()
mine = {str(course)!r} + "/inbound/" + sys.argv[1] + "+ps1+2026-11-28 12:00:00 UTC+abc"
other = {str(course)!r} + "/inbound/" + sys.argv[2] + "+ps1+2026-11-28 12:00:00 UTC+abc"
print(dict(
    hands_in=tries(os.mkdir, mine),
    fetches=read({str(course)!r} + "/outbound/ps1/hills.ipynb") == "released",
    reads_own_feedback=read({str(course)!r} + "/feedback/secret.html") == "feedback",
    lists_hand_ins=tries(os.listdir, {str(course)!r} + "/inbound"),
    lists_feedback=tries(os.listdir, {str(course)!r} + "/feedback"),
    removes_another=os.path.exists(other) and tries(os.rename, other, mine + "!"),
    changes_a_release=tries(open, {str(course)!r} + "/outbound/ps1/hills.ipynb", "w"),
    moves_the_course=tries(os.rename, {str(course)!r}, {str(root)!r} + "/mine"),
))
"""
    expected = {
        "hands_in": True,
        "fetches": True,
        "reads_own_feedback": True,
        "lists_hand_ins": False,
        "lists_feedback": False,
        "removes_another": False,
        "changes_a_release": False,
        "moves_the_course": False,
    }
    for uid, name, other in (
        (65_001, "student-01", "student-02"),
        (65_002, "student-02", "student-01"),
    ):
        done = subprocess.run(
            [sys.executable, "-I", "-c", tried, name, other, str(uid)],
            cwd="/",
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == str(expected)


@AS_ROOT
def test_made_by_the_administrator(classroom: Classroom, place: Path) -> None:
    """Where root makes it, do the course's folders belong to whoever owns the course?"""
    os.chown(classroom.root, 65_001, 65_000)
    assert exchange(classroom, place / "x") == 2, "root itself cannot release then"
    owners = {name: (place / "x" / name).stat().st_uid for name in MODES}
    assert owners == {name: 65_001 if name else 0 for name in MODES}


def test_how_far_each_assignment_is(
    classroom: Classroom, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Are release, hand-ins, lateness and unknown students told from what lies there?"""
    from datetime import datetime

    root = place / "x"
    assert exchange(classroom, root) == 0
    release, outbound = classroom.root / "release" / "ps1", root / "hills" / "outbound" / "ps1"

    def told() -> str:
        capsys.readouterr()
        exchange(classroom, "--check")
        return next(x for x in capsys.readouterr().out.splitlines() if x.startswith("ps1: "))

    release.mkdir(parents=True)
    (release / "hills.ipynb").write_text("{}")
    assert told() == "ps1: not released yet: nbgrader release_assignment ps1"
    shutil.copytree(release, outbound)
    assert told() == "ps1: released, handed in by 0"
    (release / "hills.ipynb").write_text("{ }")
    assert told().endswith("has changed since: nbgrader release_assignment ps1 --force")
    shutil.copy(release / "hills.ipynb", outbound)
    for name in (
        "student-01+ps1+2026-11-28 12:00:00.1 UTC+a+b",
        "student-01+ps1+2026-11-29 12:00:00.1 UTC",
        "student-02+ps1+2026-11-28 12:00:00.1 UTC+x",
        "nonsense",
        "student-03+ps1+yesterday+x",
    ):
        (root / "hills" / "inbound" / name).mkdir()
    with classroom.course().gradebook() as gradebook:
        gradebook.add_assignment("ps1", duedate=datetime(2026, 11, 28, 13))
        gradebook.add_student("student-01")
    assert told() == "ps1: released, handed in by 2, 1 of them after 2026-11-28 13:00:00 UTC"
    assert exchange(classroom, "--check") == 2
    assert "wrong: student-02 handed in and is not in the class list" in capsys.readouterr().out


def test_menus_are_on_here() -> None:
    """Does this environment, in which the browser test clicks them, count as complete?"""
    assert [line.wrong for line in LOOK()] == [False]


def test_menus_that_are_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is each extension told that somebody switched off, with the command that switches it on?"""
    off = dict.fromkeys(extensions.SERVER, False)
    settings = {"ServerApp": {"jpserver_extensions": off}}
    (tmp_path / "jupyter_server_config.json").write_text(json.dumps(settings))
    (tmp_path / "labconfig").mkdir()
    disabled = {"disabledExtensions": {"@jupyter/nbgrader:formgrader": True}}
    (tmp_path / "labconfig" / "page_config.json").write_text(json.dumps(disabled))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")  # or an environment outranks its user
    lines = [str(line) for line in LOOK()]
    assert len(lines) == 5
    for name in extensions.SERVER:
        assert any(f"jupyter server extension enable --sys-prefix {name}" in x for x in lines)
    assert "jupyter labextension enable @jupyter/nbgrader:formgrader" in lines[-1]


LOOK = extensions.look
