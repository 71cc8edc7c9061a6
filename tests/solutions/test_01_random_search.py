"""Problem set 1: does it tell right from wrong, and say which wrong it is?"""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from autograder.catalogue import Catalogue, Entry, load
from lossland.datasets import scoreboard
from tests.solutions import examining
from tests.solutions.rehearsal import ROOT, Rehearsal, each_variant

ASSIGNMENT = "01-random-search"
SOURCE = Path(ROOT / "solutions" / ASSIGNMENT)
CATALOGUE: Catalogue = load(SOURCE)
FUNCTIONS = ("svm_loss", "accuracy", "random_search", "tries_needed")


@pytest.fixture(scope="module")
def search_set() -> Rehearsal:
    """Problem set 1."""
    return Rehearsal(SOURCE)


def named(entry: Entry) -> str:
    return entry.name


# -- the source notebook itself ------------------------------------------------------------


def test_own_solution_gets_all_points(search_set: Rehearsal) -> None:
    """Do the instructor's solutions pass every test cell, for every variant of students?"""
    assert examining.failures_of_the_reference(search_set, ASSIGNMENT) == {}


def test_points_and_questions(search_set: Rehearsal) -> None:
    """Does every function have its test cells, and the set its 13 + 3 points?"""
    assert search_set.catalogue.functions == FUNCTIONS
    tests = [search_set.tests_of(function) for function in FUNCTIONS]
    assert sorted(test for cells in tests for test in cells) == sorted(search_set.tests)
    assert all(1 <= len(cells) <= 2 for cells in tests)
    assert examining.points(search_set) == (13, 3)


def test_svm_loss_by_hand(search_set: Rehearsal) -> None:
    """Do Weston and Watkins' sums, in exact fractions, give the solution's loss?"""
    X, W, y = [[1, 2], [3, -1], [0, 4]], [[1, -2, 0], [2, 1, -1]], [0, 2, 1]
    total = Fraction(0)
    for x, label in zip(X, y, strict=True):
        scores = [Fraction(x[0] * W[0][j] + x[1] * W[1][j]) for j in range(3)]
        total += sum(
            max(Fraction(0), scores[j] - scores[label] + Fraction(3, 2))
            for j in range(3)
            if j != label
        )
    got = search_set.reference["svm_loss"](np.array(W, float), np.array(X, float), np.array(y), 1.5)
    assert got == pytest.approx(float(total / 3), rel=1e-15)


def test_the_best_of_many_darts_is_where_probability_says(search_set: Rehearsal) -> None:
    """On the loss |w| in one dimension, is the median of the best of 30 that of 30 normals?"""
    search = search_set.reference["random_search"]
    rng = np.random.default_rng(0)
    best = [search(lambda W: float(abs(W[0])), (1,), 30, 1.0, rng)[1][-1] for _ in range(600)]
    # P(all 30 have |w| > m) = ½ at 2Φ(m) − 1 = 1 − 2^(−1/30) = 0.02284, that is m = 0.02863.
    # 600 bests, each above m with chance ½: four standard deviations are 49.
    assert abs(np.sum(np.array(best) > 0.02863) - 300) < 49


def test_tries_needed_is_the_smallest(search_set: Rehearsal) -> None:
    """In exact fractions, are n tries enough and n − 1 not?"""
    for p, confidence in itertools.product((0.001, 0.2, 0.77), (0.05, 0.5, 0.993)):
        n = search_set.reference["tries_needed"](p, confidence)
        fail = 1 - Fraction(p)
        assert isinstance(n, int)
        assert 1 - fail**n >= Fraction(confidence) > 1 - fail ** (n - 1)


def test_numbers_of_the_written_answer(search_set: Rehearsal) -> None:
    """Does the picture's search give the mean, deviation and bests that the rubric tells?"""
    images = scoreboard()
    X, y = images.X_train[:500], images.y_train[:500]
    losses = []

    def loss(W: np.ndarray) -> float:
        losses.append(float(search_set.reference["svm_loss"](W, X, y)))
        return losses[-1]

    _, best = search_set.reference["random_search"](
        loss, (197, 10), 1000, 1e-4, np.random.default_rng(2)
    )
    assert np.mean(losses) == pytest.approx(9.0, abs=0.05)
    assert np.std(losses) == pytest.approx(0.2, abs=0.02)
    np.testing.assert_allclose(best[[9, 99, 999]], [8.8, 8.5, 8.3], atol=0.05)


def test_notebook_runs_from_top_to_bottom(
    search_set: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Do all cells run by hand, hidden tests and pictures included, with no reference installed?"""
    assert examining.figures_by_hand(search_set, monkeypatch) == 3


# -- mistakes and alternatives -------------------------------------------------------------


def test_there_are_enough_entries() -> None:
    """Has every function six mistakes or more, and three alternatives or more?"""
    assert all(len(CATALOGUE.mistakes_of(function)) >= 6 for function in FUNCTIONS)
    assert all(len(CATALOGUE.alternatives_of(function)) >= 3 for function in FUNCTIONS)
    texts = [(entry.function, entry.text) for entry in CATALOGUE.mistakes]
    assert len(set(texts)) == len(texts), "two mistakes of one function must not sound the same"


@pytest.mark.parametrize("entry", CATALOGUE.alternatives, ids=named)
def test_alternative_gets_all_points(
    search_set: Rehearsal, excesses: list[float], entry: Entry
) -> None:
    """Does a right solution written differently pass, a hundredfold inside every tolerance?"""
    for found in examining.failures(search_set, ASSIGNMENT, entry):
        assert not any(found), found
    assert max(excesses, default=0.0) < 0.01


@pytest.mark.parametrize("entry", CATALOGUE.mistakes, ids=named)
def test_mistake_loses_points(search_set: Rehearsal, excesses: list[float], entry: Entry) -> None:
    """Does a mistake fail the hidden tests, its numbers a hundredfold beyond the tolerance?"""
    for kinds in examining.hidden_failures(search_set, ASSIGNMENT, entry):
        assert kinds
        assert kinds <= {"CheckFailed", "StudentRaised"}
    assert all(excess < 0.01 or excess > 100 for excess in excesses)


@pytest.mark.parametrize("hidden_only", [False, True], ids=["whole cell", "hidden part"])
@pytest.mark.parametrize(
    "rounding", [0.0, examining.ROUNDING], ids=["as it is", "rounded differently"]
)
def test_diagnosis_names_the_mistake(
    search_set: Rehearsal, hidden_only: bool, rounding: float
) -> None:
    """Does the diagnosis name nine mistakes in ten or more, also if written in another way?"""
    missed = examining.undiagnosed(search_set, hidden_only, rounding)
    print(f"\nnot diagnosed by name: {len(missed)} of {len(CATALOGUE.mistakes)}", *missed, sep="\n")
    assert len(missed) <= 0.1 * len(CATALOGUE.mistakes)


def test_nothing_hidden_is_told(search_set: Rehearsal) -> None:
    """Do failure texts and diagnoses hold none of the hidden cells' decimal numbers?"""
    assert examining.hidden_numbers_told(search_set) == []


def test_patience_is_far_from_a_tie(search_set: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Does every hidden case of tries_needed keep n and n − 1 clear of equality by 1e-10?"""
    right = search_set.reference["tries_needed"]
    asked: dict[tuple[float, float], int] = {}

    def noting(p: float, confidence: float) -> int:
        return asked.setdefault((p, confidence), right(p, confidence))

    monkeypatch.setitem(search_set.reference, "tries_needed", noting)
    for _ in each_variant(ASSIGNMENT):
        assert search_set.run("test_tries_needed", {}).failure == ""
    assert len(asked) > 8 * 12
    for (p, confidence), n in asked.items():
        enough, short = 1 - (1 - p) ** n - confidence, confidence - (1 - (1 - p) ** (n - 1))
        assert min(enough, short) > 1e-10


def test_curve_is_shown_over_its_band(search_set: Rehearsal) -> None:
    """Does a right search leave its curve inside the band, and a wrong one outside?"""
    (shown,) = (curve for test in search_set.tests for curve in search_set.run(test, {}).evidence)
    assert len(shown.got) == 100
    assert (np.array(shown.low) <= shown.got).all()
    assert (np.array(shown.high) >= shown.got).all()
