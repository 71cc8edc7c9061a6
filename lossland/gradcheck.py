"""Is this gradient right? Finite differences, the complex step, and the twelve rules.

report = check_gradient(lambda W: softmax_loss_and_gradient(W, X, y), W, rng=rng)
print(report)          # one paragraph
report.passed          # for a test
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
LossAndGradient = Callable[[Array], tuple[float, Array]]

TINY = 1e-10
"""Below this a derivative is too close to the rounding of the loss to be judged (rule 5)."""


class Verdict(Enum):
    """What the largest relative error says (rule 3); the value is a sentence for the reader."""

    GOOD = "At most 1e-7: the gradient is right."
    ACCEPTABLE = "At most 1e-4: acceptable for a loss with kinks."
    TOO_MUCH = "Above 1e-7: acceptable with kinks, too much for a smooth loss. Is it float64?"
    UNEASY = (
        "Above 1e-4: be uneasy. Errors of a deep network add up to this, a single layer's do not."
    )
    WRONG = "Above 1e-2: the gradient is wrong."
    UNTESTED = "No entry could be judged: use fewer data points, or scale the loss up."


class Entry(NamedTuple):
    """One derivative that was judged. ``error`` is the smallest over the widths, at width ``h``."""

    part: str
    point: str
    block: str
    where: tuple[int, ...]
    analytic: float
    numeric: float
    error: float
    h: float


@dataclass(frozen=True)
class GradientReport:
    """What ``check_gradient`` found.

    ``entries`` were judged; ``crossed`` were left out because every width crossed a kink, and
    ``tiny`` because both derivatives drown in rounding. ``kinks`` says that the loss has some.
    """

    entries: tuple[Entry, ...]
    crossed: int
    tiny: int
    kinks: bool

    @property
    def worst(self) -> Entry | None:
        """The entry with the largest relative error."""
        return max(self.entries, key=lambda entry: entry.error, default=None)

    @property
    def verdict(self) -> Verdict:
        """The verdict on the worst entry."""
        return Verdict.UNTESTED if self.worst is None else judge(self.worst.error, self.kinks)

    @property
    def passed(self) -> bool:
        """Is the verdict good, or acceptable for a loss with kinks?"""
        return self.verdict in {Verdict.GOOD, Verdict.ACCEPTABLE}

    def __str__(self) -> str:
        text = f"{self.verdict.value} {len(self.entries)} derivatives judged"
        text += f", {self.crossed} crossed a kink" if self.crossed else ""
        text += f", {self.tiny} too small to judge" if self.tiny else ""
        if self.worst is None:
            return f"{text}."
        w = self.worst
        return (
            f"{text}. Largest relative error {w.error:.1e}: {w.part}, {w.point}, {w.block}, entry "
            f"{w.where}, analytic {w.analytic:.6g}, numeric {w.numeric:.6g} (h = {w.h:g})."
        )


def numerical_gradient(
    f: Callable[[Array], float],
    x: ArrayLike,
    h: float = 1e-5,
    method: Literal["centred", "forward"] = "centred",
) -> Array:
    """Finite differences in every entry of x (any shape); the result has x's shape.

    "centred": (f(x + h) − f(x − h))/2h, error O(h²), 2·x.size calls of f.
    "forward": (f(x + h) − f(x))/h, error O(h), x.size + 1 calls of f.
    f gets float64 arrays of x's shape, each its own copy. h is absolute, in units of x.
    """
    x = np.array(x, dtype=np.float64)
    gradient = np.empty_like(x)
    here = f(x.copy()) if method == "forward" else 0.0
    for index in np.ndindex(x.shape):
        ahead = f(_moved(x, index, h))
        if method == "forward":
            gradient[index] = (ahead - here) / h
        else:
            gradient[index] = (ahead - f(_moved(x, index, -h))) / (2 * h)
    return gradient


def complex_step(
    f: Callable[[NDArray[np.complex128]], Any], x: ArrayLike, h: float = 1e-30
) -> Array:
    """Im f(x + ih)/h in every entry: exact to rounding, since nothing is subtracted.

    f must be analytic and must carry complex numbers to its result (no abs, max or float inside;
    TypeError when the result is real). x.size calls. Source: Squire & Trapp 1998.
    """
    z = np.array(x, dtype=np.complex128)
    gradient = np.empty(z.shape)
    for index in np.ndindex(z.shape):
        moved = z.copy()
        moved[index] += 1j * h
        value = f(moved)
        if not np.iscomplexobj(value):
            raise TypeError("f returned a real number: the complex step needs f to stay complex")
        gradient[index] = np.imag(value) / h
    return gradient


def relative_error(a: ArrayLike, b: ArrayLike) -> float:
    """Largest |a − b|/max(|a|, |b|) over the entries; 0 where both are 0. Equal shapes, any."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"a has shape {a.shape}, b {b.shape}: they must agree")
    scale = np.maximum(np.abs(a), np.abs(b))
    return float(np.max(np.abs(a - b) / np.where(scale == 0, 1, scale), initial=0.0))


def judge(error: float, kinks: bool = False) -> Verdict:
    """The verdict on a relative error (rule 3); NaN is WRONG."""
    if error <= 1e-7:
        return Verdict.GOOD
    if error <= 1e-4:
        return Verdict.ACCEPTABLE if kinks else Verdict.TOO_MUCH
    return Verdict.UNEASY if error <= 1e-2 else Verdict.WRONG


def check_gradient(
    loss_and_gradient: LossAndGradient,
    x: ArrayLike,
    *,
    rng: np.random.Generator,
    blocks: Mapping[str, Any] | None = None,
    per_block: int = 8,
    widths: Sequence[float] = (1e-4, 1e-5, 1e-6),
    winners: Callable[[Array], NDArray[Any]] | None = None,
    regulariser: LossAndGradient | None = None,
    burn_in: int = 20,
) -> GradientReport:
    """Compare a gradient with finite differences by the twelve rules of CS231n's course notes.

    1. The *centred* formula, ``numerical_gradient``'s.
    2. The *relative error*; both derivatives zero counts as agreement.
    3. *Thresholds* with words: ``judge`` and ``Verdict``; errors of deep networks add up.
    4. *float64*: ValueError when the gradient has another type.
    5. *Range*: entries where both derivatives lie below TINY, or below the rounding of the loss
       divided by h, are counted in ``tiny`` and not judged.
    6. *Kinks*: ``winners(x)`` returns who wins each max in the loss (for the hinge,
       ``losses.positive_margins``). Where it differs between x − h and x + h, a kink was crossed
       and that h does not count. Without ``winners`` the loss is judged as smooth.
    7. *Few data points*: bind two or three examples; fewer kinks, same mistakes. Entries that
       cross a kink at every h are counted in ``crossed``.
    8. *h*: every one of ``widths`` is tried, the best counts; a wrong gradient fails them all.
    9. *Burn-in*: checked at x, and again after ``burn_in`` steps downhill, each of 1 % of the
       length of x (of 0.01 near the origin), where the loss is in its characteristic mode.
    10. *Regulariser*: pass the data loss with reg = 0, so that a large penalty cannot mask it;
        the penalty goes into ``regulariser`` and is checked on its own.
    11. *Randomness off*: dropout and augmentation off or seeded; ValueError when two calls at
        the same x differ.
    12. *Every block*: ``per_block`` random entries of each block of x; ``blocks`` names index
        expressions, such as {"weights": np.s_[:-1], "bias": np.s_[-1]}; one block by default.

    x has any shape and is not changed. ValueError when the gradient's shape is not x's.
    """
    x = np.array(x, dtype=np.float64)
    _consistent(loss_and_gradient, x)
    points = {"at the start": x}
    if burn_in:
        points["after the burn-in"] = _downhill(loss_and_gradient, x, burn_in)
    parts = {"loss": loss_and_gradient}
    if regulariser is not None:
        _consistent(regulariser, x)
        parts["regulariser"] = regulariser
    chosen = list(_choose(x, blocks or {"all": ...}, per_block, rng))

    entries: list[Entry] = []
    left_out = {"crossed": 0, "tiny": 0}
    for part, function in parts.items():
        hook = winners if part == "loss" else None
        for point, at in points.items():
            loss, gradient = function(at.copy())
            for block, where in chosen:
                analytic = float(gradient[where])
                result = _best_width(
                    function, at, where, analytic=analytic, loss=loss, widths=widths, winners=hook
                )
                if isinstance(result, str):
                    left_out[result] += 1
                else:
                    entries.append(Entry(part, point, block, where, analytic, *result))
    return GradientReport(tuple(entries), **left_out, kinks=winners is not None)


def _best_width(
    function: LossAndGradient,
    at: Array,
    where: tuple[int, ...],
    *,
    analytic: float,
    loss: float,
    widths: Sequence[float],
    winners: Callable[[Array], NDArray[Any]] | None,
) -> tuple[float, float, float] | Literal["crossed", "tiny"]:
    """(numeric, error, h) of the width that agrees best, or why no width can tell."""
    results: list[tuple[float, float, float]] = []
    reason: Literal["crossed", "tiny"] = "crossed"
    for h in widths:
        low, high = _moved(at, where, -h), _moved(at, where, h)
        if winners is not None and not np.array_equal(winners(low), winners(high)):
            continue
        numeric = (function(high)[0] - function(low)[0]) / (2 * h)
        floor = max(TINY, np.finfo(np.float64).eps * abs(loss) / h)
        if 0 < max(abs(analytic), abs(numeric)) < floor:
            reason = "tiny"
            continue
        error = relative_error(analytic, numeric)
        results.append((numeric, np.inf if np.isnan(error) else error, h))
    return min(results, key=lambda result: result[1]) if results else reason


def _consistent(function: LossAndGradient, x: Array) -> None:
    """Rules 4 and 11, and the gradient's shape."""
    (first, gradient), (second, again) = function(x.copy()), function(x.copy())
    if np.shape(gradient) != x.shape:
        raise ValueError(f"gradient has shape {np.shape(gradient)}, x {x.shape}: they must agree")
    if np.asarray(gradient).dtype != np.float64:
        raise ValueError(f"the gradient is {np.asarray(gradient).dtype}: compute it in float64")
    if not np.array_equal((first, *np.ravel(gradient)), (second, *np.ravel(again)), equal_nan=True):
        raise ValueError(
            "two calls at the same x differ: turn dropout and augmentation off, or seed them"
        )


def _downhill(function: LossAndGradient, x: Array, steps: int) -> Array:
    """x after steps of 1 % of its length along its own negative gradient."""
    length = 0.01 * max(1.0, float(np.linalg.norm(x)))
    for _ in range(steps):
        gradient = function(x.copy())[1]
        norm = float(np.linalg.norm(gradient))
        if norm == 0 or not np.isfinite(norm):
            break
        x = x - length / norm * gradient
    return x


def _choose(
    x: Array, blocks: Mapping[str, Any], per_block: int, rng: np.random.Generator
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Rule 12: (block, where) of at most ``per_block`` random entries of every block."""
    numbers = np.arange(x.size).reshape(x.shape)
    for block, expression in blocks.items():
        members = np.ravel(numbers[expression])
        for number in rng.choice(members, min(per_block, members.size), replace=False):
            yield block, tuple(int(i) for i in np.unravel_index(number, x.shape))


def _moved(x: Array, where: tuple[int, ...], by: float) -> Array:
    """A copy of x with one entry moved."""
    moved = x.copy()
    moved[where] += by
    return moved
