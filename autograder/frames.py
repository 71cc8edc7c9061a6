"""Frames on a socket between the judge and a student's process, each with its deadline.

A frame is its length (4 bytes, big-endian) and a message of that length, see ``wire``. A length
beyond the bounds is refused before anything of the message is read.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from typing import Protocol

from autograder.errors import WireError
from autograder.wire import Bounds

_HEADER = struct.Struct(">I")


class Hangup(Exception):
    """The other end closed the connection."""


class Late(Exception):
    """The deadline passed before the whole frame was sent or received."""


class Clock(Protocol):
    """Says when waiting has an end by more than the time of day: see ``sandbox.clock``."""

    def wait(self, sock: socket.socket, writing: bool) -> None:
        """Return when the socket is ready; raises Late, or what else ends the waiting."""


class Connection:
    """Frames over a stream socket, with a deadline for each.

    ``deadline`` is an instant of ``time.monotonic()`` or a clock; None waits for ever, as the
    student's side does: it is the judge that watches the clock.
    """

    def __init__(self, sock: socket.socket, bounds: Bounds) -> None:
        self.socket = sock
        self.bounds = bounds

    def send(self, document: bytes, deadline: float | Clock | None = None) -> None:
        """Send one frame; raises Late or Hangup."""
        # One buffer, since two small segments would wait for each other's acknowledgement.
        data = memoryview(_HEADER.pack(len(document)) + document)
        while data:
            clock = self._until(deadline)
            try:
                data = data[self.socket.send(data) :]
            except TimeoutError:
                raise Late from None
            except BlockingIOError:
                if clock is not None:
                    clock.wait(self.socket, writing=True)
            except OSError:
                raise Hangup from None

    def receive(self, deadline: float | Clock | None = None) -> bytes:
        """Receive one frame; raises Late, Hangup, or WireError for one that is too long."""
        (length,) = _HEADER.unpack(self._exactly(_HEADER.size, deadline))
        if length > self.bounds.frame_bytes:
            raise WireError("a message too long was announced")
        # The message comes with its length: what is there already is not waited for. The clock
        # is asked with every frame, so that no flood of them keeps it from ending the time.
        return self._exactly(length, deadline, waiting=False)

    def close(self) -> None:
        """Close the socket; closing twice is harmless."""
        self.socket.close()

    def _exactly(
        self, count: int, deadline: float | Clock | None, *, waiting: bool = True
    ) -> bytes:
        return b"".join(self._chunks(count, deadline, waiting))

    def _chunks(self, count: int, deadline: float | Clock | None, waiting: bool) -> Iterator[bytes]:
        while count:
            clock = self._until(deadline)
            if waiting and clock is not None:
                clock.wait(self.socket, writing=False)
            waiting = True
            try:
                chunk = self.socket.recv(min(count, 1 << 20))
            except TimeoutError:
                raise Late from None
            except BlockingIOError:  # not there yet, or no longer
                continue
            except OSError:
                raise Hangup from None
            if not chunk:
                raise Hangup
            count -= len(chunk)
            yield chunk

    def _until(self, deadline: float | Clock | None) -> Clock | None:
        """Let the next call on the socket return in time; the clock, if there is one to ask."""
        if deadline is None:
            self.socket.settimeout(None)
        elif isinstance(deadline, float | int):
            left = deadline - time.monotonic()
            if left <= 0:
                raise Late
            self.socket.settimeout(left)
        else:
            self.socket.settimeout(0)
            return deadline
        return None
