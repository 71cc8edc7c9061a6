"""What a failed test may tell: a few bits, whatever the student's process answers."""

from __future__ import annotations

import json
import re

import pytest

from autograder.checks import CheckFailed, Counted, call, called_at, calls_made, same, wording
from autograder.judge import claims
from autograder.judge.claims import claimed, line_of, standard_text, written
from tests.autograder.courses import check, notebook, outcome, solution, verdict

SECRET = "271828182845"
NAMES = frozenset({"f", "x", "y", "total"})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("name 'total' is not defined", "name 'total' is not defined"),
        (
            "f() missing 2 required positional arguments: 'x' and 'secret'",
            "f() missing 2 required positional arguments",
        ),
        (
            "f() takes 1 positional argument but 2 were given",
            "f() takes 1 positional argument but 2 were given",
        ),
        (
            "unsupported operand type(s) for +: 'NoneType' and 'ndarray'",
            "unsupported operand type(s) for +: 'NoneType' and 'ndarray'",
        ),
        (
            "'numpy.ndarray' object has no attribute 'total'",
            "",  # a dotted type is none of the known ones
        ),
        (
            "operands could not be broadcast together with shapes (15,6) (4,6) ",
            "operands could not be broadcast together with shapes (15,6) (4,6)",
        ),
        (
            "operands could not be broadcast together with shapes (15,4,1) (15,4)",
            "operands could not be broadcast together",
        ),
        (
            "shapes (4,3) and (5,2) not aligned: 3 (dim 1) != 5 (dim 0)",
            "shapes (4,3) and (5,2) not aligned",
        ),
        (
            "index 345 is out of bounds for axis 0 with size 1300",
            "index about 300 is out of bounds for axis 0 with size about 1000",
        ),
        (
            "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
            "(n?,k),(k,m?)->(n?,m?) (size 4 is different from 7)",
            "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
            "(n?,k),(k,m?)->(n?,m?) (size 4 is different from 7)",
        ),
        ("float division by zero", "float division by zero"),
    ],
)
def test_honest_sentences_are_shown_cut_to_size(text: str, shown: str) -> None:
    """Does a student read the standard sentence, with the numbers that matter?"""
    assert standard_text(text, NAMES) == shown


@pytest.mark.parametrize(
    "text",
    [
        f"index {SECRET}{SECRET} is out of bounds for axis 0 with size 1",
        f"name 'x{SECRET}' is not defined",
        f"operands could not be broadcast together with shapes ({SECRET},) (1,)",
        "operands could not be broadcast together with shapes " + f"({SECRET},)" * 9,
        "operands could not be broadcast together with shapes ( , (  and ,,) and ,(",
        f"f() missing 1 required positional argument: 'q{SECRET}'",
        f"local variable qqq and then {SECRET}",
        "local variable 'x' a b a a b a a a b referenced",
        f"cannot unpack non-iterable T{SECRET} object",
        f"'T{SECRET}' object is not callable",
        f"module 'm{SECRET}' has no attribute 'x'",
        f"f() got an unexpected keyword argument 'k{SECRET}'",
        f"unsupported operand type(s) for {SECRET[:4]}: 'int' and 'int'",
        "maximum recursion depth exceeded a aa a aaa",
        f"too many values to unpack (expected {SECRET}, got {SECRET})",
    ],
)
def test_sentences_do_not_carry_messages(text: str) -> None:
    """Is a number, a name or a pattern of blanks in a standard sentence not let through?"""
    shown = standard_text(text, NAMES)
    assert SECRET not in shown
    assert len(re.findall(r"\d+", shown)) <= claims.MOST_NUMBERS + 1  # constants have some
    assert shown in ("", "f() missing 1 required positional argument") or "100000" in shown


def test_the_bound_in_bits_is_what_is_documented() -> None:
    """Can one raised error tell at most 64 bits, and a number at most one of 128 things?"""
    assert claims.BITS <= 64
    texts = {
        wording.rough(n) for n in [*range(3000), *(10**k + d for k in range(30) for d in (0, 7))]
    }
    texts |= {wording.rough(d * 10**k) for k in range(30) for d in range(10)}
    assert len(texts) < wording.TEXTS


SOURCES = {
    0: "import numpy as np\n%matplotlib inline\n",
    2: "def f(x):\n    s = 'hush'  # quiet\n    return total + x\n",
}


def test_names_are_those_of_the_code_not_of_texts_and_comments() -> None:
    """Is a word in a string or a comment no name of the student's?"""
    assert [written(name, SOURCES) for name in ("total", "np", "hush", "quiet")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert line_of(2, 3, SOURCES).names == {"return", "total", "x"}
    assert line_of(2, 3, SOURCES).text == "return total + x"


@pytest.mark.parametrize("place", [(2, 0), (2, 4), (1, 1), (-1, -1), (2, 10**9)])
def test_a_line_that_is_not_there_is_not_told(place: tuple[int, int]) -> None:
    """Is a place that the process makes up left out?"""
    assert line_of(*place, SOURCES).text == ""


def test_choice_among_very_many_lines_and_names_is_bounded() -> None:
    """Are the line and the name of a giant notebook, which could number hidden values, left out?"""
    giant = {0: "\n".join(f"name_{n} = {n}" for n in range(5000))}
    assert line_of(0, 999, giant).text == "name_998 = 998"
    assert line_of(0, 1001, giant).text == ""
    assert written("name_5", giant)
    assert not written("name_4999", giant)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("an object of type set", "an object of type set"),
        (f"an object of type a{SECRET}.set", "an object of type set"),
        (f"an object of type T{SECRET}", "an object of some type"),
        (f"a list of more than {SECRET} values", "something"),
        ("a list of more than 271828 values", "a list of more than 100,000 or more values"),
        (SECRET, "something"),
    ],
)
def test_what_could_not_be_sent(text: str, shown: str) -> None:
    """Does the reason for a refused result name its kind, and nothing that was made up?"""
    assert claimed(text, {}) == shown


def failed(check_: object, *args: object, **settings: object) -> str:
    with pytest.raises(CheckFailed) as caught:
        check_(*args, **settings)  # type: ignore[operator]
    return str(caught.value)


def test_the_checks_own_sentences_tell_sizes_roughly() -> None:
    """Do shapes, lengths and counts that the student's code chooses carry only their size?"""
    import numpy as np

    big = np.zeros((271828, 0, 1618))
    said = failed(same, "f", big, np.zeros((4, 3)))
    assert "271828" not in said
    assert "1618" not in said
    assert "(1500, 3)" in failed(same, "f", np.zeros((1500, 3)), np.zeros((1501, 4)))
    assert "of 32 axes" in failed(same, "f", np.zeros((1,) * 32), np.zeros(3))
    assert "27182" not in failed(same, "f", [0.0] * 27182, [0.0])
    counted = Counted(lambda p: p, "loss")
    call(lambda g: [g(0.0) for _ in range(2718)], counted)
    assert "2,718" not in failed(calls_made, "f", counted, 5)
    assert "2,718 times" in failed(calls_made, "f", counted, 2700)
    wide = Counted(lambda p: p, "loss")
    wide(np.zeros((27182, 1)))
    assert "27182" not in failed(called_at, "f", wide, [np.zeros(3)], "x")


LEAKS = {
    "digits in an index": (
        "raise IndexError(f'index {int(x)} is out of bounds for axis 0 with size 1')"
    ),
    "a missing argument": (
        "raise TypeError(f\"f() missing 1 required positional argument: 'q{int(x)}'\")"
    ),
    "a shape": "return np.zeros((int(x) // 1000, 0, int(x) % 1000))",
    "an unpacked type": "raise TypeError(f'cannot unpack non-iterable T{int(x)} object')",
    "a note": "e = ValueError(x)\n    e.add_note(str(x))\n    e.args = (x, x)\n    raise e",
    "a chain": (
        "try:\n        raise KeyError(x)\n    except KeyError as e:\n"
        "        raise ValueError(str(x)) from e"
    ),
    "a group": "raise ExceptionGroup(str(x), [ValueError(str(x))])",
    "a warning": "import warnings\n    warnings.warn(str(x))\n    return x",
}
HIDDEN = (
    "### BEGIN HIDDEN TESTS\nfrom autograder.checks import same\n"
    "same('f', f(271828.0), 271829.0)\n### END HIDDEN TESTS"
)


@pytest.mark.parametrize("name", LEAKS)
def test_no_hidden_input_comes_out(name: str) -> None:
    """Is a hidden input that the student's function writes down nowhere in its verdict?"""
    result = verdict(f"def f(x):\n    {LEAKS[name]}", HIDDEN)
    shown = json.dumps(result.to_json()) + repr(result.outputs)
    assert result.score == 0
    assert [part for part in ("271828", "271,828", "271", "828") if part in shown] == []


@pytest.mark.parametrize("mark", ["### {} HIDDEN TESTS", "# --- {} HIDDEN TESTS ---"])
def test_hidden_lines_never_reach_feedback(mark: str) -> None:
    """Is a failing hidden line told without its source, whatever the comment looks like?"""
    test = f"{mark.format('BEGIN')}\nassert f(271828) == 271829\n{mark.format('END')}"
    result = outcome("def f(x):\n    return x", test)
    assert result.message == "A hidden test of this question failed."


def test_the_courses_own_delimiters_hide() -> None:
    """Are lines between delimiters that the course has configured hidden in feedback?"""
    from autograder.judge import grade

    test = "# GEHEIM\nassert f(271828) == 271829\n# OFFEN"
    source = notebook(solution("def f(x):\n    return x + 1"), check(test))
    result = grade(
        source, notebook(solution("def f(x):\n    return x")),
        student="s", assignment="a", delimiters=("GEHEIM", "OFFEN"),
    )  # fmt: skip
    assert result.tests["test"].message == "A hidden test of this question failed."
