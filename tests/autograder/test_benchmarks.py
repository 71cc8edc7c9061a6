"""The benchmarks' own parts: what they make, what they measure with, what they compute."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder.batch.running import grade_class
from autograder.batch.workers import default_workers
from autograder.course.directory import Course
from tools import bench_grader, simulate_cluster
from tools.bench_grader import Findings, Round, unlike
from tools.dependents import running
from tools.grading_bench import course, digits
from tools.grading_bench.cluster import Recording, enough_workers, simulate
from tools.grading_bench.consumption import Consumed, consumed, memory_mb
from tools.grading_bench.softmax import TEMPLATE

POINTS = {"test_softmax": 2.0, "test_loss_and_gradient": 3.0, "test_train": 5.0}

# What is measured -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The benchmark's course, one submission of each kind."""
    root = tmp_path_factory.mktemp("benchmark") / "course"
    course.prepare(root, TEMPLATE)
    course.hand_in(root, TEMPLATE, len(TEMPLATE.kinds))
    return root


@pytest.mark.linux
def test_each_kind_gets_its_points(room: Path) -> None:
    """Does every kind of submission lose the points that it is meant to lose, and no others?"""
    grade_class(Course.load(room), TEMPLATE.assignment, workers=1, say=lambda line: None)
    wanted = {
        (f"student-{number:05}", test): 0.0 if test in kind.loses else points
        for number, kind in enumerate(TEMPLATE.kinds, start=1)
        for test, points in POINTS.items()
    }
    scores = course.scores(room)
    assert {key: scores[key] for key in wanted} == wanted


def test_the_floor_is_measured(room: Path) -> None:
    """Do the students' own cells run without the grader, and is their figure drawn?"""
    cells, figures = bench_grader._floor(room)
    assert cells > 0
    assert figures > 0


def test_no_two_students_hand_in_the_same(room: Path) -> None:
    """Would a grader that remembers bytes have nothing to remember?"""
    texts = {path.read_text() for path in room.glob("submitted/*/*/*.ipynb")}
    assert len(texts) == len(TEMPLATE.kinds)


def test_digits_can_be_told_apart() -> None:
    """Are there ten of them, in grey values of the promised range, the same each time?"""
    data = digits.file()
    assert data == digits.file()
    rows = np.load(io.BytesIO(data), allow_pickle=False)
    assert rows.shape == (digits.EXAMPLES, 65)
    assert set(rows[:, 64]) == set(range(10))
    assert rows[:, :64].max() <= digits.MOST


# What it is measured with ---------------------------------------------------------------------

COMPUTES = """
import os, time
def compute():
    while time.process_time() < 0.2: pass
for _ in range(2):
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            compute()
            os._exit(0)
        os.wait()
        os._exit(0)
    os.waitpid(child, 0)
"""
HOLDS = """
import os, sys
pages = bytearray(os.urandom(1)) * (60 << 20)
reading, writing = os.pipe()
for _ in range(3):
    if os.fork() == 0:
        os.write(writing, b".")
        sys.stdin.read()
        os._exit(0)
os.read(reading, 1), os.read(reading, 1), os.read(reading, 1)
print("here", flush=True)
sys.stdin.read()
"""


@pytest.mark.linux
def test_grandchildren_count(tmp_path: Path) -> None:
    """Is what two grandchildren computed part of the command's processor time?"""
    found = consumed([sys.executable, "-I", "-c", COMPUTES], tmp_path)
    assert found.cpu >= 0.4
    assert found.wall > 0


@pytest.mark.linux
def test_shared_pages_count_once(tmp_path: Path) -> None:
    """Do four processes that share 60 MB hold 60 MB, and a little each?"""
    command = [sys.executable, "-I", "-c", HOLDS]
    with running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        assert 60 <= memory_mb(process.pid) < 120


def test_a_failing_command_is_told(tmp_path: Path) -> None:
    """Is it one line that ends with what the command said last?"""
    with pytest.raises(Exception, match=r"ended with 3: no such thing"):
        consumed(
            [sys.executable, "-c", "import sys; print('no such thing'); sys.exit(3)"], tmp_path
        )


# What is computed from it ---------------------------------------------------------------------


def test_the_table() -> None:
    """Are ratios and overheads those that can be worked out by hand?"""
    rounds = tuple(
        Round(Consumed(wall, 40.0), Consumed(4.0, 4.0), Consumed(2.0, 2.4), 0.05, 0.02)
        for wall in (30.0, 40.0, 90.0)
    )
    text = bench_grader.table(Findings(10, 2, rounds, 512.0, ()))
    assert "4.000     0.400   10.0x" in text
    assert "40.0       4.0   10.0x" in text
    for words, number in {
        "processor s of one more submission": "0.200",  # (4.0 − 2.4) / 8
        "overhead of one more": "0.130",  # without 0.05 and 0.02
        "overhead, start-up included": "0.330",
        "peak memory of all processes, MB": "512",
    }.items():
        (line,) = (line for line in text.splitlines() if words in line)
        assert number in line.split()
    assert text.endswith("all scores are equal")


def test_other_scores_are_told() -> None:
    """Is who has other points in one of the two named, and who is missing there?"""
    ours = {("ann", "q"): 1.0, ("bob", "q"): 0.0, ("cem", "q"): 2.0}
    stock = {("ann", "q"): 1.0, ("bob", "q"): 2.0}
    assert unlike(ours, stock) == [
        "bob: q: 0.0 here, 2.0 there",
        "cem: q: 2.0 here, None there",
    ]


def test_a_cluster_by_hand() -> None:
    """Two workers, a second to file: tasks of 4, 2 and 2 s end at 4, 2 and 4, are filed by 6."""
    found = simulate([4.0, 2.0, 2.0], workers=2, writer=1.0)
    assert found.seconds == 6.0
    assert found.workers_busy == pytest.approx(8 / 12)
    assert found.writer_busy == pytest.approx(3 / 6)


def test_a_writer_that_is_the_limit() -> None:
    """With a writer of 1 s and tasks of 2 s, do 100 workers need as long as the writer alone?"""
    tasks = [2.0] * 400
    assert enough_workers(tasks, 1.0) == 2.0
    assert simulate(tasks, 100, 1.0).seconds == 2.0 + 400.0
    assert simulate(tasks, 1, 1.0).seconds == pytest.approx(801.0)


def test_the_window_is_the_graders_own() -> None:
    """A worker that gets no more than two tasks waits while its answers are filed."""
    # One worker, filing 3 s: tasks of 1 s end at 1 and 2; the third is sent when the first is
    # filed, at 4, ends at 5, and waits until the second is filed, at 7.
    assert simulate([1.0, 1.0, 1.0], workers=1, writer=3.0).seconds == 10.0
    assert simulate([], workers=1, writer=3.0).seconds == 0.0


def test_the_recording_is_there() -> None:
    """Can it be read back as it was written, and does the simulation's table name the limit?"""
    recording = Recording("here", (0.5, 1.5), 0.01)
    assert Recording.of(recording.to_text()) == recording
    kept = Recording.of(simulate_cluster.RECORDING.read_text())
    assert len(kept.tasks) >= 40
    text = simulate_cluster.table(kept, 1000, [2, 8])
    assert "the one writer is the limit" in text.splitlines()[-1]


@pytest.mark.linux
def test_a_recording_can_be_made_anew() -> None:
    """Does the recorder still stand in for a pool, a time for each task but a worker's first?"""
    recording = simulate_cluster.record(recorded=6, filed_alone=20)
    assert 6 - default_workers() <= len(recording.tasks) < 6
    assert min(recording.tasks) > 0
    assert recording.writer > 0
