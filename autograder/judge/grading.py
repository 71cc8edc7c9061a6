"""Grading one submission: the entry point, and what stays loaded between submissions."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.catalogue import Catalogue
from autograder.errors import CourseError, GraderError
from autograder.judge import assignment as assignments
from autograder.judge.assignment import Assignment
from autograder.judge.process import in_own_process
from autograder.judge.trial import Trial
from autograder.limits import Limits
from autograder.sandbox.client import warm_parent
from autograder.verdict import SubmissionVerdict, TestVerdict

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
    trial = Trial(
        loaded,
        submission=submission,
        student=student,
        files=files,
        limits=limits,
        catalogue=catalogue or Catalogue(),
    )
    started = time.monotonic()
    answer = in_own_process(lambda: _whole(trial.run(require_sandbox)), limits)
    if isinstance(answer, str):
        verdict = SubmissionVerdict(student, "not graded", answer, _not_graded(loaded, answer))
    elif "error" in answer:
        raise _rebuilt(answer)
    else:
        verdict = SubmissionVerdict.from_json(answer)
    return replace(verdict, seconds=time.monotonic() - started)


def _whole(verdict: SubmissionVerdict) -> dict[str, Any]:
    return {**verdict.to_json(), "outputs": [output.to_json() for output in verdict.outputs]}


def _not_graded(loaded: Assignment, reason: str) -> dict[str, TestVerdict]:
    return {
        test.grade_id: TestVerdict(test.grade_id, None, test.points, "not graded", reason)
        for test in loaded.tests
    }


def _rebuilt(answer: Mapping[str, Any]) -> GraderError:
    kinds: dict[str, type[GraderError]] = {k.__name__: k for k in GraderError.__subclasses__()}
    return kinds.get(answer["error"], GraderError)(str(answer["text"]))
