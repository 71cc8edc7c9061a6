"""The Python side of the small widgets: traits, the reader's step, still pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lossland import plots
from lossland.experiment import minimise
from lossland.losses import hinge_loss
from lossland.optimizers import gradient_descent
from lossland.surfaces import quadratic_bowl
from lossland.widgets import (
    BiasVariance,
    Committee,
    CurveThroughPoints,
    Darts,
    DescentMap,
    EnsembleLab,
    FiniteDifference,
    FourTargets,
    GradientPuzzle,
    GradientStep,
    HingeTerms,
    Hops,
    LearningRate,
    LocalSearch,
    NoisyDescent,
    PhasePlane,
    PlainBesideMomentum,
    TuningBudget,
    TwoScales,
    WigglyFit,
    ensemble_lab,
    finite_difference,
    gradient_puzzle,
    gradient_step,
    hinge_terms,
    phase_plane,
)
from lossland.widgets.base import Widget
from lossland.widgets.darts import thrown
from lossland.widgets.descent_map import ANGLE, seeded_bowl
from lossland.widgets.gradient_puzzle import CHECKS, SUSPECTS, WIDTHS
from lossland.widgets.own import plain_step

Array = NDArray[np.float64]

pytestmark = pytest.mark.usefixtures("bundles")

ERRORS = {
    check: {name: [1e-16 / h for h in WIDTHS] for name in SUSPECTS} for check in CHECKS
}  # of a puzzle in which nobody is wrong

TREES = {"alone": [30.0 - 0.1 * k for k in range(50)], "together": [20.0] * 50}

KINDS: dict[str, type[Widget]] = {
    "committee": Committee,
    "darts": Darts,
    "hinge-terms": HingeTerms,
    "hops": Hops,
    "local-search": LocalSearch,
    "finite-difference": FiniteDifference,
    "learning-rate": LearningRate,
    "gradient-step": GradientStep,
    "gradient-puzzle": GradientPuzzle,
    "descent-map": DescentMap,
    "noisy-descent": NoisyDescent,
    "curve-through-points": CurveThroughPoints,
    "four-targets": FourTargets,
    "bias-variance": BiasVariance,
    "ensemble-lab": EnsembleLab,
    "plain-beside-momentum": PlainBesideMomentum,
    "phase-plane": PhasePlane,
    "tuning-budget": TuningBudget,
    "two-scales": TwoScales,
    "wiggly-fit": WigglyFit,
}


@pytest.fixture(autouse=True)
def book_style() -> Iterator[None]:
    """Figures as the book makes them, in a backend that opens no window."""
    with mpl.rc_context({"backend": "agg"}):
        plots.style()
        yield


@pytest.mark.parametrize("name", KINDS)
def test_opens_with_its_script(name: str) -> None:
    """Does the widget carry its bundled script and style sheet, and name itself by its bundle?"""
    widget = KINDS[name]()
    assert "export{" in widget._esm.replace(" ", "")
    assert ".lossland" in widget._css
    assert widget.key == name


@pytest.mark.parametrize(
    ("kind", "traits"),
    [
        (Darts, {"tries": 0}),
        (Darts, {"dim": 101}),
        (HingeTerms, {"w": 3.5}),
        (HingeTerms, {"tries": 51}),
        (Hops, {"step_size": 0.0}),
        (LocalSearch, {"step_size": 4.0}),
        (LocalSearch, {"dim": 1}),
        (LocalSearch, {"rule": "tenth"}),
        (FiniteDifference, {"h": 0.0}),
        (FiniteDifference, {"function": "tan"}),
        (FiniteDifference, {"x": 3.0}),
        (LearningRate, {"lr": 1e-4}),
        (LearningRate, {"lr": 0.5}),
        (GradientStep, {"lr": 2.0}),
        (GradientStep, {"start": [3.0, 0.0]}),
        (GradientPuzzle, {"check": "slow"}),
        (GradientPuzzle, {"errors": {"quick": {"a": [0.1]}}}),
        (DescentMap, {"condition_number": 0.5}),
        (DescentMap, {"shows": "both"}),
        (DescentMap, {"noise": -1.0}),
        (DescentMap, {"start": [1.0]}),
        (CurveThroughPoints, {"degree": 17}),
        (CurveThroughPoints, {"seed": -1}),
        (FourTargets, {"bias": 1.3}),
        (FourTargets, {"spread": -0.1}),
        (Committee, {"members": 51}),
        (Committee, {"alone": [30.0] * 49}),
        (Committee, {"together": [101.0] * 50}),
        (BiasVariance, {"degree": 16}),
        (BiasVariance, {"n": 19}),
        (BiasVariance, {"noise": 0.0}),
        (EnsembleLab, {"mode": "voting"}),
        (EnsembleLab, {"members": 0}),
        (EnsembleLab, {"correlation": -0.1}),
        (EnsembleLab, {"depth": 4}),
        (EnsembleLab, {"shrinkage": 0.0}),
        (PlainBesideMomentum, {"mu": 1.0}),
        (TwoScales, {"method": "adadelta"}),
        (TwoScales, {"lr": 2.0}),
        (WigglyFit, {"reg": 0.0}),
        (PhasePlane, {"product": 0.0}),
        (PhasePlane, {"method": "adam"}),
        (TuningBudget, {"task": "tetris"}),
        (TuningBudget, {"budget": 5}),
    ],
)
def test_refuses_what_it_cannot_show(kind: type[Widget], traits: dict[str, object]) -> None:
    """Is a value outside the picture refused where it is written?"""
    with pytest.raises(traitlets.TraitError):
        kind(**traits)


@pytest.mark.parametrize(
    "widget_traits",
    [
        ("darts", {}),
        ("darts", {"tries": 1}),
        ("darts", {"tries": 2000, "dim": 99}),
        ("hinge-terms", {}),
        ("hinge-terms", {"w": 0.5, "tries": 50}),
        ("hops", {}),
        ("hops", {"step_size": 3.0, "steps": 200}),
        ("hops", {"step_size": 0.01, "steps": 1}),
        ("local-search", {}),
        ("local-search", {"dim": 300, "step_size": 3.0}),
        ("local-search", {"dim": 2, "rule": "fifth", "steps": 600}),
        ("finite-difference", {}),
        ("finite-difference", {"function": "hinge", "x": 0.0, "h": 1e-15, "formula": "forward"}),
        ("finite-difference", {"function": "bend", "x": -2.0}),
        ("learning-rate", {}),
        ("learning-rate", {"lr": 3e-4}),
        ("learning-rate", {"lr": 0.3, "seed": 10**9}),
        ("noisy-descent", {}),
        ("gradient-step", {}),
        ("gradient-step", {"lr": 1.0, "start": [2.0, 2.0]}),
        ("gradient-puzzle", {"errors": ERRORS}),
        ("gradient-puzzle", {"errors": ERRORS, "check": "bias"}),
        ("descent-map", {}),
        ("descent-map", {"noise": 10.0, "lr": 2.0, "condition_number": 1.0}),
        ("descent-map", {"lr": 2.4, "condition_number": 1.0, "steps": 1000}),
        ("descent-map", {"start": [0.0, 0.0]}),
        ("curve-through-points", {}),
        ("curve-through-points", {"degree": 0, "seed": 10**9}),
        ("four-targets", {}),
        ("four-targets", {"bias": 0.0, "spread": 0.0}),
        ("four-targets", {"bias": 1.2, "spread": 1.2}),
        ("committee", TREES),
        ("committee", {**TREES, "members": 50}),
        ("bias-variance", {}),
        ("bias-variance", {"degree": 15, "n": 20, "noise": 1.0}),
        ("bias-variance", {"degree": 0, "n": 200, "noise": 0.02}),
        ("ensemble-lab", {}),
        ("ensemble-lab", {"members": 1, "correlation": 1.0}),
        ("ensemble-lab", {"members": 50, "correlation": 0.0}),
        ("ensemble-lab", {"mode": "boosting"}),
        ("ensemble-lab", {"mode": "boosting", "rounds": 100, "depth": 3, "shrinkage": 1.0}),
        ("ensemble-lab", {"mode": "boosting", "rounds": 0, "depth": 1}),
        ("plain-beside-momentum", {}),
        ("plain-beside-momentum", {"mu": 0.99}),
        ("two-scales", {}),
        ("two-scales", {"method": "gradient descent", "lr": 1.0}),
        ("two-scales", {"method": "adam", "lr": 1e-3, "condition_number": 1.0}),
        ("wiggly-fit", {}),
        ("wiggly-fit", {"reg": 10.0, "seed": 10**9}),
        ("phase-plane", {}),
        ("phase-plane", {"product": 4.2, "mu": 0.999}),
        ("phase-plane", {"product": 1.0, "mu": 0.0, "method": "nesterov"}),
        ("tuning-budget", {}),
        ("tuning-budget", {"task": "quadratic", "budget": 1}),
        ("tuning-budget", {"task": "sparse", "budget": 64}),
    ],
)
def test_still_picture(widget_traits: tuple[str, dict[str, Any]]) -> None:
    """Is there a still picture of every setting, titled, also at the extremes?"""
    name, traits = widget_traits
    widget: Any = KINDS[name](**traits)
    figure = widget.static_figure()
    assert isinstance(figure, Figure)
    figure.canvas.draw()
    assert all(axes.get_title(loc="left") for axes in figure.axes)


def test_still_picture_refuses_an_unknown_name() -> None:
    """Does the message name what is known?"""
    with pytest.raises(ValueError, match="exp, sine, hinge, bend"):
        finite_difference.static_figure(function="tan")
    with pytest.raises(ValueError, match="average, boosting"):
        ensemble_lab.static_figure(mode="voting")
    with pytest.raises(ValueError, match="momentum, nesterov"):
        phase_plane.static_figure(method="adam")
    with pytest.raises(ValueError, match="quick, trained, penalty, bias"):
        gradient_puzzle.static_figure(ERRORS, check="slow")


def test_step_leaves_what_the_walk_leaves() -> None:
    """Is the loss after 20 steps, in closed form, that of the walk itself?"""
    for lr in (0.01, 0.1, 0.19, 0.21):
        ground = gradient_step.bowl()
        trace = minimise(ground.loss_and_gradient, [-1.2, 1.2], gradient_descent(lr), 20)
        left = gradient_step.share_left(lr, [-1.2, 1.2], 20)
        assert left == pytest.approx(trace.loss[-1] / trace.loss[0], rel=1e-9)


def test_more_dimensions_leave_the_first_ones() -> None:
    """Do the same darts keep their first two coordinates when dimensions are added?"""
    np.testing.assert_array_equal(thrown(50, 2, 4), thrown(50, 80, 4)[:, :2])
    assert not np.array_equal(thrown(50, 2, 4), thrown(50, 2, 5))


def test_hinge_terms_are_the_librarys_loss() -> None:
    """Is the opener's sum the SVM loss of three pictures of one pixel, and its lowest place 1/2?"""
    X, y = np.array(hinge_terms.PIXELS)[:, None], np.ones(3, dtype=int)
    places = np.linspace(*hinge_terms.WINDOW, 101)
    for w in places:
        expected = 3 * hinge_loss(np.array([[0.0, w]]), X, y)
        assert hinge_terms.terms(w).sum() == pytest.approx(expected, rel=1e-12)
    assert places[hinge_terms.terms(places).sum(axis=1).argmin()] == pytest.approx(0.5)
    darts = hinge_terms.thrown(50)
    assert (darts > hinge_terms.WINDOW[0]).all()  # all are in the picture
    assert (darts < hinge_terms.WINDOW[1]).all()


def test_seeded_bowl_without_noise_is_the_bowl() -> None:
    """Is the bowl exact without noise, and after its last seeded gradient?"""
    noisy, bowl = seeded_bowl(20.0, 0.4, 1.0, 3, steps=1), quadratic_bowl(20.0, 0.4)
    point = [0.3, -0.7]
    assert np.abs(noisy.gradient(point) - bowl.gradient(point)).max() > 0.01
    np.testing.assert_array_equal(noisy.gradient(point), bowl.gradient(point))


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_own_step_is_drawn_on_the_same_bowl(noise: float) -> None:
    """Does the reader's x − lr·g walk where gradient_descent walks, with the same noise?"""
    traits: dict[str, Any] = {"lr": 0.05, "noise": noise, "seed": 9}
    two = DescentMap(optimizer=lambda x, gradient: x - 0.05 * gradient, **traits)
    three = DescentMap(optimizer=lambda x, gradient, lr: x - lr * gradient, **traits)
    pair = DescentMap(optimizer=gradient_descent(0.05), **traits)
    bowl = seeded_bowl(30.0, ANGLE, noise, 9, 100)
    trace = minimise(bowl.loss_and_gradient, [-1.8, 1.0], gradient_descent(0.05), 100)
    for widget in (two, three, pair):
        assert widget.trouble == ""
        np.testing.assert_allclose(widget.yours, trace.x, rtol=1e-12, atol=1e-15)
    three.lr = 0.01
    two.lr = 0.01
    assert three.yours != two.yours


def test_own_step_of_the_wrong_form_is_told() -> None:
    """Is a step with other arguments told in the widget, in words that say what to write?"""
    widget = DescentMap(optimizer=lambda x: x)
    assert widget.yours == []
    assert "must take (x, gradient) or (x, gradient, lr)" in widget.trouble
    with pytest.raises(ValueError, match="takes 4 arguments"):
        plain_step(lambda a, b, c, d: a, 0.1)
