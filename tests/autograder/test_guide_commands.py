"""The instructor's guide from its first command to its last, in a copy of the course."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder import cli
from tests.autograder.classroom import cell, notebook
from tools.common import ROOT

pytestmark = pytest.mark.slow

GUIDE = (ROOT / "book" / "instructors.md").read_text("utf8")
COMMANDS = re.findall(r"^\$ (.*)$", GUIDE, re.MULTILINE)
CODE = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)

(DEADLINES,) = re.findall(r"^```text\n(assignment,.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
HUB = ("/opt/hub", "npm install", "pip install", "ngshare-course-management")
"""A JupyterHub needs programs that are not installed here: test_hub.py tries it where they are."""
BY_HAND = {
    "git clone ADDRESS lossland",
    "cd lossland",
    "make",
    ". .venv/bin/activate",
    "jupyter lab",
    "jupyter lab assignments/10-polyak/polyak.ipynb",
}
"""What starts a build of all, or a program with windows, which test_classroom_browser.py clicks."""
TRIED_ELSEWHERE = ("compare", "deadlines", "collect", "return")
"""Commands of the grader that have files of tests of their own."""


@pytest.fixture
def course(place: Path) -> Path:
    """The course with the problem set that the guide has written so far, and no other."""
    root = place / "lossland"
    for name in ("autograder", "lossland", "tools"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "_course").mkdir()
    (root / "assignments").mkdir()
    folder = root / "solutions" / "10-polyak"
    folder.mkdir(parents=True)
    _, imports, answer, tests, mistakes, alternatives = CODE[:6]
    points = {"grade": True, "locked": True, "points": 2}
    made = notebook(
        cell("code", imports.rstrip(), "imports", locked=True),
        cell("code", answer.rstrip(), "polyak_lr", solution=True),
        cell("code", tests.rstrip(), "test_polyak_lr", **points),
    )
    nbformat.write(nbformat.from_dict(made), folder / "polyak.ipynb")
    (root / "deadlines.csv").write_text(DEADLINES)
    (folder / "mistakes.py").write_text(mistakes)
    (folder / "alternatives.py").write_text(alternatives)
    return root


def test_every_line_works(place: Path, course: Path) -> None:
    """Do all commands of the guide, one after the other in one shell, do what it says?"""
    elsewhere = re.compile(rf"autograder ({'|'.join(TRIED_ELSEWHERE)}) ")
    lines = [line for line in COMMANDS if line not in BY_HAND and not elsewhere.search(line)]
    lines = [line for line in lines if not any(part in line for part in HUB)]
    assert len(lines) > 15
    script = "\n".join(lines).replace("/srv/nbgrader", f"{place}/srv")
    script = script.replace("/etc/jupyter", f"{place}/etc")
    (place / "home").mkdir()
    done = subprocess.run(
        ["bash", "-c", f"set -eux\n{script}\n"],
        cwd=course,
        env={
            **os.environ,
            "HOME": str(place / "home"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "JUPYTER_CONFIG_PATH": f"{place}/etc",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    said = done.stdout
    assert done.returncode == 0, said
    for line in (
        "4 entries, 0 of them near a tolerance",
        "assignments/10-polyak: made from solutions/10-polyak",
        "10-polyak: not released yet: nbgrader release_assignment 10-polyak",
        "10-polyak: 1 graded, 0 not graded",
        "10-polyak: class report in",
    ):
        assert line in said, said
    (page,) = (place / "srv" / "exchange" / "lossland" / "feedback").glob("*.html")
    assert "0 / 2" in re.sub("<[^>]*>", "", page.read_text("utf8"))
    assert "polyak" in (course / "grades.csv").read_text("utf8")
    assert (course / "lossland-2027.tar.gz").is_file()


@pytest.mark.parametrize("name", TRIED_ELSEWHERE)
def test_the_grader_has_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Does the grader take the line that the guide shows?"""
    (line,) = (line for line in COMMANDS if f"python -m autograder {name} " in line)
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    if not re.search(rf"^ +{name}\b", capsys.readouterr().out, re.MULTILINE):
        pytest.skip(f"this grader has no command `{name}` yet")
    options = cli._parser().parse_args(line.split()[3:])
    assert callable(options.run)
