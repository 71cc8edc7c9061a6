"""Empty and stretched results: arrays that compare equal to more numbers than they hold."""

from typing import Any

import numpy as np
import pytest

from autograder.judge import shapes
from tests.autograder.courses import outcome

ROWS = "def f(x):\n    return np.zeros((len(x), 8))"
CLOSE = "assert np.allclose(f(np.ones({0})), np.zeros(({0}, 8)))"
NORM = "assert np.linalg.norm(f(np.ones({0})) - np.zeros(({0}, 8))) < 1e-9"


@pytest.mark.parametrize("test", [CLOSE, NORM], ids=["allclose", "norm"])
@pytest.mark.parametrize(
    ("rows", "made"),
    [(1, "empty((0, 8))"), (1, "empty((0, 1))"), (5, "zeros(8)"), (5, "zeros((1, 8))"),
     (5, "zeros((5, 1))"), (5, "float64(0)"), (5, "zeros(())"), (5, "zeros((2, 5, 8))")],
)  # fmt: skip
def test_a_result_that_is_stretched_when_compared_earns_nothing(
    rows: int, made: str, test: str
) -> None:
    """Does a result of another shape than asked lose, though the comparison is content?"""
    result = outcome(f"def f(x):\n    return np.{made}", test.format(rows), reference=ROWS)
    assert (result.score, result.status) == (0.0, "failed")
    assert "which the test does not take" in result.message


@pytest.mark.parametrize(
    ("answer", "test", "reference"),
    [
        # in a tuple, a dict, a list
        ("def f():\n    return 1.0, np.zeros((0, 3))",
         "value, grad = f()\nassert value == 1 and np.allclose(grad, np.zeros((4, 3)))",
         "def f():\n    return 1.0, np.zeros((4, 3))"),
        ("def f():\n    return {'W': np.zeros((0, 3))}",
         "assert np.allclose(f()['W'], np.zeros((4, 3)))",
         "def f():\n    return {'W': np.zeros((4, 3))}"),
        ("def f():\n    return [0.0, 0.0]",
         "assert all(np.allclose(a, b) for a, b in zip(f(), np.zeros((2, 3))))",
         "def f():\n    return [np.zeros(3), np.zeros(3)]"),
        # nothing at all, where each thing is compared
        ("def f():\n    return []", "assert all(x == 1 for x in f())", "def f():\n    return [1]"),
        ("def f():\n    return {}",
         "assert all(v == 1 for v in f().values())", "def f():\n    return {'a': 1}"),
        ("def f():\n    return (1.0,)",
         "assert all(x == 1 for x in f())", "def f():\n    return 1.0, 1.0"),
        # by name
        ("f = np.zeros((0, 3))", "assert np.allclose(f, np.zeros((4, 3)))", "f = np.zeros((4, 3))"),
        ("f = 0.0", "assert np.allclose(f, np.zeros((4, 3)))", "f = np.zeros((4, 3))"),
        # where there is no reference of that name: what the student's function returned
        ("def f():\n    return lambda: np.zeros((0, 3))",
         "assert np.allclose(f()(), np.zeros((4, 3)))",
         "def f():\n    return lambda: np.zeros((4, 3))"),
        # handed to a function of the test, and held back
        ("def f(g):\n    try:\n        g(np.zeros(0))\n    except Exception:\n        pass\n"
         "    return 1.0",
         "assert f(lambda x: 1.0) == 1.0", "def f(g):\n    return g(np.zeros(3))"),
        ("def f(g):\n    return g(x=[np.zeros(0)])",
         "seen = []\nassert f(lambda x: seen.append(x[0]) or 1.0) == 1.0\n"
         "assert np.allclose(seen[0], np.zeros(3))",
         "def f(g):\n    return g(x=[np.zeros(3)])"),
        # after many calls that are right, and only for some whole number
        ("count = 0\ndef f(n):\n    global count\n    count += 1\n"
         "    return np.zeros(n if count < 90 else 1)",
         "for n in range(1, 100):\n    assert np.allclose(f(n), np.zeros(n))",
         "def f(n):\n    return np.zeros(n)"),
        ("def f(x):\n    return np.zeros(x.shape if len(x) < 7 else 1)",
         "for n in range(1, 9):\n    assert np.allclose(f(np.ones(n)), np.zeros(n))",
         "def f(x):\n    return np.zeros(x.shape)"),
    ],
)  # fmt: skip
def test_shapes_are_looked_at_everywhere(answer: str, test: str, reference: str) -> None:
    """Is what holds too little refused inside other data, by name, in callbacks, in late calls?"""
    assert outcome(answer, test, reference=reference).score == 0.0
    assert outcome(reference, test, reference=reference).score == 1.0


@pytest.mark.parametrize(
    ("answer", "test", "reference"),
    [
        # the reference's is empty too
        ("def f(x):\n    return x[x > 9]", "assert f(np.ones(3)).size == 0",
         "def f(x):\n    return x[x > 9]"),
        ("def f(x):\n    return [v for v in x if v > 9]", "assert f([1, 2]) == []",
         "def f(x):\n    return list(filter(lambda v: v > 9, x))"),
        # the test asks for it
        ("def f(x):\n    return x[:0]",
         "from autograder.checks import allow_empty\nwith allow_empty():\n    got = f(np.ones(3))\n"
         "assert got.shape == (0,)", "def f(x):\n    return x"),
        ("def f(x):\n    return x.sum()",
         "from autograder.checks import allow_shape\nwith allow_shape():\n    got = f(np.ones(3))\n"
         "assert got == 3", "def f(x):\n    return np.full(3, x.sum())"),
        # as many numbers, in another kind
        ("def f(x):\n    return float(x.sum())", "assert f(np.ones(3)) == 3",
         "def f(x):\n    return x.sum()"),
        ("def f(x):\n    return np.array([x.sum()])", "assert f(np.ones(3)) == 3",
         "def f(x):\n    return x.sum()"),
        ("def f(x):\n    return (2 * x).tolist()", "assert np.allclose(f(np.ones(3)), 2)",
         "def f(x):\n    return 2 * x"),
        ("def f(x):\n    return [x.sum(), x.max()]", "assert tuple(f(np.ones(3))) == (3, 1)",
         "def f(x):\n    return x.sum(), x.max()"),
        # a curve that stops one step earlier, a reference that raises, broadcasting in the test
        ("def f(n):\n    return np.ones(n - 1)", "assert (f(9) == 1).all()",
         "def f(n):\n    return np.ones(n)"),
        ("def f(n):\n    return np.ones(1)", "assert (f(9) == 1).all()",
         "def f(n):\n    raise ValueError"),
        ("def f(X):\n    return X.mean(axis=0)",
         "X = np.arange(6.0).reshape(3, 2)\nassert abs((X - f(X)).sum()) < 1e-9",
         "def f(X):\n    return X.mean(axis=0)"),
        # a generator of random numbers is replayed from where it stood
        ("def f(rng):\n    return rng.random(rng.integers(1, 9))",
         "assert f(np.random.default_rng(1)).size == reference.f(np.random.default_rng(1)).size",
         "def f(rng):\n    return rng.random(rng.integers(1, 9))"),
    ],
)  # fmt: skip
def test_honest_shapes_keep_their_points(answer: str, test: str, reference: str) -> None:
    """Is what the reference or the test admits, and what is as much as asked, left alone?"""
    result = outcome(answer, test, reference=reference)
    assert (result.score, result.message) == (1.0, "")


@pytest.mark.parametrize(
    ("mine", "right"),
    [((), (3,)), ((1,), (3,)), ((3, 1), (3,)), ((1, 3), (3,)), ((2, 3), (3,)), ((0, 3), (2, 3)),
     ((0,), (3,)), ((3,), ()), ((3,), (2, 3)), ((3,), (0, 3))],
)  # fmt: skip
def test_arrays_that_broadcast_are_misfits(mine: Any, right: Any) -> None:
    """Is every shape told that NumPy would compare with the right one without a word?"""
    assert shapes.misfit(np.zeros(mine), np.zeros(right))
    assert shapes.misfit([np.zeros(mine)], [np.zeros(right)])


def test_the_words_hold_no_number_that_the_student_chose() -> None:
    """Can a shape not carry what the student's process has seen into the feedback?"""
    told = {shapes.misfit(np.zeros((n, 1)), np.zeros((n, 5))) for n in range(2, 40)}
    told |= {shapes.misfit(list(range(n)), (1, 2)) for n in range(3, 40)}
    told |= {shapes.misfit(np.zeros((0, n)), np.zeros(3)) for n in range(3, 40)}
    assert len(told) == 3
