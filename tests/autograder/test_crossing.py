"""What cannot cross or cannot run says what and why; what runs apart stays in step."""

import numpy as np
import pytest

from autograder.checks import Counted
from autograder.sandbox.shell import not_run
from tests.autograder.courses import outcome, verdict
from tests.autograder.test_judge import RIGHT

HANDED = "def f(g):\n    return [g(1), g(2)]"
HANDED_TEST = "assert f(lambda x: x) == [1, 2]"


@pytest.mark.parametrize(
    ("answer", "test", "reference", "says"),
    [
        ("import multiprocessing as mp\ndef f(g):\n    with mp.Pool(1) as pool:\n"
         "        return pool.map(g, [1, 2])", HANDED_TEST, HANDED,
         "can be called in this process and its threads, not in a process of multiprocessing"),
        ("import multiprocessing as mp\ndef f(g):\n    def work(v):\n        queue.put(g(v))\n"
         "    queue = mp.Queue()\n    p = mp.Process(target=work, args=(1,))\n    p.start()\n"
         "    p.join()\n    if p.exitcode:\n        g.__reduce__()\n    return [1, 2]",
         HANDED_TEST, HANDED, "not in a process of multiprocessing"),
        ("async def f(x):\n    return x + 1", "assert f(1) == 2", RIGHT, "without `async`"),
        ("def f(x):\n    return {object()}", "assert f(1) == 2", RIGHT, "object of type object"),
    ],
)  # fmt: skip
def test_what_cannot_work_says_so(answer: str, test: str, reference: str, says: str) -> None:
    """Is there one clear line for what cannot cross or cannot run?"""
    result = outcome(answer, test, reference=reference)
    assert result.score == 0.0
    assert says in result.message


def test_a_question_to_the_user_says_that_nobody_answers() -> None:
    """Does input() end its cell at once, with what to do, and leave the other cells alone?"""
    result = verdict("n = input('How many?')\n" + RIGHT, "assert f(1) == 2")
    assert "write the value into the cell" in result.outputs[1].error


@pytest.mark.parametrize(
    ("shown", "command", "says"),
    [
        ("!ls -la", "ls -la", "`!ls -la` was not run: there is no shell while grading."),
        ("!pip install -q numpy", "pip install -q numpy", "installed already: numpy."),
        ("!pip install 'numpy>=1' foo==2", "pip install 'numpy>=1' foo==2",
         "installed already: numpy; not installed: foo, ask your instructor."),
        ("%conda install -y matplotlib", "conda install -y matplotlib", "already: matplotlib."),
        ("!" + "x" * 500, "x" * 500, "…` was not run"),
        ("!one\ntwo", "one\ntwo", "`!one` was not run"),
        ("!pip install ../../secret os;", "pip install ../../secret os;", "already: os."),
    ],
)  # fmt: skip
def test_a_shell_line_says_what_was_not_run(shown: str, command: str, says: str) -> None:
    """Is one line printed that names the command and the packages it asked for?"""
    line = not_run(shown, command)
    assert says in line
    assert len(line.splitlines()) == 1
    assert len(line) < 300


def test_a_shell_line_is_told_in_the_cells_output() -> None:
    """Does the reader of the notebook see which line did nothing, and that the rest ran?"""
    result = verdict("!pip install -q numpy\nprint('then this')\n" + RIGHT, "assert f(1) == 2")
    assert result.score == 1.0
    assert result.outputs[1].text.startswith("`!pip install -q numpy` was not run")
    assert "then this" in result.outputs[1].text


def test_a_file_beside_the_notebook_can_be_read() -> None:
    """Do np.loadtxt and an import find what lies beside the notebook, in a test as well?"""
    files = {"own.csv": b"1,2\n", "mine.py": b"step = 1\n"}
    answer = (
        "import mine\ndef f(x):\n    a, b = np.loadtxt('own.csv', delimiter=',')\n"
        "    return x + a * mine.step"
    )
    assert outcome(answer, "assert f(1) == 2", files=files).score == 1.0


def test_draws_in_threads_leave_the_generator_in_one_state() -> None:
    """Does a generator that the student's threads draw from come back as they left it?"""
    answer = (
        "import threading\ndef f(rng, g):\n    got = []\n"
        "    def draw():\n        got.append(g(rng.random()))\n"
        "    for _ in range(3):\n        t = threading.Thread(target=draw)\n        t.start()\n"
        "        t.join()\n    return got"
    )
    reference = "def f(rng, g):\n    return [g(rng.random()) for _ in range(3)]"
    test = (
        "one, two = np.random.default_rng(3), np.random.default_rng(3)\n"
        "assert f(one, lambda x: 2 * x) == reference.f(two, lambda x: 2 * x)\n"
        "assert one.random() == two.random()"
    )
    assert outcome(answer, test, reference=reference).score == 1.0


@pytest.mark.parametrize(
    "answer",
    [
        # a thread that goes on asking after the answer
        "import threading\ndef f(g):\n    def on():\n        while True:\n            g(0)\n"
        "    threading.Thread(target=on, daemon=True).start()\n    return [g(1), g(2)]",
        # threads that end in an error, or never
        "import threading\ndef f(g):\n    t = threading.Thread(target=lambda: g() + 1 / 0)\n"
        "    t.start()\n    t.join()\n    return [g(1), g(2)]",
        "import threading, time\ndef f(g):\n"
        "    threading.Thread(target=time.sleep, args=(99,)).start()\n    return [g(1), g(2)]",
    ],
    ids=["goes on", "fails", "sleeps"],
)
def test_threads_that_stay_behind_do_not_disturb_the_next_question(answer: str) -> None:
    """Do later questions of the same test get their own answers?"""
    test = "for _ in range(5):\n    assert f(lambda x=0: x) == [1, 2]"
    assert outcome(answer, test, reference=HANDED).score == 1.0


def test_counted_remembers_keywords_in_the_order_of_the_parameters() -> None:
    """Does a check see the same arguments, however the student's function names them?"""
    loss = Counted(lambda W, X, scale=1.0: scale * float((X @ W).sum()), "loss", like=np.ones(2))
    assert loss(X=np.ones((3, 2)), W=np.ones(2)) == 6.0
    assert [np.shape(part) for part in loss.arguments[0]] == [(2,), (3, 2)]
    assert loss(np.ones(2), X=np.ones((3, 2)), scale=2.0) == 12.0
    assert np.shape(loss.points[1]) == (2,)
    with pytest.raises(TypeError):
        loss(V=np.ones(2))
    assert loss.calls == 3


def test_a_module_that_the_student_writes_stays_the_students() -> None:
    """Is a module that the student writes imported by the student's process alone?"""
    hijack = "open('json.py', 'w').write('1/0')\nopen('select.py', 'w').write('1/0')\n" + RIGHT
    assert outcome(hijack, "assert f(1) == 2").score == 1.0
