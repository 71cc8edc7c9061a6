"""What a hostile submission would try first; run inside the first sandbox of every run.

The source of this file is sent as a notebook's cell, so it runs exactly as a student's code does
and imports nothing of the project.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence


def look(
    probes: Sequence[tuple[str, Sequence[str]]], modules: Sequence[str], forbidden: Sequence[str]
) -> dict[str, object]:
    """What could be read of ``probes``, what could not be imported, what is in memory already.

    A probe is a path and the names that a listing of it may show.
    """
    loaded = [name for name in forbidden if name in sys.modules]
    links = tempfile.mkdtemp()
    reached: list[str] = []
    for number, (path, allowed) in enumerate(probes):
        link = f"{links}/{number}"
        with contextlib.suppress(OSError):
            os.symlink(path, link)
        reached += (path for way in (*_ways(path), link) if _readable(way, allowed))
    return {
        "reached": sorted(set(reached)),
        "failed": [list(failure) for name in modules if (failure := _import_failure(name))],
        "loaded": loaded,
    }


def _ways(path: str) -> Iterator[str]:
    """The path by other names: through other processes, open folders, what is left of the host."""
    yield path
    for process in ("self", "thread-self", "1", str(os.getppid())):
        yield f"/proc/{process}/root{path}"
        yield f"/proc/{process}/cwd/../../../../../../..{path}"
    for descriptor in os.listdir("/proc/self/fd"):
        yield f"/proc/self/fd/{descriptor}{path}"
        yield f"/proc/self/fd/{descriptor}/../../../../../../..{path}"
    for place in ("/old", "/mnt", "/mnt/old", "/old_root", "/host", "/given"):
        yield place + path


def _readable(path: str, allowed: Sequence[str]) -> bool:
    try:
        if os.path.isdir(path):
            return not set(os.listdir(path)) <= set(allowed)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    os.close(descriptor)
    return True


def _import_failure(name: str) -> tuple[str, str] | None:
    try:
        importlib.import_module(name)
    except BaseException as error:  # whatever stands in the way
        return name, f"{type(error).__name__}: {error}"
    return None
