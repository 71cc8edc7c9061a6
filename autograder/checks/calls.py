"""Calling the student's function, and watching what it does with what it is given."""

from __future__ import annotations

import contextlib
import copy
import inspect
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograder import keeping, kinds
from autograder.checks import comparing, wording
from autograder.checks.failure import CheckFailed
from autograder.checks.submission import reference
from autograder.sharing import holding
from autograder.wire import is_mutable

MOST_DRAINED = 100_000
_UNCHANGING = frozenset({int, float, complex, bool, str, bytes, type(None)})


class Call(NamedTuple):
    """What one call gave: its value, and the arguments (from 0) that it changed in place."""

    value: Any
    changed: tuple[int, ...]


class Counted:
    """A function to hand to the student's function that remembers its calls.

    ``calls`` counts them; ``arguments`` holds what each was given, as copies, the first ``keep``
    of them as far as ``keeping.ROOM`` goes; ``points`` the first argument of each. With ``like``,
    the first argument must have its shape; ``problem`` tells when it had not. ``name`` is the
    problem set's name for it. Arguments given by keyword are remembered in the order of the
    function's parameters.
    """

    def __init__(
        self, function: Callable[..., Any], name: str, like: Any = None, keep: int = keeping.MOST
    ) -> None:
        self.__name__ = name
        self.calls = 0
        self.arguments: keeping.Kept = keeping.Kept(copied, keep)
        self.problem = ""
        self.function = function
        self._shape = None if like is None else np.shape(like)

    @property
    def points(self) -> list[Any]:
        """Where the function was called: the first argument of each call."""
        return [arguments[0] for arguments in self.arguments]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        if kwargs:
            bound = inspect.signature(self.function).bind(*args, **kwargs)
            args, kwargs = bound.args, bound.kwargs
        self._check_shape(args)
        self.arguments.keep((*args, *kwargs.values()))
        return copied(self.function(*args, **kwargs))

    def _check_shape(self, args: tuple[Any, ...]) -> None:
        shape = np.shape(args[0]) if args else None
        if self._shape is not None and shape != self._shape:
            given = (
                "nothing"
                if shape is None
                else f"something of shape {wording.axes(shape, self._shape)}"
            )
            self.problem = f"`{self.__name__}` was given {given}; it takes shape {self._shape}."
            raise CheckFailed(self.problem)


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Call:
    """Call the student's function with copies of these arguments.

    Works on the judge's proxies, which report changed arguments themselves, and on functions of
    this process. A ``Counted`` among the arguments that was misused raises its own CheckFailed,
    whatever the student's function made of it.
    """
    try:
        made = _made(function, args, kwargs)
    except Exception:
        _refuse_misuse(args)
        raise
    _refuse_misuse(args)
    return made


def unchanged(name: str, made: Call, *argument_names: str) -> None:
    """Raise CheckFailed if the call changed an array it was given.

    ``argument_names`` in order, as far as they should appear in the sentence.
    """
    if made.changed:
        words = [
            f"`{argument_names[index]}`"
            if index < len(argument_names)
            else f"its {wording.ordinal(index + 1)} argument"
            for index in made.changed
        ]
        raise CheckFailed(
            f"{name} changes {wording.listed(words)} in place; "
            "work on a copy, or compute a new array."
        )


def parts(what: str, value: Any, *names: str) -> tuple[Any, ...]:
    """The parts of a returned tuple or list, CheckFailed if they are not as many as the names."""
    if isinstance(value, np.ndarray) and value.shape == (len(names),):
        return tuple(value)  # numbers packed into one array unpack just as well
    if not isinstance(value, list | tuple) or len(value) != len(names):
        raise CheckFailed(
            f"{what} must return {len(names)} things, {wording.listed(names)}; "
            f"it returned {wording.kind(value)}."
        )
    return tuple(value)


def agrees(
    name: str,
    function: Callable[..., Any],
    *args: Any,
    returns: Sequence[str],
    given: str,
    rtol: float = comparing.RTOL,
    atol: float = 0.0,
) -> None:
    """Call the student's function and the reference's of that ``name``; compare all there is.

    No argument may change, every returned value, called as in ``returns``, must be the
    reference's, and a random generator must be left in the reference's state. ``given``
    describes the arguments in words.
    """
    what = f"{name}, given {given}"
    right_function = getattr(reference, name)
    twins = tuple(_twin(argument) for argument in args)
    made = call(function, *args)
    unchanged(f"{what},", made, *inspect.signature(right_function).parameters)
    expected = drained(right_function(*twins))
    got, right = (made.value,), (expected,)
    if len(returns) > 1:
        got, right = parts(f"{what},", made.value, *returns), expected
    for label, part, good in zip(returns, got, right, strict=True):
        comparing.same(f"{what}: the returned {label}", part, good, rtol, atol)
    for argument, twin in zip(args, twins, strict=True):
        if isinstance(argument, np.random.Generator) and _state(argument) != _state(twin):
            raise CheckFailed(f"{what}: it must draw exactly what is stated, no more and no less.")


def calls_made(what: str, counted: Counted, asked: int, words: str = "") -> None:
    """Raise CheckFailed unless the handed function was called exactly ``asked`` times.

    ``words`` says where the number comes from, as in "steps + 1 times".
    """
    if counted.calls != asked:
        raise CheckFailed(
            f"{what} called `{counted.__name__}` {wording.times(counted.calls, asked)}; "
            f"it must call it {words + ', ' if words else ''}{wording.times(asked, asked)}."
        )


def called_at(
    what: str, counted: Counted, expected: Sequence[Any], words: str, rtol: float = comparing.RTOL
) -> None:
    """Raise CheckFailed unless the handed function was called at these points, in this order.

    ``words`` describes the points, as in "x + mu·v". How many calls there are is for
    ``calls_made`` to check; this compares as many as both sides have.
    """
    if not counted.points:
        raise CheckFailed(f"{what} never called `{counted.__name__}`.")
    for number, (point, right) in enumerate(zip(counted.points, expected, strict=False), start=1):
        if np.shape(point) != np.shape(right):
            raise CheckFailed(
                f"{what} called `{counted.__name__}` "
                f"with shape {wording.axes(np.shape(point), np.shape(right))}; "
                f"{words} has shape {np.shape(right)}."
            )
        if (comparing.excess(point, right, rtol) > 1).any():
            which = f" in its {wording.ordinal(number)} call" if len(expected) > 1 else ""
            far = wording.how_far(comparing.relative_deviation(point, right))
            raise CheckFailed(
                f"{what} must call `{counted.__name__}` at {words}; "
                f"the point is wrong{which}, {far}."
            )


def copied(value: Any) -> Any:  # noqa: PLR0911
    """Plain data that later changes do not reach; functions and generators as they are."""
    if isinstance(value, np.ndarray) and value.dtype.kind != "O":
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(copied(item) for item in value)
    kind = type(value)
    if kind is dict:
        return {key: copied(item) for key, item in value.items()}
    if kind in _UNCHANGING:
        return value
    if isinstance(value, np.ndarray) or (
        (known := kinds.of_value(value)) is not None and known.fill is not None
    ):
        with contextlib.suppress(TypeError):  # it may hold what cannot be copied
            return copy.deepcopy(value)
        return value
    return {key: copied(item) for key, item in value.items()} if isinstance(value, dict) else value


def drained(value: Any, most: int = MOST_DRAINED) -> Any:
    """A generator as the list of what it yields, ``most`` values of it."""
    return list(itertools.islice(value, most)) if isinstance(value, Iterator) else value


def _made(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
    if hasattr(function, "call_with_report"):
        value, changed = function.call_with_report(*args, **kwargs)
        return Call(drained(value), changed)
    given = copied(args)
    value = drained(function(*given, **copied(kwargs)))
    changed = [i for i, before in enumerate(args) if _parted(given[i], before)]
    return Call(value, tuple(changed))


def _refuse_misuse(args: tuple[Any, ...]) -> None:
    for argument in args:
        if isinstance(argument, Counted) and argument.problem:
            raise CheckFailed(argument.problem) from None


def _twin(value: Any) -> Any:
    """What the reference gets in place of an argument that the student's function uses up."""
    if isinstance(value, np.random.Generator):
        return copy.deepcopy(value)
    return value.function if isinstance(value, Counted) else copied(value)


def _state(generator: np.random.Generator) -> str:
    return repr(generator.bit_generator.state)


def _parted(after: Any, before: Any) -> bool:
    """Whether data that were copies of each other no longer are."""
    if isinstance(before, np.ndarray) and before.dtype.kind != "O":
        return not (
            after.shape == before.shape
            and after.dtype == before.dtype
            and np.array_equal(after, before, equal_nan=before.dtype.kind in "fc")
        )
    if isinstance(before, list | tuple):
        return len(after) != len(before) or any(map(_parted, after, before))
    if type(before) is dict:
        return after.keys() != before.keys() or any(_parted(after[k], before[k]) for k in before)
    if isinstance(before, bool | int | float | str | complex):
        return bool(after != before)
    return is_mutable(type(before)) and holding(after) != holding(before)
