"""Where am I? The way through the nine chapters as an elevation profile, with the hiker on it.

The page's frame shows it above the contents; the site's script moves the hiker towards the next
chapter while the page is read. It is an ornament: the list of pages says the same in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from lossland_book.numbering import CHAPTER

WIDTH, TOP, BOTTOM = 216, 12, 54  # of the drawing, in pixels
MARGIN = 9
# How high each chapter lies, and the lake at the end: darts on the plateau, a ravine to zigzag
# through, a sledge ride, and a lake that was drawn in the wrong place.
HEIGHTS = (0.95, 1.0, 0.84, 0.5, 0.62, 0.33, 0.04, 0.22, 0.0, 0.0)
FINE = 8  # pieces between two chapters


def profile() -> list[tuple[float, float]]:
    """Points of the smooth line, FINE of them from one chapter to the next."""
    step = (WIDTH - 2 * MARGIN) / (len(HEIGHTS) - 1)
    points = []
    for k in range(len(HEIGHTS) - 1):
        here, there = HEIGHTS[k], HEIGHTS[k + 1]
        for part in range(FINE + (k == len(HEIGHTS) - 2)):
            t = part / FINE
            height = here + (there - here) * t * t * (3 - 2 * t)  # flat at every chapter
            x = MARGIN + (k + t) * step
            points.append((round(x, 1), round(BOTTOM - height * (BOTTOM - TOP), 1)))
    return points


def stretch(pagename: str, written: Iterable[str]) -> tuple[int, int]:
    """The first and last point of a page's way on the profile.

    A chapter of several pages shares its way among them, in the order of their names.
    """
    chapter = CHAPTER.match(pagename)[1]
    pages = sorted(name for name in written if (m := CHAPTER.match(name)) and m[1] == chapter)
    first, part = FINE * (int(chapter) - 1), pages.index(pagename)
    return first + FINE * part // len(pages), first + FINE * (part + 1) // len(pages)


def path(points: list[tuple[float, float]]) -> str:
    """SVG path data."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def complete(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the template the line, the chapters on it and the page's place."""
    match = CHAPTER.match(pagename)
    written = {int(m[1]) for name in app.env.found_docs if (m := CHAPTER.match(name))}
    points = profile()
    chapters = [
        {
            "number": k + 1,
            "x": points[k * FINE][0],
            "y": points[k * FINE][1],
            "written": k + 1 in written,
        }
        for k in range(len(HEIGHTS) - 1)
    ]
    here = int(match[1]) if match else 0
    known = 1 <= here <= len(chapters)
    first, last = stretch(pagename, app.env.found_docs) if known else (0, 0)
    context["lossland_trail"] = {
        "width": WIDTH,
        "height": BOTTOM + 8,
        "line": path(points),
        "ground": f"{path(points)}L{WIDTH - MARGIN} {BOTTOM + 8}L{MARGIN} {BOTTOM + 8}Z",
        "walked": path(points[: first + 1]) if first else "",
        "stretch": path(points[first : last + 1]) if known else "",
        "walker": points[first],
        "chapters": chapters,
        "here": here if known else 0,
        "of": len(chapters),
    }


def register(app: Sphinx) -> None:
    """Complete pages."""
    app.connect("html-page-context", complete)
