"""Courses about what objects do: accounts, context managers, abstract shapes."""

from tests.autograder.object_courses.course import course

COURSES = {
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
}
