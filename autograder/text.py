"""Text of strangers, made fit for one line of a terminal, a log or a page."""

from __future__ import annotations

import unicodedata

# Control characters, lone surrogates, line and paragraph separators, and the format characters
# that turn the direction of writing around.
NOT_SHOWN = frozenset({"Cc", "Cs", "Zl", "Zp", "Cf"})
# Joiners belong to the spelling of Persian, Hindi and emoji.
JOINERS = "\u200c\u200d"
LONGEST_NAME = 80


def printable(text: str, limit: int | None = None, *, keep: str = "") -> str:
    r"""``text`` with every character that acts instead of showing as an escape, such as ``\x1b``.

    ``keep`` are characters that may stay, "\n\t" for a text of several lines; what is longer
    than ``limit`` ends in "…".
    """
    if limit is not None and len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isprintable():
        return text
    return "".join(c if c in keep or _shows(c) else _escaped(c) for c in text)


def named(name: str) -> str:
    """A file's or folder's name, fit for one line of a message."""
    return printable(name, LONGEST_NAME)


def _shows(character: str) -> bool:
    return character in JOINERS or unicodedata.category(character) not in NOT_SHOWN


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
