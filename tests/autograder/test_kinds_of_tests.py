"""Does each kind of test get the score here that stock nbgrader gives it, or the right one?

``kinds_of_tests`` holds the catalogue; the authority is stock nbgrader, recorded by
``tools/record_kinds.py``. A kind in ``not_yet.txt`` must fail: one that passes is taken out there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from autograder.batch.grading import examine, grade_handed_in
from autograder.batch.running import make_tasks
from autograder.course import release
from autograder.course.folder import HandedIn
from autograder.limits import Limits
from autograder.settings import Judge
from autograder.verdict import SubmissionVerdict
from tests.autograder.classroom import CONFIG, Classroom
from tests.autograder.kinds_of_tests.building import Group, groups
from tests.autograder.kinds_of_tests.reading import ANSWERS, Kind, kinds, not_yet, stock_scores

LIMITS = Limits(cell_seconds=10, test_seconds=6)
STOCK = stock_scores()
KINDS = kinds()
GROUPS = groups(KINDS)
LATER = frozenset(not_yet())
CASES = [(group, kind) for group in GROUPS for kind in group.kinds]


def judged(group: Group, root: Path) -> dict[str, SubmissionVerdict]:
    """Each answer to a notebook of kinds, graded as a worker grades what a student hands in."""
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
    return verdicts


@pytest.fixture(scope="module")
def verdicts(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Group], dict[str, SubmissionVerdict]]:
    """The verdicts on the notebook that a kind stands in; each is graded once."""
    by_name = {group.name: group for group in GROUPS}
    graded = cache(lambda name: judged(by_name[name], tmp_path_factory.mktemp(name)))
    return lambda group: graded(group.name)


def _id(case: Any) -> str:
    return str(case.name)


@pytest.mark.parametrize(("group", "kind"), CASES, ids=_id)
def test_kind(
    group: Group, kind: Kind, verdicts: Callable[[Group], dict[str, SubmissionVerdict]]
) -> None:
    """Do solution, untouched release and wrong answer get what they should?"""
    if group.needs and find_spec(group.needs) is None:
        pytest.skip(f"{group.needs} is not installed")
    found = {
        answer: [verdict.tests[test].score for test in group.tests(kind)]
        for answer, verdict in verdicts(group).items()
    }
    expected = kind.expected(STOCK[kind.name])
    if kind.name not in LATER:
        assert found == expected
    elif found == expected:
        pytest.fail(f"{kind.name} is right now: take it out of not_yet.txt")
    else:
        pytest.xfail("not yet")


def test_the_catalogue_is_whole() -> None:
    """Are there enough kinds, each once, all recorded, and only known ones in the list?"""
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names) >= 220
    assert set(STOCK) == set(names)
    assert set(names) >= LATER
    assert sum(bool(kind.better) for kind in KINDS) < 15
