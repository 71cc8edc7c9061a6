"""Problem set 7: are its own answers right, by authorities outside of it?"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from lossland.polynomials import error_parts, fit, predict
from tools.rehearsal import Rehearsal, rehearsal_of


@pytest.fixture
def answers() -> dict[str, object]:
    """The instructor's functions."""
    return rehearsal_of("07-bias-variance").reference


@pytest.fixture
def problem_set() -> Rehearsal:
    """Problem set 7."""
    return rehearsal_of("07-bias-variance")


def test_parts_by_the_hat_matrix(answers: dict) -> None:
    """Do the measured parts meet the exact ones of a straight line within their own error?"""
    x, at = np.linspace(-1, 1, 15), np.linspace(-0.9, 0.9, 7)

    def truth(x: np.ndarray) -> np.ndarray:
        return np.sin(3 * x)

    def sample(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        return x[:, None], truth(x) + 0.5 * rng.standard_normal(15)

    def line(X: np.ndarray, y: np.ndarray, x_test: np.ndarray) -> np.ndarray:
        return predict(fit(X[:, 0], y, 1), x_test[:, 0])

    trials = 4000
    bias2, variance = answers["bias_variance"](
        line, sample, at[:, None], truth(at), trials, np.random.default_rng(0)
    )
    exact = error_parts(truth, x, at, 0.5, 1)
    assert variance == pytest.approx(exact.variance[1], rel=5 * np.sqrt(2 / trials))
    assert bias2 == pytest.approx(exact.bias2[1], rel=0.05)


def test_interval_holds_the_mean_about_as_often_as_it_says(answers: dict) -> None:
    """Does the interval of the mean of 30 normal numbers miss 0 about one time in ten or more?"""
    rng, held = np.random.default_rng(1), 0
    for _ in range(300):
        low, high = answers["bootstrap_interval"](rng.standard_normal(30), np.mean, 200, 0.9, rng)
        held += low <= 0 <= high
    # A percentile interval is narrower than Student's by √(29/30) and its quantile: 0.88 expected.
    assert held / 300 == pytest.approx(0.88, abs=3 * np.sqrt(0.88 * 0.12 / 300))


@pytest.mark.parametrize(("n", "k"), [(10, 3), (23, 4), (7, 6)])
def test_the_past_is_all_that_is_trained_on(answers: dict, n: int, k: int) -> None:
    """Does every split train on just the rows before its validation rows, which tile the rest?"""
    pairs = answers["forward_chaining"](n, k)
    ends = [len(pairs[0][0]), *(validation[-1] + 1 for _, validation in pairs)]
    assert ends[-1] == n
    for (train, validation), (first, last) in zip(pairs, pairwise(ends), strict=True):
        assert train.tolist() == list(range(first))
        assert validation.tolist() == list(range(first, last))


def test_choosing_by_noise_is_judged_as_noise(answers: dict) -> None:
    """Where all values are equally good, is the nested score 0 on average?"""
    rng, nested = np.random.default_rng(3), []
    for _ in range(400):
        scores, _ = answers["nested_forward_cv"](
            lambda *_: float(rng.standard_normal()), np.zeros((9, 1)), np.zeros(9), range(10), 2
        )
        nested.append(scores.mean())
    assert np.mean(nested) == pytest.approx(0, abs=4 * np.sqrt(0.5 / 400))


def test_numbers_of_the_written_answer(problem_set: Rehearsal) -> None:
    """Is the sum of the parts smallest at degree 3 in the notebook's picture?"""
    cell = next(c for c in problem_set.notebook.cells if c.id == "bias-variance-plot")
    names = dict(problem_set.reference)
    exec(compile(cell.source, cell.id, "exec"), names)
    names["plt"].close("all")
    assert int(names["found"].sum(axis=1).argmin()) == 3


def test_share_of_intervals_in_the_picture(problem_set: Rehearsal) -> None:
    """Are there misses in the picture, more than the level says but not many more?"""
    cell = next(c for c in problem_set.notebook.cells if c.id == "bootstrap-plot")
    names = dict(problem_set.reference)
    exec(compile(cell.source, cell.id, "exec"), names)
    names["plt"].close("all")
    assert 78 <= names["held"] <= 94
