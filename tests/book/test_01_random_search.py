"""Chapter 1: does what the page measures agree with what theory says?

The page's own cells are executed, and what they measured is compared with formulas that are written
out here again, with other ways to compute the same thing, or with sums done by hand.
"""

import math
from statistics import NormalDist

import numpy as np
import pytest

from lossland import search
from lossland.datasets import scoreboard
from lossland.losses import accuracy, hinge_loss, hinge_loss_and_gradient, softmax_loss
from tests.book.page import Page, scoreboard_line, shown

CHAPTER = "01-random-search"


def interval(values: np.ndarray, quantile: float) -> tuple[float, float]:
    """Student's interval for the mean; the quantile is from a printed table."""
    half = quantile * values.std(ddof=1) / math.sqrt(len(values))
    return values.mean() - half, values.mean() + half


def largest_of_normal(tries: int) -> float:
    """The mean of the largest of N standard normal numbers, as an integral over its quantiles."""
    u = (np.arange(20_000) + 0.5) / 20_000
    levels = -np.expm1(np.log(u) / tries)  # upper tail of one, where the largest has cdf u
    return -float(np.mean([NormalDist().inv_cdf(level) for level in levels]))


def test_losses(page: Page) -> None:
    """Are the page's two losses the library's, and 9 and ln 10 at zero?"""
    X, y = page["X"][:300], page["y"][:300]
    W = 1e-2 * np.random.default_rng(0).standard_normal((197, 10))
    assert page["svm_loss"](W, X, y) == pytest.approx(hinge_loss(W, X, y), rel=1e-12)
    assert page["cross_entropy"](W, X, y) == pytest.approx(softmax_loss(W, X, y), rel=1e-12)
    assert page["svm_loss"](0 * W, X, y) == pytest.approx(9)
    assert page["cross_entropy"](0 * W, X, y) == pytest.approx(math.log(10))
    scores = np.array([[2.0, 1.5, 4.0]])  # the self-check's
    assert page["svm_loss"](np.eye(3), scores, np.array([0])) == pytest.approx(3.5)


def test_margin_and_weights_scale_together(page: Page) -> None:
    """Does multiplying W and delta multiply the loss?"""
    X, y = page["X"][:300], page["y"][:300]
    W = 1e-3 * np.random.default_rng(0).standard_normal((197, 10))
    expected = 7 * page["svm_loss"](W, X, y, delta=1.0)
    assert page["svm_loss"](7 * W, X, y, delta=7.0) == pytest.approx(expected, rel=1e-12)


def test_slice_is_piecewise_linear(page: Page) -> None:
    """Is it straight from bend to bend, and does its slope rise by |k| at each of the nine?"""
    assert page["W0"].shape == (3073, 10)
    assert page["slice_gap"] < 1e-11
    m, k, bends = page["m"][0], page["k"][0], page["bends"]
    assert len(bends) == 9
    X, y, W0, V = page["X_big"][:1], page["y_big"][:1], page["W0"], page["V"]
    places = [bends[0] - 2, *((bends[1:] + bends[:-1]) / 2), bends[-1] + 2]

    def slope(a: float, h: float = 1e-4) -> float:
        up, down = (page["svm_loss"](W0 + (a + t) * V, X, y) for t in (h, -h))
        return (up - down) / (2 * h)

    measured = np.array([slope(a) for a in places])
    assert measured[0] == pytest.approx(k[k < 0].sum(), rel=1e-6)
    assert measured[-1] == pytest.approx(k[k > 0].sum(), rel=1e-6)
    jumps = np.abs(k)[np.argsort(-m / k)]
    assert np.diff(measured) == pytest.approx(jumps, abs=1e-6)


def test_average_slice(page: Page) -> None:
    """Is the mean over forty directions the predicted bowl, within four standard errors?"""
    slices, bowl = page["slices"], page["bowl"]
    error = slices.std(axis=0, ddof=1) / math.sqrt(len(slices))
    assert (np.abs(slices.mean(axis=0) - bowl) < 4 * error).all()
    # the formula against quadrature of max(0, m + a·k) for normal k
    z = np.linspace(-9, 9, 200_001)
    weight = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    for m, spread in ((1.0, 0.7), (-2.0, 3.0), (0.3, 0.01)):
        expected = np.trapezoid(np.maximum(0, m + spread * z) * weight, z)
        value = page["average_slice"](np.array([-1.0]), np.array([[m]]), np.array([spread]))
        assert value == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_planes_are_slices(page: Page) -> None:
    """Are the two-dimensional slices the loss itself?"""
    b, i, j = page["b"], 11, 50
    W = page["W0"] + b[i] * page["V"] + b[j] * page["U"]
    assert page["ground"].shape == (100, 65, 65)
    expected = hinge_loss(W, page["X_big"], page["y_big"])
    assert page["ground"][:, i, j].mean() == pytest.approx(expected, rel=1e-12)


def test_enlarged_pictures(page: Page) -> None:
    """Do the enlarged pictures keep their corners, and is a column of ones at the end?"""
    small, big = page["X"][:3], page["cifar_sized"](page["X"][:3])
    assert big.shape == (3, 3073)
    assert (big[:, -1] == 1).all()
    assert big[:, 0] == pytest.approx(small[:, 0])  # the first pixel's first colour
    assert big[:, -2] == pytest.approx(small[:, -2])


def test_subgradient_leads_uphill(page: Page) -> None:
    """Does the loss rise as 1 + 3·lr while the distance falls?"""
    assert page["uphill"] == pytest.approx(1 + 3 * 0.1)
    assert page["distance"] == pytest.approx(math.hypot(0.9, 0.2))


def test_convex_and_not(page: Page) -> None:
    """Does no linear slice curve downwards, while many of the net's do, and its twins prove it?"""
    assert (page["hollow"]["linear"] == 0).all()
    assert (page["hollow"]["net"] > 0.3).all()
    assert page["twin_heights"] == pytest.approx([page["twin_heights"][0]] * 3, rel=1e-9)
    assert page["middle"] > 2 * page["twin_heights"][0]


def test_random_slices_show_the_mean_curvature(page: Page) -> None:
    """Is the curvature of a random slice 0.8 ± 0.6·√(2/1002), so that none turns down?"""
    assert page["along"].mean() == pytest.approx(0.8, abs=0.003)
    assert page["along"].std() == pytest.approx(0.6 * math.sqrt(2 / 1002), rel=0.06)
    assert page["along"].min() > 0


def test_tilt(page: Page) -> None:
    """Is G the gradient at zero, and the land nowhere below its tangent plane?"""
    X, y, G = page["X"], page["y"], page["G"]
    assert pytest.approx(hinge_loss_and_gradient(np.zeros((197, 10)), X, y)[1], abs=1e-9) == G
    rng = np.random.default_rng(1)
    for scale in (1e-5, 1e-4, 1e-3, 1e-2):
        W = scale * rng.standard_normal((197, 10))
        assert hinge_loss(W, X, y) >= 9 + (G * W).sum() - 1e-9


def test_darts_are_normal(page: Page) -> None:
    """Has a dart the mean 9 and the standard deviation σ‖G‖, within their own errors?"""
    darts, sd = np.array(page["heights"]), 1e-4 * np.linalg.norm(page["G"])
    assert len(darts) == 1000
    assert abs(darts.mean() - 9) < 3 * sd / math.sqrt(1000)
    assert darts.std() == pytest.approx(sd, rel=3 / math.sqrt(2000))


def test_random_search_is_the_librarys(page: Page) -> None:
    """Do the page's ten lines play the library's game?"""

    def loss(W: np.ndarray) -> float:
        return float(np.round(((W - 1) ** 2).sum(), 1))  # with ties

    W, best = page["random_search"](loss, (2, 3), 50, 0.5, np.random.default_rng(3))
    expected = search.random_search(loss, (2, 3), 50, 0.5, np.random.default_rng(3))
    np.testing.assert_array_equal(W, expected[0])
    np.testing.assert_array_equal(best, expected[1])


def test_leaving_out_hopeless_darts_changes_nothing(page: Page) -> None:
    """Is the game that measures only what can win the same game?"""
    assert page["same_game"]


@pytest.mark.parametrize("tries", [1, 10, 100, 1000])
def test_best_of_many(page: Page, tries: int) -> None:
    """Does the mean over 64 games contain 9 − σ‖G‖e_N in its 99 % interval?"""
    expected = 9 - page["sd"] * largest_of_normal(tries)
    assert page["expected_best"][tries - 1] == pytest.approx(expected, abs=1e-3)
    # 2.656: Student's 99.5 % quantile for 63 degrees of freedom, from a printed table
    low, high = interval(page["curves"][:, tries - 1], 2.656)
    assert low < expected < high


def test_best_of_many_spreads_as_it_should(page: Page) -> None:
    """Do about 95 % of the games end between the quantiles of (1 − F)^N, and on the whole curve?"""
    final = page["curves"][:, -1]
    # (1 − F)^1000 is 0.975 at F = 2.5e-5, and 0.025 at F = 3.68e-3
    low, high = (9 + page["sd"] * NormalDist().inv_cdf(level) for level in (2.532e-5, 3.682e-3))
    assert 57 <= ((final > low) & (final < high)).sum() <= 64  # 60.8 ± 1.7 expected
    assert 90 < page.glued["rs_within"] < 99


@pytest.mark.parametrize(("dim", "tolerance"), [(2, 0.05), (4, 0.03)])
def test_slope_on_a_bowl(page: Page, dim: int, tolerance: float) -> None:
    """Does the best of N fall as N^(−2/D)?"""
    assert page["bowl_slopes"][dim] == pytest.approx(-2 / dim, abs=tolerance)


@pytest.mark.parametrize("dim", [2, 4, 8, 32])
def test_best_on_a_bowl(page: Page, dim: int) -> None:
    """Is the mean over 64 games the integral of P(height > t)^N, summed by hand for even D?"""
    for index in (0, 8, 16, 23):
        tries = int(page["counts"][index])
        t = np.linspace(0, 120, 400_001) if dim > 4 else np.geomspace(1e-9, 120, 200_001)
        above = np.exp(-t) * sum(t**k / math.factorial(k) for k in range(dim // 2))
        expected = t[0] + np.trapezoid(np.minimum(above, 1) ** tries, t)
        games = page["bowls"][dim][:, index]
        error = games.std(ddof=1) / math.sqrt(len(games))
        assert abs(games.mean() - expected) < 4 * error


def test_patience_on_a_bowl(page: Page) -> None:
    """Are the darts that the myth counts ln 2·Γ(1 + D/2)/(D/200)^(D/2)?"""
    assert math.log(2) / page["level"] == pytest.approx(
        math.log(2) * math.factorial(50) / 0.5**50, rel=1e-12
    )  # the last row: 100 dimensions


def test_angles(page: Page) -> None:
    """Do random directions fall into the caps as often as the integral of sin^(D−2) says?"""
    phi = np.linspace(0, np.pi, 200_001)
    for column, dim in enumerate(page["dims"]):
        ring = np.sin(phi) ** (dim - 2.0) if dim > 2 else np.ones_like(phi)
        cumulative = np.concatenate([[0], np.cumsum((ring[1:] + ring[:-1]) / 2)])
        exact = np.interp(np.radians(page["degrees"]), phi, cumulative / cumulative[-1])
        np.testing.assert_allclose(page["caps"][:, column], exact, rtol=1e-6)
        error = np.sqrt(exact * (1 - exact) / page["thrown"])
        assert (np.abs(page["shares"][:, column] - exact) < 4 * error + 1e-9).all()


def test_winner_angle(page: Page) -> None:
    """Is the winner's angle arccos(e_N/√D), within the 99 % interval?"""
    expected = math.degrees(math.acos(largest_of_normal(1000) / math.sqrt(1970)))
    low, high = interval(page["winner_angles"], 2.656)
    assert low < expected < high
    assert page["predicted_angle"] == pytest.approx(expected, abs=0.01)


def test_scoreboard(page: Page) -> None:
    """Do 1,000 tries give what they gave beforehand, and is the tilt alone far better?"""
    assert len(page["hits"]) == 64
    assert 0.22 < page["hits"].mean() < 0.28
    assert page["hits"].min() < 0.18
    assert page["hits"].max() > 0.3
    data = scoreboard()
    assert accuracy(page["winners"][3], data.X_test, data.y_test) == page["hits"][3]
    assert page.glued["rs_tilt_accuracy"] > 55


def test_scale(page: Page) -> None:
    """Is the average dart's loss the closed form at every scale and never below 9?"""
    single, theory = page["single"], page["average_dart"]
    error = single.std(axis=0, ddof=1) / math.sqrt(len(single))
    assert (np.abs(single.mean(axis=0) - theory) < 4 * error).all()
    assert (theory >= 9 - 1e-9).all()
    tops, linear = page["tops"], page["linear_best"]
    # Gumbel's standard deviation is π/√6 times his width, here 0.32 at N = 250
    error = np.pi / math.sqrt(6) * 0.32 * page["scales"] * page["few_steepness"] / math.sqrt(8)
    assert (np.abs(tops.mean(axis=0) - linear) < 3 * error)[:3].all()  # up to σ = 1e-4
    assert tops.mean(axis=0)[4] > linear[4] + 1  # σ = 1e-3: terms have switched off
    assert (tops.mean(axis=0)[-3:] > 9).all()
    accuracies = page["scale_hits"].mean(axis=0)
    assert np.ptp(accuracies) < 0.02


def test_forged_winners(page: Page) -> None:
    """Do games that were never played have the accuracy of those that were?"""
    assert [len(played) for played in page["played"].values()] == [64, 64, 64, 64, 6]
    for tries, played in page["played"].items():
        forged = page["patience"][tries]
        error = math.hypot(
            forged.std(ddof=1) / math.sqrt(len(forged)), played.std(ddof=1) / math.sqrt(len(played))
        )
        assert abs(forged.mean() - played.mean()) < 3 * error
    means = [forged.mean() for forged in page["patience"].values()]
    assert (np.diff(means) > 0).all()
    assert means[-1] < page.glued["rs_tilt_accuracy"] / 100  # 1e30 darts


def test_more_weights_change_nothing(page: Page) -> None:
    """Is a dart with 197 shared sums the game of 3,073 weights, and is its accuracy as before?"""
    X, shared = page["X"][:5], page["shared"]
    big = page["cifar_sized"](X)
    np.testing.assert_allclose(X @ shared @ X.T, big @ big.T, rtol=1e-9)
    np.testing.assert_allclose(page["spread"] @ page["spread"].T, shared, atol=1e-9)
    few, many = page["big_hits"], page["hits"]
    error = math.hypot(few.std(ddof=1) / math.sqrt(len(few)), many.std(ddof=1) / 8)
    assert abs(few.mean() - many.mean()) < 3 * error


def test_raw_pixels_are_worse(page: Page) -> None:
    """Is the game with raw pixels the same game, and does it lose a quarter of its hits or more?"""
    X, y, raw = page["X"], page["y"], page["raw"]
    np.testing.assert_allclose(raw - raw.mean(axis=0) + page["X"].mean(axis=0), X, atol=1e-9)
    W = 1e-4 * np.random.default_rng(1).standard_normal((197, 10))
    assert hinge_loss(W, raw, y) >= 9 + (page["raw_tilt"] * W).sum() - 1e-9
    few, many = page["raw_hits"], page["hits"]
    error = math.hypot(few.std(ddof=1) / math.sqrt(len(few)), many.std(ddof=1) / 8)
    assert many.mean() - few.mean() > 3 * error
    low, high = interval(few, 2.74)  # Student's 99.5 % quantile for 31 degrees of freedom
    assert low < 0.155 < high  # what CS231n's notes report for CIFAR-10


def test_a_floor_alone_is_not_weibulls(page: Page) -> None:
    """Does the skewness of the best go to Gumbel's, although the tail ends at a floor?"""
    gumbel = -12 * math.sqrt(6) * 1.2020569 / math.pi**3
    assert gumbel == pytest.approx(-1.14, abs=0.005)
    gaps = [abs(value - gumbel) for value in page["skewness"].values()]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 0.03


def test_knobs_that_do_not_count(page: Page) -> None:
    """With two of twenty numbers that count, is the slope that of two dimensions?"""
    assert page["knob_slope"] == pytest.approx(-1, abs=0.06)


def test_numbers_in_the_text(page: Page) -> None:
    """Is every number that a sentence quotes computed, and every computed number quoted?"""
    assert page.quoted() == set(page.glued)


def test_figures_have_words(page: Page) -> None:
    """Does every cell that draws carry a text that says what the figure shows?"""
    assert len(page.drawing()) >= 12
    for alt, source in page.drawing():
        assert len(alt.split()) > 20, source[:60]


@pytest.mark.parametrize(
    "chapter", ["02-local-search", "03-gradient", "04-gradient-descent", "05-momentum"]
)
def test_scoreboard_is_quoted(page: Page, chapter: str) -> None:
    """Do the later chapters quote this chapter's line as it is measured here?"""
    looks, result = scoreboard_line(chapter, "random search, chapter 1")[1:]
    assert looks == "5,000,000"
    score = (page.glued[f"rs_score{end}"] for end in ("", "_low", "_high"))
    assert result == shown(*score)


def test_widget_numbers(page: Page) -> None:
    """Is the best of N in two dimensions 1/N on average, and a hundred dimensions hopeless?"""
    assert page.glued["rs_dart_2"] == pytest.approx(1 / 300, rel=1e-9)
    assert 0.25 < page.glued["rs_dart_100"] / 50 < 0.75
