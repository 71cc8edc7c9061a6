"""A small nbgrader course in a temporary folder, with students who hand in what a test says."""

from __future__ import annotations

import copy
import json
import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from autograder.batch.workers import ExecutorPool
from autograder.course.directory import Course
from autograder.judge import ReferenceReport
from autograder.verdict import CellOutput, Evidence, SubmissionVerdict, TestVerdict

Notebook = dict[str, Any]
SLOPE = "def slope(x):\n    return 2 * x"
HEIGHT = "def height(x):\n    return x * x"
WORDS = "Because it is round."
HIDDEN = "### BEGIN HIDDEN TESTS\nassert {0}, 'a hidden reason'\n### END HIDDEN TESTS"
CONFIG = """c = get_config()
c.CourseDirectory.course_id = "hills"
from autograder.configuration import configure
configure(c)
"""


def cell(kind: str, source: str, grade_id: str = "", **settings: Any) -> dict[str, Any]:
    """One notebook cell; with a ``grade_id`` it is one of nbgrader's."""
    made: dict[str, Any] = {
        "id": f"id-{grade_id or abs(hash(source)) % 10**8}",
        "cell_type": kind,
        "metadata": {},
        "source": source,
    }
    if kind == "code":
        made |= {"outputs": [], "execution_count": None}
    if grade_id:
        base = {"grade": False, "locked": False, "solution": False, "task": False}
        made["metadata"]["nbgrader"] = {
            **base, "grade_id": grade_id, "schema_version": 3, **settings
        }  # fmt: skip
    return made


def notebook(*cells: dict[str, Any]) -> Notebook:
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "cells": list(cells),
    }


def source_notebook() -> Notebook:
    """Two functions to write and a sentence; 2 + 3 points by test, 2 by hand."""
    return notebook(
        cell("markdown", "# Hills"),
        cell("code", "import math", "given", locked=True),
        cell("markdown", "## 1 · Slope"),
        cell(
            "code",
            "def slope(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
            "slope",
            solution=True,
        ),
        cell(
            "code",
            "assert slope(1) == 2\n" + HIDDEN.format("slope(31) == 62"),
            "test_slope", grade=True, locked=True, points=2,
        ),
        cell("markdown", "## 2 · Height"),
        cell("code", HEIGHT, "height", solution=True),
        cell(
            "code", HIDDEN.format("height(41) == 1681"),
            "test_height", grade=True, locked=True, points=3,
        ),
        cell("markdown", "## 3 · In words"),
        cell("markdown", "It is.", "words", grade=True, solution=True, points=2),
    )  # fmt: skip


def handed_in(slope: str = SLOPE, height: str = HEIGHT, words: str = WORDS) -> Notebook:
    """The notebook as a student hands it in: hidden tests are gone, answers written."""
    made = source_notebook()
    for each in made["cells"]:
        name = each["metadata"].get("nbgrader", {}).get("grade_id")
        lines = each["source"].split("\n")
        if name in {"test_slope", "test_height"}:
            each["source"] = "\n".join(lines[: lines.index("### BEGIN HIDDEN TESTS")])
        answer = {"slope": slope, "height": height, "words": words}.get(name)
        if answer is not None:
            each["source"] = answer
    return made


def find(made: Notebook, name: str) -> int:
    """Place of the cell with this grade_id."""
    return next(
        i
        for i, each in enumerate(made["cells"])
        if each["metadata"].get("nbgrader", {}).get("grade_id") == name
    )


def changed(made: Notebook, name: str, **parts: Any) -> Notebook:
    """A copy with parts of one cell replaced."""
    made = copy.deepcopy(made)
    made["cells"][find(made, name)] |= parts
    return made


@cache
def empty_gradebook() -> bytes:
    """nbgrader's database as nbgrader makes it; that takes seconds, so it is made once."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "nbgrader_config.py").write_text(CONFIG)
        with Course.load(Path(folder)).gradebook():
            pass
        return (Path(folder) / "gradebook.db").read_bytes()


class Classroom:
    """The course's folder; assignment ``ps1`` with the notebook ``hills``."""

    def __init__(self, root: Path, source: Notebook | None = None, config: str = CONFIG) -> None:
        self.root = root
        (root / "source" / "ps1").mkdir(parents=True, exist_ok=True)
        (root / "nbgrader_config.py").write_text(config)
        (root / "gradebook.db").write_bytes(empty_gradebook())
        self.release_source(source or source_notebook())

    def release_source(self, source: Notebook) -> None:
        (self.root / "source" / "ps1" / "hills.ipynb").write_text(json.dumps(source))

    def course(self) -> Course:
        return Course.load(self.root)

    def folder(self, student: str) -> Path:
        folder = self.root / "submitted" / student / "ps1"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def hand_in(
        self, student: str, made: Notebook | bytes | None = None, name: str = "hills.ipynb"
    ) -> Path:
        data = made if isinstance(made, bytes) else json.dumps(made or handed_in()).encode()
        path = self.folder(student) / name
        path.write_bytes(data)
        return path

    def rows(self) -> dict[tuple[str, str], tuple[Any, ...]]:
        """(student, cell) → (auto, manual, waits) of every grade in the gradebook."""
        with sqlite3.connect(self.root / "gradebook.db") as database:
            found = database.execute(
                "select s.student_id, b.name, g.auto_score, g.manual_score, g.needs_manual_grade"
                " from grade g join base_cell b on b.id = g.cell_id"
                " join submitted_notebook n on n.id = g.notebook_id"
                " join submitted_assignment s on s.id = n.assignment_id"
            ).fetchall()
        database.close()
        return {(row[0], row[1]): row[2:] for row in found}

    def comments(self) -> dict[tuple[str, str], str | None]:
        with sqlite3.connect(self.root / "gradebook.db") as database:
            found = database.execute(
                "select s.student_id, b.name, c.auto_comment"
                " from comment c join base_cell b on b.id = c.cell_id"
                " join submitted_notebook n on n.id = c.notebook_id"
                " join submitted_assignment s on s.id = n.assignment_id"
            ).fetchall()
        database.close()
        return {(row[0], row[1]): row[2] for row in found}


def threads(workers: int) -> ExecutorPool:
    """Workers that share this process, for tests with a stand-in for the judge."""
    return ExecutorPool(ThreadPoolExecutor(workers))


class StandIn:
    """Judges by comparing texts: quick, and it counts what it was asked to do."""

    def __init__(self) -> None:
        self.judged: list[str] = []
        self.examined = 0
        self.report = ReferenceReport()
        self.submissions: list[Notebook] = []
        self.inside = False  # does it say that tests ran in the student's process?

    def examine_reference(self, source: Any, **_: Any) -> ReferenceReport:
        self.examined += 1
        return self.report

    def grade(self, source: Any, submission: Any, *, student: str, **_: Any) -> SubmissionVerdict:
        self.judged.append(student)
        self.submissions.append(submission)
        texts = {
            each["metadata"].get("nbgrader", {}).get("grade_id"): each["source"]
            for each in submission["cells"]
        }
        right = {"test_slope": texts["slope"] == SLOPE, "test_height": texts["height"] == HEIGHT}
        points = {"test_slope": 2.0, "test_height": 3.0}
        tests = {
            name: TestVerdict(name, points[name], points[name], "passed", inside=self.inside)
            if passed
            else TestVerdict(
                name, 0.0, points[name], "failed", "slope(…) is not what `2 * x` gives.",
                "The factor 2 is missing.",
                (Evidence("Your heights", (9.0, 4.0, 2.0), (9.0, 3.0, 1.0), (9.1, 3.1, 1.1)),),
                0.25,
            )
            for name, passed in right.items()
        }  # fmt: skip
        outputs = (CellOutput(3, "printed\n", "Traceback:\nValueError: <b>no</b>"),)
        return SubmissionVerdict(student, "graded", "", tests, (), outputs, 0.5)
