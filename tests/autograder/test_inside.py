"""Tests that only the student's own process can run: found by the reference, walled, and alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from autograder.judge import ReferenceReport, examine_reference, grade
from autograder.judge.manner import Manner
from autograder.limits import Limits
from autograder.verdict import SubmissionVerdict
from tests.autograder.courses import answered, check, given, notebook, scores, solution

BRISK = Limits(cell_seconds=4, test_seconds=4)
FIGURE = notebook(
    given("import numpy as np\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()"),
    solution("ax.plot([1, 2], [3, 4])\nax.set_title('Loss')\ndef top(v):\n    return max(v)"),
    check("assert ax.get_title() == 'Loss'\n### BEGIN HIDDEN TESTS\n"
          "np.testing.assert_allclose(ax.lines[0].get_ydata(), [3, 4])\n"
          "assert sum([3, 4]) == 7 and top([1, 5]) == 5\n### END HIDDEN TESTS"),
    check("assert top([1, 3]) == 3", "outside"),
)  # fmt: skip
"""The first test looks at axes, which stay where they are; the second at a function."""


class Course:
    """A notebook as its examination says it is to be judged, or with these cells inside."""

    def __init__(self, source: Mapping[str, Any], *inside: str, limits: Limits = BRISK) -> None:
        self.source = source
        self.settings: dict[str, Any] = {"assignment": "small", "limits": limits}
        self.report = ReferenceReport(manner=Manner(inside=dict.fromkeys(inside, "of itself")))
        if not inside:
            self.report = examine_reference(source, **self.settings)

    def grade(self, **answers: str) -> SubmissionVerdict:
        """A submission with these cells in the place of the solution's."""
        return grade(
            self.source, answered(self.source, answers), student="student-01",
            manner=self.report.manner, **self.settings,
        )  # fmt: skip


@pytest.fixture(scope="module")
def figure() -> Course:
    return Course(FIGURE, "test")


MODULE = notebook(
    given("import sys, types"),
    solution("sys.modules['gauge'] = types.ModuleType('gauge')\ndef top(v):\n    return max(v)"),
    check("import gauge\nassert gauge.__name__ == 'gauge'"),
    check("assert top([1, 3]) == 3", "outside"),
)
"""No judge can import what is a module in the student's process alone."""


def test_the_reference_decides() -> None:
    """Is a cell judged inside only where the reference shows it must be, and is that told?"""
    course = Course(MODULE)
    assert course.report.problems == ()
    assert list(course.report.manner.inside) == ["test"]
    (note,) = course.report.notes
    assert "cell test is judged inside the student's process" in note
    verdict = course.grade()
    assert scores(verdict) == {"test": 1, "outside": 1}
    assert {name: test.inside for name, test in verdict.tests.items()} == {
        "test": True,
        "outside": False,
    }
    assert scores(course.grade(solution="pass")) == {"test": 0, "outside": 0}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("pass", "The visible test fails at `assert ax.get_title() == 'Loss'`."),
        ("ax.set_title('Loss')\nax.plot([1, 2], [3, 5])", "A hidden test of this question failed."),
        ("ax.set_title('Loss')", "A hidden test of this question failed."),
        ("import os\nos._exit(0)", "visible test fails"),
        ("raise ValueError", "visible test fails"),
    ],
)
def test_wrong_answers_get_nothing(figure: Course, answer: str, says: str) -> None:
    """Does a wrong answer lose its points inside, told in a sentence without hidden values?"""
    test = figure.grade(solution=answer).tests["test"]
    assert test.score == 0
    assert says in test.message


TAMPERED = {
    "allclose": "np.testing.assert_allclose = lambda *_, **__: None",
    "its code": "np.testing.assert_allclose.__code__ = (lambda *_, **__: None).__code__",
    "a private helper": "import numpy.testing._private.utils as u\n"
    "u.assert_array_compare = lambda *_, **__: None",
    "sum": "sum = lambda _: 7",
    "a built-in": "import builtins\nbuiltins.sum = lambda _: 7",
    "the given name": "ax = type('A', (), {'get_title': lambda s: 'Loss', 'lines': []})()",
    "NumPy's name": "class Fake:\n    def __getattr__(self, name):\n        return self\n"
    "    def __call__(self, *_, **__):\n        return self\nnp = Fake()",
    "sys.modules": "import sys\nsys.modules['numpy.testing'].assert_allclose = print",
}


@pytest.mark.parametrize("how", TAMPERED)
def test_plain_tampering_gains_nothing(figure: Course, how: str) -> None:
    """Are names and functions that tests lean on put back before a test runs inside?"""
    answer = f"ax.set_title('Loss')\nax.plot([1, 2], [9, 9])\n{TAMPERED[how]}"
    assert figure.grade(solution=answer).tests["test"].score == 0


SEARCH = """
needle = bytes([119, 97, 108]) + b'rus_of_1848'
r = False
with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:
    for line in maps:
        low, high = (int(part, 16) for part in line.split()[0].split('-'))
        if 'w' in line.split()[1] and '[v' not in line:
            memory.seek(low)
            for start in range(low, high, 1 << 20):
                r = r or (memory.read(min(1 << 20, high - start)) or b'').count(needle) > 1
"""
"""Looks through all memory: the needle is put together once, so one copy is the search's own."""


@pytest.mark.parametrize("place", ["before", "after"])
def test_no_test_is_there_before_it_runs(place: str) -> None:
    """Does a search of the process's memory find a test's text only after it has run?"""
    text = "walrus_of_1848, walrus_of_1848"
    cells = [
        solution("q = 1", "s1"), check(f"assert q == 1 and '{text}'", "t1"),
        solution("r = False", "s2"), check("assert not r", "t2"),
    ]  # fmt: skip
    course = Course(notebook(*(cells if place == "after" else cells[2:] + cells[:2])), "t1", "t2")
    verdict = course.grade(s2=SEARCH)
    assert verdict.tests["t1"].score == 1
    assert verdict.tests["t2"].score == (0 if place == "after" else 1)


def test_state_lasts_between_tests_as_nbgrader_has_it() -> None:
    """May a solution use what a test before it made, and a test what an earlier one left?"""
    source = notebook(
        check("helper = 5", "t1"), solution("x = helper + 1", "s1"),
        check("assert x == 6\nx += 1", "t2"), check("assert x == 7", "t3"),
    )  # fmt: skip
    course = Course(source)
    assert course.report.problems == ()
    assert scores(course.grade()) == {"t1": 1, "t2": 1, "t3": 1}
    assert scores(course.grade(s1="x = helper")) == {"t1": 1, "t2": 0, "t3": 0}


def test_files_that_the_notebook_writes_can_be_read() -> None:
    """Does a test find the file that the student's cell wrote, and not the reference's?"""
    source = notebook(
        solution("with open('out.txt', 'w') as f:\n    f.write('42')"),
        check("with open('out.txt') as f:\n    assert f.read() == '42'"),
    )
    course = Course(source)
    assert course.report.problems == ()
    assert scores(course.grade()) == {"test": 1}
    assert scores(course.grade(solution="open('out.txt', 'w').write('41')")) == {"test": 0}
    assert scores(course.grade(solution="pass")) == {"test": 0}


@pytest.mark.parametrize("magic", ["%%time", "%%capture out", "%%script false --no-raise"])
def test_a_magic_hides_no_test(magic: str) -> None:
    """Does whoever writes nothing get nothing below a magic, one that swallows the test too?"""
    course = Course(notebook(solution("x = 1"), check(f"{magic}\nassert x == 1")))
    if magic.startswith("%%script"):
        assert "test can be given to nobody" in course.report.problems[0]
        return
    assert scores(course.grade()) == {"test": 1}
    assert scores(course.grade(solution="x = 2")) == {"test": 0}


def test_part_of_the_points() -> None:
    """Is the last value of a cell that runs inside its score, as nbgrader has it?"""
    test = "1.5 if x == 1 else 0.5"
    course = Course(notebook(solution("x = 1"), check(test, points=1.5)), "test")
    assert scores(course.grade()) == {"test": 1.5}
    verdict = course.grade(solution="x = 2").tests["test"]
    assert (verdict.score, verdict.status) == (0.5, "partial")


def test_an_endless_test_costs_itself(figure: Course) -> None:
    """Is a test that never ends inside stopped, the others judged, and nothing hung?"""
    endless = (
        "def forever():\n    while True:\n        pass\nax.get_title = forever\n"
        "def top(v):\n    return max(v)"
    )
    verdict = figure.grade(solution=endless)
    assert scores(verdict) == {"test": 0, "outside": 1}
    assert verdict.tests["test"].status == "timeout"


def test_a_setting_forbids_it() -> None:
    """Without leave to run inside, is the cell graded for nobody, and the rest for all?"""
    report = examine_reference(MODULE, assignment="small", limits=BRISK, inside=False)
    assert report.manner.inside == {}
    assert list(report.manner.refused) == ["test"]
    assert "cell test is graded for nobody" in report.notes[0]
