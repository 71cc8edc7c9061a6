"""Steps that know the curvature: L-BFGS from scratch.

L-BFGS never holds a matrix. It remembers pairs of a step s and the change y of the gradient over
it, and the two loops of ``two_loop`` multiply by the inverse Hessian that these pairs suggest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LossAndGradient = Callable[[Array], tuple[float, Array]]
Pairs = Sequence[tuple[Array, Array]]
"""(s, y), the oldest first: a step, and how the gradient changed over it."""

LONGEST_SEARCH = 30
"""Evaluations of one line search; a search that needs more has met a wall or rounding."""


class Descent(NamedTuple):
    """What ``lbfgs`` saw: the best loss after each evaluation (evaluations,), the last place, the
    gradient's length there."""

    loss: Array
    x: Array
    gradient_norm: float


def two_loop(gradient: Array, pairs: Pairs) -> Array:
    """The inverse Hessian of L-BFGS times the gradient (d,); the gradient itself without pairs.

    4·d·len(pairs) multiplications, no matrix. The pairs start from the multiple s·y/(y·y) of the
    identity, with the newest pair, and each is applied as one update of BFGS.
    Source: Nocedal 1980; Nocedal & Wright 2006, algorithm 7.4.
    """
    q, alphas = gradient.astype(np.float64), []
    for s, y in reversed(pairs):
        alphas.append(s @ q / (y @ s))
        q = q - alphas[-1] * y
    if pairs:
        s, y = pairs[-1]
        q = q * (s @ y) / (y @ y)
    for (s, y), alpha in zip(pairs, reversed(alphas), strict=True):
        q = q + (alpha - y @ q / (y @ s)) * s
    return q


def lbfgs(
    loss_and_gradient: LossAndGradient, x: Array, evaluations: int, memory: int = 10
) -> Descent:
    """Minimise with at most so many calls of the loss and its gradient, from x (d,).

    Each step goes along −two_loop, first with the length 1, until the loss has fallen enough and
    the slope along the step has flattened (``wolfe_search``), so that y·s > 0 and every pair may be
    kept. Stops early where no length helps: there rounding reigns.
    """
    x = np.array(x, dtype=np.float64)
    pairs: deque[tuple[Array, Array]] = deque(maxlen=memory)
    losses: list[float] = []

    def counted(place: Array) -> tuple[float, Array]:
        found = loss_and_gradient(place)
        losses.append(min(found[0], losses[-1]) if losses else found[0])
        return found

    loss, gradient = counted(x)
    while len(losses) < evaluations and gradient.any():
        way = -two_loop(gradient, tuple(pairs))
        if not pairs:  # the units of a first step are unknown: try the length 1
            way = way / np.linalg.norm(way)
        left = min(LONGEST_SEARCH, evaluations - len(losses))
        found = wolfe_search(counted, x, loss, gradient, way, left)
        if found is None:
            break
        length, new_loss, new = found
        pairs.append((length * way, new - gradient))
        x, loss, gradient = x + length * way, new_loss, new
    return Descent(np.array(losses), x, float(np.linalg.norm(gradient)))


def wolfe_search(  # noqa: PLR0917 (a line is a place, a height, a slope and a way)
    loss_and_gradient: LossAndGradient,
    x: Array,
    loss: float,
    gradient: Array,
    way: Array,
    evaluations: int,
) -> tuple[float, float, Array] | None:
    """A length t along ``way`` with loss ≤ loss + 1e-4·t·slope and new slope ≥ 0.9·slope.

    Doubles while the slope is still steep, halves the bracket when the loss has not fallen enough.
    (t, loss, gradient) there, or None when so many evaluations do not find one.
    Source: Wolfe 1969, with the bisection of Lewis & Overton 2013, algorithm 2.6.
    """
    slope = float(gradient @ way)
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(evaluations):
        new_loss, new = loss_and_gradient(x + t * way)
        if not new_loss <= loss + 1e-4 * t * slope:
            high = t
        elif new @ way < 0.9 * slope:
            low = t
        else:
            return t, new_loss, new
        t = (low + high) / 2 if high < np.inf else 2 * low
    return None
