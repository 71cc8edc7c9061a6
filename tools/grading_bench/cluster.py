"""A run on many workers, in simulated time: workers compute, one writer files.

It is the loop of ``autograder.batch.pool``: twice as many submissions as workers are under way,
a worker takes the one that has waited longest, and the process that read the course files each
verdict, one after another, before it sends out the next submission.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

WINDOW = 2
"""Submissions under way for each worker."""


@dataclass(frozen=True)
class Recording:
    """What was measured on one machine, in seconds."""

    machine: str
    tasks: tuple[float, ...]
    """Of a worker, for each of a class's submissions."""
    writer: float
    """Of the writer, for a verdict: reading what was handed in, and filing."""

    def to_text(self) -> str:
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def of(cls, text: str) -> Recording:
        data = json.loads(text)
        return cls(data["machine"], tuple(data["tasks"]), data["writer"])


@dataclass(frozen=True)
class Simulated:
    """A run as it would be."""

    seconds: float
    workers_busy: float
    """Share of the workers' time in which they compute."""
    writer_busy: float
    """Share of the time in which the writer files."""


def simulate(tasks: Iterable[float], workers: int, writer: float) -> Simulated:
    """The run of tasks, seconds each, where the writer needs ``writer`` seconds a verdict."""
    free = [0.0] * workers  # when each worker has nothing left to do
    ends: list[float] = []  # of what is under way
    now = computed = filed = 0.0
    waiting = iter(tasks)
    there_are_more = True
    while there_are_more or ends:
        while there_are_more and len(ends) < WINDOW * workers:
            task = next(waiting, None)
            if task is None:
                there_are_more = False
                break
            end = max(heapq.heappop(free), now) + task
            heapq.heappush(free, end)
            heapq.heappush(ends, end)
            computed += task
        if ends:
            now = max(now, heapq.heappop(ends)) + writer
            filed += writer
    if not now:
        return Simulated(0.0, 0.0, 0.0)
    return Simulated(now, computed / (workers * now), filed / now)


def enough_workers(tasks: Sequence[float], writer: float) -> float:
    """The number of workers from which on the writer, not they, is the limit."""
    return sum(tasks) / len(tasks) / writer
