"""Methods that came after Adam: by sign, by matrix, without a schedule.

Each is two pure functions as in ``lossland.optimizers``. Two things are new. Muon and Shampoo look
at a weight matrix as a whole, so they must know where in x the matrices lie. And Schedule-Free asks
for gradients in one place and is read in another, so it is ``Averaged``: a third function gives the
place to read.

Every function raises ValueError for a constant outside its range, ``update`` also when the
gradient's shape is not x's. ``tests/lossland/test_after_adam.py`` walks each beside its paper's
recurrence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from lossland import networks
from lossland.adaptive import Moments, _check_eps, _check_moments, _check_part, _zeros, adam
from lossland.optimizers import Optimizer, Schedule, Velocity, _check_now, _rate, _same_shape

Array = NDArray[np.float64]
S = TypeVar("S")

QUINTIC = (3.4445, -4.7750, 2.0315)
"""Coefficients of Jordan et al. 2024 for the Newton–Schulz iteration: steep at 0, then near 1."""
RMS = 0.2
"""Root mean square of the entries of a step of AdamW, about, which Muon is scaled to."""


class Averaged(NamedTuple, Generic[S]):
    """An ``Optimizer`` whose result does not lie where it asks for gradients.

    ``average(x, state)`` is the place to evaluate, of the shape of x; x stays the place of the next
    gradient.
    """

    init: Callable[[Array], S]
    update: Callable[[Array, S, Array], tuple[Array, S]]
    average: Callable[[Array, S], Array]


class Buffer(NamedTuple):
    """State of Muon: the next step's number t, the sum of gradients, and Adam's for the biases."""

    t: int
    buffer: Array
    biases: Moments


class Sides(NamedTuple):
    """State of Shampoo: the next step's number t, L (rows, rows) and R (columns, columns)."""

    t: int
    left: Array
    right: Array


class Pair(NamedTuple):
    """State of Schedule-Free: the next step's number t, z where steps are taken, the average x, the
    second moment v (zeros for SGD), and the sum of the weights in the average."""

    t: int
    z: Array
    mean: Array
    v: Array
    weights: float


def lion(
    lr: Schedule, beta1: float = 0.9, beta2: float = 0.99, weight_decay: float = 0.0
) -> Optimizer[Velocity]:
    """Step = −lr·sign(β₁m + (1−β₁)g) − lr·weight_decay·x; m ← β₂m + (1−β₂)g.

    Every entry moves by lr, or not at all where the sign is of 0: lr > 0 has the units of the
    parameters. The sign looks at a shorter memory than the m that is kept. 0 ≤ β₁, β₂ < 1.
    Source: Chen et al. 2023, algorithm 2.
    """
    _check_now("lr", lr)
    _check_part("beta1", beta1)
    _check_part("beta2", beta2)
    if not 0 <= weight_decay < np.inf:
        raise ValueError(f"weight_decay is {weight_decay}: it must be finite and at least 0")

    def init(x: Array) -> Velocity:
        return Velocity(0, _zeros(x))

    def update(gradient: Array, state: Velocity, x: Array) -> tuple[Array, Velocity]:
        _same_shape("gradient", gradient, x)
        t, m = state
        way = np.sign(beta1 * m + (1 - beta1) * gradient)
        step = -_rate(lr, t) * (way + weight_decay * x)
        return step, Velocity(t + 1, beta2 * m + (1 - beta2) * gradient)

    return Optimizer(init, update)


def orthogonalised(G: Array, steps: int = 5) -> Array:
    """About UVᵀ for G = UΣVᵀ (rows, columns): every singular value is brought near 1.

    X ← aX + (bA + cA²)X with A = XXᵀ applies σ ↦ aσ + bσ³ + cσ⁵ to all singular values at once,
    without computing any; X starts as G over its Frobenius norm, so that none is above 1. With
    QUINTIC and five steps those from 0.01 on end between 0.68 and 1.14. A matrix of zeros stays.
    Source: Jordan et al. 2024.
    """
    if G.ndim != 2:
        raise ValueError(f"G has shape {G.shape}: it must be a matrix")
    a, b, c = QUINTIC
    wide = G if G.shape[0] <= G.shape[1] else G.T  # so that A is the smaller of the two products
    X = wide / (np.linalg.norm(wide) + 1e-30)
    for _ in range(steps):
        A = X @ X.T
        X = a * X + (b * A + c * A @ A) @ X
    return np.asarray(X if wide is G else X.T)


def muon(lr: Schedule, mu: float, widths: Sequence[int]) -> Optimizer[Buffer]:
    """Buffer ← mu·buffer + g; step = −lr·0.2·√max(in, out)·orthogonalised(g + mu·buffer).

    x (size,) is a network of these widths, as ``networks.layers`` lays it out: every W takes this
    step, each for itself, and every b one of Adam with the same lr. The factor gives the entries of
    an orthogonal matrix the root mean square 0.2, about that of Adam's steps, so that one lr > 0,
    in units of the parameters, serves both. 0 ≤ mu < 1. ValueError when x has another size than the
    widths'.
    Source: Jordan et al. 2024, Nesterov's form; the factor from Liu et al. 2025. There the first
    and the last layer are left to Adam; here they are all there is.
    """
    _check_now("lr", lr)
    _check_part("mu", mu)
    plain = adam(lr)

    def init(x: Array) -> Buffer:
        networks.layers(x, widths)
        return Buffer(0, _zeros(x), plain.init(x))

    def update(gradient: Array, state: Buffer, x: Array) -> tuple[Array, Buffer]:
        _same_shape("gradient", gradient, x)
        buffer = mu * state.buffer + gradient
        step, biases = plain.update(gradient, state.biases, x)
        ahead = networks.layers(gradient + mu * buffer, widths)
        for slot, look in zip(networks.layers(step, widths), ahead, strict=True):
            scale = _rate(lr, state.t) * RMS * np.sqrt(max(look.W.shape))
            slot.W[:] = -scale * orthogonalised(look.W)
        return step, Buffer(state.t + 1, buffer, biases)

    return Optimizer(init, update)


def shampoo(lr: Schedule, eps: float = 1e-4) -> Optimizer[Sides]:
    """L ← L + ggᵀ; R ← R + gᵀg; step = −lr·L^(−1/4)·g·R^(−1/4), for x (rows, columns).

    L and R start as eps·I. With one gradient and a tiny eps the step is −lr·UVᵀ; the sums make the
    later ones shorter, as Adagrad's cache does. Each step costs two eigendecompositions. lr > 0 has
    the units of the parameters, eps > 0 those of g². ValueError when x is no matrix.
    Source: Gupta, Koren & Singer 2018, algorithm 1.
    """
    _check_now("lr", lr)
    _check_eps(eps)

    def init(x: Array) -> Sides:
        if x.ndim != 2:
            raise ValueError(f"x has shape {x.shape}: Shampoo needs a matrix")
        return Sides(0, eps * np.eye(x.shape[0]), eps * np.eye(x.shape[1]))

    def update(gradient: Array, state: Sides, x: Array) -> tuple[Array, Sides]:
        _same_shape("gradient", gradient, x)
        left, right = state.left + gradient @ gradient.T, state.right + gradient.T @ gradient
        step = -_rate(lr, state.t) * _fourth_root(left) @ gradient @ _fourth_root(right)
        return step, Sides(state.t + 1, left, right)

    return Optimizer(init, update)


def schedule_free(lr: Schedule, beta: float = 0.9) -> Averaged[Pair]:
    """z ← z − lr·g(y); x ← x + c·(z − x); y = (1 − beta)·z + beta·x, c = lr²/Σlr².

    The walker holds y, where the gradient is asked for, and ``average`` gives x, the mean of all z.
    beta = 0 is SGD with Polyak's average. lr > 0, in parameter units per gradient unit; it may be a
    schedule, and then long steps weigh more. 0 ≤ beta < 1.
    Source: Defazio et al. 2024, equations 1 to 3, with the weights of algorithm 1.
    """
    return _schedule_free(lr, beta, None, 1e-8)


def schedule_free_adamw(
    lr: Schedule,
    beta1: float = 0.9,
    beta2: float = 0.999,
    weight_decay: float = 0.0,
    eps: float = 1e-8,
) -> Averaged[Pair]:
    """Schedule-Free with the step z ← z − γ·(g/(√v + eps) + weight_decay·y), γ = lr·√(1 − β₂ᵗ).

    v ← β₂v + (1−β₂)g², t counting from 1; the weights of the average are γ². β₁ is the beta of
    ``schedule_free``: there is no other momentum. lr > 0 has the units of the parameters.
    Source: Defazio et al. 2024, algorithm 1, without its warm-up.
    """
    _check_moments(beta1, beta2, eps)
    return _schedule_free(lr, beta1, beta2, eps, weight_decay)


def _schedule_free(
    lr: Schedule, beta: float, beta2: float | None, eps: float, decay: float = 0.0
) -> Averaged[Pair]:
    _check_now("lr", lr)
    _check_part("beta", beta)

    def init(x: Array) -> Pair:
        start = np.array(x, dtype=np.float64)
        return Pair(0, start, start, _zeros(start), 0.0)

    def update(gradient: Array, state: Pair, y: Array) -> tuple[Array, Pair]:
        _same_shape("gradient", gradient, y)
        t, rate, v, way = state.t + 1, _rate(lr, state.t), state.v, gradient
        if beta2 is not None:
            v = beta2 * v + (1 - beta2) * gradient**2
            rate *= np.sqrt(1 - beta2**t)
            way = gradient / (np.sqrt(v) + eps) + decay * y
        z = state.z - rate * way
        weights = state.weights + rate**2
        mean = state.mean + rate**2 / weights * (z - state.mean)
        ahead = (1 - beta) * z + beta * mean
        return ahead - y, Pair(t, z, mean, v, weights)

    def average(y: Array, state: Pair) -> Array:
        return state.mean

    return Averaged(init, update, average)


def _fourth_root(matrix: Array) -> Array:
    """The power −1/4 of a symmetric positive definite matrix."""
    eigs, axes = np.linalg.eigh(matrix)
    return np.asarray(axes * np.maximum(eigs, 1e-300) ** -0.25 @ axes.T)
