"""The reference: the instructor's notebook, run once in a process that every judge is forked from.

    worker ── fork ──► reference process ── fork ──► judge of one submission

The reference process runs the instructor's cells in a scratch copy of the data, within limits,
and then forks one judge a submission, which inherits the functions. Nothing that the reference
does to its files, its environment or its own life reaches the worker or a submission; an endless
or dying cell is a CourseError that names it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from autograder.errors import CourseError, GraderError, HostTrouble
from autograder.judge.assignment import Assignment, run_code
from autograder.judge.environment import restored
from autograder.judge.magics import JudgeShell, unseen
from autograder.judge.manner import Manner
from autograder.judge.opening import Opening, opened
from autograder.judge.owners import Owners, fingerprint, fingerprints
from autograder.judge.process import forked, in_own_process, what_the_host_lacks
from autograder.judge.staging import stage
from autograder.judge.timing import JudgeTimeout, cpu_alarm, quiet
from autograder.limits import WALL_FACTOR, Limits
from autograder.sandbox import pages

GRACE_SECONDS = 10
GONE = "the judging process was killed, perhaps because memory ran out"


@dataclass(frozen=True)
class Reference:
    """What the instructor's cells left: names, and what went wrong, a line each.

    ``students`` tells, by the name of each cell, which names are the student's before it.
    """

    names: Mapping[str, Any] = field(repr=False)
    problems: tuple[str, ...] = ()
    students: Mapping[str, frozenset[str]] = field(default_factory=dict)
    spent: Mapping[str, float] = field(default_factory=dict)
    """Seconds that each cell computed."""


Judge = Callable[[Reference, Opening, Path, Any], Any]
"""Judges one request in its own process, given a scratch folder; its answer is JSON data."""


def run_reference(
    loaded: Assignment,
    limits: Limits,
    begin: Callable[[str], None] = lambda _: None,
    manner: Manner | None = None,
) -> Reference:
    """Run the instructor's notebook without its tests; ``begin`` hears the name of each cell."""
    manner = manner or Manner()
    names: dict[str, Any] = {"__name__": "__main__", "display": unseen}
    names["get_ipython"] = JudgeShell(names)
    owners = Owners(manner.unseeded)
    problems = []
    given: frozenset[str] = frozenset()
    spent: dict[str, float] = {}
    for cell in loaded.cells:
        owners.enter(cell)
        if cell.code is None or (cell.kind == "test" and not manner.companions):
            continue
        begin(cell.grade_id)
        before = fingerprints(names, given) if cell.kind == "solution" else {}
        seconds = manner.for_cell(cell.grade_id, limits).cell_seconds
        started = time.process_time()
        try:
            with cpu_alarm(seconds), quiet():
                run_code(cell.code, names)
        except JudgeTimeout:
            raise CourseError(_endless(cell.grade_id, seconds)) from None
        except BaseException as error:
            if not cell.may_raise and cell.kind in ("given", "solution"):
                # No test rests on the others, or they say so by failing.
                text = f"{type(error).__name__}: {error}".strip(": ")
                problems.append(f"the source's cell {cell.grade_id} raised {text[:200]}")
        spent[cell.grade_id] = time.process_time() - started
        after = fingerprints(names, frozenset(before))
        owners.leave(cell, frozenset(name for name in before if before[name] != after.get(name)))
        if cell.kind != "solution":
            given |= cell.binds
    return Reference(names, tuple(problems), owners.before, spent)


def _endless(cell: str, seconds: int) -> str:
    return (
        f"the source notebook's cell {cell} runs for more than {seconds} seconds: "
        "make it faster, or raise the limit cell_seconds"
    )


class ReferenceProcess:
    """The reference process of one assignment, from the worker's side; ``close`` ends it."""

    def __init__(
        self,
        loaded: Assignment,
        files: Mapping[str, bytes],
        limits: Limits,
        judge: Judge,
        manner: Manner,
    ) -> None:
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self.problems: tuple[str, ...] = ()
        self.spent: Mapping[str, float] = {}
        self._patience = max([limits.cell_seconds, *manner.seconds.values()])
        with what_the_host_lacks("no judge could be started"):
            self._room = Path(tempfile.mkdtemp(prefix="judging-"))
            self._room.chmod(0o711)  # what is shown to students' processes lies inside
            self._pipe, theirs = Pipe()
            self._process = forked()
        if self._process == 0:
            self._pipe.close()
            _Server(theirs, self._room, limits, judge, manner).be(loaded, files)
        theirs.close()
        try:
            self._await_reference()
        except BaseException:
            self.close()
            raise

    def _await_reference(self) -> None:
        """Wait until the cells have run; CourseError names the one that did not end."""
        running = ""
        patience = WALL_FACTOR * self._patience + GRACE_SECONDS
        while True:
            try:
                if not self._pipe.poll(patience):
                    raise CourseError(_endless(running, self._patience))
                kind, what = self._pipe.recv()
            except (EOFError, OSError):
                if not running:
                    raise HostTrouble("the reference's process did not start") from None
                text = f"the source notebook's cell {running} ends the process it runs in"
                raise CourseError(text) from None
            if kind == "failed":
                raise CourseError(what)
            if kind == "ready":
                self.problems, self.spent = what
                return
            running = what

    def judge(self, request: Any) -> Any:
        """The judge's answer to one request, or one line saying why there is none.

        Raises HostTrouble when the host has ended one of the processes that it takes.
        """
        with self._lock:
            try:
                self._pipe.send(request)
                answer = self._pipe.recv()
            except (EOFError, OSError):
                self.close()
                raise HostTrouble(GONE) from None
        if isinstance(answer, GraderError):
            raise answer
        return answer

    def left(self) -> Mapping[str, str]:
        """Fingerprints of the instructor's data as the cells left them, by their names."""
        fingerprints: Mapping[str, str] = self.judge(None)
        return fingerprints

    def alive(self) -> bool:
        """Whether this process may still ask it."""
        return os.getpid() == self._owner and not self._pipe.closed

    def close(self) -> None:
        """End the process and remove its folders; a forked copy of this object does nothing."""
        if os.getpid() != self._owner or self._pipe.closed:
            return
        self._pipe.close()  # the other end leaves, and takes a judge that still runs along
        with contextlib.suppress(ChildProcessError):
            _ended(self._process)
        shutil.rmtree(self._room, ignore_errors=True)


def _ended(process: int) -> None:
    import signal  # noqa: PLC0415

    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


class _Server:
    """The inside of the reference process."""

    def __init__(
        self, pipe: Connection, room: Path, limits: Limits, judge: Judge, manner: Manner
    ) -> None:
        self.manner = manner
        self.pipe = pipe
        self.room = room
        self.limits = limits
        self.judge = judge

    def be(self, loaded: Assignment, files: Mapping[str, bytes]) -> NoReturn:
        """Run the reference, then serve; nothing of the caller's clean-up may happen here."""
        try:
            self._silence()
            sys.path.insert(0, "")  # modules beside the notebook, in a judge its own copies
            os.environ["NBGRADER_EXECUTION"] = "autograde"  # as nbgrader tells a notebook
            try:
                reference = self._run(loaded, files)
            except GraderError as error:
                self.pipe.send(("failed", str(error)))
                os._exit(0)
            self.pipe.send(("ready", (reference.problems, reference.spent)))
            self._serve(loaded, reference, self._opened(loaded, reference, files))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            pass  # nobody asks any more
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)

    @staticmethod
    def _silence() -> None:
        """What the instructor's cells print is nobody's to read."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1):
            os.dup2(nowhere, number)
        os.close(nowhere)

    def _run(self, loaded: Assignment, files: Mapping[str, bytes]) -> Reference:
        import matplotlib  # noqa: PLC0415

        matplotlib.use("agg", force=False)
        scratch = self.room / "reference"
        stage(scratch, files)
        with open(os.devnull, "w") as nowhere, restored():
            os.chdir(scratch)
            sys.stdout = sys.stderr = nowhere
            random.seed()
            np.random.seed()  # noqa: NPY002 (what is not seeded is to differ from run to run)
            reference = run_reference(
                loaded, self.limits, lambda c: self.pipe.send(("cell", c)), self.manner
            )
        shutil.rmtree(scratch, ignore_errors=True)
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
        return reference

    def _opened(
        self, loaded: Assignment, reference: Reference, files: Mapping[str, bytes]
    ) -> Opening:
        scratch, place = self.room / "opening", os.getcwd()
        stage(scratch, files)
        os.chdir(scratch)
        opening = opened(loaded, reference.names, reference.students, self.manner, self.limits)
        os.chdir(place)
        shutil.rmtree(scratch, ignore_errors=True)
        return opening

    def _serve(self, loaded: Assignment, reference: Reference, opening: Opening) -> None:
        gc.freeze()  # a judge's collections leave alone, and so shared, what all inherit
        pages.gather()
        requests = _Requests(self.pipe, self.room)
        while True:
            request = requests.next()
            if request is None:
                self.pipe.send(_left(loaded, reference))
                continue
            place = self.room / "judge"
            try:
                with what_the_host_lacks("no judge could be started"):
                    place = Path(tempfile.mkdtemp(prefix="judge-", dir=self.room))
                answer = in_own_process(
                    lambda: self.judge(reference, opening, place, request),  # noqa: B023
                    self.limits,
                )
            except GraderError as error:
                answer = error
            finally:
                shutil.rmtree(place, ignore_errors=True)
            self.pipe.send(answer)


def _left(loaded: Assignment, reference: Reference) -> dict[str, str]:
    given = {name for cell in loaded.cells if cell.kind != "solution" for name in cell.binds}
    # What is bound to be thrown away, as in ``_, axes = plt.subplots()``, is nobody's.
    read = {name for cell in loaded.cells for name in cell.loads}
    given = {name for name in given if name in read or not name.startswith("_")}
    return {name: fingerprint(reference.names[name]) for name in given & {*reference.names}}


class _Requests:
    """Reads requests in a thread, so that the worker's end is noticed while a judge runs."""

    def __init__(self, pipe: Connection, room: Path) -> None:
        self._pipe = pipe
        self._room = room
        self._waiting: list[Any] = []
        self._there = threading.Semaphore(0)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                self._waiting.append(self._pipe.recv())
            except (EOFError, OSError):
                shutil.rmtree(self._room, ignore_errors=True)
                os._exit(0)  # a judge that still runs is killed by its parent's end
            self._there.release()

    def next(self) -> Any:
        """The next request, when it comes."""
        self._there.acquire()
        return self._waiting.pop(0)
