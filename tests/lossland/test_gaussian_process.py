"""The Gaussian process against conditioning by hand and plain Monte Carlo."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lossland.gaussian_process import (
    expected_improvement,
    kernel,
    log_likelihood,
    posterior,
    propose,
)

LENGTH, NOISE = 0.3, 0.01


def test_the_kernel_by_hand() -> None:
    """At distance r·length/√5: (1 + r + r²/3)e^(−r), and is it a correlation?"""
    P = np.array([[0.0], [0.3]])
    r = math.sqrt(5)
    expected = (1 + r + 5 / 3) * math.exp(-r)
    np.testing.assert_allclose(kernel(P, P, 0.3), [[1, expected], [expected, 1]], rtol=1e-12)
    many = np.random.default_rng(0).random((30, 2))
    assert np.linalg.eigvalsh(kernel(many, many, 0.2)).min() > 0


def test_the_posterior_is_conditioning() -> None:
    """Mean Kq(K+σ²I)⁻¹y and variance k − Kq(K+σ²I)⁻¹Kqᵀ, with an explicit inverse?"""
    rng = np.random.default_rng(1)
    P, Q, scores = rng.random((6, 2)), rng.random((4, 2)), rng.random(6)
    mean, deviation = posterior(P, scores, Q, LENGTH, NOISE)
    inverse = np.linalg.inv(kernel(P, P, LENGTH) + NOISE * np.eye(6))
    across = kernel(Q, P, LENGTH)
    values = (scores - scores.mean()) / scores.std()
    np.testing.assert_allclose(
        mean, scores.mean() + scores.std() * across @ inverse @ values, rtol=1e-9
    )
    variance = 1 - np.einsum("qp,pr,qr->q", across, inverse, across)
    np.testing.assert_allclose(deviation, scores.std() * np.sqrt(variance), rtol=1e-9)


def test_it_knows_what_it_has_seen() -> None:
    """With hardly any noise: the scores at the places seen, little doubt there, much far away?"""
    P = np.array([[0.1, 0.1], [0.2, 0.8]])
    scores = np.array([1.0, 3.0])
    mean, deviation = posterior(P, scores, np.vstack([P, [[0.9, 0.4]]]), 0.1, 1e-8)
    np.testing.assert_allclose(mean[:2], scores, atol=1e-5)
    assert deviation[:2].max() < 1e-3
    assert deviation[2] == pytest.approx(scores.std(), rel=1e-3)
    assert mean[2] == pytest.approx(2.0, abs=0.01)


def test_expected_improvement_by_monte_carlo() -> None:
    rng = np.random.default_rng(2)
    mean, deviation, best = np.array([0.0, 1.0, -0.5]), np.array([1.0, 0.5, 0.1]), 0.2
    draws = mean + deviation * rng.standard_normal((400_000, 3))
    improvement = np.maximum(best - draws, 0)
    error = improvement.std(axis=0) / np.sqrt(len(draws))
    found = expected_improvement(mean, deviation, best)
    assert (np.abs(found - improvement.mean(axis=0)) < 4 * error + 1e-9).all()


def test_the_likelihood_is_the_normal_density() -> None:
    """Two scores: the bivariate normal density written out?"""
    P, scores = np.array([[0.0], [0.3]]), np.array([1.0, 2.0])
    K = kernel(P, P, LENGTH) + NOISE * np.eye(2)
    v = np.array([-1.0, 1.0])
    density = np.exp(-v @ np.linalg.inv(K) @ v / 2) / (2 * np.pi * np.sqrt(np.linalg.det(K)))
    assert log_likelihood(P, scores, LENGTH, NOISE) == pytest.approx(np.log(density))


def test_it_finds_a_bowls_bottom() -> None:
    """Twenty trials in a smooth bowl: nearer than twenty random ones come, on most of ten seeds?"""
    wins = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        P = rng.random((5, 2))
        f = lambda places: ((places - [0.3, 0.7]) ** 2).sum(axis=-1)  # noqa: E731
        for _ in range(15):
            P = np.vstack([P, propose(P, f(P), rng)])
        wins += f(P).min() < f(np.random.default_rng(100 + seed).random((20, 2))).min()
    assert wins >= 9
