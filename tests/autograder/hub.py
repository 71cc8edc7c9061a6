"""A real JupyterHub with ngshare as its exchange, for a test where both are installed.

The hub has an environment of its own, whose Python the variable LOSSLAND_HUB_PYTHON names:
nbgrader needs SQLAlchemy 2, and ngshare 0.6.0 needs SQLAlchemy 1.4, with an alembic before 1.15
(with 2 it says that it has released and keeps nothing). Here, where the users' servers run,
there must be jupyterhub and ngshare_exchange, and configurable-http-proxy, from npm, on the PATH.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.autograder.waiting import PATIENCE, until
from tools.dependents import running

HUB_PYTHON = os.environ.get("LOSSLAND_HUB_PYTHON", "")
NEEDED = ("jupyterhub", "ngshare_exchange")
PROXY = "configurable-http-proxy"
TOKEN = "a-token-of-the-tests-with-enough-characters"
CONFIG = """
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{proxy}"
c.JupyterHub.hub_port = {hub}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.Authenticator.allowed_users = {{"instructor", "student-01", "student-02"}}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{root}/{{username}}"
c.Spawner.cmd = [{python!r}, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root"]
c.Spawner.environment = {{
    "JUPYTER_CONFIG_PATH": "{root}/etc", "PYTHONPATH": {path!r}, "PATH": {search!r}
}}
c.Spawner.http_timeout = c.Spawner.start_timeout = {patience}
c.JupyterHub.services = [
    {{
        "name": "ngshare",
        "url": "http://127.0.0.1:{share}",
        "command": [
            {hub_python!r}, "-m", "ngshare", "--admins", "instructor",
            "--database", "sqlite:///{root}/share.db", "--storage", "{root}/share",
        ],
    }},
    {{"name": "tests", "api_token": {token!r}}},
]
# A user's server speaks to ngshare as that user; since JupyterHub 2 it may only if told so.
share = "access:services!service=ngshare"
c.JupyterHub.load_roles = [
    {{"name": "user", "scopes": ["self", share]}},
    {{
        "name": "tests", "services": ["tests"],
        "scopes": ["admin:users", "admin:servers", "access:servers", "tokens", share],
    }},
]
c.Spawner.server_token_scopes = ["users:activity!user", "access:servers!user", share]
"""
EXCHANGE = """
from ngshare_exchange import configureExchange
c = get_config()
configureExchange(c, "http://127.0.0.1:{share}/services/ngshare")
c.CourseDirectory.course_id = {course!r}
"""


def missing() -> list[str]:
    """What this machine lacks for such a hub."""
    found = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    found += [] if shutil.which(PROXY) else [PROXY]
    return found if HUB_PYTHON else [*found, "LOSSLAND_HUB_PYTHON"]


@dataclass
class Hub:
    """A hub's address; everything is asked as the service ``tests``."""

    address: str
    root: Path
    """The users' homes lie in it."""

    def ask(self, method: str, path: str, data: Any = None) -> Any:
        """One request; what came back, from JSON if it was JSON."""
        request = urllib.request.Request(
            self.address + path,
            None if data is None else json.dumps(data).encode(),
            {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read()!r}") from error
        try:
            return json.loads(text)
        except ValueError:
            return text

    def start(self, user: str) -> None:
        """Let the hub start this user's server, and wait until it can be asked."""
        self.ask("POST", f"hub/api/users/{user}/server", {})
        until(lambda: self.ask("GET", f"hub/api/users/{user}")["servers"][""]["ready"])

    def terminal(self, user: str, *command: str) -> None:
        """Run one of ngshare's commands in this user's home, as in a terminal of her server."""
        token = self.ask("POST", f"hub/api/users/{user}/tokens", {})["token"]
        mine = {"JUPYTERHUB_USER": user, "JUPYTERHUB_API_TOKEN": token}
        mine["JUPYTER_CONFIG_PATH"] = str(self.root / "etc")
        done = subprocess.run(
            [sys.executable, "-m", "ngshare_exchange.course_management", *command],
            cwd=self.root / user, env={**os.environ, **mine},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


@contextmanager
def running_hub(root: Path, course: str) -> Iterator[Hub]:
    """A hub whose users have folders in ``root``; ngshare is the exchange of all of them."""
    ports = dict(zip(("proxy", "hub", "api", "share"), _free_ports(4), strict=True))
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    path = os.environ.get("PYTHONPATH", "")
    config = CONFIG.format(
        **ports, root=root, python=sys.executable, hub_python=HUB_PYTHON, path=path,
        search=search, token=TOKEN, patience=int(PATIENCE),
    )  # fmt: skip
    (root / "jupyterhub_config.py").write_text(config)
    (root / "etc").mkdir()
    (root / "etc" / "nbgrader_config.py").write_text(
        EXCHANGE.format(share=ports["share"], course=course)
    )
    log = root / "hub.log"
    command = [HUB_PYTHON, "-m", "jupyterhub", "--config", str(root / "jupyterhub_config.py")]
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with (
        log.open("wb") as out,
        running(command, cwd=root, stdout=out, stderr=out, env=own) as process,
    ):
        hub = Hub(f"http://127.0.0.1:{ports['proxy']}/", root)
        until(lambda: _answers(hub, process, log))
        yield hub


def _answers(hub: Hub, process: subprocess.Popen[bytes], log: Path) -> bool:
    if process.poll() is not None:
        raise AssertionError(log.read_text(errors="replace"))
    try:
        return bool(hub.ask("GET", "services/ngshare/healthz"))
    except (OSError, AssertionError):
        return False


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
