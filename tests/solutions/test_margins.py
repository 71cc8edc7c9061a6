"""The margins tool: does it see a test that tells right from wrong wrongly, or nearly so?"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.autograder.classroom import cell, notebook
from tools import margins
from tools.common import ToolError

TEST = """assert abs(twice(1.0) - 2.0) < 1e-6
### BEGIN HIDDEN TESTS
from autograder.checks import agrees
agrees("twice", twice, {0}, returns=("number",), given="a number")
### END HIDDEN TESTS"""
ENTRIES = """from autograder.catalogue import alternative, mistake

@{0}("twice", "a text")
def written(x):
    return {1}
"""


def measure(folder: Path, entries: dict[str, str], given: str = "3.0", own: str = "2 * x") -> str:
    """What the tool prints of one problem set, {kind: the body of its entry}."""
    folder.mkdir()
    made = notebook(
        cell("code", f"def twice(x):\n    return {own}", "twice", solution=True),
        cell("code", TEST.format(given), "test_twice", grade=True, locked=True, points=1),
    )
    (folder / "twice.ipynb").write_text(json.dumps(made))
    for kind, body in entries.items():
        (folder / f"{kind}s.py").write_text(ENTRIES.format(kind, body))
    return "\n".join(map(str, margins.margins(folder)))


def test_far_on_both_sides(tmp_path: Path) -> None:
    """Do a clear mistake and a right answer get no arrow?"""
    said = measure(tmp_path / "set", {"mistake": "3 * x", "alternative": "x + x"})
    assert said.splitlines() == [
        "mistake      written                              fails, 5e+09 tolerances",
        "alternative  written                              passes, 0 tolerances",
    ]


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("mistake", "2 * x * (1 + 2e-10)", "near a tolerance"),
        ("mistake", "x + 3.0", "the tests are wrong"),  # the hidden input is 3
        ("alternative", "2 * x * (1 + 2e-11)", "near a tolerance"),
        ("alternative", "[2 * x]", "the tests are wrong"),
    ],
)
def test_arrows(tmp_path: Path, kind: str, body: str, told: str) -> None:
    """Is what is unjust, or will be one day, marked?"""
    assert measure(tmp_path / "set", {kind: body}).endswith(f"<-- {told}")


def test_own_solution_that_fails(tmp_path: Path) -> None:
    """Is the test named that the author's own answer fails?"""
    with pytest.raises(ToolError, match="own solution fails test_twice"):
        measure(tmp_path / "set", {"mistake": "x"}, own="x")


def test_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Does the command fail where a mistake gets all points, and for no problem set?"""
    (tmp_path / "solutions").mkdir()
    measure(tmp_path / "solutions" / "x", {"mistake": "x + 3.0"})
    monkeypatch.setattr(margins, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["margins", "x"])
    with pytest.raises(ToolError, match="do not tell right from wrong: written"):
        margins.main()
    assert "1 entries" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["margins", "y"])
    with pytest.raises(ToolError, match="must be a folder with one notebook"):
        margins.main()
