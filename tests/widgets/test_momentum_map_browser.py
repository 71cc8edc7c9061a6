"""The momentum map in a real browser, on a bare page, with mouse, keyboard and touch."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from lossland import theory
from lossland.widgets import MomentumMap
from tests.site.browser import Watch, axe_violations
from tests.widgets.page import NEXT_FRAME, address, picture, trait, until_spoken, widget_page

pytestmark = pytest.mark.browser

KAPPA = 50.0
LAST = 4.3  # lr·λ_max at the map's right edge
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def watched(browser: Browser, bundles: Path) -> Iterator[tuple[Page, Watch]]:
    """The widget on a desk's screen."""
    with widget_page(browser, bundles, MomentumMap()) as found:
        yield found


@pytest.fixture
def page(watched: tuple[Page, Watch]) -> Iterator[Page]:
    """The same; afterwards nothing may have gone wrong in the page."""
    page, watch = watched
    yield page
    assert watch.complaints == []


def knob(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name, exact=True)


def map_box(page: Page) -> dict[str, float]:
    """Where the map's own window lies on the page."""
    box = page.locator(".ll-panel-map .ll-frame").bounding_box()
    assert box
    return dict(box)


def words(page: Page) -> str:
    return page.locator(".ll-words").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 600, 1280])
def test_fits_and_is_accessible(browser: Browser, bundles: Path, theme: str, width: int) -> None:
    """Does it draw in both themes at every width, with no error, no scroll and nothing for axe?"""
    size = {"viewport": {"width": width, "height": 800}}
    with widget_page(browser, bundles, MomentumMap(), **size) as (page, watch):
        page.evaluate(f"() => {{ document.documentElement.dataset.theme = '{theme}' }}")
        assert len(picture(page)) > 10_000
        root = page.locator(".lossland")
        assert root.get_attribute("data-theme") == theme
        assert axe_violations(page) == []  # opens the table, too
        page.wait_for_timeout(200)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        table = page.locator(".ll-scroll").evaluate("(e) => [e.scrollWidth, e.clientWidth]")
        assert table[0] <= table[1] + 1
        assert watch.complaints == []


def test_theme_changes_live(page: Page) -> None:
    """Does the picture follow the page's theme at once, and come back the same?"""
    light = picture(page)
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark' }")
    assert picture(page) != light
    page.evaluate("() => { document.documentElement.dataset.theme = 'light' }")
    assert picture(page) == light


def test_paper_is_light(page: Page) -> None:
    """Printed from the dark theme, is the widget light and without controls, then dark again?"""
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark' }")
    dark = picture(page)
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".lossland").get_attribute("data-theme") == "light"
    assert picture(page) != dark
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert picture(page) == dark
    page.emulate_media(media="print")
    assert page.locator(".ll-controls:visible").count() == 0
    assert page.locator(".ll-words").is_visible()


SLIDERS = ("Condition number", "Learning rate", "Momentum", "Step")


@pytest.mark.parametrize("name", SLIDERS)
@pytest.mark.parametrize("method", ["momentum", "nesterov"])
def test_slider_to_both_ends(browser: Browser, bundles: Path, name: str, method: str) -> None:
    """Driven to both ends from the keyboard, does each slider change picture and value text?"""
    with widget_page(browser, bundles, MomentumMap(method=method)) as (page, watch):
        slider = knob(page, name)
        seen = {picture(page)} if name != "Step" else set()
        texts = set()
        for key in ("Home", "End"):
            slider.press(key)
            seen.add(picture(page))
            texts.add(
                slider.evaluate("(e) => e.labels[0].parentElement.querySelector('output').value")
            )
        assert len(seen) == (2 if name == "Step" else 3)
        assert len(texts) == 2
        assert watch.complaints == []


def test_ends_of_the_sliders(page: Page) -> None:
    """Do the ends mean what they say: κ 1 and 1000, lr·λ_max 0.02 and 4.3, mu 0 and 0.999?"""
    ends = {}
    for name, field in [("Momentum", "mu"), ("Condition number", "condition_number")]:
        for key in ("Home", "End"):
            knob(page, name).press(key)
            ends[name, key] = trait(page, field)
    assert ends["Momentum", "Home"] == 0
    assert ends["Momentum", "End"] == 0.999
    assert ends["Condition number", "Home"] == 1
    assert ends["Condition number", "End"] == 1000
    for key, a in (("Home", 0.02), ("End", LAST)):
        knob(page, "Learning rate").press(key)
        assert trait(page, "lr") == pytest.approx(a / 1000)


def test_method_and_presets(page: Page) -> None:
    """Does every preset of both methods go where theory says, and mark its button?"""
    nesterov_best = theory.optimal_nesterov(1, KAPPA)
    expected = {
        ("Momentum", "Best plain descent"): (theory.optimal_gd(1, KAPPA), 0.0),
        ("Momentum", "Critically damped"): (1 / KAPPA, (1 - KAPPA**-0.5) ** 2),
        ("Momentum", "Best pair"): theory.optimal_momentum(1, KAPPA),
        ("Nesterov", "Best pair"): nesterov_best,
        # The textbook's mu = (√κ − 1)/(√κ + 1) at lr = 1/L
        ("Nesterov", "Critically damped"): (1 / KAPPA, (KAPPA**0.5 - 1) / (KAPPA**0.5 + 1)),
    }
    pictures = set()
    for (method, preset), pair in expected.items():
        page.get_by_role("radio", name=method).check()
        button = page.get_by_role("button", name=preset)
        button.click()
        pictures.add(picture(page))
        assert (trait(page, "lr"), trait(page, "mu")) == pytest.approx(pair, rel=1e-9)
        assert button.get_attribute("aria-pressed") == "true"
    assert len(pictures) == len(expected)
    for method in ("Momentum", "Nesterov"):
        page.get_by_role("radio", name=method).check()
        page.get_by_role("button", name="Unstable").click()
        picture(page)
        assert words(page).startswith("Diverges.")


def test_mouse_picks_a_pair(page: Page) -> None:
    """Does a press on the map pick the pair under the pointer, and a drag carry it along?"""
    box = map_box(page)
    before = picture(page)
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    middle = picture(page)
    assert trait(page, "lr") == pytest.approx(0.25 * LAST / KAPPA, rel=0.01)
    assert trait(page, "mu") == pytest.approx(0.5, abs=0.01)
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.1 * box["height"], steps=5)
    assert trait(page, "lr") == pytest.approx(0.4 * LAST / KAPPA, rel=0.01)
    assert trait(page, "mu") == pytest.approx(0.9, abs=0.01)
    page.mouse.up()
    page.mouse.move(box["x"], box["y"])
    assert trait(page, "mu") == pytest.approx(0.9, abs=0.01)
    assert len({before, middle, picture(page)}) == 3


def test_pick_stays_on_the_map(page: Page) -> None:
    """Dragged far outside, does the pair stop at the map's edge?"""
    box = map_box(page)
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 3000, box["y"] - 2000)
    assert (trait(page, "lr"), trait(page, "mu")) == pytest.approx((LAST / KAPPA, 0.999))
    page.mouse.move(box["x"] - 3000, box["y"] + 2000)
    assert (trait(page, "lr"), trait(page, "mu")) == pytest.approx((0.02 / KAPPA, 0))


def test_arrow_keys_move_the_pair(page: Page) -> None:
    """Do the arrow keys move lr by 0.02/λ_max and mu by 0.005, ten times as far with Shift?"""
    pick = knob(page, "Learning rate and momentum")
    for key, lr, mu in [
        ("ArrowRight", 0.03 + 0.02 / KAPPA, 0.8),
        ("ArrowLeft", 0.03, 0.8),
        ("ArrowUp", 0.03, 0.805),
        ("Shift+ArrowDown", 0.03, 0.755),
    ]:
        before = picture(page)
        pick.press(key)
        assert (trait(page, "lr"), trait(page, "mu")) == pytest.approx((lr, mu))
        assert picture(page) != before
    assert pick.get_attribute("aria-valuetext") == "learning rate 0.03, momentum 0.755"


def test_start_is_dragged_and_nudged(page: Page) -> None:
    """Does the start of the path follow the mouse and the arrow keys, within its window?"""
    start = knob(page, "Start of the path")
    box = start.bounding_box()
    assert box
    before = picture(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    moved = trait(page, "start")
    assert moved[0] > -1.8
    assert moved[1] < 1
    assert picture(page) != before
    start.press("ArrowUp")
    assert trait(page, "start") == pytest.approx([moved[0], moved[1] + 0.05])
    for _ in range(10):
        start.press("Shift+ArrowLeft")
    assert trait(page, "start")[0] == -2


def test_touch(browser: Browser, bundles: Path) -> None:
    """On a phone: are the targets large, does a tap pick a pair, and a swipe scroll the page?"""
    with widget_page(browser, bundles, MomentumMap(), **PHONE) as (page, watch):
        small = page.evaluate(
            """() => [...document.querySelectorAll(
                 ".lossland :is(button, input, summary, .ll-choice, .ll-knob)")]
               .map((e) => [e.className || e.tagName, e.getBoundingClientRect()])
               .filter(([, box]) => box.height < 43.99 || box.width < 43.99)
               .map(([name]) => name)"""
        )
        assert small == []
        page.locator(".ll-panel-map").scroll_into_view_if_needed()
        box = map_box(page)
        page.touchscreen.tap(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
        assert trait(page, "mu") == pytest.approx(0.8, abs=0.02)
        assert trait(page, "lr") == pytest.approx(0.3 * LAST / KAPPA, rel=0.03)
        scrolling = "(e) => getComputedStyle(e).touchAction"
        assert page.locator(".ll-panel-map .ll-box").evaluate(scrolling) == "auto"
        assert page.locator(".ll-panel-map .ll-knob").evaluate(scrolling) == "none"
        assert watch.complaints == []


def test_keyboard_reaches_everything_and_shows_where(page: Page) -> None:
    """Does Tab reach the path, what moves it, then the map, each with a visible focus?"""
    reached = []
    page.locator("h1").click()
    for _ in range(20):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """() => { const e = document.activeElement;
              const ring = e.type === "radio" ? e.nextElementSibling : e;
              return [e.ariaLabel || e.labels?.[0]?.textContent || e.textContent.trim(),
                      getComputedStyle(ring).outlineStyle]; }"""
        )
        if name.startswith("A page"):
            break
        reached.append(name)
        assert outline != "none", name
        if name.startswith("The numbers"):
            break
    assert reached == [
        "Momentum",
        *("Best plain descent", "Critically damped", "Best pair", "Unstable"),
        "Start of the path",
        *("Condition number", "Learning rate", "Momentum", "Step", "▶ Play"),
        "Learning rate and momentum",
        *("Start again", "Copy a link to this view", "The numbers as a table"),
    ]


@pytest.mark.parametrize(
    "traits",
    [
        {"start": [0.0, 0.0]},
        {"start": [0.0, 0.0], "condition_number": 1.0, "lr": 1.0, "mu": 0.0},
        {"lr": 4.3, "condition_number": 1.0, "mu": 0.999, "steps": 1000},
        {"lr": 0.0, "condition_number": 1000.0, "steps": 10},
    ],
    ids=["in the minimum", "one step", "beyond all numbers", "hardly a step"],
)
def test_corners_draw_without_an_error(
    browser: Browser, bundles: Path, traits: dict[str, object]
) -> None:
    """Do starts in the minimum, runs past the largest number and tiny steps draw without error?"""
    with widget_page(browser, bundles, MomentumMap(**traits)) as (page, watch):
        for method in ("Nesterov", "Momentum"):
            page.get_by_role("radio", name=method).check()
            _, lines = json.loads(picture(page))
            assert not [line for line in lines if "NaN" in line or "Infinity" in line]
        page.get_by_text("The numbers as a table").click()
        page.wait_for_timeout(100)
        knob(page, "Step").press("Home")
        picture(page)
        assert words(page)
        assert watch.complaints == []


def test_words_are_spoken_once_the_reader_pauses(page: Page) -> None:
    """Is the live region silent at the start, and does it speak once after many moves?"""
    live = page.locator(".ll-unseen[role=status]")
    page.wait_for_timeout(900)
    assert live.inner_text() == ""
    page.evaluate(
        """() => { window.spoken = 0;
          const options = { childList: true, characterData: true, subtree: true };
          new MutationObserver(() => (window.spoken += 1))
            .observe(document.querySelector(".ll-unseen"), options); }"""
    )
    # The moves are made inside the page, a frame each: no pause between them is a reader's.
    knob(page, "Momentum").evaluate(
        """async (slider) => { for (let moved = 0; moved < 12; moved += 1) {
          slider.stepDown();
          slider.dispatchEvent(new Event("input", { bubbles: true }));
          await new Promise((done) => requestAnimationFrame(done)); } }"""
    )
    until_spoken(page)
    assert page.evaluate("() => window.spoken") == 1


def test_play_runs_through_the_steps(page: Page) -> None:
    """Does Play start from the first step, move the picture, and stop when asked?"""
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => +document.querySelector('.ll-player input').value >= 3")
    before = picture(page)
    page.wait_for_function("() => +document.querySelector('.ll-player input').value >= 6")
    assert picture(page) != before
    page.get_by_role("button", name="Pause").click()
    at = knob(page, "Step").input_value()
    page.wait_for_timeout(250)
    assert knob(page, "Step").input_value() == at


def test_reduced_motion_has_no_play(browser: Browser, bundles: Path) -> None:
    """Where the reader asks for less motion, is there no Play button, but still the slider?"""
    calm = {"reduced_motion": "reduce"}
    with widget_page(browser, bundles, MomentumMap(), **calm) as (page, watch):
        assert page.get_by_role("button", name="Play").count() == 0
        assert knob(page, "Step").count() == 1
        assert watch.complaints == []


def test_the_message_s_box_is_as_high_as_its_words(page: Page) -> None:
    """Is there no blank box under the message, however short it is?"""
    for preset in ("Best pair", "Unstable"):
        page.get_by_role("button", name=preset).click()
        picture(page)
        box, text = page.evaluate(
            """() => { const p = document.querySelector(".ll-words"), range = new Range();
              range.selectNodeContents(p);
              return [p, range].map((e) => e.getBoundingClientRect().height); }"""
        )
        assert box - text < 24, preset  # its padding


@pytest.mark.parametrize("control", ["Condition number", "Learning rate", "Momentum", "Step"])
def test_the_path_stays_in_view_on_a_phone(browser: Browser, bundles: Path, control: str) -> None:
    """With a control scrolled to the middle of a phone's screen, is the whole path above it?"""
    with widget_page(browser, bundles, MomentumMap(), **PHONE) as (page, _):
        knob(page, control).evaluate("(e) => e.scrollIntoView({ block: 'center' })")
        picture(page)
        top, bottom, slider = page.evaluate(
            """(e) => { const b = document.querySelector(".ll-panel-bowl").getBoundingClientRect();
              return [b.top, b.bottom, e.getBoundingClientRect().top]; }""",
            knob(page, control).element_handle(),
        )
        assert top >= 0
        assert bottom <= slider + 1


@pytest.mark.parametrize("width", [360, 640, 1280])
def test_nothing_moves_when_the_words_change(browser: Browser, bundles: Path, width: int) -> None:
    """Does the widget keep its height through its longest sentences?"""
    height = "() => document.querySelector('.lossland').getBoundingClientRect().height"
    size = {"viewport": {"width": width, "height": 800}}
    with widget_page(browser, bundles, MomentumMap(), **size) as (page, _):
        heights = {page.evaluate(height)}
        for preset in ("Best pair", "Unstable", "Best plain descent", "Critically damped"):
            for method in ("Nesterov", "Momentum"):
                page.get_by_role("radio", name=method).check()
                page.get_by_role("button", name=preset).click()
                picture(page)
                heights.add(page.evaluate(height))
        assert len(heights) == 1, heights


def test_address_bar_shares_the_view(browser: Browser, bundles: Path) -> None:
    """Does a page opened with the address of a view show that view, and the bare page its own?"""
    with widget_page(browser, bundles, MomentumMap()) as (page, watch):
        own = picture(page)
        page.get_by_role("radio", name="Nesterov").check()
        knob(page, "Condition number").press("End")
        page.get_by_role("button", name="Best pair").click()
        shared = picture(page)
        fragment = address(page)
        page.get_by_role("button", name="Start again").click()
        assert picture(page) == own
        page.wait_for_function("() => location.hash === ''")
        assert watch.complaints == []
    with widget_page(browser, bundles, MomentumMap(), fragment=fragment) as (page, _):
        assert trait(page, "method") == "nesterov"
        assert words(page).startswith("Flat direction: critically damped. Steep: alternating")
        assert picture(page)[:2000] == shared[:2000]


@pytest.mark.parametrize(
    "fragment",
    [
        "#a-heading",
        "#momentum-map=lr:abc;mu:;nonsense;method:adam;start:1;__proto__:3;toString:1",
        "#momentum-map",
        "#%E0%A4%A&momentum-map=mu:0.8",
        "#=&&==&momentum-map=",
    ],
)
def test_nonsense_in_the_address_is_ignored(browser: Browser, bundles: Path, fragment: str) -> None:
    """Does a damaged address leave the page's own view, without an error?"""
    with widget_page(browser, bundles, MomentumMap(), fragment=fragment) as (page, watch):
        assert (trait(page, "lr"), trait(page, "mu")) == (0.03, 0.8)
        assert watch.complaints == []


def test_links_in_the_text_set_the_widget(page: Page) -> None:
    """Does a link to a view set the widget, keep values in range, and keep a heading's anchor?"""
    page.evaluate("() => { location.hash = 'a-heading&momentum-map=mu:7;condition_number:4' }")
    assert trait(page, "mu") == 0.999
    assert trait(page, "condition_number") == 4
    page.get_by_role("button", name="Best plain descent").click()
    page.wait_for_function("() => location.hash.includes('mu:0;')")
    assert page.evaluate("() => location.hash").startswith("#a-heading&momentum-map=")


def test_two_widgets_do_not_collide(browser: Browser, bundles: Path) -> None:
    """On one page, does each of two keep its own state and its own part of the address?"""
    with widget_page(browser, bundles, MomentumMap(), count=2) as (page, watch):
        for which, key in ((0, "Home"), (1, "End")):
            knob(page, "Momentum").nth(which).press(key)
        assert (trait(page, "mu", 0), trait(page, "mu", 1)) == (0, 0.999)
        fragment = address(page)
        assert re.fullmatch(r"#momentum-map=mu:0&momentum-map-2=mu:0\.999", fragment)
        labels = page.evaluate("() => [...document.querySelectorAll('[id]')].map((e) => e.id)")
        assert len(labels) == len(set(labels))
        assert watch.complaints == []
    with widget_page(browser, bundles, MomentumMap(), count=2, fragment=fragment) as (page, _):
        assert (trait(page, "mu", 0), trait(page, "mu", 1)) == (0, 0.999)


def test_python_moves_the_widget(page: Page) -> None:
    """When the Python object changes, does the picture follow, with the reader's path on it?"""
    before = picture(page)
    page.evaluate("() => window.models[0].set('mu', 0.5)")
    moved = picture(page)
    page.evaluate("() => window.models[0].set('yours', [[1, 1], [0.5, 0.6], [0.1, 0.2], [0, 0]])")
    with_yours = picture(page)
    assert len({before, moved, with_yours}) == 3
    assert page.locator(".ll-panel-bowl .ll-label", has_text="yours").is_visible()
    page.evaluate("() => window.models[0].set('trouble', 'ValueError: no')")
    page.evaluate(NEXT_FRAME)
    assert "Your optimizer stopped: ValueError: no" in words(page)


def test_table_holds_the_run(page: Page) -> None:
    """Does the table give start and end of the run, and follow a change while it is open?"""
    assert page.locator(".ll-table tbody tr").count() == 0
    page.get_by_text("The numbers as a table").click()
    rows = page.locator(".ll-table tbody tr")
    rows.nth(100).wait_for()
    # Loss at (−1.8, 1): the position turned by −30° is (−1.0588, 1.7660); ½(1.0588² + 50·1.7660²)
    assert rows.nth(0).inner_text().split() == ["0", "−1.8", "1", "78.5", "−1.06", "1.77"]
    last = rows.nth(100).inner_text()
    knob(page, "Momentum").press("Home")
    page.wait_for_function(
        "(old) => document.querySelector('.ll-table tbody tr:last-child').innerText !== old",
        arg=last,
    )


def test_cleans_up_after_itself(page: Page) -> None:
    """Removed from the page, does the widget leave no element, listener or name behind?"""
    page.evaluate("() => window.cleanups[0]()")
    assert page.locator(".lossland").count() == 0
    assert page.evaluate("() => window.models[0].listening()") == 0
    page.evaluate("() => { location.hash = 'momentum-map=mu:0.1' }")
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark' }")
    assert trait(page, "mu") == 0.8
    page.evaluate(
        """async () => { const { default: widget } = await import("./widget.js");
             widget.render({ model: window.models[0], el: document.body }); }"""
    )
    page.locator(".lossland .ll-run").first.wait_for(state="attached")
    assert page.evaluate("() => [...window[Symbol.for('lossland.widgets')]]") == ["momentum-map"]
