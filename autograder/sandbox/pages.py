"""Memory in large pages, so that a fork has hundreds of entries to copy and not tens of thousands.

A fork copies an entry for each page of its parent's own memory, and each of a submission's
processes is a fork of one that holds all libraries. What a fork then writes to is parted and
copied in small pages, as ever.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from autograder.sandbox import kernel

LARGE = 2 << 20
_OWN = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ 00:00 0 *(?:\[heap\])?$", re.MULTILINE)


def gather() -> None:
    """Gather this process's memory in large pages; where the kernel cannot, all stays as it is."""
    with contextlib.suppress(OSError):
        for start, end in _OWN.findall(Path("/proc/self/maps").read_text()):
            first = -(-int(start, 16) // LARGE) * LARGE
            size = int(end, 16) // LARGE * LARGE - first
            if size > 0:
                with contextlib.suppress(OSError):
                    kernel.collapse(first, size)
