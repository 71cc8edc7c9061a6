"""The opener of chapter 8: JavaScript against lossland, and the words against hand calculation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lossland.widgets.wiggly_fit import AT, TRIED, fit, sample

Node = Callable[[object], Any]


@pytest.mark.parametrize("reg", [1e-6, 1e-3, 0.2, 10.0])
def test_same_fit(node: Node, reg: float) -> None:
    """Do page and Python draw one curve and name one error, for every strength?"""
    for seed in (1, 7):
        (got,) = node([{"ask": "wiggly", "reg": reg, "seed": seed}])
        own = fit(reg, seed)
        np.testing.assert_allclose(got["points"], np.transpose(sample(seed)), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(got["curve"], own.curve, rtol=1e-9, atol=1e-9)
        for name in ("training", "test", "size"):
            assert got[name] == pytest.approx(getattr(own, name), rel=1e-9)
        tests = [fit(float(r), seed).test for r in TRIED]
        assert got["best"]["test"] == pytest.approx(min(tests), rel=1e-9)
        assert got["best"]["reg"] == pytest.approx(TRIED[int(np.argmin(tests))], rel=1e-9)


def test_the_fit_is_the_least(node: Node) -> None:
    """Is the penalised loss of the page's curve not lowered by any small change of its weights?"""
    rng = np.random.default_rng(0)
    x, y = sample(1)
    (got,) = node([{"ask": "wiggly", "reg": 0.01, "seed": 1}])
    w = np.polynomial.legendre.legfit(AT, got["curve"], 15)

    def loss(w: np.ndarray) -> float:
        return float(((np.polynomial.legendre.legval(x, w) - y) ** 2).mean() + 0.01 * (w**2).sum())

    assert (w**2).sum() == pytest.approx(got["size"], rel=1e-9)
    for _ in range(50):
        assert loss(w + 1e-4 * rng.standard_normal(16)) > loss(w)


@pytest.mark.parametrize(
    ("reg", "said"), [(1e-6, "Too wiggly."), (0.03, "Close to the best."), (10.0, "Too stiff.")]
)
def test_words(node: Node, reg: float, said: str) -> None:
    """Is it said on which side of the best strength one is?"""
    assert node([{"ask": "wiggly", "reg": reg, "seed": 4}])[0]["words"][0] == said
