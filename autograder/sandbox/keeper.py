"""The keeper: the trusted first process inside the walls.

It starts the notebook process, weighs everything the submission runs, kills what must go,
and ends when the judge does: its own end takes every process inside along. It runs none of
the student's code, and no process inside can signal it, read its memory or close its wire.

The judge's requests are single bytes on the control socket, each answered by one line of JSON:

    N (with a descriptor)   start the notebook process with this socket
    S                       end everything but the notebook process
    R                       end everything and empty the private folders
    W                       why did something end? {"killed": "memory", "processes" or ""}
    M                       what has been used? the fields of ``metering.Usage``
    I, X                    interrupt the cell that waits (I) or computes (X) too long
"""

from __future__ import annotations

import contextlib
import errno
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
from typing import Any

from autograder.limits import Limits
from autograder.sandbox import kernel, processes, runtime, shares, walls
from autograder.sandbox.memory import Scale
from autograder.sandbox.metering import Meter
from autograder.sandbox.processes import Process

WEIGHING_SECONDS = 0.05
WEIGHING_SHARE = 20  # weighing may take one part in so many of the time
PASSING = {errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE}
INTERRUPTS = {b"I": signal.SIGALRM, b"X": signal.SIGXCPU}


class Keeper:
    """The keeper's state: the notebook process, the folders the student may write to."""

    def __init__(
        self, control: socket.socket, limits: Limits, folders: walls.Folders, counted_alone: bool
    ) -> None:
        self.control = control
        self.limits = limits
        self.folders = folders
        self.counted_alone = counted_alone
        self.given = folders.contents()
        self.notebook: int | None = None
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
        answer: dict[str, Any] = {"done": True}
        if request == b"N":
            self.notebook = self._start(descriptors[0])
        elif request == b"S":
            answer["done"] = processes.end(os.getpid(), self._spared())
        elif request == b"R":
            self.notebook = None
            answer["done"] = processes.end(os.getpid(), set())
            self.folders.empty(self.given)
        elif request == b"W":
            self._weigh()
            answer["killed"] = self.killed
            self.killed = ""
        elif request == b"M":
            answer = asdict(self.meter.read())
        elif request in INTERRUPTS and self.notebook is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self.notebook, INTERRUPTS[request])
        self.control.sendall(json.dumps(answer).encode() + b"\n")

    def _spared(self) -> set[int]:
        return set() if self.notebook is None else {self.notebook}

    def _start(self, descriptor: int) -> int:
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


def run(control: socket.socket, plan: walls.Plan, limits: Limits) -> None:
    """Raise the walls and serve; never returns to the warm parent's code."""
    os.setsid()
    as_root = os.geteuid() == 0
    _silence({control.fileno()})
    inside = plan.namespaces and sys.platform == "linux"
    if inside:
        try:
            _check_namespaces()
            walls.enter_namespaces(plan)
        except OSError as error:
            _refuse(control, f"namespaces: {error}", passing=error.errno in PASSING)
            return
        guardian = os.fork()
        if guardian:
            # Outside the new process namespace: wait, so that the inside has a parent to follow.
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            control.close()
            os.waitpid(guardian, 0)
            return
        walls.finish_namespaces()
        folders = walls.Folders()
    else:
        folders = walls.private_folders(plan)
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
            score.write("1000")
    report = walls.drop_privileges(plan, folders, inside)
    out_of_reach = [path for path in walls.library_paths() if not os.path.exists(path)]
    if out_of_reach:  # every answer would fail in here: that is no verdict on the answers
        _refuse(control, f"{out_of_reach[0]} is out of reach inside the sandbox")
        return
    runtime.prepare_environment(folders.home, folders.tmp)
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # no process of the same user may look inside
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)  # orphans stay in sight
    control.sendall(json.dumps(report.__dict__).encode() + b"\n")
    try:
        # As root every sandbox has a user number of its own, so that the count is its own as well.
        alone = inside and (as_root or shares.counted_by_namespace())
        Keeper(control, limits, folders, alone).serve()
    finally:
        processes.end(os.getpid(), set())
        if not inside:
            shutil.rmtree(folders.home, ignore_errors=True)


def _check_namespaces() -> None:
    if not os.path.exists("/proc/self/ns/user"):
        raise OSError(38, "this kernel has no user namespaces")


def _refuse(control: socket.socket, why: str, passing: bool = False) -> None:
    """Say why there are no walls; with ``passing``, another time there may be."""
    with contextlib.suppress(OSError):
        control.sendall(json.dumps({"refused": why, "passing": passing}).encode() + b"\n")


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
