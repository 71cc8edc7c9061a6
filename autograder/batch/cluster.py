"""Workers of a Dask cluster: ``python -m autograder grade A --scheduler ADDRESS``.

    grade ──► scheduler ──► workers, a process beneath each of their threads (``seats``)

Text and bytes go to the scheduler and bytes come back: it needs nothing of this grader, a worker
of another version can say so, and what is sent names no place of this machine. Dask gives the
errands of a lost worker to another one. An errand that several workers were lost with is tried
once more, alone, and then not graded.
"""

from __future__ import annotations

import contextlib
import logging
import pickle
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import Any

from autograder.batch.fingerprint import digest, grader
from autograder.batch.grading import Task
from autograder.batch.seats import Answer, Errand, Shared
from autograder.batch.workers import MakePool
from autograder.errors import GraderError, HostTrouble

CONNECT_SECONDS = 10
COUNT_SECONDS = 5
LEAST_WINDOW = 8
"""So many calls are under way where there are no workers yet: some clusters grow by need."""
# What a worker evaluates: as text, which any Python and any scheduler can hand on.
SERVE = "__import__('autograder.batch.seats', fromlist=['serve']).serve(wanted, shared, packed)"
DISMISS = "__import__('autograder.batch.seats', fromlist=['dismiss']).dismiss({!r})"
LOST = "the workers that judged this submission were lost, one after the other"

Say = Callable[[str], None]


@contextlib.contextmanager
def connected(address: str, say: Say) -> Iterator[MakePool]:
    """What makes pools of the scheduler's workers; GraderError where it cannot be reached."""
    cluster = Cluster(address, say)
    try:
        yield lambda workers: ClusterPool(cluster)
    finally:
        cluster.close()


class Cluster:
    """A connection to a scheduler, for one run."""

    def __init__(self, address: str, say: Say) -> None:
        try:
            import distributed  # noqa: PLC0415 (an optional extra)
        except ImportError as error:
            raise GraderError(
                f"--scheduler needs Dask ({error}): pip install 'lossland[grader,dask]'"
            ) from error
        self.address = address
        self.say = say
        self.owner = uuid.uuid4().hex
        self.killed = distributed.KilledWorker
        self.admission = b""
        self._shared: dict[str, Any] = {}
        self._counted = -float(COUNT_SECONDS)
        self._threads = 0
        # What becomes of a connection is told here, in one line.
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).handlers[:] = [logging.NullHandler()]
        try:
            self.client = distributed.Client(
                address, timeout=CONNECT_SECONDS, set_as_default=False, name="lossland"
            )
        except (OSError, ValueError, TypeError) as error:
            raise GraderError(
                f"the scheduler {address} cannot be reached: start one with `dask scheduler`, or "
                "correct the address"
            ) from error
        if not self.threads():
            say(f"the scheduler has no workers yet; `dask worker {address}` starts one: waiting")

    def submit(self, errand: Errand, task: Task | None) -> Any:
        """Dask's own future of an errand; a task is sent once for all of them."""
        shared = b"" if task is None else self._sent(pickle.dumps(task))
        names = {"wanted": dict(grader()), "shared": shared, "packed": pickle.dumps(errand)}
        return self.client.submit(eval, SERVE, names, key=f"lossland-{uuid.uuid4().hex}")

    def threads(self) -> int:
        """How many errands the workers run at a time; asked for anew after some seconds."""
        now = time.monotonic()
        if now - self._counted >= COUNT_SECONDS:
            self._counted = now
            with contextlib.suppress(OSError):
                self._threads = sum(self.client.nthreads().values())
        return self._threads

    def lost(self) -> GraderError:
        """The scheduler is gone, and all that it was asked for."""
        return GraderError(
            f"the scheduler {self.address} was lost; what is graded is stored, the same command "
            "goes on"
        )

    def dismiss(self) -> None:
        """Workers need not hold this run's processes any more."""
        if self.client.status == "running":
            with contextlib.suppress(Exception):  # a worker that is lost needs no such word
                self.client.run(eval, DISMISS.format(self.owner), on_error="ignore")

    def close(self) -> None:
        self.dismiss()
        with contextlib.suppress(OSError, TimeoutError):
            self.client.close(timeout=CONNECT_SECONDS)

    def _sent(self, packed: bytes) -> Any:
        """A task's bytes, kept by a worker for the others, and by the scheduler if it is lost."""
        key = f"lossland-{digest([packed])}"
        if key not in self._shared:
            self._shared[key] = self.client.submit(bytes, packed, key=key)
        return self._shared[key]


class ClusterPool:
    """The workers of a scheduler as a ``WorkerPool``."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.under_way: set[Any] = set()

    def submit(self, call: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        cluster = self.cluster
        task = next((each for each in arguments if isinstance(each, Task)), None)
        given = tuple(Shared if each is task and task is not None else each for each in arguments)
        remote = cluster.submit(Errand(cluster.owner, call, given, cluster.admission), task)
        here: Future[Any] = Future()
        here.set_running_or_notify_cancel()
        self.under_way.add(remote)
        remote.add_done_callback(partial(self._arrived, here))
        return here

    def admit(self, check: Callable[[], tuple[str, ...]]) -> Future[tuple[str, ...]]:
        """Each worker makes the check before its first errand, and says by notes what it found."""
        self.cluster.admission = pickle.dumps(check)
        return self.submit(tuple)

    def window(self, workers: int) -> int:
        return max(2 * self.cluster.threads(), LEAST_WINDOW)

    def shutdown(self, *, now: bool) -> None:
        if now and self.under_way and self.cluster.client.status == "running":
            with contextlib.suppress(Exception):  # a scheduler that is lost has nothing to cancel
                self.cluster.client.cancel(list(self.under_way), force=True)
            self.cluster.dismiss()

    def _arrived(self, here: Future[Any], remote: Any) -> None:
        """Called in a thread of Dask's client."""
        self.under_way.discard(remote)
        try:
            answer: Answer = pickle.loads(remote.result())
            for note in answer.notes:
                self.cluster.say(note)
            if answer.error is not None:
                raise answer.error
        except GraderError as error:
            here.set_exception(error)
        except self.cluster.killed:
            here.set_exception(HostTrouble(LOST))
        except CancelledError:
            here.set_exception(self.cluster.lost())
        except ImportError as error:
            here.set_exception(
                GraderError(
                    f"a worker has no such grader ({error}): install the same version of "
                    "lossland[grader,dask] there"
                )
            )
        except Exception as error:
            here.set_exception(error)
        else:
            here.set_result(answer.value)
