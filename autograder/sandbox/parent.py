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
from dataclasses import asdict
from pathlib import Path

from autograder.errors import GraderError, HostTrouble
from autograder.limits import Limits
from autograder.sandbox.clock import Clock, NoVerdict, TooLong
from autograder.sandbox.metering import Meter
from autograder.sandbox.walls import Plan

START_SECONDS = 60  # computing or waiting, each; a busy host has WALL_FACTOR times as long


class WarmParent:
    """The process that sandboxes are forked from; one serves any number of submissions."""

    def __init__(self) -> None:
        self._owner = os.getpid()
        ours, theirs = socket.socketpair()
        # The grader's own folder leaves the import path again: it may be the course's.
        package_root = str(Path(__file__).parents[2])
        code = (
            f"import sys; sys.path += {_python_path()!r}; sys.path.append({package_root!r}); "
            "from autograder.sandbox.warm import main; sys.path.pop(); "
            f"main({theirs.fileno()})"
        )
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
        theirs.close()
        self._requests = ours
        self._meter = Meter(self._process.pid, itself=True)
        try:
            line = answer_line(ours, self.clock())
        except HostTrouble:
            self.close()
            raise
        if line != b"warm":
            _, errors = self._process.communicate()
            last = errors.decode(errors="replace").strip().rpartition("\n")[2]
            raise GraderError(f"the sandbox's parent process did not start: {last}")

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
            os.kill(self._process.pid, signal.SIGKILL)  # a later answer would be to nothing
            raise
        if not forked:
            raise HostTrouble("the sandbox's parent process was killed")
        return ours

    def clock(self) -> Clock:
        """A clock for the parent's and the keepers' own answers."""
        return Clock(self._meter.read, START_SECONDS)

    def alive(self) -> bool:
        """Whether it can still be asked; a forked judge cannot know and takes it for alive."""
        return os.getpid() != self._owner or self._process.poll() is None

    def close(self) -> None:
        """End the warm parent; sandboxes that still run end with their judges."""
        self._requests.close()
        self._process.kill()
        self._process.communicate()


_warm: WarmParent | None = None


def warm_parent() -> WarmParent:
    """This process's warm parent, started when first asked for; forked judges share it."""
    global _warm  # noqa: PLW0603 (one a process, and it must outlive each call)
    if _warm is not None and not _warm.alive():
        close_warm_parent()
    if _warm is None:
        _warm = WarmParent()
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
