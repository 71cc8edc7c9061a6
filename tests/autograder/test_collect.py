"""``autograder collect``: whatever arrives is placed, or kept with a reason; nothing is guessed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.choosing import Worth, find
from autograder.course.directory import Course
from autograder.course.private import private_places
from autograder.errors import CourseError, GraderError
from autograder.intake import contents, placing, plain, roster, sources
from autograder.intake.archives import ArrivalError, Item
from autograder.intake.collecting import Report, collect
from autograder.intake.columns import kinds
from autograder.intake.journal import Journal
from autograder.intake.matching import Matcher
from autograder.intake.names import parts_of
from autograder.intake.plain import Naming
from autograder.intake.platforms import split
from autograder.intake.versions import listed, use
from lossland.handin import packing
from tests.autograder.arrivals import blackboard, gradescope, notebook, zipped
from tests.autograder.classroom import CONFIG, Classroom, cell
from tests.autograder.classroom import notebook as notebook_of

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

LIST = """student_id,login,email,first name,last name
student-01,ada,ada@example.org,Ada,Lovelace
kim_min_jun,mjkim,kim1@example.org,민준,김
student-03,mkim,kim2@example.org,민준,김
student-04,jgarcia,jose@example.org,José,García
"""
HANDED_IN = notebook()


class Desk:
    """Collects into a classroom and remembers what was said."""

    def __init__(self, room: Classroom, folder: Path) -> None:
        self.room = room
        self.folder = folder
        self.list = folder / "class.csv"
        self.list.write_text(LIST, encoding="utf-8")
        self.said: list[str] = []

    def file(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def collect(self, *paths: Path, students: bool = True, **options: object) -> Report:
        self.said.clear()
        return collect(
            Course.load(self.room.root),
            "ps1",
            paths,
            students=self.list if students else None,
            say=self.said.append,
            **options,  # type: ignore[arg-type]
        )

    def placed(self, student: str) -> dict[str, bytes]:
        folder = self.room.root / "submitted" / student / "ps1"
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def kept(self) -> list[bytes]:
        folder = self.room.root / "collected" / "ps1" / "unplaced"
        return [p.read_bytes() for p in sorted(folder.glob("*")) if p.name != "reasons.json"]


@pytest.fixture
def desk(classroom: Classroom, tmp_path: Path) -> Desk:
    folder = tmp_path / "downloads"
    folder.mkdir()
    return Desk(classroom, folder)


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


# Hostile and broken -------------------------------------------------------------------------


def encrypted(data: bytes) -> bytes:
    """The archive with every entry marked as encrypted."""
    local, central = re.escape(b"PK\x03\x04"), re.escape(b"PK\x01\x02")
    data = re.sub(local + b"(..)(.)", lambda m: b"PK\x03\x04" + m[1] + b"\x01", data, flags=re.S)
    return re.sub(
        central + b"(....)(.)", lambda m: b"PK\x01\x02" + m[1] + b"\x01", data, flags=re.S
    )


def linked(name: str, target: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.create_system, entry.external_attr = 3, 0o120777 << 16
        archive.writestr(entry, target)
    return whole.getvalue()


ADA = "Ada Lovelace_1_assignsubmission_file_/"
HOSTILE: dict[str, tuple[Mapping[str, bytes], str]] = {
    "bomb": ({f"{ADA}b.zip": zipped({"hills.ipynb": bytes(3_000_000)})}, "more than may be read"),
    "big": ({f"{ADA}hills.ipynb": bytes(3_000_000)}, "more than 2 MB"),
    "up": ({f"{ADA}z.zip": zipped({"../../../evil.ipynb": b"{}"})}, "leads out of the archive"),
    "absolute": ({f"{ADA}z.zip": zipped({"/etc/evil.ipynb": b"{}"})}, "absolute path"),
    "windows": ({f"{ADA}z.zip": zipped({"C:\\evil.ipynb": b"{}"})}, "absolute path"),
    "encrypted": ({f"{ADA}z.zip": encrypted(zipped({"hills.ipynb": b"{}"}))}, "is encrypted"),
    "link": ({f"{ADA}z.zip": linked("hills.ipynb", "/etc/passwd")}, "symbolic link"),
    "cut": ({f"{ADA}z.zip": zipped({"hills.ipynb": HANDED_IN})[:-40]}, "no ZIP archive"),
    "empty": ({f"{ADA}z.zip": b""}, "no ZIP archive"),
    "deep": ({f"{ADA}z.zip": zipped({"y.zip": zipped({"x.zip": b"PK"})})}, "archive in archives"),
    "text": ({f"{ADA}notes.txt": b"see mail"}, "it holds no notebook, only notes.txt"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_nothing_hostile_is_placed(desk: Desk, kind: str) -> None:
    """Is the reason told, the rest of the class placed, and nothing written elsewhere?"""
    files, told = HOSTILE[kind]
    desk.room.root.joinpath("nbgrader_config.py").write_text(
        CONFIG + "c.CourseDirectory.max_dir_size = 2000\n"
    )
    whole = zipped({**files, "student-04_hills.ipynb": HANDED_IN})
    before = {p for p in desk.folder.parent.rglob("*") if desk.room.root not in p.parents}
    report = desk.collect(desk.file("all.zip", whole))
    assert report.placed == ["student-04"]
    assert [why for _, why in report.unplaced if told in why], report.unplaced
    after = {p for p in desk.folder.parent.rglob("*") if desk.room.root not in p.parents}
    assert after - before == {desk.folder / "all.zip"}


def test_an_archive_that_cannot_be_opened(desk: Desk) -> None:
    """Is it one line of the report, and kept?"""
    report = desk.collect(desk.file("all.zip", b"PK\x03\x04 half"), desk.file("a.7z", b"7z"))
    assert [what for what, _ in report.unplaced] == ["all.zip", "a.7z"]
    assert "download it again" in report.unplaced[0][1]
    assert "pack it again as ZIP" in report.unplaced[1][1]
    assert sorted(desk.kept()) == sorted([b"PK\x03\x04 half", b"7z"])


def test_a_notebook_of_another_set(desk: Desk) -> None:
    """Is it told of which one it is, before anything of the student's is replaced?"""
    other = notebook_of(cell("code", "1", "valley", solution=True))
    (desk.room.root / "source" / "ps2").mkdir()
    (desk.room.root / "source" / "ps2" / "valleys.ipynb").write_text(json.dumps(other))
    desk.collect(desk.file("student-01_hills.ipynb", HANDED_IN))
    report = desk.collect(desk.file("student-01_hills.ipynb", json.dumps(other).encode()))
    assert (
        "the notebook is of ps2, not of ps1: collect it with --assignment ps2"
        in (report.unplaced[0][1])
    )
    assert desk.placed("student-01") == {"hills.ipynb": HANDED_IN}


# Versions and crashes -----------------------------------------------------------------------


def test_every_version_is_kept(desk: Desk) -> None:
    """Do three hand-ins, one of them twice, leave three versions and the last in place?"""
    for words in ("one", "two", "two", "three"):
        desk.collect(desk.file("student-01_hills.ipynb", notebook(words=words)))
    journal = Journal(desk.room.course(), "ps1")
    found = [journal.contents(version).files for version in journal.versions["student-01"]]
    assert [files["student-01_hills.ipynb"] for files in found] == [
        notebook(words=words) for words in ("one", "two", "three")
    ]
    assert desk.placed("student-01") == {"hills.ipynb": notebook(words="three")}


def test_an_assignment_of_two_notebooks(desk: Desk) -> None:
    """Are single files of one student one hand-in, and the second notebook not a new version?"""
    source = desk.room.root / "source" / "ps1"
    (source / "valleys.ipynb").write_text((source / "hills.ipynb").read_text())
    files = {f"student-01_{name}.ipynb": notebook(words=name) for name in ("hills", "valleys")}
    for data in (zipped(files), zipped({f"x/student-01/{n[11:]}": d for n, d in files.items()})):
        desk.collect(desk.file("all.zip", data))
        assert desk.placed("student-01") == {
            "hills.ipynb": notebook(words="hills"), "valleys.ipynb": notebook(words="valleys"),
        }  # fmt: skip
    twice = {f"student-01_attempt{n}_hills.ipynb": notebook(words=f"try {n}") for n in (1, 2)}
    desk.collect(desk.file("more.zip", zipped(twice)))
    assert desk.placed("student-01") == {"hills.ipynb": notebook(words="try 2")}


def test_of_two_notebooks_the_newer_counts(desk: Desk) -> None:
    """Do files keep the times that the archive tells, through every version that is kept?"""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, hour in (("hills.ipynb", 9), ("hills (1).ipynb", 17)):
            entry = zipfile.ZipInfo(f"student-01/{name}", (2026, 11, 20, hour, 0, 0))
            archive.writestr(entry, notebook(words=str(hour)))
    assert desk.collect(desk.file("all.zip", whole.getvalue())).placed == ["student-01"]
    handed_in = desk.room.course().hand_in(desk.room.course().submission("student-01", "ps1"))
    assert handed_in.modified["hills (1).ipynb"] - handed_in.modified["hills.ipynb"] == 8 * 3600
    chosen = find(handed_in, "hills", worth=lambda name, data, expected: Worth.WORK)
    assert chosen.data == notebook(words="17")


def test_an_earlier_version_can_be_chosen(desk: Desk) -> None:
    """Does it count until the student hands in again, and does a receipt lead to its owner?"""
    one, two, three = (notebook(words=words) for words in ("one", "two", "three"))
    for data in (one, two):
        desk.collect(desk.file("student-01_hills.ipynb", data))
    course = desk.room.course()
    first = Journal(course, "ps1").versions["student-01"][0]
    assert "counts now" in use(course, "ps1", "student-01", first.hash[:8])
    assert desk.placed("student-01") == {"hills.ipynb": one}
    assert [line[0] for line in listed(course, "ps1")] == ["*", " "]
    assert desk.collect(desk.folder / "student-01_hills.ipynb").unchanged == ["student-01"]
    assert desk.placed("student-01") == {"hills.ipynb": one}
    desk.collect(desk.file("student-01_hills.ipynb", three))
    assert desk.placed("student-01") == {"hills.ipynb": three}
    with pytest.raises(CourseError, match="has no versions that begin with 'ffff'"):
        use(course, "ps1", "student-01", "ffff")
    with pytest.raises(CourseError, match="no hand-in of ps1 has this receipt"):
        list(listed(course, "ps1", receipt="0" * 64))
    with pytest.raises(CourseError, match="nothing of student-77 was collected for ps1"):
        list(listed(course, "ps1", student="student-77"))


def test_a_hand_in_file_of_the_check(desk: Desk) -> None:
    """Is it the student's that it names, its receipt found again, a changed one told?"""
    data = {"hills.ipynb": HANDED_IN}
    content = {"format": packing.FORMAT, "assignment": "ps1", "student": "student-01",
               "time": "2026-11-20T10:00:00+00:00",
               "files": {"hills.ipynb": hashlib.sha256(HANDED_IN).hexdigest()}}  # fmt: skip
    manifest = json.dumps(content).encode()
    whole = zipped({"manifest.json": manifest, **data})
    assert desk.collect(desk.file("download.zip", whole)).placed == ["student-01"]
    assert desk.placed("student-01") == data
    receipt = packing.receipt_of(manifest)
    (line,) = listed(desk.room.course(), "ps1", receipt=receipt)
    assert line.startswith("* student-01: ")
    assert "not known when it came" in line  # the student's own clock does not count
    loose = {
        f"student-01/work/{name}": each
        for name, each in (("manifest.json", manifest), *data.items())
    }
    desk.collect(desk.file("unpacked.zip", zipped(loose)))
    assert desk.placed("student-01") == data
    assert len(list(listed(desk.room.course(), "ps1", receipt=receipt))) == 2
    changed = zipped({"manifest.json": manifest, "hills.ipynb": notebook(words="later")})
    moodle = zipped({"José García_5_assignsubmission_file_/download.zip": changed})
    assert desk.collect(desk.file("all.zip", moodle)).placed == ["student-04"]
    assert any("the receipt does not fit: hills.ipynb changed" in line for line in desk.said)
    assert any("says that it is from student-01" in line for line in desk.said)


def test_versions_are_out_of_reach_of_students(desk: Desk) -> None:
    """Is what was collected and returned among the places that no sandbox may show?"""
    places = private_places(desk.room.course())
    for name in ("collected", "returned"):
        assert str(desk.room.root / name) in places


def test_what_lay_there_is_kept_too(desk: Desk) -> None:
    """Is work that nbgrader collected a version before it is replaced?"""
    desk.room.hand_in("student-01", notebook(words="by hand"))
    report = desk.collect(desk.file("student-01_hills.ipynb", HANDED_IN))
    assert report.renewed == ["student-01"]
    versions = Journal(desk.room.course(), "ps1").versions["student-01"]
    assert [version.notes for version in versions] == [("lay there already",), ()]


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    """Is the report the same, and the course as it was?"""
    path = desk.file("all.zip", zipped({"student-01_hills.ipynb": HANDED_IN, "x_hills.ipynb": b""}))
    before = sorted(desk.room.root.rglob("*"))
    planned = desk.collect(path, dry_run=True)
    assert sorted(desk.room.root.rglob("*")) == before
    assert desk.said[-1] == "nothing was written: --dry-run"
    done = desk.collect(path)
    assert (planned.placed, planned.unplaced) == (done.placed, done.unplaced)


class Killed(BaseException):
    """The run ends here."""


@pytest.mark.parametrize("step", range(12))
def test_a_run_may_end_anywhere(desk: Desk, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Is every student's folder the old or the new one whole, and does the next run finish?"""
    old, new = notebook(words="old"), notebook(words="new")
    files = ("student-01_hills.ipynb", "student-04_hills.ipynb")
    desk.collect(desk.file("one.zip", zipped(dict.fromkeys(files, old))))
    renewed = desk.file("two.zip", zipped(dict.fromkeys(files, new)))
    calls = 0

    def dying(name: str) -> None:
        original = getattr(os, name)

        def call(*arguments: object, **options: object) -> object:
            nonlocal calls
            calls += 1
            if calls == step + 1:
                raise Killed
            return original(*arguments, **options)

        monkeypatch.setattr(os, name, call)

    with monkeypatch.context() as patch:
        for name in ("replace", "rename", "fsync"):
            dying(name)
        patch.setattr(placing, "_exchanged", lambda one, other: False)
        try:
            desk.collect(renewed)
        except Killed:
            pass
    monkeypatch.undo()
    for student in ("student-01", "student-04"):
        assert desk.placed(student) in ({"hills.ipynb": old}, {"hills.ipynb": new}, {})
    desk.collect(renewed)
    for student in ("student-01", "student-04"):
        assert desk.placed(student) == {"hills.ipynb": new}
    assert sorted(path.name for path in (desk.room.root / "submitted").iterdir()) == [
        "student-01", "student-04",
    ]  # fmt: skip


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


def test_a_full_disk_leaves_the_old_work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is it one line, and the student's folder as it was?"""
    desk.collect(desk.file("student-01_hills.ipynb", HANDED_IN))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "disk")

    with monkeypatch.context() as patch:
        patch.setattr(placing, "_fill", full)
        with pytest.raises(GraderError, match="No space left on device"):
            desk.collect(desk.file("student-01_hills.ipynb", notebook(words="new")))
    assert desk.placed("student-01") == {"hills.ipynb": HANDED_IN}
    desk.collect(desk.folder / "student-01_hills.ipynb")
    assert desk.placed("student-01") == {"hills.ipynb": notebook(words="new")}


def test_a_missing_file_ends_the_run_first(desk: Desk) -> None:
    """Is nothing collected when one of the files is not there?"""
    with pytest.raises(CourseError, match=r"there is no file .*gone\.zip"):
        desk.collect(desk.file("student-01_hills.ipynb", HANDED_IN), desk.folder / "gone.zip")
    assert not (desk.room.root / "submitted").exists()


# Anything at all ----------------------------------------------------------------------------


def test_mutated_archives(tmp_path: Path) -> None:
    """Does a damaged archive, wherever it is damaged, raise nothing but what is reported?"""
    own = zipped({"manifest.json": b"{}", "hills.ipynb": HANDED_IN})
    whole = zipped({
        "김민준_7_assignsubmission_file_/work.zip": own,
        "lovelaceada_LATE_12_34_hills-2.ipynb": HANDED_IN,
        "export/submission_metadata.yml": b"submission_1:\n  :submitters:\n  - :name: Ada\n",
        "export/submission_1/hills.ipynb": HANDED_IN,
        "ps1_ada_attempt_2026-11-20-10-15-00.txt": b"Name: Ada (ada)\n",
    })  # fmt: skip
    path = tmp_path / "all.zip"
    chance = random.Random(16)
    naming = Naming(frozenset({"ada"}), frozenset({"ps1", "hills"}))
    opened_ones = 0
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 2, 30))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(bytes(damaged[: chance.choice((len(damaged), chance.randrange(1000)))]))
        taken = sources.take([path], naming)
        for bundle in taken.bundles:
            try:
                contents.unfolded(contents.raw(bundle, 10**6), ["hills"], 10**6)
                opened_ones += 1
            except ArrivalError:
                pass
    assert opened_ones > 100


@given(name=st.text(min_size=1, max_size=60))
def test_any_name_is_somebody_s_or_nobody_s(name: str) -> None:
    """Does no name of a file raise, or become a path?"""
    parts, trouble = parts_of(name)
    item = Item(parts or ("?",), lambda limit: b"", "x", trouble)
    bundles, over = split([item])
    naming = Naming(frozenset({"ada"}), frozenset({"ps1", "hills"}))
    bundles += plain.split(over, naming)
    assert len(bundles) == 1
    for own, _ in bundles[0].items:
        assert ".." not in own.split("/")
    Matcher(roster.Roster(), {}).match(bundles[0].claims)
