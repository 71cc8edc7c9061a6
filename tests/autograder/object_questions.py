"""Questions about values and objects, each with tests that lying objects try to pass."""

from textwrap import dedent

RIGHT = dedent("""
    def f(x):
        return x * x

    def pair(x):
        return [x, x + 1]

    def meet(visit):
        return visit(9)

    answer = 42

    class Poly:
        def __init__(self, *coefficients):
            self.coefficients = list(coefficients)

        def degree(self):
            return len(self.coefficients) - 1

        def has(self, value):
            return value in self.coefficients

        def __eq__(self, other):
            if isinstance(other, list):
                return other == self.coefficients
            return isinstance(other, Poly) and self.coefficients == other.coefficients

        def __add__(self, other):
            return Poly(*(a + b for a, b in zip(self.coefficients, other.coefficients)))

        def __iter__(self):
            return iter(self.coefficients)

        def __len__(self):
            return len(self.coefficients)

        def __contains__(self, value):
            return value in self.coefficients

    class Guard:
        value = 3

        def __enter__(self):
            return self

        def __exit__(self, *error):
            return False

    class Model:
        def fit(self, x):
            self.mean_ = x.mean(axis=0)
            return self

        def predict(self, x):
            return np.repeat(self.mean_[:1], len(x))

    def half(n):
        return Fraction(n, 2)

    def grown(n):
        return Tree(n, grown(n - 1)) if n else None

    class Wrong(Exception):
        pass

    def fail():
        raise Wrong("so")
""")
GIVEN = dedent("""
    import numpy as np
    from fractions import Fraction

    class Tree:
        def __init__(self, value, left=None):
            self.value, self.left = value, left

        def total(self):
            return self.value + (self.left.total() if self.left else 0)

        @property
        def root(self):
            return self.value

        def __len__(self):
            return 1 + (len(self.left) if self.left else 0)
""")
TESTS = {
    "plain": "assert f(3) == 9 and f(2) == 4",
    "reflected": "assert 9 == f(3)\nassert not 9 != f(3)",
    "unittest": "import unittest\nunittest.TestCase().assertEqual(f(3), 9)",
    "almost": "import unittest\nunittest.TestCase().assertAlmostEqual(f(3), 9)",
    "allclose": "np.testing.assert_allclose(f(np.array([3.0, 2.0])), [9.0, 4.0])",
    "assert_equal": "np.testing.assert_equal(f(3), 9)",
    "isclose": "assert np.isclose(f(3), 9) and np.allclose(f(2), 4)",
    "arithmetic": "assert abs(f(3) - 9) < 1e-9\nassert abs(9 - f(3)) < 1e-9",
    "array": "assert np.all(np.array([9, 9]) - f(3) == 0)",
    "order": "assert 8 < f(3) < 10\nassert f(3) >= 9 and f(3) <= 9",
    "sorts": "assert sorted([f(3), 1, 20])[1] == 9\nassert max(f(3), 1) == 9",
    "among": "assert f(3) in (9,) and [9].index(f(3)) == 0",
    "hashes": "assert {9: 'nine'}[f(3)] == 'nine'\nassert len({f(3), 9}) == 1",
    "instance": "assert isinstance(f(3), int) and f(3) == 9",
    "same": "from autograder.checks import same\nsame('f(3)', f(3), 9)",
    "finds": "assert 7 in pair(7) and 8 in pair(7) and 9 not in pair(7)",
    "listed": "assert pair(3) == [3, 4]",
    "visited": "assert meet(lambda value: value == 9) is True",
    "named": "assert answer == 42",
    "degree": "p = Poly(1, 2, 3)\nassert p.degree() == 2",
    "coefficients": "assert Poly(1, 2).coefficients == [1, 2]",
    "equal": "assert Poly(1, 2) == Poly(1, 2) and Poly(1) != Poly(2)\nassert Poly(1) == [1]",
    "iterated": "assert list(Poly(1, 2)) == [1, 2] and len(Poly(1, 2)) == 2",
    "contained": "assert 2 in Poly(1, 2) and 3 not in Poly(1, 2)",
    "asked": "assert Poly(1, 2).has(2) is True and Poly(1).has(5) is False",
    "guarded": "with Guard() as guard:\n    assert guard.value == 3",
    "lets_pass": "try:\n    with Guard() as guard:\n        [][guard.value]\n"
    "except IndexError:\n    pass\nelse:\n    raise AssertionError",
    "predicts": "m = Model().fit(np.full((4, 2), 2.0))\n"
    "assert np.allclose(m.predict(np.ones((3, 2))), [2, 2, 2])\nassert np.allclose(m.mean_, 2)",
    "raises": "try:\n    fail()\nexcept Wrong as error:\n    assert error.args == ('so',)\n"
    "else:\n    raise AssertionError",
}
TESTS |= {
    "exact": "assert half(3) == Fraction(3, 2) and half(4) == 2",
    "tree": "assert grown(3).total() == 6",
    "root": "assert grown(3).root == 3 and isinstance(grown(3), Tree)",
    "size": "assert len(grown(3)) == 3",
}
