"""Whether a global random generator can have got by draws from one state to another.

A test that draws its inputs after a call must not get those that the student's process chose. So
the judge takes a state over only if it lies ahead of the one it knows: the same twister's words,
some twists later, and a kept normal draw that follows from words in between. A state that draws do
not lead to, as after a seed of the student's own, is not taken over: the test's stays.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.draws import WORDS, State

MOST_TWISTS = 20_000
"""Each is 624 words, or 312 uniform draws: 6 million of them in one call."""
FEW_TWISTS = 100
"""So many where a function has been met that seeds for itself: its next state is as far away."""
MOST_SEARCHED = 1_000_000
"""Words among which the two of a kept normal draw are looked for."""


def leads_to(name: str, start: State, end: State, most: int = MOST_TWISTS) -> bool:
    """Whether draws lead from ``start`` to ``end``, in so many twists at most.

    ``name`` says whose normal draws they are.
    """
    twister = np.random.MT19937()
    twister.state = {
        "bit_generator": "MT19937",
        "state": {"key": np.frombuffer(start.words, "<u4"), "pos": WORDS},
    }
    address = twister.ctypes.state_address  # its state read by name is made word by word
    words = start.words
    twists = 0
    drawn: list[NDArray[np.uint64]] = []
    while words != end.words:
        if twists >= most:
            return False
        given = twister.random_raw(WORDS)
        if len(drawn) * WORDS < MOST_SEARCHED:
            drawn.append(given)
        twists += 1
        words = ctypes.string_at(address, 4 * WORDS)
    if not twists and end.place < start.place:
        return False
    if end.spare is None or end.spare == start.spare:
        return True
    return _follows(name, end.spare, _words(start, end, drawn, twists))


def _words(
    start: State, end: State, drawn: list[NDArray[np.uint64]], twists: int
) -> NDArray[np.uint64]:
    """The words that were drawn between two states, as far as they are kept."""
    first = _tempered(np.frombuffer(start.words, "<u4"))
    words = np.concatenate([first, *drawn])
    return words[start.place : twists * WORDS + end.place]


def _tempered(words: NDArray[Any]) -> NDArray[np.uint64]:
    """What a twister gives for its words: Matsumoto and Nishimura 1998, table II."""
    y = words.astype(np.uint64)
    y ^= y >> np.uint64(11)
    y ^= (y << np.uint64(7)) & np.uint64(0x9D2C5680)
    y ^= (y << np.uint64(15)) & np.uint64(0xEFC60000)
    return y ^ (y >> np.uint64(18))


def _follows(name: str, spare: float, words: NDArray[np.uint64]) -> bool:
    """Whether a kept normal draw was made of four words in a row."""
    if len(words) < 4:
        return False
    high, low = words[:-1] >> np.uint64(5), words[1:] >> np.uint64(6)
    uniform = (high.astype(float) * 67108864.0 + low.astype(float)) / 9007199254740992.0
    one, other = uniform[:-2], uniform[2:]
    with np.errstate(all="ignore"):
        if name == "random":
            made = np.sin(one * 2 * np.pi) * np.sqrt(-2.0 * np.log(1.0 - other))
        else:
            x, y = 2.0 * one - 1.0, 2.0 * other - 1.0
            square = x * x + y * y
            made = np.sqrt(-2.0 * np.log(square) / square) * x
        return bool(np.isclose(made, spare, rtol=1e-12, atol=1e-12).any())
