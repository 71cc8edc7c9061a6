"""Small signs in the finished page, where an author cannot set them.

A negative number has a minus sign: "−1.00", in a sentence as on a figure's axis. Python prints a
hyphen, and numbers that a page computes come into its sentences and tables as Python prints them:
"2e-09" is read as "2e−9", which no line end can part. Code and what it prints keep the hyphen.

The punctuation behind a formula stays on the formula's line. Browsers take a set formula for a
picture, behind which a line may end.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

HYPHEN = re.compile(r"(?<![\w.\-–−/])-(?=\d)|(?<=\de)-0*(?=\d)")  # a sign, of an exponent too
LITERAL = (
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.raw,
    nodes.comment,
)
OPENING = re.compile(r"[(\[“‘]+$")
CLOSING = re.compile(r"^[,.;:!?)\]’”…]+")
JOINED = "joined"  # the style sheet keeps it on one line


def within_literal(node: nodes.Node) -> bool:
    """Is the text code, a formula or markup?"""
    while (node := node.parent) is not None:
        if isinstance(node, LITERAL):
            return True
    return False


def write_minus(doctree: nodes.Element) -> None:
    """Replace the hyphens of all numbers that are read."""
    for text in list(doctree.findall(nodes.Text)):
        if HYPHEN.search(text) and not within_literal(text):
            text.parent.replace(text, nodes.Text(HYPHEN.sub("−", text)))


def join_punctuation(doctree: nodes.Element) -> None:
    """Put each formula of a sentence into one box with the signs that touch it."""
    for formula in list(doctree.findall(nodes.math)):
        parent = formula.parent
        place = next(k for k, child in enumerate(parent.children) if child is formula)
        before = parent.children[place - 1] if place else None
        after = parent.children[place + 1] if place + 1 < len(parent.children) else None
        opening = OPENING.search(before) if isinstance(before, nodes.Text) else None
        closing = CLOSING.match(after) if isinstance(after, nodes.Text) else None
        if not (opening or closing):
            continue
        box = nodes.inline("", "", classes=[JOINED])
        if closing:
            parent.children[place + 1] = text_of(after[closing.end() :], parent)
        parent[place] = box
        if opening:
            parent.children[place - 1] = text_of(before[: opening.start()], parent)
            box += nodes.Text(opening[0])
        box += formula
        if closing:
            box += nodes.Text(closing[0])


def text_of(words: str, parent: nodes.Element) -> nodes.Text:
    """A text that knows its parent."""
    made = nodes.Text(words)
    made.parent = parent
    return made


def complete(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Set the signs once computed numbers stand in the text."""
    write_minus(doctree)
    if app.builder.format == "html":
        join_punctuation(doctree)


def register(app: Sphinx) -> None:
    """Work on each page's final tree."""
    app.connect("doctree-resolved", complete, priority=60)
