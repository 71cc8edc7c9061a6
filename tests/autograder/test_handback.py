"""Grades and feedback on their way back: the platform's own table, and no formula in any."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from autograder.batch.exporting import ABSENT, GRADED, MANUAL, NOT_GRADED, PARTLY, Standing
from autograder.errors import CourseError
from autograder.handback import tables
from autograder.handback.archives import archive
from autograder.handback.grades import Line
from autograder.intake.journal import Journal, Version
from autograder.intake.roster import Student
from tests.autograder.classroom import Classroom

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

HOSTILE = '=HYPERLINK("http://x","y")'
LINES = [
    Line(Student("student-01", login="ada", email="ada@example.org", first="Ada", last="Lovelace"),
         Standing(GRADED, 12.5, 0.25), 20.0),
    Line(Student("student-02", canvas="42", first=HOSTILE, last="@SUM(A1)"),
         Standing(GRADED, 0.0, 0.0), 20.0),
    Line(Student("student-03", name="김민준, Jr."), Standing(NOT_GRADED), 20.0, "no JSON"),
    Line(Student("student-04", moodle="77"), Standing(ABSENT), 20.0),
    Line(Student("student-05"), Standing(MANUAL, 7.0, 0.0), 20.0),
    Line(Student("student-06"), Standing(PARTLY, 1234567.125, 0.0), 2e6, partial=True),
]  # fmt: skip


def read(data: bytes, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(encoding), newline="")))


def test_the_plain_table() -> None:
    """Are zero, not graded, absent and waiting apart, and numbers written out?"""
    lines = read(tables.plain_table("ps1", LINES), "utf-8-sig")
    assert [(line["score"], line["status"], line["reason"]) for line in lines] == [
        ("12.25", "graded", ""),
        ("0", "graded", ""),
        ("", "not graded", "no JSON"),
        ("", "not handed in", ""),
        ("7", "manual grading pending", ""),
        ("1234567.125", "not graded in part", ""),
    ]
    assert lines[2]["last_name"] == "김민준, Jr."


@pytest.mark.parametrize("kind", ["plain", "moodle", "canvas"])
def test_no_cell_is_a_formula(kind: str) -> None:
    """Is no cell one that a spreadsheet would compute?"""
    data = {
        "plain": lambda: tables.plain_table("ps1", LINES),
        "moodle": lambda: tables.moodle_table(LINES, {}),
        "canvas": lambda: tables.canvas_table("=1+1", LINES, {}),
    }[kind]()
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_canvas_columns() -> None:
    """Are they those that Canvas requires, in their order, with the points possible?"""
    rows = list(csv.reader(io.StringIO(
        tables.canvas_table("Hills (4711)", LINES, {"student-01": "41"}).decode(), newline=""
    )))  # fmt: skip
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Hills (4711)"]
    assert rows[1] == ["    Points Possible", "", "", "", "", "20"]
    assert rows[2] == ["Lovelace, Ada", "41", "student-01", "ada", "", "12.25"]
    assert rows[3][1:3] + rows[3][5:] == ["42", "student-02", "0"]
    # Not graded, absent, waiting for a human; and what was asked for though it is not all.
    assert [row[5] for row in rows[4:]] == ["", "", "", "1234567.125"]


def test_moodle_columns() -> None:
    """Does the identifier name the participant as Moodle does?"""
    lines = read(tables.moodle_table(LINES, {"student-01": "123"}))
    assert (lines[0]["Identifier"], lines[0]["Grade"]) == ("Participant 123", "12.25")
    assert (lines[3]["Identifier"], lines[3]["Grade"]) == ("Participant 77", "")
    assert lines[3]["Status"] == "not handed in"


SHEETS: dict[str, tuple[str, str, list[list[str]]]] = {
    "moodle": (
        "Identifier,Full name,Grade,Last modified (grade)\n"
        "Participant 123,Ada Lovelace,,-\nParticipant 77,Nobody,3.00,-\nParticipant 5,Other,1,-\n",
        "",
        [["Participant 123", "Ada Lovelace", "12.25", "'-"],
         ["Participant 77", "Nobody", "3.00", "'-"], ["Participant 5", "Other", "1", "'-"]],
    ),
    "moodle german": (
        "ID;E-Mail-Adresse;Bewertung\nTeilnehmer/in123;ada@example.org;\n",
        "",
        [["Teilnehmer/in123", "ada@example.org", "12.25"]],
    ),
    "canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Old (1),Hills (4711)\n"
        "    Points Possible,,,,,10,20\n"
        '"Lovelace, Ada",41,,ada,A,-1,\n"X",42,,,A,9,8\n',
        "Hills",
        [["Points Possible", "", "", "", "", "10", "20"],
         ["Lovelace, Ada", "41", "", "ada", "A", "-1", "12.25"],
         ["X", "42", "", "", "A", "9", "0"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("platform", SHEETS)
def test_the_platform_s_own_table_is_filled(tmp_path: Path, platform: str) -> None:
    """Do known grades go into their column, and does everything else stay?"""
    text, column, expected = SHEETS[platform]
    path = tmp_path / "sheet.csv"
    path.write_text(text, encoding="utf-8")
    data = tables.filled(path, column, LINES, {"student-01": "123"})
    assert list(csv.reader(io.StringIO(data.decode(), newline="")))[1:] == expected


def test_a_table_of_something_else(tmp_path: Path) -> None:
    """Are a missing column and another course's table told?"""
    path = tmp_path / "sheet.csv"
    path.write_text("Identifier,Points\nParticipant 1,\n")
    with pytest.raises(CourseError, match="name the column for the grades with --column"):
        tables.filled(path, "", LINES, {})
    path.write_text("Identifier,Grade\nParticipant 1,\n")
    with pytest.raises(CourseError, match="names none of the students"):
        tables.filled(path, "", LINES, {})


def test_names_in_the_archive(classroom: Classroom, tmp_path: Path) -> None:
    """Does each platform find the names that it gave, and is who came otherwise told?"""
    page = tmp_path / "hills.html"
    page.write_text("page")
    journal = Journal(classroom.course(), "ps1")
    for student, platform, key, name in (
        ("a", "moodle", "A B_12_assignsubmission_file_", "hills.ipynb"),
        ("b", "canvas", "ba_LATE_34_56_", "ba_LATE_34_56_hills-1.ipynb"),
        ("c", "files", "c_hills.ipynb", "c_hills.ipynb"),
    ):
        journal.versions[student].append(
            Version(student, "0", "now", platform=platform, key=key, names=(name,))
        )
    import zipfile

    pages = {student: [page] for student in "abc"}
    found = {}
    for platform in ("moodle", "canvas", "plain"):
        made = archive(platform, pages, journal)
        with zipfile.ZipFile(io.BytesIO(made.data)) as opened:
            found[platform] = opened.namelist(), made.without
    assert found == {
        "moodle": (["A B_12_assignsubmission_file_/hills.html"], ("b", "c")),
        "canvas": (["ba_LATE_34_56_hills-1.ipynb.html"], ("a", "c")),
        "plain": (["a/hills.html", "b/hills.html", "c/hills.html"], ()),
    }
