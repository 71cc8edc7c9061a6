"""A page's resolved tree as the plain Markdown that Jupyter reads: no roles, no directives.

Everything that needs the whole book is in the tree already: computed numbers, citations, figure
and equation numbers. What is left is to write each node in the Markdown that every notebook
program knows. Formulas stand between dollar signs, with the site's TeX macros written out; myth
boxes and notes become block quotes; a self-check is a question with its answers in a disclosure;
links to other pages of the book need the site's address and are plain text without it.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes

from lossland_book.markdown_text import as_paragraph, escape, expand, indented, quoted
from lossland_book.myth import myth
from lossland_book.noscript import noscript
from lossland_book.selfcheck import (
    selfcheck,
    selfcheck_answer,
    selfcheck_answers,
    selfcheck_choice,
    selfcheck_choices,
    selfcheck_question,
)

SKIPPED = (nodes.comment, nodes.target, nodes.substitution_definition, nodes.raw, nodes.colspec)
HOST = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass
class Piece:
    """One cell of the notebook: Markdown, or the code cell with the number `cell`."""

    text: str = ""
    cell: int | None = None
    tags: list[str] = field(default_factory=list)
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


class Writer:
    """Writes one page.

    numbers: kind ("figure", "table", "displaymath", "section") → id → printed number.
    address: where the page itself is published, or nothing.  source: the folder of its pictures.
    """

    def __init__(
        self,
        numbers: dict[str, dict[str, str]],
        macros: dict[str, str],
        address: str = "",
        source: Path = Path(),
    ) -> None:
        self.numbers = numbers
        self.macros = macros
        self.address = address
        self.source = source
        self.attachments: dict[str, dict[str, str]] = {}
        self.in_table = False

    # --- cells ---------------------------------------------------------------------------------

    def pieces(self, doctree: nodes.document) -> list[Piece]:
        """The page as cells: a heading begins one, a code cell ends one."""
        found: list[Piece] = []
        waiting: list[str] = []

        def flush() -> None:
            if waiting:
                text = "\n\n".join(waiting)
                found.append(Piece(text, attachments=self.attachments))
                self.attachments = {}
                waiting.clear()

        def walk(parent: nodes.Element, level: int) -> None:
            for child in parent.children:
                if isinstance(child, nodes.section):
                    flush()
                    walk(child, level + 1)
                elif isinstance(child, nodes.title):
                    waiting.append(f"{'#' * level} {self.title(child)}")
                elif is_element(child) and child.get("nb_element") == "cell_code":
                    flush()
                    tags = [str(tag) for tag in child["cell_metadata"].get("tags", [])]
                    found.append(Piece(cell=int(child["cell_index"]), tags=tags))
                    waiting.extend(self.captions(child))
                else:
                    waiting.extend(self.block(child))

        walk(doctree, 0)
        flush()
        return found

    def title(self, node: nodes.title) -> str:
        """A heading's text behind its number."""
        known = self.numbers.get("section", {})
        ids = [*node.parent.get("ids", []), *([""] if is_document(node.parent.parent) else [])]
        number = next((known[i] for i in ids if i in known), "")
        return f"{number} {self.inline(node)}".strip()

    def captions(self, cell: nodes.Element) -> list[str]:
        """Number and caption of the figures that a code cell draws; they follow their cell."""
        return [
            text for figure in cell.findall(nodes.figure) for text in self.caption(figure, "figure")
        ]

    def caption(self, node: nodes.Element, kind: str) -> list[str]:
        """**Figure 5.1.** and what the caption says."""
        caption = next(
            (c for c in node.children if isinstance(c, nodes.caption | nodes.title)), None
        )
        known = self.numbers.get(kind, {})
        number = next((known[i] for i in node.get("ids", []) if i in known), "")
        lead = f"**{kind.capitalize()} {number}.** " if number else ""
        text = self.inline(caption) if caption is not None else ""
        legend = [b for c in node.children if isinstance(c, nodes.legend) for b in self.blocks(c)]
        return [lead + text, *legend] if lead or text else legend

    # --- blocks --------------------------------------------------------------------------------

    def blocks(self, parent: nodes.Element, among: Iterable[nodes.Node] | None = None) -> list[str]:
        """The blocks below a node."""
        children = parent.children if among is None else among
        return [text for child in children for text in self.block(child)]

    def joined(self, parent: nodes.Element) -> str:
        """The blocks below a node as one text."""
        return "\n\n".join(self.blocks(parent))

    def block(self, node: nodes.Node) -> list[str]:
        """The paragraphs of Markdown that a block makes."""
        if isinstance(node, SKIPPED) or not is_element(node):
            return []
        for kind, write in BLOCKS.items():
            if isinstance(node, kind):
                return write(self, node)
        if isinstance(node, nodes.Inline | nodes.TextElement):
            text = self.inline(node)
            return [as_paragraph(text)] if text else []
        return self.blocks(node)

    def math_block(self, node: nodes.math_block) -> list[str]:
        known = self.numbers.get("displaymath", {})
        number = next((known[i] for i in node.get("ids", []) if i in known), "")
        tag = f" \\tag{{{number}}}" if number else ""
        tex = expand(node.astext().strip(), self.macros)
        tex = "\n".join(line for line in tex.splitlines() if line.strip())
        if node.get("nowrap"):
            return [tex]
        return [f"$$\n{tex}{tag}\n$$"]

    def literal_block(self, node: nodes.literal_block) -> list[str]:
        language = str(node.get("language", "")).replace("ipython3", "python")
        fence = "````" if "```" in node.astext() else "```"
        return [f"{fence}{'' if language == 'none' else language}\n{node.astext()}\n{fence}"]

    def bullet_list(self, node: nodes.bullet_list) -> list[str]:
        return ["\n".join(indented(self.joined(item), "- ") for item in node.children)]

    def enumerated_list(self, node: nodes.enumerated_list) -> list[str]:
        start = int(node.get("start", 1))
        return [
            "\n".join(
                indented(self.joined(item), f"{start + k}. ")
                for k, item in enumerate(node.children)
            )
        ]

    def definition_list(self, node: nodes.definition_list) -> list[str]:
        found = []
        for item in node.children:
            terms = [self.inline(c) for c in item.children if isinstance(c, nodes.term)]
            found.append(f"**{', '.join(terms)}**")
            found.extend(
                b for c in item.children if isinstance(c, nodes.definition) for b in self.blocks(c)
            )
        return found

    def quote(self, node: nodes.Element) -> list[str]:
        return [quoted(self.joined(node))]

    def admonition(self, node: nodes.Admonition) -> list[str]:
        title = next((c for c in node.children if isinstance(c, nodes.title)), None)
        name = self.inline(title) if title is not None else type(node).__name__.capitalize()
        rest = [c for c in node.children if c is not title]
        return [quoted("\n\n".join([f"**{name}.**", *self.blocks(node, rest)]))]

    def figure(self, node: nodes.figure) -> list[str]:
        pictures = [self.image(image) for image in node.findall(nodes.image)]
        return [*pictures, *self.caption(node, "figure")]

    def image(self, node: nodes.image) -> str:
        """A picture, which travels with its cell."""
        file = self.source / node["uri"]
        alt = escape(node.get("alt", ""))
        if not file.is_file():
            return f"[{alt}]"
        kind = mimetypes.guess_type(file.name)[0] or "image/png"
        self.attachments[file.name] = {kind: base64.b64encode(file.read_bytes()).decode()}
        return f"![{alt}](attachment:{file.name})"

    def table(self, node: nodes.table) -> list[str]:
        rows = [[self.cell(entry) for entry in row.children] for row in node.findall(nodes.row)]
        if not any(True for _ in node.findall(nodes.thead)):
            rows.insert(0, [" "] * len(rows[0]))
        rows.insert(1, ["---"] * len(rows[0]))
        body = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        return [*self.caption(node, "table"), body]

    def cell(self, entry: nodes.Element) -> str:
        """A table's cell, on one line."""
        self.in_table = True
        text = "<br>".join(" ".join(block.split("\n")) for block in self.blocks(entry))
        self.in_table = False
        return text

    def myth(self, node: nodes.Element) -> list[str]:
        _, claim, fact = node.children
        lead = f"**Myth or fact?** *“{self.inline(claim)}”*"
        return [quoted(f"{lead}\n\n{self.joined(fact)}")]

    def selfcheck(self, node: nodes.Element) -> list[str]:
        parts = {type(child): child for child in node.children}
        question, choices = parts[selfcheck_question], parts[selfcheck_choices]
        answers = parts[selfcheck_answers]
        asked = self.blocks(question)
        asked[0] = f"**Check yourself.** {asked[0]}"
        listed = [
            f"- {self.inline(c)}" for c in choices.children if isinstance(c, selfcheck_choice)
        ]
        replies = [
            "\n\n".join(self.blocks(answer))
            for answer in answers.children
            if isinstance(answer, selfcheck_answer)
        ]
        told = "<details><summary>All answers, explained</summary>\n\n"
        told += "\n\n".join(replies) + "\n\n</details>"
        return [*asked, *(["\n".join(listed)] if listed else []), told]

    def noscript(self, node: nodes.Element) -> list[str]:
        return ["*Run the next cell: the figure answers to your mouse, finger and keyboard.*"]

    def footnote(self, node: nodes.footnote) -> list[str]:
        label, *rest = node.children
        return [f"[{label.astext()}] " + "\n\n".join(self.blocks(node, rest))]

    # --- within a line -------------------------------------------------------------------------

    def inline(self, parent: nodes.Node) -> str:
        """What stands below a node, on one line."""
        return "".join(map(self.span, parent.children)).strip()

    def span(self, node: nodes.Node) -> str:
        """One part of a line."""
        if isinstance(node, SKIPPED):
            return ""
        for kind, write in SPANS.items():
            if isinstance(node, kind):
                return write(self, node)
        before, after = MARKS.get(type(node), ("", ""))
        return before + "".join(map(self.span, node.children)) + after

    def math(self, node: nodes.math) -> str:
        tex = re.sub(r"\s+", " ", expand(node.astext().strip(), self.macros))
        if self.in_table:  # a bar would end the cell
            tex = tex.replace(r"\|", r"\Vert ").replace("|", r"\vert ")
        return f"${tex}$"

    def literal(self, node: nodes.literal) -> str:
        fence = "``" if "`" in node.astext() else "`"
        text = re.sub(r"\s+", " ", node.astext())
        return fence + (text.replace("|", r"\|") if self.in_table else text) + fence

    def link(self, node: nodes.reference) -> str:
        """A link that leads somewhere from wherever the notebook lies, else its text."""
        text = "".join(map(self.span, node.children))
        uri = node.get("refuri", "")
        if HOST.match(uri):
            return f"[{text}]({uri})"
        if uri and self.address:
            return f"[{text}]({urljoin(self.address, uri)})"
        return text


def is_element(node: nodes.Node) -> bool:
    """Whether the node has attributes and children."""
    return isinstance(node, nodes.Element)


def is_document(node: nodes.Node | None) -> bool:
    """Whether what stands right below is the page's own title."""
    return isinstance(node, nodes.document)


MARKS: dict[type, tuple[str, str]] = {
    nodes.emphasis: ("*", "*"),
    nodes.title_reference: ("*", "*"),
    nodes.strong: ("**", "**"),
    nodes.subscript: ("<sub>", "</sub>"),
    nodes.superscript: ("<sup>", "</sup>"),
}
SPANS: dict[type, Callable[[Writer, Any], str]] = {
    nodes.Text: lambda writer, node: escape(node.astext()),
    nodes.math: Writer.math,
    nodes.literal: Writer.literal,
    nodes.image: Writer.image,
    nodes.reference: Writer.link,
    nodes.footnote_reference: lambda writer, node: f"[{node.astext()}]",
}
BLOCKS: dict[type, Callable[[Writer, nodes.Element], list[str]]] = {
    myth: Writer.myth,
    selfcheck: Writer.selfcheck,
    noscript: Writer.noscript,
    nodes.math_block: Writer.math_block,
    nodes.literal_block: Writer.literal_block,
    nodes.bullet_list: Writer.bullet_list,
    nodes.enumerated_list: Writer.enumerated_list,
    nodes.definition_list: Writer.definition_list,
    nodes.block_quote: Writer.quote,
    nodes.Admonition: Writer.admonition,
    nodes.figure: Writer.figure,
    nodes.image: lambda writer, node: [writer.image(node)],
    nodes.table: Writer.table,
    nodes.footnote: Writer.footnote,
    nodes.transition: lambda writer, node: ["---"],
}
