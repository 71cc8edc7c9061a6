"""Two hundred students through a platform and back: nobody is lost, swapped or guessed."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from autograder.batch import running
from autograder.cli import main
from autograder.course.students import one_spelling
from tests.autograder.arrivals import (
    CLASS,
    canvas_name,
    canvas_slug,
    moodle_name,
    notebook,
    zipped,
)
from tests.autograder.classroom import Classroom, StandIn, threads

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

EARLIER = notebook(slope="def slope(x): return 'a first try'", words="YOUR ANSWER HERE")
STRANGER = "Nobody Known"


def class_list(path: Path, *, separator: str = ";") -> Path:
    """As a spreadsheet of Windows saves it."""
    whole = io.StringIO()
    writer = csv.writer(whole, delimiter=separator)
    writer.writerow(["Matrikelnummer", "Vorname", "Nachname", "E-Mail-Adresse", "Benutzername"])
    for student in CLASS:
        writer.writerow(
            [student.id, student.first, student.last, f"{student.id}@example.org", f"u{student.id}"]
        )
    path.write_bytes(whole.getvalue().encode("utf-8-sig"))
    return path


def moodle(*, first_tries: bool = False) -> bytes:
    """The archive of "download all submissions", in folders."""
    files: dict[str, bytes] = {}
    for student in CLASS:
        if student.absent:
            continue
        name, data = student.file
        if first_tries and student.again:
            name, data = "hills.ipynb", EARLIER
        files[moodle_name(student.name, 5000 + student.number, name)] = data
    files["__MACOSX/._whatever"] = b"machine"
    files[moodle_name(STRANGER, 9999, "hills.ipynb")] = notebook()
    files[moodle_name(CLASS[9].name, 5010, "onlinetext.html", kind="onlinetext")] = b"<p>Sorry</p>"
    return zipped(files, codec="utf-8" if first_tries else "")


def canvas() -> bytes:
    """The archive of "download submissions": both versions of who handed in twice."""
    files: dict[str, bytes] = {}
    for student in CLASS:
        if student.absent:
            continue
        slug, user = canvas_slug(student.last, student.first), 7000 + student.number
        name, data = student.file
        if student.again and not student.packs:
            stem, _, suffix = name.rpartition(".")
            first = canvas_name(slug, user, 100 + student.number, name, late=student.late)
            files[first] = EARLIER
            name = f"{stem}-1.{suffix}"
        whole = canvas_name(slug, user, 80000 + student.number, name, late=student.late)
        files[whole] = data
    files["nobodyknown_9999_123_hills.ipynb"] = notebook()
    files["readme.docx"] = b"PK not a notebook"
    return zipped(files)


def run(room: Classroom, *arguments: str | Path) -> int:
    return main([*map(str, arguments), "--course", str(room.root)])


@pytest.fixture
def room(classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    quick = {**running.grade_class.__kwdefaults__, "make_executor": threads}
    monkeypatch.setattr(running.grade_class, "__kwdefaults__", quick)
    return classroom


def plain_table(room: Classroom) -> dict[str, dict[str, str]]:
    with (room.root / "returned" / "ps1" / "grades.csv").open(
        newline="", encoding="utf-8-sig"
    ) as file:
        return {line["student_id"]: line for line in csv.DictReader(file)}


def check_everybody(room: Classroom) -> None:
    """Is every student's line what they did, and are all other lines theirs?"""
    table = plain_table(room)
    assert {name: (line["score"], line["status"]) for name, line in table.items()} == {
        student.id: student.expected for student in CLASS
    }
    for student in CLASS:
        placed = room.root / "submitted" / student.id / "ps1" / "hills.ipynb"
        assert placed.is_file() != student.absent
        assert student.absent or placed.read_bytes() == student.answer
        assert (table[student.id]["reason"] != "") == (student.broken and not student.absent)


def test_moodle(room: Classroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Does each of 200 come back from Moodle's archive to the folder that Moodle gave?"""
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    first.write_bytes(moodle(first_tries=True))
    second.write_bytes(moodle())
    listed = class_list(tmp_path / "class.csv")
    came = sum(not student.absent for student in CLASS)
    again = sum(student.again and not student.absent for student in CLASS)
    assert run(room, "collect", first, "--assignment", "ps1", "--students", listed) == 0
    said = capsys.readouterr().out
    assert f"ps1: {came} placed, 0 new versions, 0 unchanged, 2 not placed" in said
    assert "not placed: Nobody Known_9999_assignsubmission_file_: Nobody Known is not in" in said
    assert "it holds no notebook, only onlinetext.html" in said
    assert run(room, "collect", second, "--assignment", "ps1") == 0
    said = capsys.readouterr().out
    assert f"ps1: 0 placed, {again} new versions, {came - again} unchanged, 2 not placed" in said
    assert run(room, "grade", "ps1") == 0
    assert run(room, "return", "ps1", "--for", "moodle") == 0
    check_everybody(room)
    with zipfile.ZipFile(room.root / "returned" / "ps1" / "feedback-moodle.zip") as archive:
        names = set(archive.namelist())
    assert names == {
        moodle_name(one_spelling(student.name), 5000 + student.number, "hills.html")
        for student in CLASS
        if not student.absent
    }
    with (room.root / "returned" / "ps1" / "grades-moodle.csv").open(
        newline="", encoding="utf-8"
    ) as file:
        lines = {line["ID number"]: line for line in csv.DictReader(file)}
    for student in CLASS:
        line = lines[student.id]
        assert line["Grade"] == student.expected[0]
        assert line["Email address"] == f"{student.id}@example.org"
        assert line["Identifier"] == (
            "" if student.absent else f"Participant {5000 + student.number}"
        )


def test_canvas(room: Classroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Does each of 200 come back from Canvas's archive under the very name that Canvas gave?"""
    path = tmp_path / "submissions.zip"
    path.write_bytes(canvas())
    listed = class_list(tmp_path / "class.csv", separator=",")
    assert run(room, "collect", path, "--assignment", "ps1", "--students", listed) == 0
    said = capsys.readouterr().out
    came = sum(not student.absent for student in CLASS)
    late = sum(student.late and not student.absent for student in CLASS)
    again = sum(
        student.again and not student.absent and not student.packs and student.late
        for student in CLASS
    )
    assert f"ps1: {came} placed, 0 new versions, 0 unchanged, 2 not placed" in said
    assert said.count("Canvas marked it as late") == late + again
    assert run(room, "grade", "ps1") == 0
    column = "Hills (4711)"
    assert run(room, "return", "ps1", "--for", "canvas", "--column", column) == 0
    check_everybody(room)
    with zipfile.ZipFile(room.root / "returned" / "ps1" / "feedback-canvas.zip") as archive:
        names = archive.namelist()
    given = set(zipfile.ZipFile(path).namelist())
    assert len(names) == came
    assert {name.removesuffix(".html") for name in names} <= given
    with (room.root / "returned" / "ps1" / "grades-canvas.csv").open(
        newline="", encoding="utf-8"
    ) as file:
        header, possible, *lines = list(csv.reader(file))
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column]
    assert possible == ["    Points Possible", "", "", "", "", "7"]
    by_id = {line[2]: line for line in lines}
    for student in CLASS:
        user = "" if student.absent else str(7000 + student.number)
        assert by_id[student.id] == [
            f"{student.last}, {student.first}", user, student.id, f"u{student.id}", "",
            student.expected[0],
        ]  # fmt: skip
