"""Small faults of writing that readers trip over, looked for in the Markdown of every page."""

from __future__ import annotations

import re

import pytest

from tests.book.letters import CODE_CELL
from tests.book.prose import Kept, blank, cell_words, prose, source
from tests.book.trail import FRONT_MATTER
from tools.build import pages

PAGES = [page.stem for page in pages() if page.stem != "bibliography"]
WRITTEN = {int(name[:2]) for name in PAGES if re.match(r"\d\d-", name)}
APPENDICES = {match[1].upper() for name in PAGES if (match := re.match(r"appendix-(\w)-", name))}
PLAN = {"index"}  # the one page that may name chapters which are not written, and says so
LABELS = re.compile(
    r"""(?:label_line|\.text|\.annotate|\.set|\.set_\w+|label=)\(?[^\n]*?(["'])(.*?)\1"""
)
UNIT = r"(?:%|‰|ms|s|min|KB|kB|MB|GB|GHz|px|km)"

each_page = pytest.mark.parametrize("name", PAGES)


@each_page
def test_no_page_is_promised_that_is_not_there(name: str) -> None:
    """Does the text speak of written chapters and appendices only?"""
    text = prose(name)
    mentions = text.find(r"\b[Aa]ppendix ([A-Z])\b")
    promised = [mention for mention in mentions if mention[-1] not in APPENDICES]
    if name not in PLAN:
        for mention in text.find(r"\b[Cc]hapters?\s+\d+(?:(?:,| and| to|–)\s*\d+)*"):
            numbers = [int(n) for n in re.findall(r"\d+", mention.split(": ", 1)[1])]
            if set(numbers) - WRITTEN:
                promised.append(mention)
    assert promised == []


@each_page
def test_no_punctuation_is_orphaned(name: str) -> None:
    """Does no line start with a comma or a full stop, and none stand behind a space?"""
    text = Kept(CODE_CELL.sub(cell_words, FRONT_MATTER.sub(blank, source(name))))
    orphans = text.find(r"^[ \t]*[,.;:](?=\s|$)[^\n]{0,30}", re.MULTILINE)
    orphans += text.find(r"\$\$[^\n$]*\n+[,.;][^\n]{0,30}")
    orphans += prose(name).find(r"\S+ [,.;](?=\s|$)")
    assert orphans == []


@each_page
def test_negative_numbers_have_a_minus(name: str) -> None:
    """Is the sign before a number in the text and in a figure's words U+2212, as on its axes?"""
    text = prose(name)
    hyphens = text.find(r"(?<![\w\]).:/–-])-\d[\d.,]*")
    for cell in CODE_CELL.finditer(source(name)):
        line = source(name).count("\n", 0, cell.start()) + 1
        hyphens += [
            f"cell of line {line}: {label[2]}"
            for label in LABELS.finditer(cell[1])
            if re.search(r"(?<![\w{:.\[^-])-\d", re.sub(r"\$[^$]*\$|\{[^}]*\}", "", label[2]))
        ]
    assert hyphens == []


@each_page
def test_no_word_stands_twice(name: str) -> None:
    """Is no word written twice in a row?"""
    twice = prose(name).find(r"\b([A-Za-z]+)(?:[ \t]+|[ \t]*\n[ \t]*)\1\b", re.IGNORECASE)
    assert twice == []


@each_page
def test_units_stand_apart(name: str) -> None:
    """Is there a space between a number and its unit, the per cent sign included?"""
    assert prose(name).find(rf"\d{UNIT}(?![\w%])") == []
