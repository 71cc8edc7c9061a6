"""The book on paper: what the PDF holds, read back by a library that made nothing of it."""

from __future__ import annotations

import re
import subprocess
import unicodedata

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.book.prose import source
from tests.book.trail import sections
from tools import pdf
from tools.common import ToolError

pytestmark = pytest.mark.browser

CHAPTER = "04-gradient-descent"


def squeezed(words: str) -> str:
    """Text without what typesetting adds: spaces at line ends, ligatures, curly quotes."""
    plain = unicodedata.normalize("NFKC", words).replace("’", "'").replace("`", "")
    return re.sub(r"[\s\u200b*]", "", plain)


@pytest.fixture(scope="module")
def printed(
    browser: Browser, small_address: str, tmp_path_factory: pytest.TempPathFactory
) -> PdfReader:
    """The small book's chapters, printed."""
    out = tmp_path_factory.mktemp("paper") / "new" / "book.pdf"
    pdf.make(browser, small_address, ["02-sliders", "03-small"], out)
    return PdfReader(out)


@pytest.fixture(scope="module")
def text(printed: PdfReader) -> str:
    """All its words, on one line."""
    return " ".join(" ".join(page.extract_text() for page in printed.pages).split())


def test_title_contents_and_numbers(printed: PdfReader) -> None:
    """Is there a title page, then the contents, then each page on a new sheet with its number?"""
    sheets = [page.extract_text() for page in printed.pages]
    assert len(sheets) >= 5
    assert "Lossland" in sheets[0]
    assert "version" in sheets[0]
    assert "Contents" in sheets[1]
    assert "A small chapter" in sheets[1]
    assert [sheet.split()[-1] for sheet in sheets] == [str(n + 1) for n in range(len(sheets))]
    heads = [sheet for sheet in sheets[2:] if "A small chapter" in sheet[:40]]
    assert len(heads) == 1


def test_folds_are_printed(text: str) -> None:
    """Are side paths and the explanations of answers there?"""
    assert "What does a long line of" in text
    assert "stands in (3.2)" in text
    assert "That share of the velocity is lost in every step." in text


def test_plotting_code_is_left_out(text: str) -> None:
    """Is folded code absent, its output present, and code that is to be read printed?"""
    assert "a_long_line_that_does_not_fit" not in text
    assert "ax.plot([1, 2, 3])" in text


def test_a_widget_is_its_picture_and_its_address(printed: PdfReader, text: str) -> None:
    """Does no control come on paper, but a picture and the place where it lives?"""
    assert "clicked 0 times" not in text
    assert "The counter below needs scripts" not in text
    assert "This figure is alive at 03-small.html#questions-and-a-widget" in text
    assert sum(len(page.images) for page in printed.pages) == 2  # the plot and the still picture


def test_links_stay_in_the_file(printed: PdfReader) -> None:
    """Do references lead to a sheet of this file, and is there an outline of the pages?"""
    names = set(printed.named_destinations)
    assert any("03-small--equation-eq-sum" in name for name in names)
    titles = [entry.title for entry in printed.outline if not isinstance(entry, list)]
    assert any("A small chapter" in title for title in titles)


def test_a_chapter_on_paper(
    browser: Browser, address: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Has a chapter of the book every fold, every figure's caption, and no widget's canvas?"""
    out = tmp_path_factory.mktemp("chapter") / "chapter.pdf"
    pdf.make(browser, address, [CHAPTER], out)
    sheets = PdfReader(out).pages
    assert len(sheets) > 20
    words = squeezed(" ".join(sheet.extract_text() for sheet in sheets))
    folds = [s.title for s in sections(CHAPTER) if s.side and "$" not in s.title]
    assert len(folds) > 5
    assert [title for title in folds if squeezed(title) not in words] == []
    captions = source(CHAPTER).count("    caption: ")
    assert all(f"Figure4.{n + 1}" in words for n in range(captions))
    assert words.count("Thisfigureisaliveat") == source(CHAPTER).count("widget-fallback")


def test_unknown_page_is_told() -> None:
    """Is a page that the book does not have named, before anything is started?"""
    with pytest.raises(ToolError, match="'05-momento' is not a page"):
        pdf.chosen(["05-momento"])
    assert pdf.chosen(["05-momentum", "primer"]) == ["primer", "05-momentum"]


@pytest.mark.parametrize(("fonts", "lacking"), [("", ["glossary"]), ("Nanum\n", [])])
def test_korean_words_need_a_font(
    monkeypatch: pytest.MonkeyPatch, fonts: str, lacking: list[str]
) -> None:
    """Is the glossary named where no font has the letters of its Korean terms, and only there?"""
    told = subprocess.CompletedProcess([], 0, stdout=fonts)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: told)
    assert pdf.without_letters([CHAPTER, "glossary"]) == lacking


def test_nobody_can_tell_without_fontconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is nothing claimed where the machine cannot be asked for its fonts?"""

    def missing(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", missing)
    assert pdf.without_letters(["glossary"]) == []
