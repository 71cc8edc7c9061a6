# ruff: noqa: E501 (a test of one line stays one line)
"""Courses about containers: stacks, lists of nodes, trees, iterators."""

from tests.autograder.object_courses.course import course

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
}
