"""Formulas in the titles of cited works: BibTeX's dollar signs become mathematics."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

FORMULA = re.compile(r"\$([^$]+)\$")


def typeset(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace every `$...$` that stands as text in a bibliography."""
    for entry in doctree.findall(nodes.citation):
        for text in list(entry.findall(nodes.Text)):
            parts = FORMULA.split(str(text))
            if len(parts) > 1 and isinstance(text.parent, nodes.TextElement):
                made = [nodes.math("", p) if k % 2 else nodes.Text(p) for k, p in enumerate(parts)]
                text.parent.replace(text, made)


def register(app: Sphinx) -> None:
    """Before anything else looks at the tree."""
    app.connect("doctree-resolved", typeset, priority=50)
