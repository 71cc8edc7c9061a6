"""``same``: does each wrong value get its own sentence, and every right one pass?"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import fractions
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.checks import CheckFailed, allow_nonfinite, comparing, same, wording

ONES = np.ones((2, 3))


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (0.5, 0.5),
        (np.float64(0.5), 0.5),
        (np.array(0.5), 0.5),
        (0, 0.0),
        (np.int64(2), 2.0),
        (np.array(2), 2.0),
        (0.5, np.array(0.5)),
        (ONES, ONES.copy()),
        (ONES * (1 + 1e-13), ONES),
        (np.array([1, 2], dtype=np.uint8), np.array([1, 2])),
        (np.array([True, False]), np.array([True, False])),
        (np.bool_(True), True),
        (7, 7),
        (np.int32(7), 7),
        ("sign", "sign"),
        (None, None),
        ([0.5, ONES], (0.5, ONES)),
        ((part for part in [0.5, ONES]), [0.5, ONES]),
        ({"mean": ONES, "var": 0.5}, {"var": 0.5, "mean": ONES}),
    ],
)
def test_right_values_pass(got: Any, expected: Any) -> None:
    """Does every right way to say a value pass?"""
    same("The answer", got, expected)


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (None, ONES, "is nothing (None): is a return missing?; an array is asked for"),
        ([1.0, 1.0], np.ones(2), "is a list of 2; an array is asked for"),
        (1.0, ONES, "is a single number; an array is asked for"),
        (ONES.view(np.recarray), ONES, "special kind recarray"),
        (np.ma.masked_array(ONES), ONES, "special kind MaskedArray"),
        (print, 0.5, "is a function: is a pair of brackets missing?"),
        ("0.5", 0.5, "is a text; a single number is asked for"),
        (ONES.T, ONES, "has shape (3, 2); its shape must be (2, 3)"),
        (np.ones(1), 1.0, "has shape (1,); its shape must be (): a single number"),
        (ONES.astype(np.float32), ONES, "holds float32 numbers; the rules ask for float64"),
        (np.float32(0.5), 0.5, "holds float32 numbers"),
        (ONES.astype(int), ONES, "holds data of type int64; floating-point numbers"),
        (ONES.astype(complex), ONES, "holds data of type complex128"),
        (True, 0.5, "holds data of type bool"),
        (5.0, 5, "holds data of type float64; whole numbers are asked for"),
        (1, True, "holds data of type int64; True and False are asked for"),
        (np.array([1.0, np.nan]), np.ones(2), "not finite"),
        (float("inf"), 0.5, "not finite"),
        (2 * ONES, ONES, "is wrong in 6 of 6 entries, by its own size or more"),
        (1.2, 1.0, "is wrong, by tens of per cent"),
        (1.02, 1.0, "is wrong, by a few per cent"),
        (1 + 3e-7, 1.0, "is wrong, by less than 1 part in 1,000,000"),
        (np.array([1, 3]), np.array([1, 2]), "is wrong in 1 of 2 entries"),
        (6, 7, "is wrong"),
        (False, True, "is wrong"),
        ("sign", "factor", "is not the right text"),
        (0.5, [0.5], "is a single number; a list or tuple is asked for"),
        ([1.0], [1.0, 2.0], "holds 1 parts; 2 are asked for"),
        ([1.0, 3.0], [1.0, 2.0], "The answer, 2nd part, is wrong"),
        ([1.0], {"mean": 1.0}, "a dict is asked for"),
        ({"mean": 1.0}, {"mean": 1.0, "var": 1.0}, 'exactly the keys "mean" and "var"'),
        ({"mean": 2.0}, {"mean": 1.0}, 'The answer, under "mean", is wrong'),
    ],
)
def test_wrong_values_get_their_sentence(got: Any, expected: Any, words: str) -> None:
    """Does the text say what is wrong, the kind before the shape before the numbers?"""
    with pytest.raises(CheckFailed) as failed:
        same("The answer", got, expected)
    assert words in str(failed.value)


def test_single_precision_fails_a_hundredfold() -> None:
    """Is a result that was rounded to single precision somewhere refused with a wide margin?"""
    values = np.random.default_rng(5).standard_normal(12)
    rounded = values.astype(np.float32).astype(np.float64)
    assert comparing.excess(rounded, values).max() > 100


def test_cancelled_entries_carry_the_rounding_of_their_terms() -> None:
    """Does a sum that cancels to zero pass, although its relative error is infinite?"""
    terms = np.array([0.1, 0.3, 1e3])
    got, expected = (terms + 1e3) - terms - 1e3, np.zeros(3)
    same("The answer", np.append(got, 1e3), np.append(expected, 1e3))
    with pytest.raises(CheckFailed):
        same("The answer", np.array([1e-9, 1e3]), np.array([0.0, 1e3]))


def test_nonfinite_results_can_be_allowed() -> None:
    """Do nan and inf compare as themselves where a test asks for them, and only there?"""
    values = np.array([np.nan, np.inf, 1.0])
    with allow_nonfinite():
        same("The answer", values.copy(), values)
        with pytest.raises(CheckFailed, match="wrong in 2 of 3"):
            same("The answer", np.array([np.inf, -np.inf, 1.0]), values)
    with pytest.raises(CheckFailed, match="not finite"):
        same("The answer", values.copy(), values)


@given(expected=st.floats(1e-3, 1e3), factor=st.floats(1e-6, 10.0))
def test_failure_text_holds_no_expected_digits(expected: float, factor: float) -> None:
    """Does a failure text give away no digits of the value that was expected, or of the answer?"""
    got = expected * (1 + factor)
    with pytest.raises(CheckFailed) as failed:
        same("The answer", np.array([got, got]), np.array([expected, expected]))
    for value in (got, expected):
        assert f"{value:.3g}" not in str(failed.value) or len(f"{value:.3g}") < 4


@pytest.mark.parametrize(
    ("count", "words"), [(0, "never"), (1, "once"), (2, "twice"), (1003, "about 1,000 times")]
)
def test_counts_in_words(count: int, words: str) -> None:
    """Are counts said as people say them?"""
    assert wording.times(count) == words


@pytest.mark.parametrize(
    ("number", "word"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (12, "12th"), (21, "21st")]
)
def test_ordinals(number: int, word: str) -> None:
    """Are places said as people say them?"""
    assert wording.ordinal(number) == word


@pytest.mark.parametrize(
    ("far", "words"),
    [
        (float("inf"), "by its own size or more"),
        (float("nan"), "by its own size or more"),
        (0.5, "by tens of per cent"),
        (0.05, "by a few per cent"),
        (0.005, "by less than 1 part in 100"),
        (1e-6, "by less than 1 part in 100,000"),
        (2e-16, "by less than 1 part in 1,000,000,000,000,000"),
    ],
)
def test_deviations_are_told_by_their_order(far: float, words: str) -> None:
    """Is a deviation told by its order of magnitude and no closer?"""
    assert wording.how_far(far) == words


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ({1, 2}, {1, 3}),
        (datetime.date(2024, 1, 1), datetime.date(2024, 1, 2)),
        (fractions.Fraction(1, 3), fractions.Fraction(1, 4)),
        (b"x", b"y"),
        (range(3), range(4)),
        (collections.deque([1]), collections.deque([2])),
        (int, float),
    ],
    ids=repr,
)
def test_other_kinds_of_value_are_compared_whole(right: object, wrong: object) -> None:
    """Is a set, a date or a class right if it is equal, and of the kind that is asked for?"""
    same("f", right, right)
    for other in (wrong, None, "text"):
        with pytest.raises(CheckFailed):
            same("f", other, right)


def test_names_that_a_submission_chose_are_not_told() -> None:
    """Does neither a class's name nor a length of texts or dates carry a message?"""
    chosen = collections.namedtuple("S271828", "x")(1)
    chosen_class = dataclasses.make_dataclass("S271828", ["x"], namespace={"__module__": "m"})(1)
    long = np.zeros(1, dtype="<U271828")
    for got in (chosen, chosen_class, long, np.zeros(1, dtype="M8[271828s]")):
        for right in (1.0, {}, "text", np.zeros(1), np.zeros(1, dtype=bool), {1}):
            with pytest.raises(CheckFailed) as caught:
                same("f", got, right)
            assert "271828" not in str(caught.value)
