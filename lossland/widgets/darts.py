"""Chapter 1's widget: darts at the bowl, alive and as a still picture."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lossland import plots, search
from lossland.widgets.base import Widget
from lossland.widgets.seeded import normals

Array = NDArray[np.float64]

METHOD = "random search"
MOST_DARTS = 2000
MOST = 100  # dimensions; a dart's first ones do not change when there are more


class Darts(Widget):
    """Darts x, standard normal, thrown at the bowl ½‖x‖² in 2 to 100 dimensions.

    The reader sees the darts in two of the dimensions, and the best height so far against the
    number of tries, with the predicted mean and the band of 8 runs in 10. ``seed`` says which
    darts. The traits are the state that the page opens with; in a live notebook they follow the
    reader's hand.
    """

    bundle = "darts"
    heights = (698, 1144)

    tries = traitlets.Int(300, min=1, max=MOST_DARTS).tag(sync=True)
    dim = traitlets.Int(2, min=2, max=MOST).tag(sync=True)
    seed = traitlets.Int(1, min=0, max=10**9).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(tries=self.tries, dim=self.dim, seed=self.seed)


def thrown(tries: int, dim: int, seed: int) -> Array:
    """The page's darts (tries, dim)."""
    return normals(seed, MOST_DARTS * MOST).reshape(MOST_DARTS, MOST)[:tries, :dim]


def static_figure(*, tries: int = 300, dim: int = 2, seed: int = 1) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    Two panels in one column: the darts in two dimensions, the best so far with its predicted mean.
    pyplot forgets the figure, so that a notebook shows it once.
    """
    figure, (darts_axes, best_axes) = plots.panels(2, height=3.4)
    plt.close(figure)
    colour = plots.COLOURS[METHOD]
    darts = thrown(tries, dim, seed)
    heights = (darts**2).sum(axis=1) / 2
    turn = np.linspace(0, 2 * np.pi, 90)
    for radius in (0.7, 1.4, 2.1, 2.8, 3.5):
        darts_axes.plot(radius * np.cos(turn), radius * np.sin(turn), color="#8b93a8", lw=0.6)
    darts_axes.plot(darts[:, 0], darts[:, 1], ".", color=colour, ms=4)
    best = darts[heights.argmin()]
    darts_axes.plot(best[0], best[1], "o", ms=10, mfc=plots.PAPER, mec=colour, mew=2.5)
    darts_axes.set(xlim=(-4.5, 4.5), ylim=(-3.6, 3.6), aspect="equal")
    darts_axes.set(xlabel="$x_0$", ylabel="$x_1$")
    darts_axes.set_title(f"{tries} darts in {dim} dimensions")

    counts = np.arange(1, tries + 1)
    best_axes.step(counts, np.minimum.accumulate(heights), where="post", color=colour)
    some = np.unique(np.geomspace(1, tries, 40).astype(np.int64))
    plots.curve(best_axes, some, search.best_on_bowl(some, dim), "theory", label="")
    best_axes.set(xscale="log", yscale="log", xlabel="tries", ylabel="height")
    best_axes.set_title("Best height so far; dashed: predicted mean")
    return figure
