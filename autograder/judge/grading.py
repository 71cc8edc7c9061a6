"""Grading one submission: the entry point, and what stays loaded between submissions."""

from __future__ import annotations

import atexit
import contextlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.catalogue import Catalogue
from autograder.errors import GraderError
from autograder.judge.assignment import DELIMITERS, Assignment, Delimiters, dissect
from autograder.judge.manner import Manner
from autograder.judge.opening import Opening
from autograder.judge.reference import Reference, ReferenceProcess
from autograder.judge.staging import stage
from autograder.judge.trial import Trial
from autograder.limits import Limits
from autograder.sandbox.hidden import module_files
from autograder.sandbox.parent import warm_parent
from autograder.sandbox.walls import Plan
from autograder.verdict import SubmissionVerdict, TestVerdict


@dataclass(frozen=True)
class Request:
    """One submission, as the reference process hands it to a judge."""

    submission: Mapping[str, Any]
    student: str
    handed_in: Mapping[str, bytes]
    limits: Limits
    require_sandbox: bool
    plan: Plan


class _Loaded:
    """An assignment with its reference process, kept for the next submission."""

    def __init__(self, inputs: tuple[Any, ...], warm: object, catalogue: Catalogue) -> None:
        name, source, files, delimiters, limits, _, manner = inputs
        self.inputs = inputs
        self.warm = warm
        self.assignment: Assignment = dissect(name, source, delimiters)
        module_files(self.assignment.forbidden_imports)  # looked for once, and known to all forks
        _import_what_it_draws_with(self.assignment)
        self._files = files
        self._catalogue = catalogue
        self._manner: Manner = manner
        self.process = ReferenceProcess(self.assignment, files, limits, self._judge, manner)

    def serves(self, inputs: tuple[Any, ...], warm: object) -> bool:
        """Whether a judge for these inputs can be forked from it."""
        return self.process.alive() and self.warm is warm and self.inputs == inputs

    def _judge(
        self, reference: Reference, opening: Opening, place: Path, request: Request
    ) -> dict[str, Any]:
        """Runs in the judge's own process: ``place`` is its scratch folder."""
        shown = stage(place / "shown", request.handed_in, self._files)
        work = place / "tests"
        stage(work, self._files)
        os.chdir(work)
        trial = Trial(
            self.assignment,
            reference,
            opening,
            submission=request.submission,
            student=request.student,
            shown=shown,
            limits=request.limits,
            catalogue=self._catalogue,
            manner=self._manner,
        )
        verdict = trial.run(request.require_sandbox, request.plan)
        return {**verdict.to_json(), "outputs": [output.to_json() for output in verdict.outputs]}


def _import_what_it_draws_with(loaded: Assignment) -> None:
    """Here, once, for all reference processes: they are forked from this one."""
    if any("matplotlib" in cell.source for cell in loaded.cells):
        with contextlib.suppress(ImportError):
            import matplotlib  # noqa: PLC0415

            matplotlib.use("agg", force=False)
            import matplotlib.pyplot  # noqa: PLC0415


_kept: _Loaded | None = None


def _load(inputs: tuple[Any, ...], catalogue: Catalogue) -> _Loaded:
    global _kept  # noqa: PLW0603 (one a process: the reference runs once for all submissions)
    warm = warm_parent()  # started here, so that the judges of all submissions share it
    if _kept is None or not _kept.serves(inputs, warm):
        close_reference()
        _kept = _Loaded(inputs, warm, catalogue)
    return _kept


def last_reference() -> ReferenceProcess | None:
    """The reference that was used last: it knows what went wrong and how long it took."""
    return None if _kept is None else _kept.process


def close_reference() -> None:
    """End this process's reference process, if there is one."""
    global _kept  # noqa: PLW0603
    if _kept is not None:
        _kept.process.close()
        _kept = None


atexit.register(close_reference)


def grade(
    source: Mapping[str, Any],
    submission: Mapping[str, Any],
    *,
    student: str,
    assignment: str,
    files: Mapping[str, bytes] | None = None,
    handed_in: Mapping[str, bytes] | None = None,
    limits: Limits | None = None,
    catalogue: Catalogue | None = None,
    delimiters: Delimiters = DELIMITERS,
    require_sandbox: bool = False,
    plan: Plan | None = None,
    manner: Manner | None = None,
) -> SubmissionVerdict:
    """Judge a repaired notebook against the instructor's source notebook.

    ``files`` are the instructor's data files by name, ``handed_in`` those that the student handed
    in beside the notebook; the instructor's win. The reference, the tests and the student's code
    each get copies of their own. ``delimiters`` begin and end hidden lines of test cells. ``plan``
    says what the sandbox shows and what must be out of reach (``shown``, ``imports``,
    ``unreachable``), ``manner`` what ``examine_reference`` found out about the cells. Raises
    CourseError for a source that cannot be judged and SandboxUnavailable
    when ``require_sandbox`` asks for walls that the host does not give.
    """
    limits = limits or Limits()
    catalogue = catalogue or Catalogue()
    texts = _texts(catalogue)
    inputs = assignment, source, dict(files or {}), delimiters, limits, texts, manner or Manner()
    started = time.monotonic()
    loaded = _load(inputs, catalogue)
    request = Request(
        submission, student, dict(handed_in or {}), limits, require_sandbox, plan or Plan()
    )
    answer = loaded.process.judge(request)
    if isinstance(answer, str):
        tests = _not_graded(loaded.assignment, answer)
        verdict = SubmissionVerdict(student, "not graded", answer, tests)
    elif "error" in answer:
        raise _rebuilt(answer)
    else:
        verdict = SubmissionVerdict.from_json(answer)
    return replace(verdict, seconds=time.monotonic() - started)


def _texts(catalogue: Catalogue) -> list[tuple[str, str, str, str]]:
    """What makes a catalogue this one: its functions are made anew each time it is loaded."""
    entries = (*catalogue.mistakes, *catalogue.alternatives)
    return [(entry.function, entry.name, entry.text, entry.source) for entry in entries]


def _not_graded(loaded: Assignment, reason: str) -> dict[str, TestVerdict]:
    return {
        test.grade_id: TestVerdict(test.grade_id, None, test.points, "not graded", reason)
        for test in loaded.tests
    }


def _rebuilt(answer: Mapping[str, Any]) -> GraderError:
    kinds: dict[str, type[GraderError]] = {k.__name__: k for k in GraderError.__subclasses__()}
    return kinds.get(answer["error"], GraderError)(str(answer["text"]))
