"""The Ada family: optimizers that give every parameter its own learning rate.

Each is a pair of pure functions as in ``lossland.optimizers``, and the state is a plain tuple.
All of them work element by element, so that turning the axes changes what they do: x, g, the step
and every array of a state have one shape, any. A cache has the units g². eps stands exactly where
the formula shows it: it keeps the division finite, nothing more.

Every function raises ValueError for a constant outside its range, ``update`` also when the
gradient's shape is not x's. Given the constants of a ``torch.optim`` optimizer that a docstring
names, the path is torch's to twelve digits; ``tests/lossland/test_trajectories.py`` holds this.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossland.optimizers import Optimizer, Schedule, _check_now, _rate, _same_shape

Array = NDArray[np.float64]


class Cache(NamedTuple):
    """State of Adagrad and RMSprop: the next step's number t and the cache of squared gradients."""

    t: int
    cache: Array


class Caches(NamedTuple):
    """State of Adadelta: the next step's number t, means of squared gradients and of squared Δ."""

    t: int
    cache: Array
    delta_cache: Array


class Moments(NamedTuple):
    """State of Adam and AdamW: the next step's number t, from 0, and the uncorrected moments."""

    t: int
    m: Array
    v: Array


class MaxMoments(NamedTuple):
    """State of AMSGrad: Adam's, and the largest v so far, entry by entry."""

    t: int
    m: Array
    v: Array
    v_max: Array


def adagrad(lr: Schedule, eps: float = 1e-8) -> Optimizer[Cache]:
    """Cache ← cache + g²; step = −lr·g/(√cache + eps).

    lr > 0 has the units of the parameters: the first step is lr long in every entry. The cache
    (units g²) starts at 0 and only grows, so the rate of every entry falls to 0, like 1/√t where
    the gradients stay alike. eps > 0 has the units of g. Raises ValueError for lr or eps out of
    range and a gradient that has not x's shape.
    Source: Duchi, Hazan & Singer 2011, with the diagonal of their matrix. In PyTorch
    ``Adagrad(lr, eps=1e-8)``; its default is eps = 1e-10, and ``initial_accumulator_value`` is the
    cache of a state to start from, ``Cache(0, np.full_like(x, value))``.
    """
    _check_now("lr", lr)
    _check_eps(eps)

    def update(gradient: Array, state: Cache, x: Array) -> tuple[Array, Cache]:
        _same_shape("gradient", gradient, x)
        cache = state.cache + gradient**2
        step = -_rate(lr, state.t) * gradient / (np.sqrt(cache) + eps)
        return step, Cache(state.t + 1, cache)

    return Optimizer(_empty_cache, update)


def rmsprop(lr: Schedule, decay: float = 0.9, eps: float = 1e-8) -> Optimizer[Cache]:
    """Cache ← decay·cache + (1−decay)·g²; step = −lr·g/(√cache + eps).

    Adagrad that forgets: the cache is a weighted mean of about the last 1/(1−decay) squared
    gradients. lr > 0 has the units of the parameters. The cache starts at 0 and is not corrected,
    so the first step is lr/√(1−decay) long, 3.2·lr for the default. 0 ≤ decay < 1 has no unit,
    eps > 0 that of g. Raises ValueError for constants out of range and a gradient that has not x's
    shape.
    Source: Tieleman & Hinton 2012, lecture 6.5, whose decay is 0.9. In PyTorch
    ``RMSprop(lr, alpha=0.9)``; its default is alpha = 0.99. At the minimum it goes on jumping,
    about lr far and chaotically: there roundings grow until two programs walk different paths.
    """
    _check_now("lr", lr)
    _check_part("decay", decay)
    _check_eps(eps)

    def update(gradient: Array, state: Cache, x: Array) -> tuple[Array, Cache]:
        _same_shape("gradient", gradient, x)
        cache = decay * state.cache + (1 - decay) * gradient**2
        step = -_rate(lr, state.t) * gradient / (np.sqrt(cache) + eps)
        return step, Cache(state.t + 1, cache)

    return Optimizer(_empty_cache, update)


def adadelta(lr: Schedule = 1.0, rho: float = 0.95, eps: float = 1e-6) -> Optimizer[Caches]:
    """Cache ← rho·cache + (1−rho)·g²; Δ = −√(delta_cache + eps)/√(cache + eps)·g; step = lr·Δ.

    Then delta_cache ← rho·delta_cache + (1−rho)·Δ²: the Δ of a step is scaled by the ones before
    it. The units cancel, so the method needs no learning rate; lr = 1 is the method as published,
    and libraries keep it as a factor without unit. eps starts the motion: the first step has the
    length √(eps/(1−rho)) where eps is small beside g². Both caches start at 0; the first has the
    units g², the second x². 0 ≤ rho < 1. The one eps > 0 stands for both units, inside both roots.
    Raises ValueError for constants out of range and a gradient that has not x's shape.
    Source: Zeiler 2012, algorithm 1, with the values of its section 4.1. In PyTorch
    ``Adadelta(rho=0.95)``; its default is rho = 0.9.
    """
    _check_now("lr", lr)
    _check_part("rho", rho)
    _check_eps(eps)

    def init(x: Array) -> Caches:
        return Caches(0, _zeros(x), _zeros(x))

    def update(gradient: Array, state: Caches, x: Array) -> tuple[Array, Caches]:
        _same_shape("gradient", gradient, x)
        cache = rho * state.cache + (1 - rho) * gradient**2
        delta = -np.sqrt(state.delta_cache + eps) / np.sqrt(cache + eps) * gradient
        delta_cache = rho * state.delta_cache + (1 - rho) * delta**2
        return _rate(lr, state.t) * delta, Caches(state.t + 1, cache, delta_cache)

    return Optimizer(init, update)


def adam(
    lr: Schedule, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
) -> Optimizer[Moments]:
    """m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; step = −lr·m̂/(√v̂ + eps).

    m̂ = m/(1−β₁ᵗ) and v̂ = v/(1−β₂ᵗ), t counting from 1: m and v start at 0 and are means with too
    little weight at first. lr > 0 has the units of the parameters: the first step is lr long in
    every entry, and later ones seldom longer. m has the units of g, v of g². 0 ≤ β₁, β₂ < 1;
    eps > 0 has the units of g. Raises ValueError for constants out of range and a gradient that has
    not x's shape.
    Source: Kingma & Ba 2015, algorithm 1. In PyTorch ``Adam(lr)``; its ``weight_decay`` is added to
    the gradient as an L2 penalty is, and goes through the moments.
    """
    return adamw(lr, 0.0, beta1, beta2, eps)


def adamw(
    lr: Schedule,
    weight_decay: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> Optimizer[Moments]:
    """Adam, and beside it step −lr·weight_decay·x, with x before the step.

    The decay does not pass through the moments, so every entry shrinks by the same factor
    1 − lr·weight_decay; an L2 penalty, whose gradient Adam divides by √v̂, does not do this.
    lr·weight_decay has no unit: weight_decay ≥ 0 has the unit 1/lr. The rest is ``adam``'s, shapes
    and the ValueErrors too.
    Source: Loshchilov & Hutter 2019, algorithm 2, whose schedule multiplier is lr here. In PyTorch
    ``AdamW(lr, weight_decay=…)``, whose default is weight_decay = 0.01.
    """
    _check_now("lr", lr)
    _check_moments(beta1, beta2, eps)
    if not 0 <= weight_decay < np.inf:
        raise ValueError(f"weight_decay is {weight_decay}: it must be finite and at least 0")

    def init(x: Array) -> Moments:
        return Moments(0, _zeros(x), _zeros(x))

    def update(gradient: Array, state: Moments, x: Array) -> tuple[Array, Moments]:
        _same_shape("gradient", gradient, x)
        t, rate = state.t + 1, _rate(lr, state.t)
        m = beta1 * state.m + (1 - beta1) * gradient
        v = beta2 * state.v + (1 - beta2) * gradient**2
        step = -rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return step - rate * weight_decay * x, Moments(t, m, v)

    return Optimizer(init, update)


def amsgrad(
    lr: Schedule, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
) -> Optimizer[MaxMoments]:
    """Adam with v_max ← max(v_max, v) in place of v: no entry's rate lr/√v_max ever rises.

    step = −lr·m̂/(√(v_max/(1−β₂ᵗ)) + eps). The paper corrects neither m nor v; this form keeps
    Adam's corrections, as PyTorch's ``Adam(lr, amsgrad=True)`` does, and is Adam while v grows.
    v_max has v's units g². Arguments, shapes and ValueErrors as ``adam``'s.
    Source: Reddi, Kale & Kumar 2018, algorithm 2, which repairs the counterexample of theorem 1.
    """
    _check_now("lr", lr)
    _check_moments(beta1, beta2, eps)

    def init(x: Array) -> MaxMoments:
        return MaxMoments(0, _zeros(x), _zeros(x), _zeros(x))

    def update(gradient: Array, state: MaxMoments, x: Array) -> tuple[Array, MaxMoments]:
        _same_shape("gradient", gradient, x)
        t = state.t + 1
        m = beta1 * state.m + (1 - beta1) * gradient
        v = beta2 * state.v + (1 - beta2) * gradient**2
        v_max = np.maximum(state.v_max, v)
        root = np.sqrt(v_max / (1 - beta2**t))
        step = -_rate(lr, state.t) * (m / (1 - beta1**t)) / (root + eps)
        return step, MaxMoments(t, m, v, v_max)

    return Optimizer(init, update)


def _zeros(x: Array) -> Array:
    return np.zeros_like(x, dtype=np.float64)


def _empty_cache(x: Array) -> Cache:
    return Cache(0, _zeros(x))


def _check_moments(beta1: float, beta2: float, eps: float) -> None:
    _check_part("beta1", beta1)
    _check_part("beta2", beta2)
    _check_eps(eps)


def _check_part(name: str, value: float) -> None:
    if not 0 <= value < 1:
        raise ValueError(f"{name} is {value}: it must be at least 0 and below 1")


def _check_eps(eps: float) -> None:
    if not 0 < eps < np.inf:
        raise ValueError(f"eps is {eps}: it must be a finite number above 0")
