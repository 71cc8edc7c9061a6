"""Folders as nobody expects them: whatever is handed in, the neighbours are graded.

Hypothesis makes up trees of odd names, links, pipes, folders in the place of files and the reverse.
They are made on a disk, read, graded by a stand-in for the judge, and handed in again otherwise.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograder.judge
from autograder.batch import store
from autograder.batch.running import grade_class
from autograder.course.directory import Course
from autograder.course.folder import HandedIn, hand_in
from tests.autograder.classroom import Classroom, StandIn, handed_in, threads

pytestmark = pytest.mark.linux

OUTSIDE = b"nobody may read this"
RIGHT = json.dumps(handed_in()).encode()
CONTENTS = [b"", b"x", b"{", RIGHT, RIGHT[:500], RIGHT.decode().encode("utf-16"), b"[" * 5000]
KINDS = ["file", "folder", "link up", "link out", "link round", "link nowhere", "pipe", "locked"]
KNOWN = [
    b"hills.ipynb", b"hills (1).ipynb", b"HILLS.IPYNB", b"hills.ipynb.txt", b"timestamp.txt",
    b"data", b".hidden", b".ipynb_checkpoints", b"__MACOSX", b"mistakes.py", b"-rf", b"~", b"%s",
    b"[a]", b"*", b"a\nb", b"\x1b[2J", b"\xff\xfe", b"caf\xe9", "e\u0301".encode(), "é".encode(),
    "\u202e".encode(), b"x" * 255, "가".encode() * 83 + b".png", b"CON", b" ", b"a ",
    b"hills.ipynb ",
]  # fmt: skip
names = st.one_of(
    st.sampled_from(KNOWN),
    st.binary(min_size=1, max_size=40).filter(lambda n: not set(b"/\0") & set(n)),
).filter(lambda name: name not in (b".", b".."))
paths = st.lists(names, min_size=1, max_size=4).map(b"/".join)
trees = st.lists(
    st.tuples(paths, st.sampled_from(KINDS), st.sampled_from(CONTENTS)), min_size=1, max_size=12
)
# Whose folder, and what is made of it.
students = st.tuples(names, st.sampled_from(["folder", *KINDS]), trees)


def make(path: bytes, kind: str, content: bytes, outside: Path) -> None:
    """One entry of a tree; what a disk does not take is left out."""
    with contextlib.suppress(OSError):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if kind in {"file", "locked"}:
            with open(path, "xb") as file:
                file.write(content)
            if kind == "locked":
                os.chmod(path, 0)
        elif kind == "folder":
            os.mkdir(path)
        elif kind == "pipe":
            os.mkfifo(path)
        else:
            goal = {
                "link up": b"..",
                "link out": os.fsencode(outside),
                "link round": os.path.basename(path),
                "link nowhere": b"gone",
            }[kind]
            os.symlink(goal, path)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    """A course [1] with one honest neighbour; what lies outside holds a mark."""
    room = Classroom(tmp_path_factory.mktemp("hostile") / "course [1]")
    outside = room.root / "outside" / "ps1"
    outside.mkdir(parents=True)
    for name in ("hills.ipynb", "timestamp.txt", "data"):
        (outside / name).write_bytes(OUTSIDE)
    with pytest.MonkeyPatch.context() as patched:
        stand_in = StandIn()
        patched.setattr(autograder.judge, "grade", stand_in.grade)
        patched.setattr(autograder.judge, "examine_reference", stand_in.examine_reference)
        yield room


@pytest.fixture(scope="module")
def course(room: Classroom) -> Course:
    return room.course()


def lay(room: Classroom, class_: list[tuple[bytes, str, list[tuple[bytes, str, bytes]]]]) -> None:
    """Hand in for everybody, over what lies there already."""
    room.hand_in("honest neighbour")
    submitted = os.fsencode(room.root / "submitted")
    for student, kind, tree in class_:
        folder = os.path.join(submitted, student, b"ps1")
        if kind != "folder":
            make(os.path.join(submitted, student), kind, b"x", room.root / "outside")
        with contextlib.suppress(OSError):
            os.makedirs(folder, exist_ok=True)
        if os.path.islink(os.path.dirname(folder)) or os.path.islink(folder):
            continue  # what lies behind a link is not ours to fill
        for path, what, content in tree:
            make(os.path.join(folder, path), what, content, room.root / "outside" / "ps1")


def clear(room: Classroom) -> None:
    for name in ("submitted", "autograded", "verdicts"):
        shutil.rmtree(os.fsencode(room.root / name), ignore_errors=True)


def never_from_outside(read: HandedIn) -> bool:
    return all(OUTSIDE not in data for data in read.files.values())


hostile = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@hostile
@given(class_=st.lists(students, min_size=1, max_size=4))
def test_any_folders_are_read(
    room: Classroom,
    course: Course,
    class_: list[tuple[bytes, str, list[tuple[bytes, str, bytes]]]],
) -> None:
    """Is every folder listed and read without an error, and nothing from outside it?"""
    clear(room)
    lay(room, class_)
    submissions = course.submissions("ps1")
    ids = [each.student for each in submissions]
    assert "honest neighbour" in ids
    assert len(set(ids)) == len(ids)
    assert all(each.isprintable() and unicodedata.is_normalized("NFC", each) for each in ids)
    for submission in submissions:
        read = course.hand_in(submission)
        assert never_from_outside(read)
        assert never_from_outside(hand_in(submission))
        assert all(line.isprintable() for line in (*read.troubles, read.reason))
        time = course.timestamp(submission.folder)
        assert time.time is None or not time.trouble
        assert store.key_of_submission(read, "hills.ipynb")


@settings(hostile, max_examples=12)
@given(
    first=st.lists(students, min_size=1, max_size=3),
    second=st.lists(students, min_size=1, max_size=3),
)
def test_the_neighbours_are_graded(
    room: Classroom,
    course: Course,
    first: list[tuple[bytes, str, list[tuple[bytes, str, bytes]]]],
    second: list[tuple[bytes, str, list[tuple[bytes, str, bytes]]]],
) -> None:
    """Does the class's run end well, twice, whatever was handed in before and now?"""
    clear(room)
    for class_ in (first, second):
        lay(room, class_)
        said: list[str] = []
        outcome = grade_class(course, "ps1", workers=1, make_executor=threads, say=said.append)
        scores = {verdict.student: verdict.score for verdict in outcome.submissions}
        assert scores["honest neighbour"] == 5.0
        assert all(v.status == "graded" or v.reason for v in outcome.submissions)
        assert all(line.isprintable() for line in said)
        json.loads(store.dump_json(outcome.to_json()))
        kept = (p for p in (room.root / "autograded").rglob("*") if p.is_file())
        assert not any(OUTSIDE in path.read_bytes() for path in kept)
        assert not any(path.is_symlink() for path in (room.root / "autograded").rglob("*"))
        shutil.rmtree(os.fsencode(room.root / "submitted"))
