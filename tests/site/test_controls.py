"""Every control of every widget of the built book, driven to both ends in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pytest
from playwright.sync_api import Browser, Page

from tests.site.browser import Watch, open_page
from tests.site.driving import Drive
from tools.build import pages

pytestmark = pytest.mark.browser

WIDGET = ".tag_widget .cell_output"
DRAWN = f"{WIDGET} :is(canvas, svg)"
NAMES = [page.stem for page in pages() if "widget" in page.read_text("utf8")]


@pytest.mark.parametrize("name", NAMES)
def test_does_the_picture_follow_every_control(name: str, browser: Browser, address: str) -> None:
    """Does every control of every widget of the page change what it shows, without an error?"""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        reduced_motion="reduce",
        permissions=["clipboard-write"],
    )
    watch = Watch(context, address)
    page = open_page(context, f"{address}{name}.html")
    widgets = page.locator(WIDGET)
    complaints = []
    if widgets.count():
        page.wait_for_selector(DRAWN)
    for k in range(widgets.count()):
        widget = widgets.nth(k)
        widget.scroll_into_view_if_needed()
        complaints.append(Drive(page, widget).all())
    context.close()
    assert list(chain(*complaints)) == []
    assert watch.complaints == []


@pytest.fixture
def blank(browser: Browser) -> Iterator[Page]:
    """A page to put an invented widget on."""
    page = browser.new_page()
    yield page
    page.close()


LIVE = "document.querySelector('path').setAttribute('d', `M0 0h${Math.random()}`)"
SVG = "<svg><path d=''/></svg>"
DEAD = {
    "slider": "<input type=range aria-label=Rate min=0 max=9>",
    "number": "<input type=number aria-label=Rate min=0 max=9>",
    "choice": "<label><input type=radio name=a checked>One</label>"
    "<label><input type=radio name=a>Two</label>",
    "box": "<label><input type=checkbox>Noise</label>",
    "list": "<select aria-label=Method><option>one<option>two</select>",
    "handle": "<div role=slider tabindex=0 aria-label=Start>o</div>",
    "button": "<button>Go</button>",
    "nothing": "",
}


@pytest.mark.parametrize("kind", DEAD)
def test_is_a_dead_control_found(kind: str, blank: Page) -> None:
    """Is a control without effect named, and a widget without controls as well?"""
    blank.set_content(f"<main>{DEAD[kind]}{SVG}</main>")
    assert len(Drive(blank, blank.locator("main")).all()) in {1, 2}


@pytest.mark.parametrize("kind", [kind for kind in DEAD if kind != "nothing"])
def test_is_a_live_control_left_alone(kind: str, blank: Page) -> None:
    """Does a control pass whose every event draws anew?"""
    blank.set_content(f"<main>{DEAD[kind]}{SVG}</main>")
    blank.evaluate(
        f"""() => {{ for (const name of ["input", "change", "click", "keydown"])
            document.addEventListener(name, () => {{ {LIVE} }}); }}"""
    )
    assert Drive(blank, blank.locator("main")).all() == []
