"""What a reader does with a page: navigate, search, choose a theme, answer, read offline."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.browser import Watch, axe_violations, open_page

pytestmark = pytest.mark.browser
PAGE = "03-small.html"
Opener = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, small_address: str) -> Iterator[Opener]:
    """Open a page of the small book; afterwards it must have been quiet."""
    contexts = []

    def visit(name: str = PAGE, width: int = 1280, **options: object) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, reduced_motion="reduce", **options
        )
        watch = Watch(context, small_address)
        contexts.append((context, watch))
        if options.get("java_script_enabled") is False:
            watch.without_scripts = True
            page = context.new_page()
            page.goto(small_address + name, wait_until="networkidle")
            return page
        return open_page(context, small_address + name)

    yield visit
    for context, watch in contexts:
        context.close()
        assert watch.complaints == []


def tab_to(page: Page, selector: str, limit: int = 80) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(limit):
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{limit} presses of Tab do not reach {selector}")


def test_one_right_answer_by_keyboard(opened: Opener) -> None:
    """Can a question be answered, wrongly and rightly, with the keyboard alone?"""
    page = opened()
    form = page.locator("form.selfcheck").nth(0)
    form.scroll_into_view_if_needed()
    tab_to(page, "form.selfcheck input[type=radio]")
    page.keyboard.press("Space")
    tab_to(page, "form.selfcheck button")
    page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text("Not right.")
    expect(form.get_by_role("status")).to_contain_text("survives")
    form.get_by_role("radio").nth(1).check()
    form.get_by_role("button").click()
    expect(form.get_by_role("status")).to_contain_text("Right.")
    expect(form.get_by_role("status")).to_contain_text("lost in every step")


def test_no_answer_yet(opened: Opener) -> None:
    """Is a reader who has not chosen asked to choose?"""
    form = opened().locator("form.selfcheck").nth(0)
    form.get_by_role("button").click()
    expect(form.get_by_role("status")).to_have_text("Choose an answer first.")


def test_several_right_answers(opened: Opener) -> None:
    """Are half an answer, a wrong one and the whole one told apart?"""
    form = opened().locator("form.selfcheck").nth(1)
    boxes, button = form.get_by_role("checkbox"), form.get_by_role("button")
    boxes.nth(0).check()
    button.click()
    expect(form.get_by_role("status")).to_contain_text("another answer is right as well")
    boxes.nth(1).check()
    button.click()
    expect(form.get_by_role("status")).to_contain_text("not twice a whole number")
    boxes.nth(1).uncheck()
    boxes.nth(2).check()
    button.click()
    expect(form.get_by_role("status")).to_contain_text("Right.")


def test_a_number(opened: Opener) -> None:
    """Is a number read in the ways people type it, and a known mistake explained?"""
    form = opened().locator("form.selfcheck").nth(2)
    replies = {
        "10": "Right.",
        "1e1": "Right.",
        "100/10": "Right.",
        "10,0": "Right.",
        "9.95": "Right.",
        "9.8": "Sum the geometric series.",
        "1.9": "the sum goes on",
        "−10": "Sum the geometric series.",
        "ten": "Type a number first.",
    }
    for typed, reply in replies.items():
        form.get_by_role("textbox").fill(typed)
        form.get_by_role("textbox").press("Enter")
        expect(form.get_by_role("status"), f"typed: {typed}").to_contain_text(reply)


def test_widget_without_a_kernel(opened: Opener) -> None:
    """Does a widget answer to the mouse in the static page?"""
    page = opened()
    button = page.get_by_role("button", name="clicked 0 times")
    button.click()
    expect(page.get_by_role("button", name="clicked 1 times")).to_be_visible()
    picture = page.locator("img[alt^='The picture that stands in']")
    expect(picture).to_be_hidden()
    assert not picture.evaluate("(e) => e.complete && e.naturalWidth > 0"), "it was fetched"


def test_without_scripts(opened: Opener) -> None:
    """Does a reader without scripts get the text, the answers and a picture for the widget?"""
    page = opened(java_script_enabled=False)
    expect(
        page.get_by_alt_text("The picture that stands in for the counter below.")
    ).to_be_visible()
    expect(page.locator(".noscript p", has_text="needs scripts")).to_be_visible()
    page.get_by_text("All answers, explained").first.click()
    expect(page.get_by_text("That share of the velocity").first).to_be_visible()
    expect(page.get_by_role("button", name="Check")).to_have_count(0)
    expect(page.locator("#theme-button")).to_be_hidden()


def test_contents_without_scripts_on_a_phone(opened: Opener) -> None:
    """Can the contents list be opened and used without scripts?"""
    page = opened(width=360, java_script_enabled=False)
    page.locator("#open-way").click()
    page.get_by_role("link", name="Close").click()
    expect(page.locator("#way")).to_be_hidden()


def test_contents_on_a_phone(opened: Opener) -> None:
    """Does the drawer open, hold the focus, close by Escape and give the focus back?"""
    page = opened(width=360)
    opener = page.get_by_role("button", name="Contents")
    expect(page.locator("#way")).to_be_hidden()
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#way")).to_be_visible()
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    assert page.evaluate("document.querySelector('.middle').inert")
    page.keyboard.press("Escape")
    expect(page.locator("#way")).to_be_hidden()
    expect(opener).to_be_focused()


def test_theme_is_kept(opened: Opener) -> None:
    """Does the chosen theme hold on the next page, with no attribute left open?"""
    page = opened(color_scheme="light")
    page.get_by_role("button", name="Theme: automatic").click()
    page.get_by_role("button", name="Theme: light").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.get_by_role("navigation", name="Previous and next page").get_by_role("link").click()
    expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_search(opened: Opener) -> None:
    """Is there one search field, does / reach it, and does it find the page?"""
    page = opened()
    assert page.get_by_role("searchbox").count() == 1
    page.keyboard.press("/")
    page.keyboard.type("friction")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=friction")
    expect(page.get_by_role("searchbox")).to_have_value("friction")
    expect(page.get_by_role("link", name="A small chapter").last).to_be_visible()


def test_place_on_the_page(opened: Opener) -> None:
    """Do the printed numbers carry the chapter's number, 3, though it is the first one there?"""
    page = opened()
    expect(page.locator("h1")).to_contain_text("3 A small chapter")
    expect(page.locator("figcaption").first).to_contain_text("Figure 3.1")
    expect(page.locator(".eqno").first).to_contain_text("(3.1)")
    expect(page.get_by_role("link", name="Figure 3.1")).to_be_visible()


def test_wide_table_on_a_phone(opened: Opener) -> None:
    """Does a table that is too wide become a list whose cells name their columns?"""
    page = opened(width=360)
    table = page.get_by_role("table")
    expect(table).to_have_class(re.compile("stacked"))
    expect(table.get_by_text("how many steps it took").nth(1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_on_everything_authors_may_write(opened: Opener, scheme: str, width: int) -> None:
    """Does axe find nothing, a wrong and a right reply shown?"""
    page = opened(width=width, color_scheme=scheme)
    page.get_by_role("radio").first.check()
    page.get_by_role("checkbox").first.check()
    for button in page.get_by_role("button", name="Check", exact=True).all():
        button.click()
    assert axe_violations(page, formulas=True) == []


def test_print(opened: Opener) -> None:
    """Does paper get the text, the code uncut, every answer and a picture for the widget?"""
    page = opened(color_scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    expect(page.locator("#way")).to_be_hidden()
    expect(page.get_by_text("Velocity is a decaying")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(31, 38, 41)"
    picture = page.locator("img[alt^='The picture that stands in']")
    expect(picture).to_be_visible()
    page.wait_for_function("(e) => e.complete && e.naturalWidth > 0", arg=picture.element_handle())
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_text("That share of the velocity").first).to_be_visible()
    expect(page.get_by_text("a_long_line_that_does_not_fit").first).to_be_visible()
    for code in page.locator("pre").all():
        assert code.evaluate("(e) => e.scrollWidth <= e.clientWidth + 1")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_link_into_a_side_path_opens_it(opened: Opener) -> None:
    """Is a place inside a fold shown when its address is opened, and when a link leads there?"""
    fold = "details.side-path"
    for place in ("side-long-line", "equation-eq-side"):
        page = opened(f"{PAGE}#{place}")
        expect(page.locator(fold)).to_have_attribute("open", "")
        expect(page.locator(f"[id='{place}']")).to_be_in_viewport()
    page = opened()
    expect(page.locator(fold)).not_to_have_attribute("open", "")
    link = page.locator("a[href='#equation-eq-side']").first
    page.evaluate("() => { location.hash = '#equation-eq-side' }")
    expect(page.locator(fold)).to_have_attribute("open", "")
    page.locator(f"{fold} summary").first.click()
    expect(link).to_be_hidden()


def test_all_side_paths_open_at_once(opened: Opener) -> None:
    """Does one button by the reading time open every fold, and close them again?"""
    page = opened()
    time, fold = page.locator(".page-time"), page.locator("details.side-path")
    assert re.search(r"trail takes \d+ minutes.* 1 minute more", time.inner_text())
    time.get_by_role("button", name="Open all side paths").click()
    expect(fold).to_have_attribute("open", "")
    time.get_by_role("button", name="Close all side paths").click()
    expect(fold).not_to_have_attribute("open", "")


def test_the_search_finds_what_is_folded(opened: Opener) -> None:
    """Does a word that stands in a side path alone lead into it?"""
    page = opened("search.html?q=long+line")
    page.locator("ol.search a", has_text="What does a long line").first.click()
    expect(page.locator("details.side-path")).to_have_attribute("open", "")
