"""Chapter 3: does the page measure what calculus and floating-point arithmetic predict?

The page's own cells are executed, and what they measured is compared with closed forms, with values
worked out by hand, or with another way to the same number.
"""

import numpy as np
import pytest

from tests.book.page import Page, scoreboard_line, shown

CHAPTER = "03-gradient"
SCOREBOARD = "split = np.random"  # how the cell begins that takes the longest


@pytest.fixture
def page(executed: Page) -> Page:
    """The page up to the scoreboard."""
    return executed.run(SCOREBOARD)


def slope(x: np.ndarray, y: np.ndarray) -> float:
    """Of the straight line through log y against log x."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def test_slope_in_every_direction(page: Page) -> None:
    """Is the slope that a small step feels |g|·cos θ in all 24 directions?"""
    g = page["g"]
    by_hand = np.hypot(*g) * np.cos(np.radians(np.arange(0, 360, 15)))
    assert page["felt"] == pytest.approx(by_hand, abs=1e-4 * np.hypot(*g))
    assert page["felt"].argmin() == 12  # 180 degrees: the negative gradient


def test_luck(page: Page) -> None:
    """Does the best of 1,000 random directions get 3.2414/√1970 of the slope?"""
    # 3.2414: the mean of the largest of 1,000 normal numbers (Harter 1961, Biometrika 48, table 1)
    assert page["predicted_luck"] == pytest.approx(3.2414 / np.sqrt(1970), rel=1e-4)
    assert page["low_luck"] < 3.2414 / np.sqrt(1970) < page["high_luck"]


def test_steepest_is_not_best(page: Page) -> None:
    """Does the negative gradient miss the minimum, which lies far off its direction?"""
    e, eigs = np.array([-1.9, 0.4]), np.array([1.0, 50.0])  # along the eigenvectors
    g = eigs * e
    along = (e @ g) ** 2 / (g @ g) / (e @ e)
    assert page["off_course"] == pytest.approx(np.degrees(np.arccos(np.sqrt(along))), rel=1e-9)
    lowest = (eigs * e**2).sum() / 2 - (g @ g) ** 2 / (eigs * g**2).sum() / 2
    assert page["best_on_ray"](-page["g"]) == pytest.approx(lowest)
    assert page["best_on_ray"](page["to_minimum"]) == pytest.approx(0, abs=1e-12)
    assert page["unit_turn"] > 10


def test_cost(page: Page) -> None:
    """Do differences need d + 1 and 2d evaluations, on CIFAR-10 30,731?"""
    assert page["calls"] == {True: 13, False: 24}
    assert page.glued["fg_cifar_forward"] == 30_731
    assert page.glued["fg_our_centred"] == 3_940


@pytest.mark.parametrize(
    ("name", "least", "power", "factor"),
    [("forward", 1e-6, 1, 1 / 2), ("centred", 1e-4, 2, 1 / 6), ("complex step", 1e-6, 2, 1 / 6)],
)
def test_right_side_of_the_v(
    page: Page, name: str, least: float, power: int, factor: float
) -> None:
    """Does the error of eˣ fall as h/2 (forward) and as h²/6 (centred, complex step)?"""
    hs = page["hs"]
    chosen = (hs > 0.9 * least) & (hs < 2e-2)
    errors = page["v_curve"][name][chosen]
    assert slope(hs[chosen], errors) == pytest.approx(power, abs=0.01)
    assert errors == pytest.approx(factor * hs[chosen] ** power, rel=0.02)


@pytest.mark.parametrize(("name", "most"), [("forward", 3e-9), ("centred", 1e-6)])
def test_left_side_of_the_v(page: Page, name: str, most: float) -> None:
    """Does the error grow as 1/h, at the height that rounding of values and places predicts?"""
    hs = page["hs"]
    chosen = hs < 1.1 * most
    errors = page["v_curve"][name][chosen]
    assert slope(hs[chosen], errors) == pytest.approx(-1, abs=0.03)
    # A number m·2ᵏ, 1 ≤ m < 2 with density 1/(m ln 2), is off by a uniform ±2ᵏε/2:
    # the mean square of error/(ε·number) is 3/(8 ln 2)/12. Two values are subtracted;
    # of the places, whose mean square is 1/3, one is rounded in the forward form, two centred.
    typical = np.sqrt(3 / (8 * np.log(2)) / 12)
    assert typical == pytest.approx(0.21, abs=0.005)
    factor = typical * (np.sqrt(2 + 1 / 3) if name == "forward" else np.sqrt(2 + 2 / 3) / 2)
    assert page["left"][name] / 2.0**-52 == pytest.approx(factor, rel=0.02)
    mean_ratio = np.exp(np.mean(np.log(errors * hs[chosen] / 2.0**-52 / factor)))
    assert 0.9 < mean_ratio < 1.1


def test_rounded_places(page: Page) -> None:
    """Divided by the distance really walked, is the error that of the values alone?"""
    chosen = page["hs"] < 1e-6
    ratio = np.array(page["walked"])[chosen] / page["v_curve"]["centred"][chosen]
    assert ratio.max() < 1.02
    assert np.sqrt(np.mean(ratio**2)) == pytest.approx(1 / np.sqrt(1 + 1 / 3), rel=0.06)


def test_complex_step_has_no_left_side(page: Page) -> None:
    """Is the complex step right to the last digit for every small h?"""
    assert page["v_curve"]["complex step"][page["hs"] < 2e-9].max() < 2.0**-52


def test_bottom_of_the_v(page: Page) -> None:
    """Is the best h where the sum is least: equal errors forward, twice the rounding centred?"""
    hs, v, fine = page["hs"], page["v_curve"], np.geomspace(1e-9, 1e-4, 100_001)
    for name, truncation in (("forward", fine / 2), ("centred", fine**2 / 6)):
        rounding = page["left"][name] / fine
        best = (truncation + rounding).argmin()
        assert fine[best] == pytest.approx(page["bottoms"][name], rel=1e-3)
        share = 1 if name == "forward" else 2
        assert rounding[best] / truncation[best] == pytest.approx(share, rel=1e-3)
        assert abs(np.log10(hs[v[name].argmin()] / page["bottoms"][name])) < 0.5


def test_sweep(page: Page) -> None:
    """Does a tiny step change as much as the gradient says, a good one help and a huge one harm?"""
    sweep, before = page["sweep"], np.log(10)
    assert sorted(sweep) == list(range(-10, 0))
    for power in (-10, -9, -8):
        fall = before - sweep[power]
        assert fall == pytest.approx(10.0**power * (page["g0"] ** 2).sum(), rel=0.02)
    assert min(sweep, key=sweep.get) == -4
    assert sweep[-3] > before
    assert sweep[-1] > 100 * before


def test_order_of_the_remainder(page: Page) -> None:
    """Is what the tangent leaves over O(h²)?"""
    assert page["order"] == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "loss", "pull"),
    [
        ("hinge", 3.5, [-2, 1, 1]),
        (
            "softmax",
            np.log(np.exp(3) + np.exp(5) + np.exp(2.5)) - 3,
            np.exp([3, 5, 2.5]) / np.exp([3, 5, 2.5]).sum() - [1, 0, 0],
        ),
    ],
)
def test_gradients_by_hand(page: Page, kind: str, loss: float, pull: list[float]) -> None:
    """Are loss and gradient of scores 3, 5, 2.5 with the right class 0 those on paper?"""
    W, X = np.array([[3.0, 5.0, 2.5], [0.0, 0.0, 0.0]]), np.array([[1.0, 4.0]])
    got, gradient = page["loss_and_gradient"](W, X, np.array([0]), 0.5, kind)
    assert got == pytest.approx(loss + 0.5 * (9 + 25 + 6.25))
    assert gradient == pytest.approx(np.outer([1, 4], pull) + W)


def test_page_and_library_agree(page: Page) -> None:
    """Do the page's fifteen lines compute what the library computes?"""
    assert max(page["gaps"].values()) < 1e-10


def test_first_step(page: Page) -> None:
    """Is the first gradient minus a tenth of the class means, and its accuracy free of lr?"""
    assert page["mean_gap"] < 1e-9
    assert len(set(page["one_step"])) == 1
    assert page["one_step"][0] > 0.55


def test_models(page: Page) -> None:
    """Does a step of at most 1/curvature keep its promise, and a far longer one go up?"""
    before = np.log(2 * np.cosh(2))
    assert page["landed"][0.4] <= before - 0.2 * np.tanh(2) ** 2
    assert page["landed"][1] <= before - 0.5 * np.tanh(2) ** 2
    assert page["landed"][5] > before


def test_one_step_on_the_scoreboard(page: Page) -> None:
    """Does one step follow its two models as far as they reach, and keep the safe promise?"""
    rates, after = page["rates"], page["after_step"]
    steps = np.log(10) - after
    small = rates < 1e-6
    assert steps[small] == pytest.approx(rates[small] * page["steepness"], rel=0.02)
    medium = rates < 2e-5
    assert steps[medium] == pytest.approx(np.log(10) - page["parabola"][medium], rel=0.01)
    assert page["fall"] > page["promise"] > 0
    assert after[-1] > np.log(10) > after.min()
    assert 0.5 < page.glued["fg_lowest_rate"] / page.glued["fg_best_predicted"] < 2


def test_rates_in_a_bowl(page: Page) -> None:
    """Does each direction shrink by 1 − lr·λ, so that lr·λ = 1.9 converges and 2.1 does not?"""
    k = np.arange(31)
    for product, losses in page["bowl_runs"].items():
        by_hand = 0.5 * (1.8 * (1 - product / 10) ** k) ** 2 + 5 * ((1 - product) ** k) ** 2
        assert losses == pytest.approx(by_hand, rel=1e-9)
        assert page["bowl_theory"][product] == pytest.approx(by_hand, rel=1e-9)
    assert (
        page["bowl_runs"][1.9][-1] < 0.01 < page["bowl_runs"][2.1][0] < page["bowl_runs"][2.1][-1]
    )


def test_altimeter(whole: Page) -> None:
    """Do the gradients alone, summed along the way, give the height after 490 steps?"""
    measured, summed = whole["board_loss"], whole["altimeter"]
    fall = measured[:, 10] - measured[:, -1]
    assert summed[:, 10] == pytest.approx(measured[:, 10])
    assert measured[:, 10] - summed[:, -1] == pytest.approx(fall, rel=0.02)
    rate = np.array(
        [slope(np.arange(50, 501), run[50:]) for run in (measured.mean(0), summed.mean(0))]
    )
    assert rate[1] == pytest.approx(rate[0], rel=0.02)


def test_scoreboard(whole: Page) -> None:
    """Do 1,000 evaluations give 82 % and more, twenty passes less, one step what 300 tries give?"""
    accuracies = whole["board_accuracy"]
    assert 2 * whole["checkpoints"][-1] == 1000  # a gradient counts two evaluations
    assert accuracies[:, -1].mean() > 0.82
    assert accuracies[:, 2].mean() < 0.80
    assert accuracies[:, 0].mean() > np.mean(whole["local_accuracy"]) - 0.05


def test_accuracy_has_no_slope(whole: Page) -> None:
    """Is the accuracy flat where the loss is not?"""
    assert whole["slopes"] == [0.0] * 5


def test_numbers_in_the_text(whole: Page) -> None:
    """Is every number that a sentence quotes computed, and every computed number quoted?"""
    assert whole.quoted() == set(whole.glued)


def test_figures_have_words(executed: Page) -> None:
    """Does every cell that draws carry a text that says what the figure shows?"""
    assert len(executed.drawing()) == 8
    for alt, source in executed.drawing():
        assert len(alt.split()) > 20, source[:60]


@pytest.mark.parametrize("chapter", ["04-gradient-descent", "05-momentum"])
def test_scoreboard_is_quoted(whole: Page, chapter: str) -> None:
    """Do the later chapters quote this chapter's line as it is measured here?"""
    looks, result = scoreboard_line(chapter, "full gradient, chapter 3")[1:]
    assert looks == f"{2 * 500 * 5000:,}"
    score = (whole.glued[f"fg_{name}"] for name in ("final", "final_low", "final_high"))
    assert result == shown(*score)
