# ruff: noqa: E501 (a test of one line stays one line)
"""Small courses about classes: a solution, a wrong answer to all of it, and the tests of both.

Each test is one that a person would write, and that the solution passes and the wrong answer fails
when the notebook is run as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent


@dataclass(frozen=True)
class Course:
    """A question about classes with its tests, by name."""

    solution: str
    wrong: str
    tests: dict[str, str] = field(default_factory=dict)
    given: str = "import numpy as np"


def course(solution: str, wrong: str, given: str = "import numpy as np", **tests: str) -> Course:
    texts = {name: dedent(text).strip() for name, text in tests.items()}
    return Course(dedent(solution).strip(), dedent(wrong).strip(), texts, given)


COURSES = {
    "stack": course(
        '''
        class Empty(Exception):
            pass

        class Stack:
            """Last in, first out."""

            made = 0

            def __init__(self, items=()):
                self.items = list(items)
                Stack.made += 1

            def push(self, item):
                self.items.append(item)

            def pop(self):
                if not self.items:
                    raise Empty("the stack is empty")
                return self.items.pop()

            def __len__(self):
                return len(self.items)

            def __repr__(self):
                return f"Stack({self.items!r})"

            def __eq__(self, other):
                return isinstance(other, Stack) and self.items == other.items

            def __contains__(self, item):
                return item in self.items
        ''',
        """
        class Empty(BaseException):
            pass

        class Stack(list):
            def __init__(self, items=()):
                self.items = []

            def push(self, item):
                self.items.insert(0, 0)

            def pop(self):
                return None

            def __len__(self):
                return 7

            def __eq__(self, other):
                return False

            def __contains__(self, item):
                return False
        """,
        pushes="s = Stack()\ns.push(1)\ns.push('b')\nassert len(s) == 2 and s.items == [1, 'b']",
        pops="s = Stack([1, 2])\nassert [s.pop(), s.pop()] == [2, 1]\nassert len(s) == 0",
        raises="""
            try:
                Stack().pop()
            except Empty as error:
                assert str(error) == "the stack is empty"
            else:
                raise AssertionError
        """,
        unittest="""
            import unittest
            class Check(unittest.TestCase):
                def test_empty(self):
                    with self.assertRaisesRegex(Empty, "empty"):
                        Stack().pop()
                def test_equal(self):
                    self.assertEqual(Stack([1]), Stack([1]))
                    self.assertNotEqual(Stack([1]), Stack([2]))
                    self.assertIn(3, Stack([3]))
            result = unittest.TextTestRunner().run(
                unittest.defaultTestLoader.loadTestsFromTestCase(Check))
            assert result.wasSuccessful()
        """,
        tells="s = Stack([1])\nassert repr(s) == 'Stack([1])' and str(s) == f'{s}' == repr(s)",
        truth="assert not Stack() and Stack([0])\nassert bool(Stack([0])) is True",
        compares="assert Stack([1, 2]) == Stack([1, 2])\nassert Stack([1]) != Stack()\n"
        "assert Stack() != []",
        counted="before = Stack.made\nStack(), Stack()\nassert Stack.made == before + 2",
        documented="assert Stack.__doc__ == 'Last in, first out.'\nassert Stack.__name__ == 'Stack'",
        kinds="assert isinstance(Stack(), Stack) and not isinstance(Stack(), list)\n"
        "assert issubclass(Empty, Exception) and type(Stack()) is Stack",
        copies="import copy\na = Stack([[1]])\nb = copy.copy(a)\nc = copy.deepcopy(a)\n"
        "a.items[0] = 5\na.push(2)\nassert b == a and c == Stack([[1]])",
    ),
    "account": course(
        '''
        class InsufficientFunds(ValueError):
            def __init__(self, missing):
                super().__init__(f"{missing} missing")
                self.missing = missing

        class Account:
            rate = 0.02
            _count = 0

            def __init__(self, owner, balance=0):
                self.owner = owner
                self._balance = balance
                Account._count += 1

            @property
            def balance(self):
                """What is there."""
                return self._balance

            @balance.setter
            def balance(self, value):
                if value < 0:
                    raise ValueError("a balance cannot be negative")
                self._balance = value

            def deposit(self, amount: float) -> float:
                """Put money in."""
                self._balance += amount
                return self._balance

            def withdraw(self, amount):
                if amount > self._balance:
                    raise InsufficientFunds(amount - self._balance)
                self._balance -= amount

            @staticmethod
            def valid(amount):
                return amount > 0

            @classmethod
            def count(cls):
                return cls._count

            def __str__(self):
                return f"{self.owner}: {self._balance:.2f}"

        class Savings(Account):
            def add_interest(self):
                self.deposit(self.balance * self.rate)
        ''',
        """
        class InsufficientFunds(KeyError):
            pass

        class Account:
            rate = 2

            def __init__(self, owner, balance=0):
                self.owner = balance
                self.balance = -1

            def deposit(self, amount):
                pass

            def withdraw(self, amount):
                raise RuntimeError

            def valid(self):
                return True

            def count(self):
                return 0

        class Savings:
            def __init__(self, *_):
                self.balance = None
        """,
        balance="a = Account('Ada', 10)\na.deposit(5)\na.withdraw(3)\nassert a.balance == 12",
        overdrawn="""
            a = Account('Ada', 10)
            try:
                a.withdraw(15)
            except InsufficientFunds as error:
                assert error.missing == 5 and error.args == ('5 missing',)
                assert isinstance(error, ValueError)
            else:
                assert False
            assert a.balance == 10
        """,
        caught_as_builtin="""
            import unittest
            with unittest.TestCase().assertRaises(ValueError) as caught:
                Account('Ada').withdraw(1)
            assert caught.exception.missing == 1
            assert type(caught.exception).__name__ == 'InsufficientFunds'
        """,
        setter="""
            a = Account('Ada')
            a.balance = 7
            assert a.balance == 7 and a.deposit(1) == 8
            try:
                a.balance = -1
            except ValueError:
                assert a.balance == 8
            else:
                assert False
        """,
        text="assert str(Account('Ada', 2)) == 'Ada: 2.00' == f'{Account(\"Ada\", 2)}'",
        static="assert Account.valid(3) is True and Account.valid(-1) is False\n"
        "assert Account('x').valid(3)",
        class_method="n = Account.count()\nAccount('Bob')\nassert Account.count() == n + 1",
        inherits="s = Savings('Eve', 100)\nassert issubclass(Savings, Account)\n"
        "assert isinstance(s, Account)\ns.add_interest()\nassert s.balance == 102",
        attributes="a = Account('Ada')\nassert hasattr(a, 'balance') and not hasattr(a, 'limit')\n"
        "assert getattr(a, 'limit', 9) == 9\na.limit = 3\nassert vars(a)['limit'] == 3\n"
        "assert a.__dict__['owner'] == 'Ada'\ndel a.limit\nassert not hasattr(a, 'limit')",
        class_attribute="assert Account.rate == 0.02\na = Savings('x', 100)\nSavings.rate = 0.5\n"
        "a.add_interest()\nassert a.balance == 150",
        parameters="import inspect\np = inspect.signature(Account.deposit).parameters\n"
        "assert list(p) == ['self', 'amount'] and p['amount'].annotation is float\n"
        "assert list(inspect.signature(Account).parameters) == ['owner', 'balance']\n"
        "assert Account.deposit.__doc__ == 'Put money in.'",
        listed="assert {'deposit', 'withdraw', 'balance'} <= set(dir(Account('x')))\n"
        "assert 'count' in dir(Account) and callable(Account.valid)\nAccount('x', 2).withdraw(1)",
    ),
    "linked list": course(
        """
        class Node:
            def __init__(self, value, next=None):
                self.value = value
                self.next = next

        class LinkedList:
            def __init__(self, values=()):
                self.head = None
                for value in reversed(list(values)):
                    self.head = Node(value, self.head)

            def __iter__(self):
                node = self.head
                while node is not None:
                    yield node.value
                    node = node.next

            def reverse(self):
                before, node = None, self.head
                while node is not None:
                    node.next, before, node = before, node, node.next
                self.head = before

            def find(self, value):
                node = self.head
                while node is not None and node.value != value:
                    node = node.next
                return node

            def __getitem__(self, index):
                for place, value in enumerate(self):
                    if place == index:
                        return value
                raise IndexError(index)

            def __setitem__(self, index, value):
                node = self.head
                for _ in range(index):
                    node = node.next
                node.value = value

        def length(node):
            count = 0
            while node is not None:
                count, node = count + 1, node.next
            return count

        def from_list(values):
            return LinkedList(values).head
        """,
        """
        class Node:
            def __init__(self, value=None, next=None):
                self.value = next
                self.next = self

        class LinkedList:
            def __init__(self, values=()):
                self.head = Node()

            def __iter__(self):
                return iter([0])

            def reverse(self):
                pass

            def find(self, value):
                return self

            def __getitem__(self, index):
                return None

            def __setitem__(self, index, value):
                raise KeyError

        def length(node):
            return -1

        def from_list(values):
            return values
        """,
        walks="assert list(LinkedList([1, 2, 3])) == [1, 2, 3]\nassert sum(LinkedList([1, 2])) == 3",
        by_hand="l = LinkedList('ab')\nassert l.head.value == 'a' and l.head.next.value == 'b'\n"
        "assert l.head.next.next is None",
        reversed="l = LinkedList([1, 2, 3])\nfirst = l.head\nl.reverse()\n"
        "assert [v for v in l] == [3, 2, 1] and l.head.next.next is first",
        finds="l = LinkedList([1, 2])\nassert l.find(2) is l.head.next and l.find(9) is None",
        items="l = LinkedList([5, 6])\nl[1] = 7\nassert l[1] == 7 and l[0] == 5\ntry:\n    l[2]\n"
        "except IndexError:\n    pass\nelse:\n    assert False",
        counts="assert length(Node(1, Node(2, Node(3)))) == 3\nassert length(None) == 0",
        made="n = from_list([1, 2])\nassert isinstance(n, Node) and n.next.value == 2\n"
        "n.next.next = Node(3)\nassert length(n) == 3",
        unpacked="a, b = LinkedList([1, 2])\nassert (a, b) == (1, 2)\n"
        "it = iter(LinkedList([1]))\nassert next(it) == 1 and next(it, None) is None",
    ),
    "polynomial": course(
        """
        class Poly:
            def __init__(self, *coefficients):
                self.coefficients = list(coefficients)

            def __call__(self, x):
                return sum(c * x**n for n, c in enumerate(self.coefficients))

            def __add__(self, other):
                if not isinstance(other, Poly):
                    other = Poly(other)
                size = max(len(self.coefficients), len(other.coefficients))
                a, b = (p.coefficients + [0] * (size - len(p.coefficients)) for p in (self, other))
                return Poly(*(x + y for x, y in zip(a, b)))

            __radd__ = __add__

            def __neg__(self):
                return Poly(*(-c for c in self.coefficients))

            def __sub__(self, other):
                return self + -other

            def __rsub__(self, other):
                return -self + other

            def __mul__(self, number):
                return Poly(*(number * c for c in self.coefficients))

            __rmul__ = __mul__

            def __eq__(self, other):
                if isinstance(other, (list, tuple)):
                    return self.coefficients == list(other)
                return isinstance(other, Poly) and self.coefficients == other.coefficients

            def __hash__(self):
                return hash(tuple(self.coefficients))

            def __lt__(self, other):
                return len(self.coefficients) < len(other.coefficients)

            def __abs__(self):
                return max(map(abs, self.coefficients))

            def __round__(self, digits=0):
                return Poly(*(round(c, digits) for c in self.coefficients))

            def __len__(self):
                return len(self.coefficients)

            def __iadd__(self, other):
                self.coefficients[0] += other
                return self

            def degree(self):
                return len(self.coefficients) - 1

            def __format__(self, spec):
                return " + ".join(f"{c:{spec}} x^{n}" for n, c in enumerate(self.coefficients))

        def line(a, b):
            return Poly(a, b)
        """,
        """
        class Poly:
            def __init__(self, *coefficients):
                self.coefficients = coefficients

            def __eq__(self, other):
                return NotImplemented

            def __add__(self, other):
                return 0

            def __call__(self, x):
                return self

            __radd__ = __neg__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __iadd__ = __add__

            def degree(self):
                return 0

        def line(a, b):
            return a
        """,
        values="p = Poly(1, 2)\nassert p(3) == 7\nassert np.allclose(p(np.array([0.0, 1.0])), [1, 3])",
        adds="assert Poly(1, 2) + Poly(1) == Poly(2, 2)\nassert Poly(1) + 1 == Poly(2) == 1 + Poly(1)",
        subtracts="assert Poly(1, 2) - Poly(1, 2) == Poly(0, 0)\nassert 3 - Poly(1, 1) == Poly(2, -1)\n"
        "assert -Poly(1) == Poly(-1)",
        multiplies="assert 2 * Poly(1, 2) == Poly(2, 4) == Poly(1, 2) * 2",
        plain="assert Poly(1, 2) == [1, 2]\nassert not Poly(1) == [1, 2]\nassert [1] == Poly(1)",
        sums="assert sum([Poly(1), Poly(2)], Poly(0)) == Poly(3)\nassert Poly(1) in [Poly(2), Poly(1)]",
        sorts="ps = sorted([Poly(1, 2, 3), Poly(1)])\nassert [len(p) for p in ps] == [1, 3]\n"
        "assert Poly(1) < Poly(1, 2) and max(Poly(1), Poly(1, 2)) == Poly(1, 2)",
        hashes="assert len({Poly(1), Poly(1), Poly(2)}) == 2\nassert {Poly(1): 5}[Poly(1)] == 5",
        rounds="assert abs(Poly(1, -3)) == 3\nassert round(Poly(1.26), 1) == Poly(1.3)",
        in_place="p = Poly(1)\nq = p\np += 4\nassert p is q and p == Poly(5)",
        formats="assert f'{Poly(1, 2):.1f}' == '1.0 x^0 + 2.0 x^1'",
        returned="p = line(3, 4)\nassert p.degree() == 1 and p.coefficients == [3, 4]",
        arrays="got = np.array([1, 2]) * Poly(1, 1)\nassert got[1] == Poly(2, 2)\n"
        "assert np.float64(2) * Poly(1) == Poly(2)",
        plain_degree="assert Poly(1, 2, 3).degree() == 2 and Poly(5).degree() < 1",
    ),
    "iterators": course(
        """
        class Countdown:
            def __init__(self, start):
                self.start = start

            def __iter__(self):
                return self

            def __next__(self):
                if self.start <= 0:
                    raise StopIteration
                self.start -= 1
                return self.start + 1

        class Squares:
            def __iter__(self):
                n = 0
                while True:
                    yield n * n
                    n += 1

        class Pair:
            def __init__(self, a, b):
                self.a, self.b = a, b

            def __iter__(self):
                return iter((self.a, self.b))

            def __reversed__(self):
                return iter((self.b, self.a))

        def pairs(n):
            return [Pair(i, i + 1) for i in range(n)]
        """,
        """
        class Countdown:
            def __init__(self, start):
                pass

            def __iter__(self):
                return iter("no")

        class Squares:
            def __iter__(self):
                return iter([5])

        class Pair:
            def __init__(self, a, b):
                self.a = self.b = None

        def pairs(n):
            return [3] * (n + 1)
        """,
        steps="c = Countdown(2)\nassert iter(c) is c and next(c) == 2 and next(c) == 1\ntry:\n"
        "    next(c)\nexcept StopIteration:\n    pass\nelse:\n    assert False",
        loops="assert list(Countdown(3)) == [3, 2, 1]\nassert max(Countdown(4)) == 4",
        endless="import itertools\nassert list(itertools.islice(Squares(), 4)) == [0, 1, 4, 9]\n"
        "for value in Squares():\n    if value > 50:\n        break\nassert value == 64",
        abstract="from collections.abc import Iterable, Iterator\nassert isinstance(Pair(1, 2), Iterable)\n"
        "assert isinstance(Countdown(1), Iterator) and not isinstance(Pair(1, 2), Iterator)",
        unpacks="a, b = Pair(1, 2)\nassert (a, b) == (1, 2) and list(reversed(Pair(1, 2))) == [2, 1]",
        listed="got = pairs(2)\nassert len(got) == 2 and got[1].b == 2\n"
        "assert all(isinstance(p, Pair) for p in got)\nassert [tuple(p) for p in got] == [(0, 1), (1, 2)]",
        zips="assert list(zip(Countdown(2), Squares())) == [(2, 0), (1, 1)]\n"
        "assert dict([Pair('a', 1)]) == {'a': 1}",
    ),
    "contexts": course(
        """
        class Log:
            def __init__(self):
                self.lines = []

            def __enter__(self):
                self.lines.append("in")
                return self

            def __exit__(self, kind, error, trace):
                self.lines.append("out" if kind is None else kind.__name__)
                return kind is not None and issubclass(kind, ZeroDivisionError)

        class Holder:
            def __init__(self, callback):
                self.callback = callback
                self.results = []

            def run(self, *values):
                for value in values:
                    self.results.append(self.callback(value))
                return self.results
        """,
        """
        class Log:
            lines = None

            def __enter__(self):
                return None

            def __exit__(self, *_):
                return None

        class Holder:
            def __init__(self, callback):
                self.results = []

            def run(self, *values):
                return []
        """,
        enters="with Log() as log:\n    log.lines.append\nassert log.lines == ['in', 'out']",
        holds_back="log = Log()\nwith log:\n    1 / 0\nassert log.lines[-1] == 'ZeroDivisionError'",
        lets_pass="log = Log()\ntry:\n    with log:\n        raise KeyError\nexcept KeyError:\n"
        "    assert log.lines == ['in', 'KeyError']\nelse:\n    assert False",
        calls_back="seen = []\nh = Holder(lambda v: seen.append(v) or v + 1)\n"
        "assert h.run(1, 2) == [2, 3] and seen == [1, 2]",
    ),
    "shapes": course(
        """
        from abc import ABC, abstractmethod
        import math

        class Shape(ABC):
            @abstractmethod
            def area(self):
                ...

            def __lt__(self, other):
                return self.area() < other.area()

            def describe(self):
                return f"{type(self).__name__} of {self.area():.1f}"

        class Square(Shape):
            def __init__(self, side):
                self.side = side

            def area(self):
                return self.side**2

        class Circle(Shape):
            def __init__(self, radius):
                self.radius = radius

            def area(self):
                return math.pi * self.radius**2
        """,
        """
        class Shape:
            pass

        class Square:
            def __init__(self, side):
                pass

            def area(self):
                return 0.5

        class Circle(Square):
            pass
        """,
        areas="assert Square(2).area() == 4\nassert abs(Circle(1).area() - np.pi) < 1e-12",
        abstract="import unittest\nwith unittest.TestCase().assertRaises(TypeError):\n    Shape()",
        inherits="assert issubclass(Square, Shape) and isinstance(Circle(1), Shape)\n"
        "assert [c.__name__ for c in Square.__mro__[:2]] == ['Square', 'Shape']",
        polymorphic="shapes = sorted([Square(2), Circle(1), Square(1)])\n"
        "assert [type(s).__name__ for s in shapes] == ['Square', 'Circle', 'Square']\n"
        "assert Square(2).describe() == 'Square of 4.0'",
        derived="""
            class Rectangle(Shape):
                def __init__(self, a, b):
                    self.a, self.b = a, b
                def area(self):
                    return self.a * self.b
            r = Rectangle(2, 3)
            assert r.describe() == 'Rectangle of 6.0' and isinstance(r, Shape)
            assert Square(2) < r
        """,
        derived_without="""
            class Half(Shape):
                pass
            try:
                Half()
            except TypeError:
                pass
            else:
                assert False
        """,
        extended="""
            class Named(Square):
                def __init__(self, name, side):
                    super().__init__(side)
                    self.name = name
                def area(self):
                    return 2 * super().area()
            n = Named('n', 3)
            assert (n.name, n.side, n.area()) == ('n', 3, 18)
            assert n.describe() == 'Named of 18.0'
        """,
    ),
    "built-in bases": course(
        """
        from collections import UserDict, namedtuple
        from dataclasses import dataclass, field
        from enum import Enum

        class Sorted(list):
            def add(self, item):
                self.append(item)
                self.sort()
                return self

            def median(self):
                return self[len(self) // 2]

        class Default(dict):
            def __missing__(self, key):
                return 0

        class Celsius(float):
            def fahrenheit(self):
                return self * 9 / 5 + 32

        class Color(Enum):
            RED = 1
            BLUE = 2

            def other(self):
                return Color.BLUE if self is Color.RED else Color.RED

        class Vector(namedtuple("Vector", "x y")):
            def length(self):
                return (self.x**2 + self.y**2) ** 0.5

            def __add__(self, other):
                return Vector(self.x + other.x, self.y + other.y)

        @dataclass(order=True)
        class Item:
            price: float
            name: str = field(default="", compare=False)

            def with_tax(self):
                return round(self.price * 1.2, 2)
        """,
        """
        class Sorted:
            def add(self, item):
                return self

        class Default(dict):
            pass

        class Celsius:
            def __init__(self, value):
                pass

        class Color:
            RED = BLUE = 0

        class Vector:
            def __init__(self, x, y):
                self.x = y

        class Item:
            def __init__(self, price, name=""):
                self.price = 0
        """,
        a_list="s = Sorted([3]).add(1).add(2)\nassert isinstance(s, list) and s == [1, 2, 3]\n"
        "assert s.median() == 2 and len(s) == 3 and s[0] == 1 and 2 in s\n"
        "assert [1, 2, 3] == s and s + [4] == [1, 2, 3, 4] and sorted(s) == list(s)",
        a_dict="d = Default(a=1)\nassert isinstance(d, dict) and d['a'] == 1 and d['b'] == 0\n"
        "d['c'] = 2\nassert d == {'a': 1, 'c': 2} and set(d) == {'a', 'c'} and dict(d) == d\n"
        "assert len(d) == 2 and 'c' in d and list(d.items()) == [('a', 1), ('c', 2)]",
        a_number="c = Celsius(100)\nassert isinstance(c, float) and c == 100 and c + 1 == 101.0\n"
        "assert c.fahrenheit() == 212 and abs(c - 99) == 1 and c < 101 and f'{c:.1f}' == '100.0'\n"
        "assert np.isclose(c, 100) and round(c) == 100 and float(c) == 100.0",
        an_enum="assert Color.RED.value == 1 and Color['BLUE'] is Color.BLUE and Color(1) is Color.RED\n"
        "assert Color.RED.other() == Color.BLUE != Color.RED and len(Color) == 2\n"
        "assert [c.name for c in Color] == ['RED', 'BLUE'] and isinstance(Color.RED, Color)",
        a_tuple="v = Vector(3, 4)\nassert v.length() == 5 and v == (3, 4) and isinstance(v, tuple)\n"
        "assert (v + Vector(1, 1)) == Vector(4, 5) and v._fields == ('x', 'y')\nx, y = v\n"
        "assert (x, y) == (3, 4) and v[0] == 3 and v._replace(x=0) == (0, 4)",
        a_dataclass="i = Item(10, 'tea')\nassert i.with_tax() == 12 and i == Item(10, 'coffee')\n"
        "assert Item(1) < Item(2) and repr(i) == \"Item(price=10, name='tea')\"\n"
        "import dataclasses\nassert dataclasses.is_dataclass(Item) and Item(3).price == 3",
    ),
    "estimators": course(
        """
        class LinearRegression:
            def __init__(self, fit_intercept=True):
                self.fit_intercept = fit_intercept

            def get_params(self):
                return {"fit_intercept": self.fit_intercept}

            def fit(self, X, y):
                A = np.column_stack([np.ones(len(X)), X]) if self.fit_intercept else X
                w = np.linalg.lstsq(A, y, rcond=None)[0]
                self.coef_ = w[1:] if self.fit_intercept else w
                self.intercept_ = float(w[0]) if self.fit_intercept else 0.0
                return self

            def predict(self, X):
                if not hasattr(self, "coef_"):
                    raise NotFittedError("call fit first")
                return X @ self.coef_ + self.intercept_

            def score(self, X, y):
                return 1 - ((y - self.predict(X)) ** 2).sum() / ((y - y.mean()) ** 2).sum()

        class NotFittedError(ValueError, AttributeError):
            pass

        model = LinearRegression()
        """,
        """
        class LinearRegression:
            fit_intercept = None

            def fit(self, X, y):
                self.coef_ = np.zeros(1)
                return self

            def predict(self, X):
                return np.zeros(1)

        class NotFittedError(ValueError):
            pass

        model = None
        """,
        fits="X = np.array([[0.0], [1.0], [2.0]])\ny = np.array([1.0, 3.0, 5.0])\n"
        "m = LinearRegression().fit(X, y)\nassert np.allclose(m.coef_, [2])\n"
        "assert abs(m.intercept_ - 1) < 1e-9 and m.coef_.shape == (1,)",
        predicts="X = np.arange(4.0).reshape(-1, 1)\nm = LinearRegression()\nassert m.fit(X, 2 * X[:, 0]) is m\n"
        "np.testing.assert_allclose(m.predict(np.array([[10.0]])), [20.0])",
        scores="X = np.arange(4.0).reshape(-1, 1)\nm = LinearRegression().fit(X, X[:, 0])\n"
        "assert np.isclose(m.score(X, X[:, 0]), 1)",
        unfitted="try:\n    LinearRegression().predict(np.ones((1, 1)))\nexcept NotFittedError as e:\n"
        "    assert isinstance(e, AttributeError) and isinstance(e, ValueError)\nelse:\n    assert False",
        parameters="assert LinearRegression(False).get_params() == {'fit_intercept': False}\n"
        "assert LinearRegression().fit_intercept is True",
        by_name="model.fit(np.eye(3), np.ones(3))\nassert type(model).__name__ == 'LinearRegression'\n"
        "assert model.coef_.shape == (3,)",
    ),
    "figures": course(
        """
        import matplotlib.pyplot as plt

        def draw(x, y):
            fig, ax = plt.subplots()
            ax.plot(x, y, label="line", color="red")
            ax.set_title("A line")
            ax.set_xlabel("x")
            ax.legend()
            return ax

        fig = draw([0, 1], [1, 2]).figure
        """,
        """
        import matplotlib.pyplot as plt

        def draw(x, y):
            fig, ax = plt.subplots()
            ax.plot(y, y)
            ax.set_title("a line")
            return ax

        fig = plt.figure()
        """,
        title="ax = draw([0, 1], [2, 3])\nassert ax.get_title() == 'A line' and ax.get_xlabel() == 'x'",
        data="ax = draw([0, 1], [2, 3])\nassert len(ax.lines) == 1\n"
        "assert np.allclose(ax.lines[0].get_xydata(), [[0, 2], [1, 3]])",
        style="line = draw([0, 1], [2, 3]).get_lines()[0]\nassert line.get_color() == 'red'\n"
        "assert line.get_label() == 'line'",
        legend="ax = draw([0, 1], [2, 3])\nassert ax.get_legend() is not None\n"
        "assert [t.get_text() for t in ax.get_legend().get_texts()] == ['line']",
        kind="from matplotlib.axes import Axes\nassert isinstance(draw([0], [0]), Axes)\n"
        "assert len(fig.axes) == 1 and fig.axes[0].get_title() == 'A line'",
    ),
    "given class": course(
        """
        def insert(node, value):
            if node is None:
                return Tree(value)
            if value < node.value:
                node.left = insert(node.left, value)
            else:
                node.right = insert(node.right, value)
            return node

        def build(values):
            root = None
            for value in values:
                root = insert(root, value)
            return root

        def depth(node):
            return 0 if node is None else 1 + max(depth(node.left), depth(node.right))
        """,
        """
        def build(values):
            return values

        def insert(node, value):
            return None

        def depth(node):
            return 5
        """,
        given=(
            "class Tree:\n    def __init__(self, value):\n        self.value = value\n"
            "        self.left = self.right = None\n    def total(self):\n        return self.value + "
            "sum(part.total() for part in (self.left, self.right) if part)"
        ),
        builds="t = build([2, 1, 3])\nassert isinstance(t, Tree) and t.left.value == 1\n"
        "assert t.right.value == 3 and t.left.left is None",
        given_method="assert build([2, 1, 3]).total() == 6",
        handed_back="t = build([5])\nassert insert(t, 7) is t and t.right.value == 7\n"
        "assert depth(t) == 2 and depth(None) == 0",
    ),
    "expressions": course(
        """
        class Expression:
            def __init__(self, text, value):
                self.text, self.value = text, value

            def _with(self, sign, other, value):
                return Expression(f"({self.text} {sign} {getattr(other, 'text', other)})", value)

            def __add__(self, other):
                return self._with("+", other, lambda x: self(x) + value(other, x))

            def __mul__(self, other):
                return self._with("*", other, lambda x: self(x) * value(other, x))

            __rmul__ = __mul__

            def __pow__(self, n):
                return self._with("**", n, lambda x: self(x) ** n)

            def __call__(self, x):
                return self.value(x)

            def __repr__(self):
                return self.text

        def value(part, x):
            return part(x) if isinstance(part, Expression) else part

        x = Expression("x", lambda x: x)

        def square(expression):
            return expression * expression

        def compose(f, g):
            return lambda x: f(g(x))
        """,
        """
        class Expression:
            def __init__(self, text, value):
                pass

        x = 0

        def square(expression):
            return expression

        def compose(f, g):
            return g
        """,
        built="e = 2 * x + 1\nassert repr(e) == '((x * 2) + 1)' and e(3) == 7",
        squares="assert square(x + 1)(2) == 9\nassert str(square(x)) == '(x * x)'",
        powers="assert (x ** 2)(5) == 25 and np.allclose((x ** 2)(np.arange(3)), [0, 1, 4])",
        composed="assert compose(x ** 2, x + 1)(2) == 9\nassert compose(lambda v: -v, x * 3)(2) == -6",
    ),
    "functions": course(
        '''
        def area(width: float, height: float = 1.0, *, unit: str = "cm") -> float:
            """Width times height.

            In square units.
            """
            result = width * height
            return result

        def counted(n):
            counted.calls += 1
            return n

        counted.calls = 0

        def numbers(n):
            yield from range(n)

        async def waits():
            return 1

        twice = lambda v: 2 * v

        def sorts(values):
            done = list(values)
            while True:
                swapped = False
                for i in range(len(done) - 1):
                    if done[i] > done[i + 1]:
                        done[i], done[i + 1] = done[i + 1], done[i]
                        swapped = True
                if not swapped:
                    return done

        number = 5
        names = ["a"]
        ''',
        """
        area = max

        def counted(n):
            return n

        counted.calls = 3

        def numbers(n):
            return list(range(n + 1))

        def waits():
            return 1

        def twice(v):
            return 3 * v

        def sorts(values):
            return sorted(values)

        Number = 6
        Names = []
        """,
        documented="assert area.__doc__.startswith('Width times height.') and area.__name__ == 'area'\n"
        "import inspect\nassert inspect.getdoc(area).endswith('In square units.')",
        signature="import inspect\ns = inspect.signature(area)\n"
        "assert str(s) == \"(width: float, height: float = 1.0, *, unit: str = 'cm') -> float\"\n"
        "assert area.__defaults__ == (1.0,) and area.__kwdefaults__ == {'unit': 'cm'}\n"
        "assert area.__annotations__['return'] is float",
        source="import inspect\ntext = inspect.getsource(sorts)\nassert text.startswith('def sorts')\n"
        "assert 'sorted(' not in text and 'while' in text and text.rstrip().endswith('return done')",
        tree="import ast, inspect\ntree = ast.parse(inspect.getsource(sorts))\n"
        "assert any(isinstance(node, ast.While) for node in ast.walk(tree))",
        code="c = sorts.__code__\nassert c.co_argcount == 1 and 'swapped' in c.co_varnames\n"
        "assert 'sorted' not in c.co_names and 'len' in c.co_names and c.co_name == 'sorts'",
        attributes="before = counted.calls\ncounted(1)\ncounted(2)\nassert counted.calls == before + 2\n"
        "counted.calls = 0\ncounted(3)\nassert counted.calls == 1 and not hasattr(counted, 'other')",
        kinds="import inspect\nassert inspect.isgeneratorfunction(numbers)\n"
        "assert inspect.iscoroutinefunction(waits) and inspect.isfunction(area)\n"
        "assert not inspect.isclass(area) and callable(area)",
        is_lambda="assert twice.__name__ == '<lambda>' and twice(4) == 8",
        help="import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n"
        "    help(area)\nassert 'Width times height.' in out.getvalue()",
        all_names="assert 'number' in globals() and globals()['number'] == 5\n"
        "assert 'nothing' not in globals() and globals().get('nothing') is None\n"
        "assert 'area' in dir() and 'names' in locals() and vars()['names'] == ['a']",
        deletes="assert number == 5\ndel number\nassert 'number' not in globals()\ntry:\n    number\n"
        "except NameError:\n    pass\nelse:\n    assert False",
        shell="ns = get_ipython().user_ns\nassert ns['number'] == 5 and 'sorts' in ns\n"
        "assert ns['twice'](2) == 4 and 'area' in sorted(ns)",
        sources="assert 'def sorts' in In[2] and 'while True' in In[2]",
        passed_on="assert list(map(twice, [1, 2])) == [2, 4] and area(2, unit='m') == 2",
    ),
}
