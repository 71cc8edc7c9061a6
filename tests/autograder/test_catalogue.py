"""The catalogue: entries that run where they stand and on their own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from autograder.catalogue import Catalogue, from_sources, load
from autograder.errors import CourseError

MISTAKES = '''
"""Mistakes."""
import math

import numpy as np
from numpy import exp as e

from autograder.catalogue import mistake

SCALE = 2.0
LOW, HIGH = 0, 1


def _twice(x):
    return SCALE * x


def _unused(x):
    return LOW


@mistake("double", "It is four times, not twice.")
def four_times(x, n=1):
    if n > 1:
        return four_times(x, n - 1)
    return _twice(_twice(x)) + HIGH - 1


@mistake(
    "root",
    "The root is missing.",
)
def rootless(x):
    try:
        return [float(y) for y in np.atleast_1d(x)][0] * math.copysign(e(0.0), 1)
    except ValueError as problem:
        return problem
'''
ALTERNATIVES = """
from autograder.catalogue import alternative


@alternative("double", "by adding")
def adding(x):
    return x + x
"""


def write(folder: Path, mistakes: str = "", alternatives: str = "") -> Path:
    for name, text in (("mistakes.py", mistakes), ("alternatives.py", alternatives)):
        if text:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_no_files_no_entries(tmp_path: Path) -> None:
    """Is a problem set without a catalogue one with an empty catalogue?"""
    found = load(tmp_path)
    assert (found.mistakes, found.alternatives, found.functions) == ((), (), ())


def test_entries_are_loaded_in_their_order(tmp_path: Path) -> None:
    """Does each entry carry its function, name, text and code?"""
    found = load(write(tmp_path, MISTAKES, ALTERNATIVES))
    assert found.functions == ("double", "root")
    assert [entry.name for entry in found.mistakes] == ["four_times", "rootless"]
    (entry,) = found.mistakes_of("double")
    assert (entry.function, entry.text) == ("double", "It is four times, not twice.")
    assert entry.call(3.0) == 12.0
    (entry,) = found.alternatives_of("double")
    assert (entry.name, entry.text, entry.call(3.0)) == ("adding", "by adding", 6.0)
    assert found.alternatives_of("root") == ()


def test_loading_leaves_nothing_behind(tmp_path: Path) -> None:
    """Is there no byte code beside the source notebook, which would be released with it?"""
    load(write(tmp_path, MISTAKES, ALTERNATIVES))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alternatives.py", "mistakes.py"]


def test_source_cell_stands_on_its_own(tmp_path: Path) -> None:
    """Does an entry's cell define the function under its own name, with all that it uses?"""
    four_times, rootless = load(write(tmp_path, MISTAKES)).mistakes
    names: dict[str, object] = {}
    exec(four_times.source_cell(), names)
    assert names["double"](3.0, 2) == 12.0  # type: ignore[operator]
    exec(rootless.source_cell(), names)
    assert names["root"](np.float64(9.0)) == 9.0  # type: ignore[operator]


def test_source_cell_holds_nothing_else(tmp_path: Path) -> None:
    """Is the cell free of what the entry does not use, of its name and of its text?"""
    four_times, rootless = load(write(tmp_path, MISTAKES)).mistakes
    assert four_times.source_cell() == (
        "SCALE = 2.0\n\n\nLOW, HIGH = 0, 1\n\n\ndef _twice(x):\n    return SCALE * x\n\n\n"
        "def double(x, n=1):\n    if n > 1:\n        return double(x, n - 1)\n"
        "    return _twice(_twice(x)) + HIGH - 1\n"
    )
    assert rootless.source_cell().startswith(
        "import math\nimport numpy as np\nfrom numpy import exp as e\n\n\ndef root(x):\n"
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def broken(:", "SyntaxError"),
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("x = 1 / 0", "ZeroDivisionError"),
        (MISTAKES + "\n\ndef rootless(x):\n    return x\n", "rootless is defined twice"),
        (MISTAKES.replace('"The root is missing."', '""'), "rootless must be marked as mistake"),
        (MISTAKES.replace("_twice(_twice(x))", "tripled(x)"), "four_times uses tripled"),
        (ALTERNATIVES, "adding must be marked as mistake"),
    ],
)
def test_faults_are_told_with_the_file(tmp_path: Path, source: str, words: str) -> None:
    """Does a catalogue that cannot be used say which file and why?"""
    with pytest.raises(CourseError) as failed:
        load(write(tmp_path, source))
    assert str(failed.value).startswith(str(tmp_path / "mistakes.py"))
    assert words in str(failed.value)


# -- edits of the notebook's own solutions -----------------------------------------------------

SETUP = "import numpy as np\n\nLIMIT = 3"
STEP = 'def step(x, rate=0.5):\n    """One step, - rate * x, no more."""\n    ### BEGIN SOLUTION\n'
STEP += "    return x - rate * x\n    ### END SOLUTION"
WALK = "def walk(x, steps=LIMIT):\n    for _ in range(steps):\n        x = step(x)\n    return x"
EDITS = """
from functools import partial

from autograder.catalogue import edit, mistake

uphill = edit("step", "It climbs.", ("x - rate", "x + rate"))
walk = partial(edit, "walk")
one_more = walk("One step too many.", ("range(steps)", "range(steps + 1)"))
late = walk("A body of its own.", "y = x\\nreturn tripled(np.float64(y))")


def tripled(x):
    return 3 * x


@mistake("walk", "It is drawn by lot.")
def by_lot(x, steps=3):
    import random as chance

    from math import tau

    return tau * chance.Random(0).random()
"""


def notebook(*cells: tuple[str, dict[str, object]]) -> str:
    return json.dumps(
        {
            "cells": [
                {"cell_type": "code", "source": text, "metadata": {"nbgrader": about}}
                for text, about in cells
            ]
        }
    )


ANSWERED = notebook(
    (SETUP, {"locked": True}),
    ("%matplotlib inline\nstep = 1", {"locked": True}),
    (STEP, {"solution": True}),
    ("assert step(1) == 0.5\nstep = None", {"grade": True}),
    (WALK, {"solution": True}),
)


def edits_in(folder: Path, edits: str = EDITS, source: str = ANSWERED) -> Catalogue:
    (folder / "walk.ipynb").write_text(source, encoding="utf-8")
    return load(write(folder, edits))


def test_an_edit_is_the_solution_with_a_change(tmp_path: Path) -> None:
    """Is each replacement, new body and import inside run as it is meant?"""
    uphill, one_more, late, by_lot = edits_in(tmp_path).mistakes
    assert [entry.name for entry in (uphill, one_more)] == ["uphill", "one_more"]
    assert (uphill.function, uphill.text) == ("step", "It climbs.")
    assert (uphill.call(2.0), uphill.call(2.0, 0.25)) == (3.0, 2.5)
    assert (one_more.call(16.0), one_more.call(16.0, steps=0)) == (1.0, 8.0)
    assert late.call(2) == 6.0
    assert 0 < by_lot.call(1.0) < 6.3


def test_an_edit_leaves_the_students_other_answers_alone(tmp_path: Path) -> None:
    """Does its cell bring what it needs under names that no question has, and nothing else?"""
    uphill, one_more, late, _ = edits_in(tmp_path).mistakes
    assert uphill.source_cell() == "def step(x, rate=0.5):\n    return x + rate * x\n"
    names: dict[str, object] = {"step": "the student's"}
    exec(one_more.source_cell(), names)
    assert names["walk"](16.0) == 1.0  # type: ignore[operator]
    assert names["step"] == "the student's"
    assert "LIMIT = 3" in late.source_cell()
    assert "step" not in late.source_cell().replace("steps", "")


def test_sources_as_bytes_give_the_same_entries(tmp_path: Path) -> None:
    """Are entries found from bytes and a notebook, without those of another notebook's answers?"""
    found = from_sources({"mistakes.py": EDITS.encode()}, ANSWERED)
    assert [(entry.name, entry.source_cell()) for entry in found.mistakes] == [
        (entry.name, entry.source_cell()) for entry in edits_in(tmp_path).mistakes
    ]
    part = notebook((SETUP, {"locked": True}), (STEP, {"solution": True}))
    assert [
        entry.name for entry in from_sources({"mistakes.py": EDITS.encode()}, part).mistakes
    ] == [
        "uphill",
        "by_lot",
    ]
    assert from_sources({}, "no notebook at all") == Catalogue()


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        (EDITS.replace("x - rate", "x * rate"), "uphill replaces 'x * rate', which stands 0 times"),
        (EDITS.replace('"x - rate"', '"x"'), "uphill replaces 'x', which stands 3 times"),
        (EDITS.replace('edit("step"', 'edit("jump"'), "uphill edits jump, which no notebook here"),
        (EDITS.replace("x + rate", "x + hurry"), "uphill uses hurry, which stands nowhere"),
        (EDITS.replace("x + rate", "x + ("), "uphill: SyntaxError"),
        (EDITS.replace('"It climbs."', '""'), "uphill must be marked as mistake, with a text"),
    ],
)
def test_an_edit_that_does_not_fit_is_told(tmp_path: Path, edits: str, words: str) -> None:
    """Does an edit that changes nothing, or cannot run, say its name and why?"""
    with pytest.raises(CourseError) as failed:
        edits_in(tmp_path, edits)
    assert words in str(failed.value)
    assert "mistakes.py" in str(failed.value)


def test_solutions_of_two_notebooks_can_be_edited(tmp_path: Path) -> None:
    """Does an assignment of two notebooks share one file of mistakes?"""
    (tmp_path / "first.ipynb").write_text(notebook((STEP, {"solution": True})), encoding="utf-8")
    assert len(edits_in(tmp_path).mistakes) == 4
