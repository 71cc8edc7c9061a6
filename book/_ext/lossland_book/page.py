"""The frame of a page, as book/_theme/lossland/layout.html shows it.

Jupyter Book loads extensions that this site does not use: their scripts ask other hosts for more,
or for a theme that is not there, and are left out. Pictures get their size, so that the text does
not jump while they load, and load when they come near. Scripts run when the page is read.
Tables scroll in a box of their own.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import imagesize
from docutils import nodes
from sphinx.application import Sphinx

from lossland_book.downloads import notebook_of

UNUSED = ("thebe", "sphinx-book-theme", "togglebutton", "pygments.css", "mystnb.", "design-tabs")
UNUSED_INLINE = ("const THEBE_JS_URL", "let toggle", "var togglebutton")
IMAGE = re.compile(r'<img\b[^>]*\bsrc="([^"]+)"[^>]*>')
# The bibliography has roles that ARIA has withdrawn or that need other children, and MyST-NB names
# a disclosure otherwise than it reads.
MISLEADING = re.compile(r' role="(?:doc-biblioentry|list)"| aria-label="Toggle hidden content"')
DESCRIPTION_LENGTH = 200
# Settings of Thebe, which the site does not load.
THEBE = re.compile(
    r'<script(?: type="text/x-thebe-config")?>\s*(?:\{\s*requestKernel|kernelName).*?</script>',
    re.S,
)
CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
# Names, punctuation and operators are most of a page's elements, and the style sheet gives them no
# colour of their own.
UNCOLOURED = re.compile(r'<span class="(?:n|nb|nn|ne|na|nv|bp|p|o|w)">([^<]*)</span>')


def lean(files: list[Any]) -> list[Any]:
    """The scripts or style sheets that the site uses, each once."""
    kept: dict[str, Any] = {}
    for file in files:
        name = str(getattr(file, "filename", file) or "")
        body = str(getattr(file, "attributes", {}).get("body", ""))
        if not any(word in name for word in UNUSED) and not body.startswith(UNUSED_INLINE):
            kept.setdefault(name or body, file)
    return list(kept.values())


def deferred(context: dict[str, Any]) -> list[Any]:
    """The page's scripts, none of which holds up its text."""
    found = []
    for file in lean(context["script_files"]):
        name, attributes = file.filename, dict(file.attributes)
        if name and attributes.get("type") != "module":
            attributes["defer"] = "defer"
        found.append(type(file)(name, priority=file.priority, **attributes))
    return found


def sections(app: Sphinx, pagename: str) -> list[dict[str, str]]:
    """The page's own sections: anchor and title as HTML."""
    toc = app.env.tocs.get(pagename)
    if toc is None:
        return []
    found = []
    for item in toc.findall(nodes.list_item):
        depth = sum(1 for _ in ancestors(item, nodes.list_item))
        link = next(item.findall(nodes.reference), None)
        if depth == 1 and link is not None and link.get("anchorname"):
            title = nodes.inline("", "", *(child.deepcopy() for child in link.children))
            html = app.builder.render_partial(title)["fragment"]
            found.append({"anchor": link["anchorname"].lstrip("#"), "title": html})
    return found


def ancestors(node: nodes.Node, kind: type) -> Any:
    """The node's parents of one kind."""
    while (node := node.parent) is not None:
        if isinstance(node, kind):
            yield node


def description(doctree: nodes.document | None) -> str:
    """The page's first paragraph, for search engines and previews."""
    if doctree is None:
        return ""
    for section in doctree.findall(nodes.section):
        for child in section.children:
            if isinstance(child, nodes.paragraph):
                text = " ".join(child.astext().split())
                if len(text) <= DESCRIPTION_LENGTH:
                    return text
                return text[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + " …"
    return ""


def size_images(app: Sphinx, body: str) -> str:
    """Write width and height of each picture into its element; let it load when it is near."""
    sources = {name: Path(app.srcdir, uri) for uri, name in app.builder.images.items()}

    def rewrite(match: re.Match[str]) -> str:
        element = match[0]
        source = sources.get(match[1].rsplit("/", 1)[-1])
        if source is not None and " width=" not in element and "style=" not in element:
            width, height = imagesize.get(source)
            if width > 0:
                element = element.replace("<img", f'<img width="{width}" height="{height}"', 1)
        if " loading=" not in element:
            element = element.replace("<img", '<img loading="lazy" decoding="async"', 1)
        return element

    return IMAGE.sub(rewrite, body)


def plain_code(body: str) -> str:
    """Take the marks without a colour out of highlighted code: a third of a chapter's size."""
    return CODE.sub(lambda block: UNCOLOURED.sub(r"\1", block[0]), body)


def complete(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the template what it shows."""
    context["script_files"] = deferred(context)
    context["css_files"] = lean(context["css_files"])
    context["lossland_sections"] = sections(app, pagename)
    context["lossland_description"] = description(doctree)
    tree = context["toctree"](maxdepth=2, collapse=False, includehidden=True, titles_only=True)
    # A role "heading" without a level would stand among the page's own headings.
    context["lossland_pages"] = (tree or "").replace(' role="heading"', "")
    has_notebook = notebook_of(app, pagename).is_file()
    context["lossland_notebook"] = f"notebooks/{pagename}.ipynb" if has_notebook else ""
    if "body" in context:
        body = THEBE.sub("", MISLEADING.sub("", size_images(app, context["body"])))
        context["body"] = plain_code(body)


def name_formulas(table: nodes.table) -> None:
    """Give column heads that are formulas a name in letters, for programs that do not read them."""
    for head in table.findall(nodes.thead):
        for entry in head.findall(nodes.entry):
            formulas = list(entry.findall(nodes.math))
            if formulas and entry.astext().strip() == "".join(f.astext() for f in formulas).strip():
                words = " ".join(re.findall(r"[A-Za-z]+|\d+", entry.astext()))
                formulas[0].parent.insert(
                    0, nodes.inline("", f"{words}: ", classes=["for-readers"])
                )


def box_tables(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Wrap each table so that it can scroll alone."""
    for table in list(doctree.findall(nodes.table)):
        name_formulas(table)
        box = nodes.container(classes=["table-box"])
        table.replace_self(box)
        box += table


def register(app: Sphinx) -> None:
    """Complete pages after every other extension has added its scripts."""
    app.connect("html-page-context", complete, priority=900)
    app.connect("doctree-resolved", box_tables)
