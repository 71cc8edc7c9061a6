"""Every named mistake and every alternative, in whole submissions, through sandbox and judge.

Questions are judged apart from each other, so a submission carries one entry for each function:
the whole catalogue is through after as many submissions as one function has entries.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

import pytest

from autograder.catalogue import Entry
from autograder.judge import grade
from autograder.limits import Limits
from autograder.verdict import SubmissionVerdict
from tools.rehearsal import SETS, Rehearsal, rehearsal_of

pytestmark = pytest.mark.slow

BRISK = Limits(cell_seconds=10, test_seconds=6)
NAMED = 0.9
"""The share of mistakes that feedback must recognise by name."""


def graded(name: str, entries: Iterable[Entry]) -> SubmissionVerdict:
    """The verdict on a submission with these answers, and the reference's where there is none."""
    problem_set = rehearsal_of(name)
    answers = {entry.function: entry.source_cell() for entry in entries}
    submission: Any = copy.deepcopy(problem_set.notebook)
    for cell in submission.cells:
        about = cell.metadata.get("nbgrader", {})
        if not about and cell.cell_type == "code":
            cell.source = "pass"  # the pictures are the students' own and cost time
        if cell.cell_type == "code":
            cell.source = answers.get(about.get("grade_id", ""), cell.source)
    return grade(
        problem_set.notebook,
        submission,
        student="student-01",
        assignment=name,
        limits=BRISK,
        catalogue=problem_set.catalogue,
    )


def rounds(problem_set: Rehearsal, entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries, dealt out so that no round has two of one function."""
    columns = ([e for e in entries if e.function == name] for name in problem_set.questions)
    for row in zip_longest(*columns):
        yield [entry for entry in row if entry is not None]


@pytest.mark.parametrize("name", SETS)
def test_the_instructors_solution_gets_all_points(name: str) -> None:
    """Does the reference itself pass, graded as a submission?"""
    verdict = graded(name, [])
    assert verdict.score == verdict.max_score, verdict.tests


@pytest.mark.parametrize("name", SETS)
def test_every_alternative_gets_all_points(name: str) -> None:
    """Does every right way of writing a question get all points?"""
    problem_set, poor = rehearsal_of(name), {}
    for entries in rounds(problem_set, list(problem_set.catalogue.alternatives)):
        tests = graded(name, entries).tests
        for entry in entries:
            own = [tests[test] for test in problem_set.tests_of(entry.function)]
            if any(test.score != test.max_score for test in own):
                poor[entry.name] = [test.message for test in own]
    assert poor == {}


@pytest.mark.parametrize("name", SETS)
def test_every_mistake_loses_points_and_is_named(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Does every mistake cost points in its own question, and is it named in nine of ten?"""
    problem_set, unpunished, unnamed = rehearsal_of(name), [], []
    mistakes = problem_set.catalogue.mistakes
    for entries in rounds(problem_set, list(mistakes)):
        tests = graded(name, entries).tests
        for entry in entries:
            own = [tests[test] for test in problem_set.tests_of(entry.function)]
            if all(test.score == test.max_score for test in own):
                unpunished.append(entry.name)
            if not any(test.diagnosis == entry.text for test in own):
                unnamed.append(entry.name)
    named = len(mistakes) - len(unnamed)
    with capsys.disabled():
        print(f"\n{name}: {named} of {len(mistakes)} mistakes named", end=" ")
        print(f"(not: {', '.join(unnamed)})" if unnamed else "")
    assert unpunished == []
    assert len(mistakes) >= 25
    assert named >= NAMED * len(mistakes), unnamed
