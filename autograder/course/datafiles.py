"""Which files a source notebook reads, so that a missing one is told before anybody is graded.

What is missing costs the cells that read it; whether it does, the reference shows.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from autograder.course.cells import Notebook, grade_id
from autograder.course.directory import Course
from autograder.course.release import SourceNotebook
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
# What may make any file: unpacking, copying, other programs, another folder.
MAKERS = {"extract", "extractall", "unpack_archive", "urlopen", "chdir", "system", "rename"}
MAKING_MODULES = {"shutil", "subprocess", "requests", "urllib", "sqlite3", "tempfile"}
MAYBE = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef,
    ast.If, ast.IfExp, ast.For, ast.While, ast.Try, ast.TryStar, ast.Match,
)  # fmt: skip
_SHELL = re.compile(r"^[ \t]*(?:!|%%(?!time|capture)|%(?:run|cd|sx|system)\b)", re.MULTILINE)


def missing(course: Course, assignment: str, notebooks: list[SourceNotebook]) -> list[str]:
    """A line for each data file that a notebook reads and that students do not get."""
    there = set(course.data_files(assignment))
    folder = course.folder("source", ".", assignment)
    return [
        _told(course, folder / name, notebook.path.name, cell)
        for notebook in notebooks
        for name, cell in needed(notebook.source).items()
        if name not in there
    ]


def _told(course: Course, path: Path, notebook: str, cell: str) -> str:
    if path.is_file():
        return (
            f"{course.shown(path)}, which {notebook} reads in {cell}, never reaches students: "
            "take it out of CourseDirectory.ignore"
        )
    return f"{course.shown(path)} is missing: {notebook} reads it in {cell}; put it there"


def needed(notebook: Notebook) -> dict[str, str]:
    """Names of files that the notebook must find → the cell's name.

    Only what is read in plain sight and come what may: not inside a function, a condition or a
    ``try``, and not where anything in the notebook may have made the file.
    """
    read: dict[str, str] = {}
    made: set[str] = set()
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        if _SHELL.search(cell["source"]):
            break
        try:
            tree = ast.parse(plain_python(cell["source"]))
        except (SyntaxError, ValueError):
            continue
        always = set(map(id, _always(tree)))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        if any(_may_make_files(call) for call in calls):
            break
        for call in calls:
            name, writes = _file(call)
            if writes:
                made.update(_names_written(call))
            elif id(call) in always and _is_beside(name):
                read.setdefault(name, f"cell {grade_id(cell) or number}")
    return {name: cell for name, cell in read.items() if name not in made}


def _always(tree: ast.AST) -> Iterator[ast.AST]:
    """Everything that runs come what may."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, MAYBE) or (isinstance(node, ast.With) and _suppresses(node)):
            continue
        yield node
        yield from _always(node)


def _suppresses(node: ast.With) -> bool:
    calls = (item.context_expr for item in node.items)
    return any(isinstance(call, ast.Call) and _called(call) == "suppress" for call in calls)


def _called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _may_make_files(call: ast.Call) -> bool:
    owner = call.func
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    module = owner.id if isinstance(owner, ast.Name) and owner is not call.func else ""
    return module in MAKING_MODULES or _called(call) in MAKERS


def _file(call: ast.Call) -> tuple[str, bool]:
    """The file's name, empty when it is not in plain sight, and whether it is written."""
    called = _called(call)
    if called in WRITERS:
        return "", True
    if called not in READERS:
        return "", False
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    on_path = isinstance(owner, ast.Call)  # Path("data.csv").read_text()
    name = _literal(owner) if isinstance(owner, ast.Call) else _literal(call)
    writes = called == "open" and _to_write(call, call.args if on_path else call.args[1:])
    return os.path.normpath(name) if name else "", writes


def _names_written(call: ast.Call) -> Iterator[str]:
    """Every name that a writing call mentions; NumPy adds its ending to some."""
    for node in ast.walk(call):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = os.path.normpath(node.value)
            yield from (name, f"{name}.npy", f"{name}.npz")


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
