"""Chapter 6: does what the page measures agree with what theory says?

The page's own cells are executed, and what they measured is compared with formulas that are written
out here again, or with recurrences that are summed here in another way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lossland import adaptive
from lossland.losses import hinge_loss_and_gradient
from lossland.optimizers import Optimizer
from lossland.surfaces import quadratic_bowl
from tests.book.page import Page, scoreboard_line, shown

CHAPTER = "06-ada-family"
NETWORKS = "def judged("  # in the cell with which the long runs begin

FAMILY = ("adagrad", "rmsprop", "adam")


@pytest.fixture
def page(executed: Page) -> Page:
    """The page up to its networks."""
    return executed.run(until=NETWORKS)


def slope(x: np.ndarray, y: np.ndarray) -> float:
    """Of a straight line through the points, both logarithmic."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def library_path(method: Optimizer[Any], gradients: np.ndarray) -> np.ndarray:
    """Where the library's method goes from (1, 1) under these gradients, every point."""
    x = np.ones(2)
    state, points = method.init(x), []
    for g in gradients:
        step, state = method.update(g, state, x)
        x = x + step
        points.append(x)
    return np.array(points)


def test_the_pages_steps_are_the_librarys(page: Page) -> None:
    """Do the functions that the page prints walk as lossland.adaptive does?"""
    gradients = np.random.default_rng(1).standard_normal((50, 2)) * [0.01, 30.0]
    x = np.ones((5, 2))
    a, r, c, q, m, v, mw, vw = (np.zeros(2) for _ in range(8))
    walked = []
    for t, g in enumerate(gradients, start=1):
        x0, a = page["adagrad_step"](x[0], a, g, 0.1)
        x1, r = page["rmsprop_step"](x[1], r, g, 0.1)
        x2, c, q = page["adadelta_step"](x[2], c, q, g)
        x3, m, v = page["adam_step"](x[3], m, v, t, g, 0.1)
        x4, mw, vw = page["adamw_step"](x[4], mw, vw, t, g, 0.1, 0.05)
        x = np.array([x0, x1, x2, x3, x4])
        walked.append(x)
    methods = (
        adaptive.adagrad(0.1),
        adaptive.rmsprop(0.1),
        adaptive.adadelta(),
        adaptive.adam(0.1),
        adaptive.adamw(0.1, 0.05),
    )
    for k, method in enumerate(methods):
        got = np.array(walked)[:, k]
        np.testing.assert_allclose(got, library_path(method, gradients), rtol=1e-12)


def test_method_beside_plain_descent(page: Page) -> None:
    """Does the loop at the top end far below plain descent, which leaves (99/101)⁸⁰ at its best?"""
    first = 0.5 * (1.8**2 + 100 * 0.9**2)
    assert page.glued["ada_plain_loss"] == pytest.approx(first * (99 / 101) ** 80, rel=1e-9)
    x, m, v = np.array([-1.8, 0.9]), np.zeros(2), np.zeros(2)
    for t in range(1, 41):
        x, m, v = page["adam_step"](x, m, v, t, page["ravine"].gradient(x), lr=0.1)
    assert page["ravine"].value(x) < page.glued["ada_plain_loss"] / 10


def test_adagrads_stride_vanishes(page: Page) -> None:
    """Does the stride fall as 1/√t and the loss as 1/(4√t), slope −½ both?"""
    t = np.arange(1, 2001)
    for values, level in (
        (page["ada_rate"], 1 / np.sqrt(t)),
        (page["ada_loss"], 0.25 / np.sqrt(t)),
    ):
        assert slope(t[200:], values[200:]) == pytest.approx(-0.5, abs=0.05)
        assert (values / level)[1000:].mean() == pytest.approx(1, abs=0.1)


def test_rare_features(page: Page) -> None:
    """Is the best of Adagrad's worse error below the best of plain descent's?"""
    worse = {key: max(gap) for key, gap in page["rare_left"].items()}
    best = {
        name: min(value for (other, _), value in worse.items() if other == name)
        for name in ("gradient descent", "adagrad")
    }
    assert best["adagrad"] < 0.75 * best["gradient descent"]


def test_regret_bound(page: Page) -> None:
    """Does every run keep to Duchi's bound, and does the regret grow as a root?"""
    for regret, right, kept in page["bound"]:
        assert kept
        assert 0 < regret < right
    assert page["farthest"] <= page["R"]
    grown = page["bound"][2][0] / page["bound"][1][0]  # ten times the steps
    assert grown == pytest.approx(np.sqrt(10), rel=0.2)


def test_averages(page: Page) -> None:
    """Are the page's averages the sums with their weights, and off theory by noise alone?"""
    values = page["temperature"]
    for name, beta in (("0.9", 0.9), ("0.98", 0.98)):
        t = np.arange(1, 201)
        weights = np.tril((1 - beta) * beta ** np.maximum(t[:, None] - t, 0))
        plain = weights @ values
        np.testing.assert_allclose(page["ewma_lines"][name], plain / (1 - beta**t), rtol=1e-9)
        if beta == 0.98:
            np.testing.assert_allclose(page["raw"], plain, rtol=1e-9)
        off = page["ewma_lines"][name][100:] - page["ewma_theory"][name][100:]
        assert np.abs(off).max() < 4 * 3 * np.sqrt((1 - beta) / (1 + beta))
    assert page["raw"][0] == pytest.approx(0.02 * values[0])
    season = 12 + 9 * np.cos(2 * np.pi * page["days"] / 365)
    assert np.std(values - season) == pytest.approx(3, rel=0.2)


def test_noise_and_lag_of_an_average(page: Page) -> None:
    """Are they √((1 − β)/(1 + β)) and β/(1 − β)?"""
    for beta, calm, expected, lag in page["smoothing"]:
        assert calm == pytest.approx(expected, rel=1e-6)
        assert expected == pytest.approx(np.sqrt((1 - beta) / (1 + beta)))
        assert lag == pytest.approx(beta / (1 - beta), rel=1e-4)


def test_the_wrong_correction(page: Page) -> None:
    """Is a steady step with √(1 − β) off at first, and for ever by 0.1^(−½)·0.001^(¼)?"""
    assert page["wrong_steps"][1] == pytest.approx(np.sqrt(0.1) / 0.001**0.25)
    assert page["wrong_steps"][10_000] == pytest.approx(0.001**0.25 / np.sqrt(0.1), rel=1e-4)


@pytest.mark.parametrize("name", FAMILY)
def test_shock(page: Page, name: str) -> None:
    """Is each stride what the squares, summed one by one, say?"""
    squares = np.ones(600)
    squares[99:109] = 900
    t = np.arange(1, 601)
    if name == "adagrad":
        cache = np.cumsum(squares)
    else:
        decay = {"rmsprop": 0.9, "adam": 0.999}[name]
        weights = np.tril((1 - decay) * decay ** np.maximum(t[:, None] - t, 0))
        cache = weights @ squares
        if name == "adam":
            cache = cache / (1 - decay**t)
    np.testing.assert_allclose(page["strides"][name], 1 / np.sqrt(cache), rtol=1e-6)
    np.testing.assert_allclose(page["stride_theory"][name], 1 / np.sqrt(cache), rtol=1e-6)


def test_forgiving(page: Page) -> None:
    """Is RMSprop back within a hundred steps, and is Adagrad never again above its low?"""
    assert page.glued["ada_recovered"] < 100
    assert page["strides"]["adagrad"][-1] == page["strides"]["adagrad"].min()


def test_adadelta_has_no_unit(page: Page) -> None:
    """Do metres and millimetres lead to one place, and RMSprop's to two?"""
    one, other = page["ends"]["adadelta"]
    np.testing.assert_allclose(one, other, rtol=1e-6)
    one, other = page["ends"]["rmsprop"]
    assert np.abs(one - other).max() > 1
    assert page.glued["ada_first_delta"] == pytest.approx(np.sqrt(1e-6 / 0.05))
    counts = list(page["delta_steps"].values())
    assert counts == sorted(counts, reverse=True)  # a larger eps is faster, here


def test_first_steps(page: Page) -> None:
    """Is Adam's step lr from the first on, and without correction √10·lr, then 6.57·lr?"""
    np.testing.assert_allclose(page["lengths"]["with"], 1, rtol=1e-7)
    assert page.glued["ada_first_without"] == pytest.approx(np.sqrt(10), rel=1e-6)
    t = np.arange(1, 5001)
    ratio = -np.expm1(t * np.log(0.9)) / np.sqrt(-np.expm1(t * np.log(0.999)))
    np.testing.assert_allclose(page["lengths"]["without"], ratio, rtol=1e-6)
    assert page.glued["ada_longest_at"] == ratio.argmax() + 1


def test_small_gradients(page: Page) -> None:
    """Does Adam not notice a factor until the gradients come near eps, and hardly move below?"""
    left = page["eps_loss"]
    assert left[4] == pytest.approx(left[0], rel=1e-3)
    assert left[12] > 0.5 > 100 * left[0]


def test_turn(page: Page) -> None:
    """Are plain descent and momentum blind to the axes, and does the family lose at 45 degrees?"""
    kept, best = page["turned_kept"], page["turned_best"]
    at = int(np.flatnonzero(page["degrees"] == 45)[0])
    for name in ("gradient descent", "momentum"):
        for scores in (kept[name], best[name]):
            np.testing.assert_allclose(scores, scores[0], rtol=1e-6)
    # plain descent at the best rate, from the two eigenvalues; the worst of ten is the first
    rates = 10.0 ** (np.arange(26) / 5 - 4)
    start = np.array([1.8, 0.9])
    heights = [
        0.5 * np.array([1, 100]) @ ((1 - lr * np.array([1, 100])) ** 91 * start) ** 2
        for lr in rates[:12]
    ]
    first = 0.5 * np.array([1, 100]) @ start**2
    assert best["gradient descent"][0] == pytest.approx(min(heights) / first, rel=1e-9)
    for name in ("adagrad", "rmsprop"):
        assert best[name][0] < 1e-6
        assert best[name][at] > best["gradient descent"][at]
    assert page.glued["ada_turn_adam_kept"] > 50
    assert 1 < page.glued["ada_turn_adam"] < 3


def test_what_saves_adam(page: Page) -> None:
    """Does the turn cost Adam ten decades without m, and less than half of one with it?"""
    saved = page["saved"]
    for beta2 in (0.999, 0.9):
        assert saved[0.0, beta2, 45] > 1e10 * saved[0.0, beta2, 0]
        assert saved[0.9, beta2, 45] < 3 * saved[0.9, beta2, 0]
        plain = page["turned_best"]["gradient descent"][0]
        assert 1 / 3 < saved[0.0, beta2, 45] / plain < 3
    assert saved[0.9, 0.999, 45] == pytest.approx(
        page["turned_best"]["adam"][np.flatnonzero(page["degrees"] == 45)[0]], rel=1e-6
    )


def test_along_the_axes_the_condition_number_is_not_there(page: Page) -> None:
    """Does Adagrad take the same path, entry by entry, whatever the scale of an entry?"""
    ends = []
    for kappa in (1.0, 100.0, 10_000.0):
        x, cache = np.array([-1.8, 0.9]), np.zeros(2)
        for _ in range(30):
            x, cache = page["adagrad_step"](x, cache, quadratic_bowl(kappa).gradient(x), 0.3)
        ends.append(x)
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-6)
    np.testing.assert_allclose(ends[0], ends[2], rtol=1e-6)


def test_saddle(page: Page) -> None:
    """Does plain descent leave as 1.02ᵗ, momentum with its larger root, Adam at lr a step?"""
    off = page["saddle_runs"]
    way = np.arange(1, 300)
    expected = 1e-4 * 1.02**way
    np.testing.assert_allclose(off["gradient descent"][way], expected, rtol=2e-3)
    matrix = np.array([[1.02, 0.9], [0.02, 0.9]])  # (y, v) → (y, v) near the ridge
    root = np.abs(np.linalg.eigvals(matrix)).max()
    growth = np.exp(np.polyfit(np.arange(30, 60), np.log(off["momentum"][30:60]), 1)[0])
    assert growth == pytest.approx(root, rel=2e-3)
    pace = np.polyfit(np.arange(5, 20), off["adam"][5:20], 1)[0]
    assert pace == pytest.approx(0.02, rel=0.1)
    left = page["saddle_left"]
    assert left["rmsprop"] < left["adam"] < left["momentum"] < left["gradient descent"]
    assert left["adagrad"] < left["gradient descent"] / 3


def test_hard_grounds(page: Page) -> None:
    """Does everybody arrive in the trench, plain descent last of those that the table names?"""
    steps = {
        name: int(page["arrivals"]["pathological curvature", name])
        for name in ("gradient descent", "momentum", "adagrad", "adam")
    }
    assert max(steps, key=lambda name: steps[name]) == "gradient descent"


def test_decay(page: Page) -> None:
    """Does AdamW shrink every weight as (1 − lr·decay)ᵗ, and L2 in Adam as (1 − lr·decay/σ)ᵗ?"""
    sizes = np.array([0.3, 1.0, 3.0])
    t = np.arange(200, 1200)
    for kind, rates in (("AdamW", np.full(3, 0.001)), ("L2 in Adam", 0.001 / sizes)):
        for k, rate in enumerate(rates):
            measured = np.polyfit(t, np.log(page["shrunk"][kind][200:1200, k]), 1)[0]
            assert measured == pytest.approx(np.log(1 - rate), rel=0.12), (kind, k)


def test_counterexample(page: Page) -> None:
    """Does Adam end at the worst point, AMSGrad at the best, with the settled cycle's drift?"""
    assert page["online"](False)[-1] > 0.99
    assert page["online"](True)[-1] < -0.98
    beta2 = 1 / 17
    after = np.linalg.solve(  # v1 = β v3 + 16(1−β), v2 = β v1 + (1−β), v3 = β v2 + (1−β)
        np.array([[1, 0, -beta2], [-beta2, 1, 0], [0, -beta2, 1]]),
        (1 - beta2) * np.array([16.0, 1.0, 1.0]),
    )
    drift = np.array([-4, 1, 1]) @ (1 / np.sqrt(after))
    assert page["drift"] == pytest.approx(drift, rel=1e-9)
    for name, path in page["reddi_paths"].items():
        inside = np.abs(path) < 0.9
        gap = np.abs(path - page["reddi_theory"][name])[3:]
        assert gap[inside[3:]].max() < 0.5  # a ripple of one step
    assert page["large"][0.99, False] > 0.9
    assert all(end < 0 for key, end in page["large"].items() if key != (0.99, False))


def test_plans_on_the_noisy_bowl(whole: Page) -> None:
    """Is the loss the expectation under E x² ← (1 − η)² E x² + η², for every plan?"""
    for name, losses in whole["walked"].items():
        np.testing.assert_allclose(losses, whole["expected_walk"][name], rtol=0.35)
    floor = 0.3 / (2 - 0.3) / 2
    assert whole["walked"]["constant"][100:].mean() == pytest.approx(floor, rel=0.05)
    for name in ("cosine", "warm-up–stable–decay"):
        assert whole["walked"][name][-1] < 0.2 * floor


def test_first_divisors_scatter(whole: Page) -> None:
    """Is the scatter of √v̂ about 1/√(2t), and 0.756 for one number, √(π/2 − 1)?"""
    assert whole["spread"][1] == pytest.approx(np.sqrt(np.pi / 2 - 1), rel=0.02)
    for t in (10, 30, 100):
        assert whole["spread"][t] == pytest.approx(1 / np.sqrt(2 * t), rel=0.1)


def test_plans_on_the_network(whole: Page) -> None:
    """Does the way down help with each plan at its better rate, and less than at the high one?"""
    assert whole["gains"]["cosine"].mean() < 0
    gains = whole["gains"]["warm-up–stable–decay"]
    # 3.182: Student's 97.5 % quantile for 3 degrees of freedom, from a printed table.
    assert gains.mean() + 3.182 * gains.std(ddof=1) / 2 < 0
    assert 0 < whole.glued["ada_fair_gain"] < 0.7 * whole.glued["ada_gain_cosine"]


def test_network_at_one_rate_and_tuned(whole: Page) -> None:
    """Does the winner depend on the shared rate, and is Adam ahead when all are tuned?"""
    shared = {name: loss for name, (loss, _) in whole["net_shared"].items()}
    assert shared["adam"] < shared["momentum"] < shared["gradient descent"]
    assert whole.glued["ada_slow_momentum"] < whole.glued["ada_slow_adam"]
    ends = {name: np.log(values).mean() for name, values in whole["ends"].items()}
    assert ends["adam"] < ends["momentum"] < ends["gradient descent"]
    assert len({len(losses) for losses in whole["net_tuning"].values()}) == 1  # equal budgets


@pytest.mark.parametrize("word", ["adagrad", "adam"])
def test_later_board(whole: Page, word: str) -> None:
    """Does the last chapter's scoreboard print what this page measured?"""
    numbers = [whole.glued[f"ada_{part}_{word}"] for part in ("score", "low", "high")]
    method = f"{whole['METHODS'][word].label}, chapter 6"
    asked, looks, _, accuracy = scoreboard_line("09-ensembles", method, cells=5)
    assert [asked, looks] == ["1,000 gradients of 100 pictures", "200,000"]
    assert accuracy == shown(*numbers)


def test_scoreboard(whole: Page) -> None:
    """Is every method equally tuned, inside its grid, within a point, and Adagrad ahead?"""
    plain = whole["final_accuracy"]["gradient descent"]
    for name, rates in whole["board_rates"].items():
        assert len(rates) == 5
        assert rates[0] < whole["chosen"][name] < rates[-1]
        looks = scoreboard_line(CHAPTER, whole["METHODS"][name].label)[1]
        assert looks == f"{2 * 1000 * 100:,}"
    for values in whole["final_accuracy"].values():
        assert 0.81 < values.mean() < 0.85
        assert abs((values - plain).mean()) < 0.01
    gains = {name: values - plain for name, values in whole["final_accuracy"].items()}
    # 2.571: Student's 97.5 % quantile for 5 degrees of freedom, from a printed table.
    low = {name: g.mean() - 2.571 * g.std(ddof=1) / np.sqrt(6) for name, g in gains.items()}
    assert low["adagrad"] > 0
    assert all(low[name] < 0 for name in ("rmsprop", "adam"))


def test_the_boards_gradient_is_the_books() -> None:
    """Is the hinge loss C − 1 at W = 0, as on every earlier board?"""
    X = np.ones((4, 197))
    assert hinge_loss_and_gradient(np.zeros((197, 10)), X, np.arange(4))[0] == 9


def test_two_forms_of_adam_part_where_eps_counts(whole: Page) -> None:
    """Do the paper's two forms differ for gradients near eps, and agree for large ones?"""
    forms = np.array(whole["forms"])
    assert np.abs(forms[:, 0] - forms[:, 1]).max() > 0.05
    m = v = 0.0
    for t, g in enumerate((1.0, -2.0, 3.0), start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        first = (m / (1 - 0.9**t)) / np.sqrt(v / (1 - 0.999**t))
        assert np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / np.sqrt(v) == pytest.approx(first)


SIGNATURES: dict[str, Callable[[str], bool]] = {
    "Adadelta": lambda call: "lr=1.0, rho=0.9, eps=1e-6" in call,
    "Adagrad": lambda call: "lr=0.01, eps=1e-10" in call,
    "RMSprop": lambda call: "alpha=0.99" in call,
    "AdamW": lambda call: "weight_decay=0.01" in call,
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_calls_are_current(executed: Page, name: str) -> None:
    """Is each call of torch.optim the one of PyTorch 2's documentation?"""
    calls = re.findall(rf"^{name}\((.*)\)", executed.text, flags=re.MULTILINE)
    assert len(calls) == 1
    assert SIGNATURES[name](calls[0])


def test_numbers_in_the_text(whole: Page) -> None:
    """Is every number that a sentence quotes computed, and every computed number quoted?"""
    assert whole.quoted() == set(whole.glued)


def test_figures_have_words(executed: Page) -> None:
    """Does every cell that draws carry a text that says what the figure shows?"""
    assert len(executed.drawing()) >= 13
    for alt, source in executed.drawing():
        assert len(alt.split()) > 20, source[:60]
