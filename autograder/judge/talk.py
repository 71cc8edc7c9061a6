"""The conversations of one submission's trial: where the notebook stands, and who is asked.

Each cell of the instructor's gets a conversation of its own with a fresh fork of the student's
process, at its place, opened when the cell first needs one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.errors import GraderError, HostTrouble
from autograder.frames import Connection, Hangup
from autograder.judge.assignment import SourceCell
from autograder.judge.failures import NotJudged, StudentCrash
from autograder.judge.host import Host
from autograder.judge.namespace import JudgeNamespace
from autograder.judge.progress import Progress
from autograder.judge.remote import Conversation
from autograder.judge.surroundings import Surroundings
from autograder.judge.timing import expect_wall
from autograder.limits import Limits
from autograder.sandbox.client import Sandbox


class Talk:
    """One conversation at a time; ``patience`` times a test's own time is given to the next."""

    def __init__(
        self,
        progress: Progress,
        host: Host,
        limits: Limits,
        reference: Mapping[str, Any],
        names: JudgeNamespace,
    ) -> None:
        self.progress = progress
        self.host = host
        self.limits = limits
        self.reference = reference
        self.surroundings = Surroundings(names)
        self.conversation: Conversation | None = None
        self.patience = 1

    def begin(self, sandbox: Sandbox) -> None:
        """The notebook runs there from now on."""
        self.sandbox = sandbox
        self.progress.begin(sandbox)

    def enter(self, cell: SourceCell, own: Limits) -> None:
        """The conversations to come are this cell's, within its own limits."""
        self.cell, self.own = cell, own

    def reach(self, cell: SourceCell | None) -> None:
        """Run the notebook up to this cell's place, or to its end."""
        for output in self.progress.reach(cell):
            self.host.check(output.error[-400:])

    def converse(self) -> Conversation:
        """The conversation of the cell, opened when it is first asked for."""
        if self.conversation is None:
            self.reach(self.cell)
            connection = self._connect()
            clock = self.sandbox.test_clock(self.patience * self.own.test_seconds)
            self.conversation = Conversation(
                connection, self.own, clock, self.surroundings, self.reference
            )
        return self.conversation

    def _connect(self) -> Connection:
        """A fresh child; if an earlier test has ended the notebook's process, it runs again."""
        try:
            try:
                return self.sandbox.fork_test()
            except Hangup:
                pass
            expect_wall(self.limits.submission_seconds)  # this time is not the test's
            self.progress.again()
            expect_wall(self.own.test_seconds)
            try:
                return self.sandbox.fork_test()
            except Hangup:
                self.host.check("can't start new thread")
                raise StudentCrash("the notebook's process is gone") from None
        except OSError as error:
            raise NotJudged(HostTrouble(f"no test could be started: {error.strerror}")) from None
        except GraderError as error:
            raise NotJudged(error) from None

    def end(self) -> None:
        """Hang up, if somebody was asked; the next conversation begins anew."""
        self.surroundings.undo()  # what a run has changed that gave no points
        self.surroundings.forget()
        if self.conversation is not None:
            self.conversation.close()
            self.conversation = None
            self.sandbox.sweep()
