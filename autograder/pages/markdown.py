"""A student's Markdown and code as formgrader shows them: with the instructor's rights.

nbgrader's templates pass raw HTML of Markdown cells through, and change it once more afterwards.
Two layers stand against what could act in there:

    harmless    when the graded notebook is written, its Markdown becomes such that nbconvert's
                own filter makes nothing but clean HTML of it, with or without this course's
                configuration
    filters     ``safe_html``, ``framed`` and ``highlighted`` take the place of nbconvert's
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import (
    IPythonRenderer,
    MarkdownWithMath,
    markdown2html_mistune,
)
from nbconvert.filters.strings import strip_files_prefix

from autograder.course.opening import read_file
from autograder.errors import SubmissionError
from autograder.pages.cleaning import as_text, clean, data_uri, is_beside
from autograder.pictures import MAX_BYTES
from autograder.timing import can_stop, within

Attachments = Mapping[str, Mapping[str, str]]
Find = Callable[[str], str | None]

SECONDS = 1.0
MAX_RENDERED = 100_000
MAX_UNSTOPPABLE = 10_000
"""Characters that are rendered where nothing could be stopped."""
MAX_REMEMBERED = 10_000
# Two regular expressions take quadratic time in these: 60,000 blank lines are 8 minutes.
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){40,}")
BLANKS = re.compile(r"[ \t]{200,}")
REFERENCES = {ord(c): f"&#{ord(c)};" for c in "\n\r\\$[]()`*_!~|:@"}
# Whatever TeX lays out stays in its cell: nothing is painted over the page's own buttons.
FRAME = "contain: content; overflow: auto; overflow-wrap: anywhere"


def squeezed(text: str) -> str:
    """The text with at most forty blank lines, and two hundred blanks, in a row."""
    lines = (BLANKS.sub(" " * 200, line) for line in text.split("\n"))
    return BLANK_LINES.sub("\n" * 40, "\n".join(lines))


def rendered(source: str, find: Find) -> str:
    """Markdown as clean HTML; ``find`` gives a picture's address in the page, or None.

    What takes too long, or cannot be read as Markdown, is shown as it was written.
    """
    text = squeezed(source)
    if len(text) > (MAX_RENDERED if can_stop() else MAX_UNSTOPPABLE):
        return as_text(text)
    try:
        with within(SECONDS):
            return clean(MarkdownWithMath(renderer=_Renderer(find)).render(text))
    except Exception:  # whatever a parser stumbles over, the page has to come
        return as_text(text)


def harmless(source: str, attachments: Attachments) -> str:
    """Markdown that nbconvert's own filter makes nothing but clean HTML of.

    Ordinary text, lists, tables and formulas stay as they are. What would become anything else,
    headings with their ids and links among it, becomes the clean HTML in one line.
    """
    if not attachments and len(source) <= MAX_REMEMBERED:
        return _remembered(source)
    return _harmless(source, attachments)


@lru_cache(maxsize=256)
def _remembered(source: str) -> str:
    """Most of a notebook's text is the instructor's, and the same in the whole class."""
    return _harmless(source, {})


def _harmless(source: str, attachments: Attachments) -> str:
    text = squeezed(source)
    html = rendered(text, partial(_attached, attachments))
    if html != as_text(text) and _stock(text) == html.strip("\n"):
        return text
    return _one_line(html)


@pass_context
def safe_html(context: Any, source: str) -> str:
    """nbconvert's filter ``markdown2html``: mathematics, tables, headings and pictures stay."""
    attachments = (context.get("cell") or {}).get("attachments") or {}
    return rendered(source, partial(_attached, attachments))


@pass_context
def framed(context: Any, html: str) -> str:
    """nbconvert's filter ``strip_files_prefix``, which is the last: cleans, and adds a frame.

    Pictures that were handed in beside the notebook come into the page, if they are harmless.
    """
    folder = ((context.get("resources") or {}).get("metadata") or {}).get("path") or ""
    return f'<div style="{FRAME}">{clean(html, partial(_beside, folder))}</div>'


def highlighted(source: str, language: str | None = None, metadata: Any = None) -> str:
    """nbconvert's filter ``highlight_code``: plain text where colours would take too long."""
    text = squeezed(source)
    if len(text) <= (MAX_RENDERED if can_stop() else MAX_UNSTOPPABLE):
        try:
            with within(SECONDS):
                return str(Highlight2HTML()(text, language, metadata))
        except Exception:  # the code has to be shown, colours or not
            pass
    return f'<div class="highlight"><pre>{escape(text)}</pre></div>'


class _Renderer(IPythonRenderer):  # type: ignore[misc, unused-ignore]
    """Headings without ids, links as text with their address, pictures only where they are safe."""

    def __init__(self, find: Find) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.find = find

    def link(self, text: str, url: str, title: str | None = None) -> str:
        address = escape(url)
        shown = url.lower().startswith(("http://", "https://", "mailto:")) and address != text
        return f"{text} ({address})" if shown else text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        address = self.find(url.removeprefix("attachment:")) or (url if is_beside(url) else "")
        if not address:
            return f"[picture: {escape(text)}]"
        return f'<img src="{escape(address)}" alt="{escape(text)}">'

    def block_code(self, code: str, info: str | None = None) -> str:
        return f"<pre><code>{escape(code, quote=False)}</code></pre>\n"


def one_line_text(source: str) -> str:
    """Any text, as it was written."""
    return _one_line(as_text(squeezed(source)))


def _stock(source: str) -> str | None:
    """What formgrader would show without our filters; None when that takes too long."""
    try:
        with within(SECONDS):
            html = str(strip_files_prefix(markdown2html_mistune(source)))
    except Exception:
        return None
    for theirs, ours in (("&quot;", '"'), ("<br />", "<br>"), ("<hr />", "<hr>")):
        html = html.replace(theirs, ours)
    return html.strip("\n")


def _one_line(html: str) -> str:
    """Clean HTML as a Markdown block in which nothing is Markdown, nor anything nbconvert changes.

    What Markdown could take for its own is written as character references: to a browser, and to
    the formulas' MathJax, it is the same text.
    """
    return "<div>" + html.strip("\n").translate(REFERENCES) + "</div>\n"


def _attached(attachments: Attachments, name: str) -> str | None:
    for text in (attachments.get(name) or {}).values():
        try:
            return data_uri(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            continue
    return None


def _beside(folder: str, name: str) -> str | None:
    """A picture that was handed in beside the notebook."""
    if not folder or not is_beside(name):
        return None
    try:
        return data_uri(read_file(Path(folder) / name, MAX_BYTES))
    except SubmissionError:
        return None
