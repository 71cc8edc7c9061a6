"""What attacks gain where tests run in the student's own process: never more than with nbgrader.

The red team's submissions, with every test cell judged inside. ``tests/redteam/manifest.csv`` says
what each deserves and what nbgrader 0.9.6 gave it.
"""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.batch.grading import grade_handed_in
from autograder.batch.running import make_tasks
from autograder.course import release
from autograder.course.directory import Course
from autograder.judge.manner import Manner
from autograder.limits import Limits
from autograder.settings import Judge
from autograder.verdict import SubmissionVerdict

REDTEAM = Path(__file__).parents[1] / "redteam"
KINDS = {"control", "monkeypatch", "oracle", "grey", "tamper"}
ROWS = [
    row
    for row in csv.DictReader((REDTEAM / "manifest.csv").read_text().splitlines())
    if row["class"] in KINDS
]
GAIN = {"m_liar_ndarray": 10.0, "m_nan": 2.0, "o_frame_ref": 10.0, "g_numeric_diff": 10.0}
"""What gains inside, and how much: results that lie or are no numbers, a look at the test's own
frame, and finite differences, which only the judge's audit tells from a formula."""

pytestmark = pytest.mark.linux


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SubmissionVerdict]:
    root = tmp_path_factory.mktemp("inside") / "course"
    shutil.copytree(REDTEAM / "course", root)
    for row in ROWS:
        folder = root / "submitted" / row["slug"] / "svm"
        folder.mkdir(parents=True)
        shutil.copy(REDTEAM / "submissions" / f"{row['slug']}.ipynb", folder / "svm.ipynb")
    course = Course.load(root)
    notebooks = release.load(course, "svm")
    limits = Limits(cell_seconds=5, test_seconds=3)
    tasks = make_tasks(course, "svm", notebooks, Judge.of(course.config), limits)
    (task,) = tasks.values()
    tests = [
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell in notebooks[0].source["cells"]
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("grade")
    ]
    task = replace(task, manner=Manner(inside=dict.fromkeys(tests, "to see what that costs")))
    return {
        submission.student: grade_handed_in(task, course.hand_in(submission)).verdict
        for submission in course.submissions("svm")
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["slug"])
def test_nothing_gains_more_than_with_nbgrader(
    verdicts: dict[str, SubmissionVerdict], row: dict[str, str]
) -> None:
    """Is the score the deserved one, apart from GAIN, and never above nbgrader's?"""
    verdict = verdicts[row["slug"]]
    deserved, stock = float(row["deserved_points"]), float(row["nbgrader_0.9.6_points"])
    scores = [f"{name} {test.score}" for name, test in verdict.tests.items()]
    assert verdict.score == GAIN.get(row["slug"], deserved), scores
    assert verdict.score <= max(deserved, stock)
