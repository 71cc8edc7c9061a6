"""Chapter 2's widget: the hiker's test steps, alive and as a still picture."""

from __future__ import annotations

import math
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from lossland import plots
from lossland.widgets.base import Widget
from lossland.widgets.seeded import normals

Array = NDArray[np.float64]

METHOD = "local search"
MOST = 300  # dimensions; a proposal's numbers do not change when there are fewer
UP, DOWN = 1.5, 0.9  # the 1/5 rule's factors
BLOCK = 30  # steps that are counted together


class LocalSearch(Widget):
    """Random local search on the bowl ½‖x‖² from (−1, 1, −1, …, −1), in 2 to 300 dimensions.

    The reader sees the walk in two of the dimensions, the share of the proposals that are kept
    against its prediction, and the loss. ``step_size`` is the standard deviation of a proposal per
    coordinate; with ``rule`` "fifth" it grows by 1.5 after a success and shrinks by 0.9 after a
    failure. ``seed`` says which walk. The traits are the state that the page opens with; in a live
    notebook they follow the reader's hand.
    """

    bundle = "local-search"
    heights = (1020, 1496)

    step_size = traitlets.Float(0.15, min=0.001, max=3.0).tag(sync=True)
    dim = traitlets.Int(10, min=2, max=MOST).tag(sync=True)
    rule = traitlets.Enum(("fixed", "fifth"), "fixed").tag(sync=True)
    seed = traitlets.Int(1, min=0, max=10**9).tag(sync=True)
    steps = traitlets.Int(300, min=30, max=600).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(
            step_size=self.step_size,
            dim=self.dim,
            rule=self.rule,
            seed=self.seed,
            steps=self.steps,
        )


class Walk(NamedTuple):
    """path (steps + 1, dim), loss (steps + 1,); kept and sizes (steps,), hops (steps, dim)."""

    path: Array
    loss: Array
    kept: NDArray[np.bool_]
    sizes: Array
    hops: Array


def walk(step_size: float, dim: int, rule: str, seed: int, steps: int) -> Walk:
    """The walk that the page shows: the same proposals, kept if the loss falls."""
    draws = normals(seed, steps * MOST).reshape(steps, MOST)[:, :dim]
    x = np.full(dim, -1.0)
    x[1] = 1.0
    path, losses, kept, sizes, hops = [x], [dim / 2], [], [], []
    size = step_size
    for z in draws:
        hops.append(size * z)
        proposal = x + hops[-1]
        loss = float(proposal @ proposal) / 2
        kept.append(loss < losses[-1])
        sizes.append(size)
        x, loss = (proposal, loss) if kept[-1] else (x, losses[-1])
        path.append(x)
        losses.append(loss)
        if rule == "fifth":
            size *= UP if kept[-1] else DOWN
    return Walk(*map(np.array, (path, losses, kept, sizes, hops)))


def kept_share(length: ArrayLike, dim: int) -> Array:
    """P(a proposal is lower) on ½‖x‖², against length = step_size·√dim/‖x‖ (any shape, > 0).

    With s = step_size/‖x‖, t the part of the standard normal z along x and Q the rest's squared
    length, the proposal is lower where s·t² + 2t + s·Q < 0, that is between the roots of t. The
    mean over Q, which is χ² with dim − 1 degrees of freedom, is a sum over ln Q. dim ≥ 2.
    """
    k = dim - 1
    width = math.sqrt(2 / k)
    u = np.linspace(-max(42 / k, 9 * width), min(12 * width, 4.5), 2001)
    weights = np.exp(k / 2 * (u - np.expm1(u)))
    s = np.asarray(length, dtype=np.float64)[..., None] / math.sqrt(dim)
    inside = 1 - s**2 * k * np.exp(u)
    root = np.sqrt(np.maximum(inside, 0))
    between = np.where(inside > 0, _cdf((root - 1) / s) - _cdf(-(1 + root) / s), 0)
    return np.asarray((between * weights).sum(axis=-1) / weights.sum())


def _cdf(z: Array) -> Array:
    """The normal distribution function."""
    return np.asarray(np.vectorize(math.erfc, otypes=[np.float64])(-z / math.sqrt(2)) / 2)


def static_figure(
    *, step_size: float = 0.15, dim: int = 10, rule: str = "fixed", seed: int = 1, steps: int = 300
) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    Three panels in one column: the walk in two dimensions, the share kept, the loss. pyplot forgets
    the figure, so that a notebook shows it once.
    """
    figure, (path_axes, kept_axes, loss_axes) = plots.panels(3, height=3.2)
    plt.close(figure)
    colour = plots.COLOURS[METHOD]
    found = walk(step_size, dim, rule, seed, steps)
    turn = np.linspace(0, 2 * np.pi, 90)
    for radius in (0.6, 1.2, 1.8, 2.4):
        path_axes.plot(radius * np.cos(turn), radius * np.sin(turn), color="#8b93a8", lw=0.6)
    plots.path(path_axes, found.path[:, :2], METHOD, label="")
    path_axes.set(xlim=(-2.6, 2.6), ylim=(-2, 2), aspect="equal", xlabel="$x_0$", ylabel="$x_1$")
    path_axes.set_title(f"The walk in two of {dim} dimensions")

    lengths = np.logspace(-3, 1.5, 100)
    plots.curve(kept_axes, lengths, kept_share(lengths, dim), "theory", label="")
    along = found.sizes * math.sqrt(dim) / np.sqrt(2 * found.loss[:-1])
    for block in np.array_split(np.arange(steps), max(1, steps // BLOCK)):
        middle = np.exp(np.log(along[block]).mean())
        kept_axes.plot(middle, found.kept[block].mean(), "o", color=colour, alpha=0.8)
    kept_axes.set(xscale="log", xlim=(1e-3, 30), ylim=(0, 0.62))
    kept_axes.set(xlabel="step length / distance to the minimum", ylabel="share kept")
    kept_axes.set_title("Proposals kept; dashed: predicted")

    plots.curve(loss_axes, np.arange(steps + 1), found.loss / found.loss[0], METHOD, label="")
    plots.log_loss(loss_axes, ylabel="loss / first loss")
    loss_axes.set(ylim=(1e-6, 3), title="The loss")
    return figure
