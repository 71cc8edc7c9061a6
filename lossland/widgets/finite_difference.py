"""Chapter 3's widget: the difference quotient and its error, alive and as a still picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from lossland import plots
from lossland.widgets.base import Widget

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

METHODS = {"forward": "random search", "centred": "gradient descent"}  # whose colours they have


class Example(NamedTuple):
    """A function with its derivative, its name in mathematics and the window of its picture."""

    text: str
    f: Function
    derivative: Function
    window: tuple[float, float]


FUNCTIONS = {
    "exp": Example("$e^x$", np.exp, np.exp, (-1.0, 5.0)),
    "sine": Example(r"$\sin x$", np.sin, np.cos, (-1.7, 1.7)),
    "hinge": Example(
        r"$\max(0, x)$",
        lambda x: np.maximum(0.0, x),
        lambda x: np.asarray(x > 0, dtype=np.float64),
        (-0.9, 2.4),
    ),
    "bend": Example(
        r"$\frac{1}{2}x^2 + \max(0, x)$",
        lambda x: 0.5 * x**2 + np.maximum(0.0, x),
        lambda x: x + np.asarray(x > 0, dtype=np.float64),
        (-1.0, 4.4),
    ),
}


class FiniteDifference(Widget):
    """Tangent and secant of a function at a point, and the error of the difference against h.

    ``function`` is "exp" or "sine", smooth, or "hinge" or "bend", with a kink at 0. ``formula`` is
    "forward" or "centred". The traits are the state that the page opens with; in a live notebook
    they follow the reader's hand.
    """

    bundle = "finite-difference"
    heights = (737, 1255)

    function = traitlets.Enum(tuple(FUNCTIONS), "exp").tag(sync=True)
    formula = traitlets.Enum(tuple(METHODS), "centred").tag(sync=True)
    x = traitlets.Float(0.6, min=-2.0, max=2.0).tag(sync=True)
    h = traitlets.Float(0.8, min=1e-15, max=1.0).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(function=self.function, formula=self.formula, x=self.x, h=self.h)


def quotient(f: Function, formula: str, x: ArrayLike, h: ArrayLike) -> Array:
    """(f(x + h) − f(x − h))/2h for "centred", (f(x + h) − f(x))/h for "forward"; they broadcast."""
    x, h = np.asarray(x, dtype=np.float64), np.asarray(h, dtype=np.float64)
    if formula == "centred":
        return np.asarray((f(x + h) - f(x - h)) / (2 * h))
    return np.asarray((f(x + h) - f(x)) / h)


def static_figure(
    *, function: str = "exp", formula: str = "centred", x: float = 0.6, h: float = 0.8
) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    Two panels in one column: the function with tangent and secant, and the error against h, of both
    formulas. pyplot forgets the figure, so that a notebook shows it once. ValueError for an unknown
    function or formula.
    """
    for name, known in ((function, FUNCTIONS), (formula, METHODS)):
        if name not in known:
            raise ValueError(f"{name!r} is unknown: it must be one of {', '.join(known)}")
    text, f, derivative, window = FUNCTIONS[function]
    figure, (curve_axes, error_axes) = plots.panels(2, height=3.4)
    plt.close(figure)
    colour = plots.COLOURS[METHODS[formula]]

    at, slope = np.array(x), derivative(np.array(x))
    xs = np.linspace(-2, 2, 241)
    low = at - h if formula == "centred" else at
    secant = f(low) + quotient(f, formula, at, h) * (xs - low)
    curve_axes.plot(xs, f(xs), color=plots.COLOURS["random search"], lw=1.2)
    curve_axes.plot(xs, secant, color=colour)
    plots.curve(curve_axes, xs, f(at) + slope * (xs - at), "theory", label="")
    ends = np.array([low, at + h])
    curve_axes.plot(ends, f(ends), "o", color=colour)
    curve_axes.plot(at, f(at), "o", ms=9, mfc=plots.PAPER, mec=colour)
    curve_axes.set(xlim=(-2, 2), ylim=window, xlabel="x", ylabel="f(x)")
    curve_axes.set_title(f"f(x) = {text}; dashed: the tangent, full: the secant")

    hs = np.logspace(-15, 0, 181)
    for name, method in METHODS.items():
        error = np.maximum(np.abs(quotient(f, name, at, hs) - slope), 1e-17)
        shown = {"lw": 2.0} if name == formula else {"lw": 1.0, "alpha": 0.6}
        error_axes.loglog(hs, error, color=plots.COLOURS[method], **shown)
        if name == formula:
            here = max(float(np.abs(quotient(f, name, at, h) - slope)), 1e-17)
            error_axes.plot(h, here, "o", ms=9, color=colour, mec=plots.PAPER)
    error_axes.set(xlim=(1e-15, 1.5), ylim=(1e-17, 30), xlabel="h", ylabel="error")
    error_axes.set_title(f"Error of the difference; bold: {formula}")
    return figure
