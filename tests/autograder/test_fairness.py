"""A busy or meagre host costs nobody a point, and neither does a neighbour."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.batch import pool
from autograder.batch.grading import Graded, Task
from autograder.batch.workers import ExecutorPool, LocalPool, WorkerPool, closing
from autograder.course.folder import Submission
from autograder.errors import GraderError, HostTrouble, SubmissionError
from autograder.judge import grade
from autograder.judge.host import CRASHED, Host
from autograder.judge.process import in_own_process
from autograder.limits import Limits
from autograder.sandbox import parent, shares
from autograder.sandbox.client import Sandbox
from autograder.sandbox.clock import COMPUTING, WAITING, Account, Clock, NoVerdict, TooLong
from autograder.sandbox.metering import Usage
from autograder.sandbox.parent import OwnWarmParent, warm_parent
from autograder.sandbox.walls import Plan
from autograder.verdict import SubmissionVerdict
from tests.autograder.courses import check, notebook, outcome, solution, verdict
from tests.autograder.inside import printed
from tools import bench_fairness

pytestmark = pytest.mark.linux
BRIEF = Limits(cell_seconds=2, test_seconds=2)
ROOT = Path(__file__).parents[2]
# Uses so many processor seconds, however long that takes.
COMPUTE = (
    "import os, time\ndef compute(seconds):\n    until = time.process_time() + seconds\n"
    "    while time.process_time() < until:\n        pass\n"
)


# -- the clock -------------------------------------------------------------------------------


class Meter:
    """Says that each reading finds a little more of what a test wants."""

    def __init__(self, *, computed: float = 0.0, delayed: float = 0.0, ready: bool = False) -> None:
        self.step = Usage(computed, delayed, ready)
        self.readings = 0

    def __call__(self) -> Usage:
        self.readings += 1
        n = self.readings
        return replace(self.step, computed=n * self.step.computed, delayed=n * self.step.delayed)


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A socket on which nothing ever arrives, and a clock that looks often."""
    monkeypatch.setattr("autograder.sandbox.clock.SAMPLE_SECONDS", 0.005)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours


@pytest.mark.parametrize(
    ("meter", "how"),
    [(Meter(computed=0.1, ready=True), COMPUTING), (Meter(), WAITING)],
)
def test_computing_and_waiting_end_by_themselves(
    silent: socket.socket, meter: Meter, how: str
) -> None:
    """Does the clock tell a loop without end from a sleep without end?"""
    with pytest.raises(TooLong) as caught:
        Clock(meter, 0.3).wait(silent)
    assert caught.value.how == how


@pytest.mark.parametrize("meter", [Meter(ready=True), Meter(delayed=1.0)])
def test_what_the_host_holds_up_is_the_hosts_affair(silent: socket.socket, meter: Meter) -> None:
    """Is a process that could compute, and may not, told apart from one that does not want to?"""
    with pytest.raises(NoVerdict) as caught:
        Clock(meter, 0.02).wait(silent)
    assert isinstance(caught.value.trouble, HostTrouble)
    assert "too busy" in str(caught.value)


def test_an_answer_that_the_judge_reads_late_is_no_waiting(
    silent: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is the time in which the judge itself got no processor not laid to the student?"""
    monkeypatch.setattr("autograder.sandbox.clock.held_up", time.monotonic)
    with pytest.raises(NoVerdict, match="too busy"):
        Clock(Meter(), 0.02).wait(silent)


def test_an_interrupt_comes_first_and_then_the_end(silent: socket.socket) -> None:
    """Is a cell asked to stop, more than once, before it is ended?"""
    asked: list[str] = []
    clock = Clock(Meter(computed=0.1, ready=True), 0.3, interrupt=asked.append, grace=0.3)
    with pytest.raises(TooLong):
        clock.wait(silent)
    assert len(asked) > 1
    assert set(asked) == {COMPUTING}


def test_quick_answers_cost_no_reading() -> None:
    """Is the meter left alone where the answer is there at once?"""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"x")
        meter = Meter()
        Clock(meter, 60).wait(ours)
    assert meter.readings == 0


def test_all_cells_and_tests_together_have_a_limit(silent: socket.socket) -> None:
    """Is a submission of many long cells given up, and not graded rather than failed?"""
    account = Account(0.5)
    with pytest.raises(NoVerdict) as caught:
        Clock(Meter(computed=0.2, ready=True), 60, account=account).wait(silent)
    assert isinstance(caught.value.trouble, SubmissionError)


# -- what counts as computing --------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("while True: pass", "2 seconds of computing"),
        ("time.sleep(60)", "waited for 2 seconds"),
        ("import threading; threading.Event().wait()", "waited for 2 seconds"),
        ("os.read(os.pipe()[0], 1)", "waited for 2 seconds"),
        ("os.fork() or compute(60)\n    os.wait()", "2 seconds of computing"),
        (
            "import signal\n    signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
            "    while True:\n        os.fork() or (compute(0.3), os._exit(0))\n"
            "        time.sleep(0.3)",
            "2 seconds",
        ),
    ],
)
def test_a_test_that_takes_too_long_says_with_what(code: str, says: str) -> None:
    """Is the time of children counted, and waiting told from computing?"""
    result = outcome(f"{COMPUTE}def f(x):\n    {code}", "assert f(1) == 2", limits=BRIEF)
    assert (result.score, result.status) == (0.0, "timeout")
    assert says in result.message


@pytest.mark.parametrize("code", ["time.sleep(60)", "while True: pass"])
def test_an_interrupted_cell_keeps_what_it_defined(code: str) -> None:
    """Is the function above a sleep or a loop without end still worth its point?"""
    answer = f"import time\ndef f(x):\n    return x + 1\nprint('so far')\n{code}"
    result = verdict(answer, "assert f(1) == 2", limits=BRIEF)
    assert result.score == 1.0
    assert result.outputs[1].text == "so far\n"
    assert "more than 2 seconds" in result.outputs[1].error


def test_a_slow_fork_is_no_crash() -> None:
    """Does a process that takes long to fork keep its points?"""
    answer = (
        f"{COMPUTE}os.register_at_fork(before=lambda: compute(1.2))\ndef f(x):\n    return x + 1"
    )
    assert outcome(answer, "assert f(1) == 2").score == 1.0


# -- neighbours ------------------------------------------------------------------------------

HONEST = f"{COMPUTE}def f(x):\n    compute(1.2)\n    return x + 1"
HOG = (
    "import os\ndef f(x):\n    for _ in range(44):\n        if os.fork() == 0:\n"
    "            while True: pass\n    while True: pass"
)
CLASS = notebook(
    solution("def f(x):\n    return x + 1"),
    check("### BEGIN HIDDEN TESTS\nassert f(1) == 2\n### END HIDDEN TESTS"),
)


@pytest.fixture
def busy_host() -> Iterator[None]:
    """Three processes for each core that never rest."""
    with bench_fairness.busy(3 * (os.cpu_count() or 1)):
        yield


def judged(answer: str, student: str = "student-01") -> SubmissionVerdict:
    limits = Limits(cell_seconds=3, test_seconds=3)
    return grade(
        CLASS, notebook(solution(answer)), student=student, assignment="busy", limits=limits
    )


@pytest.mark.usefixtures("busy_host")
def test_a_busy_host_costs_no_point() -> None:
    """Does work that needs a third of its time keep its points where it gets a tenth of a core?"""
    assert judged(HONEST).score == 1.0


def test_a_hog_costs_its_neighbour_nothing() -> None:
    """Does a submission of 44 busy loops hurt itself alone?"""
    with ThreadPoolExecutor(1) as beside:
        hog = beside.submit(subprocess.run, **hog_alone())
        assert judged(HONEST).score == 1.0
        assert hog.result().stdout == b"0.0"


def hog_alone() -> dict[str, Any]:
    """A run of another worker, as the pool has it, that grades the hog."""
    code = (
        "from tests.autograder.test_fairness import HOG, judged\n"
        "print(judged(HOG, 'hog').score, end='')"
    )
    command = [sys.executable, "-c", code]
    return {"args": command, "cwd": ROOT, "stdout": subprocess.PIPE, "check": True}


def test_a_sandbox_keeps_to_its_share() -> None:
    """Can the student's code neither leave its processor nor go before the judges?"""
    code = """
    import multiprocessing, os
    assert os.getpriority(os.PRIO_PROCESS, 0) > 0
    if os.cpu_count() > 1:
        assert len(os.sched_getaffinity(0)) == 1
    assert multiprocessing.cpu_count() >= 1
    for attempt in (
        lambda: os.sched_setaffinity(0, range(os.cpu_count())),
        lambda: os.setpriority(os.PRIO_PROCESS, 0, 0),
        lambda: os.nice(-1),
        lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    ):
        try:
            attempt()
            print("could")
        except OSError:
            pass
    """
    assert printed(code, BRIEF) == ""


# -- what the host cannot give -----------------------------------------------------------------


def program(folder: Path, script: str) -> str:
    """What stands in the place of Python."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_parent_that_does_not_start_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Is a sandbox that hangs at its start an end with a reason, and no endless wait?"""
    monkeypatch.setattr(parent.sys, "executable", program(tmp_path, "exec sleep 600"))
    monkeypatch.setattr(parent, "START_SECONDS", 1)
    with pytest.raises(HostTrouble, match="no sign of life"):
        OwnWarmParent().await_warmth()


def test_a_judge_that_is_killed_is_no_verdict() -> None:
    """Is a judge that the kernel ended for memory the host's trouble?"""
    with pytest.raises(HostTrouble, match="SIGKILL"):
        in_own_process(lambda: os.kill(os.getpid(), 9), Limits())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EMFILE, errno.EAGAIN, errno.ENOMEM])
def test_a_judge_that_the_host_gives_nothing_is_no_verdict(number: int) -> None:
    """Is a full disk, or a full table of files, the host's trouble?"""

    def want() -> None:
        raise OSError(number, os.strerror(number))

    answer = in_own_process(want, Limits())
    assert answer == {
        "error": "HostTrouble",
        "text": f"the judge could not go on: {os.strerror(number)}",
    }


def test_a_judge_that_computes_without_end_is_ended() -> None:
    """Does the judge's own computing have a limit that a busy host does not shorten?"""

    def endless() -> None:
        while True:
            pass

    answer = in_own_process(endless, Limits(submission_seconds=1))
    assert answer == "not judged within 1 seconds of computing"


@pytest.mark.parametrize(("files", "failure", "trouble"), [
    ({}, "MemoryError: ", ""),
    ({}, CRASHED, ""),
    ({"vmstat": "oom_kill 1\n"}, CRASHED, "memory"),
    ({"vmstat": "oom_kill 1\n"}, "MemoryError: ", "memory"),
    ({"vmstat": "oom_kill 1\n"}, "ValueError: wrong", ""),
    ({"sys/vm/overcommit_memory": "2\n"}, "MemoryError: ", "memory"),
    ({"sys/vm/overcommit_memory": "2\n"}, "TypeError: ", ""),
    ({"loadavg": "9 9 9 1/990 7\n"}, "BlockingIOError: ", "processes"),
    ({"loadavg": "9 9 9 1/990 7\n"}, "RuntimeError: can't start new thread", "processes"),
    ({"loadavg": "9 9 9 1/990 7\n"}, "RuntimeError: my own", ""),
    ({"loadavg": "9 9 9 1/90 7\n"}, "BlockingIOError: ", ""),
])  # fmt: skip
def test_a_shortage_is_believed_of_the_host_alone(
    tmp_path: Path, files: dict[str, str], failure: str, trouble: str
) -> None:
    """Is a failure the host's only where the host itself shows the want?"""
    plenty = {
        "vmstat": "oom_kill 0\n", "loadavg": "0 0 0 1/9 7\n", "sys/kernel/pid_max": "1000\n",
        "sys/kernel/threads-max": "1000\n", "sys/vm/overcommit_memory": "0\n",
        "meminfo": "CommitLimit: 1000 kB\nCommitted_AS: 999 kB\n",
    }  # fmt: skip
    write_all(tmp_path, plenty)
    host = Host(Limits(processes=1), proc=tmp_path)
    write_all(tmp_path, files)
    if not trouble:
        host.check(failure)
        return
    with pytest.raises(HostTrouble, match=trouble):
        host.check(failure)


def write_all(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        ("import os\ndef f(x):\n    os.kill(os.getpid(), 9)", "assert f(1) == 2"),
        (
            "import os\ndef f(x):\n    os.kill(os.getpid(), 9)",
            "try:\n    f(1)\nexcept BaseException:\n    pass",
        ),
        ("def f(x):\n    raise MemoryError", "assert f(1) == 2"),
        ("import os\nos.kill(os.getpid(), 9)", "assert 1 == 1"),
    ],
)
def test_what_dies_while_memory_runs_out_is_not_graded(
    monkeypatch: pytest.MonkeyPatch, answer: str, test: str
) -> None:
    """Is a process that the kernel killed for memory nobody's wrong answer?"""
    kills = iter(range(99))
    monkeypatch.setattr(Host, "_killed_for_memory", lambda _: next(kills))
    with pytest.raises(HostTrouble, match="out of memory"):
        verdict(answer, test, limits=BRIEF)


@pytest.mark.parametrize(
    "test", ["assert f(1) == 2", "try:\n    f(1)\nexcept Exception:\n    pass"]
)
def test_a_sandbox_that_is_gone_is_not_graded(monkeypatch: pytest.MonkeyPatch, test: str) -> None:
    """Is a keeper that was killed no failed test, and none that was waiting for an error?"""

    def gone(self: Sandbox) -> None:
        raise HostTrouble("the sandbox was killed")

    monkeypatch.setattr(Sandbox, "fork_test", gone)
    with pytest.raises(HostTrouble, match="was killed"):
        outcome("def f(x):\n    return 2", test)


ORDINARY = """
import os, sys
from pathlib import Path
from autograder.sandbox import kernel

# Where the interpreter lies in a private home, let this process see that home as a public one.
private = [p for p in Path(sys.base_prefix).parents if not p.stat().st_mode & 1]
if os.geteuid() == 0:
    if private:
        kernel.unshare(kernel.CLONE_NEWNS)
        kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
        kernel.mount(sys.base_prefix, "/mnt", None, kernel.MS_BIND | kernel.MS_REC)
        kernel.mount("tmpfs", str(private[-1]), "tmpfs", 0, "mode=755")
        os.makedirs(sys.base_prefix, 0o755)
        kernel.mount("/mnt", sys.base_prefix, None, kernel.MS_BIND | kernel.MS_REC)
    os.setgroups([])
    os.setgid(54_321)
    os.setuid(54_321)
os.execv(sys.executable, [sys.executable, "-c", *sys.argv[1:]])
"""
MANY = """
import subprocess, sys
from autograder.limits import Limits
from autograder.sandbox.client import Sandbox
from autograder.sandbox.walls import Plan
others = [subprocess.Popen(["sleep", "60"]) for _ in range(80)]
cell = (
    "import os, threading\\nchild = os.fork()\\nif not child:\\n    os._exit(0)\\n"
    "print(os.waitpid(child, 0)[1])\\nthreading.Thread(target=print, args=('thread',)).start()"
)
try:
    with Sandbox(Plan(namespaces=sys.argv[1] == "True"), Limits(processes=40)) as sandbox:
        (output,) = sandbox.run_notebook([(0, cell)])
        sandbox.fork_test()
    print(output.text, output.error)
finally:
    for other in others:
        other.kill()
"""


@pytest.mark.parametrize("namespaces", [True, False])
def test_a_user_with_many_processes_can_grade(tmp_path: Path, namespaces: bool) -> None:
    """Does an ordinary user's session, full of other processes, leave the sandbox its own?"""
    tmp_path.chmod(0o777)
    done = subprocess.run(
        [sys.executable, "-c", ORDINARY, MANY, str(namespaces)],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.stdout.split() == ["0", "thread"], done.stderr


def test_a_fork_bomb_is_counted_where_the_kernel_does_not() -> None:
    """Is a bomb bounded where the kernel's own count would be the whole session's?"""
    code = """
    import os, time
    for _ in range(100):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    for _ in range(80):  # as many as the limit allows may live on
        os.wait()
    """
    with Sandbox(Plan(namespaces=False), Limits(processes=20)) as sandbox:
        (output,) = sandbox.run_notebook([(0, textwrap.dedent(code))])
        assert sandbox.cause() == ": it used more than 20 processes"
    assert not output.error


def test_parents_share_the_processors_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has each parent a processor, as few others as can be on it, and is one free at its end?"""
    monkeypatch.setattr(shares, "CLAIMED", f"of-a-test-{os.getpid()}")
    numbers = sorted(os.sched_getaffinity(0))
    if len(numbers) == 1:
        assert shares.claim_core() is None
        return
    code = (
        "import sys; from autograder.sandbox import shares; shares.CLAIMED = sys.argv[1]\n"
        "core = shares.claim_core(); print(core.number, flush=True); input()"
    )
    owners = [
        subprocess.Popen(
            [sys.executable, "-c", code, shares.CLAIMED],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in numbers
    ]  # fmt: skip
    taken = [int(owner.stdout.readline()) for owner in owners if owner.stdout]
    assert sorted(taken) == numbers
    held = [shares.claim_core() for _ in numbers]
    assert [core.number for core in held if core] == numbers
    owners[1].communicate(b"\n")
    last = shares.claim_core()
    assert last is not None
    assert last.number == taken[1]
    for owner in owners[:1] + owners[2:]:
        owner.communicate(b"\n")
    for core in [*held, last]:
        if core is not None:
            core.claim.close()


# -- again, alone --------------------------------------------------------------------------------


class Answers:
    """Stands for the judge: what it answers to each student, first and second time."""

    def __init__(self, **answers: list[str]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, task: Task, student: str) -> Graded:
        self.asked.append(student)
        answer = self.answers[student].pop(0)
        if answer != "graded":
            raise HostTrouble(answer)
        return Graded(SubmissionVerdict(student, "graded"))


def test_what_the_host_held_up_is_judged_again_alone_and_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Does a second try follow when all others are done, and a reason only after that?"""
    answers = Answers(
        ann=["too busy", "graded"], bob=["too busy", "still too busy"], cem=["graded"]
    )
    monkeypatch.setattr(pool, "grade_handed_in", answers)
    made: list[int] = []

    def counting(workers: int) -> WorkerPool:
        made.append(workers)
        return ExecutorPool(ThreadPoolExecutor(workers))

    task = Task("ps1", "hills", "{}", '{"cells": []}', Limits(), Path())
    submissions = [Submission(student, Path()) for student in ("ann", "bob", "cem")]
    jobs = [pool.Job(task, submission, only_the_name) for submission in submissions]
    verdicts = {
        job.submission.student: graded.verdict for job, graded in pool.grade_all(jobs, 2, counting)
    }
    assert made == [2, 1, 1]
    assert sorted(answers.asked[3:]) == ["ann", "bob"]
    assert verdicts["ann"].status == verdicts["cem"].status == "graded"
    assert (verdicts["bob"].status, verdicts["bob"].reason) == ("not graded", "still too busy")
    assert verdicts["bob"].score is None


def only_the_name(submission: Submission) -> Any:
    """As much of a submission as the stand-in looks at."""
    return submission.student


# -- one warm parent for all workers of a machine -------------------------------------------------


def asked_inside(text: str) -> tuple[int, int, str]:
    """What a sandbox of this worker prints: (worker, warm parent, text)."""
    with Sandbox(Plan(), Limits()) as sandbox:
        (output,) = sandbox.run_notebook([(0, f"print({text!r}, end='')")])
    time.sleep(0.5)  # so that each worker gets one question
    return os.getpid(), warm_parent().process, output.text


def test_workers_share_a_warm_parent_and_outlive_it() -> None:
    """Do two workers fork from one parent, and from their own when that was killed?"""
    workers = LocalPool(2)
    with closing(workers):
        asked = [workers.submit(asked_inside, text) for text in ("a", "b")]
        (one, shared, said), (other, same, echoed) = (future.result() for future in asked)
        assert (said, echoed) == ("a", "b")
        assert one != other
        assert shared == same == workers.warm.process
        workers.warm.close()
        _, own, again = workers.submit(asked_inside, "c").result()
        assert own != shared
        assert again == "c"


def test_a_parent_that_ends_at_once_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Is its last word told, and does a worker that finds nobody behind the door know it?"""
    broken = program(tmp_path, "echo 'no numpy here' >&2\nexit 1")
    monkeypatch.setattr(parent.sys, "executable", broken)
    ended = OwnWarmParent()
    assert ended.door().enter() is None
    with pytest.raises(GraderError, match="did not start: no numpy here"):
        ended.await_warmth()
    ended.close()
