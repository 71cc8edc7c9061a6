"""Chapter 2: does what the page measures agree with what theory says?

The page's own cells are executed, and what they measured is compared with formulas and integrals
that are written out here again, or with a simulation of the same promise by other means.
"""

from math import erfc, exp, pi, sqrt

import numpy as np
import pytest

from lossland.search import adaptive_local_search
from tests.book.page import Page, scoreboard_line, shown

CHAPTER = "02-local-search"


def above(z: float) -> float:
    """P(a standard normal number is above z)."""
    return erfc(z / sqrt(2)) / 2


def bell(z: float) -> float:
    """The normal density."""
    return exp(-z * z / 2) / sqrt(2 * pi)


def progress(s: float) -> float:
    """E max(0, s·z − s²/2), integrated numerically."""
    z = np.linspace(-10, 10, 40_001)
    gain = np.maximum(0, s * z - s * s / 2)
    return float(np.trapezoid(gain * np.exp(-z * z / 2), z) / sqrt(2 * pi))


def test_local_search_never_climbs(page: Page) -> None:
    """Does the page's method keep falls only, from a loss that never rises?"""
    assert (np.diff(page["heights"]) <= 0).all()
    assert page["heights"][-1] < page["heights"][0] / 10


@pytest.mark.parametrize("dim", [2, 10, 100, 1000])
def test_acceptance_on_the_sphere(page: Page, dim: int) -> None:
    """Is the measured share the exact integral, and the limit Φ(−s/2) from 100 dimensions on?"""
    tries = 4000 if dim == 1000 else 20_000
    for s, share in zip(page["scaled"], page["accepted"][dim], strict=True):
        exact = page["exact_rate"](s, dim)
        assert share == pytest.approx(exact, abs=4 * sqrt(0.25 / tries))
        if dim >= 100:
            assert exact == pytest.approx(above(s / 2), abs=0.006)


@pytest.mark.parametrize(("s", "dim"), [(0.5, 3), (1.2, 3), (3.0, 3), (5.0, 3)])
def test_exact_rate_in_three_dimensions(page: Page, s: float, dim: int) -> None:
    """Is the share in 3 dimensions the mean of (1 − cos θ)/2, the area of Archimedes' cap?"""
    rho = np.linspace(0, 12, 60_001)
    density = np.sqrt(2 / pi) * rho**2 * np.exp(-(rho**2) / 2)
    cap = np.maximum(0, (1 - s / dim * rho / 2) / 2)
    expected = float(np.trapezoid(density * cap, rho))
    assert page["exact_rate"](s, dim) == pytest.approx(expected, rel=2e-3)


def test_other_lands(page: Page) -> None:
    """Do bowls with many eigenvalues follow Φ(−a), and does the dominated one not?"""
    for a in (0.25, 0.6, 1.0):
        for name in ("sphere", "1 … 100, geometric"):
            assert page["bowls"][name, a] == pytest.approx(above(a), abs=0.012)
    assert page["bowls"]["one steep direction", 1.0] > above(1.0) + 0.05


def test_best_step(page: Page) -> None:
    """Is the optimum 1.224, 0.2025, 0.270, a root of φ(s/2) = s·Φ(−s/2)?"""
    s = page["s_best"]
    assert bell(s / 2) == pytest.approx(s * above(s / 2), rel=1e-3)
    # Beyer 2001 and Schumer & Steiglitz 1968: 1.224, 0.202, 0.270.
    assert [s, page["G_best"], page["p_best"]] == pytest.approx([1.224, 0.2025, 0.270], abs=6e-4)
    for other in (0.3, 1.0, 1.5, 3.0):
        assert float(page["G"](other)) == pytest.approx(progress(other), rel=1e-4)
        assert progress(other) < page["G_best"]


def test_progress_measured(page: Page) -> None:
    """Is the measured progress in 100 dimensions the integral?"""
    for s, gain in zip(page["scaled"], page["progress"][100], strict=True):
        assert gain == pytest.approx(progress(s), abs=0.01)


def test_ideal_walk(page: Page) -> None:
    """Does the logarithm of the distance fall by 0.2025/d per evaluation?"""
    t = np.arange(3001)
    slope = np.polyfit(t, np.log(page["ideal"]).mean(axis=0), 1)[0]
    assert -slope * 100 == pytest.approx(0.2025, rel=0.05)


@pytest.mark.parametrize("size", [3e-4, 3e-3, 3e-2])
def test_fixed_walks(page: Page, size: float) -> None:
    """Does a walk of fixed step size follow dr/dt = −r·G(σd/r)/d?"""
    r = 1.0
    for _ in range(300):  # ten evaluations at once
        r -= 10 * r * progress(size * 100 / r) / 100
    assert page["fixed"][size][:, -1].mean() == pytest.approx(r, rel=0.06)


def test_corridor(page: Page) -> None:
    """Are share and progress in the corridor e^(−c)/2 and c·e^(−c)/d, best at 1/(2e)?"""
    for c, share, gain in page["corridor"]:
        stay = (1 - c / 100) ** 99
        assert share == pytest.approx(stay / 2, abs=0.015)
        assert gain == pytest.approx(c * stay, abs=0.02)
    assert page.glued["ls_p_corridor"] == pytest.approx(0.184, abs=5e-4)


def test_rule_on_paper(page: Page) -> None:
    """Is the predicted rate that of the random walk of ln s, simulated?"""
    rng = np.random.default_rng(123)
    log_s, total, rounds = np.zeros(20_000), 0.0, 0
    for t in range(150):
        kept = rng.standard_normal(20_000) > np.exp(log_s) / 2
        log_s += np.where(kept, np.log(1.5), np.log(0.9))
        if t >= 100:
            total += float(page["G"](np.exp(log_s)).mean())
            rounds += 1
    assert page["G_rule"] == pytest.approx(total / rounds, rel=0.01)


@pytest.mark.parametrize("name", ["rule", "ideal"])
def test_price_of_a_dimension(page: Page, name: str) -> None:
    """Are the rates proportional to 1/d, with the predicted constant in many dimensions?"""
    dims, rates = page["price_dims"], page["rates"][name].mean(axis=1)
    slope = np.polyfit(np.log(dims[1:]), np.log(rates[1:]), 1)[0]
    assert slope == pytest.approx(-1, abs=0.06)
    best = page["G_rule"] if name == "rule" else page["G_best"]
    assert rates[2:] * dims[2:] == pytest.approx(best, rel=0.06)


def test_rule_finds_the_size(page: Page) -> None:
    """Do a far too small and a far too large start end at the same step size?"""
    ends = [np.log(sizes[:, -500:]).mean() for sizes in page["found"].values()]
    assert ends[0] == pytest.approx(ends[1], abs=0.3)


def test_rule_is_the_library_s(page: Page) -> None:
    """Is the page's rule the library's, number by number?"""
    args = (page["sphere"], np.ones(5), 50, 0.3)
    for mine, theirs in zip(
        page["adaptive_local_search"](*args, np.random.default_rng(1)),
        adaptive_local_search(*args, np.random.default_rng(1)),
        strict=True,
    ):
        assert np.array_equal(mine, theirs)


def test_same_game(page: Page) -> None:
    """Is the fast game the plain method, and did everybody get 1,000 evaluations?"""
    assert page["same_game"] < 1e-11
    for name, runs in page["loss_runs"].items():
        assert runs.shape[1] == (1000 if name == "darts" else 1001)
        assert (np.diff(runs) <= 0).all()


def test_scoreboard(page: Page) -> None:
    """Do steps of 1e-4 reach 0.70–0.72, three times the darts, and is the rule not far?"""
    hits = {name: values.mean() for name, values in page["hits"].items()}
    assert 0.69 < hits["0.0001"] < 0.73
    assert hits["0.0001"] > 2.2 * hits["darts"]
    assert hits["rule"] > hits["0.0001"] - 0.05


def test_other_pixels_and_starts(page: Page) -> None:
    """Does centring matter most, a noisy start less, and do both leave far more than 21 %?"""
    own = page["hits"]["0.0001"][: page["OTHER_GAMES"]]
    other = {name: values.mean() for name, values in page["other_hits"].items()}
    assert own.mean() - other["raw"] == pytest.approx(0.11, abs=0.03)
    assert (own > page["other_hits"]["raw"]).all()
    assert 0 < own.mean() - other["hill"] < 0.05
    assert other["both"] == pytest.approx(0.58, abs=0.03)


def test_raw_pixels_are_the_same_game(page: Page) -> None:
    """Is a walk over raw pixels, with products made from centred ones, the plain method?"""
    X, y = page["X"] + page["MEAN"], page["y"]
    rng = np.random.default_rng(0)
    W, losses = np.zeros((197, 10)), [9.0]
    for _ in range(30):
        step = 1e-4 * rng.standard_normal((197, 10))
        loss = page["hinge_loss"](W + step, X, y)
        if loss < losses[-1]:
            W = W + step
        losses.append(min(loss, losses[-1]))
    assert np.abs(page["games"][0][1]["raw"][:31] - losses).max() < 1e-11


def test_mean_rise(page: Page) -> None:
    """Is the forecast's mean of a kinked function what random steps measure?"""
    place, size = 300, 1e-4
    W, base = page["PLACES"][place], page["base"][place]
    here = page["height"](base)
    draws = np.random.default_rng(5).standard_normal((200, 197, 10))
    rises = [
        page["height"](base + size * p) - here for d in draws for p in page["products"](d[None])
    ]
    share, fall = page["forecast"](W, [size])
    assert np.mean(np.array(rises) < 0) == pytest.approx(share[0], abs=0.1)
    assert np.maximum(0, -np.array(rises)).mean() == pytest.approx(fall[0], rel=0.35)


def test_forecast(page: Page) -> None:
    """Does the forecast hold for short steps, and fail for the longest, as the page says?"""
    assert page["share_gap"] < 0.1
    for name in ("1e-05", "0.0001"):
        end = page["loss_runs"][name][:, -1].mean()
        assert page["foretold_loss"][name][-1] == pytest.approx(end, rel=0.06)
    ends = page["loss_runs"]["0.001"][:, -1]
    assert page["foretold_loss"]["0.001"][-1] < 0.5 * ends.mean()
    # One forecast is right: the share kept, and so the number of kept steps.
    assert page["by_step"] == pytest.approx(page["by_mean"], rel=0.5)
    assert page.glued["ls_expected_kept"] == pytest.approx(page.glued["ls_long_kept"], rel=0.2)
    # Their sum hangs on few steps: it falls on both sides of what is measured.
    assert min(page["sums"]) < ends.min()
    assert ends.max() < max(page["sums"])


def test_the_land_bends_most_ahead(page: Page) -> None:
    """Does the bend grow with the part along −g, so that its mean there would lose most steps?"""
    assert (np.diff(page["bend"]) > 0).all()
    assert page["by_z"] < 0.5 * page["by_mean"]


def test_kept_steps_point_downhill(page: Page) -> None:
    """Is the cosine of kept and refused steps with −g that of a truncated normal number?"""
    a, root = page["a"], sqrt(1970)
    error = 4 / root / sqrt(1000)
    kept, cosines = page["kept"], page["cosines"]
    assert kept.mean() == pytest.approx(above(a), abs=0.04)
    assert cosines[kept].mean() == pytest.approx(bell(a) / above(a) / root, abs=error)
    assert cosines[~kept].mean() == pytest.approx(-bell(a) / above(-a) / root, abs=error)


@pytest.mark.parametrize("name", ["kept", "weighted"])
def test_averages_find_the_gradient(page: Page, name: str) -> None:
    """Do the averages' cosines follow their square roots, with slope one half at first?"""
    counts, values = page["counts"], np.array(page["answers"][name])
    h = bell(page["a"]) / above(page["a"])
    ratio = {
        "kept": h * h * above(page["a"]) * counts / 1969,
        "weighted": counts / 1971,
    }[name]
    assert values == pytest.approx(np.sqrt(ratio / (1 + ratio)), rel=0.06)
    # The tangent of the angle is the root of a ratio that is proportional to the evaluations.
    tangent = values / np.sqrt(1 - values**2)
    assert np.polyfit(np.log(counts), np.log(tangent), 1)[0] == pytest.approx(0.5, abs=0.03)


def test_ridge(page: Page) -> None:
    """Is the fan arctan(1/k)/π wide, and does the rule get stuck on the sharpest ridge only?"""
    for k, share in page["fans"].items():
        assert share == pytest.approx(np.arctan(1 / k) / pi, abs=0.005)
    assert page["stuck"][10] > 0.5
    assert max(page["stuck"][1], page["stuck"][3]) < 1e-6


def test_noise_is_remembered(page: Page) -> None:
    """Does the noisy search believe in a loss below the lowest possible one?"""
    assert page.glued["ls_remembered"] < 0 < page.glued["ls_true_height"]


def test_one_place_by_two_names(page: Page) -> None:
    """Is the place of the kept steps the one that the game reaches after 100 steps?"""
    assert np.abs(page["W_100"] - page["PLACES"][100]).max() < 1e-15
    a = -page["BELL"][np.searchsorted(page["BELL_CDF"], page["forecast"](page["W_100"], [3e-5])[0])]
    assert page["a"] == pytest.approx(a[0], abs=0.02)


def test_selfchecks(page: Page) -> None:
    """Are the numbers of the numeric self-checks right?"""
    assert abs(page["s_best"] / 100 - 0.0122) < 5e-5
    assert abs(page["s_best"] / 400 / 2 - 0.00153) < 5e-6
    assert abs(2**-0.25 - 0.841) < 5e-4
    assert abs(0.81 / 0.19 - 4.26) < 5e-3


def test_numbers_in_the_text(page: Page) -> None:
    """Is every number that a sentence quotes computed, and every computed number quoted?"""
    assert page.quoted() == set(page.glued)


def test_figures_have_words(page: Page) -> None:
    """Does every cell that draws carry a text that says what the figure shows?"""
    assert len(page.drawing()) == 15
    for alt, source in page.drawing():
        assert len(alt.split()) > 20, source[:60]


@pytest.mark.parametrize("chapter", ["03-gradient", "04-gradient-descent", "05-momentum"])
def test_scoreboard_is_quoted(page: Page, chapter: str) -> None:
    """Do the later chapters quote this chapter's line as it is measured here?"""
    looks, result = scoreboard_line(chapter, r"local search, $\sigma = 10^{-4}$, chapter 2")[1:]
    assert looks == "5,000,000"
    score = (page.glued[f"ls_{name}"] for name in ("score_best", "best_low", "best_high"))
    assert result == shown(*score)


def test_widget_walks(page: Page) -> None:
    """Does the careful hiker keep half and lose time, the bold one nothing, and the rule win?"""
    losses = {name: walk.loss[-1] / walk.loss[0] for name, walk in page["live"].items()}
    kept = {name: walk.kept.mean() for name, walk in page["live"].items()}
    assert kept["careful"] == pytest.approx(0.5, abs=3 * sqrt(0.25 / 300))
    assert kept["bold"] < 0.02
    assert kept["rule"] == pytest.approx(page.glued["ls_balance"], abs=3 * sqrt(0.16 / 300))
    assert losses["rule"] == min(losses.values())
    assert not page["live"]["opening"].kept[-60:].any()
