"""After a test has passed: is what it took for right really right?

Four doubts, each of its own kind: a result of another shape than the reference's; a remote object
that says of itself what the reference's does not; changes of the test's own objects that the
reference does not make; a gradient that is a difference quotient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from autograder import checks
from autograder.judge import altering, audit, shapes
from autograder.judge.assignment import SourceCell, run_code
from autograder.judge.failures import NotJudged, SandboxFailure
from autograder.judge.namespace import JudgeNamespace
from autograder.judge.process import in_own_process
from autograder.judge.proxies import Recorder, RemoteFunction
from autograder.judge.refusals import ResultRefused
from autograder.judge.timing import JudgeTimeout, alarm, quiet
from autograder.recording import RecordedCall
from autograder.wire import FunctionRef

if TYPE_CHECKING:
    from autograder.judge.trial import Trial

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


class StudentGone(Exception):
    """The student's process failed the audit's own call."""


class Doubts:
    """Asked about the cell that a trial is at."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial

    def fault(self, cell: SourceCell, altered: bool) -> tuple[str, str] | None:
        """(message, diagnosis) for a test that passed and should not have; None if nothing is."""
        if misfit := self._misfit(cell):
            return misfit, ""
        if altered and not self._passes_unaltered(cell):
            return ALTERED, ""
        if cell.kind == "test" and self._uses_quotients(cell):
            return QUOTIENT, QUOTIENT_HINT
        return None

    def _misfit(self, cell: SourceCell) -> str:
        """What is wrong with the shapes of results that a test took for right; empty if nothing."""
        if cell.kind != "test":
            return ""
        try:
            with alarm(DIAGNOSIS_SECONDS), quiet():
                shapes.refuse_misfits(self.trial.recorder.witnesses.calls, self.trial.reference)
        except ResultRefused as error:
            return self.trial.explain(error, cell)
        except (Exception, SandboxFailure, JudgeTimeout, SystemExit):
            pass  # the reference has no answer in time: nothing to compare with
        return self._object_fault()

    def _object_fault(self) -> str:
        """What is wrong with remote objects that a test took for right; empty if nothing."""
        if self.trial.talk.conversation is None or not self.trial.talk.conversation.objects.used:
            return ""
        journal = self.trial.talk.conversation.objects.journal

        def found() -> list[str]:
            try:
                with alarm(DIAGNOSIS_SECONDS), quiet():
                    return [journal.fault(self.trial.reference)]
            except (Exception, SandboxFailure, JudgeTimeout):
                return [journal.unconfirmed()]

        answer = in_own_process(found, self.trial.limits)
        return str(answer[0]) if isinstance(answer, list) else journal.unconfirmed()

    def put_back(self) -> bool:
        """Whether the test's objects were changed as the reference does not; they no longer are."""
        altered = False
        try:
            with alarm(DIAGNOSIS_SECONDS), quiet():
                altered = altering.of_its_own(self.trial.recorder.altering, self.trial.reference)
        except (SandboxFailure, JudgeTimeout):
            altered = True
        if altered:
            self.trial.talk.surroundings.undo()
        self.trial.talk.surroundings.forget()
        return altered

    def _passes_unaltered(self, cell: SourceCell) -> bool:
        """Whether the test passes as well if the student's functions change copies alone."""
        self.trial.talk.end()
        recorder, self.trial.recorder = self.trial.recorder, Recorder()
        self.trial.talk.surroundings.shares = False
        try:
            return self._passes(cell, self._names(cell, lambda: self.trial.recorder))
        finally:
            self.trial.talk.surroundings.shares = True
            self.trial.recorder = recorder

    def _names(self, cell: SourceCell, recorder: Callable[[], Recorder]) -> JudgeNamespace:
        """The trial's own names once more, for another run of the cell."""
        names = self.trial.namespace(recorder)
        names.enter(self.trial.students[cell.grade_id])
        names.update(self.trial.names.own())
        return names

    def _passes(self, cell: SourceCell, names: JudgeNamespace) -> bool:
        """Whether the cell comes to its end with these names, in a conversation of its own."""
        try:
            with alarm(self.trial.own.test_seconds + 1), quiet():
                if cell.code is not None:
                    run_code(cell.code, names)
        except NotJudged as error:
            raise error.trouble from None
        except (Exception, SandboxFailure, JudgeTimeout, SystemExit):
            return False
        finally:
            self.trial.talk.end()
        return True

    def _uses_quotients(self, cell: SourceCell) -> bool:
        """Whether a test that passed judged a gradient that is a difference quotient."""
        calls = self.trial.recorder.calls
        for name in dict.fromkeys(call.function for call in calls):
            reference = self.trial.reference.get(name)
            if not callable(reference) or name not in self.trial.students[cell.grade_id]:
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
        self.trial.talk.end()
        seconds = AUDIT_FACTOR * self.trial.own.test_seconds
        self.trial.talk.patience = AUDIT_FACTOR
        remote = RemoteFunction(
            FunctionRef("student", 0, name), self.trial.talk.converse, None, by_name=True
        )

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
            self.trial.talk.patience = 1

    def _minds(
        self, cell: SourceCell, name: str, made: Sequence[RecordedCall], pair: audit.Pair
    ) -> bool:
        """Whether the test would fail with noise in the gradient's place: then it judged it."""
        answers = iter(made)

        def stand_in(*args: Any, **kwargs: Any) -> Any:
            return audit.scrambled(next(answers).result, pair)

        names = self._names(cell, Recorder)
        dict.__setitem__(names, name, stand_in)
        return not self._passes(cell, names)
