"""The classic accidents between writing an answer and handing it in.

A ``grave`` one means that the file is most likely not what the student wants to hand in.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lossland.handin import imports, kernel
from lossland.handin.notebook import HandInError, Notebook, read
from lossland.handin.releases import Release
from lossland.handin.running import Run

CHECKPOINTS = ".ipynb_checkpoints"
COPY = re.compile(r"(?:[-_ ]?(?:copy|kopie|copie)[-_ ]?\d*| ?\(\d+\))+$", re.IGNORECASE)
MOST_NAMES = 5


@dataclass(frozen=True)
class Accident:
    """What went wrong, or may have, in one line with the next step."""

    text: str
    grave: bool = False


def accidents(
    notebook: Notebook,
    release: Release | None,
    releases: Sequence[Release],
    result: Run,
    *,
    assignment: str = "",
) -> list[Accident]:
    """All of them, the grave ones first; ``assignment`` is what the student asked to check."""
    found = [
        *_wrong_file(notebook, release, releases, assignment),
        *_cells(notebook, release),
        *_unsaved(notebook, releases),
        *(Accident(text) for text in kernel.state(notebook, result)),
        *(Accident(text) for text in imports.imports(notebook)),
        *(Accident(text) for text in imports.paths(notebook)),
    ]
    return sorted(found, key=lambda accident: not accident.grave)


def _wrong_file(
    notebook: Notebook, release: Release | None, releases: Sequence[Release], assignment: str
) -> Iterator[Accident]:
    if not notebook.named:
        yield Accident(
            "wrong file? It holds no cell of a problem set: download the problem set again and copy"
            " your answers into it",
            grave=True,
        )
        return
    wanted = assignment or _meant(notebook.path, releases)
    if release is not None and wanted and release.assignment != wanted:
        yield Accident(
            f"wrong file? {notebook.path.name} holds the cells of {release.assignment},"
            f" not of {wanted}: check the file that you mean to hand in",
            grave=True,
        )
    if notebook.is_untouched:
        yield Accident(
            "wrong file? Every answer is as it was released: nothing of yours is in this file."
            " Save your work (Ctrl+S), or look for another copy of the notebook",
            grave=True,
        )
    if release is not None:
        stale = [
            cell.name
            for cell in notebook.named
            if cell.grade_id in release.cells
            and cell.settings.get("checksum") not in (None, release.cells[cell.grade_id][1])
        ]
        if stale:
            yield Accident(
                f"another version: {_list(stale)} {_are(stale)} not as in the version that this"
                " library knows; if there is a newer problem set, copy your answers into it"
            )


def _meant(path: Path, releases: Sequence[Release]) -> str:
    """The problem set that the file's name, or else its folder's, promises."""
    names = {release.assignment for release in releases}
    for text in (COPY.sub("", path.stem), path.absolute().parent.name):
        fitting = [
            name for name in names if text == name or text.endswith((f"_{name}", f"-{name}"))
        ]
        if fitting:
            return max(fitting, key=len)
    return ""


def _cells(notebook: Notebook, release: Release | None) -> Iterator[Accident]:
    there = Counter(cell.grade_id for cell in notebook.named)
    if release is not None:
        for role, advice in (
            ("answer", "what stands in it is not graded: put the cell back from the released file"),
            ("test", "the grader puts its own back"),
            ("locked", "the grader puts its own back"),
        ):
            gone = [n for n, known in release.cells.items() if known[0] == role and n not in there]
            if gone:
                what = "cell" if len(gone) == 1 else "cells"
                yield Accident(f"deleted {role} {what}: {_list(gone)}; {advice}")
    twice = [name for name, count in there.items() if count > 1]
    if twice:
        yield Accident(
            f"{_list(twice)} {_are(twice)} there more than once: the grader takes the first copy"
            " that was worked on; delete the others"
        )
    changed = [
        cell.name
        for cell in notebook.named
        if cell.role in ("test", "locked")
        and "checksum" in cell.settings
        and not cell.is_as_released
    ]
    if changed:
        yield Accident(
            f"changed: {_list(changed)} {_are(changed)} not yours to change; the grader uses its"
            " own, so a test that passes here may fail there"
        )


def _unsaved(notebook: Notebook, releases: Sequence[Release]) -> Iterator[Accident]:
    """What newer work lies beside the file. What is only in a browser's tab nobody can see."""
    path = notebook.path.absolute()
    checkpoint = path.parent / CHECKPOINTS / f"{path.stem}-checkpoint.ipynb"
    newer = _other(checkpoint)
    if newer is not None and newer.saved > notebook.saved + 1 and _differs(newer, notebook):
        yield Accident(
            f"unsaved work? Jupyter's checkpoint of {when(newer.saved)} is newer than the file and"
            " holds other answers: open the notebook, look which are yours (File, Revert), save"
        )
    names = {cell.grade_id for cell in notebook.named}
    for sibling in sorted(path.parent.glob("*.ipynb")):
        if sibling.name == path.name or COPY.sub("", sibling.stem) != COPY.sub("", path.stem):
            continue
        other = _other(sibling)
        if other is None or other.saved <= notebook.saved or not _differs(other, notebook):
            continue
        if names & {cell.grade_id for cell in other.named} and not other.is_untouched:
            yield Accident(
                f"wrong copy? {sibling.name} was saved later ({when(other.saved)}) and holds other"
                " answers: check the one that you mean to hand in"
            )


def _other(path: Path) -> Notebook | None:
    try:
        return read(path)
    except HandInError:
        return None


def _differs(one: Notebook, other: Notebook) -> bool:
    def answers(notebook: Notebook) -> dict[str, str]:
        return {c.grade_id: c.source for c in notebook.named if c.role == "answer"}

    return answers(one) != answers(other)


def when(seconds: float) -> str:
    """A time on this machine's clock."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return f"{shown} and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else shown


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
