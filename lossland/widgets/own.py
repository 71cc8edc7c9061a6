"""A reader's own optimizer, walked on a widget's surface."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossland.optimizers import Optimizer
from lossland.surfaces import Surface

Array = NDArray[np.float64]
Step = Callable[..., tuple[Array, Array]]
OwnOptimizer = Optimizer[Any] | Step

FAR = 1e6  # a path that leaves for ever is cut here


def walk(
    own: OwnOptimizer, surface: Surface, start: Array, *, steps: int, lr: float, mu: float
) -> Array:
    """The points (steps + 1, d) that ``own`` visits from ``start`` (d,).

    ``own`` is a pair with ``init`` and ``update`` as in ``lossland.optimizers``, or a step
    function: ``step(x, v, gradient) -> (x, v)``, or ``step(x, v, gradient, lr, mu) -> (x, v)``,
    which follows the pair on the map. v starts at 0; ``gradient`` is the gradient (d,) at x. The
    path ends early, before the first point that is not finite or lies beyond FAR. ValueError when
    a point has another shape or the function another number of arguments.
    """
    advance = _pair(own) if isinstance(own, Optimizer) else _step(own, lr, mu)
    state: Any = own.init(start) if isinstance(own, Optimizer) else np.zeros_like(start)
    points = [start]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            x, state = advance(points[-1].copy(), surface.gradient(points[-1]), state)
            if np.shape(x) != start.shape:
                raise ValueError(f"the new x has shape {np.shape(x)}, the start {start.shape}")
            if not np.all(np.abs(x) < FAR):
                break
            points.append(np.array(x, dtype=np.float64))
    return np.array(points)


Advance = Callable[[Array, Array, Any], tuple[Array, Any]]


def _pair(own: Optimizer[Any]) -> Advance:
    def advance(x: Array, gradient: Array, state: Any) -> tuple[Array, Any]:
        step, state = own.update(gradient, state, x)
        return x + step, state

    return advance


def _step(own: Step, lr: float, mu: float) -> Advance:
    required = [
        parameter
        for parameter in inspect.signature(own).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    if len(required) not in (3, 5):
        raise ValueError(
            f"the step function takes {len(required)} arguments: "
            "it must take (x, v, gradient) or (x, v, gradient, lr, mu)"
        )
    extra = (lr, mu) if len(required) == 5 else ()

    def advance(x: Array, gradient: Array, state: Any) -> tuple[Array, Any]:
        return own(x, state, gradient, *extra)

    return advance
