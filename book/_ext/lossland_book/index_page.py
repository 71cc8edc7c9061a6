"""Pages that list what stands on other pages: the machinery of the myths and the results index.

A kind of index gathers entries from every page when it is read, keeps them in Sphinx's environment
(so that a page which is not read again keeps its own), and fills a placeholder once all are known.
A page with a placeholder is written again whenever anything is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from lossland_book.search_index import reading_order
from lossland_book.typography import write_minus

KEPT = "lossland_gathered"
Pages = dict[str, list[Any]]


class Index:
    """One kind of index: what it gathers, and where it goes.

    ``collect(doctree)`` gives a page's entries, ``fill(app, docname, pages)`` the nodes that take
    the placeholder's place on page ``docname``, the pages in reading order.
    """

    def __init__(
        self,
        kind: str,
        placeholder: type[nodes.Element],
        collect: Callable[[nodes.document], list[Any]],
        fill: Callable[[Sphinx, str, Pages], list[nodes.Node]],
    ) -> None:
        self.kind, self.placeholder = kind, placeholder
        self.collect, self.fill = collect, fill

    def pages(self, env: BuildEnvironment) -> Pages:
        """The entries of every page; those of a page without any are not kept."""
        if not hasattr(env, KEPT):
            setattr(env, KEPT, {})
        kept: Pages = getattr(env, KEPT).setdefault(self.kind, {})
        return kept

    def read(self, app: Sphinx, doctree: nodes.document) -> None:
        """Take a page's entries down, or that it shows the index."""
        if next(doctree.findall(self.placeholder), None) is not None:
            self.pages(app.env)[app.env.docname] = []
        elif entries := self.collect(doctree):
            self.pages(app.env)[app.env.docname] = entries

    def purge(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page that is read anew or gone."""
        self.pages(env).pop(docname, None)

    def merge(
        self, app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
    ) -> None:
        """Take over what another process has read."""
        found = self.pages(other)
        self.pages(env).update({name: found[name] for name in docnames if name in found})

    def updated(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """The pages to write again: those that show the index."""
        return [name for name, entries in self.pages(env).items() if not entries]

    def resolve(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """Fill the placeholder."""
        for place in list(doctree.findall(self.placeholder)):
            known = self.pages(app.env)
            ordered = {name: known[name] for name in reading_order(app) if known.get(name)}
            box = nodes.container("", *self.fill(app, docname, ordered))
            write_minus(box)
            place.replace_self(box.children)

    def register(self, app: Sphinx) -> None:
        """Connect; behind the search, which finds the sentences where they stand."""
        app.add_node(self.placeholder)
        app.connect("doctree-read", self.read)
        app.connect("env-purge-doc", self.purge)
        app.connect("env-merge-info", self.merge)
        app.connect("env-updated", self.updated)
        app.connect("doctree-resolved", self.resolve, priority=400)


def link(app: Sphinx, here: str, there: str, anchor: str, *words: nodes.Node) -> nodes.reference:
    """A link to a place of another page."""
    uri = app.builder.get_relative_uri(here, there)
    return nodes.reference(
        "", "", *words, internal=True, refuri=f"{uri}#{anchor}" if anchor else uri
    )


def title_of(app: Sphinx, docname: str) -> str:
    """A page's title as the contents show it, with its number."""
    number = app.env.toc_secnumbers.get(docname, {}).get("", ())
    words = app.env.titles[docname].astext()
    return " ".join([".".join(map(str, number)), words]) if number else words


def section_of(node: nodes.Node) -> nodes.section | None:
    """The section that a node stands in."""
    while node is not None and not isinstance(node, nodes.section):
        node = node.parent
    return node


def heading(app: Sphinx, here: str, there: str, kind: str) -> nodes.section:
    """A section of the index for one page, with a link to it."""
    words = nodes.Text(title_of(app, there))
    return nodes.section(
        "", nodes.title("", "", link(app, here, there, "", words)), ids=[f"{kind}-{there}"]
    )
