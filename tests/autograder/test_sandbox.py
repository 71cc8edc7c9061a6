"""The walls: what the student's code sees of the host, and what is left when it ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import psutil
import pytest

from autograder.errors import SandboxUnavailable
from autograder.frames import Hangup
from autograder.limits import Limits
from autograder.sandbox import landlock, seccomp
from autograder.sandbox.client import Sandbox
from autograder.sandbox.parent import warm_parent
from autograder.sandbox.walls import Plan

pytestmark = [
    pytest.mark.linux,
    pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's"),
]

LIMITS = Limits(cell_seconds=3)


def run(code: str, plan: Plan | None = None, limits: Limits = LIMITS) -> str:
    """What one cell prints, or its error."""
    with Sandbox(plan or Plan(), limits) as sandbox:
        (output,) = sandbox.run_notebook([(0, textwrap.dedent(code))])
    return output.text + output.error


@pytest.fixture(scope="module")
def walled() -> None:
    with Sandbox(Plan(), LIMITS) as sandbox:
        missing = sandbox.report.missing
    if missing:
        pytest.skip(f"this host gives no full sandbox: {'; '.join(missing)}")


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "gradebook.db"
    path.write_text("canary")
    os.environ["COURSE_TOKEN"] = "canary"
    yield path
    del os.environ["COURSE_TOKEN"]


@pytest.mark.usefixtures("walled")
class TestWalls:
    """With namespaces, as most Linux hosts give them."""

    def test_no_file_of_the_host_is_in_sight(self, secret: Path) -> None:
        """Are the course, the homes, and this very test out of sight?"""
        code = f"""
        import os
        for path in [{str(secret)!r}, {__file__!r}, "/etc/passwd", "/root", "/var", "/proc/1/root",
                     "/proc/1/environ", "/proc/1/mem", "/sys", "/dev/mem"]:
            try:
                os.listdir(path) if os.path.isdir(path) else open(path).read(1)
                print("saw", path)
            except OSError:
                pass
        """
        assert run(code) == ""

    def test_shared_memory_is_the_sandboxs_own(self) -> None:
        """Is the host's out of sight, and does what is written there count as in /tmp?"""
        mine = SharedMemory(create=True, size=64)  # as any program of the host has some
        code = f"""
        import os
        print(os.path.exists("/dev/shm/{mine.name}"), os.listdir("/dev/shm"))
        open("/dev/shm/written", "w").write("x")
        print(os.listdir("/tmp"))
        """
        try:
            assert run(code) == "False []\n['written']\n"
        finally:
            mine.close()
            mine.unlink()

    def test_nothing_can_be_written_but_home_and_tmp(self) -> None:
        """Is every other folder read-only, the libraries among them?"""
        code = """
        import numpy, os, sys
        for folder in ["/", "/usr", "/etc", "/dev", "/home", os.path.dirname(numpy.__file__),
                       sys.prefix, "/proc/sys/kernel"]:
            try:
                open(folder + "/written", "w")
                print("wrote", folder)
            except OSError:
                pass
        for folder in [os.path.expanduser("~"), "/tmp", "."]:
            open(folder + "/written", "w").write("x")
        """
        assert run(code) == ""

    def test_the_environment_holds_nothing_of_the_host(self, secret: Path) -> None:
        """Do no variables of the grader's environment come along?"""
        assert secret.exists()
        assert "canary" not in run(
            "import os; print(os.environ, open('/proc/self/environ').read())"
        )

    def test_no_network(self) -> None:
        """Does no connection leave, not even to this machine?"""
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            code = f"""
            import socket
            for family, address in [(socket.AF_INET, ("127.0.0.1", {port})),
                                    (socket.AF_INET, ("192.0.2.1", 80))]:
                try:
                    socket.socket(family, socket.SOCK_STREAM).connect(address)
                    print("connected", address)
                except OSError:
                    pass
            for family in (socket.AF_NETLINK, socket.AF_PACKET, 40, 38):
                try:
                    socket.socket(family, socket.SOCK_RAW if family == 17 else socket.SOCK_STREAM)
                    print("socket", family)
                except OSError:
                    pass
            """
            assert run(code) == ""

    def test_no_process_of_the_host_is_in_sight(self) -> None:
        """Can the student's code see, signal or trace nothing but its own?"""
        code = """
        import os, signal
        seen = [int(n) for n in os.listdir("/proc") if n.isdecimal()]
        assert max(seen) < 50, seen
        os.kill(1, signal.SIGKILL)
        os.kill(1, signal.SIGTERM)
        print(os.getppid(), os.getuid() == 1000, os.uname().nodename)
        """
        assert run(code) == "1 True sandbox\n"

    def test_no_way_to_more_privileges(self) -> None:
        """Do the calls that an escape would begin with answer no?"""
        code = """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        calls = {
            "unshare": lambda: libc.unshare(0x10000000),
            "mount": lambda: libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None),
            "ptrace": lambda: libc.ptrace(16, 1, 0, 0),
            "setuid": lambda: libc.setuid(0),
            "chroot": lambda: libc.chroot(b"/tmp"),
            "setns": lambda: libc.setns(0, 0),
            "mknod": lambda: libc.mknod(b"/tmp/disk", 0o60666, 0x800),
            "clone into a user namespace": lambda: libc.syscall(56, 0x10000011, 0, 0, 0, 0),
            "fork that shares folder and umask": lambda: libc.syscall(56, 0x211, 0, 0, 0, 0),
            "fork that shares open files": lambda: libc.syscall(56, 0x411, 0, 0, 0, 0),
            "fork that shares memory": lambda: libc.syscall(56, 0x111, 0, 0, 0, 0),
        }
        for name, call in calls.items():
            if call() >= 0:
                print("could", name)
        status = open("/proc/self/status").read()
        for line in ("NoNewPrivs:\\t1", "Seccomp:\\t2", "CapEff:\\t0000000000000000",
                     "CapBnd:\\t0000000000000000"):
            if line not in status:
                print("not", line)
        """
        assert run(code) == ""

    def test_a_fork_bomb_is_bounded(self) -> None:
        """Does a submission that forks without end hit its limit, and leave nothing?"""
        code = """
        import os, time
        count = 0
        try:
            while True:
                if os.fork() == 0:
                    time.sleep(60)
                    os._exit(0)
                count += 1
        except OSError:
            print(count < 64)
        """
        assert run(code) == "True\n"

    def test_disk_and_memory_are_bounded(self) -> None:
        """Do a huge file and a huge array fail inside, without harm outside?"""
        code = """
        import numpy as np
        try:
            with open("/tmp/huge", "wb") as huge:
                for _ in range(10_000):
                    huge.write(bytes(1 << 20))
        except OSError as error:
            print("file")
        try:
            np.ones(1 << 33)
        except MemoryError:
            print("memory")
        """
        assert run(code) == "file\nmemory\n"

    def test_memory_of_many_processes_is_bounded_together(self) -> None:
        """Are processes killed that together take more than one may?"""
        code = """
        import os, signal, time
        for _ in range(6):
            if os.fork() == 0:
                block = bytearray(os.urandom(1)) * (100 << 20)
                time.sleep(60)
        print({os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(6)})
        """
        assert run(code, limits=Limits(cell_seconds=20, memory_mb=300)) == "{-9}\n"

    def test_everything_started_is_dead_at_the_end(self) -> None:
        """Is nothing left of processes that detached themselves?"""
        marker = f"sleep 98.{os.getpid()}"
        code = f"""
        import os, subprocess
        for _ in range(5):
            subprocess.Popen({marker.split()!r}, start_new_session=True)
        if os.fork() == 0:
            os.setsid()
            if os.fork():
                os._exit(0)
            os.execvp("sleep", {marker.split()!r})
        """
        run(code)
        for _ in range(100):
            listed = processes()
            if marker not in listed:
                break
            time.sleep(0.02)
        assert marker not in listed

    def test_stray_processes_end_with_their_test(self) -> None:
        """Does a process that one test's child leaves behind end before the next test?"""
        with Sandbox(Plan(), LIMITS) as sandbox:
            sandbox.run_notebook([(0, "x = 1")])
            before = inside()
            connection = sandbox.fork_test()
            assert inside() > before
            connection.close()
            sandbox.sweep()
            assert inside() == before

    def test_data_files_are_shown_by_name_only(self, tmp_path: Path) -> None:
        """Is a data file there, the student's own copy, and nothing beside it?"""
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "a.txt").write_text("seen")
        (tmp_path / "hidden.txt").write_text("hidden")
        plan = Plan(files={"data": str(tmp_path / "data")})
        code = """
        import os
        print(os.listdir(), open("data/a.txt").read())
        print(open("data/a.txt", "w").write("mine"))
        """
        assert run(code, plan) == "['data'] seen\n4\n"
        assert (tmp_path / "data" / "a.txt").read_text() == "seen"


def inside() -> int:
    """How many processes there are below the warm parent, seen from outside."""
    time.sleep(0.05)
    below = psutil.Process(warm_parent().process).children(recursive=True)
    return sum(process.status() != psutil.STATUS_ZOMBIE for process in below)


def processes() -> str:
    """The command lines of all processes on this machine."""
    command = ["ps", "axwwo", "args"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_without_namespaces_the_other_walls_still_stand(secret: Path) -> None:
    """Where namespaces are refused: is the course still out of sight, and said what is missing?"""
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    with Sandbox(Plan(namespaces=False), LIMITS) as sandbox:
        assert any(line.startswith("namespaces") for line in sandbox.report.missing)
        code = f"open({str(secret)!r}).read()"
        (output,) = sandbox.run_notebook([(0, code)])
    assert "PermissionError" in output.error


def test_required_walls_that_are_missing_refuse() -> None:
    """Does --require-sandbox stop rather than grade behind fewer walls?"""
    with pytest.raises(SandboxUnavailable, match="namespaces"):
        Sandbox(Plan(namespaces=False), LIMITS, require=True)


def test_a_rerun_after_a_deadly_cell_starts_clean() -> None:
    """Do the cells around a deadly one run again from an empty folder?"""
    cells = [
        (0, "import os\nbefore = os.listdir()\nopen('left', 'w').write('x')"),
        (1, "os._exit(0)"),
        (2, "print(before, os.listdir())"),
    ]
    with Sandbox(Plan(), LIMITS) as sandbox:
        outputs = sandbox.run_notebook(cells)
    assert [bool(output.error) for output in outputs] == [False, True, False]
    assert outputs[2].text == "[] ['left']\n"


def test_too_many_deadly_cells_end_the_notebook_there() -> None:
    """Is a notebook full of deadly cells given up after a few, with all cells accounted for?"""
    cells = [(n, "import os; os._exit(0)") for n in range(8)]
    with Sandbox(Plan(), Limits(hard_failures=2)) as sandbox:
        outputs = sandbox.run_notebook(cells)
    assert [output.index for output in outputs] == list(range(8))
    assert outputs[1].error.startswith("The cell ended the process")
    assert outputs[7].error.startswith("Not run")


def test_a_sandbox_that_is_gone_says_so() -> None:
    """Is asking for a test's child after the end an error and no hang?"""
    sandbox = Sandbox(Plan(), LIMITS)
    sandbox.run_notebook([(0, "pass")])
    sandbox.close()
    with pytest.raises(Hangup):
        sandbox.fork_test()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_a_whole_program(machine: str) -> None:
    """Does every jump of the filter land inside it, and does it end in a return?"""
    program = seccomp.program(machine)
    steps = [program[i : i + 8] for i in range(0, len(program), 8)]
    assert len(program) % 8 == 0
    for place, step in enumerate(steps):
        code, if_true, if_false = int.from_bytes(step[:2], "little"), step[2], step[3]
        if code & 7 == 5:
            assert place + 1 + max(if_true, if_false) < len(steps)
    assert int.from_bytes(steps[-1][:2], "little") & 7 == 6
    with pytest.raises(OSError, match="not known"):
        seccomp.program("pdp11")


def test_letters_are_drawn_from_memory() -> None:
    """Can a notebook draw and save a figure with words, and no font is open before or after?"""
    said = run(
        """
        import io, os
        import matplotlib.pyplot as plt

        def fonts():
            opened = []
            for number in os.listdir("/proc/self/fd"):
                try:
                    opened.append(os.readlink(f"/proc/self/fd/{number}"))
                except OSError:
                    pass  # the listing's own
            return [name for name in opened if "fonts" in name]

        before = fonts()
        figure, axes = plt.subplots()
        axes.semilogy([1e-3, 1e3])
        axes.set(title="Größe, 10 < 20", xlabel="$\\eta_t$")
        sizes = []
        for kind in ("png", "pdf", "svg"):
            file = io.BytesIO()
            figure.savefig(file, format=kind)
            sizes.append(len(file.getvalue()) > 2000)
        plt.close("all")
        print(before, fonts(), sizes)
        """
    )
    assert said == "[] [] [True, True, True]\n"
