"""Every package that is imported is declared with its reason, and pinned."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN = {"lossland", "autograder", "tools", "tests", "lossland_book"}
# Where code may use which extras; the plain dependencies are everybody's.
EXTRAS: dict[str, tuple[str, ...]] = {
    "lossland": (),
    "autograder": ("grader", "dask"),
    "book/_ext": ("book",),
    "solutions": ("grader",),
    "tools": ("grader", "book", "test", "build"),
    "tests": ("grader", "book", "test"),
}
# Imported by name at run time, where no import statement says so.
BY_NAME = {"autograder": {"matplotlib_inline": "autograder/sandbox/warm.py"}}
# Run once, in an environment of its own that the file names: no part of the project needs it.
# Or a library of a course's own, which these files import where a value of it has arrived.
APART = {
    "torch": "tools/record_trajectories.py",
    "pandas": "autograder/kinds/tables.py",
    "scipy": "autograder/kinds/sparse.py",
}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def project() -> dict[str, list[str]]:
    """Extra → its requirements; "" for the plain ones, "build" for what makes the wheel."""
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    data = whole["project"]
    build = whole["build-system"]["requires"]
    return {"": data["dependencies"], **data["optional-dependencies"], "build": build}


def declared(*extras: str) -> set[str]:
    lines = [line for extra in ("", *extras) for line in project()[extra]]
    return {canonical(re.match(r"[\w.-]+", line).group()) for line in lines}  # type: ignore[union-attr]


def imports(path: Path) -> Iterator[str]:
    """Top-level names of the modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("place", EXTRAS)
def test_every_import_is_declared(place: str) -> None:
    """Is no package used that comes only because another one needs it?"""
    used = dict(BY_NAME.get(place, {}))
    for path in sorted((ROOT / place).rglob("*.py")):
        if "redteam" not in path.parts:  # attacks import what they like
            used |= {name: str(path.relative_to(ROOT)) for name in imports(path)}
    known = packages_distributions()
    allowed = declared(*EXTRAS[place])
    missing = {
        name: file
        for name, file in used.items()
        if name not in OWN
        and APART.get(name) != file
        and name not in sys.stdlib_module_names
        and not allowed & {canonical(each) for each in known.get(name, [name])}
    }
    assert missing == {}


def test_every_dependency_has_its_reason() -> None:
    """Does a comment follow each package of the course and of the grader?"""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    obvious = {"pytest", "ruff", "mypy"}
    for lines in project().values():
        for line in lines:
            name = re.split(r"[<>=]", line)[0]
            assert name in obvious or re.search(rf'"{re.escape(line)}",\s+# \w', text), line


def test_every_dependency_is_pinned() -> None:
    """Has requirements.txt one version of each?"""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = {canonical(line.partition("==")[0]) for line in lines if "==" in line}
    assert declared(*project()) - pinned == set()
