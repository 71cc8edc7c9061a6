"""The landing page: what a newcomer sees at once, and the map that can be played with."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from lossland.adaptive import adam
from lossland.experiment import minimise
from lossland.optimizers import gradient_descent, momentum, nesterov
from tests.site.browser import Watch, open_page
from tools import make_landscape
from tools.build import BOOK, build_widgets
from tools.common import ROOT
from tools.vendor import node_program

FIGURE = ".landscape"
WORDS = ".landscape-words"
SCRIPT = """
import { readFileSync } from "node:fs";
const { walk, tell, STEPS } = await import(process.argv[1]);
const { land, starts, ways } = JSON.parse(readFileSync(0, "utf8"));
const found = ways.flatMap((way) => starts.map((start) => {
  const walked = walk(land, start, way);
  return { way, start, ...walked, told: tell(way, walked) };
}));
console.log(JSON.stringify({ found, steps: STEPS }));
"""
METHODS = {
    "gradient descent": gradient_descent(0.3),
    "momentum": momentum(make_landscape.LR, make_landscape.MU),
    "nesterov": nesterov(0.05, 0.9),
    "adam": adam(0.2),
}
STARTS = [make_landscape.START, (9.4, 0.5), (0.6, 1.2), (8.6, 2.75), (4.5, 3.2)]

browser_test = pytest.mark.browser
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def walks() -> list[dict[str, Any]]:
    """What the page's script computes from several places."""
    build_widgets()  # brings Node.js
    question = {"land": make_landscape.land(), "starts": STARTS, "ways": list(METHODS)}
    done = subprocess.run(
        [
            *(node_program(), "--input-type=module", "-e", SCRIPT),
            (BOOK / "_landing" / "walk.js").as_uri(),
        ],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["steps"] == make_landscape.STEPS
    return answer["found"]


def test_the_script_walks_as_the_library(walks: list[dict[str, Any]]) -> None:
    """Is every path the one that lossland computes, from every place, until it ends?"""
    assert len(walks) == len(METHODS) * len(STARTS)
    for walk in walks:
        run = minimise(
            make_landscape.loss_and_gradient,
            np.array(walk["start"], dtype=float),
            METHODS[walk["way"]],
            make_landscape.STEPS,
        )
        path = np.array(walk["x"])
        np.testing.assert_allclose(path, run.x[: len(path)], rtol=0, atol=1e-9)
        last = run.loss[len(path) - 1 :]
        if walk["end"] == "lake":
            assert np.all(last < make_landscape.land()["shore"])
    assert {walk["end"] for walk in walks} >= {"lake", "edge"}


def test_the_first_words_are_the_scripts(walks: list[dict[str, Any]]) -> None:
    """Does the page say without scripts what its script would say of the first path?"""
    first = next(w for w in walks if w["way"] == make_landscape.CHOSEN)
    assert f">{first['told']}</p>" in make_landscape.picture()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """Open the landing page; afterwards it must have been quiet."""
    opened = []

    def go(width: int = 1280, height: int = 800, **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        watch = Watch(context, address)
        watch.without_scripts = options.get("java_script_enabled") is False
        opened.append((context, watch))
        if watch.without_scripts:
            page = context.new_page()
            page.goto(f"{address}index.html", wait_until="networkidle")
            return page
        return open_page(context, f"{address}index.html")

    yield go
    for context, watch in opened:
        context.close()
        assert watch.complaints == []


def trail(page: Page) -> str:
    """The drawn path."""
    return page.locator(f"{FIGURE} .trail").get_attribute("d") or ""


def changed(page: Page, before: str) -> str:
    """The path that is drawn in place of an earlier one."""
    expect(page.locator(f"{FIGURE} .trail")).not_to_have_attribute("d", before)
    return trail(page)


def middle(page: Page) -> tuple[float, float]:
    """The middle of the map, in the window."""
    box: Any = page.locator(f"{FIGURE} svg").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@browser_test
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
def test_a_newcomer_sees_what_this_is(visit: Visit, width: int, height: int) -> None:
    """Do the name, what it is, that it is free, both ways in and the map stand on one screen?"""
    page = visit(width, height)
    for seen in (
        page.get_by_role("heading", level=1, name="Lossland"),
        page.get_by_text("How machine-learning models are trained: an interactive course in NumPy"),
        page.get_by_text("Free, without an account"),
        page.get_by_role("link", name="Start with chapter 1"),
        page.locator(".actions").get_by_role("link", name="Problem sets"),
        page.locator(f"{FIGURE} svg"),
        page.get_by_role("radio", name="Momentum"),
    ):
        expect(seen).to_be_in_viewport(ratio=0.99)
    page.get_by_role("link", name="Start with chapter 1").click()
    page.wait_for_url("**/01-random-search.html")


@browser_test
def test_every_way_to_walk_draws_its_own_path(visit: Visit) -> None:
    """Does each method draw another path and tell of it, by mouse and by keyboard?"""
    page = visit()
    seen = {trail(page)}
    for name in ("Gradient descent", "Nesterov", "Adam"):
        page.get_by_role("radio", name=name).check()
        expect(page.locator(WORDS)).to_contain_text(name.lower()[1:])
        seen.add(trail(page))
    page.get_by_role("radio", name="Adam").press("ArrowLeft")
    expect(page.locator(WORDS)).to_contain_text("Nesterov")
    assert len(seen) == 4


@browser_test
def test_the_way_grows_where_motion_is_welcome(browser: Browser, address: str) -> None:
    """Is a new path drawn step by step, to the same end?"""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = open_page(context, f"{address}index.html")
    lengths = page.evaluate(
        """async () => {
          const seen = [];
          document.querySelector(".landscape input[value=adam]").click();
          for (let k = 0; k < 400; k += 1) {
            await new Promise(requestAnimationFrame);
            seen.push(document.querySelector(".landscape .trail").getAttribute("d").length);
            if (/Adam/.test(document.querySelector(".landscape-words").textContent)) break;
          }
          return seen;
        }"""
    )
    expect(page.locator(WORDS)).to_contain_text("Adam")
    assert len(set(lengths)) > 5
    assert lengths[-1] == max(lengths)
    context.close()


@browser_test
@pytest.mark.parametrize(("width", "theme"), list(product((360, 1280), ("light", "dark"))), ids=str)
def test_the_hiker_is_dragged(visit: Visit, width: int, theme: str) -> None:
    """Does she follow the mouse, and stay on the part of the map that is seen?"""
    page = visit(width, color_scheme=theme)
    knob: Any = page.get_by_role("slider", name="The hiker’s start").bounding_box()
    before, (x, y) = trail(page), middle(page)
    page.mouse.move(knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, y, steps=4)
    during = changed(page, before)
    page.mouse.move(5000, y, steps=2)
    page.mouse.up()
    changed(page, during)
    hiker: Any = page.locator(f"{FIGURE} .hiker").bounding_box()
    assert hiker["x"] + hiker["width"] < width


@browser_test
def test_a_finger_taps_and_scrolls(visit: Visit) -> None:
    """Does a tap place her, and is a swipe over the map left to the page?"""
    page = visit(360, 740, has_touch=True)
    before = trail(page)
    page.touchscreen.tap(*middle(page))
    changed(page, before)
    action = "(e) => getComputedStyle(e).touchAction"
    assert page.locator(f"{FIGURE} svg").evaluate(action) == "auto"
    knob = page.get_by_role("slider", name="The hiker’s start")
    assert knob.evaluate(action) == "none"
    size: Any = knob.bounding_box()
    assert min(size["width"], size["height"]) >= 44


@browser_test
def test_the_hiker_is_moved_by_keys(visit: Visit) -> None:
    """Do the arrow keys move her, and does a screen reader hear where she is and what happens?"""
    page = visit()
    knob = page.get_by_role("slider", name="The hiker’s start")
    heard = {knob.get_attribute("aria-valuetext")}
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowRight"):
        before = knob.get_attribute("aria-valuetext")
        knob.press(key)
        expect(knob).not_to_have_attribute("aria-valuetext", before or "")
        heard.add(knob.get_attribute("aria-valuetext"))
    assert len(heard) == 4
    assert all(
        re.fullmatch(r"\d+ % from the left, \d+ % from the top\. .+\.", h) for h in heard if h
    )


@browser_test
def test_the_still_map(visit: Visit) -> None:
    """Is there a path and no dead control where scripts are off, and on paper?"""
    still = visit(java_script_enabled=False)
    playing = visit()
    playing.emulate_media(media="print")
    for page in (still, playing):
        expect(page.locator(f"{FIGURE} svg")).to_be_visible()
        assert trail(page).count("L") > 20
        for control in (".landscape-play", ".ll-knob"):
            expect(page.locator(f"{FIGURE} {control}:visible")).to_have_count(0)
