"""Is every word of the book, the problem sets and the repository's documents spelt right?

The dictionary is pyspellchecker's English one. What it lacks stands in `words.txt`: names, terms of
art, and British spellings. A word that is right and new to both is to be added there, in the
alphabet's order.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import pytest
from spellchecker import SpellChecker

from tests.book.prose import Kept, sentences
from tools.build import pages
from tools.common import ROOT

LIST = Path(__file__).with_name("words.txt")
OWN = LIST.read_text("utf8").splitlines()
WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ž]+(?:['’][a-z]+)*")
# Keys of works, names of places on a page and of directives are nobody's words.
KEYS = re.compile(
    r"\{cite\S*\}`[^`]*`|\{(?:ref|eq|numref|doc|download|reading-time)\}`[^`<]*`"
    r"|\((?:eq|side)\d*-[\w-]*\)|^\([\w-]+\)=|^ *:?name:.*$|(?<=:::)\{[\w-]+\}|\{terms\} \w+",
    re.MULTILINE,
)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ADDRESS = re.compile(r"https?://\S+|\S+@\S+|[\w./*-]*(?:/|\.[a-z]{2,4}\b)[\w./*-]*")

TEXTS = [
    *(page for page in pages() if page.stem != "bibliography"),
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("solutions/*/*.ipynb")),
]


def markdown(path: Path) -> str:
    """A page's text, or a notebook's."""
    text = path.read_text("utf8")
    if path.suffix == ".md":
        return text
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
    return "\n\n".join("".join(cell["source"]) for cell in cells)


@functools.cache
def words(path: Path) -> list[tuple[str, str]]:
    """Each word of a text with the place where it stands."""
    plain = sentences(KEYS.sub(" ", COMMENT.sub(" ", markdown(path))))
    plain = Kept(ADDRESS.sub(" ", plain.text))
    found = []
    for number, line in enumerate(plain.text.splitlines(), 1):
        for word in WORD.findall(line):
            found.append((re.sub(r"['’]s$", "", word).replace("’", "'"), f"line {number}: {word}"))
    return found


@functools.cache
def dictionary() -> SpellChecker:
    """English, without guesses at what was meant."""
    return SpellChecker(distance=1)


def misspelt(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Which of these words the dictionary does not have."""
    unknown = dictionary().unknown({word.lower() for word, _ in found})
    return [(word, place) for word, place in found if word.lower() in unknown]


@pytest.mark.parametrize("path", TEXTS, ids=[str(path.relative_to(ROOT)) for path in TEXTS])
def test_words_are_spelt_right(path: Path) -> None:
    """Is every word in the dictionary or in the project's list?"""
    known = {word.lower() for word in OWN}
    assert [place for word, place in misspelt(words(path)) if word.lower() not in known] == []


def test_a_slip_is_found() -> None:
    """Does the check see the commonest slips, in a sentence, a caption and a heading?"""
    page = (
        "# Optimizaton\n\nThe gradeint `lr` recieves {cite:t}`polyak1964`.\n\nIts seperate lenght\n"
    )
    found = [(word, word) for word in WORD.findall(sentences(KEYS.sub(" ", page)).text)]
    slips = ["Optimizaton", "gradeint", "recieves", "seperate", "lenght"]
    assert [word for word, _ in misspelt(found)] == slips


def test_the_list_is_in_order_and_needed() -> None:
    """Is the project's list sorted, without what the dictionary has?"""
    assert sorted(set(OWN), key=str.lower) == OWN
    assert [word for word, _ in misspelt([(word, word) for word in OWN])] == OWN
