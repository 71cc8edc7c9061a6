"""Pools of threads and processes that work on after a fork.

Each test runs in a fork of the notebook's process, and a fork has one thread: a pool that the
notebook made would wait for its workers for ever. So a pool remembers how it was made, and the
first task that it gets in another process makes it anew.
"""

from __future__ import annotations

import functools
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.pool import Pool
from typing import Any

MOST_PROCESSORS = 4
"""What a pool of one worker a processor may count on: the sandbox limits processes."""


def survive_forks() -> None:
    """Teach the standard library's pools to; called once, before any of them is made."""
    for kind, entry in (
        (ThreadPoolExecutor, "submit"),
        (ProcessPoolExecutor, "submit"),
        (Pool, "_check_running"),
    ):
        _teach(kind, entry)
    found = os.cpu_count() or 1
    os.cpu_count = lambda: min(found, MOST_PROCESSORS)


def _teach(kind: type, entry: str) -> None:
    make, enter = kind.__init__, getattr(kind, entry)  # type: ignore[misc]

    @functools.wraps(make)
    def making(self: Any, *args: Any, **kwargs: Any) -> None:
        self._made = os.getpid(), args, kwargs
        make(self, *args, **kwargs)

    @functools.wraps(enter)
    def entering(self: Any, *args: Any, **kwargs: Any) -> Any:
        process, given, named = self._made
        if process != os.getpid() and not _closed(self):
            making(self, *given, **named)
        return enter(self, *args, **kwargs)

    setattr(kind, "__init__", making)  # noqa: B010 (a type checker would refuse the assignment)
    setattr(kind, entry, entering)


def _closed(pool: Any) -> bool:
    """Whether the notebook has shut the pool down: it stays so."""
    if isinstance(pool, Pool):
        return bool(pool._state != "RUN")  # type: ignore[attr-defined]
    if getattr(pool, "_broken", False):  # its processes ended with the notebook's last cell
        return False
    return bool(getattr(pool, "_shutdown", False) or getattr(pool, "_shutdown_thread", False))
