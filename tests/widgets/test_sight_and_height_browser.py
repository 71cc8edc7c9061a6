"""What every widget does with the page's room, in a real browser: all of `lossland.widgets`.

The heights that they declare are measured in the built pages: ``tests/site/test_widgets.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import lossland.widgets
from lossland.widgets.base import Widget
from tests.widgets.page import NEXT_FRAME, widget_page
from tests.widgets.test_every_widget_browser import CASES

pytestmark = pytest.mark.browser

OPENED = {case.make.bundle: case.make for case in CASES.values()}  # as a page opens them
ALL: list[type[Widget]] = [
    OPENED.get(kind.bundle, kind)
    for name in lossland.widgets.__all__
    if issubclass(kind := getattr(lossland.widgets, name), Widget)
]
PHONE = {"has_touch": True, "is_mobile": True}
DESK = 32 + 632  # the page's margins and the book's column on a desk

PLACE = """() => {
  const control = document.activeElement;
  const own = control.closest(".ll-box");
  const picture = document.querySelector(".lossland .ll-sight .ll-box");
  const box = (e) => { const { top, bottom } = e.getBoundingClientRect(); return [top, bottom]; };
  return {
    inside: Boolean(control.closest(".ll-plots")),
    name: control.getAttribute("aria-label") ?? control.labels?.[0]?.innerText ?? control.innerText,
    picture: box(own ?? picture),
    control: own ? null : box(control),
    end: innerHeight,
  };
}"""


def controls(page: Page) -> list[dict[str, Any]]:
    """What the keyboard comes to in the widget, before and after it has been moved."""
    found = []
    page.locator("h1").click()
    for _ in range(80):
        page.keyboard.press("Tab")
        page.evaluate(NEXT_FRAME)
        place = page.evaluate(PLACE)
        if not place["inside"] and found:
            break
        if not place["inside"]:
            continue
        page.keyboard.press("ArrowRight")
        page.evaluate(NEXT_FRAME)
        found += [place, page.evaluate(PLACE)]
    return found


@pytest.mark.parametrize("kind", ALL)
def test_picture_in_sight_on_a_phone(kind: type[Widget], browser: Browser, bundles: Path) -> None:
    """On 360 × 640 pixels, is the picture all in view, above the control, while that has focus?"""
    size = {"width": 360, "height": 640}
    with widget_page(browser, bundles, kind(), viewport=size, **PHONE) as (page, watch):
        places = controls(page)
        assert len(places) >= 2
        for place in places:
            top, bottom = place["picture"]
            assert -1 <= top < bottom <= place["end"] + 1, place
            if place["control"] is not None:
                low, high = place["control"]
                assert bottom - 1 <= low < high <= place["end"] + 1, place
        assert watch.complaints == []


@pytest.mark.parametrize("kind", ALL)
def test_the_words_box_is_no_higher_than_its_words(
    kind: type[Widget], browser: Browser, bundles: Path
) -> None:
    """Is no empty coloured box below the message, and is no panel wider than the widget?"""
    with widget_page(browser, bundles, kind(), viewport={"width": DESK, "height": 800}) as (
        page,
        _,
    ):
        blank, over = page.evaluate(
            """() => { const words = document.querySelector(".ll-words");
              const range = document.createRange(); range.selectNodeContents(words);
              const right = document.querySelector(".lossland").getBoundingClientRect().right;
              return [words.clientHeight - range.getBoundingClientRect().height,
                [...document.querySelectorAll(".ll-box")].filter(
                  (e) => e.getBoundingClientRect().right > right + 1).length]; }"""
        )
        assert blank < 21
        assert over == 0
