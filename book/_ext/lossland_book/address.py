"""The site among other sites: its address, the map for search engines, previews, the 404 page.

The address is `html_baseurl` of the configuration, or the environment variable LOSSLAND_SITE_URL.
A site that does not know its address works all the same; it only has no sitemap, and its pages
have no canonical link.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

from lossland_book.readable import text_of

VARIABLE = "LOSSLAND_SITE_URL"
PREVIEW = "_static/pictures/preview.png"  # made by tools/preview.py
ABOUT = (
    "A course on optimization for machine learning: from random search to Adam, regularization and "
    "ensembles, with live figures, problem sets and every claim measured."
)
LENGTH = 200
UNLISTED = {"search", "404", "genindex"}


def take_address(app: Sphinx, config: Config) -> None:
    """The environment's address goes before the configuration's."""
    address = os.environ.get(VARIABLE) or config.html_baseurl or ""
    parts = urlsplit(address)
    if address and (parts.scheme not in {"http", "https"} or not parts.netloc):
        raise ConfigError(f"{VARIABLE} is '{address}': give an address like https://host/path/.")
    config.html_baseurl = f"{address.rstrip('/')}/" if address else ""


def description(doctree: nodes.document | None) -> str:
    """The page's first paragraph, its formulas in words, cut at a word."""
    if doctree is None:
        return ABOUT
    for section in doctree.findall(nodes.section):
        for child in section.children:
            if isinstance(child, nodes.paragraph):
                text = text_of(child)
                return text if len(text) <= LENGTH else text[:LENGTH].rsplit(" ", 1)[0] + " …"
    return ABOUT


def complete(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the template the page's description and addresses."""
    base = app.config.html_baseurl
    home = pagename == app.config.root_doc
    context["lossland_description"] = ABOUT if home else description(doctree)
    uri = app.builder.get_target_uri(pagename)
    context["lossland_address"] = f"{base}{'' if home else uri}" if base else ""
    context["lossland_preview"] = f"{base}{PREVIEW}" if base else context["pathto"](PREVIEW, 1)
    context["lossland_root"] = urlsplit(base).path if base else ""


def missing_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The page that hosts send in place of one that is not there."""
    if app.builder.format == "html":
        yield "404", {}, "404.html"


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write robots.txt and, where the address is known, sitemap.xml."""
    if exception is not None or app.builder.format != "html":
        return
    out, base = Path(app.outdir), app.config.html_baseurl
    robots = "User-agent: *\nAllow: /\n"
    sitemap = out / "sitemap.xml"
    sitemap.unlink(missing_ok=True)
    if base:
        uris = [
            "" if name == app.config.root_doc else app.builder.get_target_uri(name)
            for name in sorted(app.env.found_docs)
            if name not in UNLISTED
        ]
        lines = [f"  <url><loc>{escape(base + uri)}</loc></url>" for uri in uris]
        sitemap.write_text(
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            + "\n".join(lines)
            + "\n</urlset>\n",
            "utf8",
        )
        robots += f"Sitemap: {base}sitemap.xml\n"
    (out / "robots.txt").write_text(robots, "utf8")


def register(app: Sphinx) -> None:
    """Know the address early; complete pages after page.py."""
    app.connect("config-inited", take_address)
    app.connect("html-page-context", complete, priority=950)
    app.connect("html-collect-pages", missing_page)
    app.connect("build-finished", write)
