"""Splits, parts of the error and intervals, against hand calculation and closed forms."""

from __future__ import annotations

from itertools import pairwise
from math import comb

import numpy as np
import pytest
from numpy.typing import NDArray

from lossland.experiment import student_quantile
from lossland.polynomials import error_parts, fit, predict
from lossland.validation import (
    bias_variance,
    bootstrap_interval,
    forward_chaining,
    group_kfold,
    holdout_split,
    kfold_indices,
    mean_score,
    nested_forward_cv,
)

Array = NDArray[np.float64]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(("n", "fraction", "out"), [(10, 0.3, 3), (2, 0.5, 1), (7, 0.4, 3)])
def test_holdout(n: int, fraction: float, out: int) -> None:
    """Are the first rows of the generator's permutation held out, and the rest trained on?"""
    train, held_out = holdout_split(n, fraction, rng())
    order = rng().permutation(n)
    assert held_out.tolist() == order[:out].tolist()
    assert train.tolist() == order[out:].tolist()


@pytest.mark.parametrize("fraction", [0.0, 0.01, 0.99, 1.0])
def test_holdout_refuses_an_empty_part(fraction: float) -> None:
    with pytest.raises(ValueError, match="neither part may be empty"):
        holdout_split(10, fraction, rng())


@pytest.mark.parametrize(("n", "k"), [(10, 5), (11, 3), (4, 4), (5, 2)])
def test_kfold(n: int, k: int) -> None:
    """Is every row held out once, in parts that differ by one, all others being trained on?"""
    splits = kfold_indices(n, k, rng(3))
    assert len(splits) == k
    assert sorted(np.concatenate([held for _, held in splits])) == list(range(n))
    sizes = {len(held) for _, held in splits}
    assert max(sizes) - min(sizes) <= 1
    for train, held in splits:
        assert sorted([*train, *held]) == list(range(n))
    assert np.concatenate([held for _, held in splits]).tolist() == rng(3).permutation(n).tolist()


def test_forward_chaining_by_hand() -> None:
    """For 7 rows and 2 folds, are the blocks 0 1 2, 3 4 and 5 6?"""
    splits = [(a.tolist(), b.tolist()) for a, b in forward_chaining(7, 2)]
    assert splits == [([0, 1, 2], [3, 4]), ([0, 1, 2, 3, 4], [5, 6])]


@pytest.mark.parametrize(("n", "k"), [(20, 4), (9, 8), (521, 5)])
def test_forward_chaining_never_looks_ahead(n: int, k: int) -> None:
    """Does every training row come before every held-out row, and no gap between folds?"""
    splits = forward_chaining(n, k)
    assert all(train.max() < held.min() for train, held in splits)
    assert all(a.held_out[-1] + 1 == b.held_out[0] for a, b in pairwise(splits))
    assert splits[-1].held_out[-1] == n - 1


def test_groups_stay_together() -> None:
    """Are rows of one group never on both sides, and is each group held out once?"""
    groups = np.array(list("ccaabbbdeea"))
    splits = group_kfold(groups, 3, rng(1))
    assert sorted(np.concatenate([held for _, held in splits])) == list(range(11))
    for train, held in splits:
        assert not set(groups[train]) & set(groups[held])
        assert sorted([*train, *held]) == list(range(11))


@pytest.mark.parametrize(
    "call",
    [
        lambda: kfold_indices(5, 1, rng()),
        lambda: kfold_indices(5, 6, rng()),
        lambda: forward_chaining(5, 5),
        lambda: forward_chaining(5, 0),
        lambda: group_kfold([1, 1, 2, 2], 3, rng()),
        lambda: nested_forward_cv(lambda *a: 0.0, np.zeros(8), np.zeros(8), [1], 2),
        lambda: bootstrap_interval([], np.mean, 10, 0.9, rng()),
        lambda: bootstrap_interval([1.0], np.mean, 0, 0.9, rng()),
        lambda: bootstrap_interval([1.0], np.mean, 10, 1.0, rng()),
        lambda: bias_variance(
            lambda X, y, at: at, lambda r: (np.zeros(1), np.zeros(1)), np.zeros(2), [0.0], 3, rng()
        ),
        lambda: bias_variance(
            lambda X, y, at: at, lambda r: (np.zeros(1), np.zeros(1)), np.zeros(1), [0.0], 0, rng()
        ),
    ],
)
def test_refuses_what_cannot_be_split(call: object) -> None:
    """Is what lies outside the stated domain refused with a sentence?"""
    with pytest.raises(ValueError, match=r"must|need|shape|between"):
        call()  # type: ignore[operator]


def test_bias_and_variance_by_hand() -> None:
    """Predictions 1 and 3 at one point, 0 and 0 at another, truth 1 and 2: 2.5 and 0.5?

    Means 2 and 0 miss the truth by 1 and 2, mean square 2.5. Variances 1 and 0, mean 0.5.
    """
    turns = iter([np.array([1.0, 0.0]), np.array([3.0, 0.0])])
    parts = bias_variance(
        lambda X, y, at: next(turns),
        lambda r: (np.zeros(1), np.zeros(1)),
        np.zeros(2),
        [1.0, 2.0],
        2,
        rng(),
    )
    assert parts == pytest.approx((2.5, 0.5))


@pytest.mark.parametrize("degree", [1, 6, 12])
def test_parts_agree_with_the_hat_matrix(degree: int) -> None:
    """Over 2,000 samples, are the parts those of the closed form within Monte-Carlo error?"""
    x, at, noise, trials = np.linspace(-1, 1, 30), np.linspace(-0.9, 0.9, 20), 0.3, 2000

    def truth(x: Array) -> Array:
        return np.asarray(np.sin(5 * x))

    found = bias_variance(
        lambda X, y, at: predict(fit(X, y, degree), at),
        lambda r: (x, truth(x) + noise * r.standard_normal(30)),
        at,
        truth(at),
        trials,
        rng(degree),
    )
    exact = error_parts(truth, x, at, noise, degree)
    # a variance from N normal numbers has the relative standard error √(2/N); the points of one
    # fit are correlated, so that their mean is no better than one of them
    room = 4 * np.sqrt(2 / trials)
    assert found.variance == pytest.approx(exact.variance[degree], rel=room)
    chance = exact.variance[degree] / trials
    spread = 4 * np.sqrt(exact.bias2[degree] * chance) + 4 * chance
    assert found.bias2 == pytest.approx(exact.bias2[degree] + chance, abs=spread)


def test_bootstrap_of_two_numbers() -> None:
    """The mean of two numbers 0 and 1 has resamples 0, ½, 1 with chances ¼, ½, ¼: which interval?

    Leaving 30 % out at either end keeps only ½, leaving 20 % out keeps all three.
    """
    assert bootstrap_interval([0.0, 1.0], np.mean, 4000, 0.4, rng()) == (0.5, 0.5)
    assert bootstrap_interval([0.0, 1.0], np.mean, 4000, 0.6, rng()) == (0.0, 1.0)


def test_bootstrap_of_the_largest() -> None:
    """Is the largest number in 1 − (1 − 1/n)ⁿ of the resamples, so that it ends the interval?"""
    seen: list[float] = []

    def largest(rows: Array) -> float:
        seen.append(float(rows.max()))
        return seen[-1]

    low, high = bootstrap_interval(np.arange(10.0), largest, 5000, 0.9, rng(2))
    share = np.mean(np.array(seen) == 9)
    assert len(seen) == 5000
    assert share == pytest.approx(1 - 0.9**10, abs=4 * np.sqrt(0.25 / 5000))
    assert high == 9
    # P(largest ≤ 6) = 0.7¹⁰ = 2.8 %, P(largest ≤ 7) = 10.7 %
    assert low == 7


def test_bootstrap_of_a_proportion_is_binomial() -> None:
    """For 30 of 40 hits, are the ends quantiles of Binomial(40, ¾)/40?"""
    hits = np.repeat([1.0, 0.0], [30, 10])
    low, high = bootstrap_interval(hits, np.mean, 4000, 0.9, rng(1))
    chances = np.cumsum([comb(40, j) * 0.75**j * 0.25 ** (40 - j) for j in range(41)])
    # one step of 1/40 more or less, where a step of the distribution lies near the level
    assert low == pytest.approx(np.searchsorted(chances, 0.05) / 40, abs=0.026)
    assert high == pytest.approx(np.searchsorted(chances, 0.95) / 40, abs=0.026)


def test_bootstrap_covers_as_student_says() -> None:
    """Does the 95 % interval of a mean of 8 normal numbers cover as Student's law predicts?

    The interval is close to mean ± 1.96·s·√(7/8)/√8, so it covers when |T| ≤ 1.96·√(7/8), which
    Student's distribution with 7 degrees of freedom gives 0.8906.
    """
    seeds, level = 300, 0.8906
    assert student_quantile(0.5 + level / 2, 7) == pytest.approx(1.96 * np.sqrt(7 / 8), rel=1e-3)
    covered = 0
    for seed in range(seeds):
        draws = rng(seed)
        low, high = bootstrap_interval(draws.standard_normal(8), np.mean, 200, 0.95, draws)
        covered += low <= 0 <= high
    assert covered / seeds == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / seeds))


def test_nested_picks_inside() -> None:
    """Does the choice see the training part alone, and the score the outer fold alone?

    The score of a value is minus the distance of its forecast, the last training label plus the
    value, from the mean of the fold. The labels climb by 1, and from row 12 on by 3.
    """
    y = np.concatenate([np.arange(12.0), 11 + 3.0 * np.arange(1, 5)])
    X = np.arange(16.0)

    def fit_score(X_train: Array, y_train: Array, X_val: Array, y_val: Array, value: int) -> float:
        assert X_train.max() < X_val.min()
        return -abs(y_train[-1] + value * len(y_val) / 2 - y_val.mean())

    scores, chosen = nested_forward_cv(fit_score, X, y, [5, 1], 3)
    assert chosen == [1, 1, 1]  # the jump is never seen before the last fold
    # forecasts 3 + 2, 7 + 2, 11 + 2; means of the folds 5.5, 9.5, 18.5
    assert scores.tolist() == [-0.5, -0.5, -5.5]


def test_first_of_equal_values_wins() -> None:
    """Is the first value of the grid taken where all score alike?"""
    found = nested_forward_cv(lambda *a: 1.0, np.zeros((9, 2)), np.zeros(9), ["b", "a"], 2)
    assert found.chosen == ["b", "b"]
    assert found.scores.tolist() == [1.0, 1.0]


def test_mean_score() -> None:
    """Is it the mean over the splits of what the function gives for their rows?"""
    X, y = np.arange(6.0), np.arange(6.0) ** 2
    splits = forward_chaining(6, 2)  # held out: 2 3, then 4 5
    score = mean_score(lambda a, b, c, d, v: v * d.sum(), X, y, splits, 2)
    assert score == (2 * (4 + 9) + 2 * (16 + 25)) / 2
