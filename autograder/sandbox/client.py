"""The judge's end of the sandbox: asking for one, running a notebook, forking tests, ending it."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from autograder.errors import GraderError, HostTrouble, SandboxUnavailable, WireError
from autograder.frames import Connection, Hangup, Late
from autograder.limits import Limits
from autograder.pictures import safe_png
from autograder.sandbox.clock import COMPUTING, Account, Clock, NoVerdict, TooLong, cell_stopped
from autograder.sandbox.metering import Meter, Usage
from autograder.sandbox.student import READY
from autograder.sandbox.view import View
from autograder.sandbox.walls import Plan, Report
from autograder.verdict import CellOutput
from autograder.wire import Bounds, Encoder, decode

# All of these are computing or waiting, each; a busy host has WALL_FACTOR times as long.
START_SECONDS = 60
GRACE_SECONDS = 3
FORK_SECONDS = 3
KEEPER_ENDED = "the sandbox was killed from outside, perhaps because memory ran out"
MAX_IMAGES = 8
MAX_CELLS_FULL = 32  # as many cells may print as much as one may; the others' output is dropped


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
            line = _line(ours, self.clock())
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
            forked = _line(self._requests, self.clock()) == b"forked"
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


def _line(sock: socket.socket, clock: Clock) -> bytes:
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


# -- one sandbox ------------------------------------------------------------------------


class Sandbox:
    """The process family of one submission, from raising its walls to its last breath."""

    def __init__(self, plan: Plan, limits: Limits, *, require: bool = False) -> None:
        self.limits = limits
        self._bounds = Bounds(limits.frame_mb << 20, limits.items)
        self._account = Account(limits.submission_seconds)
        self._control, self.report = _open(plan, limits, require)
        self._notebook: socket.socket | None = None
        self._room = 0

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything inside: the keeper goes when its control socket closes."""
        self._hang_up()
        self._control.close()

    def run_notebook(
        self, cells: Sequence[tuple[int, str]], forbidden: Sequence[str] = ()
    ) -> list[CellOutput]:
        """Run the cells (number, source) in order and keep the process for the tests.

        A cell that freezes or ends the process is skipped and the others run again from the
        beginning, so that it costs no more than itself.
        """
        failures: dict[int, CellOutput] = {}
        while True:
            wanted = [(n, source) for n, source in cells if n not in failures]
            outputs = []
            for item in self._run_once(wanted, forbidden):
                if isinstance(item, CellOutput):
                    outputs.append(item)
                    continue
                number, why = item
                failures[number] = CellOutput(number, error=why)
                if len(failures) >= self.limits.hard_failures:
                    after = "Not run: earlier cells ended or froze the process too often."
                    left = [n for n, _ in wanted if n > number]
                    failures |= {n: CellOutput(n, error=after) for n in left}
                self.reset()
                break
            else:
                self.sweep()  # what the notebook left running must not stand in the tests' way
                return sorted([*outputs, *failures.values()], key=lambda output: output.index)

    def _run_once(
        self, cells: Sequence[tuple[int, str]], forbidden: Sequence[str]
    ) -> Iterator[CellOutput | tuple[int, str]]:
        """Outputs of the cells, and at last (number, reason) if one of them did not end."""
        connection = self._start()
        self._room = MAX_CELLS_FULL * self.limits.output_kb * 1024
        running = cells[0][0] if cells else -1
        try:
            document = Encoder(self._bounds).encode([list(forbidden), [list(c) for c in cells]])
            connection.send(document, self._cell_clock())
            clock = self._cell_clock()
            for number, _ in cells:
                running = number
                self._expect(connection, ["begin", number], clock)
                clock = self._cell_clock()
                yield self._output(connection, number, clock)
            self._follow(connection, clock)
        except TooLong as error:
            yield running, cell_stopped(error.how, self.limits)
        except NoVerdict as error:
            raise error.trouble from None
        except Hangup:
            yield running, f"The cell ended the process it ran in{self.cause()}."
        except WireError:
            yield running, "The cell disturbed the process it ran in."

    def _cell_clock(self) -> Clock:
        return Clock(
            self.usage, self.limits.cell_seconds,
            account=self._account, interrupt=self._interrupt, grace=GRACE_SECONDS,
        )  # fmt: skip

    def test_clock(self, tests: int = 1) -> Clock:
        """A clock for one test, or for the time of several."""
        return Clock(self.usage, tests * self.limits.test_seconds, account=self._account)

    def usage(self) -> Usage:
        """What everything inside has used."""
        answer = self._ask(b"M")
        return Usage(**{field.name: answer[field.name] for field in fields(Usage)})

    def _interrupt(self, how: str) -> None:
        self._ask(b"X" if how == COMPUTING else b"I")

    def _expect(self, connection: Connection, message: list[Any], clock: Clock) -> None:
        if decode(connection.receive(clock), self._bounds) != message:
            raise WireError("another message than the runtime sends")

    def _follow(self, connection: Connection, clock: Clock) -> None:
        """The notebook has run: the keeper learns which process its tests are forked from."""
        match decode(connection.receive(clock), self._bounds):
            case ["done", int(process)]:
                self._ask(b"T%d\n" % process)
            case _:
                raise WireError("another message than the runtime sends")

    def _output(self, connection: Connection, number: int, clock: Clock) -> CellOutput:
        message = decode(connection.receive(clock), self._bounds)
        if not isinstance(message, list) or [type(part) for part in message] != [
            str, int, str, str, list,
        ]:  # fmt: skip
            raise WireError("another message than the runtime sends")
        kind, index, text, error, pictures = message
        if kind != "end" or index != number:
            raise WireError("another message than the runtime sends")
        room = min(self.limits.output_kb * 1024, self._room)
        images = []
        for picture in pictures[:MAX_IMAGES]:
            if not isinstance(picture, np.ndarray) or picture.dtype != np.uint8:
                raise WireError("a picture that is no bytes")
            data = picture.tobytes()
            if len(data) <= 4 * room and (png := safe_png(data)):
                images.append(png)
        output = CellOutput(number, text[: room + 80], error[:room], tuple(images))
        self._room -= len(output.text) + len(output.error) + sum(map(len, images)) // 4
        self._room = max(self._room, 0)
        return output

    def _start(self) -> Connection:
        self._hang_up()
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"N"], [theirs.fileno()])
        self._answer(b"N")
        self._notebook = ours
        return Connection(ours, self._bounds)

    def fork_test(self) -> Connection:
        """A connection to a fresh fork of the notebook process; raises Hangup if it is gone."""
        if self._notebook is None:
            raise Hangup
        clock = Clock(self.usage, FORK_SECONDS, account=self._account)
        ours, theirs = socket.socketpair()
        connection = Connection(ours, self._bounds)
        try:
            with theirs:
                clock.wait(self._notebook, writing=True)
                socket.send_fds(self._notebook, [b"F"], [theirs.fileno()])
            ready = decode(connection.receive(clock), self._bounds)
            # From here on the notebook's process stands still: it hears nothing of the test.
            if ready == READY and self._ask(b"H")["done"]:
                return connection
        except NoVerdict as error:
            connection.close()
            raise error.trouble from None
        except (Late, WireError, Hangup, OSError):
            pass
        connection.close()
        raise Hangup

    def reset(self) -> None:
        """End everything inside and empty the private folders."""
        self._hang_up()
        self._ask(b"R")

    def sweep(self) -> None:
        """End all but the notebook process: the test's child and whatever it left behind.

        If something is left nevertheless that the next test could learn from, the notebook's
        process is given up as well, and the notebook has to run again.
        """
        if not self._ask(b"S")["fresh"]:
            self._hang_up()

    def view(self) -> View:
        """What of the host this sandbox shows."""
        return View.from_json(self._ask(b"V"))

    def cause(self) -> str:
        """Why something ended, as the end of a sentence; empty if the keeper did not do it."""
        killed = self._ask(b"W").get("killed", "")
        most = {
            "memory": f"{self.limits.memory_mb} MB of memory",
            "processes": f"{self.limits.processes} processes",
        }
        return f": it used more than {most[killed]}" if killed else ""

    def _ask(self, request: bytes) -> dict[str, Any]:
        try:
            self._control.sendall(request)
        except OSError:
            raise HostTrouble(KEEPER_ENDED) from None
        return self._answer(request[:1])

    def _answer(self, request: bytes) -> dict[str, Any]:
        """The answer to this request; one that an alarm kept from being read is passed over."""
        while True:
            line = _line(self._control, warm_parent().clock())
            if not line:
                raise HostTrouble(KEEPER_ENDED)
            answer: dict[str, Any] = json.loads(line.rpartition(b"\n")[2])
            if answer["to"] == request.decode():
                return answer

    def _hang_up(self) -> None:
        if self._notebook is not None:
            with contextlib.suppress(OSError):
                self._notebook.close()
            self._notebook = None


def _open(plan: Plan, limits: Limits, require: bool) -> tuple[socket.socket, Report]:
    control, answer = _try(plan, limits)
    if "refused" in answer:
        control.close()
        if require:
            raise SandboxUnavailable(f"this host refuses a sandbox ({answer['refused']})")
        refused = str(answer["refused"])
        control, answer = _try(replace(plan, namespaces=False), limits)
        if "refused" in answer:
            raise GraderError(f"no sandbox could be started ({refused})")
        answer["missing"] = [refused, *answer["missing"][1:]]
    report = Report(**{**answer, "missing": tuple(answer["missing"])})
    if require and report.missing:
        control.close()
        raise SandboxUnavailable(f"this host refuses a sandbox ({'; '.join(report.missing)})")
    return control, report


def _try(plan: Plan, limits: Limits) -> tuple[socket.socket, dict[str, Any]]:
    parent = warm_parent()
    control = parent.fork(plan, limits)
    try:
        line = _line(control, parent.clock())
    except HostTrouble:
        control.close()
        raise
    answer: dict[str, Any] = json.loads(line) if line else {}
    if not answer or answer.get("passing"):
        control.close()
        raise HostTrouble(answer.get("refused", "the sandbox was killed while it started"))
    if "broken" in answer:
        control.close()
        raise SandboxUnavailable(
            f"{answer['broken']}: let everyone read this environment (chmod -R a+rX), "
            "or name what is missing in c.Judge.shown"
        )
    return control, answer
