"""A chapter that a test executes: what its cells define, what its sentences quote."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import myst_nb
import numpy as np
from matplotlib.text import Text
from myst_nb.core.read import read_myst_markdown_notebook

HYPHEN = re.compile(r"(?<![\w.\-–−/])-(?=\d)")  # before a number, where a minus belongs
BOOK = Path(__file__).parents[2] / "book"


def text(chapter: str) -> str:
    """The chapter's source."""
    return (BOOK / f"{chapter}.md").read_text("utf8")


class Page:
    """A chapter's cells, executed in order on demand.

    ``names`` is what they defined, ``glued`` what they handed to the sentences. NumPy's
    floating-point warnings are errors, and so is a hyphen for a minus in a figure's words, beside
    the signs of its axes.
    """

    def __init__(self, chapter: str) -> None:
        self.chapter = chapter
        self.text = text(chapter)
        cells = read_myst_markdown_notebook(self.text).cells
        self.cells = [cell for cell in cells if cell.cell_type == "code"]
        self.names: dict[str, Any] = {}
        self.glued: dict[str, Any] = {}
        self._next = 0

    def run(self, until: str | None = None) -> Page:
        """Execute the cells before the first that contains ``until``; all of them without it."""
        end = len(self.cells)
        if until is not None:
            end = next(i for i, cell in enumerate(self.cells) if until in cell.source)

        def glue(name: str, value: object, display: bool = True) -> None:
            self.glued[name] = value

        kept, myst_nb.glue = myst_nb.glue, glue
        try:
            with mpl.rc_context(), np.errstate(all="raise", under="ignore"):
                mpl.use("Agg")
                for cell in self.cells[self._next : end]:
                    if "widget" not in cell.metadata.get("tags", []):
                        exec(compile(cell.source, f"{self.chapter}.md", "exec"), self.names)
                        assert hyphens() == []
                        plt.close("all")
        finally:
            myst_nb.glue = kept
        self._next = max(self._next, end)
        return self

    def __getitem__(self, name: str) -> Any:
        return self.names[name]

    def quoted(self) -> set[str]:
        """The names of all computed numbers that a sentence quotes."""
        return set(re.findall(r"\{glue:text\}`([^`:]+)", self.text))

    def drawing(self) -> list[tuple[str, str]]:
        """(alt text, source) of every cell that draws a figure."""
        return [
            (cell.metadata.get("mystnb", {}).get("image", {}).get("alt", ""), cell.source)
            for cell in self.cells
            if re.search(r"\bpanels\(|plt\.subplots\(|static_figure\(", cell.source)
        ]


def hyphens() -> list[str]:
    """The words of all open figures that have a hyphen for a minus; formulas set their own."""
    words = {
        text.get_text() for number in plt.get_fignums() for text in plt.figure(number).findobj(Text)
    }
    return sorted(w for w in words if HYPHEN.search(re.sub(r"\$[^$]*\$", "", w)))


def scoreboard_line(chapter: str, method: str, cells: int = 4) -> list[str]:
    """The cells of a method's line on a chapter's scoreboard, without its first one.

    Boards have four columns; the last chapter's has a fifth, the seconds.
    """
    for line in text(chapter).splitlines():
        found = [cell.strip() for cell in line.strip("| ").split("|")]
        if line.startswith("|") and len(found) == cells and found[0] == method:
            return found[1:]
    raise AssertionError(f"{chapter} has no line '{method}' on its scoreboard")


def shown(mean: float, low: float, high: float) -> str:
    """A result as the scoreboard prints it, from per cent."""
    return f"{mean:.1f} ({low:.1f} to {high:.1f})"
