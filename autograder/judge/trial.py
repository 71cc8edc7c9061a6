"""The trial of one submission: its notebook is run, its tests are judged, in the judge's process.

Each cell of the instructor's gets a conversation of its own with a fresh fork of the student's
process, opened when the cell first needs one.
"""

from __future__ import annotations

import contextlib
import re
import time
import unittest
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from autograder import checks
from autograder.catalogue import Catalogue
from autograder.diagnosis.naming import diagnose
from autograder.errors import GraderError, HostTrouble, SubmissionError
from autograder.frames import Connection, Hangup
from autograder.judge import altering, audit, inside, messages, points, shapes
from autograder.judge.assignment import SCORE, Assignment, SourceCell, run_code
from autograder.judge.host import CRASHED, Host
from autograder.judge.introspection import History, install_sources
from autograder.judge.magics import JudgeShell, MagicNotRun, unseen
from autograder.judge.manner import Manner
from autograder.judge.namespace import JudgeNamespace
from autograder.judge.process import in_own_process
from autograder.judge.progress import Progress
from autograder.judge.raised import StudentError
from autograder.judge.reference import Reference
from autograder.judge.refusals import ResultRefused
from autograder.judge.remote import (
    Conversation,
    NotJudged,
    Recorder,
    RemoteFunction,
    SandboxFailure,
    StudentCrash,
    StudentTimeout,
    timeout_text,
)
from autograder.judge.surroundings import Surroundings
from autograder.judge.timing import JudgeTimeout, alarm, expect_wall, quiet
from autograder.limits import Limits
from autograder.recording import RecordedCall
from autograder.sandbox.client import Sandbox
from autograder.sandbox.clock import COMPUTING
from autograder.sandbox.hidden import module_files
from autograder.sandbox.walls import Plan
from autograder.verdict import REFUSED, SubmissionVerdict, TestStatus, TestVerdict
from autograder.wire import FunctionRef

DIAGNOSIS_SECONDS = 10
QUOTIENT = "The gradient is nearly right, but it is not computed in closed form."
QUOTIENT_HINT = (
    "A gradient from its formula is exact to 13 digits wherever it is asked for; this one is not, "
    "as finite differences of the loss or single precision are not."
)
ALTERED = (
    "The test passes only because your code changes what it is given, which it must leave as it is."
)
AUDIT_FACTOR = 3
"""The audit makes at most six calls of the two smallest that the test made in its own time."""

_Outcome = tuple[float | None, TestStatus, str, BaseException | None]
"""Score, status, message and, for a failure, the exception."""


class StudentGone(Exception):
    """The student's process failed the audit's own call."""


class Trial:
    """Everything about one submission; ``run`` happens in its own process."""

    def __init__(
        self,
        loaded: Assignment,
        reference: Reference,
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
        self.conversation: Conversation | None = None
        self.recorder = Recorder()
        self.visibly_failed: list[SourceCell] = []
        self.patience = 1
        self.host = Host(self.limits)
        self.names = self._namespace(lambda: self.recorder)
        self.shell = JudgeShell(self.names)
        self.surroundings = Surroundings(self.names)

    def run(self, require_sandbox: bool, base: Plan) -> SubmissionVerdict:
        checks.install_reference(self.reference)
        checks.install_submission(self.loaded.name, self.student, self.loaded.secret)
        install_sources(self.sources)
        self.names.update(
            __name__="__main__",
            get_ipython=self.shell,
            display=unseen,
            reference=checks.reference,
        )
        plan = replace(
            base,
            files=dict(self.shown),
            hidden=module_files(self.loaded.forbidden_imports),
            disk_mb=self.limits.disk_mb,
        )
        tests: dict[str, TestVerdict] = {}
        with Sandbox(plan, self.limits, require=require_sandbox) as self.sandbox:
            self.progress.begin(self.sandbox)
            for cell in self._from_outside():
                verdict = self._judge(cell)
                if cell.kind == "test":
                    tests[cell.grade_id] = verdict
            self._reach(None)
        outputs = list(self.progress.outputs)
        if self.visibly_failed:
            # More words are a courtesy: the verdict stands without them.
            with (
                contextlib.suppress(HostTrouble, SubmissionError),
                Sandbox(plan, self.limits, require=require_sandbox) as self.sandbox,
            ):
                self.progress.begin(self.sandbox)
                for cell in self.visibly_failed:
                    tests[cell.grade_id] = self._explained(cell, tests[cell.grade_id])
        if self.manner.inside:
            with Sandbox(plan, self.limits, require=require_sandbox) as self.sandbox:
                tests |= inside.judged(
                    self.sandbox, self.progress, self.loaded, self.manner, self.left
                )
            if self.manner.companions:
                outputs = list(self.progress.outputs)
        return SubmissionVerdict(self.student, "graded", "", tests, (), tuple(outputs))

    def _namespace(self, recorder: Callable[[], Recorder]) -> JudgeNamespace:
        return JudgeNamespace(self.reference, self._converse, recorder)

    def _from_outside(self) -> Iterator[SourceCell]:
        """The cells to run here: of those judged inside only what others need names of."""
        cells = self.loaded.judged()
        for number, cell in enumerate(cells):
            later = (c for c in cells[number + 1 :] if c.grade_id not in self.manner.inside)
            if cell.grade_id not in self.manner.inside or any(cell.binds & c.loads for c in later):
                yield cell

    def _reach(self, cell: SourceCell | None) -> None:
        """Run the notebook up to this cell's place, or to its end."""
        for output in self.progress.reach(cell):
            self.host.check(output.error[-400:])

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
                altered = self._put_back()
                misfit = self._misfit(cell) if score else ""
                if score and not misfit and altered and not self._passes_unaltered(cell):
                    misfit = ALTERED
                if misfit:
                    score, status, message = 0.0, "failed", misfit
                if score and cell.kind == "test" and self._uses_quotients(cell):
                    score, status, message, diagnosis = 0.0, "failed", QUOTIENT, QUOTIENT_HINT
                if error is not None and messages.in_sight(error, cell) and self.loaded.draws:
                    self._gather_evidence(cell)
            finally:
                self._end_conversation()
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
            self._end_conversation()
            self.names.forget_student()
        return verdict

    def _misfit(self, cell: SourceCell) -> str:
        """What is wrong with the shapes of results that a test took for right; empty if nothing."""
        if cell.kind != "test":
            return ""
        try:
            with alarm(DIAGNOSIS_SECONDS), quiet():
                shapes.refuse_misfits(self.recorder.witnesses.calls, self.reference)
        except ResultRefused as error:
            return self._explain(error, cell)
        except (Exception, SandboxFailure, JudgeTimeout, SystemExit):
            pass  # the reference has no answer in time: nothing to compare with
        return self._object_fault()

    def _object_fault(self) -> str:
        """What is wrong with remote objects that a test took for right; empty if nothing."""
        if self.conversation is None or not self.conversation.objects.used:
            return ""
        journal = self.conversation.objects.journal

        def found() -> list[str]:
            try:
                with alarm(DIAGNOSIS_SECONDS), quiet():
                    return [journal.fault(self.reference)]
            except (Exception, SandboxFailure, JudgeTimeout):
                return [journal.unconfirmed()]

        answer = in_own_process(found, self.limits)
        return str(answer[0]) if isinstance(answer, list) else journal.unconfirmed()

    def _put_back(self) -> bool:
        """Whether the test's objects were changed as the reference does not; they no longer are."""
        altered = False
        try:
            with alarm(DIAGNOSIS_SECONDS), quiet():
                altered = altering.of_its_own(self.recorder.altering, self.reference)
        except (SandboxFailure, JudgeTimeout):
            altered = True
        if altered:
            self.surroundings.undo()
        self.surroundings.forget()
        return altered

    def _passes_unaltered(self, cell: SourceCell) -> bool:
        """Whether the test passes as well if the student's functions change copies alone."""
        self._end_conversation()
        recorder, self.recorder = self.recorder, Recorder()
        self.surroundings.shares = False
        names = self._namespace(lambda: self.recorder)
        names.enter(self.students[cell.grade_id])
        names.update(self.names.own())
        try:
            with alarm(self.limits.test_seconds + 1), quiet():
                if cell.code is not None:
                    exec(cell.code, names)
        except NotJudged as error:
            raise error.trouble from None
        except (Exception, SandboxFailure, JudgeTimeout, SystemExit):
            return False
        finally:
            self._end_conversation()
            self.surroundings.shares = True
            self.recorder = recorder
        return True

    def _uses_quotients(self, cell: SourceCell) -> bool:
        """Whether a test that passed judged a gradient that is a difference quotient."""
        calls = self.recorder.calls
        for name in dict.fromkeys(call.function for call in calls):
            reference = self.reference.get(name)
            if not callable(reference) or name not in self.students[cell.grade_id]:
                continue
            made = [call for call in calls if call.function == name]
            pair = self._audited(name, made, reference)
            if pair is not None and self._minds(cell, name, made, pair):
                return True
        return False

    def _audited(
        self, name: str, made: Sequence[RecordedCall], reference: Callable[..., Any]
    ) -> audit.Pair | None:
        """The pair whose gradient is not exact; asked in a fresh process, with its own time.

        There nothing tells these calls from a test's first, and nothing is left of the test.
        """
        self._end_conversation()
        seconds = AUDIT_FACTOR * self.own.test_seconds
        self.patience = AUDIT_FACTOR
        remote = RemoteFunction(FunctionRef("student", 0, name), self._converse, None, by_name=True)

        def student(*args: Any, **kwargs: Any) -> Any:
            try:
                return remote(*args, **kwargs)
            except NotJudged:
                raise  # the host's doing says nothing about the answer
            except SandboxFailure as failure:
                raise StudentGone from failure

        draw = checks.rng(f"audit of {name}")
        try:
            with alarm(seconds + 1), quiet():
                return audit.quotients(made, reference, student, draw)
        except NotJudged as error:
            raise error.trouble from None
        except (Exception, JudgeTimeout, SystemExit):
            return None  # the reference gave no answer: there is nothing to hold against
        finally:
            self.patience = 1

    def _minds(
        self, cell: SourceCell, name: str, made: Sequence[RecordedCall], pair: audit.Pair
    ) -> bool:
        """Whether the test would fail with noise in the gradient's place: then it judged it."""
        answers = iter(made)

        def stand_in(*args: Any, **kwargs: Any) -> Any:
            return audit.scrambled(next(answers).result, pair)

        names = self._namespace(Recorder)
        names.enter(self.students[cell.grade_id])
        names.update(self.names.own())
        dict.__setitem__(names, name, stand_in)
        try:
            with alarm(self.own.test_seconds + 1), quiet():
                if cell.code is not None:
                    run_code(cell.code, names)
        except NotJudged as error:
            raise error.trouble from None
        except (Exception, SandboxFailure, JudgeTimeout, SystemExit):
            return True
        finally:
            self._end_conversation()
        return False

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
            if self.conversation is not None and self.conversation.over is not None:
                raise self.conversation.over  # the test held the exception back
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
            return 0.0, "crashed", self._explain(error, cell), error
        self.host.check(_told(error))
        return 0.0, "failed", self._explain(error, cell), error

    def _explain(self, error: BaseException, cell: SourceCell) -> str:
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

    # -- the conversation of one cell -----------------------------------------------------

    def _converse(self) -> Conversation:
        if self.conversation is None:
            self._reach(self.cell)
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

    def _end_conversation(self) -> None:
        if self.conversation is not None:
            self.conversation.close()
            self.conversation = None
            self.sandbox.sweep()


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
