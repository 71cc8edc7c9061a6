"""What has to be minimised: seven tasks, from a bowl to a network.

One *evaluation* is one call of ``loss_and_gradient``: the whole function on a surface, one batch of
BATCH examples where there are data. A *score* is what is better when it is lower: on a surface
log₁₀ of the height that is left over the height of the start (−3 is a thousandth), with data the
mean cross-entropy of examples that were not trained on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossland import networks
from lossland.benchmark.protocol import generator
from lossland.datasets import scoreboard
from lossland.losses import cross_entropy, quadratic
from lossland.surfaces import rosenbrock

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

BATCH = 50
LINEAR, HIDDEN = (196, 10), (196, 32, 10)
LEAST = 1e-16
"""Less than this part of the first height is not told apart: rounding reigns there."""


class Problem(NamedTuple):
    """A task under one seed: start and order of the data.

    ``loss_and_gradient`` is one evaluation, at the next batch where there are data; ``validation``
    and ``held_out`` are scores, and cost no evaluation.
    """

    x: Array
    loss_and_gradient: Callable[[Array], tuple[float, Array]]
    validation: Callable[[Array], float]
    held_out: Callable[[Array], float]


@dataclass(frozen=True)
class Task:
    """A task for all methods."""

    name: str
    label: str
    """What stands in a table."""
    make: Callable[[np.random.Generator], Problem]
    data: bool
    """Whether the score is a cross-entropy; else it counts decades."""
    target: float
    """The validation score that counts as there: a round number that most methods reached before
    the end in a pilot with other seeds, set before the benchmark was run."""
    evaluations: int = 300
    every: int = 10
    """Evaluations between two looks at the validation score."""
    tuning_seeds: int = 1
    """A trial's validation score is the mean over so many seeds, the same for every trial."""
    twin: str = ""
    """Another task whose random numbers this one uses."""
    widths: tuple[int, ...] = ()
    """Of the network whose parameters x are, where its weights are matrices of several columns."""

    @property
    def stream(self) -> str:
        """What its random numbers are named after."""
        return self.twin or self.name


class Split(NamedTuple):
    """Examples X (n, d) and labels y (n,) of one part of the data."""

    X: Array
    y: Labels


class Data(NamedTuple):
    """Train on the first, choose by the second, report the third."""

    training: Split
    validation: Split
    held_out: Split


DIM = 20
CONDITION_NUMBER = 1000.0
EIGENVALUES: Array = np.geomspace(1 / CONDITION_NUMBER, 1.0, DIM)


@cache
def rotation() -> Array:
    """An orthogonal matrix (DIM, DIM), the same for every seed: all axes are mixed."""
    q, r = np.linalg.qr(generator("rotation").standard_normal((DIM, DIM)))
    return np.asarray(q * np.sign(np.diag(r)))


def bowl(rng: np.random.Generator) -> Problem:
    """½·Σλᵢ(xᵢ − cᵢ)², the eigenvalues from 10⁻³ to 1; c and start − c are standard normal.

    The minimum is not 0, where weight decay would pull.
    """
    minimum, way = rng.standard_normal((2, DIM))
    return _surface(quadratic(np.diag(EIGENVALUES), minimum), minimum + way)


def rotated_bowl(rng: np.random.Generator) -> Problem:
    """The same bowl and start, turned: a method that knows no axes cannot tell the difference."""
    Q = rotation()
    H = Q * EIGENVALUES @ Q.T
    minimum, way = rng.standard_normal((2, DIM)) @ Q.T
    return _surface(quadratic((H + H.T) / 2, minimum), minimum + way)


def valley(rng: np.random.Generator) -> Problem:
    """Rosenbrock's function from a start in its window [−2, 2] × [−1, 3]."""
    surface = rosenbrock()
    low, high = np.array(surface.domain).T
    return _surface(surface.loss_and_gradient, low + (high - low) * rng.random(2))


def shirts(rng: np.random.Generator) -> Problem:
    """Logistic regression: T-shirts and shirts against pullovers and coats. Start at 0."""
    return _trained(_shirts(), (196, 1), np.zeros(197), _logistic, rng)


def softmax(rng: np.random.Generator) -> Problem:
    """The scoreboard's ten classes by softmax. Start at 0."""
    return _trained(_scoreboard(), LINEAR, np.zeros(networks.size(LINEAR)), cross_entropy, rng)


def network(rng: np.random.Generator) -> Problem:
    """The scoreboard's ten classes by a layer of 32 rectifiers and a softmax."""
    return _trained(_scoreboard(), HIDDEN, networks.initial(HIDDEN, rng), cross_entropy, rng)


def sparse(rng: np.random.Generator) -> Problem:
    """Logistic regression on features of which most are absent most of the time. Start at 0."""
    return _trained(sparse_data(), (SPARSE, 1), np.zeros(SPARSE + 1), _logistic, rng)


TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task("quadratic", "ill-conditioned bowl", bowl, False, -3.0, tuning_seeds=3),
        Task(
            "rotated",
            "the same, rotated",
            rotated_bowl,
            False,
            -3.0,
            tuning_seeds=3,
            twin="quadratic",
        ),
        Task("rosenbrock", "Rosenbrock's valley", valley, False, -3.0, tuning_seeds=3),
        Task("logistic", "logistic regression", shirts, True, 0.42),
        Task("softmax", "softmax", softmax, True, 0.6, widths=LINEAR),
        Task("network", "two-layer network", network, True, 0.55, widths=HIDDEN),
        Task("sparse", "sparse features", sparse, True, 0.3),
    )
}

SPARSE = 300
"""Features of the sparse task."""


@cache
def sparse_data() -> Data:
    """Feature j is present with probability (j + 1)^(−0.8), and then 1: like words, few are common.

    A label is drawn with probability 1/(1 + e^(−x·w)), w normal with standard deviation 3, so that
    a rare feature says as much about its example as a common one.
    """
    rng = generator("sparse")
    often = (1.0 + np.arange(SPARSE)) ** -0.8
    X = (rng.random((5000, SPARSE)) < often).astype(np.float64)
    w = 3 * rng.standard_normal(SPARSE)
    y = (rng.random(5000) < 1 / (1 + np.exp(-X @ w))).astype(np.int64)
    return _split(X[:4000], y[:4000], Split(X[4000:], y[4000:]))


@cache
def _scoreboard() -> Data:
    X, y, X_test, y_test = scoreboard()
    return _split(X[:, :-1] / 128, y, Split(X_test[:, :-1] / 128, y_test))


@cache
def _shirts() -> Data:
    X, y, X_test, y_test = scoreboard()
    kept, kept_test = np.isin(y, (0, 2, 4, 6)), np.isin(y_test, (0, 2, 4, 6))
    held_out = Split(
        X_test[kept_test, :-1] / 128, np.isin(y_test[kept_test], (2, 4)).astype(np.int64)
    )
    return _split(X[kept, :-1] / 128, np.isin(y[kept], (2, 4)).astype(np.int64), held_out)


def _split(X: Array, y: Labels, held_out: Split) -> Data:
    """Keep a tenth of the examples for validation, the same for every seed."""
    order = generator("validation", len(X)).permutation(len(X))
    here, there = np.split(order, [len(X) // 10])
    return Data(Split(X[there], y[there]), Split(X[here], y[here]), held_out)


def _surface(loss_and_gradient: Callable[[Array], tuple[float, Array]], x: Array) -> Problem:
    first = loss_and_gradient(x)[0]

    def score(x: Array) -> float:
        return float(np.log10(max(loss_and_gradient(x)[0] / first, LEAST)))

    return Problem(x, loss_and_gradient, score, score)


def _trained(
    data: Data,
    widths: tuple[int, ...],
    x: Array,
    loss: Callable[[Array, Labels], tuple[float, Array]],
    rng: np.random.Generator,
) -> Problem:
    """Batches cut from one fresh permutation an epoch; a short rest is dropped."""
    X, y = data.training
    order: list[Labels] = []

    def loss_and_gradient(x: Array) -> tuple[float, Array]:
        if not order:
            whole = len(y) // BATCH * BATCH
            order.extend(np.split(rng.permutation(len(y))[:whole], whole // BATCH))
        batch = order.pop()
        return networks.loss_and_gradient(x, widths, X[batch], lambda s: loss(s, y[batch]))

    def score(part: Split) -> Callable[[Array], float]:
        return lambda x: loss(networks.predict(x, widths, part.X), part.y)[0]

    return Problem(x, loss_and_gradient, score(data.validation), score(data.held_out))


def _logistic(scores: Array, y: Labels) -> tuple[float, Array]:
    """Mean of ln(1 + e^(−s)) where y is 1 and ln(1 + eˢ) where it is 0; gradient (n, 1)."""
    s = scores[:, 0]
    loss = float((np.logaddexp(0, s) - y * s).mean())
    chance = np.exp(-np.logaddexp(0, -s))
    return loss, ((chance - y) / len(y))[:, None]
