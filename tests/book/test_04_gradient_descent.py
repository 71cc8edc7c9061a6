"""Chapter 4: does what the page measures agree with what theory says?

The page's own cells are executed, and what they measured is compared with formulas that are written
out here again, with hand calculation, or with another way to compute the same number.
"""

from typing import Any

import numpy as np
import pytest

from tests.book.page import Page, scoreboard_line

CHAPTER = "04-gradient-descent"


def exponent(x: Any, y: Any) -> float:
    """The slope of a straight line through log y against log x."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def student(values: np.ndarray, quantile: float) -> tuple[float, float]:
    """Student's interval of the mean; the quantile comes from a printed table."""
    half = quantile * values.std(ddof=1) / np.sqrt(len(values))
    return values.mean() - half, values.mean() + half


def test_line_by_hand(page: Page) -> None:
    """Are the first two steps (1, 0.5) and (1.15, 0.6), with the losses 8.5 and 1.25?"""
    walk, losses = page["descend"](page["regression"], np.zeros(2), 0.1, 2)
    assert walk[1] == pytest.approx([1, 0.5], rel=1e-14)
    assert walk[2] == pytest.approx([1.15, 0.6], rel=1e-14)
    assert losses[:2] == pytest.approx([8.5, 1.25], rel=1e-14)
    assert page["line_H"] == pytest.approx(np.array([[7, 3], [3, 2]]))
    assert page.glued["gd_line_max"] == pytest.approx((9 + np.sqrt(61)) / 2, rel=1e-12)
    assert page.glued["gd_line_lr"] == pytest.approx(4 / (9 + np.sqrt(61)), rel=1e-12)


def test_line_is_learned(page: Page) -> None:
    """Does the walk end at the solution of the normal equations, w = b = 1 with loss 1?"""
    walk, losses = page["descend"](page["regression"], np.zeros(2), 0.1, 1000)
    assert walk[-1] == pytest.approx([1, 1], rel=1e-9)
    assert losses[-1] == pytest.approx(1, rel=1e-12)


def test_edge(page: Page) -> None:
    """Is the factor per step |1 − lr·λ| on both sides of 1 and of 2?"""
    expected = np.abs(1 - page["products"])
    assert page["edge_rates"] == pytest.approx(expected, rel=1e-9)
    overshooting = (page["products"] > 1) & (page["products"] < 2)
    assert (page["edge_rates"][overshooting] < 1).all()
    assert (page["edge_rates"][page["products"] > 2] > 1).all()


@pytest.mark.parametrize("kappa", [3, 10, 30, 100])
def test_condition_number(page: Page, kappa: int) -> None:
    """Does the loss fall by ((κ − 1)/(κ + 1))² per step, and lie on the predicted line?"""
    assert page["ravine_rates"][kappa] == pytest.approx(((kappa - 1) / (kappa + 1)) ** 2, rel=1e-6)
    line = (1 + kappa) / 2 * ((kappa - 1) / (kappa + 1)) ** (2.0 * np.arange(101))
    seen = line > 1e-20
    assert page["ravine_runs"][kappa][seen] == pytest.approx(line[seen], rel=1e-6)


def test_centring_helps(page: Page) -> None:
    """Does subtracting the mean turn κ = 14.1 into 1.25 by hand, and help the images as well?"""
    four, centred, raw, mean, scaled = page["kappas"].values()
    assert four == pytest.approx((9 + np.sqrt(61)) / (9 - np.sqrt(61)), rel=1e-9)
    assert centred == pytest.approx(1.25, rel=1e-12)
    assert raw > 10 * mean > 100 * scaled


def test_gradient_noise(page: Page) -> None:
    """Is the error of a mini-batch gradient ∝ 1/B, with the correction for a finite population?"""
    for name in ("start", "after ten epochs"):
        assert exponent(page["sizes"][:9], page["noise"][name][:9]) == pytest.approx(-1, abs=0.06)
        assert page["noise"][name] == pytest.approx(page["noise_theory"][name], rel=0.25)
    assert page.glued["gd_scale_late"] > 20 * page.glued["gd_scale_start"]


def test_noise_of_single_examples(page: Page) -> None:
    """Does σ² agree with the 5,000 single gradients, computed one by one?"""
    loss, X, y, W = (page[name] for name in ("hinge_loss_and_gradient", "X", "y", "W10"))
    grad, signal, sigma2 = page["signal_and_noise"](W)
    single = [((loss(W, X[[i]], y[[i]])[1] - grad) ** 2).sum() for i in range(0, 5000, 5)]
    assert signal == pytest.approx((loss(W, X, y)[1] ** 2).sum(), rel=1e-10)
    assert np.mean(single) == pytest.approx(sigma2, rel=0.1)
    assert page.glued["gd_cosine_late"] == pytest.approx(1 / np.sqrt(1 + sigma2 / signal / 100))


def test_fraction_seen(page: Page) -> None:
    """Do draws with replacement see 1 − e⁻¹ = 0.632 of the examples in an epoch?"""
    low, high = student(page["seen"][:, 0], 1.972)  # 199 degrees of freedom
    assert low < 1 - (1 - 1 / 5000) ** 5000 < high
    assert page["seen"].mean(axis=0) == pytest.approx(1 - np.exp([-1, -2, -3]), abs=1e-3)


def test_wiggle(page: Page) -> None:
    """Is the wiggle of the batch losses s/√B?"""
    sizes = list(page["wiggle"])
    measured = np.array(list(page["wiggle"].values()))
    assert exponent(sizes, measured) == pytest.approx(-0.5, abs=0.05)
    assert measured == pytest.approx(page["single"] / np.sqrt(sizes), rel=0.2)


def test_four_regimes(page: Page) -> None:
    """Is the lowest rate a straight line, the highest proportional to lr, and one the best?"""
    steps = page["regime_steps"]
    low, good, high, burst = (
        page["regime_loss"][lr].mean(axis=0) for lr in (1e-9, 3e-6, 1e-4, 1e-2)
    )
    assert all(curve[0] == pytest.approx(9, rel=1e-12) for curve in (low, good, high, burst))
    grad = page["hinge_loss_and_gradient"](page["W0"], page["X"], page["y"])[1]
    early = (steps >= 10) & (steps <= 120)
    fall = (9 - low[early]) / (1e-9 * (grad**2).sum() * steps[early])
    assert fall == pytest.approx(np.ones(early.sum()), abs=0.05)
    assert good[-1] < high[-1] < low[-1] < 9 < burst[1:].min()
    assert good[-1] == min(curve.min() for curve in (low, good, high, burst))
    assert page.glued["gd_scale_ratio"] == pytest.approx(10, rel=0.1)


def test_too_high_goes_up(page: Page) -> None:
    """Does each run at the highest rate rise at its first step, as one such step by hand does?"""
    runs = page["regime_loss"][1e-2]
    assert (runs[:, 1] > 100 * runs[:, 0]).all()
    assert page.glued["gd_jump"] == pytest.approx(runs[:, 1].mean(), rel=1e-12)
    batch = np.random.default_rng(0).permutation(5000)[:100]
    X, y = page["X"], page["y"]
    p = np.ones((100, 10))  # at W = 0 each example violates all nine margins
    p[np.arange(100), y[batch]] = -9
    W = -1e-2 * X[batch].T @ p / 100
    scores = X[:1000] @ W
    margins = np.maximum(0, scores - scores[np.arange(1000), y[:1000]][:, None] + 1)
    assert runs[0, 1] == pytest.approx(margins.sum(axis=1).mean() - 1, rel=1e-9)


def test_clocks(page: Page) -> None:
    """Does the full batch predict the others, by steps at equal lr and by examples at lr ∝ B?"""
    step, loss = page["clock_runs"][5000]
    for B, unit in ((1000, 1), (100, 1), (10, 10), (1, 100)):
        other_step, runs = page["clock_runs"][B]
        lately = other_step / unit > 5  # before, the curves are single noisy batches
        there = np.interp(np.log(other_step / unit + 1), np.log(step + 1), loss[0])
        inside = lately & (other_step / unit < step[-1])
        assert runs.mean(axis=0)[inside] == pytest.approx(there[inside], rel=0.25)


def test_best_batch_depends_on_the_budget(page: Page) -> None:
    """Is the order of the batch sizes by examples the opposite of the order by steps?"""
    sizes = (1, 10, 100, 1000)
    by_examples = [page["best"][B, "1,000 examples"] for B in sizes]
    by_steps = [page["best"][B, "50 steps"] for B in sizes]
    assert by_examples == sorted(by_examples)
    assert by_steps == sorted(by_steps, reverse=True)


def test_sublinear_rate(page: Page) -> None:
    """Is Drori and Teboulle's bound met exactly, with slope −1, also by the logistic loss?"""
    assert page["sublinear"] == pytest.approx(1 / (4 * page["horizons"] + 2), rel=1e-9)
    assert page.glued["gd_slope_sublinear"] == pytest.approx(-1, abs=0.02)
    assert page.glued["gd_slope_logistic"] == pytest.approx(-1, abs=0.02)
    t = np.arange(1, 1001)
    assert (page["logistic"][1:] < 1 / (4 * t)).all()


def test_stochastic_rate(page: Page) -> None:
    """Does noise in the gradient make it O(1/√T), close to the bound R·G/√T?"""
    T = page["stochastic_T"]
    assert exponent(T, page["stochastic"]) == pytest.approx(-0.5, abs=0.02)
    assert page["stochastic"] == pytest.approx(np.sqrt(2 / T), rel=0.05)


def test_annealing(page: Page) -> None:
    """Do all schedules follow E x² ← (1 − lr)²·E x² + lr², and 1/t fall with slope −1?"""
    for name, losses in page["annealed"].items():
        assert losses == pytest.approx(page["annealed_theory"][name], rel=0.3)
    assert page.glued["gd_annealed_slope"] == pytest.approx(-1, abs=0.1)
    assert page.glued["gd_floor"] == pytest.approx(0.5 / (2 * 1.5), rel=0.02)
    # lr = 1/(2 + t): x is the start and t draws, averaged: (9 + t)/(1 + t)² is its second moment.
    t = np.arange(1001)
    assert page["annealed_theory"]["1/t"] == pytest.approx((9 + t) / (1 + t) ** 2 / 2, rel=1e-9)
    # What is left of the start when all rates together are finite.
    left = np.prod(1 - 0.5 * np.exp(-0.6 * np.arange(1000)))
    assert page.glued["gd_frozen"] > (3 * left) ** 2 / 2


def test_hollows(page: Page) -> None:
    """Do hot walkers follow e^(−L/τ), do cold ones stay, and is nobody sure to get there?"""
    hot = page["sigmas"] >= 2.25
    assert page["deep"][hot] == pytest.approx(page["gibbs"][hot], abs=0.1)
    assert (page["deep"][page["sigmas"] <= 1] < 0.02).all()
    assert page["deep"].max() < 0.8


def test_plateaus(page: Page) -> None:
    """Does a start ε beside the ridge leave after ln(0.2/ε)/ln 1.1 steps, and noise from it?"""
    for steps, predicted in page["leaving"].values():
        assert abs(steps - predicted) <= 2
    assert page["noisy_plateau"][-1] == pytest.approx(-0.25, abs=0.01)


def test_random_surface(page: Page) -> None:
    """Are the surface's gradient and Hessian the derivatives of its height?"""
    at = page["random_surface"](3, np.random.default_rng(1))
    x = np.random.default_rng(2).standard_normal((5, 3))
    _, grad, H = at(x)
    for i, h in enumerate(1e-5 * np.eye(3)):
        up, down = at(x + h), at(x - h)
        assert (up[0] - down[0]) / 2e-5 == pytest.approx(grad[:, i], abs=1e-8)
        assert (up[1] - down[1]) / 2e-5 == pytest.approx(H[:, i], abs=1e-8)


@pytest.mark.parametrize(
    ("d", "fraction"),
    [
        (1, 1 / 2),
        (2, 1 / 4),
        # Bardeen et al. 1986: minima to saddles with one direction down, in three dimensions.
        (3, 0.5 / (1 + (29 * 15**0.5 + 18 * 10**0.5) / (29 * 15**0.5 - 18 * 10**0.5))),
    ],
)
def test_fraction_of_minima(page: Page, d: int, fraction: float) -> None:
    """Are random matrices and the hunt on random surfaces both at the known fraction?"""
    assert page["minima_theory"][d] == pytest.approx(fraction, rel=0.03)
    minima, total = page["hunted"][d]
    assert abs(minima / total - fraction) < 3 * np.sqrt(fraction * (1 - fraction) / total)


def test_few_critical_points_are_missed(page: Page) -> None:
    """Does the hunt find about as many as the Kac–Rice formula says, by weights |det H|?"""
    rng = np.random.default_rng(3)
    for d in (1, 2, 3, 4):
        G = rng.standard_normal((20_000, d, d))
        H = (G + G.swapaxes(1, 2)) / np.sqrt(2) + rng.standard_normal((20_000, 1, 1)) * np.eye(d)
        density = np.abs(np.linalg.det(H)).mean() / (2 * np.pi) ** (d / 2)
        assert page["random_matrices"][d][0] == pytest.approx(density, rel=0.05)
        assert page["hunted"][d][1] == pytest.approx(page["expected"][d], rel=0.2)


def test_saddles_dominate(page: Page) -> None:
    """Do minima become rarer than coins say, and does the index follow the semicircle?"""
    for d in (4, 5, 6):
        assert page["minima_theory"][d] < 0.5**d
    # The semicircle by its eigenvalues: the middle of a large random matrix's spectrum, shifted.
    rng = np.random.default_rng(4)
    G = rng.standard_normal((200, 20, 20))
    eigs = np.linalg.eigvalsh((G + G.swapaxes(1, 2)) / np.sqrt(2)).ravel()
    for u, share in zip(page["u"][::9], page["semicircle"][::9], strict=True):
        assert (eigs < u).mean() == pytest.approx(share, abs=0.02)
    there = np.interp(page["heights"], page["u"], page["semicircle"])
    assert np.abs(page["downward"] - there).mean() < 0.04
    assert np.polyfit(page["heights"], page["downward"] - there, 1)[0] == pytest.approx(0, abs=0.01)
    assert page["downward"].min() > 0


def test_network_gradient(page: Page) -> None:
    """Is the network's gradient that of its loss?"""
    w = page["w_flat"]
    direction = np.random.default_rng(5).standard_normal(w.size)
    loss, grad = page["network"](w, page["Z"], page["z"])
    step = page["network"](w + 1e-20j * direction, page["Z"], page["z"])[0].imag / 1e-20
    assert grad @ direction == pytest.approx(step, rel=1e-10)
    assert loss < 0.1


def test_sharpness(page: Page) -> None:
    """Is sharpness the curvature along its own direction, by differences of the loss?"""
    w, Z, z = page["w_flat"], page["Z"], page["z"]
    v = np.random.default_rng(0).standard_normal(w.size)
    for _ in range(40):
        v /= np.linalg.norm(v)
        v = (page["network"](w + 1e-7 * v, Z, z)[1] - page["network"](w - 1e-7 * v, Z, z)[1]) / 2e-7
    assert page["sharpness"](w) == pytest.approx(np.linalg.norm(v), rel=0.01)
    assert page.glued["gd_unsettled"] < 3


def test_noise_makes_flat(page: Page) -> None:
    """Does sharpness fall with the noise of a step, at each learning rate?"""
    sharp = page["sharp"]
    for lr, batches in ((0.2, (10, 25, 100, 500)), (0.4, (20, 50, 200, 500))):
        by_noise = [sharp[lr, B].mean() for B in batches]
        assert by_noise == sorted(by_noise)
    low, _ = student(sharp[0.4, 500] - sharp[0.4, 20], 2.776)  # 4 degrees of freedom
    assert low > 0


def test_noise_is_confounded_with_the_rate(page: Page) -> None:
    """At equal lr/B, do all five seeds differ, against the noise of the finite sample?"""
    sharp, step_noise = page["sharp"], page["step_noise"]
    assert (sharp[0.2, 100] > sharp[0.4, 200]).all()
    assert step_noise(0.2, 100) == pytest.approx(0.002 * 400 / 499)
    assert step_noise(0.2, 100) > step_noise(0.4, 200)  # and so it should be flatter
    assert step_noise(0.4, 500) == 0


def test_full_batches_end_at_the_edge(page: Page) -> None:
    """Without noise, is sharpness about 2/lr where the edge is low, and below it where not?"""
    sharp = page["sharp"]
    assert sharp[0.8, 500].mean() == pytest.approx(2 / 0.8, rel=0.2)
    assert sharp[0.4, 500].mean() == pytest.approx(2 / 0.4, rel=0.2)
    assert sharp[0.2, 500].max() < 2 / 0.2
    assert (sharp[0.2, 500] > sharp[0.4, 500]).all()
    assert (sharp[0.4, 500] > sharp[0.8, 500]).all()


def test_flat_is_not_better_here(page: Page) -> None:
    """Does the interval of the difference in test accuracy contain zero?"""
    low, high = student(page["tested"][0.4, 20] - page["tested"][0.4, 500], 2.776)
    assert low < 0 < high


def test_rescaling(page: Page) -> None:
    """Is the rescaled network the same function, with a Hessian D·H·D as sharp as one likes?"""
    assert page["same_loss"] < 1e-14
    assert len(set(page["same_answers"])) == 1
    w = page["w_flat"]
    for c, measured, bound in zip(page["factors"], page["rescaled"], page["bound"], strict=True):
        D = np.repeat([1 / c, c], [1600, 320])
        assert measured == pytest.approx(page["sharpness"](w, D), rel=1e-6)
        assert measured > 0.98 * bound
    ends = page["factors"][[0, -1]], page["rescaled"][[0, -1]]
    assert ends[1] == pytest.approx(page["bound"][[0, -1]], rel=0.05)
    assert ends[1].min() > 10 * page["sharp"][0.4, 500].mean()


def test_scoreboard(page: Page) -> None:
    """Do 1,000 rumours beat 20 exact steps, and does annealing make no significant difference?"""
    constant, annealed = (page["final_accuracy"][name] for name in ("constant", "annealed"))
    assert 0.81 < constant.mean() < 0.85
    assert constant.mean() > page["final_accuracy"]["full"][0] + 0.03
    low, high = student(annealed - constant, 2.365)  # 7 degrees of freedom
    assert low < 0 < high
    assert page["tuning"]["annealed"][-1] > page["tuning"]["constant"][-1] + 0.03


def test_numbers_in_the_text(page: Page) -> None:
    """Is every number that a sentence quotes computed, and every computed number quoted?"""
    assert page.quoted() == set(page.glued)


def test_figures_have_words(page: Page) -> None:
    """Does every cell that draws carry a text that says what the figure shows?"""
    assert len(page.drawing()) >= 15
    for alt, source in page.drawing():
        assert len(alt.split()) > 20, source[:60]


def test_looks(page: Page) -> None:
    """Are 1,000 gradients of 100 pictures 200,000 looks, and 4 % of five million?"""
    for chapter, method in (
        ("04-gradient-descent", "mini-batches"),
        ("04-gradient-descent", "mini-batches, annealed"),
        ("05-momentum", "momentum"),
        ("05-momentum", "Nesterov"),
    ):
        assert scoreboard_line(chapter, method)[1] == f"{2 * 1000 * 100:,}"
    assert page["looks"] == 2 * 1000 * 100 == 0.04 * 5_000_000


def test_widget_walks(page: Page) -> None:
    """Do the figure's settings lie at lr·λ = 1 and past 2, and is the floor's ratio by hand?"""
    rate = (1 - 0.068 * 30) ** 2  # per step, of the steep direction's share of the loss
    assert np.log(page.glued["gd_live_past"]) == pytest.approx(100 * np.log(rate), abs=1)

    def floor(lr: float) -> float:
        return sum(lr * lam / (lam * (2 - lr * lam)) for lam in (1, 30))

    assert page.glued["gd_live_floor"] == pytest.approx(floor(0.06) / floor(0.02), rel=1e-9)
    flat = ((1 - 0.03333) / (1 - 0.06)) ** 200  # at 0.06 both directions have decayed
    assert page.glued["gd_live_once"] == pytest.approx(flat, rel=0.1)


def test_minus(page: Page) -> None:
    """Does the wrong sign climb from 8.5 to 26.25 in the first step, by hand?"""
    uphill = np.zeros(2) + 0.1 * page["regression"](np.zeros(2))[1]
    assert uphill == pytest.approx([-1, -0.5])
    # residuals −2.5, −2.5, −4.5, −8.5
    assert page["regression"](uphill)[0] == pytest.approx((6.25 + 6.25 + 20.25 + 72.25) / 4)
