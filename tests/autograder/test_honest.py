"""Honest ways of writing an answer: whatever is right in a notebook keeps all its points.

Each way is an answer, the test that judges it and, where it is not the same function, the
instructor's own. The ways of one group are the questions of one notebook.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.judge import grade
from autograder.limits import Limits
from autograder.verdict import TestVerdict
from tests.autograder.courses import check, given, notebook, outcome, plain, solution

PLUS = "def f(x):\n    return x + 1"
ADDS = "assert f(1) == 2 and f(41) == 42"
GRAD = "def f(W, X):\n    return X.T @ (X @ W)"
SAME = (
    "rng = np.random.default_rng(7)\nW, X = rng.standard_normal((3, 2)), rng.random((5, 3))\n"
    "assert np.allclose(f(W, X), reference.f(W, X), rtol=1e-12)"
)
HANDED = "def f(loss, x):\n    return sum(loss(x + i) for i in range(4))"
COUNTED = (
    "from autograder.checks import Counted\nloss = Counted(lambda x: float(x * x), 'loss')\n"
    "assert f(loss, 2.0) == 54.0 and loss.calls == 4 and sorted(loss.points) == [2, 3, 4, 5]"
)


@dataclass(frozen=True)
class Way:
    """One way of writing: the answer's cells, of which the last one is the question's."""

    answer: str | tuple[str, ...]
    test: str = ADDS
    reference: str = PLUS
    after: str = ""


PYTHON = {
    "a lambda": Way("f = lambda x: x + 1"),
    "a closure": Way("def make(n):\n    def add(x):\n        return x + n\n    return add\nf = make(1)"),
    "a nested function": Way("def f(x):\n    def inner():\n        nonlocal x\n        x += 1\n    inner()\n    return x"),
    "a class that can be called": Way("class F:\n    def __call__(self, x):\n        return x + 1\nf = F()"),
    "a method of an object": Way("class Model:\n    step = 1\n    def add(self, x):\n        return x + self.step\nf = Model().add"),
    "a static method": Way("class M:\n    @staticmethod\n    def add(x):\n        return x + 1\nf = M.add"),
    "a class method": Way("class M:\n    one = 1\n    @classmethod\n    def add(cls, x):\n        return x + cls.one\nf = M.add"),
    "a partial": Way("from functools import partial\nimport operator\nf = partial(operator.add, 1)"),
    "a decorator": Way("import functools\ndef twice_checked(g):\n    @functools.wraps(g)\n    def run(*a, **k):\n        assert g(*a, **k) == g(*a, **k)\n        return g(*a, **k)\n    return run\n@twice_checked\ndef f(x):\n    return x + 1"),
    "a cache": Way("from functools import lru_cache\n@lru_cache(maxsize=None)\ndef f(x):\n    return x + 1"),
    "memory of its own": Way("memo = {}\ndef f(x):\n    if x not in memo:\n        memo[x] = x + 1\n    return memo[x]"),
    "a global that counts": Way("calls = 0\ndef f(x):\n    global calls\n    calls += 1\n    return x + 1"),
    "recursion": Way("def f(x):\n    return 1 if x <= 0 else 1 + f(x - 1)"),
    "recursion 500 deep": Way("def f(n):\n    return n if n == 0 else 1 + f(n - 1)", "assert f(500) == 500", "def f(n):\n    return n"),
    "star-args": Way("def f(*args, **kwargs):\n    return args[0] + kwargs.get('step', 1)"),
    "keyword-only arguments": Way("def f(x, /, *, step=1):\n    return x + step", "assert f(1, step=2) == 3 and f(1) == 2", "def f(x, step=1):\n    return x + step"),
    "a default from an earlier cell": Way(("STEP = 1", "def f(x, step=STEP):\n    return x + step")),
    "a helper from an earlier cell": Way(("def helper(x):\n    return x + 1", "def f(x):\n    return helper(x)")),
    "a helper redefined in a later cell": Way("def helper2(x):\n    return x\ndef f(x):\n    return helper2(x)", after="def helper2(x):\n    return x + 1"),
    "exceptions for control flow": Way("def f(x):\n    try:\n        raise KeyError(x)\n    except KeyError as e:\n        return e.args[0] + 1"),
    "an exception of its own": Way("class Found(Exception):\n    pass\ndef f(x):\n    try:\n        raise Found\n    except Found:\n        return x + 1"),
    "try and finally": Way("def f(x):\n    try:\n        return x + 1\n    finally:\n        pass"),
    "a context manager": Way("from contextlib import contextmanager\n@contextmanager\ndef opened(x):\n    yield x + 1\ndef f(x):\n    with opened(x) as y:\n        return y"),
    "np.errstate": Way("def f(x):\n    with np.errstate(all='ignore'):\n        return x + 1 + 0 * np.log(1.0)"),
    "match": Way("def f(x):\n    match x:\n        case int(n) if n > 9:\n            return n + 1\n        case _:\n            return x + 1"),
    "walrus": Way("def f(x):\n    if (y := x + 1):\n        return y\n    return 0"),
    "asserts of its own": Way("def f(x):\n    assert x is not None, 'x!'\n    return x + 1\nassert f(0) == 1"),
    "a main guard": Way("def f(x):\n    return x + 1\nif __name__ == '__main__':\n    print(f(1))\n    g = f\nf = g"),
    "print debugging": Way("import sys\ndef f(x):\n    print('x is', x)\n    print('err', file=sys.stderr)\n    return x + 1"),
    "type hints": Way("from __future__ import annotations\nfrom typing import Sequence\ndef f(x: 'Sequence[int] | int', unused: Later = None) -> int:\n    return x + 1"),
    "a dataclass": Way("from dataclasses import dataclass, field\n@dataclass\nclass State:\n    x: float = 0\n    seen: list = field(default_factory=list)\n    def step(self):\n        self.seen.append(self.x)\n        return self.x + 1\ndef f(x):\n    return State(x).step()"),
    "an enumeration": Way("from enum import IntEnum\nclass Step(IntEnum):\n    ONE = 1\ndef f(x):\n    return Step.ONE if x == 0 else x + Step.ONE", ADDS + " and f(0) == 1"),
    "a named tuple": Way("from collections import namedtuple\nR = namedtuple('R', 'value grad')\ndef f(x):\n    return R(x + 1, 2)", "value, grad = f(1)\nassert (value, grad) == (2, 2)", "def f(x):\n    return x + 1, 2"),
    "an ordered dict": Way("from collections import OrderedDict\ndef f(x):\n    return OrderedDict(a=x, b=x + 1)", "assert f(1) == {'a': 1, 'b': 2}", "def f(x):\n    return {'a': x, 'b': x + 1}"),
    "a defaultdict": Way("from collections import defaultdict\ndef f(x):\n    d = defaultdict(list)\n    d['a'].append(x)\n    return d", "assert f(1) == {'a': [1]}", "def f(x):\n    return {'a': [x]}"),
    "a deque": Way("from collections import deque\ndef f(x):\n    return deque([x, x + 1], maxlen=2)", "assert list(f(1)) == [1, 2]", "def f(x):\n    return [x, x + 1]"),
    "a number with a unit": Way("class Metres(float):\n    unit = 'm'\ndef f(x):\n    return Metres(x + 1)"),
    "a generator": Way("def f(x):\n    for i in range(3):\n        yield x + i", "assert list(f(1)) == [1, 2, 3]", "def f(x):\n    return [x, x + 1, x + 2]"),
    "generators in a tuple": Way("def f(x):\n    return (i for i in [x]), {'b': map(abs, [x])}", "assert f(-1) == ([-1], {'b': [1]})", "def f(x):\n    return [x], {'b': [abs(x)]}"),
    "dict views": Way("def f(x):\n    return {x: 1, x + 1: 2}.keys()", "assert list(f(1)) == [1, 2]", "def f(x):\n    return [x, x + 1]"),
    "a range": Way("def f(x):\n    return range(x)", "assert list(f(3)) == [0, 1, 2]", "def f(x):\n    return list(range(x))"),
    "a helper module of the library": Way("import itertools, collections, operator, math, statistics, heapq, bisect\ndef f(x):\n    return operator.add(x, math.comb(1, 1))"),
    "an inner import": Way("def f(x):\n    import math\n    return x + int(math.cos(0))"),
    "del and rebinding": Way("f = None\ndel f\ndef g1(x):\n    return x + 1\nf = g1\ndel g1"),
}  # fmt: skip

NUMPY = {
    "einsum": Way("def f(W, X):\n    return np.einsum('ni,nj,jk->ik', X, X, W)", SAME, GRAD),
    "double loops": Way("def f(W, X):\n    R = [[sum(X[n, j] * W[j, k] for j in range(3)) for k in range(2)] for n in range(5)]\n    return np.array([[sum(X[n, i] * R[n][k] for n in range(5)) for k in range(2)] for i in range(3)])", SAME, GRAD),
    "a transposed view": Way("def f(W, X):\n    return ((X @ W).T @ X).T", SAME, GRAD),
    "in place on a copy": Way("def f(W, X):\n    G = W.copy()\n    G *= 0\n    for row in X:\n        G += np.outer(row, row @ W)\n    return G", SAME, GRAD),
    "np.add.at": Way("def f(W, X):\n    G = np.zeros_like(W)\n    np.add.at(G, slice(None), X.T @ (X @ W))\n    return G", SAME, GRAD),
    "Fortran order": Way("def f(W, X):\n    return np.asfortranarray(X.T @ (X @ W))", SAME, GRAD),
    "an array of a class of its own": Way("class Params(np.ndarray):\n    pass\ndef f(W, X):\n    return (X.T @ (X @ W)).view(Params)", SAME, GRAD),
    "keyword call": Way(GRAD, SAME.replace("np.allclose(f(W, X)", "np.allclose(f(X=X, W=W)"), GRAD),
    "np.vectorize": Way("f = np.vectorize(lambda x: x + 1)"),
    "np.frompyfunc": Way("g3 = np.frompyfunc(lambda x: x + 1, 1, 1)\ndef f(x):\n    return g3(x).astype(float) if np.ndim(x) else g3(x)"),
    "a ufunc": Way("def f(x):\n    return np.add(x, 1)"),
    "np.apply_along_axis": Way("def f(X):\n    return np.apply_along_axis(np.sum, 1, X)", "assert np.allclose(f(np.ones((4, 3))), 3)", "def f(X):\n    return X.sum(axis=1)"),
    "a NumPy scalar": Way("def f(x):\n    return np.mean(x ** 2)", "g = f(np.arange(3.0))\nassert g[()] == 5 / 3 and g.shape == () and g.dtype == np.float64 and g.item() == 5 / 3", "def f(x):\n    return np.float64((x ** 2).sum() / len(x))"),
    "NumPy scalars in a list": Way("def f(x):\n    return [v for v in x]", "assert [v.item() for v in f(np.arange(3.0))] == [0, 1, 2]", "def f(x):\n    return list(x)"),
    "a NumPy bool": Way("def f(x):\n    return np.all(x > 0)", "assert f(np.ones(3)) and not f(np.zeros(3)) and f(np.ones(3)).dtype == bool", "def f(x):\n    return (x > 0).all()"),
    "a NumPy argument's methods": Way("def f(x):\n    return x.item() + x.reshape(1)[0] * 0 + 1", "assert f(np.float64(1)) == 2 and f(np.float32(2.5)) == 3.5"),
    "an array of no axes": Way("def f(x):\n    return np.array(x + 1)", "assert f(1) == 2"),
    "float32 inside": Way("def f(x):\n    return np.float32(x) + np.float32(1)", "assert abs(f(1) - 2) < 1e-6"),
    "complex numbers": Way("def f(x):\n    return abs(complex(x, 0) + np.complex128(1)).real"),
    "boolean masks": Way("def f(x):\n    y = x.copy()\n    y[y < 0] = 0\n    return y", "assert (f(np.array([-1.0, 2.0])) == [0, 2]).all()", "def f(x):\n    return np.maximum(x, 0)"),
    "a structured helper": Way("def f(x):\n    t = np.zeros(2, dtype=[('a', float), ('b', int)])\n    t['a'] = x\n    return float(t['a'][0]) + 1"),
    "a masked array inside": Way("def f(x):\n    return np.ma.masked_invalid([x, np.nan]).sum() + 1"),
    "np.random.seed in the notebook": Way("np.random.seed(0)\nnoise = np.random.rand(3)\ndef f(x):\n    return x + 1 + 0 * noise[0]"),
    "a generator of the notebook": Way("my_rng = np.random.default_rng(0)\ndef f(x):\n    return x + 1 + 0 * my_rng.random()"),
    "a generator that is handed over": Way("def f(rng):\n    return np.array([rng.random() for _ in range(3)])", "assert (f(np.random.default_rng(1)) == np.random.default_rng(1).random(3)).all()", "def f(rng):\n    return rng.random(3)"),
    "an empty result where nothing is left": Way("def f(x):\n    return x[x > 9]", "assert f(np.ones(3)).shape == (0,)", "def f(x):\n    return x[np.flatnonzero(x > 9)]"),
    "a memory-mapped array": Way("np.save('mapped.npy', np.arange(3.0))\ndef f(x):\n    return np.load('mapped.npy', mmap_mode='r')", "assert (f(0) == [0, 1, 2]).all()", "def f(x):\n    return np.arange(3.0)"),
    "data by name": Way("f = np.linspace(0, 1, 5)", "assert np.allclose(f, [0, .25, .5, .75, 1])", "f = np.linspace(0, 1, 5)"),
}  # fmt: skip

CALLBACKS = {
    "calls one after the other": Way(HANDED, COUNTED, HANDED),
    "calls by keyword": Way("def f(loss, x):\n    return sum(loss(x=x + i) for i in range(4))", COUNTED, HANDED),
    "calls by keyword with arrays": Way("def f(loss, W, X):\n    return loss(X=X, W=W)", "from autograder.checks import Counted\nloss = Counted(lambda W, X: float((X @ W).sum()), 'loss')\nassert f(loss, np.ones(2), np.ones((3, 2))) == 6\nassert loss.arguments[0][0].shape == (2,)", "def f(loss, W, X):\n    return loss(W, X)"),
    "a map": Way("def f(loss, x):\n    return sum(map(loss, [x, x + 1, x + 2, x + 3]))", COUNTED, HANDED),
    "an attribute": Way("class Run:\n    def __init__(self, loss):\n        self.loss = loss\n    def go(self, x):\n        return sum(self.loss(x + i) for i in range(4))\ndef f(loss, x):\n    return Run(loss).go(x)", COUNTED, HANDED),
    "a partial of it": Way("from functools import partial\ndef f(loss, x):\n    return sum(partial(loss, x + i)() for i in range(4))", COUNTED, HANDED),
    "a wrapper around it": Way("from functools import wraps\ndef f(loss, x):\n    @wraps(loss)\n    def again(v):\n        return loss(v)\n    return sum(again(x + i) for i in range(4))", COUNTED, HANDED),
    "a thread": Way("import threading\ndef f(loss, x):\n    got = []\n    t = threading.Thread(target=lambda: got.extend(loss(x + i) for i in range(4)))\n    t.start()\n    t.join()\n    return sum(got)", COUNTED, HANDED),
    "four threads": Way("import threading\ndef f(loss, x):\n    got = []\n    ts = [threading.Thread(target=lambda v=x + i: got.append(loss(v))) for i in range(4)]\n    [t.start() for t in ts]\n    [t.join() for t in ts]\n    return sum(got)", COUNTED, HANDED),
    "a pool of threads": Way("from concurrent.futures import ThreadPoolExecutor\ndef f(loss, x):\n    with ThreadPoolExecutor(4) as pool:\n        return sum(pool.map(loss, [x + i for i in range(4)]))", COUNTED, HANDED),
    "a pool of threads made before": Way(("from concurrent.futures import ThreadPoolExecutor\nthreads = ThreadPoolExecutor(2)\nassert list(threads.map(abs, [-1])) == [1]", "def f(loss, x):\n    return sum(threads.map(loss, [x + i for i in range(4)]))"), COUNTED, HANDED),
    "multiprocessing.dummy": Way(("from multiprocessing.dummy import Pool as Threads\ndummies = Threads(2)", "def f(loss, x):\n    return sum(dummies.map(loss, [x + i for i in range(4)]))"), COUNTED, HANDED),
    "a function handed to it in a thread, handed on": Way("import threading\ndef f(loss, x):\n    got = []\n    def inner(v):\n        ts = [threading.Thread(target=lambda w=w: got.append(loss(w))) for w in (v, v + 1)]\n        [t.start() for t in ts]\n        [t.join() for t in ts]\n        return 0.0\n    inner(x)\n    inner(x + 2)\n    return sum(got)", COUNTED, HANDED),
    "its own function, counted by the test": Way("import threading\ndef f(call, x):\n    def mine(v):\n        got = []\n        t = threading.Thread(target=lambda: got.append(call(None, v)))\n        t.start()\n        t.join()\n        return got[0]\n    return call(mine, x)", "calls = []\ndef call(g, v):\n    calls.append(v)\n    return v + 1 if g is None else g(v)\nassert f(call, 1) == 2 and calls == [1, 1]", "def f(call, x):\n    return call(lambda v: call(None, v), x)"),
    "results of kinds of its own": Way("from collections import namedtuple\nP = namedtuple('P', 'x y')\ndef f(g):\n    return g(P(np.float64(1), 2))", "assert f(lambda p: p[0].item() + p[1]) == 3", "def f(g):\n    return g((np.float64(1), 2))"),
    "a gradient that is a scalar": Way("def f(g, x):\n    return x - 0.5 * g(x)[()]", "assert f(lambda x: np.float64(2 * x), 1.0) == 0.0", "def f(g, x):\n    return x - 0.5 * g(x)"),
}  # fmt: skip

PROCESSES = {
    "a pool of processes": Way("import multiprocessing as mp\ndef square1(v):\n    return v * v\ndef f(xs):\n    with mp.Pool(2) as pool:\n        return pool.map(square1, xs)"),
    "a pool of processes made before": Way(("import multiprocessing as mp\ndef square2(v):\n    return v * v\nworkers = mp.Pool(2)\nassert workers.map(square2, [2]) == [4]", "def f(xs):\n    return workers.map(square2, xs)")),
    "a pool of its default size": Way("import multiprocessing as mp\ndef square3(v):\n    return v * v\ndef f(xs):\n    with mp.Pool() as pool:\n        return pool.map(square3, xs)"),
    "an executor of processes": Way("from concurrent.futures import ProcessPoolExecutor\ndef square4(v):\n    return v * v\ndef f(xs):\n    with ProcessPoolExecutor(2) as pool:\n        return list(pool.map(square4, xs))"),
    "an executor of processes made before": Way(("from concurrent.futures import ProcessPoolExecutor\ndef square5(v):\n    return v * v\nexecutor = ProcessPoolExecutor(2)\nassert list(executor.map(square5, [2])) == [4]", "def f(xs):\n    return list(executor.map(square5, xs))")),
    "a process and a queue": Way("import multiprocessing as mp\ndef fill(q, xs):\n    for v in xs:\n        q.put(v * v)\ndef f(xs):\n    q = mp.Queue()\n    p = mp.Process(target=fill, args=(q, xs))\n    p.start()\n    got = [q.get() for _ in xs]\n    p.join()\n    return got"),
    "shared numbers": Way("import multiprocessing as mp\ndef write(a, xs):\n    a[:] = [v * v for v in xs]\ndef f(xs):\n    a = mp.Array('d', len(xs))\n    p = mp.Process(target=write, args=(a, xs))\n    p.start()\n    p.join()\n    return [v for v in a]"),
    "another Python program": Way("import subprocess, sys\ndef f(xs):\n    code = f'print([v * v for v in {list(xs)}])'\n    return eval(subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stdout)"),
}  # fmt: skip
SQUARES = "def f(xs):\n    return [v * v for v in xs]"

NOTEBOOK = {
    "%matplotlib inline": Way("%matplotlib inline\n" + PLUS),
    "%config": Way("%config InlineBackend.figure_format = 'retina'\n" + PLUS),
    "%load_ext autoreload": Way("%load_ext autoreload\n%autoreload 2\n" + PLUS),
    "an extension that is not here": Way("%load_ext nb_black\n%lab_black\n" + PLUS),
    "%time": Way(PLUS + "\n%time f(3)"),
    "%timeit": Way(PLUS + "\n%timeit -n 2 -r 2 f(3)"),
    "%%time": Way("%%time\n" + PLUS),
    "%%capture": Way("%%capture out\nprint('hidden')\n" + PLUS),
    "%%memit, which is not here": Way("%%memit\n" + PLUS),
    "!pip": Way("!pip install -q numpy tqdm\n" + PLUS),
    "!pip with versions": Way("!pip install 'numpy>=1.20' --quiet\n!python -m pip install foo==2\n" + PLUS),
    "%pip": Way("%pip install -q numpy\n" + PLUS),
    "%conda": Way("%conda install -y numpy\n" + PLUS),
    "!ls": Way("!ls -la\n" + PLUS),
    "!apt and !wget": Way("!apt-get install -y graphviz > /dev/null\n!wget -q https://example.org/data.csv\n" + PLUS),
    "!cd": Way("!cd /content\n" + PLUS),
    "a shell line in the middle": Way("def g4():\n    return 1\n!echo {g4()}\n" + PLUS),
    "a shell line in a function": Way("def f(x):\n    !date\n    return x + 1"),
    "lines of a command": Way("files = !ls\nassert list(files) == []\n" + PLUS),
    "joined lines of a command": Way("text = get_ipython().getoutput('ls', split=False)\nassert text == ''\n" + PLUS),
    "get_ipython().system": Way("get_ipython().system('pip install numpy')\n" + PLUS),
    "get_ipython().run_line_magic": Way("get_ipython().run_line_magic('matplotlib', 'inline')\n" + PLUS),
    "%%bash in a cell before": Way(("%%bash\nls -la\npip install numpy", PLUS)),
    "%%sh in a cell before": Way(("%%sh\necho hello", PLUS)),
    "%%html in a cell before": Way(("%%html\n<b>hello</b>", PLUS)),
    "%cd": Way("import os\nhome = os.getcwd()\nos.makedirs('folder', exist_ok=True)\n%cd folder\nassert os.getcwd() != home\n%cd ..\n" + PLUS),
    "%env and %pwd": Way("%env MODE=fast\nhere = %pwd\nassert isinstance(here, str)\n" + PLUS),
    "%who and %reset_selective": Way("%who\nunused = 3\n%reset_selective -f unused\n" + PLUS),
    "help with a question mark": Way("np.sum?\nlen??\n" + PLUS),
    "%%writefile and import": Way(("%%writefile helpers.py\ndef plus(x):\n    return x + 1", "import helpers\ndef f(x):\n    return helpers.plus(x)")),
    "%%writefile twice": Way(("%%writefile again.py\nstep = 9", "import again\nfrom importlib import reload", "%%writefile again.py\nstep = 1", "reload(again)\ndef f(x):\n    return x + again.step")),
    "%run": Way(("%%writefile script.py\nSTEP = 1", "%run script.py\ndef f(x):\n    return x + STEP")),
    "an import when it is called": Way(("%%writefile late.py\nstep = 1", "def f(x):\n    from late import step\n    return x + step")),
    "files of its own": Way("np.savetxt('own.txt', [1.0])\nnp.save('own.npy', np.ones(1))\nopen('own.csv', 'w').write('1')\ndef f(x):\n    return x + int(np.loadtxt('own.txt')) * int(np.load('own.npy')[0]) * int(open('own.csv').read())"),
    "files in a test": Way("import tempfile, pathlib, json, pickle\ndef f(x):\n    with tempfile.TemporaryDirectory() as d:\n        path = pathlib.Path(d) / 'x.json'\n        path.write_text(json.dumps({'x': x + 1}))\n        pickle.loads(pickle.dumps(path))\n        return json.loads(path.read_text())['x']"),
    "a plot": Way("import matplotlib.pyplot as plt\nplt.style.use('ggplot')\nfig, ax = plt.subplots()\nax.plot([1, 2])\nax.set_title('$x^2$')\nplt.tight_layout()\nplt.savefig('figure.png')\nplt.show()\n" + PLUS),
    "a plot in the function": Way("import matplotlib.pyplot as plt\ndef f(x):\n    plt.figure()\n    plt.semilogy([1, 10])\n    plt.show()\n    plt.close('all')\n    return x + 1"),
    "display": Way("from IPython.display import display, Markdown, HTML, clear_output\ndisplay(Markdown('**x**'), HTML('<b>x</b>'), np.ones(2))\nclear_output(wait=True)\n" + PLUS),
    "display without an import": Way("display(np.ones(2))\n" + PLUS),
    "a progress bar": Way("from tqdm import tqdm, trange\nfor _ in trange(3):\n    pass\ndef f(x):\n    for _ in tqdm(range(2)):\n        pass\n    return x + 1"),
    "a progress bar of notebooks": Way("from tqdm.auto import tqdm as bar\ndef f(x):\n    for _ in bar(range(2)):\n        pass\n    return x + 1"),
    "logging": Way("import logging\nlogging.basicConfig(level=logging.DEBUG)\nlog = logging.getLogger('mine')\ndef f(x):\n    log.warning('x %s', x)\n    return x + 1"),
    "warnings": Way("import warnings\nwarnings.filterwarnings('ignore')\ndef f(x):\n    warnings.warn('careful')\n    return x + 1"),
    "warnings as errors elsewhere": Way("import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('error')\n    try:\n        np.array([1.0]) / 0\n    except RuntimeWarning:\n        pass\n" + PLUS),
    "await": Way("import asyncio\nawait asyncio.sleep(0)\n" + PLUS),
    "asyncio inside": Way("import asyncio\nasync def soon(x):\n    await asyncio.sleep(0)\n    return x + 1\ndef f(x):\n    return asyncio.run(soon(x))"),
    "time and date": Way("import time, datetime\nstart = time.perf_counter()\ndef f(x):\n    time.sleep(0.001)\n    assert datetime.datetime.now().year > 2000\n    return x + 1"),
    "an error in a cell before": Way(("1 / 0", PLUS)),
    "an answer asked for": Way(("name = input('Your name? ')", PLUS)),
    "an exit in a cell before": Way(("import sys\nsys.exit()", PLUS)),
    "a semicolon and the last value": Way(PLUS + "\nf(1);"),
    "signals and atexit": Way("import atexit\natexit.register(print, 'bye')\n" + PLUS),
    "os.environ": Way("import os\nos.environ['OMP_NUM_THREADS'] = '4'\nos.environ.setdefault('SEED', '1')\ndef f(x):\n    return x + int(os.environ['SEED'])"),
    "sys.path": Way("import sys\nsys.path.append('..')\nsys.setrecursionlimit(5000)\n" + PLUS),
    "print options": Way("np.set_printoptions(precision=3, suppress=True)\nprint(np.array([1.23456]))\n" + PLUS),
}  # fmt: skip

GROUPS = {
    "Python": PYTHON,
    "NumPy": NUMPY,
    "handed functions": CALLBACKS,
    "processes": {
        name: Way(way.answer, "assert f([1, 2, 3]) == [1, 4, 9]", SQUARES)
        for name, way in PROCESSES.items()
    },
    "notebooks": NOTEBOOK,
}
LIMITS = Limits(cell_seconds=60, test_seconds=60)


def _numbered(text: str, number: int) -> str:
    """The text with ``f`` called after its question."""
    return re.sub(r"\bf\b(?![\"'])", f"f{number:03}", text)


@cache
def graded(group: str) -> dict[str, TestVerdict]:
    """The verdicts on all ways of a group, by name."""
    before = given("import numpy as np\nfrom autograder.checks import reference")
    source: list[dict[str, Any]] = [before]
    handed_in = [given("import numpy as np")]
    for number, way in enumerate(GROUPS[group].values()):
        answer = way.answer if isinstance(way.answer, tuple) else (way.answer,)
        *earlier, last = (_numbered(part, number) for part in answer)
        source.append(solution(_numbered(way.reference, number), f"s{number}"))
        source.append(check(_numbered(way.test, number), f"t{number}"))
        handed_in += [plain(part) for part in earlier]
        handed_in.append(solution(last, f"s{number}"))
        handed_in += [plain(way.after)] if way.after else []
    result = grade(
        notebook(*source), notebook(*handed_in),
        student="student-01", assignment="honest", limits=LIMITS,
    )  # fmt: skip
    return {name: result.tests[f"t{n}"] for n, name in enumerate(GROUPS[group])}


@pytest.mark.parametrize(
    ("group", "name"), [(group, name) for group, ways in GROUPS.items() for name in ways]
)
def test_honest_ways_of_writing_keep_their_points(group: str, name: str) -> None:
    """Does this way of writing a right answer earn its point?"""
    verdict = graded(group)[name]
    assert (verdict.score, verdict.status, verdict.message) == (1.0, "passed", "")
