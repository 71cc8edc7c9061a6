"""Chapter 5's opener: plain descent beside momentum in a ravine, alive and as a still picture."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lossland import plots
from lossland.experiment import minimise
from lossland.optimizers import gradient_descent, momentum
from lossland.surfaces import quadratic_bowl
from lossland.widgets.base import Widget

LR = 0.015
MU = 0.8
CONDITION_NUMBER = 50.0
START = (-1.85, -0.6)
ANGLE = np.pi / 6  # of the ravine's floor
STEPS = 60


class PlainBesideMomentum(Widget):
    """Plain descent and momentum from one start, with one learning rate; the reader moves ``mu``.

    Both run on a bowl with eigenvalues 1 and ``condition_number``, turned by ``angle``. The other
    traits are what the page opens with and stay.
    """

    bundle = "plain-beside-momentum"
    heights = (432, 651)

    mu = traitlets.Float(MU, min=0.0, max=0.99).tag(sync=True)
    lr = traitlets.Float(LR, min=0.0).tag(sync=True)
    condition_number = traitlets.Float(CONDITION_NUMBER, min=1.0).tag(sync=True)
    start = traitlets.List(
        traitlets.Float(min=-2.0, max=2.0), default_value=list(START), minlen=2, maxlen=2
    ).tag(sync=True)
    angle = traitlets.Float(ANGLE, help="turn of the bowl, radians").tag(sync=True)
    steps = traitlets.Int(STEPS, min=10, max=1000).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(
            mu=self.mu,
            lr=self.lr,
            condition_number=self.condition_number,
            start=self.start,
            angle=self.angle,
            steps=self.steps,
        )


def static_figure(
    *,
    mu: float = MU,
    lr: float = LR,
    condition_number: float = CONDITION_NUMBER,
    start: ArrayLike = START,
    angle: float = ANGLE,
    steps: int = STEPS,
) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    pyplot forgets the figure, so that a notebook shows it once.
    """
    figure, (axes,) = plots.panels(height=3.4)
    plt.close(figure)
    bowl = quadratic_bowl(condition_number, angle)
    plots.contour(axes, bowl, equal=True)
    for name, method in (
        ("momentum", momentum(lr, mu)),
        ("gradient descent", gradient_descent(lr)),
    ):
        trace = minimise(bowl.loss_and_gradient, start, method, steps)
        plots.path(axes, trace.x, name, label="")
        axes.plot(*trace.x[-1], "o", ms=7, color=plots.COLOURS[name], mec=plots.PAPER, zorder=4)
        if name == "gradient descent":
            x, y = trace.x[-1]
            plots.label_line(axes, x, y, "plain descent", name, side="above")
    plots.label_line(axes, 0.05, -0.35, "momentum", "momentum")
    axes.set(xlim=(-2.0, 0.9), ylim=(-1.45, 0.75))
    axes.set_title(f"{steps} steps, lr = {lr:g}, mu = {mu:g}")
    return figure
