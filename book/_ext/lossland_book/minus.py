"""A negative number has a minus sign: "−1.00", in a sentence as on a figure's axis.

Python prints a hyphen, and numbers that a page computes come into its sentences and tables as
Python prints them. Code and what it prints keep the hyphen.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

HYPHEN = re.compile(r"(?<![\w.\-–−/])-(?=\d)")
LITERAL = (
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.raw,
    nodes.comment,
)


def within_literal(node: nodes.Node) -> bool:
    """Is the text code, a formula or markup?"""
    while (node := node.parent) is not None:
        if isinstance(node, LITERAL):
            return True
    return False


def write_minus(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace the hyphens of all numbers that are read."""
    for text in list(doctree.findall(nodes.Text)):
        if HYPHEN.search(text) and not within_literal(text):
            text.parent.replace(text, nodes.Text(HYPHEN.sub("−", text)))


def register(app: Sphinx) -> None:
    """Write the signs once computed numbers stand in the text."""
    app.connect("doctree-resolved", write_minus, priority=60)
