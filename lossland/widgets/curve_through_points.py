"""Chapter 7's opener: a polynomial through points, judged on others, alive and as a picture."""

from __future__ import annotations

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lossland import plots
from lossland.polynomials import fit, predict
from lossland.widgets.base import Widget
from lossland.widgets.regression import middles, truth
from lossland.widgets.seeded import normals

Array = NDArray[np.float64]

HIGHEST = 16  # degree: it meets all 17 fitted points
POINTS, HELD_OUT = 24, 7
NOISE = 0.3


class CurveThroughPoints(Widget):
    """A polynomial fitted to 17 of 24 points, its mean squared error on them and on the 7 others.

    The labels are sin(5x + ½) plus noise of standard deviation 0.3, which the reader is not told.
    ``seed`` says which points, and which of them are held out. The traits are the state that the
    page opens with; in a live notebook they follow the reader's hand.
    """

    bundle = "curve-through-points"
    heights = (545, 709)

    degree = traitlets.Int(13, min=0, max=HIGHEST).tag(sync=True)
    seed = traitlets.Int(3, min=0, max=10**9).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(degree=self.degree, seed=self.seed)


class Points(NamedTuple):
    """Places and labels of the points that are fitted (17,) and of those held out (7,)."""

    x: Array
    y: Array
    x_out: Array
    y_out: Array


class Errors(NamedTuple):
    """Mean squared errors of the degrees 0, 1, …; each (HIGHEST + 1,)."""

    training: Array
    validation: Array


def points(seed: int) -> Points:
    """The page's points; the places whose second random number is smallest are held out."""
    drawn = normals(seed, 2 * POINTS)
    x = middles(POINTS)
    y = truth(x) + NOISE * drawn[:POINTS]
    order = np.argsort(drawn[POINTS:], kind="stable")
    out, seen = np.sort(order[:HELD_OUT]), np.sort(order[HELD_OUT:])
    return Points(x[seen], y[seen], x[out], y[out])


def errors(found: Points) -> Errors:
    """Both errors of every degree."""
    fits = [fit(found.x, found.y, degree) for degree in range(HIGHEST + 1)]
    training = [np.mean((predict(c, found.x) - found.y) ** 2) for c in fits]
    validation = [np.mean((predict(c, found.x_out) - found.y_out) ** 2) for c in fits]
    return Errors(np.array(training), np.array(validation))


def static_figure(*, degree: int = 13, seed: int = 3) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    pyplot forgets the figure, so that a notebook shows it once.
    """
    figure, (axes,) = plots.panels(height=3.4)
    plt.close(figure)
    found = points(seed)
    training, validation = errors(found)
    at = np.linspace(-1, 1, 400)
    axes.plot(at, predict(fit(found.x, found.y, degree), at), color=plots.INK, label="the fit")
    colours = plots.COLOURS
    axes.plot(found.x, found.y, "o", ms=6, color=colours["training"], label="fitted")
    (rings,) = axes.plot(found.x_out, found.y_out, "o", ms=8, label="held out")
    rings.set(markerfacecolor=plots.PAPER, markeredgecolor=colours["total"], markeredgewidth=2)
    axes.set(xlim=(-1.04, 1.04), ylim=(-2.4, 2.4), xlabel="x", ylabel="y")
    axes.legend(ncols=3, loc="upper center", columnspacing=1, handlelength=1.3)
    seen, out = training[degree], validation[degree]
    axes.set_title(f"Degree {degree}: training error {seen:.2g}, validation {out:.2g}")
    return figure
