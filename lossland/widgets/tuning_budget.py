"""The benchmark's opener: what each method can expect on a task, by the budget of its tuning."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import matplotlib.pyplot as plt
import traitlets
from matplotlib.figure import Figure

from lossland import plots
from lossland.benchmark import TASKS, Results, results
from lossland.methods import METHODS
from lossland.widgets.base import Widget

SHORT = {
    "quadratic": "bowl",
    "rotated": "rotated",
    "rosenbrock": "valley",
    "logistic": "logistic",
    "softmax": "softmax",
    "network": "network",
    "sparse": "sparse",
}
"""The tasks as the control names them."""
AXES = {True: "cross-entropy of held-out examples", False: "height left / first height"}
"""What the scores are, with data and on a surface."""

Outcomes = Mapping[str, Any]
T = TypeVar("T")


def outcomes_of(found: Results) -> dict[str, Any]:
    """The results as the page's script reads them.

    {"budgets": […], "order": [task, …], "methods": [method, …], "tasks": {task: {"name", "axis",
    "decades", "rows": {method: rows}}}}; the lists say the order, since a page may sort keys. One
    row a budget: [mean, low, high, share that meets the target, evaluations to it or null, whether
    the method is not told from the best].
    """
    budgets = list(found.protocol.budgets)
    tasks: dict[str, Any] = {}
    for task in found.tasks:
        rows: dict[str, list[list[Any]]] = {name: [] for name in found.methods}
        for budget in budgets:
            level = found.level(task, budget)
            for name, row in found.table(task, budget).items():
                to_target = row.evaluations if math.isfinite(row.evaluations) else None
                numbers = [float(f"{v:.5g}") for v in (row.mean, row.low, row.high, row.reached)]
                rows[name].append([*numbers, to_target, name in level])
        data = TASKS[task].data
        name = SHORT[task]
        tasks[task] = {"name": name, "axis": AXES[data], "decades": not data, "rows": rows}
    order, methods = list(found.tasks), list(found.methods)
    return {"budgets": budgets, "order": order, "methods": methods, "tasks": tasks}


class TuningBudget(Widget):
    """Each method's expected score on a task after a search of so many trials, with its interval.

    ``outcomes`` is what ``outcomes_of`` makes of the benchmark's results, by default of the cached
    ones. The other traits are the state that the page opens with; in a live notebook they follow
    the reader's hand.
    """

    bundle = "tuning-budget"
    heights = (676, 753)

    outcomes = traitlets.Dict().tag(sync=True)
    task = traitlets.Unicode("softmax").tag(sync=True)
    budget = traitlets.Int(4, min=1).tag(sync=True)

    @traitlets.default("outcomes")
    def _cached(self) -> dict[str, Any]:
        return outcomes_of(results())

    @traitlets.validate("task")
    def _measured(self, proposal: dict[str, str]) -> str:
        known: list[str] = self.outcomes["order"]
        return _one_of("task", proposal["value"], known)

    @traitlets.validate("budget")
    def _of_the_protocol(self, proposal: dict[str, int]) -> int:
        known: list[int] = list(self.outcomes["budgets"])
        return _one_of("budget", proposal["value"], known)

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(self.outcomes, task=self.task, budget=self.budget)


def static_figure(outcomes: Outcomes, *, task: str = "softmax", budget: int = 4) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    pyplot forgets the figure, so that a notebook shows it once.
    """
    shown = outcomes["tasks"][task]
    place = outcomes["budgets"].index(budget)
    figure, (ax,) = plots.panels(height=3.8)
    plt.close(figure)
    low, high = window(shown)
    for k, name in enumerate(outcomes["methods"]):
        mean, *interval = shown["rows"][name][place][:3]
        colour = plots.COLOURS[name]
        ax.plot([max(low, interval[0]), min(high, interval[1])], [k, k], color=colour, lw=3)
        ax.plot(mean, k, "o", ms=8, color=colour, mec=plots.PAPER)
    labels = [METHODS[name].label for name in outcomes["methods"]]
    ax.set(xlim=(low, high), ylim=(len(labels) - 0.4, -0.6))
    ax.set_yticks(range(len(labels)), labels)
    what = "log₁₀ of " + shown["axis"] if shown["decades"] else shown["axis"]
    ax.set_xlabel(what + ", lower is better")
    trials = f"{budget} trials" if budget > 1 else "one trial"
    ax.set_title(f"{TASKS[task].label}, {trials} of tuning")
    return figure


def window(shown: Outcomes) -> tuple[float, float]:
    """The range of scores that a task's picture shows, at every budget the same."""
    rows: list[Sequence[float]] = [row for rows in shown["rows"].values() for row in rows]
    low, high = min(row[0] for row in rows), max(row[0] for row in rows)
    room = 0.08 * (high - low)
    return low - room, high + room


def _one_of(name: str, value: T, known: list[T]) -> T:
    if value not in known:
        raise traitlets.TraitError(f"{name} is {value!r}, not one of {known}")
    return value
