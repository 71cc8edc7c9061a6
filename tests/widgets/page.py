"""A bare page that mounts a bundle with a stand-in for anywidget's model, and what it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route

from lossland.widgets.base import Widget
from tests.site.browser import Watch
from tools.vendor import MODULES

HOME = "http://widget.test/"
FONT = (  # the book's
    MODULES / "@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2"
)

PAGE = """<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A widget</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="widget.css">
<style>
@font-face { font-family: "Source Sans 3"; src: url("font.woff2"); font-weight: 200 900 }
html { font-size: 106.25% } /* the book's */
:root { --sans: "Source Sans 3", sans-serif }
body { margin: 0 16px; font-family: var(--sans); background: #fdfcf9; color: #1a1a1a }
[data-theme="dark"] body { background: #15191c; color: #e4e7e8 }
main { padding-bottom: 2000px }
</style>
</head>
<body>
<main><h1>A page</h1>PLACES</main>
<script type="module">
import widget from "./widget.js";
const TRAITS = JSON.parse(document.getElementById("traits").textContent);
function makeModel() {
  const values = structuredClone(TRAITS);
  const listeners = new Map();
  const of = (event) => listeners.get(event) ?? listeners.set(event, new Set()).get(event);
  return {
    values,
    saved: 0,
    get: (name) => values[name],
    set(name, value) {
      values[name] = value;
      for (const listener of of(`change:${name}`)) listener();
    },
    on: (event, listener) => of(event).add(listener),
    off: (event, listener) => of(event).delete(listener),
    save_changes() { this.saved += 1; },
    listening: () => [...listeners.values()].reduce((sum, set) => sum + set.size, 0),
  };
}
window.models = [];
window.cleanups = [];
for (const el of document.querySelectorAll(".place")) {
  const model = makeModel();
  window.models.push(model);
  window.cleanups.push(await widget.render({ model, el }));
}
window.ready = true;
</script>
</body>
</html>
"""

PICTURE = """() => JSON.stringify([
  [...document.querySelectorAll(".lossland canvas")].map((canvas) => canvas.toDataURL()),
  [...document.querySelectorAll(".lossland svg.ll-picture *")]
    .filter((e) => e.style.display !== "none")
    .map((e) => e.cloneNode().outerHTML.replace(' style=""', "") + e.textContent),
])"""
# The widget writes to its model after a short pause: wait for a write, then until it is quiet.
TRAIT = """async ([which, name]) => {
  const model = window.models[which];
  const wait = (pause) => new Promise((done) => setTimeout(done, pause));
  for (let k = 0; k < 30 && model.saved === (model.read ?? 0); k += 1) await wait(20);
  do { model.read = model.saved; await wait(100); } while (model.saved !== model.read);
  return model.values[name];
}"""
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))"


@contextmanager
def widget_page(
    browser: Browser,
    bundles: Path,
    widget: Widget,
    *,
    count: int = 1,
    fragment: str = "",
    **context_options: Any,
) -> Iterator[tuple[Page, Watch]]:
    """The widget ``count`` times on an otherwise empty page, and a watch over what goes wrong."""
    names = [
        name for name in widget.keys if not name.startswith(("_", "layout", "tabbable", "tooltip"))
    ]
    traits = json.dumps({name: getattr(widget, name) for name in names})
    places = '<div class="place"></div>' * count
    places += f'<script type="application/json" id="traits">{traits}</script>'
    files = {
        "": ("text/html", PAGE.replace("PLACES", places).encode()),
        "widget.js": ("text/javascript", (bundles / f"{widget.bundle}.js").read_bytes()),
        "widget.css": ("text/css", (bundles / f"{widget.bundle}.css").read_bytes()),
        "font.woff2": ("font/woff2", FONT.read_bytes()),
    }

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(HOME).split("#")[0]
        kind, body = files[name]
        route.fulfill(content_type=f"{kind}; charset=utf-8", body=body)

    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context_options})
    watch = Watch(context, HOME)
    context.route(f"{HOME}**", answer)
    page = context.new_page()
    page.goto(HOME + fragment)
    page.wait_for_function("() => window.ready && document.querySelector('.ll-inner > *')")
    page.evaluate("() => document.fonts.ready")
    page.evaluate(NEXT_FRAME)
    yield page, watch
    context.close()


def picture(page: Page) -> str:
    """Everything drawn, canvas pixels and lines, after the next frame."""
    page.evaluate(NEXT_FRAME)
    drawn: str = page.evaluate(PICTURE)
    return drawn


def until_spoken(page: Page) -> None:
    """Return when the live region says what stands in words, whenever both have come."""
    page.wait_for_function(
        """() => {
          const [spoken, words] = [".ll-unseen[role=status]", ".ll-words"].map(
            (place) => document.querySelector(place).textContent.trim());
          return spoken && spoken === words; }"""
    )


def address(page: Page) -> str:
    """The fragment of the address once it says what the widget shows.

    The widget writes it 250 ms after the last change. Timers of one page fire in the order in which
    they are due, however late: one that is set now for a little more comes after the widget's.
    """
    fragment: str = page.evaluate(
        "() => new Promise((tell) => setTimeout(() => tell(location.hash), 300))"
    )
    return fragment


def trait(page: Page, name: str, which: int = 0) -> Any:
    """What the model of one widget holds once the widget has written to it."""
    return page.evaluate(TRAIT, [which, name])
