"""One writer: a second grader is refused while the first one lives, and never by a dead one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.converters import Autograde, NbGraderException

from autograder import preprocessors
from autograder.batch import locking, store
from autograder.batch.gradebook import Writer
from autograder.batch.locking import one_writer
from autograder.errors import GraderError
from tests.autograder.classroom import Classroom, StandIn, threads
from tests.autograder.test_batch import grade, scores
from tests.autograder.test_preprocessors import run

pytestmark = [
    pytest.mark.linux,
    # nbgrader 0.9.6 makes its own rows in an order that SQLAlchemy 2.1 warns about.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]

HOLDER = """
import sys
from pathlib import Path
from autograder.batch.locking import one_writer
from autograder.course.directory import Course
with one_writer(Course.load(Path(sys.argv[1])), print):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(classroom: Classroom) -> Iterator[subprocess.Popen[str]]:
    """Another process that grades the course, as far as anybody can tell."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(classroom.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def ours(room: Classroom) -> None:
    grade(room)


def theirs(room: Classroom) -> None:
    run(room, Autograde)


@pytest.mark.parametrize("way", [ours, theirs])
def test_a_second_grader_is_refused(
    classroom: Classroom,
    stand_in: StandIn,
    holder: subprocess.Popen[str],
    monkeypatch: pytest.MonkeyPatch,
    way: Any,
) -> None:
    """Is it told by whom, by our command and by nbgrader's, until the first is killed?"""
    monkeypatch.setattr(preprocessors, "process_pool", threads)
    classroom.hand_in("student-01")
    told = rf"{classroom.root} is being graded already, by process {holder.pid} on .* since 20"
    with pytest.raises((GraderError, NbGraderException), match=told):
        way(classroom)
    assert stand_in.judged == []
    assert classroom.rows() == {}
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    way(classroom)
    assert stand_in.judged == ["student-01"]


def test_one_process_is_no_exception(classroom: Classroom, stand_in: StandIn) -> None:
    """Is a second run of the same server refused too, and the lock free after a failed run?"""
    classroom.hand_in("student-01")
    with one_writer(classroom.course(), print), pytest.raises(GraderError, match="already"):
        grade(classroom)
    with pytest.raises(KeyboardInterrupt), one_writer(classroom.course(), print):
        raise KeyboardInterrupt
    assert scores(grade(classroom)[0]) == {"student-01": 5.0}


def test_the_lock_is_nobody_s_inheritance(classroom: Classroom) -> None:
    """Does a program that a run started not keep the lock when the run is gone?"""
    with one_writer(classroom.course(), print):
        child = subprocess.Popen(
            [sys.executable, "-c", "print(flush=True); input()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            close_fds=False,
        )
    assert child.stdout is not None
    assert child.stdout.readline() == b"\n", "it has begun, and let go of what was not meant for it"
    try:
        with one_writer(classroom.course(), print):
            pass
    finally:
        child.communicate(b"\n")


def test_where_nothing_can_be_locked(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does a disk without locks cost a line, and no grades?"""
    import fcntl

    def none(*_: Any) -> None:
        raise OSError(min(locking.NO_LOCKS), "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    classroom.hand_in("student-01")
    outcome, said = grade(classroom)
    assert scores(outcome) == {"student-01": 5.0}
    assert any("nothing keeps a second grader away" in line for line in said)


# What a kill or a power cut leaves --------------------------------------------------------------


def test_the_verdict_is_on_disk_before_the_gradebook_hears_of_it(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Are its bytes and its name written through, in this order, before anything is recorded?"""
    steps: list[str] = []
    fsync, replace, record = os.fsync, os.replace, Writer.record
    place = str(store.path_of(classroom.course(), "student-01", "ps1", "hills").parent)

    def synced(descriptor: int) -> None:
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        if path.startswith(place):
            steps.append("folder" if path == place else "bytes")
        fsync(descriptor)

    def replaced(old: str, new: Path) -> None:
        if str(new).startswith(place):
            steps.append("name")
        replace(old, new)

    def recorded(*arguments: Any, **settings: Any) -> None:
        steps.append("gradebook")
        record(*arguments, **settings)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    monkeypatch.setattr(Writer, "record", recorded)
    classroom.hand_in("student-01")
    grade(classroom)
    assert steps == ["bytes", "name", "folder", "gradebook"]


@pytest.mark.parametrize("filed", [True, False])
def test_what_a_killed_run_was_writing_is_gone(
    classroom: Classroom, stand_in: StandIn, filed: bool
) -> None:
    """Are half-written files removed, whichever step the kill came in?"""
    classroom.hand_in("student-01")
    grade(classroom)
    verdict = store.path_of(classroom.course(), "student-01", "ps1", "hills")
    graded = classroom.root / "autograded" / "student-01" / "ps1"
    if filed:
        verdict.unlink()
    else:
        record = json.loads(verdict.read_bytes())
        verdict.write_text(json.dumps(record | {"filed": False}))
    for folder in (verdict.parent, graded):
        (folder / ".new-abc.part").write_bytes(b"half a ver")
    outcome, _ = grade(classroom)
    assert outcome.unchanged == (0 if filed else 1)
    assert list(classroom.root.rglob(".new-*")) == []
