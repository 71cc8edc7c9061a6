"""Chapter 8's widget: a penalty on two coefficients and early stopping, alive and still."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from lossland import plots
from lossland.shrinkage import descent_path, elastic_net, matching_strength, ridge
from lossland.widgets.base import Widget

Array = NDArray[np.float64]

LR = 0.05
PENALTIES = {"l2": 0.0, "both": 0.5, "l1": 1.0}
"""The part of Σ|w| in each penalty; the rest is Σw²."""
NAMES = {"l2": "Σw²", "both": "½·(Σ|w| + Σw²)", "l1": "Σ|w|"}
COLOUR = "#a3123f"  # of the penalised solution; the blue of gradient descent is descent's
COEFFICIENTS = ("$w_0$", "$w_1$")


class PenaltyPath(Widget):
    """Least squares of two coefficients with a penalty, beside descent that stops early.

    The reader sees the level sets of loss and penalty touch, the coefficients against the strength,
    and how far descent from 0, stopped after ``steps`` steps of lr = 0.05, lies from the ridge
    solution of the matching strength 1/(2·lr·steps). The traits are the state that the page opens
    with; in a live notebook they follow the reader's hand.

    ``kind`` is "l2" (reg·Σw²), "l1" (reg·Σ|w|) or "both" (half of each), added to the mean squared
    error without a hidden ½. Both columns of X have mean square 1, ``correlation`` is theirs;
    ``minimum`` [w0, w1] within ±2 is the least-squares solution.
    """

    bundle = "penalty-path"
    heights = (1053, 1643)

    kind = traitlets.Enum(tuple(PENALTIES), "l1").tag(sync=True)
    reg = traitlets.Float(2.0, min=1e-3, max=10.0).tag(sync=True)
    steps = traitlets.Int(20, min=1, max=2000).tag(sync=True)
    correlation = traitlets.Float(0.5, min=-0.95, max=0.95).tag(sync=True)
    minimum = traitlets.List(
        traitlets.Float(min=-2.0, max=2.0), default_value=[1.4, 0.5], minlen=2, maxlen=2
    ).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(
            kind=self.kind,
            reg=self.reg,
            steps=self.steps,
            correlation=self.correlation,
            minimum=self.minimum,
        )


def problem(correlation: float, minimum: ArrayLike) -> tuple[Array, Array]:
    """X (2, 2), y (2,) with XᵀX/2 = [[1, ρ], [ρ, 1]] and the exact solution ``minimum`` (2,)."""
    X = np.sqrt(2) * np.linalg.cholesky([[1.0, correlation], [correlation, 1.0]]).T
    return X, X @ np.asarray(minimum, dtype=np.float64)


def static_figure(
    *,
    kind: str = "l1",
    reg: float = 2.0,
    steps: int = 20,
    correlation: float = 0.5,
    minimum: ArrayLike = (1.4, 0.5),
) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    Three panels in one column: loss and penalty touching, the coefficients against the strength,
    descent beside ridge. pyplot forgets the figure, so that a notebook shows it once. ValueError
    for an unknown kind.
    """
    if kind not in PENALTIES:
        raise ValueError(f"kind is {kind!r}: it must be one of {', '.join(PENALTIES)}")
    figure, (plane, profile, stop) = plots.panels(3, height=3.4)
    plt.close(figure)
    X, y = problem(correlation, minimum)
    mix = PENALTIES[kind]
    w = elastic_net(X, y, reg, mix)
    _draw_level_sets(plane, X, y, w, mix)
    _draw_paths(plane, X, y, mix, steps)
    plane.plot(*w, "o", ms=7, color=COLOUR, mec=plots.PAPER)
    plane.set_title(f"The loss's level lines and {NAMES[kind]}, touching")

    regs = np.geomspace(1e-3, 10, 80)
    coefficients = np.array([elastic_net(X, y, float(r), mix) for r in regs])
    for j, name in enumerate(COEFFICIENTS):
        profile.plot(regs, coefficients[:, j], color=COLOUR)
        plots.label_line(profile, regs[0], coefficients[0, j], name, COLOUR, side="above")
        profile.plot(reg, w[j], "o", ms=8, color=COLOUR, mec=plots.PAPER)
    profile.axvline(reg, color=plots.INK, ls="--", lw=1.5)
    profile.margins(y=0.14)  # room for the names
    profile.set(xscale="log", xlabel="strength reg", ylabel="coefficient")
    profile.set_title("Coefficients against the strength")

    times = np.geomspace(1, 2000, 120)
    walked = descent_path(X, y, LR, times)
    ridges = np.array([ridge(X, y, float(r)) for r in matching_strength(LR, times)])
    blue = plots.COLOURS["gradient descent"]
    for j, name in enumerate(COEFFICIENTS):
        stop.plot(times, walked[:, j], color=blue)
        plots.curve(stop, times, ridges[:, j], "theory", label="")
        plots.label_line(stop, times[-1], walked[-1, j], name, "gradient descent")
    stop.axvline(steps, color=plots.INK, lw=1)
    stop.set(xscale="log", xlabel="steps t", ylabel="coefficient")
    stop.set_title("Descent (full) beside ridge at 1/(2·lr·t) (dashed)")
    return figure


def _draw_level_sets(axes: Axes, X: Array, y: Array, w: Array, mix: float) -> None:
    """The level lines of the loss, and the penalty's level set through the solution w (2,)."""
    side = np.linspace(-2.2, 2.2, 221)
    grid = np.stack(np.meshgrid(side, side), axis=-1)
    loss = ((grid @ X.T - y) ** 2).mean(axis=-1)
    heights = 12.0 * 3.0 ** np.arange(-7, 1)
    axes.contour(side, side, loss, levels=heights, colors="#8b93a8", linewidths=0.6)
    size = mix * np.abs(grid).sum(axis=-1) + (1 - mix) * (grid**2).sum(axis=-1)
    budget = float(mix * np.abs(w).sum() + (1 - mix) * (w**2).sum())
    if budget > 0:
        axes.contourf(side, side, size, levels=[0.0, budget], colors=[COLOUR], alpha=0.14)
        axes.contour(side, side, size, levels=[budget], colors=[COLOUR], linewidths=1.4)
    axes.axhline(0, color="#c9c3b4", lw=0.8)
    axes.axvline(0, color="#c9c3b4", lw=0.8)
    axes.set(aspect="equal", xlabel="$w_0$", ylabel="$w_1$")
    axes.grid(False)


def _draw_paths(axes: Axes, X: Array, y: Array, mix: float, steps: int) -> None:
    """The solutions of all strengths; descent from 0, where it stops, and its ridge as a ring."""
    solutions = np.array([elastic_net(X, y, float(r), mix) for r in np.geomspace(1e-4, 1e3, 120)])
    walked = descent_path(X, y, LR, np.concatenate([[0.0], np.geomspace(1, 2000, 120)]))
    early = descent_path(X, y, LR, [steps])[0]
    near = ridge(X, y, float(matching_strength(LR, steps)))
    blue = plots.COLOURS["gradient descent"]
    axes.plot(*solutions.T, color=COLOUR)
    axes.plot(*walked.T, color=blue)
    axes.plot(*np.linalg.solve(X, y), "o", ms=9, mfc=plots.PAPER, mec=plots.INK)
    axes.plot(*early, "o", ms=7, color=blue, mec=plots.PAPER)
    axes.plot(*near, "o", ms=11, mfc="none", mec=plots.INK, mew=1.6)
