"""The words of chapter 9's opener, by hand, and its pictures' common window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lossland.widgets import committee

Node = Callable[[object], Any]

ALONE, TOGETHER = [30.0, 28.0, 32.0, 29.0], [30.0, 31.0, 24.5, 27.99]
SAID = {
    1: ["One tree gets 30.0 % wrong.", "committee"],
    2: ["2 trees together get 31.0 % wrong.", "28.0 % to 30.0 % wrong, 29.0 %", "not better than"],
    3: ["3 trees together get 24.5 %", "28.0 % to 32.0 % wrong, 30.0 %", "3.5 points better"],
    4: ["28.0 % wrong.", "29.8 % on average", "not better than its best"],  # 0.01 is no gain
}


@pytest.mark.parametrize("members", SAID)
def test_words(node: Node, members: int) -> None:
    """Are least, most, mean and the gain over the best member those of the first so many?"""
    question = {"ask": "committee words", "alone": ALONE, "together": TOGETHER, "members": members}
    said = " ".join(node([question])[0]).replace("\u202f", " ")
    for part in SAID[members]:
        assert part in said, said


def test_window_holds_all_dots() -> None:
    """Is the axis in whole per cents, room beyond the least and the most?"""
    assert committee.window(ALONE, TOGETHER) == (22.0, 35.0)
