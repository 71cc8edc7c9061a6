"""``autograder collect``: every version is kept, and a run may end anywhere."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile

import pytest

from autograder.course.choosing import Worth, find
from autograder.course.private import private_places
from autograder.errors import CourseError, GraderError
from autograder.intake import placing
from autograder.intake.journal import Journal
from autograder.intake.versions import listed, use
from lossland.handin import packing
from tests.autograder.arrivals import notebook, zipped
from tests.autograder.desk import HANDED_IN, Desk

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

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
        f"student-01/unpacked/{name}": each
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
