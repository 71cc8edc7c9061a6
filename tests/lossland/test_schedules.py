"""The annealing schedules against hand calculation and the limits of their sums."""

from collections.abc import Callable

import numpy as np
import pytest

from lossland.optimizers import gradient_descent
from lossland.schedules import exponential_decay, inverse_time_decay, step_decay


def test_step_decay_by_hand() -> None:
    """Does the rate stay for ``every`` steps and then drop by the factor?"""
    rates = [step_decay(8.0, t, 3, 0.5) for t in range(8)]
    assert rates == [8, 8, 8, 4, 4, 4, 2, 2]


def test_exponential_decay_by_hand() -> None:
    """Is the rate halved every ln 2/k steps?"""
    k = np.log(2) / 10
    rates = [exponential_decay(8.0, t, k) for t in (0, 10, 20, 5)]
    assert rates == pytest.approx([8, 4, 2, 8 / np.sqrt(2)], rel=1e-14)


def test_inverse_time_decay_by_hand() -> None:
    """Is the rate lr/2 at 1/k, lr/3 at 2/k, lr/11 at 10/k?"""
    rates = [inverse_time_decay(6.6, t, 0.25) for t in (0, 4, 8, 40)]
    assert rates == pytest.approx([6.6, 3.3, 2.2, 0.6], rel=1e-14)


def test_sums() -> None:
    """Does Σ lr stop at lr/(1 − e^(−k)) for the exponential and grow as a logarithm for 1/t?"""
    exponential = [exponential_decay(0.1, t, 0.05) for t in range(2000)]
    assert sum(exponential) == pytest.approx(0.1 / (1 - np.exp(-0.05)), rel=1e-12)
    inverse = np.cumsum([inverse_time_decay(1.0, t, 1.0) for t in range(20_000)])
    assert inverse[19_999] - inverse[1_999] == pytest.approx(np.log(10), rel=1e-3)
    squares = [inverse_time_decay(1.0, t, 1.0) ** 2 for t in range(20_000)]
    assert sum(squares) == pytest.approx(np.pi**2 / 6, rel=1e-4)  # Euler 1735


@pytest.mark.parametrize(
    "schedule",
    [
        lambda t: step_decay(0.5, t, 1, 0.1),
        lambda t: exponential_decay(0.5, t, np.log(10)),
    ],
)
def test_an_optimizer_takes_them(schedule: Callable[[int], float]) -> None:
    """Does gradient descent ask for the steps 0, 1, 2 and use the rates?"""
    optimizer = gradient_descent(schedule)
    x = np.array([1.0])
    state = optimizer.init(x)
    for expected in (0.5, 0.05, 0.005):
        step, state = optimizer.update(x, state, x)
        assert step == pytest.approx(-expected, rel=1e-14)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: step_decay(0.0, 1, 1, 0.5),
        lambda: step_decay(1.0, -1, 1, 0.5),
        lambda: step_decay(1.0, 1, 0, 0.5),
        lambda: step_decay(1.0, 1, 1, 0.0),
        lambda: step_decay(1.0, 1, 1, 1.5),
        lambda: exponential_decay(np.inf, 1, 0.1),
        lambda: exponential_decay(1.0, 1, -0.1),
        lambda: inverse_time_decay(1.0, -1, 0.1),
        lambda: inverse_time_decay(1.0, 1, np.nan),
    ],
)
def test_outside_the_domain(wrong: Callable[[], float]) -> None:
    """Does every argument outside its domain raise ValueError?"""
    with pytest.raises(ValueError, match=r"must be|count from"):
        wrong()
