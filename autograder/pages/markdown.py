"""Markdown as HTML that no script hides in: formgrader shows a student's text to the instructor.

nbgrader's templates pass raw HTML of Markdown cells through; a script in there would run with
the instructor's rights.
"""

from __future__ import annotations

from typing import Any

import bleach  # type: ignore[import-untyped]
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "col", "colgroup", "dd",
    "del", "details", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s",
    "samp", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
}  # fmt: skip
ATTRIBUTES = {
    "*": ["class", "id", "title", "align"],
    "a": ["href", "title"],
    "img": ["src", "alt", "width", "height", "title"],
    "td": ["colspan", "rowspan", "align"],
    "th": ["colspan", "rowspan", "align", "scope"],
    "ol": ["start"],
    "details": ["open"],
}
# A picture that was pasted into the cell arrives as data; bleach lets no other scheme through.
PROTOCOLS = frozenset({"http", "https", "mailto", "data"})


@pass_context
def safe_html(context: Any, source: str) -> str:
    """nbconvert's Markdown filter with everything taken out that could act.

    Mathematics stays as it is written; tables, headings, links and pictures stay.
    """
    cell = context.get("cell") or {}
    renderer = IPythonRenderer(escape=False, attachments=cell.get("attachments", {}))
    return clean(MarkdownWithMath(renderer=renderer).render(source))


def clean(html: str) -> str:
    """HTML without scripts, styles, forms, frames and event handlers."""
    return str(
        bleach.clean(html, tags=TAGS, attributes=_allowed, protocols=PROTOCOLS, strip_comments=True)
    )


def _allowed(tag: str, name: str, value: str) -> bool:
    if value.lstrip().lower().startswith("data:"):
        pictures = ("data:image/png", "data:image/jpeg", "data:image/gif")
        return (tag, name) == ("img", "src") and value.startswith(pictures)
    return name in ATTRIBUTES["*"] or name in ATTRIBUTES.get(tag, ())
