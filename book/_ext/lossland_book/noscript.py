"""What a reader without scripts sees in a widget's place.

A cell with the tag `widget-fallback` draws a static picture, and the directive {noscript} says a
sentence; both appear only where scripts are off, and the picture is not even fetched elsewhere:

    ```{code-cell}
    ---
    tags: [remove-input, widget-fallback]
    mystnb:
      image:
        alt: Map of the convergence rate over the learning rate and mu; the darkest spot is ...
    ---
    draw_the_static_picture()
    ```

    :::{noscript}
    This figure answers to your mouse and keyboard when scripts are on. The picture shows ...
    :::

    ```{code-cell}
    :tags: [remove-input, widget]
    MomentumMap()
    ```
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

FALLBACK_CLASS = "tag_widget-fallback"


class noscript(nodes.General, nodes.Element):
    """Content for readers without scripts."""


def visit(translator: HTML5Translator, node: noscript) -> None:
    """Open the element."""
    translator.body.append('<noscript><div class="noscript">')


def depart(translator: HTML5Translator, node: noscript) -> None:
    """Close the element."""
    translator.body.append("</div></noscript>\n")


class Noscript(SphinxDirective):
    """{noscript}: a few sentences for readers without scripts."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        node = noscript()
        self.set_source_info(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def wrap_fallbacks(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the outputs of cells tagged `widget-fallback` into <noscript>."""
    for cell in list(doctree.findall(nodes.container)):
        if FALLBACK_CLASS in cell["classes"]:
            wrapper = noscript()
            cell.replace_self(wrapper)
            wrapper += cell


def register(app: Sphinx) -> None:
    """Register the directive and the wrapping."""
    app.add_node(noscript, html=(visit, depart))
    app.add_directive("noscript", Noscript)
    app.connect("doctree-resolved", wrap_fallbacks)
