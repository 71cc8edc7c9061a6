"""Results of the student's functions that are refused: no test gets to judge them.

ResultRefused         what came cannot be judged
├── NotFinite         it holds nan or inf
├── EmptyResult       it holds an array of size 0
└── WrongShape        it would be stretched to the shape that is asked for
"""

from __future__ import annotations

from typing import Any


class ResultRefused(Exception):
    """What a name or a function of the student holds cannot be judged.

    ``why`` is the judge's own text, or, with ``claimed``, what the student's process says:
    that is shown only as far as ``messages`` knows it to be harmless.
    """

    def __init__(self, function: str, why: str, claimed: bool = False) -> None:
        super().__init__(function)
        self.function = function
        self.why = why
        self.claimed = claimed


class NotFinite(ResultRefused):
    """``value``, a result of the student's function, holds nan or inf."""

    def __init__(self, function: str, value: Any) -> None:
        super().__init__(function, "a value that is not finite (nan or inf)")
        self.value = value


class EmptyResult(ResultRefused):
    """What came holds an array of size 0, which is close to anything."""


class WrongShape(ResultRefused):
    """What came has another shape than is asked for, one that NumPy compares without a word."""
