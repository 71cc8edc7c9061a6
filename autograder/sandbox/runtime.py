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
import numbers
import os
import signal
import socket
import sys
import tempfile
import time
import traceback
from dataclasses import replace
from typing import Any

from autograder.frames import Connection, Hangup
from autograder.limits import Limits
from autograder.sandbox import guard
from autograder.sandbox.clock import COMPUTING, WAITING, cell_stopped
from autograder.sandbox.student import READY, StudentEnd
from autograder.wire import Bounds, Encoder, decode

MAX_ERROR = 8_000
MAX_FIGURES = 8
CELLS_FOLLOW = 77
_shell: Any = None
_station = False  # is this the fork of a notebook's process that has threads?


def make_shell() -> None:
    """Make the shell that every notebook process inherits; called before any fork."""
    global _shell  # noqa: PLW0603 (one shell a process is IPython's own rule)
    from autograder.sandbox import pools, shell  # noqa: PLC0415

    _shell = shell.make()
    guard.remember()
    pools.survive_forks()


def prepare_environment(home: str, tmp: str) -> None:
    """Clear the environment and name the private folders in it."""
    os.environ.clear()
    variables = {
        "HOME": home,
        "TMPDIR": tmp,
        "MPLCONFIGDIR": tmp,
        "MPLBACKEND": "agg",
        "PATH": f"{os.path.dirname(sys.executable)}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "USER": "student",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "NBGRADER_EXECUTION": "autograde",
    }
    for name, value in variables.items():
        os.environ[name] = value
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
    """Run the cells the judge sends, as they come, and fork a child for each test it asks for."""
    bounds = Bounds(limits.frame_mb << 20, limits.items)
    connection = Connection(sock, bounds)
    hidden_modules, shadows = decode(connection.receive(), bounds)
    _settle()
    _forbid(hidden_modules)
    watch = guard.Guard(_shell, shadows)
    cells_follow = False
    while True:
        request, descriptors = (b"C", []) if cells_follow else _request(sock)
        cells_follow = False
        if request == b"C":
            cells, more = decode(connection.receive(), bounds)
            _run_cells(cells, connection, watch, limits)
            cells_follow = _leave_threads_behind(connection, more)
        elif request == b"F":
            _fork_test(sock, descriptors[0], bounds)
        elif not request:
            return


def _request(sock: socket.socket) -> tuple[bytes, list[int]]:
    """What the judge asks for: nothing if it has hung up."""
    sock.settimeout(None)
    message, descriptors, _, _ = socket.recv_fds(sock, 1, 1)
    if message == b"C" and _station:
        os._exit(CELLS_FOLLOW)  # for the process behind, which has the threads
    return message, descriptors


def _run_cells(
    cells: list[Any], connection: Connection, watch: guard.Guard, limits: Limits
) -> None:
    encoder = Encoder(connection.bounds)
    for index, source, kind, names, seconds in cells:
        connection.send(encoder.encode(["begin", index]))
        if kind == "test":
            watch.put_back(names)
            told = run_test(index, source, limits)
            connection.send(encoder.encode(["told", index, *told]))
            continue
        text, error, images = run_cell(index, source, replace(limits, cell_seconds=seconds))
        watch.note(names)
        pictures = [_as_array(image) for image in images]
        connection.send(encoder.encode(["end", index, text, error, pictures]))


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


def _leave_threads_behind(connection: Connection, more: bool) -> bool:
    """Say that the cells are done, in a fork if there are other threads, and go on in it.

    Threads would see what a test leaves in memory. If ``more`` cells will come, this process
    waits behind its fork, and True says that the judge has announced them.
    """
    global _station  # noqa: PLW0603 (a fact about this process)
    try:
        threads = len(os.listdir("/proc/self/task"))
    except OSError:
        threads = 1
    station = os.fork() if threads > 1 else 0
    if station:
        if not more:
            os._exit(0)
        _, status = os.waitpid(station, 0)
        if not os.WIFEXITED(status) or os.WEXITSTATUS(status) != CELLS_FOLLOW:
            os._exit(0)
        return True
    _station = threads > 1
    connection.send(Encoder(connection.bounds).encode(["done", os.getpid()]))
    return False


def _as_array(image: bytes) -> Any:
    import numpy as np  # noqa: PLC0415

    return np.frombuffer(image, dtype=np.uint8)


def _fork_test(sock: socket.socket, descriptor: int, bounds: Bounds) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    try:
        parent = os.fork()
    except OSError:  # the judge sees the connection close, and asks why
        parent = -1
    if parent:
        os.close(descriptor)
        return
    try:
        sock.close()
        _stand_somewhere()
        end = StudentEnd(Connection(socket.socket(fileno=descriptor), bounds), _names())
        with contextlib.suppress(Hangup):
            end.connection.send(Encoder(bounds).encode(READY))
            end.serve()
    finally:
        os._exit(0)


def _stand_somewhere() -> None:
    """A working folder that the notebook removed is no place to import anything from."""
    try:
        os.getcwd()
    except OSError:
        os.chdir("/")


def _names() -> dict[str, Any]:
    names: dict[str, Any] = _shell.user_ns
    return names


def run_cell(index: int, source: str, limits: Limits) -> tuple[str, str, list[bytes]]:
    """Run one cell: what it printed, the traceback if it failed, the figures it drew."""
    transcript = _Transcript(limits.output_kb * 1024)
    _, failure = _run(index, source, transcript)
    error = "" if failure is None else _traceback(failure, limits)
    return transcript.text(), error, _figures(limits)


def run_test(index: int, source: str, limits: Limits) -> tuple[str, int, float | None]:
    """Run a test cell here: the error's built-in type, the line where it stopped, its last value.

    The type is empty for a cell that came to its end; a last value that is no number is None.
    """
    value, failure = _run(index, source, _Transcript(limits.output_kb * 1024))
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is not None:
        plt.close("all")
    if failure is None:
        number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        return "", 0, float(value) if number else None
    if isinstance(failure, CellTimeout):
        return "TimeoutError", 0, None
    kinds = (kind.__name__ for kind in type(failure).__mro__ if kind.__module__ == "builtins")
    place = [
        frame.lineno or 0
        for frame in traceback.extract_tb(failure.__traceback__)
        if frame.filename == f"<cell {index + 1}>"
    ]
    return next(kinds), place[-1] if place else 0, None


def _run(index: int, source: str, transcript: _Transcript) -> tuple[Any, BaseException | None]:
    """A cell's last value and what it raised."""
    shell = _shell
    importlib.invalidate_caches()  # a module may have been written a moment ago
    shell.compile.get_code_name = lambda *_: f"<cell {index + 1}>"  # as a reader counts
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
            return result.result, result.error_before_exec or result.error_in_exec
    except BaseException as failure:  # the student's code may raise anything at all
        return None, failure
    finally:
        for number in INTERRUPTS:
            signal.signal(number, signal.SIG_IGN)


def _traceback(failure: BaseException, limits: Limits) -> str:
    if isinstance(failure, CellTimeout):
        return cell_stopped(failure.how, limits.cell_seconds)
    lines = traceback.format_exception(type(failure), failure, failure.__traceback__)
    own = [line for line in lines if "/autograder/" not in line and "/IPython/" not in line]
    return "".join(own)[-MAX_ERROR:]


def _figures(limits: Limits) -> list[bytes]:
    """The open figures as PNG, as a notebook would show them below the cell."""
    plt, drawing = (sys.modules.get(n) for n in ("matplotlib.pyplot", "autograder.sandbox.drawing"))
    if plt is None or drawing is None:  # the warm parent could not import one of them
        return []
    images: list[bytes] = drawing.shown(plt, MAX_FIGURES, 4 * limits.output_kb * 1024)
    return images
