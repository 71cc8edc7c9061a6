"""Does a letter mean the same on every page? The chapters' formulas against the notation page.

Every letter of a formula has a line on the notation page: in the table of all pages, or in the
list of the chapter that uses it. To add a letter of one chapter, write `| $q$ | what it is |` below
the chapter's heading; when the last formula with it goes, the line goes.
"""

from __future__ import annotations

import pytest

from tests.book.letters import Letter, formulas, letters, meanings, show, used


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"x_{t+1} = x_t - \eta\,\nabla L(x_t)", {"x_", "t", r"\eta", "L"}),
        (r"\mathbb{E}\lVert g_B\rVert^2 \le G^2", {r"\E", "g_", "B", "G"}),
        (r"X^{\mathsf T} X / n", {"X", "n"}),
        (r"\E[\text{best of } N] = 9", {r"\E", "N"}),
        (r"\operatorname{tr} H x^\star_i", {"H", "x_", "i"}),
        (r"\begin{aligned} a &= 1 \end{aligned}", {"a"}),
        (r"\text{a \emph{word}} f'", {"f"}),
    ],
)
def test_letters_are_found(formula: str, expected: set[str]) -> None:
    """Are letters told from operators, words and environments, and indexed ones from bare ones?"""
    assert {base + "_" * index for base, index in letters(formula)} == expected


def test_formulas_are_found() -> None:
    """Are displayed, inline and caption formulas read, and code and prices left alone?"""
    page = (
        "Of $a$ and\n$$\nb\n$$ (eq)\n`$c$` for 5$\n```{code-cell} ipython3\n---\n"
        "mystnb:\n  figure:\n    caption: With $d$.\n---\nx = '$e$'\n```\n"
    )
    assert [f.strip() for f in formulas(page)] == ["b", "a", "d"]


def test_every_letter_is_explained() -> None:
    """Has every letter of every chapter a line on the notation page?"""
    known = meanings()
    missing = [
        f"{chapter}: {show(letter)} in  {formula}"
        for chapter, found in used().items()
        for letter, formula in sorted(found.items())
        if known.line_of(letter, chapter) is None
    ]
    assert missing == [], "\n".join(["Letters without a line in book/notation.md:", *missing])


def test_no_line_is_left_over() -> None:
    """Does each line of the notation page explain a letter that is used where it says?"""
    known = meanings()
    lines = {
        known.line_of(letter, chapter) for chapter, found in used().items() for letter in found
    }
    stated: set[tuple[str, Letter]] = {("", letter) for letter in known.everywhere}
    for chapter, own in known.local.items():
        stated |= {(chapter, letter) for letter in own}
    stale = [f"{place or 'every page'}: {show(letter)}" for place, letter in stated - lines]
    assert stale == [], "\n".join(["Lines that nothing uses:", *sorted(stale)])


def test_a_letter_of_all_pages_has_no_second_meaning() -> None:
    """Does no chapter take a letter of the common table for something else?"""
    known = meanings()
    taken = {
        chapter: [show(letter) for letter in own & known.everywhere]
        for chapter, own in known.local.items()
    }
    assert {chapter: found for chapter, found in taken.items() if found} == {}
