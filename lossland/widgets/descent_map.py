"""Chapter 4's widget: plain descent in a bowl, exact or noisy, alive and as a still picture."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from lossland import plots, theory
from lossland.experiment import minimise
from lossland.optimizers import Optimizer, gradient_descent
from lossland.surfaces import Surface, quadratic_bowl
from lossland.widgets.own import WidgetWithOwn, plain_step, walk
from lossland.widgets.seeded import normals

Array = NDArray[np.float64]

METHOD = "gradient descent"
ANGLE = np.pi / 6  # of the bowl's flat axis


class DescentMap(WidgetWithOwn):
    """Plain descent on a bowl with eigenvalues 1 and κ, with noise as from mini-batches.

    The reader sees the path and the loss over theory's line, and chooses the learning rate and
    either κ (``shows="ravine"``, with a third picture: where lr·λ of both eigenvectors lies against
    1 and the edge 2) or the noise (``shows="noise"``). The traits are the state that the page
    opens with; in a live notebook they follow the reader's hand.

    ``lr`` is kept within 0.02 ≤ lr·κ ≤ 2.4. ``noise`` is the standard deviation of each entry of
    the gradient, ``seed`` says which noise. ``start`` is [x0, x1] within ±2. ``optimizer`` draws
    the reader's own method as "yours" from the same start with the same noise: a pair as in
    ``lossland.optimizers``, or a step ``step(x, gradient) -> x`` or ``step(x, gradient, lr) -> x``.
    """

    bundle = "descent-map"
    shows = traitlets.Enum(("ravine", "noise"), "ravine").tag(sync=True)
    heights = (1022, 1468)

    lr = traitlets.Float(0.06, min=0.0).tag(sync=True)
    condition_number = traitlets.Float(30.0, min=1.0, max=1000.0).tag(sync=True)
    noise = traitlets.Float(0.0, min=0.0, max=10.0).tag(sync=True)
    seed = traitlets.Int(1, min=0, max=10**9).tag(sync=True)
    start = traitlets.List(
        traitlets.Float(min=-2.0, max=2.0), default_value=[-1.8, 1.0], minlen=2, maxlen=2
    ).tag(sync=True)
    angle = traitlets.Float(ANGLE, help="turn of the bowl, radians").tag(sync=True)
    steps = traitlets.Int(100, min=10, max=1000).tag(sync=True)

    @traitlets.observe(
        *("optimizer", "lr", "condition_number", "noise", "seed", "start", "angle", "steps")
    )
    def _walk_yours(self, _change: object) -> None:
        def path() -> Array:
            bowl = seeded_bowl(self.condition_number, self.angle, self.noise, self.seed, self.steps)
            is_pair = isinstance(self.optimizer, Optimizer)
            own = self.optimizer if is_pair else plain_step(self.optimizer, self.lr)
            return walk(own, bowl, np.array(self.start), steps=self.steps, lr=self.lr, mu=0.0)

        self._show_own(path)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(
            lr=self.lr,
            condition_number=self.condition_number,
            noise=self.noise,
            seed=self.seed,
            start=self.start,
            angle=self.angle,
            steps=self.steps,
            shows=self.shows,
        )


class NoisyDescent(DescentMap):
    """The same walk with the noise in the reader's hand, and a bowl that stays as it is."""

    heights = (802, 1300)
    shows = traitlets.Enum(("ravine", "noise"), "noise").tag(sync=True)
    noise = traitlets.Float(1.0, min=0.0, max=10.0).tag(sync=True)

    @traitlets.default("key")
    def _default_key(self) -> str:
        return "noisy-descent"


def seeded_bowl(
    condition_number: float, angle: float, noise: float, seed: int, steps: int
) -> Surface:
    """The quadratic bowl whose first ``steps`` gradients carry the noise that the page draws.

    Later gradients are exact: ``minimise`` asks for one more than it walks.
    """
    exact = quadratic_bowl(condition_number, angle)
    kicks = iter(noise * normals(seed, 2 * steps).reshape(steps, 2))
    return replace(exact, slope=lambda x: exact.slope(x) + next(kicks, 0.0))


def bound(found: Array, condition_number: float, lr: float, noise: float) -> Array:
    """Theory's line above the mean loss: loss₀·ρ²ᵗ + the noise floor, t = 0 … steps.

    ``found`` (steps + 1,) is the run's loss; ρ the larger of both eigenvectors' |1 − lr·λ|. The
    floor is ½·Σλ·variance in the long run (``theory.stationary_variance``), 0 beyond the edge.
    """
    eigenvalues = np.array([1.0, condition_number])
    rate = float(theory.gd_rate(eigenvalues, lr).max())
    floor = 0.0
    if lr * condition_number < 2:
        variance = theory.stationary_variance(eigenvalues, lr, 0.0, noise)
        floor = float((eigenvalues * variance).sum() / 2)
    return np.asarray(found[0] * rate ** (2 * np.arange(len(found))) + floor)


def static_figure(
    *,
    lr: float = 0.06,
    condition_number: float = 30.0,
    noise: float = 0.0,
    seed: int = 1,
    start: ArrayLike = (-1.8, 1.0),
    angle: float = ANGLE,
    steps: int = 100,
    shows: str = "ravine",
) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    Panels in one column: the path on the bowl, the loss over theory's line, and for
    ``shows="ravine"`` the factor |1 − lr·λ| with both eigenvectors on it. pyplot forgets the
    figure, so that a notebook shows it once.
    """
    rows = 3 if shows == "ravine" else 2
    figure, (bowl_axes, loss_axes, *others) = plots.panels(rows, height=3.2)
    plt.close(figure)
    bowl = seeded_bowl(condition_number, angle, noise, seed, steps)
    trace = minimise(bowl.loss_and_gradient, start, gradient_descent(lr), steps)
    plots.contour(bowl_axes, bowl, equal=True)
    plots.path(bowl_axes, trace.x, METHOD, label="")
    (x_low, x_high), (y_low, y_high) = bowl.domain
    bowl_axes.set(xlim=(x_low, x_high), ylim=(y_low, y_high), title="The path on the bowl")

    t, scale = np.arange(len(trace.loss)), max(float(trace.loss[0]), 1e-300)
    line = bound(trace.loss, condition_number, lr, noise) / scale
    plots.curve(loss_axes, t, np.maximum(line, 1e-30), "theory", label="")
    plots.curve(loss_axes, t, np.maximum(trace.loss / scale, 1e-30), METHOD, label="")
    plots.log_loss(loss_axes, ylabel="loss / first loss")
    loss_axes.set(ylim=(1e-12, 1e3), title="The loss; dashed: theory")
    for factor_axes in others:
        _draw_factor(factor_axes, lr, condition_number)
    return figure


def _draw_factor(axes: Axes, lr: float, condition_number: float) -> None:
    """The law |1 − lr·λ| with the flat and the steep eigenvector on it, and its three regions."""
    plots.curve(axes, [0, 1, 2.4], [1, 0, 1.4], "theory", label="")
    axes.axvline(2, color=plots.INK, lw=1)
    for eigenvalue, name in ((1.0, "flat"), (condition_number, "steep")):
        a = lr * eigenvalue
        axes.plot(a, abs(1 - a), "o", ms=8, color=plots.COLOURS[METHOD])
        plots.label_line(axes, a, abs(1 - a), name, METHOD, side="right" if a < 1.2 else "left")
    for a, text in ((0.5, "comes down"), (1.5, "jumps across,\nconverges"), (2.2, "diverges")):
        axes.text(a, 1.5, text, ha="center", va="top", fontsize=10)
    axes.set(xlim=(0, 2.4), ylim=(0, 1.55), xlabel="lr·λ", ylabel="factor")
    axes.set_title("Factor of the error per step, |1 − lr·λ|")
