"""Problem set 1: does it tell right from wrong, and say which wrong it is?"""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from lossland.datasets import scoreboard
from tools.rehearsal import Rehearsal, each_variant

ASSIGNMENT = "01-random-search"


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


def test_patience_is_far_from_a_tie(search_set: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Are hidden cases of tries_needed a hundred times as far from a tie as rounding reaches?"""
    right = search_set.reference["tries_needed"]
    asked: dict[tuple[float, float], int] = {}

    def noting(p: float, confidence: float) -> int:
        return asked.setdefault((p, confidence), right(p, confidence))

    monkeypatch.setitem(search_set.reference, "tries_needed", noting)
    for _ in each_variant(ASSIGNMENT):
        assert search_set.run("test_tries_needed", {}).failure == ""
    assert len(asked) > 8 * 12
    for (p, confidence), n in asked.items():
        if p == 1:
            continue
        formulas = (
            np.log1p(-confidence) / np.log1p(-p),
            np.log(1 - confidence) / np.log(1 - p),
            np.log2(1 - confidence) / np.log2(1 - p),
        )
        reach = max(np.ptp(formulas), 1e-15 * n)
        assert n - 1 + 100 * reach < formulas[0] < n - 100 * reach


def test_curve_is_shown_over_its_band(search_set: Rehearsal) -> None:
    """Does a right search leave its curve inside the band, and a wrong one outside?"""
    (shown,) = (curve for test in search_set.tests for curve in search_set.run(test, {}).evidence)
    assert len(shown.got) == 100
    assert (np.array(shown.low) <= shown.got).all()
    assert (np.array(shown.high) >= shown.got).all()
