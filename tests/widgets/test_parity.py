"""The kit's JavaScript against the library and against hand calculation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lossland import plots, search, theory
from lossland.experiment import minimise
from lossland.methods import METHODS, factory
from lossland.optimizers import Optimizer, Schedule, gradient_descent, momentum
from lossland.surfaces import SURFACES, Surface, noisy_bowl, quadratic_bowl
from lossland.widgets import phase_plane, two_scales
from lossland.widgets.base import STATIC
from lossland.widgets.local_search import kept_share
from lossland.widgets.local_search import walk as local_walk
from lossland.widgets.seeded import normals

Array = NDArray[np.float64]
Node = Callable[[object], Any]

STEPS = 200
# On every surface, in units of x; Adadelta's is a factor, and 1 hardly moves in 200 steps. RMSprop
# must not arrive: near a minimum it hops about by lr for ever, and a rounding decides each hop.
OWN_SCALE = 0.05
OTHERS = {"adadelta": 3.0, "rmsprop": 0.004}
LEARNING_RATES = {
    "bowl": 0.04,
    "rotated bowl": 0.04,
    "Rosenbrock": 2e-4,
    "saddle": 0.05,
    "Beale": 5e-3,
    "two minima": 0.05,
    "pathological curvature": 0.4,
    "steep optimum": 0.03,
}
RISE = {"start": 0.5, "end": 0.9, "steps": 60}  # a schedule of mu
FALL = 0.3  # a schedule of lr ends at this part of its start


def straight(plan: dict[str, float]) -> Callable[[int], float]:
    """The schedule that answers.mjs makes of the same three numbers."""
    way = plan["end"] - plan["start"]
    return lambda t: plan["start"] + way * min(1.0, t / plan["steps"])


def own_rate(optimizer: str) -> float | None:
    """The rate for every surface, where a step has a length of its own, whatever the gradient's."""
    return OTHERS.get(optimizer, OWN_SCALE if METHODS[optimizer].axes else None)


def settings(optimizer: str, surface: str, plan: str) -> list[Any]:
    """Learning rate and, where the optimizer asks for it, momentum or weight decay."""
    lr = own_rate(optimizer) or LEARNING_RATES[surface]
    changing = {"start": lr, "end": FALL * lr, "steps": 100}
    values: list[Any] = [changing if plan == "schedule" else lr]
    for name, value in METHODS[optimizer].defaults.items():
        values.append(RISE if name == "mu" and plan == "schedule" else value)
    return values


def walk(surface: Surface, method: Optimizer[Any]) -> tuple[Array, Array, Any]:
    """All points (STEPS + 1, 2), their losses, and the last state."""
    points = [surface.start]
    state = method.init(surface.start)
    for _ in range(STEPS):
        step, state = method.update(surface.gradient(points[-1]), state, points[-1])
        points.append(points[-1] + step)
    return np.array(points), surface.value(np.array(points)), state


CASES = list(product(METHODS, SURFACES, ("constant", "schedule")))


@pytest.fixture(scope="module")
def runs(node: Node) -> dict[tuple[str, str, str], Any]:
    """Every optimizer on every surface in JavaScript, all in one run of Node.js."""
    questions = [
        {
            "ask": "run",
            "optimizer": optimizer,
            "surface": surface,
            "settings": settings(optimizer, surface, plan),
            "steps": STEPS,
        }
        for optimizer, surface, plan in CASES
    ]
    return dict(zip(CASES, node(questions), strict=True))


def test_names_agree(node: Node) -> None:
    """Does the kit have every optimizer and every surface, by the library's names?"""
    names = node([{"ask": "names"}])[0]
    assert names["optimizers"] == list(METHODS)
    assert names["surfaces"] == list(SURFACES)
    assert set(names["optimizers"]) <= set(plots.COLOURS)


@pytest.mark.parametrize(("optimizer", "surface", "plan"), CASES)
def test_same_path(runs: Any, optimizer: str, surface: str, plan: str) -> None:
    """Do both languages walk the same 200 steps, to 1e-9?"""
    numbers: list[Schedule] = [
        straight(value) if isinstance(value, dict) else value
        for value in settings(optimizer, surface, plan)
    ]
    points, losses, state = walk(SURFACES[surface], factory(optimizer)(*numbers))
    assert np.abs(points[-1] - points[0]).max() > 0.1, "the case is too tame to tell anything"
    got = runs[optimizer, surface, plan]
    np.testing.assert_allclose(got["x"], points, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(got["loss"], losses, rtol=1e-9, atol=1e-9)
    for name, values in got["state"].items():
        own = {"deltaCache": "delta_cache", "vMax": "v_max"}.get(name, name)
        np.testing.assert_allclose(values, getattr(state, own), rtol=1e-9, atol=1e-9)


def test_same_noise_same_path(node: Node) -> None:
    """Given the same normal numbers, does the noisy bowl lead both languages the same way?"""
    rng = np.random.default_rng(5)
    bowl = noisy_bowl(10.0, 0.5, np.random.default_rng(5))
    points, _, _ = walk(bowl, momentum(0.04, 0.9))
    noise = {
        "conditionNumber": 10.0,
        "deviation": 0.5,
        "normals": rng.standard_normal(2 * STEPS).tolist(),
    }
    question = {"ask": "run", "optimizer": "momentum", "settings": [0.04, 0.9], "steps": STEPS}
    got = node([{**question, "noise": noise}])[0]
    np.testing.assert_allclose(got["x"], points, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", SURFACES)
def test_same_surface(node: Node, name: str) -> None:
    """Are values, gradients, Hessians, minima, windows and starts the library's?"""
    surface = SURFACES[name]
    low, high = np.array(surface.domain).T
    points = np.random.default_rng(1).uniform(low, high, (20, 2))
    got = node([{"ask": "surface", "surface": name, "points": points.tolist()}])[0]
    np.testing.assert_allclose(got["value"], surface.value(points), rtol=1e-9)
    np.testing.assert_allclose(got["gradient"], surface.gradient(points), rtol=1e-9, atol=1e-12)
    hessians = np.array([surface.hessian(point) for point in points])
    np.testing.assert_allclose(got["hessian"], hessians, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(got["minima"], surface.minima, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(got["domain"], surface.domain)
    np.testing.assert_array_equal(got["start"], surface.start)


def test_bowl_axes_are_eigenvectors(node: Node) -> None:
    """Does H·axis = λ·axis hold for the bowl's axes, H being the library's Hessian?"""
    got = node([{"ask": "bowl", "conditionNumber": 50.0, "angle": 0.5}])[0]
    hessian = quadratic_bowl(50.0, 0.5).hessian([0.0, 0.0])
    for eigenvalue, axis in zip(got["eigenvalues"], got["axes"], strict=True):
        np.testing.assert_allclose(hessian @ axis, eigenvalue * np.array(axis), rtol=1e-12)


def test_level_lines_lie_on_their_level(node: Node) -> None:
    """Has the library's surface the level's height along marching squares and along ellipses?"""
    size = {"columns": 160, "rows": 120}
    two, beale = node(
        [
            {"ask": "rings", "surface": "two minima", "level": 0.2, **size},
            {"ask": "rings", "surface": "Beale", "level": 5.0, **size},
        ]
    )
    assert len(node([{"ask": "rings", "surface": "two minima", "level": -0.1, **size}])[0]) == 2
    inside = np.abs(np.concatenate(two)) < (1.98, 1.48)  # rings close along the window's edge
    points = np.concatenate(two)[inside.all(axis=1)]
    assert np.abs(SURFACES["two minima"].value(points) - 0.2).max() < 0.01
    assert beale
    line = node([{"ask": "ellipse", "conditionNumber": 30.0, "angle": 0.4, "level": 2.0}])[0]
    assert quadratic_bowl(30.0, 0.4).value(line) == pytest.approx(2.0)
    assert line[0] == pytest.approx(line[-1])


def grid() -> Iterator[tuple[float, float]]:
    """(lr·λ, mu) over the map, off the critical lines."""
    rng = np.random.default_rng(2)
    yield from zip(rng.uniform(0.01, 4.3, 300), rng.uniform(0, 0.999, 300), strict=True)


@pytest.mark.parametrize("method", ["momentum", "nesterov"])
def test_same_rates(node: Node, method: str) -> None:
    """Are the rates of both methods those of lossland.theory, over the whole map?"""
    cases = [(method, a, mu) for a, mu in grid()]
    got = node([{"ask": "theory", "name": "rate", "cases": cases}])[0]
    rate = {"momentum": theory.momentum_rate, "nesterov": theory.nesterov_rate}[method]
    expected = [float(rate(1.0, a, mu)) for a, mu in grid()]
    np.testing.assert_allclose(got, expected, rtol=1e-9)


def test_same_damping(node: Node) -> None:
    """Is every direction called over-, critically, under-damped or alternating as in theory?"""
    cases = [*grid(), (0.25, 0.25), (1.0, 0.0), (1.5, 0.0), (2.25, 0.25)]
    question = {"ask": "theory", "name": "damping", "cases": [("momentum", *c) for c in cases]}
    assert node([question])[0] == [theory.damping(1.0, a, mu) for a, mu in cases]


def test_same_best_pairs(node: Node) -> None:
    """Are the best pairs and their rates the library's?"""
    pairs = [(1.0, 1.0), (1.0, 10.0), (0.5, 400.0)]
    names = ("optimalGd", "optimalMomentum", "optimalNesterov")
    plain, heavy, ahead = node([{"ask": "theory", "name": n, "cases": pairs} for n in names])
    for (low, high), gd, ball, nest in zip(pairs, plain, heavy, ahead, strict=True):
        kappa = high / low
        assert gd["lr"] == pytest.approx(theory.optimal_gd(low, high), rel=1e-12)
        assert gd["rate"] == pytest.approx(theory.optimal_gd_rate(kappa), rel=1e-12, abs=1e-12)
        assert (ball["lr"], ball["mu"]) == pytest.approx(theory.optimal_momentum(low, high))
        assert ball["rate"] == pytest.approx(theory.optimal_momentum_rate(kappa), rel=1e-12)
        assert (nest["lr"], nest["mu"]) == pytest.approx(theory.optimal_nesterov(low, high))
        assert nest["rate"] == pytest.approx(theory.optimal_nesterov_rate(kappa), abs=1e-12)


@pytest.mark.parametrize("method", ["momentum", "nesterov"])
def test_boundaries_from_the_matrix(node: Node, method: str) -> None:
    """Is the matrix's spectral radius 1 at the edge, and its root double at critical damping?"""
    matrix = {"momentum": theory.momentum_matrix, "nesterov": theory.nesterov_matrix}[method]
    mus = [0.1, 0.5, 0.9]
    ask = {"ask": "theory", "cases": [(method, mu) for mu in mus]}
    edges, criticals = node([{**ask, "name": n} for n in ("stabilityEdge", "criticalDamping")])
    back = {
        "ask": "theory",
        "name": "criticalMomentum",
        "cases": [(method, low) for low, _ in criticals],
    }
    assert node([back])[0] == pytest.approx(mus)
    for mu, edge, lows in zip(mus, edges, criticals, strict=True):
        assert np.abs(np.linalg.eigvals(matrix(1.0, edge, mu))).max() == pytest.approx(1)
        for a in lows:
            m = matrix(1.0, a, mu)
            assert np.trace(m) ** 2 == pytest.approx(4 * np.linalg.det(m), abs=1e-12)


@pytest.mark.parametrize("method", ["momentum", "nesterov"])
def test_same_envelope(node: Node, method: str) -> None:
    """Is the error's hull that of lossland.theory, and does the library's run keep to it?"""
    double = {"momentum": [(0.04, 0.64), (2.25, 0.25)], "nesterov": [(0.04, 2 / 3), (1.0, 0.5)]}
    pairs = [*list(grid())[:40], *double[method], (1.0, 0.0), (0.5, 0.0)]
    cases = [(method, a, mu, t) for a, mu in pairs for t in (0, 1, 7, 30)]
    got = node([{"ask": "theory", "name": "envelope", "cases": cases}])[0]
    expected = [float(theory.envelope(a, mu, t, method)) for _, a, mu, t in cases]
    np.testing.assert_allclose(np.array(got, dtype=float), expected, rtol=1e-8, atol=1e-12)
    rate = {"momentum": theory.momentum_rate, "nesterov": theory.nesterov_rate}[method]
    for a, mu in pairs:
        if rate(1.0, a, mu) > 1:
            continue
        with np.errstate(under="ignore"):
            errors = np.abs(phase_plane.run(a, mu, method, 400)[:, 0])
            hull = theory.envelope(a, mu, np.arange(401), method)
        middle = errors[:400] > 1e-100
        ratio = errors[:400][middle] / hull[:400][middle]
        p, q = (1 + mu - a, mu) if method == "momentum" else ((1 + mu) * (1 - a), mu * (1 - a))
        if p * p < 4 * q:  # a swing touches its hull from inside
            assert ratio.max() <= 1 + 1e-6
            assert ratio.max() > 0.8
        elif len(ratio):  # real roots
            assert ratio[-1] == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("method", ["momentum", "nesterov"])
@pytest.mark.parametrize("rate", [0.3, 0.8, 0.95, 1.0])
def test_interval_of_a_rate(node: Node, method: str, rate: float) -> None:
    """Is lossland's rate r at both ends of the interval, below inside, above outside?"""
    mus = [mu for mu in (0.05, 0.2, 0.6, 0.9) if method == "nesterov" or mu < rate**2]
    question = {"ask": "theory", "name": "interval", "cases": [(method, mu, rate) for mu in mus]}
    rate_at = {"momentum": theory.momentum_rate, "nesterov": theory.nesterov_rate}[method]
    for mu, (low, high) in zip(mus, node([question])[0], strict=True):
        assert rate_at(1.0, [low, high], mu) == pytest.approx(rate)
        assert (rate_at(1.0, np.linspace(low + 1e-6, high - 1e-6, 50), mu) < rate).all()
        assert (rate_at(1.0, [low - 1e-6, high + 1e-6], mu) > rate).all()


def test_no_interval_beyond_the_root_of_mu(node: Node) -> None:
    """With mu > r², whose complex roots have the modulus √mu > r, is there no interval?"""
    case = ("momentum", 0.5, 0.7)
    assert node([{"ask": "theory", "name": "interval", "cases": [case]}])[0] == [None]


def test_steps_to_gain_by_hand(node: Node) -> None:
    """ln 10⁴ / −ln 0.82 = 46.4, so 47 steps; a rate of 0.1 takes 4; a rate of 1 never ends?"""
    cases = [(0.82, 1e4), (0.1, 1e4), (0.0, 1e4)]
    assert node([{"ask": "theory", "name": "stepsToGain", "cases": cases}])[0] == [47, 4, 1]
    never = [(1.0, 1e4), (1.3, 1e4)]
    assert node([{"ask": "theory", "name": "stepsToGain", "cases": never}])[0] == ["Infinity"] * 2


def test_numbers_as_text(node: Node) -> None:
    """Are numbers written as a reader wants them?"""
    asked = {
        "short": ([[0.0312], [50], [0.00004]], ["0.0312", "50", "0.00004"]),
        "whole": ([[7], [4605]], ["7", "4\u202f605"]),
        "perStep": ([[0.8216], [0.9987], [1], [1.32]], ["0.82", "0.9987", "1.00", "1.32"]),
        "powerOfTen": ([[0], [1], [-12]], ["1", "10", "10⁻¹²"]),
        "cell": ([[-1.0625], [3.14e-7], [0], [2e5]], ["−1.06", "3.1e−7", "0", "2.0e5"]),
    }
    questions = [{"ask": "format", "name": n, "cases": c} for n, (c, _) in asked.items()]
    assert node(questions) == [texts for _, texts in asked.values()]


def test_same_colours(node: Node) -> None:
    """Has each method one colour in figures and widgets, readable in the dark theme too?"""
    got = node([{"ask": "colours"}])[0]
    assert got["COLOURS"] == plots.COLOURS
    assert got["PAPER"]["light"] == plots.PAPER
    for line, text in got["dark"].values():
        assert plots.contrast(line, got["PAPER"]["dark"]) >= 3
        assert plots.contrast(text, got["PAPER"]["dark"]) >= 4.5


def test_papers_are_the_style_sheet_s(node: Node) -> None:
    """Are the papers that the contrast is counted on those that the style sheet paints?"""
    sheet = (STATIC.parent / "src" / "kit" / "kit.css").read_text("utf8")
    for paper in node([{"ask": "colours"}])[0]["PAPER"].values():
        assert f"--ll-paper: {paper};" in sheet


KAPPA = 50.0
BEST = theory.optimal_momentum(1.0, KAPPA)
SENTENCES = {
    # (√50 − 1)/(√50 + 1) = 0.752, ln 10⁴/−ln 0.752 = 32.4; plain (49/51): 230.2
    "best": (
        ("momentum", *BEST),
        [
            "Flat direction: critically damped. Steep: alternating, it jumps from wall to wall.",
            *("Both directions set the pace", "× 0.75 per step", "33 steps", "takes 231 steps"),
        ],
    ),
    # 2/51: flat 1 − 0.0392 = 0.9608, steep 1 − 1.9608 = −0.9608
    "best plain": (
        ("momentum", theory.optimal_gd(1.0, KAPPA), 0.0),
        ["over-damped, it creeps in. Steep: alternating, it jumps from wall to wall.", "0.961"],
    ),
    # Nesterov at lr·λ = 1: the steep direction is gone; (√50 − 1)/(√50 + 1) damps the flat one.
    "textbook": (
        ("nesterov", 0.02, (50**0.5 - 1) / (50**0.5 + 1)),
        ["Flat direction: critically damped. Steep: gone at once."],
    ),
    # Roots of r² + 0.9r + 0.6: cos θ = −0.9/(2·0.7746) = −0.58
    "wall to wall": (("momentum", 0.05, 0.6), ["Steep: under-damped, it swings from wall to wall"]),
    # √0.8 = 0.894, ln 10⁴/−ln 0.894 = 82.5
    "rings": (("momentum", 0.03, 0.8), ["Both directions are under-damped", "0.89", "83 steps"]),
    # 1 − 0.02 = 0.98 sets the pace, ln 10⁴/−ln 0.98 = 455.9
    "creeps": (("momentum", 0.02, 0.0), ["over-damped", "flat direction", "0.980", "456 steps"]),
    # lr·λ = 1.9: 1 − 1.9 = −0.9 beats 1 − 0.038 = 0.962? No: the flat one still sets the pace.
    "flat still": (("momentum", 0.038, 0.0), ["over-damped", "flat direction sets", "0.962"]),
    # lr·λ = 1.98: |1 − 1.98| = 0.98 > 1 − 0.0396 = 0.9604
    "jumps": (("momentum", 0.0396, 0.0), ["Steep: alternating", "steep direction sets", "0.980"]),
    # lr·λ = 2.5 > 2.4; z² + 1.3z + 0.2 = 0 has the root −1.1217
    "diverges": (
        ("momentum", 0.05, 0.2),
        [
            *("Diverges", "lr·λ = 2.50", "2(1 + mu) = 2.40", "1.12 per step", "every 21 steps"),
            "the flat one converges",
        ],
    ),
    # 2·1.5/2 = 1.5
    "Nesterov's edge": (("nesterov", 0.04, 0.5), ["Diverges", "2(1 + mu)/(1 + 2mu) = 1.50"]),
    "edge": (("momentum", 0.04, 0.0), ["On the edge", "steep direction neither"]),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_words(node: Node, name: str) -> None:
    """Does the readout say what a hand calculation gives?"""
    (method, lr, mu), parts = SENTENCES[name]
    question = {"ask": "words", "method": method, "conditionNumber": KAPPA, "lr": lr, "mu": mu}
    said = " ".join(node([question])[0]).replace("\u00a0", " ")
    for part in parts:
        assert part in said, json.dumps(said, ensure_ascii=False)


DIRECTIONS = {
    # (1 − √0.9)² = 0.00263, (1 + √0.9)² = 3.80; cos θ = 1.86/(2·0.9487): 360°/11.4° = 31.5
    "swings": (("momentum", 0.04, 0.9), ["Under-damped", "0.00263 and 3.8", "0.949", "32 steps"]),
    "critical": (("momentum", 0.04, 0.64), ["Critically damped", "at the lower end", "is 0.80"]),
    "creeps": (("momentum", 0.04, 0.2), ["Over-damped", "it is less"]),
    # r² + r + 0.2 = 0: −(1 + √0.2)/2 = −0.724
    "alternates": (("momentum", 2.2, 0.2), ["Alternating", "it is more", "−0.72"]),
    "upper end": (("momentum", 2.25, 0.25), ["Alternating", "at the upper end", "−0.50"]),
    "diverges": (("momentum", 3.1, 0.5), ["Diverges.", "beyond the edge 3"]),
    "gone": (("nesterov", 1.0, 0.5), ["Gone at once."]),
}


@pytest.mark.parametrize("name", DIRECTIONS)
def test_words_of_one_direction(node: Node, name: str) -> None:
    """Does the phase plane's readout say what a hand calculation gives?"""
    (method, product, mu), parts = DIRECTIONS[name]
    state = {"method": method, "product": product, "mu": mu}
    said = " ".join(node([{"ask": "phase words", "state": state}])[0])
    for part in parts:
        assert part in said, said


def test_words_of_the_opener(node: Node) -> None:
    """Does it say what is left of the way, and that mu = 0 is plain descent?"""
    fixed = {
        **{"lr": 0.015, "condition_number": 50.0, "steps": 60},
        **{"start": [-1.85, -0.6], "angle": np.pi / 6},
    }
    heavy, none, much = (
        node([{"ask": "opener words", "mu": mu, "fixed": fixed}])[0] for mu in (0.8, 0.0, 0.99)
    )
    bowl = quadratic_bowl(50.0, np.pi / 6)
    ends = [
        np.linalg.norm(minimise(bowl.loss_and_gradient, [-1.85, -0.6], m, 60).x[-1])
        for m in (gradient_descent(0.015), momentum(0.015, 0.8))
    ]
    plain, momentum_left = (100 * end / np.hypot(1.85, 0.6) for end in ends)
    assert heavy[0] == (
        f"After 60 steps plain descent has {plain:.0f} % of the way left, "
        f"momentum {momentum_left:.1f} %."
    )
    assert "momentum is plain descent" in none[0]
    assert "again and again" in much[1]


def test_opener_of_the_ada_family(node: Node) -> None:
    """Has chapter 6's opener the library's paths and rates, and do its words tell them?"""
    fixed = {"condition_number": 100.0, "start": [-1.8, 0.9], "steps": 40}
    states = [{"method": name, "lr": lr} for name, lr in two_scales.RATES.items()]
    states.append({"method": "gradient descent", "lr": 1.0})
    got = node([{"ask": "two scales", "states": states, "fixed": fixed}])[0]
    assert got["rates"] == two_scales.RATES
    lr = two_scales.TwoScales.lr
    assert got["range"] == [lr.min, lr.max]
    for state, path in zip(states[:-1], got["paths"], strict=False):
        expected = two_scales.run(state["method"], state["lr"])
        np.testing.assert_allclose(path, expected, rtol=1e-9, atol=1e-12)
    words = dict(zip(two_scales.RATES, got["words"], strict=False))
    # The slope across is 100·0.9 = 90, along 1.8: fifty times. Plain steps are lr times that;
    # Adagrad's first step is lr in both; (1 − 0.0185)⁴⁰ = 0.4738 of the way along is left.
    assert "has 47 % of the way along left" in words["gradient descent"]
    assert (
        "0.033 along and 1.7 across, as the slope across is 50 times" in words["gradient descent"]
    )
    assert "was 0.4 along and 0.4 across, although the slope across is 50" in words["adagrad"]
    assert "more than ten times across" in got["words"][-1]


@pytest.mark.parametrize("seed", [0, 1, 10**9])
def test_same_random_numbers(node: Node, seed: int) -> None:
    """Do both languages draw the same normal numbers, and are these standard normal?"""
    got = node([{"ask": "normals", "seed": seed, "count": 20_001}])[0]
    np.testing.assert_allclose(got, normals(seed, 20_001), rtol=1e-12, atol=1e-12)
    # 20,001 draws: mean ± 0.007, variance ± 0.01, share beyond 2 is 0.0455 ± 0.0015
    assert np.mean(got) == pytest.approx(0, abs=0.03)
    assert np.var(got) == pytest.approx(1, abs=0.04)
    assert np.mean(np.abs(got) > 2) == pytest.approx(0.0455, abs=0.006)
    assert np.corrcoef(got[:-1], got[1:])[0, 1] == pytest.approx(0, abs=0.03)


def test_seeds_give_other_numbers() -> None:
    """Are the numbers of neighbouring seeds unrelated?"""
    one, two = normals(1, 5000), normals(2, 5000)
    assert np.corrcoef(one, two)[0, 1] == pytest.approx(0, abs=0.05)


def test_mulberry32_by_hand() -> None:
    """From the published generator, in whole numbers: are the first numbers those of seed 1?"""

    def mix(a: int) -> int:
        t = ((a ^ (a >> 15)) * (a | 1)) % 2**32
        t = ((t + ((t ^ (t >> 7)) * (t | 61)) % 2**32) % 2**32) ^ t
        return t ^ (t >> 14)

    first = mix(1)
    u, v = ((mix((first + k * 0x6D2B79F5) % 2**32)) for k in (1, 2))
    radius = np.sqrt(-2 * np.log((u + 0.5) / 2**32))
    turn = 2 * np.pi * v / 2**32
    expected = [radius * np.cos(turn), radius * np.sin(turn)]
    np.testing.assert_allclose(normals(1, 2), expected, rtol=1e-12)


@pytest.mark.parametrize("dim", [2, 3, 10, 100, 300])
def test_kept_share(node: Node, dim: int) -> None:
    """Is the predicted share the same in both languages, and what proposals really do?"""
    lengths = [1e-3, 0.03, 0.1, 0.3, 1.0, 2.0]
    got = node([{"ask": "kept", "dim": dim, "lengths": lengths}])[0]
    np.testing.assert_allclose(got, kept_share(lengths, dim), atol=1e-3)  # a coarser sum
    rng = np.random.default_rng(dim)
    steps = rng.standard_normal((4000, dim))
    for length, share in zip(lengths, got, strict=True):
        x = np.ones(dim)  # at the distance √dim, so that the step size is the length
        measured = (((x + length * steps) ** 2).sum(axis=1) < dim).mean()
        assert measured == pytest.approx(share, abs=4 * np.sqrt(0.25 / 4000))


def test_kept_share_of_tiny_and_of_many(node: Node) -> None:
    """Is it ½ for tiny steps, and Φ(−√dim·length/2) in many dimensions (Rechenberg 1973)?"""
    tiny, many = node(
        [
            {"ask": "kept", "dim": 5, "lengths": [1e-6]},
            {"ask": "kept", "dim": 300, "lengths": [0.1]},
        ]
    )
    assert tiny[0] == pytest.approx(0.5, abs=1e-4)
    # Φ(−√300·0.1/2) = Φ(−0.866) = 0.1932; the next order is about length²
    assert many[0] == pytest.approx(0.1932, abs=0.003)


@pytest.mark.parametrize("dim", [2, 3, 7, 40, 100])
def test_best_of_many_darts(node: Node, dim: int) -> None:
    """Is the mean of the best lossland.search's, and do 8 runs in 10 lie between the levels?"""
    tries = [1, 5, 50, 2000]
    got = node([{"ask": "best", "dim": dim, "tries": tries}])[0]
    np.testing.assert_allclose(got["mean"], search.best_on_bowl(tries, dim), rtol=2e-3)
    heights = np.random.default_rng(dim).gamma(dim / 2, 1, (4000, 50)).min(axis=1)
    low, high = got["low"][2], got["high"][2]
    assert (heights < low).mean() == pytest.approx(0.1, abs=0.02)
    assert (heights > high).mean() == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("rule", ["fixed", "fifth"])
def test_same_walk(node: Node, rule: str) -> None:
    """Is the still picture's walk the live widget's, for both rules?"""
    question = {"ask": "walk", "dim": 12, "stepSize": 0.2, "rule": rule, "seed": 3, "steps": 120}
    got = node([question])[0]
    own = local_walk(0.2, 12, rule, 3, 120)
    np.testing.assert_allclose(got["loss"], own.loss, rtol=1e-9)
    np.testing.assert_allclose(got["path"], own.path[:, :2], rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(got["kept"], own.kept)
    np.testing.assert_allclose(got["sizes"][:-1], own.sizes, rtol=1e-9)


def test_walk_is_the_library_s() -> None:
    """Given the same draws, does lossland.search walk the same way?"""

    class Replay:
        def __init__(self) -> None:
            self.rows = iter(normals(3, 120 * 300).reshape(120, 300)[:, :12])

        def standard_normal(self, shape: tuple[int, ...]) -> Array:
            return next(self.rows)

    start = local_walk(0.2, 12, "fixed", 3, 1).path[0]
    rng: Any = Replay()
    _, losses, sizes = search.adaptive_local_search(
        lambda x: float(x @ x) / 2, start, 120, 0.2, rng
    )
    own = local_walk(0.2, 12, "fifth", 3, 120)
    np.testing.assert_allclose(own.loss, losses, rtol=1e-9)
    np.testing.assert_allclose(own.sizes, sizes[:-1], rtol=1e-9)
