"""A sandbox's share of the machine: its niceness, its processor, how many processes it may have."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import resource
import socket
import sys

from autograder.limits import Limits
from autograder.sandbox import processes

NICENESS = 5
# From this kernel on, a user namespace has a count of processes of its own.
COUNTED_BY_NAMESPACE = (5, 14)

_claims: dict[int, socket.socket] = {}


def claim_core() -> int | None:
    """A processor that nobody else on this machine has claimed; None where there is none left.

    The claim is a name that the kernel frees when this process ends, however it ends.
    """
    if sys.platform != "linux":
        return None
    cores = sorted(os.sched_getaffinity(0))
    for core in cores if len(cores) > 1 else []:
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0lossland-core-{core}")
        except OSError:
            claim.close()
            continue
        _claims[core] = claim
        return core
    return None


def free_core(core: int | None) -> None:
    """Let others claim it."""
    if core is not None:
        _claims.pop(core).close()


def hold(core: int | None) -> None:
    """Stay on one processor, whatever is forked from here; seccomp keeps it so."""
    if core is not None and sys.platform == "linux":
        with contextlib.suppress(OSError):  # it may have been taken away since
            os.sched_setaffinity(0, {core})


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
