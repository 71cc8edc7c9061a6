"""How a page's widgets start: by the page itself, or by the html-manager where they need it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.site.browser import Watch, open_page
from tests.site.small_book import SmallBook
from tools.build import pages

MANAGER = ("require.js", "require-config.js", "embed-amd.js")
STATE = re.compile(r'<script type="application/vnd\.jupyter\.widget-state\+json">(.*?)</script>')
BUNDLE = re.compile(r"/_static/widgets/.*\.js")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile."""
    opened = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    yield opened
    opened.close()


def text(book: SmallBook, name: str) -> str:
    """A page as it was written."""
    return (book.html / name).read_text("utf8")


def test_anywidgets_alone(small_book: SmallBook) -> None:
    """Has a page of anywidgets their traits and addresses, not their text nor the manager?"""
    page = text(small_book, "03-small.html")
    (state,) = STATE.findall(page)
    (entry,) = json.loads(state)["state"].values()
    name = f"_static/widgets/{entry['state']['_esm']}.js"
    assert "clicked 0 times" in (small_book.html / name).read_text("utf8")
    assert "clicked 0 times" not in page
    assert f'src="{name}' in page
    assert "widgets.js" in page
    assert not any(name in page for name in MANAGER)


def test_other_widgets(small_book: SmallBook) -> None:
    """Is a page with ipywidgets' own controls left to the manager, state and all?"""
    page = text(small_book, "02-sliders.html")
    (state,) = STATE.findall(page)
    models = json.loads(state)["state"].values()
    assert {"IntSliderModel", "LinkModel"} <= {model["model_name"] for model in models}
    assert all(name in page for name in MANAGER)
    assert "widgets.js" not in page


def test_no_widgets(small_book: SmallBook) -> None:
    """Does a page without widgets load neither?"""
    page = text(small_book, "index.html")
    assert "widgets.js" not in page
    assert not any(name in page for name in MANAGER)


def test_unused_bundles_go(small_book: SmallBook) -> None:
    """Does the folder hold what pages name, and nothing else?"""
    pages = "".join(page.read_text("utf8") for page in small_book.html.glob("*.html"))
    files = [file.name for file in (small_book.html / "_static" / "widgets").iterdir()]
    assert files
    assert all(name in pages for name in files)


@pytest.mark.browser
def test_joined_sliders_move(context: BrowserContext, small_address: str) -> None:
    """Does the manager's page live without a kernel, quietly?"""
    watch = Watch(context, small_address)
    page = open_page(context, f"{small_address}02-sliders.html")
    first, second = page.get_by_role("slider").all()
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(second).to_have_attribute("aria-valuenow", re.compile("4"))
    expect(page.locator(".widget-label mjx-container")).to_have_count(1)
    assert watch.complaints == []


PLACES = """() => [...document.querySelectorAll(".widget-place")].map((place) => ({
  name: place.querySelector("[aria-label]")?.ariaLabel ?? place.dataset.model,
  kept: parseFloat(getComputedStyle(place).getPropertyValue(
    innerWidth > 667 ? "--widget-height" : "--widget-height-phone")) || 0,
  taken: Math.round(place.getBoundingClientRect().height),
}))"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", [page.stem for page in pages()])
def test_kept_height(browser: Browser, site: Path, address: str, name: str, width: int) -> None:
    """Does a widget take the height that its class declares and the page keeps free for it?"""
    if "widget-place" not in (site / f"{name}.html").read_text("utf8"):
        return
    phone = {"has_touch": True, "is_mobile": True} if width < 600 else {}
    context = browser.new_context(viewport={"width": width, "height": 800}, **phone)
    page = open_page(context, f"{address}{name}.html")
    page.wait_for_function(  # a busy machine draws the last of them late
        """() => [...document.querySelectorAll(".widget-place")].every(
             (place) => place.matches(".widget-started") && place.querySelector("canvas, svg"))"""
    )
    places = page.evaluate(PLACES)
    context.close()
    off = [place for place in places if abs(place["kept"] - place["taken"]) > 6]
    assert off == []


def break_off(route: Route) -> None:
    """The network is gone."""
    route.abort()


def throw(route: Route) -> None:
    """A script that fails when it draws."""
    key = route.request.url.rsplit("/", 1)[1].split(".js")[0]
    route.fulfill(
        content_type="text/javascript",
        body=f"losslandModules = {{'{key}': {{ render() {{ throw new Error('no canvas'); }} }} }};",
    )


@pytest.mark.browser
@pytest.mark.parametrize("trouble", [break_off, throw], ids=lambda trouble: trouble.__name__)
def test_a_widget_that_does_not_start(
    context: BrowserContext, small_address: str, trouble: object
) -> None:
    """Does the reader get a picture and a sentence in its place, and the formulas as well?"""
    context.route(BUNDLE, trouble)
    page = open_page(context, f"{small_address}03-small.html")
    expect(page.get_by_text("This figure could not start; the picture shows")).to_be_visible()
    place = page.locator(".widget-place")
    picture = place.get_by_alt_text("The picture that stands in for the counter below.")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("(picture) => picture.naturalWidth > 0", arg=picture.element_handle())
    expect(picture).to_be_visible()
    assert page.locator("mjx-container").count() > 0


HOST = Path(__file__).parents[2] / "book" / "_theme" / "lossland" / "static" / "widgets.js"
CONTRACT = """
const told = (window.told = []);
window.losslandModules = { one: { default: async () => ({
  initialize({ model }) {
    told.push(["initialize", model.get("start")]);
    model.on("change:start", (_, value) => told.push(["change:start", value]));
    model.on("change", () => told.push(["change"]));
    return () => told.push(["forget"]);
  },
  render({ model, el }) {
    told.push(["render", el.isConnected, model.get("bytes").getUint8(1)]);
    const ignored = () => told.push(["ignored"]);
    model.on("change:start", ignored);
    model.off("change:start", ignored);
    if (told.filter(([what]) => what === "render").length === 2) {
      model.set("start", [1, 2]);
      model.set({ start: [3, 4], mu: 0.5 });
      model.save_changes();
      model.send({ kind: "nothing" });
      told.push(["mu", model.get("mu")]);
    }
    return () => told.push(["leave"]);
  },
}) } };
"""
PAGE = """<!doctype html><title>A page</title><link rel="icon" href="data:,">
<script type="application/vnd.jupyter.widget-state+json">STATE</script>
<script defer src="module.js"></script><script defer src="widgets.js"></script>
<div class="widget-place" data-model="one"></div><div class="widget-place" data-model="one"></div>
"""


@pytest.mark.browser
def test_contract(context: BrowserContext) -> None:
    """Does a module get what anywidget's contract promises: one model, its events, its cleanups?"""
    state = {"_esm": "one", "start": [1, 2], "mu": 0.1}
    buffers = [{"path": ["bytes"], "encoding": "base64", "data": "AQID"}]
    embedded = json.dumps({"state": {"one": {"state": state, "buffers": buffers}}})
    files = {
        "": ("text/html", PAGE.replace("STATE", embedded)),
        "widgets.js": ("text/javascript", HOST.read_text("utf8")),
        "module.js": ("text/javascript", CONTRACT),
    }
    home = "http://page.test/"

    def answer(route: Route) -> None:
        kind, body = files[route.request.url.removeprefix(home)]
        route.fulfill(content_type=kind, body=body)

    context.route(f"{home}**", answer)
    page: Page = context.new_page()
    page.goto(home)
    page.evaluate("() => window.losslandWidgets")
    page.evaluate("() => dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert page.evaluate("window.told") == [
        ["initialize", [1, 2]],
        ["render", True, 2],
        ["render", True, 2],
        ["change:start", [3, 4]],  # setting equal values told nobody
        ["change"],
        ["mu", 0.5],
        ["leave"],
        ["forget"],
        ["leave"],
    ]
