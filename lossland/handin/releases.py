"""Which problem set a notebook belongs to, and what it looked like when it was released.

The library carries a table of the course's own problem sets, names and checksums only, which
``make assignments`` writes. Another course's released notebooks can be shown with
``--release FOLDER``; without either, the checksums that nbgrader left in the notebook tell which of
its cells were changed, but not which are gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from lossland.handin.notebook import HandInError, Notebook, read

TABLE = "releases.json"
SAME = 0.5
"""A notebook belongs to a problem set when so large a part of its cells has names of the set."""


@dataclass(frozen=True)
class Release:
    """One released notebook: name → (role, checksum) of the cells that nbgrader knows."""

    assignment: str
    notebook: str
    sha256: str
    cells: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, assignment: str, notebook: Notebook) -> Release:
        cells = {cell.grade_id: (cell.role, cell.checksum) for cell in notebook.named}
        return cls(assignment, notebook.path.stem, notebook.sha256, cells)

    def to_json(self) -> dict[str, object]:
        return {"sha256": self.sha256, "cells": {n: list(known) for n, known in self.cells.items()}}


def known() -> list[Release]:
    """The course's own problem sets."""
    text = resources.files("lossland").joinpath("data", TABLE).read_text(encoding="utf-8")
    return [
        Release(
            assignment,
            notebook,
            entry["sha256"],
            {name: (role, checksum) for name, (role, checksum) in entry["cells"].items()},
        )
        for assignment, notebooks in json.loads(text).items()
        for notebook, entry in notebooks.items()
    ]


def below(folder: Path) -> list[Release]:
    """Released notebooks in ``folder`` and the folders in it: ASSIGNMENT/NOTEBOOK.ipynb."""
    if not folder.is_dir():
        raise HandInError(f"--release {folder}: there is no such folder")
    paths = sorted([*folder.glob("*.ipynb"), *folder.glob("*/*.ipynb")])
    if not paths:
        raise HandInError(f"--release {folder}: it holds no notebook")
    return [Release.of(path.absolute().parent.name, read(path)) for path in paths]


def table(folder: Path) -> str:
    """The text of the table for all released notebooks of a course."""
    found: dict[str, dict[str, object]] = {}
    for release in below(folder):
        found.setdefault(release.assignment, {})[release.notebook] = release.to_json()
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


def find(notebook: Notebook, releases: Iterable[Release]) -> Release | None:
    """The problem set that most of the notebook's cells belong to."""
    names = {cell.grade_id for cell in notebook.named}
    if not names:
        return None
    best, most = None, 0
    for release in releases:
        shared = len(names & set(release.cells))
        if shared > most:
            best, most = release, shared
    return best if best is not None and most >= SAME * min(len(names), len(best.cells)) else None
