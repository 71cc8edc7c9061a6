"""The layers against hand-worked numbers, the complex step and each other."""

from typing import Any

import numpy as np
import pytest

from lossland.gradcheck import complex_step
from lossland.layers import (
    Running,
    batchnorm_backward,
    batchnorm_forward,
    dropout_backward,
    dropout_forward,
    group_norm,
    normalise,
)

RUNNING: Running = {"mean": np.array([1.0, 2.0]), "var": np.array([4.0, 9.0])}


def test_dropout_keeps_the_mean_and_drops_entries() -> None:
    """Is each entry dropped with probability p by its own draw, and the rest divided by 1 − p?"""
    x = np.arange(1.0, 200_001).reshape(1000, 200)
    out, mask = dropout_forward(x, 0.3, np.random.default_rng(0), train=True)
    draws = np.random.default_rng(0).random(x.shape)
    np.testing.assert_array_equal(mask, draws >= 0.3)
    np.testing.assert_allclose(out[mask], x[mask] / 0.7, rtol=1e-15)
    assert not out[~mask].any()
    assert mask.mean() == pytest.approx(0.7, abs=4 * np.sqrt(0.21 / x.size))
    assert (out / x).mean() == pytest.approx(1, abs=0.01)


def test_dropout_in_evaluation_draws_nothing() -> None:
    """Is evaluation the identity, without a draw and without sharing memory?"""
    rng = np.random.default_rng(0)
    x = np.ones((2, 3))
    out, mask = dropout_forward(x, 0.5, rng, train=False)
    assert mask.all()
    assert (out == x).all()
    assert not np.shares_memory(out, x)
    assert rng.random() == np.random.default_rng(0).random()


def test_dropout_backward_is_the_derivative() -> None:
    """Does the backward pass agree with the complex step, the mask held?"""
    rng = np.random.default_rng(2)
    x, pull = rng.standard_normal((2, 4, 5))
    _, mask = dropout_forward(x, 0.4, rng, train=True)
    expected = complex_step(lambda z: (pull * z * mask / 0.6).sum(), x)
    np.testing.assert_allclose(dropout_backward(pull, mask, 0.4), expected, rtol=1e-14)


def test_batchnorm_by_hand() -> None:
    """For a column of 1 and 3: mean 2, variance 1, so −1 and 1, times gamma plus beta?"""
    x = np.array([[1.0, 0.0], [3.0, 4.0]])
    gamma, beta = np.array([2.0, 1.0]), np.array([0.5, 0.0])
    out, _, running = batchnorm_forward(x, gamma, beta, RUNNING, True, momentum=0.9, eps=0.0)
    np.testing.assert_allclose(out, [[-1.5, -1.0], [2.5, 1.0]])
    np.testing.assert_allclose(running["mean"], [0.9 + 0.2, 1.8 + 0.2])
    np.testing.assert_allclose(running["var"], [3.6 + 0.1, 8.1 + 0.4])
    assert RUNNING["mean"].tolist() == [1.0, 2.0]


def test_batchnorm_in_evaluation_by_hand() -> None:
    """Does evaluation use the running values, leave them, and treat examples one by one?"""
    x = np.array([[5.0, 8.0], [1.0, -1.0]])
    arguments: tuple[Any, ...] = (np.ones(2), np.zeros(2), RUNNING, False)
    out, _, running = batchnorm_forward(x, *arguments, eps=0.0)
    np.testing.assert_allclose(out, [[2.0, 2.0], [0.0, -1.0]])
    assert running is RUNNING
    alone, _, _ = batchnorm_forward(x[:1], *arguments, eps=0.0)
    np.testing.assert_array_equal(alone, out[:1])


@pytest.mark.parametrize("n", [2, 7])
def test_batchnorm_backward_by_the_complex_step(n: int) -> None:
    """Are all three gradients right to rounding, mean and variance differentiated, too?"""
    rng = np.random.default_rng(n)
    x, pull = rng.standard_normal((2, n, 3))
    gamma, beta = rng.uniform(0.5, 2, 3), rng.standard_normal(3)

    def loss(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> Any:
        mean = x.sum(axis=0) / n
        var = ((x - mean) ** 2).sum(axis=0) / n
        return (pull * (gamma * (x - mean) / np.sqrt(var + 1e-5) + beta)).sum()

    running: Running = {"mean": np.zeros(3), "var": np.ones(3)}
    _, cache, _ = batchnorm_forward(x, gamma, beta, running, True)
    dx, dgamma, dbeta = batchnorm_backward(pull, cache)
    expected = complex_step(lambda z: loss(z, gamma, beta), x)
    np.testing.assert_allclose(dx, expected, rtol=1e-8, atol=1e-12)
    expected = complex_step(lambda z: loss(x, z, beta), gamma)
    np.testing.assert_allclose(dgamma, expected, rtol=1e-11)
    np.testing.assert_allclose(dbeta, pull.sum(axis=0), rtol=1e-14)


@pytest.mark.parametrize("axes", [(0, 2, 3), (1, 2, 3), (2, 3)])
def test_normalise_over_any_axes(axes: tuple[int, ...]) -> None:
    """Over its axes, is the mean 0 and the variance 1, and over no fewer of them?"""
    x = 3 + 2 * np.random.default_rng(0).standard_normal((4, 6, 5, 5))
    out = normalise(x, axes, eps=0.0)
    np.testing.assert_allclose(out.mean(axis=axes), 0, atol=1e-12)
    np.testing.assert_allclose(out.var(axis=axes), 1, rtol=1e-12)
    assert np.abs(out.mean(axis=axes[1:])).max() > 0.01


def test_group_norm_lies_between_layer_and_instance_norm() -> None:
    """Is one group layer norm, a group a channel instance norm, and two groups by hand right?"""
    x = np.random.default_rng(1).standard_normal((3, 4, 2, 2))
    np.testing.assert_allclose(group_norm(x, 1), normalise(x, (1, 2, 3)), rtol=1e-12)
    np.testing.assert_allclose(group_norm(x, 4), normalise(x, (2, 3)), rtol=1e-12)
    part = x[1, 2:]  # the second group of the second image
    expected = (part - part.mean()) / np.sqrt(part.var() + 1e-5)
    np.testing.assert_allclose(group_norm(x, 2)[1, 2:], expected, rtol=1e-12)


def test_batch_norm_of_columns_is_normalise_over_the_batch() -> None:
    """Is the layer's training pass the general formula over axis 0?"""
    x = np.random.default_rng(1).standard_normal((8, 3))
    running: Running = {"mean": np.zeros(3), "var": np.ones(3)}
    out, _, _ = batchnorm_forward(x, np.ones(3), np.zeros(3), running, True)
    np.testing.assert_allclose(out, normalise(x, (0,)), rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: dropout_forward(np.ones(2), 1.0, np.random.default_rng(0), True), r"\[0, 1\)"),
        (lambda: dropout_backward(np.ones(2), np.ones(3, bool), 0.1), "must agree"),
        (lambda: batchnorm_forward(np.ones(3), np.ones(3), np.ones(3), RUNNING, True), r"\(n, d\)"),
        (
            lambda: batchnorm_forward(np.ones((2, 2)), np.ones(3), np.ones(2), RUNNING, True),
            "gamma",
        ),
        (lambda: normalise(np.ones((2, 2)), ()), "at least one axis"),
        (lambda: group_norm(np.ones((2, 6, 2, 2)), 4), "4 dividing C"),
    ],
)
def test_what_does_not_fit_is_named(call: Any, words: str) -> None:
    """Does a wrong shape or probability raise with what is needed?"""
    with pytest.raises(ValueError, match=words):
        call()
