"""A chapter is executed once for all tests of its file, which names it in CHAPTER."""

from __future__ import annotations

import pytest

from tests.book.page import Page


@pytest.fixture(scope="module")
def executed(request: pytest.FixtureRequest) -> Page:
    """The page, as far as a test has asked for it so far."""
    return Page(request.module.CHAPTER)


@pytest.fixture(scope="module")
def whole(executed: Page) -> Page:
    """The whole page."""
    return executed.run()


@pytest.fixture(scope="module")
def page(whole: Page) -> Page:
    """The whole page; a file whose page ends with long runs has a shorter one of its own."""
    return whole
