"""Methods after Adam, entered by the rules of the nine and kept in a file of their own.

So the nine and what the book quotes of them stay as they are. Muon sees matrices: it takes part in
the tasks whose parameters are those of a network with more than one output. There Adam runs once
more with a rate that falls to nothing, because a method that needs no schedule must be held against
one that has a schedule, too.
"""

from __future__ import annotations

from functools import cache, partial

from lossland import after_adam
from lossland.adaptive import Moments, adam
from lossland.benchmark.cached import Results, read, results
from lossland.benchmark.entries import BY_GRADIENT, BY_LENGTH, LONG_MEMORY, MEMORY, Entry
from lossland.benchmark.tasks import Task
from lossland.datasets import DATA
from lossland.optimizers import Optimizer

AFTER_ADAM = DATA / "after-adam.npz"

LABELS = {
    "lion": "Lion",
    "muon": "Muon",
    "schedule-free": "Schedule-Free SGD",
    "schedule-free adamw": "Schedule-Free AdamW",
}
"""What stands in a table. The untuned settings are those of the authors' code."""


def newcomers(task: Task) -> dict[str, Entry]:
    """The methods after Adam that take part in a task."""
    entries = [
        Entry(
            "lion",
            after_adam.lion,
            {"lr": BY_LENGTH, "beta1": MEMORY, "beta2": LONG_MEMORY},
            {"lr": 1e-4, "beta1": 0.9, "beta2": 0.99},
        ),
        Entry(
            "schedule-free",
            after_adam.schedule_free,
            {"lr": BY_GRADIENT, "beta": MEMORY},
            {"lr": 1.0, "beta": 0.9},
        ),
        Entry(
            "schedule-free adamw",
            after_adam.schedule_free_adamw,
            {"lr": BY_LENGTH, "beta1": MEMORY, "beta2": LONG_MEMORY},
            {"lr": 2.5e-3, "beta1": 0.9, "beta2": 0.999},
        ),
    ]
    if task.widths:
        make = partial(after_adam.muon, widths=task.widths)
        ranges, untuned = {"lr": BY_LENGTH, "mu": MEMORY}, {"lr": 1e-3, "mu": 0.95}
        entries.insert(1, Entry("muon", make, ranges, untuned))
        falling = partial(decayed_adam, evaluations=task.evaluations)
        ranges = {"lr": BY_LENGTH, "beta1": MEMORY, "beta2": LONG_MEMORY}
        entries.append(
            Entry("adam, decayed", falling, ranges, {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999})
        )
    return {entry.name: entry for entry in entries}


def decayed_adam(lr: float, beta1: float, beta2: float, evaluations: int) -> Optimizer[Moments]:
    """Adam whose rate falls in a straight line, from lr to nothing after so many steps."""
    return adam(lambda t: lr * (1 - t / evaluations), beta1, beta2)


@cache
def with_newcomers() -> Results:
    """The results of the nine and those of the methods after Adam, as one table."""
    nine, new = results(), read(AFTER_ADAM)
    if nine.protocol != new.protocol:
        raise ValueError(f"{AFTER_ADAM} was measured by other rules: measure it again")
    return Results(nine.protocol, {**nine.cells, **new.cells})
