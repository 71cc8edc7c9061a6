"""Signs that a notebook works only in the kernel it was written in.

A kernel remembers cells that were changed, moved or deleted since; the grader runs the file from
top to bottom, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from lossland.handin.notebook import Cell, Notebook, parsed, text_of
from lossland.handin.running import Run
from lossland.handin.scope import top_level

NOT_DEFINED = re.compile(r"NameError: name '(\w+)' is not defined")
VOLATILE = re.compile(r"0x[0-9a-fA-F]+|\d+(?:\.\d+)?\s*(?:ns|µs|us|ms|s|min|it/s)\b")
MOST = 5


def state(notebook: Notebook, result: Run) -> Iterator[str]:
    """One line for each sign."""
    yield from _order(notebook)
    yield from _undefined(notebook, result)
    yield from _outputs(notebook, result)


def _order(notebook: Notebook) -> Iterator[str]:
    ran = [cell for cell in notebook.code if cell.count is not None]
    for before, after in pairwise(ran):
        if (after.count or 0) <= (before.count or 0):
            yield (
                f"hidden state? {after.name} was run before {before.name}, which stands above it:"
                " restart the kernel, run all cells, and look whether all is as before"
            )
            return


def _undefined(notebook: Notebook, result: Run) -> Iterator[str]:
    """Names that a clean run does not find where they are used."""
    binds = [(cell, bound(cell)) for cell in notebook.code]
    for cell in notebook.code:
        found = NOT_DEFINED.search(result.of(cell.number).error)
        if found is None:
            continue
        name = found[1]
        later = [other for other, names in binds if name in names and other.number > cell.number]
        earlier = [other for other, names in binds if name in names and other.number < cell.number]
        if later and not earlier:
            yield (
                f"hidden state: {cell.name} uses `{name}`, which {later[0].name} defines further"
                " down: move that cell up"
            )
        elif earlier:
            yield (
                f"{cell.name} uses `{name}`, which {earlier[-1].name} would define, had it not"
                " failed itself"
            )
        else:
            yield (
                f"hidden state: {cell.name} uses `{name}`, which no cell of this file defines; your"
                " kernel may still know it from a cell that you deleted or renamed"
            )


def bound(cell: Cell) -> frozenset[str]:
    """The names that a cell defines for the others."""
    return frozenset(top_level(parsed(cell.source)))


def _outputs(notebook: Notebook, result: Run) -> Iterator[str]:
    """Stored outputs that a clean run does not give."""
    failing, differing = [], []
    for cell in notebook.code:
        outcome = result.of(cell.number)
        if cell.count is None or outcome.status == "not run":
            continue
        stored_error = any(output.get("output_type") == "error" for output in cell.outputs)
        if outcome.status != "ok":
            if not stored_error:
                failing.append(cell.name)
        elif (
            not stored_error
            and _text(cell)
            and _plain(_text(cell)) != _plain(outcome.printed + outcome.value)
        ):
            differing.append(cell.name)
    if failing:
        yield (
            f"hidden state: {', '.join(failing[:MOST])} ran in your kernel and fails in a clean one"
            ": the grader's is a clean one"
        )
    if differing:
        yield (
            f"other outputs: {', '.join(differing[:MOST])} shows in the file what a clean run does"
            " not give; that is right only where chance or the time of day decides"
        )


def _text(cell: Cell) -> str:
    """What the cell printed and its value, as the file has them; empty where that is a picture."""
    parts = []
    for output in cell.outputs:
        if output.get("output_type") == "stream" and output.get("name") == "stdout":
            parts.append(text_of(output.get("text", "")))
        elif output.get("output_type") == "execute_result":
            data: Mapping[str, Any] = output.get("data") or {}
            if set(data) - {"text/plain"}:
                return ""
            parts.append(text_of(data.get("text/plain", "")))
        elif output.get("output_type") == "display_data":
            return ""
    return "".join(parts)


def _plain(text: str) -> str:
    """Without addresses, times and blanks."""
    return "".join(VOLATILE.sub("", text).split())
