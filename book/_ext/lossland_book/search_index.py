"""What the search page looks through: every section of the book, with its formulas in words.

`search-sections.js` sets a list of pages, each with its sections' addresses, headings and texts. It
is a script, so that the search also works for pages opened from a disk.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from lossland_book import sidecar
from lossland_book.noscript import noscript
from lossland_book.readable import text_of

FILE = "search-sections.js"
UNSAID = (nodes.section, nodes.title, nodes.comment, noscript)
TEX_COMMAND = re.compile(r"\\+[A-Za-z]+")  # in the strings of code: labels of axes and tables


def sections(node: nodes.Node) -> Iterator[dict[str, str]]:
    """Each section below a node: its anchor, its heading and what stands in it before the next."""
    for section in node.findall(nodes.section):
        title = next(iter(section.findall(nodes.title)), None)
        if title is not None and title.parent is section:
            prose, code = [], []
            for child in section.children:
                if isinstance(child, nodes.Element) and child.get("nb_element") == "cell_code":
                    code += [block.astext() for block in child.findall(nodes.literal_block)]
                    prose += [text_of(caption) for caption in child.findall(nodes.caption)]
                elif not isinstance(child, UNSAID):
                    prose.append(text_of(child))
            yield {
                "id": section["ids"][0],
                "title": text_of(title),
                "text": " ".join(filter(None, prose)),
                "code": " ".join(TEX_COMMAND.sub(" ", " ".join(code)).split()),
            }


def keep(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Take a page's sections down."""
    if app.builder.format == "html":
        sidecar.keep(app, "search", docname, list(sections(doctree)))


def reading_order(app: Sphinx) -> list[str]:
    """The pages as the table of contents lists them."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name not in order:
            order.append(name)
            for child in app.env.toctree_includes.get(name, []):
                visit(child)

    visit(app.config.root_doc)
    return order


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the list beside the search page."""
    if exception is not None or app.builder.format != "html":
        return
    pages: list[dict[str, Any]] = []
    for docname in reading_order(app):
        kept = sidecar.recall(app, "search", docname)
        if kept:
            number = app.env.toc_secnumbers.get(docname, {}).get("", ())
            pages.append(
                {
                    "url": app.builder.get_target_uri(docname),
                    "number": ".".join(map(str, number)),
                    "sections": kept,
                }
            )
    text = json.dumps(pages, ensure_ascii=False, separators=(",", ":"))
    Path(app.outdir, FILE).write_text(f"window.losslandSections={text};\n", "utf8")


def own_search(app: Sphinx) -> None:
    """Sphinx's own index, which would quote formulas in TeX, is not made."""
    if app.builder.format == "html":
        app.builder.search = False


def search_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The page that searches."""
    if app.builder.format == "html":
        yield "search", {}, "search.html"


def register(app: Sphinx) -> None:
    """Take sections down before other extensions change the tree."""
    app.connect("builder-inited", own_search)
    app.connect("html-collect-pages", search_page)
    app.connect("doctree-resolved", keep, priority=100)
    app.connect("build-finished", write)
