"""The results as they are kept and read: one compressed file of arrays, and the interface to it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossland.benchmark.budgets import Outcome, half_width, luck, outcome
from lossland.benchmark.protocol import FULL, VERSION, Protocol
from lossland.benchmark.running import Cell
from lossland.benchmark.tasks import TASKS
from lossland.datasets import DATA, require
from lossland.experiment import mean_interval

Array = NDArray[np.float64]

CACHE = DATA / "benchmark.npz"


class Sensitivity(NamedTuple):
    """How sharp the optimum of the learning rate is.

    factors (F,) on the chosen rate; scores (F, seeds) held out. ``share`` of all trials come
    within TOLERANCE of the best: how easily a blind draw from the named ranges hits.
    """

    factors: Array
    scores: Array
    share: float


class Untuned(NamedTuple):
    """The best of ``tried`` methods with the settings that they come with: held-out score on the
    fresh seeds, with its 95 % interval over the seeds."""

    method: str
    mean: float
    low: float
    high: float
    tried: int


@dataclass(frozen=True)
class Results:
    """What was measured, and what follows for a search of a given budget.

    ``cells`` by (task, method). Methods and tasks have the names of ``lossland.methods`` and
    ``benchmark.TASKS``; budgets are those of ``protocol.budgets``, or any up to its trials.
    KeyError for a pair that was not measured.
    """

    protocol: Protocol
    cells: Mapping[tuple[str, str], Cell]
    _known: dict[tuple[str, str, int], Outcome] = field(default_factory=dict, repr=False)
    _luck: dict[tuple[str, str, int], tuple[float, Array]] = field(default_factory=dict, repr=False)

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks, in the order of TASKS."""
        return tuple(name for name in TASKS if any(task == name for task, _ in self.cells))

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods, in the order in which they were entered; variants are left out."""
        return tuple(dict.fromkeys(name for _, name in self.cells if "," not in name))

    @property
    def variants(self) -> tuple[str, ...]:
        """Methods with other ranges: ``outcome`` and ``difference`` know them by name."""
        return tuple(dict.fromkeys(name for _, name in self.cells if "," in name))

    def outcome(self, task: str, method: str, budget: int = 64) -> Outcome:
        """Score, interval, luck and time to target of a search; see ``Outcome``."""
        key = task, method, budget
        if key not in self._known:
            cell = self.cells[task, method]
            self._known[key] = outcome(
                cell.validation, cell.held_out, cell.reached, cell.seconds, budget
            )
        return self._known[key]

    def entered(self, task: str) -> tuple[str, ...]:
        """The methods that were measured on a task."""
        return tuple(name for name in self.methods if (task, name) in self.cells)

    def table(self, task: str, budget: int = 64) -> dict[str, Outcome]:
        """Every method's outcome on a task."""
        return {name: self.outcome(task, name, budget) for name in self.entered(task)}

    def ranking(self, task: str, budget: int = 64) -> list[str]:
        """The methods, the best mean score first. Look at the intervals before you quote it."""
        rows = self.table(task, budget)
        return sorted(rows, key=lambda name: rows[name].mean)

    def spread(self, task: str, budget: int = 64) -> float:
        """Worst mean score minus best: "the methods end within … of each other"."""
        means = [row.mean for row in self.table(task, budget).values()]
        return max(means) - min(means)

    def level(self, task: str, budget: int = 64) -> list[str]:
        """The methods that the seeds and trials do not tell from the best: see ``difference``."""
        best = self.ranking(task, budget)[0]
        return [
            name
            for name in self.entered(task)
            if name == best or self.difference(task, name, best, budget)[1] <= 0
        ]

    def difference(
        self, task: str, method: str, other: str, budget: int = 64
    ) -> tuple[float, float, float]:
        """(mean, low, high) of the score of ``method`` minus that of ``other``, 95 %.

        Both ran on the same seeds, so the seeds are compared pairwise; the luck of their trials is
        independent.
        """
        of_trials, by_seed = self._luck_of(task, method, budget)
        of_others, by_other = self._luck_of(task, other, budget)
        half = half_width(of_trials + of_others, by_seed - by_other)
        gap = self.outcome(task, method, budget).mean - self.outcome(task, other, budget).mean
        return gap, gap - half, gap + half

    def _luck_of(self, task: str, method: str, budget: int) -> tuple[float, Array]:
        key = task, method, budget
        if key not in self._luck:
            cell = self.cells[key[:2]]
            self._luck[key] = luck(cell.validation, cell.held_out, budget)
        return self._luck[key]

    def untuned(self, task: str) -> Untuned:
        """Every method once as it comes, and the best of them by validation kept."""
        rows = {name: self.cells[task, name].untuned for name in self.entered(task)}
        best = min(rows, key=lambda name: float(rows[name][0]))
        mean, low, high = mean_interval(rows[best][1:])
        return Untuned(best, float(mean), float(low), float(high), len(rows))

    def sensitivity(self, task: str, method: str, tolerance: float | None = None) -> Sensitivity:
        """Score against the learning rate, and the share of settings that work.

        A setting works if its validation score is at most ``tolerance`` above the best trial of
        any method: 1 decade on a surface, 0.1 with data, unless said otherwise.
        """
        cell = self.cells[task, method]
        if tolerance is None:
            tolerance = 0.1 if TASKS[task].data else 1.0
        best = min(self.cells[task, name].validation.min() for name in self.entered(task))
        share = float((cell.validation <= best + tolerance).mean())
        return Sensitivity(np.array(self.protocol.sweep), cell.sweep, share)


@cache
def results() -> Results:
    """The results that the book quotes. FileNotFoundError says how to make them again."""
    return read(CACHE)


def read(path: Path) -> Results:
    """Results as ``write`` has kept them. ValueError for those of another version."""
    require(path, "bench_optimizers")
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(np.float64) for name in stored.files if name != "head"}
        head = json.loads(str(stored["head"]))
    if head["version"] != VERSION:
        raise ValueError(f"{path} is of version {head['version']}, not {VERSION}: measure it again")
    rules: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in head["protocol"].items()
    }
    cells = {}
    for task, methods in head["methods"].items():
        for k, method in enumerate(methods):
            parts = {name: arrays[f"{task}/{name}"][k] for name in Cell._fields}
            settings = parts.pop("settings")
            kept = ~np.isnan(settings).all(axis=0)
            seconds = float(parts.pop("seconds"))
            cells[task, method] = Cell(settings=settings[:, kept], seconds=seconds, **parts)
    return Results(Protocol(**rules), cells)


def write(path: Path, found: Results) -> None:
    """Keep results: a float32 array a task and field, methods first, and the protocol.

    Settings have as many columns as the method with the most; the rest is NaN.
    """
    methods: dict[str, list[str]] = {}
    for task, method in found.cells:
        methods.setdefault(task, []).append(method)
    arrays: dict[str, Array] = {}
    for task, names in methods.items():
        cells = [found.cells[task, name] for name in names]
        widest = max(cell.settings.shape[1] for cell in cells)
        for field_name in Cell._fields:
            columns = [getattr(cell, field_name) for cell in cells]
            if field_name == "settings":
                columns = [
                    np.pad(c, ((0, 0), (0, widest - c.shape[1])), constant_values=np.nan)
                    for c in columns
                ]
            arrays[f"{task}/{field_name}"] = np.array(columns, dtype=np.float32)
    head = {
        "version": VERSION,
        "protocol": dataclasses.asdict(found.protocol),
        "methods": methods,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npz")  # whoever reads meanwhile sees the old file or the new
    np.savez_compressed(part, head=np.array(json.dumps(head)), **arrays)  # type: ignore[arg-type]
    part.replace(path)


def empty(protocol: Protocol = FULL) -> Results:
    """No results yet."""
    return Results(protocol, {})
