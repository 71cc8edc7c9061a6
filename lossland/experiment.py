"""Running an optimizer and keeping what happened.

A run that goes wrong is a result, not an exception: it stops at the last finite loss and its
``outcome`` says what to try.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:  # a problem set may forbid the optimizers and still train with this module
    from lossland.optimizers import Optimizer

Array = NDArray[np.float64]


class Outcome(Enum):
    """How a run ended; the value is a sentence for the reader."""

    FINISHED = "Every step was taken."
    DIVERGED = "The loss became infinite: try a smaller learning rate."
    UNDEFINED = (
        "The loss is not a number: look for log 0, 0/0 or ∞ − ∞ in the loss, "
        "then try a smaller learning rate."
    )
    BAD_GRADIENT = (
        "The loss is finite but its gradient is not: check the gradient against "
        "finite differences at the last point."
    )


class Trace(NamedTuple):
    """What ``minimise`` saw. All arrays have one row a point, the start first.

    x (points, ...), loss (points,), gradient_norm (points,) Euclidean, seconds (points,) since
    the start; points = steps + 1 unless the run stopped early.
    """

    x: Array
    loss: Array
    gradient_norm: Array
    seconds: Array
    outcome: Outcome


class History(NamedTuple):
    """What ``train`` saw. step, loss and the rest have one entry a mini-batch or an epoch.

    loss (steps,) each batch's loss before its update; step (epochs + 1,) updates made when the
    epoch ended, epoch (epochs + 1,), seconds (epochs + 1,) spent training, evaluation not
    counted, metric (epochs + 1,) what ``evaluate`` returned, epoch 0 being the start; metric is
    empty without ``evaluate``. W is the final point. A run that stopped early has fewer entries.
    """

    step: NDArray[np.int64]
    epoch: NDArray[np.int64]
    seconds: Array
    loss: Array
    metric: Array
    W: Array
    outcome: Outcome


def minimise(
    loss_and_gradient: Callable[[Array], tuple[float, Array]],
    x: ArrayLike,
    optimizer: Optimizer[Any],
    steps: int,
) -> Trace:
    """Take ``steps`` full steps from x (any shape, left unchanged); steps + 1 calls of the loss.

    A loss or gradient that is not finite ends the run; ``outcome`` then advises. ValueError when
    the start itself has no finite loss, or when the gradient's shape is not x's.
    """
    x = np.array(x, dtype=np.float64)
    state = optimizer.init(x)
    points: list[tuple[Array, float, float, float]] = []
    outcome = Outcome.FINISHED
    started = time.perf_counter()
    # An overflow is how divergence looks; it is reported as an outcome.
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(steps + 1):
            loss, gradient = loss_and_gradient(x)
            outcome = _judge(loss, gradient)
            if outcome is not Outcome.FINISHED:
                break
            norm = float(np.linalg.norm(gradient))
            points.append((x, float(loss), norm, time.perf_counter() - started))
            if t < steps:
                step, state = optimizer.update(gradient, state, x)
                x = x + step
    if not points:
        raise ValueError(f"The run cannot start. {outcome.value}")
    xs, losses, norms, seconds = (np.array(column) for column in zip(*points, strict=True))
    return Trace(xs, losses, norms, seconds, outcome)


def train(
    loss_and_gradient: Callable[[Array, Array, NDArray[np.int64]], tuple[float, Array]],
    W: ArrayLike,
    X: Array,
    y: NDArray[np.int64],
    optimizer: Optimizer[Any],
    *,
    batch_size: int,
    epochs: int,
    rng: np.random.Generator,
    evaluate: Callable[[Array], float] | None = None,
) -> History:
    """Mini-batch training: each epoch cuts one fresh ``rng.permutation(n)`` into batches.

    ``loss_and_gradient(W, X_batch, y_batch)`` is called once a batch; the last batch of an epoch
    may be short. ``evaluate(W)`` is called before the first epoch and after every epoch. W (any
    shape) is left unchanged. A batch whose loss or gradient is not finite ends the run; the
    metric is then not asked for again. ValueError when X and y disagree or batch_size < 1.
    """
    if len(X) != len(y):
        raise ValueError(f"X has shape {X.shape}, y {y.shape}: they must agree in their first axis")
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}: it must be at least 1")
    W = np.array(W, dtype=np.float64)
    state = optimizer.init(W)
    losses: list[float] = []
    marks: list[tuple[int, int, float]] = [(0, 0, 0.0)]
    metric = [] if evaluate is None else [float(evaluate(W))]
    outcome, seconds = Outcome.FINISHED, 0.0
    for epoch in range(1, epochs + 1):
        started = time.perf_counter()
        order = rng.permutation(len(X))
        with np.errstate(over="ignore", invalid="ignore"):
            for first in range(0, len(X), batch_size):
                batch = order[first : first + batch_size]
                loss, gradient = loss_and_gradient(W, X[batch], y[batch])
                outcome = _judge(loss, gradient)
                if outcome is not Outcome.FINISHED:
                    break
                losses.append(float(loss))
                step, state = optimizer.update(gradient, state, W)
                W = W + step
        if outcome is not Outcome.FINISHED:
            break
        seconds += time.perf_counter() - started
        marks.append((len(losses), epoch, seconds))
        if evaluate is not None:
            metric.append(float(evaluate(W)))
    steps, numbers, times = zip(*marks, strict=True)
    return History(
        step=np.array(steps),
        epoch=np.array(numbers),
        seconds=np.array(times),
        loss=np.array(losses),
        metric=np.array(metric),
        W=W,
        outcome=outcome,
    )


def measured_rate(loss: ArrayLike, minimum: float = 0.0, skip: int = 0) -> float:
    """The factor by which loss − minimum shrinks per step.

    exp of the least-squares slope of log(loss − minimum) against the step. On a quadratic this
    is the *square* of the error's rate that ``theory`` gives. ``skip`` leaves out the first
    steps, the transient. Steps from the first one that rounding has stopped (below 1e-13 of the
    first height kept) are left out as well. ``loss`` is (steps + 1,); ValueError when fewer than
    3 heights are left.
    """
    height = np.asarray(loss, dtype=np.float64) - minimum
    if height.ndim != 1:
        raise ValueError(f"loss has shape {height.shape}: it must be (steps + 1,)")
    height = height[skip:]
    stopped = np.flatnonzero(~(height > 1e-13 * height[:1]))
    height = height[: stopped[0]] if stopped.size else height
    if height.size < 3:
        raise ValueError(f"{height.size} heights above the minimum are left: a slope needs 3")
    slope = np.polyfit(np.arange(height.size), np.log(height), 1)[0]
    return float(np.exp(slope))


def mean_interval(runs: ArrayLike, level: float = 0.95) -> tuple[Array, Array, Array]:
    """(mean, low, high) over seeds: Student's interval for the mean. ``runs`` is (seeds, ...).

    mean ± t·s/√seeds, s with seeds − 1 in the denominator, t the quantile of Student's
    distribution with seeds − 1 degrees of freedom. ``level`` lies between 0 and 1.
    ValueError when there are fewer than 2 seeds.
    """
    values = np.asarray(runs, dtype=np.float64)
    if values.ndim < 1 or len(values) < 2:
        raise ValueError(f"runs has shape {values.shape}: an interval needs at least 2 seeds")
    seeds = len(values)
    half = (
        student_quantile(0.5 + level / 2, seeds - 1) * values.std(axis=0, ddof=1) / np.sqrt(seeds)
    )
    mean = values.mean(axis=0)
    return mean, mean - half, mean + half


def student_quantile(probability: float, degrees: int) -> float:
    """The t with P(T ≤ t) = probability for Student's distribution, ½ ≤ probability < 1.

    Bisection on the closed form for whole degrees of freedom, with t = √degrees·tan θ.
    Source: Abramowitz & Stegun 1964, 26.7.3 and 26.7.4.
    """
    if not 0.5 <= probability < 1 or degrees < 1:
        raise ValueError(
            f"probability {probability}, degrees {degrees}: need ½ ≤ probability < 1, degrees ≥ 1"
        )
    low, high = 0.0, np.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        if _within(middle, degrees) < 2 * probability - 1:
            low = middle
        else:
            high = middle
    return float(np.sqrt(degrees) * np.tan(low))


def _within(theta: float, degrees: int) -> float:
    """P(|T| ≤ √degrees·tan θ): a sum of every other power of cos θ up to degrees − 2."""
    odd = degrees % 2
    powers = np.arange(odd, degrees - 1, 2)
    ratios = (powers[1:] - 1) / powers[1:]
    total = (np.cumprod([1.0, *ratios])[: len(powers)] * np.cos(theta) ** powers).sum()
    if odd:
        return float(2 / np.pi * (theta + np.sin(theta) * total))
    return float(np.sin(theta) * total)


def _judge(loss: float, gradient: Array) -> Outcome:
    if np.isnan(loss):
        return Outcome.UNDEFINED
    if np.isinf(loss):
        return Outcome.DIVERGED
    return Outcome.FINISHED if np.isfinite(gradient).all() else Outcome.BAD_GRADIENT
