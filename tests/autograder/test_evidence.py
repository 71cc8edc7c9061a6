"""A point needs a test that ran: magics, skips, imports, and what is no test at all."""

from __future__ import annotations

import pytest

from autograder.judge.assignment import SourceCell, dissect
from tests.autograder.courses import check, notebook, outcome

RIGHT = "def f(x):\n    return x + 1"
WRONG = "def f(x):\n    return x"
TRUE = "assert f(1) == 2"

RUNNING = [
    "%%time\n{}",
    "\n%%time\n{}",
    "%%capture\n{}",
    "%%capture printed --no-stderr\nprint(1)\n{}",
    "%%timeit -n 100 -r 3\n{}",
    "%%timeit y = 1\nassert y == 1\n{}",
    "%%time\n%%capture\n{}",
    "%time assert f(1) == 2",
    "y = %time f(1)\nassert y == 2",
    "if True:\n    %timeit -n 10 y = f(1)\n    assert y == 2",
    "%matplotlib inline\n{}",
]

NOT_RUNNING = [
    "%%bash\n{}",
    "%%script false\n{}",
    "%%writefile test.py\n{}",
    "%%unheard_of\n{}",
    "%run test.py",
    "!python test.py",
    "out = !python test.py",
    "get_ipython().run_cell('assert False')",
    "shell = get_ipython()\nshell.run_cell('assert False')",
    "shell = get_ipython()\nshell.run_cell_magic('bash', '', 'false')",
    "import unittest\nraise unittest.SkipTest('later')\n{}",
    "import pytest\npytest.skip('later')\n{}",
    "def test_f():\n    {}",
    "import math\nclass TestF:\n    def test(self):\n        {}",
]


@pytest.mark.parametrize("test", RUNNING)
def test_the_body_of_a_harmless_magic_is_run(test: str) -> None:
    """Does a test under a magic that only measures or hides cost a wrong answer its point?"""
    source = test.format(TRUE)
    assert outcome(RIGHT, source).status == "passed"
    assert outcome(WRONG, source).status == "failed"


@pytest.mark.parametrize("test", NOT_RUNNING)
@pytest.mark.parametrize("answer", [RIGHT, WRONG])
def test_what_did_not_run_gives_nothing(test: str, answer: str) -> None:
    """Is a test whose body did not run "not graded", with no score and a reason?"""
    result = outcome(answer, test.format(TRUE))
    assert (result.score, result.status) == (None, "not graded")
    assert "did not run" in result.message


def test_lines_keep_their_numbers_under_a_magic() -> None:
    """Does the message name the failing line of a test below %%time, and hide hidden ones?"""
    seen = outcome(WRONG, f"%%time\ny = 1\n{TRUE}")
    assert TRUE in seen.message
    hidden = outcome(WRONG, f"%%time\n### BEGIN HIDDEN TESTS\n{TRUE}\n### END HIDDEN TESTS")
    assert "f(1)" not in hidden.message


def test_part_of_the_points_under_a_magic() -> None:
    """Does the last value of a test below %%time still give part of its points?"""
    assert outcome(RIGHT, "%%time\n(f(1) == 2) / 2").score == 0.5


IMPORTING = "import math\n" + RIGHT


@pytest.mark.parametrize(
    ("answer", "score"),
    [(IMPORTING, 1.0), (RIGHT, 0.0), ("math = 5\n" + RIGHT, 0.0), ("import os as math", 0.0)],
)
def test_an_import_that_is_asked_for_must_have_been_made(answer: str, score: float) -> None:
    """Does a module count only where the student's notebook holds one of that name?"""
    result = outcome(answer, "assert math.floor(2.5) == 2", reference=IMPORTING)
    assert result.score == score
    if answer == RIGHT:
        assert "`math` is not defined" in result.message


def test_a_given_cell_may_write_and_run_a_file() -> None:
    """Is a helper that a given cell writes and runs the instructor's own, not the student's?"""
    given = (
        "get_ipython().run_cell_magic('writefile', 'h.py', 'def good(a):\\n    return a == 2\\n')"
    )
    before = f"{given}\n%run h.py"
    cheat = WRONG + "\ndef good(a):\n    return True"
    assert outcome(cheat, "assert good(f(1))", before=before).status == "failed"
    assert outcome(RIGHT, "assert good(f(1))", before=before).status == "passed"


def cell_of(source: str, **settings: tuple[str, str]) -> SourceCell:
    return dissect("a", notebook(check(source)), **settings).tests[0]


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"),
        ("# --- BEGIN HIDDEN TESTS ---", "# --- END HIDDEN TESTS ---"),
        ("x = 1  # BEGIN HIDDEN TESTS", "y = 1  # END HIDDEN TESTS"),
        ('"""BEGIN HIDDEN TESTS"""', '"""END HIDDEN TESTS"""'),
    ],
)
def test_hidden_lines_are_those_that_nbgrader_hides(begin: str, end: str) -> None:
    """Are the hidden lines found by nbgrader's own rule, a delimiter anywhere in a line?"""
    found = cell_of(f"shown = 1\n{begin}\nsecret = 2\n{end}\nshown = 3")
    assert found.hidden == {2, 3, 4}


def test_delimiters_are_the_courses() -> None:
    """Are other delimiters obeyed, and nbgrader's defaults then ordinary comments?"""
    source = "# GEHEIM\nsecret = 2\n# OFFEN\n### BEGIN HIDDEN TESTS\nshown = 3"
    assert cell_of(source, delimiters=("GEHEIM", "OFFEN")).hidden == {1, 2, 3}
