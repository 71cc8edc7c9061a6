"""A conversation without walls: the student's end in a fork, the test in this process.

For what crosses and what a call leaves behind; what a submission earns is for ``courses``.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from autograder.frames import Connection, Hangup
from autograder.judge.namespace import JudgeNamespace
from autograder.judge.process import forked
from autograder.judge.proxies import Recorder
from autograder.judge.remote import Conversation
from autograder.judge.surroundings import Surroundings
from autograder.judge.timing import quiet
from autograder.kinds import making
from autograder.limits import Limits
from autograder.sandbox.student import StudentEnd
from autograder.wire import Bounds

BOUNDS = Bounds(1 << 24, 1_000_000)


@contextmanager
def talking(answer: str, given: str = "") -> Iterator[JudgeNamespace]:
    """The namespace of test cells for a student whose notebook holds ``answer``.

    ``given`` is what the instructor's cells hold: it runs on both sides.
    """
    ours, theirs = socket.socketpair()
    child = forked()
    if child == 0:
        try:
            ours.close()
            names: dict[str, Any] = {"__name__": "__main__"}
            exec(compile(given, "<cell 1>", "exec"), names)
            exec(compile(answer, "<cell 2>", "exec"), names)
            with suppress(Hangup):
                StudentEnd(Connection(theirs, BOUNDS), names).serve()
        finally:
            os._exit(0)
    theirs.close()
    recorder = Recorder()
    conversation: list[Conversation] = []
    namespace = JudgeNamespace({}, lambda: conversation[0], lambda: recorder)
    namespace.update(__name__="__main__")
    surroundings = Surroundings(namespace)
    deadline: Any = time.monotonic() + 600
    conversation.append(Conversation(Connection(ours, BOUNDS), Limits(), deadline, surroundings))
    try:
        with quiet():
            exec(compile(given, "<given>", "exec"), namespace)
            yield namespace
    finally:
        making.look_in(lambda name: None)
        conversation[0].close()
        os.waitpid(child, 0)


def tried(answer: str, test: str, given: str = "") -> None:
    """Run a test cell against a student's notebook; what the test raises comes out."""
    with talking(answer, given) as names:
        exec(compile(test, "<test>", "exec"), names)
