"""Small faults of writing that readers trip over, looked for in the Markdown of every page."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.book.letters import CODE_CELL, DISPLAYED, FENCE, INLINE
from tests.book.trail import FRONT_MATTER
from tools.build import pages

PAGES = [page.stem for page in pages() if page.stem != "bibliography"]
WRITTEN = {int(name[:2]) for name in PAGES if re.match(r"\d\d-", name)}
APPENDICES = {match[1].upper() for name in PAGES if (match := re.match(r"appendix-(\w)-", name))}
PLAN = {"index"}  # the one page that may name chapters which are not written, and says so
ENTRY = re.compile(r"^ *(?:caption|alt):(.*(?:\n +(?!\w+:).*)*)", re.MULTILINE)
LABELS = re.compile(
    r"""(?:label_line|\.text|\.annotate|\.set|\.set_\w+|label=)\(?[^\n]*?(["'])(.*?)\1"""
)
UNIT = r"(?:%|‰|ms|s|min|KB|kB|MB|GB|GHz|px|km)"

each_page = pytest.mark.parametrize("name", PAGES)


@dataclass(frozen=True)
class Kept:
    """Text whose line numbers are those of the source."""

    text: str

    def find(self, pattern: str, flags: int = 0) -> list[str]:
        """Every match with its line, as an author can find it."""
        return [
            f"line {self.text.count(chr(10), 0, m.start()) + 1}: {' '.join(m[0].split())}"
            for m in re.finditer(pattern, self.text, flags)
        ]


def blank(match: re.Match[str]) -> str:
    """Nothing, on as many lines."""
    return "\n" * match[0].count("\n")


def cell_words(match: re.Match[str]) -> str:
    """Of a code cell what its figure says in words, on the lines where it stands."""
    body = match[0]
    spans = [m.span(1) for m in ENTRY.finditer(body.split("\n---\n", 1)[0])]
    return "".join(
        c if c == "\n" or any(a <= i < b for a, b in spans) else "" for i, c in enumerate(body)
    )


def source(name: str) -> str:
    """The page's Markdown."""
    return next(page for page in pages() if page.stem == name).read_text("utf8")


def prose(name: str) -> Kept:
    """What is read as sentences: text, captions, alternative texts; formulas are a word."""
    text = FRONT_MATTER.sub(blank, source(name))
    text = CODE_CELL.sub(cell_words, text)
    text = re.sub(r"^(`{3,})\{raw\}.*?^\1$", blank, text, flags=re.DOTALL | re.MULTILINE)
    text = FENCE.sub(blank, text)
    text = DISPLAYED.sub(blank, text)
    text = INLINE.sub(lambda m: "⟨formula⟩" + blank(m), text)
    text = re.sub(r"\{(?:glue:text|glue)\}`[^`\n]*`", "⟨number⟩0", text)
    text = re.sub(r"\{[a-z:-]+\}`([^`<]*?)\s*(?:<[^`]*>)?`", r"\1", text)
    text = re.sub(r"`+[^`\n]+`+", "⟨code⟩", text)
    text = re.sub(r"^\([\w-]+\)=$|^\{[.#].*\}$|^:[\w-]+:.*$|^ *name:.*$", "", text, flags=re.M)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return Kept(re.sub(r"<[^>\n]+>", "", text))


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
