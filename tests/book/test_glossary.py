"""Is every term of the glossary in its section, in Korean, and in the code under its name?"""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import NamedTuple

import pytest

from tests.book.page import text
from tests.book.trail import sections
from tools.build import pages


class Term(NamedTuple):
    """A line of the glossary."""

    term: str
    translation: str
    code: list[str]
    page: str
    heading: str


def terms() -> list[Term]:
    """The lines of the glossary's table."""
    (body,) = re.findall(r"^```\{terms\} ko\n(.*?)^```", text("glossary"), re.DOTALL | re.M)
    found = []
    for line in body.splitlines():
        term, translation, code, where = (part.strip() for part in line.split("|"))
        page, heading = where.split(": ", 1)
        found.append(Term(term, translation, code.split(", "), page, heading))
    return found


@cache
def all_cells() -> str:
    """The code of all pages."""
    return "\n".join(
        cell.code
        for page in pages()
        if page.stem != "index"
        for section in sections(page.stem)
        for cell in section.cells()
    )


TERMS = terms()
each_term = pytest.mark.parametrize("term", TERMS, ids=[term.term for term in TERMS])


def test_there_are_enough_terms_and_none_twice() -> None:
    assert len(TERMS) >= 120
    assert len({term.term for term in TERMS}) == len(TERMS)


@each_term
def test_the_section_speaks_of_the_term(term: Term) -> None:
    """Has the page that heading, and does its section use the word?"""
    titles = {
        section.title.replace("'", "’"): section for section in sections(term.page) if section.title
    }
    assert term.heading in titles
    section = titles[term.heading]
    words = f"{section.title}\n{section.text}".replace("'", "’").casefold()
    stem = re.sub(r"(?:isation|ization|tion|ing|ed|s)$", "", term.term.casefold())
    assert stem in words or stem.replace("-", " ") in words, term.heading


@each_term
def test_the_translation_is_korean(term: Term) -> None:
    assert re.search(r"[가-힣]", term.translation)


@each_term
def test_the_code_has_the_name(term: Term) -> None:
    """A module's function exists, and a variable stands in some page's cells."""
    for name in term.code:
        if "." in name:
            module, attribute = name.split(".")
            assert hasattr(importlib.import_module(f"lossland.{module}"), attribute), name
        else:
            assert re.search(rf"(?<![\w.]){re.escape(name)}\b", all_cells()), name
