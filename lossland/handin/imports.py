"""Modules and files that are here and may not be where the notebook is graded."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata

from lossland.handin.notebook import Cell, Notebook, parsed

# What the grader has is what the library brings, and these when it was not installed as a package.
USUAL = ("numpy", "matplotlib", "anywidget", "ipywidgets", "traitlets", "ipython")
ABSOLUTE = re.compile(r"(?:/(?:[\w .-]+/)+[\w .-]+|~[\w-]*/.+|[A-Za-z]:[\\/].+|\\\\\w.+)")
SYSTEM = ("/dev/", "/proc/")
REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def imports(notebook: Notebook) -> Iterator[str]:
    """A line for each module that the grader forbids or may not have."""
    told: set[str] = set()
    given = {name for cell in notebook.code if cell.role for name, _ in _own(cell)}
    for cell in notebook.code:
        for module, _ in _modules(cell):
            top = module.partition(".")[0]
            barred = [n for n in notebook.forbidden if module == n or module.startswith(f"{n}.")]
            if barred and barred[0] not in told:
                told.add(barred[0])
                yield (
                    f"{cell.name} imports {barred[0]}, which holds answers to this problem set: the"
                    " grader blocks it, write the code yourself"
                )
            elif (
                barred or top in told or top in given or _is_there(top) or _is_beside(notebook, top)
            ):
                continue
            else:
                told.add(top)
                yield (
                    f"{cell.name} imports {top}, which is not among the course's packages: the"
                    " grader may not have it; ask your instructor or do without"
                )


def _own(cell: Cell) -> list[tuple[str, int]]:
    """Imports of a cell that is as the instructor wrote it."""
    if cell.role == "answer" or not cell.is_as_released:
        return []
    return [(module.partition(".")[0], line) for module, line in _modules(cell)]


def _modules(cell: Cell) -> Iterator[tuple[str, int]]:
    """Modules that a cell imports; of ``from a import b`` both ``a`` and ``a.b``."""
    for node in ast.walk(parsed(cell.source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def local_modules(notebook: Notebook) -> list[str]:
    """Modules of the student's own: files beside the notebook that its cells import."""
    tops = {module.partition(".")[0] for cell in notebook.code for module, _ in _modules(cell)}
    return sorted(f"{top}.py" for top in tops if _is_beside(notebook, top))


def _is_beside(notebook: Notebook, top: str) -> bool:
    return (notebook.path.absolute().parent / f"{top}.py").is_file()


def _is_there(top: str) -> bool:
    return top in sys.stdlib_module_names or top in _brought()


@cache
def _brought() -> frozenset[str]:
    """Top-level modules of the packages that installing the library brings."""
    wanted, seen = ["lossland", *USUAL], set()
    while wanted:
        name = _canonical(wanted.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            lines = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        for line in lines:
            found = REQUIREMENT.match(line)
            if found is not None and "extra ==" not in line:
                wanted.append(found[0])
    modules = {
        module
        for module, packages in metadata.packages_distributions().items()
        if any(_canonical(package) in seen for package in packages)
    }
    return frozenset(modules | {"lossland", "numpy", "matplotlib", "mpl_toolkits", "IPython"})


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def paths(notebook: Notebook) -> Iterator[str]:
    """A line for each file that is named by its place on this machine."""
    for cell in notebook.code:
        if cell.role in ("test", "locked"):
            continue
        for node in ast.walk(parsed(cell.source)):
            if not isinstance(node, ast.Call):
                continue
            for argument in [*node.args, *(word.value for word in node.keywords)]:
                if (
                    isinstance(argument, ast.Constant)
                    and isinstance(argument.value, str)
                    and ABSOLUTE.fullmatch(argument.value)
                    and not argument.value.startswith(SYSTEM)
                ):
                    yield (
                        f"{cell.name}, line {argument.lineno}: {argument.value!r} lies on this"
                        " machine alone: put the file beside the notebook and use its name"
                    )
