"""One run, and all runs of one method on one task."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossland.after_adam import Averaged
from lossland.benchmark.entries import Entry
from lossland.benchmark.protocol import Protocol, generator
from lossland.benchmark.tasks import Problem, Task
from lossland.optimizers import Optimizer

Array = NDArray[np.float64]


class Run(NamedTuple):
    """``validation`` and ``held_out`` are scores at the end; ``reached`` the evaluations after
    which the target was first met at a look, ∞ if it never was; ``seconds`` of CPU are spent on
    evaluations and steps, looks not counted."""

    validation: float
    held_out: float
    reached: float
    evaluations: int
    seconds: float


class Cell(NamedTuple):
    """All that was measured of one method on one task. K = trials, F = finalists, S = seeds.

    settings (K, names) in the order of the entry's ranges; validation (K,) by which is chosen;
    held_out, reached (K, S) on fresh seeds: a finalist's row is full, another trial's has one
    number, at seed k mod S, and NaN elsewhere. sweep (factors, seeds) held-out scores of the best
    trial with its learning rate multiplied. untuned (1 + S,): the entry's untuned settings, first
    their validation score, then held out on the fresh seeds. seconds of CPU per evaluation,
    the median over the runs; the only number here that another machine will not repeat.
    """

    settings: Array
    validation: Array
    held_out: Array
    reached: Array
    sweep: Array
    untuned: Array
    seconds: float


def run(
    problem: Problem, optimizer: Optimizer[Any] | Averaged[Any], task: Task, evaluations: int
) -> Run:
    """Take ``evaluations`` steps. Whoever diverges, or ends above the start, counts as the start.

    That is what one would have kept. It also keeps a mean over trials finite. A method
    that averages is scored at its average.
    """
    x = seen = problem.x
    first = problem.validation(x), problem.held_out(x)
    state = optimizer.init(x)
    reached, seconds, made = np.inf, 0.0, 0
    # An overflow is how divergence looks.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        while made < evaluations:
            started = time.process_time()
            for _ in range(min(task.every, evaluations - made)):
                _, gradient = problem.loss_and_gradient(x)
                step, state = optimizer.update(gradient, state, x)
                x = x + step
                made += 1
            seconds += time.process_time() - started
            seen = optimizer.average(x, state) if isinstance(optimizer, Averaged) else x
            finite = np.isfinite(seen).all()
            score = problem.validation(seen) if finite else np.inf
            if not np.isfinite(score):
                return Run(*first, reached, made, seconds)
            if score <= task.target and reached == np.inf:
                reached = float(made)
        held_out = problem.held_out(seen)
    return Run(min(score, first[0]), float(np.fmin(held_out, first[1])), reached, made, seconds)


def measure(entry: Entry, task: Task, protocol: Protocol) -> Cell:
    """Every run that the protocol asks of a method on a task.

    Seeds do not depend on the method: all start alike and see the data in the same order.
    """
    evaluations = task.evaluations // protocol.shorter
    clock: list[float] = []

    def one(settings: dict[str, float], purpose: str, seed: int) -> Run:
        problem = task.make(generator(purpose, task.stream, seed))
        found = run(problem, entry.make(**settings), task, evaluations)
        clock.append(found.seconds / found.evaluations)
        return found

    def tuned(settings: dict[str, float]) -> float:
        seeds = range(task.tuning_seeds)
        return float(np.mean([one(settings, "tuning", seed).validation for seed in seeds]))

    settings = entry.settings(task.stream, protocol.trials)
    validation = np.array([tuned(s) for s in settings])
    best = np.argsort(validation, kind="stable")
    held_out = np.full((protocol.trials, protocol.seeds), np.nan)
    reached = held_out.copy()
    for k in range(protocol.trials):
        final = k in best[: protocol.finalists]
        for seed in range(protocol.seeds) if final else (k % protocol.seeds,):
            found = one(settings[k], "fresh", seed)
            held_out[k, seed], reached[k, seed] = found.held_out, found.reached
    chosen = settings[best[0]]
    sweep = [
        [
            one({**chosen, "lr": factor * chosen["lr"]}, "fresh", seed).held_out
            for seed in range(protocol.sweep_seeds)
        ]
        for factor in protocol.sweep
    ]
    plain = dict(entry.untuned)
    untuned = [tuned(plain)]
    untuned += [one(plain, "fresh", seed).held_out for seed in range(protocol.seeds)]
    return Cell(
        np.array([list(s.values()) for s in settings]),
        validation,
        held_out,
        reached,
        np.array(sweep),
        np.array(untuned),
        float(np.median(clock)),
    )
