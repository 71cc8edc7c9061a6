"""IPython's magics in the instructor's cells: some run their body, some do nothing.

A magic that swallowed a test's body would let the test pass without having run. So a test cell
may hold only magics that this module knows; ``why_not_run`` names the first it does not.
"""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

RUNNING_CELLS = re.compile(r"%%(time|timeit|capture|prun)\b(?P<rest>.*)")
"""Cell magics whose body is run, once, as if they were not there."""
RUNNING_LINES = frozenset({"time", "timeit", "prun"})
HARMLESS_LINES = frozenset({
    "matplotlib", "config", "load_ext", "reload_ext", "autoreload", "precision", "pylab",
    "autosave", "colors", "pdb", "xmode", "pprint", "automagic",
})  # fmt: skip
LOOKING_LINES = frozenset({"who", "whos", "who_ls"})
"""Line magics that tell the names of the notebook."""
_OPTIONS = re.compile(r"(\s*-[a-zA-Z]\w*(\s+\d+)?)*\s*")
_MAGIC_MARKS = {"run_cell_magic": "%%", "run_line_magic": "%"}


def as_python(source: str) -> str:
    """The cell as plain Python; the numbers of its lines stay as they are.

    The body of a magic such as ``%%time`` is an ordinary part of the cell.
    """
    lines = source.split("\n")
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        magic = RUNNING_CELLS.match(line)
        if magic is None:
            break
        # What follows %%timeit and its options is a statement that prepares the body.
        prepares = magic[1] == "timeit"
        lines[number] = _OPTIONS.sub("", magic["rest"], count=1) if prepares else ""
    skipped = next((n for n, line in enumerate(lines) if line.strip()), 0)
    # IPython itself drops empty lines at the start.
    python: str = TransformerManager().transform_cell("\n".join(lines[skipped:]))
    return "\n" * skipped + python


def parsed(source: str, filename: str) -> ast.Module:
    """The syntax tree of a cell in which ``%time x = f(1)`` is ``x = f(1)``."""
    tree = ast.parse(as_python(source), filename)
    _LineMagics().visit(tree)  # in place: a module stays a module
    return ast.fix_missing_locations(tree)


class _LineMagics(ast.NodeTransformer):
    """Puts the code behind ``%time`` and its like in the place of the call that would run it."""

    def visit_Expr(self, node: ast.Expr) -> Any:
        code = _timed(node.value)
        if code is None:
            return self.generic_visit(node)
        return [_moved(statement, node) for statement in ast.parse(code).body]

    def visit_Call(self, node: ast.Call) -> Any:
        code = _timed(node)
        if code is None:
            return self.generic_visit(node)
        return _moved(ast.parse(code, mode="eval").body, node)


def _moved(tree: Any, to: ast.AST) -> Any:
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            ast.copy_location(node, to)
    return tree


def _timed(node: ast.AST) -> str | None:
    """The code that a ``%time`` runs; None for anything else."""
    call = _shell_call(node)
    if call is None or call[0] != "run_line_magic" or call[1] not in RUNNING_LINES:
        return None
    return _OPTIONS.sub("", call[2], count=1)


def _shell_call(node: ast.AST) -> tuple[str, str, str] | None:
    """(method, first, second argument) of a call of a ``get_ipython()`` method."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    owner = node.func.value
    if not (isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name)):
        return None
    if owner.func.id != "get_ipython":
        return None
    texts = [a.value if isinstance(a, ast.Constant) else "…" for a in node.args[:2]]
    first, second = [*map(str, texts), "", ""][:2]
    return node.func.attr, first, second


def why_not_run(tree: ast.Module) -> str:
    """Why a test cell would give points without having tested; empty where it tests."""
    for node in ast.walk(tree):
        call = _shell_call(node)
        if call is None or (
            call[0] == "run_line_magic" and call[1] in HARMLESS_LINES | LOOKING_LINES
        ):
            continue
        method, name, _ = call
        if method not in _MAGIC_MARKS:
            return "a shell command cannot be run where tests are judged"
        return f"`{_MAGIC_MARKS[method]}{name}` cannot be run where tests are judged"
    statements = [s for s in tree.body if not _is_text(s)]
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    only_defines = all(
        isinstance(s, (*definitions, ast.Import, ast.ImportFrom)) for s in statements
    )
    if only_defines and any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
        return "it defines functions with asserts and calls none of them"
    return ""


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


_SHELLS = ("In", "Out", "get_ipython", "display", "reference", "exit", "quit")


class MagicNotRun(BaseException):
    """A test called for a magic while it ran; its text names it. No ``except Exception``."""


class JudgeShell:
    """Stands for ``get_ipython()``: what a given cell needs of it, nothing else.

    ``names`` are the cell's globals. ``%run`` and ``%%writefile`` work, in the judge's own copy
    of the data; in a test (``strict``) what is not known raises, elsewhere it does nothing.
    """

    def __init__(self, names: MutableMapping[str, Any]) -> None:
        self.user_ns = names
        self.strict = False

    def __call__(self) -> JudgeShell:
        return self

    def run_line_magic(self, name: str, line: str, *_: object, **__: object) -> Any:
        if name == "run":
            self._run(line.split(maxsplit=1)[0])
        elif name in LOOKING_LINES:
            return self._looked(name)
        elif name not in HARMLESS_LINES:
            self._unknown(f"%{name}")
        return None

    def _looked(self, magic: str) -> list[str] | None:
        """The names of the notebook, told or printed."""
        names = sorted(n for n in self.user_ns if not n.startswith("_") and n not in _SHELLS)
        if magic == "who_ls":
            return names
        print("\t ".join(names))
        return None

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        if name in ("writefile", "file"):
            append, _, path = line.strip().rpartition(" ")
            with open(path.strip("\"'"), "a" if "-a" in append else "w", encoding="utf-8") as file:
                file.write(cell)
        else:
            self._unknown(f"%%{name}")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: self._unknown(f"get_ipython().{name}")

    def _run(self, path: str) -> None:
        file = Path(path if path.endswith(".py") else f"{path}.py")
        found = runpy.run_path(str(file), run_name="__main__")
        self.user_ns.update({n: value for n, value in found.items() if not n.startswith("__")})

    def _unknown(self, magic: str) -> None:
        if self.strict:
            raise MagicNotRun(f"`{magic}` cannot be run where tests are judged")


def unseen(*_: object, **__: object) -> None:
    """Stands for IPython's ``display``: nobody looks."""
