"""Chapter 5: does what the page measures agree with what theory says?

The page's own cells are executed, and what they measured is compared with formulas that are written
out here again, or with roots and eigenvalues that NumPy computes from the methods' definitions.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.book.page import Page, scoreboard_line, shown

CHAPTER = "05-momentum"
CONTEST = "NAMES = {"  # how the scoreboard's cells begin, which take the longest

METHODS = ("gradient descent", "momentum", "nesterov")
RATES: dict[str, Callable[[Any], Any]] = {
    "gradient descent": lambda kappa: (kappa - 1) / (kappa + 1),
    "momentum": lambda kappa: (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1),
    "nesterov": lambda kappa: 1 - 2 / np.sqrt(3 * kappa + 1),
}


@pytest.fixture
def page(executed: Page) -> Page:
    """The page up to the contest on the scoreboard."""
    return executed.run(until=CONTEST)


def radius(matrix: np.ndarray) -> float:
    """The spectral radius."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def heavy_ball(a: float, mu: float) -> np.ndarray:
    """(e, v) → (e, v) of momentum, a = lr·λ, from its definition."""
    return np.array([[1.0, mu], [0.0, mu]]) - a * np.array([[1.0, 0.0], [1.0, 0.0]])


def look_ahead(a: float, mu: float) -> np.ndarray:
    """(e, v) → (e, v) of Nesterov's method in the look-ahead form, from its definition."""
    v = np.array([0.0, mu]) - a * np.array([1.0, mu])
    return np.array([np.array([1.0, 0.0]) + v, v])


def stale(a: float, mu: float) -> np.ndarray:
    """(z, v) → (z, v) with the velocity updated before the mu²·v term."""
    v = np.array([-a, mu])
    return np.array([np.array([1.0 - (1 + mu) * a, 0.0]) + mu**2 * v, v])


def test_gains(page: Page) -> None:
    """Is velocity a decaying sum, with the gains 10, 1/1.9 and 1/√0.19 at mu = 0.9?"""
    assert page["steady"][1:4] == pytest.approx([1, 1.9, 2.71])  # by hand
    assert page["steady"][-1] == pytest.approx(10, rel=2e-3)
    assert np.abs(page["alternating"][-1]) == pytest.approx(1 / 1.9, rel=2e-3)
    assert page["noisy"][30:].std() == pytest.approx(1 / np.sqrt(0.19), rel=0.03)


def test_zigzag(page: Page) -> None:
    """Do the parts of the gradient shrink as (1 − lr·λ)ᵗ, across with alternating sign?"""
    t = np.arange(30)
    assert page["across"] == pytest.approx((-0.8) ** t, rel=1e-9)
    assert page["along"] == pytest.approx((1 - 1.8 / 50) ** t, rel=1e-9)


def test_newton(page: Page) -> None:
    """Does momentum approach Newton's law in first order of the clock's tick?"""
    assert page["newton_slope"] == pytest.approx(1, abs=0.05)


def test_method_beside_plain_descent(page: Page) -> None:
    """Does the loop at the top beat plain descent with the same learning rate by far?"""
    ravine, x, v = page["ravine"], page["start"], np.zeros(2)
    for _ in range(60):
        v = 0.8 * v - 0.015 * ravine.gradient(x)
        x = x + v
    assert ravine.value(x) < 1e-3 * page.glued["plain_loss"]


def test_eigenvectors_are_independent(page: Page) -> None:
    """Is a path in the plane the same as two one-dimensional ones?"""
    assert page["apart"] < 1e-13


@pytest.mark.parametrize(
    ("name", "mu", "power"),
    [("over-damped", 0.2, 0), ("critically damped", 0.64, 1), ("under-damped", 0.9, 0)],
)
def test_damping(page: Page, name: str, mu: float, power: int) -> None:
    """Does each kind of damping decay with its root, a double root with the factor t?"""
    t = np.arange(20, 61)
    slope = np.polyfit(t, np.log(page["sizes"][name][20:] / t**power), 1)[0]
    root = np.abs(np.roots([1, -(1 + mu - 0.04), mu])).max()
    assert slope == pytest.approx(np.log(root), rel=0.05)


@pytest.mark.parametrize(
    ("matrix", "edge"),
    [
        (heavy_ball, lambda mu: 2 * (1 + mu)),
        (look_ahead, lambda mu: 2 * (1 + mu) / (1 + 2 * mu)),
        (stale, lambda mu: 2 * (1 + mu) / (1 + 2 * mu + 2 * mu**2)),
    ],
)
@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9, 0.99])
def test_edges(
    matrix: Callable[..., np.ndarray], edge: Callable[[float], float], mu: float
) -> None:
    """Does each method stop converging exactly where the page says?"""
    assert radius(matrix(0.999 * edge(mu), mu)) < 1 < radius(matrix(1.001 * edge(mu), mu))


def test_map(page: Page) -> None:
    """Do 60 random pairs converge as fast as the eigenvalues of their matrices say?"""
    expected = [
        max(radius(heavy_ball(lr * eig, mu)) for eig in page["spread"])
        for lr, mu in zip(page["lr_test"], page["mu_test"], strict=True)
    ]
    assert page["map_measured"] == pytest.approx(np.array(expected), abs=2e-3)


@pytest.mark.parametrize(("name", "matrix"), [("momentum", heavy_ball), ("nesterov", look_ahead)])
def test_best_settings(page: Page, name: str, matrix: Callable[..., np.ndarray]) -> None:
    """Is the best setting's rate the formula's, and does no pair nearby beat it?"""
    lr, mu = page["settings_side_by_side"][name]
    rng = np.random.default_rng(1)

    def rate(lr: float, mu: float) -> float:
        return max(radius(matrix(lr * eig, mu)) for eig in np.geomspace(1, 50, 9))

    best = RATES[name](50)
    assert rate(lr, mu) == pytest.approx(best, abs=1e-7)
    pairs = zip(lr * rng.uniform(0.7, 1.3, 300), mu * rng.uniform(0.7, 1.3, 300), strict=True)
    assert min(rate(*pair) for pair in pairs) > best


@pytest.mark.parametrize("name", METHODS)
def test_side_by_side(page: Page, name: str) -> None:
    """Does the loss in the ravine follow the curve that the roots predict, step by step?"""
    assert page["runs"][name].loss == pytest.approx(page["predicted_side_by_side"][name], rel=1e-5)


@pytest.mark.parametrize("name", METHODS)
def test_rates_against_condition_number(page: Page, name: str) -> None:
    """Are the measured rates (κ−1)/(κ+1), (√κ−1)/(√κ+1) and 1 − 2/√(3κ+1)?"""
    expected = np.log(RATES[name](page["kappas"]))
    assert np.log(page["measured"][name]) == pytest.approx(expected, rel=0.02)


def test_nesterov_forms(page: Page) -> None:
    """Are look-ahead and rearranged form one sequence, and do wrong orders part at step 1?"""
    assert page["ahead_gap"] < 1e-13
    z, v, g, lr, mu = 1.0, 0.0, 3.0, 0.1, 0.5
    first, _ = page["nesterov_step"](z, v, g, lr, mu)
    assert first == pytest.approx(1 - 1.5 * 0.3)  # by hand
    assert page["far"] < 0.01
    assert page["wrong"] > 10


def test_conjugate_gradients_are_the_best_sum(page: Page) -> None:
    """Is each point the one of least loss among all sums of the gradients so far?"""
    rng = np.random.default_rng(4)
    A = np.diag(rng.uniform(1, 20, 6))
    b = rng.standard_normal((6, 2))
    xs = page["conjugate_gradients"](A, b, 5)
    for column in range(2):
        gradients = (A @ xs[:, :, column].T - b[:, [column]])[:, :-1]
        for t in range(1, 6):
            basis = gradients[:, :t]  # least loss over x = basis @ weights
            weights = np.linalg.solve(basis.T @ A @ basis, basis.T @ b[:, column])
            assert xs[t, :, column] == pytest.approx(basis @ weights, rel=1e-6)


def test_conjugate_gradients_on_real_data(page: Page) -> None:
    """Untuned, do they leave far less than every constant pair and schedule of the page?"""
    left = page["excess"]["CG"] / page["excess"]["CG"][0]
    assert (np.diff(left) < 0).all()
    assert left[300] < 1e-7
    assert left[100] < min(heights[1] for heights in page["after"].values()) / 10
    others = [values[1000] / values[0] for name, values in page["excess"].items() if name != "CG"]
    assert left[300] < 1e-3 * min(others)
    assert len(page["data_eigs"]) < 300  # where the lower bound is silent
    rate = 1 - 2 / (page.glued["root_kappa"] + 1)
    assert left[300] < 1e-6 * rate ** (2 * 300)


def test_best_pair_has_two_double_roots(page: Page) -> None:
    """Is the flattest direction's double root +ρ and the steepest one's −ρ?"""
    lr, mu = page["settings_side_by_side"]["momentum"]
    rho = RATES["momentum"](50)
    for eig, root in zip(page["eigs"], (rho, -rho), strict=True):
        assert (1 + mu - lr * eig) / 2 == pytest.approx(root, rel=1e-9)
        assert mu == pytest.approx(root**2, rel=1e-9)


def test_lower_bound(page: Page) -> None:
    """Does momentum equal the lower bound on the chain, and does nothing fall below it?"""
    bound = (9 / 11) ** (2 * np.arange(61))
    assert page["missing"]["momentum"] == pytest.approx(bound, rel=1e-11)
    assert (page["missing"]["CG"] > bound * (1 - 1e-9)).all()
    for name in ("gradient descent", "nesterov"):
        assert page["missing"][name] == pytest.approx(page["predicted_missing"][name], rel=1e-6)
        assert (page["missing"][name][1:] > bound[1:]).all()


@pytest.mark.parametrize(
    ("name", "slope", "height"),
    [("gradient descent", -0.5, np.sqrt(2 / np.pi)), ("nesterov", -1.0, 64 / (3 * np.pi**2))],
)
def test_heat_and_wave(page: Page, name: str, slope: float, height: float) -> None:
    """Do the gaps fall as heat and as a wave, and never below the frontier?"""
    k = np.arange(1, 201)
    gap = np.array(page["gaps"][name][1:])
    assert (gap > (1 / (k + 1) - 1 / 402) / 8).all()
    infinite = 8 * gap + 1 / 402  # the chain without its far end
    assert infinite[-1] == pytest.approx(height * 200.0**slope, rel=0.03)
    fitted = np.polyfit(np.log(k[49:]), np.log(infinite[49:]), 1)[0]
    assert fitted == pytest.approx(slope, abs=0.05)


def test_overshoot(page: Page) -> None:
    """Do ripples have the period π/θ and the decay |r|², and does critical damping fall faster?"""
    root = np.roots([1, -1.99 * 0.99, 0.99 * 0.99])[0]  # lr·λ = 0.01, mu = 0.99
    assert page["ripple"] == pytest.approx(np.pi / abs(np.angle(root)), rel=0.03)
    swinging = page["swinging"]
    inner = range(100, 300)
    tops = [i for i in inner if swinging[i] > max(swinging[i - 1], swinging[i + 1])]
    slope = np.polyfit(tops, np.log(swinging[tops]), 1)[0]
    assert slope == pytest.approx(2 * np.log(abs(root)), rel=0.05)
    t = np.arange(50, 150)
    critical = np.polyfit(t, np.log(page["critical"][50:150] / (1 + t / 11) ** 2), 1)[0]
    assert critical == pytest.approx(2 * np.log(0.9), rel=0.02)


def test_wells(page: Page) -> None:
    """Does momentum carry some starts over the hill, leave others, and throw some out?"""
    carried, lost = page["carried"], page["lost"]
    assert carried[0] == lost[0] == 0  # gradient descent
    assert 0 < carried[page["at"]] < 0.5
    assert 0 < lost[page["at"]] < 0.5


@pytest.mark.parametrize(
    ("name", "matrix", "mu"),
    [
        ("gradient descent", heavy_ball, 0.0),
        ("momentum", heavy_ball, 0.9),
        ("nesterov", look_ahead, 0.9),
    ],
)
def test_saddle(page: Page, name: str, matrix: Callable[..., np.ndarray], mu: float) -> None:
    """Does each method leave the ridge with the root for λ = −1, but not from the ridge itself?"""
    assert page["growth"][name] == pytest.approx(radius(matrix(-0.05, mu)), rel=1e-4)
    assert page["stuck"][name] == 0


def test_flat_place(page: Page) -> None:
    """Does a slow sledge creep as (1 − mu)/(lr·t), and does a fast one cross?"""
    assert sorted(page["creeping"]) == [0.0, 0.5, 0.7]  # 0.8 and 0.9 cross
    assert list(page["creeping"].values()) == pytest.approx([1, 1, 1], rel=0.02)


@pytest.mark.parametrize(("name", "matrix"), [("momentum", heavy_ball), ("nesterov", look_ahead)])
def test_noise_floor(page: Page, name: str, matrix: Callable[..., np.ndarray]) -> None:
    """Is the fluctuation the solution of M = A M Aᵀ + (lr·σ)²·ones?"""
    expected = 0.0
    for eig in (1.0, 100.0):
        A = matrix(0.002 * eig, 0.9)
        M = np.linalg.solve(np.eye(4) - np.kron(A, A), np.full(4, 0.02**2))
        expected += eig / 2 * M[0]
    assert page["floors"][name] == pytest.approx(expected, rel=0.05)
    assert page["floors"][name] > 5 * page.glued["plain_floor_theory"]


def test_noisy_transient(page: Page) -> None:
    """Is momentum faster at the same lr, and gradient descent again at the same lr/(1 − mu)?"""
    assert page.glued["plain_arrival"] > 5 * page.glued["momentum_arrival"]
    for name, runs in page["noisy_loss"].items():
        assert runs.mean(axis=0)[::50] == pytest.approx(page["noisy_theory"][name][::50], rel=0.2)
    # The slow direction decays as (1 − 0.002)²ᵗ, whatever the convention of its units.
    for name in ("gradient descent", "momentum, same lr/(1 − mu)"):
        slope = np.polyfit(np.arange(100, 500), np.log(page["noisy_theory"][name][100:500]), 1)[0]
        assert slope == pytest.approx(2 * np.log(1 - 0.002), rel=0.05)


def test_conventions(page: Page) -> None:
    """Do the three conventions walk one path until the learning rate changes?"""
    for path in page["same"].values():
        assert path == pytest.approx(page["velocity_path"], abs=1e-13)
    assert (page["parted"][:25] < 1e-12).all()
    assert page["parted"].max() > 0.1


def test_pytorch_nesterov(page: Page) -> None:
    """Is x ← x − lr·(g + mu·b) the rearranged form?"""
    z, v, x, b = 1.0, 0.0, 1.0, 0.0
    for g in (3.0, -1.0, 0.5):
        z, v = page["nesterov_step"](z, v, g, 0.1, 0.9)
        b = 0.9 * b + g
        x = x - 0.1 * (g + 0.9 * b)
        assert x == pytest.approx(z, rel=1e-14)


def test_least_squares(page: Page) -> None:
    """Do the eigenvalues of real data predict every step, the hump of the best setting included?"""
    for name, predicted in page["foretold"].items():
        assert page["excess"][name] == pytest.approx(predicted, rel=1e-5)
    assert 90 <= page.glued["saved"] <= 110  # 1/(1 − mu) = 10 times fewer than 1,000
    # The steepest error peaks at √κ/e, its loss at κ/e² times its share of the first loss.
    share = page["weights"][-1] / page["weights"].sum()
    peak = page.glued["data_kappa"] / np.e**2 * share
    assert page.glued["hump"] == pytest.approx(peak, rel=0.15)


def test_quadratic_shortcut(page: Page) -> None:
    """Is H @ W − R the gradient of half the mean squared distance to the targets?"""
    X, targets = page["X"], page["targets"]
    W = np.random.default_rng(2).standard_normal((197, 10)) * 1e-3
    direction = np.random.default_rng(3).standard_normal(W.shape)

    def loss(W: np.ndarray) -> float:
        return float(((X @ W - targets) ** 2).sum() / len(X) / 2)

    slope = (loss(W + 1e-4 * direction) - loss(W - 1e-4 * direction)) / 2e-4
    assert ((page["H"] @ W - page["R"]) * direction).sum() == pytest.approx(slope, rel=1e-6)


def test_schedule_is_robust(page: Page) -> None:
    """Is t/(t + 3) best or second best at every budget?"""
    heights = np.array(list(page["after"].values()))
    rank = (heights < np.array(page["after"]["t/(t + 3)"])).sum(axis=0)
    assert (rank <= 1).all()


def test_effective_rate(whole: Page) -> None:
    """Do the three methods agree on the scoreboard while lr/(1 − mu) is small, and part later?"""
    assert whole.glued["drift"] < 1  # per cent
    assert whole.glued["plain_end"] > 1.5 * whole.glued["nesterov_end"]


def test_scoreboard(whole: Page) -> None:
    """Was every method tuned to the same effective rate, and are they equal within the interval?"""
    assert len(set(whole["chosen"].values())) == 1
    plain = whole["final_accuracy"]["gradient descent"]
    for name, values in whole["final_accuracy"].items():
        assert 0.81 < values.mean() < 0.85
        gain = values - plain
        # 2.365: Student's 97.5 % quantile for 7 degrees of freedom, from a printed table.
        assert abs(gain.mean()) <= 2.365 * gain.std(ddof=1) / np.sqrt(8)
        assert whole["final_loss"][name].size * 50 == 8 * 1000  # gradient evaluations a seed


@pytest.mark.parametrize(
    ("method", "word"),
    [("mini-batches (plain SGD), chapter 4", "gradient"), ("momentum, chapter 5", "momentum")],
)
def test_later_board(whole: Page, method: str, word: str) -> None:
    """Does the last chapter's scoreboard print what this page measured?"""
    numbers = [whole.glued[f"{part}_{word}"] for part in ("score", "low", "high")]
    asked, looks, _, accuracy = scoreboard_line("09-ensembles", method, cells=5)
    assert [asked, looks] == ["1,000 gradients of 100 pictures", "200,000"]
    assert accuracy == shown(*numbers)


def test_cycle(whole: Page) -> None:
    """Does momentum end in the cycle 792/1225, −2208/1225, 2592/1225 (Lessard et al. 2016)?"""
    expected = np.array([792, -2208, 2592]) / 1225
    assert sorted(whole["heavy"][-3:]) == pytest.approx(sorted(expected), abs=1e-6)
    assert abs(whole["ahead"][-1]) < 1e-12


def test_numbers_in_the_text(whole: Page) -> None:
    """Is every number that a sentence quotes computed, and every computed number quoted?"""
    assert whole.quoted() == set(whole.glued)


def test_figures_have_words(executed: Page) -> None:
    """Does every cell that draws carry a text that says what the figure shows?"""
    assert len(executed.drawing()) >= 19
    for alt, source in executed.drawing():
        assert len(alt.split()) > 20, source[:60]
