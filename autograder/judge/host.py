"""Whether the host ran out of something while a submission was judged.

A submission's own word for it is not enough: it may raise any error it likes. So the host is
asked, from outside the sandbox, and only for the kinds of failure that a shortage would cause.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
from pathlib import Path

from autograder.errors import HostTrouble
from autograder.limits import Limits
from autograder.sandbox.processes import tasks_of_user

CRASHED = "the process ended"
_OF_MEMORY = re.compile(r"MemoryError|Cannot allocate memory|ended the process|" + CRASHED)
_OF_PROCESSES = re.compile(r"BlockingIOError|temporarily unavailable|can't start new thread")
FULL = 0.95


class Host:
    """The host, from the moment on when a submission's judging begins."""

    def __init__(self, limits: Limits, proc: Path = Path("/proc")) -> None:
        self.limits = limits
        self.proc = proc
        self._killed = self._killed_for_memory()

    def check(self, failure: str) -> None:
        """Raise HostTrouble if this failure of the student's code is the host's doing."""
        if _OF_MEMORY.search(failure) and self._out_of_memory():
            raise HostTrouble("the host ran out of memory")
        if _OF_PROCESSES.search(failure) and self._out_of_processes():
            raise HostTrouble("the host has no room for more processes (see `ulimit -u`)")

    def _out_of_memory(self) -> bool:
        """The kernel has killed for want of memory since, or promises no more than it has."""
        if self._killed_for_memory() > self._killed:
            return True
        if self._number("sys/vm/overcommit_memory") != 2:
            return False
        promised = self._numbers("meminfo")
        room_kb = promised.get("CommitLimit", 0) - promised.get("Committed_AS", 0)
        return room_kb < self.limits.address_space_mb << 10

    def _killed_for_memory(self) -> int:
        return self._numbers("vmstat").get("oom_kill", 0)

    def _out_of_processes(self) -> bool:
        if not _can_fork():
            return True
        soft, _ = resource.getrlimit(resource.RLIMIT_NPROC)
        counted = os.geteuid() != 0 and soft != resource.RLIM_INFINITY
        if counted and tasks_of_user(os.getuid()) + self.limits.processes > soft:
            return True
        most = min(self._number("sys/kernel/pid_max"), self._number("sys/kernel/threads-max"))
        with contextlib.suppress(OSError, ValueError, IndexError):
            tasks = int((self.proc / "loadavg").read_text().split()[3].partition("/")[2])
            return bool(most) and tasks > FULL * most
        return False

    def _numbers(self, name: str) -> dict[str, int]:
        with contextlib.suppress(OSError):
            found = re.findall(r"^(\w+):?\s+(\d+)", (self.proc / name).read_text(), re.MULTILINE)
            return {key: int(value) for key, value in found}
        return {}

    def _number(self, name: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            return int((self.proc / name).read_text())
        return 0


def _can_fork() -> bool:
    try:
        child = os.fork()
    except OSError:
        return False
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return True
