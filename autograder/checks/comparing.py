"""``same``: is this the right value? Kind, shape, dtype, finiteness, numbers, in this order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder import kinds
from autograder.checks import wording
from autograder.checks.evidence import nonfinite_allowed
from autograder.checks.failure import CheckFailed

RTOL = 1e-10
"""Right answers part from the reference by rounding: a few 1e-16 for a formula, under 1e-12 for
sums of thousands of terms. The smallest mistake that must not pass is single precision, 2e-8 or
more in the worst entry. The tolerance stays a hundredfold clear of both."""

ROUNDING = 1e-13
"""Where terms cancel, an entry carries the rounding of the terms and not of itself. So much of
the array's largest entry is allowed everywhere: 500 roundings, 1e5 times less than a mistake."""


def same(what: str, got: Any, expected: Any, rtol: float = RTOL, atol: float = 0.0) -> None:
    """Raise CheckFailed unless ``got`` is what is expected; ``what`` starts the sentence.

    ``expected`` decides what is asked for. An array: an array of its shape, floating as
    float64, whole numbers as any integer type. A number: a Python or NumPy number or an array
    of no axes. True or False, a text, None: the same. A list or tuple: any list, tuple or
    iterator of as many. A dict: the same keys. Numbers may differ by ``atol + rtol·|expected|``.
    A set, a date, a record, a table: one that is equal.
    """
    if isinstance(expected, list | tuple):
        _same_sequence(what, got, expected, rtol, atol)
    elif isinstance(expected, dict):
        _same_dict(what, got, expected, rtol, atol)
    elif _is_of_kind(expected):
        _same_kind(what, got, expected)
    elif expected is None or isinstance(expected, str | bytes):
        if type(got) is not type(expected):
            raise CheckFailed(
                f"{what} is {wording.kind(got)}; {wording.kind(expected)} is asked for."
            )
        if got != expected:
            raise CheckFailed(f"{what} is not the right text.")
    else:
        well_formed(what, got, expected)
        _same_numbers(what, np.asarray(got), np.asarray(expected), rtol, atol)


def well_formed(what: str, got: Any, like: Any) -> None:
    """Raise CheckFailed unless ``got`` has the kind, shape and dtype of ``like`` and is finite."""
    like = np.asarray(like)
    if not _number_or_array(got, scalar=not like.ndim):
        asked = "an array" if like.ndim else "a single number"
        asked = "True or False" if like.dtype == bool and not like.ndim else asked
        raise CheckFailed(f"{what} is {wording.kind(got)}; {asked} is asked for.")
    array = np.asarray(got)
    if array.shape != like.shape:
        asked = str(like.shape) if like.ndim else "(): a single number"
        raise CheckFailed(
            f"{what} {wording.shape(array.shape, like.shape)}; its shape must be {asked}."
        )
    _right_dtype(what, got, array.dtype, like.dtype)
    if array.dtype.kind == "f" and not nonfinite_allowed.get() and not np.isfinite(array).all():
        raise CheckFailed(f"{what} holds a number that is not finite (nan or inf).")


def excess(got: Any, expected: Any, rtol: float = RTOL, atol: float = 0.0) -> NDArray[np.float64]:
    """Each entry's deviation, counted in tolerances: above 1 is wrong.

    Equal infinities agree, and so do two nans; they only meet inside ``allow_nonfinite``.
    """
    got, expected = np.asarray(got, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    with np.errstate(all="ignore"):
        size = np.abs(np.where(np.isfinite(expected), expected, 0.0))
        allowed = atol + rtol * size + ROUNDING * size.max(initial=0.0)
        equal = (got == expected) | (np.isnan(got) & np.isnan(expected))
        ratio = np.where(equal, 0.0, np.abs(got - expected) / allowed)
    return np.asarray(np.where(np.isnan(ratio), np.inf, ratio))


def relative_deviation(got: Any, expected: Any) -> float:
    """The largest deviation, relative to the largest entry that is expected."""
    with np.errstate(all="ignore"):
        difference = np.abs(np.subtract(got, expected, dtype=np.float64)).max(initial=0.0)
        return float(difference / np.abs(expected).max(initial=0.0)) if difference else 0.0


def _number_or_array(got: Any, scalar: bool) -> bool:
    if type(got) is np.ndarray:
        return True
    return scalar and isinstance(got, bool | int | float | complex | np.generic)


def _right_dtype(what: str, got: Any, dtype: np.dtype[Any], like: np.dtype[Any]) -> None:
    if like.kind == "f":
        # A whole number is as good as a float where one number is asked for.
        whole_scalar = dtype.kind in "iu" and not np.ndim(got)
        right = dtype.kind == "f" and dtype.itemsize == 8
        if right or whole_scalar:
            return
        if dtype.kind == "f":
            raise CheckFailed(f"{what} holds {dtype.name} numbers; the rules ask for float64.")
        asked = "floating-point numbers (float64)"
    elif like.kind in "iu":
        if dtype.kind in "iu":
            return
        asked = "whole numbers"
    else:
        if dtype.kind == like.kind:
            return
        asked = "True and False"
    # The name alone: how long texts are, or how fine dates, is the student's process's to choose.
    raise CheckFailed(f"{what} holds data of type {dtype.type.__name__}; {asked} are asked for.")


def _same_numbers(
    what: str, got: NDArray[Any], expected: NDArray[Any], rtol: float, atol: float
) -> None:
    if expected.dtype.kind in "iub":
        wrong = int(np.count_nonzero(got != expected))
        far = ""
    else:
        wrong = int(np.count_nonzero(excess(got, expected, rtol, atol) > 1))
        far = ", " + wording.how_far(relative_deviation(got, expected))
    if wrong:
        where = (
            f" in {wording.near(wrong, got.size)} of {got.size:,} entries" if got.size > 1 else ""
        )
        raise CheckFailed(f"{what} is wrong{where}{far}.")


def _same_sequence(
    what: str, got: Any, expected: list[Any] | tuple[Any, ...], rtol: float, atol: float
) -> None:
    if isinstance(got, Iterator):
        got = list(got)
    if not isinstance(got, list | tuple):
        raise CheckFailed(f"{what} is {wording.kind(got)}; a list or tuple is asked for.")
    if len(got) != len(expected):
        raise CheckFailed(
            f"{what} holds {wording.near(len(got), len(expected))} parts; "
            f"{len(expected)} are asked for."
        )
    for number, (part, right) in enumerate(zip(got, expected, strict=True), start=1):
        same(f"{what}, {wording.ordinal(number)} part,", part, right, rtol, atol)


def _is_of_kind(expected: Any) -> bool:
    """Whether what is expected is more than numbers, texts and what is made of them."""
    if isinstance(expected, np.ndarray | np.generic | dict):
        return False
    return kinds.of_value(expected) is not None


def _same_kind(what: str, got: Any, expected: Any) -> None:
    kind = kinds.of_value(expected)
    if kinds.of_value(got) is not kind:
        asked = wording.kind(expected)
        raise CheckFailed(f"{what} is {wording.kind(got)}; {asked} is asked for.")
    if kind is not None and kind.tabular:
        equal = got.equals(expected) if hasattr(expected, "equals") else _same_cells(got, expected)
    else:
        equal = got == expected
    if not equal:
        raise CheckFailed(f"{what} is not the right value.")


def _same_cells(got: Any, expected: Any) -> bool:
    """Whether two sparse matrices, or two columns, hold the same."""
    if got.shape != expected.shape:
        return False
    dense = [part.toarray() if hasattr(part, "toarray") else part for part in (got, expected)]
    return bool(np.all(dense[0] == dense[1]))


def _same_dict(what: str, got: Any, expected: dict[Any, Any], rtol: float, atol: float) -> None:
    if not isinstance(got, dict):
        raise CheckFailed(f"{what} is {wording.kind(got)}; a dict is asked for.")
    if got.keys() != expected.keys():
        names = wording.listed([f'"{key}"' for key in expected])
        raise CheckFailed(f"{what} must have exactly the keys {names}.")
    for key, right in expected.items():
        same(f'{what}, under "{key}",', got[key], right, rtol, atol)
