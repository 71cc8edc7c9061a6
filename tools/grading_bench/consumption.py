"""What a command and all that it starts compute, wait and hold in memory.

Processor time is what the kernel adds up when a process is buried by its parent: nothing is
missed however short it lived, as long as every parent buries its children. Memory is looked at
ten times a second; pages that several processes share count once (Pss of ``smaps_rollup``).
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.processes import family
from tools.common import ToolError
from tools.dependents import running

SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Consumed:
    """Seconds of wall clock and processors; megabytes at the peak, 0 if nobody weighed."""

    wall: float
    cpu: float
    peak_mb: float = 0.0


def consumed(
    command: Sequence[str],
    place: Path,
    variables: Mapping[str, str] | None = None,
    *,
    weighed: bool = False,
) -> Consumed:
    """Run a command to its end. ToolError if it fails."""
    with tempfile.TemporaryFile() as said:
        started = time.monotonic()
        with running(command, cwd=place, env=variables, stdout=said, stderr=said) as process:
            with _weighing(process.pid) if weighed else contextlib.nullcontext([0.0]) as peak:
                _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic() - started
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            last = said.read().decode(errors="replace").strip()[-400:]
            raise ToolError(f"{' '.join(command)} ended with {process.returncode}: {last}")
    return Consumed(wall, usage.ru_utime + usage.ru_stime, peak[0])


@contextlib.contextmanager
def _weighing(root: int) -> Iterator[list[float]]:
    """The most that the process and all below it held together, in megabytes."""
    over = threading.Event()
    peak = [0.0]

    def look() -> None:
        while not over.wait(SAMPLE_SECONDS):
            peak[0] = max(peak[0], memory_mb(root))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def memory_mb(root: int) -> float:
    """Memory of a process and all below it now; shared pages count once."""
    return sum(_kilobytes(process.pid) for process in family(root, itself=True)) / 1024


def _kilobytes(pid: int) -> int:
    """Its share of the pages it has mapped; 0 for a process that is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
