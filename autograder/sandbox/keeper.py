"""The keeper: the trusted first process inside the walls.

It starts the notebook process, weighs everything the submission runs, kills what must go,
and ends when the judge does: its own end takes every process inside along. It runs none of
the student's code, and no process inside can signal it, read its memory or close its wire.

The judge's requests are single bytes on the control socket, each answered by one line of JSON:

    N (with a descriptor)   start the notebook process with this socket
    T (with a line)         that process carries on for the notebook's, which had threads
    B (with a line)         the same, and the notebook's stands still behind it: cells will follow
    G                       cells follow: the process that stood behind goes on
    H                       stop the notebook process: a test is about to begin
    S                       end everything but the notebook process and let that go on;
                            {"fresh": false} if the next test could know something of this one
    R                       end everything and empty the private folders
    V                       what of the host is shown? {"shown": …, "covered": …, "links": …}
    W                       why did something end? {"killed": "memory", "processes" or ""}
    M                       what has been used? the fields of ``metering.Usage``
    I, X                    interrupt the cell that waits (I) or computes (X) too long
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.limits import Limits
from autograder.sandbox import (
    freshness,
    kernel,
    pinned,
    processes,
    runtime,
    seccomp,
    shares,
    traces,
    walls,
)
from autograder.sandbox.folders import Folders
from autograder.sandbox.memory import Scale
from autograder.sandbox.metering import Meter
from autograder.sandbox.processes import Process
from autograder.sandbox.view import View, layers

WEIGHING_SECONDS = 0.05
WEIGHING_SHARE = 20  # weighing may take one part in so many of the time
PASSING = {errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE}
INTERRUPTS = {b"I": signal.SIGALRM, b"X": signal.SIGXCPU}


class Keeper:
    """The keeper's state: the notebook process, the folders the student may write to."""

    def __init__(
        self,
        control: socket.socket,
        limits: Limits,
        folders: Folders,
        view: View,
        *,
        counted_alone: bool,
    ) -> None:
        self.control = control
        self.view = view
        self.limits = limits
        self.folders = folders
        self.counted_alone = counted_alone
        self.places = list(folders.places())
        self.bare = self.after = folders.manifest()
        self.notebook: int | None = None
        self.behind: int | None = None
        self.socket = ""
        self.patience = 0.0
        self.held: freshness.State | None = None
        self.rest: tuple[str, ...] = ()
        self.killed = ""
        self.meter = Meter(os.getpid())
        self.scale = Scale(os.getpid())
        self._next_weighing = 0.0

    def serve(self) -> None:
        """Answer requests until the judge closes the control socket."""
        while True:
            patience = max(0.0, self._next_weighing - time.monotonic())
            ready, _, _ = select.select([self.control], [], [], patience)
            if time.monotonic() >= self._next_weighing:
                self._weigh()
            if not ready:
                continue
            request, descriptors, _, _ = socket.recv_fds(self.control, 1, 1)
            if not request:
                return
            self._answer(request, descriptors)

    def _answer(self, request: bytes, descriptors: list[int]) -> None:
        answer: dict[str, Any] = {"to": request.decode("ascii", "replace"), "done": True}
        if request == b"N":
            self.folders.fill()
            self.notebook = self._start(descriptors[0])
        elif request == b"S":
            answer["done"] = processes.end(os.getpid(), self._spared())
            answer["fresh"] = self._is_fresh()
        elif request in (b"T", b"B"):
            self._follow(int(self.control.recv(32)), behind=request == b"B")
        elif request == b"G":
            self._wake()
        elif request == b"H":
            answer["done"] = self._hold()
        elif request == b"R":
            self.notebook = self.behind = self.held = None
            answer["done"] = processes.end(os.getpid(), set())
            self.folders.restore(self.bare)
        elif request == b"V":
            answer |= asdict(self.view)
        elif request == b"W":
            self._weigh()
            answer["killed"] = self.killed
            self.killed = ""
        elif request == b"M":
            answer |= asdict(self.meter.read())
        elif request in INTERRUPTS and self.notebook is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self.notebook, INTERRUPTS[request])
        self.control.sendall(json.dumps(answer).encode() + b"\n")

    def _spared(self) -> set[int]:
        return {process for process in (self.notebook, self.behind) if process is not None}

    def _running(self) -> list[int]:
        return [process.pid for process in processes.family(os.getpid()) if process.alive]

    def _follow(self, process: int, behind: bool) -> None:
        """The notebook's process has forked, and its threads are not to see the tests.

        It has ended, or stands still ``behind`` its fork until more cells are to run.
        """
        if process not in self._running() or process == self.notebook:
            return
        left, self.notebook = self.notebook, process
        self.behind = left if behind else None
        if self.behind is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.behind, signal.SIGSTOP)

    def _wake(self) -> None:
        if self.behind is not None:
            self.notebook, self.behind = self.behind, None
            freshness.go_on(self.notebook)

    def _hold(self) -> bool:
        """Stop the notebook's process; False if it, or a test's child, is not as it should be."""
        self.held = None
        if self.notebook is None or not os.path.exists("/proc/self/stat"):
            return self.notebook is not None
        self.held = freshness.stop(self.notebook, self.socket, self.places, self.patience)
        others = set(self._running()) - self._spared()
        self.rest = freshness.activity(self.behind)
        return self.held is not None and not any(
            freshness.holds(process, self.socket) for process in others
        )

    def _is_fresh(self) -> bool:
        """After a test: could the next one find anything that this one left behind?"""
        if self.held is None or self.notebook is None:
            self._settle()
            return True
        try:
            found = freshness.look(self.notebook, self.socket, self.places)
            same = self.held.stopped and found == self.held
            same = same and freshness.activity(self.behind) == self.rest
        except OSError:
            same = False
        self.held = None
        freshness.go_on(self.notebook)
        return self.folders.restore(self.after) and same

    def _settle(self) -> None:
        """The notebook has just run: what follows is compared with this."""
        self.after = self.folders.manifest()
        with contextlib.suppress(OSError):
            if self.notebook is not None:
                open_channels = freshness.shares(self.notebook, self.socket, self.places)
                self.patience = 0.0 if open_channels else freshness.STOPPING_SECONDS

    def _start(self, descriptor: int) -> int:
        self.socket = f"socket:[{os.fstat(descriptor).st_ino}]"
        notebook = os.fork()
        if notebook:
            os.close(descriptor)
            return notebook
        status = 1
        try:
            self.control.close()
            set_limits(self.limits, shares.process_limit(self.limits, self.counted_alone))
            shares.be_nice()
            if sys.platform == "linux":
                kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # its own /proc/self is its own
                kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            runtime.serve_notebook(socket.socket(fileno=descriptor), self.limits)
            status = 0
        finally:
            os._exit(status)

    def _weigh(self) -> None:
        started = time.monotonic()
        processes.reap(set())
        found = processes.family(os.getpid())
        self.meter.count(found)
        running = [process for process in found if process.alive]
        # The notebook process is worth sparing while it is a test's child that grew.
        notebook = [process for process in running if process.pid == self.notebook]
        for why, exceeded in (("processes", self._many), ("memory", self._heavy)):
            if exceeded(running):
                self.killed = why
                processes.end(os.getpid(), set() if exceeded(notebook) else self._spared())
                break
        took = time.monotonic() - started
        self._next_weighing = time.monotonic() + max(WEIGHING_SECONDS, WEIGHING_SHARE * took)

    def _many(self, running: list[Process]) -> bool:
        return sum(process.threads for process in running) > self.limits.processes

    def _heavy(self, running: list[Process]) -> bool:
        limit = self.limits.memory_mb
        return self.scale.megabytes([process.pid for process in running], limit) > limit


def set_limits(limits: Limits, process_limit: int) -> None:
    """Set the kernel's limits for this process and all that it starts."""
    megabyte = 1 << 20
    wanted = {
        resource.RLIMIT_AS: limits.address_space_mb * megabyte,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits.disk_mb * megabyte,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: process_limit,
        # The judge watches the clock; this is for what it does not see.
        resource.RLIMIT_CPU: limits.submission_seconds,
    }
    for kind, value in wanted.items():
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)  # noqa: PLW2901
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some of them
            resource.setrlimit(kind, (value, value))


# -- from the warm parent's fork to a serving keeper -------------------------------------


def prepare(plan: walls.Plan) -> None:
    """Work out in the warm parent what is the same for all keepers with this plan."""
    layers(plan.view())
    with contextlib.suppress(ImportError):  # then nothing can be graded, and the keeper says why
        importlib.import_module("lossland")  # empty: its modules may hold answers
    for name in _pinned(plan):
        pinned.found(name)
    with contextlib.suppress(OSError):  # not known for this machine
        seccomp.program()


def _pinned(plan: walls.Plan) -> list[str]:
    """The top-level modules that have to be found inside, wherever they lie."""
    return list(dict.fromkeys(name.partition(".")[0] for name in ("lossland", *plan.imports)))


def run(control: socket.socket, plan: walls.Plan, limits: Limits) -> None:
    """Raise the walls and serve; never returns to the warm parent's code."""
    os.setsid()
    os.umask(0o022)  # whatever the instructor's is: what is made here others must be able to enter
    as_root = os.geteuid() == 0
    _silence({control.fileno()})
    view = plan.view()
    pinned.pin(_pinned(plan))
    inside = plan.namespaces and sys.platform == "linux"
    if inside:
        try:
            _check_namespaces()
            walls.enter_namespaces(plan)
        except OSError as error:
            passing = error.errno in PASSING
            _say(control, {"refused": f"namespaces: {error}", "passing": passing})
            return
        guardian = os.fork()
        if guardian:
            # Outside the new process namespace: wait, so that the inside has a parent to follow.
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            control.close()
            os.waitpid(guardian, 0)
            return
        folders = walls.finish_namespaces(plan)
    else:
        folders = walls.private_folders(plan)
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
            score.write("1000")
    os.chdir(folders.work)
    report = walls.drop_privileges(plan, view, folders, inside)
    broken = _out_of_reach()
    if broken:  # every answer would fail in here: that is no verdict on the answers
        _say(control, {"broken": broken})
        return
    runtime.prepare_environment(folders.home, folders.tmp)
    if sys.platform == "linux":
        traces.forget_arguments()
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # no process of the same user may look inside
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)  # orphans stay in sight
    _say(control, report.__dict__)
    try:
        # As root every sandbox has a user number of its own, so that the count is its own as well.
        alone = inside and (as_root or shares.counted_by_namespace())
        Keeper(control, limits, folders, view, counted_alone=alone).serve()
    finally:
        processes.end(os.getpid(), set())
        if not inside:
            shutil.rmtree(folders.home, ignore_errors=True)


def _check_namespaces() -> None:
    if not os.path.exists("/proc/self/ns/user"):
        raise OSError(38, "this kernel has no user namespaces")


def _out_of_reach() -> str:
    """Which part of the interpreter cannot be read in here, and why; empty if none."""
    import numpy  # noqa: PLC0415

    import lossland  # noqa: PLC0415 (empty: its modules may hold answers)

    for path in (sys.executable, os.__file__, numpy.__file__, lossland.__file__):
        try:
            Path(str(path)).open("rb").close()
        except OSError as error:
            return f"{path} is out of reach inside the sandbox ({error.strerror})"
    return ""


def _say(control: socket.socket, answer: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        control.sendall(json.dumps(answer).encode() + b"\n")


def _silence(keep: set[int]) -> None:
    """Close every inherited descriptor but ``keep``; standard streams go nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    if sys.platform == "linux":
        kernel.close_descriptors(keep)
    else:
        for number in range(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0]):
            if number not in keep:
                with contextlib.suppress(OSError):
                    os.close(number)
