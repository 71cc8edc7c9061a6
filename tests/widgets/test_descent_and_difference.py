"""Numbers and words of the descent map and the difference quotient, against hand calculation."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lossland.experiment import minimise
from lossland.gradcheck import numerical_gradient
from lossland.optimizers import gradient_descent
from lossland.widgets import finite_difference
from lossland.widgets.descent_map import bound, seeded_bowl

Node = Callable[[object], Any]

DESCENT = {"lr": 0.05, "condition_number": 30.0, "noise": 0.0, "seed": 1, "start": [-1.8, 1.0]}


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_same_run(node: Node, noise: float) -> None:
    """Are the live run and theory's line those of the still picture, with and without noise?"""
    state = {**DESCENT, "noise": noise, "seed": 7}
    got = node([{"ask": "descent", "state": state, "angle": 0.5, "steps": 100}])[0]
    bowl = seeded_bowl(30.0, 0.5, noise, 7, 100)
    trace = minimise(bowl.loss_and_gradient, [-1.8, 1.0], gradient_descent(0.05), 100)
    np.testing.assert_allclose(got["path"], trace.x, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(got["loss"], trace.loss, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(got["bound"], bound(trace.loss, 30.0, 0.05, noise), rtol=1e-9)


def test_theory_s_line_lies_above_the_mean() -> None:
    """Over 200 seeds, is the mean loss under the line, and near the floor at the end?"""
    losses = []
    for seed in range(200):
        bowl = seeded_bowl(10.0, 0.3, 1.5, seed, 150)
        losses.append(
            minimise(bowl.loss_and_gradient, [-1.8, 1.0], gradient_descent(0.1), 150).loss
        )
    mean = np.mean(losses, axis=0)
    line = bound(mean, 10.0, 0.1, 1.5)
    spread = np.std(losses, axis=0) / np.sqrt(200)
    assert (mean < line + 4 * spread).all()
    # ½·(lr·σ²/(2 − lr) + lr·σ²/(2 − 10·lr)) = ½·0.225·(1/1.9 + 1) = 0.1717
    assert line[-1] == pytest.approx(0.1717, abs=1e-4)
    assert mean[100:].mean() == pytest.approx(0.1717, rel=0.1)


SAID = {
    # lr·λ = 1.5, factor −0.5; flat 1 − 0.05 = 0.95: ln 10⁴/−ln 0.95 = 179.6
    "jumps": (
        {},
        [
            "Jumps across the valley, still converges",
            "Steep, lr·λ = 1.5: each step lands across, × 0.50",
            "Flat, lr·λ = 0.05: the error keeps its side, × 0.950",
            "180 steps",
        ],
    ),
    # lr·λ = 0.6
    "creeps": (
        {"lr": 0.02},
        ["Comes down on one side", "Steep, lr·λ = 0.6", "× 0.40 per step", "Flat, lr·λ = 0.02"],
    ),
    "once": ({"lr": 1 / 30}, ["Arrives at once", "one step takes the whole error away"]),
    "edge": ({"lr": 2 / 30}, ["On the edge", "keeps its size"]),
    # lr·λ = 2.1, factor −1.1: ln 10/ln 1.1 = 24.2
    "diverges": (
        {"lr": 0.07},
        [
            "Diverges in the steep",
            "lr·λ = 2.1",
            "× 1.10",
            "tenfold every 25 steps",
            "Flat, lr·λ = 0.07: the error keeps its side",
        ],
    ),
    # 2/31; (κ − 1)/(κ + 1) = 0.9355: ln 10⁴/−ln 0.9355 = 138.1
    "best": ({"lr": 2 / 31}, ["Both set the pace", "139 steps", "no learning rate needs fewer"]),
    # ½·0.05·4·(1/1.95 + 1/0.5) = 0.2513
    "noisy": ({"noise": 2.0}, ["Without the noise: steep", "holds the mean loss at 0.25"]),
    # at the edge the noise adds up: lr²·σ² to the variance with every step
    "noisy edge": ({"lr": 2 / 30, "noise": 1.0}, ["On the edge", "With the noise it grows"]),
    "round": (
        {"condition_number": 1.0, "lr": 1.0},
        ["Arrives at once.", "Both directions, lr·λ = 1: one step takes the whole error away."],
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_descent_in_words(node: Node, name: str) -> None:
    """Does the readout say what a hand calculation gives?"""
    changed, parts = SAID[name]
    said = " ".join(node([{"ask": "descent words", "state": {**DESCENT, **changed}}])[0])
    for part in parts:
        assert part in said, said


@pytest.mark.parametrize("formula", ["forward", "centred"])
@pytest.mark.parametrize("function", ["exp", "sine", "hinge", "bend"])
def test_same_differences(node: Node, function: str, formula: str) -> None:
    """Are both languages' differences those of lossland.gradcheck, and the error within theory?"""
    states = [
        {"function": function, "formula": formula, "x": x, "h": h}
        for x in (-1.3, 0.7, 1.9)
        for h in (0.1, 1e-3, 1e-6)
    ]
    got = node([{"ask": "difference", "states": states}])[0]
    f = finite_difference.FUNCTIONS[function].f
    for state, found in zip(states, got, strict=True):
        x, h = state["x"], state["h"]
        own = float(finite_difference.quotient(f, formula, x, h))
        kind: Any = formula
        library = numerical_gradient(lambda p: float(f(p)), x, h, kind)
        room = 4e-16 * max(1.0, float(f(x))) / h
        assert found["quotient"] == pytest.approx(own, abs=room)
        assert own == pytest.approx(float(library), abs=room)
        assert found["slope"] == pytest.approx(finite_difference.FUNCTIONS[function].derivative(x))
        # The next term of the series is at most of the order h times this one.
        allowed = found["truncation"] * (1 + h) + h**3 + 2 * found["rounding"]
        assert found["error"] <= allowed, state


def test_the_hinge_s_steps_by_hand(node: Node) -> None:
    """max(0, x) at 0.1 with h = 0.5: forward exact, centred (0.6 − 0)/1 = 0.6 instead of 1?"""
    states = [
        {"function": "hinge", "formula": formula, "x": 0.1, "h": 0.5}
        for formula in ("forward", "centred")
    ]
    forward, centred = node([{"ask": "difference", "states": states}])[0]
    assert forward["quotient"] == pytest.approx(1)
    assert centred["quotient"] == pytest.approx(0.6)
    assert centred["error"] == pytest.approx(0.4)


SMOOTH = {"function": "exp", "formula": "centred", "x": 0.6}
KINKED = {"function": "hinge", "formula": "centred", "x": 0.1}
VERDICTS = {
    "truncation": (
        {**SMOOTH, "h": 0.1},
        ["Truncation dominates", "a hundred times smaller, until rounding"],
    ),
    "forward": (
        {**SMOOTH, "h": 0.1, "formula": "forward"},
        ["Truncation", "it is ten times smaller, until rounding"],
    ),
    "rounding": (
        {**SMOOTH, "h": 1e-10},
        ["Rounding dominates", "9 of 16 digits", "until truncation takes over"],
    ),
    "bottom": ({**SMOOTH, "h": 1e-5}, ["bottom of the V"]),
    "crossed": ({**KINKED, "h": 0.5}, ["The kink is crossed", "x − h and x + h", "below 0.1"]),
    "crossed, forward": (
        {**KINKED, "x": -0.25, "h": 0.5, "formula": "forward"},
        ["The kink is crossed", "x and x + h", "below 0.25"],
    ),
    "kink": ({**KINKED, "x": 0.0, "h": 0.5}, ["no derivative", "0 on the left and 1 on the right"]),
    "lost": ({**SMOOTH, "x": 2.0, "h": 1e-16, "formula": "forward"}, ["h is lost"]),
    # on the straight piece nothing is ever left out
    "straight": ({**KINKED, "x": 1.9, "h": 1e-9}, ["Rounding", "a tenth of it is left."]),
    "bent kink": ({**KINKED, "function": "bend", "x": 0.0, "h": 0.5}, ["0 on the left and 1 on"]),
    "below 0": (
        {**SMOOTH, "function": "bend", "x": -2.0, "h": 1e-3},
        ["Difference −2, derivative −2"],
    ),
    "exact": ({**KINKED, "x": 1.0, "h": 0.5}, ["Exact here"]),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_difference_in_words(node: Node, name: str) -> None:
    """Does the readout name the error that decides?"""
    state, parts = VERDICTS[name]
    said = " ".join(node([{"ask": "difference words", "state": state}])[0])
    for part in parts:
        assert part in said, json.dumps(said, ensure_ascii=False)
