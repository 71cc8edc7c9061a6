"""Work on what a student wrote, under a limit of CPU time."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from autograder.errors import SubmissionError


@contextlib.contextmanager
def within(seconds: float, what: str) -> Iterator[None]:
    """Raises SubmissionError, ``what`` at its beginning, after so many seconds of CPU time.

    Regular expressions are interrupted as well. Only a main thread can be; others run unlimited.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise SubmissionError(f"{what} took more than {seconds:g} s of computing time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
