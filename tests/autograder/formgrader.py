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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route

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


@dataclass
class Server:
    """A Jupyter server that was started: its address, its process, and what it writes."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self) -> None:
        """Until it answers; it takes as long as the machine needs."""
        while self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.address}api", timeout=60):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text(errors="replace"))


@contextmanager
def starting(
    folder: Path, private: Path, *settings: str, app: str = "jupyter_server", **variables: str
) -> Iterator[Server]:
    """Start a server of this folder, without waiting. ``private`` takes its owner's files."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")
    for name in folders:
        (private / name.lower()).mkdir(exist_ok=True)
    environment = {
        **os.environ,
        **{name: str(private / name.lower()) for name in folders},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        **variables,
    }
    command = [
        sys.executable, "-m", app,
        "--allow-root", "--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}",
        f"--IdentityProvider.token={TOKEN}", *settings,
    ]  # fmt: skip
    path = private / "server.log"
    with (
        path.open("wb") as log,
        running(command, cwd=folder, env=environment, stdout=log, stderr=log) as process,
    ):
        yield Server(f"http://127.0.0.1:{port}/", process, path)


@contextmanager
def serving(course: Path, private: Path) -> Iterator[str]:
    """Serve a course folder; gives the server's address. ``private`` takes its settings."""
    formgrader = "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"
    with starting(course, private, formgrader) as server:
        server.wait()
        yield server.address


@dataclass
class Watched:
    """A browser that asks nobody but the server, and what it was asked to ask."""

    context: BrowserContext
    address: str
    asked: list[str]

    def open(self, path: str) -> Page:
        page = self.context.new_page()
        page.goto(self.address + path, wait_until="load")
        return page

    @property
    def foreign(self) -> list[str]:
        return [url for url in self.asked if not url.startswith((self.address, "data:"))]


def watching(browser: Browser, address: str) -> Watched:
    """A window of its own on a server; formgrader's page gets the MathJax it waits for."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    watched = Watched(context, address, [])

    def answer(route: Route) -> None:
        url = route.request.url
        if "mathjax" in url and "cdnjs.cloudflare.com" in url:
            route.fulfill(body=MATHJAX, content_type="text/javascript")
        elif url.startswith(address):
            route.continue_()
        else:
            watched.asked.append(url)
            route.abort()

    context.route("**/*", answer)
    context.on("page", lambda page: page.on("dialog", lambda dialog: dialog.dismiss()))
    return watched


def submission_ids(course: Path) -> dict[str, str]:
    """student → formgrader's name for the submitted notebook."""
    with sqlite3.connect(course / "gradebook.db") as database:
        rows = database.execute(
            "select s.student_id, n.id from submitted_notebook n"
            " join submitted_assignment s on s.id = n.assignment_id"
        ).fetchall()
    database.close()
    return dict(rows)
