"""Copies of what an object's attributes hold: what a test does to one is done to the original.

``account.history.append(5)`` changes a copy here. Before the object's process is asked for anything
else, the copies handed out last are looked at, and what has changed is written back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from autograder.keeping import weight
from autograder.wire import Bounds, Encoder, Refused

MOST = 16
LARGEST = 1 << 20
"""Bytes of a copy that is looked at."""
_ROOM = Bounds(frame_bytes=4 * LARGEST, items=200_000)


class _Copy(NamedTuple):
    """What an attribute held, and the bytes that told it."""

    target: Any
    name: str
    value: Any
    told: bytes


class HandedOut:
    """The copies that a test was given last; ``reference`` tells what crosses by reference."""

    def __init__(self, reference: Callable[[Any], Any]) -> None:
        self._reference = reference
        self._copies: deque[_Copy] = deque(maxlen=MOST)

    def keep(self, target: Any, name: str, value: Any) -> None:
        """Remember a value that can change."""
        if type(value) in (list, dict, set, np.ndarray) and weight(value) < LARGEST:
            told = self._told(value)
            if told is not None:
                self._copies.append(_Copy(target, name, value, told))

    def changed(self) -> Iterator[tuple[Any, str, Any]]:
        """(object, attribute, what the copy holds now) of each that has changed."""
        for place in range(len(self._copies)):
            copy = self._copies[place]
            told = self._told(copy.value)
            if told is not None and told != copy.told:
                self._copies[place] = copy._replace(told=told)
                yield copy.target, copy.name, copy.value

    def _told(self, value: Any) -> bytes | None:
        try:
            return Encoder(_ROOM, self._reference).encode(value)
        except (Refused, TypeError, RecursionError):
            return None
