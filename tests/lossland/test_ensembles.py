"""Ensembles against hand calculation, brute force over all stumps, simulation and complex steps."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lossland.ensembles import (
    LEAST,
    Stump,
    adaboost,
    average_weights,
    bagging_predict,
    best_stump,
    bootstrap_indices,
    distillation_loss,
    ensemble_variance,
    error_law,
    majority_of_independent,
    staged_votes,
)
from lossland.losses import softmax

Array = NDArray[np.float64]


def test_bootstrap_is_n_draws_with_replacement() -> None:
    """Are there n draws, some twice, and is (1 − 1/n)ⁿ of the rows left out?"""
    rows = bootstrap_indices(7, np.random.default_rng(3))
    np.testing.assert_array_equal(rows, np.random.default_rng(3).integers(0, 7, 7))
    rng = np.random.default_rng(0)
    left = [1 - len(np.unique(bootstrap_indices(100, rng))) / 100 for _ in range(2000)]
    assert np.mean(left) == pytest.approx(0.99**100, abs=0.003)


def test_bagging_is_the_mean_over_resamples() -> None:
    """With the mean for a learner, is the answer the mean of the resamples' means?"""
    X, y = np.arange(5.0)[:, None], np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    rng = np.random.default_rng(1)
    expected = np.mean([y[rng.integers(0, 5, 5)].mean() for _ in range(3)])
    got = bagging_predict(
        lambda X, y, X_test: np.full(len(X_test), y.mean()),
        X,
        y,
        X[:2],
        3,
        np.random.default_rng(1),
    )
    assert got == pytest.approx([expected, expected])


@pytest.mark.parametrize("rho", [-0.2, 0.0, 0.3, 1.0])
def test_law_by_simulation(rho: float) -> None:
    """Has the mean of 5 normal numbers of variance 4 and correlation ρ the variance of the law?"""
    covariance = 4 * (rho * np.ones((5, 5)) + (1 - rho) * np.eye(5))
    rng = np.random.default_rng(2)
    drawn = rng.multivariate_normal(np.zeros(5), covariance, 40_000).mean(axis=1)
    law = ensemble_variance(rho, 4.0, 5)
    assert isinstance(law, float)
    assert drawn.var() == pytest.approx(law, rel=0.03, abs=0.01)


def test_law_by_hand() -> None:
    """0.25·4 + 0.75·4/3 = 2, and an array of members gives an array?"""
    assert ensemble_variance(0.25, 4.0, 3) == 2.0
    np.testing.assert_allclose(ensemble_variance(0.25, 4.0, np.array([1, 3])), [4.0, 2.0])


def test_error_law_counts_bias() -> None:
    """Errors (1, 3) and (3, 1) at two places: σ² = 5, product 3, ρ = 3/5, average 2² = 4?"""
    rho, square = error_law([[1.0, 3.0], [3.0, 1.0]])
    assert (rho, square) == pytest.approx((0.6, 5.0))
    assert ensemble_variance(rho, square, 2) == pytest.approx(4.0)
    assert error_law(np.zeros((3, 4))) == (0.0, 0.0)


def test_condorcet() -> None:
    """Three voters of 60 %: 0.6³ + 3·0.6²·0.4 = 0.648; eleven: 75 %, as MLU-Explain prints?"""
    assert majority_of_independent(0.6, 3) == pytest.approx(0.648)
    assert majority_of_independent(0.6, 11) == pytest.approx(0.75, abs=0.005)
    assert majority_of_independent(0.3, 2) == pytest.approx(0.3)  # 0.09 + half of 0.42
    assert majority_of_independent(0.5, 9) == pytest.approx(0.5)


def least_error(X: Array, y: Array, w: Array) -> float:
    """The least weighted error of all stumps, one by one."""
    errors = []
    for feature in range(X.shape[1]):
        values = np.unique(X[:, feature])
        for threshold, sign in product([values[0] - 1, *values], (-1, 1)):
            answers = np.where(X[:, feature] > threshold, sign, -sign)
            errors.append(w[answers != y].sum())
    return float(min(errors))


@pytest.mark.parametrize("seed", range(6))
def test_best_stump_by_brute_force(seed: int) -> None:
    """On data with many ties, is no stump better?"""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (12, 3)).astype(float)
    y = rng.choice([-1.0, 1.0], 12)
    w = rng.random(12)
    w /= w.sum()
    stump = best_stump(X, y, w)
    assert w[stump.predict(X) != y].sum() == pytest.approx(least_error(X, y, w))


def test_constant_stump() -> None:
    """Where no question helps, is the stump the heavier label?"""
    stump = best_stump([[1.0], [1.0], [1.0]], np.array([1, -1, -1]), np.full(3, 1 / 3))
    assert stump == Stump(0, 0.0, -1)
    np.testing.assert_array_equal(stump.predict([[1.0]]), [-1.0])


def test_adaboost_by_hand() -> None:
    """Places 0 … 3 labelled + − − +: error ¼, vote ½·ln 3, the wrong one weighs ½ then?

    x > 2.5 → +1 is wrong at place 0 (its mirror x > 0.5 → −1 would be at 3). Its vote is ½·ln(¾/¼).
    Wrong weight ¼·√3, right ones ¼/√3 each: normalised ½ and 1/6.
    """
    X, y = np.arange(4.0)[:, None], np.array([1, -1, -1, 1])
    stumps, alphas, weights = adaboost(X, y, 1)
    assert stumps == (Stump(0, 2.5, 1),)
    assert alphas == pytest.approx([0.5 * math.log(3)])
    assert weights == pytest.approx([1 / 2, 1 / 6, 1 / 6, 1 / 6])
    stumps, alphas, _ = adaboost(X, y, 3)  # three stumps draw the interval
    assert (np.sign(staged_votes(stumps, alphas, X)[3]) == y).all()


def test_adaboost_bound_is_an_identity() -> None:
    """Is the mean of exp(−yF) the product of 2√(ε(1−ε)), above the training error?"""
    rng = np.random.default_rng(5)
    X = rng.standard_normal((60, 4))
    y = np.where(X[:, 0] * X[:, 1] + 0.3 * rng.standard_normal(60) > 0, 1, -1)
    stumps, alphas, weights = adaboost(X, y, 40)
    F = staged_votes(stumps, alphas, X)
    assert F.shape == (41, 60)
    error = 1 / (1 + np.exp(2 * alphas))
    product_of_z = np.cumprod(2 * np.sqrt(error * (1 - error)))
    assert np.exp(-y * F).mean(axis=1)[1:] == pytest.approx(product_of_z)
    assert ((np.sign(F) != y).mean(axis=1)[1:] <= product_of_z).all()
    expected = np.exp(-y * F[-1])
    assert weights == pytest.approx(expected / expected.sum())
    # The last stump's weighted error under the new weights is ½: nothing of it is left to use.
    assert weights[stumps[-1].predict(X) != y].sum() == pytest.approx(0.5)


def test_adaboost_where_one_stump_is_right() -> None:
    """Is a perfect stump's vote finite?"""
    _, alphas, weights = adaboost([[0.0], [1.0]], np.array([-1, 1]), 2)
    assert alphas == pytest.approx([0.5 * math.log((1 - LEAST) / LEAST)] * 2)
    assert weights == pytest.approx([0.5, 0.5])


def test_average_by_hand() -> None:
    """From 1, then 3, then 5 with decay ½: 2, then 3.5? And is the first left as it was?"""
    checkpoints = [np.array([1.0]), np.array([3.0]), np.array([5.0])]
    np.testing.assert_array_equal(average_weights(checkpoints, 0.5), [3.5])
    np.testing.assert_array_equal(average_weights(checkpoints[:1], 0.9), [1.0])
    np.testing.assert_array_equal(checkpoints[0], [1.0])


def test_distillation_by_hand() -> None:
    """One row, two classes: teacher (ln 9, 0), student (0, 0), T = 2, label 1.

    softmax(teacher/2) = (3/4, 1/4); both student softmaxes are (½, ½), both cross-entropies ln 2.
    Loss (½·4 + ½)·ln 2; gradient ½·2·(−¼, ¼) + ½·(½, −½) = (0, 0).
    """
    student, teacher = np.zeros((1, 2)), np.array([[math.log(9), 0.0]])
    loss, gradient = distillation_loss(student, teacher, np.array([1]), 2.0, 0.5)
    assert loss == pytest.approx(2.5 * math.log(2))
    assert gradient == pytest.approx(np.zeros((1, 2)), abs=1e-15)


@pytest.mark.parametrize(("temperature", "alpha"), [(1.0, 1.0), (3.0, 0.7), (0.5, 0.0), (20, 0.5)])
def test_distillation_gradient_by_complex_step(temperature: float, alpha: float) -> None:
    """Is the gradient the complex step's, to 1e-12?"""
    rng = np.random.default_rng(7)
    student, teacher = rng.standard_normal((4, 3)), 3 * rng.standard_normal((4, 3))
    y = np.array([0, 2, 1, 2])

    def loss(scores: NDArray[Any]) -> complex:
        def log_softmax(s: NDArray[Any]) -> NDArray[Any]:
            return s - np.log(np.exp(s).sum(axis=1, keepdims=True))

        target = np.exp(log_softmax(teacher / temperature))
        soft = -(target * log_softmax(scores / temperature)).sum(axis=1).mean()
        hard = -log_softmax(scores)[np.arange(4), y].mean()
        return complex(alpha * temperature**2 * soft + (1 - alpha) * hard)

    value, gradient = distillation_loss(student, teacher, y, temperature, alpha)
    assert value == pytest.approx(loss(student).real)
    for index in np.ndindex(4, 3):
        moved = student.astype(complex)
        moved[index] += 1e-30j
        assert gradient[index] == pytest.approx(loss(moved).imag / 1e-30, rel=1e-11, abs=1e-14)


def test_large_scores_do_not_overflow() -> None:
    """Are loss, gradient and probabilities finite for scores of ±10⁴?"""
    scores = np.array([[1e4, -1e4, 0.0]])
    loss, gradient = distillation_loss(scores, -scores, np.array([1]), 3.0, 0.5)
    assert np.isfinite(loss)
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(softmax(scores), [[1.0, 0.0, 0.0]], atol=1e-300)


def test_refusals() -> None:
    """Does each wrong argument get one line that names it?"""
    X, y, rng = np.zeros((3, 2)), np.array([1, -1, 1]), np.random.default_rng(0)
    fit = lambda X, y, X_test: X_test[:, 0]  # noqa: E731
    with pytest.raises(ValueError, match="members is 0"):
        bagging_predict(fit, X, y, X, 0, rng)
    with pytest.raises(ValueError, match="first axis"):
        bagging_predict(fit, X, y[:2], X, 1, rng)
    with pytest.raises(ValueError, match="at least 2 members"):
        error_law([[1.0, 2.0]])
    with pytest.raises(ValueError, match="probability"):
        majority_of_independent(1.5, 3)
    with pytest.raises(ValueError, match="members is 0"):
        majority_of_independent(0.5, 0)
    with pytest.raises(ValueError, match="labels must be"):
        adaboost(X, np.array([0, 1, 1]), 1)
    with pytest.raises(ValueError, match="y \\(2,\\)"):
        adaboost(X, y[:2], 1)
    with pytest.raises(ValueError, match="rounds is -1"):
        adaboost(X, y, -1)
    with pytest.raises(ValueError, match="empty"):
        average_weights([], 0.5)
    with pytest.raises(ValueError, match="decay is 1"):
        average_weights([X], 1.0)
    with pytest.raises(ValueError, match="checkpoint 1"):
        average_weights([X, X[0]], 0.5)
    with pytest.raises(ValueError, match="teacher"):
        distillation_loss(X, X[:1], np.zeros(3, int), 1.0, 0.5)
    with pytest.raises(ValueError, match="y has shape"):
        distillation_loss(X, X, np.zeros(2, int), 1.0, 0.5)
    with pytest.raises(ValueError, match="temperature 0"):
        distillation_loss(X, X, np.zeros(3, int), 0.0, 0.5)
