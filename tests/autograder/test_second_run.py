"""A submission runs a second time only where that can tell the student more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograder.judge import messages
from autograder.judge.assignment import SourceCell, dissect
from autograder.judge.raised import ErrorReport, StudentError
from tests.autograder.courses import check, notebook, solution

ANSWER = "def f(x):\n    raise NotImplementedError"
TEST = """assert f(1) == 2, "f adds one"
assert f(2) == 3, f"{f(2)} is no three"
### BEGIN HIDDEN TESTS
assert f(3) == 4, "and so on"
### END HIDDEN TESTS"""


@pytest.fixture(scope="module")
def cell() -> SourceCell:
    """A test with a constant text, one that is computed, and a hidden line."""
    (test,) = dissect("small", notebook(solution(ANSWER), check(TEST))).tests
    return test


def raised(cell: SourceCell, f: Callable[[int], Any]) -> Exception:
    assert cell.code is not None
    with pytest.raises(Exception) as caught:  # noqa: PT011 (whichever ends the cell)
        exec(cell.code, {"f": f})
    return caught.value


def fails(kind: str, text: str) -> Callable[[int], Any]:
    """A student's function that raised in its second line."""

    def f(x: int) -> Any:
        raise StudentError("f", ErrorReport(kind, "", text, 0, 2))

    return f


def wanted(cell: SourceCell, error: Exception, undefined: tuple[str, ...] = ()) -> tuple[str, bool]:
    sources = {0: ANSWER}
    return (
        messages.explain(error, cell, sources, set(undefined)),
        messages.has_more_to_say(error, cell, sources, set(undefined)),
    )


def test_a_text_that_stands_in_the_test(cell: SourceCell) -> None:
    """Is a constant text of a visible line told at once?"""
    text, more = wanted(cell, raised(cell, lambda x: 0))
    assert text == 'The visible test fails at `assert f(1) == 2, "f adds one"`.'
    assert not more


def test_a_text_that_the_test_computes(cell: SourceCell) -> None:
    """Is what a visible line computes kept for a run without hidden inputs?"""
    text, more = wanted(cell, raised(cell, lambda x: 2))
    assert "is no three" in text
    assert "2 is no three" not in text
    assert more


def test_a_hidden_line_has_no_second_run(cell: SourceCell) -> None:
    """Is nothing more to be said of a hidden line?"""
    assert wanted(cell, raised(cell, lambda x: min(x, 2) + 1)) == ("and so on", False)


def test_an_error_without_words(cell: SourceCell) -> None:
    """Has an untouched answer nothing more to say?"""
    text, more = wanted(cell, raised(cell, fails("NotImplementedError", "")))
    assert text == "`f` raised NotImplementedError in the line `raise NotImplementedError`."
    assert not more


def test_an_error_in_the_students_own_words(cell: SourceCell) -> None:
    """Are they shown from a second run alone?"""
    text, more = wanted(cell, raised(cell, fails("ValueError", "input was 27182")))
    assert "27182" not in text
    assert more


def test_a_name_that_is_not_there(cell: SourceCell) -> None:
    """Would another run not find it either?"""
    error = NameError("name 'g' is not defined")
    text, more = wanted(cell, error, ("g",))
    assert text == "`g` is not defined after your notebook has run."
    assert not more
