"""One submission, from its repaired notebook to its verdict.

``grade`` forks: the judge of a submission is a process of its own, so that neither a test cell
nor a submission can touch the next one. If that process dies or exceeds its time, nothing is
graded; a score needs a verdict that arrived whole.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import select
import signal
import sys
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograder import checks
from autograder.catalogue import Catalogue
from autograder.diagnosis import diagnose
from autograder.errors import CourseError, GraderError
from autograder.judge import assignment as assignments
from autograder.judge import messages
from autograder.judge.assignment import SCORE, Assignment, SourceCell
from autograder.judge.namespace import JudgeNamespace
from autograder.judge.remote import (
    Conversation,
    Recorder,
    SandboxFailure,
    StudentCrash,
    StudentTimeout,
)
from autograder.limits import Limits
from autograder.sandbox.client import Sandbox, warm_parent
from autograder.sandbox.walls import Plan
from autograder.verdict import CellOutput, SubmissionVerdict, TestStatus, TestVerdict
from autograder.wire import Hangup

DIAGNOSIS_SECONDS = 10


class JudgeTimeout(BaseException):
    """The test cell itself ran too long in the judge."""


# -- entry: one process for each submission ---------------------------------------------

_loaded: dict[tuple[str, str], Assignment] = {}


def load_assignment(name: str, source: Mapping[str, Any], files: Path | None) -> Assignment:
    """The assignment taken apart, its reference run; kept for the next submission."""
    key = (name, json.dumps(source, sort_keys=True, default=str))
    if key not in _loaded:
        _loaded.clear()
        _loaded[key] = assignments.load(name, source, files)
    return _loaded[key]


def grade(
    source: Mapping[str, Any],
    submission: Mapping[str, Any],
    *,
    student: str,
    assignment: str,
    files: Path | None = None,
    limits: Limits | None = None,
    catalogue: Catalogue | None = None,
    require_sandbox: bool = False,
) -> SubmissionVerdict:
    """Judge a repaired notebook against the instructor's source notebook.

    ``files`` is the folder of the instructor's data files, shown read-only to the student's
    code. Raises CourseError for a source that cannot be judged and SandboxUnavailable when
    ``require_sandbox`` asks for walls that the host does not give.
    """
    limits = limits or Limits()
    loaded = load_assignment(assignment, source, files)
    if not loaded.tests:
        raise CourseError(f"{assignment}: the source notebook has no autograded test cell")
    warm_parent()  # started here, so that the judges of all submissions share it
    job = _Job(
        loaded,
        submission=submission,
        student=student,
        files=files,
        limits=limits,
        catalogue=catalogue or Catalogue(),
    )
    started = time.monotonic()
    answer = _in_own_process(lambda: _whole(job.run(require_sandbox)), limits)
    if isinstance(answer, str):
        verdict = SubmissionVerdict(student, "not graded", answer, _not_graded(loaded, answer))
    elif "error" in answer:
        raise _rebuilt(answer)
    else:
        verdict = SubmissionVerdict.from_json(answer)
    return _with_seconds(verdict, time.monotonic() - started)


def _whole(verdict: SubmissionVerdict) -> dict[str, Any]:
    return {**verdict.to_json(), "outputs": [output.to_json() for output in verdict.outputs]}


def _with_seconds(verdict: SubmissionVerdict, seconds: float) -> SubmissionVerdict:
    return SubmissionVerdict(
        verdict.student, verdict.status, verdict.reason, verdict.tests,
        verdict.repairs, verdict.outputs, seconds,
    )  # fmt: skip


def _not_graded(loaded: Assignment, reason: str) -> dict[str, TestVerdict]:
    return {
        test.grade_id: TestVerdict(test.grade_id, None, test.points, "not graded", reason)
        for test in loaded.tests
    }


def _rebuilt(answer: Mapping[str, Any]) -> GraderError:
    kinds: dict[str, type[GraderError]] = {k.__name__: k for k in GraderError.__subclasses__()}
    return kinds.get(answer["error"], GraderError)(str(answer["text"]))


def _in_own_process(job: Any, limits: Limits) -> Any:
    """The job's JSON result from a forked process, or one line saying why there is none."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # Some callers have threads; the judge's process starts none of theirs and execs nothing.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
    if process == 0:
        _be_judge(job, reading, writing)
    os.close(writing)
    deadline = time.monotonic() + limits.submission_seconds
    try:
        document = b"".join(_read_until(reading, deadline))
    except TimeoutError:
        return f"not judged within {limits.submission_seconds} seconds"
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    try:
        return json.loads(document)
    except ValueError:
        return "the judging process ended without a verdict"


def _read_until(descriptor: int, deadline: float) -> Iterator[bytes]:
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise TimeoutError
        chunk = os.read(descriptor, 1 << 20)
        if not chunk:
            return
        yield chunk


def _be_judge(job: Any, reading: int, writing: int) -> None:
    """Run the job and leave: nothing of the caller's clean-up may happen here."""
    try:
        os.close(reading)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1):
            os.dup2(nowhere, number)
        try:
            answer = job()
        except GraderError as error:
            answer = {"error": type(error).__name__, "text": str(error)}
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(answer).encode())
    except BaseException:
        import traceback  # noqa: PLC0415

        traceback.print_exc()
    finally:
        os._exit(0)


# -- the judge of one submission --------------------------------------------------------


class _Job:
    """Everything about one submission; ``run`` happens in its own process."""

    def __init__(
        self,
        loaded: Assignment,
        *,
        submission: Mapping[str, Any],
        student: str,
        files: Path | None,
        limits: Limits,
        catalogue: Catalogue,
    ) -> None:
        self.loaded = loaded
        self.student = student
        self.files = files
        self.limits = limits
        self.catalogue = catalogue
        self.cells = list(_student_cells(submission))
        self.sources = dict(self.cells)
        self.conversation: Conversation | None = None
        self.recorder = Recorder()
        self.deadline = math.inf
        self.names = JudgeNamespace(loaded, self._converse, lambda: self.recorder)

    def run(self, require_sandbox: bool) -> SubmissionVerdict:
        checks.install_reference(self.loaded.reference)
        checks.install_submission(self.loaded.name, self.student)
        self.names.update(
            __name__="__main__",
            get_ipython=assignments.QuietShell,
            reference=checks.reference,
        )
        if self.files is not None:
            os.chdir(self.files)
        plan = Plan(
            files=_shown(self.files),
            hidden=_module_files(self.loaded.forbidden_imports),
            disk_mb=self.limits.disk_mb,
        )
        tests: dict[str, TestVerdict] = {}
        with Sandbox(plan, self.limits, require=require_sandbox) as self.sandbox:
            outputs = self.sandbox.run_notebook(self.cells, self.loaded.forbidden_imports)
            for cell in self.loaded.judged():
                verdict = self._judge(cell, outputs)
                if cell.kind == "test":
                    tests[cell.grade_id] = verdict
        return SubmissionVerdict(self.student, "graded", "", tests, (), tuple(outputs))

    # -- one cell -----------------------------------------------------------------------

    def _judge(self, cell: SourceCell, outputs: Sequence[CellOutput]) -> TestVerdict:
        started = time.monotonic()
        self.recorder = Recorder()
        self.deadline = started + self.limits.test_seconds
        with checks.evidence.collect() as evidence:
            try:
                score, status, message, error = self._run(cell)
            finally:
                self._end_conversation()
        diagnosis = ""
        if error is not None and cell.kind == "test":
            message = self._with_notebook_errors(message, error, outputs)
            diagnosis = self._diagnose()
        self.names.forget_student()
        return TestVerdict(
            cell.grade_id, score, cell.points, status, message, diagnosis,
            tuple(evidence), time.monotonic() - started,
        )  # fmt: skip

    def _run(self, cell: SourceCell) -> tuple[float, TestStatus, str, BaseException | None]:
        """Score, status, message and, for a failure, the exception."""
        self.names.pop(SCORE, None)
        try:
            with _alarm(self.limits.test_seconds + 1), _quiet():
                if cell.code is not None:
                    exec(cell.code, self.names)
        except (StudentTimeout, JudgeTimeout) as error:
            seconds = self.limits.test_seconds
            text = f"Stopped: no answer within {seconds} seconds."
            return 0.0, "timeout", text, error
        except StudentCrash as error:
            cause = self.sandbox.cause()
            return 0.0, "crashed", f"The process ended while your code was computing{cause}.", error
        except SandboxFailure as error:
            return 0.0, "crashed", self._explain(error, cell), error
        except Exception as error:
            return 0.0, "failed", self._explain(error, cell), error
        except (SystemExit, KeyboardInterrupt, GeneratorExit) as error:
            return 0.0, "failed", self._explain(error, cell), error
        return *self._points(cell), None

    def _points(self, cell: SourceCell) -> tuple[float, TestStatus, str]:
        """All points, or those that the cell's last value gives, as nbgrader has it."""
        value = self.names.pop(SCORE, None)
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            return cell.points, "passed", ""
        if not math.isfinite(value):
            return 0.0, "failed", "The test gave no finite score."
        score = min(max(float(value), 0.0), cell.points)
        if score == cell.points:
            return score, "passed", ""
        return score, "partial", f"{score:g} of {cell.points:g} points."

    def _explain(self, error: BaseException, cell: SourceCell) -> str:
        return messages.explain(error, cell, self.sources, self.names.undefined)

    def _with_notebook_errors(
        self, message: str, error: BaseException, outputs: Sequence[CellOutput]
    ) -> str:
        """Where a name is missing, say which of the student's cells did not run to its end."""
        if not isinstance(error, NameError) or not self.names.undefined:
            return message
        for name in self.names.undefined:
            for output in outputs:
                defines = re.search(
                    rf"^\s*(def {re.escape(name)}\b|{re.escape(name)}\s*=)",
                    self.sources[output.index], re.MULTILINE,
                )  # fmt: skip
                if defines and output.error:
                    last = output.error.strip().rpartition("\n")[2]
                    return f"{message} The cell that should define it failed: {last[:200]}"
        return message

    def _diagnose(self) -> str:
        try:
            with _alarm(DIAGNOSIS_SECONDS), _quiet():
                return diagnose(self.recorder.calls, self.loaded.reference, self.catalogue)
        except (Exception, JudgeTimeout):  # a diagnosis is a courtesy; the verdict stands
            return ""

    # -- the conversation of one cell -----------------------------------------------------

    def _converse(self) -> Conversation:
        if self.conversation is None:
            try:
                connection = self.sandbox.fork_test()
            except Hangup:
                raise StudentCrash("the notebook's process is gone") from None
            self.conversation = Conversation(connection, self.limits, self.deadline)
        return self.conversation

    def _end_conversation(self) -> None:
        if self.conversation is not None:
            self.conversation.close()
            self.conversation = None
            self.sandbox.sweep()


def _student_cells(submission: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """(number in the notebook, source) of the code cells that run in the student's process."""
    for number, cell in enumerate(submission["cells"]):
        metadata = cell.get("metadata", {}).get("nbgrader", {})
        if cell["cell_type"] == "code" and assignments.kind_of(metadata) != "test":
            yield number, str(cell["source"])


def _shown(files: Path | None) -> dict[str, str]:
    if files is None:
        return {}
    return {entry.name: str(entry.resolve()) for entry in files.iterdir()}


def _module_files(modules: Sequence[str]) -> tuple[str, ...]:
    """The source and byte-code files of modules that a problem set asks students to write."""
    import importlib.util  # noqa: PLC0415

    found: list[str] = []
    for name in modules:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin:
            found.append(spec.origin)
            if spec.cached:
                found.append(spec.cached)
    return tuple(found)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Warnings never change a score, and nobody reads them here."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise JudgeTimeout inside when the time is up."""

    def ring(*_: object) -> None:
        raise JudgeTimeout

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
