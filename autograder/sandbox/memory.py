"""Weighing the memory of a submission: what is really used, once, and not what was inherited.

The first look is cheap and may count too much (pages that forks share count for each of them);
only when it is over the limit a closer one follows. The closer look counts

* private pages, and pages that the processes share after a fork in proportion, so once together;
  what is still shared with the warm parent is left out;
* shared mappings without a file, by their size: their pages stay when no process touches them;
* all that a process has mapped where it hides what it is (``PR_SET_DUMPABLE``).
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator

PAGE = os.sysconf("SC_PAGE_SIZE")
KILOBYTE, MEGABYTE = 1 << 10, 1 << 20
_SHARED = re.compile(
    rb"^([0-9a-f]+)-([0-9a-f]+) ...s ([0-9a-f]+) (\S+) ([1-9]\d*) +(?:/dev/zero|/memfd:|/SYSV)",
    re.MULTILINE,
)


class Scale:
    """Weighs a family; remembers the size that each shared mapping once had.

    ``baseline`` is a process that holds nothing but what all of them have inherited.
    """

    def __init__(self, baseline: int) -> None:
        self.baseline = baseline
        self._mappings: dict[tuple[bytes, bytes], int] = {}

    def megabytes(self, processes: Iterable[int], enough: float) -> float:
        """Memory of these processes together; exact only where it is more than ``enough``."""
        processes = list(processes)
        least, _ = _pages(self.baseline)
        rough = 0
        for process in processes:
            size, anonymous = _pages(process)
            rough += anonymous + max(0, size - least)  # what is mapped can hold no more
        if rough <= enough * MEGABYTE:
            return rough / MEGABYTE
        return self._exact(processes)

    def _exact(self, processes: list[int]) -> float:
        inherited = _fair_share(self.baseline) or 0
        least, _ = _pages(self.baseline)
        private = 0
        seen: dict[tuple[bytes, bytes], int] = {}
        for process in processes:
            share = _fair_share(process)
            if share is None:  # gone, or hiding
                size, anonymous = _pages(process)
                private += anonymous + max(0, size - least)
                continue
            private += max(0, share - inherited)
            for mapping, size in _shared_mappings(process):
                seen[mapping] = max(size, seen.get(mapping, 0), self._mappings.get(mapping, 0))
        self._mappings = seen
        return (private + sum(seen.values())) / MEGABYTE


def _pages(process: int) -> tuple[int, int]:
    """(address space, anonymous memory) in bytes, what was inherited included."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        with open(f"/proc/{process}/statm", "rb") as statm:
            size, resident, shared, *_ = statm.read().split()
        return int(size) * PAGE, (int(resident) - int(shared)) * PAGE
    return 0, 0


def _fair_share(process: int) -> int | None:
    """Anonymous memory, each page divided by the number of its holders; None if out of sight."""
    total = None
    with contextlib.suppress(OSError), open(f"/proc/{process}/smaps_rollup", "rb") as rollup:
        for line in rollup:
            if line.startswith((b"Pss_Anon:", b"SwapPss:")):
                total = (total or 0) + int(line.split()[1]) * KILOBYTE
    return total


def _shared_mappings(process: int) -> Iterator[tuple[tuple[bytes, bytes], int]]:
    """(which, bytes up to its end) of each shared mapping that no file stands behind."""
    with contextlib.suppress(OSError), open(f"/proc/{process}/maps", "rb") as maps:
        for start, end, offset, device, number in _SHARED.findall(maps.read()):
            yield (device, number), int(offset, 16) + int(end, 16) - int(start, 16)
