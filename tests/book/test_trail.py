"""Is every chapter read to its end? The trail held against the eleven points of the curriculum."""

from __future__ import annotations

import re

import pytest

from tests.book.trail import Section, trail
from tools.build import pages

CHAPTERS = [page.stem for page in pages() if re.match(r"\d\d-", page.stem)]
APPENDICES = [page.stem for page in pages() if re.match(r"appendix-\w-", page.stem)]
ENDING = {"Where this breaks", "Summary", "Further reading"}
BOOKKEEPING = re.compile(r"\b(?:keep|glue|panels|label_line|table)\(|\bplt\.|\bax\.")
LONGEST_TRAIL = 2500  # words
WIDEST_CODE = 68  # characters; nothing scrolls sideways at 1280 pixels

each_chapter = pytest.mark.parametrize("chapter", [*CHAPTERS, *APPENDICES])


def first_screen(chapter: str) -> Section:
    """What stands between the page's heading and its first section."""
    return next(section for section in trail(chapter) if section.level == 1)


@each_chapter
def test_the_trail_is_short(chapter: str) -> None:
    """Has the trail at most 2,500 words?"""
    words = {section.title: section.words() for section in trail(chapter)}
    assert sum(words.values()) <= LONGEST_TRAIL, words


@each_chapter
def test_the_first_screen_says_what_comes(chapter: str) -> None:
    """Do the question, the time, what one needs and a live opener stand before any section?"""
    opening = first_screen(chapter)
    assert opening.text.count("{.question}") == 1
    assert opening.text.count("{.page-time}") == 1
    assert "{reading-time}`trail`" in opening.text
    assert "primer" in opening.text, "what one needs to know is linked to the primer"
    assert "$$" not in opening.text, "the opener comes before any algebra"
    if chapter in CHAPTERS:  # an appendix opens with a picture that stands still
        assert any("widget" in cell.tags for cell in opening.cells()), "there is no opener"
    else:
        assert "name: fig-" in opening.text, "there is no opening figure"


@each_chapter
def test_code_on_the_trail_is_for_the_reader(chapter: str) -> None:
    """Does no visible line scroll sideways, and is there no bookkeeping in sight?"""
    wide, bookkeeping = [], []
    for section in trail(chapter):
        for cell in section.cells():
            if cell.visible:
                wide += [line for line in cell.code.splitlines() if len(line) > WIDEST_CODE]
                bookkeeping += BOOKKEEPING.findall(cell.code)
    assert (wide, bookkeeping) == ([], [])


@each_chapter
def test_the_method_is_a_dozen_lines(chapter: str) -> None:
    """Does one cell hold the method itself, in at most a dozen lines?"""
    (method,) = [c for s in trail(chapter) for c in s.cells() if "method" in c.tags]
    assert method.visible
    assert len([line for line in method.code.splitlines() if line.strip()]) <= 12


@each_chapter
def test_every_section_ends_with_a_sentence_to_remember(chapter: str) -> None:
    """Is there one sentence, set apart, at the end of each section of the trail?"""
    wrong = {}
    groups: list[list[Section]] = []
    for section in trail(chapter):
        if section.level == 2:
            groups.append([])
        if section.level >= 2:
            groups[-1].append(section)
    for group in groups:
        if group[0].title not in ENDING:
            remembered = sum(section.remembered() for section in group)
            if remembered != 1:
                wrong[group[0].title] = remembered
    assert wrong == {}


@each_chapter
def test_checks_and_myths_are_few(chapter: str) -> None:
    """Are there four to six self-checks and at most four myths along the trail?"""
    checks = sum(len(section.directives("selfcheck")) for section in trail(chapter))
    myths = sum(len(section.directives("myth")) for section in trail(chapter))
    assert 4 <= checks <= 6
    assert myths <= 4


@each_chapter
def test_the_chapter_ends_as_all_do(chapter: str) -> None:
    """Are there a summary, its limits, further reading and, of a chapter, the problem set?"""
    titles = [section.title for section in trail(chapter)]
    assert set(titles) >= ENDING
    if chapter in CHAPTERS:
        assert "{problem-set}`" in "".join(section.text for section in trail(chapter))
