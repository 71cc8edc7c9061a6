"""Rehearsals: a problem set's own test cells, run in this process on any way to write an answer.

For authors and tests: nothing of it ever meets a student's code. The judge runs the same cells
against the student's process. Here the student's functions are
proxies of this process that record their calls as the judge's do, so a whole catalogue of
mistakes and alternatives is tried in a second.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat

from autograder import catalogue, checks
from autograder.catalogue import Entry
from autograder.diagnosis.naming import diagnose
from autograder.recording import RecordedCall, record
from autograder.verdict import Evidence
from tools.common import ROOT

SETS = sorted(path.parent.name for path in ROOT.glob("solutions/*/*.ipynb"))


class StudentRaised(Exception):
    """The student's function raised; the text names the function and the type."""


class Proxy:
    """A function as the judge sees the student's: called with a report, every call recorded."""

    def __init__(self, name: str, function: Callable[..., Any], calls: list[RecordedCall]) -> None:
        self.__name__ = name
        self._function = function
        self._calls = calls

    def __call__(self, *args: Any) -> Any:
        return self.call_with_report(*args)[0]

    def call_with_report(self, *args: Any) -> tuple[Any, tuple[int, ...]]:
        made = record(self.__name__, args, {}, lambda *given: checks.call(self._function, *given))
        self._calls.append(made)
        if made.error:
            raise StudentRaised(f"{self.__name__} raised {made.error}")
        assert made.changed is not None
        return made.result, made.changed


@dataclass
class Rehearsed:
    """What came of one test cell: ``failure`` is empty if it passed."""

    failure: str
    kind: str
    diagnosis: str
    evidence: list[Evidence]


class Rehearsal:
    """A source notebook whose test cells can be run on other answers than its own."""

    def __init__(self, directory: Path) -> None:
        mpl.use("agg")
        (path,) = directory.glob("*.ipynb")
        self.notebook = nbformat.read(path, as_version=4)
        self.catalogue = catalogue.load(directory)
        self.reference: dict[str, Any] = {"__name__": "reference"}
        self.tests: dict[str, str] = {}
        for cell in self.notebook.cells:
            about = cell.metadata.get("nbgrader", {})
            if about.get("grade") and not about.get("solution"):
                self.tests[about["grade_id"]] = cell.source
            elif about and cell.cell_type == "code":
                exec(compile(cell.source, cell.id, "exec"), self.reference)

    @property
    def questions(self) -> tuple[str, ...]:
        """The functions that the notebook asks for."""
        cells = (cell for cell in self.notebook.cells if cell.cell_type == "code")
        about = (cell.metadata.get("nbgrader", {}) for cell in cells)
        return tuple(cell["grade_id"] for cell in about if cell.get("solution"))

    def mistake(self, name: str) -> Entry:
        """The mistake of this name."""
        return next(entry for entry in self.catalogue.mistakes if entry.name == name)

    def tests_of(self, function: str) -> list[str]:
        """The test cells ``test_FUNCTION`` and ``test_FUNCTION_…`` of this function."""
        return [test for test in self.tests if self._tested(test) == function]

    def _tested(self, test: str) -> str:
        names = (
            name for name in self.catalogue.functions if f"{test}_".startswith(f"test_{name}_")
        )
        return max(names, key=len, default="")

    def run(
        self,
        test: str,
        answers: Mapping[str, str],
        *,
        hidden_only: bool = False,
        diagnosing: bool = False,
    ) -> Rehearsed:
        """Run one test cell with some functions defined by other code, {name: source}."""
        cell = self.tests[test]
        if hidden_only:
            cell = cell.partition("### BEGIN HIDDEN TESTS")[2]
        student = dict(self.reference)
        for source in answers.values():
            exec(compile(source, "answer", "exec"), student)
        calls: list[RecordedCall] = []
        namespace = dict(self.reference)
        for name in self.catalogue.functions:
            namespace[name] = Proxy(name, student[name], calls)
        checks.install_reference(self.reference)
        failure, kind, told = "", "", ""
        with checks.evidence.collect() as evidence:
            try:
                exec(compile(cell, test, "exec"), namespace)
            except Exception as error:
                failure, kind = str(error) or type(error).__name__, type(error).__name__
                if diagnosing:
                    told = diagnose(calls, self.reference, self.catalogue)
            finally:
                checks.install_reference(None)
        return Rehearsed(failure, kind, told, evidence)


@functools.cache
def student_of(assignment: str, variant: int) -> str:
    """Some student who meets this variant of the hidden inputs."""
    names = (f"student-{number:02}" for number in itertools.count(1))
    return next(name for name in names if checks.variant_of(assignment, name) == variant)


def each_variant(assignment: str) -> Iterator[int]:
    """Install each of the sets of hidden inputs that students meet, one after the other."""
    try:
        for variant in range(checks.VARIANTS):
            checks.install_submission(assignment, student_of(assignment, variant))
            yield variant
    finally:
        checks.install_submission("", "")


@functools.cache
def rehearsal_of(assignment: str) -> Rehearsal:
    """The rehearsal of this problem set, made once."""
    return Rehearsal(ROOT / "solutions" / assignment)
