"""What every widget shares: its bundled script, and its name in the page's address."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import anywidget
import traitlets

STATIC = Path(__file__).parent / "static"


class BundleMissingError(FileNotFoundError):
    """The widget's script has not been bundled yet."""


def bundled(name: str) -> str:
    """The text of a bundled file; BundleMissingError names the command that makes it."""
    path = STATIC / name
    if not path.is_file():
        raise BundleMissingError(
            f"lossland/widgets/static/{name} is missing: run `make widgets` first."
        )
    return path.read_text("utf8")


class Widget(anywidget.AnyWidget):
    """An anywidget with the script and the style sheet that esbuild made for it.

    ``bundle`` names them. ``key`` is the widget's name in the page's address, where a shared view
    is kept; a second widget of the same key on a page becomes key-2. ``heights`` are the pixels it
    takes in a column of the book, on a desk and on a phone; a page keeps them free for it.
    """

    bundle: ClassVar[str]
    heights: ClassVar[tuple[int, int]] = (0, 0)
    key = traitlets.Unicode().tag(sync=True)
    _heights = traitlets.Tuple().tag(sync=True)

    def __init__(self, **traits: object) -> None:
        self._esm = bundled(f"{self.bundle}.js")
        self._css = bundled(f"{self.bundle}.css")
        super().__init__(**traits)

    @traitlets.default("key")
    def _default_key(self) -> str:
        return self.bundle

    @traitlets.default("_heights")
    def _declared_heights(self) -> tuple[int, int]:
        return self.heights
