"""The judge's end of the sandbox: asking for one, running a notebook, forking tests, ending it."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from autograder.errors import GraderError, HostTrouble, SandboxUnavailable, WireError
from autograder.frames import Connection, Hangup, Late
from autograder.limits import Limits
from autograder.sandbox.clock import COMPUTING, Account, Clock, NoVerdict
from autograder.sandbox.metering import Usage
from autograder.sandbox.notebook import Notebook, Step
from autograder.sandbox.parent import answer_line, warm_parent
from autograder.sandbox.student import READY
from autograder.sandbox.view import View
from autograder.sandbox.walls import Plan, Report
from autograder.verdict import CellOutput
from autograder.wire import Bounds, decode

GRACE_SECONDS = 3
FORK_SECONDS = 3
KEEPER_ENDED = "the sandbox was killed from outside, perhaps because memory ran out"


class Sandbox:
    """The process family of one submission, from raising its walls to its last breath."""

    def __init__(self, plan: Plan, limits: Limits, *, require: bool = False) -> None:
        self.limits = limits
        self._bounds = Bounds(limits.frame_mb << 20, limits.items)
        self._account = Account(limits.submission_seconds)
        self._control, self.report = _open(plan, limits, require)
        self._notebook: socket.socket | None = None

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
        """Run the cells (number, source) from a new beginning and keep the process for tests."""
        self._hang_up()
        return Notebook(self, forbidden).go_on([Step(*cell) for cell in cells])

    # -- the notebook's process, for ``Notebook`` -------------------------------------------

    @property
    def running(self) -> bool:
        """Whether there is a process of the notebook's."""
        return self._notebook is not None

    @property
    def connection(self) -> Connection:
        """The wire to the notebook's process; raises Hangup if it is gone."""
        if self._notebook is None:
            raise Hangup
        return Connection(self._notebook, self._bounds)

    def start(self) -> Connection:
        """A new process for the notebook."""
        self._hang_up()
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"N"], [theirs.fileno()])
        self._answer(b"N")
        self._notebook = ours
        return self.connection

    def announce_cells(self, clock: Clock) -> None:
        """Tell the notebook's process that cells follow."""
        sock = self.connection.socket
        try:
            clock.wait(sock, writing=True)
            sock.send(b"C")
        except OSError:
            raise Hangup from None

    def wake(self) -> None:
        """Let a process go on that stood behind the one which tests were forked from."""
        self._ask(b"G")

    def follow(self, process: int, more: bool) -> None:
        """The cells have run: the keeper learns which process tests are forked from."""
        self._ask((b"B%d\n" if more else b"T%d\n") % process)

    def cell_clock(self, seconds: float) -> Clock:
        """A clock for one cell."""
        return Clock(
            self.usage, seconds,
            account=self._account, interrupt=self._interrupt, grace=GRACE_SECONDS,
        )  # fmt: skip

    def _interrupt(self, how: str) -> None:
        self._ask(b"X" if how == COMPUTING else b"I")

    # -- tests ---------------------------------------------------------------------------------

    def test_clock(self, seconds: float) -> Clock:
        """A clock for one test."""
        return Clock(self.usage, seconds, account=self._account)

    def usage(self) -> Usage:
        """What everything inside has used."""
        answer = self._ask(b"M")
        return Usage(**{field.name: answer[field.name] for field in fields(Usage)})

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
            line = answer_line(self._control, warm_parent().clock())
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
        line = answer_line(control, parent.clock())
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
