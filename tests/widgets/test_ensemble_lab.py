"""Numbers and words of chapter 9's widget, against the library, simulation and hand calculation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from lossland.trees import fit_tree
from lossland.widgets import EnsembleLab
from lossland.widgets.ensemble_lab import (
    ENSEMBLES,
    MOST,
    SPREAD,
    X,
    average_errors,
    boosted,
    boosting_errors,
    expected_error,
    member_errors,
    waves,
)
from tests.widgets.page import picture, trait, widget_page

Node = Callable[[object], Any]


@pytest.mark.parametrize("rho", [0.0, 0.3, 1.0])
def test_same_members(node: Node, rho: float) -> None:
    """Are the live members' errors those of the still picture, to 1e-9?"""
    x = np.linspace(-1, 1, 11)
    question = {"ask": "members", "seed": 4, "rho": rho, "x": x.tolist(), "members": MOST}
    own = member_errors(rho, 4)[0] @ waves(x)
    np.testing.assert_allclose(node([question])[0], own, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rho", [0.0, 0.3, 1.0])
def test_same_average_errors(node: Node, rho: float) -> None:
    """Are the live error curves those of the still picture, to 1e-9?"""
    got = node([{"ask": "average errors", "seed": 4, "rho": rho}])[0]
    own = average_errors(rho, 4)
    np.testing.assert_allclose(got["measured"], own.mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(got["shown"], own[0], rtol=1e-9)
    np.testing.assert_allclose(got["theory"], expected_error(rho, np.arange(1, MOST + 1)), 1e-12)


def test_average_error_on_a_grid() -> None:
    """Is it the mean square of the averaged curves over [−1, 1], by the trapezoidal rule?"""
    x = np.linspace(-1, 1, 401)
    curves = member_errors(0.3, 2)[5, :7] @ waves(x)
    square = curves.mean(axis=0) ** 2
    assert average_errors(0.3, 2)[5, 6] == pytest.approx(np.trapezoid(square, x) / 2)


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.9])
def test_members_have_the_correlation(rho: float) -> None:
    """Over 400 ensembles at one place, have members the spread and the correlation asked for?"""
    at = waves(np.array([0.37]))
    pairs = np.concatenate([member_errors(rho, seed)[:, :2] @ at for seed in range(4)])[..., 0]
    assert pairs.std() == pytest.approx(SPREAD, rel=0.08)
    assert np.corrcoef(pairs.T)[0, 1] == pytest.approx(rho, abs=0.13)


@pytest.mark.parametrize("rho", [0.0, 0.2, 0.7])
def test_theory_is_measured(rho: float) -> None:
    """Over ensembles of five seeds, is the mean error ρσ² + (1 − ρ)σ²/M for 1, 7 and 50?"""
    errors = np.concatenate([average_errors(rho, seed) for seed in range(5)])
    for members in (1, 7, 50):
        found = errors[:, members - 1]
        # by hand from the parts: what is shared stays, what is own is divided
        expected = 0.25 * rho + 0.25 * (1 - rho) / members
        assert abs(found.mean() - expected) < 4 * found.std() / np.sqrt(5 * ENSEMBLES)
        assert float(expected_error(rho, members)) == pytest.approx(expected)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("shrinkage", [0.1, 0.3, 1.0])
def test_same_boosting(node: Node, depth: int, shrinkage: float) -> None:
    """Over 100 rounds, are all predictions and both errors those of lossland.trees, to 1e-9?"""
    question = {"ask": "boosting", "seed": 3, "depth": depth, "shrinkage": shrinkage}
    got = node([question])[0]
    labels, found = boosted(depth, shrinkage, 3)
    np.testing.assert_allclose(got["labels"], labels, rtol=1e-9)
    np.testing.assert_allclose(got["stages"], found.staged(X[:, None]), rtol=1e-9, atol=1e-9)
    training, test = boosting_errors(labels, found)
    np.testing.assert_allclose(got["training"], training, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(got["test"], test, rtol=1e-9)


def test_same_tree_on_ties(node: Node) -> None:
    """On equal labels, symmetric ones and a single row, are both languages' trees the same?"""
    cases: list[list[float]] = [[0.1] * 5, [1, 0, 1], [0, 1, 1, 0], [2], [0, 0, 0, 3, 3, 0, 0, 0]]
    asked = [{"ask": "tree", "y": y, "depth": depth} for y in cases for depth in (0, 1, 2, 3)]
    for question, got in zip(asked, node(asked), strict=True):
        y, depth = np.array(question["y"], dtype=np.float64), question["depth"]
        assert isinstance(depth, int)
        places = np.arange(len(y))[:, None]
        np.testing.assert_allclose(got, fit_tree(places, y, depth).predict(places), atol=1e-15)


AVERAGE = {"mode": "average", "seed": 1, "members": 10, "correlation": 0.2}
BOOSTING = {"mode": "boosting", "seed": 1, "rounds": 15, "depth": 2, "shrinkage": 0.3}
SAID = {
    # 0.25·0.2 = 0.05; 0.25·0.8/10 = 0.02; 0.07/0.25 = 28 %
    "some": (AVERAGE, ["keeps 28 %", "0.0500 + 0.0200 = 0.0700", "ρσ² = 0.0500 stays"]),
    "one": ({**AVERAGE, "members": 1}, ["One member alone", "0.0500 + 0.2000 = 0.2500"]),
    "independent": ({**AVERAGE, "correlation": 0}, ["keeps 10 %", "twice the members, half"]),
    "alike": ({**AVERAGE, "correlation": 1}, ["keeps 100 %", "any one of them"]),
    "start": ({**BOOSTING, "rounds": 0}, ["Before the first round", "σ² = 0.160 is noise"]),
    "early": ({**BOOSTING, "rounds": 2}, ["Still learning", "each tree counts 0.3 times"]),
    # near the least error seen, but the least is the last: not enough, however near
    "slow to the end": (
        {**BOOSTING, "depth": 1, "shrinkage": 0.05, "rounds": 98},
        ["Still learning", "each tree counts 0.05 times"],
    ),
    "late": ({**BOOSTING, "rounds": 100, "depth": 3}, ["Overfit", "trees now fit noise"]),
    "slow": (
        {**BOOSTING, "depth": 1, "shrinkage": 0.05},
        ["Still learning", "least at the last of 100 rounds"],
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_words(node: Node, name: str) -> None:
    """Does the readout say what a hand calculation gives, and which side of the least it is on?"""
    state, parts = SAID[name]
    said = " ".join(node([{"ask": "ensemble words", **state}])[0])
    for part in parts:
        assert part in said, said


@pytest.mark.browser
def test_modes_have_their_own_controls(browser: Browser, bundles: Path) -> None:
    """By keyboard into the other mode: own sliders, own table that stays open, focus kept?"""
    with widget_page(browser, bundles, EnsembleLab()) as (page, watch):
        before = picture(page)
        page.get_by_role("radio", name="Average").focus()
        page.keyboard.press("ArrowRight")
        assert picture(page) != before
        assert page.evaluate("() => document.activeElement.value") == "boosting"
        assert trait(page, "mode") == "boosting"
        labels = page.locator(".ll-controls label[for]").all_inner_texts()
        assert labels == ["Rounds", "Depth of a tree"]
        page.get_by_text("The numbers as a table").click()
        expect(page.locator(".ll-table tbody tr")).to_have_count(101)
        page.wait_for_function("() => location.hash.includes('mode:boosting')")
        page.get_by_role("radio", name="Average").check()
        assert picture(page) == before
        expect(page.locator(".ll-table tbody tr")).to_have_count(MOST)
        assert watch.complaints == []
