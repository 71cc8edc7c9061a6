"""Rates and bounds against eigenvalues, worked examples, measured slopes and brute force."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lossland import theory
from lossland.experiment import measured_rate, minimise
from lossland.optimizers import Optimizer, gradient_descent, momentum, nesterov
from lossland.surfaces import Surface, nesterov_worst, quadratic_bowl

Array = NDArray[np.float64]

METHODS = ("gradient descent", "momentum", "nesterov")
GRID = [
    (eig, lr, mu)
    for eig in (0.1, 1.0, 4.0)
    for lr in (0.05, 0.3, 0.9)
    for mu in (0.0, 0.3, 0.9, 0.99)
]


@pytest.mark.parametrize(("eig", "lr", "mu"), GRID)
def test_rates_are_spectral_radii(eig: float, lr: float, mu: float) -> None:
    """Do the closed forms equal the largest |eigenvalue| that LAPACK finds?"""
    # a defective matrix loses half the digits of its eigenvalues
    heavy = np.abs(np.linalg.eigvals(theory.momentum_matrix(eig, lr, mu))).max()
    np.testing.assert_allclose(theory.momentum_rate(eig, lr, mu), heavy, rtol=1e-7)
    ahead = np.abs(np.linalg.eigvals(theory.nesterov_matrix(eig, lr, mu))).max()
    np.testing.assert_allclose(theory.nesterov_rate(eig, lr, mu), ahead, rtol=1e-7)
    np.testing.assert_allclose(theory.gd_rate(eig, lr), theory.momentum_rate(eig, lr, 0.0))


@pytest.mark.parametrize(("eig", "lr", "mu"), GRID)
def test_matrices_are_the_optimizers(eig: float, lr: float, mu: float) -> None:
    """Does one multiplication by the matrix equal one step of the optimizer on ½·eig·x²?"""
    error, v = 0.7, -0.3
    step, state = momentum(lr, mu).update(
        np.array(eig * error), momentum(lr, mu).init(np.array(error))._replace(v=np.array(v)), error
    )
    expected = theory.momentum_matrix(eig, lr, mu) @ [error, v]
    np.testing.assert_allclose([error + step, state.v], expected, rtol=1e-13)

    ahead = np.array(error + mu * v)
    rule = nesterov(lr, mu)
    step, state = rule.update(eig * ahead, rule.init(ahead)._replace(v=np.array(v)), ahead)
    expected = theory.nesterov_matrix(eig, lr, mu) @ [error, v]
    np.testing.assert_allclose([ahead + step - mu * state.v, state.v], expected, rtol=1e-13)


def test_optimal_parameters_by_hand() -> None:
    """Are the best parameters those of worked examples with square condition numbers?"""
    # eigenvalues 1 and 4: √κ = 2;  gradient descent 2/5, 3/5;  heavy ball 4/9, 1/9, rate 1/3
    assert theory.optimal_gd(1, 4) == 0.4
    np.testing.assert_allclose(theory.optimal_gd_rate(4), 3 / 5)
    np.testing.assert_allclose(theory.optimal_momentum(1, 4), (4 / 9, 1 / 9))
    np.testing.assert_allclose(theory.optimal_momentum_rate(4), 1 / 3)
    # eigenvalues 1 and 5: √(3κ + 1) = 4;  Nesterov 1/4, 1/3, rate 1/2
    np.testing.assert_allclose(theory.optimal_nesterov(1, 5), (1 / 4, 1 / 3))
    np.testing.assert_allclose(theory.optimal_nesterov_rate(5), 1 / 2)


@pytest.mark.parametrize("kappa", [1.0, 4.0, 30.0, 1000.0])
def test_optimal_parameters_reach_the_optimal_rate(kappa: float) -> None:
    """Is the largest rate over the spectrum the published one?"""
    eigs = np.geomspace(2.0, 2.0 * kappa, 50)
    lr = theory.optimal_gd(2.0, 2.0 * kappa)
    rate = theory.gd_rate(eigs, lr).max()
    np.testing.assert_allclose(rate, theory.optimal_gd_rate(kappa), atol=1e-12)
    # both ends are double roots, where rounding costs half the digits
    rate = theory.momentum_rate(eigs, *theory.optimal_momentum(2.0, 2.0 * kappa)).max()
    np.testing.assert_allclose(rate, theory.optimal_momentum_rate(kappa), atol=1e-6)
    rate = theory.nesterov_rate(eigs, *theory.optimal_nesterov(2.0, 2.0 * kappa)).max()
    np.testing.assert_allclose(rate, theory.optimal_nesterov_rate(kappa), atol=1e-6)


def test_nothing_on_a_grid_beats_the_optimum() -> None:
    """Does a search over 40,000 pairs (lr, mu) find no better rate, and come close?"""
    eigs = np.geomspace(1.0, 25.0, 9)[:, None, None]
    lr, mu = np.linspace(0.002, 0.2, 200)[:, None], np.linspace(0, 0.995, 200)
    best = theory.momentum_rate(eigs, lr, mu).max(axis=0).min()
    assert theory.optimal_momentum_rate(25.0) <= best < theory.optimal_momentum_rate(25.0) + 0.03
    best = theory.nesterov_rate(eigs, lr, mu).max(axis=0).min()
    assert theory.optimal_nesterov_rate(25.0) <= best < theory.optimal_nesterov_rate(25.0) + 0.03


@pytest.mark.parametrize("kappa", [10.0, 100.0])
def test_measured_slopes_meet_theory(kappa: float) -> None:
    """Does the loss of each tuned method fall with the square of its predicted rate?"""
    bowl = quadratic_bowl(kappa, angle=0.4)
    cases: list[tuple[Optimizer[Any], float, float]] = [
        (gradient_descent(theory.optimal_gd(1, kappa)), theory.optimal_gd_rate(kappa), 1e-9),
        # the double roots of the other two let k·rateᵏ through: a slope 2/k above the rate's
        (momentum(*theory.optimal_momentum(1, kappa)), theory.optimal_momentum_rate(kappa), 0.03),
        (nesterov(*theory.optimal_nesterov(1, kappa)), theory.optimal_nesterov_rate(kappa), 0.03),
    ]
    for optimizer, rate, tolerance in cases:
        steps = round(24 / (1 - rate))
        trace = minimise(bowl.loss_and_gradient, bowl.start, optimizer, steps)
        slope = measured_rate(trace.loss, skip=steps // 2)
        np.testing.assert_allclose(slope**0.5, rate, rtol=tolerance)
        assert slope**0.5 > rate - 1e-9


@pytest.mark.parametrize(
    ("eig", "lr", "mu", "expected"),
    [
        # √mu = ½: the borders lie at lr·λ = ¼ and 2¼
        (1.0, 0.24, 0.25, "over"),
        (1.0, 0.25, 0.25, "critical"),
        (2.5, 0.1, 0.25, "critical"),
        (1.0, 0.26, 0.25, "under"),
        (1.0, 2.24, 0.25, "under"),
        (1.0, 2.26, 0.25, "alternating"),
        # gradient descent: one step at lr·λ = 1, a zigzag beyond
        (1.0, 0.5, 0.0, "over"),
        (1.0, 1.0, 0.0, "critical"),
        (1.0, 1.5, 0.0, "alternating"),
    ],
)
def test_damping(eig: float, lr: float, mu: float, expected: str) -> None:
    """Is the kind of damping the one the quadratic formula gives on paper?"""
    assert theory.damping(eig, lr, mu) == expected


def best_gap(worst: Surface, k: int) -> float:
    """Loss above the minimum of the best point in the span of k gradients from 0.

    Only the first k coordinates can have moved; their least loss solves a k×k system.
    """
    (minimum,) = worst.minima
    hessian, best = worst.hessian(minimum), np.zeros(worst.dim)
    best[:k] = np.linalg.solve(hessian[:k, :k], (hessian @ minimum)[:k])
    return float(0.5 * (best - minimum) @ hessian @ (best - minimum))


@pytest.mark.parametrize("k", [1, 5, 20, 60])
def test_lower_bounds_hold_for_every_combination_of_gradients(k: int) -> None:
    """Is even the best point in the span of k gradients above the bound, and not far above?"""
    chain = nesterov_worst(2 * k + 1, eig_max=3.0)
    distance = float(np.linalg.norm(chain.minima[0]))
    assert 1 <= best_gap(chain, k) / theory.nesterov_lower_bound(k, 3.0, distance) < 3

    strong = nesterov_worst(400, eig_max=1.0, eig_min=0.02)
    distance = float(np.linalg.norm(strong.minima[0]))
    assert 1 <= best_gap(strong, k) / theory.nesterov_lower_bound(k, 1.0, distance, 0.02) < 50


def test_worst_function_bound_is_met() -> None:
    """Is the bound for one chain exactly the least loss on its first k coordinates?"""
    chain, k = nesterov_worst(30, eig_max=3.0), np.arange(31)
    gaps = [best_gap(chain, n) for n in k]
    np.testing.assert_allclose(theory.worst_function_bound(k, 30, 3.0), gaps, atol=1e-13)


@pytest.mark.parametrize(
    "optimizer", [gradient_descent(1.0), momentum(1.0, 0.9), nesterov(1.0, 0.9)], ids=METHODS
)
def test_no_method_beats_the_bound(optimizer: Optimizer[Any]) -> None:
    """Does each of our methods stay above the bound on the worst function?"""
    chain = nesterov_worst(101)
    trace = minimise(chain.loss_and_gradient, chain.start, optimizer, 100)
    gap = trace.loss - float(chain.value(chain.minima[0]))
    assert (gap > theory.worst_function_bound(np.arange(101), 101) - 1e-15).all()


def test_lower_bound_by_hand() -> None:
    """Are both theorems' formulas those of the book for easy numbers?"""
    # 3·32·4/(32·(1 + 1)²) = 3;  κ = 9: 1/2·(1/2)²ᵏ·16
    np.testing.assert_allclose(theory.nesterov_lower_bound([1, 3], 32.0, 2.0), [3.0, 0.75])
    np.testing.assert_allclose(theory.nesterov_lower_bound([0, 2], 9.0, 4.0, 1.0), [8.0, 0.5])


@pytest.mark.parametrize(("eig", "lr", "mu"), [(1.0, 0.1, 0.0), (1.0, 0.1, 0.9), (5.0, 0.3, 0.5)])
def test_stationary_variance(eig: float, lr: float, mu: float) -> None:
    """Does the closed form solve the Lyapunov equation P = MPMᵀ + lr²·noise²·bbᵀ?"""
    matrix, b, noise = theory.momentum_matrix(eig, lr, mu), np.ones(2), 0.7
    # noise enters v, and through v the error, with the same weight −lr
    source = (lr * noise) ** 2 * np.outer(b, b)
    solution = np.linalg.solve(np.eye(4) - np.kron(matrix, matrix), source.ravel())
    got = theory.stationary_variance(eig, lr, mu, noise)
    np.testing.assert_allclose(got, solution[0], rtol=1e-10)


def test_rates_broadcast() -> None:
    """Does a whole (lr, mu) map come out at once, entry by entry as alone?"""
    eigs, lrs, mus = (
        np.array([1.0, 3.0]),
        np.array([0.1, 0.2, 0.5]),
        np.array([0.0, 0.5, 0.9, 0.95]),
    )
    rates = theory.momentum_rate(eigs[:, None, None], lrs[:, None], mus)
    assert rates.shape == (2, 3, 4)
    for i, j, k in np.ndindex(2, 3, 4):
        assert rates[i, j, k] == theory.momentum_rate(eigs[i], lrs[j], mus[k])


@pytest.mark.parametrize(
    "optimal", [theory.optimal_gd, theory.optimal_momentum, theory.optimal_nesterov]
)
@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0), (2.0, 1.0)])
def test_refuses_impossible_eigenvalues(optimal: Any, low: float, high: float) -> None:
    """Are eigenvalues that are not 0 < m ≤ L refused, with their values?"""
    with pytest.raises(ValueError, match=f"eig_min {low} and eig_max {high}"):
        optimal(low, high)
