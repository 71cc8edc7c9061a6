"""How the checks put shapes, counts, kinds and deviations into words.

Deviations are told by their order of magnitude only: enough to tell a rounding question from
a wrong formula, too little to find a hidden number by handing in again and again. Sizes and counts
are the student's code's to choose, so they too are told roughly where they are large and far from
what is asked: a size could otherwise carry a hidden input out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

_SMALL_NUMBERS = ("never", "once", "twice")


SMALL, LARGE = 64, 100_000
TEXTS = 128
"""More than ``rough`` has texts."""
MOST_AXES = 4


def rough(number: int) -> str:
    """Small numbers as they are, others to one digit: 7, 20, about 300; fewer than TEXTS."""
    if number <= SMALL:
        return str(number)
    size = 10 ** min(len(str(number)) - 1, 5)
    return f"about {number // size * size:,}" if number < LARGE else f"{LARGE:,} or more"


def near(number: int, *asked: int) -> str:
    """The number as it is where it is small or close to one that is asked for, else roughly."""
    exact = any(abs(number - right) <= SMALL for right in (0, *asked))
    return f"{number:,}" if exact else rough(number)


def times(count: int, asked: int = 0) -> str:
    """0 → "never", 1 → "once", 2 → "twice", 1003 of 1000 → "1,003 times"."""
    if count < len(_SMALL_NUMBERS):
        return _SMALL_NUMBERS[count]
    return f"{near(count, asked)} times"


def ordinal(count: int) -> str:
    """1 → "1st", 2 → "2nd", 11 → "11th"."""
    if count % 100 in (11, 12, 13):
        return f"{count}th"
    return f"{count}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(count % 10, 'th') }"


def listed(names: Sequence[str]) -> str:
    """("x", "v", "t") → "x, v and t"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def shape(value: tuple[int, ...], asked: tuple[int, ...] = ()) -> str:
    """() → "is a single number", (4, 3) → "has shape (4, 3)"; see ``axes``."""
    return f"has shape {axes(value, asked)}" if value else "is a single number"


def axes(value: tuple[int, ...], asked: tuple[int, ...] = ()) -> str:
    """A shape in brackets; lengths that are large and far from those asked for are rough."""
    if len(value) > MOST_AXES:
        return f"of {rough(len(value))} axes"
    told = [near(n, *asked).replace(",", "") for n in value]
    return f"({', '.join(told)}{',' if len(told) == 1 else ''})"


def kind(value: Any) -> str:  # noqa: PLR0911
    """What a value is, in a student's words: "a list", "nothing (None)", "a single number"."""
    if value is None:
        return "nothing (None): is a return missing?"
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, int | float | complex | np.number):
        return "a single number"
    if isinstance(value, np.ndarray):
        if type(value) is not np.ndarray:
            return f"an array of the special kind {type(value).__name__}"
        return "an array" if value.ndim else "a single number"
    if isinstance(value, str):
        return "a text"
    known = type(value).__module__.partition(".")[0] in _KNOWN
    if isinstance(value, list | tuple | dict | set | frozenset):
        return f"a {type(value).__name__ if known else 'named tuple'} of {rough(len(value))}"
    if callable(value):
        return "a function: is a pair of brackets missing?"
    # A class that was made for the student's is called as their process says.
    return f"an object of {'type ' + type(value).__name__ if known else 'some type'}"


_KNOWN = frozenset({
    "builtins", "collections", "datetime", "decimal", "fractions", "types", "pathlib", "uuid",
    "zoneinfo", "array", "numpy", "pandas", "scipy",
})  # fmt: skip


def how_far(relative: float) -> str:
    """The order of magnitude of a relative deviation, to follow "is wrong"."""
    if not relative < 1:
        return "by its own size or more"
    if relative >= 0.1:
        return "by tens of per cent"
    if relative >= 0.01:
        return "by a few per cent"
    digits = int(np.ceil(-np.log10(relative))) if relative > 0 else 16
    return f"by less than 1 part in {10 ** (digits - 1):,}"
