# ruff: noqa: E501 (a test of one line stays one line)
"""Courses about classes derived from Python's own."""

from tests.autograder.object_courses.course import course

COURSES = {
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
}
