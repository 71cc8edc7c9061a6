"""Small source notebooks and submissions, written down in a few lines, for the judge's tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from autograder.catalogue import Catalogue
from autograder.judge import grade
from autograder.limits import Limits
from autograder.verdict import SubmissionVerdict, TestVerdict

BRISK = Limits(cell_seconds=4, test_seconds=4)


def cell(grade_id: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    settings = {"grade": False, "locked": False, "solution": False, "schema_version": 3}
    metadata = {**settings, "grade_id": grade_id, **nbgrader}
    return {"cell_type": "code", "source": source, "metadata": {"nbgrader": metadata}}


def given(source: str, grade_id: str = "given") -> dict[str, Any]:
    return cell(grade_id, source, locked=True)


def solution(source: str, grade_id: str = "solution") -> dict[str, Any]:
    return cell(grade_id, source, solution=True)


def check(source: str, grade_id: str = "test", points: float = 1) -> dict[str, Any]:
    return cell(grade_id, source, grade=True, locked=True, points=points)


def plain(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}}


def notebook(*cells: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}


def answered(source: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    """The notebook with these texts in the cells of these names."""
    submission: dict[str, Any] = json.loads(json.dumps(source))
    for one in submission["cells"]:
        name = one["metadata"].get("nbgrader", {}).get("grade_id")
        one["source"] = answers.get(name, one["source"])
    return submission


def scores(verdict: SubmissionVerdict) -> dict[str, float | None]:
    """The score of each test, by its name."""
    return {name: test.score for name, test in verdict.tests.items()}


def verdict(
    answer: str,
    test: str,
    reference: str = "def f(x):\n    return x + 1",
    before: str = "import numpy as np",
    limits: Limits = BRISK,
    student: str = "student-01",
    files: Mapping[str, bytes] | None = None,
    catalogue: Catalogue | None = None,
    **metadata: Any,
) -> SubmissionVerdict:
    """Grade one answer to a notebook of a given cell, one question and one test."""
    source = notebook(given(before), solution(reference), check(test), **metadata)
    submission = notebook(given(before), solution(answer), check("pass"))
    return grade(
        source,
        submission,
        student=student,
        assignment="small",
        limits=limits,
        files=files,
        catalogue=catalogue,
    )


def outcome(answer: str, test: str, **settings: Any) -> TestVerdict:
    """The verdict on the one test of ``verdict``."""
    tests: Mapping[str, TestVerdict] = verdict(answer, test, **settings).tests
    return tests["test"]
