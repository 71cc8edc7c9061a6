"""The reference goes first: no submission is graded before the instructor's own solution was.

What was examined is kept beside the verdicts, by the key of everything that grading depends on
but the submission: as long as nothing changes, it is not examined again.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor
from pathlib import Path

from autograder.batch import store
from autograder.batch.grading import Task, examine
from autograder.batch.workers import MakePool, closing
from autograder.course.directory import Course
from autograder.errors import CourseError

NOBODY = ".reference"
"""Stands where a student's name stands: no student can be called so."""


def examine_references(
    course: Course, tasks: Mapping[str, Task], make_pool: MakePool, say: Callable[[str], None]
) -> None:
    """Grade each notebook's own solution as a submission; say what the instructor may want to know.

    Raises CourseError, naming cell and test, where the author would lose a point.
    """
    keys = {name: store.key_of_task(task) for name, task in tasks.items()}
    paths = {n: store.path_of(course, NOBODY, task.assignment, n) for n, task in tasks.items()}
    waiting = [name for name in tasks if _key_in(paths[name]) != keys[name]]
    if not waiting:
        return
    with closing(make_pool(1)) as pool:
        for name in waiting:
            try:
                report = pool.submit(examine, tasks[name]).result()
            except BrokenExecutor:
                raise CourseError(
                    f"{name}: the instructor's own solution ends the grader"
                ) from None
            report.check()
            for note in report.notes:
                say(note)
            kept = {"key": keys[name], "notes": list(report.notes)}
            with contextlib.suppress(OSError):  # then it is examined again; verdicts will tell
                store.write_whole(paths[name], store.dump_json(kept))


def _key_in(path: Path) -> str:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads(path.read_bytes())["key"])
    return ""
