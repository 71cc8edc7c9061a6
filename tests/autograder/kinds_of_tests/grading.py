"""What this grader gives to the kinds of one notebook, graded as a worker grades a class."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from autograder.batch.grading import examine, grade_handed_in
from autograder.batch.running import make_tasks
from autograder.course import release
from autograder.course.folder import HandedIn
from autograder.limits import Limits
from autograder.settings import Judge
from tests.autograder.classroom import CONFIG, Classroom
from tests.autograder.kinds_of_tests.building import Group
from tests.autograder.kinds_of_tests.reading import ANSWERS, Scores

LIMITS = Limits(cell_seconds=10, test_seconds=6)


def judged(group: Group, root: Path) -> dict[str, Scores]:
    """Name → answer → the score of each test."""
    classroom = Classroom(root, group.source(), CONFIG)
    for name, data in group.files.items():
        path = root / "source" / "ps1" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    course = classroom.course()
    notebooks = release.load(course, "ps1")
    (task,) = make_tasks(course, "ps1", notebooks, Judge.of(course.config), LIMITS).values()
    task = replace(task, manner=examine(task).manner)
    verdicts = {}
    for answer in ANSWERS:
        text = json.dumps(group.answered(notebooks[0].released, answer)).encode()
        handed_in = HandedIn(answer, {"hills.ipynb": text, **group.files})
        verdicts[answer] = grade_handed_in(task, handed_in).verdict
    return {
        kind.name: {
            answer: [verdict.tests[test].score for test in group.tests(kind)]
            for answer, verdict in verdicts.items()
        }
        for kind in group.kinds
    }
