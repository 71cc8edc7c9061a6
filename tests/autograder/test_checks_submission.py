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
    variant_of,
)


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
