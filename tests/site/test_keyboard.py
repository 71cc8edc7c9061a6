"""The built book by keyboard alone: every page, every stop of the Tab key, the phone's drawer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.browser import Watch, open_page
from tools.build import pages

pytestmark = pytest.mark.browser

NAMES = (*(page.stem for page in pages()), "search", "404")
# Where the focus is: its place among all elements, what it is, whether the eye can find it. Of a
# group of radio buttons Tab reaches one; a frame or a hidden input shows its ring on its label.
HERE = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const ringed = (x) => {
    const style = getComputedStyle(x);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  };
  const box = e.getBoundingClientRect();
  return {
    place: [...document.querySelectorAll("*")].indexOf(e),
    what: `${e.tagName}#${e.id}.${e.className} ${e.textContent.trim().slice(0, 40)}`,
    ring: ringed(e) || [...(e.parentElement?.children ?? [])].some(ringed),
    seen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
  };
}"""
STOPS = """() => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((e) => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true })
    && !e.closest("[inert]") && !(e.type === "radio"))
  .map((e) => [...document.querySelectorAll("*")].indexOf(e))"""

Opener = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Opener]:
    """Open a page of the built book; it must have been quiet."""
    contexts = []

    def visit(name: str, width: int = 1280) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, reduced_motion="reduce"
        )
        contexts.append((context, Watch(context, address)))
        return open_page(context, f"{address}{name}")

    yield visit
    for context, watch in contexts:
        context.close()
        assert watch.complaints == []


def walk(page: Page, most: int = 1000) -> list[dict[str, object]]:
    """Every stop of the Tab key, from the top until the focus leaves the page."""
    stops: list[dict[str, object]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None or (stops and here["place"] == stops[0]["place"]):
            return stops
        stops.append(here)
    pytest.fail(f"{most} presses of Tab do not reach the end of the page")


@pytest.mark.parametrize("name", NAMES)
def test_tab_reaches_everything_in_order(name: str, opened: Opener) -> None:
    """Does Tab stop at every link and control, from top to bottom, visibly?"""
    page = opened(f"{name}.html?q=momentum")
    wanted = set(page.evaluate(STOPS))
    stops = walk(page)
    places = [stop["place"] for stop in stops]
    assert places == sorted(places)  # type: ignore[type-var]
    assert [stop["what"] for stop in stops if not stop["ring"]] == []
    assert [stop["what"] for stop in stops if not stop["seen"]] == []
    assert wanted - set(places) == set()


@pytest.mark.parametrize("width", [360, 1280])
def test_skip_link(width: int, opened: Opener) -> None:
    """Is the first stop a visible link that jumps over the contents to the text?"""
    page = opened("notation.html", width)
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the text")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_drawer_keeps_and_returns_the_focus(opened: Opener) -> None:
    """Does Tab stay in the open drawer, and does closing it bring the reader back?"""
    page = opened("notation.html", 360)
    opener = page.locator("#open-way")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#close-way")).to_be_focused()
    inside = "document.querySelector('#way').contains(document.activeElement)"
    left = 0
    for _ in range(2 * len(page.evaluate(STOPS)) + 2):
        page.keyboard.press("Tab")
        at_browser = page.evaluate("document.activeElement === document.body")
        left += not at_browser and not page.evaluate(inside)
    assert left == 0
    page.keyboard.press("Escape")
    expect(page.locator("#way")).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("Space")
    page.locator("#close-way").press("Enter")
    expect(opener).to_be_focused()


def test_where_am_i(opened: Opener) -> None:
    """Does the hiker stand at her chapter, and walk on while the reader scrolls?"""
    page = opened("05-momentum.html")
    expect(page.locator(".pages .current > a").last).to_contain_text("The momentum family")
    walker = page.locator("#walker")
    assert walker.evaluate("(e) => Boolean(e.closest('[aria-hidden=true]'))")
    expect(page.locator(".profile p")).to_have_text("Chapter 5 of 9")
    start = walker.get_attribute("transform")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_function(
        "(t) => document.querySelector('#walker').getAttribute('transform') !== t", arg=start
    )
    places = page.locator(".profile circle:not(.walker circle)").evaluate_all(
        "(all) => all.map((e) => `translate(${e.getAttribute('cx')} ${e.getAttribute('cy')})`)"
    )
    assert start == places[4]
    assert walker.get_attribute("transform") == places[5]
    assert page.locator(".sections [aria-current=location]").count() == 1


def test_line_on_a_phone(opened: Opener) -> None:
    """Does a line across the top of a narrow screen grow with the reading?"""
    page = opened("05-momentum.html", 360)
    line = page.locator("#progress i")
    assert line.evaluate("(e) => e.getBoundingClientRect().width") < 10
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_function(
        "document.querySelector('#progress i').getBoundingClientRect().width > 350"
    )
    expect(page.locator("#progress b")).not_to_have_count(0)
