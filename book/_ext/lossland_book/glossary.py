"""The glossary: a table of terms in two languages, each with its code symbol and its section.

    ```{terms} ko
    gradient | 기울기 벡터 | g, grad | primer: Gradient and chain rule
    ```

The argument is the language of the second column, so that readers' programs pronounce it right. The
last column names a page and one of its headings; a heading that is not there is a warning, which
fails the build. Terms stand in alphabetical order.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lossland_book.index_page import link
from lossland_book.readable import text_of

LOGGER = logging.getLogger(__name__)
HEADS = ("term", "Korean", "in code", "introduced in")
WIDTHS = (26, 26, 24, 24)


class place(nodes.Inline, nodes.Element):
    """The place of a link; attributes `page` and `heading`."""


class Terms(SphinxDirective):
    """{terms}: one term a line."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        lines = [[part.strip() for part in line.split("|")] for line in self.content if line]
        for line in lines:
            if len(line) != 4 or ": " not in line[3]:
                raise self.error(f"A term is 'term | translation | code | page: heading': {line}")
        names = [line[0].casefold() for line in lines]
        if names != sorted(names):
            wrong = next(a for a, b in zip(names, sorted(names), strict=True) if a != b)
            raise self.error(f"Terms are in alphabetical order: look near '{wrong}'.")
        return [table([HEADS], [self.row(line) for line in lines])]

    def row(self, line: list[str]) -> nodes.row:
        """A term with its anchor, so that it can be linked: term-NAME."""
        term, translation, code, where = line
        page, heading = where.split(": ", 1)
        other = nodes.inline("", translation, classes=[f"language-{self.arguments[0]}"])
        symbols: list[nodes.Node] = []
        for name in code.split(", "):
            symbols += [nodes.Text(", ")] * bool(symbols) + [nodes.literal("", name)]
        link_place = place(page=page, heading=heading, line=self.lineno, source=self.env.docname)
        made = row([[nodes.Text(term)], [other], symbols, [link_place]])
        made.children[0]["ids"] = [f"term-{nodes.make_id(term)}"]
        return made


def row(cells: list[list[nodes.Node]]) -> nodes.row:
    """A table's row."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))


def table(heads: list[tuple[str, ...]], rows: list[nodes.row]) -> nodes.table:
    """A table with a head."""
    columns = [nodes.colspec(colwidth=width) for width in WIDTHS]
    head = nodes.thead("", *(row([[nodes.Text(name)] for name in names]) for names in heads))
    group = nodes.tgroup("", *columns, head, nodes.tbody("", *rows), cols=len(WIDTHS))
    return nodes.table("", group, classes=["colwidths-auto", "terms"])


def resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Turn each place into a link to its heading."""
    known: dict[str, dict[str, str]] = {}
    for spot in list(doctree.findall(place)):
        page, heading = spot["page"], spot["heading"]
        if page not in known:
            known[page] = anchors(app, page) if page in app.env.found_docs else {}
        anchor = known[page].get(heading)
        if anchor is None:
            LOGGER.warning("%s has no heading '%s'", page, heading, location=docname)
            spot.replace_self(nodes.Text(heading))
        else:
            spot.replace_self(link(app, docname, page, anchor, nodes.Text(heading)))


def anchors(app: Sphinx, page: str) -> dict[str, str]:
    """A page's headings and their anchors, those of side paths too."""
    return {
        text_of(next(section.findall(nodes.title))): section["ids"][0]
        for section in app.env.get_doctree(page).findall(nodes.section)
    }


def register(app: Sphinx) -> None:
    """Register the directive; links stand before the search takes the page down."""
    app.add_node(place)
    app.add_directive("terms", Terms)
    app.connect("doctree-resolved", resolve, priority=80)
