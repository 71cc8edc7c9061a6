"""Where grading happens: worker processes on this machine, or any executor that is handed in.

A pool owns its end. Nobody else needs to know whether its workers are processes of this machine,
threads, or somewhere in a cluster.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import ProcessPoolExecutor
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import Any, Protocol

from autograder import starting
from autograder.batch import premises
from autograder.batch.grading import get_ready
from autograder.errors import GraderError
from autograder.sandbox.parent import Door, come_in_by, new_warm_parent

PR_SET_PDEATHSIG = 1


class WorkerPool(Protocol):
    """Some workers. One that broke raises ``BrokenExecutor`` from ``submit`` or the future."""

    def submit(self, call: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Have a worker call this."""

    def admit(self, check: Callable[[], tuple[str, ...]]) -> Future[tuple[str, ...]]:
        """No machine works for this pool on which ``check`` was not called, or raised something.

        The future is that of a first call, what it told is for the instructor.
        """

    def window(self, workers: int) -> int:
        """How many calls to keep under way, so that no worker waits for its next one.

        ``workers`` were asked for; a pool that has workers of its own counts those.
        """

    def shutdown(self, *, now: bool) -> None:
        """No worker is left: what is under way is finished first, or with ``now`` given up."""


MakePool = Callable[[int], WorkerPool]


class ExecutorPool:
    """The workers of any ``concurrent.futures.Executor``."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    def submit(self, call: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        return self.executor.submit(call, *arguments)

    def admit(self, check: Callable[[], tuple[str, ...]]) -> Future[tuple[str, ...]]:
        return self.submit(check)

    def window(self, workers: int) -> int:
        return 2 * workers

    def shutdown(self, *, now: bool) -> None:
        self.executor.shutdown(wait=not now, cancel_futures=now)


class LocalPool(ExecutorPool):
    """Fresh interpreters on this machine: nothing of the caller's state reaches a judge."""

    def __init__(self, workers: int) -> None:
        self.context = _FreshContext()
        self.workers = workers
        self.warm = new_warm_parent()  # all workers fork their sandboxes from this one
        super().__init__(
            ProcessPoolExecutor(
                workers,
                mp_context=self.context,
                initializer=_start_worker,
                initargs=(premises.kept(), self.warm.door()),
            )
        )

    def admit(self, check: Callable[[], tuple[str, ...]]) -> Future[tuple[str, ...]]:
        """While one worker tries out the host, the others start and import what they need."""
        first = super().admit(check)
        for _ in range(self.workers - 1):
            self.submit(get_ready)
        return first

    def shutdown(self, *, now: bool) -> None:
        super().shutdown(now=now)
        if now:
            for process in self.context.started:
                if process.is_alive():
                    process.terminate()
        self.warm.close()


def process_pool(workers: int) -> WorkerPool:
    """So many worker processes."""
    return LocalPool(workers)


@contextlib.contextmanager
def closing(pool: WorkerPool) -> Iterator[WorkerPool]:
    """Shut the pool down; when something was raised, without waiting for its work."""
    try:
        yield pool
    except BaseException:
        pool.shutdown(now=True)
        raise
    pool.shutdown(now=False)


class _FreshProcess(SpawnProcess):
    """A new interpreter that does not run the caller's main script once more.

    That script may be ``nbgrader`` or a Jupyter server, which take seconds to import, or
    standard input, which cannot be read twice; a worker needs none of them.
    """

    _starting = threading.Lock()

    def start(self) -> None:
        """A daemon may have none, lest they outlive it, says Python; ours never do."""
        settings = multiprocessing.current_process()._config  # type: ignore[attr-defined]
        with self._starting:
            daemon = settings.pop("daemon", None)
            try:
                super().start()
            finally:
                if daemon is not None:
                    settings["daemon"] = daemon

    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return SpawnProcess._Popen(process_obj)
        finally:
            sys.modules["__main__"] = main


class _FreshContext(SpawnContext):
    """Makes fresh processes, and knows those it made."""

    def __init__(self) -> None:
        self.started: list[SpawnProcess] = []

    def Process(self, *arguments: Any, **settings: Any) -> SpawnProcess:  # type: ignore[override]
        process = _FreshProcess(*arguments, **settings)
        self.started.append(process)
        return process


def _start_worker(places: tuple[str, ...], door: Door) -> None:
    """An interrupt is the parent's to handle, and no worker outlives it.

    It runs on the caller's machine, with the same ``premises`` and the same warm parent.
    """
    premises.keep(places)
    come_in_by(door)
    starting.begin()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if sys.platform == "linux" and parent is not None:
        import ctypes  # noqa: PLC0415

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent.pid:  # it was gone before we asked
            os._exit(1)


def default_workers() -> int:
    """One worker for each core that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def checked_workers(workers: int | None) -> int:
    """The number asked for, or one for each core."""
    if workers is None:
        return default_workers()
    if workers < 1:
        raise GraderError(f"--workers must be at least 1, not {workers}")
    return workers
