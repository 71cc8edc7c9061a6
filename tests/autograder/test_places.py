"""Each test sees the notebook as it is at its place, and names as the reference leaves them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from autograder.judge import examine_reference, grade
from autograder.limits import Limits
from autograder.verdict import SubmissionVerdict
from tests.autograder.courses import (
    BRISK,
    answered,
    check,
    given,
    notebook,
    plain,
    scores,
    solution,
)

ONE_TWO = notebook(
    solution("r = 1", "s1"), check("assert r == 1", "t1"),
    solution("r = 2", "s2"), check("assert r == 2", "t2"),
)  # fmt: skip


def graded(
    source: Mapping[str, Any], answers: Mapping[str, str] | None = None, limits: Limits = BRISK
) -> SubmissionVerdict:
    """The verdict on a submission with these answers, as the reference says it is to be judged."""
    settings: dict[str, Any] = {"assignment": "small", "limits": limits}
    report = examine_reference(source, **settings)
    assert report.problems == ()
    submission = answered(source, answers or {})
    return grade(source, submission, student="student-01", manner=report.manner, **settings)


def test_a_test_meets_the_notebook_at_its_place() -> None:
    """Does a name that a later cell binds anew have its earlier value in the earlier test?"""
    assert scores(graded(ONE_TWO)) == {"t1": 1, "t2": 1}
    assert scores(graded(ONE_TWO, {"s1": "r = 2"})) == {"t1": 0, "t2": 1}


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("import os; os._exit(0)", "ended the process"),
        ("while True: pass", "computed for more than"),
        ("raise SystemExit", "SystemExit"),
        ("raise ValueError", "ValueError"),
    ],
)
def test_a_later_cell_costs_no_earlier_test(end: str, why: str) -> None:
    """Is what stood before a cell that ends everything judged, and the cell blamed?"""
    limits = Limits(cell_seconds=1, test_seconds=4)
    verdict = graded(ONE_TWO, {"s2": end}, limits)
    assert scores(verdict) == {"t1": 1, "t2": 0}
    assert why in verdict.outputs[1].error


def test_threads_go_on_behind_a_test() -> None:
    """Does a thread that an early cell started still work for a later one, and see no test?"""
    source = notebook(
        given("import queue, threading, time"),
        solution(
            "asked, done = queue.Queue(), queue.Queue()\n"
            "def work():\n    while True:\n        done.put(asked.get() + 1)\n"
            "threading.Thread(target=work, daemon=True).start()\nr = 1", "s1",
        ),
        check("assert r == 1", "t1"), check("assert r == 1 and True", "t1b"),
        solution("asked.put(1)\nr = done.get(timeout=60)", "s2"), check("assert r == 2", "t2"),
        solution("asked.put(5)\nr = done.get(timeout=60)", "s3"), check("assert r == 6", "t3"),
    )  # fmt: skip
    assert scores(graded(source)) == {"t1": 1, "t1b": 1, "t2": 1, "t3": 1}


def test_what_one_test_leaves_no_later_cell_finds() -> None:
    """Do the cells behind a test run as if it had never been, whatever it did to the process?"""
    source = notebook(
        solution("box = []\ndef f(x):\n    box.append(x)\n    return x", "s1"),
        check("assert f(7) == 7", "t1"),
        solution("r = len(box)", "s2"),
        check("assert r == 0", "t2"),
    )
    assert scores(graded(source)) == {"t1": 1, "t2": 1}
    # A fork shares this memory: the notebook has to run again.
    shared = "import mmap\nbox = mmap.mmap(-1, 8)\ndef f(x):\n    box[0] = x\n    return x"
    spying = graded(source, {"s1": shared, "s2": "r = box[0]"})
    assert scores(spying) == {"t1": 1, "t2": 1}


CHANGED = [
    ("a name bound anew", "x = 1", "x = x + 1", "assert x == 2", "x = x + 2"),
    ("a list changed in place", "x = [1]", "x.append(2)", "assert x == [1, 2]", "x.append(3)"),
    ("an array changed in place", "import numpy as np\nx = np.zeros(2)", "x[0] = 1",
     "assert x.sum() == 1", "x[1] = 2"),
    ("a dict below a list", "x = [{}]", "x[0]['a'] = 1", "assert x == [{'a': 1}]", "pass"),
    ("a stub made whole", "def x():\n    raise NotImplementedError", "def x():\n    return 3",
     "assert x() == 3", "pass"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "before", "right", "test", "wrong"), CHANGED)
def test_what_the_reference_changes_is_the_students(
    what: str, before: str, right: str, test: str, wrong: str
) -> None:
    """Does a name of the instructor's that the exercise changes come from the student?"""
    source = notebook(given(before), solution(right), check(test))
    assert scores(graded(source)) == {"test": 1}, what
    assert scores(graded(source, {"solution": wrong})) == {"test": 0}, what
    assert scores(graded(source, {"solution": "pass"})) == {"test": 0}, what


@pytest.mark.parametrize("theft", ["x = 3", "x = 3\ny = 3", "globals()['x'] = 3"])
def test_what_the_reference_leaves_is_the_judges(theft: str) -> None:
    """Is a name that only the student changes still the instructor's in the test?"""
    source = notebook(given("x = 2"), solution("y = x"), check("assert y == x == 2"))
    assert scores(graded(source, {"solution": theft})) == {"test": 0}


def test_a_name_given_anew_is_the_judges_again() -> None:
    """After the instructor binds a name again, is the student's value forgotten?"""
    source = notebook(
        given("x = 1", "g1"), solution("x = x + 1", "s1"), check("assert x == 2", "t1"),
        given("x = 10", "g2"), solution("y = x", "s2"), check("assert x == y == 10", "t2"),
    )  # fmt: skip
    assert scores(graded(source)) == {"t1": 1, "t2": 1}
    assert scores(graded(source, {"s1": "x = 5", "s2": "x = y = 11"})) == {"t1": 0, "t2": 0}


def test_unseeded_draws_are_each_students_own() -> None:
    """Does a test compare with the student's own draw where no two runs have the same?"""
    source = notebook(
        given("import numpy as np\nx = np.random.rand(5)"),
        solution("top = float(x.max())"),
        check("assert top == max(x)"),
    )
    assert scores(graded(source)) == {"test": 1}
    assert scores(graded(source, {"solution": "top = float(x.min())"})) == {"test": 0}


def test_what_is_bound_to_be_thrown_away_is_nobody_s() -> None:
    """Do two runs differ by a name that some cell reads, and by none that nobody does?"""
    source = notebook(
        given("import numpy as np\n_ = np.random.rand(5)\n_size = np.random.rand()"),
        solution("r = _size"),
        check("assert r == _size"),
    )
    report = examine_reference(source, assignment="small", limits=BRISK)
    assert report.manner.unseeded == {"_size"}
    assert scores(graded(source)) == {"test": 1}


def test_await_stands_outside_functions() -> None:
    """Do given cells, answers and tests wait for coroutines, as notebooks do?"""
    source = notebook(
        given("import asyncio\nawait asyncio.sleep(0)\nbase = 2"),
        solution("await asyncio.sleep(0)\nr = base + 1"),
        check("await asyncio.sleep(0)\nassert r == 3"),
        plain("await asyncio.sleep(0)"),
    )
    assert scores(graded(source)) == {"test": 1}
    assert scores(graded(source, {"solution": "r = 4"})) == {"test": 0}


def test_limits_follow_the_references_own_time() -> None:
    """Has an answer time where the reference itself takes longer than the usual limit?"""
    busy = (
        "import time\nend = time.process_time() + {}\nwhile time.process_time() < end:\n    pass\n"
    )
    source = notebook(solution(busy.format(1.5) + "r = 1"), check("assert r == 1"))
    limits = Limits(cell_seconds=1, test_seconds=1)
    report = examine_reference(source, assignment="small", limits=limits)
    assert report.problems == ()
    assert 20 < report.manner.seconds["solution"] < 90
    assert scores(graded(source, {"solution": busy.format(2.5) + "r = 1"}, limits)) == {"test": 1}


@pytest.mark.parametrize(
    ("before", "says"),
    [
        ("import a_library_that_is_not_there as lib", "c.Judge.shown"),
        ("data = open('measurements.csv').read()", "measurements.csv"),
        ("def broken(:", "no Python"),
    ],
)
def test_a_cell_is_refused_and_not_the_assignment(before: str, says: str) -> None:
    """Does what is missing cost only the cells that need it, and is the instructor told?"""
    needs = "lib.answer" if "lib" in before else "data" if "data" in before else "broken(1)"
    source = notebook(
        solution("r = 1", "s1"), check("assert r == 1", "t1"),
        given(before), solution(f"q = {needs}", "s2"), check("assert q", "t2"),
    )  # fmt: skip
    report = examine_reference(source, assignment="small", limits=BRISK)
    assert report.problems == ()
    assert any("t2 is graded for nobody" in note and says in note for note in report.notes)
    verdict = graded(source)
    assert scores(verdict) == {"t1": 1, "t2": None}
    assert "your instructor has been told" in verdict.tests["t2"].message
