"""Side paths: sections that are folded beside the trail, as sphinx-design's dropdowns.

A section becomes one by its class; it ends where the next heading stands, so it closes the section
whose question it answers. Cells, figures and equations stand in it as anywhere else:

    (side-extreme-values)=
    {.side-path}
    ### How low can the best of a million darts lie?

The summary shows the title and the minutes. A link into a side path opens it, the search finds it,
paper prints it, and the notebook has it as an ordinary section. A directive could not hold code
cells, which is why the section is folded and not written as a dropdown.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx_design.dropdown import dropdown_main, dropdown_title

from lossland_book.reading_time import SIDE, in_minutes, is_side_path, seconds


def fold(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace every side path of an HTML page by a closed disclosure."""
    if app.builder.format != "html":
        return
    for section in list(doctree.findall(is_side_path)):
        section.parent.replace(section, folded(section))  # replace_self would copy all ids


def folded(section: nodes.section) -> dropdown_main:
    """The disclosure: a heading and minutes as its summary, the rest as its content."""
    level = depth(section)
    title, *content = section.children
    time = in_minutes(seconds([section], side_paths=True))
    first, *others = section["ids"]
    summary = dropdown_title(
        "",
        "",
        nodes.raw("", f"<h{level}>", format="html"),
        nodes.inline("", "Side path", classes=["side-path-mark"]),
        nodes.inline("", "", *title.children, classes=["side-path-title"]),
        nodes.raw("", f"</h{level}>", format="html"),
        nodes.inline("", time, classes=["side-path-time"]),
        classes=["side-path-summary"],
    )
    places = [nodes.inline(ids=[name]) for name in others]
    body = nodes.container("", *places, *content, classes=["side-path-body"])
    return dropdown_main("", summary, body, ids=[first], classes=[SIDE])


def depth(section: nodes.section) -> int:
    """The level of the section's heading: 1 for the page's."""
    level, node = 0, section
    while node is not None:
        level += isinstance(node, nodes.section)
        node = node.parent
    return level


def register(app: Sphinx) -> None:
    """Fold after every other part has read the page's sections."""
    app.connect("doctree-resolved", fold, priority=900)
