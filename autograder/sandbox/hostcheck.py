"""Before a run grades anything: does a sandbox of this host hold, does honest work run in it?"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import json
import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from autograder.errors import CourseError, SandboxUnavailable
from autograder.limits import Limits
from autograder.sandbox import canary
from autograder.sandbox.client import Sandbox
from autograder.sandbox.view import View, ancestors
from autograder.sandbox.walls import Plan

MAX_PROBES = 300
MAX_FILES = 4
_NOT_THE_STUDENTS = {"autograder"}


def check(
    plan: Plan,
    limits: Limits,
    *,
    modules: Sequence[str] = (),
    forbidden: Sequence[str] = (),
    require: bool = False,
) -> tuple[str, ...]:
    """Which walls are missing on this host, a sentence each.

    The run's first sandbox is started as every other one will be. In it, code like a student's
    tries to read every place of ``plan.unreachable`` and imports ``modules``.

    Raises CourseError with the path that can be read although it must not be, and
    SandboxUnavailable where something that notebooks import cannot be had inside, or where
    ``require`` asks for walls that the host does not give.
    """
    limits = replace(limits, output_kb=max(limits.output_kb, 256))
    with Sandbox(plan, limits, require=require) as sandbox:
        report = sandbox.report
        walled = report.namespaces or report.landlock
        probes = list(_probes(plan, sandbox.view())) if walled else []
        (output,) = sandbox.run_notebook([(0, _cell(probes, modules, forbidden))])
    try:
        found: dict[str, list[Any]] = json.loads(output.text.splitlines()[-1])
    except (ValueError, IndexError):
        reason = output.error.strip().rpartition("\n")[2] or "it printed nothing"
        raise SandboxUnavailable(f"the first cell inside the sandbox failed: {reason}") from None
    for path in found["reached"]:
        raise CourseError(
            f"{path} can be read by the students' code: move it out of the folder that the "
            "sandbox shows for its libraries, or take that folder out of c.Judge.shown"
        )
    for name, why in found["failed"]:
        if _importable(name):
            raise SandboxUnavailable(
                f"{name} cannot be imported inside the sandbox ({why}): "
                f"name the folder it needs in c.Judge.shown{_readable_for_all()}"
            )
    known = (
        f"{name} is forbidden but part of what runs every notebook: its import is refused, "
        "its code stays in memory"
        for name in found["loaded"]
    )
    return (*report.missing, *known)


def modules_in(notebook: Mapping[str, Any], *, tests: bool = False) -> tuple[str, ...]:
    """What a notebook's cells import, dotted; those of its tests only with ``tests``."""
    names: dict[str, None] = {}
    for cell in notebook["cells"]:
        graded = cell.get("metadata", {}).get("nbgrader", {}).get("grade")
        if cell["cell_type"] != "code" or (graded and not tests):
            continue
        try:
            tree = ast.parse(TransformerManager().transform_cell("".join(cell["source"])))
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= dict.fromkeys(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names[node.module] = None
    return tuple(name for name in names if name.partition(".")[0] not in _NOT_THE_STUDENTS)


def _cell(probes: Sequence[Any], modules: Sequence[str], forbidden: Sequence[str]) -> str:
    arguments = f"{list(probes)!r}, {list(modules)!r}, {list(forbidden)!r}"
    return (
        f"{inspect.getsource(canary)}\nimport json\nprint()\nprint(json.dumps(look({arguments})))"
    )


def _probes(plan: Plan, view: View) -> Iterator[tuple[str, list[str]]]:
    """Places that must not be readable, from the outside in, each with what a listing may show."""
    places = dict.fromkeys([*view.shown, *(link for link, _ in view.links)])
    on_the_way = {above for path in places for above in ancestors(path)} | set(places)
    # One file by two names can only be shown or not: environments share files by hard links.
    same = {_number(path) for path in view.shown}
    front = deque(dict.fromkeys(p for q in plan.unreachable for p in (q, os.path.realpath(q))))
    for _ in range(MAX_PROBES):
        if not front:
            return
        path = front.popleft()
        if not os.path.isdir(path) or os.path.islink(path):
            if os.path.isfile(path) and _number(path) not in same:
                yield path, []
            continue
        names = sorted(_listed(path))
        yield path, [name for name in names if f"{path}/{name}" in on_the_way]
        paths = [f"{path}/{n}" for n in names if f"{path}/{n}" not in places]
        front += [p for p in paths if os.path.isdir(p) and not os.path.islink(p)]
        front += [p for p in paths if os.path.isfile(p)][:MAX_FILES]


def _number(path: str) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_dev, found.st_ino


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _importable(name: str) -> bool:
    """Whether this very process finds it; what it lacks as well is no fault of the walls."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def _readable_for_all() -> str:
    if os.geteuid():
        return ""
    return ", or let everyone read it (chmod -R a+rX): as root, sandboxes run as users of their own"
