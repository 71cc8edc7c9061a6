"""``autograder collect``: whose it is, by every platform's names; nothing is guessed."""

from __future__ import annotations

import io
import os
import unicodedata
import zipfile

import pytest

from autograder.intake.journal import Journal
from tests.autograder.arrivals import blackboard, gradescope, notebook, zipped
from tests.autograder.classroom import CONFIG
from tests.autograder.desk import HANDED_IN, LIST, Desk

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def opened(data: bytes) -> list[bytes]:
    """What an archive holds; nothing for anything else."""
    if not data.startswith(b"PK"):
        return []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(name) for name in archive.namelist()]


# Whose it is --------------------------------------------------------------------------------

NAMES: dict[str, str] = {
    "student-01_ps1.ipynb": "student-01",
    "student-01_hills.ipynb": "student-01",
    "STUDENT-01 hills (2).ipynb": "student-01",
    "ps1_student-01.ipynb": "student-01",
    "homework_one_student-01.ipynb": "student-01",
    "student-01_student-04_hills.ipynb": "",
    "kim_min_jun_hills.ipynb": "kim_min_jun",
    "kim_min_jun_attempt2_hills.ipynb": "kim_min_jun",
    "kim_min_jun_final_version_hills.ipynb": "kim_min_jun",
    "mkim_hills.ipynb": "student-03",
    "ada@example.org_hills.ipynb": "student-01",
    "Ada Lovelace/hills.ipynb": "student-01",
    "Lovelace Ada/ps1/hills.ipynb": "student-01",
    "submitted/student-04/ps1/hills.ipynb": "student-04",
    "Jose Garcia - hills.ipynb": "student-04",
    "Garci\u0301a, Jose\u0301/hills.ipynb": "student-04",
    "lovelaceada_12345_67890_hills.ipynb": "student-01",
    "lovelaceada_LATE_12345_67890_hills-2.ipynb": "student-01",
    "garciajose_12345_67890_hills.ipynb": "student-04",
    "Ada Lovelace_123_assignsubmission_file_/hills.ipynb": "student-01",
    "Ada Lovelace_123_assignsubmission_file/hills.ipynb": "student-01",
    "Ada Lovelace_123_assignsubmission_file_hills.ipynb": "student-01",
    "Group A-Ada Lovelace_123_assignsubmission_file_/hills.ipynb": "student-01",
    "Group A/Ada Lovelace_123_assignsubmission_file_/sub/hills.ipynb": "student-01",
    "ps1_kim_min_jun_attempt_2026-11-20-10-15-00_hills.ipynb": "kim_min_jun",
    "Problem_Set_1_mjkim_attempt_2026-11-20-10-15-00_hills.ipynb": "kim_min_jun",
    "민준 김_7_assignsubmission_file_/hills.ipynb": "",
    "student-99_hills.ipynb": "",
    "hills.ipynb": "",
    "anon_aB3dE_12345_hills.ipynb": "",
    "Charles Babbage_9_assignsubmission_file_/hills.ipynb": "",
}


@pytest.mark.parametrize("name", NAMES)
def test_whose_it_is(desk: Desk, name: str) -> None:
    """Does a name lead to its student, as a file in an archive, and to nobody in doubt?"""
    report = desk.collect(desk.file("all.zip", zipped({name: HANDED_IN, "readme.txt": b"-"})))
    student = NAMES[name]
    if student:
        assert report.placed == [student]
        assert desk.placed(student) | {"timestamp.txt": b""} == {
            "hills.ipynb": HANDED_IN, "timestamp.txt": b"",
        }  # fmt: skip
    else:
        assert report.placed == []
        assert any(kept == HANDED_IN or HANDED_IN in opened(kept) for kept in desk.kept())
        assert not (desk.room.root / "submitted").exists()
    assert desk.said[-1].startswith(f"ps1: {len(report.placed)} placed, 0 new versions")


def test_names_of_two_are_nobody_s(desk: Desk) -> None:
    """Does the report name both, and is the number remembered once the id has told?"""
    folder = "김민준_77_assignsubmission_file_/hills.ipynb"
    desk.collect(desk.file("all.zip", zipped({folder: HANDED_IN})))
    assert any("could be kim_min_jun or student-03" in line for line in desk.said)
    desk.list.write_text(LIST.replace("student_id,", "Identifier,student_id,").replace(
        "student-03,", "Participant 77,student-03,").replace("\nstudent-0", "\n,student-0").replace(
        "\nkim", "\n,kim"), encoding="utf-8")  # fmt: skip
    report = desk.collect(desk.folder / "all.zip")
    assert report.placed == ["student-03"]
    assert desk.kept() == []


def test_two_people_of_one_name(desk: Desk) -> None:
    """Are two of the platform who fit one line of the list both left alone?"""
    files = {
        f"Ada Lovelace_{number}_assignsubmission_file_/hills.ipynb": notebook(words=str(number))
        for number in (11, 12)
    }
    report = desk.collect(desk.file("all.zip", zipped(files)))
    assert report.placed == []
    assert len(report.unplaced) == 2
    assert "2 people of the platform are called so" in report.unplaced[0][1]


def test_a_wrong_id_is_told_with_the_near_one(desk: Desk) -> None:
    """Does a slip of the pen get its hint, but no place?"""
    report = desk.collect(desk.file("studnet-01_hills.ipynb", HANDED_IN))
    assert report.placed == []
    assert "did student-01 mean it?" in report.unplaced[0][1]


def test_without_a_class_list(desk: Desk) -> None:
    """Are ids believed, and names not?"""
    whole = zipped({
        "new_student_hills.ipynb": HANDED_IN,
        "Ada Lovelace_5_assignsubmission_file_/hills.ipynb": HANDED_IN,
        "something.ipynb": HANDED_IN,
    })  # fmt: skip
    report = desk.collect(desk.file("all.zip", whole), students=False)
    assert report.placed == ["new_student"]
    assert all("--students CSV" in why for _, why in report.unplaced)
    assert len(report.unplaced) == 2


# Platforms ----------------------------------------------------------------------------------


def test_blackboard(desk: Desk) -> None:
    """Are attempts told apart by their time, names restored, and the sidecar believed?"""
    files = {
        **blackboard("mjkim", "2026-11-20-10-15-00", {"my_work.ipynb": notebook(words="one")}),
        **blackboard("mjkim", "2026-11-21-09-00-00", {"my_work.ipynb": HANDED_IN}),
    }
    report = desk.collect(desk.file("gradebook.zip", zipped(files)))
    assert report.placed == ["kim_min_jun"]
    assert desk.placed("kim_min_jun") == {
        "hills.ipynb": HANDED_IN, "timestamp.txt": b"2026-11-21 09:00:00 UTC\n",
    }  # fmt: skip
    versions = Journal(desk.room.course(), "ps1").versions["kim_min_jun"]
    assert [(version.attempt, version.time) for version in versions] == [
        (1, "2026-11-20 10:15:00 UTC"), (2, "2026-11-21 09:00:00 UTC"),
    ]  # fmt: skip


def test_a_file_without_a_time(desk: Desk) -> None:
    """Does what came by mail stay before an older archive, and get its time when that is told?"""
    mailed = desk.file("student-01_hills.ipynb", HANDED_IN)
    older = blackboard("ada", "2026-11-20-09-00-00", {"hills.ipynb": notebook(words="old")})
    desk.collect(mailed)
    desk.collect(desk.file("older.zip", zipped(older)))
    assert desk.placed("student-01") == {"hills.ipynb": HANDED_IN}
    desk.collect(mailed, received="2026-11-21 12:00")
    assert desk.placed("student-01") == {
        "hills.ipynb": HANDED_IN, "timestamp.txt": b"2026-11-21 12:00:00 UTC\n",
    }  # fmt: skip


def test_an_older_archive_changes_nothing(desk: Desk) -> None:
    """Does the newer attempt stay where archives come in the wrong order?"""
    newer = blackboard("ada", "2026-11-21-09-00-00", {"hills.ipynb": HANDED_IN})
    older = blackboard("ada", "2026-11-20-09-00-00", {"hills.ipynb": notebook(words="old")})
    desk.collect(desk.file("newer.zip", zipped(newer)))
    desk.collect(desk.file("older.zip", zipped(older)))
    assert "student-01: an earlier version came; the newer one stays" in desk.said
    assert desk.placed("student-01")["hills.ipynb"] == HANDED_IN
    assert len(Journal(desk.room.course(), "ps1").versions["student-01"]) == 2


def test_gradescope(desk: Desk) -> None:
    """Is a group's work everybody's of the group, with Gradescope's time?"""
    two = [
        {"name": "Ada Lovelace", "sid": "student-01", "email": "ada@example.org"},
        {"name": "José García", "sid": "", "email": "jose@example.org"},
    ]
    nobody = [{"name": "Charles Babbage", "sid": "9", "email": "cb@example.org"}]
    whole = gradescope([
        (1, two, "2026-11-20 14:59:00.000000000 +09:00", {"hills.ipynb": HANDED_IN, "a.csv": b"1"}),
        (2, nobody, "2026-11-20 15:00:00 Z", {"hills.ipynb": HANDED_IN}),
    ])  # fmt: skip
    report = desk.collect(desk.file("export.zip", whole))
    assert report.placed == ["student-01", "student-04"]
    assert desk.placed("student-04") == {
        "a.csv": b"1", "hills.ipynb": HANDED_IN, "timestamp.txt": b"2026-11-20 05:59:00 UTC\n",
    }  # fmt: skip
    assert [what for what, _ in report.unplaced] == ["submission_2"]


def test_moodle_s_own_table_tells_the_time(desk: Desk) -> None:
    """Does the grading worksheet serve as a class list, with the time of the hand-in?"""
    desk.list.write_text(
        "\ufeffIdentifier,Full name,ID number,Email address,Last modified (submission)\n"
        'Participant 123,Ada Lovelace,student-01,ada@example.org,"Friday, 20 November 2026, '
        '10:15 AM"\nParticipant 124,Grace Hopper,student-02,g@example.org,-\n',
        encoding="utf-8",
    )
    files = {f"{name}_{number}_assignsubmission_file_/x.ipynb": HANDED_IN
             for name, number in (("Participant", 123), ("Participant", 124))}  # fmt: skip
    desk.room.root.joinpath("nbgrader_config.py").write_text(
        CONFIG + 'c.Deadlines.time_zone = "Asia/Seoul"\n'
    )
    assert desk.collect(desk.file("all.zip", zipped(files))).placed == ["student-01", "student-02"]
    assert desk.placed("student-01")["timestamp.txt"] == b"2026-11-20 01:15:00 UTC\n"
    assert "timestamp.txt" not in desk.placed("student-02")


def test_archives_in_archives(desk: Desk) -> None:
    """Is a platform's archive found inside another, and a student's own archive opened?"""
    own = zipped({"ps1/hills.ipynb": HANDED_IN, "ps1/data.csv": b"1,2"})
    moodle = zipped({"Ada Lovelace_1_assignsubmission_file_/work.zip": own})
    plain = zipped({"student-04.zip": own})
    report = desk.collect(desk.file("both.zip", zipped({"week 1.zip": moodle, "2.zip": plain})))
    assert report.placed == ["student-01", "student-04"]
    for student in report.placed:
        assert desk.placed(student) == {"data.csv": b"1,2", "hills.ipynb": HANDED_IN}


def test_a_folder_with_folders(desk: Desk) -> None:
    """Does an unpacked archive serve as well as a packed one?"""
    desk.file("all/student-01/hills.ipynb", HANDED_IN)
    desk.file("all/Jose\u0301 Garci\u0301a_8_assignsubmission_file_/hills.ipynb", HANDED_IN)
    desk.file("all/.ipynb_checkpoints/x.ipynb", b"machine")
    os.symlink(desk.list, desk.folder / "all" / "student-03_hills.ipynb")
    report = desk.collect(desk.folder / "all")
    assert report.placed == ["student-01", "student-04"]
    assert "a link or no ordinary file" in report.unplaced[0][1]


@pytest.mark.parametrize("codec", ["utf-8", "cp949", "cp437"])
def test_names_without_a_mark(desk: Desk, codec: str) -> None:
    """Are Korean and accented names read as whoever packed them meant them?"""
    student, name = ("student-04", "José García") if codec != "cp949" else ("student-05", "홍길동")
    desk.list.write_text(LIST + "student-05,,,길동,홍\n", encoding="utf-8")
    spelled = unicodedata.normalize("NFD", name) if codec == "utf-8" else name
    if codec == "cp437":
        spelled = "José Garcia"
    files = {f"{spelled}_1_assignsubmission_file_/hills.ipynb": HANDED_IN}
    assert desk.collect(desk.file("all.zip", zipped(files, codec=codec))).placed == [student]
