"""A reader's own optimizer, walked on a widget's surface."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from lossland.optimizers import Optimizer
from lossland.surfaces import Surface
from lossland.widgets.base import Widget

Array = NDArray[np.float64]
Step = Callable[..., tuple[Array, Array]]
OwnOptimizer = Optimizer[Any] | Step

FAR = 1e6  # a path that leaves for ever is cut here


class WidgetWithOwn(Widget):
    """A widget that draws the path of the reader's ``optimizer`` as "yours".

    What the reader's code raises is told in the widget and kept in ``trouble``.
    """

    optimizer = traitlets.Any(None, allow_none=True)
    yours = traitlets.List(help="path of the reader's optimizer, points [x0, x1]").tag(sync=True)
    trouble = traitlets.Unicode(help="what the reader's optimizer raised").tag(sync=True)

    def _show_own(self, path: Callable[[], Array]) -> None:
        """Keep the points (n, 2) that ``path`` makes in ``yours``, or its error in ``trouble``."""
        self.yours, self.trouble = [], ""
        if self.optimizer is None:
            return
        try:
            self.yours = path().tolist()
        except Exception as error:  # the reader's code may raise anything
            self.trouble = f"{type(error).__name__}: {error}"


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


def plain_step(own: Callable[..., Array], lr: float) -> Step:
    """``own(x, gradient)`` or ``own(x, gradient, lr)``, without velocity, as ``walk`` asks."""
    required = _arguments(own)
    if required not in (2, 3):
        raise ValueError(
            f"the step function takes {required} arguments: "
            "it must take (x, gradient) or (x, gradient, lr)"
        )
    extra = (lr,) if required == 3 else ()
    return lambda x, v, gradient: (own(x, gradient, *extra), v)


def _arguments(own: Callable[..., object]) -> int:
    """How many positional arguments a function asks for."""
    return sum(
        parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        for parameter in inspect.signature(own).parameters.values()
    )


def _step(own: Step, lr: float, mu: float) -> Advance:
    required = _arguments(own)
    if required not in (3, 5):
        raise ValueError(
            f"the step function takes {required} arguments: "
            "it must take (x, v, gradient) or (x, v, gradient, lr, mu)"
        )
    extra = (lr, mu) if required == 5 else ()

    def advance(x: Array, gradient: Array, state: Any) -> tuple[Array, Any]:
        return own(x, state, gradient, *extra)

    return advance
