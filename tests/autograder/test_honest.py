"""Honest ways of writing an answer: whatever is right in a notebook keeps all its points.

Each file of ``honest/`` is one notebook, each of its ways one question of it:

    #### NAME           the student's cells follow, the last of them is the question's
    ## cell             the next cell
    ## after            a cell behind the question's
    ## test             the question's test, if it is not the one at the top of the file
    ## reference        the instructor's answer, likewise

``f`` is the function, or the name, that is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.judge import grade
from autograder.limits import Limits
from autograder.verdict import TestVerdict
from tests.autograder.courses import check, given, notebook, plain, solution

FOLDER = Path(__file__).parent / "honest"
FILES = sorted(path.stem for path in FOLDER.glob("*.txt"))
LIMITS = Limits(cell_seconds=60, test_seconds=60)
Parts = list[tuple[str, str]]


def ways(file: str) -> Iterator[tuple[str, Parts]]:
    """The ways of one file: the name of each and its parts, those from the file's top last."""
    top, *blocks = re.split(r"^#### ", (FOLDER / f"{file}.txt").read_text(), flags=re.MULTILINE)
    defaults = parts(top)
    for block in blocks:
        name, _, text = block.partition("\n")
        yield name, parts("## cell\n" + text) + defaults


def parts(text: str) -> Parts:
    """The parts of one way: (kind, text)."""
    pieces = re.split(r"^## (\w+)\n", text, flags=re.MULTILINE)
    return [(kind, part.strip()) for kind, part in zip(pieces[1::2], pieces[2::2], strict=True)]


@cache
def graded(file: str) -> dict[str, TestVerdict]:
    """The verdicts on all ways of a file, by name."""
    source: list[dict[str, Any]] = [
        given("import numpy as np\nfrom autograder.checks import reference")
    ]
    handed_in = [given("import numpy as np")]
    names = []
    for number, (name, way) in enumerate(ways(file)):
        names.append(name)
        own = [(kind, re.sub(r"\bf\b(?!['\"])", f"f{number}", text)) for kind, text in way]
        first = dict(reversed(own))
        source.append(solution(first["reference"], f"s{number}"))
        source.append(check(first["test"], f"t{number}"))
        *earlier, last = (text for kind, text in own if kind == "cell")
        handed_in += map(plain, earlier)
        handed_in.append(solution(last, f"s{number}"))
        handed_in += [plain(text) for kind, text in own if kind == "after"]
    result = grade(
        notebook(*source), notebook(*handed_in),
        student="student-01", assignment="honest", limits=LIMITS,
    )  # fmt: skip
    return {name: result.tests[f"t{number}"] for number, name in enumerate(names)}


@pytest.mark.linux
@pytest.mark.parametrize(
    ("file", "name"), [(file, name) for file in FILES for name, _ in ways(file)]
)
def test_honest_ways_of_writing_keep_their_points(file: str, name: str) -> None:
    """Does this way of writing a right answer earn its point?"""
    verdict = graded(file)[name]
    assert (verdict.score, verdict.status, verdict.message) == (1.0, "passed", "")
