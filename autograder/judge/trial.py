"""The trial of one submission: its notebook is run, its tests are judged, in the judge's process.

Each cell of the instructor's gets a conversation of its own with a fresh fork of the student's
process, opened when the cell first needs one.
"""

from __future__ import annotations

import contextlib
import re
import time
import unittest
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from autograder import checks
from autograder.catalogue import Catalogue
from autograder.diagnosis.naming import diagnose
from autograder.errors import HostTrouble, SubmissionError
from autograder.judge import inside, messages, points
from autograder.judge.assignment import SCORE, Assignment, SourceCell, run_code
from autograder.judge.doubts import DIAGNOSIS_SECONDS, Doubts
from autograder.judge.failures import (
    NotJudged,
    SandboxFailure,
    StudentCrash,
    StudentTimeout,
    timeout_text,
)
from autograder.judge.host import CRASHED, Host
from autograder.judge.introspection import History, install_sources
from autograder.judge.magics import MagicNotRun
from autograder.judge.manner import Manner
from autograder.judge.namespace import JudgeNamespace
from autograder.judge.opening import Opening
from autograder.judge.progress import Progress
from autograder.judge.proxies import Recorder
from autograder.judge.raised import StudentError
from autograder.judge.reference import Reference
from autograder.judge.remote import Conversation
from autograder.judge.talk import Talk
from autograder.judge.timing import JudgeTimeout, alarm, quiet
from autograder.limits import Limits
from autograder.sandbox.client import Sandbox
from autograder.sandbox.clock import COMPUTING
from autograder.sandbox.hidden import module_files
from autograder.sandbox.walls import Plan
from autograder.verdict import REFUSED, SubmissionVerdict, TestStatus, TestVerdict

_Outcome = tuple[float | None, TestStatus, str, BaseException | None]
"""Score, status, message and, for a failure, the exception."""


class Trial:
    """Everything about one submission; ``run`` happens in its own process."""

    def __init__(
        self,
        loaded: Assignment,
        reference: Reference,
        opening: Opening,
        *,
        submission: Mapping[str, Any],
        student: str,
        shown: Mapping[str, str],
        limits: Limits,
        catalogue: Catalogue,
        manner: Manner,
    ) -> None:
        self.loaded = loaded
        self.reference = reference.names
        self.students = reference.students
        self.left = reference
        self.manner = manner
        self.student = student
        self.shown = shown
        self.limits = manner.for_submission(limits)
        self.catalogue = catalogue
        self.progress = Progress(submission, loaded, manner)
        self.sources = self.progress.sources
        self.history = History(submission["cells"])
        self.recorder = Recorder()
        self.visibly_failed: list[SourceCell] = []
        self.host = Host(self.limits)
        self.opening = opening
        self.names, self.shell = opening.names, opening.shell
        self.names.attend(self._converse, lambda: self.recorder)
        self.talk = Talk(self.progress, self.host, self.limits, self.reference, self.names)
        self.doubts = Doubts(self)

    def run(self, require_sandbox: bool, base: Plan) -> SubmissionVerdict:
        checks.install_reference(self.reference)
        checks.install_submission(self.loaded.name, self.student, self.loaded.secret)
        install_sources(self.sources)
        plan = replace(
            base,
            files=dict(self.shown),
            hidden=module_files(self.loaded.forbidden_imports),
            disk_mb=self.limits.disk_mb,
        )
        tests: dict[str, TestVerdict] = {}
        with Sandbox(plan, self.limits, require=require_sandbox) as self.sandbox:
            self.talk.begin(self.sandbox)
            for cell in self._from_outside():
                verdict = self._judge(cell)
                if cell.kind == "test":
                    tests[cell.grade_id] = verdict
            self.talk.reach(None)
        outputs = list(self.progress.outputs)
        if self.visibly_failed:
            # More words are a courtesy: the verdict stands without them.
            with (
                contextlib.suppress(HostTrouble, SubmissionError),
                Sandbox(plan, self.limits, require=require_sandbox) as self.sandbox,
            ):
                self.talk.begin(self.sandbox)
                for cell in self.visibly_failed:
                    tests[cell.grade_id] = self._explained(cell, tests[cell.grade_id])
        if self.manner.inside:
            with Sandbox(plan, self.limits, require=require_sandbox) as self.sandbox:
                tests |= inside.judged(
                    self.sandbox, self.progress, self.loaded, self.manner, self.left
                )
            if self.manner.companions:
                outputs = list(self.progress.outputs)
        in_order = {cell.grade_id: tests[cell.grade_id] for cell in self.loaded.tests}
        return SubmissionVerdict(self.student, "graded", "", in_order, (), tuple(outputs))

    def namespace(self, recorder: Callable[[], Recorder]) -> JudgeNamespace:
        """Names for a run of a test cell, whose calls the recorder keeps."""
        return JudgeNamespace(self.reference, self._converse, recorder)

    def _converse(self) -> Conversation:
        return self.talk.converse()

    def _from_outside(self) -> Iterator[SourceCell]:
        """The cells to run here: of those judged inside only what others need names of."""
        cells = self.loaded.judged()
        for number, cell in enumerate(cells):
            later = (c for c in cells[number + 1 :] if c.grade_id not in self.manner.inside)
            needed = any(cell.binds & c.loads for c in later)
            if cell.grade_id in self.opening.done:
                continue
            if cell.grade_id not in self.manner.inside or needed:
                yield cell

    # -- one cell -----------------------------------------------------------------------

    def _judge(self, cell: SourceCell) -> TestVerdict:
        started = time.monotonic()
        self._begin(cell)
        if cell.grade_id in self.manner.refused:
            return TestVerdict(cell.grade_id, None, cell.points, "not graded", REFUSED)
        diagnosis = ""
        with checks.evidence.collect() as evidence:
            try:
                score, status, message, error = self._run(cell)
                altered = self.doubts.put_back()
                if score and (fault := self.doubts.fault(cell, altered)):
                    score, status, (message, diagnosis) = 0.0, "failed", fault
                if error is not None and messages.in_sight(error, cell) and self.loaded.draws:
                    self._gather_evidence(cell)
            finally:
                self.talk.end()
        if error is not None and cell.kind == "test":
            message = self._with_notebook_errors(message, error)
            diagnosis = self._diagnose()
            if messages.has_more_to_say(error, cell, self.sources, self.names.undefined):
                self.visibly_failed.append(cell)
        self.names.forget_student()
        return TestVerdict(
            cell.grade_id, score, cell.points, status, message, diagnosis,
            tuple(evidence), time.monotonic() - started,
        )  # fmt: skip

    def _gather_evidence(self, cell: SourceCell) -> None:
        """Run the hidden part after a failure in the visible one: only its curves are kept."""
        calls = list(self.recorder.calls)
        try:
            with alarm(self.own.test_seconds + 1), quiet():
                if cell.rest is not None:
                    run_code(cell.rest, self.names)
        except (Exception, SandboxFailure, JudgeTimeout, SystemExit, KeyboardInterrupt):
            pass
        self.recorder.calls[:] = calls

    def _begin(self, cell: SourceCell) -> None:
        self.recorder = Recorder()
        self.cell = cell
        self.own = self.manner.for_cell(cell.grade_id, self.limits)
        self.talk.enter(cell, self.own)
        # What a cell of the instructor's binds without reading it is the judge's from there on.
        binding = cell.binds - cell.loads if cell.kind != "test" else frozenset()
        self.names.enter(self.students[cell.grade_id], binding)
        self.names["In"] = self.names["_ih"] = self.history.until(cell.grade_id)

    def _explained(self, cell: SourceCell, verdict: TestVerdict) -> TestVerdict:
        """The verdict with the visible test's own words, from a run without hidden inputs."""
        self._begin(cell)
        try:
            with alarm(self.own.test_seconds + 1), quiet():
                if cell.visible is not None:
                    run_code(cell.visible, self.names)
        except Exception as error:
            if not self.names.undefined and messages.in_sight(error, cell):
                return replace(verdict, message=messages.in_full(error, cell, self.sources))
        except (SandboxFailure, JudgeTimeout, SystemExit, KeyboardInterrupt):
            pass
        finally:
            self.talk.end()
            self.names.forget_student()
        return verdict

    def _run(self, cell: SourceCell) -> _Outcome:
        """What the cell gives; evidence is that its code ran to the end, here in the judge."""
        self.names.pop(SCORE, None)
        if cell.never_runs:
            return None, "not graded", _did_not_run(cell.never_runs), None
        self.shell.strict = cell.kind == "test"
        try:
            with alarm(self.own.test_seconds + 1), quiet():
                if cell.code is not None:
                    run_code(cell.code, self.names)
            if self.talk.conversation is not None and self.talk.conversation.over is not None:
                raise self.talk.conversation.over  # the test held the exception back
        except BaseException as error:
            return self._failed(error, cell)
        return *points.given(cell, self.names.pop(SCORE, None)), None

    def _failed(self, error: BaseException, cell: SourceCell) -> _Outcome:
        if isinstance(error, MagicNotRun) or _skips(error):
            why = str(error) if isinstance(error, MagicNotRun) else "it was skipped"
            return None, "not graded", _did_not_run(why), None
        if isinstance(error, NotJudged):
            raise error.trouble from None
        if isinstance(error, StudentTimeout | JudgeTimeout):
            return (
                0.0,
                "timeout",
                messages.text_of(error) or timeout_text(COMPUTING, self.own),
                error,
            )
        if isinstance(error, StudentCrash):
            cause = self.sandbox.cause()
            if not cause:
                self.host.check(CRASHED)
            return 0.0, "crashed", f"The process ended while your code was computing{cause}.", error
        if isinstance(error, SandboxFailure):
            return 0.0, "crashed", self.explain(error, cell), error
        self.host.check(_told(error))
        return 0.0, "failed", self.explain(error, cell), error

    def explain(self, error: BaseException, cell: SourceCell) -> str:
        """What the student reads about an error that ended a test cell."""
        return messages.explain(error, cell, self.sources, self.names.undefined)

    def _with_notebook_errors(self, message: str, error: BaseException) -> str:
        """Where a name is missing, say which of the student's cells did not run to its end."""
        if not isinstance(error, NameError) or not self.names.undefined:
            return message
        for name in self.names.undefined:
            for output in self.progress.outputs:
                defines = re.search(
                    rf"^[ \t]*(def {re.escape(name)}\b|{re.escape(name)}[ \t]*=)",
                    self.sources[output.index], re.MULTILINE,
                )  # fmt: skip
                if defines and output.error:
                    last = output.error.strip().rpartition("\n")[2]
                    return f"{message} The cell that should define it failed: {last[:200]}"
        return message

    def _diagnose(self) -> str:
        try:
            with alarm(DIAGNOSIS_SECONDS), quiet():
                return diagnose(self.recorder.calls, self.reference, self.catalogue)
        except (Exception, NotJudged, JudgeTimeout, SystemExit):
            return ""  # a diagnosis is a courtesy; the verdict stands


def _did_not_run(why: str) -> str:
    return f"This test did not run: {why}. It gives no points either way."


def _skips(error: BaseException) -> bool:
    """Whether a test cell skipped itself, as unittest and pytest have it."""
    if isinstance(error, StudentError):  # which may have any name
        return False
    return isinstance(error, unittest.SkipTest) or type(error).__name__ == "Skipped"


def _told(error: BaseException) -> str:
    """The kind of an error, and what the student's process says of it."""
    if isinstance(error, StudentError):
        return f"{error.report.kind}: {error.report.text}"
    return f"{type(error).__name__}: {messages.text_of(error)}"
