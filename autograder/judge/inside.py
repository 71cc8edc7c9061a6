"""Tests that cannot be judged from outside: they run where nbgrader runs them.

The notebook runs once more, in a sandbox of its own, with these cells in their places and in
order. Each is sent when its turn has come: before, nothing in the student's process knows it.
What comes out is whether it came to its end, where it stopped, and its last value.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from autograder.judge import messages, points
from autograder.judge.assignment import Assignment, SourceCell
from autograder.judge.manner import Manner
from autograder.judge.progress import Progress
from autograder.judge.reference import Reference
from autograder.sandbox.client import Sandbox
from autograder.sandbox.notebook import Step, Told
from autograder.verdict import TestStatus, TestVerdict

Names = tuple[tuple[str, str], ...]


def judged(
    sandbox: Sandbox,
    progress: Progress,
    loaded: Assignment,
    manner: Manner,
    reference: Reference,
) -> dict[str, TestVerdict]:
    """Verdicts of the cells that ``manner`` wants judged inside, in a fresh sandbox."""
    progress.begin(sandbox, _shadows(reference.names), sweeping=False)
    source = {cell.grade_id: cell for cell in loaded.cells}
    verdicts = {}
    waiting: list[Step] = []
    for step, name in progress.cells:
        cell = source.get(name)
        if step.kind == "test":
            if cell is None or not (manner.companions or name in manner.inside):
                continue
            _run(progress, waiting)
            test = Step(step.number, cell.source, "test", _kept(loaded, cell, reference))
            progress.notebook.go_on([test], more=True)
            if name in manner.inside:
                verdicts[name] = _verdict(cell, progress.notebook.told[step.number])
            waiting = []
        elif step.kind == "given" and cell is not None:
            waiting.append(step._replace(names=_named(cell.binds, reference.names)))
        else:
            waiting.append(step)
    if manner.companions:
        _run(progress, waiting)
    return verdicts


def _shadows(reference: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of built-ins that the instructor's own notebook binds."""
    return tuple(name for name in reference if hasattr(builtins, name))


def _run(progress: Progress, steps: Sequence[Step]) -> None:
    if steps:
        progress.notebook.go_on(steps, more=True)


def _kept(loaded: Assignment, cell: SourceCell, reference: Reference) -> Names:
    """The names that are the instructor's before this cell."""
    before = loaded.cells[: loaded.cells.index(cell)]
    bound = {name for other in before if other.kind != "solution" for name in other.binds}
    mine = bound - reference.students[cell.grade_id]
    return _named(frozenset(mine), reference.names)


def _named(names: frozenset[str], reference: Mapping[str, Any]) -> Names:
    """Names, each with the module that it stands for or nothing."""
    values = ((name, reference.get(name)) for name in sorted(names))
    return tuple((n, v.__name__ if isinstance(v, ModuleType) else "") for n, v in values)


def _verdict(cell: SourceCell, told: Told) -> TestVerdict:
    if told.error:
        stopped = told.error == "TimeoutError" and not told.line
        message = messages.stopped_inside(cell, told.error, told.line)
        status: TestStatus = "timeout" if stopped else "failed"
        return TestVerdict(cell.grade_id, 0.0, cell.points, status, message, inside=True)
    score, status, message = points.given(cell, told.score)
    return TestVerdict(cell.grade_id, score, cell.points, status, message, inside=True)
