"""Class lists from any spreadsheet, in any language."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.intake import roster
from autograder.intake.columns import kinds

# Class lists --------------------------------------------------------------------------------

LISTS: dict[str, bytes] = {
    "nbgrader": b"id,first_name,last_name,email\nkim,Min-jun,Kim,k@x.org\n",
    "german": "\ufeffMatrikelnummer;Vorname;Name;E-Mail\nkim;Min-jun;Kim;k@x.org\n".encode(),
    "french": "N° étudiant\tPrénom\tNom\tCourriel\nkim\tMin-jun\tKim\tk@x.org\n".encode("cp1252"),
    "korean": "학번,이름,성,이메일\nkim,Min-jun,Kim,k@x.org\n".encode("cp949"),
    "utf-16": "Student ID\tFirst Name\tSurname\tE-mail\nkim\tMin-jun\tKim\tk@x.org\n".encode(
        "utf-16"
    ),
    "excel": b"sep=;\r\nID number;Full name;Email address\r\nkim;Min-jun Kim;k@x.org\r\n",
    "canvas": b"Student,ID,SIS User ID,SIS Login ID,Section,email\n"
    b'"    Points Possible",,,,,\n"Kim, Min-jun",42,kim,mjkim,A,k@x.org\n',
    "login alone": b"username,e-mail\nkim,k@x.org\n",
}


@pytest.mark.parametrize("program", LISTS)
def test_class_lists(tmp_path: Path, program: str) -> None:
    """Is a list of any program and language read as what it says?"""
    path = tmp_path / "class.csv"
    path.write_bytes(LISTS[program])
    (student,) = roster.read_csv(path)
    assert (student.id, student.email) == ("kim", "k@x.org")
    if program != "login alone":
        assert student.full in ("Min-jun Kim", "Kim, Min-jun")
    if program == "canvas":
        assert (student.canvas, student.login, student.section) == ("42", "mjkim", "A")


def test_columns_of_canvas_and_others() -> None:
    """Do one name's meanings depend on the columns beside it?"""
    assert kinds(["Name", "Vorname", "ID"]) == ["last", "first", "id"]
    assert kinds(["Student", "ID", "SIS Login ID"]) == ["name", "canvas", "login"]
    assert kinds(["student", "due"]) == ["id", ""]
    assert kinds(["이름", "학번"]) == ["name", "id"]
