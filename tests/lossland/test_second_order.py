"""L-BFGS against the update of BFGS with whole matrices, against SciPy's, and on known bowls."""

from __future__ import annotations

import numpy as np
import pytest

from lossland.losses import quadratic, softmax_loss_and_gradient
from lossland.second_order import lbfgs, two_loop, wolfe_search
from lossland.surfaces import rosenbrock


def bfgs_matrix(pairs: list, dim: int) -> np.ndarray:
    """H ← (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ, Nocedal & Wright's equation 6.17, from s·y/(y·y)·I."""
    s, y = pairs[-1]
    H = s @ y / (y @ y) * np.eye(dim)
    for s, y in pairs:
        rho = 1 / (y @ s)
        left = np.eye(dim) - rho * np.outer(s, y)
        H = left @ H @ left.T + rho * np.outer(s, s)
    return H


def some_pairs(dim: int, many: int) -> tuple[list, np.ndarray]:
    """Steps, and the gradient's changes in a bowl with known curvatures."""
    rng = np.random.default_rng(0)
    curvature = np.geomspace(0.1, 10, dim)
    steps = rng.standard_normal((many, dim))
    return [(s, curvature * s) for s in steps], rng.standard_normal(dim)


@pytest.mark.parametrize("many", [1, 3, 8])
def test_two_loops_are_the_matrix(many: int) -> None:
    pairs, g = some_pairs(6, many)
    np.testing.assert_allclose(two_loop(g, pairs), bfgs_matrix(pairs, 6) @ g, rtol=1e-10)


def test_two_loops_meet_the_newest_pair() -> None:
    """The secant equation: does the inverse Hessian map y to s?"""
    pairs, g = some_pairs(6, 4)
    s, y = pairs[-1]
    np.testing.assert_allclose(two_loop(y, pairs), s, rtol=1e-10)
    np.testing.assert_array_equal(two_loop(g, []), g)


def test_two_loops_by_hand() -> None:
    """One pair s = (1, 0), y = (2, 0): the first entry is halved, and the scale is 1/2."""
    found = two_loop(np.array([4.0, 6.0]), [(np.array([1.0, 0.0]), np.array([2.0, 0.0]))])
    np.testing.assert_allclose(found, [2.0, 3.0])


def test_two_loops_are_scipys() -> None:
    """LbfgsInvHessProduct of SciPy 1.17 starts from the identity; ours from a multiple of it.

    Scaling every y so that the newest pair has s·y = y·y makes the two the same. The numbers were
    printed by SciPy for the pairs below.
    """
    s = np.array([[1.0, 2.0, 0.0], [0.5, -1.0, 1.0]])
    y = np.array([[2.0, 2.0, 1.0], [0.5, -1.0, 1.0]])
    g = np.array([1.0, -2.0, 3.0])
    scipy = [0.9259259259259256, -2.0740740740740735, 2.9629629629629624]
    np.testing.assert_allclose(two_loop(g, list(zip(s, y, strict=True))), scipy, atol=1e-12)


def test_a_bowl_in_few_evaluations() -> None:
    """With as many pairs as dimensions, is a bowl of five curvatures done in about ten steps?"""
    f = quadratic(np.diag([1.0, 3.0, 10.0, 30.0, 100.0]))
    found = lbfgs(f, np.ones(5), 40)
    assert found.loss[-1] < 1e-12 * found.loss[0]
    assert len(found.loss) <= 40


def test_the_valley() -> None:
    """Rosenbrock's minimum, which plain descent does not reach in thousands of steps."""
    found = lbfgs(rosenbrock().loss_and_gradient, np.array([-1.2, 1.0]), 100)
    np.testing.assert_allclose(found.x, [1.0, 1.0], atol=1e-6)


def test_softmax_regression_ends_flat() -> None:
    """Is the end a minimum of the convex loss: no slope, and no neighbour lower?"""
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((60, 4)), rng.integers(0, 3, 60)

    def f(w: np.ndarray) -> tuple[float, np.ndarray]:
        loss, g = softmax_loss_and_gradient(w.reshape(4, 3), X, y, reg=0.01)
        return loss, g.ravel()

    found = lbfgs(f, np.zeros(12), 200)
    assert found.gradient_norm < 1e-7
    here = f(found.x)[0]
    assert all(f(found.x + 1e-3 * rng.standard_normal(12))[0] > here for _ in range(20))


def test_the_search_meets_both_conditions() -> None:
    """Has the loss fallen enough and the slope flattened, from steps too long and too short?"""
    f = rosenbrock().loss_and_gradient
    x = np.array([-1.2, 1.0])
    loss, g = f(x)
    for scale in (1e-8, 1e-4, 1.0, 10.0):
        way = -scale * g
        t, new, slope = wolfe_search(f, x, loss, g, way, 60)
        assert new <= loss + 1e-4 * t * (g @ way)
        assert slope @ way >= 0.9 * (g @ way)
    assert wolfe_search(f, x, loss, g, g, 30) is None  # uphill there is none


def test_evaluations_are_counted() -> None:
    calls = []

    def f(x: np.ndarray) -> tuple[float, np.ndarray]:
        calls.append(x)
        return rosenbrock().loss_and_gradient(x)

    found = lbfgs(f, np.array([-1.2, 1.0]), 17)
    assert len(calls) == len(found.loss) == 17
    assert (np.diff(found.loss) <= 0).all()
