"""What a reader without scripts, or with the page on paper, sees in a widget's place.

A cell with the tag `widget-fallback` draws a static picture, and the directive {noscript} says a
sentence for readers without scripts. Elsewhere the style sheet hides both, and since the picture
loads when it comes near, it is not even fetched:

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
    translator.body.append('<div class="instead"><div class="noscript">')


def depart(translator: HTML5Translator, node: noscript) -> None:
    """Close the element."""
    translator.body.append("</div></div>\n")


class Noscript(SphinxDirective):
    """{noscript}: a few sentences for readers without scripts."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        node = noscript()
        self.set_source_info(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class fallback(nodes.General, nodes.Element):
    """The picture in a widget's place."""


def visit_fallback(translator: HTML5Translator, node: fallback) -> None:
    """Open the element."""
    translator.body.append('<div class="instead">')


def depart_fallback(translator: HTML5Translator, node: fallback) -> None:
    """Close the element."""
    translator.body.append("</div>\n")


def wrap_fallbacks(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Mark the outputs of cells tagged `widget-fallback`."""
    for cell in list(doctree.findall(nodes.container)):
        if FALLBACK_CLASS in cell["classes"]:
            wrapper = fallback()
            cell.replace_self(wrapper)
            wrapper += cell


def register(app: Sphinx) -> None:
    """Register the directive and the wrapping."""
    app.add_node(noscript, html=(visit, depart))
    app.add_node(fallback, html=(visit_fallback, depart_fallback))
    app.add_directive("noscript", Noscript)
    app.connect("doctree-resolved", wrap_fallbacks)
