"""What students get: everything they need, and nothing of the answers."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

from autograder.catalogue import load
from tests.solutions.releasing import release
from tools.common import ROOT

SETS = sorted(path.parent.name for path in ROOT.glob("solutions/*/*.ipynb"))
STUB = "# YOUR CODE HERE\n    raise NotImplementedError()"


def source_of(name: str) -> nbformat.NotebookNode:
    (path,) = (ROOT / "solutions" / name).glob("*.ipynb")
    return nbformat.read(path, as_version=4)


def answers_of(cell: nbformat.NotebookNode) -> list[str]:
    """The solution's and the hidden tests' lines of a cell that stand nowhere else in it."""
    hidden = re.findall(
        r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)\n\s*### END", cell.source, re.DOTALL
    )
    visible = re.sub(r"### BEGIN .*?### END \w+", "", cell.source, flags=re.DOTALL)
    lines = (line.strip() for block in hidden for line in block.splitlines())
    return [line for line in lines if len(line) > 12 and line not in visible]


@pytest.mark.parametrize("name", SETS)
def test_release_is_the_same_every_time(name: str, tmp_path: Path) -> None:
    """Do two releases in two courses agree byte for byte, and hold notebooks and data alone?"""
    one, two = (release(name, tmp_path / course) for course in ("one", "two"))
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    assert not [path for path in files if path.suffix == ".py"]
    for path in files:
        assert (one / path).read_bytes() == (two / path).read_bytes()


@pytest.mark.parametrize("name", SETS)
def test_release_holds_no_answer(name: str, tmp_path: Path) -> None:
    """Is every solution, hidden test, rubric and named mistake gone from what students get?"""
    (path,) = release(name, tmp_path).glob("*.ipynb")
    text = path.read_text(encoding="utf-8")
    released = "\n".join(cell.source for cell in nbformat.reads(text, as_version=4).cells)
    for trace in ("BEGIN", "Rubric", "autograder", "HIDDEN"):
        assert trace not in released
    for cell in source_of(name).cells:
        found = [line for line in answers_of(cell) if line in released]
        # A line may stand elsewhere on its own account, as the problem's text or another test.
        assert all(shown_elsewhere(name, line) for line in found)
    for entry in load(ROOT / "solutions" / name).mistakes:
        assert entry.text not in text


def shown_elsewhere(name: str, line: str) -> bool:
    """Whether the line belongs to what the source shows to everybody."""
    shown = (
        re.sub(r"### BEGIN .*?### END \w+", "", cell.source, flags=re.DOTALL)
        for cell in source_of(name).cells
    )
    return any(line in text for text in shown)


@pytest.mark.parametrize("name", SETS)
def test_release_is_ready_to_work_on(name: str, tmp_path: Path) -> None:
    """Has each function its signature, its docstring and a stub, and each text its place?"""
    (path,) = release(name, tmp_path).glob("*.ipynb")
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    for cell in source_of(name).cells:
        about = cell.metadata.get("nbgrader", {})
        if not about.get("solution"):
            continue
        got = cells[cell.id].source
        if cell.cell_type == "markdown":
            assert got == "YOUR ANSWER HERE"
            continue
        (function,) = ast.parse(got).body
        assert isinstance(function, ast.FunctionDef)
        assert ast.get_docstring(function)
        assert got.endswith(STUB)


@pytest.mark.parametrize("name", SETS)
def test_source_is_a_clean_notebook(name: str) -> None:
    """Is the source format 4.5, without outputs, with readable ids and nbgrader's metadata 3?"""
    notebook = source_of(name)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec == {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader")
        assert re.fullmatch(r"[a-z][a-z0-9-]+", cell.id)
        assert about is None or about.schema_version == 3
        assert about is None or about.grade_id == cell.id.replace("-", "_")
        assert cell.cell_type == "markdown" or (not cell.outputs and cell.execution_count is None)


@pytest.mark.parametrize("name", SETS)
def test_forbidden_imports_are_announced(name: str) -> None:
    """Does the notebook tell which modules it forbids, and use none of them itself?"""
    notebook = source_of(name)
    forbidden = notebook.metadata.get("lossland", {}).get("forbidden_imports", [])
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    code = "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
    for module in forbidden:
        assert f"`{module}`" in text
        assert module not in code
