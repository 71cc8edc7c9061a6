"""Are the two indexes complete, and does every entry lead to its place? Asked of the built site."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.book.page import text
from tests.book.test_myths import CLAIMS, boxes
from tools.build import pages

PAGES = [page.stem for page in pages() if re.match(r"\d\d-|appendix-|primer", page.stem)]
FIGURE = re.compile(r"^ +name: (fig-[\w-]+)$", re.MULTILINE)


class Anchors(HTMLParser):
    """The ids and the links of a page, and its text section by section of the index."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.sections: dict[str, list[str]] = {}
        self.results: dict[str, int] = {}
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.add(str(found["id"]))
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        if tag == "section":
            self._open.append(str(found.get("id")))
        if tag == "strong" and "result" in (found.get("class") or "").split() and self._open:
            self.results[self._open[-1]] = self.results.get(self._open[-1], 0) + 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "section" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            self.sections.setdefault(self._open[-1], []).append(data)


@cache
def read(site: Path, page: str) -> Anchors:
    """A page of the built site."""
    return Anchors((site / f"{page}.html").read_text("utf8"))


def test_every_box_is_in_the_index_of_myths(site: Path) -> None:
    """Exactly the boxes of the sources, those of the plan among them?"""
    links = {link for link in read(site, "myths").links if "#myth-" in link}
    expected = {f"{page}.html#{name}" for page, names in boxes().items() for name in names}
    assert links == expected
    assert {f"myth-{name}" for name in CLAIMS.values()} <= {link.split("#")[1] for link in links}


@pytest.mark.parametrize("page", PAGES)
def test_every_computed_number_is_in_the_index_of_results(site: Path, page: str) -> None:
    """As many as the page's sentences quote?"""
    quoted = len(re.findall(r"\{glue:text\}`", text(page)))
    assert read(site, "results").results.get(f"results-{page}", 0) == quoted


def test_every_figure_is_in_the_index_of_results(site: Path) -> None:
    """As many captions as the sources have?"""
    index = read(site, "results")
    for page in PAGES:
        words = " ".join(index.sections.get(f"results-{page}", []))
        # an opener's caption without a name counts too
        assert words.count("figure: ") >= len(FIGURE.findall(text(page))), page


@pytest.mark.parametrize("index", ["myths", "results", "glossary"])
def test_every_entry_leads_to_its_place(site: Path, index: str) -> None:
    """Is each anchor on its page?"""
    known: dict[str, set[str]] = {}
    for link in read(site, index).links:
        target, _, anchor = link.partition("#")
        if not anchor or "://" in target or not target:
            continue
        name = target.removesuffix(".html")
        if name not in known:
            known[name] = read(site, name).ids
        assert anchor in known[name], link


def test_the_index_is_no_page_of_the_search(site: Path) -> None:
    """A result is found where it is computed, not once more in the list of all of them."""
    listed = (site / "search-sections.js").read_text("utf8")
    assert '"url":"results.html"' in listed
    part = listed[listed.index('"url":"results.html"') :]
    assert len(part[: part.find('"url"', 10)]) < 3000


def test_figures_of_an_appendix_have_its_letter(site: Path) -> None:
    """Figure C.1, C.2, … and Equation (C.1), counted from 1 on each page?"""
    for page in PAGES:
        if match := re.match(r"appendix-(\w)-", page):
            html = (site / f"{page}.html").read_text("utf8")
            letter = match[1].upper()
            for found in (
                re.findall(r'caption-number">Figure (\w)\.(\d+)', html),
                re.findall(r'eqno">\((\w)\.(\d+)\)', html),
            ):
                assert found == [(letter, str(k)) for k in range(1, len(found) + 1)], page


def test_korean_is_marked_as_such(site: Path) -> None:
    """Do programs that read aloud know where the language changes?"""
    html = (site / "glossary.html").read_text("utf8")
    assert len(re.findall(r'lang="ko"', html)) >= 120
