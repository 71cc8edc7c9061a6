"""Checking a gradient against finite differences, by the twelve rules of chapter 3.

Held by ``gradient_check``: the centred formula; the relative error |a − n| / max(|a|, |n|),
zero where both are zero; its thresholds; float64; an allowance for the rounding of the loss,
so that tiny entries are not judged by noise; kinks, whose coordinates are replaced; a step h
that grows with |x|; a few entries of every parameter block. Left to the test's author: few data
points; points after a burn-in (``burn_in``); the regulariser off first, then apart (two calls,
the second with the regulariser alone); dropout and augmentation off or seeded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.checks import calls, comparing, wording
from autograder.checks.failure import CheckFailed
from autograder.checks.submission import rng

Array = NDArray[np.float64]

SMOOTH, KINKS = 1e-6, 1e-4
"""Largest relative error without and with kinks in the loss. The truncation of the difference is
h²·f‴/6, so a right gradient stays below 1e-8 unless the third derivative is hundreds of times
larger than it; a wrong one lies above 1e-4."""

ANALYTIC = 1e-13
"""Largest relative distance of an analytic gradient from the reference's, as norms. Formulas agree
to 4e-16 even as plain loops; the best finite differences reach 1.4e-12."""

STEP = 1e-5


def gradient_check(
    what: str,
    loss: Callable[..., float],
    gradient: Callable[..., Any],
    points: Iterable[Any],
    *,
    expected: Callable[..., Any] | None = None,
    active: Callable[..., Any] | None = None,
    entries: int = 12,
) -> None:
    """Raise CheckFailed unless ``gradient`` is the derivative of ``loss`` at every point.

    ``loss`` is trusted; ``gradient`` is the student's. A point is an array of any shape or a
    tuple of arrays, the parameter blocks: then both functions take the blocks as arguments, and
    ``gradient`` returns one gradient for each. ``entries`` seeded coordinates of each block are
    checked. For a loss with kinks ``active(*blocks)`` returns an array that says which branches
    are taken; coordinates that change it between x − h and x + h are passed over. ``expected``
    is the reference's gradient function, for gradients that must be analytic.
    """
    for number, point in enumerate(points, start=1):
        blocks = point if isinstance(point, tuple) else (point,)
        answer = gradient(*calls.copied(blocks))
        names = [f"the gradient of block {i}" for i in range(1, len(blocks) + 1)]
        got = (answer,) if len(blocks) == 1 else calls.parts(what, answer, *names)
        for block, part in enumerate(got):
            where = what if len(blocks) == 1 else f"{what}, block {block + 1},"
            comparing.well_formed(where, part, blocks[block])
            draw = rng(f"{what} {number} {block}")
            chosen = _coordinates(_Block(blocks, block), active, entries, draw)
            _compare(where, loss, part, chosen, KINKS if active else SMOOTH)
        if expected is not None:
            right = expected(*calls.copied(blocks))
            _exact(what, got, (right,) if len(blocks) == 1 else right)


def analytic_gradient(
    what: str,
    gradient: Callable[..., Any],
    expected: Callable[..., Any],
    points: Iterable[Any],
) -> None:
    """Raise CheckFailed unless ``gradient`` is the reference's to 1e-13 at every point.

    Points are as for ``gradient_check``. Let one of them be a large problem, n = 5,000 and
    d = 197 or so: a quotient asks for thousands of losses there, and the test's time ends.
    """
    for point in points:
        blocks = point if isinstance(point, tuple) else (point,)
        answer = gradient(*calls.copied(blocks))
        right = expected(*calls.copied(blocks))
        got, right = ((answer,), (right,)) if len(blocks) == 1 else (answer, right)
        names = [f"the gradient of block {i}" for i in range(1, len(blocks) + 1)]
        got = got if len(blocks) == 1 else calls.parts(what, got, *names)
        for part, good in zip(got, right, strict=True):
            comparing.well_formed(what, part, good)
        _exact(what, got, right)


def burn_in(gradient: Callable[[Array], Array], x: Array, lr: float, steps: int) -> Array:
    """The point after some steps of plain descent: where a trained model's gradient is typical."""
    for _ in range(steps):
        x = x - lr * gradient(x)
    return x


class _Block(NamedTuple):
    """One parameter block among all of them."""

    all: tuple[Any, ...]
    number: int


class _Sides(NamedTuple):
    """One entry of a block, its step, and the whole point with that entry moved by −h and +h."""

    place: tuple[int, ...]
    h: float
    low: list[Array]
    high: list[Array]


def _sides(block: _Block, place: tuple[int, ...]) -> _Sides:
    h = STEP * max(1.0, abs(float(np.asarray(block.all[block.number])[place])))
    low, high = ([np.array(part, dtype=np.float64) for part in block.all] for _ in range(2))
    low[block.number][place] -= h
    high[block.number][place] += h
    return _Sides(place, h, low, high)


def _coordinates(
    block: _Block, active: Callable[..., Any] | None, entries: int, draw: np.random.Generator
) -> list[_Sides]:
    """Up to ``entries`` coordinates of this block, none of which crosses a kink."""
    shape = np.shape(block.all[block.number])
    chosen: list[_Sides] = []
    for flat in draw.permutation(int(np.prod(shape))):
        sides = _sides(block, tuple(int(i) for i in np.unravel_index(flat, shape)))
        if active is None or np.array_equal(active(*sides.low), active(*sides.high)):
            chosen.append(sides)
        if len(chosen) == entries:
            break
    if not chosen:
        raise ValueError("every coordinate crosses a kink: choose another point")
    return chosen


def _compare(
    what: str, loss: Callable[..., float], got: Any, chosen: list[_Sides], tolerance: float
) -> None:
    h = np.array([sides.h for sides in chosen])
    low = np.array([float(loss(*sides.low)) for sides in chosen])
    high = np.array([float(loss(*sides.high)) for sides in chosen])
    analytic = np.array([float(np.asarray(got)[sides.place]) for sides in chosen])
    numeric = (high - low) / (2 * h)
    # Ten roundings of each value of the loss: what the difference can be off by itself.
    noise = 10 * np.finfo(np.float64).eps * (np.abs(low) + np.abs(high)) / (2 * h)
    error = relative_error(analytic, numeric, noise)
    wrong = int(np.count_nonzero(error > tolerance))
    if wrong:
        raise CheckFailed(
            f"{what} differs from centred differences of the loss at {wrong} of {error.size} "
            f"entries that were checked, {wording.how_far(float(error.max()))}."
        )


def relative_error(analytic: Array, numeric: Array, noise: Array) -> Array:
    """|a − n| / max(|a|, |n|), zero where both are; a difference up to ``noise`` counts as none."""
    difference = np.maximum(np.abs(analytic - numeric) - noise, 0.0)
    size = np.maximum(np.abs(analytic), np.abs(numeric))
    return np.divide(difference, size, out=np.zeros_like(size), where=size > 0)


def _exact(what: str, got: tuple[Any, ...], right: Any) -> None:
    for part, good in zip(got, right, strict=True):
        distance = float(np.linalg.norm(np.subtract(part, good)))
        distance /= float(np.linalg.norm(good)) or 1.0
        if not distance <= ANALYTIC:
            digits = max(0, int(-np.log10(distance))) if np.isfinite(distance) else 0
            raise CheckFailed(
                f"{what} is right only to about {digits} digits. A gradient from "
                "its formula is exact to rounding; this one looks like finite differences or "
                "single precision."
            )
