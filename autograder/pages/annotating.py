"""The graded notebook: verdicts and the student's own output, as outputs that show no more.

Stock formgrader and ``nbgrader generate_feedback`` show this notebook. Its test cells hold the
released text, never the hidden one; its outputs hold text and PNG pictures, never HTML or
JavaScript.
"""

from __future__ import annotations

import base64
import copy
from typing import Any

from autograder.course.cells import grade_id, is_test
from autograder.verdict import CellOutput, SubmissionVerdict, TestVerdict

PNG = b"\x89PNG\r\n\x1a\n"
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
    for index, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        if is_test(cell):
            cell["outputs"] = _of_test(verdict.tests.get(grade_id(cell)))
        else:
            cell["outputs"] = _of_student(printed.get(index))
    return notebook


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

        outputs += [_picture(curve_png(item)) for item in test.evidence]
    return outputs


def _of_student(output: CellOutput | None) -> list[dict[str, Any]]:
    if output is None:
        return []
    outputs = [_stream(output.text)] if output.text else []
    outputs += [_picture(image) for image in output.images if image.startswith(PNG)]
    if output.error:
        outputs.append(_error(output.error))
    return outputs


def _stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text.rstrip("\n") + "\n"}


def _picture(png: bytes) -> dict[str, Any]:
    data = base64.b64encode(png).decode("ascii")
    return {"output_type": "display_data", "data": {"image/png": data}, "metadata": {}}


def _error(text: str) -> dict[str, Any]:
    lines = text.rstrip("\n").split("\n")
    name, _, value = lines[-1].partition(":")
    name = name.strip() if name.strip().isidentifier() else "Error"
    return {
        "output_type": "error",
        "ename": name,
        "evalue": value.strip(),
        "traceback": lines,
    }
