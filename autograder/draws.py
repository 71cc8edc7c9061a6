"""The states of the global random generators, of ``random`` and of ``np.random``, as plain data.

Both are Mersenne twisters: 624 words, the place up to which they are used, and a normal draw that
was made along with another and is kept for the next.
"""

from __future__ import annotations

import ctypes
import random
import sys
from typing import Any, NamedTuple

import numpy as np

from autograder.errors import WireError

WORDS = 624


class State(NamedTuple):
    """One generator's state; ``spare`` is the normal draw that is kept, or None."""

    words: bytes
    place: int
    spare: float | None

    def plain(self) -> list[Any]:
        """The state as it crosses."""
        return [self.words, self.place, self.spare]


def checked(data: Any) -> State:
    """The state that has arrived, or WireError."""
    if type(data) is not list or [type(part) for part in data[:2]] != [bytes, int]:
        raise WireError("a state of a random generator that is none")
    words, place, spare = data if len(data) == 3 else (b"", 0, None)
    if len(words) != 4 * WORDS or not 0 <= place <= WORDS or type(spare) not in (float, type(None)):
        raise WireError("a state of a random generator that is none")
    return State(words, place, spare)


def of_python() -> State:
    """The state of the module ``random``."""
    _, numbers, spare = random.getstate()
    return State(np.array(numbers[:-1], dtype="<u4").tobytes(), numbers[-1], spare)


def set_python(state: State) -> None:
    """Put the module ``random`` into this state."""
    words = np.frombuffer(state.words, "<u4").tolist()
    random.setstate((3, (*words, state.place), state.spare))


def of_numpy() -> State | None:
    """The state of ``np.random``'s own functions; None where they draw from another kind."""
    kind, words, place, has_spare, spare = np.random.get_state()  # noqa: NPY002
    if kind != "MT19937":
        return None
    return State(
        np.asarray(words, "<u4").tobytes(), int(place), float(spare) if has_spare else None
    )


def set_numpy(state: State) -> None:
    """Put ``np.random``'s own functions into this state."""
    words = np.frombuffer(state.words, "<u4")
    spare = state.spare
    np.random.set_state(  # noqa: NPY002
        ("MT19937", words, state.place, int(spare is not None), spare or 0.0)
    )


OF = {"random": of_python, "numpy": of_numpy}
SET = {"random": set_python, "numpy": set_numpy}


def fingerprint() -> tuple[Any, ...]:
    """What differs as soon as one of them has drawn or been seeded, read from where it lies.

    Asking for the states takes longer than a small call of a student's function.
    """
    address = _bit_generator().ctypes.state_address
    return address, ctypes.string_at(address, 4 * WORDS + 4), _python_fingerprint()


_bit_generator: Any = vars(np.random)["get_bit_generator"]  # NumPy's types do not know it


def _python_fingerprint() -> Any:
    return ctypes.string_at(_PYTHONS, 4 * WORDS + 4) if _READABLE else random.getstate()


_PYTHONS = id(random._inst) + object.__basicsize__
_READABLE = ctypes.string_at(_PYTHONS, 4 * WORDS + 4) == (
    of_python().place.to_bytes(4, sys.byteorder) + of_python().words
)
"""Whether the module's words lie where CPython has had them since 2.4."""


def now() -> dict[str, State]:
    """The states of both, as far as they have one."""
    return {name: state for name, of in OF.items() if (state := of()) is not None}
