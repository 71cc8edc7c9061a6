"""Chapter 9's widget: averages of correlated members and boosted trees, alive and as a picture."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from lossland import plots
from lossland.trees import Boosted, boost
from lossland.widgets.base import Widget
from lossland.widgets.regression import middles, truth
from lossland.widgets.seeded import normals

Array = NDArray[np.float64]

MODES = ("average", "boosting")
MOST = 50  # members
ENSEMBLES = 100  # the first one is on show
SPREAD = 0.5  # standard deviation of a member's error
WAVES = 6
MOST_ROUNDS = 100
NOISE = 0.4  # of the labels that are boosted
X = middles(60)
AT = middles(400)
"""Where predictions are compared with the truth."""


class EnsembleLab(Widget):
    """Members averaged, or trees boosted, on the curve sin(5x + ½) of [−1, 1].

    With ``mode`` "average" the reader sees the predictions of up to 50 ``members`` whose errors
    have a chosen ``correlation``, their average, and its squared error, measured over 100
    ensembles, against ρσ² + (1 − ρ)σ²/M. With "boosting", trees of ``depth`` 1 to 3 fitted to the
    residuals of 60 noisy labels, and training and test error against ``rounds``; a tree counts
    ``shrinkage`` times, which the page sets. ``seed`` says which members or labels. The traits are
    the state that the page opens with; in a live notebook they follow the reader's hand.
    """

    bundle = "ensemble-lab"
    heights = (735, 1185)

    mode = traitlets.Enum(MODES, "average").tag(sync=True)
    members = traitlets.Int(10, min=1, max=MOST).tag(sync=True)
    correlation = traitlets.Float(0.2, min=0.0, max=1.0).tag(sync=True)
    rounds = traitlets.Int(15, min=0, max=MOST_ROUNDS).tag(sync=True)
    depth = traitlets.Int(2, min=1, max=3).tag(sync=True)
    shrinkage = traitlets.Float(0.3, min=0.01, max=1.0).tag(sync=True)
    seed = traitlets.Int(1, min=0, max=10**9).tag(sync=True)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(
            mode=self.mode,
            members=self.members,
            correlation=self.correlation,
            rounds=self.rounds,
            depth=self.depth,
            shrinkage=self.shrinkage,
            seed=self.seed,
        )


def member_errors(correlation: float, seed: int) -> Array:
    """The page's members' errors (ENSEMBLES, MOST, waves) as coefficients in ``waves``.

    A member errs by SPREAD·(√ρ·shared + √(1 − ρ)·own), two curves with standard normal
    coefficients, so that two members' errors at a place have the correlation ρ.
    """
    shape = (ENSEMBLES, 1 + MOST, 2 * WAVES)
    drawn = normals(seed, int(np.prod(shape))).reshape(shape)
    shared, own = drawn[:, :1], drawn[:, 1:]
    errors = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
    return np.asarray(SPREAD * errors)


def waves(x: Array) -> Array:
    """The curves (2·WAVES, n) at x that errors are made of: squares sum to 1 at every place."""
    turns = np.pi * np.arange(1, WAVES + 1)[:, None] * x
    pairs = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return np.asarray(pairs.reshape(2 * WAVES, -1) / np.sqrt(WAVES))


def average_errors(correlation: float, seed: int) -> Array:
    """The mean squared error (ENSEMBLES, MOST) over [−1, 1] of the average of 1 to MOST members."""
    counts = np.arange(1, MOST + 1)[:, None]
    averages = np.cumsum(member_errors(correlation, seed), axis=1) / counts
    return np.asarray((averages**2).sum(axis=-1) / (2 * WAVES))  # the waves are orthogonal


def expected_error(correlation: float, members: ArrayLike) -> Array:
    """ρσ² + (1 − ρ)σ²/M, the expected squared error of the average of M members."""
    return np.asarray(SPREAD**2 * (correlation + (1 - correlation) / np.asarray(members)))


def boosted(depth: int, shrinkage: float, seed: int) -> tuple[Array, Boosted]:
    """The page's labels (60,) at X, and MOST_ROUNDS trees boosted on them."""
    labels = truth(X) + NOISE * normals(seed, len(X))
    return labels, boost(X[:, None], labels, MOST_ROUNDS, depth, shrinkage)


def boosting_errors(labels: Array, found: Boosted) -> tuple[Array, Array]:
    """Training error, and expected error on new labels at ``AT``, after 0, 1, … rounds."""
    training = ((labels - found.staged(X[:, None])) ** 2).mean(axis=1)
    miss = ((truth(AT) - found.staged(AT[:, None])) ** 2).mean(axis=1)
    return training, NOISE**2 + miss


def static_figure(
    *,
    mode: str = "average",
    members: int = 10,
    correlation: float = 0.2,
    rounds: int = 15,
    depth: int = 2,
    shrinkage: float = 0.3,
    seed: int = 1,
) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    Two panels in one column: the predictions, and the error against members or rounds. pyplot
    forgets the figure, so that a notebook shows it once. ValueError for an unknown mode.
    """
    if mode not in MODES:
        raise ValueError(f"{mode!r} is unknown: it must be one of {', '.join(MODES)}")
    figure, (fit_axes, error_axes) = plots.panels(2, height=3.6)
    plt.close(figure)
    if mode == "average":
        _draw_average(fit_axes, error_axes, members, correlation, seed)
    else:
        _draw_boosting(fit_axes, error_axes, rounds, boosted(depth, shrinkage, seed))
        fit_axes.set_title(f"The sum of {rounds} trees of depth {depth}")
    fit_axes.plot(AT, truth(AT), "--", color=plots.COLOURS["theory"], lw=1.5, label="truth")
    fit_axes.set(ylim=(-2.6, 2.6), xticks=(-1, -0.5, 0, 0.5, 1), xlabel="x", ylabel="prediction")
    fit_axes.legend(ncols=3, loc="upper center", columnspacing=1, handlelength=1.3)
    error_axes.legend(columnspacing=1, handlelength=1.6)
    error_axes.set_ylabel("mean squared error")
    return figure


def _draw_average(
    fit_axes: Axes, error_axes: Axes, members: int, correlation: float, seed: int
) -> None:
    """The members with their average, and its error against their number."""
    colours = plots.COLOURS
    lines = truth(AT) + member_errors(correlation, seed)[0, :members] @ waves(AT)
    fit_axes.plot(AT, lines.T, color=colours["variance"], lw=0.9, alpha=0.35)
    fit_axes.plot([], [], color=colours["variance"], lw=0.9, label="members")
    fit_axes.plot(AT, lines.mean(axis=0), color=colours["total"], lw=3, label="average")
    fit_axes.set_title(f"{members} members, correlation {correlation:.2f}")

    counts = np.arange(1, MOST + 1)
    errors = average_errors(correlation, seed)
    mean, one = errors.mean(axis=0), errors[0]
    error_axes.plot(counts, one, color=colours["variance"], lw=1.1, label="this one")
    error_axes.plot(counts, mean, color=colours["total"], label="mean")
    expected = expected_error(correlation, counts)
    error_axes.plot(counts, expected, "--", color=colours["theory"], lw=1.5, label="theory")
    error_axes.plot(members, mean[members - 1], "o", ms=9, color=colours["total"], mec=plots.PAPER)
    error_axes.set(xscale="log", yscale="log", ylim=(2e-3, 1), xlabel="members M")
    ticks = (1, 2, 5, 10, 20, 50)
    error_axes.set_xticks(ticks, [str(tick) for tick in ticks])
    error_axes.set_title(f"Error of the average, mean of {ENSEMBLES} ensembles")


def _draw_boosting(
    fit_axes: Axes, error_axes: Axes, rounds: int, made: tuple[Array, Boosted]
) -> None:
    """The labels with the sum of the trees, and both errors against the rounds."""
    colours = plots.COLOURS
    labels, found = made
    fit_axes.plot(X, labels, ".", color=colours["noise"], label="labels")
    edges = np.concatenate([[-1], (X[1:] + X[:-1]) / 2, [1]])
    stage = found.staged(X[:, None])[rounds]
    fit_axes.stairs(stage, edges, baseline=None, color=colours["total"], lw=3, label="sum of trees")

    training, test = boosting_errors(labels, found)
    for name, errors, label in (("training", training, "training"), ("total", test, "test")):
        error_axes.plot(errors, color=colours[name], label=label)
        error_axes.plot(rounds, errors[rounds], "o", ms=8, color=colours[name], mec=plots.PAPER)
    error_axes.axhline(NOISE**2, ls="--", color=colours["theory"], lw=1.5, label="noise σ²")
    error_axes.set(ylim=(0, 0.85), xlabel="rounds", title="Error of the sum of the trees")
