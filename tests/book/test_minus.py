"""The sign of negative numbers in the finished page."""

from __future__ import annotations

import sys

import pytest
from docutils import nodes

from tools.common import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from lossland_book.minus import write_minus


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("-1.00", "−1.00"),
        ("from -0.21 to -2", "from −0.21 to −2"),
        ("(-1, 3)", "(−1, 3)"),
        ("1e-07", "1e-07"),
        ("2015-07-01", "2015-07-01"),
        ("pages 12-15, CIFAR-10", "pages 12-15, CIFAR-10"),
    ],
)
def test_numbers_in_sentences(told: str, read: str) -> None:
    """Does a number get its sign, and does a hyphen between two things stay?"""
    page = nodes.paragraph("", "", nodes.Text(told))
    write_minus(None, page, "page")  # type: ignore[arg-type]
    assert page.astext() == read


def test_code_is_left_alone() -> None:
    """Does code keep its hyphen?"""
    page = nodes.paragraph("", "", nodes.literal("", "-1"), nodes.literal_block("", "-1"))
    write_minus(None, page, "page")  # type: ignore[arg-type]
    assert page.astext() == "-1-1"
