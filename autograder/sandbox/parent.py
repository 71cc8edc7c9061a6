"""The warm parent and its keepers, from the outside: starting them, asking, reading an answer."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from autograder.errors import GraderError, HostTrouble
from autograder.limits import Limits
from autograder.sandbox.clock import Clock, NoVerdict, TooLong
from autograder.sandbox.metering import Meter
from autograder.sandbox.walls import Plan

COMPANY = b"+"
WARM = b"warm"
START_SECONDS = 60  # computing or waiting, each; a busy host has WALL_FACTOR times as long


class WarmParent:
    """The process that sandboxes are forked from, as one worker sees it: ``requests`` leads there.

    One serves any number of submissions.
    """

    def __init__(self, requests: socket.socket, process: int) -> None:
        self.process = process
        self._owner = os.getpid()
        self._requests = requests
        self._meter = Meter(process, itself=True)

    def is_warm(self) -> bool:
        """Wait until it is: False if it ended. HostTrouble where the host lets one wait too long.

        To be called once.
        """
        return answer_line(self._requests, self.clock()) == WARM

    def fork(self, plan: Plan, limits: Limits) -> socket.socket:
        """The control socket of a new keeper."""
        ours, theirs = socket.socketpair()
        with theirs:
            request = json.dumps({"plan": plan.to_json(), "limits": asdict(limits)}).encode()
            with contextlib.suppress(OSError):  # then there is no answer either
                socket.send_fds(self._requests, [request], [theirs.fileno()])
        try:
            forked = answer_line(self._requests, self.clock()) == b"forked"
        except HostTrouble:
            os.kill(self.process, signal.SIGKILL)  # a later answer would be to nothing
            raise
        if not forked:
            raise HostTrouble("the sandbox's parent process was killed")
        return ours

    def clock(self) -> Clock:
        """A clock for the parent's and the keepers' own answers."""
        return Clock(self._meter.read, START_SECONDS)

    def alive(self) -> bool:
        """Whether it can still be asked; a forked judge cannot know and takes it for alive."""
        if os.getpid() != self._owner:
            return True
        try:
            return self._requests.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
        except BlockingIOError:  # nothing is to be read
            return True
        except OSError:
            return False

    def close(self) -> None:
        """Ask no more."""
        self._requests.close()


class OwnWarmParent(WarmParent):
    """One that this process started; sandboxes that still run when it ends end with their judges.

    It begins at once to import what it needs.
    """

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        # The grader's own folder leaves the import path again: it may be the course's.
        package_root = str(Path(__file__).parents[2])
        code = (
            f"import sys; sys.path += {_python_path()!r}; sys.path.append({package_root!r}); "
            "from autograder.sandbox.warm import main; sys.path.pop(); "
            f"main({theirs.fileno()})"
        )
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", code],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=_environment(),
                cwd="/",
                start_new_session=True,
            )
        super().__init__(ours, self._process.pid)

    def await_warmth(self) -> None:
        """GraderError with the reason if it ended before."""
        try:
            warm = self.is_warm()
        except HostTrouble:
            self.close()
            raise
        if not warm:
            _, errors = self._process.communicate()
            last = errors.decode(errors="replace").strip().rpartition("\n")[2]
            raise GraderError(f"the sandbox's parent process did not start: {last}")

    def door(self) -> Door:
        """For another process of this machine, which may ask too."""
        return Door(self._requests, self.process)

    def close(self) -> None:
        """End it."""
        super().close()
        with self._process:  # waits, and closes what it could write to
            self._process.kill()


_begun: OwnWarmParent | None = None


@contextlib.contextmanager
def begun() -> Iterator[None]:
    """A block at whose beginning a warm parent starts, for whoever asks for a new one first.

    It imports its libraries beside what the block imports.
    """
    global _begun  # noqa: PLW0603 (handed on within the process)
    _begun = OwnWarmParent()
    try:
        yield
    finally:
        if _begun is not None:
            _begun.close()
            _begun = None


def new_warm_parent() -> OwnWarmParent:
    """The one that was begun, or else a new one; the caller closes it."""
    global _begun
    new, _begun = _begun, None
    return new or OwnWarmParent()


class Door(NamedTuple):
    """Where another process comes in: a socket can be handed to one that is being started."""

    socket: socket.socket
    process: int

    def enter(self) -> WarmParent | None:
        """A way of one's own to ask; None if nobody is there."""
        ours, theirs = socket.socketpair()
        with theirs, contextlib.suppress(OSError):
            socket.send_fds(self.socket, [COMPANY], [theirs.fileno()])
        parent = WarmParent(ours, self.process)
        if parent.is_warm():
            return parent
        parent.close()
        return None


_warm: WarmParent | None = None
_door: Door | None = None


def come_in_by(door: Door) -> None:
    """This process's warm parent is that of another one."""
    global _door  # noqa: PLW0603 (a fact about this process)
    _door = door


def warm_parent() -> WarmParent:
    """This process's warm parent, found or started when first asked for; forked judges share it."""
    global _warm, _door  # noqa: PLW0603 (one a process, and it must outlive each call)
    if _warm is not None and _warm.alive():
        return _warm
    close_warm_parent()
    if _door is not None:
        _warm, _door = _door.enter(), None
    if _warm is None:
        own = OwnWarmParent()
        own.await_warmth()
        _warm = own
        owner = os.getpid()
        atexit.register(lambda: close_warm_parent() if os.getpid() == owner else None)
    return _warm


def close_warm_parent() -> None:
    """End this process's warm parent, if there is one."""
    global _warm  # noqa: PLW0603
    if _warm is not None:
        _warm.close()
        _warm = None


def _python_path() -> list[str]:
    """Folders that the grader's environment adds to every interpreter's import path."""
    folders = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return [folder for folder in folders if os.path.isabs(folder) and os.path.isdir(folder)]


def _environment() -> dict[str, str]:
    """What the warm parent may know of this machine: where libraries and font caches lie."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": os.path.join(cache, "lossland-matplotlib"),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
    }


def answer_line(sock: socket.socket, clock: Clock) -> bytes:
    """One answer without its end; empty when there is no other end any more.

    Nothing follows an answer before the next question.
    """
    line = b""
    try:
        while not line.endswith(b"\n"):
            clock.wait(sock)
            part = sock.recv(1 << 16)
            if not part:
                return b""
            line += part
    except TooLong as error:
        raise HostTrouble(f"the sandbox gave no sign of life: {error}") from None
    except NoVerdict as error:
        raise error.trouble from None
    except OSError:
        return b""
    return line[:-1]
