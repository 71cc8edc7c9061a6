"""What makes a process of the grader start and end sooner: for before its large imports."""

from __future__ import annotations

import atexit
import contextlib
import gc
import sys
from collections.abc import Iterator

THRESHOLDS = 50_000, 20, 100
"""Of the garbage collector: an import makes hundreds of thousands of objects, and no garbage."""


def begin() -> None:
    """For a process of the grader's own, as long as it lives."""
    without_grammar()
    gc.set_threshold(*THRESHOLDS)
    atexit.register(gc.freeze)  # at its end nothing is gone through once more


def without_grammar() -> None:
    """Leave out a grammar of web addresses that jsonschema compiles when it is imported.

    No notebook holds such an address; it would be another second for each process.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """A block in which what is imported is not gone through again and again for garbage."""
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
