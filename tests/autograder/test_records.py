"""What is on record stays true: late penalties, files beside the graded notebook, memory."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import pickle
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from nbgrader.converters import Autograde, NbGraderException

from autograder import preprocessors
from autograder.batch import fingerprint, store
from autograder.batch.gradebook import Writer
from autograder.batch.grading import grade_repaired
from autograder.batch.running import grade_class, make_tasks
from autograder.course import mirroring, release
from autograder.course.folder import HandedIn
from autograder.errors import CourseError, GraderError, SandboxUnavailable
from autograder.judge import ReferenceReport
from autograder.limits import Limits
from autograder.sandbox import hostcheck
from autograder.sandbox.walls import Plan
from autograder.settings import Judge
from autograder.verdict import CellOutput, SubmissionVerdict
from tests.autograder.classroom import (
    CONFIG,
    Classroom,
    StandIn,
    handed_in,
    source_notebook,
    threads,
)

# nbgrader 0.9.6 makes its own rows in an order that SQLAlchemy 2.1 warns about.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

ZERO = CONFIG + 'c.LateSubmissionPlugin.penalty_method = "zero"\n'
DUE = datetime.datetime(2026, 3, 1, 12)
STAMP = "2026-03-01 13:00:00 UTC"


def grade(room: Classroom, **settings: Any) -> list[str]:
    """Grade ``ps1``; the lines that were said, without the one on the new gradebook."""
    said: list[str] = []
    grade_class(room.course(), "ps1", workers=1, make_executor=threads, say=said.append, **settings)
    return [line for line in said if "the gradebook did not know" not in line]


def late(root: Path, config: str = ZERO, due: datetime.datetime = DUE) -> Classroom:
    """``ann`` handed in an hour after ``DUE``, ``ben`` did not say when."""
    room = Classroom(root / "course", config=config)
    room.hand_in("ann")
    (room.folder("ann") / "timestamp.txt").write_text(STAMP)
    room.hand_in("ben")
    with room.course().gradebook() as book:
        book.update_or_create_assignment("ps1", duedate=due)
    grade(room)
    return room


def penalty(room: Classroom, student: str = "ann") -> float:
    with room.course().gradebook() as book:
        return float(book.find_submission("ps1", student).late_submission_penalty)


# Late penalties ------------------------------------------------------------------------------


def _moved(book: Any) -> None:
    book.update_or_create_assignment("ps1", duedate=DUE + datetime.timedelta(days=7))


def _extended(book: Any) -> None:
    book.grant_extension("ps1", "ann", hours=3)


def _lifted(book: Any) -> None:
    book.update_or_create_assignment("ps1", duedate=None)


def _read_by_hand(book: Any) -> None:
    grade = book.find_grade("words", "hills", "ps1", "ann")
    grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.5, 0.5, False
    book.db.commit()


CHANGES: dict[str, tuple[Any, float]] = {
    "a later deadline": (_moved, 0.0),
    "an extension": (_extended, 0.0),
    "no deadline": (_lifted, 0.0),
    "a manual grade": (_read_by_hand, 7.0),
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda name: name.replace(" ", "-"))
@pytest.mark.parametrize("students", [[], ["ben"]], ids=["the class", "another student alone"])
def test_a_penalty_follows_what_it_depends_on(
    tmp_path: Path, stand_in: StandIn, change: str, students: list[str]
) -> None:
    """Is it right after the next run, said once, and nobody graded again for it?"""
    room = late(tmp_path)
    assert penalty(room) == 5.0
    act, wanted = CHANGES[change]
    with room.course().gradebook() as book:
        act(book)
    stand_in.judged.clear()
    said = grade(room, students=students)
    assert stand_in.judged == []
    assert (penalty(room), penalty(room, "ben")) == (wanted, 0.0)
    assert said == [
        f"ann: hills: the penalty for lateness is {wanted:g} points now, not 5",
    ]
    assert grade(room) == []


def test_an_earlier_deadline_brings_a_penalty(tmp_path: Path, stand_in: StandIn) -> None:
    """Does a penalty come where there was none?"""
    room = late(tmp_path, due=DUE + datetime.timedelta(days=7))
    assert penalty(room) == 0.0
    with room.course().gradebook() as book:
        book.update_or_create_assignment("ps1", duedate=DUE)
    grade(room)
    assert penalty(room) == 5.0


PLUGIN = """from nbgrader.plugins import LateSubmissionPlugin
class PerHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {0}
"""


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [("total_seconds_late / 3600", 1.0), ("score + 10", 5.0), ("-3", 0.0), ("None", 0.0)],
)
def test_a_plugin_of_the_course(
    tmp_path: Path, stand_in: StandIn, rule: str, wanted: float
) -> None:
    """Does a plugin that lies in the course decide, within nought and the score?"""
    name = "policy_" + rule.encode().hex()
    config = CONFIG + f'c.AssignLatePenalties.plugin_class = "{name}.PerHour"\n'
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / f"{name}.py").write_text(PLUGIN.format(rule))
    assert penalty(late(tmp_path, config)) == wanted


@pytest.mark.parametrize("name", ["policy_nowhere", "policy_failing"])
def test_a_plugin_that_fails_is_named(tmp_path: Path, stand_in: StandIn, name: str) -> None:
    """Is a plugin that cannot be found, or that raises, one line and no silent nothing?"""
    config = CONFIG + f'c.AssignLatePenalties.plugin_class = "{name}.PerHour"\n'
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "policy_failing.py").write_text(PLUGIN.format("{}[student_id]"))
    with pytest.raises(CourseError, match="plugin for late submissions"):
        late(tmp_path, config)


# One way of filing ---------------------------------------------------------------------------


def autograde(room: Classroom, *, force: bool = False) -> None:
    """What nbgrader's command and formgrader's button do."""
    course = room.course()
    course.directory.assignment_id, course.directory.student_id = "ps1", "*"
    converter = Autograde(coursedir=course.directory, config=course.config)
    converter.force = force
    with contextlib.suppress(NbGraderException):
        converter.start()


@pytest.mark.parametrize("way", [grade, autograde])
def test_notebook_then_verdict_then_gradebook(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, way: Any
) -> None:
    """Do our command and nbgrader's store in the same order, the last step marked at last?"""
    monkeypatch.setattr(preprocessors, "process_pool", threads)
    steps: list[str] = []
    write, mark, record = store.write_whole, store.mark_filed, Writer.record

    def writes(path: Path, data: bytes, *mode: int) -> None:
        if ".reference" not in path.parts:
            steps.append("verdict" if path.suffix == ".json" else "notebook")
        write(path, data, *mode)

    def marks(*arguments: str) -> None:
        steps.append("marked")
        mark(*arguments)

    def records(*arguments: Any, **settings: Any) -> None:
        steps.append("gradebook")
        record(*arguments, **settings)

    monkeypatch.setattr(store, "write_whole", writes)
    monkeypatch.setattr(store, "mark_filed", marks)
    monkeypatch.setattr(Writer, "record", records)
    classroom.hand_in("ann")
    classroom.hand_in("ben", b"{")
    way(classroom)
    filed = "verdict gradebook marked"
    each = {part.strip() + " marked" for part in " ".join(steps).split("marked")[:-1]}
    assert each == {f"notebook {filed}", filed}
    kept = [store.load(classroom.course(), name, "ps1", "hills") for name in ("ann", "ben")]
    assert [record and record.filed for record in kept] == [True, True]


def test_a_colleague_s_verdict_can_be_marked(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is a file that only its owner may change replaced, where the folder allows that?"""
    course = classroom.course()
    store.save(course, "ps1", "hills", store.Record("", "", SubmissionVerdict("ann", "graded")))
    opened = Path.open

    def refused(path: Path, mode: str = "r", *arguments: Any, **settings: Any) -> Any:
        if mode == "r+b":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, mode, *arguments, **settings)

    monkeypatch.setattr(Path, "open", refused)
    store.mark_filed(course, "ann", "ps1", "hills")
    marked = store.load(course, "ann", "ps1", "hills")
    assert marked is not None
    assert marked.filed


def test_nothing_written_by_a_student_is_taken_for_the_mark(classroom: Classroom) -> None:
    """Is the one word changed that says it, whatever the verdict holds, and nothing else?"""
    course, text = classroom.course(), '"filed": false, \\"filed\\": false'
    verdict = SubmissionVerdict("ann", "not graded", text, outputs=(CellOutput(0, text=text),))
    store.save(course, "ps1", "hills", store.Record("", "", verdict, (text,), text))
    before = store.load(course, "ann", "ps1", "hills")
    assert before is not None
    for _ in range(2):
        store.mark_filed(course, "ann", "ps1", "hills")
        assert store.load(course, "ann", "ps1", "hills") == replace(before, filed=True)


@pytest.mark.parametrize("step", ["write_whole", "save", "record", "mark"])
def test_nbgrader_s_run_may_be_killed(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whichever step a kill hits: does our next run complete what nbgrader began?"""
    monkeypatch.setattr(preprocessors, "process_pool", threads)
    classroom.hand_in("ann")

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if step == "record":
            patched.setattr(Writer, "record", killed)
        elif step == "mark":
            patched.setattr("autograder.batch.filing.Filing._mark_filed", killed)
        else:
            patched.setattr(store, step, killed)
        with pytest.raises(KeyboardInterrupt):
            autograde(classroom)
    grade(classroom)
    assert classroom.rows()["ann", "test_height"] == (3.0, None, 0)
    assert (classroom.root / "autograded" / "ann" / "ps1" / "hills.ipynb").is_file()


def test_penalties_follow_in_nbgrader_s_run(
    tmp_path: Path, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does formgrader's button bring the class's penalties up to date as well?"""
    monkeypatch.setattr(preprocessors, "process_pool", threads)
    room = late(tmp_path)
    with room.course().gradebook() as book:
        _moved(book)
    autograde(room, force=True)
    assert penalty(room) == 0.0


@pytest.mark.parametrize("way", [grade, autograde])
def test_a_missing_notebook_is_no_zero(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, way: Any
) -> None:
    """Is one of two notebooks that was not handed in not graded, in nbgrader's run as in ours?"""
    monkeypatch.setattr(preprocessors, "process_pool", threads)
    source = classroom.root / "source" / "ps1"
    (source / "valleys.ipynb").write_text(
        (source / "hills.ipynb").read_text().replace("height", "depth")
    )
    classroom.hand_in("ann")
    way(classroom)
    rows = classroom.rows()
    assert rows["ann", "test_height"] == (3.0, None, 0)
    assert rows["ann", "test_depth"] == (None, None, 1)
    record = store.load(classroom.course(), "ann", "ps1", "valleys")
    assert record is not None
    assert record.verdict.reason.startswith("valleys.ipynb was not handed in")
    assert (classroom.root / "autograded" / "ann" / "ps1" / "hills.ipynb").is_file()


@pytest.mark.linux
def test_nothing_of_a_run_is_left(classroom: Classroom) -> None:
    """Is no worker and no warm parent left when nbgrader's run with three students ends?"""
    for student in ("ann", "ben", "eve"):
        classroom.hand_in(student)
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    autograde(classroom)
    assert classroom.rows()["eve", "test_slope"] == (2.0, None, 0)
    left = {
        process.pid: process.name()
        for process in psutil.Process().children(recursive=True)
        if process.status() != psutil.STATUS_ZOMBIE  # it has ended, and another test's it is
        and "resource_tracker" not in " ".join(process.cmdline())
    }
    assert {name for pid, name in left.items() if pid not in before} == set()


# Files beside the notebook, and memory --------------------------------------------------------


def test_files_beside_a_notebook_cost_no_wait(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does the writer wait for the disk a fixed number of times, however many files there are?"""
    waits: list[int] = []
    classroom.hand_in("eve")
    grade(classroom)
    monkeypatch.setattr(os, "fsync", waits.append)
    classroom.hand_in("ann")
    grade(classroom)
    few = len(waits)
    classroom.hand_in("ben")
    for number in range(500):
        (classroom.folder("ben") / f"{number}.txt").write_text("x")
    grade(classroom)
    assert len(waits) - few == few
    assert (classroom.root / "autograded" / "ben" / "ps1" / "499.txt").is_file()


LONG = "가" * 83 + ".png"
BESIDE: dict[str, list[tuple[dict[str, str], list[str]]]] = {
    "a long name": [({LONG: "x"}, [LONG])],
    "a file becomes a folder": [({"data": "1"}, ["data"]), ({"data/x": "1"}, ["data/x"])],
    "a folder becomes a file": [({"data/x": "1"}, ["data/x"]), ({"data": "1"}, ["data"])],
    "a file goes": [({"a": "1", "b": "2"}, ["a", "b"]), ({"b": "2"}, ["b"])],
    "a file where the course has a folder": [({"given": "mine"}, [])],
    "a folder where the course has a file": [({"heights.csv/x": "mine"}, [])],
}


@pytest.mark.parametrize("kind", BESIDE, ids=lambda name: name.replace(" ", "-"))
def test_any_files_beside_a_notebook(classroom: Classroom, stand_in: StandIn, kind: str) -> None:
    """Do copies show the last submission and the course's own data, and stop nobody?"""
    given = classroom.root / "source" / "ps1" / "given"
    given.mkdir()
    (given / "peaks.csv").write_text("1")
    (given.parent / "heights.csv").write_text("1")
    folder = classroom.folder("ann")
    for number, (files, wanted) in enumerate(BESIDE[kind]):
        shutil.rmtree(folder)
        folder.mkdir()
        classroom.hand_in("ann", handed_in(words=f"In words, {number}."))
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        assert grade(classroom) == []
        graded = classroom.root / "autograded" / "ann" / "ps1"
        found = {str(path.relative_to(graded)) for path in graded.rglob("*") if path.is_file()}
        assert found == {"hills.ipynb", "given/peaks.csv", "heights.csv", *wanted}


def test_a_full_disk_is_still_told(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is a disk that takes no copy one line, not a copy that is silently missing?"""
    classroom.hand_in("ann")
    (classroom.folder("ann") / "notes.txt").write_text("mine")

    def full(target: Path, *_: Any) -> None:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(mirroring, "_put", full)
    with pytest.raises(GraderError, match="No space left on device"):
        grade(classroom)


def test_a_run_remembers_no_pictures(classroom: Classroom, stand_in: StandIn) -> None:
    """Do outputs and curves stay on disk, for the new and for the unchanged?"""
    classroom.hand_in("ann", handed_in(height="def height(x):\n    return x"))
    for _ in range(2):
        (verdict,) = grade_class(
            classroom.course(), "ps1", workers=1, make_executor=threads, say=lambda line: None
        ).submissions
        assert verdict.outputs == ()
        assert {test.evidence for test in verdict.tests.values()} == {()}
    record = store.load(classroom.course(), "ann", "ps1", "hills")
    assert record is not None
    assert record.verdict.outputs
    assert record.verdict.tests["test_height"].evidence


# Tasks ---------------------------------------------------------------------------------------


def test_a_task_carries_bytes(classroom: Classroom) -> None:
    """Can a machine that has no such course grade with it?"""
    folder = classroom.root / "source" / "ps1"
    (folder / "heights.csv").write_text("1\n2\n")
    (folder / "mistakes.py").write_text(
        "from autograder.catalogue import mistake\n"
        "@mistake('slope', 'The factor 2 is missing.')\n"
        "def no_factor(x):\n    return x\n"
    )
    course = classroom.course()
    tasks = make_tasks(course, "ps1", release.load(course, "ps1"), Judge.of(course.config))
    task = pickle.loads(pickle.dumps(tasks["hills"]))
    assert dict(task.files) == {"heights.csv": b"1\n2\n"}
    assert list(task.catalogue) == ["mistakes.py"]
    assert str(classroom.root) not in repr(replace(task, plan=Plan()))  # names what to hide
    shutil.rmtree(folder)
    reads = "def slope(x):\n    return 2 * x * len(open('heights.csv').read()) / 4"
    graded = grade_repaired(task, HandedIn("ann"), handed_in(slope=reads))
    assert graded.verdict.score == 5.0
    wrong = grade_repaired(task, HandedIn("ann"), handed_in(slope="def slope(x):\n    return x"))
    assert wrong.verdict.tests["test_slope"].diagnosis == "The factor 2 is missing."


def test_a_mistake_in_the_catalogue_is_named(classroom: Classroom) -> None:
    """Does the line name the file, and no folder of a worker?"""
    (classroom.root / "source" / "ps1" / "mistakes.py").write_text("1 / 0")
    course = classroom.course()
    tasks = make_tasks(course, "ps1", release.load(course, "ps1"), Judge.of(course.config))
    with pytest.raises(CourseError, match=r"^mistakes\.py: ZeroDivisionError"):
        grade_repaired(tasks["hills"], HandedIn("ann"), handed_in())


# Before anybody is graded ---------------------------------------------------------------------


@pytest.mark.parametrize("way", [grade, autograde])
def test_the_reference_goes_first(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, way: Any
) -> None:
    """Is nobody graded, and nothing stored, while the reference itself loses points?"""
    monkeypatch.setattr(preprocessors, "process_pool", threads)
    classroom.hand_in("ann")
    stand_in.report = ReferenceReport(("ps1: the instructor's own solution gets 0 of 2 points",))
    if way is grade:
        with pytest.raises(CourseError, match="the instructor's own solution gets 0 of 2"):
            way(classroom)
    else:
        way(classroom)
    assert stand_in.judged == []
    assert classroom.rows() == {}
    assert not (classroom.root / "autograded").exists()
    stand_in.report = ReferenceReport()
    way(classroom)
    assert stand_in.judged == ["ann"]


def test_the_reference_is_kept_while_nothing_changes(
    classroom: Classroom, stand_in: StandIn
) -> None:
    """Is it examined again only after a change of source or limits, and said what was found?"""
    stand_in.report = ReferenceReport(notes=("ps1: test_slope gives 1 of 2 points for nothing",))
    classroom.hand_in("ann")
    assert grade(classroom) == list(stand_in.report.notes)
    assert grade(classroom) == []
    classroom.hand_in("ben")
    assert grade(classroom) == []
    assert stand_in.examined == 1
    path = classroom.root / "source" / "ps1" / "hills.ipynb"
    path.write_text(path.read_text().replace("slope(31) == 62", "slope(30) == 60"))
    grade(classroom)
    assert stand_in.examined == 2
    grade(classroom, force=True, limits=Limits(test_seconds=3))
    assert stand_in.examined == 3


def test_a_host_that_cannot_is_told_once(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does what is missing get its line, and a host on which nothing may run its error?"""
    classroom.hand_in("ann")
    monkeypatch.setattr(hostcheck, "check", lambda *_, **__: ("no network namespace",))
    assert grade(classroom) == ["less isolation on this host: no network namespace"]

    def refused(*_: Any, **__: Any) -> tuple[str, ...]:
        raise SandboxUnavailable("numpy cannot be imported inside the sandbox")

    monkeypatch.setattr(hostcheck, "check", refused)
    assert grade(classroom) == []
    classroom.hand_in("ben")
    with pytest.raises(SandboxUnavailable, match="numpy cannot be imported"):
        grade(classroom)
    assert stand_in.judged == ["ann"]


def test_the_real_reference_is_examined(tmp_path: Path) -> None:
    """Does a test that the instructor's own solution fails end the run before it begins?"""
    source = json.loads(json.dumps(source_notebook()).replace("slope(31) == 62", "slope(31) == 63"))
    room = Classroom(tmp_path / "course", source)
    room.hand_in("ann")
    with pytest.raises(CourseError, match="own solution gets 0 of 2 points in test_slope"):
        grade_class(room.course(), "ps1", workers=1, say=lambda line: None)
    assert room.rows() == {}


def test_a_new_problem_set_is_no_other_grader(tmp_path: Path) -> None:
    """Does what students' checks know of released notebooks leave verdicts as they are?"""
    (tmp_path / "data").mkdir()
    seen = []
    for name in ("data/pictures.npz", "data/releases.json", "losses.py"):
        (tmp_path / name).write_text("1")
        seen.append(fingerprint.digest(fingerprint._contents(tmp_path)))
    assert seen[0] == seen[1] != seen[2]
