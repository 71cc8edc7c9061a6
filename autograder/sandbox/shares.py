"""A sandbox's share of the machine: its niceness, its processor, how many processes it may have."""

from __future__ import annotations

import contextlib
import itertools
import os
import platform
import re
import resource
import socket
import sys
from dataclasses import dataclass

from autograder.limits import Limits
from autograder.sandbox import processes

NICENESS = 5
# From this kernel on, a user namespace has a count of processes of its own.
COUNTED_BY_NAMESPACE = (5, 14)

CLAIMED = "lossland-core"
# How many sandboxes may share one processor before the next is held to none.
MOST_ON_A_CORE = 64


@dataclass(frozen=True)
class Core:
    """A processor that was claimed, until its claim is closed."""

    number: int
    claim: socket.socket

    def hold(self) -> None:
        """Stay on this processor, whatever is forked from here; seccomp keeps it so."""
        with contextlib.suppress(OSError):  # it may have been taken away since
            os.sched_setaffinity(0, {self.number})


def claim_core() -> Core | None:
    """One of the processors that the fewest others on this machine have claimed.

    A claim is a name that the kernel frees when this process ends, however it ends. None where
    there is one processor only, or no way to stay on one.
    """
    if sys.platform != "linux":
        return None
    numbers = sorted(os.sched_getaffinity(0))
    if len(numbers) == 1:
        return None
    for rank, number in itertools.product(range(MOST_ON_A_CORE), numbers):
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0{CLAIMED}-{number}-{rank}")
        except OSError:
            claim.close()
            continue
        return Core(number, claim)
    return None


def be_nice() -> None:
    """Leave the judges the first choice of processors; nobody can take that back."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
    if sys.platform == "linux":
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NICE, (0, 0))


def process_limit(limits: Limits, counted_alone: bool) -> int:
    """RLIMIT_NPROC for a submission.

    Where the kernel counts all processes of the user, this is far above what the user has now:
    there the keeper counts, and the limit only slows a fork bomb down until it does.
    """
    if counted_alone:
        return limits.processes
    return processes.tasks_of_user(os.getuid()) + 8 * limits.processes


def counted_by_namespace() -> bool:
    """Whether this kernel counts the processes of a user namespace apart."""
    release = re.match(r"(\d+)\.(\d+)", platform.release())
    if release is None:
        return False
    return (int(release[1]), int(release[2])) >= COUNTED_BY_NAMESPACE
