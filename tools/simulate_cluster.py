"""What a hundred thousand submissions need on a cluster, and where the one writer is the limit.

    python -m tools.simulate_cluster [--submissions 100000] [--workers 8 64 512]
    python -m tools.simulate_cluster --record

The simulation draws task times from a recording, `tools/grading_bench/task_times.json`. `--record`
makes it anew on this machine, which should be idle: a class is graded, one worker a processor, for
the time each task takes in a worker; then the same verdicts are filed again and again, by workers
that answer at once, for the time that the one writer takes for each.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.batch.running import grade_class
from autograder.batch.workers import MakePool, default_workers
from autograder.course.directory import Course
from tools.common import ToolError, run
from tools.grading_bench import course
from tools.grading_bench.cluster import Recording, enough_workers, simulate
from tools.grading_bench.recorder import Recorder
from tools.grading_bench.softmax import TEMPLATE

RECORDING = Path(__file__).parent / "grading_bench" / "task_times.json"
RECORDED, FILED = 60, 300


def record(recorded: int = RECORDED, filed_alone: int = FILED) -> Recording:
    """Grade a class for the tasks' times, then let the writer file a class by itself."""
    recorder = Recorder()
    with tempfile.TemporaryDirectory(prefix="simulate-cluster-") as folder:
        empty = Path(folder, "empty")
        course.prepare(empty, TEMPLATE)
        graded = course.copied(empty, Path(folder, "graded"))
        course.hand_in(graded, TEMPLATE, recorded)
        _grade(graded, recorder.pool)
        filed = course.copied(empty, Path(folder, "filed"))
        course.hand_in(filed, TEMPLATE, filed_alone)
        _grade(filed, recorder.at_once)
    return Recording(
        f"{platform.machine()}, Python {platform.python_version()}, load {os.getloadavg()[1]:.0f}",
        tuple(round(seconds, 4) for seconds in recorder.seconds),
        round(recorder.filing_seconds, 5),
    )


def _grade(root: Path, make: MakePool) -> None:
    workers = default_workers()
    grade_class(Course.load(root), TEMPLATE.assignment, workers=workers, make_executor=make)


def table(recording: Recording, submissions: int, workers: Sequence[int]) -> str:
    """The simulated runs as a reader of the terminal wants them."""
    draw = random.Random(0)
    tasks = draw.choices(recording.tasks, k=submissions)
    mean, most = sum(tasks) / len(tasks), enough_workers(tasks, recording.writer)
    lines = [
        f"{submissions:,} submissions; a task takes {mean:.3f} s, its filing "
        f"{1e3 * recording.writer:.1f} ms (recorded on {recording.machine})",
        f"{'workers':>8}{'hours':>9}{'a second':>10}{'workers busy':>14}{'writer busy':>13}",
    ]
    for number in workers:
        found = simulate(tasks, number, recording.writer)
        lines.append(
            f"{number:8,}{found.seconds / 3600:9.2f}{submissions / found.seconds:10.1f}"
            f"{found.workers_busy:14.0%}{found.writer_busy:13.0%}"
        )
    lines.append(f"from {most:.0f} workers on the one writer is the limit")
    return "\n".join(lines)


def main() -> None:
    """Record, or simulate what was recorded."""
    parser = argparse.ArgumentParser(prog="python -m tools.simulate_cluster", description=__doc__)
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[8, 64, 512])
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    if min(options.submissions, *options.workers) < 1:
        raise ToolError("--submissions and --workers must be at least 1")
    if options.record:
        RECORDING.write_text(record().to_text(), "utf8")
    if not RECORDING.is_file():
        raise ToolError("nothing is recorded yet: run python -m tools.simulate_cluster --record")
    print(table(Recording.of(RECORDING.read_text("utf8")), options.submissions, options.workers))


if __name__ == "__main__":
    run(main)
