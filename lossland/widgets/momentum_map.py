"""Chapter 5's widget: the (lr, mu) map of the convergence rate, alive and as a still picture."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from lossland import plots, theory
from lossland.experiment import minimise
from lossland.optimizers import momentum, nesterov
from lossland.surfaces import quadratic_bowl
from lossland.widgets.own import WidgetWithOwn, walk

Array = NDArray[np.float64]

METHODS = {"momentum": momentum, "nesterov": nesterov}
RATES = {"momentum": theory.momentum_rate, "nesterov": theory.nesterov_rate}
BEST = {"momentum": theory.optimal_momentum, "nesterov": theory.optimal_nesterov}
FACTOR = 1e4  # the map counts the steps to come this many times closer
ANGLE = np.pi / 6  # of the bowl's flat axis


class MomentumMap(WidgetWithOwn):
    """The convergence rate of momentum over (lr, mu) on a bowl with eigenvalues 1 and κ.

    The reader picks a pair and sees its path, the phase plane of each eigenvector and the loss with
    theory's slope. The traits are the state that the page opens with; in a live notebook they
    follow the reader's hand.

    ``lr`` is kept within 0.02 ≤ lr·κ ≤ 4.3, the map's width. ``start`` is [x0, x1] within ±2.
    ``optimizer`` draws the reader's own method as "yours" from the same start: a pair as in
    ``lossland.optimizers``, or a step function as ``lossland.widgets.own.walk`` takes it. What it
    raises is told in the widget and kept in ``trouble``.
    """

    bundle = "momentum-map"
    heights = (1042, 1608)

    lr = traitlets.Float(0.03, min=0.0).tag(sync=True)
    mu = traitlets.Float(0.8, min=0.0, max=0.999).tag(sync=True)
    condition_number = traitlets.Float(50.0, min=1.0, max=1000.0).tag(sync=True)
    method = traitlets.Enum(tuple(METHODS), "momentum").tag(sync=True)
    start = traitlets.List(
        traitlets.Float(min=-2.0, max=2.0), default_value=[-1.8, 1.0], minlen=2, maxlen=2
    ).tag(sync=True)
    angle = traitlets.Float(ANGLE, help="turn of the bowl, radians").tag(sync=True)
    steps = traitlets.Int(100, min=10, max=1000).tag(sync=True)

    @traitlets.observe("optimizer", "lr", "mu", "condition_number", "start", "angle", "steps")
    def _walk_yours(self, _change: object) -> None:
        def path() -> Array:
            bowl = quadratic_bowl(self.condition_number, self.angle)
            start = np.array(self.start)
            return walk(self.optimizer, bowl, start, steps=self.steps, lr=self.lr, mu=self.mu)

        self._show_own(path)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(
            lr=self.lr,
            mu=self.mu,
            condition_number=self.condition_number,
            method=self.method,
            start=self.start,
            angle=self.angle,
            steps=self.steps,
        )


def static_figure(
    *,
    lr: float = 0.03,
    mu: float = 0.8,
    condition_number: float = 50.0,
    method: str = "momentum",
    start: ArrayLike = (-1.8, 1.0),
    angle: float = ANGLE,
    steps: int = 100,
) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    Three panels in one column: the map, the path on the bowl, the loss with theory's slope. pyplot
    forgets the figure, so that a notebook shows it once. ValueError for an unknown method.
    """
    if method not in METHODS:
        raise ValueError(f"method is {method!r}: it must be one of {', '.join(METHODS)}")
    figure, (map_axes, bowl_axes, loss_axes) = plots.panels(3, height=3.4)
    plt.close(figure)
    eigenvalues = np.array([1.0, condition_number])
    _draw_map(map_axes, lr, mu, eigenvalues, method)

    bowl = quadratic_bowl(condition_number, angle)
    trace = minimise(bowl.loss_and_gradient, start, METHODS[method](lr, mu), steps)
    plots.contour(bowl_axes, bowl, equal=True)
    plots.path(bowl_axes, trace.x, method, label="")
    (x_low, x_high), (y_low, y_high) = bowl.domain
    bowl_axes.set(xlim=(x_low, x_high), ylim=(y_low, y_high), title="The path on the bowl")

    rate = float(RATES[method](eigenvalues, lr, mu).max())
    t = np.arange(len(trace.loss))
    theory_line = [2 * t[-1] * np.log10(max(rate, 1e-9)), 0.0]  # log10 at the end and at the start
    plots.curve(loss_axes, t, trace.loss / trace.loss[0], method, label="")
    plots.curve(loss_axes, t[[-1, 0]], 10.0 ** np.array(theory_line), "theory", label="")
    plots.log_loss(loss_axes, ylabel="loss / first loss")
    loss_axes.set(ylim=(1e-12, 1e3), title=f"The loss; dashed: theory, {rate:.2f}² per step")
    return figure


def _draw_map(axes: Axes, lr: float, mu: float, eigenvalues: Array, method: str) -> None:
    """Steps to come FACTOR times closer over (lr, mu), the edge, the best and the picked pair."""
    high = eigenvalues[-1]
    lrs, mus = np.linspace(0.01, 4.3, 300) / high, np.linspace(0.0, 0.999, 240)
    rates = RATES[method](eigenvalues[:, None, None], lrs, mus[:, None]).max(axis=0)
    inside = np.clip(rates, 1e-4, 1 - 1e-9)
    steps = np.ma.masked_where(rates >= 1, np.log(FACTOR) / -np.log(inside))
    fewest = float(steps.min())
    axes.set_facecolor("#e4dfd6")
    shades = np.log10(fewest) + np.linspace(0, 1.7, 18)
    axes.contourf(lrs, mus, np.log10(steps), levels=shades, cmap=_depth(), extend="max")
    levels = [level for level in (5, 10, 20, 50, 100, 200, 500, 1000) if level > fewest][:3]
    lines = axes.contour(lrs, mus, steps, levels=levels, colors=plots.INK, linewidths=0.5)
    axes.clabel(lines, fontsize=9, fmt="%g")
    nesterov_edge = 1 + 2 * mus if method == "nesterov" else np.ones_like(mus)
    axes.plot(2 * (1 + mus) / nesterov_edge / high, mus, color=plots.INK)
    plots.label_line(axes, 4.25 / high, 0.1, "diverges", side="left")
    best = BEST[method](eigenvalues[0], high)
    axes.plot(*best, marker="*", markersize=13, color=plots.INK, markeredgecolor=plots.PAPER)
    plots.label_line(axes, *best, "best pair")
    colour = plots.COLOURS[method]
    axes.plot(lr, mu, marker="o", markersize=10, color=colour, markeredgecolor=plots.PAPER)
    axes.set(xlim=(0, 4.3 / high), ylim=(0, 1), xlabel="learning rate lr", ylabel="momentum mu")
    axes.set_title(f"Steps to come 10⁴ times closer, κ = {high:g}")
    axes.grid(False)


def _depth() -> LinearSegmentedColormap:
    """Few steps deep blue, many steps pale, as in the live widget."""
    return LinearSegmentedColormap.from_list("depth", ["#0f4a66", "#86b3a8", "#f3eee0"])
