"""Finding and ending all processes that a submission has started."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")


class Process(NamedTuple):
    """What ``/proc/PID/stat`` says of one process; times are in seconds."""

    pid: int
    parent: int
    state: str
    own_seconds: float
    """Of all its threads."""
    children_seconds: float
    """Of the children it has buried."""
    threads: int
    started: int

    @property
    def alive(self) -> bool:
        """Whether it is more than an entry that nobody has collected yet."""
        return self.state not in "ZX"


def _processes() -> Iterator[Process]:
    """Every process in sight; nothing where there is no /proc."""
    try:
        names = os.listdir("/proc")
    except OSError:
        return
    for name in names:
        if name.isdecimal():
            with contextlib.suppress(OSError, ValueError, IndexError):
                yield _read(int(name))


def _read(pid: int) -> Process:
    with open(f"/proc/{pid}/stat", "rb") as stat:
        # The command's name stands in brackets and may itself hold brackets.
        fields = stat.read().rpartition(b")")[2].split()
    user, system, children_user, children_system = (int(field) / TICKS for field in fields[11:15])
    return Process(
        pid, int(fields[1]), fields[0].decode(), user + system, children_user + children_system,
        int(fields[17]), int(fields[19]),
    )  # fmt: skip


def family(root: int, itself: bool = False) -> list[Process]:
    """All processes below ``root``, which adopts the orphans among them; ended ones too."""
    children: dict[int, list[Process]] = {}
    found = []
    for process in _processes():
        children.setdefault(process.parent, []).append(process)
        if itself and process.pid == root:
            found.append(process)
    front = [root]
    while front:
        below = children.get(front.pop(), [])
        found += below
        front += [process.pid for process in below]
    return found


def descendants(root: int) -> list[int]:
    """Living processes below ``root``."""
    return [process.pid for process in family(root) if process.alive]


def tasks_of_user(user: int) -> int:
    """Processes and threads of this user that are in sight."""
    total = 0
    for process in _processes():
        with contextlib.suppress(OSError):
            if os.stat(f"/proc/{process.pid}").st_uid == user:
                total += process.threads
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
