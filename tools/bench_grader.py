"""What grading a class costs: `nbgrader autograde` and this grader, in turn, on the same class.

    python -m tools.bench_grader [--submissions 60] [--workers 2] [--rounds 3]

The class hands in softmax regression on digits (600 steps, one figure): right, wrong, raising and
half done work in turn. Each round grades a fresh copy of the course with nbgrader and with this
grader, grades a copy of one submission a worker as well (what is left is what one more submission
costs), and measures the floor: the students' own cells in a process that has imported everything.
Processor time is that of the command and of all that it starts, start-up included. Memory is
weighed in a run of its own, which is not timed. `--only this` leaves nbgrader out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.common import ROOT, ToolError, run
from tools.grading_bench import course
from tools.grading_bench.consumption import Consumed, consumed
from tools.grading_bench.course import Scores
from tools.grading_bench.softmax import TEMPLATE

MOST_MB = 700
MOST_OVERHEAD = 0.10
LEAST_CPU, LEAST_WALL = 10, 12


@dataclass(frozen=True)
class Round:
    """One round: what each of the two took; ``cells`` and ``figures`` are the floor's parts."""

    nbgrader: Consumed | None
    this: Consumed
    start: Consumed
    """This grader on one submission a worker."""
    cells: float
    figures: float


@dataclass(frozen=True)
class Findings:
    """All rounds over one class, the memory of this grader, and whose scores differ."""

    submissions: int
    workers: int
    rounds: tuple[Round, ...]
    peak_mb: float
    differing: tuple[str, ...]


def measured(submissions: int, workers: int, rounds: int, *, only_this: bool) -> Findings:
    """Make the class and grade it that often."""
    with tempfile.TemporaryDirectory(prefix="bench-grader-") as folder:
        empty, full, few = (Path(folder, name) for name in ("empty", "full", "few"))
        course.prepare(empty, TEMPLATE)
        for root, number in ((full, submissions), (few, workers)):
            course.hand_in(course.copied(empty, root), TEMPLATE, number)
        scratch = Path(folder, "run")
        peak = _graded(full, scratch, workers, weighed=True)[0].peak_mb
        found, differing = [], set()
        for _ in range(rounds):
            this, ours = _graded(full, scratch, workers)
            start, _ = _graded(few, scratch, workers)
            theirs = None
            if not only_this:
                theirs, stock = _graded(full, scratch, 0)
                differing |= set(unlike(ours, stock))
            cells, figures = _floor(full)
            found.append(Round(theirs, this, start, cells, figures))
    return Findings(submissions, workers, tuple(found), peak, tuple(sorted(differing)))


def _graded(
    root: Path, scratch: Path, workers: int, *, weighed: bool = False
) -> tuple[Consumed, Scores]:
    """Grade a fresh copy, with so many workers or, where there are none, with nbgrader."""
    with tempfile.TemporaryDirectory(dir=scratch.parent) as folder:
        copy = course.copied(root, Path(folder, "course"))
        command = [sys.executable, "-m", "nbgrader", "autograde", TEMPLATE.assignment]
        if workers:
            command = [sys.executable, "-m", "autograder", "grade", TEMPLATE.assignment]
            command += ["--course", str(copy), "--workers", str(workers)]
        # Everything is asked for in the copy, where the grader's own package does not lie.
        place = ROOT if workers else copy
        return consumed(command, place, course.environment(), weighed=weighed), course.scores(copy)


def _floor(root: Path) -> tuple[float, float]:
    command = [sys.executable, "-m", "tools.grading_bench.floor", str(root), TEMPLATE.assignment]
    result = subprocess.run(
        command, cwd=ROOT, env=course.environment(), capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise ToolError(f"the students' cells could not be run: {result.stderr.strip()[-300:]}")
    found = json.loads(result.stdout)
    return found["cells"], found["figures"]


def unlike(one: Scores, other: Scores) -> list[str]:
    """Who has other points in one of the two, a line each."""
    return [
        f"{student}: {name}: {one.get((student, name))} here, {other.get((student, name))} there"
        for student, name in sorted({*one, *other})
        if one.get((student, name)) != other.get((student, name))
    ]


# The table ------------------------------------------------------------------------------------


def table(found: Findings) -> str:
    """The medians as a reader of the terminal wants them."""
    number, rounds = found.submissions, found.rounds

    def median(values: Sequence[float]) -> float:
        return statistics.median(values)

    cpu = median([each.this.cpu for each in rounds]) / number
    wall = median([each.this.wall for each in rounds])
    cells, figures = median([r.cells for r in rounds]), median([r.figures for r in rounds])
    more = max(1, number - found.workers)
    one_more = median([(each.this.cpu - each.start.cpu) / more for each in rounds])
    theirs = [each.nbgrader for each in rounds if each.nbgrader is not None]
    lines = [
        f"{number} submissions, {found.workers} workers, {len(rounds)} rounds, medians; "
        f"{os.cpu_count()} processors, {platform.machine()}, "
        f"load {', '.join(f'{part:.1f}' for part in os.getloadavg())}",
        "",
        f"{'':44}{'nbgrader':>10}{'this':>10}{'ratio':>8}{'asked':>8}",
    ]
    if theirs:
        their_cpu = median([each.cpu for each in theirs]) / number
        their_wall = median([each.wall for each in theirs])
        lines += [
            f"{'processor s a submission, start-up included':44}{their_cpu:10.3f}{cpu:10.3f}"
            f"{their_cpu / cpu:7.1f}x{LEAST_CPU:6}x",
            f"{'wall s, whole class, start-up included':44}{their_wall:10.1f}{wall:10.1f}"
            f"{their_wall / wall:7.1f}x{LEAST_WALL:6}x",
        ]
    else:
        lines += [
            f"{'processor s a submission, start-up included':54}{cpu:10.3f}",
            f"{'wall s, whole class, start-up included':54}{wall:10.1f}",
        ]
    over = f"≤ {MOST_OVERHEAD:.2f}"
    lines += [
        f"{'processor s of one more submission':54}{one_more:10.3f}",
        f"{'  of that the cells of the student':54}{cells:10.3f}",
        f"{'  and their figure':54}{figures:10.3f}",
        f"{'  overhead of one more':54}{one_more - cells - figures:10.3f}{'':8}{over:>8}",
        f"{'  overhead, start-up included':54}{cpu - cells - figures:10.3f}",
        f"{'peak memory of all processes, MB':54}{found.peak_mb:10.0f}{'':8}{f'≤ {MOST_MB}':>8}",
    ]
    if theirs:
        lines.append("all scores are equal" if not found.differing else "SCORES DIFFER:")
    return "\n".join([*lines, *found.differing])


def main() -> None:
    """Measure, print, and write the figures to the file that --json names."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_grader", description=__doc__)
    parser.add_argument("--submissions", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["this"], help="leave out nbgrader")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    if min(options.submissions, options.workers, options.rounds) < 1:
        raise ToolError("--submissions, --workers and --rounds must be at least 1")
    found = measured(
        options.submissions, options.workers, options.rounds, only_this=options.only == "this"
    )
    print(table(found))
    if options.json:
        options.json.write_text(json.dumps(asdict(found), indent=2) + "\n", "utf8")


if __name__ == "__main__":
    run(main)
