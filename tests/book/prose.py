"""The sentences of a Markdown page, without code, formulas and marks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.book.letters import CODE_CELL, DISPLAYED, FENCE, INLINE
from tests.book.trail import FRONT_MATTER
from tools.build import pages

ENTRY = re.compile(r"^ *(?:caption|alt):(.*(?:\n +(?!\w+:).*)*)", re.MULTILINE)


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
    """What of a page is read as sentences."""
    return sentences(source(name))


def sentences(markdown: str) -> Kept:
    """What is read as sentences: text, captions, alternative texts; formulas are a word."""
    text = FRONT_MATTER.sub(blank, markdown)
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
