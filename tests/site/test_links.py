"""Does every link within the project lead somewhere: in the built pages and in the documents?"""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tools.build import pages
from tools.common import ROOT

NAMES = (*(page.stem for page in pages()), "search", "404")
LEADS = {"a": "href", "link": "href", "img": "src", "script": "src", "form": "action"}
DOCUMENTS = [*sorted(ROOT.glob("*.md")), ROOT / "lossland" / "widgets" / "README.md"]
CODE_BLOCK = re.compile(r"^(`{3,}).*?^\1$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"`((?:\w[\w.-]*/)+[\w.-]*)`")
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"_build", "_course"}
INVENTED = re.compile(r"NN|NAME|LETTER|STUDENT|10-polyak")
SETTING = re.compile(r"^(?:.*&)?[a-z-]+=")  # a link that sets a widget, perhaps behind an anchor


class Leads(HTMLParser):
    """The addresses and the places of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where the element leads, and its id."""
        given = dict(attrs)
        self.places.update(v for k in ("id", "name") if (v := given.get(k)))
        if address := given.get(LEADS.get(tag, "")):
            self.found.add(address)


@cache
def read(path: Path) -> Leads:
    """A page taken apart."""
    parser = Leads()
    parser.feed(path.read_text("utf8"))
    return parser


def lost(page: Path) -> list[str]:
    """The page's links that lead to no file of the site, or to no place of its page."""
    missing = []
    for address in sorted(read(page).found):
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = page.parent / unquote(parts.path) if parts.path else page
        target = target / "index.html" if target.is_dir() else target
        if not target.is_file() or (
            parts.fragment
            and target.suffix == ".html"
            and not SETTING.match(parts.fragment)
            and unquote(parts.fragment) not in read(target).places
        ):
            missing.append(address)
    return missing


@pytest.mark.parametrize("name", NAMES)
def test_links_of_a_page(name: str, site: Path) -> None:
    """Does each link of the built page lead to a file, and its anchor to a place there?"""
    assert lost(site / f"{name}.html") == []


def test_lost_links_are_seen(tmp_path: Path) -> None:
    """Does the check see a missing page, a missing anchor and a missing picture, and no more?"""
    (tmp_path / "b.html").write_text('<p id="here">b</p>', "utf8")
    page = tmp_path / "a.html"
    page.write_text(
        '<a href="b.html#here">1</a><a href="#map=lr:0.1">2</a><a href="https://c.example/">3</a>'
        '<a href="c.html">4</a><a href="b.html#there">5</a><img src="d.png">'
        '<a href="#nowhere">6</a>',
        "utf8",
    )
    assert lost(page) == ["#nowhere", "b.html#there", "c.html", "d.png"]


def slug(heading: str) -> str:
    """A heading's anchor as code hosts make it."""
    kept = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.lower()))
    return kept.strip().replace(" ", "-")


@pytest.mark.parametrize("path", DOCUMENTS, ids=[str(p.relative_to(ROOT)) for p in DOCUMENTS])
def test_links_of_a_document(path: Path) -> None:
    """Does each link of a Markdown document lead to a file of the repository, and its anchor?"""
    missing = []
    for address in LINK.findall(CODE_BLOCK.sub("", path.read_text("utf8"))):
        parts = urlsplit(address)
        if parts.scheme:
            continue
        target = path.parent / parts.path if parts.path else path
        headings = (
            re.findall(r"^#+ (.*)$", target.read_text("utf8"), re.MULTILINE)
            if target.suffix == ".md" and target.is_file()
            else []
        )
        if not target.exists() or (parts.fragment and parts.fragment not in map(slug, headings)):
            missing.append(address)
    assert missing == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=[str(p.relative_to(ROOT)) for p in DOCUMENTS])
def test_files_that_a_document_names(path: Path) -> None:
    """Is each file that is named by its whole path there?"""
    named = NAMED.findall(CODE_BLOCK.sub("", path.read_text("utf8")))
    whole = [n for n in named if n.split("/")[0] in FOLDERS and not INVENTED.search(n)]
    assert [name for name in whole if not (ROOT / name).exists()] == []
