"""Does a class get the same scores beside a hog, and on a busy machine, as alone?

    python -m tools.bench_fairness [ASSIGNMENT] [--students N]

Grades the reference of a problem set as N submissions with one worker a core: alone, beside a
submission that starts 44 busy loops, and beside eight processes that never rest.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.batch.workers import closing, default_workers, process_pool
from autograder.errors import HostTrouble
from autograder.judge import grade
from autograder.sandbox.metering import Meter
from autograder.verdict import SubmissionVerdict
from tools.dependents import running

ROOT = Path(__file__).parents[1]
BUSY = 8
HOG = """
import os
for _ in range(44):
    if os.fork() == 0:
        while True:
            pass
while True:
    pass
"""


@dataclass(frozen=True)
class Outcome:
    """One grading of the class."""

    scores: tuple[float | None, ...]
    wall: float
    cpu: float
    median: float


def notebooks(assignment: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The source, and a submission whose first answer is the hog."""
    (path,) = (ROOT / "solutions" / assignment).glob("*.ipynb")
    source: dict[str, Any] = json.loads(path.read_text())
    for cell in source["cells"]:
        cell["source"] = "".join(cell["source"])
    hog = copy.deepcopy(source)
    for cell in hog["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution") and cell["cell_type"] == "code":
            cell["source"] = HOG
            break
    return source, hog


def judged(
    source: dict[str, Any], submission: dict[str, Any], student: str, assignment: str
) -> SubmissionVerdict:
    """One submission, in a worker."""
    try:
        return grade(source, submission, student=student, assignment=assignment)
    except HostTrouble as trouble:
        return SubmissionVerdict(student, "not graded", str(trouble))


@contextlib.contextmanager
def busy(processes: int) -> Iterator[None]:
    """Processes that never rest."""
    with contextlib.ExitStack() as loops:
        for _ in range(processes):
            loops.enter_context(running([sys.executable, "-c", "while True: pass"]))
        yield


@contextlib.contextmanager
def metered(meter: Meter) -> Iterator[None]:
    """Read the meter often enough that it misses next to nothing."""
    over = threading.Event()

    def read() -> None:
        while not over.wait(0.1):
            meter.read()

    with ThreadPoolExecutor(1) as reader:
        reader.submit(read)
        try:
            yield
        finally:
            over.set()


def graded(assignment: str, students: int, with_hog: bool) -> Outcome:
    """Grade the class once."""
    source, hog = notebooks(assignment)
    started = time.monotonic()
    meter = Meter(os.getpid())
    before = meter.read().computed
    with metered(meter), closing(process_pool(default_workers())) as pool:
        beside = pool.submit(judged, source, hog, "hog", assignment) if with_hog else None
        honest = [
            pool.submit(judged, source, source, f"student-{n:02}", assignment)
            for n in range(students)
        ]
        verdicts = [future.result() for future in honest]
        if beside is not None:
            beside.result()
    return Outcome(
        tuple(verdict.score for verdict in verdicts),
        time.monotonic() - started,
        meter.read().computed - before,
        statistics.median(verdict.seconds for verdict in verdicts),
    )


def main() -> int:
    """Print a line a setting; 1 when scores differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("assignment", nargs="?", default="01-random-search")
    parser.add_argument("--students", type=int, default=6)
    options = parser.parse_args()
    settings = [
        ("alone", False, 0),
        ("beside a hog", True, 0),
        (f"beside {BUSY} busy", False, BUSY),
    ]
    outcomes = []
    for name, with_hog, processes in settings:
        with busy(processes):
            outcome = graded(options.assignment, options.students, with_hog)
        outcomes.append(outcome)
        same = "same scores" if outcome.scores == outcomes[0].scores else "OTHER SCORES"
        print(
            f"{name:16} {same} {sorted(set(outcome.scores), key=str)} | wall {outcome.wall:.1f} s,"
            f" computed {outcome.cpu:.1f} s | median submission {outcome.median:.1f} s",
            flush=True,
        )
    return len({outcome.scores for outcome in outcomes}) - 1


if __name__ == "__main__":
    # The workers know this module by its name only.
    from tools import bench_fairness  # noqa: PLW0406

    raise SystemExit(bench_fairness.main())
