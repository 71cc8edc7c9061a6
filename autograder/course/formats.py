"""Older notebooks and those of other languages: read as nbgrader would, or refused in one line."""

from __future__ import annotations

import logging
from typing import Any

from nbformat import NotebookNode
from nbgrader.nbgraderformat import SCHEMA_VERSION, MetadataValidator

PYTHON = ("python", "ipython", "pypy", "xpython")
# Kernels whose notebooks often do not name their language.
KERNELS = {
    "ir": "R", "xr": "R", "julia": "Julia", "java": "Java", "ijava": "Java", "rapaio": "Java",
    "bash": "Bash", "octave": "Octave", "matlab": "MATLAB", "sas": "SAS", "xcpp": "C++",
    "javascript": "JavaScript", "deno": "TypeScript", "scala": "Scala", "kotlin": "Kotlin",
    "ruby": "Ruby", "haskell": "Haskell", "ihaskell": "Haskell", "rust": "Rust", "sos": "SoS",
    "sagemath": "Sage", "stata": "Stata", "xsql": "SQL", "gophernotes": "Go", "ocaml": "OCaml",
}  # fmt: skip


def upgraded(notebook: NotebookNode) -> NotebookNode:
    """The notebook with nbgrader's metadata in the newest schema, as ``nbgrader update`` has it.

    Changed in place; ValueError for one that a newer nbgrader wrote.
    """
    validator = MetadataValidator()
    validator.log = _silent()
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader")
        if not isinstance(settings, dict):
            cell.metadata.pop("nbgrader", None)
            continue
        if settings.get("schema_version", 0) > SCHEMA_VERSION:
            raise ValueError(
                f"its cells have nbgrader's metadata schema {settings['schema_version']}, this "
                f"nbgrader reads {SCHEMA_VERSION}: install a newer nbgrader"
            )
        validator.upgrade_cell_metadata(cell)
        _named(cell)
    return notebook


def _named(cell: NotebookNode) -> None:
    """A task or answer that was switched off is an ordinary cell: nothing in it counts."""
    settings = cell.metadata.get("nbgrader")
    if settings is not None and not any(
        settings.get(key) for key in ("grade", "solution", "locked", "task")
    ):
        settings.pop("points", None)


def language_of(notebook: NotebookNode) -> str:
    """The language that the notebook's kernel runs; empty for Python, and where none is named."""
    metadata: dict[str, Any] = notebook.metadata
    kernel = metadata.get("kernelspec") or {}
    language = (metadata.get("language_info") or {}).get("name") or kernel.get("language") or ""
    if language:
        return "" if str(language).lower().startswith(PYTHON) else str(language)
    name = str(kernel.get("name", "")).lower()
    return KERNELS.get(name.partition("-")[0].rstrip("0123456789."), "")


def _silent() -> logging.Logger:
    log = logging.Logger("autograder.course.formats")
    log.addHandler(logging.NullHandler())
    return log
