"""What tests and tools start is gone with them."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time

import psutil
import pytest

from tools.common import ROOT
from tools.dependents import running

SLEEPS = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(3600)"]
STARTS = f"""
import subprocess
from tools.dependents import running
with running({SLEEPS!r}, stdout=subprocess.PIPE) as process:
    process.stdout.readline()
    print(process.pid, flush=True)
    input()
"""


@pytest.mark.linux
def test_a_killed_starter_leaves_nothing() -> None:
    """Does the process end when the one that started it is killed and can do nothing more?"""
    with subprocess.Popen(
        [sys.executable, "-c", STARTS], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout is not None
        started = psutil.Process(int(starter.stdout.readline()))
        assert started.is_running()
        starter.kill()
        with contextlib.suppress(psutil.NoSuchProcess):
            while started.status() != psutil.STATUS_ZOMBIE:  # nobody may be there to bury it
                time.sleep(0.01)


def test_the_end_of_the_block_is_the_end() -> None:
    """Is the process gone after its block, also when the block raises?"""

    def fail() -> None:
        with running(SLEEPS, stdout=subprocess.PIPE) as process:
            started.append(process)
            raise KeyError("something")

    started: list[subprocess.Popen[bytes]] = []
    with pytest.raises(KeyError):
        fail()
    assert started[0].returncode is not None
