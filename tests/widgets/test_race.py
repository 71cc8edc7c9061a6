"""The race's numbers and words: JavaScript against the library, and against hand calculation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import traitlets
from numpy.typing import NDArray

from lossland import plots
from lossland.adaptive import adam
from lossland.experiment import minimise
from lossland.gradcheck import numerical_gradient
from lossland.methods import METHODS, optimizer
from lossland.optimizers import gradient_descent
from lossland.widgets import OptimizerRace
from lossland.widgets.optimizer_race import PLACES, RATES, flat_surface, sweep, turned

Array = NDArray[np.float64]
Node = Callable[[object], Any]

NAMES = list(METHODS)
SAFE = {"bowl": 0.01, "rosenbrock": 1e-4, "saddle": 0.03, "beale": 2e-3, "wells": 0.03}


@pytest.fixture(autouse=True)
def book_style() -> Iterator[None]:
    """Figures as the book makes them, in a backend that opens no window."""
    with mpl.rc_context({"backend": "agg"}):
        plots.style()
        yield


def race(place: str, turn: int, sweeping: bool = False) -> dict[str, Any]:
    question = {"ask": "race", "place": place, "turn": turn, "methods": NAMES, "steps": 60}
    return {**question, "lr": SAFE[place], "sweeping": sweeping}


@pytest.mark.parametrize("turn", [0, 30])
@pytest.mark.parametrize("place", SAFE)
def test_same_runs(node: Node, place: str, turn: int) -> None:
    """Does every method walk the same path on the turned surface in both languages?"""
    got = node([race(place, turn)])[0]
    course = turned(flat_surface(place, 30.0), turn)
    np.testing.assert_allclose(got["start"], course.start, rtol=1e-12)
    np.testing.assert_allclose(got["minima"], course.minima, rtol=1e-12, atol=1e-12)
    lowest = float(course.value(course.minima[0]))
    for name, run in zip(NAMES, got["runs"], strict=True):
        method = optimizer(name, SAFE[place])
        trace = minimise(course.loss_and_gradient, course.start, method, 60)
        np.testing.assert_allclose(run["path"], trace.x, rtol=1e-9, atol=1e-9)
        gap = np.maximum(trace.loss - lowest, 0)
        np.testing.assert_allclose(run["gap"], gap, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("place", ["bowl", "beale"])
def test_same_best_rates(node: Node, place: str) -> None:
    """Does the grid search in the page choose the rates that the still picture chooses?"""
    got = node([race(place, 30, sweeping=True)])[0]
    np.testing.assert_allclose(got["rates"], RATES, rtol=1e-12)
    course = turned(flat_surface(place, 30.0), 30)
    for name in NAMES:
        best = got["sweeps"][name]["best"]
        assert best == pytest.approx(sweep(course, name, 60).best), name


def test_best_rate_of_plain_descent_by_theory() -> None:
    """On κ = 30 the best rate is 2/31 = 0.0645: is the grid's choice its neighbour 0.0631?"""
    found = sweep(flat_surface("bowl", 30.0), "gradient descent", 100)
    assert found.best == pytest.approx(10**-1.2)
    # The run is lost beyond 2/30 = 0.0667, at the next rate 0.1 already.
    assert np.isinf(found.scores[RATES > 0.2]).all()


@pytest.mark.parametrize("name", [name for name in NAMES if not METHODS[name].axes])
def test_turning_does_not_matter_without_own_scales(name: str) -> None:
    """Turned by 37°, has a method without a rate per parameter the same losses?"""
    for place, lr in SAFE.items():
        flat = flat_surface(place, 30.0)
        course = turned(flat, 37)
        losses = [
            minimise(s.loss_and_gradient, s.start, optimizer(name, lr), 60).loss
            for s in (flat, course)
        ]
        np.testing.assert_allclose(losses[0], losses[1], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam"])
def test_turning_costs_the_per_parameter_methods(name: str) -> None:
    """At its best rate, is each slower on the bowl turned by 45° than upright?"""
    scores = [
        sweep(turned(flat_surface("bowl", 30.0), degrees), name, 100).scores.min()
        for degrees in (0, 45)
    ]
    assert scores[0] < scores[1]


@pytest.mark.parametrize("place", [*PLACES, "bowl"])
def test_turned_surface_is_a_surface(place: str) -> None:
    """Is its gradient that of finite differences, its Hessian the gradient's, its minima flat?"""
    course = turned(flat_surface(place, 30.0), 25)
    x = course.start + np.array([0.1, -0.2])
    numeric = numerical_gradient(lambda p: float(course.value(p)), x)
    np.testing.assert_allclose(course.gradient(x), numeric, rtol=1e-5, atol=1e-5)
    for k, column in enumerate(np.eye(2) * 1e-5):
        slope = (course.gradient(x + column) - course.gradient(x - column)) / 2e-5
        np.testing.assert_allclose(course.hessian(x)[:, k], slope, rtol=1e-4, atol=1e-4)
    for minimum in course.minima:
        np.testing.assert_allclose(course.gradient(minimum), 0, atol=1e-9)


def test_a_quarter_turn_by_hand() -> None:
    """Turned by 90°, is the bowl's steep axis across, and (−1.8, 1) at (−1, −1.8)?"""
    course = turned(flat_surface("bowl", 30.0), 90)
    np.testing.assert_allclose(course.start, [-1.0, -1.8], atol=1e-15)
    assert float(course.value([1.0, 0.0])) == pytest.approx(15.0)  # ½·30
    np.testing.assert_allclose(course.gradient([1.0, 1.0]), [30.0, 1.0])


def run(name: str, *gap: float, lost: float = 1e9) -> dict[str, Any]:
    return {"name": name, "lr": 0.1, "path": [[0, 0]] * 3, "gap": gap, "lost": lost}


SAID = {
    "ahead": (
        [run("adam", 2, 1, 0.5), run("momentum", 2, 1, 0.1), run("adagrad", 2, 1, 1)],
        ["Momentum is ahead at step 2.", "0.05 of the first", "then Adam at 0.25, last Adagrad"],
    ),
    "two": ([run("adam", 2, 1, 0.5), run("rmsprop", 2, 1, 1)], ["Adam is ahead", "; RMSprop at"]),
    "lost": (
        [run("adam", 2, 1, 0.5), run("gradient descent", 2, 1e9, 1e19, lost=1)],
        [
            "Adam is ahead",
            "0.25 of the first. Lost, ten times above the start or more: plain descent from step",
        ],
    ),
    "all lost": ([run("adam", 2, 99, 999, lost=1)], ["All are lost.", "Adam from step 1"]),
    "arrived": (
        [run("adam", 2, 1, 1e-13), run("rmsprop", 2, 0, 1e-20), run("amsgrad", 2, 1, 1)],
        ["RMSprop arrived first.", "RMSprop (step 1) and Adam (step 2)", "Last: AMSGrad at 0.5"],
    ),
    "alone": ([run("adam", 2, 1, 0.5)], ["Adam at step 2.", "Its loss is 0.25 of the first."]),
    "above": (
        [run("adam", 2, 1, 4), run("rmsprop", 2, 1, 6)],
        ["Nobody is below the start at step 2.", "Adam's loss is 2 of the first; RMSprop at 3"],
    ),
    "nobody": ([], ["Nobody runs."]),
    "minimum": ([run("adam", 0, 0, 0)], ["The start is the minimum."]),
}


@pytest.mark.parametrize("name", SAID)
def test_words(node: Node, name: str) -> None:
    """Does the readout say who is ahead, who is lost and when, as the numbers stand?"""
    runs, parts = SAID[name]
    race = {"runs": runs, "rates": "shared", "place": "bowl"}
    said = " ".join(node([{"ask": "race words", "race": race, "step": 2}])[0])
    for part in parts:
        assert part in said, said


def test_an_equal_budget_says_for_which_start(node: Node) -> None:
    """Are the best rates called so for the start they were found from only?"""
    runs = [run("adam", 2, 1, 0.5), run("momentum", 2, 1, 1)]
    said = [
        " ".join(
            node([{"ask": "race words", "race": {**TUNED, "runs": runs, **more}, "step": 2}])[0]
        )
        for more in ({}, {"moved": True})
    ]
    assert "best of 26 rates for this start: an equal budget, mu and the betas as usual" in said[0]
    assert "for the surface's own start, not for this one" in said[1]


TUNED = {"rates": "tuned", "place": "bowl"}


def test_divergence_is_found_where_it_begins(node: Node) -> None:
    """At lr = 0.1 the factor is |1 − 3| = 2 a step, ×4 in loss: over tenfold from step 2 on?"""
    question = {**race("bowl", 0), "methods": ["gradient descent", "adam"], "lr": 0.1}
    plain, slow = node([question])[0]["runs"]
    # ½·(1.8²·0.81ᵗ + 30·4ᵗ) against 16.62: 61.1 at t = 1, 241.1 at t = 2
    assert plain["gap"][1:3] == pytest.approx([61.3122, 241.0629], rel=1e-4)
    assert plain["lost"] == 2
    assert slow["lost"] == "Infinity"


def test_leaders_by_hand(node: Node) -> None:
    """Two lead at a rate each, the third never, and a rate where all fail has no leader?"""
    scores = [[0.1, 0.5, 3], [0.2, 0.1, 3], [0.3, 0.6, 3]]
    assert node([{"ask": "leaders", "scores": scores}])[0] == 2


def test_names_stand_apart(node: Node) -> None:
    """Are names pushed apart by the gap, in their order, inside the plot, else left in peace?"""
    ask = {"ask": "apart", "gap": 15, "height": 100}
    crowd, free = node([{**ask, "wanted": [98, 99, 97]}, {**ask, "wanted": [20, 80]}])
    assert crowd == [85, 100, 70]
    assert free == [20, 80]


def test_a_name_lies_over_no_line_where_it_can(node: Node) -> None:
    """Right of the point without a line; left where one falls there; where all is full, right?"""
    ask = {"ask": "free", "point": [150, 100], "width": 60}
    wall, corner = [[180, 0], [180, 200]], [[100, 80], [100, 100], [149, 100]]
    full = [[[x, 0], [x, 200]] for x in range(40, 260, 5)]
    sides = node([{**ask, "lines": lines} for lines in ([], [wall], [wall, corner], full)])
    assert [(side["dx"], side["anchor"]) for side in sides[:2]] == [(8, "start"), (-8, "end")]
    assert (sides[2]["dy"], sides[2]["anchor"]) == (19, "end")  # below the corner, left of the wall
    assert sides[3]["anchor"] in ("start", "end")


@pytest.mark.usefixtures("bundles")
def test_own_optimizer_is_drawn_on_the_turned_surface() -> None:
    """Does a pair walk as minimise does, and a step function follow the shared rate?"""
    widget = OptimizerRace(surface="saddle", turn=20, optimizer=adam(0.05))
    course = turned(flat_surface("saddle", 30.0), 20)
    trace = minimise(course.loss_and_gradient, course.start, adam(0.05), 100)
    np.testing.assert_allclose(widget.yours, trace.x, rtol=1e-12, atol=1e-15)
    widget.optimizer = lambda x, v, gradient, lr, mu: (x - lr * gradient, v)
    widget.start = [0.5, 0.5]
    walked = minimise(course.loss_and_gradient, widget.yours[0], gradient_descent(widget.lr), 100)
    np.testing.assert_allclose(widget.yours, walked.x, rtol=1e-12, atol=1e-15)


@pytest.mark.usefixtures("bundles")
def test_opens_with_its_script() -> None:
    """Does the widget carry its bundled script and style sheet, and name itself by its bundle?"""
    widget = OptimizerRace()
    assert "export{" in widget._esm.replace(" ", "")
    assert ".lossland" in widget._css
    assert widget.key == "optimizer-race"


@pytest.mark.usefixtures("bundles")
@pytest.mark.parametrize(
    "traits",
    [
        {"surface": "hill"},
        {"methods": ["sgd"]},
        {"rates": "best"},
        {"lr": 0.0},
        {"turn": 91},
        {"start": [1.0]},
        {"start": [9.0, 0.0]},
        {"steps": 5},
    ],
)
def test_refuses_what_it_cannot_show(traits: dict[str, Any]) -> None:
    """Is a value outside the picture refused where it is written?"""
    with pytest.raises(traitlets.TraitError):
        OptimizerRace(**traits)


@pytest.mark.usefixtures("bundles")
@pytest.mark.parametrize(
    "traits",
    [
        {},
        {"rates": "tuned", "turn": 45, "methods": NAMES},
        {"surface": "rosenbrock", "lr": 10.0, "methods": NAMES},
        {"surface": "beale", "start": [3.0, 0.5]},
        {"methods": []},
    ],
)
def test_still_picture(traits: dict[str, Any]) -> None:
    """Is there a still picture of every setting, titled, also where all diverge?"""
    figure = OptimizerRace(**traits).static_figure()
    figure.canvas.draw()
    assert [axes.get_title(loc="left")[:3] for axes in figure.axes] == ["The", "Los", "The"]
