"""Grading many submissions at once, whatever becomes of single worker processes."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from concurrent.futures.process import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import Any

from autograder.batch.grading import GRADER_FAILED, Graded, Task, grade_handed_in, not_graded
from autograder.course.folder import HandedIn, Submission
from autograder.errors import GraderError, HostTrouble

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Job:
    """One submission of one notebook, waiting to be graded."""

    task: Task
    submission: Submission
    hand_in: Callable[[Submission], HandedIn]
    """Reads the submission, only when its turn comes."""


MakeExecutor = Callable[[int], Executor]


class _FreshProcess(SpawnProcess):
    """A new interpreter that does not run the caller's main script once more.

    That script may be ``nbgrader`` or a Jupyter server, which take seconds to import, or
    standard input, which cannot be read twice; a worker needs none of them.
    """

    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return SpawnProcess._Popen(process_obj)
        finally:
            sys.modules["__main__"] = main


class _FreshContext(SpawnContext):
    Process = _FreshProcess


def process_pool(workers: int) -> Executor:
    """Fresh interpreters: nothing of the caller's state reaches a judge."""
    return ProcessPoolExecutor(workers, mp_context=_FreshContext(), initializer=_start_worker)


def _start_worker() -> None:
    """An interrupt is the parent's to handle, and no worker outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if sys.platform == "linux" and parent is not None:
        import ctypes  # noqa: PLC0415

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent.pid:  # it was gone before we asked
            os._exit(1)


def grade_all(
    jobs: Iterable[Job], workers: int, make_executor: MakeExecutor = process_pool
) -> Iterator[tuple[Job, Graded]]:
    """Grade every job; yields in the order in which they end.

    A worker that dies takes the pool with it: the pool is made anew and what was under way is
    tried again, alone, before it counts as not graded. So is what the host could not give enough
    to, once all others are done. Raises CourseError and SandboxUnavailable as soon as a worker
    does.
    """
    waiting = deque(jobs)
    suspects: deque[Job] = deque()
    slighted: deque[Job] = deque()
    while waiting or suspects or slighted:
        # Suspects go one by one, so that the one that kills its worker is known by name.
        single = suspects or (slighted if not waiting else None)
        alone = bool(single)
        queue = deque([single.popleft()]) if single else waiting
        with closing(make_executor(1 if alone else min(workers, len(queue)))) as executor:
            under_way: dict[Future[Graded], Job] = {}
            try:
                for job, outcome in _run(executor, queue, under_way, 2 * workers):
                    if isinstance(outcome, Graded):
                        yield job, outcome
                    elif alone:
                        yield job, not_graded(job.task, job.submission.student, str(outcome))
                    else:
                        slighted.append(job)
            except BrokenExecutor:
                broken = list(under_way.values())
                if alone:
                    job = broken[0]
                    detail = "the worker process died, twice"
                    yield job, not_graded(job.task, job.submission.student, GRADER_FAILED, detail)
                else:
                    suspects.extend(broken)


def _run(
    executor: Executor, queue: deque[Job], under_way: dict[Future[Graded], Job], window: int
) -> Iterator[tuple[Job, Graded | HostTrouble]]:
    """Keep ``window`` jobs under way; what is not finished stays in ``under_way``."""
    while queue or under_way:
        while queue and len(under_way) < window:
            job = queue.popleft()
            try:
                handed_in = job.hand_in(job.submission)
                under_way[executor.submit(grade_handed_in, job.task, handed_in)] = job
            except BrokenExecutor:
                queue.appendleft(job)
                raise
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            outcome: Graded | HostTrouble
            try:
                outcome = future.result()
            except HostTrouble as trouble:
                outcome = trouble
            yield under_way.pop(future), outcome


@contextlib.contextmanager
def closing(executor: Executor) -> Iterator[Executor]:
    """Shut the executor down; when something was raised, without waiting for its work."""
    try:
        yield executor
    except BaseException:
        # Shutting down forgets the processes, so they are noted first.
        processes = list((getattr(executor, "_processes", None) or {}).values())
        executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        raise
    executor.shutdown()


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
