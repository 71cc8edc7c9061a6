"""The instructor's source notebook, taken apart once for all submissions.

Four kinds of code cells matter to the judge, told apart by nbgrader's metadata:

    given      locked, no points: runs in the judge, in the student's process, in the reference
    solution   the student's to write; the instructor's version runs in the reference alone
    test       points, locked: runs in the judge alone
    plain      no metadata: the student may have changed it; the instructor's version runs in
               the judge if it needs nothing the student writes (imports, data)
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import hashlib
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import CodeType
from typing import Any, Literal

from autograder.judge import magics
from lossland.handin.scope import top_level

Kind = Literal["given", "solution", "test", "plain"]
Delimiters = tuple[str, str]
DELIMITERS: Delimiters = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
"""nbgrader's own defaults of ``ClearHiddenTests.begin_test_delimeter`` and ``end_…``."""
RAISES = "raises-exception"
SCORE = "__score__"
DRAWING = re.compile(r"\b(?:curve|band|evidence)\b")


@dataclass(frozen=True)
class SourceCell:
    """One code cell of the source notebook, ready to run.

    ``code`` is None for a cell that the judge never runs; ``visible`` and ``rest`` are the two
    parts of a test, without its hidden lines and without the others. ``hidden`` are the numbers
    of the hidden lines, counted from 1. ``binds`` and ``needs`` are the names the cell defines
    and uses without defining them, ``loads`` all it uses. ``never_runs`` says why a test would
    not test here, ``broken`` why the cell is no Python; both are empty where there is nothing to
    say. ``may_raise`` is Jupyter's tag for a cell that shows an error.
    """

    kind: Kind
    grade_id: str
    points: float
    source: str
    code: CodeType | None
    visible: CodeType | None
    rest: CodeType | None
    hidden: frozenset[int]
    binds: frozenset[str]
    needs: frozenset[str]
    loads: frozenset[str] = frozenset()
    never_runs: str = ""
    broken: str = ""
    may_raise: bool = False

    @property
    def filename(self) -> str:
        """The name under which the cell's frames appear in tracebacks."""
        return filename(self.grade_id)


@dataclass(frozen=True)
class Assignment:
    """Everything that grading one assignment needs and no submission changes."""

    name: str
    cells: tuple[SourceCell, ...]
    forbidden_imports: tuple[str, ...] = ()

    @property
    def tests(self) -> tuple[SourceCell, ...]:
        """The test cells in the notebook's order."""
        return tuple(cell for cell in self.cells if cell.kind == "test")

    @cached_property
    def draws(self) -> bool:
        """Whether a test may draw a curve: only ``checks`` can, by one of these names."""
        return any(DRAWING.search(cell.source) for cell in self.cells if cell.kind != "solution")

    @property
    def secret(self) -> str:
        """What hidden inputs and their order are derived from, and no student has."""
        texts = "\0".join(cell.source for cell in self.tests)
        return hashlib.sha256(texts.encode()).hexdigest()

    @property
    def expected(self) -> frozenset[str]:
        """The names that the student's cells are to define, and no given cell does."""
        given = {name for cell in self.cells if cell.kind == "given" for name in cell.binds}
        asked = {name for cell in self.cells if cell.kind == "solution" for name in cell.binds}
        return frozenset(asked - given)

    def judged(self) -> tuple[SourceCell, ...]:
        """The cells that the judge runs: given, tests, and plain ones that stand alone."""
        students = set(self.expected)
        chosen = []
        for cell in self.cells:
            if cell.kind == "plain" and cell.needs & students:
                students |= cell.binds  # what it computes is the student's as well
            elif cell.kind != "solution":
                chosen.append(cell)
        return tuple(chosen)


def filename(grade_id: str) -> str:
    """How a cell is called in tracebacks."""
    return f"<source {grade_id}>"


def dissect(
    name: str, source: Mapping[str, Any], delimiters: Delimiters = DELIMITERS
) -> Assignment:
    """The code cells of a source notebook; one that is no Python costs only itself.

    ``delimiters`` begin and end hidden lines, as nbgrader is configured.
    """
    cells = tuple(
        _cell(cell, number, delimiters)
        for number, cell in enumerate(source["cells"])
        if cell["cell_type"] == "code"
    )
    settings = source.get("metadata", {}).get("lossland", {})
    forbidden = tuple(str(module) for module in settings.get("forbidden_imports", ()))
    return Assignment(name, cells, forbidden)


def kind_of(metadata: Mapping[str, Any]) -> Kind:
    """What nbgrader's metadata of a code cell makes it."""
    if metadata.get("solution"):
        return "solution"
    if metadata.get("grade"):
        return "test"
    return "given" if metadata.get("locked") else "plain"


def _cell(cell: Mapping[str, Any], number: int, delimiters: Delimiters) -> SourceCell:
    metadata = cell.get("metadata", {}).get("nbgrader", {})
    kind = kind_of(metadata)
    grade_id = str(metadata.get("grade_id", f"cell {number}"))
    source = str(cell["source"])
    hidden = _hidden_lines(source, delimiters)
    visible = rest = code = None
    binds = needs = loads = frozenset[str]()
    never_runs = broken = ""
    try:
        tree = magics.parsed(source, filename(grade_id))
        binds, needs, loads = _names(tree)
        if kind == "test":
            never_runs = magics.why_not_run(tree)
            lines = range(1, len(source.splitlines()) + 1)
            visible = _compiled_without(source, hidden, grade_id)
            rest = _compiled_without(source, frozenset(lines) - hidden, grade_id)
            if not source.rstrip().endswith(";"):  # IPython shows no value then
                _keep_last_value(tree)
        code = compiled(tree, grade_id)
    except (SyntaxError, ValueError) as error:
        code, broken = None, str(error)
        never_runs = "it cannot be read as Python"
    return SourceCell(
        kind=kind,
        grade_id=grade_id,
        points=float(metadata.get("points", 0)),
        source=source,
        code=code,
        visible=visible,
        rest=rest,
        hidden=hidden,
        binds=binds,
        needs=needs,
        loads=loads,
        never_runs=never_runs,
        broken=broken,
        may_raise=RAISES in cell.get("metadata", {}).get("tags", ()),
    )


def compiled(tree: ast.Module, grade_id: str) -> CodeType:
    """The cell's code; ``await`` may stand outside functions, as in a notebook."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code: CodeType = compile(tree, filename(grade_id), "exec", flags, dont_inherit=True)
    return code


def run_code(code: CodeType, names: dict[str, Any]) -> None:
    """Run a cell's code with these globals."""
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(_awaited(code, names))
    else:
        exec(code, names)


async def _awaited(code: CodeType, names: dict[str, Any]) -> None:
    await eval(code, names)


def _compiled_without(source: str, left_out: frozenset[int], grade_id: str) -> CodeType | None:
    """The cell without some lines, the others' numbers kept; None if it cannot stand alone."""
    lines = source.splitlines()
    kept = ["" if number in left_out else line for number, line in enumerate(lines, start=1)]
    try:
        tree = magics.parsed("\n".join(kept), filename(grade_id))
        return compiled(tree, grade_id)
    except (SyntaxError, ValueError):
        return None


def _keep_last_value(tree: ast.Module) -> None:
    """Store the value of a last expression: nbgrader's way of giving part of the points."""
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body[-1]
        target = ast.Name(SCORE, ast.Store())
        tree.body[-1] = ast.copy_location(ast.Assign([target], last.value), last)
        ast.fix_missing_locations(tree)


def _hidden_lines(source: str, delimiters: Delimiters) -> frozenset[int]:
    """The lines that nbgrader removes from the release: a delimiter may stand anywhere in one."""
    begin, end = delimiters
    hidden: set[int] = set()
    inside = False
    for number, line in enumerate(source.splitlines(), start=1):
        inside = inside or begin in line
        if inside:
            hidden.add(number)
        inside = inside and (begin in line or end not in line)
    return frozenset(hidden)


def _names(tree: ast.Module) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Names bound at the top level, names used anywhere that it does not bind, all used."""
    binds: set[str] = set()
    changed: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            binds.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            binds |= {(a.asname or a.name).partition(".")[0] for a in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            binds.add(node.id)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            changed.add(node.target.id)
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    top = binds & top_level(tree)
    needs = used - top - set(dir(builtins))
    return frozenset(top), frozenset(needs), frozenset(read | changed)
