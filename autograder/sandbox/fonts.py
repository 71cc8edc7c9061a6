"""Fonts that forks can go on using: a sandbox inherits what is in memory, and no open file."""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Iterator
from typing import Any

SUFFIXES = (".ttf", ".otf", ".afm")


class _Kept(io.BytesIO):
    """A file in memory that knows where it lay, as matplotlib's PDF writer asks."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            super().__init__(file.read())
        self.name = path


@contextlib.contextmanager
def kept_in_memory() -> Iterator[None]:
    """A block in which the fonts that matplotlib loads are read into memory, and kept.

    It forgets its fonts in a fork, lest two processes read one open file in turn; so it goes on
    doing with those that it loads later. It opens them by ``io.open``.
    """
    manager: Any = importlib.import_module("matplotlib.font_manager")
    forgotten, usual = manager._get_font, io.open
    fonts: dict[Any, Any] = {}

    def font(*arguments: Any, **settings: Any) -> Any:
        found = fonts.get((arguments, *settings.items()))
        return forgotten(*arguments, **settings) if found is None else found

    def loaded(*arguments: Any, **settings: Any) -> Any:
        key = arguments, *settings.items()
        if key not in fonts:
            fonts[key] = forgotten.__wrapped__(*arguments, **settings)
        return fonts[key]

    def opened(file: Any, mode: str = "r", *arguments: Any, **settings: Any) -> Any:
        if mode == "rb" and str(file).endswith(SUFFIXES):
            return _Kept(str(file))
        return usual(file, mode, *arguments, **settings)

    manager._get_font, io.open = loaded, opened
    try:
        yield
    finally:
        manager._get_font, io.open = font, usual
