"""Schedules: learning rates that rise or fall while the run goes on.

Each function gives the learning rate of step t. An optimizer takes a function of the step, so the
other arguments are fixed first::

    gradient_descent(lambda t: exponential_decay(1e-3, t, k=0.01))

``lr`` has the units of a learning rate (parameters per gradient). Where the rate only falls
(annealing) it is the rate at t = 0; where it rises first, it is the highest one. Arguments outside
their domain raise ValueError.
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


def linear_warmup(lr: float, t: int, warmup: int) -> float:
    """lr·(t + 1)/warmup for t < warmup, then lr: lr/warmup first, lr at t = warmup − 1.

    t and warmup are whole numbers ≥ 0; with warmup = 0 the rate is lr from the start.
    Source: Goyal et al. 2017, section 2.2.
    """
    _check(lr, t)
    _check_steps("warmup", warmup)
    return lr * min(1.0, (t + 1) / warmup) if warmup else lr


def cosine(lr: float, t: int, steps: int, lowest: float = 0.0) -> float:
    """Half a wave from lr at t = 0 down to ``lowest`` at t = steps, and ``lowest`` from there on.

    lowest + (lr − lowest)·(1 + cos(π·t/steps))/2, with steps ≥ 1 and 0 ≤ lowest ≤ lr. The rates of
    a whole run add up to about steps·(lr + lowest)/2.
    Source: Loshchilov & Hutter 2017, equation 5, without its restarts.
    """
    _check(lr, t)
    _check_lowest(lr, lowest)
    if steps < 1:
        raise ValueError(f"steps is {steps}: it must be at least 1")
    return lowest + (lr - lowest) * (1 + math.cos(math.pi * min(t, steps) / steps)) / 2


def warmup_stable_decay(
    lr: float, t: int, steps: int, *, warmup: int, decay: int, lowest: float = 0.0
) -> float:
    """Up to lr in ``warmup`` steps, level, down to ``lowest`` in the last ``decay`` of ``steps``.

    The rise is ``linear_warmup``'s; the fall is straight, lr at t = steps − decay and ``lowest`` at
    t = steps. warmup + decay ≤ steps. Before the fall a run need not know how long it will be.
    Source: Hu et al. 2024, section 4, with a straight line for the decay.
    """
    _check(lr, t)
    _check_lowest(lr, lowest)
    _check_steps("warmup", warmup)
    _check_steps("decay", decay)
    if warmup + decay > steps:
        raise ValueError(f"warmup {warmup} and decay {decay} take more than the {steps} steps")
    if t <= steps - decay:
        return linear_warmup(lr, t, warmup)
    return lowest + (lr - lowest) * max(0, steps - t) / decay if decay else lr


def _check(lr: float, t: float) -> None:
    if not 0 < lr < math.inf:
        raise ValueError(f"lr is {lr}: it must be a finite number above 0")
    if t < 0:
        raise ValueError(f"t is {t}: steps count from 0")


def _check_k(k: float) -> None:
    if not 0 <= k < math.inf:
        raise ValueError(f"k is {k}: it must be a finite number, at least 0")


def _check_steps(name: str, value: int) -> None:
    if value < 0:
        raise ValueError(f"{name} is {value}: it must be at least 0 steps")


def _check_lowest(lr: float, lowest: float) -> None:
    if not 0 <= lowest <= lr:
        raise ValueError(f"lowest is {lowest}: it must be at least 0 and at most lr")
