"""Appendix A: is each sickness made, and do its signs say what the page says?"""

from __future__ import annotations

import numpy as np
import pytest

from lossland.losses import cross_entropy
from lossland.networks import forward, initial, layers, loss_and_gradient
from tests.book.page import Page

CHAPTER = "appendix-a-watching"
CHANCE = np.log(10)


def test_the_signs_by_hand(page: Page) -> None:
    """Two units of which one is silent, a step of a tenth of the weights: are these the signs?"""
    widths = page["WIDTHS"]
    x = initial(widths, np.random.default_rng(0))
    first = layers(x, widths)[0]
    first.W[:, 0], first.b[0] = 0.0, -1.0
    signs = page["vital_signs"](x, -0.1 * x, page["X"][:40])
    np.testing.assert_allclose(signs[:, 0], 0.1, rtol=1e-12)
    out = forward(x, widths, page["X"][:40])[1]
    silent = sum(all(value == 0 for value in column) for column in out.T) / out.shape[1]
    assert signs[0, 1] == silent >= 1 / 50


def test_where_the_losses_start(page: Page) -> None:
    """Near chance if the weights are right or too small, far above if they are too big?"""
    runs = page["runs"]
    assert runs["weights too small"]["loss"][0] == pytest.approx(CHANCE, abs=1e-3)
    assert CHANCE < runs["healthy"]["loss"][0] < CHANCE + 1
    assert runs["weights too big"]["loss"][0] > 5 * CHANCE
    assert np.log(100) < 35 / 5  # the check: a start of 35 is far above chance for 100 classes


def test_what_each_sickness_does(page: Page) -> None:
    """Who stays at chance, who creeps, who learns?"""
    last = {name: run["loss"][-1] for name, run in page["runs"].items()}
    right = {name: run["val"][-1] for name, run in page["runs"].items()}
    for name in ("lr too big", "weights too small", "dead rectifiers", "labels shuffled"):
        assert last[name] == pytest.approx(CHANCE, abs=0.12), name
        assert right[name] < 25
    assert last["healthy"] < 0.5
    assert 1 < last["lr too small"] < CHANCE
    assert right["healthy"] > 70
    # alike curves, other signs
    ratios = {n: np.median(r["signs"][-5:, 0, 0]) for n, r in page["runs"].items()}
    assert ratios["lr too small"] < ratios["healthy"] / 20
    assert ratios["dead rectifiers"] == 0


def test_the_size_goes_as_c_to_the_depth(page: Page) -> None:
    """He's rule keeps the mean square, and c multiplies the size once a layer?"""
    for scale, measured in page["depth"].items():
        promised = scale ** (np.arange(1, 13) - 1.0)
        assert (np.abs(np.log(measured / promised)) < 0.25).all()
    for name, c in (("small", 0.5), ("one", 1.0), ("big", 2.0)):
        assert page.glued[f"wa_slope_{name}"] == pytest.approx(c, rel=0.03)


def test_half_of_a_healthy_layer_is_zero(page: Page) -> None:
    """A rectifier halves the mean square of a symmetric input, and half of its outputs are 0."""
    z = np.random.default_rng(1).standard_normal(200_000)
    assert (np.maximum(z, 0) ** 2).mean() == pytest.approx(0.5, rel=0.02)
    assert (np.maximum(z, 0) == 0).mean() == pytest.approx(0.5, abs=0.01)
    assert page.glued["wa_dead"] == 100
    assert page.glued["wa_dead_healthy"] < 20
    assert page.glued["wa_saturated"] > 90
    assert page.glued["wa_saturated_val"] < page.glued["wa_tanh_val"] - 30


def test_what_the_ratio_tells(page: Page) -> None:
    """Rises with the rate; the best runs reach the band and beyond; too long ones fail?"""
    dots = page["dots"]
    by_rate = [np.median(dots[dots[:, 0] == lr, 1]) for lr in page["RATES"][:5]]
    assert (np.diff(by_rate) > 0).all()
    assert 3e-4 < page.glued["wa_best_low"] < 3.2e-3 < page.glued["wa_best_high"] < 1e-1
    beyond = dots[dots[:, 1] > page.glued["wa_best_low"]]
    assert beyond[:, 2].min() < 45
    in_band = dots[(dots[:, 1] > 3e-4) & (dots[:, 1] < 3.2e-3)]
    assert in_band[:, 2].min() > 55


def test_the_two_frauds(page: Page) -> None:
    """Too good with a leak and not on new images; can shuffled labels not be learned by heart?"""
    glued = page.glued
    assert glued["wa_leak_val"] > glued["wa_clean_val"] + 5
    assert glued["wa_leak_test"] < glued["wa_clean_test"]
    assert glued["wa_clean_val"] == pytest.approx(glued["wa_clean_test"], abs=3)
    assert page["last"] > 1.5  # the last of the loop is the shuffled one


def test_the_first_layer_learns_patches(page: Page) -> None:
    assert page.glued["wa_smooth_after"] > 0.1
    assert abs(page.glued["wa_smooth_before"]) < 0.05
    assert page.glued["wa_smooth_dead"] == page.glued["wa_smooth_before"]


def test_a_step_is_the_gradients(page: Page) -> None:
    """Is the watched run plain SGD: one step of it by hand from the same draws?"""
    run = page["watched"](epochs=1, lr=0.05, seed=9)
    rng = np.random.default_rng(9)
    widths, X, y = page["WIDTHS"], page["X"], page["y"]
    x = initial(widths, rng)
    for batch in rng.permutation(1000).reshape(-1, 50):
        x = (
            x
            - 0.05
            * loss_and_gradient(x, widths, X[batch], lambda s, b=batch: cross_entropy(s, y[b]))[1]
        )
    scores = forward(x, widths, X)[-1]
    assert run["loss"][1] == pytest.approx(cross_entropy(scores, y)[0], rel=1e-9)


def test_every_number_that_is_quoted_is_computed(page: Page) -> None:
    assert page.quoted() == set(page.glued)


def test_figures_say_what_they_show(page: Page) -> None:
    assert all(len(alt) > 80 for alt, _ in page.drawing())
