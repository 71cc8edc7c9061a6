"""The site among other sites: with and without a known address, found and not found."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import imagesize
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.browser import axe_violations
from tests.site.conftest import served
from tests.site.small_book import SmallBook
from tools import preview

HOME = "https://host.example/courses/lossland/"
META = re.compile(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">')


@pytest.fixture(scope="module")
def published(small_book: SmallBook, tmp_path_factory: pytest.TempPathFactory) -> SmallBook:
    """The small book, built for a known address (given without its last slash)."""
    root = tmp_path_factory.mktemp("published") / "root"
    shutil.copytree(small_book.root, root, symlinks=True)
    book = SmallBook(root)
    result = book.build(LOSSLAND_SITE_URL=HOME.rstrip("/"))
    assert result.returncode == 0, result.stderr
    return book


def test_unknown_address(small_book: SmallBook) -> None:
    """Does a site without an address have no sitemap, no canonical link, and a robots.txt?"""
    assert not (small_book.html / "sitemap.xml").exists()
    assert (small_book.html / "robots.txt").read_text("utf8") == "User-agent: *\nAllow: /\n"
    assert "canonical" not in (small_book.html / "03-small.html").read_text("utf8")


def test_sitemap(published: SmallBook) -> None:
    """Does the sitemap list every page, under its canonical address, and robots.txt the sitemap?"""
    tree = ET.parse(published.html / "sitemap.xml")
    found = [element.text for element in tree.iter() if element.tag.endswith("}loc")]
    assert sorted(map(str, found)) == [HOME, f"{HOME}02-sliders.html", f"{HOME}03-small.html"]
    assert f"Sitemap: {HOME}sitemap.xml\n" in (published.html / "robots.txt").read_text("utf8")
    page = (published.html / "03-small.html").read_text("utf8")
    assert f'<link rel="canonical" href="{HOME}03-small.html">' in page


def test_notebook_leads_back(published: SmallBook) -> None:
    """Do a downloaded notebook's links lead to the published book?"""
    text = (published.html / "notebooks" / "03-small.ipynb").read_text("utf8")
    assert f"({HOME}03-small.html)" in text
    assert f"pip install {HOME}library/lossland-" in text
    assert f"({HOME}problem-sets/03-small.zip)" in text


def test_not_an_address(published: SmallBook) -> None:
    """Is nonsense for an address told so?"""
    result = published.build(LOSSLAND_SITE_URL="lossland.example")
    assert result.returncode == 1
    assert "give an address like https://host/path/" in result.stderr


@pytest.mark.parametrize("known", [False, True])
def test_preview(known: bool, small_book: SmallBook, published: SmallBook) -> None:
    """Has every page a title, a description in words, and the picture of 1200 × 630?"""
    book = published if known else small_book
    for name in ("index", "03-small"):
        meta = dict(META.findall((book.html / f"{name}.html").read_text("utf8")))
        assert meta["og:title"]
        assert len(meta["description"]) > 40
        assert meta["og:description"] == meta["description"]
        assert "\\" not in meta["description"]
        picture = meta["og:image"].removeprefix(HOME)
        assert meta["og:image"].startswith("https://") == known
        assert imagesize.get(book.html / picture) == (1200, 630)


def test_preview_is_the_commands() -> None:
    """Does the command write the picture that the pages name, in the size that they name?"""
    assert imagesize.get(preview.TARGET) == (preview.WIDTH, preview.HEIGHT) == (1200, 630)


@pytest.fixture(params=["at the root", "in a folder", "with a known address"])
def lost(
    request: pytest.FixtureRequest, browser: Browser, small_book: SmallBook, tmp_path: Path
) -> Iterator[tuple[Page, str]]:
    """A reader at a missing address, three folders deep, and where the site really is."""
    host, below = tmp_path / "host", ""
    book = small_book
    if request.param == "at the root":
        host.symlink_to(book.html)
    else:
        if request.param == "with a known address":
            book = request.getfixturevalue("published")
        below = "courses/lossland/"
        (host / "courses").mkdir(parents=True)
        (host / "courses" / "lossland").symlink_to(book.html)
    with served(host) as url:
        context = browser.new_context(reduced_motion="reduce")
        page = context.new_page()
        reply = page.goto(f"{url}{below}one/two/three.html", wait_until="networkidle")
        assert reply is not None
        assert reply.status == 404
        yield page, url + below
        context.close()


@pytest.mark.browser
def test_missing_page_leads_on(lost: tuple[Page, str]) -> None:
    """Do the 404 page's links and its search work from any depth?"""
    page, home = lost
    expect(page.get_by_role("heading", name="No page here")).to_be_visible()
    links = page.get_by_role("link").evaluate_all("(all) => all.map((e) => e.href)")
    chapters = {f"{home}02-sliders.html", f"{home}03-small.html"}
    assert {link.split("#")[0] for link in links} == {home, *chapters}
    assert axe_violations(page) == []
    page.get_by_role("searchbox").fill("friction")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{home}search.html?q=friction")
    expect(page.get_by_role("link", name="A small chapter")).not_to_have_count(0)
