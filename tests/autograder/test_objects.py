"""Tests that look at objects of the student's classes are graded as nbgrader grades them."""

import pytest

from autograder.judge import grade
from tests.autograder.courses import BRISK, check, given, notebook, solution
from tests.autograder.object_courses import COURSES, Course


def scores(course: Course, answer: str) -> dict[str, tuple[float | None, str]]:
    checks = [check(text, name) for name, text in course.tests.items()]
    source = notebook(given(course.given), solution(course.solution), *checks)
    submission = notebook(given(course.given), solution(answer), *checks)
    verdict = grade(source, submission, student="student-01", assignment="objects", limits=BRISK)
    return {name: (test.score, test.message) for name, test in verdict.tests.items()}


@pytest.mark.parametrize("name", COURSES)
def test_the_solution_gets_every_point_and_the_wrong_answer_none(name: str) -> None:
    """Is each test passed by the instructor's own class, and failed by one that is wrong?"""
    course = COURSES[name]
    lost = {n: why for n, (score, why) in scores(course, course.solution).items() if score != 1}
    assert lost == {}
    assert [n for n, (score, _) in scores(course, course.wrong).items() if score != 0] == []


@pytest.mark.parametrize("name", COURSES)
def test_a_plain_run_says_the_same(name: str) -> None:
    """Does each test pass for the solution and fail for the wrong answer in one process as well?"""
    course = COURSES[name]
    assert failing(course, course.solution) == []
    assert failing(course, course.wrong) == list(course.tests)


def failing(course: Course, answer: str) -> list[str]:
    """The tests that fail when the notebook runs as it stands."""
    import linecache
    import types

    failed = []
    for name, text in course.tests.items():
        names: dict[str, object] = {"__name__": "__main__"}
        names["get_ipython"] = lambda names=names: types.SimpleNamespace(user_ns=names)
        names["In"] = ["", course.given, answer]
        linecache.cache["<cell 2>"] = (1, None, [f"{line}\n" for line in answer.split("\n")], "")
        try:
            exec(compile(course.given, "<cell 1>", "exec"), names)
            exec(compile(answer, "<cell 2>", "exec"), names)
            exec(compile(text, "<test>", "exec"), names)
        except Exception:
            failed.append(name)
    return failed
