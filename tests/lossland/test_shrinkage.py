"""Ridge, lasso and early stopping, against optimality conditions and hand calculation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lossland.shrinkage import (
    descent_path,
    elastic_net,
    lasso,
    matching_strength,
    ridge,
    soft_threshold,
)

Array = NDArray[np.float64]


@pytest.fixture
def problem() -> tuple[Array, Array]:
    """Forty rows, five correlated columns, two of them without use."""
    rng = np.random.default_rng(8)
    X = rng.standard_normal((40, 5)) @ (np.eye(5) + 0.4)
    y = X @ [1.5, -0.8, 0.0, 0.4, 0.0] + 0.3 * rng.standard_normal(40)
    return X, y


def test_soft_threshold_by_hand() -> None:
    """Is 3 moved to 2, −0.5 to 0, and −4 to −3 by a threshold of 1?"""
    np.testing.assert_array_equal(soft_threshold([3.0, -0.5, -4.0], 1.0), [2.0, 0.0, -3.0])


def test_ridge_by_hand() -> None:
    """X = (1, 2)ᵀ, y = (1, 3)ᵀ: XᵀX/2 = 2.5, Xᵀy/2 = 3.5, so 3.5/(2.5 + 1) = 1 at reg 1?"""
    assert ridge([[1.0], [2.0]], [1.0, 3.0], 1.0) == pytest.approx([1.0])


def test_lasso_by_hand() -> None:
    """The same problem at reg 2: (3.5 − 1)/2.5 = 1; from reg 7 on exactly 0?"""
    X, y = [[1.0], [2.0]], [1.0, 3.0]
    assert lasso(X, y, 2.0) == pytest.approx([1.0])
    assert lasso(X, y, 6.9)[0] > 0
    assert lasso(X, y, 7.0)[0] == 0


@pytest.mark.parametrize("reg", [0.0, 0.1, 3.0])
def test_ridge_has_no_slope(problem: tuple[Array, Array], reg: float) -> None:
    """Is the gradient of mean squared error + reg·Σw² zero there?"""
    X, y = problem
    w = ridge(X, y, reg)
    np.testing.assert_allclose(2 * X.T @ (X @ w - y) / 40 + 2 * reg * w, 0, atol=1e-12)


@pytest.mark.parametrize("mix", [1.0, 0.5, 0.1])
@pytest.mark.parametrize("reg", [0.01, 0.3, 2.0, 20.0])
def test_optimality_conditions(problem: tuple[Array, Array], reg: float, mix: float) -> None:
    """Is 0 in the subdifferential: slope −reg·mix·sign(w) where w ≠ 0, else within ±reg·mix?"""
    X, y = problem
    w = elastic_net(X, y, reg, mix)
    slope = 2 * X.T @ (X @ w - y) / 40 + 2 * reg * (1 - mix) * w
    there = w != 0
    np.testing.assert_allclose(slope[there], -reg * mix * np.sign(w[there]), atol=1e-12)
    assert (np.abs(slope[~there]) <= reg * mix + 1e-12).all()
    if reg == 0.3 and mix == 1.0:
        assert 0 < there.sum() < 5


def test_nothing_nearby_is_better(problem: tuple[Array, Array]) -> None:
    """Is the penalised loss higher at 500 random places around the lasso solution?"""
    X, y = problem
    w = lasso(X, y, 0.3)
    rng = np.random.default_rng(1)
    others = w + 0.05 * rng.standard_normal((500, 5)) * rng.integers(0, 2, (500, 5))

    def cost(v: Array) -> Any:
        return ((v @ X.T - y) ** 2).mean(axis=-1) + 0.3 * np.abs(v).sum(axis=-1)

    assert (cost(others) >= cost(w)).all()


def test_without_mix_it_is_ridge(problem: tuple[Array, Array]) -> None:
    """Does coordinate descent with mix = 0 find the closed form?"""
    np.testing.assert_allclose(elastic_net(*problem, 0.7, 0.0), ridge(*problem, 0.7), rtol=1e-11)


def test_closed_path_is_the_loop(problem: tuple[Array, Array]) -> None:
    """Does the closed form stand where the update w ← w − lr·gradient stands?"""
    X, y = problem
    w, walked = np.zeros(5), [np.zeros(5)]
    for _ in range(300):
        w = w - 0.02 * 2 * X.T @ (X @ w - y) / 40
        walked.append(w)
    times = [0, 1, 2, 10, 300]
    expected = np.array(walked)[times]
    np.testing.assert_allclose(descent_path(X, y, 0.02, times), expected, atol=1e-11)


def test_path_stays_at_0_where_the_data_say_nothing() -> None:
    """With two equal columns, do both coefficients share the way, and end at the short solution?"""
    X = np.array([[1.0, 1.0], [2.0, 2.0]])
    end = descent_path(X, [1.0, 2.0], 0.05, [2000])[0]
    np.testing.assert_allclose(end, [0.5, 0.5], rtol=1e-9)


def test_early_stopping_is_near_to_ridge() -> None:
    """Per eigenvalue, both parts of the way: equal in the limit, at most 0.21 apart?"""
    # With s = λ/reg: ridge s/(1 + s), descent with small steps 1 − e^(−s); the largest gap, where
    # (1 + s)² = e^s, is 0.2032 at s = 2.5129.
    lr, X = 1e-4, np.array([[1.0]])
    steps = np.geomspace(50, 1e6, 60).round()
    descent = descent_path(X, [1.0], lr, steps)[:, 0]
    shrunk = [ridge(X, [1.0], float(reg))[0] for reg in matching_strength(lr, steps)]
    gap = descent - shrunk
    assert gap.max() == pytest.approx(0.2032, abs=1e-3)
    assert steps[gap.argmax()] * 2 * lr == pytest.approx(2.513, rel=0.1)
    assert abs(gap[0]) < 1e-4
    assert abs(gap[-1]) < 0.01


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda: ridge([[1.0]], [1.0], -1.0), "reg is -1"),
        (lambda: ridge([1.0, 2.0], [1.0, 2.0], 1.0), r"X has shape \(2,\)"),
        (lambda: lasso([[1.0], [2.0]], [1.0], 1.0), r"y \(1,\)"),
        (lambda: elastic_net([[1.0]], [1.0], 1.0, 1.5), "mix is 1.5"),
        (lambda: lasso([[1.0, 0.0]], [1.0], 1.0), "column 1 of X"),
        (lambda: soft_threshold(1.0, -1.0), "threshold is -1"),
        (lambda: descent_path([[1.0]], [1.0], 0.0, [1]), "lr is 0"),
        (lambda: descent_path([[1.0]], [1.0], 0.1, [-1]), "counts from 0 on"),
    ],
)
def test_refuses_nonsense(act: Any, told: str) -> None:
    """Does the message name what is wrong?"""
    with pytest.raises(ValueError, match=told):
        act()
