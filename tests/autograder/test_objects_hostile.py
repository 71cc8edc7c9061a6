# ruff: noqa: E501 (a line of an attack stays one line)
"""Objects that lie about themselves, about others, and about the test's own values.

Each case answers a few of the same questions, with classes whose methods say what a test wants to
hear; ``deserved`` are the tests that honest code of that worth would pass.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from textwrap import dedent

import pytest
from hypothesis import given as fuzzed
from hypothesis import settings
from hypothesis import strategies as st

from autograder.errors import WireError
from autograder.judge import grade
from autograder.judge.objects import Objects
from autograder.judge.remotetypes import is_remote
from autograder.limits import Limits
from autograder.wire import ObjectRef
from tests.autograder.courses import check, given, notebook, solution
from tests.autograder.object_questions import GIVEN, RIGHT, TESTS

BRISK = Limits(cell_seconds=4, test_seconds=2)
ABOUT_F = tuple(TESTS)[: list(TESTS).index("degree")]


@dataclass(frozen=True)
class Case:
    """An answer, what it deserves, and the tests that meet it."""

    answer: str
    deserved: frozenset[str] = frozenset()
    only: tuple[str, ...] = tuple(TESTS)


def returns(made: str, classes: str = "", only: tuple[str, ...] = ABOUT_F) -> Case:
    """Everything returns the same object."""
    answer = (
        f"{dedent(classes)}\ndef f(x):\n    return {made}\npair = f\nanswer = f(3)\n"
        "def meet(visit):\n    return visit(f(3))\n"
    )
    return Case(answer, only=only)


YES = """
    class Yes:
        def __eq__(self, other):
            return True
        __ne__ = lambda self, other: False
        __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
        __hash__ = lambda self: hash(9)
        __sub__ = __rsub__ = lambda self, other: 0
        __abs__ = lambda self: 0
        __bool__ = lambda self: True
        __float__ = lambda self: 1.0
"""
POLY = """
    class Poly:
        def __init__(self, *coefficients):
            pass
        def __eq__(self, other):
            return True
        __hash__ = lambda self: hash(9)
        __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
        __ne__ = lambda self, other: False
        __add__ = __sub__ = __rsub__ = __abs__ = lambda self, other=0: self
        def degree(self):
            return self
        def __getattr__(self, name):
            return self
        has = __call__ = lambda self, *_: self
        __len__ = lambda self: 2
        __iter__ = lambda self: iter([self, self])
"""
FORGE = """
    import autograder.sandbox.objects as o
    from autograder.wire import ObjectRef
    def forged(**fields):
        o.Table.refer = lambda self, value: ObjectRef("student", 1, "X")._replace(**fields)
    class X:
        pass
"""


def forges(fields: str) -> Case:
    return returns("X()", dedent(FORGE) + f"forged({fields})", ("plain", "finds", "raises"))


CASES = {
    "honest": Case(RIGHT, frozenset(TESTS)),
    # comparison
    "eq: true for everything": returns("Yes()", YES),
    "eq: a float that equals everything": returns(
        "Any(1.5)", "class Any(float):\n    __eq__ = __lt__ = __gt__ = __ge__ = __le__ = "
        "lambda self, o: True\n    __ne__ = lambda self, o: False\n    __hash__ = lambda s: hash(9)\n"
        "    __sub__ = __rsub__ = lambda self, o: 0.0"
    ),
    "eq: an int that equals everything": returns(
        "Any(7)", "class Any(int):\n    __eq__ = lambda self, o: True\n"
        "    __ne__ = lambda self, o: False\n    __hash__ = lambda s: hash(9)\n"
        "    __sub__ = __rsub__ = lambda self, o: 0"
    ),
    "eq: a list that equals everything": returns(
        "Any()", "class Any(list):\n    __eq__ = __contains__ = lambda self, o: True"
    ),
    "eq: a text that equals everything": returns(
        "Any('x')", "class Any(str):\n    __eq__ = lambda self, o: True\n    __hash__ = None"
    ),
    "eq: a dict that holds everything": returns(
        "Any()", "class Any(dict):\n    __contains__ = __eq__ = lambda self, o: True\n"
        "    __missing__ = lambda self, k: k"
    ),
    "eq: an array that equals everything": returns(
        "np.zeros(2).view(Any)", "class Any(np.ndarray):\n    __eq__ = lambda self, o: True\n"
        "    def __array_ufunc__(self, *a, **k):\n        return True\n"
        "    def __array_function__(self, *a, **k):\n        return True"
    ),
    "eq: a class that equals everything": returns(
        "Any", "class Meta(type):\n    __eq__ = __contains__ = lambda self, o: True\n"
        "    __hash__ = lambda s: hash(9)\nclass Any(metaclass=Meta):\n    pass"
    ),
    "eq: an enum that equals everything": returns(
        "Any.ONE", "import enum\nclass Any(enum.Enum):\n    ONE = 1\n"
        "    __eq__ = lambda self, o: True\n    __hash__ = lambda s: hash(9)"
    ),
    "eq: a dataclass that equals everything": returns(
        "Any()", "import dataclasses\n@dataclasses.dataclass\nclass Any:\n    a: int = 9\n"
        "    def __eq__(self, o):\n        return True"
    ),
    "eq: a named tuple that equals everything": returns(
        "Any(1)", "from typing import NamedTuple\nclass Any(NamedTuple):\n    a: int\n"
        "    def __eq__(self, o):\n        return True"
    ),
    "eq: an exception that equals everything": returns(
        "Any()", "class Any(ValueError):\n    __eq__ = lambda self, o: True\n"
        "    __hash__ = lambda s: hash(9)"
    ),
    "eq: an object that answers with itself": returns(
        "Any()", "class Any:\n    __eq__ = __sub__ = __rsub__ = __abs__ = lambda self, *o: self\n"
        "    __getattr__ = lambda self, n: self\n    __call__ = lambda self, *a: self"
    ),
    "eq: hidden in a list": returns("[Yes(), Yes()]", YES),
    "eq: of the class that has one": Case(
        dedent(POLY) + "def f(x):\n    return Poly()\npair = f\nanswer = f(3)\n"
        "def meet(visit):\n    return visit(Poly())"
    ),
    "eq: of another class by that name": returns("Poly()", POLY.replace("class Poly", "class Poly")
        + "    Hidden = Poly\n    class Poly:\n        pass\n    Poly = None\n    del Poly\n    Poly = Hidden"),
    "eq: of a class derived from it": returns("Sub()", POLY + "    class Sub(Poly):\n        pass"),
    "eq: of a class with a library's name": returns(
        "Any()", YES + "    class Any(Yes):\n        pass\n    Any.__module__ = 'decimal'\n"
        "    Any.__qualname__ = Any.__name__ = 'Decimal'"
    ),
    # what an object is
    "class: says it is an int": returns(
        "Any()", YES + "    class Any(Yes):\n        __class__ = int"
    ),
    "class: a metaclass that lies": returns(
        "Any()", YES + "    class Meta(type):\n        __instancecheck__ = __subclasscheck__ = "
        "lambda c, o: True\n        mro = lambda c: [c, *type.mro(c)[1:]]\n"
        "    class Any(Yes, metaclass=Meta):\n        pass"
    ),
    "array: is whatever is asked": returns(
        "Any()", YES + "    class Any(Yes):\n        __array_priority__ = 1e9\n"
        "        def __array_ufunc__(self, *a, **k):\n            return np.array(True)\n"
        "        def __array__(self, *a, **k):\n            return np.zeros(2)"
    ),
    "array: points into memory": returns(
        "Any()", YES + "    class Any(Yes):\n        __array_interface__ = {'shape': (2,), "
        "'typestr': '<f8', 'data': (4096, False), 'version': 3}\n        __array_struct__ = 4096"
    ),
    "bool: is no bool": returns("Any()", YES + "    class Any(Yes):\n        __bool__ = lambda s: 1"),
    "len: more than there can be": returns(
        "Any()", "class Any:\n    __len__ = lambda s: 1 << 80\n"
        "    __getitem__ = lambda s, i: [9, 9][i]"
    ),
    "iter: endless": returns(
        "Any()", "import itertools\nclass Any:\n    __iter__ = lambda s: itertools.repeat(3)\n"
        "    __contains__ = lambda s, o: True", ("plain", "listed"),
    ),
    "iter: gives objects that equal everything": returns(
        "Any()", YES + "    class Any:\n        __iter__ = lambda s: iter([Yes(), Yes()])"
    ),
    "index: another each time": returns(
        "Any()", "import itertools\nn = itertools.count()\nclass Any:\n"
        "    __index__ = __int__ = __float__ = lambda s: next(n)"
    ),
    "repr: a gigabyte": returns(
        "Any()", YES + "    class Any(Yes):\n        __repr__ = __str__ = lambda s: 'x' * (1 << 30)",
        ("plain", "unittest", "assert_equal"),
    ),
    "format: is no text": returns("Any()", YES + "    class Any(Yes):\n        __format__ = lambda s, x: 9"),
    "hash: no number": returns("Any()", YES + "    class Any(Yes):\n        __hash__ = lambda s: 'x'"),
    "getattr: never ends": returns(
        "Any()", "class Any:\n    def __getattribute__(self, name):\n        while True:\n            pass",
        ("plain", "finds"),
    ),
    "getattr: another object for ever": returns(
        "Any()", YES + "    class Any(Yes):\n        __getattr__ = lambda s, n: Any()\n"
        "        __iter__ = lambda s: s\n        __next__ = lambda s: Any()",
        ("plain", "finds", "listed", "isclose"),
    ),
    # errors
    "error: named as the judge's own": returns(
        "SandboxFailure()", "class SandboxFailure(BaseException):\n    pass\nNotJudged = SandboxFailure\n"
        "class Any:\n    def __eq__(self, o):\n        raise NotJudged('no verdict')\n    __sub__ = __eq__"
    ),
    "error: ends the process when it is asked": returns(
        "Any()", "import os\nclass Any:\n    __eq__ = __sub__ = lambda s, o: os._exit(0)\n"
        "    __getattr__ = __eq__"
    ),
    "error: of the right name and another kind": Case(
        "class Wrong(BaseException):\n    args = ('so',)\ndef fail():\n    raise Wrong('so')"
    ),
    "error: equals every exception": Case(
        "class Meta(type):\n    __instancecheck__ = __subclasscheck__ = __eq__ = lambda c, o: True\n"
        "    __hash__ = type.__hash__\nclass Wrong(Exception, metaclass=Meta):\n    pass\n"
        "class Other(Exception):\n    args = ('so',)\ndef fail():\n    raise Other('so')"
    ),
    "error: arguments that equal everything": Case(
        dedent(YES) + "class Wrong(Exception):\n    args = Yes()\ndef fail():\n    raise Wrong()"
    ),
    # the classes that are asked for
    "poly: every method gives itself": Case(dedent(POLY)),
    "poly: a property that equals everything": Case(
        dedent(POLY).replace("def degree(self):\n        return self", "def degree(self):\n        return 2"),
        frozenset({"degree"}),
    ),
    "guard: holds every error back": Case(
        "class Guard:\n    value = 4\n    __enter__ = lambda s: s\n    __exit__ = lambda s, *e: True"
    ),
    "guard: holds back by saying nothing": Case(
        "class Guard:\n    value = 3\n    __enter__ = lambda s: s\n    __exit__ = lambda s, *e: [1]",
        frozenset({"guarded"}),
    ),
    "eq: named as a library's class": Case(
        "class Fraction:\n    __eq__ = lambda self, o: True\ndef half(n):\n    return Fraction()",
        only=("exact",),
    ),
    "lent: a method is replaced": Case(
        "def fill(tally):\n    tally.reached = lambda: True\n    tally.steps = 3", only=("filled",)
    ),
    "lent: its class is changed": Case(
        "Tally.reached = lambda self: True\ndef fill(tally):\n"
        "    type(tally).reached = tally.__class__.reached = lambda self: True",
        only=("filled",),
    ),
    "lent: what leads to code": Case(
        "def fill(tally):\n    ask = type(tally)._lent_ask\n"
        "    for name in ('__class__', '__init__', '__dict__', '__globals__'):\n        try:\n"
        "            ask('getattr', tally, name)\n        except AttributeError:\n            continue\n"
        "        tally.step(), tally.step(), tally.step()\n"
        "    ask('setattr', tally, '__class__', int)",
        only=("filled",),
    ),
    "lent: one that was not": Case(
        "def fill(tally):\n    tally.steps = 3\n"
        "    object.__setattr__(tally, '_lent_ref', tally._lent_ref._replace(number=99))\n"
        "    tally.step()",
        only=("filled",),
    ),
    "given: its methods are others now": Case(
        "Tree.total = lambda self: 6\nTree.root = 3\nTree.__len__ = lambda self: 3\n"
        "def grown(n):\n    return Tree(1)",
        only=("tree", "root", "size"),
    ),
    "given: an instance has its own": Case(
        "def grown(n):\n    tree = Tree(1)\n    tree.total = lambda: 6\n    return tree",
        only=("tree", "size"),
    ),
    "model: stretches": Case(
        "class Model:\n    def fit(self, x):\n        self.mean_ = np.array(2.0)\n        return self\n"
        "    predict = lambda self, x: np.array([2.0])"
    ),
    "model: empty": Case(
        "class Model:\n    mean_ = np.empty(0)\n    fit = lambda self, x: self\n"
        "    predict = lambda self, x: np.empty((0, 3))"
    ),
    # the conversation
    "number: of an object that is not there": forges("number=99"),
    "number: of a class": forges("is_class=1, line=('7 __main__.X  0',)"),
    "number: below zero": forges("number=-3, line=('7 __main__.X  0',)"),
    "owner: the judge": forges("owner='judge', line=('7 __main__.X  0',)"),
    "line: in a circle": forges("line=('7 __main__.X 0 0', '8 __main__.Y 0 0')"),
    "line: of nothing": forges("line=('',)"),
    "line: bases that do not mix": forges("line=('7 __main__.X 1,2 0', 'builtins.int', 'builtins.list')"),
    "line: a final class": forges("line=('7 __main__.X 1 0', 'builtins.bool')"),
    "line: a class of the judge's": forges(
        "owner='shared', is_class=1, name='autograder.judge.remote:NotJudged', line=('7 __main__.X  0',)"
    ),
    "line: methods that are none": forges("line=('7 __main__.X  " + "f" * 60 + "',)"),
    "holds: the right number": Case(
        dedent(FORGE) + "forged(holds='float:9', line=('7 __main__.X 1 0', 'builtins.float'))\n"
        "def f(x):\n    return X()",
        frozenset({"reflected", "unittest"}),  # as for 9.0, whatever it is asked
        ("plain", "reflected", "unittest", "allclose", "instance"),
    ),
    "operations: all give true": Case(
        "import autograder.operations as o\nfor n in o.BY_NUMBER:\n    o.BY_NUMBER[n] = lambda *a: True\n"
        + RIGHT.replace("return x * x", "return Poly()").replace("return visit(9)", "return Poly()")
        .replace("return [x, x + 1]", "return Poly()").replace("answer = 42", "answer = 0")
        .replace('raise Wrong("so")', "pass"),
        frozenset({"equal", "exact", "filled"}),  # any two of the class are equal, and unequal
    ),
    "callback: calls itself without end": Case(
        "class Any:\n    def __eq__(self, o):\n        return True\n    __hash__ = None\n"
        "def meet(visit):\n    return meet(lambda v: visit(Any()))",
        only=("visited",),
    ),
    "memory: what one test was told, the next is not": Case(
        "class Poly:\n    seen = []\n    def __init__(self, *c):\n        self.coefficients = []\n"
        "    def __eq__(self, o):\n        Poly.seen.append(o)\n        open('/tmp/seen', 'a').write(repr(o))\n"
        "        return False\n    def degree(self):\n        import os\n"
        "        return 2 if Poly.seen or os.path.exists('/tmp/seen') else 0"
    ),
}  # fmt: skip


numbers = st.sampled_from(["0", "1", "2", "7", "-1", "x", ""])
names = st.sampled_from([
    "__main__.A", "__main__.B", "collections.abc.Sized", "abc.ABC", "numpy.ndarray", "decimal.Decimal",
    "autograder.wire.Refused", "enum.Enum", ".", "",
])  # fmt: skip
built_in = st.sampled_from(["int", "list", "dict", "bool", "ValueError", "type", "object", "print"])
described = st.one_of(
    st.builds("builtins.{}".format, built_in),
    st.builds("{} {} {} {:x}".format, numbers, names, st.sampled_from(["", "1", "1,2", "0", "9"]),
              st.integers(0, 1 << 75)),
    st.text(max_size=12),
)  # fmt: skip
references = st.builds(
    ObjectRef, st.sampled_from(["student", "shared", "judge", "?"]), st.integers(-2, 4),
    st.one_of(names, st.text(max_size=8)), st.lists(described, max_size=4).map(tuple),
    st.integers(-1, 2),
    st.one_of(st.sampled_from(["int:5", "float:0x1p+0", "str:a", "int:x", "complex:1"]), st.text(max_size=5)),
)  # fmt: skip


@settings(deadline=None, derandomize=True, max_examples=400)
@fuzzed(st.lists(references, max_size=4))
def test_no_reference_does_anything_but_raise_wire_error(refs: list[ObjectRef]) -> None:
    """Does each reference give a proxy, a class that both sides have, or a WireError?"""
    objects = Objects(None, {}, lambda name: None)  # type: ignore[arg-type]
    for ref in refs:
        try:
            made = objects.resolve(ref)
        except WireError:
            continue
        assert is_remote(made) or (isinstance(made, type) and "autograder" not in made.__module__)


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never ends is ended by its number of operations, not by the clock."""
    from autograder.judge import objects

    monkeypatch.setattr(objects, "MOST_OPERATIONS", 2000)


@pytest.mark.linux
@pytest.mark.parametrize("name", CASES)
def test_an_object_is_believed_about_itself_alone(name: str) -> None:
    """Does the case pass exactly the tests it deserves?"""
    case = CASES[name]
    checks = [check(TESTS[test], test) for test in case.only]
    source = notebook(given(GIVEN), solution(RIGHT), *checks)
    submission = notebook(given(GIVEN), solution(case.answer), *checks)
    verdict = grade(source, submission, student="student-01", assignment="lies", limits=BRISK)
    assert verdict.status == "graded", verdict.reason
    passed = {n: test.message for n, test in verdict.tests.items() if test.score}
    assert passed.keys() == case.deserved, json.dumps(verdict.to_json(), indent=1)
