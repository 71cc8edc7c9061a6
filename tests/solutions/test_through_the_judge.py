"""Every named mistake and every alternative, as a whole submission, through sandbox and judge."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.catalogue import Catalogue, Entry, load
from autograder.judge import grade
from autograder.limits import Limits
from autograder.verdict import SubmissionVerdict

SOLUTIONS = Path(__file__).parents[2] / "solutions"
SETS = sorted(path.name for path in SOLUTIONS.iterdir() if (path / "mistakes.py").exists())
BRISK = Limits(cell_seconds=10, test_seconds=3)
NAMED = 0.9
"""The share of mistakes that feedback must recognise by name."""


class ProblemSet:
    """A source notebook with its catalogue, graded answer by answer."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.catalogue: Catalogue = load(SOLUTIONS / name)
        (path,) = (SOLUTIONS / name).glob("*.ipynb")
        self.source: Any = nbformat.read(path, as_version=4)

    def graded(self, entry: Entry | None) -> SubmissionVerdict:
        submission = copy.deepcopy(self.source)
        for cell in submission.cells:
            about = cell.metadata.get("nbgrader", {})
            if not about and cell.cell_type == "code":
                cell.source = "pass"  # the pictures are the students' own and cost time
            if entry is not None and about.get("grade_id") == entry.function:
                cell.source = entry.source_cell()
        return grade(
            self.source,
            submission,
            student="student-01",
            assignment=self.name,
            limits=BRISK,
            catalogue=self.catalogue,
        )


@pytest.fixture(scope="module", params=SETS)
def problem_set(request: pytest.FixtureRequest) -> ProblemSet:
    return ProblemSet(request.param)


def test_the_instructors_solution_gets_all_points(problem_set: ProblemSet) -> None:
    """Does the reference itself pass, graded as a submission?"""
    verdict = problem_set.graded(None)
    assert verdict.score == verdict.max_score, verdict.tests


def test_every_alternative_gets_all_points(problem_set: ProblemSet) -> None:
    """Does every right way of writing a question get all points?"""
    poor = {}
    for entry in problem_set.catalogue.alternatives:
        verdict = problem_set.graded(entry)
        if verdict.score != verdict.max_score:
            poor[entry.name] = [t.message for t in verdict.tests.values() if t.message]
    assert poor == {}
    for function in problem_set.catalogue.functions:
        assert len(problem_set.catalogue.alternatives_of(function)) >= 3, function


def test_every_mistake_loses_points_and_is_named(
    problem_set: ProblemSet, capsys: pytest.CaptureFixture[str]
) -> None:
    """Does every mistake cost points, and does feedback name at least nine of ten?"""
    unpunished, unnamed = [], []
    mistakes = problem_set.catalogue.mistakes
    for entry in mistakes:
        verdict = problem_set.graded(entry)
        if verdict.score == verdict.max_score:
            unpunished.append(entry.name)
        if not any(test.diagnosis == entry.text for test in verdict.tests.values()):
            unnamed.append(entry.name)
    named = len(mistakes) - len(unnamed)
    with capsys.disabled():
        print(f"\n{problem_set.name}: {named} of {len(mistakes)} mistakes named", end=" ")
        print(f"(not: {', '.join(unnamed)})" if unnamed else "")
    assert unpunished == []
    assert len(mistakes) >= 25
    assert named >= NAMED * len(mistakes), unnamed
