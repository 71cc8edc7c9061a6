"""Chapter 6, second page: do its sentences say what was measured, and does theory hold?

Formulas are written out here again; what a sentence claims is asked of the results, so that a
new measurement that contradicts it fails.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from lossland import benchmark
from lossland.benchmark import ENTRIES, FULL, TASKS, generator
from lossland.benchmark.tasks import CONDITION_NUMBER, DIM
from tests.book.page import Page

CHAPTER = "06-benchmark"

found = benchmark.results
DATA = [name for name, task in TASKS.items() if task.data]
SURFACES = [name for name, task in TASKS.items() if not task.data]


def closed_form(lr: float, seed: int) -> float:
    """Decades that plain descent leaves on the bowl: Σλ(1−ηλ)^2T e² over Σλe², from 1e-16 to 1."""
    eigs = CONDITION_NUMBER ** (np.arange(DIM) / (DIM - 1) - 1)
    _, way = generator("fresh", "quadratic", seed).standard_normal((2, DIM))
    logs = 2 * 300 * np.log(np.abs(1 - lr * eigs)) + np.log(eigs * way**2)
    top = logs.max()
    left = top + np.log(np.exp(logs - top).sum()) - np.log((eigs * way**2).sum())
    return float(np.clip(left / np.log(10), -16, 0))


def test_plain_descent_on_the_bowl_is_theory() -> None:
    """Does every run of plain descent on the bowls end where the closed form says?"""
    rates = [s["lr"] for s in ENTRIES["gradient descent"].settings("quadratic", FULL.trials)]
    for task in ("quadratic", "rotated"):
        held_out = found().cells[task, "gradient descent"].held_out
        for k, seed in zip(*np.nonzero(np.isfinite(held_out)), strict=True):
            assert held_out[k, seed] == pytest.approx(closed_form(rates[k], seed), abs=1e-5)


def test_the_promised_budget_curve(page: Page) -> None:
    """Does theory's line lie within the measured intervals, and agree with plain Monte Carlo?"""
    many, promised = page["many"], np.array(page["promised"])
    for budget in FULL.budgets:
        row = found().outcome("rotated", "gradient descent", budget)
        there = float(np.interp(budget, many, promised))
        assert row.low - 0.1 <= there <= row.high + 0.1
    rng = np.random.default_rng(1)
    scores = []
    for _ in range(3000):
        rates = 10 ** rng.uniform(-4, 1, 4)
        seen, fresh = (
            page["plain_on_bowl"](rates, "tuning", 3),
            page["plain_on_bowl"](rates, "fresh", 10),
        )
        scores.append(fresh[seen.mean(axis=1).argmin()].mean())
    error = np.std(scores) / np.sqrt(len(scores))
    assert np.interp(4, many, promised) == pytest.approx(np.mean(scores), abs=4 * error)


def test_shares_of_searches(page: Page) -> None:
    """Are the shares the binomials', and do 20,000 searches drawn one by one agree?"""
    exact = [math.comb(96 - r, 3) / math.comb(96, 4) for r in range(1, 97)]
    np.testing.assert_allclose(page["exact"], exact, rtol=1e-10)
    assert np.abs(page["by_hand"] - exact).max() < 5 * np.sqrt(0.042 / 20_000)


def test_adagrad_does_not_feel_the_curvature(page: Page) -> None:
    """Is its way along an axis the same at a thousandth of the curvature, as the formula says?"""
    e, squares = 1.0, 0.0
    for there in page["tracks"][1e-3][:20]:
        squares += e**2
        e -= 0.7 * e / math.sqrt(squares)
        assert there == pytest.approx(e, rel=1e-9, abs=1e-12)


def test_the_turned_bowl() -> None:
    """Do methods without axes end alike on both bowls, and do the others fall behind momentum?"""
    cells = found().cells
    for name in ("gradient descent", "momentum", "nesterov"):
        difference = cells["quadratic", name].held_out - cells["rotated", name].held_out
        assert np.nanmax(np.abs(difference)) < 1e-5
    straight, turned = (found().table(task) for task in ("quadratic", "rotated"))
    for name in ("adagrad", "adam", "amsgrad"):
        assert straight[name].mean <= straight["momentum"].mean
        assert turned[name].mean > turned["momentum"].mean


def test_too_much_tuning_in_the_valley(page: Page) -> None:
    """Does plain descent end worse after 64 trials than after 4, with most of its runs lost?"""
    rows = {b: found().outcome("rosenbrock", "gradient descent", b) for b in (4, 64)}
    assert rows[64].mean > rows[4].mean + 0.5
    cell = found().cells["rosenbrock", "gradient descent"]
    best = np.argsort(cell.validation, kind="stable")[: FULL.finalists]
    assert page.glued["bm_valley_lost"] == (cell.held_out[best] >= 0).sum() > 20


def test_what_the_text_says_of_the_table(page: Page) -> None:
    """Who leads where, and is the rest as close as the sentences say?"""
    level = {task: set(found().level(task)) for task in TASKS}
    assert found().ranking("rosenbrock")[0] == "adam"
    assert len(level["rosenbrock"]) == 5
    assert found().ranking("rotated")[0] == "momentum"
    assert set(found().ranking("sparse")[:3]) == {"adam", "adagrad", "amsgrad"}
    assert found().ranking("sparse")[-1] == "gradient descent"
    turned = found().table("rotated")
    assert turned["adagrad"].mean == pytest.approx(turned["gradient descent"].mean, abs=0.2)
    for task in ("quadratic", "rotated"):
        assert 9 < found().spread(task) < 13
    assert found().ranking("network")[0] == found().ranking("softmax")[0] == "adagrad"
    plain, adam = page["doors"]["gradient descent"], page["doors"]["adagrad"]
    assert (plain, adam) == (min(page["doors"].values()), max(page["doors"].values()))


def test_what_the_text_says_of_tuning(page: Page) -> None:
    """Is tuning worth more than the method, does Adam need it, and is a near rate good enough?"""
    assert page.glued["bm_times"] > 5
    for task in TASKS:
        untuned = found().cells[task, "adam"].untuned[1:].mean()
        assert untuned > found().outcome(task, "adam", 16).mean
        picked = found().untuned(task).mean < page["nine"][task]
        assert picked == (task in {"softmax", "network"})
    swept = page["swept"]
    assert swept["gradient descent"][5] == swept["momentum"][5] == page.glued["bm_start"]
    assert all(s[1] < 1.0 for s in swept.values())  # a tenth of the rate loses less
    for evening in range(2):  # eight trials bring both near 0.55
        rng = np.random.default_rng(evening)
        for budget in (1, 8):
            for name in ("gradient descent", "adam"):
                loss = page["search"](ENTRIES[name], TASKS["softmax"], budget, rng)
                assert budget == 1 or abs(loss - 0.55) < 0.05


def test_every_number_that_is_quoted_is_computed(page: Page) -> None:
    """Has each number in the text a cell that hands it over, and none is left over?"""
    assert page.quoted() == set(page.glued)


def test_figures_say_what_they_show(page: Page) -> None:
    """Has every figure an alternative text?"""
    assert all(len(alt) > 80 for alt, _ in page.drawing())
