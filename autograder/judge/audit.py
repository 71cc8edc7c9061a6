"""Is a gradient that was asked for in closed form exact, or a difference quotient in disguise?

A test that allows a relative error of 1e-5 cannot tell. What can: a formula agrees with the
reference to rounding wherever it is asked, and a quotient does not, since it divides the rounding
errors of two losses by its step, or crosses a kink with a wide one. The audit looks at functions
whose reference returns a value together with that value's gradient. It holds the recorded answers
against the reference at ``EXACT``, then asks again, in a fresh process, at points moved randomly
by several sizes. An answer that is not exact, not there or no gradient counts against the function:
nothing is excused, neither single precision nor a call that fails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.recording import RecordedCall, frozen

EXACT = 1e-13
"""Largest relative distance from the reference, as norms; right programs reach 4e-16."""
NEARLY = 1e-2
"""A recorded answer further off is no gradient in disguise, but another that the test accepts."""
SHAKES = 100
"""So many times the reference's own change under moves in the last place is rounding as well."""
SIZES = (1e-3, 0.1, 1.0)
"""How far the point is moved, relative to its own size."""
MOST_COMPARED = 16
"""Recorded calls that are held against the reference."""

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
    draw: np.random.Generator,
) -> Pair | None:
    """Where in the results of these calls of one function a gradient stands that is not exact.

    ``student`` is called at moved points, three times for each of the two smallest calls; what it
    raises counts against it. None where all is exact, or nothing is a gradient.
    """
    audited: list[tuple[RecordedCall, Pair]] = []
    for recorded in calls[:MOST_COMPARED]:
        pair = _audited(recorded, reference)
        if pair is None:
            continue
        point = recorded.args[pair.argument]
        if _error(recorded.result, recorded, pair, reference, point) > EXACT:
            return pair
        audited.append((recorded, pair))
    audited.sort(key=lambda item: sum(np.size(argument) for argument in item[0].args))
    for recorded, pair in audited[:2]:
        point = recorded.args[pair.argument]
        spread = float(np.sqrt(np.mean(point**2))) or 1.0
        for size in SIZES:
            moved = point + size * spread * draw.standard_normal(point.shape)
            right = _at(reference, recorded, pair, moved)
            if not (np.isfinite(right[pair.value]) and np.isfinite(right[pair.gradient]).all()):
                continue
            try:
                answer = _at(student, recorded, pair, moved)
            except Exception:
                return pair
            if not _error(answer, recorded, pair, reference, moved) <= EXACT:
                return pair
    return None


def _audited(recorded: RecordedCall, reference: Callable[..., Any]) -> Pair | None:
    """The pair in this call's result, where a gradient is asked for and nearly given."""
    result = recorded.result
    if recorded.error or not isinstance(result, list | tuple) or len(result) != 2:
        return None
    if any(callable(argument) for argument in recorded.args):
        return None
    expected = reference(*_copies(recorded.args), **recorded.kwargs)
    pair = _pair(recorded.args, expected)
    if pair is None or not _is_gradient(recorded, pair, reference):
        return None
    off = _distance(result[pair.gradient], expected[pair.gradient])
    return pair if off < NEARLY else None


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


def _error(
    answer: Any, recorded: RecordedCall, pair: Pair, reference: Callable[..., Any], point: Array
) -> float:
    """How far the answer's gradient is off at a point, less what rounding does there."""
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        return np.inf
    right = _at(reference, recorded, pair, point)[pair.gradient]
    off = _distance(answer[pair.gradient], right)
    if off <= EXACT:
        return off
    shaken = (_shaken(recorded, pair, reference, point, seed) for seed in range(3))
    return off - SHAKES * max(_distance(there, right) for there in shaken)


def _shaken(
    recorded: RecordedCall, pair: Pair, reference: Callable[..., Any], point: Array, seed: int
) -> Array:
    """The reference's gradient where every number that it is given is off by some last places.

    Each entry on its own: differences of large scores, which a common factor would leave alone,
    carry the rounding of the scores. And all arrays: a gradient in one carries that of the others.
    """
    draw = np.random.default_rng(seed)
    arguments = _copies(recorded.args)
    arguments[pair.argument] = point
    for number, argument in enumerate(arguments):
        if _is_float_array(argument):
            moves = 4 * np.finfo(np.float64).eps * draw.standard_normal(argument.shape)
            arguments[number] = argument * (1 + moves)
    gradient: Array = reference(*arguments, **recorded.kwargs)[pair.gradient]
    return gradient


def _at(function: Callable[..., Any], recorded: RecordedCall, pair: Pair, point: Array) -> Any:
    arguments = _copies(recorded.args)
    arguments[pair.argument] = point.copy()
    return function(*arguments, **recorded.kwargs)


def _copies(arguments: Sequence[Any]) -> list[Any]:
    return [frozen(argument) for argument in arguments]


def _distance(one: Any, other: Array) -> float:
    """Norm of the difference relative to the norm of ``other``; infinite for no such array."""
    try:
        difference = float(np.linalg.norm(np.asarray(one, dtype=np.float64) - other))
    except (TypeError, ValueError):
        return np.inf
    if np.shape(one) != other.shape or not np.isfinite(difference):
        return np.inf
    size = float(np.linalg.norm(other))
    return difference / size if size else np.inf if difference else 0.0


def scrambled(result: Any, pair: Pair) -> Any:
    """The result with noise in the gradient's place: a test that judges it will notice."""
    parts = list(result)
    gradient = np.asarray(parts[pair.gradient], dtype=np.float64)
    noise = np.random.default_rng(1).standard_normal(gradient.shape)
    parts[pair.gradient] = noise * (1.0 + float(np.abs(gradient).max()))
    return tuple(parts) if isinstance(result, tuple) else parts
