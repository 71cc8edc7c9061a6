"""The notebook that is graded: the instructor's, with nothing but the student's text put in.

``matching.py`` says which submitted cell answers which question; here the notebook is put
together from that. Tags, outputs, metadata, changed tests and extra copies of a submitted
notebook never count, and everything that had to be mended is written down.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, replace
from typing import Any

from autograder.course.cells import CELL_ID, Notebook, give_ids, grade_id, is_answer
from autograder.errors import SubmissionError
from autograder.repair.matching import Answer, match
from autograder.repair.reading import RawCell, RawNotebook
from autograder.repair.slots import Slot, slots_of

MAX_REPAIRS = 40


@dataclass(frozen=True)
class Repaired:
    """A notebook fit to be graded, and what had to be mended on the way."""

    notebook: dict[str, Any]
    repairs: tuple[str, ...]
    untouched: tuple[str, ...]
    """grade_ids of answer cells that still hold the released text."""


def repair(submitted: RawNotebook, released: Notebook, source: Notebook, name: str) -> Repaired:
    """Put the student's text into the released notebook.

    ``released`` is the notebook as students got it, ``source`` the instructor's with the
    solutions: it tells which functions a question asks for. Raises SubmissionError when none of
    the assignment's answer cells can be found.
    """
    slots = slots_of(released, source)
    prose = frozenset(cell["source"].strip() for cell in released["cells"] if not grade_id(cell))
    found = match(submitted.cells, slots, prose)
    answers = [slot for slot in slots if slot.answer]
    if answers and not any(slot.name in found.answers for slot in answers):
        raise SubmissionError(
            f"{name} holds none of the assignment's answer cells: it may be another notebook"
        )
    repairs = [*submitted.repairs, *found.repairs]
    wanted = released["metadata"].get("kernelspec", {}).get("name", "")
    if submitted.kernel and wanted and submitted.kernel != wanted:
        repairs.append(f"the kernel {submitted.kernel!r} was replaced by {wanted!r}")
    taken = {slot.cell.get("id") for slot in slots}
    cells: list[dict[str, Any]] = []
    for slot in (None, *slots):
        if slot is not None:
            cells.append(_slot_cell(slot, found.answers.get(slot.name)))
        for index in found.free.get(slot.name if slot else "", ()):
            raw = submitted.cells[index]
            if index in found.set_aside and raw.kind == "code":
                raw = replace(raw, kind="raw")
            cells.append(_free_cell(raw, index, taken))
    untouched = tuple(
        slot.name
        for slot in answers
        if found.answers.get(slot.name, Answer(slot.text)).text.strip() == slot.text.strip()
    )
    shown = _bounded(repairs)
    notebook = {
        "metadata": {
            **copy.deepcopy(released["metadata"]),
            "autograder": {"repairs": list(shown), "untouched": list(untouched)},
        },
        "cells": cells,
    }
    return Repaired(give_ids(notebook), shown, untouched)


def repaired_from(notebook: dict[str, Any]) -> Repaired:
    """A repaired notebook read back from a file."""
    noted = notebook["metadata"].get("autograder", {})
    return Repaired(notebook, tuple(noted.get("repairs", ())), tuple(noted.get("untouched", ())))


def _slot_cell(slot: Slot, answer: Answer | None) -> dict[str, Any]:
    """The released cell, with the student's text where it is the student's to write."""
    cell: dict[str, Any] = copy.deepcopy(dict(slot.cell))
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None
    if is_answer(slot.cell) and answer is not None:
        cell["source"] = answer.text
        if answer.attachments and cell["cell_type"] == "markdown":
            cell["attachments"] = answer.attachments
    return cell


def _free_cell(raw: RawCell, index: int, taken: set[Any]) -> dict[str, Any]:
    """A cell of the student's own: it runs, and scores nothing."""
    usable = CELL_ID.fullmatch(raw.id) and raw.id not in taken
    cell: dict[str, Any] = {
        "id": raw.id if usable else f"free-{index}",
        "cell_type": "code" if raw.kind == "code" else "markdown",
        "metadata": {},
        "source": raw.source,
    }
    if raw.kind == "code":
        cell["outputs"], cell["execution_count"] = [], None
    elif raw.kind == "raw":
        cell["source"] = fenced(raw.source)
    elif raw.attachments:
        cell["attachments"] = raw.attachments
    return cell


def fenced(text: str) -> str:
    """Text as a Markdown code block that it cannot break out of."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _bounded(repairs: list[str]) -> tuple[str, ...]:
    """Each repair once, and not endlessly many of them."""
    unique = list(dict.fromkeys(repairs))
    if len(unique) > MAX_REPAIRS:
        more = len(unique) - MAX_REPAIRS
        unique = [*unique[:MAX_REPAIRS], f"and {more} further repairs"]
    return tuple(unique)
