"""Every wrong turn around grading: one line that names the thing and the next step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.cli import main
from tests.autograder.arrivals import notebook, zipped
from tests.autograder.classroom import Classroom, cell
from tests.autograder.classroom import notebook as notebook_of

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

FILES: dict[str, bytes] = {
    "student-01_hills.ipynb": notebook(),
    "student-99_hills.ipynb": notebook(),
    "nobody.ipynb": notebook(),
    "holiday.zip": zipped({"beach/one.jpg": b"\xff\xd8", "beach/two.jpg": b"\xff\xd8"}),
    "broken.zip": b"PK\x03\x04",
    "empty.zip": zipped({}),
    "class.csv": b"student_id,name\nstudent-01,Ada\n",
    "twice.csv": b"student_id,name\nstudent-01,Ada\nstudent-01,Bob\n",
    "marks.csv": b"points,remark\n1,good\n",
    "blank.csv": b"",
    "only.csv": b"student_id,name\n",
    "path.csv": b"student_id\n../x\n",
    "class.xlsx": b"PK\x03\x04\x14\x00",
    "deadlines.csv": b"assignment,student,due\n",
}
COLLECT = ["collect", "--assignment", "ps1"]
LISTED = ["--students", "{dir}/class.csv"]

# What ends the command: arguments → one line on standard error.
ERRORS: dict[str, tuple[list[str], str]] = {
    "no such assignment": (
        ["collect", "{dir}/student-01_hills.ipynb", "--assignment", "ps9"],
        "there is no assignment 'ps9' in source: there are ps1",
    ),
    "no such file": ([*COLLECT, "{dir}/gone.zip"], "there is no file {dir}/gone.zip: name what"),
    "an empty folder": ([*COLLECT, "{dir}/empty"], "nothing was handed in there"),
    "no such list": (
        [*COLLECT, "{dir}/student-01_hills.ipynb", "--students", "{dir}/gone.csv"],
        "{dir}/gone.csv cannot be read: No such file or directory",
    ),
    "a list of something else": (
        [*COLLECT, "{dir}/student-01_hills.ipynb", "--students", "{dir}/marks.csv"],
        "has no column with an id, a login or an e-mail address (its columns: 'points', 'remark')",
    ),
    "a list without students": (
        [*COLLECT, "{dir}/student-01_hills.ipynb", "--students", "{dir}/only.csv"],
        "names no student: it needs one line each",
    ),
    "an empty list": (
        [*COLLECT, "{dir}/student-01_hills.ipynb", "--students", "{dir}/blank.csv"],
        "blank.csv is empty: it needs a line of column names",
    ),
    "a spreadsheet's own file": (
        [*COLLECT, "{dir}/student-01_hills.ipynb", "--students", "{dir}/class.xlsx"],
        "is a spreadsheet's own file: save it as CSV",
    ),
    "an id twice": (
        [*COLLECT, "{dir}/student-01_hills.ipynb", "--students", "{dir}/twice.csv"],
        "twice.csv, line 3: student-01 is there twice, with different entries",
    ),
    "an id that is a path": (
        [*COLLECT, "{dir}/student-01_hills.ipynb", "--students", "{dir}/path.csv"],
        "path.csv, line 2: '../x' is no id",
    ),
    "no time": (
        [*COLLECT, "{dir}/student-01_hills.ipynb", "--received", "yesterday"],
        "--received: 'yesterday' cannot be used",
    ),
    "return before grading": (["return", "ps1"], "nothing of ps1 is graded yet: run"),
    "return to nowhere": (["return", "ps1", "--out", "{dir}/gone"], "there is no such folder"),
    "a sheet for nobody": (
        ["return", "ps1", "--sheet", "{dir}/marks.csv"], "--sheet needs --for moodle or",
    ),
    "return of nothing": (["return", "ps9"], "there is no assignment 'ps9'"),
    "deadlines of nothing": (["deadlines", "ps9"], "there is no assignment 'ps9'"),
    "no deadline": (["deadlines", "ps1"], "ps1 has no deadline: write a line of assignment,stud"),
    "nothing to apply": (["deadlines", "ps1", "--apply"], "there is nothing to apply"),
}  # fmt: skip

# What is only reported: files → a line of the report. Nothing of it is placed, all of it kept.
REPORTS: dict[str, tuple[list[str], str]] = {
    "a wrong student id": (["student-99_hills.ipynb"], "student-99 is not in the class list"),
    "nobody's file": (["nobody.ipynb"], "nobody.ipynb: nobody is not in the class list: add"),
    "an archive of something else": (["holiday.zip"], "holds no notebook and nothing that a plat"),
    "an empty archive": (["empty.zip"], "not placed: empty.zip: the archive is empty"),
    "a broken archive": (["broken.zip"], "broken.zip is no ZIP archive that can be opened"),
}  # fmt: skip


@pytest.fixture
def desk(classroom: Classroom, tmp_path: Path) -> Path:
    folder = tmp_path / "downloads"
    (folder / "empty").mkdir(parents=True)
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize("turn", ERRORS)
def test_one_line_and_nothing_written(
    classroom: Classroom, desk: Path, capsys: pytest.CaptureFixture[str], turn: str
) -> None:
    """Is it one line with status 2, and the course as it was?"""
    arguments, told = ERRORS[turn]
    before = sorted(classroom.root.rglob("*"))
    arguments = [each.format(dir=desk) for each in arguments]
    assert main([*arguments, "--course", str(classroom.root)]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert said.err.startswith("autograder: ")
    assert told.format(dir=desk) in said.err
    assert "submitted" not in {path.name for path in classroom.root.iterdir()}
    assert {path for path in classroom.root.rglob("*") if path.name != "collected"} >= set(before)


@pytest.mark.parametrize("turn", REPORTS)
def test_reported_and_kept(
    classroom: Classroom, desk: Path, capsys: pytest.CaptureFixture[str], turn: str
) -> None:
    """Is the reason told, with where it is kept, and does the rest of the class arrive?"""
    files, told = REPORTS[turn]
    paths = [str(desk / name) for name in [*files, "student-01_hills.ipynb"]]
    course = ["--course", str(classroom.root), "--students", str(desk / "class.csv")]
    assert main([*COLLECT, *paths, *course]) == 0
    said = capsys.readouterr().out
    assert told in said
    assert "what was not placed is kept in collected/ps1/unplaced; put that right and" in said
    assert f"ps1: 1 placed, 0 new versions, 0 unchanged, {len(files)} not placed" in said
    kept = classroom.root / "collected" / "ps1" / "unplaced"
    reasons = json.loads((kept / "reasons.json").read_bytes())
    assert len(reasons) == len(files)
    assert all((kept / name).is_file() for name in reasons)


def test_a_duplicate_is_no_error(
    classroom: Classroom, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Is the same file handed in twice, or found under two names, simply unchanged?"""
    path = str(desk / "student-01_hills.ipynb")
    for _ in range(2):
        assert main([*COLLECT, path, path, "--course", str(classroom.root)]) == 0
    assert "ps1: 0 placed, 0 new versions, 1 unchanged, 0 not placed" in capsys.readouterr().out


def test_a_set_that_is_not_this_one(
    classroom: Classroom, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Does a notebook of another assignment lead to its name?"""
    other = notebook_of(cell("code", "1", "valley", solution=True))
    (classroom.root / "source" / "ps2").mkdir()
    (classroom.root / "source" / "ps2" / "valleys.ipynb").write_text(json.dumps(other))
    (desk / "student-01_valleys.ipynb").write_text(json.dumps(other))
    course = ["--course", str(classroom.root)]
    main([*COLLECT, str(desk / "student-01_valleys.ipynb"), *course])
    assert "is of ps2, not of ps1: collect it with --assignment ps2" in capsys.readouterr().out


def test_two_runs_at_a_time(
    classroom: Classroom, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Does the second one wait to be called again?"""
    from autograder.intake.placing import alone

    with alone(classroom.root / "collected" / "ps1", "ps1"):
        path = str(desk / "student-01_hills.ipynb")
        assert main([*COLLECT, path, "--course", str(classroom.root)]) == 2
    assert "ps1 is being collected already: wait for that run" in capsys.readouterr().err
