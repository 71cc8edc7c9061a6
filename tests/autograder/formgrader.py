"""A real Jupyter server with nbgrader's formgrader over a small course, for tests in a browser."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.batch.workers import ExecutorPool
from tools.dependents import running

TOKEN = "a-token-of-the-tests"
# What formgrader's page needs of MathJax, which comes from elsewhere, to start at all.
MATHJAX = "window.MathJax = {Hub: {Config() {}, Queue() {}, Startup: {signal: {Interest() {}}}}}"


class Here(Executor):
    """Does the work at once, in the main thread, where a time limit can stop it."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:
            done.set_exception(error)
        return done


def here(workers: int) -> ExecutorPool:
    return ExecutorPool(Here())


@contextmanager
def serving(course: Path, private: Path) -> Iterator[str]:
    """Serve a course folder; gives the server's address. ``private`` takes its settings."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")
    environment = {
        **os.environ,
        **{name: str(private / name.lower()) for name in folders},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    command = [
        sys.executable, "-m", "jupyter_server",
        "--allow-root", "--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", f"--ServerApp.root_dir={course}",
        f"--IdentityProvider.token={TOKEN}",
        "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}",
    ]  # fmt: skip
    with (
        (private / "server.log").open("wb") as log,
        running(command, cwd=course, env=environment, stdout=log, stderr=log) as process,
    ):
        _wait(address, process, private / "server.log")
        yield address


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers; it takes as long as the machine needs."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}api", timeout=60):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace"))


def submission_ids(course: Path) -> dict[str, str]:
    """student → formgrader's name for the submitted notebook."""
    with sqlite3.connect(course / "gradebook.db") as database:
        rows = database.execute(
            "select s.student_id, n.id from submitted_notebook n"
            " join submitted_assignment s on s.id = n.assignment_id"
        ).fetchall()
    database.close()
    return dict(rows)
