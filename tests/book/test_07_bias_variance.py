"""Chapter 7: does what the page measures agree with what theory says?

The page's own cells are executed, and what they measured is compared with formulas that are written
out here again, with NumPy's own polynomials, or with numbers integrated anew.
"""

from itertools import product
from math import comb, exp, lgamma, pi, sqrt
from typing import Any

import numpy as np
import pytest
from numpy.polynomial import chebyshev, legendre
from numpy.typing import NDArray

from lossland import validation
from tests.book.page import Page

CHAPTER = "07-bias-variance"
ORDER = "def columns(t, degree):"  # how the cells on the time series begin
STUDENT_19 = 2.093  # 97.5 % quantile for 19 degrees of freedom, from a printed table

Array = NDArray[np.float64]


@pytest.fixture
def page(executed: Page) -> Page:
    """The page up to the time series."""
    return executed.run(until=ORDER)


def wave(x: Array) -> Array:
    """The truth, from the page's text."""
    return np.asarray(np.sin(5 * x + 0.5))


def hat(x: Array, at: Array, degree: int) -> Array:
    """Least squares' predictions at ``at`` as a matrix that is applied to the labels at x."""
    return np.asarray(
        legendre.legvander(at, degree) @ np.linalg.pinv(legendre.legvander(x, degree))
    )


def agrees(runs: Array, expected: Array, room: float = 4.5) -> None:
    """Do the means over the first axis lie within some standard errors of what is expected?"""
    error = runs.std(axis=0, ddof=1) / sqrt(len(runs))
    assert (np.abs(runs.mean(axis=0) - expected) < room * error).all()


def test_method(page: Page) -> None:
    """Are 12 of 40 points held out, and does degree 12 pay for following the noise?"""
    assert len(page["out"]) == 12
    assert sorted([*page["out"], *page["train"]]) == list(range(40))
    x, y, out, train = (page[name] for name in ("x", "y", "out", "train"))
    seen, new = {}, {}
    for degree in (1, 6, 12):
        c = legendre.legfit(x[train], y[train], degree)
        errors = (legendre.legval(x, c) - y) ** 2
        seen[degree], new[degree] = errors[train].mean(), errors[out].mean()
    assert seen[1] > seen[6] > seen[12]
    assert new[1] > 3 * new[6]
    assert new[12] > 3 * new[6]


def test_winner_by_hand() -> None:
    """For two tossers of two coins, is the formula 11/16, as counting the 16 cases gives?"""
    best = [max(a + b, c + d) / 2 for a, b, c, d in product((0, 1), repeat=4)]
    assert np.mean(best) == 11 / 16
    at_most = np.cumsum([comb(2, j) for j in range(2)]) / 4
    assert (1 - at_most**2).sum() / 2 == 11 / 16


def test_winner(page: Page) -> None:
    """Does the best of N coin tossers shine as the distribution of the largest says?"""
    chance = np.cumsum([comb(50, j) / 2**50 for j in range(51)])
    for k, models in enumerate(page["models"]):
        largest = np.diff(chance ** int(models), prepend=0.0)  # chance of j hits of the best
        expected = largest @ np.arange(51) / 50
        assert page["winner_theory"][k] == pytest.approx(expected, rel=1e-9)
        agrees(page["winners"][:, k : k + 1], np.array([expected]))


def test_gap(page: Page) -> None:
    """Are both errors those of the hat matrix, and is the gap 2σ²D/n on every degree?"""
    x = np.linspace(-1, 1, 30)
    for degree in range(13):
        H = hat(x, x, degree)
        left = np.mean((wave(x) - H @ wave(x)) ** 2)
        share = 0.09 * (degree + 1) / 30
        agrees(page["seen_error"][:, [degree]], np.array([left + 0.09 - share]))
        agrees(page["new_error"][:, [degree]], np.array([left + 0.09 + share]))
    gap = (page["new_error"] - page["seen_error"]).mean(axis=0)
    slope = np.polyfit(np.arange(1, 14), gap, 1)[0]
    assert slope == pytest.approx(2 * 0.09 / 30, rel=0.2)


def test_smallest_gap_is_no_virtue(page: Page) -> None:
    """Has the constant the smallest gap of all degrees and more than three times the best error?"""
    x = np.linspace(-1, 1, 30)
    exact = page["parts"]
    np.testing.assert_allclose(
        exact.total - exact.training, 2 * 0.09 * np.arange(1, 14) / 30, rtol=1e-9
    )
    assert exact.total[0] > 3 * exact.total.min()
    assert exact.total[0] == pytest.approx(wave(x).var() + 0.09 * (1 + 1 / 30), rel=1e-9)


def test_folds_are_steadier(page: Page) -> None:
    """Do five folds scatter less over splits than one of them, and do folds repeat each other?"""
    assert np.std(page["five"]) < 0.7 * np.std(page["once"])
    medians = {k: np.median(found) for k, found in page["estimates"].items()}
    assert medians[2] > medians[5] > medians[40] > page.glued["folds_truth"]
    assert np.std(page["estimates"][2]) > 3 * np.std(page["estimates"][10])


@pytest.mark.parametrize("degree", [1, 6, 12])
def test_parts_sum_to_the_measured_error(page: Page, degree: int) -> None:
    """Is bias² + variance + noise the error measured apart, within its Monte-Carlo error?"""
    bias2, variance, error, room = page["measured"][degree]
    assert bias2 + variance + 0.09 == pytest.approx(error, abs=room)  # as the page says of these
    x, at = np.linspace(-1, 1, 30), page["at"]
    H = hat(x, at, degree)
    exact_variance = 0.09 * (H**2).sum(axis=1).mean()
    exact_bias2 = np.mean((H @ wave(x) - wave(at)) ** 2)
    assert variance == pytest.approx(exact_variance, rel=0.2)
    chance = exact_variance / 400  # the centre of 400 arrows is off by chance, too
    spread = 4 * sqrt(exact_bias2 * chance) + 4 * chance
    assert bias2 == pytest.approx(exact_bias2 + chance, abs=spread)


def test_parts_are_an_identity(page: Page) -> None:
    """Do bias² and variance of any predictions add up to their distance from the truth, exactly?"""
    rng = np.random.default_rng(4)
    fits = list(rng.standard_cauchy((7, 5)))  # a method that is no good
    aims = rng.standard_normal(5)
    turn = iter(fits)
    bias2, variance = page["bias_variance"](
        lambda X, y, at: next(turn), lambda r: (0, 0), aims, aims, 7, rng
    )
    distance = ((np.array(fits) - aims) ** 2).mean()
    assert bias2 + variance == pytest.approx(distance, rel=1e-12)


@pytest.mark.parametrize("degree", [3, 9])
def test_learning_curves(page: Page, degree: int) -> None:
    """Do both curves follow bias, variance and noise at every size?"""
    seen, fresh, _, _ = page["curves"][degree]
    at = page["at"]
    for k, size in enumerate(page["sizes"]):
        x = np.linspace(-1, 1, int(size))
        H, own = hat(x, at, degree), hat(x, x, degree)
        new = np.mean((H @ wave(x) - wave(at)) ** 2) + 0.09 * (1 + (H**2).sum(axis=1).mean())
        left = np.mean((wave(x) - own @ wave(x)) ** 2)
        agrees(fresh[:, [k]], np.array([new]))
        agrees(seen[:, [k]], np.array([left + 0.09 * (1 - (degree + 1) / size)]))
    assert page.glued["stiff_end"] > 2.5 * page.glued["flexible_end"]


def test_double_descent(page: Page) -> None:
    """Is there a first valley, a peak near D = n, and a second fall, in which both parts fall?"""
    counts = page["counts"]
    descent = page["descent"]
    bias, variance = (np.median(page[name], axis=0) for name in ("exact_bias", "exact_variance"))
    peak = int(np.argmax(variance))
    assert 30 <= counts[peak] <= 40
    valley = int(np.argmin(descent[:peak]))
    assert 5 <= counts[valley] <= 20
    assert descent[peak] > 2 * descent[valley]
    assert descent[-1] < descent[peak] / 2
    assert (np.diff(variance[counts >= 50]) < 0).all()
    assert bias[-1] < bias[peak] / 100  # "variance up, bias down" reversed: both are down
    assert variance[-1] < variance[peak] / 3
    low, high = page["valleys"][0.1]
    assert high < low  # with little noise the second valley is the deeper
    for noise in (0.3, 0.6):
        low, high = page["valleys"][noise]
        assert high > low


def test_measured_descent(page: Page) -> None:
    """Do 30 refits a draw of the features show the exact parts?"""
    ratio = page["measured_variance"] / page["exact_variance"]
    # a variance from 30 numbers has the relative standard error √(2/29) at most
    error = sqrt(2 / 29) / sqrt(page["draws"])
    assert np.abs(ratio.mean(axis=0) - 1).max() < 5 * error
    early = page["counts"] < 15  # where there is a bias to measure
    found = np.median(page["measured_bias"], axis=0)[early]
    assert found == pytest.approx(np.median(page["exact_bias"], axis=0)[early], rel=0.15)


def test_many_ramps_are_a_kernel(page: Page) -> None:
    """Is the variance at D = 1000 that of infinitely many ramps, an integral over their knots?"""
    knots = np.linspace(-1.2, 1.2, 4001)

    def ramps(x: Array) -> Array:
        side = np.maximum(0, x[:, None] - knots), np.maximum(0, knots - x[:, None])
        return np.hstack(side) / sqrt(2 * len(knots))

    x = np.linspace(-1, 1, 30)
    seen, at = ramps(x), ramps(page["at"])
    kernel = at @ seen.T @ np.linalg.inv(seen @ seen.T)
    limit = 0.09 * (kernel**2).sum(axis=1).mean()
    assert np.median(page["exact_variance"], axis=0)[-1] == pytest.approx(limit, rel=0.03)


def test_more_pictures_hurt(page: Page) -> None:
    """Is least squares worst where pictures and weights are equally many, hardly above chance?"""
    mean = page["board"].mean(axis=0)
    at = list(page["looks"]).index(197)
    assert mean.argmin() in (at - 1, at)
    assert 0.08 < mean[at] < 0.2
    assert mean[:2].min() > 0.45
    assert mean[-1] > 0.75


def student_within(q: float, degrees: int) -> float:
    """P(|T| ≤ q), Student's density integrated by Simpson's rule."""
    t = np.linspace(0, q, 2001)
    scale = exp(lgamma((degrees + 1) / 2) - lgamma(degrees / 2)) / sqrt(degrees * pi)
    density = scale * (1 + t**2 / degrees) ** (-(degrees + 1) / 2)
    weights = np.ones(2001)
    weights[1:-1:2], weights[2:-1:2] = 4, 2
    return float(2 * (weights @ density) * (t[1] - t[0]) / 3)


def test_coverage(page: Page) -> None:
    """Does the bootstrap's interval cover as Student's law predicts, and exponential data less?"""
    for k, n in enumerate(page["rooms"]):
        expected = student_within(1.959964 * sqrt((n - 1) / n), int(n) - 1)
        assert page["coverage_theory"][k] == pytest.approx(expected, abs=1e-4)
        error = sqrt(expected * (1 - expected) / 2000)
        # few rows have few resamples, which the law knows nothing of
        assert page["coverage"]["normal"][k] == pytest.approx(expected, abs=4 * error + 0.05 / n)
    skewed = np.array(page["coverage"]["exponential"])
    assert (skewed[:4] < page["coverage_theory"][:4] - 0.01).all()
    assert (skewed < 0.95).all()


def test_bootstrap_of_the_scoreboard(page: Page) -> None:
    """Is half the interval 1.96·√(p(1 − p)/1000), and a resample 63.2 % distinct?"""
    share = page["hits"].mean()
    assert 0.75 < share < 0.83
    binomial = 196 * sqrt(share * (1 - share) / 1000)
    assert page.glued["binomial_room"] == pytest.approx(binomial, rel=1e-3)
    assert page.glued["board_room"] == pytest.approx(binomial, rel=0.1)
    assert page["distinct"] == pytest.approx(1 - (1 - 1 / 500) ** 500, abs=0.004)


def test_pairs(page: Page) -> None:
    """Is the paired interval as wide as the pictures on which the two models differ make it?"""
    gains = page["gains"]
    assert set(np.unique(gains)) <= {-1, 0, 1}
    differ = np.mean(gains != 0)
    room = 196 * sqrt((differ - gains.mean() ** 2) / 1000)
    assert page.glued["paired_room"] == pytest.approx(room, rel=0.1)
    shares = page["hits"].mean(), page["fewer"].mean()
    room = 196 * sqrt(sum(p * (1 - p) for p in shares) / 1000)
    assert page.glued["apart_room"] == pytest.approx(room, rel=0.1)
    assert page.glued["paired_room"] < page.glued["paired_gain"] < page.glued["apart_room"]


def test_functions_are_the_librarys(whole: Page) -> None:
    """Do the page's functions give what lossland.validation gives?"""

    def same(one: Any, other: Any) -> None:
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(np.concatenate(a), np.concatenate(b))

    rng = np.random.default_rng
    same(whole["kfold_indices"](11, 3, rng(1)), validation.kfold_indices(11, 3, rng(1)))
    same(whole["forward_chaining"](11, 3), validation.forward_chaining(11, 3))
    data = rng(2).standard_normal(9)
    assert tuple(whole["bootstrap"](data, np.median, 50, 0.8, rng(3))) == pytest.approx(
        validation.bootstrap_interval(data, np.median, 50, 0.8, rng(3))
    )
    line = (
        lambda X, y, at: y.mean() + 0 * at,
        lambda r: (data, r.standard_normal(9)),
        data,
        np.zeros(9),
        20,
    )
    assert whole["bias_variance"](*line, rng(4)) == pytest.approx(
        tuple(validation.bias_variance(*line, rng(4)))
    )


def test_forecast_by_another_basis(whole: Page) -> None:
    """Is the forecast of degree 2 that of Chebyshev's polynomials and numbered months?"""
    t, ppm, past = (whole[name] for name in ("t", "ppm", "past"))
    season = [f(2 * pi * j * t) for j in (1, 2) for f in (np.sin, np.cos)]
    A = np.column_stack([chebyshev.chebvander((t - 1980) / 30, 2), *season])
    c = np.linalg.lstsq(A[past], ppm[past], rcond=None)[0]
    error = sqrt(np.mean((A[~past] @ c - ppm[~past]) ** 2))
    assert whole["ahead"][2] == pytest.approx(error, rel=1e-6)


def test_shuffled_folds_leak(whole: Page) -> None:
    """Do shuffled folds promise least for the degree whose forecast is worst by far?"""
    glued = whole.glued
    assert glued["folds_degree"] == 12
    assert glued["folds_promise"] < 0.5
    assert glued["folds_ahead"] > 100
    assert glued["chain_degree"] == 2
    assert glued["chain_promise"] == pytest.approx(glued["chain_ahead"], rel=0.3)
    assert glued["chain_ahead"] == pytest.approx(whole["ahead"].min(), rel=1e-9)
    for train, held in whole["chain"]:
        assert train.max() < held.min()


def test_nested(whole: Page) -> None:
    """Does nesting in order promise what the forecast needs, and shuffled nesting not?"""
    assert set(whole["degrees_chosen"]) <= {1, 2}
    assert -whole["scores"].mean() == pytest.approx(whole.glued["chain_ahead"], rel=0.3)
    assert whole["promise"] < 0.5
    assert whole["ahead"][whole["best"]] > 100


def test_leaks(whole: Page) -> None:
    """Where nothing can be learned, do the leaking ways promise much and the sealed ones a half?"""
    for leaking, sealed in (("leaking", "sealed"), ("by_row", "by_person")):
        assert np.mean(whole[leaking]) > 0.85
        honest = np.array(whole[sealed])
        assert abs(honest.mean() - 0.5) < 1.5 * STUDENT_19 * honest.std(ddof=1) / sqrt(20)


def test_numbers_in_the_text(whole: Page) -> None:
    """Is every number that a sentence quotes computed, and every computed number quoted?"""
    assert whole.quoted() == set(whole.glued)


def test_figures_have_words(executed: Page) -> None:
    """Does every cell that draws carry a text that says what the figure shows?"""
    assert len(executed.drawing()) >= 10
    for alt, source in executed.drawing():
        assert len(alt.split()) > 20, source[:60]
