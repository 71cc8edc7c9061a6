"""Sphinx extensions of the book; each module's docstring tells authors the Markdown to write.

address      the site's address: sitemap, robots.txt, previews, the 404 page
alt_text     fails the build when a picture lacks a text that says what it shows
bibliography formulas in the titles of cited works
downloads    executed notebooks and released problem sets, as files of the site
formulas     TeX set when the book is built
glossary     terms in two languages, with code symbol and section
index_page   what the two indexes share: gather on all pages, fill in on one
launch       links that open a page's notebook on Binder, in Colab or on a JupyterHub
myth         the **Myth or fact?** boxes
myth_index   the list of all of them
noscript     what a reader without scripts sees in a widget's place
numbering    chapter numbers from file names: 05-momentum is chapter 5 even if it is alone
page         the frame of a page: sections, page list, lean scripts, sized pictures, tables
result_index every computed number, table and figure, with its section
reading_time the minutes of a page's trail and of its side paths
search_index what the search page looks through
selfcheck    multiple-choice and numeric questions with an explanation for every answer
side_path    sections folded beside the trail
trail        where am I: the hiker on the way through the chapters
typography   the sign of negative numbers, and the punctuation behind a formula
widget_state anywidgets without the html-manager: small pages, cached scripts, no jumping text

plain_markdown, markdown_text, readable and sidecar help them: a page as plain Markdown, a formula
in words, and what is kept of pages that Sphinx does not read again.
"""

from typing import Any

from sphinx.application import Sphinx

from lossland_book import (
    address,
    alt_text,
    bibliography,
    downloads,
    formulas,
    glossary,
    launch,
    myth,
    myth_index,
    noscript,
    numbering,
    page,
    reading_time,
    result_index,
    search_index,
    selfcheck,
    side_path,
    trail,
    typography,
    widget_state,
)

PARTS = (
    address,
    alt_text,
    bibliography,
    downloads,
    formulas,
    glossary,
    launch,
    myth,
    myth_index,
    noscript,
    numbering,
    page,
    reading_time,
    result_index,
    search_index,
    selfcheck,
    side_path,
    trail,
    typography,
    widget_state,
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register every part."""
    for part in PARTS:
        part.register(app)
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
