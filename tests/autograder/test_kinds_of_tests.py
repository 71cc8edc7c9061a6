"""Does each kind of test get the score here that stock nbgrader gives it, or the right one?

``kinds_of_tests`` holds the catalogue; the authority is stock nbgrader, recorded by
``tools/record_kinds.py``. A kind in ``not_yet.txt`` must fail: one that passes is taken out there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest

from tests.autograder.kinds_of_tests.building import Group, groups
from tests.autograder.kinds_of_tests.grading import judged
from tests.autograder.kinds_of_tests.reading import Kind, Scores, kinds, not_yet, stock_scores

STOCK = stock_scores()
KINDS = kinds()
LATER = frozenset(not_yet())
GROUPS = groups(KINDS, LATER)
CASES = [(group, kind) for group in GROUPS for kind in group.kinds]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Group], dict[str, Scores]]:
    """The scores of the kinds in a notebook; each notebook is graded once."""
    by_name = {group.name: group for group in GROUPS}
    graded = cache(lambda name: judged(by_name[name], tmp_path_factory.mktemp(name[:20])))
    return lambda group: graded(group.name)


def _id(case: Any) -> str:
    return str(case.name)


@pytest.mark.parametrize(("group", "kind"), CASES, ids=_id)
def test_kind(group: Group, kind: Kind, found: Callable[[Group], dict[str, Scores]]) -> None:
    """Do solution, untouched release and wrong answer get what they should?"""
    if group.needs and find_spec(group.needs) is None:
        pytest.skip(f"{group.needs} is not installed")
    scores, expected = found(group)[kind.name], kind.expected(STOCK[kind.name])
    if kind.name not in LATER:
        assert scores == expected
    elif scores == expected:
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
