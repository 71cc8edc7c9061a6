"""What a test cell that came to its end gives: all points, or a part by its last value."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.judge.assignment import SourceCell
from autograder.verdict import TestStatus


def given(cell: SourceCell, last: Any) -> tuple[float, TestStatus, str]:
    """Score, status and message, as nbgrader has it: a number is so many points."""
    if isinstance(last, bool) or not isinstance(last, int | float | np.number):
        return cell.points, "passed", ""
    if not math.isfinite(last):
        return 0.0, "failed", "The test gave no finite score."
    score = min(max(float(last), 0.0), cell.points)
    if score == cell.points:
        return score, "passed", ""
    return score, "partial", f"{score:g} of {cell.points:g} points."
