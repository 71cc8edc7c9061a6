"""Numbers and words of the refits of chapter 7, against the library and hand calculation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lossland.polynomials import error_parts, fit, hat_matrix, predict
from lossland.widgets.bias_variance import AT, HIGHEST, REFITS, refits
from lossland.widgets.regression import truth

Node = Callable[[object], Any]


@pytest.mark.parametrize(("n", "noise"), [(20, 0.02), (30, 0.3), (200, 1.0)])
def test_same_parts(node: Node, n: int, noise: float) -> None:
    """Are the page's parts of every degree those of the library's hat matrices, to 1e-9?"""
    got = node([{"ask": "parts", "n": n, "noise": noise}])[0]
    x = np.linspace(-1, 1, n)
    own = error_parts(truth, x, AT, noise, HIGHEST)
    for name, values in own._asdict().items():
        found = [row[name] for row in got]
        np.testing.assert_allclose(found, values, rtol=1e-9, atol=1e-15, err_msg=name)
    for degree in (0, 7, HIGHEST):
        mean = predict(fit(x, truth(x), degree), AT)
        np.testing.assert_allclose(got[degree]["mean"], mean, atol=1e-9)


@pytest.mark.parametrize("degree", [0, 6, HIGHEST])
def test_same_refits(node: Node, degree: int) -> None:
    """Are the live refits, their errors and the sample on show those of the still picture?"""
    state = {"degree": degree, "noise": 0.4, "n": 24, "seed": 5}
    got = node([{"ask": "refits", **state}])[0]
    own = refits(degree, 0.4, 24, 5)
    np.testing.assert_allclose(got["fits"], own.fits, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(got["sample"], np.stack([own.x, own.labels[0]], axis=1), rtol=1e-9)
    assert got["measured"] == pytest.approx(own.errors.mean(), rel=1e-9)
    assert got["give"] == pytest.approx(own.errors.std(ddof=1) / np.sqrt(REFITS), rel=1e-9)


@pytest.mark.parametrize("degree", [0, 3, 6, 12, HIGHEST])
def test_measured_is_the_sum(node: Node, degree: int) -> None:
    """Over ten seeds, is the error that the refits measure the sum of the exact parts?"""
    state = {"degree": degree, "noise": 0.3, "n": 30}
    questions = [{"ask": "refits", **state, "seed": seed} for seed in range(10)]
    measured = [found["measured"] for found in node(questions)]
    # the sum from the definition, by one hat matrix
    x = np.linspace(-1, 1, 30)
    H = hat_matrix(x, AT, degree)
    total = ((H @ truth(x) - truth(AT)) ** 2 + 0.09 * (H**2).sum(axis=1) + 0.09).mean()
    assert np.mean(measured) == pytest.approx(total, abs=4 * np.std(measured) / np.sqrt(10))


SAID = {
    # A constant misses the curve by ½·(1 − cos 1·sin 10/10) − (sin 5·sin ½/5)² = 0.51, a little
    # more or less as the places are few; its variance is 0.09/30.
    "constant": (
        0,
        [
            "Underfit",
            "bias² 0.5",
            "variance 0.0030 + noise 0.0900",
            "a small gap, and yet a bad fit",
        ],
    ),
    # at degree 4 the bias has just begun to fall: the fit errs alike on old and on new labels
    "early": (4, ["Underfit", "about as much as on new ones"]),
    "middle": (7, ["About right", "No degree up to 15 has a smaller", "over 100 refits"]),
    "highest": (15, ["Overfit", "noise 0.0900", "it has learned their noise"]),
}


@pytest.mark.parametrize("name", SAID)
def test_words(node: Node, name: str) -> None:
    """Does the readout name the side of the least sum, and the parts of a hand calculation?"""
    degree, parts = SAID[name]
    n = 20 if degree == HIGHEST else 30
    question = {"ask": "refit words", "degree": degree, "noise": 0.3, "n": n, "seed": 1}
    said = " ".join(node([question])[0])
    for part in parts:
        assert part in said, said


def test_words_give_the_numbers_that_add_up(node: Node) -> None:
    """Do the printed parts add up to the printed sum, but for the last digit?"""
    questions = [
        {"ask": "refit words", "degree": k, "noise": 0.3, "n": 30, "seed": 1}
        for k in range(HIGHEST + 1)
    ]
    for _, rest in node(questions):
        left, right = rest.split("Measured")[0].split("=")
        parts = [float(word) for word in left.split() if word.replace(".", "").isdigit()]
        assert len(parts) == 3
        assert sum(parts) == pytest.approx(float(right.strip().rstrip(".")), abs=1.6e-4)
