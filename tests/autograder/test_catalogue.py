"""The catalogue: entries that run where they stand and on their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autograder.catalogue import load
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
