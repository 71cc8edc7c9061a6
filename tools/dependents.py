"""Processes that end with the one that started them, even when that one is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

# Asked for in the new process, between fork and exec, with no thread of the caller about.
BIND = """
import ctypes, os, signal, sys
PR_SET_PDEATHSIG = 1
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
if os.getppid() != int(sys.argv[1]):  # it was gone before we asked
    os._exit(1)
os.execvp(sys.argv[2], sys.argv[2:])
"""


@contextmanager
def running(command: Sequence[str], **settings: Any) -> Iterator[subprocess.Popen[bytes]]:
    """The command, until the block ends; ``settings`` are those of ``subprocess.Popen``.

    On Linux the kernel kills it as soon as this thread is gone, however it went.
    """
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-c", BIND, str(os.getpid()), *command]
    with subprocess.Popen(command, **settings) as process:
        try:
            yield process
        finally:
            process.terminate()
