"""A class: new work is graded, old work kept, and nothing stops or spoils the others."""

from __future__ import annotations

import importlib
import json
import os
import pickle
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import nbformat
import pytest
from sqlalchemy.exc import OperationalError

from autograder.batch import premises, store
from autograder.batch.gradebook import Writer
from autograder.batch.grading import GRADER_FAILED
from autograder.batch.outcome import ClassVerdict, differences, merge
from autograder.batch.running import grade_class
from autograder.batch.workers import ExecutorPool, closing, process_pool
from autograder.errors import CourseError, GraderError
from autograder.limits import Limits
from autograder.sandbox.walls import Plan
from autograder.verdict import SubmissionVerdict, TestVerdict
from tests.autograder.classroom import Classroom, StandIn, empty_gradebook, handed_in, threads

WRONG = "def height(x):\n    return x"


def grade(classroom: Classroom, **settings: Any) -> tuple[ClassVerdict, list[str]]:
    """Grade ``ps1``; the outcome and the lines that were said."""
    said: list[str] = []
    settings = {"workers": 2, "make_executor": threads, "say": said.append} | settings
    return grade_class(classroom.course(), "ps1", **settings), said


def scores(outcome: ClassVerdict) -> dict[str, float | None]:
    return {verdict.student: verdict.score for verdict in outcome.submissions}


@pytest.fixture
def room(classroom: Classroom, stand_in: StandIn) -> Classroom:
    """A class of three: all right, half right, and a notebook that cannot be read."""
    classroom.hand_in("student-01")
    classroom.hand_in("student-02", handed_in(height=WRONG))
    classroom.hand_in("student-03", b'{"cells": [')
    return classroom


def test_a_class_is_graded(room: Classroom) -> None:
    """Does everybody get a verdict, with a line for the one that cannot be graded?"""
    outcome, said = grade(room)
    assert scores(outcome) == {"student-01": 5.0, "student-02": 2.0, "student-03": None}
    assert [line for line in said if "not graded" in line] == [
        "student-03: not graded: hills.ipynb is not valid JSON at line 1, column 12 (it looks cut "
        "off): open it in Jupyter, save it and hand it in again"
    ]
    assert outcome.summary().startswith("ps1: 2 graded, 1 not graded (0 unchanged since last time)")
    rows = room.rows()
    assert rows["student-01", "test_height"] == (3.0, None, 0)
    assert rows["student-02", "test_height"] == (0.0, None, 0)
    assert rows["student-03", "test_height"] == (None, None, 1)


def test_the_verdicts_file(room: Classroom) -> None:
    """Has it exactly the promised keys, null for what is not known, and no cell outputs?"""
    outcome, _ = grade(room)
    data = json.loads(store.dump_json(outcome.to_json()))
    assert list(data) == ["assignment", "submissions"]
    first, second, third = data["submissions"]
    assert set(first) == {
        "student", "status", "reason", "score", "max_score", "tests", "repairs", "seconds",
    }  # fmt: skip
    assert (second["score"], second["max_score"]) == (2.0, 5.0)
    wanted = {"score", "max_score", "status", "message", "diagnosis"}
    assert wanted <= set(second["tests"]["test_height"])
    assert second["tests"]["test_height"]["diagnosis"] == "The factor 2 is missing."
    assert (third["status"], third["score"], third["max_score"]) == ("not graded", None, 5.0)
    assert third["tests"]["test_slope"]["score"] is None


def test_unchanged_work_is_not_graded_again(room: Classroom, stand_in: StandIn) -> None:
    """Are only the new, the changed and the not graded looked at in a second run?"""
    grade(room)
    assert sorted(stand_in.judged) == ["student-01", "student-02"]
    room.hand_in("student-02", handed_in())
    room.hand_in("student-04")
    outcome, _ = grade(room)
    assert sorted(stand_in.judged[2:]) == ["student-02", "student-04"]
    assert outcome.unchanged == 1
    assert scores(outcome)["student-02"] == 5.0


@pytest.mark.parametrize(
    "what",
    ["source", "data", "helper", "mistakes", "alternatives", "limits", "shown", "another notebook"],
)
def test_a_verdict_depends_on_all_of_the_assignment(
    room: Classroom, stand_in: StandIn, tmp_path: Path, what: str
) -> None:
    """Is everybody graded again when tests, data, modules, the catalogue or limits change?"""
    folder, shown = room.root / "source" / "ps1", tmp_path / "shown"
    (folder / "helper.py").write_text("SCALE = 1")
    (folder / "mistakes.py").write_text("# none yet")
    shown.mkdir()
    (shown / "large.csv").write_text("1")
    config = room.root / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}c.Judge.shown = [{str(shown)!r}]\n")
    grade(room)
    grade(room)
    assert len(stand_in.judged) == 2, "nothing has changed"
    limits = None
    if what == "another notebook":
        (folder / "valleys.ipynb").write_text((folder / "hills.ipynb").read_text())
    elif what == "shown":
        (shown / "large.csv").write_text("1,2")
    elif what == "helper":
        (folder / "helper.py").write_text("SCALE = 2")
    elif what == "alternatives":
        (folder / "alternatives.py").write_text("")
    elif what == "source":
        path = folder / "hills.ipynb"
        path.write_text(path.read_text().replace("slope(31) == 62", "slope(30) == 60"))
    elif what == "data":
        (folder / "data.csv").write_text("1")
    elif what == "mistakes":
        (folder / "mistakes.py").write_text("")
    else:
        limits = Limits(test_seconds=3)
    grade(room, limits=limits)
    assert sorted(stand_in.judged[2:]) == ["student-01", "student-02"]


def test_force_tells_the_differences(room: Classroom) -> None:
    """Does a forced run say which scores changed, and nothing where none did?"""
    grade(room)
    _, said = grade(room, force=True)
    assert [line for line in said if "→" in line] == []
    path = store.path_of(room.course(), "student-01", "ps1", "hills")
    record = json.loads(path.read_bytes())
    record["verdict"]["tests"]["test_height"] |= {"score": 0.0, "status": "timeout"}
    path.write_text(json.dumps(record))
    _, said = grade(room, force=True)
    assert [line for line in said if "→" in line] == [
        "student-01: test_height: 0 → 3 (timeout → passed)"
    ]


def test_one_student_alone(room: Classroom, stand_in: StandIn) -> None:
    """Does --student leave everybody else as they are?"""
    outcome, _ = grade(room, students=["student-02"])
    assert scores(outcome) == {"student-02": 2.0}
    assert stand_in.judged == ["student-02"]


def test_graded_notebooks_lie_where_formgrader_looks(room: Classroom) -> None:
    """Is it valid, read-only, without hidden tests, with message and output as plain text?"""
    folder = room.folder("student-02")
    (folder / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    (folder / "notes.txt").write_text("mine")
    (room.root / "source" / "ps1" / "data.csv").write_text("1")
    (folder / "data.csv").write_text("changed by the student")
    grade(room)
    graded = room.root / "autograded" / "student-02" / "ps1"
    assert sorted(path.name for path in graded.iterdir()) == [
        "data.csv", "hills.ipynb", "notes.txt", "timestamp.txt",
    ]  # fmt: skip
    assert (graded / "data.csv").read_text() == "1"
    path = graded / "hills.ipynb"
    assert path.stat().st_mode & 0o777 == 0o444
    made = nbformat.read(path, as_version=4)
    nbformat.validate(made)
    assert "a hidden reason" not in path.read_text()
    outputs = {
        each.metadata.nbgrader.grade_id: each.outputs
        for each in made.cells
        if "nbgrader" in each.metadata and each.cell_type == "code"
    }
    said, picture = outputs["test_height"]
    assert said.text == (
        "failed: 0 of 3 points\nslope(…) is not what `2 * x` gives.\n"
        "Likely cause: The factor 2 is missing.\n"
    )
    assert set(picture.data) == {"image/png"}
    assert outputs["test_slope"][0].text == "passed: 2 of 2 points\n"
    printed, error = outputs["slope"]
    assert (printed.text, error.ename, error.evalue) == ("printed\n", "ValueError", "<b>no</b>")
    kinds = {key for each in outputs.values() for out in each for key in out.get("data", {})}
    assert kinds <= {"image/png", "text/plain"}


@pytest.mark.linux
def test_links_of_a_submission_are_not_followed(room: Classroom) -> None:
    """Does nothing that a link or pipe points to land beside the graded notebook?"""
    folder = room.folder("student-01")
    (folder / "secret.txt").symlink_to(room.root / "gradebook.db")
    (folder / "timestamp.txt").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe")
    outcome, _ = grade(room)
    assert scores(outcome)["student-01"] == 5.0
    graded = room.root / "autograded" / "student-01" / "ps1"
    assert [path.name for path in graded.iterdir()] == ["hills.ipynb"]


def test_a_bad_resubmission_hides_no_old_notebook(room: Classroom) -> None:
    """Is the old graded notebook gone when the new one cannot be read, and its score unknown?"""
    grade(room)
    room.hand_in("student-01", b"not a notebook")
    outcome, _ = grade(room)
    assert scores(outcome)["student-01"] is None
    assert not (room.root / "autograded" / "student-01" / "ps1").exists()
    assert room.rows()["student-01", "test_slope"] == (None, None, 1)


def test_the_grader_s_own_failure_is_no_score(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does an error in the judge give "not graded", its text for the instructor alone?"""
    import autograder.judge

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("reference value 1681")

    monkeypatch.setattr(autograder.judge, "grade", fail)
    outcome, said = grade(room, students=["student-01"])
    assert scores(outcome) == {"student-01": None}
    assert outcome.submissions[0].reason == GRADER_FAILED
    assert "1681" not in json.dumps(outcome.to_json())
    assert any("the grader failed: RuntimeError: reference value 1681" in line for line in said)
    record = store.load(room.course(), "student-01", "ps1", "hills")
    assert record is not None
    assert "1681" in record.detail


def test_what_failed_is_tried_again(room: Classroom, stand_in: StandIn) -> None:
    """Is "not graded" never taken as settled?"""
    grade(room)
    path = store.path_of(room.course(), "student-01", "ps1", "hills")
    record = json.loads(path.read_bytes())
    record["verdict"]["tests"]["test_slope"] |= {"score": None, "status": "not graded"}
    path.write_text(json.dumps(record))
    stand_in.judged.clear()
    outcome, _ = grade(room)
    assert stand_in.judged == ["student-01"]
    assert scores(outcome)["student-01"] == 5.0


# Runs that were cut short --------------------------------------------------------------------


@pytest.mark.parametrize("step", ["write_whole", "save", "record", "mark"])
def test_a_killed_run_goes_on(
    room: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whichever step a kill hits: does the next run complete the class with the same scores?"""

    class Killed(BaseException):
        pass

    def killed(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        if step == "record":
            patched.setattr(Writer, "record", killed)
        elif step == "mark":
            patched.setattr("autograder.batch.filing.Filing._mark_filed", killed)
        else:
            patched.setattr(store, step, killed)
        with pytest.raises(Killed):
            grade(room)
    known = {key: row[0] for key, row in room.rows().items() if row[0] is not None}
    assert (
        known.items()
        <= {
            ("student-01", "test_slope"): 2.0,
            ("student-01", "test_height"): 3.0,
            ("student-02", "test_slope"): 2.0,
            ("student-02", "test_height"): 0.0,
        }.items()
    )
    outcome, _ = grade(room)
    assert scores(outcome) == {"student-01": 5.0, "student-02": 2.0, "student-03": None}
    assert room.rows()["student-01", "test_height"] == (3.0, None, 0)
    assert room.rows()["student-02", "test_height"] == (0.0, None, 0)
    assert not list(room.root.rglob(".new-*"))


@pytest.mark.parametrize("lost", ["gradebook.db", "autograded", "verdicts"])
def test_lost_files_are_made_again(room: Classroom, lost: str) -> None:
    """Is a deleted gradebook, notebook or verdict back after the next run?"""
    grade(room)
    path = room.root / lost
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.write_bytes(empty_gradebook())
    outcome, _ = grade(room)
    assert scores(outcome)["student-01"] == 5.0
    assert (room.root / "autograded" / "student-01" / "ps1" / "hills.ipynb").is_file()
    assert room.rows()["student-01", "test_slope"] == (2.0, None, 0)


def test_a_later_timestamp_reaches_the_gradebook(room: Classroom, stand_in: StandIn) -> None:
    """Is the same notebook, handed in again later, not graded again but dated anew?"""
    stamp = room.folder("student-01") / "timestamp.txt"
    stamp.write_text("2026-03-01 12:00:00 UTC")
    grade(room)
    stamp.write_text("2026-03-02 12:00:00 UTC")
    stand_in.judged.clear()
    grade(room)
    assert stand_in.judged == []
    with room.course().gradebook() as book:
        assert str(book.find_submission("ps1", "student-01").timestamp) == "2026-03-02 12:00:00"
    copied = room.root / "autograded" / "student-01" / "ps1" / "timestamp.txt"
    assert copied.read_text() == "2026-03-02 12:00:00 UTC"


def test_a_full_disk_is_one_line(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Does a verdict that cannot be stored end the run with what to do, and give no score?"""

    def full(path: Path, *_: Any) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(store, "write_whole", full)
    with pytest.raises(GraderError, match=r"No space left on device .* run the same command again"):
        grade(room)
    assert room.rows() == {}


def test_a_locked_gradebook_is_one_line(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is a database that somebody else holds named, the verdict being safe on disk?"""

    def locked(*_: Any, **__: Any) -> None:
        raise OperationalError("update", {}, Exception("database is locked"))

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "record", locked)
        with pytest.raises(GraderError, match=r"gradebook.* cannot be written: database is locked"):
            grade(room)
    grade(room)
    assert room.rows()["student-01", "test_slope"] == (2.0, None, 0)


def test_a_fault_of_the_course_stops_at_once(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is an error that concerns every submission raised, not told sixty times?"""
    import autograder.judge

    def fail(*_: Any, **__: Any) -> None:
        raise CourseError("the source notebook's cell test_slope: invalid syntax")

    monkeypatch.setattr(autograder.judge, "grade", fail)
    with pytest.raises(CourseError, match="invalid syntax"):
        grade(room)


# Workers -------------------------------------------------------------------------------------


class Breaking(ExecutorPool):
    """Grades here and now; breaks, as a pool does, when it meets a certain student."""

    def __init__(self, deadly: str) -> None:
        self.deadly = deadly
        self.broken = False

    def submit(self, fn: Any, *arguments: Any, **settings: Any) -> Future[Any]:
        if self.broken:
            raise BrokenProcessPool("a child process terminated abruptly")
        future: Future[Any] = Future()
        if len(arguments) > 1 and arguments[1].student == self.deadly:
            self.broken = True
            future.set_exception(BrokenExecutor("a child process terminated abruptly"))
        else:
            future.set_result(fn(*arguments, **settings))
        return future

    def shutdown(self, *, now: bool) -> None:
        self.broken = True


@pytest.mark.parametrize("deadly", ["student-01", "student-02", "student-04"])
def test_a_dying_worker_costs_one_submission(room: Classroom, deadly: str) -> None:
    """Are all others graded when one submission kills its worker every time?"""
    room.hand_in("student-04")
    outcome, _ = grade(room, make_executor=lambda workers: Breaking(deadly))
    wanted = {"student-01": 5.0, "student-02": 2.0, "student-03": None, "student-04": 5.0}
    assert scores(outcome) == wanted | {deadly: None}
    assert {v.student: v.reason for v in outcome.submissions}[deadly] == GRADER_FAILED


def test_a_worker_that_dies_once_costs_nothing(room: Classroom) -> None:
    """Is a submission graded at the second try?"""
    made: list[Breaking] = []

    def make(workers: int) -> Breaking:
        made.append(Breaking("student-02") if not made else Breaking("nobody"))
        return made[-1]

    outcome, _ = grade(room, make_executor=make)
    assert scores(outcome) == {"student-01": 5.0, "student-02": 2.0, "student-03": None}


def test_wrong_number_of_workers(room: Classroom) -> None:
    """Is --workers 0 refused with a clear line?"""
    with pytest.raises(GraderError, match="--workers must be at least 1, not 0"):
        grade(room, workers=0)


def test_workers_start_fresh() -> None:
    """Does a worker hold nothing of the caller: no tests, no nbgrader, another process?"""
    ask = "set(__import__('sys').modules)"
    with closing(process_pool(1)) as pool:
        pid = pool.submit(os.getpid).result()
        pool.submit(importlib.import_module, "autograder.batch.grading").exception()
        modules = pool.submit(eval, ask).result()
    assert pid != os.getpid()
    assert "nbgrader" in sys.modules
    assert "autograder.batch.grading" in modules
    assert not {"nbgrader", "nbformat", "sqlalchemy", "_pytest"} & modules


def test_workers_of_this_machine_know_its_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does a worker keep from students what the caller does, without being told by a task?"""
    monkeypatch.setattr(premises, "_kept", ["/a/course"])
    with closing(process_pool(1)) as pool:
        assert pool.submit(premises.kept).result() == ("/a/course",)
        assert pool.submit(premises.on_these, Plan()).result().unreachable == ("/a/course",)


def test_what_is_sent_names_no_place_of_the_sender(room: Classroom) -> None:
    """Do calls hold bytes alone, so that a worker of another machine can make them?"""
    sent: list[bytes] = []

    class Posting(ExecutorPool):
        def submit(self, call: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
            sent.append(pickle.dumps((call, arguments)))
            return super().submit(call, *arguments)

    outcome, _ = grade(room, make_executor=lambda workers: Posting(ThreadPoolExecutor(workers)))
    assert scores(outcome)["student-01"] == 5.0
    assert len(sent) == 5  # the host, the reference, three students
    places = [place.encode() for place in (*premises.kept(), str(room.root), os.getcwd())]
    assert [place for place in places for call in sent if place in call] == []


def test_an_interrupt_waits_for_no_worker() -> None:
    """Are workers ended, not waited for, when the run is interrupted?"""
    under_way: list[Future[None]] = []

    def interrupted() -> None:
        with closing(process_pool(1)) as pool:
            under_way.append(pool.submit(time.sleep, 3600))
            pool.submit(os.getpid)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with pytest.raises((BrokenExecutor, CancelledError)):
        under_way[0].result(timeout=300)


# Several notebooks ---------------------------------------------------------------------------


def test_an_assignment_of_two_notebooks(room: Classroom) -> None:
    """Is each notebook graded, and is a missing one not a silent zero?"""
    source = room.root / "source" / "ps1"
    (source / "valleys.ipynb").write_text((source / "hills.ipynb").read_text())
    room.hand_in("student-01", handed_in(height=WRONG), "valleys.ipynb")
    outcome, _ = grade(room, students=["student-01", "student-02"])
    first, second = outcome.submissions
    assert (first.score, first.max_score) == (7.0, 10.0)
    assert first.tests["valleys/test_height"].score == 0.0
    assert first.tests["hills/test_height"].score == 3.0
    assert (second.status, second.score) == ("graded", 2.0)
    assert "valleys.ipynb was not handed in" in second.reason
    assert second.tests["valleys/test_slope"].score is None


def test_different_grade_ids_keep_their_names() -> None:
    """Is a name prefixed only when two notebooks have it?"""
    one = SubmissionVerdict("ann", "graded", tests={"a": TestVerdict("a", 1.0, 1.0, "passed")})
    two = SubmissionVerdict("ann", "graded", tests={"b": TestVerdict("b", 0.0, 1.0, "failed")})
    assert list(merge("ann", {"x": one, "y": two}).tests) == ["a", "b"]
    assert merge("ann", {"x": one}) is one


def test_differences_name_both_sides() -> None:
    """Are unknown scores shown as such, and equal ones left out?"""
    old = {
        "a": TestVerdict("a", None, 1.0, "not graded"),
        "b": TestVerdict("b", 1.0, 1.0, "passed"),
    }
    new = {"a": TestVerdict("a", 0.5, 1.0, "partial"), "b": TestVerdict("b", 1.0, 1.0, "passed")}
    found = differences(
        SubmissionVerdict("ann", "graded", tests=old), SubmissionVerdict("ann", "graded", tests=new)
    )
    assert list(map(str, found)) == ["ann: a: – → 0.5 (not graded → partial)"]


# Files ---------------------------------------------------------------------------------------


def test_a_file_is_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Does a reader see the old file until the new one is complete, and no leftovers after?"""
    path = tmp_path / "deep" / "verdict.json"
    store.write_whole(path, b"old")

    def fail(*_: Any) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", fail)
        with pytest.raises(OSError, match="power cut"):
            store.write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [each.name for each in path.parent.iterdir()] == ["verdict.json"]


def test_json_stays_json() -> None:
    """Are infinities written as null, which every JSON reader knows?"""
    data = {"a": [1.5, float("inf"), float("nan")], "b": ("x", None)}
    assert json.loads(store.dump_json(data)) == {"a": [1.5, None, None], "b": ["x", None]}


@pytest.mark.parametrize("rubbish", [b"", b"{", b"[]", b'{"format": 99}', b'{"format": 1}'])
def test_a_damaged_verdict_file_counts_as_none(room: Classroom, rubbish: bytes) -> None:
    """Is a verdict that cannot be read made anew instead of ending the run?"""
    path = store.path_of(room.course(), "student-01", "ps1", "hills")
    path.parent.mkdir(parents=True)
    path.write_bytes(rubbish)
    assert store.load(room.course(), "student-01", "ps1", "hills") is None
    outcome, _ = grade(room)
    assert scores(outcome)["student-01"] == 5.0


def test_real_workers_and_the_real_judge(classroom: Classroom) -> None:
    """Do process pool, sandbox and judge together give the deserved points?"""
    classroom.hand_in("student-01")
    classroom.hand_in("student-02", handed_in(slope="import os\nos._exit(0)"))
    classroom.hand_in("student-03", handed_in(height="def height(x):\n    return slope(x) * x / 2"))
    said: list[str] = []
    outcome = grade_class(classroom.course(), "ps1", workers=1, say=said.append)
    found = {v.student: (v.status, v.score) for v in outcome.submissions}
    assert found["student-01"] == ("graded", 5.0)
    assert found["student-03"] == ("graded", 5.0)
    assert found["student-02"][0] == "graded"
    assert outcome.submissions[1].tests["test_slope"].score == 0.0
