"""The same plot as ipywidgets' `interact` on a live kernel, in Jupyter Notebook, timed."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Page

from tools import stopwatch
from tools.common import ROOT, ToolError
from tools.dependents import running

NAME = "interact.ipynb"
# The figure is the widget's own static picture: the map, the path and the loss, at the notebook's
# usual resolution.
CODE = """\
from ipywidgets import FloatLogSlider, FloatSlider, interact
from lossland.widgets.momentum_map import static_figure


@interact(
    lr=FloatSlider(value=0.03, min=0.001, max=0.08, step=0.0005, readout_format=".4f"),
    mu=FloatSlider(value=0.8, min=0.0, max=0.999, step=0.001, readout_format=".3f"),
    condition_number=FloatLogSlider(value=50.0, base=10, min=0.0, max=3.0),
)
def momentum_map(lr, mu, condition_number):
    return static_figure(lr=lr, mu=mu, condition_number=condition_number)
"""
READY = ".jp-Notebook-ExecutionIndicator[data-status=idle]"  # what is run earlier, is lost
PICTURE = "document.querySelector('.jp-OutputArea img')"
WATCHING: stopwatch.Watching = {
    "event": "pointermove",
    "prepare": f"() => {{ window.picture = {PICTURE}.src }}",
    "changed": f"() => {{ const now = {PICTURE}; "
    "return Boolean(now?.complete && now.src !== window.picture) }",
}
SHARES = [0.15 + 0.05 * k for k in range(1, 15)]  # of a slider's width; below, lr = 0.03 is not far
STARTUP = 30  # seconds for the server, and for the notebook
FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")


def write_notebook(folder: Path) -> None:
    """Lay the notebook out."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / NAME)


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, str]]:
    """A Jupyter server of its own, with no settings of this machine's user: address and token."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    settings = {name: str(folder / f".{name.lower()}") for name in FOLDERS}
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    command = [
        *(sys.executable, "-m", "notebook", "--no-browser", "--allow-root"),
        *("--ip=127.0.0.1", f"--port={port}", f"--IdentityProvider.token={token}"),
        f"--ServerApp.root_dir={folder}",
    ]
    with running(
        command,
        env={**os.environ, **settings, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        home = f"http://127.0.0.1:{port}/"
        wait_for(f"{home}api", process)
        yield home, token


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the server answers."""
    end = time.monotonic() + STARTUP
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address) as reply:
                json.load(reply)
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise ToolError("Jupyter Notebook does not start here: pip install -r requirements.txt")


def measure(browser: Browser, folder: Path, visits: int) -> tuple[list[float], list[float]]:
    """Times to a usable control and times of a redraw, in milliseconds.

    Each visit opens the notebook with an empty browser profile and no running kernel, runs the cell
    as soon as the kernel answers, and drags lr a little. The redraws are those of the last visit,
    lr and mu dragged; the next movement waits for the picture, so that no queue builds up in the
    kernel.
    """
    write_notebook(folder)
    opened: list[float] = []
    redraws: list[float] = []
    with server(folder) as (home, token):
        for visit in range(visits):
            stop_kernels(home, token)
            context = browser.new_context(viewport={"width": 1280, "height": 1000})
            page = context.new_page()
            page.goto(f"{home}notebooks/{NAME}?token={token}", wait_until="commit")
            page.wait_for_selector(READY, state="attached", timeout=STARTUP * 1000)
            page.locator(".jp-CodeCell .cm-content").click()
            run_cell(page)
            page.wait_for_selector(".jp-OutputArea img", timeout=STARTUP * 1000)
            sliders = page.locator(".widget-slider .noUi-target")
            stopwatch.begin(page, WATCHING)
            for k, start in ((0, (0.03 - 0.001) / 0.079), (1, 0.8 / 0.999)):
                if k > 0 and visit < visits - 1:
                    break
                box = sliders.nth(k).bounding_box()
                if box is None:
                    raise ToolError("The notebook shows no slider.")
                last = visit == visits - 1
                stopwatch.drag(page, box, SHARES if last else SHARES[:1], start)
            times = stopwatch.readings(page)
            opened.append(times[0]["end"])
            redraws = [reading["end"] - reading["start"] for reading in times[1:]]
            context.close()
        stop_kernels(home, token)
    return opened, redraws


def run_cell(page: Page) -> None:
    """Run the cell with the cursor; Jupyter drops the wish while the kernel is not connected."""
    prompt = page.locator(".jp-CodeCell .jp-InputPrompt").first
    end = time.monotonic() + STARTUP
    while prompt.inner_text().strip() == "[ ]:" and time.monotonic() < end:
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(400)


def stop_kernels(home: str, token: str) -> None:
    """End every kernel of the server."""
    headers = {"Authorization": f"token {token}"}
    listing = urllib.request.Request(f"{home}api/sessions", headers=headers)
    with urllib.request.urlopen(listing) as reply:
        sessions = json.load(reply)
    for session in sessions:
        address = f"{home}api/sessions/{session['id']}"
        urllib.request.urlopen(
            urllib.request.Request(address, method="DELETE", headers=headers)
        ).close()
