"""In a worker process of a cluster: the seat at which its errands are run.

Dask calls its tasks in threads. Grading wants a main thread, whose work a timer can stop, and
forks, which no process with threads should do: so each thread has a process of its own beneath,
started as on the instructor's machine, with the warm parent and the reference that the next
errand finds again. It ends with the worker, or when the run that used it does.
"""

from __future__ import annotations

import os
import pickle
import socket
import threading
from collections.abc import Callable, Container, Mapping
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from typing import Any, ClassVar

from autograder.batch import premises
from autograder.batch.fingerprint import difference, grader
from autograder.batch.workers import LocalPool
from autograder.errors import GraderError, HostTrouble

PRIVATE = "LOSSLAND_PRIVATE"
"""Variable of a worker: what of its machine no student's code may read, besides home and folder."""
DIED = "the process that judged this submission died, twice"


@dataclass(frozen=True)
class Errand:
    """What a worker is to do; ``SHARED`` among the arguments stands for what comes beside it."""

    owner: str
    """The run that it is for."""
    call: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    admission: bytes = b""
    """A call, pickled, that this machine has to have passed before."""


@dataclass(frozen=True)
class Answer:
    """What came of an errand; ``notes`` are for the instructor."""

    value: Any = None
    error: GraderError | None = None
    notes: tuple[str, ...] = ()


class Shared:
    """Stands for an argument that many errands have in common."""


def serve(wanted: Mapping[str, str], shared: bytes, packed: bytes) -> bytes:
    """Run an errand in this thread's process; both ends see nothing but bytes."""
    try:
        if differing := difference(wanted, grader()):
            raise GraderError(
                f"the worker on {socket.gethostname()} grades with another version: {differing}; "
                "install the same there"
            )
        answer = _run(pickle.loads(packed), shared)
    except GraderError as error:
        answer = Answer(error=error)
    return pickle.dumps(answer)


def dismiss(owner: str) -> None:
    """A run has ended: so do the processes that it used, unless another run uses them now."""
    for seat in list(_Seat.taken):
        seat.leave({"", owner})


def _end_with_worker() -> None:
    """Let this worker's end be that of all its processes: it would wait for what they compute."""
    try:
        from distributed import WorkerPlugin, get_worker  # noqa: PLC0415

        worker = get_worker()
    except (ImportError, ValueError):
        return  # no worker of Dask's

    class Ending(WorkerPlugin):
        name = "lossland-seats"

        def teardown(self, worker: Any) -> None:
            for seat in list(_Seat.taken):
                seat.leave(None)

    worker.loop.add_callback(worker.plugin_add, Ending())


def _run(errand: Errand, shared: bytes) -> Answer:
    seat = _Seat.of_this_thread()
    notes = _admitted(errand, seat)
    arguments = [pickle.loads(shared) if a is Shared else a for a in errand.arguments]
    return Answer(seat.do(errand.owner, errand.call, *arguments), notes=notes)


_passed: dict[bytes, bool] = {}


def _admitted(errand: Errand, seat: _Seat) -> tuple[str, ...]:
    """What the check of this machine told, the first time that it is made here."""
    if not errand.admission or errand.admission in _passed:
        return ()
    host = socket.gethostname()
    try:
        missing = seat.do(errand.owner, pickle.loads(errand.admission))
    except HostTrouble:
        raise
    except GraderError as error:
        raise type(error)(f"on {host}: {error}") from None
    _passed[errand.admission] = True
    return tuple(f"less isolation on {host}: {line}" for line in missing)


class _Seat:
    """A thread's own process, made when it is needed."""

    taken: ClassVar[list[_Seat]] = []
    _here = threading.local()

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = ""
        self._pool: LocalPool | None = None

    @classmethod
    def of_this_thread(cls) -> _Seat:
        seat: _Seat | None = getattr(cls._here, "seat", None)
        if seat is None:
            seat = cls._here.seat = cls()
            if not cls.taken:
                _end_with_worker()
            cls.taken.append(seat)
        return seat

    def do(self, owner: str, call: Callable[..., Any], *arguments: Any) -> Any:
        """Its result; a process that dies is replaced once."""
        for _ in range(2):
            with self._lock:
                self._owner = owner
                pool = self._pool = self._pool or _opened()
            try:
                return pool.submit(call, *arguments).result()
            except BrokenExecutor:
                with self._lock:
                    given_up, self._pool = self._pool is None, None
                pool.shutdown(now=True)
                if given_up:
                    raise HostTrouble("the run was given up") from None
            finally:
                self._owner = ""
        raise HostTrouble(DIED)

    def leave(self, owners: Container[str] | None) -> None:
        """End the process if it works for one of these, or at all; "" stands for one that waits."""
        with self._lock:
            if owners is not None and self._owner not in owners:
                return
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(now=True)


def _opened() -> LocalPool:
    premises.keep(places_here())
    return LocalPool(1)


def places_here() -> tuple[str, ...]:
    """What of this machine is nobody's to read: as told, the home folder, the worker's own one."""
    told = os.environ.get(PRIVATE, "").split(os.pathsep)
    places = [*told, os.path.expanduser("~"), os.getcwd()]
    whole = (os.path.abspath(place) for place in places if place)
    return tuple(dict.fromkeys(place for place in whole if place != os.path.abspath(os.sep)))
