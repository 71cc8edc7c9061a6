"""Each test starts from the state after the notebook: nothing of an earlier test gets through."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from autograder.judge import grade
from autograder.sandbox import freshness, kernel
from autograder.sandbox.folders import Folders
from tests.autograder.courses import BRISK, check, given, notebook, solution

pytestmark = [
    pytest.mark.linux,
    pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's"),
]

TESTS = 3


def passed(answer: str, before: str = "import os") -> list[bool]:
    """Which of several tests see ``f`` forget what it was called with in the others."""
    tests = [check(f"assert f({n}) == []", f"test-{n}") for n in range(101, 101 + TESTS)]
    source = notebook(given(before), solution("def f(x):\n    return []"), *tests)
    handed_in = notebook(given(before), solution(answer), *tests)
    verdict = grade(source, handed_in, student="ada", assignment="small", limits=BRISK)
    assert verdict.status == "graded", verdict.reason
    return [bool(test.score) for test in verdict.tests.values()]


# Every answer returns what it has learned of other tests: an empty list is a fresh start.
CARRIERS = {
    "a thread that reads a pipe": """
import threading
def collect():
    while True:
        seen.append(int.from_bytes(os.read(reading, 8), "little"))
seen, (reading, writing) = [], os.pipe()
threading.Thread(target=collect, daemon=True).start()
def f(x):
    os.write(writing, x.to_bytes(8, "little"))
    return seen""",
    "a pipe": """
reading, writing = os.pipe()
os.set_blocking(reading, False)
def f(x):
    try:
        known = [os.read(reading, 8)]
    except BlockingIOError:
        known = []
    os.write(writing, b"%d" % x)
    return [str(k) for k in known]""",
    "shared memory": """
import mmap
shared = mmap.mmap(-1, 4096)
def f(x):
    known = [shared[0]] if shared[0] else []
    shared[0] = x % 256
    return known""",
    "a shared file": """
import mmap
open("note", "wb").write(bytes(4096))
shared = mmap.mmap(os.open("note", os.O_RDWR), 4096)
def f(x):
    known = [shared[0]] if shared[0] else []
    shared[0] = x % 256
    return known""",
    "a new file": """
def f(x):
    known = os.listdir(os.path.expanduser("~/work")) + os.listdir("/tmp")
    open(f"note-{x}", "w").close()
    return [name for name in known if "note" in name]""",
    "an old file": """
open("note", "w").close()
def f(x):
    known = open("note").read()
    open("note", "a").write(str(x))
    return known.split()""",
    "a hidden folder without rights": """
def f(x):
    known = [n for n in os.listdir(os.path.expanduser("~")) if "deep" in n]
    os.makedirs(os.path.expanduser(f"~/deep-{x}/er"))
    os.chmod(os.path.expanduser(f"~/deep-{x}"), 0)
    return known""",
    "a folder's time": """
os.mkdir("folder")
os.utime("folder", (1, 1))
def f(x):
    known = os.stat("folder").st_mtime
    os.utime("folder", (x, x))
    return [] if known == 1 else [known]""",
    "a file's position": """
open("zeros", "wb").write(bytes(4096))
zeros = open("zeros", "rb", buffering=0)
def f(x):
    known = zeros.tell()
    zeros.seek(x)
    return [known] if known else []""",
    "a background process": """
import socket
if os.fork() == 0:
    server, notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), []
    server.bind("/tmp/notes")
    while True:
        note, sender = server.recvfrom(64)
        server.sendto(repr(notes).encode(), sender)
        notes.append(int(note))
def f(x):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        try:
            client.bind(f"/tmp/{x}")
            client.sendto(b"%d" % x, "/tmp/notes")
            return eval(client.recv(999))
        except OSError:
            return []""",
    "a listening socket": """
import socket
server = socket.socket(socket.AF_UNIX)
server.bind("\\0notes")
server.listen()
server.setblocking(False)
def f(x):
    known = []
    try:
        while True:
            known.append(int(server.accept()[0].recv(8)))
    except OSError:
        pass
    client = socket.socket(socket.AF_UNIX)
    client.connect("\\0notes")
    client.send(b"%d" % x)
    return known""",
    "a signal to the notebook's process": """
import signal
seen, notebook = [], os.getpid()
signal.signal(signal.SIGUSR1, lambda *_: seen.append(1))
def f(x):
    os.kill(notebook, signal.SIGUSR1)
    return seen""",
    "waking the notebook's process": """
import signal, time
seen, notebook = [], os.getpid()
signal.signal(signal.SIGCONT, lambda *_: seen.append(1))
def f(x):
    os.kill(notebook, signal.SIGCONT)
    time.sleep(0.05)
    os.kill(notebook, signal.SIGSTOP)
    return seen""",
    "limits of the notebook's process": """
import resource
notebook = os.getpid()
def f(x):
    known = resource.getrlimit(resource.RLIMIT_STACK)
    try:
        resource.prlimit(notebook, resource.RLIMIT_STACK, (x * 4096, known[1]))
    except OSError:
        pass
    return [known] if known[0] in range(4096 * 101, 4096 * 200) else []""",
    "messages between processes": """
import ctypes
libc = ctypes.CDLL(None)
def f(x):
    queue = libc.msgget(7, 0o600)
    libc.msgget(7, 0o1600)
    return [] if queue < 0 else [queue]""",
    "a fork that shares its umask and folder": """
import ctypes, platform
libc = ctypes.CDLL(None)
forked = os.fork
def fork():
    child = libc.syscall(56 if platform.machine() == "x86_64" else 220, 0x200 | 17, 0, 0, 0, 0)
    return child if child >= 0 else forked()
os.fork = fork
def f(x):
    known = os.umask(x)
    return [] if known == 0o22 else [known]""",
}


@pytest.mark.parametrize("answer", CARRIERS.values(), ids=CARRIERS)
def test_nothing_is_carried_from_one_test_to_the_next(answer: str) -> None:
    """Does every test find what the notebook left, by whichever way another one leaves a note?"""
    assert passed(answer) == [True] * TESTS


# The notebook's process belongs to the student, and so does what it does instead of a fork.
HIJACKED = {
    "serves the tests itself": """
fork = os.fork
os.fork = lambda: 0
seen = []
def f(x):
    seen.append(x)
    return seen[:-1]""",
    "keeps the test's socket": """
import socket
kept, receive = [], socket.recv_fds
def keeping(*args):
    got = receive(*args)
    kept.extend(os.dup(n) for n in got[1])
    return got
socket.recv_fds = keeping
def f(x):
    known = []
    for number in kept[:-1]:
        try:
            known.append(len(os.read(number, 4096)))
        except OSError:
            pass
    return known""",
    "leaves a thread that forks": """
import threading, time
seen = []
def again():
    while True:
        time.sleep(0.01)
        if os.fork() == 0:
            time.sleep(60)
threading.Thread(target=again, daemon=True).start()
def f(x):
    return seen""",
}


@pytest.mark.parametrize("answer", HIJACKED.values(), ids=HIJACKED)
def test_a_process_that_does_not_fork_as_it_should_learns_nothing(answer: str) -> None:
    """Does a hijacked notebook process see at most the test that it spoils?"""
    tests = [check(f"assert f({n}) != []", f"test-{n}") for n in (101, 102)]
    source = notebook(given("import os"), solution("def f(x):\n    return [1]"), *tests)
    handed_in = notebook(given("import os"), solution(answer), *tests)
    verdict = grade(source, handed_in, student="ada", assignment="small", limits=BRISK)
    assert [test.score for test in verdict.tests.values()] == [0.0, 0.0]


HONEST = {
    "a pool of threads": """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(2)
list(pool.map(abs, [1, 2]))
def f(x):
    return [y for y in pool.map(abs, []) ]""",
    "a file left open": """
open("table", "w").write("1 2 3")
table = open("table")
def f(x):
    return [n for n in open("table").read().split() if int(n) > x]""",
    "a file written by every call": """
def f(x):
    with open("log", "a") as log:
        log.write(str(x))
    return []""",
}


@pytest.mark.parametrize("answer", HONEST.values(), ids=HONEST)
def test_honest_notebooks_keep_their_points(answer: str) -> None:
    """Do threads, open files and written files cost nothing?"""
    assert passed(answer) == [True] * TESTS


def test_folders_are_restored(tmp_path: Path) -> None:
    """Is what is new removed, and what is older reported where it is not as it was?"""
    folders = Folders(str(tmp_path), str(tmp_path))
    (tmp_path / "work" / "deep").mkdir(parents=True)
    (tmp_path / "work" / "old").write_text("x")
    before = folders.manifest()
    assert folders.restore(before)
    (tmp_path / "work" / "new").mkdir()
    (tmp_path / "work" / "new" / "file").touch()
    (tmp_path / "work" / "deep" / "link").symlink_to("/")
    (tmp_path / "work" / "deep").chmod(0o700)
    assert folders.restore(before)
    assert folders.manifest() == before
    (tmp_path / "work" / "old").write_text("y")
    assert not folders.restore(before)


def test_a_process_is_judged_by_what_it_shares(tmp_path: Path) -> None:
    """Is a plain process alone, and one with a pipe, a socket or shared memory not?"""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(reading, 1)
        os._exit(0)
    try:
        assert freshness.shares(child, "", [str(tmp_path)])
        state = freshness.stop(child, "", [str(tmp_path)], 0.0)
        assert state is not None
        assert not state.stopped  # it is, but it holds a pipe
        assert freshness.look(child, "", [str(tmp_path)]) == state
        freshness.go_on(child)
    finally:
        os.write(writing, b"x")
        os.waitpid(child, 0)
    assert freshness.stop(child, "", [], 0.0) is None


@pytest.mark.parametrize(("ended", "holds"), [(True, False), (False, True)])
def test_who_hides_may_hold_a_socket_and_who_has_ended_holds_none(ended: bool, holds: bool) -> None:
    """To another process of the same unprivileged user, whose descriptors neither of them shows?"""
    asking = os.fork()
    if asking == 0:
        answer = 2
        try:
            if os.geteuid() == 0:
                os.setresuid(*[65534] * 3)
            kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
            asked = os.fork()
            if asked == 0:
                while not ended:
                    time.sleep(1)
                os._exit(0)
            if ended:
                os.waitid(os.P_PID, asked, os.WEXITED | os.WNOWAIT)
            answer = int(freshness.holds(asked, "socket:[1]"))
            os.kill(asked, signal.SIGKILL)
        finally:
            os._exit(answer)
    assert os.waitstatus_to_exitcode(os.waitpid(asking, 0)[1]) == holds


def test_a_process_may_close_files_while_it_is_looked_at() -> None:
    """Is a process that opens and closes files without end stopped each time, and never missed?"""
    busy = os.fork()
    if busy == 0:
        while True:
            for pair in [os.pipe() for _ in range(20)]:
                for number in pair:
                    os.close(number)
    try:
        for _ in range(100):
            assert freshness.stop(busy, "socket:[1]", [], 0.0) is not None
            freshness.go_on(busy)
    finally:
        os.kill(busy, signal.SIGKILL)
        os.waitpid(busy, 0)
