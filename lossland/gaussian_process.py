"""Bayesian optimisation, small: a Gaussian process over the unit cube, and expected improvement.

Places are rows of P (n, d) in [0, 1]ᵈ; scale hyperparameters (logarithms, usually) to it first.
Scores (n,) are better when they are lower.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LENGTHS = (0.1, 0.2, 0.4, 0.8)
"""Length scales among which the likelihood chooses."""
NOISE = (1e-3, 1e-2, 1e-1)
"""Shares of the scores' variance that may be noise, among which the likelihood chooses."""


def kernel(P: Array, Q: Array, length: float) -> Array:
    """Matérn's 5/2 correlation of the places P (n, d) and Q (m, d): (n, m), 1 where they agree.

    Source: Snoek, Larochelle & Adams 2012, equation 8, with one length for all axes.
    """
    apart = np.sqrt(np.maximum(((P[:, None] - Q[None]) ** 2).sum(axis=-1), 0.0))
    r = math.sqrt(5) * apart / length
    return np.asarray((1 + r + r**2 / 3) * np.exp(-r))


def posterior(
    P: Array, scores: Array, Q: Array, length: float, noise: float
) -> tuple[Array, Array]:
    """Mean and standard deviation (m,) of the function at Q, given the scores at P.

    The scores are taken to mean 0 and variance 1 first, and back at the end; ``noise`` is a share
    of that variance. Source: Rasmussen & Williams 2006, algorithm 2.1.
    """
    centre, spread = scores.mean(), max(scores.std(), 1e-12)
    root = np.linalg.cholesky(kernel(P, P, length) + noise * np.eye(len(P)))
    across = np.linalg.solve(root, kernel(P, Q, length))
    mean = across.T @ np.linalg.solve(root, (scores - centre) / spread)
    variance = np.maximum(1 - (across**2).sum(axis=0), 1e-12)
    return centre + spread * mean, spread * np.sqrt(variance)


def log_likelihood(P: Array, scores: Array, length: float, noise: float) -> float:
    """How well a length and a noise explain the scores, taken to mean 0 and variance 1."""
    values = (scores - scores.mean()) / max(scores.std(), 1e-12)
    root = np.linalg.cholesky(kernel(P, P, length) + noise * np.eye(len(P)))
    half = np.linalg.solve(root, values)
    constant = len(P) / 2 * math.log(2 * math.pi)
    return float(-half @ half / 2 - np.log(np.diag(root)).sum() - constant)


def expected_improvement(mean: Array, deviation: Array, best: float) -> Array:
    """E[max(best − f, 0)] for normal f: (best − mean)·Φ(u) + deviation·φ(u), u = (best − mean)/dev.

    Source: Jones, Schonlau & Welch 1998, equation 15.
    """
    u = (best - mean) / deviation
    above = np.array([math.erfc(-value / math.sqrt(2)) / 2 for value in u])
    density = np.exp(-(u**2) / 2) / math.sqrt(2 * math.pi)
    return np.asarray((best - mean) * above + deviation * density)


def propose(P: Array, scores: Array, rng: np.random.Generator, candidates: int = 400) -> Array:
    """The next place (d,): of so many random ones, where most improvement is expected.

    Length and noise are those of the highest likelihood. Draws ``candidates``·d uniform numbers.
    """
    pairs = [(length, noise) for length in LENGTHS for noise in NOISE]
    length, noise = max(pairs, key=lambda pair: log_likelihood(P, scores, *pair))
    Q = rng.random((candidates, P.shape[1]))
    mean, deviation = posterior(P, scores, Q, length, noise)
    best = float(posterior(P, scores, P, length, noise)[0].min())
    return np.asarray(Q[expected_improvement(mean, deviation, best).argmax()])
