"""What a run asks of its host: the plan all its sandboxes share, and whether the host keeps it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from autograder.batch import premises
from autograder.batch.grading import Task
from autograder.limits import Limits
from autograder.sandbox import hostcheck
from autograder.sandbox.hidden import module_files
from autograder.sandbox.walls import Plan

if TYPE_CHECKING:  # a worker that is asked for the check needs nothing of nbgrader
    from autograder.course.directory import Course
    from autograder.course.release import SourceNotebook


def make_plan(notebooks: Sequence[SourceNotebook], shown: Sequence[str] = ()) -> Plan:
    """What the sandboxes of these notebooks show beside the libraries, on whatever machine."""
    return Plan(shown=tuple(shown), imports=_imported(notebooks, tests=True))


def host_check(
    course: Course, notebooks: Sequence[SourceNotebook], task: Task
) -> Callable[[], tuple[str, ...]]:
    """A call for a worker: what its host cannot give, a sentence each, tried in a first sandbox.

    It raises CourseError or SandboxUnavailable where nothing may be graded.
    """
    forbidden = tuple(name for notebook in notebooks for name in _forbidden(notebook.source))
    return partial(
        _checked,
        task.plan,
        task.limits,
        hidden=forbidden,
        modules=[name for name in _imported(notebooks) if name not in forbidden],
        forbidden=forbidden_in(course),
        require=task.require_sandbox,
    )


def _checked(plan: Plan, limits: Limits, *, hidden: Sequence[str], **asked: Any) -> tuple[str, ...]:
    """``hostcheck.check`` with the places of the machine that it runs on."""
    plan = replace(premises.on_these(plan), hidden=module_files(hidden))
    return hostcheck.check(plan, limits, **asked)


def forbidden_in(course: Course) -> tuple[str, ...]:
    """The modules that some assignment of the course forbids its students to import."""
    names: dict[str, None] = {}
    for assignment in course.assignments():
        for path in course.folder("source", ".", assignment).glob("*.ipynb"):
            # What is wrong with another assignment is told when that one is graded.
            with contextlib.suppress(OSError, ValueError, KeyError, AttributeError):
                names |= dict.fromkeys(_forbidden(json.loads(path.read_bytes())))
    return tuple(names)


def _forbidden(source: Mapping[str, Any]) -> list[str]:
    settings = source["metadata"].get("lossland", {})
    return [str(name) for name in settings.get("forbidden_imports", ())]


def _imported(notebooks: Sequence[SourceNotebook], *, tests: bool = False) -> tuple[str, ...]:
    found = (hostcheck.modules_in(notebook.source, tests=tests) for notebook in notebooks)
    names = (name for modules in found for name in modules)
    return tuple(dict.fromkeys(names))
