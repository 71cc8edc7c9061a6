"""How much the judge keeps of what a student's code hands over, so that it fills no memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder import kinds

MOST = 10_000
"""Calls of one handed function that are kept."""
ROOM = 64 << 20
"""Bytes that they may hold together."""


def weight(value: Any) -> int:
    """About how many bytes plain data takes."""
    if isinstance(value, np.ndarray):
        return 64 + value.nbytes
    if isinstance(value, str | bytes):
        return 64 + len(value)
    if isinstance(value, dict):
        return 64 + sum(weight(key) + weight(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return 64 + sum(map(weight, value))
    if isinstance(value, int | float | complex | None):
        return 64
    kind = kinds.of_value(value)
    return 64 if kind is None else 64 + weight(kind.to_plain(value))


class Kept(list[Any]):
    """The first of many values; the rest is let go once there are too many, or they are too large.

    What is kept has no gaps. ``copied`` makes the copy that later changes do not reach.
    """

    def __init__(self, copied: Callable[[Any], Any], most: int = MOST, room: int = ROOM) -> None:
        super().__init__()
        self._copied = copied
        self._most = most
        self._room = room

    def keep(self, value: Any) -> None:
        """Keep a copy, if there is room."""
        if len(self) >= self._most:
            return
        self._room -= weight(value)
        if self._room < 0:
            self._most = 0
            return
        self.append(self._copied(value))
