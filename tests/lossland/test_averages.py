"""The moving average against hand calculation, its own weights and what theory says of noise."""

from __future__ import annotations

import numpy as np
import pytest

from lossland.averages import ewma, ewma_weights


def test_by_hand() -> None:
    """Are the averages of 2, 4, 4 with beta 1/2 those on paper, with and without the correction?"""
    # m: 1, then 0.5 + 2 = 2.5, then 1.25 + 2 = 3.25; divided by 1/2, 3/4, 7/8
    assert ewma([2, 4, 4], 0.5, correct=False).tolist() == [1, 2.5, 3.25]
    assert ewma([2, 4, 4], 0.5) == pytest.approx([2, 10 / 3, 26 / 7], rel=1e-14)


def test_no_memory_and_no_values() -> None:
    """Is beta = 0 the series itself, and does an empty series stay empty?"""
    assert ewma([3, 1, 2], 0.0).tolist() == [3, 1, 2]
    assert ewma([3, 1, 2], 0.0, correct=False).tolist() == [3, 1, 2]
    assert ewma([], 0.9).shape == (0,)


@pytest.mark.parametrize("beta", [0.3, 0.9, 0.999])
def test_weights_make_the_average(beta: float) -> None:
    """Is the average the weighted sum of all values, and do the weights add up to 1 − betaᵗ?"""
    values = np.random.default_rng(1).standard_normal(50)
    averages = ewma(values, beta, correct=False)
    for t in (1, 2, 10, 50):
        weights = ewma_weights(t, beta)
        assert weights.sum() == pytest.approx(1 - beta**t, rel=1e-12)
        assert weights @ values[:t] == pytest.approx(averages[t - 1], rel=1e-10)


def test_a_constant_series_is_its_own_average() -> None:
    """Does the correction give a constant back from the first value on?"""
    assert ewma(np.full(300, 7.0), 0.99) == pytest.approx(np.full(300, 7.0), rel=1e-12)
    assert ewma(np.full(300, 7.0), 0.99, correct=False)[0] == pytest.approx(0.07)


def test_noise_shrinks_as_theory_says() -> None:
    """Has the average of white noise the deviation √((1 − beta)/(1 + beta)) in the long run?"""
    noise = np.random.default_rng(2).standard_normal((400, 2000))
    spread = ewma(noise, 0.9)[-1].std()
    assert spread == pytest.approx(np.sqrt(0.1 / 1.9), rel=4 / np.sqrt(2 * 2000))


def test_runs_along_the_first_axis() -> None:
    """Is a table averaged column by column, and is the input left alone?"""
    table = np.array([[1, 10], [3, 30]])
    before = table.copy()
    assert ewma(table, 0.5)[:, 1] == pytest.approx(10 * ewma(table[:, 0], 0.5))
    np.testing.assert_array_equal(table, before)


@pytest.mark.parametrize("beta", [-0.1, 1.0, np.nan])
def test_refuses_a_weight_outside_its_range(beta: float) -> None:
    """Is beta refused where it is written?"""
    for wrong in (lambda: ewma([1.0], beta), lambda: ewma_weights(3, beta)):
        with pytest.raises(ValueError, match="beta is"):
            wrong()


def test_refuses_what_has_no_axis() -> None:
    """Are a single number and a step before the first told?"""
    with pytest.raises(ValueError, match="first axis"):
        ewma(3.0, 0.5)
    with pytest.raises(ValueError, match="count from 1"):
        ewma_weights(0, 0.5)
