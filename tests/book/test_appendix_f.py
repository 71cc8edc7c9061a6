"""Appendix F: do its updates do what the formulas say, and its sentences what was measured?"""

from __future__ import annotations

import numpy as np
import pytest

from lossland import benchmark
from lossland.benchmark import LABELS, TASKS
from tests.book.page import Page

CHAPTER = "appendix-f-after-adam"


def test_lion_is_steepest_where_length_is_the_largest_entry(page: Page) -> None:
    """Of many steps with no entry beyond η, does none lower g·Δx as much as −η·sign(g)?"""
    rng = np.random.default_rng(0)
    g = rng.standard_normal(6)
    x, _ = page["lion"](np.zeros(6), np.zeros(6), g, 0.1)
    np.testing.assert_allclose(x, -0.1 * np.sign(g))
    others = rng.uniform(-0.1, 0.1, (20_000, 6))
    assert (others @ g).min() >= x @ g
    first, _ = page["lion"](np.zeros(3), np.zeros(3), np.array([0.001, -40, 0]), 0.01)
    np.testing.assert_allclose(first, [-0.01, 0.01, 0])  # the check


def test_muon_is_steepest_where_length_is_the_largest_singular_value(page: Page) -> None:
    """Of many matrices with no singular value beyond η, does none lower ⟨G, ΔW⟩ as much?"""
    rng = np.random.default_rng(1)
    G = rng.standard_normal((4, 3))
    W, _ = page["muon"](np.zeros((4, 3)), np.zeros((4, 3)), G, 0.1)
    np.testing.assert_allclose(np.linalg.svd(W, compute_uv=False), 0.1)
    others = rng.standard_normal((5000, 4, 3))
    others *= 0.1 / np.linalg.svd(others, compute_uv=False).max(axis=1)[:, None, None]
    assert (others * G).sum(axis=(1, 2)).min() >= (W * G).sum()
    assert (W * G).sum() == pytest.approx(-0.1 * np.linalg.svd(G, compute_uv=False).sum())


def test_newton_schulz_follows_the_polynomial(page: Page) -> None:
    """Are the dots on the curve, and the directions kept; a rank of one stays one?"""
    np.testing.assert_allclose(page["after"], page["quintic"](page["before"]), atol=1e-10)
    rng = np.random.default_rng(2)
    u, v = rng.standard_normal(5), rng.standard_normal(3)
    made = page["orthogonal"](np.outer(u, v))
    ideal = np.outer(u, v) / np.linalg.norm(u) / np.linalg.norm(v)
    factor = (made * ideal).sum()
    np.testing.assert_allclose(made, factor * ideal, atol=1e-12)
    assert 0.68 < factor < 1.14
    assert 0.68 < page.glued["af_low"] < page.glued["af_high"] < 1.14


def exact_variance(beta: float, steps: int, lr: float, eig: float, noise: float) -> float:
    """E x² of Schedule-Free in a bowl from 0, by its linear recursion and no random number."""
    covariance = np.zeros((2, 2))  # of (z, x)
    for t in range(1, steps + 1):
        to_z = np.array([1 - lr * eig * (1 - beta), -lr * eig * beta])
        step = np.array([to_z, np.array([0, 1]) + (to_z - np.array([0, 1])) / t])
        push = lr * noise * np.array([1, 1 / t])
        covariance = step @ covariance @ step.T + np.outer(push, push)
    return float(covariance[1, 1])


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_the_law_of_the_average(beta: float) -> None:
    """Does k²/(2k−1)·σ²/(λ²t) meet the recursion's exact variance, better for later steps?"""
    k = 1 / (1 - beta)
    for steps, off in ((4000, 0.12), (16_000, 0.04)):
        exact = exact_variance(beta, steps, 1.0, 0.05, 0.03)
        law = k**2 / (2 * k - 1) * 0.03**2 / (0.05**2 * steps)
        assert exact == pytest.approx(law, rel=off)


def test_what_is_measured_of_the_average(page: Page) -> None:
    """Slope −1, sooner down than Polyak's, and the factor of the noise in the end?"""
    glued = page.glued
    assert glued["af_slope"] == pytest.approx(-1, abs=0.15)
    assert glued["af_factor"] == pytest.approx(10**2 / (2 * 10 - 1))
    assert glued["af_earlier"] < 0.5
    assert glued["af_later"] > 1
    assert glued["af_against_sgd"] > 3


def test_lion_swings_by_its_rate(page: Page) -> None:
    """At the end of the loop, lr 0.001: about a rate from the minimum?"""
    assert 0.0003 < max(page["far"][-500:]) < 0.02


def test_what_the_text_says_of_the_benchmark(page: Page) -> None:
    """Ahead on four tasks with data, told apart on three, and not from Adam with a schedule?"""
    found, nine = benchmark.with_newcomers(), benchmark.results()
    leaders = {}
    for task in (name for name in TASKS if TASKS[name].data):
        best = nine.ranking(task)[0]
        entered = [name for name in LABELS if (task, name) in found.cells]
        leaders[task] = min(entered, key=lambda name, t=task: found.outcome(t, name).mean)
        gap, _, high = found.difference(task, leaders[task], best)
        assert gap < 0
        assert (high < 0) == (task != "logistic")
        for name in ("lion", "muon"):  # neither ahead nor, but for one, behind
            if name in entered:
                _, low, high = found.difference(task, name, best)
                assert high > 0
                assert low < 0 or (task, name) == ("logistic", "lion")
    assert {n for t, n in leaders.items() if t != "logistic"} == {"schedule-free adamw"}
    for task in (name for name in TASKS if not TASKS[name].data):
        assert not set(LABELS) & {found.ranking(task)[0]}
    for task in ("softmax", "network"):
        _, low, high = found.difference(task, "schedule-free adamw", "adam, decayed")
        assert low < 0 < high
        assert found.difference(task, "adam, decayed", "adam")[0] < -0.02
    assert (page.glued["af_lead"], page.glued["af_told"]) == (4, 3)


def test_every_number_that_is_quoted_is_computed(page: Page) -> None:
    assert page.quoted() == set(page.glued)


def test_figures_say_what_they_show(page: Page) -> None:
    assert all(len(alt) > 80 for alt, _ in page.drawing())
