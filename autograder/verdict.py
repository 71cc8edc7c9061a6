"""What grading produces: plain, immutable records that survive a trip through JSON.

A ``SubmissionVerdict`` holds one ``TestVerdict`` for each test cell. Everything in a
``TestVerdict`` is safe to show to the student: no hidden source, literal, seed or
reference value ever enters one.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

TestStatus = Literal["passed", "failed", "partial", "timeout", "crashed", "not graded"]
SubmissionStatus = Literal["graded", "not graded"]
REFUSED = "This question cannot be graded by its test: your instructor has been told."
"""The message of a test that nobody is graded by."""


@dataclass(frozen=True)
class Evidence:
    """A curve the student's code produced, with the band of the reference around it."""

    title: str
    got: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    xlabel: str = "step"
    ylabel: str = "loss"

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "got": list(self.got),
            "low": list(self.low),
            "high": list(self.high),
            "xlabel": self.xlabel,
            "ylabel": self.ylabel,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Evidence:
        return cls(
            title=str(data["title"]),
            got=tuple(data["got"]),
            low=tuple(data["low"]),
            high=tuple(data["high"]),
            xlabel=str(data["xlabel"]),
            ylabel=str(data["ylabel"]),
        )


@dataclass(frozen=True)
class TestVerdict:
    """The verdict on one test cell.

    ``score`` is None only where ``status`` is "not graded": a test that could not be
    judged is never a silent zero. ``message`` names the property that failed and
    ``diagnosis`` the likely mistake; both are empty for a passed test. ``inside`` marks a test
    that ran in the student's process.
    """

    __test__ = False  # the name starts with "Test", but it is no test class

    grade_id: str
    score: float | None
    max_score: float
    status: TestStatus
    message: str = ""
    diagnosis: str = ""
    evidence: tuple[Evidence, ...] = ()
    seconds: float = 0.0
    inside: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "score": self.score,
            "max_score": self.max_score,
            "status": self.status,
            "message": self.message,
            "diagnosis": self.diagnosis,
            "evidence": [item.to_json() for item in self.evidence],
            "seconds": round(self.seconds, 3),
            "inside": self.inside,
        }

    @classmethod
    def from_json(cls, grade_id: str, data: Mapping[str, Any]) -> TestVerdict:
        return cls(
            grade_id=grade_id,
            score=data["score"],
            max_score=data["max_score"],
            status=data["status"],
            message=data["message"],
            diagnosis=data["diagnosis"],
            evidence=tuple(Evidence.from_json(item) for item in data.get("evidence", ())),
            seconds=data.get("seconds", 0.0),
            inside=data.get("inside", False),
        )


@dataclass(frozen=True)
class CellOutput:
    """What one of the student's cells printed, drew or raised while the notebook ran.

    ``index`` counts the cells of the repaired notebook from 0; ``images`` are PNG files.
    """

    index: int
    text: str = ""
    error: str = ""
    images: tuple[bytes, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "index": self.index,
            "text": self.text,
            "error": self.error,
            "images": [base64.b64encode(image).decode("ascii") for image in self.images],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CellOutput:
        return cls(
            index=data["index"],
            text=data["text"],
            error=data["error"],
            images=tuple(base64.b64decode(image) for image in data["images"]),
        )


@dataclass(frozen=True)
class SubmissionVerdict:
    """The verdict on one student's submission of one assignment."""

    student: str
    status: SubmissionStatus
    reason: str = ""
    tests: Mapping[str, TestVerdict] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()
    outputs: tuple[CellOutput, ...] = ()
    seconds: float = 0.0

    @property
    def score(self) -> float | None:
        """Sum of the autograded points; None when nothing was graded."""
        if self.status == "not graded":
            return None
        return float(sum(test.score or 0.0 for test in self.tests.values()))

    @property
    def max_score(self) -> float:
        """Points that the autograded cells could give."""
        return float(sum(test.max_score for test in self.tests.values()))

    def to_json(self) -> dict[str, Any]:
        """The submission's entry in ``verdicts.json``; cell outputs stay out of it."""
        return {
            "student": self.student,
            "status": self.status,
            "reason": self.reason,
            "score": self.score,
            "max_score": self.max_score,
            "tests": {name: test.to_json() for name, test in self.tests.items()},
            "repairs": list(self.repairs),
            "seconds": round(self.seconds, 3),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SubmissionVerdict:
        return cls(
            student=data["student"],
            status=data["status"],
            reason=data["reason"],
            tests={name: TestVerdict.from_json(name, test) for name, test in data["tests"].items()},
            repairs=tuple(data["repairs"]),
            outputs=tuple(CellOutput.from_json(item) for item in data.get("outputs", ())),
            seconds=data["seconds"],
        )
