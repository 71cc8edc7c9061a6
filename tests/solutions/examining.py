"""What is asked of every problem set: of its points, its alternatives, its mistakes, its diagnoses.

Each function examines one thing and returns what it found, for a test to judge.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from types import ModuleType

import matplotlib.pyplot as plt
import pytest

from autograder.catalogue import Entry
from tools.rehearsal import Rehearsal, each_variant

ROUNDING = 3e-15
"""A few roundings: how far two programs with the same mistake may part."""


def points(problem_set: Rehearsal) -> tuple[int, int]:
    """Points given by test cells, and points given by hand."""
    about = [cell.metadata.get("nbgrader", {}) for cell in problem_set.notebook.cells]
    graded = [cell for cell in about if cell.get("grade")]
    by_test = sum(cell["points"] for cell in graded if not cell["solution"])
    return by_test, sum(cell["points"] for cell in graded) - by_test


def failures_of_the_reference(problem_set: Rehearsal, assignment: str) -> dict[str, str]:
    """Test cells that the instructor's own answers fail for some variant, with the reason."""
    failed = {}
    for _ in each_variant(assignment):
        for test in problem_set.tests:
            failure = problem_set.run(test, {}).failure
            if failure:
                failed[test] = failure
    return failed


def failures(problem_set: Rehearsal, assignment: str, entry: Entry) -> Iterator[list[str]]:
    """For each variant of students, how the whole test cells fail on this answer."""
    answers = {entry.function: entry.source_cell()}
    for _ in each_variant(assignment):
        tests = problem_set.tests_of(entry.function)
        yield [problem_set.run(test, answers).failure for test in tests]


def hidden_failures(problem_set: Rehearsal, assignment: str, entry: Entry) -> Iterator[set[str]]:
    """For each variant of students, the exceptions that end the hidden parts on this answer."""
    answers = {entry.function: entry.source_cell()}
    for _ in each_variant(assignment):
        made = [
            problem_set.run(test, answers, hidden_only=True)
            for test in problem_set.tests_of(entry.function)
        ]
        yield {one.kind for one in made} - {""}


def undiagnosed(problem_set: Rehearsal, hidden_only: bool, rounding: float) -> list[str]:
    """The mistakes that no failing test cell names, and what is said instead.

    With ``rounding`` each result is off by a few of them, as in another student's program.
    """
    missed = []
    for entry in problem_set.catalogue.mistakes:
        answers = {entry.function: entry.source_cell() + _nudging(entry.function, rounding)}
        told = [
            problem_set.run(test, answers, hidden_only=hidden_only, diagnosing=True).diagnosis
            for test in problem_set.tests_of(entry.function)
        ]
        if entry.text not in told:
            missed.append(f"{entry.name}: {told}")
    return missed


def hidden_numbers_told(problem_set: Rehearsal) -> list[str]:
    """Decimal numbers of hidden lines, and of them alone, that failures or diagnoses tell."""
    told_numbers = []
    for entry in problem_set.catalogue.mistakes:
        for test in problem_set.tests_of(entry.function):
            visible, _, hidden = problem_set.tests[test].partition("### BEGIN HIDDEN TESTS")
            answers = {entry.function: entry.source_cell()}
            made = problem_set.run(test, answers, hidden_only=True, diagnosing=True)
            told = set(_decimals(f"{made.failure} {made.diagnosis}"))
            told_numbers += sorted(told & set(_decimals(hidden)) - set(_decimals(visible)))
    return told_numbers


def figures_by_hand(problem_set: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run all cells from top to bottom, as by hand, with no reference installed; count figures."""
    notebook = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", notebook)
    figures = 0
    for cell in problem_set.notebook.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, cell.id, "exec"), vars(notebook))
            figures += len(plt.get_fignums())
            plt.close("all")
    return figures


def _decimals(text: str) -> list[str]:
    return re.findall(r"(?<![\d.])(?:\d+\.\d+|\d+e-\d+)(?![\d.])", text)


def _nudging(function: str, rounding: float) -> str:
    """Code that makes a function's floating-point results differ by a few roundings."""
    if not rounding:
        return ""
    return f"""

def _nudged(value):
    if isinstance(value, dict):
        return value
    if isinstance(value, (list, tuple)):
        return type(value)(_nudged(part) for part in value)
    if np.asarray(value).dtype.kind != "f":
        return value
    if isinstance(value, np.ndarray):
        return value * (1 + {rounding} * np.cos(np.arange(value.size)).reshape(value.shape))
    return value * (1 + {rounding})


def _wrapped(wrong):
    return lambda *args: _nudged(wrong(*args))


{function} = _wrapped({function})
"""
