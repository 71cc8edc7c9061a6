"""Ensembles of neural networks at equal compute, on the scoreboard's pictures.

A recipe gets a number of epochs to spend and returns what it answers on the test pictures, with
what it has spent. One epoch is the gradient of every training picture once, in a network of UNITS
hidden units; a network of four times as many units pays four epochs for one. Every run is
mini-batch momentum from ``lossland.experiment.train``.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossland import networks
from lossland.datasets import CLASS_NAMES, DATA, load_fashion_mnist
from lossland.ensembles import average_weights, distillation_loss
from lossland.experiment import train
from lossland.losses import cross_entropy, softmax
from lossland.optimizers import momentum
from lossland.schedules import cosine

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Scores = Callable[[Array, Labels], tuple[float, Array]]
"""(scores of a batch, the batch's row numbers) -> (loss, gradient in the scores)"""

UNITS = 32
BATCH = 100
MU = 0.9
LR = 0.03
DECAY = 1e-3
"""Learning rate and L2 penalty (reg·Σx²) of every recipe but the search, which chooses its own."""
TEMPERATURE, ALPHA = 2.0, 0.5
"""Of distillation; the best of six pairs on held-out training pictures."""
CLASSES = len(CLASS_NAMES)


RECORD = DATA / "ensembles.json"
"""What ``python -m tools.make_ensemble_record`` has measured."""


def recorded() -> dict[str, Any]:
    """The contest as it was run once: accuracies over seeds, networks a picture passes, seconds."""
    found: dict[str, Any] = json.loads(RECORD.read_text("utf8"))
    return found


class Pictures(NamedTuple):
    """X (n, 196) and X_test: pixels minus the training mean, in units of 100; labels 0 … 9."""

    X: Array
    y: Labels
    X_test: Array
    y_test: Labels

    def first(self, count: int) -> Pictures:
        """Every class's first pictures, ``count`` of the training ones in all."""
        rows = np.arange(0, len(self.X), len(self.X) // count)[:count]
        return self._replace(X=self.X[rows], y=self.y[rows])


class Answer(NamedTuple):
    """What a recipe gives: probabilities (n_test, classes); ``epochs`` spent on training;
    ``networks`` that a new picture passes through; ``seconds`` of CPU, tests not counted."""

    shares: Array
    epochs: float
    networks: float
    seconds: float


Recipe = Callable[[Pictures, int, np.random.Generator], Answer]


def pictures() -> Pictures:
    """The scoreboard's pictures as the networks see them."""
    stored, test = load_fashion_mnist()
    mean = stored.X.mean(axis=0)
    return Pictures((stored.X - mean) / 100, stored.y, (test.X - mean) / 100, test.y)


def run(
    data: Pictures,
    epochs: int,
    rng: np.random.Generator,
    *,
    units: int = UNITS,
    lr: float = LR,
    decay: float = DECAY,
    cycles: int = 1,
    annealed: bool = True,
    loss: Scores | None = None,
) -> list[Array]:
    """One run of a network: its parameters at the start and after every epoch (epochs + 1).

    ``annealed`` lets the rate fall to 0 as a half cosine, ``cycles`` times; else it stays ``lr``.
    ``loss`` is the cross-entropy with the labels unless another one is given.
    """
    widths = (data.X.shape[1], units, CLASSES)
    length = epochs // cycles * math.ceil(len(data.X) / BATCH)
    wanted: Scores = loss or (lambda scores, rows: cross_entropy(scores, data.y[rows]))

    def rate(t: int) -> float:
        return cosine(lr, t % length, length) if annealed else lr

    def loss_and_gradient(x: Array, X: Array, rows: Labels) -> tuple[float, Array]:
        value, gradient = networks.loss_and_gradient(
            x, widths, X, lambda scores: wanted(scores, rows)
        )
        return value + decay * float(x @ x), gradient + 2 * decay * x

    seen: list[Array] = []

    def look(x: Array) -> float:
        seen.append(x)
        return 0.0

    start = networks.initial(widths, rng)
    train(
        loss_and_gradient,
        start,
        data.X,
        np.arange(len(data.X)),
        momentum(rate, MU),
        batch_size=BATCH,
        epochs=epochs,
        rng=rng,
        evaluate=look,
    )
    return seen


def scores(x: Array, X: Array) -> Array:
    """The scores (n, classes) of a network with one hidden layer, whose width follows from x."""
    units = (len(x) - CLASSES) // (X.shape[1] + 1 + CLASSES)
    return networks.predict(x, (X.shape[1], units, CLASSES), X)


def mean_shares(found: Sequence[Array], X: Array) -> Array:
    """The mean of the probabilities that networks with parameters ``found`` give to X."""
    return np.asarray(np.mean([softmax(scores(x, X)) for x in found], axis=0))


def one(data: Pictures, epochs: int, rng: np.random.Generator) -> Answer:
    """One network, the whole budget."""
    return _timed(data, epochs, 1, lambda: run(data, epochs, rng)[-1:])


def wide(data: Pictures, epochs: int, rng: np.random.Generator) -> Answer:
    """One network of four times as many units, a quarter of the epochs."""
    return _timed(data, epochs, 4, lambda: run(data, epochs // 4, rng, units=4 * UNITS)[-1:])


def initialisations(data: Pictures, epochs: int, rng: np.random.Generator) -> Answer:
    """Four networks from different initialisations, a quarter of the epochs each."""
    return _timed(data, epochs, 4, lambda: [run(data, epochs // 4, rng)[-1] for _ in range(4)])


def top_of_search(data: Pictures, epochs: int, rng: np.random.Generator) -> Answer:
    """The four best of a random search over learning rate and penalty, ten trials.

    lr is drawn from 0.003 … 0.3 and the penalty from 1e-5 … 1e-2, both log-uniform; a trial trains
    on four fifths of the pictures and is judged on the others. Its epochs are as long in steps as
    those of the other recipes.
    """

    def search() -> list[Array]:
        order = rng.permutation(len(data.X))
        fit, judge = order[len(order) // 5 :], order[: len(order) // 5]
        part = data._replace(X=data.X[fit], y=data.y[fit])
        each = round(epochs / 10 * len(order) / len(fit))
        found: list[tuple[float, Array]] = []
        for _ in range(10):
            lr, decay = 10 ** rng.uniform(-2.5, -0.5), 10 ** rng.uniform(-5, -2)
            x = run(part, each, rng, lr=lr, decay=decay)[-1]
            found.append((hits(scores(x, data.X[judge]), data.y[judge]), x))
        found.sort(key=lambda pair: -pair[0])
        return [x for _, x in found[:4]]

    return _timed(data, epochs, 4, search)


def checkpoints(data: Pictures, epochs: int, rng: np.random.Generator) -> Answer:
    """The ends of four cosine cycles of one run: snapshots. Source: Huang et al. 2017."""
    return _timed(data, epochs, 4, lambda: run(data, epochs, rng, cycles=4)[:: epochs // 4][1:])


def late_checkpoints(data: Pictures, epochs: int, rng: np.random.Generator) -> Answer:
    """Four late checkpoints of one run at a constant rate, a twelfth of the run apart."""
    gap = max(1, epochs // 12)
    return _timed(data, epochs, 4, lambda: run(data, epochs, rng, annealed=False)[::-gap][:4])


def constant(data: Pictures, epochs: int, rng: np.random.Generator) -> Answer:
    """The last parameters of a run at a constant rate: what the next recipe averages."""
    return _timed(data, epochs, 1, lambda: run(data, epochs, rng, annealed=False)[-1:])


def running_average(data: Pictures, epochs: int, rng: np.random.Generator) -> Answer:
    """The running average of the parameters, one checkpoint an epoch, decay 0.9."""

    def averaged() -> list[Array]:
        return [average_weights(run(data, epochs, rng, annealed=False)[1:], 0.9)]

    return _timed(data, epochs, 1, averaged)


def distilled(data: Pictures, epochs: int, rng: np.random.Generator) -> Answer:
    """A student, a quarter of the epochs, of three networks that have a quarter each."""
    quarter = epochs // 4

    def student() -> list[Array]:
        taught = teaching([run(data, quarter, rng)[-1] for _ in range(3)], data)
        return run(data, quarter, rng, loss=taught)[-1:]

    return _timed(data, epochs, 1, student)


def teaching(teachers: Sequence[Array], data: Pictures) -> Scores:
    """The loss of a student: TEMPERATURE and ALPHA, and what the teachers answer together.

    That is computed once, on all training pictures.
    """
    teacher = np.log(np.maximum(mean_shares(teachers, data.X), 1e-300))

    def soft(batch: Array, rows: Labels) -> tuple[float, Array]:
        return distillation_loss(batch, teacher[rows], data.y[rows], TEMPERATURE, ALPHA)

    return soft


RECIPES: dict[str, Recipe] = {
    "one network": one,
    "one network, four times as wide": wide,
    "four initialisations": initialisations,
    "top four of a search": top_of_search,
    "four snapshots of one run": checkpoints,
    "four late checkpoints": late_checkpoints,
    "constant rate, no average": constant,
    "running average of the parameters": running_average,
    "student of three": distilled,
}


def hits(shares: Array, y: Labels) -> float:
    """The part of the pictures whose highest share or score is the right class's."""
    return float((shares.argmax(axis=1) == y).mean())


def _timed(data: Pictures, epochs: int, passes: float, train_it: Callable[[], Any]) -> Answer:
    started = time.process_time()
    found = train_it()
    seconds = time.process_time() - started
    return Answer(mean_shares(found, data.X_test), epochs, passes, seconds)
