"""What every widget owes its readers, in a real browser: one test each, all widgets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import traitlets
from playwright.sync_api import Browser, Locator, Page, expect

from lossland.methods import METHODS
from lossland.widgets import (
    BiasVariance,
    Committee,
    CurveThroughPoints,
    Darts,
    DescentMap,
    EnsembleLab,
    FiniteDifference,
    FourTargets,
    GradientPuzzle,
    GradientStep,
    HingeTerms,
    Hops,
    LearningRate,
    LocalSearch,
    NoisyDescent,
    OptimizerRace,
    PenaltyPath,
    PhasePlane,
    PlainBesideMomentum,
    TuningBudget,
    TwoScales,
    WigglyFit,
    gradient_puzzle,
)
from lossland.widgets.base import Widget
from tests.site.browser import COLOURS, Watch, axe_violations
from tests.widgets.page import address, picture, trait, until_spoken, widget_page

pytestmark = pytest.mark.browser

RACERS = list(METHODS)
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


class Case(NamedTuple):
    """A widget; ``sliders`` by label with the trait that each sets; corners: traits to try."""

    make: type[Widget]
    sliders: dict[str, str]
    corners: list[dict[str, object]]


class BoostingLab(EnsembleLab):
    """The same widget, opened in its other mode."""

    mode = traitlets.Enum(("average", "boosting"), "boosting").tag(sync=True)


class FourSuspects(GradientPuzzle):
    """The puzzle with errors made up: in each check after the first another one is wrong."""

    errors = traitlets.Dict(
        {
            check: {
                name: [2.0 if k == place else 1e-16 / h for h in gradient_puzzle.WIDTHS]
                for place, name in enumerate(gradient_puzzle.SUSPECTS, 1)
            }
            for k, check in enumerate(gradient_puzzle.CHECKS)
        }
    ).tag(sync=True)


class SomeTrees(Committee):
    """The committee with errors made up: alone 26 to 34 per cent, together falling to 16."""

    alone = traitlets.List([30.0 + 4 * (k * 37 % 50 - 25) / 25 for k in range(50)]).tag(sync=True)
    together = traitlets.List([15.6 + 10.4 / (k + 1) for k in range(50)]).tag(sync=True)
    members = traitlets.Int(45, min=1, max=50).tag(sync=True)


CASES = {
    "committee": Case(
        SomeTrees,
        {"Members": "members"},
        [{"members": 50}, {"members": 2, "together": [40.0] * 50}, {"alone": [0.0] * 50}],
    ),
    "gradient-step": Case(
        GradientStep,
        {"Learning rate": "lr"},
        [
            {"start": [0.0, 0.0]},
            {"lr": 1.0, "start": [2.0, -2.0]},
            {"lr": 1e-4, "start": [-2.0, 0.0]},
            {"lr": 0.2, "start": [0.01, 0.0]},
        ],
    ),
    "gradient-puzzle": Case(
        FourSuspects,
        {"Width of the difference": "h"},
        [{"h": 1e-12}, {"h": 10**-0.5 / 10**0.5, "check": "penalty"}, {"check": "bias"}],
    ),
    "learning-rate": Case(
        LearningRate,
        {"Learning rate": "lr"},
        [{"lr": 3e-4}, {"lr": 0.3, "seed": 10**9}, {"lr": 0.2}],
    ),
    "descent-map": Case(
        DescentMap,
        {"Condition number": "condition_number", "Learning rate": "lr"},
        [
            {"start": [0.0, 0.0]},
            {"start": [0.0, 0.0], "condition_number": 1.0, "lr": 1.0},
            {"lr": 2.4, "condition_number": 1.0, "steps": 1000, "noise": 10.0},
            {"lr": 0.0, "condition_number": 1000.0, "steps": 10},
            {"lr": 2 / 30, "noise": 1.0},
        ],
    ),
    "noisy-descent": Case(
        NoisyDescent,
        {"Noise of the gradient": "noise", "Learning rate": "lr"},
        [
            {"start": [0.0, 0.0], "noise": 0.0},
            {"lr": 2.4, "condition_number": 1.0, "steps": 1000, "noise": 10.0},
            {"lr": 2 / 30, "seed": 10**9},
        ],
    ),
    "finite-difference": Case(
        FiniteDifference,
        {"Point": "x", "Width": "h"},
        [
            {"function": "hinge", "x": 0.0, "h": 1e-15},
            {"function": "bend", "x": -2.0, "formula": "forward"},
            {"function": "hinge", "x": -1.0, "h": 1e-3},
            {"function": "sine", "x": 0.0, "h": 1e-15},
            {"x": 2.0, "h": 1e-15, "formula": "forward"},
        ],
    ),
    "hops": Case(
        Hops,
        {"Step size": "step_size"},
        [{"step_size": 3.0, "steps": 200}, {"step_size": 0.01, "steps": 2}, {"seed": 10**9}],
    ),
    "local-search": Case(
        LocalSearch,
        {"Step size": "step_size", "Dimensions": "dim"},
        [
            {"step_size": 3.0, "dim": 300},
            {"step_size": 3.0, "dim": 2, "rule": "fifth", "steps": 600},
            {"step_size": 0.001, "dim": 2, "steps": 30},
        ],
    ),
    "darts": Case(
        Darts,
        {"Darts": "tries", "Dimensions": "dim"},
        [{"tries": 1}, {"tries": 2000, "dim": 100}, {"tries": 2, "dim": 3, "seed": 10**9}],
    ),
    "hinge-terms": Case(
        HingeTerms,
        {"Weight": "w", "Darts": "tries"},
        [{"tries": 1}, {"w": 0.5, "tries": 50}, {"w": -2.0}, {"w": 3.0, "tries": 2}],
    ),
    "optimizer-race": Case(
        OptimizerRace,
        {"Shared learning rate": "lr", "Turn of the surface": "turn"},
        [
            {"methods": RACERS, "lr": 10.0, "steps": 300, "turn": 45},
            {"methods": RACERS, "surface": "rosenbrock", "lr": 10.0},
            {"methods": RACERS, "surface": "beale", "rates": "tuned", "start": [6.0, -6.0]},
            {"surface": "saddle", "start": [0.0, 0.0], "turn": 90},
            {"surface": "bowl", "start": [0.0, 0.0], "condition_number": 1.0},
            {"surface": "wells", "lr": 1e-4, "steps": 20, "condition_number": 1000.0},
            {"lines": "x = x - lr*g/(t - 7)", "rates": "tuned"},
            {"lines": "x = x/0", "methods": ["momentum"]},
            {"lines": "x = x*1e300"},
        ],
    ),
    "penalty-path": Case(
        PenaltyPath,
        {
            "Strength": "reg",
            "Descent stops after": "steps",
            "Correlation of the columns": "correlation",
        },
        [
            {"minimum": [0.0, 0.0]},
            {"minimum": [2.0, -2.0], "correlation": 0.95, "reg": 1e-3, "steps": 1},
            {"minimum": [1.0, 0.0], "correlation": 0.0, "reg": 2.0},
            {"kind": "both", "reg": 10.0, "steps": 2000, "correlation": -0.95},
            {"kind": "l2", "minimum": [1.0, 1.0]},
        ],
    ),
    "wiggly-fit": Case(
        WigglyFit,
        {"Strength": "reg"},
        [{"reg": 1e-6, "seed": 10**9}, {"reg": 10.0}, {"reg": 0.01}],
    ),
    "plain-beside-momentum": Case(
        PlainBesideMomentum,
        {"Momentum": "mu"},
        [{"mu": 0.0}, {"mu": 0.99}, {"start": [0.0, 0.1], "lr": 0.05, "steps": 1000}],
    ),
    "two-scales": Case(
        TwoScales,
        {"Learning rate": "lr"},
        [
            {"method": "gradient descent", "lr": 1.0},
            {"method": "momentum", "lr": 1.0, "steps": 1000},
            {"method": "rmsprop", "lr": 1.0, "start": [0.0, 0.0]},
            {"method": "adam", "lr": 1e-3, "condition_number": 1.0},
        ],
    ),
    "tuning-budget": Case(
        TuningBudget,
        {"Tuning budget": "budget"},
        [
            {"task": "quadratic", "budget": 1},
            {"task": "rosenbrock", "budget": 64},
            {"task": "sparse", "budget": 64},
        ],
    ),
    "phase-plane": Case(
        PhasePlane,
        {"Learning rate times curvature": "product", "Momentum": "mu"},
        [
            {"product": 4.2, "mu": 0.999, "steps": 1000},
            {"product": 4.2, "mu": 0.0, "method": "nesterov"},
            {"product": 1.0, "mu": 0.0},
            {"product": 1.0, "mu": 0.5, "method": "nesterov"},
            {"product": 0.002, "mu": 0.0},
        ],
    ),
    "curve-through-points": Case(
        CurveThroughPoints,
        {"Degree": "degree"},
        [{"degree": 0}, {"degree": 16, "seed": 10**9}, {"degree": 16, "seed": 4}],
    ),
    "four-targets": Case(
        FourTargets,
        {"Bias: how far off you aim": "bias", "Spread of your arrows": "spread"},
        [{"bias": 0.0, "spread": 0.0}, {"bias": 1.2, "spread": 1.2, "seed": 10**9}],
    ),
    "bias-variance": Case(
        BiasVariance,
        {"Degree": "degree", "Noise of the labels": "noise", "Sample size": "n"},
        [
            {"degree": 15, "n": 20, "noise": 1.0},
            {"degree": 0, "n": 200, "noise": 0.02},
            {"degree": 15, "n": 200, "noise": 0.02, "seed": 10**9},
        ],
    ),
    "ensemble-lab": Case(
        EnsembleLab,
        {"Members": "members", "Correlation of their errors": "correlation"},
        [
            {"members": 1, "correlation": 0.0},
            {"members": 50, "correlation": 1.0, "seed": 10**9},
            {"members": 50, "correlation": 0.0},
        ],
    ),
    "ensemble-lab boosting": Case(
        BoostingLab,
        {"Rounds": "rounds", "Depth of a tree": "depth"},
        [
            {"rounds": 0, "depth": 1, "shrinkage": 0.01},
            {"rounds": 100, "depth": 3, "shrinkage": 1.0, "seed": 10**9},
        ],
    ),
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    """Each widget in turn."""
    return CASES[request.param]


@pytest.fixture
def watched(case: Case, browser: Browser, bundles: Path) -> Iterator[tuple[Page, Watch]]:
    """The widget on a desk's screen."""
    with widget_page(browser, bundles, case.make()) as found:
        yield found


@pytest.fixture
def page(watched: tuple[Page, Watch]) -> Iterator[Page]:
    """The same; afterwards nothing may have gone wrong in the page."""
    page, watch = watched
    yield page
    assert watch.complaints == []


def knob(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name, exact=True)


def words(page: Page) -> str:
    return page.locator(".ll-words").inner_text()


@pytest.mark.parametrize("width", [360, 600, 1280])
def test_fits_and_is_accessible(case: Case, browser: Browser, bundles: Path, width: int) -> None:
    """Does it draw in both themes at every width, with no error, no scroll and nothing for axe?"""
    size = {"viewport": {"width": width, "height": 800}}
    with widget_page(browser, bundles, case.make(), **size) as (page, watch):
        for theme in ("light", "dark"):
            page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
            assert len(picture(page)) > 5_000
            assert page.locator(".lossland").get_attribute("data-theme") == theme
            # It opens the table, too; in the dark the elements are the same.
            assert axe_violations(page, COLOURS if theme == "dark" else ()) == []
            page.wait_for_timeout(200)
            assert page.evaluate("() => document.documentElement.scrollWidth") <= width
            table = page.locator(".ll-scroll").evaluate("(e) => [e.scrollWidth, e.clientWidth]")
            assert table[0] <= table[1] + 1
        assert watch.complaints == []


def test_theme_changes_live(page: Page) -> None:
    """Does the picture follow the page's theme at once, and come back the same?"""
    light = picture(page)
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark' }")
    page.wait_for_timeout(50)
    assert page.locator(".lossland").get_attribute("data-theme") == "dark"
    page.evaluate("() => { document.documentElement.dataset.theme = 'light' }")
    assert picture(page) == light


def test_sliders_to_both_ends(case: Case, page: Page) -> None:
    """Driven to both ends from the keyboard, does each slider change picture, text and trait?"""
    for label, name in case.sliders.items():
        seen, texts, values = set(), set(), set()
        for key in ("Home", "End"):
            slider = knob(page, label)
            slider.press(key)
            seen.add(picture(page))
            texts.add(
                slider.evaluate("(e) => e.labels[0].parentElement.querySelector('output').value")
            )
            values.add(trait(page, name))
        assert (len(seen), len(texts), len(values)) == (2, 2, 2), label
        page.get_by_role("button", name="Start again").click()


def test_every_button_and_choice_changes_the_picture(page: Page) -> None:
    """Does each preset, choice and new draw show another picture than the one before?"""
    for button in page.locator(".ll-controls button").all():
        before = picture(page)
        pressed = button.get_attribute("aria-pressed") == "true"
        if not button.is_enabled() or pressed:
            continue
        button.click()
        assert picture(page) != before or not changes_now(page), button.inner_text()
    for group in page.locator(".ll-controls fieldset").all():
        radios = group.get_by_role("radio").all()
        pictures = set()
        for radio in radios:
            radio.check()
            pictures.add(picture(page))
        assert len(pictures) == len(radios), group.inner_text()
        for box in group.get_by_role("checkbox").all():
            before = picture(page)
            box.click()
            assert picture(page) != before, group.inner_text()


def changes_now(page: Page) -> bool:
    """Other batches differ only where the gradient has noise."""
    noise = page.evaluate("() => window.models[0].values.noise")
    return bool(noise is None or noise > 0)


def test_touch_targets(case: Case, browser: Browser, bundles: Path) -> None:
    """On a phone, is every target at least 44 pixels high and wide, and does a swipe scroll?"""
    with widget_page(browser, bundles, case.make(), **PHONE) as (page, watch):
        small = page.evaluate(
            """() => [...document.querySelectorAll(
                 ".lossland :is(button, input, select, textarea, summary, .ll-choice, .ll-knob)")]
               .map((e) => [e.className || e.tagName, e.getBoundingClientRect()])
               .filter(([, box]) => box.height < 43.99 || box.width < 43.99)
               .map(([name]) => name)"""
        )
        assert small == []
        for box in page.locator(".ll-box").all():
            assert box.evaluate("(e) => getComputedStyle(e).touchAction") == "auto"
        assert watch.complaints == []


def test_keyboard_reaches_everything_and_shows_where(page: Page) -> None:
    """Does Tab reach every control, each with a visible focus, and get out again?"""
    wanted = page.evaluate(
        """() => { const groups = new Set();
          return [...document.querySelectorAll(
            ".lossland :is(button, input, select, textarea, summary, [tabindex='0'])")]
            .filter((e) => e.checkVisibility())
            .filter((e) => e.type !== "radio" || (!groups.has(e.name) && groups.add(e.name)))
            .length; }"""
    )
    reached = 0
    page.locator("h1").click()
    for _ in range(wanted + 2):
        page.keyboard.press("Tab")
        inside, outline = page.evaluate(
            """() => { const e = document.activeElement;
              const ring = e.type === "radio" ? e.nextElementSibling : e;
              return [Boolean(e.closest(".lossland")), getComputedStyle(ring).outlineStyle]; }"""
        )
        if not inside:
            break
        assert outline != "none"
        reached += 1
    assert reached == wanted


def test_corners_draw_without_an_error(case: Case, browser: Browser, bundles: Path) -> None:
    """Do the extremes of the traits draw without an error and without a path that is no path?"""
    for traits in case.corners:
        with widget_page(browser, bundles, case.make(**traits)) as (page, watch):
            _, lines = json.loads(picture(page))
            assert not [line for line in lines if re.search("NaN|Infinity|undefined", line)]
            page.get_by_text("The numbers as a table").click()
            expect(page.locator(".ll-table tbody tr").nth(1)).to_be_attached()
            assert not re.search("NaN|undefined", page.locator(".lossland").inner_text())
            assert watch.complaints == [], traits


@pytest.mark.parametrize("width", [353, 640, 746])  # the book's column on a phone and on a desk
def test_nothing_moves_when_the_words_change(
    case: Case, browser: Browser, bundles: Path, width: int
) -> None:
    """Does the widget keep its height through its longest sentences?"""
    height = "() => document.querySelector('.lossland').getBoundingClientRect().height"
    size = {"viewport": {"width": width, "height": 800}}
    with widget_page(browser, bundles, case.make(), **size) as (page, _):
        heights = {page.evaluate(height): "at first"}
        for label in case.sliders:
            for key in ("Home", "End", "ArrowLeft"):
                knob(page, label).press(key)
                picture(page)
                heights.setdefault(page.evaluate(height), f"{label} {key}: {words(page)}")
        for choice in page.locator(".ll-controls :is(button, input[type=radio])").all():
            choice.click()
            picture(page)
            heights.setdefault(page.evaluate(height), words(page))
        assert len(heights) == 1, heights


def test_address_bar_shares_the_view(case: Case, browser: Browser, bundles: Path) -> None:
    """Does a page opened with the address of a view show that view, and the bare page its own?"""
    with widget_page(browser, bundles, case.make()) as (page, watch):
        own = picture(page)
        for label in case.sliders:
            knob(page, label).press("PageUp")
            knob(page, label).press("ArrowLeft")
        if picture(page) == own:  # a slider of few places, where a page is one of them
            knob(page, label).press("Home")
        shared = picture(page)
        held = {name: trait(page, name) for name in case.sliders.values()}
        fragment = address(page)
        page.get_by_role("button", name="Start again").click()
        assert picture(page) == own != shared
        page.wait_for_function("() => location.hash === ''")
        assert watch.complaints == []
    with widget_page(browser, bundles, case.make(), fragment=fragment) as (page, _):
        for name, value in held.items():
            assert trait(page, name) == pytest.approx(value, rel=1e-3), name


def test_nonsense_in_the_address_is_ignored(case: Case, browser: Browser, bundles: Path) -> None:
    """Does a damaged address leave the page's own view, without an error?"""
    key = case.make().key
    entries = ";".join(f"{name}:abc" for name in case.sliders.values())
    fragment = f"#{key}={entries};nonsense;seed:-x;start:1;__proto__:3"
    with widget_page(browser, bundles, case.make(), fragment=fragment) as (page, watch):
        own = case.make()
        for name in case.sliders.values():
            assert trait(page, name) == pytest.approx(getattr(own, name)), name
        assert watch.complaints == []


def test_words_are_spoken_once_the_reader_pauses(case: Case, page: Page) -> None:
    """Is the live region silent at the start, and does it say the words after a pause?"""
    page.wait_for_timeout(900)
    assert page.locator(".ll-unseen[role=status]").inner_text() == ""
    for label in case.sliders:
        knob(page, label).press("End")
    until_spoken(page)


def test_paper_is_light_and_without_controls(page: Page) -> None:
    """Printed from the dark theme, is the widget light, with its words, without its controls?"""
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark' }")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".lossland").get_attribute("data-theme") == "light"
    page.emulate_media(media="print")
    assert page.locator(".ll-controls:visible").count() == 0
    assert page.locator(".ll-words").is_visible()


def test_cleans_up_after_itself(page: Page) -> None:
    """Removed from the page, does the widget leave no element, listener or name behind?"""
    page.evaluate("() => window.cleanups[0]()")
    assert page.locator(".lossland").count() == 0
    assert page.evaluate("() => window.models[0].listening()") == 0
    assert page.evaluate("() => [...window[Symbol.for('lossland.widgets')]]") == []


def test_two_do_not_collide(case: Case, browser: Browser, bundles: Path) -> None:
    """On one page, does each of two keep its own state?"""
    label, name = next(iter(case.sliders.items()))
    with widget_page(browser, bundles, case.make(), count=2) as (page, watch):
        for which, key in ((0, "Home"), (1, "End")):
            knob(page, label).nth(which).press(key)
        assert trait(page, name, 0) != trait(page, name, 1)
        ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map((e) => e.id)")
        assert len(ids) == len(set(ids))
        assert watch.complaints == []
