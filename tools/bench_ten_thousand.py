"""Ten thousand submissions in one run: does anything grow with their number?

    python -m tools.bench_ten_thousand [--submissions 10000] [--workers N]

Grades a class of the smallest notebook (right, wrong, raising and half done work in turn) and
prints, for each tenth of the run, what a submission took and what the grading process held in
memory; then how long the table of all grades and the class report take, and how large it is.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.batch.exporting import GradesExporter
from autograder.batch.running import grade_class
from autograder.batch.workers import MakePool, default_workers, process_pool
from autograder.course.directory import Course
from autograder.pages.report import class_report
from tools.common import ToolError, run
from tools.grading_bench import course
from tools.grading_bench.little import TEMPLATE
from tools.grading_bench.spans import Span, Watch

MOST_GROWTH = 1.10
MOST_REPORT_MB = 2.0


@dataclass(frozen=True)
class Findings:
    """The run in parts, and what follows it."""

    workers: int
    spans: tuple[Span, ...]
    again: float
    """Seconds of a second run in which nothing is new."""
    export: float
    export_lines: int
    report: float
    report_bytes: int

    @property
    def submissions(self) -> int:
        return sum(span.submissions for span in self.spans)

    @property
    def growth_kb(self) -> float:
        """What each submission after the first tenth has added to the parent's memory."""
        first, last = self.spans[0], self.spans[-1]
        later = self.submissions - first.submissions
        return (last.memory_kb - first.memory_kb) / later if later else 0.0


def graded(
    root: Path, submissions: int, workers: int, make_executor: MakePool = process_pool
) -> Findings:
    """Make the class below ``root``, grade it once, and ask for all that a class gets."""
    course.prepare(root, TEMPLATE)
    course.hand_in(root, TEMPLATE, submissions)
    here = Course.load(root)
    watch = Watch(submissions)

    def grade(make: MakePool) -> float:
        started = time.monotonic()
        grade_class(
            here, TEMPLATE.assignment, workers=workers, make_executor=make, say=lambda _: None
        )
        return time.monotonic() - started

    grade(watch.over(make_executor))
    again = grade(make_executor)
    started = time.monotonic()
    table = root / "grades.csv"
    with here.gradebook() as book:
        GradesExporter(to=str(table)).export(book)
    exported = time.monotonic()
    page = class_report(here, TEMPLATE.assignment)
    return Findings(
        workers,
        tuple(watch.spans),
        again,
        exported - started,
        len(table.read_text("utf8").splitlines()) - 1,
        time.monotonic() - exported,
        len(page.encode()),
    )


def lines(found: Findings) -> Sequence[str]:
    """The figures for the terminal."""
    first, last = found.spans[0], found.spans[-1]
    head = f"{'part':>4}{'submissions':>13}{'wall ms':>10}{'processor ms':>14}{'parent MB':>11}"
    return [
        f"{found.submissions:,} submissions, {found.workers} workers; times are for a submission",
        head,
        *(
            f"{number:4}{span.submissions:13,}{1e3 * span.wall:10.1f}{1e3 * span.cpu:14.1f}"
            f"{span.memory_kb / 1024:11.1f}"
            for number, span in enumerate(found.spans, start=1)
        ),
        f"last part against the first: wall {last.wall / first.wall:.2f}, "
        f"processor {last.cpu / first.cpu:.2f} (asked: ≤ {MOST_GROWTH:.2f})",
        f"memory of the parent: {found.growth_kb:+.2f} KiB a submission after the first part",
        f"a second run, nothing new: {found.again:.1f} s",
        f"export: {found.export_lines:,} lines in {found.export:.1f} s",
        f"class report: {found.report_bytes / 1e6:.2f} MB in {found.report:.1f} s "
        f"(asked: < {MOST_REPORT_MB:g} MB)",
    ]


def main() -> None:
    """Grade and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_ten_thousand", description=__doc__)
    parser.add_argument("--submissions", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=default_workers())
    options = parser.parse_args()
    if options.submissions < 20 or options.workers < 1:
        raise ToolError("--submissions must be at least 20 and --workers at least 1")
    with tempfile.TemporaryDirectory(prefix="bench-ten-thousand-") as folder:
        found = graded(Path(folder, "course"), options.submissions, options.workers)
    print("\n".join(lines(found)))


if __name__ == "__main__":
    run(main)
