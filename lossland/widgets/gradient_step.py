"""Chapter 3's opener: one step along the negative gradient, and its length."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from lossland import plots
from lossland.experiment import minimise
from lossland.optimizers import gradient_descent
from lossland.surfaces import Surface, quadratic_bowl
from lossland.widgets.base import Widget

Array = NDArray[np.float64]

METHOD = "gradient descent"
CONDITION_NUMBER = 10.0
ANGLE = np.pi / 6  # of the bowl's flat axis
STEPS = 20  # of the loop
RATES = (1e-4, 1.0)
LOWEST = (
    -6.0
)  # log10 of the loss against the first loss: lower ones lie on the floor of the picture


class GradientStep(Widget):
    """The negative gradient at a point of a bowl, one step along it, and the loop of 20 steps.

    The reader chooses the learning rate and moves the point; beside the map, the loss after one and
    after 20 steps against the learning rate. The traits are the state that the page opens with; in
    a live notebook they follow the reader's hand.
    """

    bundle = "gradient-step"
    heights = (655, 1027)

    lr = traitlets.Float(0.15, min=RATES[0], max=RATES[1]).tag(sync=True)
    start = traitlets.List(
        traitlets.Float(min=-2.0, max=2.0), [-1.85, 0.2], minlen=2, maxlen=2
    ).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(lr=self.lr, start=self.start)


def bowl() -> Surface:
    """The widget's bowl: curvatures 1 and 10."""
    return quadratic_bowl(CONDITION_NUMBER, ANGLE)


def share_left(lr: ArrayLike, start: ArrayLike, steps: int) -> Array:
    """Loss after so many steps over the loss at the start, for each learning rate; exact."""
    ground = bowl()
    eigs, axes = np.linalg.eigh(ground.hessian(np.zeros(2)))
    parts = eigs * (np.asarray(start) @ axes) ** 2
    factors = (1 - np.asarray(lr)[..., None] * eigs) ** (2 * steps)
    return np.asarray((factors * parts).sum(axis=-1) / parts.sum())


def static_figure(*, lr: float = 0.15, start: ArrayLike = (-1.85, 0.2)) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    Two panels in one column: the bowl with the step and the loop, and the loss against the learning
    rate after one and after 20 steps. pyplot forgets the figure, so that a notebook shows it once.
    """
    figure, (map_axes, loss_axes) = plots.panels(2, height=3.4)
    plt.close(figure)
    ground = bowl()
    colour = plots.COLOURS[METHOD]
    place = np.asarray(start, dtype=np.float64)
    g = ground.gradient(place)
    trace = minimise(ground.loss_and_gradient, place, gradient_descent(lr), STEPS)
    plots.contour(map_axes, ground, equal=True)
    plots.path(map_axes, trace.x, METHOD, label="")
    map_axes.annotate(
        "",
        xy=tuple(place - g / np.linalg.norm(g)),
        xytext=tuple(place),
        arrowprops={"arrowstyle": "-|>", "color": plots.INK, "lw": 1.6},
    )
    map_axes.plot(*trace.x[1], "o", ms=8, color=colour, mec=plots.PAPER)
    map_axes.set_title(f"Arrow: −g; dot: one step of {lr:g}; line: {STEPS} steps")

    rates = np.geomspace(*RATES, 200)
    for steps, line in ((1, "--"), (STEPS, "-")):
        left = np.maximum(share_left(rates, place, steps), 10**LOWEST)
        loss_axes.loglog(rates, left, line, color=colour)
        here = np.maximum(share_left(lr, place, steps), 10**LOWEST)
        loss_axes.plot(lr, here, "o", ms=8, color=colour, mec=plots.PAPER)
    loss_axes.set(ylim=(10**LOWEST, 100), xlabel="learning rate", ylabel="loss / first loss")
    loss_axes.set_title(f"Loss after 1 step (dashed) and after {STEPS} steps")
    return figure
