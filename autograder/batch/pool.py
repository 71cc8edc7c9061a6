"""Grading many submissions at once, whatever becomes of single worker processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass

from autograder.batch.grading import GRADER_FAILED, Graded, Task, grade_handed_in, not_graded
from autograder.batch.workers import MakePool, WorkerPool, closing, process_pool
from autograder.course.folder import HandedIn, Submission
from autograder.errors import HostTrouble


@dataclass(frozen=True)
class Job:
    """One submission of one notebook, waiting to be graded."""

    task: Task
    submission: Submission
    hand_in: Callable[[Submission], HandedIn]
    """Reads the submission, only when its turn comes."""


def grade_all(
    jobs: Iterable[Job], workers: int, make_executor: MakePool = process_pool
) -> Iterator[tuple[Job, Graded]]:
    """Grade every job; yields in the order in which they end.

    A worker that dies takes the pool with it: the pool is made anew and what was under way is
    tried again, alone, before it counts as not graded. So is what the host could not give enough
    to, once all others are done. Raises CourseError and SandboxUnavailable as soon as a worker
    does.
    """
    waiting = jobs if isinstance(jobs, deque) else deque(jobs)  # a job that is done is let go
    suspects: deque[Job] = deque()
    slighted: deque[Job] = deque()
    while waiting or suspects or slighted:
        # Suspects go one by one, so that the one that kills its worker is known by name.
        single = suspects or (slighted if not waiting else None)
        alone = bool(single)
        queue = deque([single.popleft()]) if single else waiting
        with closing(make_executor(1 if alone else min(workers, len(queue)))) as pool:
            under_way: dict[Future[Graded], Job] = {}
            try:
                for job, outcome in _run(pool, queue, under_way, 2 * workers):
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
    pool: WorkerPool, queue: deque[Job], under_way: dict[Future[Graded], Job], window: int
) -> Iterator[tuple[Job, Graded | HostTrouble]]:
    """Keep ``window`` jobs under way; what is not finished stays in ``under_way``."""
    while queue or under_way:
        while queue and len(under_way) < window:
            job = queue.popleft()
            try:
                handed_in = job.hand_in(job.submission)
                under_way[pool.submit(grade_handed_in, job.task, handed_in)] = job
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
