"""Pools that record what a grading takes, and pools that answer at once, for the writer's part."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from autograder.batch.grading import Graded, Task, grade_handed_in
from autograder.batch.workers import WorkerPool, process_pool
from autograder.course.folder import HandedIn

_warm = False


def timed(task: Task, handed_in: HandedIn) -> tuple[float | None, Graded]:
    """In a worker: the grading and its seconds, None for the first, which starts things up."""
    global _warm  # noqa: PLW0603 (one a worker)
    started = time.monotonic()
    graded = grade_handed_in(task, handed_in)
    seconds = time.monotonic() - started if _warm else None
    _warm = True
    return seconds, graded


class Recorder:
    """What gradings take in a worker, and what they came to."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.answers: list[Graded] = []
        self.asked: list[float] = []
        """When each grading was asked for that was answered at once."""

    @property
    def filing_seconds(self) -> float:
        """Of the pool that answers at once: between two gradings, the first tenth left out."""
        later = self.asked[len(self.asked) // 10 :]
        return (later[-1] - later[0]) / (len(later) - 1)

    def pool(self, workers: int) -> WorkerPool:
        """Worker processes whose gradings are timed."""
        return _Diverted(process_pool(workers), self._timed)

    def at_once(self, workers: int) -> WorkerPool:
        """Workers that give the recorded answers, in turn, without grading."""
        return _Diverted(process_pool(workers), self._answered)

    def _timed(self, pool: WorkerPool, arguments: Sequence[Any]) -> Future[Graded]:
        outer: Future[Graded] = Future()

        def ended(inner: Future[tuple[float | None, Graded]]) -> None:
            if error := inner.exception():
                outer.set_exception(error)
                return
            seconds, graded = inner.result()
            self.seconds += [] if seconds is None else [seconds]
            self.answers.append(graded)
            outer.set_result(graded)

        pool.submit(timed, *arguments).add_done_callback(ended)
        return outer

    def _answered(self, pool: WorkerPool, arguments: Sequence[Any]) -> Future[Graded]:
        handed_in: HandedIn = arguments[1]
        graded = self.answers[len(self.asked) % len(self.answers)]
        self.asked.append(time.monotonic())
        future: Future[Graded] = Future()
        verdict = replace(graded.verdict, student=handed_in.student)
        future.set_result(replace(graded, verdict=verdict))
        return future


class _Diverted:
    """A pool of which gradings go another way."""

    def __init__(
        self, pool: WorkerPool, graded: Callable[[WorkerPool, Sequence[Any]], Future[Graded]]
    ) -> None:
        self.pool = pool
        self.graded = graded

    def submit(self, call: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        if call is grade_handed_in:
            return self.graded(self.pool, arguments)
        return self.pool.submit(call, *arguments)

    def admit(self, check: Callable[[], tuple[str, ...]]) -> Future[tuple[str, ...]]:
        return self.pool.admit(check)

    def window(self, workers: int) -> int:
        return self.pool.window(workers)

    def shutdown(self, *, now: bool) -> None:
        self.pool.shutdown(now=now)
