"""Mutable arguments of a call: numbered alike on both sides, so that changes find their way back.

The judge's encoder numbers the mutable values of a ``Given`` as it meets them; ``Numbered`` walks
what arrived in the same order. After the call it tells what has become of them, and ``assign``
makes the test's own objects hold that. Lists, dicts and tuples are walked into; a value of a kind
that can change is one thing with all that lies in it.
"""

from __future__ import annotations

import contextlib
import copy
from collections import deque
from typing import Any

import numpy as np

from autograder import kinds
from autograder.keeping import weight
from autograder.kinds.arrays import fill_array
from autograder.kinds.registry import NotPlain
from autograder.wire import Again, Bounds, Encoder, Refused, has_plain_keys, is_mutable

MOST_WATCHED = 16 << 20
"""Bytes of a variable that is compared before and after every call."""
_SCALARS = frozenset({int, float, bool, str, complex, bytes, type(None)})
_ROOM = Bounds(frame_bytes=1 << 30, items=10_000_000)


class Numbered:
    """The mutable values among a call's arguments, as they were before the call."""

    def __init__(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        self.values: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._before: list[Any] = []
        self._reach: list[range | None] = []  # of each value: the numbers of what lies in it
        self._positions: list[set[int]] = []
        for place, value in enumerate(args):
            args[place] = self._argument(value)
        for name, value in kwargs.items():
            kwargs[name] = self._argument(value)

    def _argument(self, value: Any) -> Any:
        self._positions.append(set())
        return self._walked(value)

    def _walked(self, value: Any) -> Any:
        """The value, with what it held twice in both places."""
        kind = type(value)
        if kind in _SCALARS:
            return value
        if kind is Again:
            number = value.number
            self._positions[-1].add(number)
            self._positions[-1].update(self._reach[number] or ())
            return self.values[number]
        if kind is tuple:
            items = [self._walked(item) for item in value]
            same = all(one is other for one, other in zip(items, value, strict=True))
            return value if same else tuple(items)
        if is_mutable(kind):
            self._note(value, kind)
        return value

    def _note(self, value: Any, kind: type) -> None:
        number = len(self.values)
        self.values.append(value)
        self._numbers[id(value)] = number
        self._positions[-1].add(number)
        self._before.append(None)
        self._reach.append(None)
        if kind is list:
            for place, item in enumerate(value):
                value[place] = self._walked(item)
        elif kind is dict and has_plain_keys(value):
            for key, item in value.items():
                value[key] = self._walked(item)
        self._reach[number] = range(number, len(self.values))
        self._before[number] = holding(value)

    def changes(self) -> tuple[list[int], list[list[Any]]]:
        """(positions of changed arguments, [number, what the value holds now] of each changed)."""
        differing: set[int] = set()
        written = []
        for number, (value, before) in enumerate(zip(self.values, self._before, strict=True)):
            replaced, changed = _compared(before, holding(value))
            if changed:
                differing.add(number)
            if replaced:
                written.append([number, _inline(value)])
        changed_positions = [
            place for place, reached in enumerate(self._positions) if reached & differing
        ]
        return changed_positions, written


def holding(value: Any) -> Any:
    """What a mutable value holds, in a form that later changes of it do not reach."""
    kind = type(value)
    if kind is list:
        return list(value)
    if kind is dict and has_plain_keys(value):
        return dict(value)
    return snapshot(value)  # None where it holds what does not cross: nobody can tell


def snapshot(value: Any) -> Any:
    """All that plain data holds, to be compared with later; None for what is more than data."""
    if type(value) is np.ndarray and value.dtype.kind != "O":
        return value.dtype.str, value.shape, value.tobytes()
    try:
        return Encoder(_ROOM).encode(value)
    except (Refused, NotPlain, RecursionError):
        return None


def watched(value: Any) -> Any:
    """The snapshot by which a later change of a variable shows, taken alike on both sides.

    None for what is more than data, and for what is too large to be compared around every call.
    """
    if type(value) is np.ndarray and weight(value) > MOST_WATCHED:
        return None  # before it is copied
    held = snapshot(value)
    return None if held is None or weight(value) > MOST_WATCHED else held


def _inline(value: Any) -> Any:
    """The value under another identity, so that it crosses with all it holds."""
    if type(value) is np.ndarray:
        return value.view()
    return copy.copy(value)


def _compared(before: Any, after: Any) -> tuple[bool, bool]:
    """(whether it holds other objects, whether it holds other values)."""
    if isinstance(before, list):
        if len(before) != len(after):
            return True, True
        pairs = zip(before, after, strict=True)
    elif isinstance(before, dict):
        if list(before) != list(after):
            return True, True
        pairs = zip(before.values(), after.values(), strict=True)
    else:
        return (before != after,) * 2
    others = [(old, new) for old, new in pairs if old is not new and not _equal(old, new)]
    return bool(others), any(_fingerprint(old) != _fingerprint(new) for old, new in others)


def _equal(old: Any, new: Any) -> bool:
    kind = type(old)
    return kind is type(new) and kind in _SCALARS and bool(old == new)


def _fingerprint(value: Any) -> Any:
    """What a value holds, for comparing."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, list | tuple):
        return [_fingerprint(item) for item in value]
    if isinstance(value, dict):
        return [(key, _fingerprint(item)) for key, item in value.items()]
    if isinstance(value, int | float | complex | str | bytes | np.generic):
        return value
    return holding(value) if is_mutable(type(value)) else None


def assign(value: Any, other: Any) -> None:
    """Make a mutable value hold what another one of its kind holds; it stays the same object."""
    kind = kinds.find(type(value))
    if kind is not None and kind.fill is not None and type(other) is type(value):
        # A value of the test's own may resist: a column too few, a lock. Then it stays.
        with contextlib.suppress(TypeError, ValueError, AttributeError):
            kind.fill(value, other)
    elif isinstance(value, np.ndarray) and type(other) is np.ndarray:
        with contextlib.suppress(TypeError, ValueError):
            fill_array(value, other)
    elif isinstance(value, list) and type(other) is list:
        list.__setitem__(value, slice(None), other)
    elif isinstance(value, deque) and type(other) is list:
        value.clear()
        value.extend(other)
    elif isinstance(value, dict) and type(other) is dict:
        dict.clear(value)
        dict.update(value, other)
