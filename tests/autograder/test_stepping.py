"""Iterators that a test steps through, and those that it hands over."""

from __future__ import annotations

import pytest

from autograder.judge.refusals import ResultRefused
from tests.autograder.courses import outcome
from tests.autograder.talking import tried

COUNT = "def f():\n    n = 0\n    while True:\n        yield n\n        n += 1"
STEPPED = {
    "an endless one": (
        COUNT,
        "g = f()\nassert [next(g), next(g)] == [0, 1]\n"
        "import itertools\nassert list(itertools.islice(g, 3)) == [2, 3, 4] and iter(g) is g",
    ),
    "all of it": (
        "def f(n):\n    yield from range(n)",
        "assert list(f(2500)) == list(range(2500)) and tuple(f(2)) == (0, 1)\n"
        "assert sum(f(10)) == 45 and [*f(3)] == [0, 1, 2] and sorted(f(3)) == [0, 1, 2]\n"
        "assert list(f(0)) == [] and list(f(1000)) == list(range(1000))",
    ),
    "in a loop": (
        "def f():\n    yield 1\n    yield 2",
        "got = []\nfor x in f():\n    got.append(x)\nassert got == [1, 2]\n"
        "a, b = f()\nassert (a, b) == (1, 2) and dict(zip('ab', f())) == {'a': 1, 'b': 2}",
    ),
    "to its end": (
        "def f():\n    yield 1",
        "g = f()\nassert next(g) == 1 and next(g, None) is None and list(g) == []\n"
        "try:\n    next(g)\nexcept StopIteration:\n    pass\nelse:\n    assert False",
    ),
    "only as far as asked": (
        "def f(seen):\n    for n in range(3):\n        seen(n)\n        yield n",
        "seen = []\ng = f(seen.append)\nassert seen == []\nnext(g)\nassert seen == [0]",
    ),
    "what it is": (
        COUNT + "\ndef m():\n    return map(abs, [-1]), zip([1], [2]), enumerate('a'), iter([3])",
        "import types, inspect, collections.abc\n"
        "assert isinstance(f(), types.GeneratorType) and inspect.isgenerator(f())\n"
        "one, two, three, four = m()\n"
        "assert isinstance(one, map) and isinstance(two, zip) and isinstance(three, enumerate)\n"
        "assert all(isinstance(x, collections.abc.Iterator) for x in (f(), one, four))\n"
        "assert [list(x) for x in (one, two, three, four)] == [[1], [(1, 2)], [(0, 'a')], [3]]",
    ),
    "what is sent to it": (
        "def f():\n    x = yield 1\n    yield 2 * x",
        "g = f()\nassert next(g) == 1 and g.send(4) == 8\ng.close()\n"
        "assert next(g, 'end') == 'end'",
    ),
    "an error in it": (
        "def f():\n    yield 1\n    raise ValueError('late')",
        "g = f()\nnext(g)\ntry:\n    next(g)\nexcept ValueError as error:\n"
        "    assert str(error) == 'late'\nelse:\n    assert False",
    ),
    "one in a dict": (
        "def f():\n    return {'g': (x for x in 'ab')}", "assert list(f()['g']) == ['a', 'b']",
    ),
    "one by name": ("f = (x * x for x in range(3))", "assert next(f) == 0 and list(f) == [1, 4]"),
    "one handed back": (
        "def f():\n    return iter([1, 2, 3])\ndef g(it):\n    return next(it)",
        "it = f()\nassert next(it) == 1 and g(it) == 2 and next(it) == 3",
    ),
    "the test's own": (
        "def f(it):\n    return next(it), list(it)",
        "assert f(iter([1, 2, 3])) == (1, [2, 3]) and f(x for x in range(3)) == (0, [1, 2])",
    ),
    "the test's own without end": (
        "def f(it):\n    return [next(it) for _ in range(3)]",
        "import itertools\nit = itertools.count()\nassert f(it) == [0, 1, 2] and next(it) == 3",
    ),
    "the test's own comes back": (
        "def f(it):\n    return it", "it = iter([1])\nassert f(it) is it",
    ),
    "the test's own error": (
        "def f(it):\n    try:\n        return list(it)\n    except KeyError:\n        return 'key'",
        "def g():\n    yield 1\n    raise KeyError\nassert f(g()) == 'key'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", STEPPED)
def test_an_iterator_is_stepped_through(what: str) -> None:
    """Does an iterator give its values one by one, as in one process, on either side?"""
    tried(*STEPPED[what])


def test_whoever_wants_all_of_an_endless_one_is_stopped() -> None:
    """Does list() of an endless generator end before it fills the judge's memory?"""
    with pytest.raises(ResultRefused):
        tried(COUNT, "list(f())")


def test_what_an_iterator_yields_is_judged_as_results_are() -> None:
    """Are nan, empty and stretched arrays no more evidence one by one than in a list?"""
    reference = "def f():\n    for n in range(3):\n        yield np.full(4, float(n))"
    test = "for n, got in enumerate(f()):\n    assert np.allclose(got, n)"
    assert outcome(reference, test, reference=reference).score == 1.0
    for made in ("np.zeros(0)", "float(n)", "np.full(4, np.nan)"):
        wrong = f"def f():\n    for n in range(3):\n        yield {made}"
        assert outcome(wrong, test, reference=reference).score == 0.0, made
