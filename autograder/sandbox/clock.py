"""The clock of a cell or a test: it counts what the submission did with its time.

Every moment is one of three: the submission's processes computed (that is measured), they could
compute and the host did not let them (that is the host's affair), or they only waited: a sleep,
a lock, a read that never returns. Computing and waiting have the same limit each; the wall clock
only ends what the host has held up beyond all patience.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Callable
from pathlib import Path

from autograder.errors import GraderError, HostTrouble, SubmissionError
from autograder.frames import Late
from autograder.limits import WALL_FACTOR
from autograder.sandbox.metering import Usage

SAMPLE_SECONDS = 0.25
COMPUTING, WAITING = "computing", "waiting"


def cell_stopped(how: str, seconds: int) -> str:
    """What is said of a cell whose time was up."""
    if how == COMPUTING:
        return f"Stopped: the cell computed for more than {seconds} seconds."
    return f"Stopped: the cell waited for more than {seconds} seconds."


def held_up() -> float:
    """Seconds in which this thread stood ready and got no processor; 0 where nobody counts them."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    return 0.0


class TooLong(Late):
    """The submission used up its time; ``how`` is COMPUTING or WAITING."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class NoVerdict(Exception):
    """The waiting ended by no fault of a cell or test; ``trouble`` says why nothing is graded."""

    def __init__(self, trouble: GraderError) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


class Account:
    """What a whole submission may spend, over all its cells and tests."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.spent = 0.0

    def spend(self, seconds: float) -> None:
        """Take from the account; raises NoVerdict when it is empty."""
        self.spent += seconds
        if self.spent > self.seconds:
            reason = f"not judged within {self.seconds:g} seconds of computing and waiting"
            raise NoVerdict(SubmissionError(reason))


class Clock:
    """Ends the waiting for one answer or many.

    ``interrupt`` is called at each reading once the time is up, and ``grace`` seconds more are
    given to heed it. The meter is first read when an answer takes longer than a moment: what
    is quick costs nothing.
    """

    def __init__(
        self,
        measure: Callable[[], Usage],
        seconds: float,
        *,
        account: Account | None = None,
        interrupt: Callable[[str], None] | None = None,
        grace: float = 0.0,
    ) -> None:
        self.seconds = seconds
        self.computed = 0.0
        self.waited = 0.0
        self._measure = measure
        self._account = account
        self._interrupt = interrupt
        self._grace = grace
        self._began = self._read_at = time.monotonic()
        self._last: Usage | None = None
        self._asleep = 0.0  # spent in ``wait`` since the last reading
        self._held_up = 0.0  # as of the last reading

    def wait(self, sock: socket.socket, writing: bool = False) -> None:
        """Return when the socket is ready; raises TooLong or NoVerdict."""
        poll = select.poll()
        poll.register(sock, select.POLLOUT if writing else select.POLLIN)
        while True:
            now = time.monotonic()
            left = self._read_at + SAMPLE_SECONDS - now
            if left <= 0:
                self._read(now)
                continue
            ready = poll.poll(1000 * left)
            self._asleep += time.monotonic() - now
            if ready:
                return

    def _read(self, now: float) -> None:
        usage = self._measure()
        if self._last is not None:
            self._book(usage, self._last)
        self._last, self._read_at, self._asleep = usage, now, 0.0
        self._held_up = held_up()
        how = COMPUTING if self.computed > self.seconds else WAITING
        used = max(self.computed, self.waited)
        if used > self.seconds:
            if self._interrupt is None or used > self.seconds + self._grace:
                raise TooLong(how)
            self._interrupt(how)
        if now - self._began > WALL_FACTOR * (self.seconds + self._grace):
            text = f"the host was too busy: {now - self._began:.0f} seconds were not enough for "
            raise NoVerdict(HostTrouble(text + f"{self.seconds:g} seconds of computing"))

    def _book(self, usage: Usage, last: Usage) -> None:
        computed = usage.computed - last.computed
        waited = 0.0
        if not usage.ready:
            delayed = max(0.0, usage.delayed - last.delayed)
            # An answer that was there before this process got a processor to read it.
            late = max(0.0, held_up() - self._held_up)
            waited = max(0.0, self._asleep - computed - delayed - late)
        self.computed += computed
        self.waited += waited
        if self._account is not None:
            self._account.spend(computed + waited)
