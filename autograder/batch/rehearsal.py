"""Before anybody is graded: a sandbox of this host holds, and the reference gets all its points.

Both are tried in a worker, whose warm parent and reference the class then uses. What was found
about the reference is kept beside the verdicts until something that it depends on changes.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import replace

from autograder.batch import store
from autograder.batch.filing import Filing
from autograder.batch.grading import examine
from autograder.batch.host import host_check
from autograder.batch.workers import MakePool, WorkerPool
from autograder.course.release import SourceNotebook
from autograder.errors import GraderError
from autograder.judge.manner import Manner

NOBODY = ".reference"
"""Stands where a student's name stands: no student can be called so."""


def rehearse(
    filing: Filing, notebooks: Sequence[SourceNotebook], pool: WorkerPool, *, again: bool = False
) -> list[str]:
    """What the instructor may want to know, a line each; ``again`` looks anew for what was missing.

    Raises CourseError for a reference that loses points and SandboxUnavailable for a host on
    which nothing may be graded.
    """
    try:
        check = host_check(filing.course, notebooks, next(iter(filing.tasks.values())))
        missing = pool.admit(check).result()
        lines = [f"less isolation on this host: {line}" for line in missing]
        for name in filing.tasks:
            lines += _examined(filing, name, pool, again)
    except BrokenExecutor as error:
        raise GraderError(
            "the process that tried out the reference died: run the same command again"
        ) from error
    return lines


def opened_first(pool: WorkerPool, make: MakePool) -> MakePool:
    """Makes pools, the first of which is open already."""
    waiting = [pool]
    return lambda workers: waiting.pop() if waiting else make(workers)


def _examined(filing: Filing, name: str, pool: WorkerPool, again: bool) -> list[str]:
    """Find out how the notebook's cells are judged; what is new about it, a line each."""
    path = store.path_of(filing.course, NOBODY, filing.assignment, name)
    task = filing.tasks[name]
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(path.read_bytes())
        manner = Manner.from_json(known["manner"])
        # What was missing then may be there now.
        if known["key"] == filing.task_keys[name] and not (again and manner.refused):
            filing.tasks[name] = replace(task, manner=manner)
            return []
    report = pool.submit(examine, task).result()
    report.check()
    filing.tasks[name] = replace(task, manner=report.manner)
    found = {
        "key": filing.task_keys[name],
        "notes": list(report.notes),
        "manner": report.manner.to_json(),
    }
    with contextlib.suppress(OSError):  # what could not be kept is examined again
        store.write_whole(path, store.dump_json(found))
    return list(report.notes)
