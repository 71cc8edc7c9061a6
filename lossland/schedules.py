"""Annealing: learning rates that fall while the run goes on.

Each function gives the learning rate of step t. An optimizer takes a function of the step, so the
other arguments are fixed first::

    gradient_descent(lambda t: exponential_decay(1e-3, t, k=0.01))

``lr`` is the rate at t = 0 and has its units (parameters per gradient). Arguments outside their
domain raise ValueError.
"""

from __future__ import annotations

import math


def step_decay(lr: float, t: int, every: int, factor: float) -> float:
    """lr·factor^⌊t/every⌋: the rate drops by ``factor`` after every ``every`` steps.

    t is a whole number ≥ 0, every ≥ 1, 0 < factor ≤ 1. With 0.5 the rate is halved each time.
    """
    _check(lr, t)
    if every < 1:
        raise ValueError(f"every is {every}: it must be at least 1 step")
    if not 0 < factor <= 1:
        raise ValueError(f"factor is {factor}: it must be above 0 and at most 1")
    return float(lr * factor ** (t // every))


def exponential_decay(lr: float, t: float, k: float) -> float:
    """lr·e^(−k·t), k ≥ 0 per step: the rate is halved every ln 2/k steps.

    All rates together add up to about lr/k (for small k), which limits how far a run can walk.
    """
    _check(lr, t)
    _check_k(k)
    return lr * math.exp(-k * t)


def inverse_time_decay(lr: float, t: float, k: float) -> float:
    """lr/(1 + k·t), k ≥ 0 per step: the rate is halved after 1/k steps, then ever more slowly.

    For k > 0 the rates add up to ∞ and their squares to a finite number, the conditions of
    Robbins & Monro 1951 under which the noise dies away and no minimum is out of reach.
    """
    _check(lr, t)
    _check_k(k)
    return lr / (1 + k * t)


def _check(lr: float, t: float) -> None:
    if not 0 < lr < math.inf:
        raise ValueError(f"lr is {lr}: it must be a finite number above 0")
    if t < 0:
        raise ValueError(f"t is {t}: steps count from 0")


def _check_k(k: float) -> None:
    if not 0 <= k < math.inf:
        raise ValueError(f"k is {k}: it must be a finite number, at least 0")
