"""Chapter 8's opener: a wiggly fit and the penalty that calms it, alive and as a still picture."""

from __future__ import annotations

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lossland import plots
from lossland.polynomials import legendre, predict
from lossland.shrinkage import ridge
from lossland.widgets.base import Widget
from lossland.widgets.penalty_path import COLOUR
from lossland.widgets.regression import middles, truth
from lossland.widgets.seeded import normals

Array = NDArray[np.float64]

POINTS, DEGREE, NOISE = 20, 15, 0.3
STRENGTHS = (1e-6, 10.0)
TRIED = np.geomspace(*STRENGTHS, 57)  # eight a decade, among which the best is looked for
AT = middles(200)
"""Where a fit is compared with the truth."""


class WigglyFit(Widget):
    """A polynomial of degree 15 through 20 noisy points, with the penalty reg·Σw² on its weights.

    The truth is sin(5x + ½), the noise has the deviation 0.3, the basis is Legendre's. ``seed``
    says which noise. The traits are the state that the page opens with; in a live notebook they
    follow the reader's hand.
    """

    bundle = "wiggly-fit"
    heights = (494, 688)

    reg = traitlets.Float(1e-5, min=STRENGTHS[0], max=STRENGTHS[1]).tag(sync=True)
    seed = traitlets.Int(4, min=0, max=10**9).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(reg=self.reg, seed=self.seed)


class Fit(NamedTuple):
    """The curve at AT (200,), mean squared errors on the points and at new ones, and Σw²."""

    curve: Array
    training: float
    test: float
    size: float


def sample(seed: int) -> tuple[Array, Array]:
    """x (20,) and the noisy labels (20,)."""
    x = middles(POINTS)
    return x, truth(x) + NOISE * normals(seed, POINTS)


def fit(reg: float, seed: int) -> Fit:
    """The penalised fit. ``test`` is the expected error at AT with new noise."""
    x, y = sample(seed)
    w = ridge(legendre(x, DEGREE), y, reg)
    curve = predict(w, AT)
    return Fit(
        curve,
        float(((predict(w, x) - y) ** 2).mean()),
        float(((curve - truth(AT)) ** 2).mean() + NOISE**2),
        float((w**2).sum()),
    )


def static_figure(*, reg: float = 1e-5, seed: int = 4) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    pyplot forgets the figure, so that a notebook shows it once.
    """
    figure, (axes,) = plots.panels(height=3.4)
    plt.close(figure)
    found = fit(reg, seed)
    axes.plot(AT, truth(AT), color=plots.INK, ls="--", lw=1.5)
    axes.plot(AT, found.curve, color=COLOUR)
    axes.plot(*sample(seed), "o", ms=5, color=plots.COLOURS["noise"])
    axes.set(xlabel="x", ylabel="y", ylim=(-2.6, 2.6))
    axes.set_title(f"reg = {reg:g}: error {found.training:.2f}, at new points {found.test:.2f}")
    return figure
