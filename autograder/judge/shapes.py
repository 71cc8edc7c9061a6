"""Shape is part of a value: an empty or a stretched array is no evidence.

``np.empty((0, 8))`` is close to everything it broadcasts with, and the norm of an empty
difference is 0; a single number is close to a whole array of that number. So a test that
compares and forgets the shape would pass for less than what was asked. After a test has passed,
the calls that it made are made again to the reference: where the student's result has another
shape, and one that NumPy would have compared without a word, the test counts as failed. Shapes
that do not broadcast need no help: a comparison of those raises.

A test that expects such results says so by ``checks.allow_empty`` or ``checks.allow_shape``.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder import kinds
from autograder.checks.evidence import empty_allowed, shape_allowed
from autograder.judge.refusals import EmptyResult, WrongShape
from autograder.judge.remotetypes import is_remote
from autograder.keeping import Kept
from autograder.recording import RecordedCall, value_of

Shape = tuple[int, ...]

MOST_CALLS = 4096
MOST_BYTES = 64 << 20
LONG = 64
EMPTY = "an array of size 0"
NOTHING_IN_IT = "nothing in it"
_HOLDING = (list, dict, set, frozenset, deque)


class Witnesses:
    """One call for each kind of arguments and result that a test's calls had.

    Shapes follow from shapes and whole numbers: of calls alike in those, one tells for all.
    """

    def __init__(self) -> None:
        self.calls: list[RecordedCall] = []
        self._seen: set[Any] = set()
        self._bytes = 0

    def note(self, call: RecordedCall, weight: int) -> None:
        """Keep a call that is unlike those before, unless the test admits its result as it is."""
        if (
            call.error
            or _used_up(call)
            or shape_allowed.get()
            or (empty_allowed.get() and has_empty(call.result))
        ):
            return
        kind = call.function, kind_of((call.args, dict(call.kwargs))), kind_of(call.result)
        if kind in self._seen or len(self.calls) >= MOST_CALLS or self._bytes > MOST_BYTES:
            return
        self._seen.add(kind)
        self._bytes += weight
        self.calls.append(call)


def _used_up(call: RecordedCall) -> bool:
    """Whether a call cannot be made again: an iterator among its arguments has been stepped on."""
    return any(isinstance(value, Iterator) for value in (*call.args, *call.kwargs.values()))


def kind_of(value: Any) -> Any:
    """What a value's shape, and the shapes that follow from it, depend on."""
    if isinstance(value, Kept):  # of an iterator: what the test takes of it is yet to come
        return "iterator", id(value)
    if isinstance(value, np.ndarray):
        return "array", value.shape, value.dtype.kind
    if isinstance(value, int | str | np.integer | np.bool_) or value is None:
        return value
    if isinstance(value, list | tuple):
        parts = map(kind_of, value)
        return type(value).__name__, tuple(parts) if len(value) <= LONG else frozenset(parts)
    if isinstance(value, dict):
        return "dict", tuple((key, kind_of(item)) for key, item in value.items())
    return (type(value).__name__, value.shape) if _is_table(value) else type(value).__name__


def refuse_misfits(calls: Sequence[RecordedCall], reference: Mapping[str, Any]) -> None:
    """Raise EmptyResult or WrongShape if the reference gives another shape for one of the calls.

    A call that the reference does not answer, or that admits any answer, says nothing.
    """
    for call in calls:
        function = reference.get(call.function)
        if not callable(function):
            continue
        try:
            expected = value_of(call, function)
        except Exception:  # the test expects an error, or asks what the reference cannot answer
            continue
        refuse_misfit(call.function, call.result, expected)


def refuse_misfit(name: str, got: Any, expected: Any) -> None:
    """Raise EmptyResult or WrongShape for a value that only seems comparable to the expected."""
    why = misfit(got, expected)
    if why:
        raise (EmptyResult if why in (EMPTY, NOTHING_IN_IT) else WrongShape)(name, why)


def refuse_shape_of_name(name: str, got: Any, reference: Mapping[str, Any]) -> None:
    """Raise EmptyResult or WrongShape for data that the student's notebook gave a name.

    Where the student chose how many numbers there are, more than the reference has are welcome.
    """
    if shape_allowed.get():
        return
    if name not in reference:
        refuse_empty(name, got)
    elif not (empty_allowed.get() and has_empty(got)) and _count(got) < _count(reference[name]):
        refuse_misfit(name, got, reference[name])


def _count(value: Any) -> int:
    """How many numbers plain data holds."""
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, dict):
        return sum(map(_count, value.values()))
    return sum(map(_count, value)) if isinstance(value, list | tuple) else 1


def refuse_empty(name: str, value: Any) -> None:
    """Raise EmptyResult where an array of size 0 came and the test admits none."""
    if not (empty_allowed.get() or shape_allowed.get()) and has_empty(value):
        raise EmptyResult(name, EMPTY)


def has_empty(value: Any) -> bool:
    """Whether an array in plain data has size 0."""
    if isinstance(value, np.ndarray):
        return value.size == 0
    if is_remote(value):
        return False
    if isinstance(value, list | tuple | set | frozenset):
        return any(map(has_empty, value))
    if isinstance(value, dict):
        return any(map(has_empty, value.values()))
    return _is_table(value) and 0 in value.shape


def misfit(got: Any, expected: Any) -> str:  # noqa: PLR0911
    """What is wrong with the shape of a value, as a few words without numbers of its own.

    Empty for the right shape, and for one that would not pass for it.
    """
    if isinstance(expected, _HOLDING) and isinstance(got, (*_HOLDING, tuple)) and not got:
        return NOTHING_IN_IT if expected else ""
    if _is_table(expected) and _is_table(got) and _misses(got) and not _misses(expected):
        return "missing values where none are asked for"
    if isinstance(expected, dict) and isinstance(got, dict):
        return _first((got[key], expected[key]) for key in expected if key in got)
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        if len(got) == len(expected):
            return _first(zip(got, expected, strict=True))
        if isinstance(expected, tuple):
            return f"another number of things than {len(expected)}"
    mine, right = _shape(got), _shape(expected)
    # A list of more is not compared with a number by accident.
    listed = isinstance(got, list | tuple)
    if mine is None or right is None or (listed and math.prod(mine) > math.prod(right)):
        return ""
    return _stretched(mine, right)


def _is_table(value: Any) -> bool:
    kind = None if isinstance(value, type) else kinds.find(type(value))
    return kind is not None and kind.tabular and isinstance(getattr(value, "shape", None), tuple)


def _misses(table: Any) -> bool:
    missing = getattr(table, "isna", None)
    return missing is not None and bool(np.asarray(missing()).any())


def _first(pairs: Any) -> str:
    return next((why for one, other in pairs if (why := misfit(one, other))), "")


def _stretched(mine: Shape, right: Shape) -> str:
    """Why arrays of these shapes are no evidence when compared; empty if they are."""
    sizes = math.prod(mine), math.prod(right)
    if mine == right or sizes in ((0, 0), (1, 1)):
        return ""
    if not sizes[0]:
        return EMPTY
    if not _broadcast(mine, right):
        return ""
    if not (mine and right):
        kinds = "an array", "a single number"
        return f"{kinds[not mine]} where {kinds[not right]} is asked for"
    if len(mine) != len(right):
        return f"an array with {_axes(len(mine))} where one with {_axes(len(right))} is asked for"
    return "an array of another shape than asked for, which is stretched when it is compared"


def _broadcast(one: Shape, other: Shape) -> bool:
    try:
        np.broadcast_shapes(one, other)
    except ValueError:
        return False
    return True


def _axes(count: int) -> str:
    return "1 axis" if count == 1 else f"{count} axes"


def _shape(value: Any) -> Shape | None:
    """The shape of numbers in an array, a list, or alone; None for everything else."""
    if isinstance(value, np.ndarray) or _is_table(value):
        return tuple(value.shape)
    if isinstance(value, bool | int | float | complex | np.number | np.bool_):
        return ()
    if isinstance(value, list | tuple):
        parts = {_shape(part) for part in value}
        if len(parts) == 1 and (part := parts.pop()) is not None:
            return (len(value), *part)
    return None
