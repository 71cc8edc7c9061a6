"""Small pieces of Markdown: text that stays text, quotes, lists, macros written out."""

from __future__ import annotations

import re

SPECIAL = re.compile(r"([\\`*$])|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!])|\](?=[(\[])")
LINE_START = re.compile(r"^(\s*)(#{1,6}\s|[-+]\s|>|\d+[.)]\s|={2,}|\|)")


def expand(tex: str, macros: dict[str, str]) -> str:
    """Write out macros without arguments, which only the book's own pages know."""
    for name, meaning in macros.items():
        tex = re.sub(rf"\\{name}(?![A-Za-z])", lambda _, new=meaning: new, tex)
    return tex


def escape(text: str) -> str:
    """Text as Markdown that shows it as it stands."""
    text = SPECIAL.sub(lambda match: "&lt;" if match[0] == "<" else "\\" + match[0], text)
    return re.sub(r"\s+", " ", text)


def quoted(text: str) -> str:
    """The text as a block quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def indented(text: str, first: str) -> str:
    """The text below a list mark."""
    return first + text.replace("\n", "\n" + " " * len(first)).replace(
        "\n" + " " * len(first) + "\n", "\n\n"
    )


def as_paragraph(text: str) -> str:
    """The text as a paragraph, even if it begins like a list or a heading."""
    return LINE_START.sub(_escaped_start, text)


def _escaped_start(match: re.Match[str]) -> str:
    mark = match[2]
    return f"{match[1]}{mark[:-2]}\\{mark[-2:]}" if mark[0].isdigit() else f"{match[1]}\\{mark}"
