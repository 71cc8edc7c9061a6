"""Problem set 8: are its own answers right, by authorities outside of it?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lossland.gradcheck import numerical_gradient
from tools.rehearsal import rehearsal_of


@pytest.fixture
def answers() -> dict[str, Any]:
    """The instructor's functions."""
    return rehearsal_of("08-regularization").reference


@pytest.mark.parametrize("name", ["l2_penalty", "l1_penalty"])
def test_penalties_by_differences(answers: dict[str, Any], name: str) -> None:
    """Is each penalty's gradient that of its value, away from the kink?"""
    W = np.random.default_rng(0).standard_normal((4, 3))
    _, gradient = answers[name](W, 0.7)
    expected = numerical_gradient(lambda W: answers[name](W, 0.7)[0], W)
    np.testing.assert_allclose(gradient, expected, rtol=1e-8)


def test_batchnorm_by_differences(answers: dict[str, Any]) -> None:
    """Are the three gradients of batch normalisation those of centred differences?"""
    rng = np.random.default_rng(1)
    x, gamma, beta = rng.standard_normal((6, 3)), rng.uniform(1, 2, 3), rng.standard_normal(3)
    dout, running = rng.standard_normal((6, 3)), {"mean": np.zeros(3), "var": np.ones(3)}

    def loss(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> float:
        return float((dout * answers["batchnorm_forward"](x, gamma, beta, running, True)[0]).sum())

    _, cache, _ = answers["batchnorm_forward"](x, gamma, beta, running, True)
    found = answers["batchnorm_backward"](dout, cache)
    expected = (
        numerical_gradient(lambda x: loss(x, gamma, beta), x),
        numerical_gradient(lambda gamma: loss(x, gamma, beta), gamma),
        numerical_gradient(lambda beta: loss(x, gamma, beta), beta),
    )
    for got, right in zip(found, expected, strict=True):
        np.testing.assert_allclose(got, right, rtol=1e-6, atol=1e-8)


def test_dropout_keeps_the_mean(answers: dict[str, Any]) -> None:
    """Is the mean of many masked outputs the input, within four standard errors?"""
    rng, p, n = np.random.default_rng(2), 0.3, 200_000
    out, mask = answers["dropout_forward"](np.ones(n), p, rng, True)
    assert mask.mean() == pytest.approx(1 - p, abs=4 * np.sqrt(p * (1 - p) / n))
    assert out.mean() == pytest.approx(1, abs=4 * np.sqrt(p / (1 - p) / n))


def test_smoothed_targets_of_the_paper(answers: dict[str, Any]) -> None:
    """Are the targets of one example in five classes at 0.1 .92 and .02, and do they sum to 1?"""
    # Szegedy et al. 2016, equation 7: (1 − ε)·δ + ε/K
    targets = answers["smooth_labels"](np.array([1]), 5, 0.1)
    np.testing.assert_allclose(targets, [[0.02, 0.92, 0.02, 0.02, 0.02]], rtol=1e-12)


def test_soft_loss_is_least_at_its_own_targets(answers: dict[str, Any]) -> None:
    """Is the loss the targets' entropy where the probabilities are the targets, and the slope 0?"""
    targets = np.random.default_rng(3).dirichlet(np.ones(4), 5)
    loss, gradient = answers["soft_cross_entropy"](np.log(targets), targets)
    assert loss == pytest.approx(-(targets * np.log(targets)).sum() / 5, rel=1e-13)
    np.testing.assert_allclose(gradient, 0, atol=1e-15)


def test_mixup_keeps_the_mean(answers: dict[str, Any]) -> None:
    """Has the mixed batch the mean of the batch, and have its targets rows that sum to 1?"""
    rng = np.random.default_rng(4)
    X, targets = rng.standard_normal((9, 3)), np.eye(5)[rng.integers(0, 5, 9)]
    mixed, blurred = answers["mixup"](X, targets, 0.4, rng)
    np.testing.assert_allclose(mixed.mean(axis=0), X.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(blurred.sum(axis=1), 1, rtol=1e-12)


def test_patience_bounds_the_wait(answers: dict[str, Any]) -> None:
    """Does more patience never keep a worse epoch, and is the kept one lowest of what was seen?"""
    rng = np.random.default_rng(5)
    for _ in range(50):
        losses = rng.standard_normal(30).cumsum()
        kept = [answers["early_stopping"](losses, patience) for patience in range(1, 30)]
        assert kept == sorted(kept)
        assert kept[-1] == losses.argmin()
        for patience, epoch in enumerate(kept, start=1):
            assert losses[epoch] == losses[: epoch + patience + 1].min()
