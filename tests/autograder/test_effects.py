"""What a call leaves besides its value: in its arguments, on the screen, in the generators."""

from __future__ import annotations

import random

import numpy as np
import pytest

from autograder import draws
from autograder.judge import reachable
from autograder.judge.failures import ProtocolViolation
from tests.autograder.courses import outcome
from tests.autograder.talking import talking, tried

CHANGES = {
    "a list": ("def f(x):\n    x.append(3)", "a = [1]\nassert f(a) is None and a == [1, 3]"),
    "a dict": ("def f(d):\n    d['b'] = d.pop('a')", "d = {'a': 1}\nf(d)\nassert d == {'b': 1}"),
    "a set": ("def f(s):\n    s.discard(1)", "s = {1, 2}\nf(s)\nassert s == {2}"),
    "a deque": (
        "def f(q):\n    q.append(3)",
        "from collections import deque\nq = deque([1, 2], 2)\nf(q)\nassert list(q) == [2, 3]",
    ),
    "a Counter": (
        "def f(c):\n    c['a'] += 1",
        "from collections import Counter\nc = Counter('a')\nf(c)\nassert c == Counter('aa')",
    ),
    "an array": ("def f(x):\n    x[0] = 5", "a = np.zeros(2)\nf(a)\nassert a.tolist() == [5, 0]"),
    "a view of an array": (
        "def f(x):\n    x += 1", "a = np.zeros(4)\nf(a[::2])\nassert a.tolist() == [1, 0, 1, 0]",
    ),
    "an array's shape": (
        "def f(x):\n    x.shape = 2, 2", "a = np.arange(4)\nf(a)\nassert a.shape == (2, 2)",
    ),
    "a bytearray": ("def f(b):\n    b[0] = 65", "b = bytearray(b'xy')\nf(b)\nassert b == b'Ay'"),
    "a record": (
        "def f(p):\n    p.x = 5", "p = P(1)\nf(p)\nassert p.x == 5 and isinstance(p, P)",
    ),
    "inside": (
        "def f(d):\n    d['a'][1].append(2)", "x = []\nd = {'a': (1, x)}\nf(d)\nassert x == [2]",
    ),
    "by keyword": ("def f(*, x):\n    x.sort()", "a = [2, 1]\nf(x=a)\nassert a == [1, 2]"),
    "before an error": (
        "def f(x):\n    x.append(1)\n    raise ValueError",
        "a = []\ntry:\n    f(a)\nexcept ValueError:\n    assert a == [1]\nelse:\n    assert False",
    ),
    "the same object comes back": (
        "def f(x):\n    x.append(1)\n    return x", "a = []\nassert f(a) is a and a == [1]",
    ),
    "the same array comes back": (
        "def f(x):\n    x *= 2\n    return x, x.copy()",
        "a = np.ones(2)\nsame, other = f(a)\nassert same is a and other is not a\n"
        "assert (a == 2).all() and (other == 2).all()",
    ),
    "the same object twice": (
        "def f(x, y):\n    x.append(1)\n    return x is y, y",
        "a = []\nsame, got = f(a, a)\nassert same and got is a and a == [1]",
    ),
    "the same object in a tuple": (
        "def f(t):\n    t[0].append(1)\n    return t[0] is t[1]",
        "a = []\nassert f((a, a)) and a == [1]",
    ),
    "one argument put into the other": (
        "def f(x, y):\n    x.append(y)\n    y.append(2)",
        "a, b = [], [1]\nf(a, b)\nassert a == [[1, 2]] and a[0] is b",
    ),
    "a new list in an old one": (
        "def f(x):\n    x[0] = [7]\n    return x[0]",
        "a = [[1]]\nassert f(a) == [7] and a == [[7]]",
    ),
    "a list of a class of the test's own": (
        "def f(x):\n    x.append(3)",
        "class L(list):\n    pass\na = L([1, [2]])\nf(a)\nassert a == [1, [2], 3]\n"
        "assert type(a) is L",
    ),
    "a call of a call": (
        "def f(g, x):\n    x.append(1)\n    g(x)\n    x.append(2)",
        "a, seen = [], []\nf(lambda x: seen.append(list(x)), a)\n"
        "assert a == [1, 2] and seen == [[1]]",
    ),
}  # fmt: skip
GIVEN = "import numpy as np\nfrom dataclasses import dataclass\n@dataclass\nclass P:\n    x: int"


@pytest.mark.parametrize("what", CHANGES)
def test_what_happens_to_an_argument_happens_to_the_tests_own(what: str) -> None:
    """Is the test's own object changed as the student's function changed its copy?"""
    answer, test = CHANGES[what]
    tried(answer, test, GIVEN)


VARIABLES = {
    "a list that the test fills": (
        "cart = []\ndef total():\n    return sum(cart)", "cart.append(3)\nassert total() == 3",
    ),
    "a list that the function fills": (
        "cart = []\ndef add(x):\n    cart.append(x)",
        "kept = cart\nassert cart == []\nadd(1)\nadd(2)\nassert cart == [1, 2] and kept is cart",
    ),
    "a counter": (
        "n = 0\ndef step():\n    global n\n    n += 1", "assert n == 0\nstep()\nassert n == 1",
    ),
    "an array": (
        "import numpy as np\nw = np.zeros(2)\ndef learn():\n    w[0] += 1",
        "assert w.tolist() == [0, 0]\nw[1] = 5\nlearn()\nassert w.tolist() == [1, 5]",
    ),
    "a dict of another value": (
        "stock = {'a': 1}\ndef sell():\n    global stock\n    stock = {'a': 0}",
        "assert stock['a'] == 1\nsell()\nassert stock == {'a': 0}",
    ),
    "a variable that the test gives": (
        "rate = 1\ndef cost():\n    return 2 * rate",
        "assert rate == 1\nrate = 5\nassert cost() == 10",
    ),
    "what a generator does": (
        "seen = []\ndef f():\n    for n in range(3):\n        seen.append(n)\n        yield n",
        "assert seen == []\ng = f()\nnext(g)\nassert seen == [0]",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", VARIABLES)
def test_the_students_variables_are_the_ones_that_the_test_sees(what: str) -> None:
    """Are a variable in the student's process and the test's copy of it one?"""
    tried(*VARIABLES[what])


def test_the_checks_see_copies_and_are_told() -> None:
    """Does call_with_report leave the test's objects alone and name what was changed?"""
    with talking("def f(x, y, z):\n    x.append(1)\n    z['a'][0] = 1\n    y[0] = y[0]\n") as names:
        x, y, z = [0], [[1.5]], {"a": np.zeros(2)}
        assert names["f"].call_with_report(x, y, z)[1] == (0, 2)
        assert (x, y, z["a"].tolist()) == ([0], [[1.5]], [0.0, 0.0])


SEEN = {
    "printed": (
        "def f(x):\n    print('hello', x)",
        "import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n"
        "    f(3)\nassert out.getvalue() == 'hello 3\\n'",
    ),
    "printed between a test's own words": (
        "def f(g):\n    print('a')\n    g()\n    print('b')",
        "import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n"
        "    f(lambda: print('mid'))\nassert out.getvalue() == 'a\\nmid\\nb\\n'",
    ),
    "written to stderr": (
        "import sys\ndef f():\n    sys.stderr.write('e')",
        "import io, sys\nkept, sys.stderr = sys.stderr, io.StringIO()\ntry:\n    f()\n"
        "    assert sys.stderr.getvalue() == 'e'\nfinally:\n    sys.stderr = kept",
    ),
    "printed by a generator": (
        "def f():\n    print('a')\n    yield 1\n    print('b')",
        "import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n"
        "    assert list(f()) == [1]\nassert out.getvalue() == 'a\\nb\\n'",
    ),
    "asked": (
        "def f():\n    return int(input('n? ')) + int(input())",
        "from unittest.mock import patch\n"
        "with patch('builtins.input', side_effect=['3', '4']) as asked:\n    assert f() == 7\n"
        "assert asked.call_args_list[0].args == ('n? ',)",
    ),
    "asked by a function of the test's": (
        "def f():\n    return input()",
        "import builtins\nkept, builtins.input = builtins.input, lambda *_: 'x'\ntry:\n"
        "    assert f() == 'x'\nfinally:\n    builtins.input = kept",
    ),
    "print replaced": (
        "def f():\n    print('x', end='')",
        "from unittest.mock import patch\nwith patch('builtins.print') as shown:\n    f()\n"
        "shown.assert_called_once_with('x', end='')",
    ),
    "dice replaced": (
        "import random\ndef f():\n    return random.randint(1, 6)",
        "from unittest.mock import patch\nwith patch('random.randint', return_value=9):\n"
        "    assert f() == 9\nassert f() < 7",
    ),
    "warned, recorded": (
        "import warnings\ndef f():\n    warnings.warn('old', DeprecationWarning)",
        "import warnings\nwith warnings.catch_warnings(record=True) as seen:\n"
        "    warnings.simplefilter('always')\n    f()\n"
        "assert [(w.category, str(w.message)) for w in seen] == [(DeprecationWarning, 'old')]",
    ),
    "warned, expected": (
        "import warnings\ndef f():\n    warnings.warn('old')\n    return 3",
        "import unittest\nwith unittest.TestCase().assertWarnsRegex(UserWarning, 'old'):\n"
        "    assert f() == 3",
    ),
    "warned by a class of its own": (
        "import warnings\nclass Old(UserWarning):\n    pass\ndef f():\n    warnings.warn('x', Old)",
        "import warnings\nwith warnings.catch_warnings(record=True) as seen:\n"
        "    warnings.simplefilter('always')\n    f()\nassert issubclass(seen[0].category, Old)",
    ),
    "warnings made errors": (
        "import warnings\ndef f():\n    warnings.warn('old')\n    return 1",
        "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('error')\n"
        "    try:\n        f()\n    except UserWarning as error:\n"
        "        assert str(error) == 'old'\n    else:\n        assert False",
    ),
}


@pytest.mark.parametrize("what", SEEN)
def test_what_a_function_shows_and_asks_reaches_the_test(what: str) -> None:
    """Is what is printed, asked and warned of in the student's process met by the test?"""
    tried(*SEEN[what])


def test_what_is_printed_is_bounded() -> None:
    """Does a function that prints without end fill no memory of the judge's?"""
    test = (
        "import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n"
        "    f()\nassert len(out.getvalue()) == 1 << 18"
    )
    tried("def f():\n    for _ in range(99):\n        print('x' * 10000)", test)


SEEDED = {
    "numpy": ("np.random.rand(3).tolist()", "np.random.seed(0)", "np.random.rand({}).tolist()"),
    "numpy, normal": ("np.random.randn(3).tolist()", "np.random.seed(0)",
                      "np.random.randn({}).tolist()"),
    "numpy, whole": ("np.random.randint(0, 9, 3).tolist()", "np.random.seed(0)",
                     "np.random.randint(0, 9, {}).tolist()"),
    "random": ("[random.random() for _ in range(3)]", "random.seed('x')",
               "[random.random() for _ in range({})]"),
    "random, normal": ("[random.gauss(0, 1) for _ in range(3)]", "random.seed(5)",
                       "[random.gauss(0, 1) for _ in range({})]"),
}  # fmt: skip


@pytest.mark.parametrize("what", SEEDED)
def test_a_seed_of_the_tests_is_the_students_too(what: str) -> None:
    """Do the student's draws follow the test's seed, and the test's draws the student's?"""
    drawn, seed, draw = SEEDED[what]
    head = "import random\nimport numpy as np\n"
    answer = f"{head}def f():\n    return {drawn}"
    test = (
        f"{head}{seed}\nmixed = f() + {draw.format(2)} + f()\n{seed}\n"
        f"assert mixed == {draw.format(8)}"
    )
    tried(answer, test)


def test_generators_that_no_test_has_touched_stay_the_students() -> None:
    """Is a seed in the student's notebook left alone by a test that seeds nothing?"""
    answer = "import numpy as np\nnp.random.seed(3)\ndef f():\n    return np.random.rand()"
    with talking(answer) as names:
        assert names["f"]() == np.random.RandomState(3).rand()


def test_only_states_that_lie_ahead_are_taken_over() -> None:
    """Is a state that was chosen, that lies behind, or that keeps a chosen draw not believed?"""
    random.seed(1)
    start = draws.of_python()
    for _ in range(1000):
        random.random()
    later = draws.of_python()
    assert reachable.leads_to("random", start, start)
    assert reachable.leads_to("random", start, later)
    assert not reachable.leads_to("random", later, start, 100)
    random.seed(2)
    assert not reachable.leads_to("random", start, draws.of_python(), 100)
    assert not reachable.leads_to("random", start, later, 1)
    random.seed(1)
    random.gauss(0, 1)
    kept = draws.of_python()
    assert kept.spare is not None
    assert reachable.leads_to("random", start, kept)
    assert not reachable.leads_to("random", start, kept._replace(spare=0.0))


def test_a_state_that_was_made_up_leaves_the_tests_draws_alone() -> None:
    """Does a test draw what its own seed gives after a function that seeds for itself?"""
    answer = "import numpy as np\ndef f():\n    np.random.seed(7)\n    return np.random.rand()"
    test = (
        "import numpy as np\nnp.random.seed(0)\nf()\nassert np.random.rand() == 0.5488135039273248"
    )
    tried(answer, test)


def test_a_function_that_seeds_for_itself_costs_the_search_once() -> None:
    """Is a state that lies nowhere looked for shortly, once such a one has been met?"""
    answer = "import random\ndef f():\n    random.seed(7)\n    return random.random()"
    with talking(answer) as names:
        surroundings = names["f"]._conversation()._surroundings
        random.seed(1)
        first, again = names["f"](), names["f"]()
        assert first == again == random.Random(7).random()
        assert surroundings._twists == reachable.FEW_TWISTS


UNDESERVED = {
    "zeroes what it is given": "def f(x):\n    x[:] = 0\n    return x",
    "zeroes it, and the rest comes from it": "def f(x):\n    x *= 0\n    return 0 * x",
}


@pytest.mark.parametrize("what", UNDESERVED)
def test_a_change_that_makes_a_test_compare_nothing_earns_nothing(what: str) -> None:
    """Does a test that passes by a change which the reference does not make count as failed?"""
    test = "x = np.arange(1.0, 4.0)\nassert np.allclose(f(x), 2 * x)"
    result = outcome(UNDESERVED[what], test, reference="def f(x):\n    return 2 * x")
    assert (result.score, result.status) == (0.0, "failed")
    assert "changes what it is given" in result.message


def test_changes_that_are_asked_for_or_harm_nothing_keep_their_points() -> None:
    """Do in-place answers pass, and those that change what nobody looks at, and no others?"""
    asked = "def f(x):\n    x.sort()"
    test = "a = [3, 1, 2]\nf(a)\nassert a == [1, 2, 3]"
    assert outcome(asked, test, reference=asked).score == 1.0
    assert outcome("def f(x):\n    return sorted(x)", test, reference=asked).score == 0.0
    wanted = "def f(x):\n    return sorted(x)"
    untidy = "def f(x):\n    x.sort()\n    return x"
    assert outcome(untidy, "assert f([3, 1]) == [1, 3]", reference=wanted).score == 1.0
    forbids = "a = [3, 1]\nassert f(a) == [1, 3] and a == [3, 1]"
    assert outcome(untidy, forbids, reference=wanted).score == 0.0


MADE_UP = {
    "written that is no list": {"written": 1},
    "written without a place": {"written": [[0]]},
    "written to what was not given": {"written": [[99, []]]},
    "written to a name": {"written": [["a", []]]},
    "changed that are no places": {"changed": ["x"]},
    "printed that is no list": {"printed": "text"},
    "printed without a stream": {"printed": [["text"]]},
    "printed numbers": {"printed": [["out", 1]]},
    "states of a generator of its own": {"draws": {"evil": []}},
    "a state without words": {"draws": {"random": [b"", 0, None]}},
    "a state at no place": {"draws": {"numpy": [bytes(2496), 9999, None]}},
    "a state with a text": {"draws": {"numpy": [bytes(2496), 1, "x"]}},
    "warnings without a class": {"warned": [[1, "x"]]},
    "warnings of numbers": {"warned": [[int, "x"]]},
    "names that are no dict": {"names": [1]},
}


@pytest.mark.parametrize("what", MADE_UP)
def test_effects_that_no_call_has_end_the_test(what: str) -> None:
    """Is every made-up effect one kind of failure, that no test can take for a result?"""
    answer = (
        "import autograder.sandbox.student as s\n"
        f"s.StudentEnd._call = lambda self, effects, *_: effects.update({MADE_UP[what]!r})\n"
        "def f(x):\n    return x"
    ).replace("<class 'int'>", "int")
    with pytest.raises(ProtocolViolation):
        tried(answer, "f([1])")


def test_a_change_that_does_not_fit_changes_nothing() -> None:
    """Does a list that comes back for an array, or from a name nobody asked for, stay away?"""
    answer = (
        "import autograder.sandbox.student as s\n"
        "s.StudentEnd._call = lambda self, effects, *_: effects.update(\n"
        "    written=[[0, [1]], [1, 'x']], names={'f': 3})\ndef f(*x):\n    pass"
    )
    tried(answer, "a, b = np.zeros(2), [5]\nf(a, b)\nassert a.tolist() == [0, 0] and b == [5]\n"
          "assert callable(f)", "import numpy as np")  # fmt: skip
