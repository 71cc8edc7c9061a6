"""Build the widgets' bundles and the book: `python -m tools.build [widgets|book]`.

widgets: each `lossland/widgets/src/NAME.js` becomes one minified ES module
`lossland/widgets/static/NAME.js`, D3 included (esbuild), and book/_landing/landscape.js one
script of the landing page.

book: `book/` becomes `_build/html`. Nothing happens when nothing changed. A change of prose
executes no notebook: outputs come from jupyter-cache, which keys them by the notebooks' code. That
key does not see `lossland` itself, so the cache is emptied when the library (or NumPy, matplotlib,
the widgets' runtime) changes. Notebooks that need it run in parallel. Warnings are errors.
LOSSLAND_SITE_URL is the address under which the site is published, if it is known: with it the
pages have canonical links, downloads link back to the book, and there is a sitemap.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from importlib.metadata import distributions, version
from pathlib import Path

import yaml

from tools import library, vendor
from tools.common import (
    BUILD,
    ROOT,
    SITE,
    ToolError,
    files_below,
    fingerprint,
    read_stamp,
    run,
    write_stamp,
)

BOOK = ROOT / "book"
CONFIG = ROOT / "_config.yml"
TOC = BOOK / "_toc.yml"
LIBRARY = ROOT / "lossland"
WIDGETS = LIBRARY / "widgets"
METHODS = LIBRARY / "methods.json"
CACHE = BUILD / ".jupyter_cache"
DOCTREES = BUILD / ".doctrees"
LOG = BUILD / "book.log"
STAMPS = BUILD / "stamps"
LANDING = BUILD / "extra" / "landing"  # `_build/extra` is copied into the site as it is
CELL_TIMEOUT = 120  # seconds; a whole page is to run in 20


# --- widgets -------------------------------------------------------------------------------------


def build_widgets() -> None:
    """Bundle the widgets and the landing page's script, each unless nothing of it has changed."""
    vendor.main()
    entries = sorted(WIDGETS.glob("src/*.js")) + sorted(WIDGETS.glob("src/*.css"))
    if entries:
        bundle("widgets", entries, [WIDGETS / "src", METHODS], WIDGETS / "static", "esm")
    page = BOOK / "_landing"
    if page.is_dir():
        kit = WIDGETS / "src" / "kit"
        bundle("landing", [page / "landscape.js"], [page, kit, METHODS], LANDING, "iife")


def bundle(name: str, entries: list[Path], sources: list[Path], target: Path, form: str) -> None:
    """Make one minified file of each entry and what it imports, with esbuild."""
    wanted = fingerprint(files_below(*sources), read_stamp(vendor.STAMP))
    outputs = [target / entry.name for entry in entries]
    if read_stamp(STAMPS / name) == wanted and all(path.is_file() for path in outputs):
        return
    shutil.rmtree(target, ignore_errors=True)
    vendor.bundle(entries, f"--format={form}", "--minify", f"--outdir={target}")
    write_stamp(STAMPS / name, wanted)
    print(f"{len(entries)} bundle(s) are in {target.relative_to(ROOT)}.")


# --- book ----------------------------------------------------------------------------------------


def forget_stale_outputs() -> None:
    """Empty the notebook cache when what the notebooks compute with has changed."""
    packages = [
        f"{name} {version(name)}" for name in ("numpy", "matplotlib", "anywidget", "ipywidgets")
    ]
    library = [file for file in files_below(LIBRARY) if WIDGETS / "src" not in file.parents]
    wanted = fingerprint(library, sys.version, *packages)
    stamp = CACHE / "lossland.stamp"
    if read_stamp(stamp) != wanted:
        shutil.rmtree(CACHE, ignore_errors=True)
        write_stamp(stamp, wanted)


def pages() -> list[Path]:
    """The pages that the table of contents names."""

    def names(entry: object) -> list[str]:
        if isinstance(entry, list):
            return [name for part in entry for name in names(part)]
        if isinstance(entry, dict):
            own = [entry[key] for key in ("root", "file") if key in entry]
            return own + [
                name for key in ("parts", "chapters", "sections") for name in names(entry.get(key))
            ]
        return []

    found = []
    for name in names(yaml.safe_load(TOC.read_text("utf8"))):
        candidates = [BOOK / f"{name}{suffix}" for suffix in ("", ".md", ".ipynb")]
        page = next((path for path in candidates if path.is_file()), None)
        if page is None:
            raise ToolError(f"book/_toc.yml names the page '{name}', which is not in book/.")
        found.append(page)
    return found


def run_jupyter_book() -> None:
    """Call jupyter-book with warnings as errors; on failure show what it complained about."""
    command = [
        *(sys.executable, "-c", "from jupyter_book.cli.main import main; main()"),
        *("build", "book", "--config", "_config.yml", "--path-output", "."),
        *("-W", "-n", "--keep-going"),
    ]
    result = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    LOG.write_text(result.stdout, "utf8")
    if result.returncode:
        # Sphinx would not repeat the warnings of pages that it has read already.
        shutil.rmtree(DOCTREES, ignore_errors=True)
        marks = ("WARNING:", "ERROR:", "CRITICAL:", "rror:")
        lines = result.stdout.splitlines()
        told = [line for line in lines if any(mark in line for mark in marks)] or lines[-30:]
        print("\n".join(told), file=sys.stderr)
        raise ToolError(f"The book was not built; the whole log is in {LOG.relative_to(ROOT)}.")


def longest_page(names: set[str]) -> str:
    """Which page's notebook took longest when it was last executed, and how long."""
    from jupyter_cache import get_cache  # noqa: PLC0415 (as below)

    seconds = {
        Path(record.uri).stem: float(record.data.get("execution_seconds", 0))
        for record in sorted(get_cache(CACHE).list_cache_records(), key=lambda r: r.created)
        if Path(record.uri).stem in names
    }
    if not seconds:
        return ""
    name = max(seconds, key=seconds.__getitem__)
    return f", longest page {name} ({seconds[name]:.1f} s)"


def build_book() -> None:
    """Build the book into `_build/html`, unless its inputs are unchanged."""
    start = time.perf_counter()
    vendor.main()
    build_widgets()
    library.main()
    packages = sorted(f"{d.name} {d.version}" for d in distributions())
    inputs = [*files_below(BOOK, LIBRARY, ROOT / "assignments"), CONFIG, Path(__file__)]
    address = os.environ.get("LOSSLAND_SITE_URL", "")
    wanted = fingerprint(
        inputs, read_stamp(vendor.STAMP), read_stamp(library.STAMP), address, *packages
    )
    if read_stamp(STAMPS / "book") == wanted and (SITE / "index.html").is_file():
        print(f"The book is up to date: {SITE.relative_to(ROOT)}/index.html")
        return
    write_stamp(STAMPS / "book", "")
    forget_stale_outputs()
    # Imported here: an unchanged build shall not wait for Jupyter's start.
    from tools import notebooks  # noqa: PLC0415

    executed = notebooks.execute(pages(), CACHE, CELL_TIMEOUT)
    if executed:  # Sphinx would keep a page whose text is unchanged, with its old outputs.
        shutil.rmtree(DOCTREES, ignore_errors=True)
    run_jupyter_book()
    write_stamp(STAMPS / "book", wanted)
    seconds = time.perf_counter() - start
    slowest = longest_page({page.stem for page in pages()})
    print(
        f"The book is in {SITE.relative_to(ROOT)}: {len(pages())} pages, "
        f"{executed} notebook(s) executed, {seconds:.0f} s{slowest}."
    )


def main() -> None:
    """Do what the command line names; both parts without a name."""
    parts = {"widgets": build_widgets, "book": build_book}
    names = sys.argv[1:] or ["book"]
    if unknown := [name for name in names if name not in parts]:
        raise ToolError(f"'{unknown[0]}' is not a part of the build: say widgets or book.")
    for name in names:
        parts[name]()


if __name__ == "__main__":
    run(main)
