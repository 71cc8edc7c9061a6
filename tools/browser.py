"""The Chromium found on this machine, and how the project starts it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tools.common import SITE, ToolError
from tools.serve import server

PROGRAMS = (
    "chromium-headless-shell",  # the same without windows, at half the price
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
# No graphics card is needed, and the browser must not talk to its maker. Letters are as wide as on
# a screen: without windows they would be rounded to whole pixels, and lines would break elsewhere.
FLAGS = (
    "--disable-gpu",
    "--font-render-hinting=none",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium() -> str | None:
    """The browser's path, if there is one."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def flags() -> list[str]:
    """The arguments to start it with; its own sandbox does not work as root."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*FLAGS, "--no-sandbox"] if root else [*FLAGS]


@contextmanager
def built_site() -> Iterator[tuple[Browser, str]]:
    """A Chromium, and the address of the built site while it is served.

    Raises ToolError when there is no browser or no site.
    """
    path = chromium()
    if path is None:
        raise ToolError(
            "No Chromium on this machine: install Debian's package chromium-headless-shell."
        )
    if not (SITE / "index.html").is_file():
        raise ToolError("The site is not built yet: run make first.")
    httpd = server(SITE, 0)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags())
        yield browser, f"http://127.0.0.1:{httpd.server_port}/"
        browser.close()
    httpd.shutdown()
