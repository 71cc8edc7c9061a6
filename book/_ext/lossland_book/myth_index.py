"""The index of all **Myth or fact?** boxes: the claim as a link to its box, and the verdict.

```{myth-index}
```
"""

from __future__ import annotations

from typing import NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from lossland_book.index_page import Index, Pages, heading, link
from lossland_book.myth import VERDICTS, myth


class myth_index(nodes.General, nodes.Element):
    """The place of the index."""


class MythIndex(SphinxDirective):
    """{myth-index}: every box of the book."""

    def run(self) -> list[nodes.Node]:
        return [myth_index()]


class Entry(NamedTuple):
    """A box: its anchor, its claim, and what it says of it."""

    anchor: str
    claim: nodes.paragraph
    verdict: str


def collect(doctree: nodes.document) -> list[Entry]:
    """The boxes of a page. A box without a name cannot be linked, so it must have one."""
    found = []
    for box in doctree.findall(myth):
        if not box["ids"]:
            raise ValueError(f"{box.source}:{box.line}: a myth box needs a :name:")
        claim = next(p for p in box.findall(nodes.paragraph) if "myth-claim" in p["classes"])
        (kind,) = (name for name in VERDICTS if f"myth-{name}" in box["classes"])
        found.append(Entry(box["ids"][0], claim.deepcopy(), VERDICTS[kind]))
    return found


def fill(app: Sphinx, docname: str, pages: Pages) -> list[nodes.Node]:
    """A list of claims below the title of each page."""
    made: list[nodes.Node] = []
    for page, entries in pages.items():
        section = heading(app, docname, page, "myths")
        items = nodes.bullet_list(classes=["myth-index"])
        for entry in entries:
            words = [child.deepcopy() for child in entry.claim.children]
            line = nodes.paragraph("", "", link(app, docname, page, entry.anchor, *words))
            line += [nodes.Text(" "), nodes.emphasis("", entry.verdict)]
            items += nodes.list_item("", line)
        section += items
        made.append(section)
    return made


INDEX = Index("myths", myth_index, collect, fill)


def register(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("myth-index", MythIndex)
    INDEX.register(app)
