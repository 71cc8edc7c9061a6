"""Tests that look at objects of the student's classes are graded as nbgrader grades them."""

import pytest

from autograder.judge import grade
from tests.autograder.courses import BRISK, check, given, notebook, outcome, solution
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


def test_magics_tell_the_students_names() -> None:
    """Do %who and %who_ls in a test see what the student's notebook defined?"""
    test = (
        "%who\nknown = %who_ls\nassert {'f', 'mine', 'np'} <= set(known)\n"
        "assert 'In' not in known and '__name__' not in known"
    )
    right = "def f(x):\n    return x\nmine = 1"
    assert outcome(right, test, reference=right).score == 1
    assert outcome("def f(x):\n    return x", test, reference=right).score == 0


def test_a_module_that_the_solution_writes_is_the_students_to_write() -> None:
    """Is a module judged as the student wrote it, and a given one as it was given?"""
    right = "%%writefile tools.py\ndef double(x):\n    return 2 * x"
    wrong = right.replace("2 * x", "3 * x")
    by_name = "assert tools.double(2) == 4"
    source = notebook(
        given("import numpy as np"), solution(right), solution("import tools", "use"),
        check(by_name),
    )  # fmt: skip
    for answer, score in ((right, 1), (wrong, 0)):
        cells = solution(answer), solution("import tools", "use"), check(by_name)
        submission = notebook(given("import numpy as np"), *cells)
        verdict = grade(source, submission, student="student-01", assignment="m", limits=BRISK)
        assert verdict.tests["test"].score == score


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
