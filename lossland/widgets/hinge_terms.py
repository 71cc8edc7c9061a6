"""Chapter 1's opener: hinge terms in one weight that add up to a bowl, and darts thrown at it."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from lossland import plots
from lossland.widgets.base import Widget
from lossland.widgets.seeded import normals

Array = NDArray[np.float64]

PIXELS = (2.0, 0.5, -1.0)
"""One pixel of each of three pictures: term i is max(0, 1 − wxᵢ) and bends at w = 1/xᵢ."""
HUES = ("bias", "variance", "training")  # keys of COLOURS, one a term
MOST_DARTS = 50
SEED = 31
WINDOW = (-2.0, 3.0)


class HingeTerms(Widget):
    """Three hinge terms max(0, 1 − w·x) in one weight, their sum, and darts w, standard normal.

    ``w`` is where the reader stands, ``tries`` how many of the 50 darts are thrown. The traits are
    the state that the page opens with; in a live notebook they follow the reader's hand.
    """

    bundle = "hinge-terms"
    heights = (534, 688)

    w = traitlets.Float(0.0, min=WINDOW[0], max=WINDOW[1]).tag(sync=True)
    tries = traitlets.Int(0, min=0, max=MOST_DARTS).tag(sync=True)
    pixels = traitlets.List(traitlets.Float(), list(PIXELS), read_only=True).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(w=self.w, tries=self.tries)


def terms(w: ArrayLike) -> Array:
    """The heights of the three terms at some weights: w's shape and an axis of three."""
    return np.asarray(np.maximum(0, 1 - np.asarray(w)[..., None] * np.array(PIXELS)))


def thrown(tries: int) -> Array:
    """The weights of the first darts (tries,)."""
    return normals(SEED, MOST_DARTS)[:tries]


def static_figure(*, w: float = 0.0, tries: int = 0) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    pyplot forgets the figure, so that a notebook shows it once.
    """
    figure, (axes,) = plots.panels(height=3.4)
    plt.close(figure)
    line = np.sort([*WINDOW, *(1 / x for x in PIXELS)])
    heights = terms(line)
    axes.plot(line, heights.sum(axis=1), color=plots.INK, lw=4.5)
    for i, hue in enumerate(HUES):
        axes.plot(line, heights[:, i], color=plots.COLOURS[hue])
        axes.plot(w, terms(w)[i], "o", color=plots.COLOURS[hue])
    axes.axvline(w, color="#c9c3b4", lw=1, zorder=0)
    for i, (place, side) in enumerate(((-1.4, "right"), (-1.85, "above"), (2.5, "left"))):
        height = float(terms(place)[i])
        plots.label_line(axes, place, height, f"picture {i + 1}", HUES[i], side=side)  # type: ignore[arg-type]
    plots.label_line(axes, -1.5, float(terms(-1.5).sum()), "sum", side="right")
    darts = thrown(tries)
    axes.plot(darts, terms(darts).sum(axis=-1), "o", ms=5, color=plots.COLOURS["random search"])
    axes.plot(w, terms(w).sum(), "o", ms=10, mfc=plots.PAPER, mec=plots.INK, mew=2.5)
    axes.set(xlim=WINDOW, ylim=(0, 7.5), xlabel="weight $w$", ylabel="loss")
    axes.set_title(f"Three hinge terms and their sum; {tries} darts")
    return figure
