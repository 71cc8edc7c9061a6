"""Make the pictures of the widgets again: `python -m tools.pictures` (or `make pictures`).

Each is a photograph of the widget in the built book, in both themes, for the README.
"""

from __future__ import annotations

import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tools.browser import chromium, flags
from tools.common import ROOT, SITE, ToolError, run
from tools.serve import server

FOLDER = ROOT / "book" / "_static" / "pictures"
WIDTH, HEIGHT = 1280, 1400
PAGES = {
    "darts": "01-random-search.html",
    "finite-difference": "03-gradient.html",
    "momentum-map": "05-momentum.html",
}
WIDGET = ".tag_widget .cell_output"


def main() -> None:
    """Photograph every widget in both themes."""
    path = chromium()
    if path is None:
        raise ToolError("No Chromium on this machine: install Debian's package chromium.")
    if not (SITE / "index.html").is_file():
        raise ToolError("The site is not built yet: run make first.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    httpd = server(SITE, 0)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags())
        for name, page in PAGES.items():
            for theme in ("light", "dark"):
                target = FOLDER / f"{name}-{theme}.png"
                photograph(browser, f"http://127.0.0.1:{httpd.server_port}/{page}", theme, target)
                print(f"{target.relative_to(ROOT)}: {target.stat().st_size >> 10} KB")
        browser.close()
    httpd.shutdown()


def photograph(browser: Browser, url: str, theme: str, target: Path) -> None:
    """Save a picture of the first widget of a page."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(f"{WIDGET} canvas, {WIDGET} svg")
    page.wait_for_timeout(500)  # fonts, and the first redraw
    page.locator(WIDGET).first.screenshot(path=str(target))
    context.close()


if __name__ == "__main__":
    run(main)
