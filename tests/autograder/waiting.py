"""Waiting for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 300.0
"""Seconds after which what never comes is given up. Servers, kernels and judges start behind what
is waited for, on a machine that may be busy with other tests; what comes is met at once."""


def until(true: Callable[[], object], pause: Callable[[], object] | None = None) -> None:
    """Ask again and again; ``pause`` is what to do between, instead of a short sleep."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it never came"
        pause() if pause else time.sleep(0.1)
