"""Submissions that try to earn, hurt or learn: against the wire, the proxies, the callbacks,
the forks, the random generators and the feedback.

Each case is one answer to the same two questions. ``deserved`` is what honest code of that
worth would get; the hidden values below must appear in nothing the student is shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from autograder.judge import grade
from autograder.verdict import SubmissionVerdict
from tests.autograder.courses import BRISK, check, given, notebook, solution

CANARIES = ("271828", "161803", "tangerine", "0.5772156", "_hidden_helper")

SOURCE = notebook(
    given("import numpy as np"),
    solution("def double(x):\n    return 2 * x", "double"),
    solution(
        "def search(loss, rng, tries):\n    points = rng.standard_normal(tries)\n"
        "    return min(float(loss(p)) for p in points)",
        "search",
    ),
    check(
        "assert double(2) == 4\n### BEGIN HIDDEN TESTS\n"
        "_hidden_helper = lambda x: x + x  # tangerine\n"
        "for secret in (271828, 161803.0, np.array([0.5772156, 271828.0])):\n"
        "    assert np.shape(double(secret)) == np.shape(secret), 'keep the shape'\n"
        "    assert np.all(double(secret) == _hidden_helper(secret))\n### END HIDDEN TESTS",
        "test_double",
        points=2,
    ),
    check(
        "assert callable(search)\n### BEGIN HIDDEN TESTS\n"
        "from autograder.checks import Counted, calls_made, reference\n"
        "_rng, _twin = np.random.default_rng(161803), np.random.default_rng(161803)\n"
        "_loss = Counted(lambda p: (p - 0.5772156) ** 2 + 271828, 'loss')\n"
        "_got = search(_loss, _rng, 5)\n"
        "_right = reference.search(_loss.function, _twin, 5)\n"
        "assert abs(_got - _right) < 1e-9\n"
        "calls_made('search', _loss, 5)\n"
        "_later = _rng.standard_normal(3)\n"
        "assert abs(search(_loss, _rng, 3) - reference.search(_loss.function, _twin.__class__("
        "_twin.bit_generator), 3)) >= 0 and _later.any()\n### END HIDDEN TESTS",
        "test_search",
        points=3,
    ),
)

RIGHT_DOUBLE = "def double(x):\n    return 2 * x"
RIGHT_SEARCH = (
    "def search(loss, rng, tries):\n"
    "    return min(float(loss(p)) for p in rng.standard_normal(tries))"
)
# The student's end of the conversation, found through the frames that called the function.
END = (
    "import sys\ndef end():\n    frame = sys._getframe()\n    while frame:\n"
    "        owner = frame.f_locals.get('self')\n"
    "        if type(owner).__name__ == 'StudentEnd':\n            return owner\n"
    "        frame = frame.f_back\n"
)


@dataclass(frozen=True)
class Case:
    """What stands in place of the two answers, and what it deserves for each."""

    double: str
    search: str = "def search(loss, rng, tries):\n    return 0.0"
    deserved: tuple[float, float] = (0.0, 0.0)


CASES = {
    # honest
    "honest": Case(RIGHT_DOUBLE, RIGHT_SEARCH, (2, 3)),
    "first half": Case(RIGHT_DOUBLE, deserved=(2, 0)),
    # the wire
    "wire: writes garbage": Case(
        END + "def double(x):\n    end().connection.socket.sendall(b'\\xff' * 999)\n    return x"
    ),
    "wire: announces four gigabytes": Case(
        END + "def double(x):\n    end().connection.socket.sendall(b'\\xff\\xff\\xff\\xff')\n"
        "    return x"
    ),
    "wire: floods": Case(
        END + "def double(x):\n    import socket\n    s = end().connection.socket\n"
        "    s.settimeout(None)\n    while True:\n        s.sendall(b'\\x00\\x00\\x00\\x01\\xc0')"
    ),
    "wire: replies twice": Case(
        END + "def double(x):\n    c = end().connection\n    once = c.send\n"
        "    def twice(document, deadline=None):\n        once(document)\n"
        "        once(document)\n    c.send = twice\n    return 2 * x if x == 2 else 0 * x"
    ),
    "wire: answers the next question in advance": Case(
        END + "def double(x):\n    e = end()\n    for n in range(2, 9):\n"
        "        e.connection.send(e._encode(['value', n, 4, {}, []]))\n    return 4"
    ),
    "wire: closes the socket": Case(
        END + "def double(x):\n    end().connection.socket.close()\n    return 2 * x"
    ),
    "wire: stops reading": Case(
        END + "import time\ndef double(x):\n    time.sleep(60)",
    ),
    "wire: a frame of numbers beyond counting": Case(
        END + "def double(x):\n    import struct\n    body = b'\\xdc\\xff\\xff' * 200000\n"
        "    s = end().connection.socket\n    s.sendall(struct.pack('>I', len(body)) + body)"
    ),
    "wire: sixty megabytes of empty lists": Case(
        END + "def double(x):\n    import struct\n    n = 60 << 20\n"
        "    body = b'\\xdd' + struct.pack('>I', n) + b'\\x90' * n\n"
        "    s = end().connection.socket\n"
        "    s.sendall(struct.pack('>I', len(body)) + body)",
        RIGHT_SEARCH,
        (0, 3),
    ),
    "wire: lists of lists, each of a size that may be": Case(
        END + "def double(x):\n    import struct\n    body = (b'\\xdd\\x00\\x03\\x00\\x00' * 30 + "
        "b'\\x90' * (20 << 20))\n    s = end().connection.socket\n"
        "    s.sendall(struct.pack('>I', len(body)) + body)",
        RIGHT_SEARCH,
        (0, 3),
    ),
    "wire: hands back a giant": Case("def double(x):\n    return np.zeros(1 << 28)"),
    "wire: answers the look-up with a value": Case(
        "import gc, types\ndef double(x):\n    return 0\n"
        "import autograder.sandbox.student as s\n"
        "s.StudentEnd._get = lambda self, name: True\n"
    ),
    "wire: reports itself right": Case(
        "import autograder.sandbox.student as s\n"
        "s.StudentEnd._call = lambda self, n, *a: ['score', n, 2, 'passed']\n"
        "def double(x):\n    return 0"
    ),
    # the proxies
    "proxy: an array that lies": Case(
        "class Liar(np.ndarray):\n    def __array_ufunc__(self, *a, **k):\n        return True\n"
        "    def __array_function__(self, *a, **k):\n        return True\n"
        "def double(x):\n    return np.zeros(np.shape(x)).view(Liar)"
    ),
    "proxy: a number that equals everything": Case(
        "class Any(float):\n    def __eq__(self, o):\n        return True\n"
        "    __hash__ = None\n    __array_priority__ = 99\ndef double(x):\n    return Any(4)"
    ),
    "proxy: an object that is whatever is asked": Case(
        "class Yes:\n    def __getattr__(self, n):\n        return self\n"
        "    def __eq__(self, o):\n        return self\n    def __bool__(self):\n"
        "        return True\n    def __call__(self, *a):\n        return self\n"
        "def double(x):\n    return Yes()"
    ),
    "proxy: a function for a number": Case("def double(x):\n    return lambda *a: True"),
    "proxy: not a number": Case("def double(x):\n    return np.full(np.shape(x), np.nan)"),
    "proxy: an endless generator": Case(
        "import itertools\ndef double(x):\n    return itertools.count()"
    ),
    "proxy: a list in itself": Case("def double(x):\n    a = []\n    a.append(a)\n    return a"),
    "proxy: an integer of a million digits": Case("def double(x):\n    return 10 ** 10 ** 6"),
    "proxy: the right answer for the shown case": Case(
        "def double(x):\n    return 4 if np.ndim(x) == 0 else np.zeros(np.shape(x))"
    ),
    # the callbacks
    "callback: looks into the function": Case(
        RIGHT_DOUBLE,
        "def search(loss, rng, tries):\n    seen = [loss.__dict__, dir(loss)]\n"
        "    f = loss\n    for name in ('__globals__', '__closure__', '__code__', 'function'):\n"
        "        f = getattr(loss, name, None) or f\n    return float(f.target if f is not loss "
        "else 0)",
        (2, 0),
    ),
    "callback: calls itself through it without end": Case(
        RIGHT_DOUBLE,
        "def search(loss, rng, tries):\n    return loss(search(loss, rng, tries))",
        (2, 0),
    ),
    "callback: hands over rubbish": Case(
        RIGHT_DOUBLE,
        "def search(loss, rng, tries):\n    for bad in ('text', None, [[]], {'a': 1}):\n"
        "        try:\n            loss(bad)\n        except Exception:\n            pass\n"
        "    try:\n        loss()\n    except TypeError:\n        pass\n    return 271829.0",
        (2, 0),
    ),
    "callback: a function it was not given": Case(
        RIGHT_DOUBLE,
        END + "from autograder.wire import FunctionRef\ndef search(loss, rng, tries):\n"
        "    return end().call_back(FunctionRef('judge', 99, 'reference'), (), {})",
        (2, 0),
    ),
    "callback: calls it after the end": Case(
        RIGHT_DOUBLE,
        "import threading\ndef search(loss, rng, tries):\n"
        "    threading.Thread(target=lambda: [loss(0.0) for _ in range(9)]).start()\n"
        "    return 271828.0",
        (2, 0),
    ),
    "callback: one call too many": Case(
        RIGHT_DOUBLE,
        RIGHT_SEARCH.replace("    return", "    loss(0.0)\n    return"),
        (2, 0),
    ),
    "callback: from threads that the function leaves behind": Case(
        RIGHT_DOUBLE,
        "import threading\ndef search(loss, rng, tries):\n    def on():\n        while True:\n"
        "            loss(0.0)\n    for _ in range(4):\n"
        "        threading.Thread(target=on, daemon=True).start()\n    return 271828.0",
        (2, 0),
    ),
    "callback: from another process": Case(
        RIGHT_DOUBLE,
        "import os\ndef search(loss, rng, tries):\n    if os.fork() == 0:\n        try:\n"
        "            loss(0.0)\n        finally:\n            os._exit(0)\n    os.wait()\n"
        "    return 271828.0",
        (2, 0),
    ),
    "callback: with nothing in it": Case(
        RIGHT_DOUBLE,
        "def search(loss, rng, tries):\n    for _ in range(tries):\n        try:\n"
        "            loss(np.empty((0, 1)))\n        except Exception:\n            pass\n"
        "    return min(float((p - 0.5) ** 2) + 271828 for p in rng.standard_normal(tries))",
        (2, 0),
    ),
    # the random generators
    "generator: put into a state of its own": Case(
        RIGHT_DOUBLE,
        "def search(loss, rng, tries):\n    best = min(float(loss(p)) for p in "
        "rng.standard_normal(tries))\n    state = rng.bit_generator.state\n"
        "    state['state']['state'] = 0\n    rng.bit_generator.state = state\n    return best",
        (2, 0),
    ),
    "generator: on another stream": Case(
        RIGHT_DOUBLE,
        "def search(loss, rng, tries):\n    best = min(float(loss(p)) for p in "
        "rng.standard_normal(tries))\n    state = rng.bit_generator.state\n"
        "    state['state'] = {'state': 0, 'inc': 1}\n    rng.bit_generator.state = state\n"
        "    return best",
        (2, 0),
    ),
    # the forks
    "fork: leaves a child that answers later": Case(
        END + "import os, time\ndef double(x):\n    if os.fork():\n        os._exit(0)\n"
        "    time.sleep(0.2)\n    return 0 * x",
        RIGHT_SEARCH,
        (0, 3),
    ),
    "fork: kills the notebook's process": Case(
        "import os, signal\ndef double(x):\n    os.kill(os.getppid(), signal.SIGKILL)\n"
        "    return 0",
        RIGHT_SEARCH,
        (0, 3),
    ),
    "fork: stops the notebook's process": Case(
        "import os, signal\ndef double(x):\n    os.kill(os.getppid(), signal.SIGSTOP)\n"
        "    return 0",
        RIGHT_SEARCH,
        (0, 3),
    ),
    "fork: a bomb in a test": Case(
        "import os, time\ndef double(x):\n    try:\n        while True:\n"
        "            if os.fork() == 0:\n                time.sleep(60)\n"
        "    except OSError:\n        return 0",
        RIGHT_SEARCH,
        (0, 3),
    ),
    "fork: a bomb in the notebook": Case(
        "import os, time\ntry:\n    while True:\n        if os.fork() == 0:\n"
        "            time.sleep(60)\n            os._exit(0)\nexcept OSError:\n    pass\n"
        + RIGHT_DOUBLE,
        RIGHT_SEARCH,
        (2, 3),
    ),
    "fork: eats all memory in a test": Case(
        "def double(x):\n    kept = []\n    while True:\n        kept.append(bytes(1 << 26))",
        RIGHT_SEARCH,
        (0, 3),
    ),
    "fork: fills the disk": Case(
        "def double(x):\n    for n in range(99):\n        with open(f'/tmp/{n}', 'wb') as f:\n"
        "            f.write(bytes(1 << 24))\n    return 0",
        RIGHT_SEARCH,
        (0, 3),
    ),
    "fork: overflows the stack in C": Case(
        "import sys\ndef double(x):\n    sys.setrecursionlimit(10 ** 9)\n"
        "    f = lambda a: a\n    for _ in range(10 ** 6):\n        f = f.__get__(0)\n"
        "    import ctypes\n    ctypes.string_at(0)\n    return 0",
        RIGHT_SEARCH,
        (0, 3),
    ),
    # the feedback: none of these may learn what the hidden tests hold
    "leak: in an exception's text": Case("def double(x):\n    raise ValueError(f'got {x!r}')"),
    "leak: in an exception's type": Case(
        "def double(x):\n    raise type(f'Got{x!r}', (Exception,), {})()"
    ),
    "leak: in a standard sentence": Case(
        "def double(x):\n    raise NameError(f\"name 'x{int(np.max(x))}' is not defined\")"
    ),
    "leak: in the type of the result": Case(
        "def double(x):\n    return type(f'T{int(np.max(x))}', (), {})()"
    ),
    "leak: in the name of a function": Case(
        "def double(x):\n    def f(y):\n        raise ValueError\n"
        "    f.__name__ = f.__qualname__ = f'f{int(np.max(x))}'\n    return f"
    ),
    "leak: in a forged report": Case(
        "import autograder.sandbox.student as s\n"
        "s.report = lambda e: {'kind': str(e), 'refused': str(e), 'text': str(e), 'line': 1,"
        " 'cell': 1}\ndef double(x):\n    raise ValueError(str(x))"
    ),
    "leak: printed and written": Case(
        "import sys\ndef double(x):\n    for _ in range(3):\n        print(x)\n"
        "        sys.stderr.write(repr(x))\n        open('/tmp/seen', 'a').write(repr(x))\n"
        "    return 0"
    ),
    "leak: kept for the next visible test": Case(
        "import mmap\nshared = mmap.mmap(-1, 64)\ndef double(x):\n"
        "    text = shared[:].rstrip(b'\\0').decode()\n    if text:\n"
        "        raise ValueError(text)\n    if np.max(x) != 2:\n"
        "        shared[:len(repr(x))] = repr(x).encode()\n    return 2 * x",
        "def search(loss, rng, tries):\n    raise ValueError(double(3))",
        (0, 0),
    ),
    "leak: the hidden source through frames": Case(
        "import gc, sys\ndef double(x):\n    found = [o for o in gc.get_objects() if "
        "isinstance(o, str) and 'tangerine' in o and 'isinstance' not in o]\n"
        "    raise ValueError(found)"
    ),
}


def tried(case: Case) -> SubmissionVerdict:
    submission = notebook(
        given("import numpy as np"),
        solution(case.double, "double"),
        solution(case.search, "search"),
    )
    return grade(SOURCE, submission, student="student-01", assignment="hostile", limits=BRISK)


@pytest.mark.linux
@pytest.mark.parametrize("name", CASES)
def test_hostile_submissions_get_what_they_deserve_and_learn_nothing(name: str) -> None:
    """Does the case earn exactly what it deserves, and does no hidden value come out?"""
    case = CASES[name]
    verdict = tried(case)
    scores = verdict.tests["test_double"].score, verdict.tests["test_search"].score
    assert scores == case.deserved, verdict.tests
    shown = json.dumps(verdict.to_json()) + repr(verdict.outputs)
    written = case.double + case.search
    assert [c for c in CANARIES if c in shown and c not in written] == []
