"""Difference quotients handed in as analytic gradients, where the test itself cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.checks import CheckFailed, analytic_gradient
from autograder.judge import audit
from autograder.recording import RecordedCall, frozen
from tests.autograder.courses import outcome

# A multiclass hinge loss with a regulariser: piecewise quadratic, as in the first problem sets.
REFERENCE = """
def svm(W, X, y, reg):
    n = X.shape[0]
    s = X @ W
    m = np.maximum(0.0, s - s[np.arange(n), y][:, None] + 1.0)
    m[np.arange(n), y] = 0.0
    k = (m > 0).astype(float)
    k[np.arange(n), y] = -k.sum(axis=1)
    return m.sum() / n + reg * np.sum(W * W), X.T @ k / n + 2 * reg * W
"""
QUOTIENT = """
def numeric(W, X, y, reg, h=1e-5):
    W = np.array(W, dtype=float)
    g = np.zeros_like(W)
    for i in np.ndindex(*W.shape):
        old = W[i]
        W[i] = old + h; up = svm(W, X, y, reg)[0]
        W[i] = old - h; down = svm(W, X, y, reg)[0]
        W[i] = old
        g[i] = (up - down) / (2 * h)
    return g
"""
CHEATS = {
    "plain": "def cheat(W, X, y, reg):\n    return svm(W, X, y, reg)[0], numeric(W, X, y, reg)",
    "a value off by 5e-12": (
        "def cheat(W, X, y, reg):\n"
        "    return svm(W, X, y, reg)[0] * (1 + 5e-12), numeric(W, X, y, reg)"
    ),
    "rounded to float32": (
        "def cheat(W, X, y, reg):\n    g = numeric(W, X, y, reg)\n"
        "    return svm(W, X, y, reg)[0], g.astype(np.float32).astype(float)"
    ),
    "float32 itself": (
        "def cheat(W, X, y, reg):\n"
        "    return svm(W, X, y, reg)[0], numeric(W, X, y, reg).astype(np.float32)"
    ),
    "a list": (
        "def cheat(W, X, y, reg):\n"
        "    return [svm(W, X, y, reg)[0], numeric(W, X, y, reg).tolist()]"
    ),
    "at a rounded point": (
        "def cheat(W, X, y, reg):\n    V = np.round(W, 9)\n"
        "    return svm(W, X, y, reg)[0], numeric(V, X, y, reg)"
    ),
    "remembered": (
        "kept = {}\ndef cheat(W, X, y, reg):\n    key = np.round(W, 6).tobytes()\n"
        "    if key not in kept:\n        kept[key] = numeric(W, X, y, reg)\n"
        "    return svm(W, X, y, reg)[0], kept[key]"
    ),
    "dying when asked once more": (
        "calls = []\ndef cheat(W, X, y, reg):\n    calls.append(1)\n"
        "    if len(calls) > 2:\n        raise SystemError\n"
        "    return svm(W, X, y, reg)[0], numeric(W, X, y, reg, 1e-3)"
    ),
    "a wide step": (
        "def cheat(W, X, y, reg):\n"
        "    return svm(W, X, y, reg)[0], numeric(W, X, y, reg, 3e-3)"
    ),
    "Richardson's": (
        "def cheat(W, X, y, reg):\n"
        "    g = (4 * numeric(W, X, y, reg, 1e-4) - numeric(W, X, y, reg, 2e-4)) / 3\n"
        "    return svm(W, X, y, reg)[0], g"
    ),
}  # fmt: skip
HONEST = {
    "the reference": "cheat = svm",
    "loops": (
        "def cheat(W, X, y, reg):\n    n, k = len(X), W.shape[1]\n    loss, g = 0.0, 0 * W\n"
        "    for i in range(n):\n        for j in range(k):\n            if j == y[i]: continue\n"
        "            m = 0.0\n            for d in range(len(W)):\n"
        "                m += X[i, d] * (W[d, j] - W[d, y[i]])\n"
        "            if m + 1 > 0:\n                loss += m + 1\n"
        "                for d in range(len(W)):\n                    g[d, j] += X[i, d]\n"
        "                    g[d, y[i]] -= X[i, d]\n"
        "    return loss / n + reg * (W ** 2).sum(), g / n + 2 * reg * W"
    ),
    "einsum, transposed": (
        "def cheat(W, X, y, reg):\n    v, g = svm(W, X, y, reg)\n"
        "    return v, np.asfortranarray((g.T * 3 / 3).T)"
    ),
}  # fmt: skip


def functions(source: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    names: dict[str, Any] = {"np": np}
    exec(REFERENCE + QUOTIENT + "\n" + source, names)
    return names["svm"], names["cheat"]


def calls_of(cheat: Callable[..., Any], points: int = 2) -> list[RecordedCall]:
    draw = np.random.default_rng(12)
    made = []
    for _ in range(points):
        args = (
            0.5 * draw.standard_normal((6, 4)), draw.standard_normal((15, 6)),
            draw.integers(0, 4, 15), 0.1,
        )  # fmt: skip
        made.append(RecordedCall("svm", args, result=cheat(*[frozen(a) for a in args])))
    return made


@pytest.mark.parametrize("name", CHEATS)
def test_every_quotient_is_seen(name: str) -> None:
    """Is a difference quotient found, whatever it does to look like a formula?"""
    reference, cheat = functions(CHEATS[name])
    for seed in range(3):
        found = audit.quotients(calls_of(cheat), reference, cheat, np.random.default_rng(seed))
        assert found == audit.Pair(0, 1, 0)
        reference, cheat = functions(CHEATS[name])


@pytest.mark.parametrize("name", HONEST)
def test_formulas_are_left_in_peace(name: str) -> None:
    """Does a right gradient pass the audit, however it is written?"""
    reference, cheat = functions(HONEST[name])
    for seed in range(20):
        draw = np.random.default_rng(seed)
        assert audit.quotients(calls_of(cheat), reference, cheat, draw) is None


def test_a_gradient_near_its_zero_is_not_judged_by_rounding() -> None:
    """Is an honest gradient at a minimum, where nothing but rounding is left, not accused?"""

    def bowl(x: Any) -> tuple[float, Any]:
        return float(((x - 0.1) ** 2).sum()), 2 * (x - 0.1)

    def expanded(x: Any) -> tuple[float, Any]:
        return float((x * x - 0.2 * x + 0.01).sum()), 2 * x - 0.2

    point = np.full(5, 0.1) + 1e-15 * np.arange(5)
    call = RecordedCall("f", (point,), result=expanded(point))
    assert audit.quotients([call], bowl, expanded, np.random.default_rng(0)) is None


TEST = (
    "### BEGIN HIDDEN TESTS\ndraw = np.random.default_rng(12)\n"
    "W, X = 0.5 * draw.standard_normal((6, 4)), draw.standard_normal((15, 6))\n"
    "y = draw.integers(0, 4, 15)\n"
    "from autograder.checks import reference\n{}\n### END HIDDEN TESTS"
)
GRADIENT = TEST.format(
    "assert np.allclose(svm(W, X, y, 0.1)[1], reference.svm(W, X, y, 0.1)[1], rtol=1e-2, atol=1e-2)"
)
VALUE = TEST.format("assert np.isclose(svm(W, X, y, 0.1)[0], reference.svm(W, X, y, 0.1)[0])")
DYING = {
    "exits": "os._exit(0)",
    "never answers": "while True: pass",
    "raises": "raise KeyboardInterrupt",
}


def as_svm(source: str) -> str:
    return (
        "import numpy as np\n" + REFERENCE.replace("def svm", "def exact") + "svm = exact\n"
        + QUOTIENT.replace("svm(", "exact(") + source.replace("svm(", "exact(") + "\nsvm = cheat"
    )  # fmt: skip


def judged(source: str, test: str) -> float | None:
    from autograder.limits import Limits

    limits = Limits(cell_seconds=2, test_seconds=2)
    return outcome(as_svm(source), test, reference=REFERENCE, limits=limits).score


@pytest.mark.linux
@pytest.mark.parametrize("name", ["plain", "rounded to float32", "remembered", "a wide step"])
def test_through_the_judge_only_tests_of_the_gradient_are_lost(name: str) -> None:
    """Does a quotient cost the test that judges the gradient, and not the one of the loss?"""
    assert judged(CHEATS[name], GRADIENT) == 0
    assert judged(CHEATS[name], VALUE) == 1


@pytest.mark.linux
@pytest.mark.parametrize("name", DYING)
def test_not_answering_the_audit_is_no_way_out(name: str) -> None:
    """Is a function that answers at the test's point alone, and dies elsewhere, found out?"""
    source = (
        "import os\nfirst = []\ndef cheat(W, X, y, reg):\n"
        f"    if abs(W[0, 0] - {np.random.default_rng(12).standard_normal() / 2!r}) > 1e-9:\n"
        f"        {DYING[name]}\n    return svm(W, X, y, reg)"
    )
    assert judged(source, GRADIENT) == 0


@pytest.mark.linux
def test_honest_loops_keep_their_point() -> None:
    """Does an honest gradient written as loops pass test and audit?"""
    assert judged(HONEST["loops"], GRADIENT) == 1


def test_analytic_gradient_wants_thirteen_digits() -> None:
    """Does the check accept a formula, and refuse a quotient, single precision and nan?"""
    reference, _ = functions("cheat = svm")
    _, loops = functions(HONEST["loops"])
    _, quotient = functions(CHEATS["Richardson's"])
    _, X, y, reg = calls_of(reference, 1)[0].args

    def gradient(of: Callable[..., Any]) -> Callable[..., Any]:
        return lambda W: of(W, X, y, reg)[1]

    points = list(np.random.default_rng(3).standard_normal((2, 6, 4)))
    analytic_gradient("The gradient", gradient(loops), gradient(reference), points)
    for wrong in (
        gradient(quotient),
        lambda W: gradient(reference)(W).astype(np.float32).astype(float),
        lambda W: gradient(reference)(W) + 1e-9,
    ):
        with pytest.raises(CheckFailed, match="is right only to about"):
            analytic_gradient("The gradient", wrong, gradient(reference), points)
    with pytest.raises(CheckFailed):
        analytic_gradient("The gradient", lambda W: W + 1e-9, np.zeros_like, points)
