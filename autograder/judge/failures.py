"""How a conversation with the student's process ends before its time.

    SandboxFailure      the process is gone or cannot be believed: the end of this test cell
    ├── StudentTimeout      no answer within the test's time
    ├── StudentCrash        the process ended while it was computing
    ├── ProtocolViolation   an answer that no honest process gives
    └── NotJudged           no fault of this test: nothing of the submission is graded

``SandboxFailure`` is a BaseException: a test that expects an Exception is not satisfied by
a process that dies.
"""

from __future__ import annotations

from autograder.errors import GraderError
from autograder.limits import Limits
from autograder.sandbox.clock import COMPUTING


class SandboxFailure(BaseException):
    """The student's process gave no believable answer; the text is safe for the student."""


class StudentTimeout(SandboxFailure):
    """No answer in time."""


class StudentCrash(SandboxFailure):
    """The process ended."""


class NotJudged(SandboxFailure):
    """The host, or the submission as a whole, allows no verdict; ``trouble`` says why."""

    def __init__(self, trouble: GraderError) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


class ProtocolViolation(SandboxFailure):
    """The process answered what no honest process answers."""


def timeout_text(how: str, limits: Limits) -> str:
    """What is said of a test whose time was up."""
    if how == COMPUTING:
        return f"Stopped: no answer within {limits.test_seconds} seconds of computing."
    return f"Stopped: your code waited for {limits.test_seconds} seconds without computing."
