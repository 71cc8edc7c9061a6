"""Memory is what is really used: shared pages count once, inherited ones not, hidden ones too."""

import sys

import pytest

from autograder.limits import Limits
from autograder.sandbox.client import Sandbox
from autograder.sandbox.walls import Plan
from tests.autograder.inside import printed

pytestmark = [
    pytest.mark.linux,
    pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc"),
]

LIMITS = Limits(cell_seconds=20, memory_mb=400)
USED = "it used more than 400 MB of memory"
# Writes one byte of each page. What is to be killed stays until it is, however late that may be.
FILL = """
import mmap, os, time
def fill(block, start, end):
    for at in range(start << 20, end << 20, 4096):
        block[at] = 1
"""
FORK = """
def in_forks(number, work, stay=1):
    children = []
    for n in range(number):
        child = os.fork()
        if child == 0:
            work(n)
            time.sleep(stay)
            os._exit(0)
        children.append(child)
    return {os.waitpid(child, 0)[1] for child in children}
"""
GREEDY = {
    "one shared mapping": "block = mmap.mmap(-1, 600 << 20)\nfill(block, 0, 600)\ntime.sleep(15)",
    "many shared mappings": "blocks = [mmap.mmap(-1, 50 << 20) for _ in range(12)]\n"
    "for block in blocks:\n    fill(block, 0, 50)\ntime.sleep(15)",
    "a shared mapping that only ended children have touched": FORK
    + "block = mmap.mmap(-1, 600 << 20)\nfor n in range(12):\n"
    "    if os.fork() == 0:\n        fill(block, 50 * n, 50 * n + 50)\n        os._exit(0)\n"
    "    os.wait()\ntime.sleep(15)",
    "a shared mapping of which one page is left": FORK
    + "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.mmap.restype = ctypes.c_void_p\n"
    "size = 600 << 20\nat = libc.mmap(None, ctypes.c_size_t(size), 3, 0x21, -1, 0)\n"
    "ctypes.memset(ctypes.c_void_p(at), 1, size)\ntime.sleep(0.3)\n"
    "libc.munmap(ctypes.c_void_p(at + 4096), ctypes.c_size_t(size - 4096))\ntime.sleep(15)",
    "private memory of a process that hides": "import ctypes\nctypes.CDLL(None).prctl(4, 0)\n"
    "block = bytearray(b'x') * (600 << 20)\ntime.sleep(15)",
    "shared memory of a process that hides": "import ctypes\nctypes.CDLL(None).prctl(4, 0)\n"
    "block = mmap.mmap(-1, 600 << 20)\nfill(block, 0, 600)\ntime.sleep(15)",
    "pages that forks have made their own": FORK + "import numpy as np\nblock = np.ones(20 << 20)\n"
    "in_forks(4, lambda n: block.fill(n), stay=15)\nos._exit(0) if os.path.exists('/no') else None",
}
MODEST = {
    "forks that read what their parent holds": FORK
    + "import numpy as np\nblock = np.ones(30 << 20)\n"
    "print(in_forks(4, lambda n: block.sum()))",
    "forks that share one mapping": FORK + "block = mmap.mmap(-1, 240 << 20)\nfill(block, 0, 240)\n"
    "print(in_forks(4, lambda n: sum(block[at] for at in range(0, 240 << 20, 4096))))",
    "address space that nothing lies in": "blocks = [mmap.mmap(-1, 100 << 20, flags=0x22) for _ in "
    "range(20)]\ntime.sleep(1)\nprint({0})",
    "a process that hides and takes little": "import ctypes\nctypes.CDLL(None).prctl(4, 0)\n"
    "block = bytearray(b'x') * (100 << 20)\ntime.sleep(1)\nprint({0})",
    "many threads": "import threading\nthreads = [threading.Thread(target=time.sleep, args=(1,)) "
    "for _ in range(40)]\n[t.start() for t in threads]\n[t.join() for t in threads]\nprint({0})",
}


@pytest.mark.parametrize("name", GREEDY)
def test_memory_is_counted_wherever_it_lies(name: str) -> None:
    """Is a process ended that takes more than its share, however it takes it?"""
    with Sandbox(Plan(), LIMITS) as sandbox:
        (output,) = sandbox.run_notebook([(0, FILL + GREEDY[name])])
        killed = sandbox.cause()
    assert USED in output.error + killed


@pytest.mark.parametrize("name", MODEST)
def test_shared_and_unused_memory_does_not_count_twice(name: str) -> None:
    """Does honest code keep its processes, whose sum alone looks like too much?"""
    assert printed(FILL + MODEST[name], LIMITS) == "{0}\n"


def test_no_memory_without_a_process() -> None:
    """Are the kinds of memory refused that no process of the submission would show?"""
    code = """
    import ctypes, os
    try:
        os.memfd_create("hidden")
        print("memfd")
    except OSError:
        pass
    if ctypes.CDLL(None).shmget(0, 1 << 20, 0o1600) >= 0:
        print("System V")
    """
    assert printed(code, LIMITS) == ""
