"""Measure the built site as a reader meets it: `python -m tools.bench_site` (or `make bench`).

A Chromium opens a chapter whose widget stands beside the same plot made by ipywidgets' `interact`
on a live kernel, in the same run. tools/stopwatch.py says how a redraw is timed, and
tools/static_host.py how the site is served. `--json FILE` also writes the figures to a file;
`--only site` leaves out the kernel and the rebuild after a change of prose.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tools import live_kernel, stopwatch
from tools.browser import chromium, flags
from tools.build import CACHE, pages
from tools.common import ROOT, SITE, ToolError, run
from tools.static_host import hosted

CHAPTER = "05-momentum"
VISITS = 7
LIVE_VISITS = 3
VIEWPORT: Any = {"width": 1280, "height": 900}
SLIDER = ".widget-place input[type=range]"
WATCHING: stopwatch.Watching = {
    "event": "input",
    "prepare": """() => {
      window.drawn = false;
      if (window.observer) return;
      window.observer = new MutationObserver(() => { window.drawn = true; });
      for (const picture of document.querySelectorAll(".widget-place svg")) {
        observer.observe(picture, { attributes: true, childList: true, subtree: true });
      }
    }""",
    "changed": "() => window.drawn",
}
WATCHING_JSON = json.dumps(WATCHING)
FOCUS = """(selector, watch, watching) => {
  const observer = new MutationObserver(() => {
    const slider = document.querySelector(selector);
    if (!slider) return;
    observer.disconnect();
    watch(watching);
    slider.focus({ preventScroll: true });
  });
  observer.observe(document, { childList: true, subtree: true });
}"""
SHIFTS = """() => new Promise((done) => {
  let sum = 0; // a page that never shifts has no entries to wait for
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 200);
})"""
TO_THE_END = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
    scrollTo({ top: y, behavior: "instant" });
    await new Promise((done) => setTimeout(done, 40));
  }
}"""
PROSE = "\n\nA sentence more.\n"


# --- in the browser ----------------------------------------------------------------------------


def counted(context: BrowserContext) -> tuple[Page, list[int]]:
    """A page, and the bytes that each of its requests brings over the network, headers included."""
    page = context.new_page()
    sizes: list[int] = []
    session = context.new_cdp_session(page)
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    session.send("Network.enable")
    return page, sizes


def weigh(browser: Browser, address: str) -> dict[str, float]:
    """Bytes of a first visit, of one that is read to its end, of the second; the first's shifts."""
    context = browser.new_context(viewport=VIEWPORT)
    page, sizes = counted(context)
    page.goto(address, wait_until="networkidle")
    first, shifts = sum(sizes), page.evaluate(SHIFTS)
    page.evaluate(TO_THE_END)
    page.wait_for_load_state("networkidle")
    whole = sum(sizes)
    page.close()
    page, sizes = counted(context)
    page.goto(address, wait_until="networkidle")
    context.close()
    return {"first": first, "to_the_end": whole, "second": sum(sizes), "layout_shift": shifts}


def usable(browser: Browser, address: str) -> float:
    """Milliseconds from asking for the page to a picture that has followed a key on a slider.

    The page itself gives the focus to the first slider when there is one; from outside the key is
    pressed again and again, so that no question to the page delays it.
    """
    context = browser.new_context(viewport=VIEWPORT)
    page = context.new_page()
    page.add_init_script(f"({FOCUS})({json.dumps(SLIDER)}, ({stopwatch.WATCH}), {WATCHING_JSON})")
    page.goto(address, wait_until="commit")
    while not page.evaluate("() => window.stopwatch?.times.length"):
        page.keyboard.press("ArrowRight")
    reading = stopwatch.readings(page)[0]
    context.close()
    return reading["end"]


def redraws(browser: Browser, address: str) -> list[float]:
    """Milliseconds from an input event to the changed picture, each slider over its whole range."""
    context = browser.new_context(viewport=VIEWPORT)
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    stopwatch.begin(page, WATCHING)
    for slider in page.locator(".widget-place .ll-controls input[type=range]").all():
        slider.scroll_into_view_if_needed()
        page.wait_for_timeout(300)
        box: Any = slider.bounding_box()
        start = slider.evaluate("(e) => (e.value - e.min) / (e.max - e.min)")
        thumb = 16 / box["width"]  # a thumb's middle stays half its width inside
        stopwatch.drag(page, box, [k / 90 for k in range(91)], start + thumb * (0.5 - start))
    times = [reading["end"] - reading["start"] for reading in stopwatch.readings(page)]
    context.close()
    return times


# --- the build ---------------------------------------------------------------------------------


def prose_edit() -> tuple[float, int]:
    """Seconds of a rebuild after a sentence was added in a copy of the book, notebooks executed."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        for name in ("book", "lossland", "tools", "assignments", "_build"):
            shutil.copytree(
                ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "html")
            )
        for file in ROOT.iterdir():
            if file.is_file():
                shutil.copyfile(file, root / file.name)
        (root / "node_modules").symlink_to(ROOT / "node_modules")
        rebuild(root)  # the copy's first build reads every page: it lies in another folder
        page = root / "book" / f"{CHAPTER}.md"
        page.write_text(page.read_text("utf8") + PROSE, "utf8")
        start = time.perf_counter()
        said = rebuild(root)
        seconds = time.perf_counter() - start
    executed = re.search(r"(\d+) notebook\(s\) executed", said)
    return seconds, int(executed[1]) if executed else 0


def rebuild(root: Path) -> str:
    """Build the book below `root`; gives what the build said."""
    command = [sys.executable, "-m", "tools.build", "book"]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    result = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise ToolError(f"The copy of the book was not built: {result.stderr.strip()[-300:]}")
    return result.stdout


def longest_page() -> tuple[str, float]:
    """The page whose notebook took longest to execute, in seconds."""
    records = get_cache(CACHE).list_cache_records()
    known = {str(page) for page in pages()}
    times = {
        Path(record.uri).stem: float(record.data.get("execution_seconds", 0.0))
        for record in records
        if record.uri in known
    }
    return max(times.items(), key=lambda item: item[1], default=("none", 0.0))


# --- the report --------------------------------------------------------------------------------


def summary(times: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {
        "median": statistics.median(times),
        "p95": statistics.quantiles(times, n=20, method="inclusive")[-1],
        "count": len(times),
    }


def table(found: dict[str, Any]) -> str:
    """The figures as a reader of the terminal wants them."""
    lines = [f"Page: {CHAPTER}; {found['machine']}", ""]
    site, live = found["site"], found.get("interact")
    lines.append(f"{'':38}{'this site':>12}{'interact':>12}{'ratio':>8}")
    rows = {
        "opening to usable control, median": ("usable", "median"),
        "input to new picture, median": ("redraw", "median"),
        "input to new picture, 95th percentile": ("redraw", "p95"),
    }
    for name, (part, key) in rows.items():
        here = site[part][key]
        there = f"{live[part][key]:>9.0f} ms{live[part][key] / here:>7.0f}x" if live else ""
        lines.append(f"{name:38}{here:>9.1f} ms{there}")
    weight = found["weight"]
    lines += [
        "",
        f"first visit           {weight['first'] / 1e6:8.3f} MB compressed; "
        f"{weight['to_the_end'] / 1e6:.3f} MB when read to the end",
        f"second visit          {weight['second'] / 1e3:8.1f} KB",
        f"layout shift          {weight['layout_shift']:8.3f}",
        f"heaviest first visit  {found['heaviest'][1] / 1e6:8.3f} MB: {found['heaviest'][0]}",
        f"longest page to run   {found['longest'][1]:8.1f} s: {found['longest'][0]}",
    ]
    if "prose_edit" in found:
        seconds, executed = found["prose_edit"]
        lines.append(f"rebuild after prose   {seconds:8.1f} s, {executed} notebook(s) executed")
    return "\n".join(lines)


def measure(everything: bool) -> dict[str, Any]:
    """All figures; times in milliseconds, sizes in bytes."""
    path = chromium()
    if path is None:
        raise ToolError(
            "No Chromium on this machine: install Debian's package chromium-headless-shell."
        )
    if not (SITE / f"{CHAPTER}.html").is_file():
        raise ToolError("The site is not built yet: run make first.")
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    found: dict[str, Any] = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, load {load}"
    }
    with sync_playwright() as playwright, hosted(SITE) as home:
        browser = playwright.chromium.launch(executable_path=path, args=flags())
        chapter = f"{home}{CHAPTER}.html"
        found["site"] = {
            "usable": summary([usable(browser, chapter) for _ in range(VISITS)]),
            "redraw": summary(redraws(browser, chapter)),
        }
        found["weight"] = weigh(browser, chapter)
        weights = {
            page.stem: weigh(browser, f"{home}{page.stem}.html")["first"] for page in pages()
        }
        found["heaviest"] = max(weights.items(), key=lambda item: item[1])
        if everything:
            with tempfile.TemporaryDirectory() as folder:
                opened, changed = live_kernel.measure(browser, Path(folder), LIVE_VISITS)
            found["interact"] = {"usable": summary(opened), "redraw": summary(changed)}
        browser.close()
    found["longest"] = longest_page()
    if everything:
        found["prose_edit"] = prose_edit()
    return found


def main() -> None:
    """Measure, print, and write the file that --json names."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_site", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--only", choices=["site"], help="leave out the kernel and the rebuild")
    arguments = parser.parse_args()
    found = measure(everything=arguments.only is None)
    print(table(found))
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n", "utf8")


if __name__ == "__main__":
    run(main)
