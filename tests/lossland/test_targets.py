"""Soft targets against hand calculation, hard cross-entropy and the complex step."""

from typing import Any

import numpy as np
import pytest

from lossland.gradcheck import complex_step
from lossland.losses import cross_entropy, softmax
from lossland.targets import smooth_labels, soft_cross_entropy


def test_smooth_labels_by_hand() -> None:
    """Is [0, 1, 0, 0, 0] at 0.1 turned into [.02, .92, .02, .02, .02]?"""
    found = smooth_labels(np.array([1, 4]), 5, 0.1)
    np.testing.assert_allclose(found[0], [0.02, 0.92, 0.02, 0.02, 0.02], rtol=1e-14)
    np.testing.assert_allclose(found[1], [0.02, 0.02, 0.02, 0.02, 0.92], rtol=1e-14)
    assert smooth_labels(np.array([1]), 3).tolist() == [[0, 1, 0]]


def test_hard_targets_are_cross_entropy() -> None:
    """With one-hot rows, are loss and gradient those of the labels?"""
    rng = np.random.default_rng(0)
    scores, y = rng.standard_normal((6, 4)), rng.integers(0, 4, 6)
    loss, gradient = soft_cross_entropy(scores, smooth_labels(y, 4))
    expected, slope = cross_entropy(scores, y)
    assert loss == pytest.approx(expected, rel=1e-14)
    np.testing.assert_allclose(gradient, slope, rtol=1e-13, atol=1e-17)


def test_gradient_by_the_complex_step() -> None:
    """Is the gradient in the scores right to rounding?"""
    rng = np.random.default_rng(1)
    scores, targets = rng.standard_normal((5, 3)), rng.dirichlet(np.ones(3), 5)

    def loss(s: np.ndarray) -> Any:
        return -(targets * (s - np.log(np.exp(s).sum(axis=1, keepdims=True)))).sum() / 5

    _, gradient = soft_cross_entropy(scores, targets)
    np.testing.assert_allclose(gradient, complex_step(loss, scores), rtol=1e-12, atol=1e-15)


def test_least_is_the_entropy_of_the_targets() -> None:
    """At scores = log targets, is the gradient 0 and the loss the entropy, −Σ t·ln t?"""
    targets = smooth_labels(np.array([0]), 2, 0.5)  # [.75, .25]
    loss, gradient = soft_cross_entropy(np.log(targets), targets)
    assert loss == pytest.approx(-(0.75 * np.log(0.75) + 0.25 * np.log(0.25)))
    np.testing.assert_allclose(gradient, 0, atol=1e-15)


def test_no_overflow() -> None:
    """Are loss and probabilities finite for scores of 10,000?"""
    scores = np.array([[1e4, -1e4, 0.0]])
    loss, gradient = soft_cross_entropy(scores, smooth_labels(np.array([1]), 3, 0.1))
    assert np.isfinite(loss)
    assert np.isfinite(gradient).all()
    assert softmax(scores).tolist() == [[1, 0, 0]]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: smooth_labels(np.array([0]), 3, 1.0), r"\[0, 1\)"),
        (lambda: smooth_labels(np.array([3]), 3, 0.1), "labels 0 … 2"),
        (lambda: soft_cross_entropy(np.ones((2, 3)), np.ones((2, 1))), r"\(n, C\)"),
    ],
)
def test_what_does_not_fit_is_named(call: Any, words: str) -> None:
    """Does a wrong shape or strength raise with what is needed?"""
    with pytest.raises(ValueError, match=words):
        call()
