"""Calls of the student's functions, kept so that they can be made again.

The judge records the calls of a test cell. If the cell fails, diagnosis makes the same calls to
the reference and to each named mistake and compares what came of them: values, exceptions,
changed arguments, the points where handed functions were called, the state in which random
generators were left.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograder.checks.calls import Counted, call, copied, drained
from autograder.keeping import Kept

Invoke = Callable[..., tuple[Any, tuple[int, ...]]]
"""Makes a call; tells its value and which arguments it changed."""


@dataclass(frozen=True)
class RecordedCall:
    """One call: what went in and what came of it.

    ``args`` are as they were before the call; functions among them are the judge's own.
    ``error`` is the type of the exception that ended the call, or empty. The other three are
    None where they were not watched: ``changed``, the arguments that were changed in place;
    ``visits``, for each handed function (by its argument's index) the arguments of every call
    it got; ``states``, for each random generator the state in which it was left.
    """

    function: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    result: Any = None
    error: str = ""
    changed: tuple[int, ...] | None = None
    visits: Mapping[int, tuple[Any, ...]] | None = None
    states: Mapping[int, str] | None = None


def record(
    function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], invoke: Invoke
) -> RecordedCall:
    """Make a call by ``invoke(*args, **kwargs)`` and keep all that came of it."""
    before = tuple(frozen(argument) for argument in args)
    visits: dict[int, Kept] = {}
    given = tuple(watched(argument, visits, index) for index, argument in enumerate(args))
    error, value = "", None
    changed: tuple[int, ...] = ()
    try:
        value, changed = invoke(*given, **kwargs)
    except Exception as problem:
        error = type(problem).__name__
    return RecordedCall(
        function=function,
        args=before,
        kwargs=copied(dict(kwargs)),
        result=copied(value),
        error=error,
        changed=changed,
        visits={index: tuple(points) for index, points in visits.items()},
        states={
            index: repr(argument.bit_generator.state)
            for index, argument in enumerate(args)
            if isinstance(argument, np.random.Generator)
        },
    )


def replay(recorded: RecordedCall, function: Callable[..., Any]) -> RecordedCall:
    """The same call made to another function of this process."""
    with np.errstate(all="ignore"):
        return record(
            recorded.function,
            _anew(recorded.args),
            recorded.kwargs,
            lambda *given, **named: call(function, *given, **named),
        )


def value_of(recorded: RecordedCall, function: Callable[..., Any]) -> Any:
    """What another function of this process returns for the same call."""
    with np.errstate(all="ignore"):
        value = function(*_anew(recorded.args), **copied(dict(recorded.kwargs)))
        if not isinstance(recorded.result, Kept):
            return drained(value)
        # The test took so many values of an iterator: no more are compared.
        taken = len(recorded.result)
        return value[:taken] if isinstance(value, list | tuple) else drained(value, taken)


def _anew(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Recorded arguments for another call; it is not to be counted."""
    return tuple(arg.function if isinstance(arg, Counted) else frozen(arg) for arg in args)


def with_visits(calls: list[RecordedCall]) -> list[RecordedCall]:
    """The calls, completed by what ``Counted`` arguments remember where visits are missing.

    Only of those that one call alone got: what another call added cannot be told apart.
    """
    given = [argument for recorded in calls for argument in recorded.args]
    completed = []
    for recorded in calls:
        counted = {
            index: argument
            for index, argument in enumerate(recorded.args)
            if isinstance(argument, Counted)
        }
        alone = all(sum(other is c for other in given) == 1 for c in counted.values())
        if recorded.visits is None and counted and alone:
            visits = {index: tuple(c.arguments) for index, c in counted.items()}
            recorded = replace(recorded, visits=visits)  # noqa: PLW2901
        completed.append(recorded)
    return completed


def frozen(value: Any) -> Any:
    """A copy that later changes do not reach; a random generator is copied with its state."""
    if isinstance(value, np.random.Generator):
        return copy.deepcopy(value)
    return copied(value)


def watched(argument: Any, visits: dict[int, Kept], index: int) -> Any:
    """The argument, or, for a function, one that notes in ``visits`` what it is called with."""
    if not callable(argument) or isinstance(argument, type):
        return argument
    points = visits.setdefault(index, Kept(copied))

    def watching(*args: Any, **kwargs: Any) -> Any:
        points.keep((*args, *kwargs.values()))
        return argument(*args, **kwargs)

    watching.__name__ = getattr(argument, "__name__", "function")
    return watching
