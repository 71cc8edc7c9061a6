"""What grading a class came to: one verdict a student, the differences to an earlier one."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.verdict import SubmissionVerdict, TestVerdict


@dataclass
class ClassVerdict:
    """The outcome for a whole class.

    ``submissions`` are the verdicts, one a student, which may be read from disk one by one;
    ``scores`` the points of those that were graded, ``most`` what a submission could get.
    """

    assignment: str
    submissions: Sequence[SubmissionVerdict] = ()
    scores: Sequence[float] = ()
    most: float = 0.0
    unchanged: int = 0
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """What ``verdicts.json`` holds; curves and the time of each test stay in the records."""
        return {
            "assignment": self.assignment,
            "submissions": [_public(verdict.to_json()) for verdict in self.submissions],
        }

    def summary(self) -> str:
        """The closing line."""
        mean = f"{statistics.fmean(self.scores):.1f}" if self.scores else "–"
        left = len(self.submissions) - len(self.scores)
        return (
            f"{self.assignment}: {len(self.scores)} graded, {left} not graded "
            f"({self.unchanged} unchanged since last time) | mean {mean} of {self.most:g} points | "
            f"{self.seconds:.1f} s"
        )


def merge(student: str, parts: Mapping[str, SubmissionVerdict]) -> SubmissionVerdict:
    """Several notebooks' verdicts as one; a grade_id in two of them gets its notebook's name."""
    if len(parts) == 1:
        return next(iter(parts.values()))
    uses: dict[str, int] = {}
    for part in parts.values():
        for test in part.tests:
            uses[test] = uses.get(test, 0) + 1
    tests: dict[str, TestVerdict] = {}
    for name, part in parts.items():
        for test, verdict in part.tests.items():
            full = test if uses[test] == 1 else f"{name}/{test}"
            tests[full] = replace(verdict, grade_id=full)
    graded = any(part.status == "graded" for part in parts.values())
    return SubmissionVerdict(
        student=student,
        status="graded" if graded else "not graded",
        reason="; ".join(part.reason for part in parts.values() if part.reason),
        tests=tests,
        repairs=tuple(f"{name}: {text}" for name, part in parts.items() for text in part.repairs),
        seconds=sum(part.seconds for part in parts.values()),
    )


def differences(before: SubmissionVerdict, after: SubmissionVerdict) -> Iterator[str]:
    """What a second grading changed, a line a test."""
    for name, test in after.tests.items():
        old = before.tests.get(name)
        if old is None or (old.score, old.status) == (test.score, test.status):
            continue
        yield (
            f"{after.student}: {name}: {_points(old.score)} → {_points(test.score)} "
            f"({old.status} → {test.status})"
        )


def _points(score: float | None) -> str:
    return "–" if score is None else f"{score:g}"


def _public(entry: dict[str, Any]) -> dict[str, Any]:
    kept = ("score", "max_score", "status", "message", "diagnosis")
    tests = {name: {key: test[key] for key in kept} for name, test in entry["tests"].items()}
    return {**entry, "tests": tests}
