"""Problem set 3: does it tell right from wrong, and say which wrong it is?"""

from __future__ import annotations

import numpy as np
import pytest

from tools.rehearsal import Rehearsal

ASSIGNMENT = "03-gradient"


def test_centred_differences_are_exact_for_squares(gradient_set: Rehearsal) -> None:
    """Is the difference of a quadratic its derivative, and of x³ off by h², as Taylor says?"""
    numerical_gradient = gradient_set.reference["numerical_gradient"]
    H, x = np.array([[3.0, 1.0], [1.0, 2.0]]), np.array([1.0, -2.0])
    np.testing.assert_allclose(numerical_gradient(lambda x: 0.5 * x @ H @ x, x, 0.5), H @ x)
    cubes = numerical_gradient(lambda x: float(np.sum(x**3)), x, 0.5)
    np.testing.assert_allclose(cubes, 3 * x**2 + 0.25)


@pytest.mark.parametrize("name", ["svm_loss_and_gradient", "softmax_loss_and_gradient"])
def test_gradients_are_the_slopes_of_their_losses(gradient_set: Rehearsal, name: str) -> None:
    """Along a random direction, does the loss change at the rate that the gradient says?"""
    draw = np.random.default_rng(3)
    X, y, W = draw.standard_normal((6, 4)), draw.integers(0, 3, 6), draw.standard_normal((4, 3))
    direction = draw.standard_normal((4, 3))
    function = gradient_set.reference[name]
    ahead, behind = (function(W + t * direction, X, y, 0.2)[0] for t in (1e-5, -1e-5))
    slope = float((function(W, X, y, 0.2)[1] * direction).sum())
    assert (ahead - behind) / 2e-5 == pytest.approx(slope, rel=1e-8)


def test_softmax_gradient_by_the_complex_step(gradient_set: Rehearsal) -> None:
    """Does the gradient equal Im L(W + ih)/h, which subtracts nothing, to 13 digits?"""
    draw = np.random.default_rng(4)
    X, y, W = draw.standard_normal((6, 4)), draw.integers(0, 3, 6), draw.standard_normal((4, 3))

    def loss(W: np.ndarray) -> complex:
        s = X @ W
        right = s[np.arange(6), y]
        return complex(np.mean(np.log(np.exp(s).sum(axis=1)) - right) + 0.2 * np.sum(W * W))

    expected = np.zeros((4, 3))
    for index in np.ndindex(4, 3):
        moved = W.astype(complex)
        moved[index] += 1e-30j
        expected[index] = loss(moved).imag / 1e-30
    got = gradient_set.reference["softmax_loss_and_gradient"](W, X, y, 0.2)[1]
    np.testing.assert_allclose(got, expected, rtol=1e-13)


def test_losses_at_chance_and_far_out(gradient_set: Rehearsal) -> None:
    """Is the loss C − 1 and ln C at W = 0, and 20,000 where the wrong class leads by as much?"""
    X, y = np.ones((5, 3)), np.array([0, 9, 3, 3, 1])
    svm, softmax = (
        gradient_set.reference[f"{name}_loss_and_gradient"] for name in ("svm", "softmax")
    )
    assert svm(np.zeros((3, 10)), X, y, 1.0)[0] == pytest.approx(9.0)
    assert softmax(np.zeros((3, 10)), X, y, 1.0)[0] == pytest.approx(np.log(10))
    far = softmax(np.array([[1e4, -1e4]]), np.ones((1, 1)), np.array([1]), 0.0)
    assert far[0] == 20_000.0
    np.testing.assert_array_equal(far[1], [[1.0, -1.0]])


def test_the_slope_changes_where_a_kink_is_crossed(gradient_set: Rehearsal) -> None:
    """Without a regulariser, do the gradients at both ends differ exactly across a kink?"""
    draw = np.random.default_rng(5)
    X, y, W = draw.standard_normal((8, 4)), draw.integers(0, 3, 8), draw.standard_normal((4, 3)) / 3
    svm, crossed = (
        gradient_set.reference[name] for name in ("svm_loss_and_gradient", "crossed_kink")
    )
    seen = set()
    for index in np.ndindex(4, 3):
        step = np.zeros((4, 3))
        step[index] = 0.3
        jump = svm(W + step, X, y, 0.0)[1] - svm(W - step, X, y, 0.0)[1]
        assert crossed(W, X, y, index, 0.3) == bool(np.abs(jump).max() > 1e-12)
        seen.add(crossed(W, X, y, index, 0.3))
    assert seen == {True, False}


def test_each_given_gradient_has_its_fault_and_no_other(gradient_set: Rehearsal) -> None:
    """Do the four planted faults show where they should, and nowhere else?"""
    reference = gradient_set.reference
    given, slopes = reference["given"], reference["numerical_gradient"]

    def gap(name: str, w: np.ndarray, n: int, reg: float) -> np.ndarray:
        _, X, t = reference["hunting_ground"](n)
        gradient = given[name](w, X, t, reg)[1]
        assert gradient.dtype == np.float64
        return np.abs(gradient - slopes(lambda w: given[name](w, X, t, reg)[0], w))

    w = reference["hunting_ground"](10)[0]
    bugs = reference["find_bugs"]()
    assert bugs["a"] == "the gradient is right at w = 0 and wrong elsewhere"
    assert gap("a", 0 * w, 10, 0.5).max() < 1e-8
    assert gap("a", w, 10, 0.0).max() > 0.1
    assert bugs["b"] == "the last entry alone is summed over the examples, not averaged"
    longer = np.append(w, 0.5)
    assert gap("b", longer, 1, 0.5).max() < 1e-8
    assert gap("b", longer, 10, 0.5)[:-1].max() < 1e-8
    assert gap("b", longer, 10, 0.5)[-1] > 0.1
    assert bugs["c"] == "the gradient of the regulariser lacks its factor 2"
    assert gap("c", w, 10, 0.0).max() < 1e-8
    np.testing.assert_allclose(gap("c", w, 10, 0.5), 0.5 * np.abs(w), atol=1e-8)
    assert bugs["d"] == "loss and gradient are computed in single precision"
    assert gap("d", w, 10, 0.1).max() > 1e-4
    X, t = reference["hunting_ground"](10)[1:]
    miss = X @ w - t
    right = X.T @ np.tanh(miss) / 10 + 0.2 * w
    np.testing.assert_allclose(given["d"](w, X, t, 0.1)[1], right, rtol=1e-5)
    assert set(bugs.values()) < set(reference["FAULTS"])


def test_the_right_faults_are_not_told(gradient_set: Rehearsal) -> None:
    """Does feedback on a wrong hunt leave the right faults to be found?"""
    right = gradient_set.reference["find_bugs"]()
    for entry in gradient_set.catalogue.mistakes_of("find_bugs"):
        answers = {"find_bugs": entry.source_cell()}
        for test in gradient_set.tests_of("find_bugs"):
            made = gradient_set.run(test, answers, hidden_only=True, diagnosing=True)
            assert not any(fault in f"{made.failure} {made.diagnosis}" for fault in right.values())
