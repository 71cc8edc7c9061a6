"""The graded notebook: verdicts and the student's own output, as outputs that show no more.

Stock formgrader and ``nbgrader generate_feedback`` show this notebook. Its test cells hold the
released text, never the hidden one; its outputs hold plain text and PNG pictures, never HTML or
JavaScript; its Markdown is harmless under nbconvert's own filters.
"""

from __future__ import annotations

import base64
import copy
import time
from collections.abc import Iterable
from typing import Any

from autograder.course.cells import grade_id, is_answer, is_test
from autograder.pages.rendering import plain
from autograder.pictures import safe_png
from autograder.verdict import CellOutput, SubmissionVerdict, TestVerdict

RENDERING_SECONDS = 3.0
"""Processor time for the Markdown of one notebook; what comes after is shown as it was written."""
STATUS = {
    "passed": "passed",
    "failed": "failed",
    "partial": "partly passed",
    "timeout": "stopped: too slow",
    "crashed": "crashed",
    "not graded": "not graded",
}


def annotated(notebook: dict[str, Any], verdict: SubmissionVerdict) -> dict[str, Any]:
    """A copy of the repaired notebook with the outcome in its outputs."""
    notebook = copy.deepcopy(notebook)
    notebook["metadata"].setdefault("autograder", {})["judged"] = True
    printed = {output.index: output for output in verdict.outputs}
    started = time.process_time()
    for index, cell in enumerate(notebook["cells"]):
        if is_answer(cell) or not grade_id(cell):
            _make_harmless(cell, time.process_time() - started < RENDERING_SECONDS)
        if cell["cell_type"] != "code":
            continue
        if is_test(cell):
            cell["outputs"] = _of_test(verdict.tests.get(grade_id(cell)))
        else:
            cell["outputs"] = _of_student(printed.get(index))
    return notebook


def _make_harmless(cell: dict[str, Any], in_time: bool) -> None:
    """The student's text as it may be shown; the text of locked cells is the instructor's."""
    from autograder.pages.markdown import harmless, one_line_text, squeezed  # noqa: PLC0415 (slow)

    source, attachments = cell["source"], cell.pop("attachments", {})
    if cell["cell_type"] == "code":
        cell["source"] = squeezed(source)
    elif in_time:
        cell["source"] = harmless(source, attachments)
    else:
        cell["source"] = one_line_text(source)


def points_text(test: TestVerdict) -> str:
    """Such as "2 of 3 points"."""
    if test.score is None:
        return f"not graded, {test.max_score:g} points"
    return f"{test.score:g} of {test.max_score:g} points"


def test_text(test: TestVerdict) -> str:
    """All that the student may read about a test cell, as plain text."""
    lines = [f"{STATUS[test.status]}: {points_text(test)}"]
    lines += [test.message] if test.message else []
    lines += [f"Likely cause: {test.diagnosis}"] if test.diagnosis else []
    return "\n".join(lines)


def _of_test(test: TestVerdict | None) -> list[dict[str, Any]]:
    if test is None:
        return []
    outputs = [_stream(test_text(test))]
    if test.evidence and test.status != "passed":
        from autograder.pages.charts import curve_png  # noqa: PLC0415 (imports matplotlib)

        outputs += _pictures([curve_png(item) for item in test.evidence])
    return outputs


def _of_student(output: CellOutput | None) -> list[dict[str, Any]]:
    if output is None:
        return []
    outputs = [_stream(output.text)] if output.text else []
    outputs += _pictures(output.images)
    if output.error:
        outputs.append(_error(output.error))
    return outputs


def _stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": plain(text).rstrip("\n") + "\n"}


def _pictures(images: Iterable[bytes]) -> list[dict[str, Any]]:
    """Pictures as outputs; what is no PNG, or too large to be drawn, is left out."""
    kept = [base64.b64encode(png).decode("ascii") for image in images if (png := safe_png(image))]
    return [
        {"output_type": "display_data", "data": {"image/png": data}, "metadata": {}}
        for data in kept
    ]


def _error(text: str) -> dict[str, Any]:
    lines = plain(text).rstrip("\n").split("\n")
    name, _, value = lines[-1].partition(":")
    name = name.strip() if name.strip().isidentifier() else "Error"
    return {
        "output_type": "error",
        "ename": name,
        "evalue": value.strip(),
        "traceback": lines,
    }
