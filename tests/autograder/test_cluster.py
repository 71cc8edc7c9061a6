"""A scheduler and workers as processes of their own, with nothing in common but a network."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pytest

from autograder.batch import seats
from autograder.batch.cluster import Cluster, ClusterPool
from autograder.batch.fingerprint import difference, grader
from autograder.batch.seats import Answer, Errand, dismiss, serve
from autograder.batch.workers import checked_workers
from autograder.errors import GraderError, HostTrouble
from tests.autograder.classroom import Classroom, cell, notebook

pytestmark = pytest.mark.linux
needs_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="needs Dask's distributed")

PATIENCE = 300
HOLD = "LOSSLAND_TEST_HOLD"
# A judge that finds the variable in its machine's environment never ends with a student's work.
HOLDING = f"""assert isinstance(who(), str)
### BEGIN HIDDEN TESTS
import os, pathlib, time
place = os.environ.get({HOLD!r})
while place and who() != "the reference":
    pathlib.Path(place).touch()
    time.sleep(0.05)
### END HIDDEN TESTS"""
TEST = "assert slope(1) == 2\n### BEGIN HIDDEN TESTS\nassert slope(31) == 62\n### END HIDDEN TESTS"
ANSWERS = {
    "student-01": "return 2 * x",
    "student-02": "return x + 1",
    "student-03": "return x + x",
    "student-04": "raise ValueError(x)",
    "student-05": "return 2.0 * x",
    "student-06": "return None",
}


def made(who: str, slope: str) -> dict[str, Any]:
    """The source notebook, or what somebody hands in."""
    return notebook(
        cell("code", f"def who():\n    return {who!r}", "who", solution=True),
        cell("code", HOLDING, "test_who", grade=True, locked=True, points=1),
        cell("code", f"def slope(x):\n    {slope}", "slope", solution=True),
        cell("code", TEST, "test_slope", grade=True, locked=True, points=2),
    )


def await_it(there: Callable[[], bool], *alive: subprocess.Popen[Any]) -> None:
    """Until something is there; the test fails when a process that has to bring it is gone."""
    deadline = time.monotonic() + PATIENCE
    while not there():
        for process in alive:
            assert process.poll() is None, f"{process.args} ended"
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Network:
    """A scheduler and its workers; each process has a home and folders of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.course = root / "course"
        self.ends = contextlib.ExitStack()
        self.room = Classroom(self.course, made("the reference", "return 2 * x"))
        for student, answer in ANSWERS.items():
            self.room.hand_in(student, made(student, answer))
        self.room.hand_in("student-07", b'{"cells": [')
        shutil.copytree(self.course, root / "local")

    def open(self) -> Network:
        """Start the scheduler."""
        told = self.root / "scheduler.json"
        self.scheduler = self.start(
            "scheduler", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
            "--dashboard-address", ":0", "--no-dashboard", "--scheduler-file", str(told),
        )  # fmt: skip
        await_it(lambda: b"}" in _content(told), self.scheduler)
        self.address = json.loads(told.read_text())["address"]
        return self

    def start(
        self, name: str, module: str, *arguments: str, hidden: bool = False, **variables: str
    ) -> subprocess.Popen[bytes]:
        own = self.root / name
        for folder in ("work", "home", "tmp"):
            (own / folder).mkdir(parents=True)
        places = {"HOME": str(own / "home"), "TMPDIR": str(own / "tmp")}
        log = self.ends.enter_context((own / "log").open("wb"))
        process = subprocess.Popen(
            [*(self.without_the_course() if hidden else []), sys.executable, "-m", module,
             *arguments],
            cwd=own / "work", env={**os.environ, **places, **variables}, stdout=log, stderr=log,
        )  # fmt: skip
        self.ends.callback(_end, process)
        return process

    def without_the_course(self) -> list[str]:
        """A command in front of another one: that finds an empty folder where the course lies."""
        if os.geteuid() != 0:
            return []
        return [
            "unshare", "--mount", "--propagation", "private", "sh", "-c",
            'mount -t tmpfs none "$0" && exec "$@"', str(self.root / "course"),
        ]  # fmt: skip

    def worker(self, name: str, *options: str, **variables: str) -> subprocess.Popen[bytes]:
        """A worker that has told the scheduler that it is there."""
        process = self.start(
            name, "distributed.cli.dask_worker", self.address, "--name", name, "--nthreads", "1",
            "--dashboard-address", ":0", "--no-dashboard", *options, hidden=True, **variables,
        )  # fmt: skip
        log = self.root / name / "log"
        await_it(lambda: b"Registered to:" in log.read_bytes(), process)
        return process

    def grade(self, *options: str, course: str = "course") -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "autograder", "grade", "ps1", *options]
        return subprocess.Popen(
            [*command, "--course", str(self.root / course)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def verdicts(self, *options: str, course: str = "course") -> subprocess.Popen[str]:
        return self.grade(*options, "--out", str(self.root / f"{course}.json"), course=course)

    def read(self, course: str) -> Any:
        data = json.loads((self.root / f"{course}.json").read_text())
        for submission in data["submissions"]:
            del submission["seconds"]
        return data


def _content(path: Path) -> bytes:
    return path.read_bytes().rstrip()[-1:] if path.exists() else b""


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    made = Network(tmp_path)
    with made.ends:
        yield made.open()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


@needs_dask
def test_a_class_on_machines_of_which_one_is_lost(network: Network) -> None:
    """Has everybody the verdict of a run at home, though a worker is killed at its work?"""
    held = network.root / "holds"
    doomed = network.worker("doomed", "--no-nanny", **{HOLD: str(held)})
    away = network.verdicts("--scheduler", network.address)
    await_it(held.exists, doomed, away)  # it is the only one, so a student's test is its own
    safe = network.worker("safe", "--nanny")
    if os.geteuid() == 0:
        assert "submitted" in os.listdir(network.course)
        for worker in (doomed, safe):
            assert os.listdir(f"/proc/{worker.pid}/root{network.course}") == []
    below = psutil.Process(doomed.pid).children(recursive=True)
    assert _warm(doomed.pid)
    doomed.kill()
    doomed.wait()
    assert ended(network.verdicts("--workers", "1", course="local"))[0] == 0
    status, out, err = ended(away)
    assert (status, err) == (0, "")
    assert "ps1: 6 graded, 1 not graded" in out
    far, near = network.read("course"), network.read("local")
    assert far == near
    scores = [submission["score"] for submission in far["submissions"]]
    assert scores == [3.0, 1.0, 3.0, 1.0, 3.0, 1.0, None]
    assert psutil.wait_procs(below, timeout=PATIENCE)[1] == []
    # The processes beneath the other worker end with the run, and the worker does not.
    await_it(lambda: not _warm(safe.pid), safe)


def _warm(worker: int) -> list[int]:
    """The processes below a worker that sandboxes are forked from."""
    found = []
    for process in psutil.Process(worker).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if any("autograder.sandbox.warm" in part for part in process.cmdline()):
                found.append(process.pid)
    return found


@needs_dask
def test_another_grader_and_a_lost_scheduler(network: Network) -> None:
    """Is a worker of another version named, a scheduler that goes told, and nothing graded?"""
    other = network.root / "other"
    shutil.copytree(Path(seats.__file__).parents[1], other / "autograder")
    with (other / "autograder" / "limits.py").open("a") as file:
        file.write("# a correction\n")
    path = os.pathsep.join([str(other), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    odd = network.worker("odd", "--no-nanny", PYTHONPATH=path)
    status, _, err = ended(network.grade("--scheduler", network.address))
    assert status == 2
    assert err.startswith("autograder: the worker on ")
    assert "grades with another version: autograder " in err
    assert err.count("\n") == 1
    odd.kill()
    held = network.root / "holds"
    network.worker("holding", "--no-nanny", **{HOLD: str(held)})
    run = network.grade("--scheduler", network.address)
    await_it(held.exists, run)
    network.scheduler.kill()
    status, _, err = ended(run)
    assert status == 2
    assert err == (
        f"autograder: the scheduler {network.address} was lost; what is graded is stored, the "
        "same command goes on\n"
    )
    assert not any(row[0] for row in network.room.rows().values())


LINES = """
import sys
from autograder.batch import cluster
from autograder.cli import main
cluster.CONNECT_SECONDS = 0.2
grade = ["grade", "ps1", "--course", sys.argv[1], "--scheduler"]
for address in sys.argv[2:]:
    main([*grade, address])
main([*grade, "tcp://127.0.0.1:1", "--workers", "2"])
sys.modules["distributed"] = None
main([*grade, "tcp://127.0.0.1:1"])
"""


@needs_dask
def test_one_line_for_what_is_not_there(classroom: Classroom) -> None:
    """Is a scheduler that cannot be reached, or Dask that is missing, one clear line?"""
    classroom.hand_in("student-01")
    wrong = ["tcp://127.0.0.1:1", "nowhere", "ftp://x", "tcp://127.0.0.1:port"]
    done = subprocess.run(
        [sys.executable, "-c", LINES, str(classroom.root), *wrong],
        capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    lines = done.stderr.splitlines()
    assert len(lines) == len(wrong) + 2, done.stderr
    for address, line in zip(wrong, lines, strict=False):
        assert line.startswith(f"autograder: the scheduler {address} cannot be reached: start one")
    assert "--workers counts processes of this machine" in lines[-2]
    assert "--scheduler needs Dask" in lines[-1]
    assert "pip install 'lossland[grader,dask]'" in lines[-1]
    assert not (classroom.root / "verdicts").exists()


# What Dask says, without Dask --------------------------------------------------------------------


class Killed(Exception):
    """Several workers were lost with an errand."""


class Ended:
    """Dask's future of an errand that came to nothing."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def result(self) -> bytes:
        raise self.error


SAID: dict[str, tuple[BaseException, type[Exception], str]] = {
    "lost workers": (Killed(), HostTrouble, "the workers that judged this submission were lost"),
    "a lost scheduler": (CancelledError(), GraderError, "the scheduler tcp://x was lost; what is"),
    "no grader": (ModuleNotFoundError("No module named 'autograder'"), GraderError,
                  "a worker has no such grader (No module named 'autograder'): install the same"),
    "the grader's own fault": (KeyError("x"), KeyError, "x"),
}  # fmt: skip


@pytest.mark.parametrize("what", SAID, ids=lambda what: what.replace(" ", "-"))
def test_no_errand_is_lost_silently(what: str) -> None:
    """Is each end that an errand may come to told by its kind, and none a verdict?"""
    error, kind, told = SAID[what]
    cluster = Cluster.__new__(Cluster)
    cluster.address, cluster.killed = "tcp://x", Killed
    here: Future[Any] = Future()
    ClusterPool(cluster)._arrived(here, Ended(error))
    found = here.exception(timeout=PATIENCE)
    assert type(found) is kind
    assert told in str(found)


# A worker's end of it, without Dask --------------------------------------------------------------


def run(owner: str, call: Callable[..., Any], *arguments: Any, admission: Any = None) -> Answer:
    """An errand as Dask has it run: bytes in, bytes out."""
    packed = b"" if admission is None else pickle.dumps(admission)
    errand = Errand(owner, call, arguments, packed)
    answer: Answer = pickle.loads(serve(dict(grader()), b"", pickle.dumps(errand)))
    return answer


@pytest.fixture
def seat() -> Iterator[None]:
    """No process is left."""
    yield
    dismiss("me")


def test_a_process_that_dies_is_replaced(seat: None) -> None:
    """Is what kills its process twice told as the host's trouble, and the next errand run?"""
    answer = run("me", os._exit, 1)
    assert isinstance(answer.error, HostTrouble)
    assert "died, twice" in str(answer.error)
    first = run("me", os.getpid).value
    assert first != os.getpid()
    assert run("me", os.getpid).value == first, "it is kept"
    dismiss("me")
    assert run("me", os.getpid).value != first
    assert isinstance(run("me", checked_workers, 0).error, GraderError)


def test_another_run_s_process_is_left_alone(seat: None) -> None:
    """Does the end of a run end what it uses, and what waits, and nothing else?"""
    started = threading.Event()
    with ThreadPoolExecutor(1, initializer=started.set) as thread:
        busy = thread.submit(run, "me", time.sleep, PATIENCE)
        started.wait()
        await_it(lambda: any(seat._owner == "me" for seat in seats._Seat.taken))
        dismiss("somebody else")
        assert not busy.done()
        dismiss("me")
        assert "given up" in str(busy.result().error)


def test_a_machine_is_tried_out_before_its_first_errand(seat: None) -> None:
    """Is a machine that does not pass named, and what another one lacks told once?"""
    host = socket.gethostname()
    refused = run("me", os.getpid, admission=partial(checked_workers, 0))
    assert str(refused.error) == f"on {host}: --workers must be at least 1, not 0"
    assert refused.value is None
    lacking = partial(tuple, ["no walls"])
    assert run("me", os.getpid, admission=lacking).notes == (f"less isolation on {host}: no walls",)
    assert run("me", os.getpid, admission=lacking).notes == ()


def test_what_lies_on_a_worker_s_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Are home, folder and what it was told kept from students, and the root not?"""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv(seats.PRIVATE, os.pathsep.join(["/srv/course", "", "/"]))
    monkeypatch.chdir(tmp_path)
    assert seats.places_here() == ("/srv/course", str(tmp_path / "home"), str(tmp_path))


def test_graders_are_compared_part_by_part() -> None:
    """Is the first difference told in words?"""
    ours = {"Python": "3.11.2", "numpy": "2.4.6"}
    assert difference(ours, dict(ours)) == ""
    assert difference(ours, {**ours, "numpy": "1.26"}) == "numpy 1.26, not 2.4.6"
    assert difference(ours, {"Python": "3.11.2"}) == "numpy none, not 2.4.6"
    assert set(grader()) == {"Python", "numpy", "nbgrader", "autograder", "lossland"}
