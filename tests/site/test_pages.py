"""Every page of the built book in a real browser: both themes, a phone's width and a desk's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.site.browser import (
    COLOURS,
    Watch,
    axe_violations,
    coloured_formulas,
    lay_everything_out,
    open_page,
)
from tools.build import pages

pytestmark = pytest.mark.browser

NAMES = (*(page.stem for page in pages()), "search")
THEMES = ("light", "dark")
WIDTHS = (360, 1280)

SCROLLERS = """() => [...document.querySelectorAll("main *")]
  .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 &&
    ["auto", "scroll"].includes(getComputedStyle(e).overflowX) &&
    !e.matches("pre, mjx-container, div.math, textarea, input"))
  .map((e) => `${e.tagName}.${e.className}`)"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((e) => e.checkVisibility()).map((e) => Number(e.tagName[1]))"""
ALTS = """() => [...document.images].map((e) => [e.currentSrc || e.src, e.getAttribute("alt")])"""


@dataclass
class Visit:
    """What one look at a page found."""

    complaints: list[str] = field(default_factory=list)
    too_wide: int = 0
    scrollers: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    alts: list[tuple[str, str | None]] = field(default_factory=list)
    theme: str = ""
    violations: list[str] = field(default_factory=list)
    coloured: list[str] = field(default_factory=list)


@pytest.fixture(
    scope="module",
    params=list(product(NAMES, THEMES, WIDTHS)),
    ids=lambda p: f"{p[0]}-{p[1]}-{p[2]}",
)
def look(request: Any, browser: Browser, address: str) -> Iterator[tuple[str, Visit]]:
    """One page in one theme at one width, looked at once for all questions."""
    name, theme, width = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=theme, reduced_motion="reduce"
    )
    visit = Visit()
    watch = Watch(context, address)
    page = open_page(context, f"{address}{name}.html" + ("?q=momentum" * (name == "search")))
    lay_everything_out(page)
    root = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    visit.too_wide = root[0] - root[1]
    visit.scrollers = page.evaluate(SCROLLERS)
    visit.headings = page.evaluate(HEADINGS)
    visit.alts = page.evaluate(ALTS)
    visit.theme = page.evaluate("document.documentElement.dataset.theme")
    visit.violations = axe_violations(page, COLOURS if theme == "dark" else ())
    visit.coloured = coloured_formulas(page)
    visit.complaints = watch.complaints
    yield theme, visit
    context.close()


def test_is_the_page_quiet(look: tuple[str, Visit]) -> None:
    """Does it ask nobody else for anything, and log no error?"""
    assert look[1].complaints == []


def test_does_only_code_and_mathematics_scroll_sideways(look: tuple[str, Visit]) -> None:
    """Does everything but code and equations fit into the width?"""
    assert look[1].too_wide <= 0
    assert look[1].scrollers == []


def test_are_headings_in_order(look: tuple[str, Visit]) -> None:
    """Is there one first-level heading, at the start, and no level left out?"""
    levels = look[1].headings
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_has_every_picture_a_text(look: tuple[str, Visit]) -> None:
    """Does each picture say what it shows?"""
    assert [source for source, alt in look[1].alts if not (alt or "").strip()] == []


def test_does_axe_find_nothing(look: tuple[str, Visit]) -> None:
    """Is there no automatic accessibility violation, with every disclosure open?

    In the dark the page has other colours and the same elements.
    """
    assert look[1].violations == []


def test_have_formulas_the_colour_of_their_sentence(look: tuple[str, Visit]) -> None:
    """And with it the sentence's contrast, which axe has measured?"""
    assert look[1].coloured == []


def test_is_the_theme_the_readers(look: tuple[str, Visit]) -> None:
    """Does the page take the system's theme?"""
    theme, visit = look
    assert visit.theme == theme


@pytest.mark.parametrize("name", NAMES)
def test_does_it_work_below_a_path(name: str, browser: Browser, nested_address: str) -> None:
    """Does everything load when the site lies in a folder of a host?"""
    context = browser.new_context()
    watch = Watch(context, nested_address)
    open_page(context, f"{nested_address}{name}.html")
    context.close()
    assert watch.complaints == []
    assert any("/vendor/" in url for url in watch.requests)
