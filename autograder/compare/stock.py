"""Stock nbgrader in a scratch copy of the course: its scores, and what its test cells said.

The copy has a gradebook of its own; nothing of the course is written. Stock nbgrader runs what is
handed in without walls, with the rights of whoever calls it; each submission runs in a process
with limits of its own, so that one that never ends, or ends its process, costs itself alone.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course import release
from autograder.course.cells import grade_id, is_test, points
from autograder.course.database import tools_on_path
from autograder.course.directory import Course, import_from
from autograder.course.formats import language_of, upgraded
from autograder.course.mirroring import mirror
from autograder.errors import GraderError
from autograder.judge.process import in_own_process
from autograder.limits import Limits
from autograder.text import printable

OURS = ("exporter_class", "sanitize_preprocessors", "autograde_preprocessors")
"""What ``autograder.configuration`` sets of nbgrader's ``Autograde``."""
PLACES = {
    "source_directory": "source", "release_directory": "release",
    "submitted_directory": "submitted", "autograded_directory": "autograded",
    "feedback_directory": "feedback", "solution_directory": "solution",
    "directory_structure": os.path.join("{nbgrader_step}", "{student_id}", "{assignment_id}"),
}  # fmt: skip
FROM_THE_ROOT = (("IncludeHeaderFooter", "header"), ("IncludeHeaderFooter", "footer"))
"""Settings that name a file as seen from the course's root."""
AUTOTESTS = "autotests.yml"
GRADEBOOK = "gradebook.db"
LONGEST_SAYING = 200


@dataclass(frozen=True)
class StockCell:
    """What stock nbgrader made of one test cell; the score is None where it gave none."""

    score: float | None
    max_score: float
    error: str = ""
    """The exception that ended the cell."""
    stderr: str = ""
    """What the cell wrote to the error stream: nbgrader takes it for a failure."""
    value: str = ""
    """The cell's last value: nbgrader takes a number for a part of the points."""


@dataclass(frozen=True)
class StockVerdict:
    """One submission: its test cells by (notebook, grade_id), or why there are none."""

    cells: Mapping[tuple[str, str], StockCell] = field(default_factory=dict)
    trouble: str = ""


class Stock:
    """A scratch copy of one assignment of a course, for stock nbgrader."""

    def __init__(self, course: Course, assignment: str, root: Path, limits: Limits) -> None:
        self.course = course
        self.assignment = assignment
        self.root = root
        self.limits = limits
        self.config = _stock_config(course, root)

    def release(self) -> dict[str, bytes]:
        """Make the student version; its files by name. GraderError where stock refuses to."""
        answer = self._in_own_process(self._release)
        if answer:
            raise GraderError(f"stock nbgrader cannot release {self.assignment}: {answer}")
        folder = self.root / "release" / "." / self.assignment
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def grade(self, student: str, files: Mapping[str, bytes]) -> StockVerdict:
        """Autograde these files as the student's submission."""
        mirror(self.root / "submitted" / student / self.assignment, files, mode=0o644)
        answer = self._in_own_process(lambda: self._graded(student))
        if isinstance(answer, str):
            return StockVerdict(trouble=answer)
        cells = {(name, cell): StockCell(**found) for name, cell, found in answer}
        return StockVerdict(cells)

    def _in_own_process(self, job: Any) -> Any:
        try:
            return in_own_process(job, self.limits)
        except GraderError as error:
            return str(error)

    # In a process of its own --------------------------------------------------------------------

    def _api(self) -> NbGraderAPI:
        os.chdir(self.course.root)  # where the configuration's own paths begin
        warnings.simplefilter("ignore")  # nbgrader's own are no failure of this submission
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)  # kernels write there
        directory = CourseDirectory(config=self.config)
        return NbGraderAPI(coursedir=directory, config=self.config)

    def _release(self) -> str:
        with import_from(self.course.root), tools_on_path():
            result = self._api().generate_assignment(self.assignment)
        return "" if result["success"] else _last_line(result)

    def _graded(self, student: str) -> Any:
        with import_from(self.course.root), tools_on_path():
            api = self._api()
            result = api.autograde(self.assignment, student)
        if not result["success"]:
            return _last_line(result)
        found = []
        with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as book:
            folder = self.root / "autograded" / student / self.assignment
            for path in sorted(folder.glob("*.ipynb")):
                cells = json.loads(path.read_bytes())["cells"]
                for cell in filter(is_test, cells):
                    made = _cell(book, self.assignment, student, path.stem, cell)
                    found.append((path.stem, grade_id(cell), asdict(made)))
        return found


@contextlib.contextmanager
def stock_of(course: Course, assignment: str, limits: Limits | None = None) -> Iterator[Stock]:
    """A scratch copy of the assignment, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="stock-") as folder:
        root = Path(folder)
        source = root / "source" / assignment
        shutil.copytree(course.folder("source", ".", assignment), source)
        templates = course.config.InstantiateTests.get("autotest_filename", AUTOTESTS)
        if (course.root / templates).is_file() and not Path(templates).is_absolute():
            (root / templates).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(course.root / templates, root / templates)
        for path in source.glob("*.ipynb"):
            notebook = upgraded(release.read(path))  # stock refuses older ones
            if language_of(notebook):
                path.unlink()  # neither of the two grades it here
            else:
                nbformat.write(notebook, path)
        (root / GRADEBOOK).write_bytes(empty_gradebook())
        yield Stock(course, assignment, root, limits or Limits())


@cache
def empty_gradebook() -> bytes:
    """nbgrader's database as nbgrader makes it; that takes seconds, so it is made once."""
    with tempfile.TemporaryDirectory(prefix="stock-") as folder, tools_on_path():
        path = Path(folder) / GRADEBOOK
        with Gradebook(f"sqlite:///{path}"):
            pass
        return path.read_bytes()


def _stock_config(course: Course, root: Path) -> Config:
    """The course's configuration, everything that is graded in the scratch copy, by nbgrader."""
    config = copy.deepcopy(course.config)
    config.CourseDirectory.update(PLACES)
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.db_url = f"sqlite:///{root / GRADEBOOK}"
    config.CourseDirectory.notebook_id = "*"
    for stage, setting in FROM_THE_ROOT:
        if path := config[stage].get(setting):
            config[stage][setting] = str(course.root / path)
    for name in OURS:
        config.Autograde.pop(name, None)
    return config


def _cell(
    book: Gradebook, assignment: str, student: str, notebook: str, cell: Mapping[str, Any]
) -> StockCell:
    try:
        grade = book.find_grade(grade_id(cell), notebook, assignment, student)
        score = grade.auto_score
    except MissingEntry:
        score = None
    error = stderr = value = ""
    for output in cell.get("outputs", ()):
        kind = output.get("output_type")
        if kind == "error":
            error = f"{output.get('ename', '')}: {output.get('evalue', '')}".strip(": ")
        elif kind == "stream" and output.get("name") == "stderr":
            stderr += _text(output.get("text", ""))
        elif kind == "execute_result":
            value = _text(output.get("data", {}).get("text/plain", ""))
    lines = stderr.strip().splitlines()
    return StockCell(
        score, points(cell), _short(error), _short(lines[0] if lines else ""), _short(value)
    )


def _text(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)


def _short(text: str) -> str:
    return printable(" ".join(text.split()), LONGEST_SAYING)


def _last_line(result: Mapping[str, Any]) -> str:
    """Why nbgrader gave up: the last exception of its log, or else its own."""
    for text in (result.get("log", ""), result.get("error", "")):
        lines = [line.strip() for line in text.splitlines() if _tells(line)]
        if lines:
            return _short(lines[-1])
    return "it gave up without a reason"


def _tells(line: str) -> bool:
    name = line.partition(":")[0].strip()
    return name.replace(".", "").isidentifier() and name.endswith(("Error", "Exception"))
