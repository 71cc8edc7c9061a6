"""Inside the walls: running the student's cells, then answering the judge's calls.

Everything here runs in processes that belong to the student and is believed for nothing:
a submission may rewrite any of it and only changes what it answers about itself.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import importlib.abc
import io
import os
import signal
import socket
import sys
import tempfile
import time
import traceback
from typing import Any

from autograder.frames import Connection, Hangup
from autograder.limits import Limits
from autograder.sandbox.clock import COMPUTING, WAITING, cell_stopped
from autograder.sandbox.student import READY, StudentEnd
from autograder.wire import Bounds, Encoder, decode

MAX_ERROR = 8_000
_shell: Any = None


def make_shell() -> None:
    """Make the shell that every notebook process inherits; called before any fork."""
    global _shell  # noqa: PLW0603 (one shell a process is IPython's own rule)
    from autograder.sandbox import pools, shell  # noqa: PLC0415

    _shell = shell.make()
    pools.survive_forks()


def prepare_environment(home: str, tmp: str) -> None:
    """Clear the environment and name the private folders in it."""
    os.environ.clear()
    os.environ.update(
        HOME=home,
        TMPDIR=tmp,
        MPLCONFIGDIR=tmp,
        MPLBACKEND="agg",
        PATH=f"{os.path.dirname(sys.executable)}:/usr/bin:/bin",
        LANG="C.UTF-8",
        USER="student",
        OPENBLAS_NUM_THREADS="1",
        OMP_NUM_THREADS="1",
        MKL_NUM_THREADS="1",
    )
    tempfile.tempdir = None


def _no_input(prompt: object = "") -> str:
    raise EOFError("input() has nobody to ask while grading: write the value into the cell")


# -- the notebook ------------------------------------------------------------------------


# What the keeper sends to a cell whose time is up, and what the cell did with its time.
INTERRUPTS = {signal.SIGALRM: WAITING, signal.SIGXCPU: COMPUTING}
FRESH_SECONDS = 0.2  # an interrupt that early was meant for the cell before


class CellTimeout(BaseException):
    """Raised inside a cell whose time is up; no ``except Exception`` holds it."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class _Transcript(io.TextIOBase):
    """Text output of one cell, cut where the limit is."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.room = room
        self.cut = False

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.room > 0:
            self.parts.append(text[: self.room])
        self.cut = self.cut or len(text) > self.room
        self.room -= len(text)
        return len(text)

    def text(self) -> str:
        return "".join(self.parts) + ("\n… (more was printed)" if self.cut else "")


def serve_notebook(sock: socket.socket, limits: Limits) -> None:
    """Run the cells the judge sends, then fork one child for each test it asks for."""
    bounds = Bounds(limits.frame_mb << 20, limits.items)
    connection = Connection(sock, bounds)
    hidden_modules, cells = decode(connection.receive(), bounds)
    _settle()
    _forbid(hidden_modules)
    for index, source in cells:
        connection.send(Encoder(bounds).encode(["begin", index]))
        text, error, images = run_cell(index, source, limits)
        pictures = [_as_array(image) for image in images]
        connection.send(Encoder(bounds).encode(["end", index, text, error, pictures]))
    _leave_threads_behind()
    connection.send(Encoder(bounds).encode(["done", os.getpid()]))
    _serve_tests(sock, bounds)


def _settle() -> None:
    """Make this process a notebook's; the keeper, whose fork it is, must import nothing of it."""
    sys.path.insert(0, "")  # what the notebook writes beside itself can be imported
    sys.dont_write_bytecode = True  # a file written twice within a second is read twice
    builtins.input = _no_input


class _Forbidden(importlib.abc.MetaPathFinder):
    """Refuses modules that hold a problem set's answers, with a sentence that says why."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname in self.names:
            raise ImportError(f"{fullname} holds answers of this problem set: write your own")


def _forbid(names: list[str]) -> None:
    for name in names:
        sys.modules.pop(name, None)
        package, _, last = name.rpartition(".")
        if hasattr(sys.modules.get(package), last):
            delattr(sys.modules[package], last)
    sys.meta_path.insert(0, _Forbidden(names))


def _leave_threads_behind() -> None:
    """Go on in a fork if there are other threads: they would see what one test leaves in memory."""
    try:
        threads = len(os.listdir("/proc/self/task"))
    except OSError:
        return
    if threads > 1 and os.fork():
        os._exit(0)


def _as_array(image: bytes) -> Any:
    import numpy as np  # noqa: PLC0415

    return np.frombuffer(image, dtype=np.uint8)


def _serve_tests(sock: socket.socket, bounds: Bounds) -> None:
    sock.settimeout(None)
    while True:
        message, descriptors, _, _ = socket.recv_fds(sock, 1, 1)
        if not message:
            return
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        try:
            parent = os.fork()
        except OSError:  # the judge sees the connection close, and asks why
            parent = -1
        if parent:
            os.close(descriptors[0])
            continue
        try:
            sock.close()
            end = StudentEnd(Connection(socket.socket(fileno=descriptors[0]), bounds), _names())
            with contextlib.suppress(Hangup):
                end.connection.send(Encoder(bounds).encode(READY))
                end.serve()
        finally:
            os._exit(0)


def _names() -> dict[str, Any]:
    names: dict[str, Any] = _shell.user_ns
    return names


def run_cell(index: int, source: str, limits: Limits) -> tuple[str, str, list[bytes]]:
    """Run one cell: what it printed, the traceback if it failed, the figures it drew."""
    transcript = _Transcript(limits.output_kb * 1024)
    shell = _shell
    importlib.invalidate_caches()  # a module may have been written a moment ago
    shell.compile.get_code_name = lambda *_: f"<cell {index + 1}>"  # as a reader counts
    error = ""

    started = time.monotonic()

    def too_late(number: int, _: object) -> None:
        if time.monotonic() - started > FRESH_SECONDS:
            raise CellTimeout(INTERRUPTS[signal.Signals(number)])

    try:
        for number in INTERRUPTS:
            signal.signal(number, too_late)
        with contextlib.redirect_stdout(transcript), contextlib.redirect_stderr(transcript):
            shell.showtraceback = lambda *_, **__: None
            shell.showsyntaxerror = lambda *_, **__: None
            result = shell.run_cell(source, store_history=False)
            failure = result.error_before_exec or result.error_in_exec
            if failure is not None:
                error = _traceback(failure, limits)
    except BaseException as failure:  # the student's code may raise anything at all
        error = _traceback(failure, limits)
    finally:
        for number in INTERRUPTS:
            signal.signal(number, signal.SIG_IGN)
    return transcript.text(), error, _figures(limits)


def _traceback(failure: BaseException, limits: Limits) -> str:
    if isinstance(failure, CellTimeout):
        return cell_stopped(failure.how, limits)
    lines = traceback.format_exception(type(failure), failure, failure.__traceback__)
    own = [line for line in lines if "/autograder/" not in line and "/IPython/" not in line]
    return "".join(own)[-MAX_ERROR:]


def _figures(limits: Limits) -> list[bytes]:
    """The open figures as PNG, as a notebook would show them below the cell."""
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None:
        return []
    images, room = [], 4 * limits.output_kb * 1024
    try:
        for number in plt.get_fignums()[:8]:
            buffer = io.BytesIO()
            plt.figure(number).savefig(buffer, format="png", dpi=72, bbox_inches="tight")
            room -= buffer.tell()
            if room < 0:
                break
            images.append(buffer.getvalue())
        plt.close("all")
    except Exception:  # a figure that cannot be drawn is not worth a cell
        return images
    return images
