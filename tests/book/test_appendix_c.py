"""Appendix C: do the laws of its searches hold, and do its comparisons say what the page says?"""

from __future__ import annotations

import numpy as np
import pytest

from tests.book.page import Page

CHAPTER = "appendix-c-search"


def test_the_map_is_measured(page: Page) -> None:
    """At nodes the map is the measured loss; between two of them a mean of the two?"""
    land, look = page["land"], page["look"]
    for i, j in ((3, 2), (15, 7), (22, 11)):
        lr, mu = 10 ** page["across"][i], 1 - 10 ** page["up"][j]
        np.testing.assert_allclose(land[i, j], page["trained"](lr, mu), rtol=1e-9)
        assert look([[i / 25, j / 13]])[0] == pytest.approx(land[i, j, 2])
    middle = look([[10.5 / 25, 4 / 13]], after=1)[0]
    assert middle == pytest.approx((land[10, 4, 1] + land[11, 4, 1]) / 2)
    assert land.max() <= np.log(10)


def test_even_draws_lie_in_the_top_decade(page: Page) -> None:
    """Of rates drawn evenly from 1e-4 to 10, are 90 % above 1?"""
    places = page["evenly"](np.random.default_rng(0), 20_000)
    assert (places[:, 0] > 0.8).mean() == pytest.approx(0.9, abs=0.01)


def test_the_distance_of_a_grid_and_of_dice(page: Page) -> None:
    """Against the integrals: uniform on half a gap, and ∫(1 − 2x)ⁿ over half an interval?"""
    near = page["near"]
    for n, grid, dice in zip(page["counts"], near["grid"], near["random"], strict=True):
        gap = 1 / np.sqrt(n)
        x = np.linspace(0, gap / 2, 2001)
        assert grid == pytest.approx(np.trapezoid(x, x) / (gap / 2), rel=0.06)
        x = np.linspace(0, 0.5, 20_001)
        assert dice == pytest.approx(np.trapezoid((1 - 2 * x) ** n, x), rel=0.12)
    assert page.glued["hp_slope_grid"] == pytest.approx(-0.5, abs=0.03)
    assert page.glued["hp_slope_random"] == pytest.approx(-1, abs=0.08)


def test_what_the_text_says_of_the_searches(page: Page) -> None:
    """Log before even; on two axes that matter the grid before the dice; a border that tells?"""
    glued = page.glued
    assert glued["hp_even"] > glued["hp_log"] + 0.2
    assert glued["hp_grid"] < glued["hp_log"] - 0.02
    assert glued["hp_gain_low"] < 0 < glued["hp_gain_high"]
    assert glued["hp_more_low"] > 0
    assert glued["hp_border_short"] > 40
    assert glued["hp_border_wide"] < 5


def test_one_fold_against_five(page: Page) -> None:
    """At every noise, do twenty settings judged once beat four judged five times?"""
    for once, five in page["outcomes"].values():
        assert once < five
    # and with a noise that drowns everything, neither choice would matter: the mean of the map
    rng = np.random.default_rng(1)
    deaf = [page["picked"](20, 1, 100.0, rng) for _ in range(400)]
    everything = page["look"](rng.random((4000, 2))).mean()
    assert np.mean(deaf) == pytest.approx(everything, abs=0.1)


def test_the_process_beats_the_dice(page: Page) -> None:
    """Are the intervals of its advantage above zero, and do all three start alike?"""
    glued = page.glued
    assert glued["hp_edge_low"] > 0
    assert glued["hp_zoom_low"] > 0
    first = [runs[:, :5] for runs in page["so_far"].values()]
    np.testing.assert_allclose(first[0], first[2])  # five random trials each
    for runs in page["so_far"].values():
        assert (np.diff(runs, axis=1) <= 0).all()


def test_equal_money_for_halving(page: Page) -> None:
    """27·11 + 9·22 + 3·67 steps, no more than seven runs of 100?"""
    assert page.glued["hp_halving_cost"] == 27 * 11 + 9 * (33 - 11) + 3 * (100 - 33) <= 700
    assert page.glued["hp_halving"] < page.glued["hp_whole"] - 0.05


def test_a_resumed_run_is_the_same_run(page: Page) -> None:
    np.testing.assert_array_equal(page["again"], page["x"])


def test_every_number_that_is_quoted_is_computed(page: Page) -> None:
    assert page.quoted() == set(page.glued)


def test_figures_say_what_they_show(page: Page) -> None:
    assert all(len(alt) > 80 for alt, _ in page.drawing())
