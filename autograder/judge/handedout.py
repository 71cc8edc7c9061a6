"""Copies of what an object's attributes hold: what a test does to one is done to the original.

``account.history.append(5)`` changes a copy here. Before the object's process is asked for anything
else, the copies handed out last are looked at, and what has changed is written back.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from autograder.keeping import weight
from autograder.wire import Bounds, Encoder, Refused

MOST = 8
LARGEST = 1 << 18
"""Bytes of a copy that is looked at."""
_OURS = 2
"""References to a value that this module alone still has: its variable, and the question."""
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
        """(object, attribute, what the copy holds now) of each that has changed.

        What nobody else holds any more can change no more: it is looked at for the last time.
        """
        copies, self._copies = self._copies, deque(maxlen=MOST)
        while copies:
            target, name, value, before = copies.popleft()
            told = self._told(value)
            if sys.getrefcount(value) > _OURS:
                self._copies.append(_Copy(target, name, value, told or before))
            if told is not None and told != before:
                yield target, name, value

    def _told(self, value: Any) -> bytes | None:
        try:
            return Encoder(_ROOM, self._reference).encode(value)
        except (Refused, TypeError, RecursionError):
            return None
