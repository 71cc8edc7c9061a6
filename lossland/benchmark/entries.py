"""Who takes part: each method with the ranges its settings are drawn from, named in advance.

One range serves every task, as in AlgoPerf's rules (Dahl et al. 2023): whoever needs to know the
task to name a range has tuned already. All rates span five decades. What is not named keeps the
default of the method's function. Numbers are drawn evenly in their logarithm; of a memory such as
mu it is 1 − mu that is drawn, because 0.9 and 0.99 are as far apart as 0 and 0.9.

To enter a method, add one ``Entry``: any function that makes an ``Optimizer`` from named numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from lossland.after_adam import Averaged
from lossland.benchmark.protocol import generator
from lossland.methods import METHODS, factory
from lossland.optimizers import Optimizer


class Range(NamedTuple):
    """From low to high, evenly in the logarithm; ``rest`` says that 1 − value is drawn."""

    low: float
    high: float
    rest: bool = False

    def draw(self, rng: np.random.Generator) -> float:
        """One number, from one uniform draw."""
        value = float(self.low * (self.high / self.low) ** rng.random())
        return 1 - value if self.rest else value


class Entry(NamedTuple):
    """A method in the benchmark. ``make(**settings)`` gives its optimizer.

    ``untuned`` is what somebody would take who tunes nothing. A variant of a method is named
    "method, what is different".
    """

    name: str
    make: Callable[..., Optimizer[Any] | Averaged[Any]]
    ranges: Mapping[str, Range]
    untuned: Mapping[str, float]

    def settings(self, stream: str, trials: int) -> list[dict[str, float]]:
        """The settings of so many trials on a task; the first ones do not depend on how many.

        ``stream`` is the task's: two tasks of one stream are given the same settings.
        """
        rng = generator("settings", self.name, stream)
        return [{name: wide.draw(rng) for name, wide in self.ranges.items()} for _ in range(trials)]


BY_GRADIENT = Range(1e-4, 10.0)  # rates in parameters per gradient
BY_LENGTH = Range(1e-5, 1.0)  # rates in parameters: about the length of a step
MEMORY = Range(0.01, 0.5, rest=True)  # mu, β₁, rho, decay: 0.5 … 0.99
LONG_MEMORY = Range(0.001, 0.1, rest=True)  # β₂: 0.9 … 0.999

RANGES: dict[str, dict[str, Range]] = {
    "gradient descent": {"lr": BY_GRADIENT},
    "momentum": {"lr": BY_GRADIENT, "mu": MEMORY},
    "nesterov": {"lr": BY_GRADIENT, "mu": MEMORY},
    "adagrad": {"lr": Range(1e-4, 10.0)},  # a length too, and ten times longer: its steps shrink
    "adadelta": {"lr": Range(1e-2, 1e3), "rho": MEMORY},  # a factor without unit, 1 as published
    "rmsprop": {"lr": BY_LENGTH, "decay": MEMORY},
    "adam": {"lr": BY_LENGTH, "beta1": MEMORY, "beta2": LONG_MEMORY},
    "adamw": {
        "lr": BY_LENGTH,
        "beta1": MEMORY,
        "beta2": LONG_MEMORY,
        "weight_decay": Range(1e-5, 1.0),
    },
    "amsgrad": {"lr": BY_LENGTH, "beta1": MEMORY, "beta2": LONG_MEMORY},
}

# What torch.optim takes where nothing is said, and for the momentum methods the usual mu.
UNTUNED: dict[str, dict[str, float]] = {
    "gradient descent": {"lr": 1e-3},
    "momentum": {"lr": 1e-3, "mu": 0.9},
    "nesterov": {"lr": 1e-3, "mu": 0.9},
    "adagrad": {"lr": 1e-2},
    "adadelta": {"lr": 1.0, "rho": 0.9},
    "rmsprop": {"lr": 1e-2, "decay": 0.99},
    "adam": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999},
    "adamw": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "weight_decay": 1e-2},
    "amsgrad": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999},
}

ENTRIES: dict[str, Entry] = {
    name: Entry(name, factory(name), RANGES[name], UNTUNED[name])
    for name in METHODS
    if name in RANGES
}

VARIANTS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        # As Sivaprasad et al. 2020 do it: fewer numbers, so that a small budget goes further.
        Entry("adam, lr only", factory("adam"), {"lr": BY_LENGTH}, UNTUNED["adam"]),
        # As Choi et al. 2019 do it: with a large eps Adam is momentum at the rate lr/eps.
        Entry(
            "adam, eps too",
            factory("adam"),
            {**RANGES["adam"], "lr": Range(1e-5, 1e3), "eps": Range(1e-8, 1e3)},
            UNTUNED["adam"],
        ),
    )
}
