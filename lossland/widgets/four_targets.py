"""Chapter 7's targets: arrows that miss by bias and by spread, alive and as a still picture."""

from __future__ import annotations

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lossland import plots
from lossland.widgets.base import Widget
from lossland.widgets.seeded import normals

Array = NDArray[np.float64]

ARROWS = 24
MOST = 1.2  # of the bias and of the spread
AWAY = np.array([0.8, 0.6])  # direction in which the aim is off
RINGS = (0.5, 1.0, 1.5, 2.0)
EDGE = 2.6
LITTLE = 0.15  # the small bias and spread of the still picture


class FourTargets(Widget):
    """24 arrows at a target: the aim is off by ``bias``, and they scatter around it by ``spread``.

    The spread is the root of the mean squared distance from the aim. The reader sees both parts of
    the mean squared distance from the bull's eye. ``seed`` says which arrows.
    """

    bundle = "four-targets"
    heights = (544, 729)

    bias = traitlets.Float(0.9, min=0.0, max=MOST).tag(sync=True)
    spread = traitlets.Float(0.4, min=0.0, max=MOST).tag(sync=True)
    seed = traitlets.Int(191, min=0, max=10**9).tag(sync=True)

    def static_figure(self) -> Figure:
        """Four targets, the last one in the widget's present state."""
        return static_figure(bias=self.bias, spread=self.spread, seed=self.seed)


class Parts(NamedTuple):
    """Mean squared distances, total = bias2 + variance exactly; centre (2,), the arrows' mean."""

    total: float
    bias2: float
    variance: float
    centre: Array


def arrows(bias: float, spread: float, seed: int) -> Array:
    """Where the arrows hit, (ARROWS, 2); the bull's eye is (0, 0)."""
    drawn = normals(seed, 2 * ARROWS).reshape(ARROWS, 2)
    return np.asarray(bias * AWAY + spread / np.sqrt(2) * drawn)


def parts(hits: Array) -> Parts:
    """What the arrows' mean squared distance from the bull's eye consists of."""
    centre = hits.mean(axis=0)
    total = float((hits**2).sum(axis=1).mean())
    variance = float(((hits - centre) ** 2).sum(axis=1).mean())
    return Parts(total, float(centre @ centre), variance, centre)


def static_figure(*, bias: float = 0.9, spread: float = 0.4, seed: int = 191) -> Figure:
    """The four targets, for print and for readers without scripts.

    The first has a small bias and a small spread; across the spread becomes ``spread``, downwards
    the bias becomes ``bias``. pyplot forgets the figure, so that a notebook shows it once.
    """
    figure, axes = plt.subplots(2, 2, figsize=(plots.SIZE[0], 5.8), sharex=True, sharey=True)
    plt.close(figure)
    for row, off in zip(axes, (0.0, bias), strict=True):
        for ax, wide in zip(row, (LITTLE, spread), strict=True):
            _target(ax, arrows(off, wide, seed))
    return figure


def _target(ax: Axes, hits: Array) -> None:
    turn = np.linspace(0, 2 * np.pi, 90)
    for radius in RINGS:
        ax.plot(radius * np.cos(turn), radius * np.sin(turn), color="#8b93a8", lw=0.7)
    total, bias2, variance, centre = parts(hits)
    colours = plots.COLOURS
    for hit in hits:
        ax.plot(*np.transpose([centre, hit]), color=colours["variance"], lw=0.7, alpha=0.7)
    ax.plot(*hits.T, "o", ms=4, color=plots.INK)
    ax.plot([0, centre[0]], [0, centre[1]], color=colours["bias"], lw=2.5)
    ax.plot(*centre, "o", ms=7, color=colours["bias"], mec=plots.PAPER)
    ax.plot(0, 0, "*", ms=12, color=plots.INK, mec=plots.PAPER)
    ax.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), aspect="equal", xticks=(-2, 0, 2))
    ax.set(yticks=(-2, 0, 2))
    ax.grid(False)
    ax.set_title(f"{bias2:.3f} + {variance:.3f} = {total:.3f}")
