"""The reference, and the hidden inputs of a submission."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from types import ModuleType

import pytest

from autograder.checks import (
    VARIANTS,
    install_reference,
    install_submission,
    reference,
    rng,
    shuffled,
    variant_of,
)
from autograder.judge.assignment import dissect
from tests.autograder.courses import check, given, notebook


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Nothing stays installed."""
    yield
    install_reference(None)
    install_submission("", "")


def test_reference_is_what_the_judge_installed() -> None:
    """Does ``reference.name`` mean the installed namespace, and nothing else?"""
    install_reference({"momentum_step": max})
    assert reference.momentum_step is max
    with pytest.raises(AttributeError, match="the instructor's notebook defines no nesterov_step"):
        _ = reference.nesterov_step


def test_reference_is_the_notebook_run_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is the running notebook its own reference where none is installed?"""
    notebook = ModuleType("__main__")
    notebook.momentum_step = min  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "__main__", notebook)
    assert reference.momentum_step is min


def test_a_submission_is_never_its_own_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does a hidden test that nbgrader runs without the judge fail, instead of passing all?"""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(RuntimeError, match="the judge must grade it"):
        _ = reference.momentum_step
    install_reference({"momentum_step": max})
    assert reference.momentum_step is max


def test_the_same_label_gives_the_same_draws() -> None:
    """Are draws decided by assignment, variant and label, whatever was drawn before?"""
    install_submission("05-momentum", "student-01")
    first = rng("inputs").random(3)
    assert rng("other").random() != first[0]
    assert (rng("inputs").random(3) == first).all()
    install_submission("06-ada", "student-01")
    assert rng("inputs").random() != first[0]


def test_students_meet_a_few_variants_evenly() -> None:
    """Are 4,000 students spread evenly over the variants, another way in each assignment?"""
    students = [f"student-{number}" for number in range(4000)]
    counts = Counter(variant_of("05-momentum", student) for student in students)
    assert sorted(counts) == list(range(VARIANTS))
    # 500 each; the standard deviation of a count is 21.
    assert max(abs(count - 500) for count in counts.values()) < 5 * 21
    same = sum(variant_of("05-momentum", s) == variant_of("06-ada", s) for s in students)
    assert abs(same - 500) < 5 * 21


def test_students_of_one_variant_share_their_inputs() -> None:
    """Do two students of one variant get equal draws, and of two variants different ones?"""
    drawn = {}
    for number in range(40):
        student = f"student-{number}"
        install_submission("05-momentum", student)
        value = float(rng("inputs").random())
        assert drawn.setdefault(variant_of("05-momentum", student), value) == value
    assert len(set(drawn.values())) == len(drawn) == VARIANTS


CASES = [(query, query >= 8) for query in range(16)]


def order(assignment: str, student: str, secret: str) -> list[tuple[int, bool]]:
    install_submission(assignment, student, secret)
    return shuffled(CASES, "kinks")


def test_hidden_cases_come_in_an_order_of_each_submission() -> None:
    """Are all cases there, in one order in every regrade and another for each student?"""
    first = order("03", "student-01", "salt")
    assert sorted(first) == CASES
    assert order("03", "student-01", "salt") == first
    assert shuffled(CASES, "other") != first
    orders = {tuple(order("03", f"student-{n}", "salt")) for n in range(40)}
    assert len(orders) == 40  # the variants of the inputs are few, the orders are not


def test_no_answer_can_be_had_by_counting_calls() -> None:
    """Does an answer by the number of the call fail, for the sorted order and for any other?"""
    for threshold in range(17):
        right = [
            all((n >= threshold) == answer for n, (_, answer) in enumerate(order("03", s, "salt")))
            for s in map(str, range(20))
        ]
        assert sum(right) == 0


def test_neither_variant_nor_order_can_be_computed_without_the_hidden_tests() -> None:
    """Do variant, inputs and order all change with the secret, which students do not have?"""
    secrets = [f"salt {n}" for n in range(200)]
    counts = Counter(variant_of("03", "student-01", secret) for secret in secrets)
    assert sorted(counts) == list(range(VARIANTS))
    assert len({tuple(order("03", "student-01", secret)) for secret in secrets}) == 200
    drawn = set()
    for secret in secrets:
        install_submission("03", "student-01", secret)
        drawn.add(float(rng("inputs").random()))
    assert len(drawn) == 200


def test_the_secret_is_the_hidden_tests_own() -> None:
    """Does the secret stay while only the text around the tests changes, and no student hold it?"""
    texts = [notebook(given("x = 1"), check(f"assert f(1) == {n}")) for n in (1, 1, 2)]
    texts[1]["cells"][0]["source"] = "x = 2"
    one, same, other = (dissect("a", source).secret for source in texts)
    assert one == same != other
