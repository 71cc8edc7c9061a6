"""Watching the student's function: what it changes, what it calls, what it draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from autograder.checks import (
    ANY_SHAPE,
    CheckFailed,
    Counted,
    agrees,
    call,
    called_at,
    calls_made,
    install_reference,
    normals,
    parts,
    unchanged,
)
from autograder.keeping import Kept
from autograder.recording import watched


@pytest.fixture
def reference() -> Iterator[dict[str, Any]]:
    """An instructor's namespace, installed for one test."""
    names: dict[str, Any] = {}
    install_reference(names)
    yield names
    install_reference(None)


def add_in_place(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a += b
    return a


def test_changed_arguments_are_reported_and_kept_from_the_test() -> None:
    """Does a call tell which argument was changed, while the test's own array stays?"""
    a, b = np.zeros(3), np.ones(3)
    made = call(add_in_place, a, b)
    assert made.changed == (0,)
    assert (a == 0).all()
    np.testing.assert_array_equal(made.value, b)
    with pytest.raises(CheckFailed, match="add changes `a` in place"):
        unchanged("add", made, "a", "b")
    with pytest.raises(CheckFailed, match="add changes its 1st argument in place"):
        unchanged("add", made)


def test_changes_deep_inside_are_seen() -> None:
    """Is a change seen inside a list, a dict, in a shape or a type, and nan taken for equal?"""

    def spoil(where: str) -> Callable[..., None]:
        def change(listed: list[np.ndarray], running: dict[str, np.ndarray], plain: Any) -> None:
            if where == "list":
                listed[0][0] = 5.0
            elif where == "length":
                listed.append(np.zeros(1))
            elif where == "dict":
                running["mean"] += 1
            elif where == "key":
                running["extra"] = np.zeros(1)
            elif where == "shape":
                plain.resize((3, 1), refcheck=False)

        return change

    changed = {
        where: call(spoil(where), [np.zeros(2)], {"mean": np.full(2, np.nan)}, np.ones(3)).changed
        for where in ("nothing", "list", "length", "dict", "key", "shape")
    }
    assert changed == {
        "nothing": (), "list": (0,), "length": (0,), "dict": (), "key": (1,), "shape": (2,),
    }  # fmt: skip
    assert call(spoil("dict"), [np.zeros(2)], {"mean": np.ones(2)}, np.ones(3)).changed == (1,)


def test_undone_changes_are_no_changes() -> None:
    """May a function change an array for a moment if it undoes that exactly?"""

    def peek(x: np.ndarray) -> float:
        old = x[0]
        x[0] = old + 1e-5
        total = float(x.sum())
        x[0] = old
        return total

    assert call(peek, np.array([0.1, 0.2])).changed == ()


def test_proxies_report_for_themselves() -> None:
    """Is a proxy's own report of changed arguments believed?"""

    class Proxy:
        def call_with_report(self, *args: Any, **kwargs: Any) -> tuple[Any, tuple[int, ...]]:
            return (args, kwargs), (1,)

    made = call(Proxy(), 1.0, 2.0, scale=3.0)  # type: ignore[arg-type]
    assert made == (((1.0, 2.0), {"scale": 3.0}), (1,))


def test_generators_are_drained() -> None:
    """Is what a generator function yields the value of the call?"""

    def halves(n: int) -> Iterator[int]:
        yield n // 2
        yield n - n // 2

    assert call(halves, 5).value == [2, 3]


def test_counted_remembers_where() -> None:
    """Does a counted function keep copies of its points, and hand out results of its own?"""
    kept = np.array([1.0, 2.0])
    counted = Counted(lambda x: kept, "gradient", like=np.zeros(2))
    point = np.array([3.0, 4.0])
    result = counted(point)
    point += 1
    result += 1
    assert counted.calls == 1
    np.testing.assert_array_equal(counted.points, [[3.0, 4.0]])
    np.testing.assert_array_equal(kept, [1.0, 2.0])


def test_counted_keeps_no_more_than_asked() -> None:
    """Does an endless loop of calls not fill the memory?"""
    counted = Counted(abs, "loss", keep=3)
    for number in range(10):
        counted(float(number))
    assert (counted.calls, counted.points) == (10, [0.0, 1.0, 2.0])


def test_what_is_kept_has_a_size() -> None:
    """Do large arrays, or long texts, handed over without end fill no memory either?"""
    visits: dict[int, Kept] = {}
    for large in (np.zeros(1 << 18), "x" * (2 << 20), [np.zeros(1 << 18)]):
        counted = Counted(lambda value: 0.0, "loss")
        noted = watched(counted, visits, 0)
        noted(1.0)
        for _ in range(80):
            noted(large)
        noted(1.0)
        assert counted.calls == 82
        assert len(counted.arguments) == len(visits.pop(0)) == 32


@pytest.mark.parametrize("swallow", [False, True])
def test_a_handed_function_misused_is_told(swallow: bool) -> None:
    """Is a wrong shape told by its own sentence, even if the student's function hides the error?"""

    def student(gradient: Callable[..., Any], x: np.ndarray) -> float:
        try:
            gradient(x.ravel())
        except AssertionError:
            if not swallow:
                raise
        return 0.0

    counted = Counted(np.sin, "gradient", like=np.ones((2, 3)))
    with pytest.raises(CheckFailed, match=r"`gradient` was given something of shape \(6,\)"):
        call(student, counted, np.ones((2, 3)))


def test_count_is_told_against_what_was_asked() -> None:
    """Does the sentence hold both numbers, and where the right one comes from?"""
    counted = Counted(abs, "loss")
    for _ in range(1003):
        counted(1.0)
    calls_made("random_search", counted, 1003)
    text = "random_search called `loss` 1,003 times; it must call it once a try, 1,000 times."
    with pytest.raises(CheckFailed) as failed:
        calls_made("random_search", counted, 1000, "once a try")
    assert str(failed.value) == text


def test_wrong_points_are_told() -> None:
    """Is the first call at a wrong place named, without saying where it was?"""
    counted = Counted(np.sin, "gradient")
    with pytest.raises(CheckFailed, match="never called"):
        called_at("f", counted, [0.0], "x + mu·v")
    for point in ([1.0, 2.0], [3.0, 4.5]):
        counted(np.array(point))
    right = [np.array([1.0, 2.0]), np.array([3.0, 4.0])]
    called_at("f", counted, right[:1], "x + mu·v")
    with pytest.raises(CheckFailed) as failed:
        called_at("f", counted, right, "the points of the run")
    assert str(failed.value) == (
        "f must call `gradient` at the points of the run; the point is wrong in its 2nd call, "
        "by tens of per cent."
    )
    with pytest.raises(CheckFailed, match=r"with shape \(2,\); x has shape \(2, 1\)"):
        called_at("f", counted, [np.ones((2, 1))], "x")


def test_parts_of_a_pair() -> None:
    """Are tuples, lists and packed numbers taken apart, and all else refused in plain words?"""
    assert parts("f", (1.0, 2.0), "lr", "mu") == (1.0, 2.0)
    assert parts("f", [1.0, 2.0], "lr", "mu") == (1.0, 2.0)
    assert parts("f", np.array([1.0, 2.0]), "lr", "mu") == (1.0, 2.0)
    with pytest.raises(CheckFailed, match=r"must return 2 things, lr and mu; it returned an array"):
        parts("f", np.ones(3), "lr", "mu")
    with pytest.raises(CheckFailed, match=r"it returned a tuple of 3"):
        parts("f", (1, 2, 3), "lr", "mu")


# -- agrees --------------------------------------------------------------------------------


def check(
    reference: dict[str, Any], right: Callable[..., Any], student: Callable[..., Any]
) -> None:
    reference["f"] = right
    draw = np.random.default_rng(3)
    agrees("f", student, np.ones(4), draw, returns=("result",), given="ones")


def noisy(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return x + rng.standard_normal(4)


def test_agreeing_functions_may_draw(reference: dict[str, Any]) -> None:
    """Do reference and student draw the same numbers from the one generator they are given?"""
    check(reference, noisy, lambda x, rng: rng.standard_normal(4) + x)


def test_an_extra_draw_is_seen(reference: dict[str, Any]) -> None:
    """Is a right value refused if the generator was used more than stated?"""

    def wasteful(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        result = noisy(x, rng)
        rng.random()
        return result

    with pytest.raises(CheckFailed, match="must draw exactly what is stated"):
        check(reference, noisy, wasteful)


def test_agreement_covers_arguments_and_all_results(reference: dict[str, Any]) -> None:
    """Are changed arguments told by the reference's names for them, and results by theirs?"""
    reference["step"] = lambda x, v: (x + v, v)

    def in_place(x: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x += v
        return x, v

    def run(student: Callable[..., Any]) -> None:
        agrees("step", student, np.ones(2), np.ones(2), returns=("x", "v"), given="vectors")

    run(lambda x, v: [v + x, v])
    with pytest.raises(CheckFailed, match="step, given vectors, changes `x` in place"):
        run(in_place)
    with pytest.raises(CheckFailed, match="step, given vectors: the returned v is wrong"):
        run(lambda x, v: (x + v, -v))


def test_reference_does_not_spoil_the_count(reference: dict[str, Any]) -> None:
    """Are the reference's calls of a counted function left out of the student's count?"""
    reference["descend"] = lambda gradient, x: x - gradient(x)
    counted = Counted(np.tanh, "gradient")
    agrees(
        "descend", lambda gradient, x: x - gradient(x), counted, np.ones(2),
        returns=("x",), given="ones",
    )  # fmt: skip
    assert counted.calls == 1


def test_inputs_of_every_shape() -> None:
    """Are the shapes a vector first, and the numbers plain Python floats at last?"""
    assert len(ANY_SHAPE[0][0]) == 1
    assert ANY_SHAPE[-1][0] == ()
    draw = np.random.default_rng(0)
    assert [type(value) for value in normals(draw, 2, ())] == [float, float]
    assert [value.shape for value in normals(draw, 2, (2, 3))] == [(2, 3), (2, 3)]
