"""Gradient descent and the momentum family, each as two pure functions.

An optimizer never touches the parameters. ``init(x)`` makes its first state, and
``update(gradient, state, x)`` returns the step to add to x and the next state::

    state = optimizer.init(x)
    for _ in range(steps):
        step, state = optimizer.update(gradient(x), state, x)
        x = x + step

The state is a plain tuple, so a test can check it and a widget can replay it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Schedule = float | Callable[[int], float]
"""A number, or a function that gives the number for step t = 0, 1, 2, …"""

S = TypeVar("S")


class Optimizer(NamedTuple, Generic[S]):
    """A rule for the next step. x, gradient and step share one shape, any shape.

    ``init(x) -> state``; ``update(gradient, state, x) -> (step, state)``.
    """

    init: Callable[[Array], S]
    update: Callable[[Array, S, Array], tuple[Array, S]]


class Clock(NamedTuple):
    """State of gradient descent: the number t of the next step."""

    t: int


class Velocity(NamedTuple):
    """State of the momentum methods: the next step's number t and the velocity v."""

    t: int
    v: Array


def gradient_descent(lr: Schedule) -> Optimizer[Clock]:
    """Step = −lr·g.

    lr > 0, in parameter units per gradient unit. Gradient descent is momentum with mu = 0. x and g
    have one shape, any. Raises ValueError for an lr that is not finite and above 0, ``update`` also
    when the gradient's shape is not x's.
    Source: Cauchy 1847. In PyTorch ``SGD(lr)``.
    """
    _check_now("lr", lr)

    def init(x: Array) -> Clock:
        return Clock(t=0)

    def update(gradient: Array, state: Clock, x: Array) -> tuple[Array, Clock]:
        _same_shape("gradient", gradient, x)
        return -_rate(lr, state.t) * gradient, Clock(state.t + 1)

    return Optimizer(init, update)


def momentum(lr: Schedule, mu: Schedule) -> Optimizer[Velocity]:
    """Heavy ball: v ← mu·v − lr·g; step = v.

    lr > 0 in parameter units per gradient unit; 0 ≤ mu < 1 is the part of the velocity that
    survives a step (1 − mu is the friction). v has the units and the shape of x, any, and starts
    at 0. Raises ValueError for lr or mu out of range, ``update`` also when the gradient's shape is
    not x's.
    Source: Polyak 1964, in the velocity form of Sutskever et al. 2013, equations 1 and 2.
    In PyTorch ``SGD(lr, momentum=mu)``, which walks the same path while lr is constant.
    """
    _check_now("lr", lr)
    _check_now("mu", mu)

    def update(gradient: Array, state: Velocity, x: Array) -> tuple[Array, Velocity]:
        _same_shape("gradient", gradient, x)
        t, v = state
        v = _friction(mu, t) * v - _rate(lr, t) * gradient
        return v, Velocity(t + 1, v)

    return Optimizer(_at_rest, update)


def nesterov(lr: Schedule, mu: Schedule) -> Optimizer[Velocity]:
    """Rearranged Nesterov momentum: x is the look-ahead point, g the gradient there.

    v' = mu·v − lr·g; step = −mu·v + (1 + mu)·v'. With the ordinary position z = x − mu·v this is
    the look-ahead form v' = mu·v − lr·g(z + mu·v), z' = z + v'. Where mu is a schedule, the
    mu before v is mu(t), and the one in (1 + mu) is mu(t + 1), the next look-ahead's.
    v starts at 0 and is the ordinary velocity z' − z, with the units and the shape of x, any.
    Raises ValueError for lr or mu out of range, ``update`` also when the gradient's shape is not
    x's.
    Source: Nesterov 1983; Sutskever et al. 2013, equations 3 and 4; rearranged as in
    Bengio, Boulanger-Lewandowski & Pascanu 2013. In PyTorch ``SGD(lr, momentum=mu,
    nesterov=True)``, which walks the same path while lr is constant.
    """
    _check_now("lr", lr)
    _check_now("mu", mu)

    def update(gradient: Array, state: Velocity, x: Array) -> tuple[Array, Velocity]:
        _same_shape("gradient", gradient, x)
        t, v_old = state
        step_back = _friction(mu, t) * v_old
        v = step_back - _rate(lr, t) * gradient
        return -step_back + (1 + _friction(mu, t + 1)) * v, Velocity(t + 1, v)

    return Optimizer(_at_rest, update)


def from_ewma(lr: float, beta: float) -> tuple[float, float]:
    """(lr, mu) of the velocity form that equals m ← beta·m + (1−beta)·g; x ← x − lr·m.

    With v = −lr·m the recurrence reads v ← beta·v − lr·(1−beta)·g.
    """
    _check("mu", beta)
    return lr * (1 - beta), beta


def to_ewma(lr: float, mu: float) -> tuple[float, float]:
    """(lr, beta) of the averaging form that equals the velocity form; undoes ``from_ewma``."""
    _check("mu", mu)
    return lr / (1 - mu), mu


def velocity_from_buffer(buf: Array, lr: float) -> Array:
    """The velocity v = −lr·buf that PyTorch's buf ← mu·buf + g; x ← x − lr·buf stands for.

    lr and mu are the same numbers in both forms. The two walk the same path while lr is constant;
    when lr changes, PyTorch rescales the whole past, the velocity form only what comes.
    """
    return -lr * buf


def buffer_from_velocity(v: Array, lr: float) -> Array:
    """PyTorch's momentum buffer for the velocity v; undoes ``velocity_from_buffer``."""
    return -v / lr


def _at_rest(x: Array) -> Velocity:
    return Velocity(t=0, v=np.zeros_like(x, dtype=np.float64))


def _rate(lr: Schedule, t: int) -> float:
    return _check("lr", lr(t) if callable(lr) else lr)


def _friction(mu: Schedule, t: int) -> float:
    return _check("mu", mu(t) if callable(mu) else mu)


def _check_now(name: str, value: Schedule) -> None:
    """A wrong constant is reported where it is written, not at the first step."""
    if not callable(value):
        _check(name, value)


def _check(name: str, value: float) -> float:
    if name == "lr" and not 0 < value < np.inf:
        raise ValueError(f"lr is {value}: it must be a finite number above 0")
    if name == "mu" and not 0 <= value < 1:
        raise ValueError(f"mu is {value}: it must be at least 0 and below 1")
    return value


def _same_shape(name: str, array: Array, x: Array) -> None:
    if np.shape(array) != np.shape(x):
        raise ValueError(f"{name} has shape {np.shape(array)}, x {np.shape(x)}: they must agree")
