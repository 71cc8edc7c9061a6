"""The instructor's cells before the student's first: run once, for the judges of all submissions.

They are the same for everybody and see nothing of anybody: imports, data, helpers. The reference
process runs them, in the names that every judge, a fork of it, then goes on with. A cell that does
more than that ends the opening before it, and each judge runs it: one that writes or keeps open a
file, starts a thread or a process, leaves the folder, fails, draws hidden inputs, or wants a
name of the student's. Which one that is, a process finds out that ends with the answer.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from autograder import checks
from autograder.checks.submission import before_any_submission
from autograder.errors import HostTrouble
from autograder.judge.assignment import Assignment, SourceCell, run_code
from autograder.judge.magics import JudgeShell, unseen
from autograder.judge.manner import Manner
from autograder.judge.namespace import JudgeNamespace
from autograder.judge.process import in_own_process
from autograder.judge.timing import cpu_alarm, quiet
from autograder.limits import Limits


class _Unasked(BaseException):
    """Nobody has handed in anything yet."""


@dataclass(frozen=True)
class Opening:
    """Names to go on with, the shell that ``get_ipython`` gives there, and the cells that ran."""

    names: JudgeNamespace
    shell: JudgeShell
    done: frozenset[str] = frozenset()


def opened(
    loaded: Assignment,
    reference: Mapping[str, Any],
    students: Mapping[str, frozenset[str]],
    manner: Manner,
    limits: Limits,
) -> Opening:
    """Run what all judges would run first, in the working folder as it is.

    ``students`` tells which names are the student's before each cell.
    """
    checks.install_reference(reference)
    cells = list(_leading(loaded, manner))
    opening = _unopened(reference)

    def run(cell: SourceCell) -> None:
        opening.names.enter(students[cell.grade_id], cell.binds - cell.loads)
        if cell.code is not None:
            seconds = manner.for_cell(cell.grade_id, limits).cell_seconds
            with before_any_submission(), cpu_alarm(seconds), quiet():
                run_code(cell.code, opening.names)

    def harmless() -> int:
        """How many of the cells do nothing but make names."""
        for number, cell in enumerate(cells):
            before = _around()
            try:
                run(cell)
            except BaseException:  # an instructor's cell may raise anything
                return number
            if _around() != before:
                return number
        return len(cells)

    number = 0
    if cells:
        with contextlib.suppress(HostTrouble):
            answer = in_own_process(harmless, limits)
            number = answer if isinstance(answer, int) else 0
    for cell in cells[:number]:
        run(cell)
    opening.names.forget_student()
    return Opening(opening.names, opening.shell, frozenset(c.grade_id for c in cells[:number]))


def _leading(loaded: Assignment, manner: Manner) -> Iterator[SourceCell]:
    for cell in loaded.cells:
        if cell.kind not in ("given", "plain") or cell.grade_id in manner.refused:
            return
        yield cell


def _unopened(reference: Mapping[str, Any]) -> Opening:
    names = JudgeNamespace(reference, _nobody, _nobody)
    shell = JudgeShell(names)
    names.update(__name__="__main__", get_ipython=shell, display=unseen, reference=checks.reference)
    return Opening(names, shell)


def _nobody() -> NoReturn:
    raise _Unasked


def _around() -> tuple[object, ...]:
    """What a cell may have changed that a fork does not have for itself, or has elsewhere."""
    try:
        os.waitpid(-1, os.WNOHANG)
        children = True
    except ChildProcessError:
        children = False
    descriptors = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []
    files = [
        (folder, name, os.lstat(os.path.join(folder, name)).st_mtime_ns)
        for folder, folders, names in os.walk(".")
        for name in (*folders, *names)
    ]
    return children, threading.active_count(), len(descriptors), os.getcwd(), sorted(files)
