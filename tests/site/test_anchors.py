"""Whether an address with a place in it, and a click on one, end there in a long chapter."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.browser import open_page

pytestmark = pytest.mark.browser

CHAPTER = "05-momentum.html"
WINDOW = {"width": 1280, "height": 800}
UPPER = 140  # pixels from the window's upper edge that count as "at the top"
SECTIONS = "() => [...document.querySelectorAll('article section section[id]')].map((e) => e.id)"


def distance(page: Page, anchor: str) -> float:
    """Pixels from the window's upper edge to the section's."""
    return float(page.locator(f"section#{anchor}").evaluate("(e) => e.getBoundingClientRect().top"))


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_address_with_a_place(part: float, browser: Browser, address: str) -> None:
    """Does the chapter open at the section, though formulas above it change their heights late?"""
    context = browser.new_context(viewport=WINDOW)
    anchors = open_page(context, f"{address}{CHAPTER}").evaluate(SECTIONS)
    anchor = anchors[int(part * len(anchors))]
    page = open_page(context, f"{address}{CHAPTER}#{anchor}")
    expect(page.locator("html.settled")).to_be_attached()
    assert 0 <= distance(page, anchor) <= UPPER
    context.close()


def test_reader_who_scrolls_is_left_alone(browser: Browser, address: str) -> None:
    """Does a turn of the wheel while the formulas are being set win over the address?"""
    context = browser.new_context(viewport=WINDOW)
    anchors = open_page(context, f"{address}{CHAPTER}").evaluate(SECTIONS)
    page = context.new_page()
    page.goto(f"{address}{CHAPTER}#{anchors[6]}")
    page.mouse.move(600, 400)
    page.mouse.wheel(0, 3000)
    expect(page.locator("html.settled")).to_be_attached()
    far = "(id) => document.getElementById(id).getBoundingClientRect().top < -1000"
    page.wait_for_function(far, arg=anchors[6])  # the wheel's own movement
    page.wait_for_timeout(500)
    assert distance(page, anchors[6]) < -1000
    context.close()


def test_far_sections_are_where_a_click_leads(browser: Browser, address: str) -> None:
    """Does a link of the page's contents lead to its section once what is far is skipped?"""
    context = browser.new_context(viewport=WINDOW, reduced_motion="reduce")
    page = open_page(context, f"{address}{CHAPTER}")
    expect(page.locator("html.settled")).to_be_attached()
    links = page.locator(".aside a[href^='#']").all()
    assert len(links) > 8
    for link in (links[8], links[3], links[-3]):
        anchor = (link.get_attribute("href") or "")[1:]
        link.click()
        page.wait_for_function(
            """([id, upper]) => {
              const top = document.getElementById(id).getBoundingClientRect().top;
              return 0 <= top && top <= upper; }""",
            arg=[anchor, UPPER],
        )
    context.close()


def test_new_width_lays_everything_out_again(browser: Browser, address: str) -> None:
    """Is the chapter as long after a change of the width as when it opens at that width?"""
    narrow = {"width": 700, "height": 800}
    length = "() => document.querySelector('article').offsetHeight"
    context = browser.new_context(viewport=WINDOW)
    page = open_page(context, f"{address}{CHAPTER}")
    expect(page.locator("html.settled")).to_be_attached()
    page.set_viewport_size(narrow)
    page.wait_for_timeout(800)
    expect(page.locator("html.settled")).to_be_attached()
    turned = page.evaluate(length)
    context.close()
    context = browser.new_context(viewport=narrow)
    page = open_page(context, f"{address}{CHAPTER}")
    expect(page.locator("html.settled")).to_be_attached()
    assert turned == pytest.approx(page.evaluate(length), rel=0.01)
    context.close()


def test_tables_that_fit_stay_tables(browser: Browser, address: str) -> None:
    """Is a narrow table on a wide page no list, wherever it stands?"""
    context = browser.new_context(viewport=WINDOW)
    page = open_page(context, f"{address}04-gradient-descent.html")
    expect(page.locator("html.settled")).to_be_attached()
    expect(page.locator(".table-box table")).not_to_have_count(0)
    expect(page.locator(".table-box table.stacked")).to_have_count(0)
    context.close()
