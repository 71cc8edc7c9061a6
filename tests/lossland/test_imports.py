"""Imports go one way: autograder → lossland, and lossland → nothing of the project."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = {"lossland", "autograder", "book", "solutions", "assignments", "tools", "tests"}


def imported(file: Path) -> Iterator[str]:
    """Names of the top-level packages that a Python file imports anywhere in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def files(package: str) -> list[Path]:
    """Every Python file of a package."""
    found = sorted((ROOT / package).rglob("*.py"))
    assert found, f"no Python file in {package}"
    return found


@pytest.mark.parametrize(
    ("package", "allowed"), [("lossland", set()), ("autograder", {"lossland"})]
)
def test_imports_go_one_way(package: str, allowed: set[str]) -> None:
    """Does the package import only itself and what lies below it?"""
    wrong = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in files(package)
        for name in set(imported(file)) & PROJECT - allowed - {package}
    }
    assert not wrong


def test_students_need_no_more_than_the_declared_dependencies() -> None:
    """Does lossland import only the standard library and what installing it brings?"""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[^A-Za-z0-9_-]", text)[0] for text in project["dependencies"]}
    allowed = declared | sys.stdlib_module_names | {"lossland"}
    wrong = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in files("lossland")
        for name in {name.lower() for name in imported(file)} - allowed
    }
    assert not wrong


def test_the_library_loads_without_matplotlib() -> None:
    """Does everything but the figures load without the plotting library?"""
    modules = ["optimizers", "losses", "surfaces", "theory", "datasets", "gradcheck", "experiment"]
    code = ";".join(
        [
            *(f"import lossland.{name}" for name in modules),
            "import sys",
            "print('matplotlib' in sys.modules)",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
