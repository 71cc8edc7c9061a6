"""Chapter 7's widget: polynomials refitted to many samples, alive and as a still picture."""

from __future__ import annotations

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lossland import plots
from lossland.polynomials import error_parts, fit, predict
from lossland.widgets.base import Widget
from lossland.widgets.regression import middles, truth
from lossland.widgets.seeded import normals

Array = NDArray[np.float64]

HIGHEST = 15  # degree
SAMPLES = (20, 200)
NOISES = (0.02, 1.0)
REFITS = 100  # the first one is the sample on show
SHOWN = 30  # refits that are drawn
AT = middles(100)
"""Where predictions are compared with the truth."""


class BiasVariance(Widget):
    """Polynomials of degree 0 to 15 fitted to samples of sin(5x + ½) at n fixed places of [−1, 1].

    The reader sees one sample, refits to others and their mean, and against the degree bias²,
    variance, noise, their sum and the training error, all exact, with the error that 100 refits
    measure on new noise. ``noise`` is the labels' standard deviation; ``seed`` says which samples.
    The traits are the state that the page opens with; in a live notebook they follow the reader's
    hand.
    """

    bundle = "bias-variance"
    heights = (735, 1296)

    degree = traitlets.Int(6, min=0, max=HIGHEST).tag(sync=True)
    noise = traitlets.Float(0.3, min=NOISES[0], max=NOISES[1]).tag(sync=True)
    n = traitlets.Int(30, min=SAMPLES[0], max=SAMPLES[1]).tag(sync=True)
    seed = traitlets.Int(1, min=0, max=10**9).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(degree=self.degree, noise=self.noise, n=self.n, seed=self.seed)


class Refits(NamedTuple):
    """x (n,), labels (REFITS, n), fits (REFITS, points), each refit's error (REFITS,)."""

    x: Array
    labels: Array
    fits: Array
    errors: Array


def refits(degree: int, noise: float, n: int, seed: int) -> Refits:
    """The page's samples and their fits at ``AT``, each with its error on new noise there."""
    drawn = normals(seed, REFITS * (SAMPLES[1] + len(AT)))
    seen, fresh = np.split(drawn, [REFITS * SAMPLES[1]])
    x = np.linspace(-1, 1, n)
    labels = truth(x) + noise * seen.reshape(REFITS, -1)[:, :n]
    fits = predict(fit(x, labels, degree), AT)
    new = truth(AT) + noise * fresh.reshape(REFITS, -1)
    return Refits(x, labels, fits, ((new - fits) ** 2).mean(axis=1))


def static_figure(*, degree: int = 6, noise: float = 0.3, n: int = 30, seed: int = 1) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    Two panels in one column: the truth with one sample, the refits and their mean, and the parts
    of the error against the degree. pyplot forgets the figure, so that a notebook shows it once.
    """
    figure, (fit_axes, error_axes) = plots.panels(2, height=3.6)
    plt.close(figure)
    colours = plots.COLOURS
    found = refits(degree, noise, n, seed)
    parts = error_parts(truth, found.x, AT, noise, HIGHEST)

    fit_axes.plot(AT, found.fits[:SHOWN].T, color=colours["variance"], lw=0.8, alpha=0.3)
    fit_axes.plot(found.x, found.labels[0], ".", color=colours["noise"], label="sample")
    fit_axes.plot([], [], color=colours["variance"], lw=0.8, label="refits")
    mean = predict(fit(found.x, truth(found.x), degree), AT)
    fit_axes.plot(AT, mean, color=colours["bias"], label="mean")
    fit_axes.plot(AT, truth(AT), "--", color=colours["theory"], lw=1.5, label="truth")
    fit_axes.set(ylim=(-2.6, 2.6), xticks=(-1, -0.5, 0, 0.5, 1), xlabel="x", ylabel="y")
    fit_axes.legend(ncols=4, loc="upper center", columnspacing=1, handlelength=1.3)
    fit_axes.set_title(f"Degree {degree}: {SHOWN} refits to n = {n}")

    degrees = np.arange(HIGHEST + 1)
    widths = {"total": 3.0, "noise": 1.2}
    names = ("bias", "variance", "noise", "total", "training")
    lines = (parts.bias2, parts.variance, parts.noise, parts.total, parts.training)
    for name, line in zip(names, lines, strict=True):
        label = {"bias": "bias²", "total": "sum"}.get(name, name)
        width = widths.get(name, 2.0)
        error_axes.plot(degrees, line, color=colours[name], lw=width, label=label)
    error_axes.axvline(degree, color=plots.INK, lw=0.8)
    measured = float(found.errors.mean())
    error_axes.plot(degree, measured, "o", ms=9, mfc=plots.PAPER, mec=colours["total"], mew=2)
    low, high = noise**2 / 150, 20 * float(parts.total.max())
    error_axes.set(yscale="log", ylim=(low, high), xlabel="degree", ylabel="mean squared error")
    error_axes.legend(ncols=3, loc="upper center", columnspacing=1, handlelength=1.3)
    error_axes.set_title("Exact error at new points; ring: measured")
    return figure
