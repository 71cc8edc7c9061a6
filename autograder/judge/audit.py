"""Is a gradient that was asked for in closed form a difference quotient in disguise?

A test that allows a relative error of 1e-5 cannot tell. What can: a difference quotient divides
the rounding errors of two losses by the step, so moving the point by a few units in the last
place shakes it a thousand times more than an analytic gradient (Goodfellow et al. and every
numerical-analysis text: error ≈ eps·|f|/h). The audit looks only at functions whose reference
returns a value together with that value's gradient, only where the student's value is exact and
the gradient is slightly off, and only where the reference itself stays calm under the same move.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.recording import RecordedCall, frozen

EXACT = 1e-12
"""Relative error of the student's value: right programs differ by about 1e-15."""
OFF = (1e-13, 1e-4)
"""Relative error of the gradient between which it may be a quotient; right ones reach 4e-16."""
SHAKEN = 1e-13
"""Relative change under a move of a few units in the last place that no formula shows."""
CALM = 100
"""The student's gradient must be shaken this many times more than the reference's."""

Array = NDArray[np.float64]


class Pair(NamedTuple):
    """Where a (value, gradient) pair stands in a result, and the argument it belongs to."""

    value: int
    gradient: int
    argument: int


def quotients(
    calls: Sequence[RecordedCall],
    reference: Callable[..., Any],
    student: Callable[..., Any],
) -> Pair | None:
    """Where in the results of these calls of one function a difference quotient stands.

    ``student`` is called once more for a suspicious call, at a point moved by a few units in
    the last place. None where nothing is suspicious.
    """
    for recorded in calls:
        pair = _suspicious(recorded, reference)
        if pair is not None and _shaken(recorded, pair, reference, student):
            return pair
    return None


def _suspicious(recorded: RecordedCall, reference: Callable[..., Any]) -> Pair | None:
    result = recorded.result
    if recorded.error or not isinstance(result, list | tuple) or len(result) != 2:
        return None
    if any(callable(argument) for argument in recorded.args):
        return None
    expected = reference(*_copies(recorded.args), **recorded.kwargs)
    pair = _pair(recorded.args, expected)
    if pair is None or _pair(recorded.args, result) != pair:
        return None
    value, right = float(result[pair.value]), float(expected[pair.value])
    if abs(value - right) > EXACT * max(abs(right), 1e-300):
        return None
    error = _distance(result[pair.gradient], expected[pair.gradient])
    return pair if OFF[0] < error < OFF[1] and _is_gradient(recorded, pair, reference) else None


def _pair(arguments: Sequence[Any], result: Any) -> Pair | None:
    if not isinstance(result, list | tuple) or len(result) != 2:
        return None
    for value, gradient in ((0, 1), (1, 0)):
        array = result[gradient]
        if not (np.ndim(result[value]) == 0 and _is_float_array(array) and array.size > 1):
            continue
        for number, argument in enumerate(arguments):
            if _is_float_array(argument) and argument.shape == array.shape:
                return Pair(value, gradient, number)
    return None


def _is_float_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == np.float64 and value.ndim > 0


def _is_gradient(recorded: RecordedCall, pair: Pair, reference: Callable[..., Any]) -> bool:
    """Whether the reference's array is the gradient of its value, along one direction."""
    point = recorded.args[pair.argument]
    direction = np.random.default_rng(0).standard_normal(point.shape)
    step = 1e-6 * max(1.0, float(np.abs(point).max())) / float(np.abs(direction).max())
    ahead, back = (
        float(_at(reference, recorded, pair, point + s * direction)[pair.value])
        for s in (step, -step)
    )
    gradient = _at(reference, recorded, pair, point)[pair.gradient]
    slope = float((gradient * direction).sum())
    size = float(np.linalg.norm(gradient) * np.linalg.norm(direction))
    return abs((ahead - back) / (2 * step) - slope) <= 1e-3 * max(size, 1e-300)


def _shaken(
    recorded: RecordedCall,
    pair: Pair,
    reference: Callable[..., Any],
    student: Callable[..., Any],
) -> bool:
    point = recorded.args[pair.argument]
    moved = point * (1 + 8 * np.finfo(np.float64).eps)
    theirs = _at(student, recorded, pair, moved)
    if _pair(recorded.args, theirs) != pair or _single(recorded.result[pair.gradient]):
        return False
    shake = _distance(theirs[pair.gradient], recorded.result[pair.gradient])
    calm = _distance(
        _at(reference, recorded, pair, moved)[pair.gradient],
        _at(reference, recorded, pair, point)[pair.gradient],
    )
    return shake > SHAKEN and shake > CALM * calm


def _single(gradient: Array) -> bool:
    """Whether the numbers are single precision's: coarse, but no quotient."""
    return bool((gradient == gradient.astype(np.float32)).all())


def _at(function: Callable[..., Any], recorded: RecordedCall, pair: Pair, point: Array) -> Any:
    arguments = _copies(recorded.args)
    arguments[pair.argument] = point.copy()
    return function(*arguments, **recorded.kwargs)


def _copies(arguments: Sequence[Any]) -> list[Any]:
    return [frozen(argument) for argument in arguments]


def _distance(one: Array, other: Array) -> float:
    """Norm of the difference relative to the norm of ``other``."""
    size = float(np.linalg.norm(other))
    return float(np.linalg.norm(one - other)) / size if size else 0.0


def scrambled(result: Any, pair: Pair) -> Any:
    """The result with noise in the gradient's place: a test that judges it will notice."""
    parts = list(result)
    gradient = parts[pair.gradient]
    noise = np.random.default_rng(1).standard_normal(gradient.shape)
    parts[pair.gradient] = noise * (1.0 + float(np.abs(gradient).max()))
    return type(result)(parts)
