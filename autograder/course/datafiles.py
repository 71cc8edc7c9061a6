"""Which files a source notebook reads, so that a missing one is told before anybody is graded."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator

from autograder.course.cells import Notebook, grade_id
from autograder.course.directory import Course
from autograder.course.release import SourceNotebook
from autograder.errors import CourseError
from autograder.repair.slots import plain_python

READERS = {
    "open", "load", "loadtxt", "genfromtxt", "fromfile", "memmap", "imread",
    "read_csv", "read_json", "read_excel", "read_parquet", "read_text", "read_bytes",
}  # fmt: skip
MODES = set("wax+")
WRITERS = {
    "save", "savez", "savez_compressed", "savetxt", "savefig", "tofile",
    "to_csv", "to_json", "write_text", "write_bytes", "urlretrieve",
}  # fmt: skip


def check(course: Course, assignment: str, notebooks: list[SourceNotebook]) -> None:
    """Raises CourseError for the first data file that a notebook reads and that is not there."""
    there = set(course.data_files(assignment))
    folder = course.folder("source", ".", assignment)
    for notebook in notebooks:
        for name, cell in needed(notebook.source).items():
            if name in there:
                continue
            if (folder / name).is_file():
                raise CourseError(
                    f"{name}, which {notebook.path.name} reads in {cell}, never reaches students: "
                    "take it out of CourseDirectory.ignore"
                )
            raise CourseError(
                f"{course.shown(folder / name)} is missing: {notebook.path.name} reads it in "
                f"{cell}; put it there"
            )


def needed(notebook: Notebook) -> dict[str, str]:
    """Relative names that the notebook's code reads and does not write → the cell's name."""
    read: dict[str, str] = {}
    written: set[str] = set()
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        try:
            tree = ast.parse(plain_python(cell["source"]))
        except (SyntaxError, ValueError):
            continue
        for name, writes in _files(tree):
            if writes:
                written.add(name)
            elif _is_beside(name):
                read.setdefault(name, f"cell {grade_id(cell) or number}")
    return {name: cell for name, cell in read.items() if name not in written}


def _files(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """(file name, is it written?) of every call that says so in plain sight."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        called = function.attr if isinstance(function, ast.Attribute) else ""
        called = function.id if isinstance(function, ast.Name) else called
        if called not in READERS | WRITERS:
            continue
        owner = function.value if isinstance(function, ast.Attribute) else None
        on_path = isinstance(owner, ast.Call)  # Path("data.csv").read_text()
        name = _literal(owner) if isinstance(owner, ast.Call) else _literal(node)
        if name is not None:
            rest = node.args if on_path else node.args[1:]
            writes = called in WRITERS or (called == "open" and _to_write(node, rest))
            yield os.path.normpath(name), writes


def _literal(call: ast.Call) -> str | None:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value
    return None


def _to_write(call: ast.Call, rest: list[ast.expr]) -> bool:
    modes = [*rest[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    return any(
        isinstance(mode, ast.Constant) and isinstance(mode.value, str) and set(mode.value) & MODES
        for mode in modes
    )


def _is_beside(name: str) -> bool:
    return "." in name and ":/" not in name and not name.startswith(("/", "~", ".."))
