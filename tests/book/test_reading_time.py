"""The minutes that a page says it takes."""

from __future__ import annotations

import sys

import pytest
from docutils import nodes

from tools.common import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from lossland_book.reading_time import in_minutes, seconds


def paragraph(words: int) -> nodes.paragraph:
    return nodes.paragraph("", "", nodes.Text("word " * words))


def side_path(*children: nodes.Node) -> nodes.section:
    return nodes.section("", *children, classes=["side-path"])


def cell(code: str, *tags: str) -> nodes.container:
    """A code cell as MyST-NB makes it."""
    made = nodes.container(nb_element="cell_code", cell_metadata={"tags": list(tags)})
    made += nodes.literal_block(code, code, language="ipython3")
    return made


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([paragraph(200)], 60),  # the definition of 200 words a minute
        ([paragraph(100), nodes.math_block("", "x")], 50),
        ([nodes.figure("", nodes.image(), nodes.caption("", "", nodes.Text("one two")))], 20.6),
        ([cell("a = 1\n\nb = 2")], 6),
        ([cell("a = 1\n\nb = 2", "hide-input")], 0),
        ([cell("W()", "remove-input", "widget")], 60),
        ([paragraph(10), side_path(paragraph(1000))], 3),
    ],
)
def test_what_is_read_takes_its_time(parts: list[nodes.Node], expected: float) -> None:
    """Does each kind of content count as the module says, and nothing that is folded away?"""
    assert seconds(parts) == pytest.approx(expected)


def test_a_side_path_has_a_time_of_its_own() -> None:
    """Does a fold count when it is asked for?"""
    assert seconds([side_path(paragraph(400))], side_paths=True) == pytest.approx(120)


def test_minutes_are_told_as_people_do() -> None:
    """Are minutes whole, never none, and singular when there is one?"""
    assert [in_minutes(s) for s in (0, 29, 89, 91, 2400)] == [
        "1 minute", "1 minute", "1 minute", "2 minutes", "40 minutes",
    ]  # fmt: skip
