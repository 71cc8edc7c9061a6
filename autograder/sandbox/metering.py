"""How much a family of processes has computed, and whether it would if the host let it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

from autograder.sandbox import processes
from autograder.sandbox.processes import Process

NANOSECONDS = 1e9


@dataclass(frozen=True)
class Usage:
    """A reading of the meter."""

    computed: float = 0.0
    """Processor seconds of all processes since the beginning, the ended ones included."""
    delayed: float = 0.0
    """Seconds in which their tasks stood ready and got no processor."""
    ready: bool = True
    """Whether one of them computes, could compute or waits for a disk at this moment."""
    tasks: int = 0
    """Processes and threads now."""


class Meter:
    """Reads what the processes below ``root`` use; ``root`` counts only with ``itself``."""

    def __init__(self, root: int, itself: bool = False) -> None:
        self.root = root
        self.itself = itself
        self._living: dict[tuple[int, int], float] = {}
        self._ended = 0.0
        self._most = 0.0

    def read(self) -> Usage:
        """What has been used until now."""
        found = processes.family(self.root, self.itself)
        alive = [process for process in found if process.alive]
        delayed, ready = _waiting(alive)
        tasks = sum(process.threads for process in alive)
        return Usage(self.count(found), delayed, ready, tasks)

    def count(self, found: list[Process]) -> float:
        """Processor seconds of these processes and all before them: the larger of two sums.

        The kernel adds a child's time to its parent's when the parent collects it, and forgets
        it when the parent ignores its children; our own sum misses what lived between two calls.
        """
        kernel = sum(process.own_seconds + process.children_seconds for process in found)
        if self.root == os.getpid():
            times = os.times()
            kernel += times.children_user + times.children_system
        living = {(process.pid, process.started): process.own_seconds for process in found}
        self._ended += sum(t for key, t in self._living.items() if key not in living)
        self._living = living
        self._most = max(self._most, kernel, self._ended + sum(living.values()))
        return self._most


def _waiting(alive: list[Process]) -> tuple[float, bool]:
    """(seconds that all tasks have stood ready in vain, whether one stands ready now)."""
    delayed, ready = 0.0, False
    for process in alive:
        folder = f"/proc/{process.pid}/task"
        with contextlib.suppress(OSError, ValueError, IndexError):
            for task in os.listdir(folder):
                with open(f"{folder}/{task}/stat", "rb") as stat:
                    ready = ready or stat.read().rpartition(b")")[2].split()[0] in (b"R", b"D")
                # Kernels without scheduler statistics have no such file: then ``ready`` decides.
                with open(f"{folder}/{task}/schedstat", "rb") as statistics:
                    delayed += int(statistics.read().split()[1]) / NANOSECONDS
    return delayed, ready
