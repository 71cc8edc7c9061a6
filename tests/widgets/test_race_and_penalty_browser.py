"""What only the race and the penalty path do, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lossland.methods import METHODS
from lossland.optimizers import gradient_descent
from lossland.surfaces import SURFACES
from lossland.widgets import OptimizerRace, PenaltyPath
from lossland.widgets.optimizer_race import flat_surface, sweep
from tests.widgets.page import address, picture, trait, widget_page

pytestmark = pytest.mark.browser


@pytest.fixture
def race(browser: Browser, bundles: Path) -> Iterator[Page]:
    """The race on a desk's screen; nothing may go wrong in its page."""
    with widget_page(browser, bundles, OptimizerRace()) as (page, watch):
        yield page
        assert watch.complaints == []


@pytest.fixture
def penalty(browser: Browser, bundles: Path) -> Iterator[Page]:
    """The penalty path on a desk's screen; nothing may go wrong in its page."""
    with widget_page(browser, bundles, PenaltyPath()) as (page, watch):
        yield page
        assert watch.complaints == []


def words(page: Page) -> str:
    picture(page)
    return page.locator(".ll-words").inner_text()


def cells(page: Page) -> list[list[str]]:
    """The open table, row by row."""
    page.wait_for_timeout(300)
    rows = page.locator(".ll-table tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def drag_to(page: Page, across: float, down: float) -> None:
    """Move the handle of the first plot by some pixels."""
    box = page.locator(".ll-knob").bounding_box()
    assert box
    x, y = box["x"] + 22, box["y"] + 22
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across, y + down, steps=4)
    page.mouse.up()


def test_each_at_its_best_rate(race: Page) -> None:
    """Does the table show the rates that the library's sweep finds, and the slider say so?"""
    race.get_by_role("radio", name="Each its best").check()
    race.get_by_text("The numbers as a table").click()
    flat = flat_surface("bowl", 30.0)
    for row, name in zip(cells(race), OptimizerRace().methods, strict=True):
        best = sweep(flat, name, 100).best
        assert float(row[1]) == pytest.approx(best, rel=0.05), name
        assert row[1] == row[3]
    slider = race.get_by_role("slider", name="Shared learning rate", exact=True)
    assert slider.get_attribute("aria-valuetext") == "each its own"
    slider.press("ArrowRight")
    assert trait(race, "rates") == "shared"
    assert race.get_by_role("radio", name="One for all").is_checked()


def test_a_method_comes_and_goes(race: Page) -> None:
    """Does a box add its method to plots, table and state, and does an empty race say so?"""
    race.get_by_text("The numbers as a table").click()
    race.get_by_role("checkbox", name="AMSGrad").check()
    assert [row[0] for row in cells(race)][-1] == "AMSGrad"
    assert trait(race, "methods")[-1] == "amsgrad"
    for box in race.get_by_role("checkbox").all():
        box.uncheck()
    assert words(race).startswith("Nobody runs.")
    assert trait(race, "methods") == []


def test_link_with_methods(browser: Browser, bundles: Path) -> None:
    """Does a link choose methods by name, and does the address bar hold them?"""
    fragment = "#optimizer-race=methods:gradient-descent,adam;surface:saddle"
    with widget_page(browser, bundles, OptimizerRace(), fragment=fragment) as (page, _):
        assert trait(page, "methods") == ["gradient descent", "adam"]
        assert trait(page, "surface") == "saddle"
        page.get_by_role("checkbox", name="plain descent").uncheck()
        page.wait_for_function("() => location.hash.endsWith(';methods:adam')")
        page.get_by_role("checkbox", name="Adam", exact=True).uncheck()
        page.wait_for_function("() => location.hash.endsWith(';methods:none')")


def test_start_follows_the_hand_and_the_turn(race: Page) -> None:
    """Is the dragged start kept on the surface when that is turned, and dropped with it?"""
    drag_to(race, 60, 40)
    x, y = trait(race, "start")
    assert x > -1.8
    assert y < 1.0
    race.get_by_role("slider", name="Turn of the surface").press("End")
    assert trait(race, "turn") == 90
    assert trait(race, "start") == [x, y]
    said = race.locator(".ll-knob").get_attribute("aria-valuetext")
    assert said
    assert [float(part) for part in said.split(",")] == pytest.approx([-y, x], abs=0.006)
    race.get_by_role("radio", name="Beale").check()
    assert trait(race, "start") == []
    shown = race.locator(".ll-knob").get_attribute("aria-valuetext")
    assert shown
    # Turned by a quarter about 0: (1, 1) goes to (−1, 1).
    np.testing.assert_array_equal(SURFACES["Beale"].start, [1, 1])
    assert [float(part) for part in shown.split(",")] == pytest.approx([-1, 1], abs=0.006)


def test_player_moves_the_race(race: Page) -> None:
    """At step 0 are all at the start, and do the words follow the step?"""
    slider = race.get_by_role("slider", name="Step", exact=True)
    assert "at step 100" in words(race)
    slider.press("Home")
    assert words(race).startswith("At the start.")
    slider.press("ArrowRight")
    assert "at step 1." in words(race)


def test_every_method_has_a_line(browser: Browser, bundles: Path) -> None:
    """With all of them, has each a path, a loss line and a name?"""
    with widget_page(browser, bundles, OptimizerRace(methods=list(METHODS))) as (page, watch):
        for panel in ("paths", "loss"):
            lines = page.locator(f".ll-panel-{panel} .ll-run[d^='M']")
            assert lines.count() == len(METHODS), panel
        names = page.locator(".ll-panel-loss text.ll-label").all_text_contents()
        assert len(set(names)) == len(METHODS)
        assert watch.complaints == []


DRAWN = """() => Object.fromEntries(
  document.querySelector(".lossland").drawn.runs.map(({ name, path }) => [name, path]))"""
MOMENTUM = "v = mu*v - lr*g\nx = x + v"


def area(page: Page) -> Locator:
    """Where the reader writes a method."""
    return page.get_by_role("textbox", name="Your method, an assignment a line")


def paths(page: Page) -> dict[str, list[list[float]]]:
    """The paths on show, by their method's name."""
    picture(page)
    found: dict[str, list[list[float]]] = page.evaluate(DRAWN)
    return found


def test_momentum_typed_by_hand(race: Page) -> None:
    """Written key by key, is it the built-in's path to 1e-9, on the turned surface too?"""
    area(race).press_sequentially(MOMENTUM)
    race.get_by_role("slider", name="Turn of the surface").press("PageUp")
    for surface in ("Bowl", "Rosenbrock", "Saddle", "Beale", "Two minima"):
        race.get_by_role("radio", name=surface).check()
        for rates in ("Each its best", "One for all"):
            race.get_by_role("radio", name=rates).check()
            drawn = paths(race)
            own, built_in = np.array([drawn[name] for name in ("yours", "momentum")])
            known = np.isfinite(own).all(axis=1)  # both leave Rosenbrock's valley at lr = 0.02
            assert known.sum() > 5
            np.testing.assert_allclose(own[known], built_in[known], rtol=1e-9, atol=1e-9)
    assert trait(race, "lines") == MOMENTUM
    assert "yours" in race.locator(".ll-panel-loss text.ll-label").all_text_contents()
    assert race.locator(".ll-trouble").inner_text() == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("v = mu*v - lr*g/0\nx = x + v", "Line 1, step 1: division by zero."),
        ("v = mu*v - lr*g\nx = x + w", "Line 2: w is unknown; no line assigns it."),
        ("x = x" + " - lr*g" * 100_000, "Line 1: more than 100 characters."),
        ("x = x**9**9**9**9", "Line 1, step 1: a number too large to hold."),
        ("x = " + "-(" * 47 + "x", "Line 1: a bracket is not closed."),
    ],
    ids=["division by zero", "unknown name", "endless formula", "huge", "nested"],
)
def test_what_is_wrong_is_one_line_and_freezes_nothing(race: Page, text: str, told: str) -> None:
    """Is it told below the text, at once drawn without, and mended by the next key?"""
    height = "() => document.querySelector('.lossland').getBoundingClientRect().height"
    before = race.evaluate(height)
    area(race).fill(text)
    started = race.evaluate("() => performance.now()")
    picture(race)
    assert race.evaluate("() => performance.now()") - started < 1000
    trouble = race.locator(".ll-trouble")
    expect(trouble).to_have_text(told)
    assert area(race).get_attribute("aria-invalid") == "true"
    assert area(race).input_value() == text
    assert race.evaluate(height) == before
    race.get_by_role("slider", name="Turn of the surface").press("End")
    assert len(paths(race)) >= 5  # the others still run
    area(race).fill(MOMENTUM)
    expect(trouble).to_have_text("")
    drawn = paths(race)
    np.testing.assert_allclose(drawn["yours"], drawn["momentum"], rtol=1e-9, atol=1e-9)


def test_words_of_a_run_that_ends(race: Page) -> None:
    """Does the readout say at which step it stopped, and the table that it has no loss?"""
    area(race).fill("x = x - 0*g/(t - 7)")
    assert "Yours stopped at step 7." in words(race)
    race.get_by_text("The numbers as a table").click()
    assert cells(race)[-1][0] == "yours"
    assert cells(race)[-1][2] == "none"
    assert race.locator(".ll-panel-paths .ll-run[d^='M']").count() == 6


@pytest.mark.parametrize("name", METHODS)
def test_begin_with_a_method_s_lines(race: Page, name: str) -> None:
    """Does the choice write the method's lines, and are they its path? Is "nothing" none?"""
    race.get_by_role("checkbox", name=METHODS[name].label, exact=True).check()
    race.get_by_label("Begin with").select_option(METHODS[name].label)
    picture(race)
    assert area(race).input_value() == "\n".join(METHODS[name].lines)
    drawn = paths(race)
    np.testing.assert_allclose(drawn["yours"], drawn[name], rtol=1e-9, atol=1e-9)
    area(race).press("Control+End")
    area(race).press_sequentially(" + 0")
    picture(race)
    assert race.get_by_label("Begin with").input_value() == "own"
    race.get_by_label("Begin with").select_option("nothing")
    picture(race)
    assert area(race).input_value() == ""
    assert "yours" not in paths(race)


def test_a_written_method_in_the_address(browser: Browser, bundles: Path) -> None:
    """Does another page with the address show the same text and picture, a broken one neither?"""
    text = "# a % and an é, +1 & ;: =\ns = sign(g)\nx = x - lr*s"
    with widget_page(browser, bundles, OptimizerRace()) as (page, watch):
        area(page).fill(text)
        fragment = address(page)
        shown = picture(page)
        assert watch.complaints == []
    with widget_page(browser, bundles, OptimizerRace(), fragment=fragment) as (page, watch):
        assert area(page).input_value() == text
        assert trait(page, "lines") == text
        assert picture(page) == shown
        page.get_by_role("button", name="Start again").click()
        picture(page)
        assert area(page).input_value() == ""
        assert watch.complaints == []
    for broken in ("lines:%E0%A4", "lines:x=3;lines", "lines:" + "%F0%9F%8F%94" * 3000):
        with widget_page(
            browser, bundles, OptimizerRace(), fragment=f"#optimizer-race={broken}"
        ) as (page, watch):
            assert len(area(page).input_value()) < 1300
            assert len(paths(page)) == 5
            assert watch.complaints == []


def test_a_method_from_python_beside_a_written_one(browser: Browser, bundles: Path) -> None:
    """Is the path that Python walked named "yours" alone, and "from Python" beside the page's?"""
    widget = OptimizerRace(optimizer=gradient_descent(0.05))
    with widget_page(browser, bundles, widget) as (page, watch):
        name = page.locator(".ll-panel-paths text.ll-note")
        assert name.all_text_contents() == ["yours"]
        area(page).fill(MOMENTUM)
        picture(page)
        assert name.all_text_contents() == ["from Python"]
        assert watch.complaints == []


def test_nothing_that_is_written_is_run(race: Page) -> None:
    """Is a text that would be a program in JavaScript or HTML only told to be no assignment?"""
    area(race).fill("<img src=x onerror=alert(1)>")
    expect(race.locator(".ll-trouble")).to_have_text("Line 1: “<” has no meaning here.")
    area(race).fill("x = constructor(g)\nconstructor = 1")
    expect(race.locator(".ll-trouble")).to_contain_text("constructor is no function")
    assert race.locator(".lossland img").count() == 0


def test_ridge_that_matches(penalty: Page) -> None:
    """Does the button set ridge at 1/(2·0.05·20) = 0.5, with the solution in descent's ring?"""
    penalty.get_by_role("button", name="Ridge that matches the stop").click()
    assert trait(penalty, "kind") == "l2"
    assert trait(penalty, "reg") == pytest.approx(0.5)
    ring = penalty.locator(".ll-panel-plane .ll-match")
    solution = penalty.locator(".ll-panel-plane .ll-disc.ll-run")
    for key in ("cx", "cy"):
        places = [float(disc.get_attribute(key) or "nan") for disc in (ring, solution)]
        assert places[0] == pytest.approx(places[1], abs=0.1)


def test_minimum_follows_the_hand(penalty: Page) -> None:
    """Does dragging to the other side of an axis turn the coefficient's sign?"""
    penalty.get_by_role("slider", name="Strength").press("Home")
    drag_to(penalty, -250, 0)
    x, y = trait(penalty, "minimum")
    assert x < -0.5
    assert y == pytest.approx(0.5, abs=0.02)
    assert "w = (−" in words(penalty)
    penalty.locator(".ll-knob").press("ArrowUp")
    assert trait(penalty, "minimum")[1] == pytest.approx(y + 0.05)


def test_label_is_readable_after_a_change_of_theme(penalty: Page) -> None:
    """In the dark, is the name of descent's line lighter than the line?"""
    colour = "(e) => e.style.getPropertyValue('--ll-colour')"
    name = penalty.locator(".ll-panel-stop text.ll-label").first
    light = name.evaluate(colour)
    penalty.evaluate("() => { document.documentElement.dataset.theme = 'dark' }")
    picture(penalty)
    assert name.evaluate(colour) != light
