"""``autograder collect``: hostile and broken archives are told, kept, and touch nothing."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake import contents, plain, roster, sources
from autograder.intake.archives import ArrivalError, Item
from autograder.intake.matching import Matcher
from autograder.intake.names import parts_of
from autograder.intake.plain import Naming
from autograder.intake.platforms import split
from tests.autograder.arrivals import zipped
from tests.autograder.classroom import CONFIG, cell
from tests.autograder.classroom import notebook as notebook_of
from tests.autograder.desk import HANDED_IN, Desk

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

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
