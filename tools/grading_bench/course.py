"""Course folders for benchmarks: an assignment is released, and a class hands in its work."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.common import ToolError

Notebook = dict[str, Any]
Scores = dict[tuple[str, str], float | None]

CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "benchmark"\n'
STUB = "    # YOUR CODE HERE\n    raise NotImplementedError()"


@dataclass(frozen=True)
class Kind:
    """One kind of submission: answers by cell, None for one that is left as it was released.

    ``loses`` are the test cells that give no points.
    """

    name: str
    answers: Mapping[str, str | None]
    loses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Template:
    """An assignment, its data files and the kinds of submissions, of which a class is a mixture."""

    assignment: str
    source: Callable[[], Notebook]
    files: Callable[[], Mapping[str, bytes]]
    kinds: tuple[Kind, ...]


# Notebooks ------------------------------------------------------------------------------------


def cell(kind: str, source: str, grade_id: str = "", **settings: Any) -> dict[str, Any]:
    """A notebook cell; one of nbgrader's where it has a ``grade_id``."""
    made: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    if kind == "code":
        made |= {"outputs": [], "execution_count": None}
    if grade_id:
        base = {"grade": False, "locked": False, "solution": False, "task": False}
        about = {**base, "grade_id": grade_id, "schema_version": 3, **settings}
        made["metadata"]["nbgrader"] = about
    return made


def notebook(*cells: dict[str, Any]) -> Notebook:
    """A notebook of these cells, each with an id."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "cells": [{"id": f"cell-{number}", **each} for number, each in enumerate(cells)],
    }


def given(source: str, grade_id: str) -> dict[str, Any]:
    """A locked cell without points."""
    return cell("code", source, grade_id, locked=True)


def solution(head: str, body: str, grade_id: str) -> dict[str, Any]:
    """A function of which the body is the student's to write."""
    marked = f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
    return cell("code", marked, grade_id, solution=True)


def check(visible: str, hidden: str, grade_id: str, points: float) -> dict[str, Any]:
    """A test cell with visible and hidden lines."""
    lines = f"{visible}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
    return cell("code", lines, grade_id, grade=True, locked=True, points=points)


# The folder -----------------------------------------------------------------------------------


def prepare(root: Path, template: Template) -> None:
    """A course folder with one released assignment, nobody's submission in it."""
    source = root / "source" / template.assignment
    source.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG, "utf8")
    (source / f"{template.assignment}.ipynb").write_text(json.dumps(template.source()), "utf8")
    for name, data in template.files().items():
        (source / name).write_bytes(data)
    release = [sys.executable, "-m", "nbgrader", "generate_assignment", template.assignment]
    made = subprocess.run(
        release, cwd=root, env=environment(), capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise ToolError(f"nbgrader did not release the assignment: {made.stderr.strip()[-300:]}")


def environment() -> dict[str, str]:
    """Variables under which nbgrader finds its own tools, and NumPy keeps to one processor."""
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def hand_in(root: Path, template: Template, number: int) -> dict[str, Kind]:
    """Submissions of ``number`` students, the kinds in turn; the kind of each student."""
    name = template.assignment
    released = json.loads((root / "release" / name / f"{name}.ipynb").read_text("utf8"))
    files = template.files()
    handed_in = {}
    for index in range(number):
        student, kind = f"student-{index + 1:05}", template.kinds[index % len(template.kinds)]
        folder = root / "submitted" / student / name
        folder.mkdir(parents=True)
        text = json.dumps(answered(released, kind, student), indent=1)
        (folder / f"{name}.ipynb").write_text(text, "utf8")
        for file, data in files.items():
            (folder / file).write_bytes(data)
        handed_in[student] = kind
    return handed_in


def answered(released: Notebook, kind: Kind, student: str) -> Notebook:
    """The released notebook with a student's answers; no two students hand in the same bytes."""
    made: Notebook = json.loads(json.dumps(released))
    for each in made["cells"]:
        about = each["metadata"].get("nbgrader", {})
        answer = kind.answers.get(about.get("grade_id", ""))
        if not about.get("solution") or answer is None:
            continue
        text = "".join(each["source"])
        if each["cell_type"] == "code":
            text = text.replace(STUB, f"    # {student}\n{answer}")
        else:
            text = f"{answer} ({student})"
        each["source"] = text
    return made


def copied(root: Path, to: Path) -> Path:
    """A copy of a course, for one run."""
    shutil.copytree(root, to)
    return to


def scores(root: Path) -> Scores:
    """(student, test cell) → automatic points, as the gradebook has them."""
    with closing(sqlite3.connect(root / "gradebook.db")) as database:
        rows = database.execute(
            "select s.student_id, b.name, g.auto_score"
            " from grade g join base_cell b on b.id = g.cell_id"
            " join grade_cells c on c.id = b.id"
            " join submitted_notebook n on n.id = g.notebook_id"
            " join submitted_assignment s on s.id = n.assignment_id"
        ).fetchall()
    return {(student, name): score for student, name, score in rows}
