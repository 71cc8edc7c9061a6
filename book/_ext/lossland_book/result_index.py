"""The index of all results that the book computes, with the section that computes each.

    ```{result-index}
    ```

A result is a sentence (or a row of a table) with a number that a cell has handed over (`glue`), a
table or a line that a cell has written, or a figure with its caption. They are taken from the pages
as they are built, so that the index has what the pages show, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from lossland_book.index_page import Index, Pages, heading, link, section_of
from lossland_book.readable import formula, text_of, with_small_digits

PASTED = "pasted-text"
OPEN, CLOSE = "\ue000", "\ue001"  # around a number, until the sentence is cut
SENTENCE = re.compile(rf"(?<=[.!?])\s+(?=[A-Z{OPEN}“(])")
NUMBER = re.compile(f"{OPEN}(.*?){CLOSE}")
CALLED = {"eq": "the equation", "numref": "the figure"}  # their numbers are not known yet
LONGEST = 100  # characters of a printed line
BLOCKS = (nodes.row, nodes.paragraph, nodes.caption, nodes.term, nodes.title)


class result_index(nodes.General, nodes.Element):
    """The place of the index."""


class ResultIndex(SphinxDirective):
    """{result-index}: every computed result of the book."""

    def run(self) -> list[nodes.Node]:
        return [result_index()]


class Result(NamedTuple):
    """A result: its section's anchor and title, its kind, and its words with marked numbers."""

    anchor: str
    section: str
    kind: str
    words: str


def collect(doctree: nodes.document) -> list[Result]:
    """The results of a page, in the order in which they stand."""
    found: list[Result] = []
    blocks: set[int] = set()
    for node in doctree.findall(nodes.Element):
        if isinstance(node, nodes.inline) and PASTED in node["classes"]:
            block = block_of(node)
            if id(block) not in blocks:
                blocks.add(id(block))
                found += [result(block, "number", words) for words in sentences(block)]
        elif node.get("nb_element") == "cell_code_output":
            found += [result(node, kind, words) for kind, words in outputs(node)]
    return found


def result(node: nodes.Node, kind: str, words: str) -> Result:
    """A result with the section that it stands in."""
    section = section_of(node)
    if section is None:
        return Result("", "", kind, words)
    title = next(section.findall(nodes.title))
    return Result(section["ids"][0], text_of(title), kind, words)


def block_of(node: nodes.Node) -> nodes.Element:
    """The paragraph, table row or caption that holds a number; a row before its paragraphs."""
    inner = None
    while node.parent is not None:
        node = node.parent
        if isinstance(node, nodes.row):
            return node
        if inner is None and isinstance(node, BLOCKS):
            inner = node
        if isinstance(node, nodes.section):
            break
    assert inner is not None
    return inner


def sentences(block: nodes.Element) -> list[str]:
    """The sentences of a block that hold a number; a row of a table is one."""
    if isinstance(block, nodes.row):
        cells = [joined(entry) for entry in block.children]
        return [" | ".join(cell for cell in cells if cell)]
    return [words for words in SENTENCE.split(joined(block)) if OPEN in words]


def joined(node: nodes.Node) -> str:
    """A node's text on one line, its numbers marked and its formulas in words."""
    return " ".join("".join(pieces(node)).split())


def pieces(node: nodes.Node) -> Iterator[str]:
    """The parts of such a text."""
    if isinstance(node, nodes.Text):
        yield node.astext()
    elif isinstance(node, nodes.math):
        yield with_small_digits(formula(node.astext()))
    elif isinstance(node, nodes.inline) and PASTED in node["classes"]:
        yield f"{OPEN}{node.astext()}{CLOSE}"
    elif isinstance(node, pending_xref) and node.get("reftype") in CALLED:
        yield CALLED[node["reftype"]]
    elif isinstance(node, pending_xref) and node.get("refdomain") == "cite":
        yield re.sub(r"(?<=[a-z])(?=\d)", " ", node.astext()).capitalize()
    elif not isinstance(node, nodes.raw | nodes.comment | nodes.image):
        for child in node.children:
            yield from pieces(child)
        if not isinstance(node, nodes.Inline):
            yield " "


def outputs(cell: nodes.Element) -> Iterator[tuple[str, str]]:
    """What a cell shows: its figures' captions, its tables' heads, the first line it prints."""
    for figure in cell.findall(nodes.figure):
        yield "figure", joined(next(figure.findall(nodes.caption)))
    for table in cell.findall(nodes.table):
        head = next(table.findall(nodes.thead), None)
        row = next((head if head is not None else table).findall(nodes.row))
        yield "table", ", ".join(filter(None, (text_of(entry) for entry in row.children)))
    for block in cell.findall(nodes.literal_block):
        if "stream" in block["classes"] and block.astext().strip():
            line = " ".join(block.astext().strip().splitlines()[0].split())
            yield "printed", line if len(line) <= LONGEST else line[:LONGEST] + " …"


def fill(app: Sphinx, docname: str, pages: Pages) -> list[nodes.Node]:
    """Below the title of each page, its sections with their results."""
    made: list[nodes.Node] = []
    for page, entries in pages.items():
        part = heading(app, docname, page, "results")
        anchor, items = None, nodes.bullet_list()
        for entry in entries:
            if entry.anchor != anchor:
                anchor = entry.anchor
                words = nodes.Text(entry.section)
                part += nodes.paragraph("", "", link(app, docname, page, entry.anchor, words))
                items = nodes.bullet_list(classes=["result-index"])
                part += items
            items += nodes.list_item("", line(entry))
        made.append(part)
    return made


def line(entry: Result) -> nodes.paragraph:
    """A result's words, its numbers strong, its kind before it where it is no sentence."""
    made = nodes.paragraph()
    if entry.kind == "printed":
        made += [nodes.Text("printed: "), nodes.literal("", entry.words)]
        return made
    if entry.kind != "number":
        made += nodes.Text(f"{entry.kind}: ")
    for k, words in enumerate(NUMBER.split(entry.words)):
        if words:
            made += nodes.strong("", words, classes=["result"]) if k % 2 else nodes.Text(words)
    return made


INDEX = Index("results", result_index, collect, fill)


def register(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("result-index", ResultIndex)
    INDEX.register(app)
