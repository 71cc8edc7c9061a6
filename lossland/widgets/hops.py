"""Chapter 2's opener: hops that are kept or not, alive and as a still picture."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure

from lossland import plots
from lossland.widgets.base import Widget
from lossland.widgets.local_search import walk

DIM = 2
KEPT, REFUSED = "#2e7d4f", "#8c5a3c"


class Hops(Widget):
    """Local search in the plane, every hop drawn: kept where it leads down, else taken back.

    The land is the bowl ½‖x‖², the start (−1, 1), ``step_size`` the standard deviation of a hop per
    coordinate. ``seed`` says which hops. The traits are the state that the page opens with; in a
    live notebook they follow the reader's hand.
    """

    bundle = "hops"
    heights = (467, 667)

    step_size = traitlets.Float(0.3, min=0.01, max=3.0).tag(sync=True)
    seed = traitlets.Int(1, min=0, max=10**9).tag(sync=True)
    steps = traitlets.Int(40, min=1, max=200).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(step_size=self.step_size, seed=self.seed, steps=self.steps)


def static_figure(*, step_size: float = 0.3, seed: int = 1, steps: int = 40) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    pyplot forgets the figure, so that a notebook shows it once.
    """
    figure, (axes,) = plots.panels(height=3.4)
    plt.close(figure)
    found = walk(step_size, DIM, "fixed", seed, steps)
    tried = found.path[:-1] + found.hops
    turn = np.linspace(0, 2 * np.pi, 90)
    for radius in (0.6, 1.2, 1.8, 2.4):
        axes.plot(radius * np.cos(turn), radius * np.sin(turn), color="#8b93a8", lw=0.6)
    axes.plot(0, 0, "*", ms=13, color=plots.INK, mec=plots.PAPER)
    for start, end, kept in zip(found.path[:-1], tried, found.kept, strict=True):
        axes.plot(
            *np.transpose([start, end]),
            color=KEPT if kept else REFUSED,
            lw=2.2 if kept else 0.8,
            alpha=1 if kept else 0.6,
            zorder=3 if kept else 2,
        )
    axes.plot(*tried[~found.kept].T, "x", ms=5, color=REFUSED)
    axes.plot(*tried[found.kept].T, "o", ms=5, color=KEPT, zorder=4)
    axes.plot(*found.path[0], "o", ms=8, mfc=plots.PAPER, mec=KEPT, mew=2, zorder=5)
    axes.set(xlim=(-2.6, 2.6), ylim=(-2, 2), aspect="equal", xlabel="$x_0$", ylabel="$x_1$")
    axes.set_title(f"{found.kept.sum()} of {steps} hops kept, step size {step_size:g}")
    return figure
