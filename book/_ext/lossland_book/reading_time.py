"""How long does a page take? Minutes for the trail and for what is folded beside it.

The role {reading-time} stands for the minutes of the page's trail or of its side paths:

    Time: {reading-time}`trail`; the side paths take {reading-time}`side` more.

Words are read at 200 a minute: Brysbaert (2019, Journal of Memory and Language 109) finds 238 for
native readers of English non-fiction, and many of our readers are not native. What is not prose has
its own time, in SECONDS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from lossland_book.noscript import noscript
from lossland_book.selfcheck import selfcheck

WORDS_A_MINUTE = 200
SECONDS = {"formula": 20.0, "figure": 20.0, "line of code": 3.0, "widget": 60.0, "self-check": 45.0}
"""What one of each takes, beside the words around it."""
SIDE = "side-path"
KINDS = ("trail", "side")
WORD = re.compile(r"\w+(?:['’.,-]\w+)*")
SILENT = (nodes.comment, nodes.raw, nodes.target, nodes.image, noscript)


class reading_time(nodes.Inline, nodes.Element):
    """The place of a time; attribute `kind`."""


class ReadingTime(SphinxRole):
    """{reading-time}`trail` or {reading-time}`side`."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        if self.text not in KINDS:
            message = self.inliner.reporter.error(
                f"{{reading-time}} knows {' and '.join(KINDS)}, not '{self.text}'.",
                line=self.lineno,
            )
            return [], [message]
        return [reading_time(kind=self.text)], []


def is_side_path(node: nodes.Node) -> bool:
    """Is this a section that is folded away?"""
    return isinstance(node, nodes.section) and SIDE in node["classes"]


def seconds(parts: Iterable[nodes.Node], *, side_paths: bool = False) -> float:
    """Seconds that these nodes take; side paths among them count only if asked for."""
    return sum(_seconds(part, side_paths) for part in parts)


def _seconds(node: nodes.Node, side_paths: bool) -> float:  # noqa: PLR0911 (one kind a line)
    if isinstance(node, nodes.Text):
        return len(WORD.findall(node.astext())) * 60 / WORDS_A_MINUTE
    if isinstance(node, SILENT) or (is_side_path(node) and not side_paths):
        return 0.0
    if isinstance(node, selfcheck):
        return SECONDS["self-check"]
    if isinstance(node, nodes.math_block):
        return SECONDS["formula"]
    if isinstance(node, nodes.math):
        return 60 / WORDS_A_MINUTE
    if isinstance(node, nodes.container) and node.get("nb_element") == "cell_code":
        return _cell(node)
    own = SECONDS["figure"] if isinstance(node, nodes.figure) else 0.0
    return own + seconds(node.children, side_paths=side_paths)


def _cell(cell: nodes.Element) -> float:
    """A code cell: its visible lines, its figures with their captions, or a widget."""
    tags = cell.get("cell_metadata", {}).get("tags", [])
    if "widget" in tags:
        return SECONDS["widget"]
    if "widget-fallback" in tags:
        return 0.0
    lines = 0 if {"hide-input", "remove-input"} & set(tags) else len(list(visible_lines(cell)))
    return lines * SECONDS["line of code"] + seconds(cell.findall(nodes.figure), side_paths=True)


def visible_lines(cell: nodes.Element) -> Iterator[str]:
    """The lines of a cell's code that hold something."""
    for block in cell.findall(nodes.literal_block):
        if block.get("language") in {"ipython3", "python", "ipython"}:
            yield from (line for line in block.astext().splitlines() if line.strip())


def complete(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the minutes in their places."""
    places = list(doctree.findall(reading_time))
    if not places:
        return
    trail = seconds(doctree.children)
    side = sum(seconds([s], side_paths=True) for s in doctree.findall(is_side_path))
    for place in places:
        spent = {"trail": trail, "side": side}[place["kind"]]
        place.replace_self(nodes.Text(in_minutes(spent)))


def in_minutes(spent: float) -> str:
    """Seconds as readers are told them."""
    whole = max(1, round(spent / 60))
    return "1 minute" if whole == 1 else f"{whole} minutes"


def register(app: Sphinx) -> None:
    """Register the role; times are known once numbers and references are."""
    app.add_node(reading_time)
    app.add_role("reading-time", ReadingTime())
    app.connect("doctree-resolved", complete, priority=50)


__all__: list[Any] = ["SIDE", "in_minutes", "is_side_path", "register", "seconds"]
