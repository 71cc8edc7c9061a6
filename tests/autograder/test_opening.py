"""The instructor's first cells run once for all submissions, if they only make names."""

from __future__ import annotations

import pytest

from autograder.judge import grade
from autograder.verdict import TestVerdict
from tests.autograder.courses import check, given, notebook, solution

pytestmark = pytest.mark.linux
HERE = "import os\nran_in = os.getpid()\n"
ONCE, EACH = "os.getppid()", "os.getpid()"


def judged(first: str, test: str, student: str = "student-01") -> TestVerdict:
    """The verdict on a test behind a given cell and an answer, the reference's own."""
    cells = notebook(given(first), solution("def f():\n    return 1", "f"), check(test, "t"))
    verdict = grade(cells, cells, student=student, assignment="opening")
    return verdict.tests["t"]


def ran_in(process: str, more: str) -> bool:
    """Whether a given cell with these lines too ran there, its test passing to the end."""
    verdict = judged(HERE + more, f"assert ran_in == {process}\nassert f() == 1")
    return (verdict.message, verdict.score) == ("", 1.0)


@pytest.mark.parametrize(
    "more",
    [
        "import numpy as np\ndata = np.arange(10)",
        "def helper():\n    return f()",
        "print('hello')\n%matplotlib inline",
        "with open('gone.txt', 'w') as file:\n    file.write('')\nos.remove('gone.txt')",
        "os.environ['WORKERS'] = '1'",
    ],
)
def test_names_are_made_once(more: str) -> None:
    """Did the cell run in the process that the judge was forked from?"""
    assert ran_in(ONCE, more)


@pytest.mark.parametrize(
    "more",
    [
        "with open('kept.txt', 'w') as file:\n    file.write('')",
        "os.mkdir('folder')",
        "file = open(os.devnull)",
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
        "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', 'input()'])",
        "os.chdir('/')",
        "from autograder.checks import rng\nstart = rng('cases').standard_normal()",
        "if 'f' in globals():\n    pass",
    ],
)
def test_what_does_more_runs_in_each_judge(more: str) -> None:
    """Does a cell that a fork could not simply inherit run in the judge's own process?"""
    assert ran_in(EACH, more)


def test_a_cell_that_fails_ends_the_opening_before_it() -> None:
    """Do the cells before it run once, it and those behind it in each judge?"""
    failing = given("too_late = os.getpid()\nraise ValueError", "failing")
    failing["metadata"]["tags"] = ["raises-exception"]
    cells = notebook(
        given(HERE),
        failing,
        solution("def f():\n    return 1", "f"),
        check(f"assert ran_in == {ONCE}\nassert too_late == {EACH}", "t"),
    )
    assert grade(cells, cells, student="student-01", assignment="opening").tests["t"].score == 1.0


def test_no_submission_meets_what_another_left() -> None:
    """Is given data that a test changes as given in the next judge, and a seeded draw the same?"""
    first = "import numpy as np\ndata = [1]\nnp.random.seed(3)"
    known = "np.random.RandomState(3).standard_normal()"
    test = f"data.append(f())\nassert data == [1, 1]\nassert np.random.standard_normal() == {known}"
    for student in ("student-01", "student-02"):
        assert judged(first, test, student).message == ""
