"""Make the pictures of the widgets again: `python -m tools.pictures` (or `make pictures`).

Each is a photograph of the widget in the built book, in both themes, for the README.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tools.browser import built_site
from tools.common import ROOT, run

FOLDER = ROOT / "book" / "_static" / "pictures"
WIDTH, HEIGHT = 1280, 1400
PAGES = {  # where each widget stands, and a panel that it alone has
    "darts": ("01-random-search.html", "darts"),
    "finite-difference": ("03-gradient.html", "error"),
    "momentum-map": ("05-momentum.html", "map"),
}
WIDGET = ".tag_widget .cell_output:has(.ll-panel-{})"


def main() -> None:
    """Photograph every widget in both themes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with built_site() as (browser, home):
        for name, (page, panel) in PAGES.items():
            for theme in ("light", "dark"):
                target = FOLDER / f"{name}-{theme}.png"
                photograph(browser, f"{home}{page}", WIDGET.format(panel), theme, target)
                print(f"{target.relative_to(ROOT)}: {target.stat().st_size >> 10} KB")


def photograph(browser: Browser, url: str, widget: str, theme: str, target: Path) -> None:
    """Save a picture of a page's first widget of a kind."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(widget)
    page.wait_for_timeout(500)  # fonts, and the first redraw
    page.locator(widget).first.screenshot(path=str(target))
    context.close()


if __name__ == "__main__":
    run(main)
