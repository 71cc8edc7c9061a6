"""Print the built book: `python -m tools.pdf [--pages NAME …] [--out FILE]`, or `make pdf`.

It needs Debian's `chromium-headless-shell` or `chromium` (or Google Chrome), which prints all pages
as one document, in the order of the table of contents: title page, contents, then every page with
its folds open. In a widget's place stands its still picture with the address where it lives; code
that is folded on the site, which draws figures, is left out. tools/paper/ has the script that joins
the pages, and their style.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tomllib
from pathlib import Path

import yaml
from playwright.sync_api import Browser, Error

from tools.browser import built_site
from tools.build import CONFIG, pages
from tools.common import BUILD, ROOT, ToolError, run

PARTS = Path(__file__).parent / "paper"
OUT = BUILD / "lossland.pdf"
PATIENCE = 600_000  # milliseconds: the whole book is some hundred printed pages
KOREAN = re.compile("[가-힣]")
NUMBER = """<div style="width: 100%; font: 8pt sans-serif; color: #555; text-align: center;">
  <span class="pageNumber"></span></div>"""
MARGINS = {"top": "18mm", "bottom": "20mm", "left": "20mm", "right": "20mm"}


def about() -> dict[str, str]:
    """What stands on the title page."""
    settings = yaml.safe_load(CONFIG.read_text("utf8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    return {
        "title": settings["title"],
        "author": settings["author"],
        "version": project["version"],
    }


def chosen(names: list[str] | None) -> list[str]:
    """The pages to print, in the book's order."""
    known = [page.stem for page in pages()]
    if unknown := [name for name in names or [] if name not in known]:
        raise ToolError(f"'{unknown[0]}' is not a page of the book: book/_toc.yml lists them.")
    return [name for name in known if not names or name in names]


def make(browser: Browser, home: str, names: list[str], out: Path) -> None:
    """Print these pages of the site at `home` into one file."""
    context = browser.new_context(reduced_motion="reduce", color_scheme="light")
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.emulate_media(media="print")
        page.goto(f"{home}{names[0]}.html")
        script = (PARTS / "join.js").read_text("utf8")
        page.evaluate(script, {"names": names, **about()})
        page.add_style_tag(path=PARTS / "paper.css")
        printed = page.pdf(
            format="A4",
            margin=MARGINS,
            print_background=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=NUMBER,
            outline=True,
            tagged=True,
        )
    except Error as error:
        raise ToolError(
            f"The book could not be printed: {error.message.splitlines()[0]}"
        ) from error
    finally:
        context.close()
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(printed)


def without_letters(names: list[str]) -> list[str]:
    """Those of the pages that have Korean words, if no font of this machine has their letters."""
    try:
        fonts = subprocess.run(
            ["fc-list", ":lang=ko", "family"], capture_output=True, text=True, check=False
        ).stdout
    except OSError:  # nobody can tell
        return []
    texts = {page.stem: page.read_text("utf8") for page in pages()}
    return [] if fonts.strip() else [name for name in names if KOREAN.search(texts[name])]


def main() -> None:
    """Print the book, or some of its pages."""
    parser = argparse.ArgumentParser(prog="python -m tools.pdf", description=__doc__)
    parser.add_argument("--pages", nargs="+", metavar="NAME", help="only these pages")
    parser.add_argument("--out", type=Path, default=OUT, metavar="FILE")
    options = parser.parse_args()
    names = chosen(options.pages)
    with built_site() as (browser, home):
        make(browser, home, names, options.out)
    size = options.out.stat().st_size / 2**20
    print(f"{len(names)} page(s) of the book are in {options.out}: {size:.1f} MB.")
    if lacking := without_letters(names):
        print(
            f"Korean words are printed as boxes in {', '.join(lacking)}: no font of this machine "
            "has their letters. Install one (Debian: fonts-nanum) and print again."
        )


if __name__ == "__main__":
    run(main)
