"""The losses against worked examples, other formulas and finite differences."""

import numpy as np
import pytest

from lossland.gradcheck import check_gradient, complex_step
from lossland.losses import (
    accuracy,
    hinge_loss,
    hinge_loss_and_gradient,
    positive_margins,
    quadratic,
    softmax_loss,
    softmax_loss_and_gradient,
)

ONE = np.eye(1)  # one example whose scores are the only row of W


def problem(n: int = 3, d: int = 5, classes: int = 4) -> tuple[np.ndarray, ...]:
    """Random W, X and labels of a small linear classifier."""
    rng = np.random.default_rng(7)
    return (
        rng.standard_normal((d, classes)),
        rng.standard_normal((n, d)),
        rng.integers(0, classes, n),
    )


def test_hinge_worked_examples() -> None:
    """Do the two examples in CS231n's notes on linear classification come out?"""
    # scores 13, −7, 11, right class 0, delta 10: max(0, −10) + max(0, 8)
    assert hinge_loss(np.array([[13.0, -7.0, 11.0]]), ONE, np.array([0]), delta=10.0) == 8
    # scores −2.85, 0.86, 0.28, right class 2: 0 + 1.58
    scores = np.array([[-2.85, 0.86, 0.28]])
    np.testing.assert_allclose(hinge_loss(scores, ONE, np.array([2])), 1.58)


def test_softmax_worked_example() -> None:
    """Is −ln(e^0.28/(e^−2.85 + e^0.86 + e^0.28)) = 1.04, as in the same notes?"""
    scores = np.array([[-2.85, 0.86, 0.28]])
    np.testing.assert_allclose(softmax_loss(scores, ONE, np.array([2])), 1.04, atol=0.005)


def test_hinge_by_hand() -> None:
    """Are loss and gradient of two examples and three classes those on paper?"""
    # x = (1, 1) and (2, 1), W has columns (1, 0), (0, 1), (0, 0): scores 1, 1, 0 and 2, 1, 0
    # y = 0: margins 1 (class 1), 0 (class 2, a kink: counts 0);  y = 2: margins 3, 2
    W = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    X, y = np.array([[1.0, 1.0], [2.0, 1.0]]), np.array([0, 2])
    loss, gradient = hinge_loss_and_gradient(W, X, y, reg=0.5)
    assert loss == (1 + 5) / 2 + 0.5 * 2
    data = np.array([[-1 + 2, 1 + 2, -4], [-1 + 1, 1 + 1, -2]]) / 2
    np.testing.assert_array_equal(gradient, data + W)
    assert positive_margins(W, X, y).tolist() == [[False, True, False], [True, True, False]]


def test_losses_at_chance() -> None:
    """Do zero weights cost C − 1 and ln C?"""
    X, y = np.ones((6, 3)), np.arange(6) % 10
    assert hinge_loss(np.zeros((3, 10)), X, y) == 9
    np.testing.assert_allclose(softmax_loss(np.zeros((3, 10)), X, y), 2.302585, rtol=1e-6)


@pytest.mark.parametrize("reg", [0.0, 0.3])
def test_losses_by_loops(reg: float) -> None:
    """Do the vectorised losses equal the definition written with loops?"""
    W, X, y = problem()
    hinge = cross_entropy = 0.0
    for x, right in zip(X, y, strict=True):
        s = [sum(x[k] * W[k, j] for k in range(len(x))) for j in range(W.shape[1])]
        hinge += sum(max(0, s[j] - s[right] + 1) for j in range(len(s)) if j != right)
        cross_entropy += np.log(sum(np.exp(s))) - s[right]
    penalty = reg * sum(w * w for w in W.flat)
    np.testing.assert_allclose(hinge_loss(W, X, y, reg), hinge / 3 + penalty)
    np.testing.assert_allclose(softmax_loss(W, X, y, reg), cross_entropy / 3 + penalty)
    assert hinge_loss(W, X, y, reg) == hinge_loss_and_gradient(W, X, y, reg)[0]
    assert softmax_loss(W, X, y, reg) == softmax_loss_and_gradient(W, X, y, reg)[0]


def test_softmax_gradient_by_the_complex_step() -> None:
    """Does the gradient agree with the complex step of ln Σ eˢ − s_y to twelve digits?"""
    W, X, y = problem()

    def loss(W: np.ndarray) -> complex:
        scores = X @ W
        rows = np.arange(len(y))
        return (np.log(np.exp(scores).sum(axis=1)) - scores[rows, y]).mean() + 0.3 * (W * W).sum()

    gradient = softmax_loss_and_gradient(W, X, y, 0.3)[1]
    np.testing.assert_allclose(gradient, complex_step(loss, W), rtol=1e-12)


def test_hinge_gradient_by_finite_differences() -> None:
    """Does the hinge pass the gradient check, the regulariser on its own?"""
    W, X, y = problem()
    report = check_gradient(
        lambda W: hinge_loss_and_gradient(W, X, y),
        W,
        rng=np.random.default_rng(0),
        per_block=20,
        winners=lambda W: positive_margins(W, X, y),
        regulariser=lambda W: hinge_loss_and_gradient(W, 0 * X, y, 0.3, delta=0.0),
    )
    assert report.passed, str(report)


@pytest.mark.parametrize("largest", [1e3, 1e4])
def test_softmax_survives_large_scores(largest: float) -> None:
    """Are loss and gradient exact where eˢ would overflow?"""
    W = np.array([[largest, -largest, 0.0]])
    loss, gradient = softmax_loss_and_gradient(W, ONE, np.array([1]))
    assert loss == 2 * largest
    assert gradient.tolist() == [[1.0, -1.0, 0.0]]


def test_accuracy_gives_ties_to_the_lowest_class() -> None:
    """Is a tie counted for the lowest of the tied classes?"""
    W = np.array([[1.0, 1.0, 0.0]])
    X = np.ones((4, 1))
    assert accuracy(W, X, np.array([0, 0, 1, 2])) == 0.5


def test_quadratic_by_hand() -> None:
    """Are value and gradient of ½(x − a)ᵀH(x − a) those on paper?"""
    loss, gradient = quadratic([[2.0, 1.0], [1.0, 3.0]], minimum=[1.0, 0.0])(np.array([2.0, 2.0]))
    # x − a = (1, 2), H(x − a) = (4, 7), ½·(4 + 14) = 9
    assert loss == 9
    assert gradient.tolist() == [4, 7]


@pytest.mark.parametrize(
    "function",
    [hinge_loss, softmax_loss, hinge_loss_and_gradient, softmax_loss_and_gradient, accuracy],
)
def test_refuses_shapes_that_do_not_fit(function: object) -> None:
    """Does each function name both shapes instead of broadcasting?"""
    assert callable(function)
    with pytest.raises(ValueError, match=r"X has shape \(2, 3\), W \(4, 5\)"):
        function(np.zeros((4, 5)), np.zeros((2, 3)), np.zeros(2, dtype=int))
    with pytest.raises(ValueError, match=r"y has shape \(1,\), X \(2, 4\)"):
        function(np.zeros((4, 5)), np.zeros((2, 4)), np.zeros(1, dtype=int))


def test_quadratic_refuses_shapes_that_do_not_fit() -> None:
    """Are a rectangle, a lopsided matrix and a wrong point refused?"""
    with pytest.raises(ValueError, match="must be square"):
        quadratic(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="not symmetric"):
        quadratic([[1.0, 2.0], [0.0, 1.0]])
    with pytest.raises(ValueError, match=r"minimum has shape \(3,\), H \(2, 2\)"):
        quadratic(np.eye(2), np.zeros(3))
    with pytest.raises(ValueError, match=r"x has shape \(1,\), H \(2, 2\)"):
        quadratic(np.eye(2))(np.zeros(1))
