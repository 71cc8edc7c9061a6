"""A long run in ten parts: does a submission take longer at the end than at the beginning?"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.batch.grading import grade_handed_in
from autograder.batch.workers import MakePool, WorkerPool
from autograder.sandbox.processes import family

PARTS = 10
PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1024


@dataclass(frozen=True)
class Reading:
    """Where a run stands: submissions done, seconds, processor seconds, memory of the parent."""

    done: int
    wall: float
    cpu: float
    memory_kb: float


@dataclass(frozen=True)
class Span:
    """A part of the run: what a submission of it took, and the parent's memory at its end."""

    submissions: int
    wall: float
    cpu: float
    memory_kb: float


class Watch:
    """Reads the clocks when the first submission is sent out and after each tenth of them."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self._lock = threading.Lock()
        self.readings: list[Reading] = []

    def begin(self) -> None:
        """A submission is sent out."""
        if not self.readings:
            self.read()

    def read(self) -> None:
        """Note where the run stands now."""
        computed = sum(
            process.own_seconds + process.children_seconds
            for process in family(os.getpid(), itself=True)
        )
        self.readings.append(Reading(self.done, time.monotonic(), computed, _resident_kb()))

    def one_more(self, _: object = None) -> None:
        """A submission is done."""
        with self._lock:  # pools of threads tell of several at once
            self.done += 1
            if self.done * PARTS // self.total > (self.done - 1) * PARTS // self.total:
                self.read()

    @property
    def spans(self) -> list[Span]:
        """The parts so far."""
        pairs = zip(self.readings, self.readings[1:], strict=False)
        return [
            Span(
                after.done - before.done,
                (after.wall - before.wall) / (after.done - before.done),
                (after.cpu - before.cpu) / (after.done - before.done),
                after.memory_kb,
            )
            for before, after in pairs
        ]

    def over(self, make: MakePool) -> MakePool:
        """Pools whose gradings are counted."""
        return lambda workers: _Watched(make(workers), self)


class _Watched:
    """A pool that tells of each grading that has ended."""

    def __init__(self, pool: WorkerPool, watch: Watch) -> None:
        self.pool = pool
        self.watch = watch

    def submit(self, call: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        if call is not grade_handed_in:
            return self.pool.submit(call, *arguments)
        self.watch.begin()
        future = self.pool.submit(call, *arguments)
        future.add_done_callback(self.watch.one_more)
        return future

    def admit(self, check: Callable[[], tuple[str, ...]]) -> Future[tuple[str, ...]]:
        return self.pool.admit(check)

    def window(self, workers: int) -> int:
        return self.pool.window(workers)

    def shutdown(self, *, now: bool) -> None:
        self.pool.shutdown(now=now)


def _resident_kb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_KB
