"""The cells that nbgrader knows by name, and what the instructor's code in them defines."""

from __future__ import annotations

import ast
import re
import warnings
from collections import defaultdict
from dataclasses import dataclass

from autograder.course.cells import Cell, Notebook, grade_id, is_answer, is_test

DEFINED = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
ASSIGNED = re.compile(r"^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
MAX_PARSED_CHARACTERS = 100_000


@dataclass(frozen=True)
class Slot:
    """One cell of the released notebook that nbgrader knows by name."""

    name: str
    cell: Cell
    names: frozenset[str]
    """Functions, or else variables, that the instructor's solution defines here."""

    @property
    def answer(self) -> bool:
        return is_answer(self.cell)

    @property
    def text(self) -> str:
        return str(self.cell["source"])

    @property
    def kind(self) -> str:
        return str(self.cell["cell_type"])

    @property
    def what(self) -> str:
        kind = "test" if is_test(self.cell) else "answer" if self.answer else "locked"
        return f"the {kind} cell {self.name!r}"


def slots_of(released: Notebook, source: Notebook) -> list[Slot]:
    """The cells that nbgrader knows by name, in the instructor's order."""
    defined = {
        grade_id(cell): names_in(cell["source"]) for cell in source["cells"] if grade_id(cell)
    }
    uses: dict[str, int] = defaultdict(int)
    for names in defined.values():
        for name in names:
            uses[name] += 1
    return [
        Slot(
            grade_id(cell),
            cell,
            frozenset(name for name in defined.get(grade_id(cell), ()) if uses[name] == 1),
        )
        for cell in released["cells"]
        if grade_id(cell)
    ]


def names_in(code: str) -> frozenset[str]:
    """Functions and classes defined at the top of a cell, or else the variables."""
    return frozenset(DEFINED.findall(code) or ASSIGNED.findall(code))


def parses(code: str) -> bool:
    """Is it Python, IPython's own lines aside?"""
    if len(code) > MAX_PARSED_CHARACTERS:
        return True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(plain_python(code))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def plain_python(code: str) -> str:
    """The cell without IPython's own lines; each becomes ``pass``, so that lines keep their place.

    Written out rather than as a pattern: what students hand in may be one line of blanks.
    """
    return "\n".join(map(_plain_line, code.split("\n")))


def _plain_line(line: str) -> str:
    text = line.lstrip(" \t")
    is_magic = text.startswith(("%", "!", "?")) or text.endswith("?")
    return line[: len(line) - len(text)] + "pass" if is_magic else line
