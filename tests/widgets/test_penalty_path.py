"""The penalty's numbers and words: JavaScript against lossland.shrinkage and hand calculation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import traitlets

from lossland import plots
from lossland.shrinkage import descent_path, elastic_net, matching_strength, ridge
from lossland.widgets import PenaltyPath
from lossland.widgets.penalty_path import LR, PENALTIES, problem, static_figure

Node = Callable[[object], Any]

STATE = {"kind": "l1", "reg": 1.0, "steps": 20, "correlation": 0.5, "minimum": [1.4, 0.5]}


@pytest.fixture(autouse=True)
def book_style() -> Iterator[None]:
    """Figures as the book makes them, in a backend that opens no window."""
    with mpl.rc_context({"backend": "agg"}):
        plots.style()
        yield


def test_the_problem_is_what_the_page_says() -> None:
    """Have the columns mean square 1 and the correlation, and is the minimum the solution?"""
    X, y = problem(-0.3, [1.0, 2.0])
    np.testing.assert_allclose(X.T @ X / 2, [[1, -0.3], [-0.3, 1]], atol=1e-15)
    np.testing.assert_allclose(np.linalg.lstsq(X, y)[0], [1.0, 2.0])


@pytest.mark.parametrize("kind", PENALTIES)
def test_same_solutions(node: Node, kind: str) -> None:
    """Do case analysis in the page and coordinate descent in Python agree to 1e-9?"""
    rng = np.random.default_rng(3)
    states = [
        {
            "kind": kind,
            "reg": float(10 ** rng.uniform(-3, 1)),
            "steps": int(10 ** rng.uniform(0, 3.3)),
            "correlation": float(rng.uniform(-0.95, 0.95)),
            "minimum": rng.uniform(-2, 2, 2).tolist(),
        }
        for _ in range(60)
    ]
    zeros = set()
    for state, got in zip(states, node([{"ask": "penalty", "states": states}])[0], strict=True):
        X, y = problem(state["correlation"], state["minimum"])
        w = elastic_net(X, y, state["reg"], PENALTIES[kind])
        early = descent_path(X, y, LR, [state["steps"]])[0]
        match = float(matching_strength(LR, state["steps"]))
        near = ridge(X, y, match)
        np.testing.assert_allclose(got["w"], w, rtol=1e-9, atol=1e-9)
        np.testing.assert_array_equal(np.equal(got["w"], 0), w == 0)
        np.testing.assert_allclose(got["early"], early, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(got["ridge"], near, rtol=1e-9, atol=1e-9)
        assert got["match"] == pytest.approx(match, rel=1e-12)
        assert got["apart"] == pytest.approx(np.linalg.norm(early - near), abs=1e-9)
        assert got["loss"] == pytest.approx(((X @ w - y) ** 2).mean(), abs=1e-9)
        zeros.add(int((w == 0).sum()))
    assert zeros == ({0} if kind == "l2" else {0, 1, 2})


@pytest.mark.parametrize("mix", [0.0, 0.5, 1.0])
def test_level_set_has_its_level(node: Node, mix: float) -> None:
    """Is the penalty the same all along the curve, which closes and meets the axes?"""
    curve = np.array(node([{"ask": "level set", "level": 1.5, "mix": mix}])[0])
    sizes = mix * np.abs(curve).sum(axis=1) + (1 - mix) * (curve**2).sum(axis=1)
    np.testing.assert_allclose(sizes, 1.5, rtol=1e-12)
    np.testing.assert_allclose(curve[0], curve[-1], atol=1e-12)
    # On the axis: mix·r + (1 − mix)·r² = 1.5, so r = 1.5, √1.5, or (−1 + √13)/2 for ½r + ½r².
    far = {1.0: 1.5, 0.0: 1.5**0.5, 0.5: (13**0.5 - 1) / 2}[mix]
    assert curve[0, 0] == pytest.approx(far)


SAID = {
    # Xᵀy/n = (1.4 + 0.25, 0.7 + 0.5) = (1.65, 1.2). Lasso at reg 2: w₀ = 1.65 − 1 = 0.65, and
    # |1.2 − 0.5·0.65| = 0.875 ≤ 1.
    "corner": ({"reg": 2.0}, ["diamond touches at a corner: w₁ is exactly 0", "w = (0.65, 0)"]),
    # Both signs +: A⁻¹·(1.65 − 0.3, 1.2 − 0.3) = (1.2, 0.3)
    "side": ({"reg": 0.6}, ["touches on a side: neither is 0", "w = (1.2, 0.3)"]),
    "all": ({"reg": 3.4}, ["Both coefficients are exactly 0", "reg/2 = 1.7", "largest is 1.6"]),
    # (A + I)⁻¹·(1.65, 1.2) = (2·1.65 − 0.5·1.2, 2·1.2 − 0.5·1.65)/3.75 = (0.72, 0.42)
    "ridge": ({"kind": "l2"}, ["circle touches: both shrink", "w = (0.72, 0.42)"]),
    # ρ = 0: ½·|w| + ½·w² at reg 1: (1.4 − 0.25)/1.5 = 0.767, (0.5 − 0.25)/1.5 = 0.167
    "both": ({"kind": "both", "correlation": 0.0}, ["rounded diamond", "w = (0.767, 0.167)"]),
    # ρ = 0, t = 5: 1 − 0.9⁵ = 0.40951, ridge at 1/(2·0.05·5) = 2: ⅓; apart 0.0762 of the way
    "early": (
        {"correlation": 0.0, "steps": 5},
        ["stopped after 5 steps is at (0.573, 0.205)", "reg = 1/(2·lr·t) = 2: 7.6 %"],
    ),
    "there": ({"minimum": [0, 0]}, ["The minimum is 0 already"]),
}


@pytest.mark.parametrize("name", SAID)
def test_words(node: Node, name: str) -> None:
    """Does the readout say what a hand calculation gives?"""
    changed, parts = SAID[name]
    said = " ".join(node([{"ask": "penalty words", "state": {**STATE, **changed}}])[0])
    for part in parts:
        assert part in said, said


def test_ridge_may_enlarge_a_coefficient(node: Node) -> None:
    """Where w₁ = 0 without penalty and the columns correlate, is it said that the pair shrinks?"""
    changed = {"kind": "l2", "minimum": [1.0, 0.0], "reg": 0.5}
    said = node([{"ask": "penalty words", "state": {**STATE, **changed}}])[0][0]
    assert said == "The circle touches: the pair shrinks, neither to 0."


def test_a_circle_has_no_corner(node: Node) -> None:
    """Where ridge leaves a coefficient at 0 because it was 0 already, is no corner spoken of?"""
    changed = {"kind": "l2", "minimum": [1.0, 0.0], "correlation": 0.0}
    said = node([{"ask": "penalty words", "state": {**STATE, **changed}}])[0][0]
    assert said == "The circle touches where w₁ is 0 without penalty, too."


@pytest.mark.usefixtures("bundles")
def test_opens_with_its_script() -> None:
    """Does the widget carry its bundled script and style sheet, and name itself by its bundle?"""
    widget = PenaltyPath()
    assert "export{" in widget._esm.replace(" ", "")
    assert ".lossland" in widget._css
    assert widget.key == "penalty-path"


@pytest.mark.usefixtures("bundles")
@pytest.mark.parametrize(
    "traits",
    [{"kind": "l0"}, {"reg": 0.0}, {"steps": 0}, {"correlation": 1.0}, {"minimum": [3.0, 0.0]}],
)
def test_refuses_what_it_cannot_show(traits: dict[str, Any]) -> None:
    """Is a value outside the picture refused where it is written?"""
    with pytest.raises(traitlets.TraitError):
        PenaltyPath(**traits)


@pytest.mark.usefixtures("bundles")
@pytest.mark.parametrize(
    "traits",
    [
        {},
        {"kind": "l2", "reg": 10.0, "correlation": -0.95},
        {"kind": "both", "reg": 1e-3, "correlation": 0.95, "steps": 2000},
        {"minimum": [0.0, 0.0], "steps": 1},
    ],
)
def test_still_picture(traits: dict[str, Any]) -> None:
    """Is there a still picture of every setting, titled, also where everything is 0?"""
    figure = PenaltyPath(**traits).static_figure()
    figure.canvas.draw()
    assert [axes.get_title(loc="left")[:3] for axes in figure.axes] == ["The", "Coe", "Des"]


def test_still_picture_refuses_an_unknown_kind() -> None:
    """Does the message name the known ones?"""
    with pytest.raises(ValueError, match="l2, both, l1"):
        static_figure(kind="l3")
