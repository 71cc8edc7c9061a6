"""Run chapter 9's contest again: lossland/data/ensembles.json.

    python -m tools.make_ensemble_record [FILE]

Every recipe of ``lossland.recipes`` spends EPOCHS epochs, SEEDS times; a forest of 50 trees is
grown as often; and the lines that the scoreboard has from earlier chapters are run once each for
their seconds. Accuracies are the same on every machine but for the order in which it adds; seconds
are those of one core of the machine that ran this. ``small`` is a contest of a few seconds that the
tests repeat. About five minutes on an idle machine.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy's import

import numpy as np

from lossland.adaptive import adagrad, adam
from lossland.datasets import load_fashion_mnist, scoreboard
from lossland.experiment import train
from lossland.forests import random_forest
from lossland.losses import cross_entropy, hinge_loss, hinge_loss_and_gradient
from lossland.optimizers import gradient_descent, momentum
from lossland.recipes import (
    RECIPES,
    RECORD,
    Answer,
    Pictures,
    hits,
    initialisations,
    mean_shares,
    one,
    pictures,
    run,
    scores,
    teaching,
)
from lossland.search import local_search, random_search

EPOCHS = 80
SEEDS = 10
TREES = 50
SMALL = {"epochs": 8, "pictures": 500, "seed": 0}


def main() -> None:
    """Run everything and write the file."""
    parser = argparse.ArgumentParser(description="Run chapter 9's contest again.")
    parser.add_argument("file", nargs="?", type=Path, default=RECORD)
    target: Path = parser.parse_args().file
    data = pictures()
    record: dict[str, Any] = {
        "epochs": EPOCHS,
        "seeds": SEEDS,
        "numpy": np.__version__,
        "small": {**SMALL, "results": small(data)},
        "seconds": {name: round(_seconds(line), 2) for name, line in lines().items()},
        "forest": forests(),
        "quarter": several("one network, a quarter", lambda d, e, r: one(d, e // 4, r), data),
        "recipes": {name: several(name, recipe, data) for name, recipe in RECIPES.items()},
        "fourfold": fourfold(data),
        "few_units": few_units(data),
    }
    target.write_text(json.dumps(record, indent=1) + "\n", "utf8")


def small(data: Pictures) -> dict[str, list[float]]:
    """[accuracy, cross-entropy] on the test pictures of every recipe in a small contest."""
    few = data.first(SMALL["pictures"])
    results = {}
    for name, recipe in RECIPES.items():
        answer = recipe(few, SMALL["epochs"], np.random.default_rng(SMALL["seed"]))
        results[name] = list(_judged(answer, few))
    return results


def several(
    name: str, recipe: Callable[[Pictures, int, np.random.Generator], Answer], data: Pictures
) -> dict[str, Any]:
    """A recipe's accuracies, cross-entropies and seconds over the seeds."""
    answers = [recipe(data, EPOCHS, np.random.default_rng(100 + seed)) for seed in range(SEEDS)]
    judged = [_judged(answer, data) for answer in answers]
    print(f"{name}: {np.mean([a for a, _ in judged]):.4f}", flush=True)
    return {
        "accuracy": [accuracy for accuracy, _ in judged],
        "cross_entropy": [loss for _, loss in judged],
        "epochs": answers[0].epochs,
        "networks": answers[0].networks,
        "seconds": round(float(np.mean([answer.seconds for answer in answers])), 2),
    }


def fourfold(data: Pictures) -> dict[str, Any]:
    """Two of the recipes with four times the epochs."""
    return {
        name: several(f"{name}, fourfold", lambda d, e, rng, r=recipe: r(d, 4 * e, rng), data)
        for name, recipe in (("one network", one), ("four initialisations", initialisations))
    }


def few_units(data: Pictures) -> dict[str, list[float]]:
    """Accuracies of students of 4 hidden units, from the labels alone and with three teachers.

    The teachers have a quarter of EPOCHS each, the students three quarters. A seed's two students
    start from the same parameters and see the same batches.
    """
    found: dict[str, list[float]] = {"labels": [], "teachers": [], "three teachers": []}
    for seed in range(SEEDS):
        rng = np.random.default_rng(100 + seed)
        teachers = [run(data, EPOCHS // 4, rng)[-1] for _ in range(3)]
        found["three teachers"].append(hits(mean_shares(teachers, data.X_test), data.y_test))
        for name, loss in (("labels", None), ("teachers", teaching(teachers, data))):
            own = np.random.default_rng(200 + seed)
            x = run(data, 3 * EPOCHS // 4, own, units=4, loss=loss)[-1]
            found[name].append(hits(scores(x, data.X_test), data.y_test))
    print(f"4 units: {[float(np.mean(v)) for v in found.values()]}", flush=True)
    return found


def forests() -> dict[str, Any]:
    """The accuracies of forests of TREES trees, and the seconds that one takes."""
    stored, test = load_fashion_mnist()
    found = []
    started = time.process_time()
    for seed in range(SEEDS):
        forest = random_forest(
            stored.X // 16,
            stored.y,
            10,
            TREES,
            depth=12,
            tried=14,
            levels=16,
            rng=np.random.default_rng(100 + seed),
        )
        found.append(hits(forest.member_shares(test.X // 16).mean(axis=0), test.y))
    seconds = (time.process_time() - started) / SEEDS
    print(f"forest: {np.mean(found):.4f}", flush=True)
    return {"accuracy": found, "trees": TREES, "seconds": round(seconds, 2)}


def lines() -> dict[str, Callable[[], object]]:
    """What the scoreboard's earlier lines compute, without their tuning."""
    X, y, _, _ = scoreboard()
    origin, rng = np.zeros((197, 10)), np.random.default_rng(0)

    def loss(W: np.ndarray) -> float:
        return hinge_loss(W, X, y)

    def full() -> None:
        W = origin
        for _ in range(500):
            W = W - 1e-5 * hinge_loss_and_gradient(W, X, y)[1]

    def batches(optimizer: Any) -> Callable[[], object]:
        return lambda: train(
            hinge_loss_and_gradient, origin, X, y, optimizer, batch_size=100, epochs=20, rng=rng
        )

    return {
        "random search": lambda: random_search(loss, (197, 10), 1000, 1e-4, rng),
        "local search": lambda: local_search(loss, origin, 1000, 1e-4, rng),
        "full gradient": full,
        "mini-batches": batches(gradient_descent(1e-5)),
        "momentum": batches(momentum(1e-6, 0.9)),
        "adagrad": batches(adagrad(1e-4)),
        "adam": batches(adam(1e-5)),
    }


def _judged(answer: Answer, data: Pictures) -> tuple[float, float]:
    """Accuracy and cross-entropy of the answers on the test pictures."""
    logarithms = np.log(np.maximum(answer.shares, 1e-300))
    return hits(answer.shares, data.y_test), cross_entropy(logarithms, data.y_test)[0]


def _seconds(line: Callable[[], object]) -> float:
    started = time.process_time()
    line()
    return time.process_time() - started


if __name__ == "__main__":
    main()
