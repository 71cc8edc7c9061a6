"""From a failed test to the likely mistake, in one sentence for the student.

First the named mistakes: the calls that the student's function got are made again, to the
reference and to each mistake of the catalogue; the mistake that does exactly what the student's
function did is named. Then the same with a mistake in another function that this one calls.
Then whether it returns the wrong kind of thing, and symptoms that need no catalogue
(``symptoms.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.catalogue import Catalogue
from autograder.checks import wording
from autograder.checks.comparing import excess
from autograder.diagnosis.symptoms import Case, symptom
from autograder.recording import RecordedCall, replay, with_visits

__all__ = ["RecordedCall", "diagnose"]

RTOL = 1e-9
"""Two programs with the same mistake agree to rounding; ten times the checks' own tolerance."""


def diagnose(
    calls: Sequence[RecordedCall], reference: Mapping[str, Any], catalogue: Catalogue
) -> str:
    """The likely mistake behind these calls of the student's functions, or the empty text.

    ``reference`` holds the instructor's functions by name. Functions are looked at in the order
    of their calls; those that do what the reference does are passed over.
    """
    calls = with_visits(list(calls))
    for function in dict.fromkeys(recorded.function for recorded in calls):
        right = reference.get(function)
        if not callable(right):
            continue
        made = [recorded for recorded in calls if recorded.function == function]
        wanted = [replay(recorded, right) for recorded in made]
        candidates = _candidates(function, reference, catalogue)
        if _all(same_outcome, made, wanted):
            text = _named_as_float(made, wanted, candidates)
        else:
            text = _named(made, wanted, candidates) or _other_kind(made, wanted)
            text = text or _symptom(made, wanted, right)
        if text:
            return text
    return ""


def same_outcome(one: RecordedCall, other: RecordedCall) -> bool:
    """Whether two calls gave the same values and behaved the same."""
    return (
        same_values(one, other)
        and (one.changed is None or other.changed is None or one.changed == other.changed)
        and _watched_alike(one.visits, other.visits)
        and _watched_alike(one.states, other.states)
    )


def same_values(one: RecordedCall, other: RecordedCall) -> bool:
    """Whether two calls gave the same values, or raised the same type of exception."""
    errors = {recorded.error for recorded in (one, other)}
    return len(errors) == 1 and alike(one.result, other.result)


def alike(one: Any, other: Any) -> bool:
    """Whether two pieces of plain data agree, numbers to rounding; lists and tuples are equals."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if _numeric(one) and _numeric(other):
        return _numbers_alike(np.asarray(one), np.asarray(other))
    return type(one) is type(other) and bool(one == other)


def _numbers_alike(one: NDArray[Any], other: NDArray[Any]) -> bool:
    if one.shape != other.shape or (one.ndim and one.dtype != other.dtype):
        return False
    if "c" in (one.dtype.kind, other.dtype.kind):
        return bool(np.allclose(one, other, rtol=RTOL, atol=0.0, equal_nan=True))
    return not (excess(one, other, RTOL) > 1).any()


Candidate = tuple[str, Callable[..., Any]]


def _candidates(
    function: str, reference: Mapping[str, Any], catalogue: Catalogue
) -> Iterator[Candidate]:
    """The named mistakes of this function, then those of functions that it calls."""
    for entry in catalogue.mistakes_of(function):
        yield entry.text, entry.call
    right = reference[function]
    if not isinstance(right, FunctionType):
        return
    for entry in catalogue.mistakes:
        if entry.function != function and entry.function in right.__code__.co_names:
            text = f"`{function}` goes wrong as `{entry.function}` does in this case: {entry.text}"
            yield text, _rebound(right, {entry.function: entry.call})


def _rebound(function: FunctionType, names: Mapping[str, Any]) -> FunctionType:
    """The function with some of its global names meaning something else."""
    namespace = {**function.__globals__, **names}
    copy = FunctionType(
        function.__code__, namespace, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def _named(
    made: list[RecordedCall], wanted: list[RecordedCall], candidates: Iterator[Candidate]
) -> str:
    """The text of the candidate that does what the student's function did.

    One that behaves the same is better than one that only gives the same values.
    """
    only_values = ""
    for text, function in candidates:
        repeated = []
        for recorded in made:
            repeated.append(replay(recorded, function))
            if not same_values(recorded, repeated[-1]):
                break
        else:
            if _all(same_outcome, made, repeated) and not _all(same_outcome, repeated, wanted):
                return text
            if not _all(same_values, repeated, wanted):
                only_values = only_values or text
    return only_values


def _named_as_float(
    made: list[RecordedCall], wanted: list[RecordedCall], candidates: Iterator[Candidate]
) -> str:
    """The candidate that, as these calls do, gives whole numbers as 4.0 where 4 is asked for."""
    if not _as_floats(made, wanted):
        return ""
    for text, function in candidates:
        repeated = [replay(recorded, function) for recorded in made]
        if _all(same_outcome, made, repeated) and _as_floats(repeated, wanted):
            return text
    return ""


def _as_floats(made: list[RecordedCall], wanted: list[RecordedCall]) -> bool:
    return all(
        isinstance(good.result, int | np.integer) and isinstance(one.result, float | np.floating)
        for one, good in zip(made, wanted, strict=True)
    )


def _other_kind(made: list[RecordedCall], wanted: list[RecordedCall]) -> str:
    """What the function returns, if it is another kind of thing than asked for in every call."""
    for one, good in zip(made, wanted, strict=True):
        if one.error or good.error or _of_one_kind(one.result, good.result):
            return ""
    function, got, asked = made[0].function, made[0].result, _asked(wanted[0].result)
    if got is None:
        return (
            f"`{function}` returns {wording.kind(None)} {asked[0].upper()}{asked[1:]} is asked for."
        )
    return f"`{function}` returns {wording.kind(got)}; {asked} is asked for."


def _of_one_kind(got: Any, asked: Any) -> bool:
    if isinstance(asked, tuple):  # several things: a list or an array of as many will do
        several = isinstance(got, list | tuple) or (isinstance(got, np.ndarray) and got.ndim == 1)
        return several and len(got) == len(asked)
    if isinstance(asked, list):
        return isinstance(got, list | tuple)
    return _asked(got) == _asked(asked)


def _asked(value: Any) -> str:
    """The kind of a right result, without its length where that is the question's answer."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a dict"
    return wording.kind(value)


def _symptom(
    made: list[RecordedCall], wanted: list[RecordedCall], right: Callable[..., Any]
) -> str:
    cases = [
        Case(recorded.args, recorded.result, good.result)
        for recorded, good in zip(made, wanted, strict=True)
        if not recorded.error and not good.error and not alike(recorded.result, good.result)
    ]
    return symptom(cases, right) if cases else ""


def _all(
    agree: Callable[[RecordedCall, RecordedCall], bool],
    these: Sequence[RecordedCall],
    those: Sequence[RecordedCall],
) -> bool:
    return all(agree(one, other) for one, other in zip(these, those, strict=True))


def _watched_alike(one: Mapping[int, Any] | None, other: Mapping[int, Any] | None) -> bool:
    if one is None or other is None:
        return True
    return one.keys() == other.keys() and all(alike(one[index], other[index]) for index in one)


def _numeric(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biufc"
    return isinstance(value, bool | int | float | complex | np.number | np.bool_)
