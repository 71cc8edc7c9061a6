"""A limit on the processor time of the grader's own work on a stranger's text."""

from __future__ import annotations

import contextlib
import gc
import signal
import threading
import weakref
from collections.abc import Iterator
from types import FrameType

LEAST = 1e-6
"""Seconds that an outer block has left at least: 0 would switch its timer off."""
AGAIN = 0.01
"""Seconds after which a block that could not be stopped is stopped again."""


_WEAK = {weakref.__file__, weakref.WeakSet.__init__.__code__.co_filename}


class TookTooLong(Exception):
    """The work was stopped."""


def can_stop() -> bool:
    """Can ``within`` stop anything here? Only a main thread gets signals, and not on Windows."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in what needs more processor time, regular expressions included.

    Where that cannot be had (``can_stop``) nothing is stopped: bound the input there. A block
    inside another one takes its time from the other's.
    """
    if not can_stop():
        yield
        return

    late = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal late
        late = True
        if not swallows(frame):
            raise TookTooLong(f"more than {seconds:g} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    outer, again = signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN)
    try:
        yield
    finally:
        left, _ = signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        if outer:
            used = seconds if late else seconds - left
            signal.setitimer(signal.ITIMER_VIRTUAL, max(outer - used, LEAST), again)


def swallows(frame: FrameType | None) -> bool:
    """Would Python swallow what is raised here?

    It does in what runs when an object goes away, and in what the garbage collector calls.
    """
    collecting = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame is not None:
        code = frame.f_code
        if code.co_name == "__del__" or code.co_filename in _WEAK or code in collecting:
            return True
        frame = frame.f_back
    return False
