"""Searches against their definition by hand; promises against sums, draws and integrals."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from lossland import search

Array = NDArray[np.float64]
SHAPES: list[int | tuple[int, ...]] = [(), 3, (2, 3)]


def bowl(W: Array) -> float:
    """The squared distance to the point of ones."""
    return float(((np.asarray(W) - 1) ** 2).sum())


class Counted:
    """A loss that returns what it is told to and counts its calls."""

    def __init__(self, values: list[float]) -> None:
        self.values = list(values)
        self.points: list[Array] = []

    def __call__(self, W: Array) -> float:
        self.points.append(np.array(W))
        return self.values[len(self.points) - 1]


# --- methods -------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_random_search(shape: int | tuple[int, ...]) -> None:
    """Is the result the first argmin over the draws in their order, and the curve its minimum?"""
    W, best = search.random_search(bowl, shape, 30, 0.5, np.random.default_rng(1))
    rng = np.random.default_rng(1)
    darts = [0.5 * rng.standard_normal(shape) for _ in range(30)]
    losses = [bowl(np.asarray(dart)) for dart in darts]
    np.testing.assert_array_equal(W, darts[int(np.argmin(losses))])
    np.testing.assert_array_equal(best, np.minimum.accumulate(losses))


def test_random_search_keeps_the_first_of_equals() -> None:
    """Is a tie no reason to move, is "not a number" never best, and is each try called once?"""
    loss = Counted([3.0, math.nan, 2.0, 2.0, 5.0])
    W, best = search.random_search(loss, (2,), 5, 1.0, np.random.default_rng(0))
    np.testing.assert_array_equal(W, loss.points[2])
    assert best.tolist() == [3, 3, 2, 2, 2]
    assert len(loss.points) == 5


@pytest.mark.parametrize("shape", SHAPES)
def test_local_search(shape: int | tuple[int, ...]) -> None:
    """Is a proposal kept exactly when its loss is lower, and is the start left as it was?"""
    start = np.asarray(np.random.default_rng(2).standard_normal(shape))
    kept = start.copy()
    W, losses = search.local_search(bowl, start, 25, 0.4, np.random.default_rng(3))
    np.testing.assert_array_equal(start, kept)
    rng, by_hand = np.random.default_rng(3), [bowl(kept)]
    for _ in range(25):
        proposal = kept + 0.4 * rng.standard_normal(shape)
        kept = proposal if bowl(proposal) < bowl(kept) else kept
        by_hand.append(bowl(kept))
    np.testing.assert_array_equal(W, kept)
    np.testing.assert_array_equal(losses, by_hand)


def test_adaptive_local_search() -> None:
    """Do the sizes follow the successes of a prescribed course of losses, ties being failures?"""
    loss = Counted([5.0, 4.0, 4.0, 6.0, 1.0])
    rng = np.random.default_rng(4)
    W, losses, sizes = search.adaptive_local_search(loss, np.zeros(2), 4, 1.0, rng, 2.0, 0.5)
    assert losses.tolist() == [5, 4, 4, 4, 1]
    assert sizes.tolist() == [1, 2, 1, 0.5, 1]
    draws = np.random.default_rng(4).standard_normal((4, 2))
    expected = [draws[0], draws[0] + 2 * draws[1], draws[0] + draws[2], draws[0] + 0.5 * draws[3]]
    np.testing.assert_allclose(loss.points[1:], expected, rtol=1e-14)
    np.testing.assert_array_equal(W, loss.points[-1])


def test_no_steps() -> None:
    """Do zero steps return a copy of the start?"""
    start = np.ones((2, 2))
    W, losses, sizes = search.adaptive_local_search(bowl, start, 0, 0.3, np.random.default_rng(0))
    assert W is not start
    np.testing.assert_array_equal(W, start)
    assert (losses.tolist(), sizes.tolist()) == ([0.0], [0.3])


def test_step_size_rests_at_the_balanced_rate() -> None:
    """Does the acceptance rate settle where up^p·down^(1−p) = 1, at 0.206 for the defaults?"""
    rate = search.balanced_rate(1.5, 0.9)
    assert 1.5**rate * 0.9 ** (1 - rate) == pytest.approx(1)
    assert rate == pytest.approx(0.206, abs=5e-4)  # ln(10/9)/ln(5/3) from a table of logarithms
    rng = np.random.default_rng(5)
    _, losses, _ = search.adaptive_local_search(bowl, np.full(50, 1e6), 2000, 10.0, rng)
    assert search.acceptance_rate(losses[500:]) == pytest.approx(rate, abs=0.02)


def test_acceptance_rate() -> None:
    """Are strict falls counted, and nothing else?"""
    assert search.acceptance_rate([5, 4, 4, 3, 3.0]) == 0.5


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda r: search.random_search(bowl, 2, 0, 1.0, r), "tries is 0"),
        (lambda r: search.random_search(lambda W: math.nan, 2, 3, 1.0, r), "smaller scale"),
        (lambda r: search.local_search(lambda W: math.nan, 0.0, 1, 1.0, r), "not a number"),
        (lambda r: search.acceptance_rate([1.0]), r"\(1,\)"),
        (lambda r: search.balanced_rate(0.9, 1.5), "need down < 1 < up"),
        (lambda r: search.tries_needed(0.0, 0.5), "need 0 < p"),
        (lambda r: search.tries_needed(0.1, 1.0), "confidence < 1"),
        (lambda r: search.extreme_normal(1), "at least 2"),
        (lambda r: search.best_on_bowl(5, 0), "dim is 0"),
        (lambda r: search.cap_probability(0.0, 3), "need 0 < angle"),
        (lambda r: search.cap_probability(1.0, 1), "dim ≥ 2"),
    ],
)
def test_errors_say_what_is_wrong(call: Callable[..., object], words: str) -> None:
    """Is every impossible request refused in words?"""
    with pytest.raises(ValueError, match=words):
        call(np.random.default_rng(0))


# --- the best of N tries -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "confidence", "expected"),
    # by hand: 1 − 0.9²⁹ = 0.9529, 1 − 0.9²⁸ = 0.9477; 1 − 0.99⁶⁹ = 0.5002, 1 − 0.99⁶⁸ = 0.4951
    [(0.1, 0.95, 29), (0.01, 0.5, 69), (1.0, 0.999, 1), (0.7, 0.6, 1)],
)
def test_tries_needed(p: float, confidence: float, expected: int) -> None:
    """Is it the first number of tries that is enough?"""
    assert search.tries_needed(p, confidence) == expected


def test_tries_needed_for_small_chances() -> None:
    """Does a chance of 1e-18, which 1 − p rounds away, still need ln 2·1e18 tries?"""
    assert search.tries_needed(1e-18, 0.5) == pytest.approx(math.log(2) * 1e18, rel=1e-12)


def test_best_level() -> None:
    """Does the best of N of any distribution lie below that quantile as often as it should?"""
    assert search.best_level(1, 0.3) == pytest.approx(0.3)
    assert search.best_level(2, 0.75) == pytest.approx(0.5)  # both above ½: ¼
    assert search.best_level(1e9, 0.5) == pytest.approx(math.log(2) / 1e9, rel=1e-8)
    best = np.random.default_rng(6).exponential(size=(4000, 50)).min(axis=1)
    quantile = -np.log1p(-search.best_level(50, [0.1, 0.5, 0.9]))  # of a single exponential
    shares = (best[:, None] < quantile).mean(axis=0)
    np.testing.assert_allclose(shares, [0.1, 0.5, 0.9], atol=0.025)


def test_best_of_normal() -> None:
    """Is it the published mean of the largest of N, with its sign turned?"""
    exact = [0, -1 / math.sqrt(math.pi), -1.5 / math.sqrt(math.pi)]  # N = 1, 2, 3
    np.testing.assert_allclose(search.best_of_normal([1, 2, 3]), exact, atol=1e-12)
    # Harter 1961, table 1: 10, 100, 400
    printed = [-1.53875, -2.50759, -2.96818]
    np.testing.assert_allclose(search.best_of_normal([10, 100, 400]), printed, atol=5e-6)
    assert search.best_of_normal(7).shape == ()


@pytest.mark.parametrize("tries", [100, 10_000, 10**8])
def test_extreme_normal(tries: int) -> None:
    """Does the limit's mean approach the exact one, and does its quantile the exact quantile?"""
    location, spread = search.extreme_normal(tries)
    mean = location - np.euler_gamma * spread
    # Convergence is slow, as 1/ln N (Hall 1979).
    assert mean == pytest.approx(float(search.best_of_normal(tries)), abs=0.15 / math.log(tries))
    median = location + spread * math.log(math.log(2))
    level = 0.5 * math.erfc(-median / math.sqrt(2))  # of a single normal number
    assert 1 - (1 - level) ** tries == pytest.approx(0.5, abs=0.15 / math.log(tries))


def test_best_on_bowl_by_hand() -> None:
    """Is it D/2 for one dart, and 1/N in two dimensions, where the height is exponential?"""
    for dim in (1, 2, 3, 8, 1970):
        assert search.best_on_bowl(1, dim) == pytest.approx(dim / 2, rel=1e-9)
    tries = np.array([[1, 10], [1000, 10**6]])
    np.testing.assert_allclose(search.best_on_bowl(tries, 2), 1 / tries, rtol=1e-6)


@pytest.mark.parametrize("dim", [1, 3, 4, 7])
def test_best_on_bowl_for_many_darts(dim: int) -> None:
    """Does it fall as Γ(1 + 2/D)·(Γ(1 + D/2)/N)^(2/D), Weibull's limit?"""
    tries = 1e8
    limit = math.gamma(1 + 2 / dim) * (math.gamma(1 + dim / 2) / tries) ** (2 / dim)
    assert search.best_on_bowl(tries, dim) == pytest.approx(limit, rel=0.02)


@pytest.mark.parametrize("dim", [1, 5, 30])
def test_best_on_bowl_against_darts(dim: int) -> None:
    """Do thrown darts agree?"""
    darts = np.random.default_rng(7).standard_normal((2000, 40, dim))
    best = ((darts**2).sum(axis=2) / 2).min(axis=1)
    error = 4 * best.std() / math.sqrt(len(best))
    assert best.mean() == pytest.approx(float(search.best_on_bowl(40, dim)), abs=error)


# --- angles in many dimensions -------------------------------------------------------------------

ANGLES = np.array([0.01, 0.3, 0.7, 1.0, 1.5, np.pi / 2, 2.0, 3.0, 3.14])


@pytest.mark.parametrize(
    ("dim", "share"),
    [
        (2, lambda t: t / np.pi),  # the share of a circle
        (3, lambda t: np.sin(t / 2) ** 2),  # Archimedes
        (4, lambda t: (t - np.sin(t) * np.cos(t)) / np.pi),
        (5, lambda t: np.sin(t / 2) ** 4 * (2 + np.cos(t))),
    ],
)
def test_caps_by_hand(dim: int, share: Callable[[Array], Array]) -> None:
    """Is the cap's share the integral of sin^(D−2), done by hand?"""
    rtol = 1e-8 if dim == 4 else 1e-12  # by hand, t − sin t·cos t cancels at 0.01
    np.testing.assert_allclose(search.cap_probability(ANGLES, dim), share(ANGLES), rtol=rtol)


@pytest.mark.parametrize(
    ("dim", "degrees", "expected"),
    # by mpmath with 40 digits: log(betainc((D-1)/2, 1/2, 0, sin(t)**2, regularized=True)/2)
    [
        (1970, 60, -287.24307551693437),
        (1970, 89, -1.5170774943890617),
        (1970, 100, -4.1330010219199704e-15),
        (30_730, 60, -4425.483580327706),
        (30_730, 85, -120.80574741231808),
        (30_730, 89.5, -2.763999160230175),
        (1_000_000, 89, -156.09796231142357),
    ],
)
def test_caps_in_many_dimensions(dim: int, degrees: float, expected: float) -> None:
    """Are chances right that no float can hold?"""
    value = search.cap_log_probability(np.radians(degrees), dim)
    assert value == pytest.approx(expected, abs=1e-9)


def test_caps_of_all_sizes_fit_together() -> None:
    """Do a cap and the rest of the sphere make one, and does the share grow with the angle?"""
    angles = np.radians(np.linspace(0.5, 179.5, 359))
    dims = np.array([[2], [9], [200], [30_730]])
    shares = search.cap_probability(angles, dims)
    np.testing.assert_allclose(shares + shares[:, ::-1], 1, rtol=1e-12)
    assert (np.diff(search.cap_log_probability(angles, dims), axis=1) >= 0).all()


def test_caps_against_directions() -> None:
    """Do random directions fall into the cap that often?"""
    draws = np.random.default_rng(8).standard_normal((20_000, 20))
    cosines = draws[:, 0] / np.linalg.norm(draws, axis=1)
    for degrees in (60, 75, 90, 110):
        share = (cosines >= math.cos(math.radians(degrees))).mean()
        expected = float(search.cap_probability(math.radians(degrees), 20))
        assert share == pytest.approx(expected, abs=4 * math.sqrt(expected / 20_000))
