"""A server of PostgreSQL for the tests: its own folder, a socket in it, no port, nothing kept."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from autograder.course.database import opened

PATIENCE = 120
# It keeps nothing: what makes data safe from a power cut only takes time here.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "unix_socket_permissions": "0777",
    "shared_buffers": "16MB",
}


def binaries() -> Path | None:
    """Where the newest server on this machine has its programs; Debian keeps them off PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


def account() -> dict[str, Any]:
    """The server refuses to run as root: then it runs as its own account, or as nobody."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise AssertionError("no account to run a server")


class Server:
    """A running server; each test asks it for a database of its own, and gets its address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._prepared = ""

    def address(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def database(self, name: str, encoding: str = "UTF8") -> str:
        """An empty one: nbgrader makes its tables when it opens it."""
        plain = f"encoding '{encoding}' template template0 lc_collate 'C' lc_ctype 'C'"
        return self._created(name, plain)

    def gradebook(self, name: str) -> str:
        """One in which nbgrader has made its tables; that takes seconds, so it is done once."""
        if not self._prepared:
            self._prepared = "prepared"
            with opened(self.database(self._prepared), "hills"):
                pass
        return self._created(name, f"template {self._prepared}")

    def _created(self, name: str, how: str) -> str:
        engine = create_engine(self.address("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"create database {name} {how}"))
        engine.dispose()
        return self.address(name)


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server until the block ends."""
    programs, owner = binaries(), account()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="lossland-pg-", dir="/tmp"))
    folder.chmod(0o755)
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    data = folder / "data"
    try:
        command = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                   "--no-locale", "--no-sync"]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **owner)
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **owner,
        )
        try:
            _await(programs, folder, process)
            yield Server(folder)
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: there is nothing to keep
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _await(programs: Path, folder: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while subprocess.run([programs / "pg_isready", "-q", "-h", folder], check=False).returncode:
        assert process.poll() is None, "the server ended"
        assert time.monotonic() < deadline, "the server does not answer"
        time.sleep(0.02)
