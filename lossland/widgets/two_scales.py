"""Chapter 6's opener: one method at a time in a ravine, alive and as a still picture."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from lossland import plots
from lossland.experiment import minimise
from lossland.methods import METHODS, optimizer
from lossland.surfaces import quadratic_bowl
from lossland.widgets.base import Widget

Array = NDArray[np.float64]

RATES = {"gradient descent": 0.0185, "momentum": 0.01, "adagrad": 0.4, "rmsprop": 0.05, "adam": 0.1}
"""The methods of the picture, each with the learning rate that choosing it sets."""
METHOD = "adagrad"
CONDITION_NUMBER = 100.0
START = (-1.8, 0.9)
STEPS = 40


class TwoScales(Widget):
    """One method in a bowl that is a hundred times steeper across than along; no axis is turned.

    The reader chooses ``method``, which sets ``lr`` to its rate of RATES, and moves ``lr``. Plain
    descent at its own rate of RATES lies beneath. The other traits are what the page opens with.
    """

    bundle = "two-scales"
    heights = (562, 706)

    method = traitlets.Enum(tuple(RATES), METHOD).tag(sync=True)
    lr = traitlets.Float(RATES[METHOD], min=1e-3, max=1.0).tag(sync=True)
    condition_number = traitlets.Float(CONDITION_NUMBER, min=1.0).tag(sync=True)
    start = traitlets.List(
        traitlets.Float(min=-2.0, max=2.0), default_value=list(START), minlen=2, maxlen=2
    ).tag(sync=True)
    steps = traitlets.Int(STEPS, min=10, max=1000).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(
            method=self.method,
            lr=self.lr,
            condition_number=self.condition_number,
            start=self.start,
            steps=self.steps,
        )


def run(
    method: str,
    lr: float,
    *,
    condition_number: float = CONDITION_NUMBER,
    start: ArrayLike = START,
    steps: int = STEPS,
) -> Array:
    """The points (steps + 1, 2) of one method, mu and the betas as usual; fewer if it diverges."""
    bowl = quadratic_bowl(condition_number)
    return minimise(bowl.loss_and_gradient, start, optimizer(method, lr), steps).x


def static_figure(
    *,
    method: str = METHOD,
    lr: float = RATES[METHOD],
    condition_number: float = CONDITION_NUMBER,
    start: ArrayLike = START,
    steps: int = STEPS,
) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    pyplot forgets the figure, so that a notebook shows it once.
    """
    figure, (axes,) = plots.panels(height=3.4)
    plt.close(figure)
    plots.contour(axes, quadratic_bowl(condition_number), equal=True)
    for name, rate in (("gradient descent", RATES["gradient descent"]), (method, lr)):
        path = run(name, rate, condition_number=condition_number, start=start, steps=steps)
        plots.path(axes, path, name, label="")
        axes.plot(*path[-1], "o", ms=7, color=plots.COLOURS[name], mec=plots.PAPER, zorder=4)
    path = run("gradient descent", RATES["gradient descent"], start=start, steps=steps)
    x, y = path[-1]
    plots.label_line(axes, x, y, "plain descent", "gradient descent", side="below")
    axes.set(xlim=(-2.0, 0.6), ylim=(-1.0, 1.1))
    axes.set_title(f"{METHODS[method].label[0].upper()}{METHODS[method].label[1:]}, lr = {lr:g}")
    return figure
