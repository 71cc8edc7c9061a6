"""Small signs in the finished page: the minus of numbers, the full stop behind a formula."""

from __future__ import annotations

import sys

import pytest
from docutils import nodes

from tools.common import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from lossland_book.typography import join_punctuation, write_minus


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("-1.00", "−1.00"),
        ("from -0.21 to -2", "from −0.21 to −2"),
        ("(-1, 3)", "(−1, 3)"),
        ("1e-07", "1e−7"),
        ("3.5e-10 and 1e+05", "3.5e−10 and 1e+05"),
        ("page-1 of e-2", "page-1 of e-2"),
        ("2015-07-01", "2015-07-01"),
        ("pages 12-15, CIFAR-10", "pages 12-15, CIFAR-10"),
    ],
)
def test_numbers_in_sentences(told: str, read: str) -> None:
    """Does a number get its sign, and does a hyphen between two things stay?"""
    page = nodes.paragraph("", "", nodes.Text(told))
    write_minus(page)
    assert page.astext() == read


def test_code_is_left_alone() -> None:
    """Does code keep its hyphen?"""
    page = nodes.paragraph("", "", nodes.literal("", "-1"), nodes.literal_block("", "-1"))
    write_minus(page)
    assert page.astext() == "-1-1"


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("of ", ". Next", ["x."]),
        ("of ", "), and", ["x),"]),
        ("at (", ") it", ["(x)"]),
        ("of ", " and", []),
        ("", ", too", ["x,"]),
    ],
)
def test_punctuation_stays_with_its_formula(before: str, after: str, joined: list[str]) -> None:
    """Is what touches a formula in one box with it, and every word still there once?"""
    page = nodes.paragraph("", "", nodes.Text(before), nodes.math("", "x"), nodes.Text(after))
    join_punctuation(page)
    assert page.astext() == f"{before}x{after}"
    assert [box.astext() for box in page.findall(nodes.inline)] == joined


def test_neighbouring_formulas() -> None:
    """Do two formulas with one comma between them keep it with the first?"""
    page = nodes.paragraph(
        "", "", nodes.math("", "x"), nodes.Text(", "), nodes.math("", "y"), nodes.Text(".")
    )
    join_punctuation(page)
    assert [box.astext() for box in page.findall(nodes.inline)] == ["x,", "y."]
    assert page.astext() == "x, y."
