"""Chapter 9: does the page say what theory says, and what its own contest and pages measured?

Formulas are written out here again; trees and votes are replayed one by one.
"""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from lossland.datasets import DATA
from lossland.recipes import recorded
from lossland.trees import boost, fit_tree
from tests.book.page import Page, scoreboard_line, shown

CHAPTER = "09-ensembles"
NETWORKS = "data = recipes.pictures()"  # how the cells of the second half begin


@pytest.fixture
def page(executed: Page) -> Page:
    """The page up to the networks."""
    return executed.run(until=NETWORKS)


def student(differences: np.ndarray) -> tuple[float, float]:
    """The 95 % interval of a mean of ten, with Student's 2.262 from a printed table."""
    assert len(differences) == 10
    half = 2.262 * differences.std(ddof=1) / np.sqrt(10)
    return float(differences.mean() - half), float(differences.mean() + half)


def test_opener(page: Page) -> None:
    """Is the committee better than its best member, and is its line that of the mean shares?"""
    assert page["together"][-1] < page["alone"].min() - 5
    shares = page["forest"].member_shares(page["pixels_test"])
    some = shares[:7].mean(axis=0).argmax(axis=1)
    assert page["together"][6] == pytest.approx(100 * np.mean(some != page["labels_test"]))


def test_bagging_by_hand(page: Page) -> None:
    """Is the page's function the mean of trees on n draws with replacement?"""
    X, y, grid = page["X"], page["y"], page["grid"]
    rng, expected = np.random.default_rng(5), []
    for _ in range(3):
        rows = rng.integers(0, 60, 60)
        expected.append(fit_tree(X[rows], y[rows], 6).predict(grid))
    got = page["bagging"](page["tree"], X, y, grid, 3, np.random.default_rng(5))
    assert got == pytest.approx(np.mean(expected, axis=0))


def test_myth_of_the_bootstrap(page: Page) -> None:
    """Has each sample n draws, however many samples there are, and sees it 1 − 1/e of the rows?"""
    assert [len(i) for i in page["samples"]] == [5000] * 30
    assert page["seen"] == pytest.approx(1 - 1 / math.e, abs=0.005)


def test_law(page: Page) -> None:
    """Do ten trees, pair by pair, foretell the average of up to forty others?"""
    e = page["errors"][:10].reshape(10, -1) * np.sqrt(10)
    square = np.mean([np.mean(a * a) for a in e])
    products = [np.mean(e[i] * e[j]) for i in range(10) for j in range(i)]
    M = np.arange(1, 41)
    law = np.mean(products) + (square - np.mean(products)) / M
    assert page["predicted"] == pytest.approx(law, rel=1e-9)
    assert page["measured"] == pytest.approx(law, rel=0.03)
    # A straight line in 1/M, which starts at what two trees share.
    slope, floor = np.polyfit(1 / M, page["measured"], 1)
    assert page["measured"] == pytest.approx(floor + slope / M, rel=0.01)
    assert floor == pytest.approx(np.mean(products), rel=0.04)


def test_condorcet(page: Page) -> None:
    """Do shuffled trees follow the binomial sum, and real ones stay far below?"""
    p = page["hit"].mean()
    for voters, theory, mixed in zip(page["odd"], page["jury"], page["mixed_jury"], strict=True):
        binomial = [
            math.comb(int(voters), k) * p**k * (1 - p) ** (int(voters) - k)
            for k in range(int(voters) // 2 + 1, int(voters) + 1)
        ]
        assert theory == pytest.approx(sum(binomial))
        assert mixed == pytest.approx(theory, abs=0.035)
    assert page["trees_jury"][-1] < page["jury"][-1] - 0.15


def test_votes_and_averages(page: Page) -> None:
    """Do 50 votes and 50 averages end within the noise of 1,000 pictures, as the page says?"""
    noise = 100 * 1.96 * np.sqrt(0.17 * 0.83 / 1000)
    assert abs(page["polls"][-1] - page["together"][-1]) < noise
    assert abs(page["polls"][1] - page["polls"][0]) < 1  # a second voter brings nothing


def test_random_forest(page: Page) -> None:
    """Does trying fewer features cost a tree, and buy less likeness and a lower floor?"""
    lone, shared, likeness = page["lone"], page["shared"], page["likeness"]
    assert lone[2] > lone[-1]
    assert likeness[2] < min(likeness[0], likeness[-1] - 0.02)
    assert shared[2] < min(shared[0], shared[-1])
    law = shared + (lone - shared) / 8  # an identity for these eight trees
    assert page["average_of_eight"] == pytest.approx(law, rel=1e-9)


def test_out_of_bag(page: Page) -> None:
    """Is it the error of trees that have not seen the picture, near test error and law?"""
    rng = np.random.default_rng(1)
    voters = rng.binomial(20, page["p_out"], 200_000)
    inverse = np.mean(1 / voters[voters > 0])
    assert page["half_inverse"][19] == pytest.approx(inverse, rel=0.01)
    assert page["oob_square"][9:] == pytest.approx(page["oob_law"][9:], rel=0.08)
    assert abs(page["oob_error"][-1] - page["together"][-1]) < page.glued["en_oob_noise"]
    assert page["train_error"] < 4 < page["oob_error"][-1]
    # Picture 17 by hand: only the trees whose sample left it out.
    forest, out = page["forest"], page["forest"].out_of_bag[:, 17]
    trees = [tree for tree, unseen in zip(forest.trees, out, strict=True) if unseen]
    shares = [tree.predict(page["pixels"][17:18])[0] for tree in trees]
    assert page["sums"][49, 17] / out.sum() == pytest.approx(np.mean(shares, axis=0))


def test_adaboost_bound(page: Page) -> None:
    """Replayed, do the weighted errors give the bound, an identity above the training error?"""
    y, X = page["sign"], page["shoes"]
    w, product = np.full(1000, 1e-3), 1.0
    F = np.zeros(1000)
    for m, (stump, alpha) in enumerate(zip(page["stumps"][:60], page["alphas"], strict=False)):
        h = np.where(X[:, stump.feature] > stump.threshold, stump.sign, -stump.sign)
        error = w[h != y].sum()
        assert alpha == pytest.approx(0.5 * math.log((1 - error) / error))
        w = w * np.exp(-alpha * y * h)
        product *= w.sum()
        w /= w.sum()
        F += alpha * h
        assert page["bound"][m + 1] == pytest.approx(100 * product)
        assert np.mean(np.exp(-y * F)) == pytest.approx(product)
    assert (page["boost_error"][1:] <= page["bound"][1:]).all()
    assert page["gap"] < 1e-9
    assert page["boost_error"][page["zero_at"]] == 0
    assert page["boost_test"][-1] < page["boost_test"][page["zero_at"]]


def test_page_boosts_as_the_library(page: Page) -> None:
    """Do the dozen lines of the page give the library's sum of votes?"""
    assert page["once"] == pytest.approx(page["F"][10])
    assert (page["once"] == page["again"]).all()  # nothing is drawn
    assert np.abs(page["two"][0] - page["two"][1]).max() > 0.1


def test_gradient_boosting_of_the_page(page: Page) -> None:
    """Is the loop on residuals the library's boosting with a rate of 0.3?"""
    X, y = page["X"], page["y"]
    assert page["total"] == pytest.approx(boost(X, y, 100, 1, 0.3).predict(X))


def test_margins(page: Page) -> None:
    """Does the smallest margin grow after the training error is zero?"""
    assert page["smallest"][10] < 0 < page["smallest"][page["zero_at"]] < page["smallest"][300]


def test_wrong_labels(page: Page) -> None:
    """Do flipped labels cost AdaBoost more than the forest, beyond the interval?"""
    assert page.glued["en_flip_low"] > 0


def test_small_steps(page: Page) -> None:
    """Is the least error with a tenth of the rate lower, in the mean over data sets?"""
    assert page.glued["en_gain_low"] > 0
    assert page.glued["en_pace_full"] < page.glued["en_pace_tenth"]


def test_bias_and_variance(page: Page) -> None:
    """Does boosting take bias, bagging variance, and neither the other's?"""
    parts = page["parts"]
    stump, deep = parts["one stump"], parts["one deep tree"]
    assert parts["100 stumps, boosted"][0] < 0.2 * stump[0]
    assert parts["15 stumps, bagged"][0] > 0.8 * stump[0]
    assert parts["15 deep trees, bagged"][1] < 0.6 * deep[1]
    assert parts["15 deep trees, boosted"][2] > 0.8 * deep[2]
    assert min(parts.values(), key=lambda part: part[2]) is not stump


def test_contest_is_the_record(whole: Page) -> None:
    """Are the page's accuracies the record's, and its intervals Student's?"""
    record = recorded()["recipes"]
    one = np.array(record["one network"]["accuracy"])
    assert list(whole["contest"]) == list(record)
    for name, (mean, low, high) in whole["gains"].items():
        difference = 100 * (np.array(record[name]["accuracy"]) - one)
        if name != "one network":
            assert (low, high) == pytest.approx(student(difference), abs=2e-3)
            assert mean == pytest.approx(difference.mean())


def test_what_the_contest_says(whole: Page) -> None:
    """Does no committee beat one network beyond its interval, and fourfold budgets do?

    And does the running average lift the run that it averages?
    """
    for name, (_, low, _) in whole["gains"].items():
        assert name == "one network" or low < 0, name
    record = recorded()
    four = record["fourfold"]
    more, one = (np.array(four[n]["accuracy"]) for n in ("four initialisations", "one network"))
    assert student(100 * (more - one))[0] > 0
    contest = whole["contest"]
    lifted = contest["running average of the parameters"] - contest["constant rate, no average"]
    assert student(lifted)[0] > 0
    assert whole.glued["en_soup"] < whole.glued["en_ridge_ends"] - 10


def test_the_way_between_networks(whole: Page) -> None:
    """Is there a ridge between two starts and within one network renumbered, none along a run?"""
    apart, along, itself = whole["apart"], whole["along"], whole["itself"]
    assert apart.min() < min(apart[0], apart[-1]) - 5
    assert along.min() > min(along[0], along[-1]) - 1
    assert itself[0] == itself[-1]  # the same answers everywhere
    assert itself.min() < itself[0] - 5


def test_temperature(whole: Page) -> None:
    """Does the soft gradient fall as 1/τ², to (s − s')/(Cτ²) with centred scores?"""
    assert whole["heat_slope"] == pytest.approx(-2, abs=0.05)
    s, t = whole["mine"], whole["teacher"]
    difference = (s - s.mean(axis=1, keepdims=True)) - (t - t.mean(axis=1, keepdims=True))
    hot = np.sqrt((difference**2).sum()) / (10 * 200.0**2 * 5000)
    assert whole["lengths"][-1] == pytest.approx(hot, rel=0.05)


def test_dark_knowledge(whole: Page) -> None:
    """Does heat keep the order of the classes, and give tops more than shoes?"""
    cool, warm = whole["soft_shares"][1], whole["soft_shares"][3]
    assert (np.argsort(cool) == np.argsort(warm)).all()
    assert warm[[0, 2]].min() > 3 * warm[[5, 7, 9]].max()


LOCAL = r"local search, $\sigma = 10^{-4}$, chapter 2"
EARLIER = {  # lines that an earlier page prints in these words, after a test has compared them
    "random search, chapter 1": "05-momentum",
    LOCAL: "05-momentum",
    "full gradient, chapter 3": "05-momentum",
}


@pytest.mark.parametrize("name", EARLIER)
def test_board_agrees_with_the_pages(name: str) -> None:
    """Does each earlier line say what the page says that measured it?"""
    asked, looks, _, accuracy = scoreboard_line(CHAPTER, name, cells=5)
    assert [asked, looks, accuracy] == scoreboard_line(EARLIER[name], name)


REGULARIZERS = DATA / "regularizers.json"  # what chapter 8 has measured


def test_board_has_what_helped_in_chapter_8() -> None:
    """Is the one way that beats no regularizer by more than the noise the one on the board?"""
    lines = json.loads(REGULARIZERS.read_text("utf8"))["all"]
    runs = {name: np.array([r["accuracy"] for r in line["runs"]]) for name, line in lines.items()}
    half = 2.365 / np.sqrt(8)  # Student, 7 degrees of freedom, from a table
    gains = {name: found - runs["nothing"] for name, found in runs.items() if name != "nothing"}
    helped = [name for name, g in gains.items() if g.mean() > half * g.std(ddof=1)]
    assert helped == ["mixup"]
    best, width = runs["mixup"].mean(), half * runs["mixup"].std(ddof=1)
    line = scoreboard_line(CHAPTER, "network, mixup, chapter 8", cells=5)
    assert line[3] == shown(best, best - width, best + width)
    assert {r["steps"] for r in lines["mixup"]["runs"]} == {1000}


def test_numbers_in_the_text(whole: Page) -> None:
    """Is every number that a sentence quotes computed, and every computed number quoted?"""
    assert whole.quoted() == set(whole.glued)


def test_figures_have_words(executed: Page) -> None:
    """Does every cell that draws carry a text that says what the figure shows?"""
    assert len(executed.drawing()) >= 14
    for alt, source in executed.drawing():
        assert len(alt.split()) > 20, source[:60]
