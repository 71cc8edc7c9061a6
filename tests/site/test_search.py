"""The search of the built book: what readers type, and what they get."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.site.browser import Watch, axe_violations, open_page
from tools.common import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from lossland_book.readable import formula, with_small_digits

Asked = Callable[[str], Page]


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"\kappa = \lambda_{\max}/\lambda_{\min}", "κ = λ_max/λ_min"),
        (r"\frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}", "(√κ - 1)/(√κ + 1)"),
        (r"\tfrac12 x^2", "1/2 x²"),
        (r"\begin{aligned} v &= \mu v \\ x &= x + v \end{aligned}", "v = μ v x = x + v"),
        (r"\mathbb{R}^n \to \operatorname{sd}(v_t)", "R^n → sd(v_t)"),
        (r"\left( g_t \right)", "( g_t )"),
    ],
)
def test_formula_in_words(tex: str, words: str) -> None:
    """Does a formula read as one would type it?"""
    assert formula(tex) == words


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("x_0² + 3x_1²", "x₀² + 3x₁²"),
        ("σ = 10^−4", "σ = 10⁻⁴"),
        ("3 · 10^-15 B", "3 · 10⁻¹⁵ B"),
        ("W_0 + V, λ_max, e^-ηt", "W₀ + V, λ_max, e^-ηt"),
        ("e_10^12", "e_10¹²"),
    ],
)
def test_small_digits(words: str, printed: str) -> None:
    """Are powers and indices that are numbers printed small, and those of others left?"""
    assert with_small_digits(words) == printed


@pytest.fixture
def asked(browser: Browser, address: str) -> Iterator[Asked]:
    """Open the search page with a query; it must have been quiet."""
    context = browser.new_context(reduced_motion="reduce")
    watch = Watch(context, address)
    yield lambda query: open_page(context, f"{address}search.html?q={quote(query)}")
    context.close()
    assert watch.complaints == []


def results(page: Page) -> Locator:
    """The list's entries."""
    return page.locator("#search-results ol > li")


@pytest.mark.browser
@pytest.mark.parametrize(
    "query", ["condition number", "Nesterov", "κ", "kappa", r"\kappa", "converging", "MOMENTUM"]
)
def test_found_without_tex(query: str, asked: Asked) -> None:
    """Is something found, said how much, and quoted without TeX, with the words marked?"""
    page = asked(query)
    expect(results(page)).not_to_have_count(0)
    expect(page.locator("#search-progress")).to_contain_text("found")
    expect(page.locator("#search-results mark")).not_to_have_count(0)
    text = page.locator("#search-results").inner_text()
    assert "\\" not in text
    assert not re.search(r"\$\S", text)


@pytest.mark.browser
def test_headings_come_first(asked: Asked) -> None:
    """Does a section with the word in its heading come before those that only mention it?"""
    page = asked("Nesterov")
    titles = results(page).locator("> a").all_inner_texts()
    named = ["Nesterov" in title for title in titles]
    assert named[0]
    assert named == sorted(named, reverse=True)


@pytest.mark.browser
def test_result_leads_to_its_section(asked: Asked) -> None:
    """Does a result open the page at the section?"""
    page = asked("Nesterov")
    link = results(page).first.get_by_role("link")
    title = link.inner_text()
    link.click()
    page.wait_for_url("**/*.html#*")
    section = page.evaluate("document.querySelector(location.hash)?.innerText.split('\\n')[0]")
    assert title in section


@pytest.mark.browser
@pytest.mark.parametrize("query", ["tfrac", "mathsf", "aligned", "qquad"])
def test_tex_is_not_text(query: str, asked: Asked) -> None:
    """Is a word that only TeX knows not found?"""
    expect(asked(query).locator("#search-progress")).to_contain_text("No section holds")


@pytest.mark.browser
def test_nothing_found(asked: Asked) -> None:
    """Does an empty result say what to do next, and which of the words is found alone?"""
    page = asked("kugelblitz momentum")
    expect(page.locator("#search-progress")).to_have_text("No section holds all these words.")
    box = page.locator("#search-results")
    expect(box.get_by_role("link", name="notation")).to_be_visible()
    assert axe_violations(page) == []
    box.get_by_role("link", name="momentum").click()
    expect(results(page)).not_to_have_count(0)


@pytest.mark.browser
def test_search_by_keyboard(asked: Asked) -> None:
    """Does / reach the field, do results follow the typing, and does Tab reach the first?"""
    page = asked("momentum")
    page.keyboard.press("/")
    expect(page.locator("#search-words")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("friction")
    page.wait_for_url("**/search.html?q=friction")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(results(page).first.get_by_role("link")).to_be_focused()
