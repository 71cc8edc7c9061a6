"""Chapter 4's opener: one loss curve and the learning rate, alive and as a still picture."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lossland import plots
from lossland.experiment import minimise
from lossland.optimizers import gradient_descent
from lossland.widgets.base import Widget
from lossland.widgets.descent_map import seeded_bowl

Array = NDArray[np.float64]

STEPS = 100
EIGENVALUES = np.array([1.0, 10.0])
NOISE = 0.4  # standard deviation of each entry of the gradient
START = np.array([1.0, 1.0])
DECADES = (1e-4, 1e3)  # of the loss against the first loss

REGIMES = {"too low": 4e-4, "good": 0.04, "high": 0.19, "too high": 0.21}
"""The four shapes of a loss curve by a learning rate that shows each."""
HUES = {"too low": "#7d3fb5", "good": "#00707a", "high": "#8a5a00", "too high": "#b3202c"}


class LearningRate(Widget):
    """Plain descent with noisy gradients on a bowl with eigenvalues 1 and 10: its loss curve.

    The reader chooses the learning rate ``lr`` and sees one run over the four shapes of REGIMES;
    ``seed`` says which noise. ``lr`` is kept within 0.0003 … 0.3; the edge is at 2/10.
    """

    bundle = "learning-rate"
    heights = (585, 666)

    lr = traitlets.Float(REGIMES["good"], min=3e-4, max=0.3).tag(sync=True)
    seed = traitlets.Int(1, min=0, max=10**9).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(lr=self.lr, seed=self.seed)


def run(lr: float, seed: int) -> Array:
    """The losses (STEPS + 1,) of the run that the page draws."""
    bowl = seeded_bowl(float(EIGENVALUES[1]), 0.0, NOISE, seed, STEPS)
    return minimise(bowl.loss_and_gradient, START, gradient_descent(lr), STEPS).loss


def expected(lr: float) -> Array:
    """The mean loss over all runs (STEPS + 1,): E x² ← (1 − lr·λ)²·E x² + lr²·noise²."""
    moments, losses = START**2, []
    for _ in range(STEPS + 1):
        losses.append(float(EIGENVALUES @ moments / 2))
        moments = (1 - lr * EIGENVALUES) ** 2 * moments + (lr * NOISE) ** 2
    return np.array(losses)


def static_figure(*, lr: float = REGIMES["good"], seed: int = 1) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    pyplot forgets the figure, so that a notebook shows it once.
    """
    figure, (axes,) = plots.panels(height=3.6)
    plt.close(figure)
    t = np.arange(STEPS + 1)
    places = {"too low": (100, "above"), "good": (100, "below"), "high": (100, "above")}
    for name, rate in REGIMES.items():
        losses = expected(rate) / expected(rate)[0]
        axes.plot(t, losses, color=HUES[name], lw=4, alpha=0.45)
        step, side = places.get(name, (31, "right"))
        x = step - 8 if step == STEPS else step
        plots.label_line(axes, x, losses[step], name, HUES[name], side=side)  # type: ignore[arg-type]
    plots.curve(axes, t, expected(lr) / expected(lr)[0], "theory", label="")
    losses = run(lr, seed)
    plots.curve(axes, t, losses / losses[0], "gradient descent", label="")
    plots.log_loss(axes, ylabel="loss / first loss")
    axes.set(xlim=(0, STEPS), ylim=DECADES)
    axes.set_title(f"One run with the learning rate {lr:.2g}")
    return figure
