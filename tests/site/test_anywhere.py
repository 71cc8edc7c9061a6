"""Pages where readers really open them: from a disk, and under a strict content-security policy."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.browser import Watch, open_page
from tests.site.small_book import SmallBook
from tools.build import pages
from tools.common import ROOT
from tools.serve import POLICY, Handler, StrictHandler

pytestmark = pytest.mark.browser

CHAPTERS = [page.stem for page in pages() if page.stem[:2].isdigit()]
DRAWN = ".widget-place :is(canvas, svg)"
NUMBERED = "article .math mjx-math mjx-c"
IN_MATHJAX = "(e) => getComputedStyle(e, '::before').fontFamily.includes('MJX')"
FONTS = """async () => { await document.fonts.ready;
  const loaded = [...document.fonts].filter(({ status }) => status === "loaded");
  return loaded.filter(({ family }) => family.includes("MJX")).length }"""
# From a disk a browser does not take a font in advance; it loads it when the text needs it.
EARLY = re.compile(r"\.woff2?\b|Failed to load resource: net::ERR_FAILED")


class SlackHandler(StrictHandler):
    """What ipywidgets' manager needs besides."""

    policy = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
        "script-src 'self'", "script-src 'self' 'unsafe-eval'"
    )


@contextmanager
def strict(folder: Path, handler: type[Handler] = StrictHandler) -> Iterator[str]:
    """A folder's address on a host with the policy."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}/"
    httpd.shutdown()
    httpd.server_close()


def move_a_control(page: Page) -> None:
    """The first slider of the page changes the picture."""
    widget = page.locator(".widget-place").first
    widget.scroll_into_view_if_needed()
    page.wait_for_selector(DRAWN)
    slider = widget.locator("input[type=range]").first
    before = widget.inner_html() + widget.locator(":is(canvas, svg)").first.screenshot().hex()
    slider.press("Home")
    slider.press("PageUp")
    page.wait_for_timeout(200)
    after = widget.inner_html() + widget.locator(":is(canvas, svg)").first.screenshot().hex()
    assert after != before


def quiet(page: Page) -> None:
    """Formulas are set, and nothing says that a widget needs scripts."""
    assert page.locator(NUMBERED).first.evaluate(IN_MATHJAX)
    assert page.evaluate(FONTS) > 0
    for sentence in page.locator(".noscript").all():
        expect(sentence).to_be_hidden()


@pytest.mark.parametrize("name", [CHAPTERS[0], CHAPTERS[-1]])
def test_chapter_from_a_disk(name: str, browser: Browser, site: Path) -> None:
    """Does a chapter opened as a file show its formulas, and a widget that lives?"""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    watch = Watch(context, "file:///")
    page = open_page(context, (site / f"{name}.html").as_uri())
    move_a_control(page)
    quiet(page)
    context.close()
    assert [text for text in watch.complaints if not EARLY.search(text)] == []


def test_search_from_a_disk(browser: Browser, site: Path) -> None:
    """Does the search of a book that lies on a disk find, and lead on?"""
    context = browser.new_context()
    watch = Watch(context, "file:///")
    page = open_page(context, f"{(site / 'search.html').as_uri()}?q=momentum")
    expect(page.locator("#search-results ol > li")).not_to_have_count(0)
    page.locator("#search-words").fill("bowl")
    expect(page.locator("#search-results mark").first).to_contain_text("bowl")
    context.close()
    assert [text for text in watch.complaints if not EARLY.search(text)] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_small_book_under_a_strict_policy(
    theme: str, browser: Browser, small_book: SmallBook
) -> None:
    """Is nothing refused, does the widget live, are formulas set, is the theme there at once?"""
    with strict(small_book.html) as home:
        context = browser.new_context(color_scheme=theme)
        watch = Watch(context, home)
        page = open_page(context, f"{home}03-small.html")
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        page.get_by_role("button", name="clicked 0 times").click()
        expect(page.get_by_role("button", name="clicked 1 times")).to_be_visible()
        quiet(page)
        for name in ("index", "search"):
            open_page(context, f"{home}{name}.html?q=friction")
        context.close()
    assert watch.complaints == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_chapter_under_a_strict_policy(name: str, browser: Browser, site: Path) -> None:
    """Is nothing of a chapter refused, and does its first widget live?"""
    with strict(site) as home:
        context = browser.new_context(reduced_motion="reduce")
        watch = Watch(context, home)
        page = open_page(context, f"{home}{name}.html")
        move_a_control(page)
        quiet(page)
        context.close()
    assert watch.complaints == []


def test_below_a_path_from_a_read_only_copy(
    browser: Browser, small_book: SmallBook, tmp_path: Path
) -> None:
    """Does a copy that nobody may write to live in a folder of a strict host?"""
    copy = tmp_path / "host" / "courses" / "lossland"
    shutil.copytree(small_book.html, copy)
    kept = [copy, *copy.rglob("*")]
    for path in kept:
        path.chmod(path.stat().st_mode & ~0o222)
    with strict(tmp_path / "host") as host:
        home = f"{host}courses/lossland/"
        context = browser.new_context()
        watch = Watch(context, home)
        page = open_page(context, f"{home}03-small.html")
        page.get_by_role("button", name="clicked 0 times").click()
        expect(page.get_by_role("button", name="clicked 1 times")).to_be_visible()
        quiet(page)
        open_page(context, f"{home}search.html?q=friction")
        context.close()
    for path in kept:
        path.chmod(path.stat().st_mode | 0o200)  # so that the folder can be removed
    assert watch.complaints == []


def test_the_documents_print_the_policy() -> None:
    """Are both policies told to who publishes the site, word for word?"""
    text = (ROOT / "PUBLISHING.md").read_text("utf8")
    assert f"Content-Security-Policy: {POLICY}\n" in text
    assert f"Content-Security-Policy: {SlackHandler.policy}\n" in text


def test_manager_under_its_policy(browser: Browser, small_book: SmallBook) -> None:
    """Do ipywidgets' own controls live where their manager's habits are allowed besides?"""
    with strict(small_book.html, SlackHandler) as home:
        context = browser.new_context()
        watch = Watch(context, home)
        page = open_page(context, f"{home}02-sliders.html")
        expect(page.get_by_role("slider")).to_have_count(2)
        expect(page.locator(".widget-label mjx-container")).to_have_count(1)
        context.close()
    assert watch.complaints == []
