"""The build fails for a picture without a text that says what it shows.

Authors write the text where the picture comes from. A figure drawn by a code cell, numbered and
with a caption (both optional; `name` makes it a target for {numref}):

    ```{code-cell}
    ---
    mystnb:
      image:
        alt: Loss against steps on a log scale; momentum falls along the dashed theory line.
      figure:
        name: fig-rates
        caption: |
          Measured rates and what theory predicts, on a bowl with $\\kappa = 100$.
    ---
    fig, ax = plt.subplots()
    ...
    ```

A cell that draws several figures gives all of them the same text: draw one figure a cell.
A picture from a file takes its text from `:alt:` in {figure} or from `![text](file.png)`.

A text of fewer than four words ("loss plot") does not say what a figure shows and fails as well.
Raw HTML is held to the same rule; a picture that only decorates belongs into the style sheet.
"""

from __future__ import annotations

from html.parser import HTMLParser

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

MINIMUM_WORDS = 4
LOGGER = logging.getLogger(__name__)


def fault(alt: str | None) -> str | None:
    """What is wrong with an alternative text; None when nothing is."""
    if not (alt or "").strip():
        return "has no alt text"
    if len(alt.split()) < MINIMUM_WORDS:
        return f"has the alt text '{alt}', which does not say what it shows"
    return None


class RawImages(HTMLParser):
    """Collects the alternative texts of the <img> elements in raw HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.alts: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.alts.append(dict(attrs).get("alt"))


def check(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Warn of every picture on the page that lacks a proper text."""
    if app.builder.format != "html":
        return
    for node in doctree.findall(nodes.image):
        if reason := fault(node.get("alt")):
            LOGGER.warning(
                "A picture %s: see book/_ext/lossland_book/alt_text.py.",
                reason,
                location=location(node, docname),
                type="lossland",
                subtype="alt",
            )
    for node in doctree.findall(nodes.raw):
        if "html" not in node.get("format", ""):
            continue
        parser = RawImages()
        parser.feed(node.astext())
        for reason in filter(None, map(fault, parser.alts)):
            LOGGER.warning(
                "A picture in raw HTML %s.",
                reason,
                location=location(node, docname),
                type="lossland",
                subtype="alt",
            )


def location(node: nodes.Node, docname: str) -> nodes.Node | str:
    """The nearest place that an author can find: the node, a parent with a line, or the page."""
    while node is not None:
        if node.line:
            return (docname, node.line)
        node = node.parent
    return docname


def register(app: Sphinx) -> None:
    """Check each page when its final tree is known, MyST-NB's outputs included."""
    app.connect("doctree-resolved", check)
