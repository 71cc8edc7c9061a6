"""Small questions about notebook cells, answered from nbgrader's metadata alone.

Notebooks are plain dictionaries here, as JSON has them: nbgrader's and nbformat's own helpers
would do, but importing them costs every worker two seconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

Cell = Mapping[str, Any]
Notebook = Mapping[str, Any]
TRANSIENT = frozenset({"orig_nbformat", "orig_nbformat_minor", "signature"})
"""Metadata of a notebook in memory, which no file holds."""
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def settings(cell: Cell) -> dict[str, Any]:
    """The cell's nbgrader metadata; empty for an ordinary cell."""
    found = cell["metadata"].get("nbgrader", {})
    return found if isinstance(found, dict) else {}


def grade_id(cell: Cell) -> str:
    """nbgrader's name of the cell; empty for an ordinary cell."""
    found = settings(cell)
    special = any(found.get(key) for key in ("grade", "solution", "locked", "task"))
    return str(found.get("grade_id", "")) if special else ""


def is_answer(cell: Cell) -> bool:
    """Is the cell's text the student's to write: a solution, a written answer, an open task?"""
    found = settings(cell)
    return bool(found.get("solution") or (found.get("task") and not found.get("locked")))


def is_test(cell: Cell) -> bool:
    """Is it an autograded cell: it gives points, and the instructor wrote its text?"""
    found = settings(cell)
    return bool(found.get("grade") and not found.get("solution"))


def is_manual(cell: Cell) -> bool:
    """Does a human grade it: a written answer, free code or a task?"""
    found = settings(cell)
    return bool((found.get("grade") and found.get("solution")) or found.get("task"))


def points(cell: Cell) -> float:
    """Points the cell can give."""
    return float(settings(cell).get("points", 0.0))


def graded_cells(notebook: Notebook) -> list[Cell]:
    """Every cell that gives points, by test or by hand."""
    return [cell for cell in notebook["cells"] if is_test(cell) or is_manual(cell)]


def points_by_test(notebook: Notebook) -> dict[str, float]:
    """grade_id → points of the autograded cells."""
    return {grade_id(cell): points(cell) for cell in notebook["cells"] if is_test(cell)}


def file_text(notebook: Notebook) -> str:
    """The notebook as nbformat writes it into a file: texts by lines, keys in order.

    nbformat would copy all of it twice and check it against its grammar; this one was made here.
    """
    cells = [_by_lines(cell) for cell in notebook["cells"]]
    metadata = {k: v for k, v in notebook["metadata"].items() if k not in TRANSIENT}
    made = {**notebook, "metadata": metadata, "cells": cells}
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": "))


def _by_lines(cell: Cell) -> dict[str, Any]:
    made = {**cell, "source": _lines(cell["source"])}
    made["metadata"] = {k: v for k, v in cell["metadata"].items() if k != "trusted"}
    if cell["cell_type"] == "code":
        made["outputs"] = [
            {**output, "text": _lines(output["text"])}
            if output["output_type"] == "stream"
            else output
            for output in cell["outputs"]
        ]
    return made


def _lines(text: str | list[str]) -> list[str]:
    """A text by lines; nbgrader's own writer leaves it so behind."""
    return text.splitlines(keepends=True) if isinstance(text, str) else text


def give_ids(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook as format 4.5, every cell with an id of its own; changed in place."""
    taken: set[str] = set()
    for index, cell in enumerate(notebook["cells"]):
        wanted = cell.get("id")
        if not isinstance(wanted, str) or not CELL_ID.fullmatch(wanted) or wanted in taken:
            wanted = f"cell-{index}"
            while wanted in taken:
                wanted += "x"
        cell["id"] = wanted
        taken.add(wanted)
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    return notebook
