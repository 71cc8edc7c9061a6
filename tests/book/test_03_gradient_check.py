"""Chapter 3, second page: does each check find what it can find, and nothing else?

The page's own cells are executed, and what they measured is compared with closed forms, with values
worked out by hand, or with another way to the same number.
"""

import re

import numpy as np
import pytest

from lossland.gradcheck import Verdict, judge
from tests.book.page import Page

CHAPTER = "03-gradient-check"

FALSE_ALARMS = (1, 3, 4, 5, 6, 7, 8, 11)
MISSED = (2, 9, 10, 12)


def slope(x: np.ndarray, y: np.ndarray) -> float:
    """Of the straight line through log y against log x."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def test_puzzle(page: Page) -> None:
    """Does the quick check find none of the four, and each other check the one that it can see?"""
    caught = {
        check: {name for name, found in errors.items() if found[14] > 1e-2}  # h = 1e-5
        for check, errors in page["puzzle"].items()
    }
    assert caught == {"quick": set(), "trained": {"d"}, "penalty": {"c"}, "bias": {"a"}}
    assert page["WIDTHS"][14] == pytest.approx(1e-5)
    assert max(page["puzzle"]["quick"][name][14] for name in "abcd") < 1e-7
    missed = {bug for bug, found in page["hunted"].items() if bug and not found["quick"]}
    assert {bug for bug in page["culprits"].values() if bug} == missed & set(
        page["BUGS"]["gradient"]
    )


def test_dozen_lines(page: Page) -> None:
    """Does the page's check pass the right gradient, find the wrong one, and forgive two zeros?"""
    right, wrong = (
        page["check"](page["loss3"], g, page["W"], page["entries"]) for g in page["pair"]
    )
    assert right < 1e-7
    assert wrong > 0.1
    zero = np.zeros(3)
    assert page["check"](lambda w: 5.0, zero, zero, [(0,), (1,)]) == 0


def test_table_says_what_the_rules_did(page: Page) -> None:
    """Has the table a line for each rule, with the truth about its gradient?"""
    lines = re.findall(r"^\| (\d+) \|.*\| (right|wrong) \|", page.text, re.MULTILINE)
    assert lines == [(str(rule), page["ledger"][rule][1]) for rule in range(1, 13)]
    assert re.findall(r"^### Rule (\d+):", page.text, re.MULTILINE) == [
        str(r) for r in range(1, 13)
    ]


def test_twelve_rules(page: Page) -> None:
    """Does the wrong way err in every one of the twelve experiments, and the right way not?"""
    ledger = page["ledger"]
    assert sorted(ledger) == list(range(1, 13))
    passing = {Verdict.GOOD, Verdict.ACCEPTABLE}
    for rule, (_, truth, wrong, right, kinks) in ledger.items():
        assert truth == ("right" if rule in FALSE_ALARMS else "wrong")
        assert (judge(wrong, kinks) in passing) == (truth == "wrong"), rule
        assert (judge(right, kinks) in passing) == (truth == "right"), rule
    assert set(ledger) == {*FALSE_ALARMS, *MISSED}


def test_depth(page: Page) -> None:
    """Do the errors of right gradients grow with depth, though the complex step confirms them?"""
    errors = np.array(list(page["by_depth"].values()))
    assert (np.diff(errors) > 0).all()
    assert errors[-1] > 1e4 * errors[0]
    assert max(page["third_opinion"].values()) < 1e-10


def test_scaling_does_not_help(page: Page) -> None:
    """Does a loss times 1e10 drown a tiny derivative as before, and a fitting h not?"""
    tiny = page["tiny"]
    assert np.abs(tiny).max() < 1e-10
    for drowned in (page["drowned"], page["scaled"]):
        assert (np.abs(drowned - tiny) / np.abs(tiny)).max() > 0.1
    assert page["fitting"] == pytest.approx(tiny, rel=1e-6)


@pytest.mark.parametrize("h", [1e-3, 1e-4, 1e-5])
def test_kinks(page: Page, h: float) -> None:
    """Does the share of crossed kinks grow as n·h and follow 1 − e^(−expected number)?"""
    sizes, share = page["sizes"], page["kink_share"][h]
    expected = 2 * h * np.abs(page["pixels"]).mean(axis=0)[:, None] * page["density"]
    theory = np.array([(1 - np.exp(-n * expected)).mean() for n in sizes])
    assert page["kink_theory"][h] == pytest.approx(theory)
    assert share == pytest.approx(theory, rel=0.35)
    few = share < 0.15
    if few.sum() > 2:
        assert slope(sizes[few], share[few]) == pytest.approx(1, abs=0.1)


def test_kinks_are_seen(page: Page) -> None:
    """Is |m| < h·|pixel| the same as a change of the winners?"""
    W, X, y = page["W_trained"], page["X"][:400], page["y"][:400]
    nearest, rng = page["nearest_kinks"](W, X, y), np.random.default_rng(1)
    seen = []
    for _ in range(40):
        pixel, k = rng.integers(196), rng.integers(10)
        ahead, behind = W.copy(), W.copy()
        ahead[pixel, k] += 1e-4
        behind[pixel, k] -= 1e-4
        winners = [page["positive_margins"](V, X, y) for V in (ahead, behind)]
        seen.append(not np.array_equal(*winners))
        assert seen[-1] == (1e-4 * np.abs(X[:, pixel]) > nearest[:, k]).any()
    assert 0 < np.mean(seen) < 1


def test_regulariser_masks(page: Page) -> None:
    """Does the relative error of a mistake fall as 1/reg?"""
    regs = np.array([1e4, 1e5, 1e6])
    errors = np.array([page["masked"][reg] for reg in regs])
    assert slope(regs, errors) == pytest.approx(-1, abs=0.05)


def test_forgotten_bias(page: Page) -> None:
    """Do eight random entries of 1,970 contain one of ten with 1 − C(1960, 8)/C(1970, 8)?"""
    from math import comb

    expected = 1 - comb(1960, 8) / comb(1970, 8)
    assert page["found_theory"] == pytest.approx(expected, rel=1e-12)
    assert page["found"] == pytest.approx(expected, abs=3 * np.sqrt(expected / 4000))


def test_loss_at_chance(page: Page) -> None:
    """Are the losses ln 10 and 9 with tiny weights, and does softmax rise as σ² says?"""
    for sigma, (soft, expected, hinge) in page["chance"].items():
        rise = 0.45 * sigma**2 * (page["X"] ** 2).sum() / 5000
        assert expected == pytest.approx(np.log(10) + rise)
        half = 2.776 * soft.std(ddof=1) / np.sqrt(5)  # Student's 97.5 % quantile, 4 degrees
        assert abs(soft.mean() - expected) < 2 * half
        if sigma == 1e-6:
            assert soft == pytest.approx(2.302585, abs=1e-3)
            assert hinge == pytest.approx(9, abs=0.01)


def test_regularisation_raises_the_loss(page: Page) -> None:
    """Does the loss rise by exactly reg·ΣW²?"""
    W, X3, y3 = page["W"], page["X3"], page["y3"]
    rise = page["svm"](W, X3, y3, 0.7)[0] - page["svm"](W, X3, y3, 0.0)[0]
    assert rise == pytest.approx(0.7 * float((W**2).sum()), rel=1e-12)


def test_twenty_examples(page: Page) -> None:
    """Does the hinge reach exactly 0, softmax fall as 1/t, and a regulariser stop both short?"""
    runs, t = page["tiny_runs"], np.arange(500, 1501)
    assert (runs["hinge"][page["zero_at"] :] == 0).all()
    assert runs["hinge"][page["zero_at"] - 1] > 0
    assert slope(t, runs["softmax"][500:]) == pytest.approx(-1, abs=0.1)
    assert runs["hinge, reg = 100"].min() > 1e-3


def test_bug_hunt(page: Page) -> None:
    """Does each check find the bugs that it can see, and no others?"""
    found = {
        bug: {check for check in page["CHECKS"] if result[check]}
        for bug, result in page["hunted"].items()
    }
    for bug in page["BUGS"]["gradient"]:  # the loss is right: chance and penalty cannot see it
        assert "rules" in found[bug]
        assert not found[bug] & {"chance", "penalty"}
    for bug in page["BUGS"]["loss"]:  # loss and gradient agree: the rules cannot see it
        assert "rules" not in found[bug]
    assert found[""] == found["labels of other images"] == set()
    assert found["sum, not mean"] == {"chance"}
    assert found["penalty forgotten"] == {"penalty"}
    assert {"chance", "quick"} == found["no margin"]
    missed = {bug for bug in page["BUGS"]["gradient"] if "quick" not in found[bug]}
    assert missed == {"maximum forgotten", "penalty halved", "bias forgotten"}
    assert page["hunted"]["labels of other images"]["accuracy"] < 0.2
    assert page["hunted"]["right class not pulled"]["accuracy"] > 0.6


def test_bugs_are_planted(page: Page) -> None:
    """Is the function without a bug the library's?"""
    W, X, y = 1e-2 * page["W"], page["X"][:50], page["y"][:50]
    loss, gradient = page["svm"](W, X, y, 0.3)
    expected, slope_expected = page["hinge_loss_and_gradient"](W, X, y, 0.3)
    assert loss == pytest.approx(expected, rel=1e-12)
    assert gradient == pytest.approx(slope_expected, rel=1e-9, abs=1e-12)


def test_numbers_in_the_text(page: Page) -> None:
    """Is every number that a sentence quotes computed, and every computed number quoted?"""
    assert page.quoted() == set(page.glued)


def test_figures_have_words(page: Page) -> None:
    """Does every cell that draws carry a text that says what the figure shows?"""
    assert len(page.drawing()) == 3
    for alt, source in page.drawing():
        assert len(alt.split()) > 20, source[:60]
