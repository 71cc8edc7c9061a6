"""With what the student's function called the functions it was given, beyond their first argument.

``calls.called_at`` compares points in the order of the calls; the checks here are for handed
functions of several arguments, and for calls that may come in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.checks import comparing, wording
from autograder.checks.calls import Counted
from autograder.checks.failure import CheckFailed

OFF_GRID = 1e-4
"""How far a point may lie from where it should, in steps: x + 2h − h misses x + h by the rounding
of x, under 1e-10 of a step of 1e-5; another step or entry misses by tenths of one."""


def called_with(
    what: str, counted: Counted, expected: Sequence[tuple[Any, ...]], *names: str
) -> None:
    """Raise CheckFailed unless the handed function got these arguments, call by call.

    ``names`` are the problem set's names of the arguments. How many calls there are is for
    ``calls.calls_made`` to check; this compares as many as both sides have.
    """
    for number, (got, right) in enumerate(zip(counted.arguments, expected, strict=False), start=1):
        called = f"{what} calls `{counted.__name__}`"
        if len(got) != len(names):
            raise CheckFailed(
                f"{called} with {wording.rough(len(got))} arguments; "
                f"it takes {wording.listed(names)}."
            )
        for name, part, good in zip(names, got, right, strict=True):
            comparing.same(f"{called}: {name} in the {wording.ordinal(number)} call", part, good)


def called_around(what: str, counted: Counted, x: Any, h: float) -> None:
    """Raise CheckFailed unless the calls, in any order, are at x with each entry moved by ±h.

    That is 2·size points: one entry moved, all others as in x.
    """
    x = np.asarray(x, dtype=np.float64)
    wrong = CheckFailed(
        f"{what} must call `{counted.__name__}` at x with one entry moved by +h or by −h, "
        "all others as they were, once for each entry and sign; it called it elsewhere."
    )
    if any(np.shape(point) != x.shape for point in counted.points):
        raise wrong
    moves = np.array([np.ravel(point - x) for point in counted.points]).reshape(-1, x.size) / h
    steps = np.rint(moves)
    one_entry = np.eye(x.size)
    asked = sorted(np.vstack([one_entry, -one_entry]).tolist())
    if (np.abs(moves - steps) > OFF_GRID).any() or sorted(steps.tolist()) != asked:
        raise wrong
