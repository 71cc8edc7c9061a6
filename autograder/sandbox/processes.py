"""Finding, weighing and ending all processes that a submission has started."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator

PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


def _parents() -> Iterator[tuple[int, int, str]]:
    """(process, parent, state) of every process in sight; nothing where there is no /proc."""
    try:
        names = os.listdir("/proc")
    except OSError:
        return
    for name in names:
        if not name.isdecimal():
            continue
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{name}/stat", "rb") as stat:
                # The command's name stands in brackets and may itself hold brackets.
                fields = stat.read().rpartition(b")")[2].split()
            yield int(name), int(fields[1]), fields[0].decode()


def descendants(root: int) -> list[int]:
    """Living processes below ``root``, which adopts the orphans among them."""
    children: dict[int, list[int]] = {}
    alive = set()
    for process, parent, state in _parents():
        children.setdefault(parent, []).append(process)
        if state not in "ZX":
            alive.add(process)
    found, front = [], [root]
    while front:
        below = children.get(front.pop(), [])
        found += [process for process in below if process in alive]
        front += below
    return found


def resident_mb(processes: list[int]) -> float:
    """Resident memory of these processes together; shared pages count for the first only.

    What a child still shares with the warm parent is not its own: the shared part is
    subtracted, as ``/proc/PID/statm`` counts it (file pages) and, for the rest, by the caller's
    base line.
    """
    total = 0.0
    for process in processes:
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{process}/statm", "rb") as statm:
                _, resident, shared, *_ = statm.read().split()
            total += (int(resident) - int(shared)) * PAGE_MB
    return total


def end(root: int, spare: set[int], patience: float = 2.0) -> bool:
    """Kill everything below ``root`` but ``spare``; True when nothing else is left.

    Repeats, since a process may fork while it is being killed.
    """
    until = time.monotonic() + patience
    while time.monotonic() < until:
        reap(spare)
        others = [process for process in descendants(root) if process not in spare]
        if not others:
            return True
        for process in others:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.002)
    return False


def reap(spare: set[int]) -> dict[int, int]:
    """Collect ended children: process → wait status. ``spare`` is collected as well."""
    ended: dict[int, int] = {}
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if not process:
            return ended
        ended[process] = status
