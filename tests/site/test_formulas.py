"""Formulas are in the page when it arrives: without scripts, on paper, with MathML beside them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.site.small_book import SmallBook

PAGE = "03-small.html"
TEX = re.compile(r"\\(?:\(|\[|frac|mu\b|begin)")
WIDTHS = """() => [...document.querySelectorAll("article p .math mjx-math:not([display])")]
  .map((e) => e.getBoundingClientRect().width)"""


def test_no_tex_is_left(small_book: SmallBook, site: Path) -> None:
    """Holds no page of either book TeX outside of its code, and has each formula its MathML?"""
    for page in (small_book.html / PAGE, *site.glob("*.html")):
        text = page.read_text("utf8")
        prose = re.sub(r"<pre.*?</pre>|<code.*?</code>|<script.*?</script>", "", text, flags=re.S)
        assert not TEX.search(prose), page.name
        assert text.count("<mjx-container") == text.count("<mjx-assistive-mml")
        assert "mathjax.js" not in text.lower()


def test_letters_are_in_the_sheet(small_book: SmallBook) -> None:
    """Has every letter that a formula draws its rule, and does no rule stand for an unused one?"""
    sheet = (small_book.html / "_static" / "formulas.css").read_text("utf8")
    text = "".join(page.read_text("utf8") for page in small_book.html.glob("*.html"))
    used = set(re.findall(r"mjx-c[0-9A-F]+\b", text))
    assert used
    assert all(f".{name}" in sheet for name in used)
    assert set(re.findall(r"mjx-c[0-9A-F]+\b", sheet)) == used
    assert 'content: "="' in sheet


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_formulas_are_drawn(scripts: bool, browser: Browser, small_address: str) -> None:
    """Are formulas drawn in MathJax's letters, with their numbers and links, scripts on or off?"""
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(small_address + PAGE, wait_until="networkidle")
    math = page.locator("article div.math mjx-math").first
    expect(math).to_be_visible()
    assert "MJXTEX" in math.locator("mjx-c").first.evaluate(
        "(e) => getComputedStyle(e, '::before').fontFamily"
    )
    assert all(2 < width < 600 for width in page.evaluate(WIDTHS))
    expect(page.locator(".eqno").first).to_contain_text("(3.1)")
    expect(page.locator("a[href='#equation-eq-sum']").first).to_have_text("(3.1)")
    assert page.evaluate("document.querySelectorAll('math mfrac').length") > 4
    context.close()


@pytest.mark.browser
def test_a_formula_is_printed_at_once(browser: Browser, small_address: str) -> None:
    """Is a formula on paper though nothing was waited for?"""
    page = browser.new_page()
    page.goto(small_address + PAGE, wait_until="commit")
    page.emulate_media(media="print")
    page.wait_for_selector("article p .math mjx-math")
    assert not TEX.search(page.locator("main").inner_text())
    page.close()
