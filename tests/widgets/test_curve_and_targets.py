"""Numbers and words of chapter 7's opener and targets, against the library and hand calculation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.polynomial import legendre

from lossland.widgets import curve_through_points as curve
from lossland.widgets import four_targets

Node = Callable[[object], Any]


@pytest.mark.parametrize("seed", [1, 4, 10**9])
def test_same_points_and_errors(node: Node, seed: int) -> None:
    """Are points, curve and both errors of every degree those of NumPy's least squares?"""
    got = node([{"ask": "curves", "seed": seed}])[0]
    found = curve.points(seed)
    for values, own in zip(got["points"], found, strict=True):
        np.testing.assert_allclose(values, own, rtol=1e-12, atol=1e-14)
    training, validation = curve.errors(found)
    for degree, fit in enumerate(got["fits"]):
        c = legendre.legfit(found.x, found.y, degree)
        seen = np.mean((legendre.legval(found.x, c) - found.y) ** 2)
        out = np.mean((legendre.legval(found.x_out, c) - found.y_out) ** 2)
        assert fit["training"] == pytest.approx(seen, rel=1e-7, abs=1e-18)
        assert training[degree] == pytest.approx(seen, rel=1e-7, abs=1e-18)
        assert fit["validation"] == pytest.approx(out, rel=1e-6)
        assert validation[degree] == pytest.approx(out, rel=1e-6)
        places, values = np.array(fit["curve"]).T
        np.testing.assert_allclose(values, legendre.legval(places, c), rtol=1e-6, atol=1e-6)


def test_seven_to_three(node: Node) -> None:
    """Are 7 of 24 points held out, none of them fitted?"""
    x, _, x_out, _ = node([{"ask": "curves", "seed": 7}])[0]["points"]
    assert (len(x), len(x_out)) == (17, 7)
    np.testing.assert_allclose(np.sort([*x, *x_out]), (2 * np.arange(24) + 1) / 24 - 1, atol=1e-12)


@pytest.mark.parametrize(
    ("degree", "said"),
    [(0, "Underfit"), (1, "Underfit"), (5, "About right"), (13, "Overfit: it follows the noise")],
)
def test_words_of_the_curve(node: Node, degree: int, said: str) -> None:
    """Does the readout name the side of the best degree, and both errors?"""
    lead, rest = node([{"ask": "curve words", "seed": 3, "degree": degree}])[0]
    training, validation = curve.errors(curve.points(3))
    assert int(validation.argmin()) == 5
    assert said in rest
    assert training[16] < 1e-18  # 17 points, 17 coefficients
    numbers = [float(word.strip(".,")) for word in lead.split() if word[0].isdigit()]
    assert numbers == pytest.approx([training[degree], validation[degree]], rel=0.05)


@pytest.mark.parametrize(("bias", "spread"), [(0.9, 0.4), (0.0, 0.0), (1.2, 1.2), (0.3, 0.0)])
def test_same_arrows(node: Node, bias: float, spread: float) -> None:
    """Do the arrows hit where the still picture has them, and do the parts add up exactly?"""
    got = node([{"ask": "shot", "bias": bias, "spread": spread, "seed": 5}])[0]
    hits = four_targets.arrows(bias, spread, 5)
    np.testing.assert_allclose(got["hits"], hits, rtol=1e-12, atol=1e-15)
    own = four_targets.parts(hits)
    distance = (np.array(got["hits"]) ** 2).sum(axis=1).mean()
    for part, value in (("total", own.total), ("bias2", own.bias2), ("variance", own.variance)):
        assert got[part] == pytest.approx(value, rel=1e-12, abs=1e-15)
    assert got["bias2"] + got["variance"] == pytest.approx(distance, rel=1e-12, abs=1e-15)


def test_bias_and_spread_are_what_they_say() -> None:
    """Over many volleys, is bias² the aim's and variance (1 − 1/24)·spread²?

    The arrows' centre scatters by spread²/24 itself, which the measured bias² has in it.
    """
    found = [four_targets.parts(four_targets.arrows(0.8, 0.6, seed)) for seed in range(400)]
    bias2, variance = np.array([(f.bias2, f.variance) for f in found]).T
    for values, expected in ((bias2, 0.64 + 0.36 / 24), (variance, 0.36 * 23 / 24)):
        assert values.mean() == pytest.approx(expected, abs=4 * values.std() / np.sqrt(400))


@pytest.mark.parametrize(
    ("bias", "spread", "said"),
    [
        (0.9, 0.2, "Large bias, small variance."),
        (0.0, 0.9, "Small bias, large variance."),
        (1.0, 0.9, "Large bias, large variance."),
        (0.1, 0.1, "Small bias, small variance."),
        (0.0, 0.0, "Every arrow hits."),
    ],
)
def test_words_of_the_target(node: Node, bias: float, spread: float, said: str) -> None:
    """Is the target named among the four, with parts that add up but for the last digit?"""
    question = {"ask": "target words", "bias": bias, "spread": spread, "seed": 1}
    lead, rest = node([question])[0]
    assert said in f"{lead} {rest}"
    parts = [float(word.rstrip(".")) for word in rest.split() if word[0] in "01234" and "." in word]
    assert parts[0] + parts[1] == pytest.approx(parts[2], abs=1.6e-3)
