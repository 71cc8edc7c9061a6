"""A chapter of two pages: do its numbers go on, and does the hiker walk on?"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.book.page import BOOK
from tools.common import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from lossland_book.trail import FINE, stretch

SECONDS = sorted(
    page.stem
    for page in BOOK.glob("[0-9][0-9]-*.md")
    if any(page.stem.startswith(f"{other.stem}-") for other in BOOK.glob("[0-9][0-9]-*.md"))
)
NUMBERS = {
    "figure": re.compile(r'class="caption-number">Figure (\d+\.\d+)'),
    "equation": re.compile(r'class="eqno">\((\d+\.\d+)\)'),
    "section": re.compile(r'<h[12]>\s*<span class="section-number">(\d+(?:\.\d+)*)'),
}


def test_pages_share_the_way_of_their_chapter() -> None:
    """Is a chapter's way divided among its pages without a gap, and another's left whole?"""
    names = ["index", "02-b", "03-a", "03-a-more", "04-c"]
    assert stretch("02-b", names) == (FINE, 2 * FINE)
    assert stretch("03-a", names) == (2 * FINE, 2 * FINE + FINE // 2)
    assert stretch("03-a-more", names) == (2 * FINE + FINE // 2, 3 * FINE)
    assert stretch("04-c", names) == (3 * FINE, 4 * FINE)


@pytest.mark.parametrize("second", SECONDS)
@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_go_on(site: Path, second: str, kind: str) -> None:
    """Has each number the chapter's number in front, and does none stand on both pages?"""
    first = max((p.stem for p in BOOK.glob(f"{second[:2]}-*.md") if p.stem != second), key=len)
    pages = [(site / f"{name}.html").read_text("utf8") for name in (first, second)]
    found = [NUMBERS[kind].findall(page) for page in pages]
    assert all(found)
    numbers = found[0] + found[1]
    assert {number.split(".")[0] for number in numbers} == {str(int(second[:2]))}
    assert max(Counter(numbers).values()) == 1


@pytest.mark.parametrize("second", SECONDS)
def test_contents_name_it(site: Path, second: str) -> None:
    """Does the list of pages show the second page below the first, on every page, and once?"""
    for name in ("index", second):
        contents = (site / f"{name}.html").read_text("utf8").split('<div class="pages">')[1]
        here = "#" if name == second else f"{second}.html"
        assert contents.split("</div>")[0].count(f'href="{here}"') == 1
