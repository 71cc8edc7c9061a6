"""Appendix B: do its numbers follow from formulas written out again?"""

from __future__ import annotations

from math import erf

import numpy as np

from lossland.surfaces import rosenbrock
from tests.book.page import Page

CHAPTER = "appendix-b-second-order"


def test_newton_doubles_the_digits(page: Page) -> None:
    """Is each of the last errors in the valley below a constant times the square of the one before?

    And does the same step, with the inverse by hand, walk the same way?
    """
    valley, x, errors = rosenbrock(), rosenbrock().start, []
    for steps in range(7):
        walked = page["newton"](valley.start, page["slope"], valley.hessian, steps)
        np.testing.assert_allclose(walked, x, rtol=1e-9)
        errors.append(np.abs(x - 1).max())
        (a, b), (c, d) = valley.hessian(x)
        x = x - np.array([[d, -b], [-c, a]]) @ page["slope"](x) / (a * d - b * c)
    assert errors[-1] < 10 * errors[-2] ** 2
    assert errors[-2] < 10 * errors[-3] ** 2


def test_what_a_hessian_weighs() -> None:
    """10¹² numbers of four bytes: 4,000 GB, and 3,725 GiB; a tenth of the parameters, 40 GB?"""
    assert 1_000_000**2 * 4 / 1e9 == 4000
    assert round(1_000_000**2 * 4 / 1024**3) == 3725
    assert 100_000**2 * 4 / 1e9 == 40
    assert (2 / 3) ** 18 < 1e-3 < (2 / 3) ** 17  # the check on the quartic


def test_the_hessian_of_softmax(page: Page) -> None:
    """Do centred differences of the gradient give the same products, and is the bottom flat?"""
    rng = np.random.default_rng(0)
    w, v = 0.1 * rng.standard_normal((2, 500))
    f = page["full_batch"]
    by_difference = (f(w + 1e-5 * v)[1] - f(w - 1e-5 * v)[1]) / 2e-5
    np.testing.assert_allclose(page["curvatures"](w) @ v, by_difference, atol=1e-8)
    assert np.abs(f(page["bottom"])[1]).max() < 1e-12


def test_no_curvature_is_above_the_bound(page: Page) -> None:
    """Is the largest curvature below the bound at the start, on the way and at the minimum?"""
    for w in page["ways"]:
        eigs = np.linalg.eigvalsh(page["curvatures"](w))
        assert eigs[-1] <= page["top"]
        assert eigs[0] >= 2 * page["REG"] * (1 - 1e-9)


def test_momentum_falls_as_theory_says(page: Page) -> None:
    """A factor ((√κ−1)/(√κ+1))² a step; and is plain descent below ‖x*‖²/(2ηt)?"""
    root = np.sqrt(page["kappa"])
    rate = 2 * np.log((root - 1) / (root + 1))
    assert abs(page.glued["so_slope_momentum"] / rate - 1) < 0.05
    t = np.arange(1, 401)
    bound = page["top"] * (page["bottom"] @ page["bottom"]) / (2 * t)
    assert (page["above"]["gradient descent"][1:] <= bound).all()


def test_who_wins_on_the_full_batch(page: Page) -> None:
    """Newton, then L-BFGS, then momentum, each by a clear margin?"""
    glued = page.glued
    assert glued["so_newton"] < glued["so_lbfgs"] / 5
    assert glued["so_lbfgs"] < glued["so_momentum"] / 2
    assert glued["so_plain"] > 0.01


def test_the_share_of_negative_curvature(page: Page) -> None:
    """Is every dot within four standard errors of Φ(−sᵀHs/√(2sᵀΣs/B))?"""
    w, way = page["w"], page["way"]
    for length in (0.1, 1.0):
        here, there = page["projected"](w), page["projected"](w + length * way)
        signal = (there - here).mean()
        for B, share in zip(page["sizes"], page["shares"][length], strict=True):
            u = -signal / np.sqrt((here.var() + there.var()) / B)
            chance = (1 + erf(u / np.sqrt(2))) / 2
            error = np.sqrt(max(chance * (1 - chance), 1e-3) / 1000)
            assert abs(share - chance) < 4.5 * error + 0.01  # batches of 8 are not quite normal


def test_curvature_buys_nothing_on_batches(page: Page) -> None:
    """Is L-BFGS no better than SGD there, and with two batches much worse?"""
    ends = page["ends"]
    assert ends["same batch"].mean() > ends["SGD"].mean() - 0.01
    assert ends["two batches"].mean() > ends["SGD"].mean() + 0.2


def test_fisher_is_gauss_newton(page: Page) -> None:
    np.testing.assert_allclose(page["fisher"], page["exact"], atol=1e-10)
    assert page["ratio"] > 0.5


def test_every_number_that_is_quoted_is_computed(page: Page) -> None:
    assert page.quoted() == set(page.glued)


def test_figures_say_what_they_show(page: Page) -> None:
    assert all(len(alt) > 80 for alt, _ in page.drawing())
