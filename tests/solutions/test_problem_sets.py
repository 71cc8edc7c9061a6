"""Every problem set: does it tell right from wrong, and say which wrong it is?"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from autograder.catalogue import Entry
from tests.solutions import examining
from tools.rehearsal import SETS, rehearsal_of


class Expected(NamedTuple):
    """A problem set's points by tests and by hand, and the pictures that its notebook draws."""

    points: tuple[int, int]
    figures: int


EXPECTED = {
    "01-random-search": Expected((13, 3), 3),
    "02-local-search": Expected((12, 3), 3),
    "03-gradient": Expected((20, 5), 2),
    "04-gradient-descent": Expected((20, 5), 4),
    "05-momentum": Expected((20, 5), 5),
    "06-ada-family": Expected((20, 5), 5),
    "07-bias-variance": Expected((20, 5), 5),
    "08-regularization": Expected((20, 5), 2),
    "09-ensembles": Expected((20, 5), 2),
}
MISTAKES = [(name, entry) for name in SETS for entry in rehearsal_of(name).catalogue.mistakes]
ALTERNATIVES = [
    (name, entry) for name in SETS for entry in rehearsal_of(name).catalogue.alternatives
]
BEYOND_DIFFERENCES = {"svm_single_precision", "softmax_single_precision"}
"""Single precision is no worse than differences can see: there the formula decides."""

SUMMED = 0.05
"""A gradient summed over 5,000 examples in a loop is off by 3e-15, a thirtieth of 1e-13, which
must stay below the 1.4e-12 of the best difference quotient."""


def named(value: object) -> str:
    return value.name if isinstance(value, Entry) else str(value)


# -- the source notebooks themselves -------------------------------------------------------


@pytest.mark.parametrize("name", SETS)
def test_own_solution_gets_all_points(name: str) -> None:
    """Do the instructor's solutions pass every test cell, for every variant of students?"""
    assert examining.failures_of_the_reference(rehearsal_of(name), name) == {}


@pytest.mark.parametrize("name", SETS)
def test_points_and_questions(name: str) -> None:
    """Has every function that is asked for entries and test cells, and the set its points?"""
    problem_set = rehearsal_of(name)
    assert problem_set.catalogue.functions == problem_set.questions
    tests = [problem_set.tests_of(function) for function in problem_set.questions]
    assert sorted(test for cells in tests for test in cells) == sorted(problem_set.tests)
    assert all(1 <= len(cells) <= 2 for cells in tests)
    assert examining.points(problem_set) == EXPECTED[name].points


@pytest.mark.parametrize("name", SETS)
def test_notebook_runs_from_top_to_bottom(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do all cells run by hand, hidden tests and pictures included, with no reference installed?"""
    assert examining.figures_by_hand(rehearsal_of(name), monkeypatch) == EXPECTED[name].figures


# -- mistakes and alternatives -------------------------------------------------------------


@pytest.mark.parametrize("name", SETS)
def test_there_are_enough_entries(name: str) -> None:
    """Has every function six mistakes or more, and three alternatives or more?"""
    catalogue = rehearsal_of(name).catalogue
    assert all(len(catalogue.mistakes_of(function)) >= 6 for function in catalogue.functions)
    assert all(len(catalogue.alternatives_of(function)) >= 3 for function in catalogue.functions)
    texts = [(entry.function, entry.text) for entry in catalogue.mistakes]
    assert len(set(texts)) == len(texts), "two mistakes of one function must not sound the same"


@pytest.mark.parametrize(("name", "entry"), ALTERNATIVES, ids=named)
def test_alternative_gets_all_points(name: str, entry: Entry, excesses: list[float]) -> None:
    """Does a right solution written differently pass, a hundredfold inside every tolerance?"""
    for found in examining.failures(rehearsal_of(name), name, entry):
        assert not any(found), found
    assert max(excesses, default=0.0) < (SUMMED if name == "03-gradient" else 0.01)


@pytest.mark.parametrize(("name", "entry"), MISTAKES, ids=named)
def test_mistake_loses_points(name: str, entry: Entry, excesses: list[float]) -> None:
    """Does a mistake fail the hidden tests, its numbers a hundredfold beyond the tolerance?"""
    for kinds in examining.hidden_failures(rehearsal_of(name), name, entry):
        assert kinds
        assert kinds <= {"CheckFailed", "StudentRaised", "AssertionError"}
    if entry.name not in BEYOND_DIFFERENCES:
        assert all(excess < 0.01 or excess > 100 for excess in excesses)


@pytest.mark.parametrize("hidden_only", [False, True], ids=["whole cell", "hidden part"])
@pytest.mark.parametrize(
    "rounding", [0.0, examining.ROUNDING], ids=["as it is", "rounded differently"]
)
@pytest.mark.parametrize("name", SETS)
def test_diagnosis_names_the_mistake(name: str, hidden_only: bool, rounding: float) -> None:
    """Does the diagnosis name nine mistakes in ten or more, also if written in another way?"""
    missed = examining.undiagnosed(rehearsal_of(name), hidden_only, rounding)
    count = len(rehearsal_of(name).catalogue.mistakes)
    print(f"\nnot diagnosed by name: {len(missed)} of {count}", *missed, sep="\n")
    assert len(missed) <= 0.1 * count


@pytest.mark.parametrize("name", SETS)
def test_nothing_hidden_is_told(name: str) -> None:
    """Do failure texts and diagnoses hold none of the hidden cells' decimal numbers?"""
    assert examining.hidden_numbers_told(rehearsal_of(name)) == []
