"""Which letters stand in a page's formulas, and which does the notation page explain?

A letter is a base, Latin or Greek, and whether it carries an index: $e$ is another letter than
$e_t$, if the notation page has a line for each. What is set upright (operators, words, the sign of
a transpose) is no letter, and neither are the constants that every reader knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.book.page import text
from tools.build import pages

NOTATION = "notation"
WITHOUT_LETTERS = {
    *(
        "index",
        "problem-sets",
        "course-plans",
        "instructors",
        NOTATION,
        "glossary",
        "myths",
        "results",
    ),
    "bibliography",
}
GREEK = re.compile(
    r"\\(?:alpha|beta|gamma|delta|(?:var)?epsilon|zeta|eta|(?:var)?theta|iota|kappa|lambda|mu|nu|xi"
    r"|(?:var)?rho|sigma|tau|upsilon|(?:var)?phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Sigma"
    r"|Upsilon|Phi|Psi|Omega|ell|E)"
)
BLACKBOARD = {"E": "E", "R": ""}  # the expectation has a line of its own, the real numbers have not
UPRIGHT = re.compile(
    r"\\(?:text|textrm|mathrm|mathsf|operatorname|begin|end|label|tag|mathbf)\*?\s*"
    r"(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|[A-Za-z0-9])"
)
TOKEN = re.compile(r"\\[A-Za-z]+|[A-Za-z]|_\{|_|\{|\}|\S")
CODE_CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CAPTION = re.compile(r"^ *caption:(.*?)(?=^ *(?:name|image|alt|width):|^---|\Z)", re.DOTALL | re.M)
MATH_BLOCK = re.compile(r"^```\{math\}[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FENCE = re.compile(r"^(`{3,})[a-z]+\n.*?^\1$", re.DOTALL | re.MULTILINE)
DISPLAYED = re.compile(r"\$\$(.*?)\$\$", re.DOTALL)
INLINE = re.compile(r"(?<![\\$])\$(?!\s)([^$]+?)(?<![\s\\])\$(?!\d)")
INDEX = re.compile(r"_(?:\{[^{}]*\}|\\?[A-Za-z0-9]+)")
LINE = re.compile(r"^\|(.+)\|$", re.MULTILINE)

Letter = tuple[str, bool]
"""A base, and whether it carries an index."""


def show(letter: Letter) -> str:
    """A letter as an author writes it."""
    base, index = letter
    return f"${base}{'_·' if index else ''}$"


def formulas(source: str) -> list[str]:
    """All formulas of a page's Markdown, those in captions included and code left out."""
    source = CODE_CELL.sub(lambda cell: "\n".join(CAPTION.findall(cell[1])), source)
    found = MATH_BLOCK.findall(source)
    source = re.sub(r"`[^`\n]+`", "", FENCE.sub("", source))
    found += DISPLAYED.findall(source)
    return found + INLINE.findall(DISPLAYED.sub(" ", source))


def letters(formula: str) -> set[Letter]:
    """The letters of a formula; an index counts as letters too."""
    plain = re.sub(
        r"\\mathbb\s*\{?([A-Z])\}?", lambda m: rf"\{BLACKBOARD.get(m[1], m[1])} ", formula
    )
    plain = UPRIGHT.sub(" ", plain.replace(r"\T", " "))
    tokens = TOKEN.findall(plain)
    found: set[Letter] = set()
    for position, token in enumerate(tokens):
        if not (re.fullmatch("[A-Za-z]", token) or GREEK.fullmatch(token)):
            continue
        after = [t for t in tokens[position + 1 : position + 4] if t not in {"'", "\\star", "^"}]
        found.add((token, bool(after) and after[0] in {"_", "_{"}))
    return found


@dataclass
class Meanings:
    """The letters that the notation page explains: everywhere, and for one chapter."""

    everywhere: set[Letter] = field(default_factory=set)
    local: dict[str, set[Letter]] = field(default_factory=dict)

    def line_of(self, letter: Letter, chapter: str) -> tuple[str, Letter] | None:
        """The line that explains a letter: its own, or the bare letter's for one with an index."""
        base, index = letter
        for wanted in [letter, (base, False)] if index else [letter]:
            for place, known in (
                (chapter, self.local.get(chapter, set())),
                ("", self.everywhere),
            ):
                if wanted in known:
                    return place, wanted
        return None


def meanings() -> Meanings:
    """Read the notation page: first cells of the lines below its headings."""
    found = Meanings()
    for part in re.split(r"^#{2,3} ", text(NOTATION), flags=re.MULTILINE):
        title, _, body = part.partition("\n")
        known: set[Letter] = set()
        for line in LINE.findall(body):
            first = line.split("|")[0]
            for formula in INLINE.findall(first):
                known |= letters(INDEX.sub("_{}", formula))
        if title.startswith("Letters on every page"):
            found.everywhere = known
        elif match := re.match(r"(?:Chapter \d+|Appendix [A-Z]|Primer)", title):
            found.local[match[0]] = known
    return found


def group_of(page: str) -> str:
    """The heading below which a page's own letters stand; a chapter of two pages has one."""
    if match := re.match(r"(\d\d)", page):
        return f"Chapter {int(match[1])}"
    match = re.match(r"appendix-(\w)-", page)
    return f"Appendix {match[1].upper()}" if match else page.capitalize()


def used() -> dict[str, dict[Letter, str]]:
    """For each chapter its letters, each with a formula that has it."""
    found: dict[str, dict[Letter, str]] = {}
    for page in pages():
        if page.stem in WITHOUT_LETTERS:
            continue
        chapter = found.setdefault(group_of(page.stem), {})
        for formula in formulas(page.read_text("utf8")):
            for letter in letters(formula):
                chapter.setdefault(letter, " ".join(formula.split()))
    return found
