"""HTML of strangers by an allow-list: the last step before a browser sees it.

No ``id``, ``class``, ``name`` or ``style`` is left: formgrader's JavaScript finds its score boxes
by them. No address is left either, neither to follow nor to load; pictures are in the page or
lie beside the notebook.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from functools import partial
from html import escape

import nh3

from autograder.pictures import safe_picture

TAGS = {
    "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt",
    "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins",
    "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong",
    "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
    "var",
}  # fmt: skip
ATTRIBUTES = {
    "img": {"src", "alt", "title"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "ol": {"start"},
    "details": {"open"},
}
# Goes with all that is in it. What a browser reads as plain text would else appear as source.
WITH_CONTENT = {"script", "style", "title", "template", "noscript", "iframe", "object", "svg"}
MAX_DEPTH = 100
MAX_SHOWN = 50_000
MAX_SPAN = 1_000
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")
EMPTY = {"br", "hr", "img"}
# A plain file name, in a folder or two, with nothing that leads elsewhere.
BESIDE = re.compile(r"(?:[\w-][\w .-]{0,80}/){0,3}[\w-][\w .-]{0,80}\.(?:png|jpe?g|gif)", re.I)
DATA = re.compile(r"data:image/(?:png|jpeg|gif);base64,")
# MathJax gives classes, ids, styles and links to what these enclose, or loads code for them.
TEX = re.compile(
    r"\\(href|url|class|cssId|style|require|unicode|data|bbox|mmlToken|includegraphics"
    r"|html(?:Class|Data|Id|Style))(?![A-Za-z])"
)


def clean(html: str, beside: Callable[[str], str | None] = str) -> str:
    """HTML without anything that acts, names or fetches, balanced, nested no deeper than pages are.

    ``beside`` gives the address for a picture's plain file name, or None. Cleaning twice is
    cleaning once.
    """
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=partial(_attribute, beside),
        clean_content_tags=WITH_CONTENT,
        url_schemes={"data"},
        link_rel=None,
    )
    cleaned = without_tex_commands(cleaned)
    return cleaned if _depth(cleaned) <= MAX_DEPTH else as_text(html)


def as_text(source: str) -> str:
    """What cannot be rendered, as it was written; a browser that reads it writes the same again."""
    cut = source if len(source) <= MAX_SHOWN else source[:MAX_SHOWN] + "\n… (cut)"
    lines = re.sub(r"\r\n?", "\n", without_tex_commands(cut)).lstrip("\n").replace("\0", "\ufffd")
    escaped = escape(lines, quote=False).replace("\xa0", "&nbsp;")
    return f"<pre>{escaped}</pre>"


def without_tex_commands(text: str) -> str:
    r"""Formulas in which ``\href`` and its kind are only words."""
    return TEX.sub(r"\\mathrm{\1}", text)


def data_uri(data: bytes) -> str | None:
    """The address of a picture that travels in the page; None for what is none, or too large."""
    found = safe_picture(data)
    if found is None:
        return None
    return f"data:{found[0]};base64,{base64.b64encode(found[1]).decode('ascii')}"


def is_beside(address: str) -> bool:
    """Is this the name of a picture file beside the notebook?"""
    return BESIDE.fullmatch(address) is not None


def _attribute(beside: Callable[[str], str | None], tag: str, name: str, value: str) -> str | None:
    if name == "src":
        if is_beside(value):
            return beside(value)
        return value if _harmless_data(value) else None
    if name in {"colspan", "rowspan", "start"}:
        return value if value.isascii() and value.isdigit() and int(value[:9]) <= MAX_SPAN else None
    return value


def _harmless_data(address: str) -> bool:
    match = DATA.match(address)
    if match is None:
        return False
    try:
        data = base64.b64decode(address[match.end() :], validate=True)
    except (binascii.Error, ValueError):
        return False
    return data_uri(data) == address


def _depth(html: str) -> int:
    """How deep the elements of balanced HTML are nested."""
    depth = deepest = 0
    for closing, name in TAG.findall(html):
        if name not in EMPTY:
            depth += -1 if closing else 1
            deepest = max(deepest, depth)
    return deepest
