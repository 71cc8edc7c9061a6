"""The schedules against hand calculation and the limits of their sums."""

from collections.abc import Callable

import numpy as np
import pytest

from lossland.optimizers import gradient_descent
from lossland.schedules import (
    cosine,
    exponential_decay,
    inverse_time_decay,
    linear_warmup,
    step_decay,
    warmup_stable_decay,
)


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


def test_warmup_by_hand() -> None:
    """Do the rates rise by equal parts, the last of them lr, and is there no rate of 0?"""
    assert [linear_warmup(8.0, t, 4) for t in range(6)] == [2, 4, 6, 8, 8, 8]
    assert [linear_warmup(8.0, t, 0) for t in range(2)] == [8, 8]


def test_cosine_by_hand() -> None:
    """Is it lr at the start, three quarters at a third, half at a half, lowest at the end?"""
    rates = [cosine(8.0, t, 60) for t in (0, 20, 30, 40, 60, 99)]
    assert rates == pytest.approx([8, 6, 4, 2, 0, 0], abs=1e-15)
    raised = [cosine(9.0, t, 60, lowest=1.0) for t in (0, 20, 60, 99)]
    assert raised == pytest.approx([9, 7, 1, 1])
    # The whole numbers of a half wave: Σ cos(πt/T) over 0 … T − 1 is 1.
    assert sum(cosine(8.0, t, 60) for t in range(60)) == pytest.approx(8 * (60 + 1) / 2)


def test_warmup_stable_decay_by_hand() -> None:
    """Does it rise as the warm-up, stay, and fall straight to the lowest rate at the end?"""
    rates = [warmup_stable_decay(8.0, t, 10, warmup=2, decay=4) for t in range(12)]
    assert rates == [4, 8, 8, 8, 8, 8, 8, 6, 4, 2, 0, 0]
    raised = [warmup_stable_decay(8.0, t, 10, warmup=2, decay=4, lowest=4.0) for t in (0, 6, 8, 10)]
    assert raised == [4, 8, 6, 4]
    assert [warmup_stable_decay(8.0, t, 4, warmup=0, decay=0) for t in range(6)] == [8] * 6
    plain = [warmup_stable_decay(8.0, t, 10, warmup=2, decay=0) for t in range(12)]
    assert plain == [linear_warmup(8.0, t, 2) for t in range(12)]


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
        lambda: linear_warmup(1.0, 1, -1),
        lambda: linear_warmup(-1.0, 1, 3),
        lambda: cosine(1.0, 1, 0),
        lambda: cosine(1.0, 1, 9, lowest=2.0),
        lambda: cosine(1.0, -1, 9),
        lambda: warmup_stable_decay(1.0, 1, 9, warmup=5, decay=5),
        lambda: warmup_stable_decay(1.0, 1, 9, warmup=-1, decay=5),
        lambda: warmup_stable_decay(1.0, 1, 9, warmup=1, decay=-5),
        lambda: warmup_stable_decay(1.0, 1, 9, warmup=1, decay=5, lowest=-0.1),
    ],
)
def test_outside_the_domain(wrong: Callable[[], float]) -> None:
    """Does every argument outside its domain raise ValueError?"""
    with pytest.raises(ValueError, match=r"must be|count from|take more"):
        wrong()
