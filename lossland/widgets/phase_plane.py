"""Chapter 5's widget of one eigenvector: its phase plane, alive and as a still picture."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lossland import plots, theory
from lossland.widgets.base import Widget

Array = NDArray[np.float64]

PRODUCT = 0.04
MU = 0.9
STEPS = 60


class PhasePlane(Widget):
    """Momentum along one eigenvector, from position 1 at rest: position, velocity, theory's hull.

    ``product`` is lr·λ, the learning rate times the eigenvalue. Of Nesterov's method the position
    is the look-ahead point's. The traits are the state that the page opens with; in a live notebook
    they follow the reader's hand.
    """

    bundle = "phase-plane"
    heights = (711, 1219)

    product = traitlets.Float(PRODUCT, min=0.002, max=4.2).tag(sync=True)
    mu = traitlets.Float(MU, min=0.0, max=0.999).tag(sync=True)
    method = traitlets.Enum(("momentum", "nesterov"), "momentum").tag(sync=True)
    steps = traitlets.Int(STEPS, min=10, max=1000).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(product=self.product, mu=self.mu, method=self.method, steps=self.steps)


def run(product: float, mu: float, method: str, steps: int) -> Array:
    """Position and velocity (steps + 1, 2) from (1, 0); Nesterov's position looks ahead."""
    matrices = {"momentum": theory.momentum_matrix, "nesterov": theory.nesterov_matrix}
    if method not in matrices:
        raise ValueError(f"method is {method!r}: it must be one of {', '.join(matrices)}")
    matrix, states = matrices[method](1.0, product, mu), [np.array([1.0, 0.0])]
    for _ in range(steps):
        states.append(matrix @ states[-1])
    found = np.array(states)
    if method == "nesterov":
        found[:, 0] += mu * found[:, 1]
    return found


def static_figure(
    *,
    product: float = PRODUCT,
    mu: float = MU,
    method: str = "momentum",
    steps: int = STEPS,
) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    Two panels in one column: the phase plane, the position over theory's hull. ValueError for an
    unknown method. pyplot forgets the figure, so that a notebook shows it once.
    """
    states = run(product, mu, method, steps)
    figure, (plane, position) = plots.panels(2, height=3.0)
    plt.close(figure)
    colour = plots.COLOURS["gradient descent" if mu == 0 else method]
    plane.plot(*states.T, "o-", ms=3, lw=1.4, color=colour)
    plane.plot(*states[0], "o", ms=9, mfc=plots.PAPER, mec=colour, mew=2)
    plane.set(xlabel="position", ylabel="velocity")
    plane.set_title(f"lr·λ = {product:.3g}, mu = {mu:.3g}")
    t = np.arange(steps + 1)
    hull = theory.envelope(product, mu, t, method)
    for side in (hull, -hull):
        plots.curve(position, t, side, "theory", label="")
    position.plot(t, states[:, 0], "o-", ms=3, lw=1.4, color=colour)
    reach = 1.12 * max(1.0, float(np.abs(states[:, 0]).max()))
    position.set(xlabel="step", ylabel="position", ylim=(-reach, reach))
    position.set_title("Position; dashed: theory")
    return figure
