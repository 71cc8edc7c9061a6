"""Before anybody is graded: a sandbox of this host holds, and the reference gets all its points.

Both are tried in a worker, whose warm parent and reference the class then uses. What was found
about the reference is kept beside the verdicts until something that it depends on changes.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor

from autograder.batch import store
from autograder.batch.filing import Filing
from autograder.batch.grading import examine
from autograder.batch.host import host_check
from autograder.batch.workers import MakePool, WorkerPool
from autograder.course.release import SourceNotebook
from autograder.errors import GraderError

NOBODY = ".reference"
"""Stands where a student's name stands: no student can be called so."""


def rehearse(filing: Filing, notebooks: Sequence[SourceNotebook], pool: WorkerPool) -> list[str]:
    """What the instructor may want to know, a line each.

    Raises CourseError for a reference that loses points and SandboxUnavailable for a host on
    which nothing may be graded.
    """
    try:
        check = host_check(filing.course, notebooks, next(iter(filing.tasks.values())))
        missing = pool.admit(check).result()
        lines = [f"less isolation on this host: {line}" for line in missing]
        for name in filing.tasks:
            lines += _examined(filing, name, pool)
    except BrokenExecutor as error:
        raise GraderError(
            "the process that tried out the reference died: run the same command again"
        ) from error
    return lines


def opened_first(pool: WorkerPool, make: MakePool) -> MakePool:
    """Makes pools, the first of which is open already."""
    waiting = [pool]
    return lambda workers: waiting.pop() if waiting else make(workers)


def _examined(filing: Filing, name: str, pool: WorkerPool) -> list[str]:
    path = store.path_of(filing.course, NOBODY, filing.assignment, name)
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        if json.loads(path.read_bytes())["key"] == filing.task_keys[name]:
            return []
    report = pool.submit(examine, filing.tasks[name]).result()
    report.check()
    notes = list(report.notes)
    with contextlib.suppress(OSError):  # what could not be kept is examined again
        store.write_whole(path, store.dump_json({"key": filing.task_keys[name], "notes": notes}))
    return notes
