"""Chapter 6's widget: the book's methods race on one surface, alive and as a still picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lossland import plots
from lossland.experiment import Trace, minimise
from lossland.methods import METHODS, optimizer
from lossland.optimizers import Optimizer
from lossland.surfaces import SURFACES, Surface, quadratic_bowl
from lossland.widgets.lines import LinesError, read
from lossland.widgets.own import WidgetWithOwn, walk

Array = NDArray[np.float64]
Maker = Callable[[float], Optimizer[Any]]
"""A method as a function of its learning rate."""

MU = METHODS["momentum"].defaults["mu"]
PLACES = {
    "rosenbrock": SURFACES["Rosenbrock"],
    "saddle": SURFACES["saddle"],
    "beale": SURFACES["Beale"],
    "wells": SURFACES["two minima"],
}
STARTERS = ["gradient descent", "momentum", "adagrad", "rmsprop", "adam"]
RATES = 10.0 ** (np.arange(26) / 5 - 4)
"""Learning rates (26,) that every method is tried at: five a decade."""
LAST = 10  # the worst of so many last steps is a run's score: a lucky last step wins nothing
FAR = 1e6  # against the first loss: the run is lost


class OptimizerRace(WidgetWithOwn):
    """The book's methods from one start, at one shared learning rate or each at its own best one.

    The reader sees the paths, the loss against the step, and the end of the race against the rate.
    The traits are the state that the page opens with; in a live notebook they follow the reader's
    hand.

    ``surface`` is "bowl" (with ``condition_number``), "rosenbrock", "saddle", "beale" or "wells".
    ``methods`` are names of ``lossland.methods.METHODS`` and run with its defaults: AdamW's weight
    decay pulls to 0, where the bowl's minimum happens to lie. ``rates`` is "shared", all at ``lr``,
    or "tuned": each at its best of the 26 RATES from the surface's own start, an equal budget.
    Adadelta's rate is a factor without unit. ``turn`` turns surface and start by
    whole degrees about the middle of the picture. ``start`` is a point [x0, x1] of the surface
    before it is turned, or [] for the surface's own. ``lines`` is a method that the reader can
    change in the page, one assignment a line as in ``lossland.widgets.lines``; TraitError when
    the page opens with lines that cannot be read. It runs beside the others as "yours".
    ``optimizer`` draws a method that Python runs: a pair as in ``lossland.optimizers``, or a step
    function as ``lossland.widgets.own.walk`` takes it, with ``lr`` and mu = 0.9.
    """

    bundle = "optimizer-race"
    heights = (1420, 2297)

    surface = traitlets.Enum(("bowl", *PLACES), "bowl").tag(sync=True)
    methods = traitlets.List(traitlets.Enum(tuple(METHODS)), default_value=STARTERS).tag(sync=True)
    lines = traitlets.Unicode().tag(sync=True)
    rates = traitlets.Enum(("shared", "tuned"), "shared").tag(sync=True)
    lr = traitlets.Float(0.02, min=1e-4, max=10.0).tag(sync=True)
    turn = traitlets.Int(0, min=0, max=90).tag(sync=True)
    start = traitlets.List(traitlets.Float(min=-6.0, max=6.0), maxlen=2).tag(sync=True)
    condition_number = traitlets.Float(30.0, min=1.0, max=1000.0).tag(sync=True)
    steps = traitlets.Int(100, min=20, max=300).tag(sync=True)

    def __init__(self, **traits: object) -> None:
        super().__init__(**traits)
        try:
            read(self.lines)
        except LinesError as error:  # later they are the reader's, and told in the page
            raise traitlets.TraitError(f"lines: {error}") from None

    @traitlets.validate("start")
    def _whole_point(self, proposal: traitlets.Bunch) -> list[float]:
        point: list[float] = proposal["value"]
        if len(point) == 1:
            raise traitlets.TraitError("start has 1 number: a point has 2, the surface's own none")
        return point

    @traitlets.observe(
        *("optimizer", "surface", "lr", "turn", "start", "condition_number", "steps")
    )
    def _walk_yours(self, _change: object) -> None:
        def path() -> Array:
            course, start = self._course()
            return walk(self.optimizer, course, start, steps=self.steps, lr=self.lr, mu=MU)

        self._show_own(path)

    def _course(self) -> tuple[Surface, Array]:
        """The turned surface and the start on it (2,)."""
        course = turned(flat_surface(self.surface, self.condition_number), self.turn)
        if not self.start:
            return course, course.start
        return course, place(course, self.turn)(np.array(self.start))

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture: see ``static_figure`` of this module."""
        course, start = self._course()
        return static_figure(
            course,
            start,
            self.methods,
            lr=self.lr if self.rates == "shared" else None,
            steps=self.steps,
            lines=self.lines,
        )


def flat_surface(name: str, condition_number: float) -> Surface:
    """The surface of that name before it is turned."""
    return quadratic_bowl(condition_number) if name == "bowl" else PLACES[name]


def place(surface: Surface, degrees: float) -> Callable[[Array], Array]:
    """The turn of points (..., 2) by ``degrees`` counter-clockwise about the window's middle."""
    middle = np.mean(surface.domain, axis=1)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[c, s], [-s, c]])  # for rows
    return lambda points: np.asarray(middle + (points - middle) @ turn)


def turned(surface: Surface, degrees: float) -> Surface:
    """``surface``, its minima and its start turned counter-clockwise about its window's middle.

    What takes the same steps in all directions walks the turned path and sees the same losses; a
    method that scales each variable by itself does not.
    """
    ahead, back = place(surface, degrees), place(surface, -degrees)
    middle = np.mean(surface.domain, axis=1)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.array([[c, -s], [s, c]])
    return replace(
        surface,
        formula=lambda x: surface.formula(back(x)),
        slope=lambda x: ahead(surface.slope(back(x)) + middle) - middle,
        curvature=lambda x: matrix @ surface.curvature(back(x)) @ matrix.T,
        minima=tuple(ahead(minimum) for minimum in surface.minima),
        start=ahead(surface.start),
    )


class Sweep(NamedTuple):
    """scores (26,): the worst of the last ten losses against the first; best: the best's rate."""

    scores: Array
    best: float


def run(course: Surface, start: Array, method: Optimizer[Any], steps: int) -> Trace:
    """A method's run; where the reader's own has no next step, the run up to there."""
    try:
        return minimise(course.loss_and_gradient, start, method, steps)
    except LinesError as error:
        return minimise(course.loss_and_gradient, start, method, error.step - 1)


def sweep(course: Surface, method: str | Maker, steps: int) -> Sweep:
    """A method tried at all RATES from the surface's start; ∞ for a run that is lost."""
    make = partial(optimizer, method) if isinstance(method, str) else method
    lowest = float(course.value(course.minima[0]))
    first = float(course.value(course.start)) - lowest
    scores = np.full(len(RATES), np.inf)
    for k, lr in enumerate(RATES):
        gaps = run(course, course.start, make(lr), steps).loss
        gaps = (gaps - lowest) / first
        if len(gaps) > steps and gaps.max() < FAR:
            scores[k] = max(0.0, float(gaps[-LAST:].max()))
    return Sweep(scores, float(RATES[scores.argmin()]))


def static_figure(
    course: Surface,
    start: Array,
    methods: Sequence[str],
    *,
    lr: float | None,
    steps: int,
    lines: str = "",
) -> Figure:
    """A race as a still picture, for print and for readers without scripts.

    Three panels in one column: the paths from ``start`` (2,) on ``course``, the loss above its
    lowest minimum, and the loss at the end against the rate. ``lr`` is the shared rate; None gives
    each method its best. ``lines`` is one more method, "yours", as ``lossland.widgets.lines`` reads
    it. pyplot forgets the figure, so that a notebook shows it once.
    """
    figure, (path_axes, loss_axes, rate_axes) = plots.panels(3, height=3.4)
    plt.close(figure)
    course = replace(course, domain=_window(course))
    plots.contour(path_axes, course, equal=True)
    lowest = float(course.value(course.minima[0]))
    first = max(float(course.value(start)) - lowest, 1e-300)
    makers: dict[str, Maker] = {method: partial(optimizer, method) for method in methods}
    if own := read(lines):
        makers["yours"] = own
    for method, make in makers.items():
        found = sweep(course, make, steps)
        rate = found.best if lr is None else lr
        trace = run(course, start, make(rate), steps)
        plots.path(path_axes, trace.x, method, label="")
        gap = np.clip((trace.loss - lowest) / first, 1e-30, 1e30)
        loss_axes.plot(np.arange(len(gap)), gap, color=plots.COLOURS[method], label=method)
        _draw_sweep(rate_axes, found, method)
    (x_low, x_high), (y_low, y_high) = course.domain
    path_axes.set(xlim=(x_low, x_high), ylim=(y_low, y_high))
    path_axes.set_title(f"The paths, {steps} steps")

    plots.log_loss(loss_axes, ylabel="loss / first loss")
    loss_axes.set(xlim=(0, steps), ylim=(1e-10, 1e2))
    shared = "each at its best rate" if lr is None else f"all at lr = {lr:g}"
    loss_axes.set_title(f"Loss above the minimum, {shared}")
    if makers:
        loss_axes.legend(ncols=2, fontsize=9)
    if lr is not None:
        rate_axes.axvline(lr, color=plots.INK, ls="--", lw=1.5)
    rate_axes.set(xscale="log", yscale="log", ylim=(1e-10, 10), xlim=(8e-5, 12.5))
    rate_axes.set(xlabel="learning rate", ylabel="loss / first loss")
    rate_axes.set_title("The end against the rate; a disc at the best")
    return figure


def _window(course: Surface) -> tuple[tuple[float, float], tuple[float, float]]:
    """A square about the domain's middle that holds the start at every turn, as in the page."""
    a, b = np.mean(course.domain, axis=1).tolist()
    half = 1.15 * float(np.ptp(course.domain, axis=1).max()) / 2
    return (a - half, a + half), (b - half, b + half)


def _draw_sweep(axes: Axes, found: Sweep, method: str) -> None:
    """One method's valley of rates, with its best rate as a disc."""
    colour = plots.COLOURS[method]
    scores = np.clip(found.scores, 1e-10, 100)
    axes.plot(RATES, scores, color=colour)
    axes.plot(found.best, scores.min(), "o", ms=8, color=colour, mec=plots.PAPER)
