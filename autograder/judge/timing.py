"""How long the instructor's own code may run, and in which quiet."""

from __future__ import annotations

import contextlib
import signal
import warnings
from collections.abc import Iterator

import numpy as np

WALL_FACTOR = 10
"""Wall time, in times of the CPU time that is allowed: a busy host is nobody's fault."""


class JudgeTimeout(BaseException):
    """The instructor's cell itself ran too long; no ``except Exception`` holds it."""


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Warnings never change a score, and nobody reads them here."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise JudgeTimeout inside when the time is up."""

    def ring(*_: object) -> None:
        raise JudgeTimeout

    previous = signal.signal(signal.SIGALRM, ring)
    ring_in(seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@contextlib.contextmanager
def cpu_alarm(seconds: float) -> Iterator[None]:
    """Raise JudgeTimeout inside when this process has computed for so long, or waited far longer."""

    def ring(*_: object) -> None:
        raise JudgeTimeout

    previous = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, max(seconds, 0.01), 1.0)
    try:
        with alarm(WALL_FACTOR * seconds):
            yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


def ring_in(seconds: float) -> None:
    """Let the alarm that is set ring so much later instead."""
    # It keeps ringing: a test cell may swallow one exception.
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01), 1.0)
