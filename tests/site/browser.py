"""What the browser tests share: one Chromium, a watch over requests and errors, axe.

A folder's conftest.py that wants the fixture says `from tests.site.browser import browser`. There
is one program for the whole run, whoever asks: Playwright cannot be started twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tools.browser import chromium, flags
from tools.common import ROOT

NO_BROWSER = "no Chromium on this machine"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FORMULA = "mjx-container"
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that may find something in one theme and not in the other."""
PATIENCE = 60_000
"""Milliseconds after which what never comes is given up. What comes is waited for until it is
there and never for a fixed time: nobody knows how busy the machine is."""

LAUNCHED = pytest.StashKey[Browser]()


@pytest.fixture(scope="session")
def browser(pytestconfig: pytest.Config) -> Browser:
    """The run's one Chromium; without one on the machine the test is skipped."""
    path = chromium()
    if path is None:
        pytest.skip(NO_BROWSER)
    if LAUNCHED not in pytestconfig.stash:
        expect.set_options(timeout=PATIENCE)
        playwright = sync_playwright().start()
        pytestconfig.add_cleanup(playwright.stop)
        program = playwright.chromium.launch(executable_path=path, args=flags())
        pytestconfig.add_cleanup(program.close)
        pytestconfig.stash[LAUNCHED] = program
    return pytestconfig.stash[LAUNCHED]


class Watch:
    """Everything that a context's pages asked for or complained about, in sentences."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.home = home
        self.without_scripts = False  # a browser without scripts refuses to fetch any
        context.on("request", lambda request: self.requested(request.url))
        context.on("requestfailed", lambda request: self.failed(request.url))
        context.on("response", lambda reply: self.answered(reply.status, reply.url))
        context.on("console", self.said)
        context.on("weberror", lambda error: self.note(f"page error: {error.error}"))

    def note(self, text: str) -> None:
        """Add a complaint."""
        self.complaints.append(text)

    def requested(self, url: str) -> None:
        """Record a request; one that leaves the site is a complaint."""
        self.requests.append(url)
        if not url.startswith((self.home, "data:", "blob:", "about:")):
            self.note(f"foreign request: {url}")

    def failed(self, url: str) -> None:
        """Record a request without an answer."""
        if not (self.without_scripts and ".js" in url):
            self.note(f"failed: {url}")

    def answered(self, status: int, url: str) -> None:
        """Record a refused request."""
        if status >= 400:
            self.note(f"status {status}: {url}")

    def said(self, message: ConsoleMessage) -> None:
        """Record an error in the console, and the theme's complaint about its mode."""
        if message.type == "error" or "theme mode" in message.text:
            self.note(f"console: {message.text}")


def open_page(context: BrowserContext, url: str) -> Page:
    """A page with its widgets drawn and its tables fitted."""
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    page.evaluate("async () => { await document.fonts.ready }")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
    return page


def lay_everything_out(page: Page) -> None:
    """Measure and paint what is far from the window too, which a browser leaves out."""
    page.add_style_tag(content="* { content-visibility: visible !important }")


def axe_violations(page: Page, only: Sequence[str] = (), *, formulas: bool = False) -> list[str]:
    """What axe finds on the page, one line a place; ``only`` with these rules.

    Where ``formulas`` are left out, which have more elements than all else, ``coloured_formulas``
    takes the place of what axe would look for in them.
    """
    page.evaluate("() => document.querySelectorAll('details').forEach((d) => { d.open = true })")
    page.add_script_tag(path=str(AXE))
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(only)} if only else {})
    place = "document" if formulas else f"{{ exclude: [['{FORMULA}']] }}"
    found: list[dict[str, Any]] = page.evaluate(
        f"async (options) => (await axe.run({place}, options)).violations", options
    )
    return [
        f"{rule['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:240]})"
        for rule in found
        for node in rule["nodes"]
    ]


def coloured_formulas(page: Page) -> list[str]:
    """Formulas a part of which has another colour than the sentence in which they stand.

    With the sentence's colour they have its contrast.
    """
    found: list[str] = page.evaluate(
        f"""() => [...document.querySelectorAll("{FORMULA}")].filter((formula) => {{
              const {{ color }} = getComputedStyle(formula.parentElement);
              return [formula, ...formula.querySelectorAll("*")].some(
                (part) => getComputedStyle(part).color !== color);
            }}).map((formula) => formula.outerHTML.slice(0, 160))"""
    )
    return found
