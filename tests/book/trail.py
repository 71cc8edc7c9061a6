"""A chapter's source taken apart: the trail, the side paths, their cells and directives."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.book.page import text

FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
HEADING = re.compile(r"(#{1,4}) +(.*)")
CODE = re.compile(r"```\{code-cell\}[^\n]*\n(.*?)\n```", re.DOTALL)
FORMULA = re.compile(r"\$\$.*?\$\$", re.DOTALL)
DIRECTIVE = re.compile(r"^(:{3,})\{([a-z-]+)\}([^\n]*)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
TAGS = re.compile(r"tags: *\[([^\]]*)\]")
OPTIONS = re.compile(r"\A(?:---\n.*?\n---\n|(?::[a-z-]+:[^\n]*\n)+)", re.DOTALL)
UNSEEN = {"hide-input", "remove-input", "remove-cell"}


@dataclass
class Section:
    """A heading and what stands below it before the next heading."""

    level: int
    title: str
    side: bool
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def cells(self) -> list[Cell]:
        """The code cells."""
        return [Cell.read(match[1]) for match in CODE.finditer(self.text)]

    def directives(self, name: str) -> list[str]:
        """The bodies of all directives of one name."""
        prose = CODE.sub("", self.text)
        return [match[4] for match in DIRECTIVE.finditer(prose) if match[2] == name]

    def prose(self) -> str:
        """What is read: no code, no displayed formula, nothing that only some readers see.

        Of a self-check the question counts; its explanations come one at a time.
        """

        def seen(match: re.Match[str]) -> str:
            if match[2] == "noscript":
                return ""
            return match[3] if match[2] == "selfcheck" else f"{match[3]}\n{match[4]}"

        return FORMULA.sub("", DIRECTIVE.sub(seen, CODE.sub("", self.text)))

    def words(self) -> int:
        """How many words are read."""
        plain = re.sub(r"^\{[.#][^}]*\}$|^\([\w-]+\)=$|^:[a-z-]+:.*$", "", self.prose(), flags=re.M)
        plain = re.sub(r"\{[a-z:-]+\}`([^`]*)`", r"\1", plain)
        plain = re.sub(r"\]\([^)]*\)", "]", plain)
        return len(re.findall(r"\w+(?:['’.,-]\w+)*", plain))

    def remembered(self) -> int:
        """How many sentences are set apart to remember."""
        return self.text.count("{.remember}")


@dataclass(frozen=True)
class Cell:
    """A code cell: its tags and its code."""

    tags: frozenset[str]
    code: str

    @classmethod
    def read(cls, body: str) -> Cell:
        options = OPTIONS.match(body + "\n")
        head = options[0] if options else ""
        tags = TAGS.search(head)
        names = {tag.strip() for tag in tags[1].split(",")} if tags else set()
        return cls(frozenset(names), body[len(head) :].strip("\n"))

    @property
    def visible(self) -> bool:
        return not UNSEEN & self.tags


def sections(chapter: str) -> list[Section]:
    """All sections of a chapter; a side path takes the sections below it along."""
    found = [Section(0, "", False)]
    pending_side, fence, side_level = False, "", 0
    for line in FRONT_MATTER.sub("", text(chapter)).splitlines():
        mark = re.match(r"(`{3,}|:{3,})", line)
        if mark:
            fence = "" if fence == mark[1] and line == fence else fence or mark[1]
        heading = None if fence else HEADING.fullmatch(line)
        if heading is None:
            pending_side = line == "{.side-path}" if line.strip() else pending_side
            found[-1].lines.append(line)
            continue
        level = len(heading[1])
        side_level = level if pending_side else side_level
        side = pending_side or bool(side_level and level > side_level)
        side_level = side_level if side else 0
        found.append(Section(level, heading[2], side))
        pending_side = False
    return found


def trail(chapter: str) -> list[Section]:
    """The sections that are not folded away."""
    return [section for section in sections(chapter) if not section.side]


def side_paths(chapter: str) -> list[Section]:
    """The sections that are."""
    return [section for section in sections(chapter) if section.side]
