"""The look of every figure: one colour a method, labels on the lines, readable on a phone.

Figures lie on an opaque light paper so that they read in the light and in the dark theme.
Call ``style()`` once at the top of a page. One panel of SIZE stays readable 360 pixels wide;
stack several panels in one column (``panels``) rather than side by side.
"""

from __future__ import annotations

from typing import Literal

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from numpy.typing import ArrayLike, NDArray

from lossland.experiment import mean_interval
from lossland.methods import METHODS
from lossland.surfaces import Surface

Array = NDArray[np.float64]
Side = Literal["right", "left", "above", "below"]

PAPER = "#fdfcf9"
INK = "#1a1a1a"
SIZE = (5.2, 3.6)
"""Width and height of one panel in inches."""

COLOURS: dict[str, str] = {
    # The methods' stand in methods.json. The first three are Okabe & Ito's (2008). The others start
    # from their hues and are moved until every pair differs for full and for colour-blind sight
    # (tests/lossland/test_plots.py) and every line has three times the paper's contrast.
    **{name: method.colour for name, method in METHODS.items()},
    "random search": "#5c6367",
    "local search": "#373632",
    "theory": "#0d0d0d",
    "yours": "#8c19ff",
    # The parts of an error share no picture with the methods, and take some of their colours again.
    "bias": "#0072b2",
    "variance": "#d55e00",
    "noise": "#5c6367",
    "total": "#6c246d",
    "training": "#009e73",
}

PARTS = ("bias", "variance", "noise", "total", "training")
"""The keys of COLOURS that name a part of an error."""


def style() -> None:
    """Set matplotlib's defaults for the book: paper, ink, sizes, quiet axes."""
    mpl.rcParams.update(
        {
            "figure.figsize": SIZE,
            "figure.dpi": 140,
            "figure.facecolor": PAPER,
            "figure.constrained_layout.use": True,
            "savefig.facecolor": PAPER,
            "savefig.dpi": 140,
            "savefig.transparent": False,
            "axes.facecolor": PAPER,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "axes.titlelocation": "left",
            "axes.titlesize": 12,
            "axes.labelsize": 12,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": "#e4e1d8",
            "grid.linewidth": 0.8,
            "font.size": 12,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "xtick.labelsize": 11,
            "ytick.labelsize": 11,
            "legend.fontsize": 11,
            "legend.frameon": False,
            "lines.linewidth": 2.0,
            "lines.solid_capstyle": "round",
            "image.cmap": "cividis",  # perceptually even, also for colour-blind sight
        }
    )


def panels(
    rows: int = 1, height: float = SIZE[1], sharex: bool = False
) -> tuple[Figure, list[Axes]]:
    """A figure of ``rows`` panels under each other, each ``height`` inches high."""
    figure, axes = plt.subplots(
        rows, 1, figsize=(SIZE[0], rows * height), sharex=sharex, squeeze=False
    )
    return figure, list(axes[:, 0])


def label_line(
    ax: Axes,
    x: float,
    y: float,
    text: str,
    colour: str = INK,
    *,
    side: Side = "right",
) -> Annotation:
    """Write ``text`` beside the point (x, y) of a line, in the line's colour, darkened to read.

    ``colour`` is a key of COLOURS or any matplotlib colour. A halo of paper keeps the text clear
    of lines under it.
    """
    offset, horizontal, vertical = {
        "right": ((6, 0), "left", "center"),
        "left": ((-6, 0), "right", "center"),
        "above": ((0, 5), "center", "bottom"),
        "below": ((0, -5), "center", "top"),
    }[side]
    label = ax.annotate(
        text,
        (x, y),
        xytext=offset,
        textcoords="offset points",
        color=readable(colour),
        ha=horizontal,
        va=vertical,
        annotation_clip=False,
        bbox={"boxstyle": "square,pad=0.1", "facecolor": PAPER, "edgecolor": "none", "alpha": 0.7},
    )
    label.set_in_layout(True)
    return label


def curve(
    ax: Axes,
    x: ArrayLike,
    y: ArrayLike,
    method: str,
    *,
    label: str | None = None,
    side: Side = "right",
) -> None:
    """One run in its method's colour, named at its end. Theory's line is dashed.

    ``label`` defaults to the method's name; the empty string leaves the line unnamed.
    """
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if xs.shape != ys.shape or xs.ndim != 1:
        raise ValueError(f"x has shape {xs.shape}, y {ys.shape}: both must be the same (points,)")
    theory = method == "theory"
    ax.plot(xs, ys, color=COLOURS[method], ls="--" if theory else "-", lw=1.5 if theory else 2.0)
    text = method if label is None else label
    if text:
        label_line(ax, xs[-1], ys[-1], text, method, side=side)


def band(
    ax: Axes,
    x: ArrayLike,
    runs: ArrayLike,
    method: str,
    *,
    label: str | None = None,
    side: Side = "right",
) -> None:
    """Mean over seeds as a line, its 95 % interval as a band. ``runs`` is (seeds, points)."""
    mean, low, high = mean_interval(runs)
    xs = np.asarray(x, dtype=np.float64)
    if xs.shape != mean.shape:
        raise ValueError(f"x has shape {xs.shape}, runs {np.shape(runs)}: their points must agree")
    ax.fill_between(xs, low, high, color=COLOURS[method], alpha=0.2, linewidth=0)
    curve(ax, xs, mean, method, label=label, side=side)


def contour(
    ax: Axes, surface: Surface, levels: int = 14, points: int = 200, equal: bool = False
) -> QuadContourSet:
    """Filled contours of a two-dimensional surface over its domain, pale so that paths stand out.

    Heights above the lowest one are spaced evenly in their logarithm, so that a valley and a wall
    both show; the lowest 3 % of the window are taken as flat. Minima are marked with a star.
    Draw contours as PNG: an SVG of them is ten times larger.
    ``equal`` gives both axes one scale, so that angles are true.
    """
    if surface.dim != 2:
        raise ValueError(f"{surface.name} has {surface.dim} variables: a contour plot needs 2")
    (x_low, x_high), (y_low, y_high) = surface.domain
    xs, ys = np.linspace(x_low, x_high, points), np.linspace(y_low, y_high, points)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1)
    height = surface.value(grid)
    height = height - min(height.min(), *(float(surface.value(m)) for m in surface.minima))
    raised = np.log10(height + np.quantile(height, 0.03))
    filled = ax.contourf(xs, ys, raised, levels=levels, cmap=_pale(), zorder=0)
    ax.contour(
        xs, ys, raised, levels=levels, colors="#8b93a8", linewidths=0.5, linestyles="-", zorder=0.5
    )
    for minimum in surface.minima:
        ax.plot(*minimum, marker="*", markersize=13, color=INK, markeredgecolor=PAPER, zorder=3)
    ax.set(xlim=(x_low, x_high), ylim=(y_low, y_high), xlabel="$x_0$", ylabel="$x_1$")
    ax.grid(False)
    if equal:
        ax.set_aspect("equal")
    return filled


def path(
    ax: Axes,
    xs: ArrayLike,
    method: str,
    *,
    label: str | None = None,
    side: Side = "right",
    every: int = 1,
) -> None:
    """The walk of a method over a contour plot: a dot every ``every`` steps, a ring at the start.

    ``xs`` is (steps + 1, 2). The name stands at the end of the path; "" leaves it out.
    """
    points = np.asarray(xs, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"xs has shape {points.shape}: a path is (steps + 1, 2)")
    colour = COLOURS[method]
    ax.plot(*points.T, color=colour, lw=1.8, marker="o", ms=3, markevery=every, zorder=2)
    ax.plot(*points[0], marker="o", ms=8, mfc=PAPER, mec=colour, mew=1.8, zorder=2.5)
    text = method if label is None else label
    if text:
        x, y = points[-1]
        label_line(ax, x, y, text, method, side=side)


def log_loss(ax: Axes, xlabel: str = "step", ylabel: str = "loss") -> None:
    """A logarithmic loss axis: linear convergence is a straight line."""
    ax.set_yscale("log")
    ax.set(xlabel=xlabel, ylabel=ylabel)


def readable(colour: str) -> str:
    """``colour`` (a key of COLOURS or a matplotlib colour) darkened until it reads as text.

    The text then has 4.5 times the paper's contrast, WCAG 2.2's level AA for small text.
    """
    shade = to_hex(COLOURS.get(colour, colour))
    while contrast(shade) < 4.5:
        red, green, blue = to_rgb(shade)
        shade = to_hex((0.95 * red, 0.95 * green, 0.95 * blue))
    return shade


def contrast(colour: str, other: str = PAPER) -> float:
    """WCAG 2.2's contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((_luminance(colour), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def _pale() -> LinearSegmentedColormap:
    return LinearSegmentedColormap.from_list("pale", ["#8fa3c8", "#c3cfe4", "#e9edf5", PAPER])
