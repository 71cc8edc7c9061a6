"""A class of sixty in which every kind of damage occurs: who is graded, and what is each told?"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.autograder.courses import check, given, notebook, solution
from tests.autograder.test_kills import whole_notebook

pytestmark = [pytest.mark.linux, pytest.mark.slow]

CLASS = 60
F, G = "def f(x):\n    return x + 1", "def g(x):\n    return 2 * x"
HIDDEN = "\n### BEGIN HIDDEN TESTS\nassert {}\n### END HIDDEN TESTS"
SOURCE = whole_notebook(
    notebook(
        given("import numpy as np"),
        solution(F, "f"),
        check(
            "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(5) == 6\n### END HIDDEN TESTS", "tf"
        ),
        solution(G, "g"),
        check(
            "assert g(1) == 2\n### BEGIN HIDDEN TESTS\nassert g(5) == 10\n### END HIDDEN TESTS",
            "tg",
        ),
    )
)

Damage = Callable[[dict[str, Any], Path], None]


def write(nb: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(nb))


def released() -> dict[str, Any]:
    """What a right student hands in: released tests, right answers."""
    nb = copy.deepcopy(SOURCE)
    for cell in nb["cells"]:
        cell["source"] = cell["source"].split("### BEGIN HIDDEN")[0]
    return nb


def edited(change: Callable[[list[dict[str, Any]]], Any]) -> Damage:
    """Damage done to the list of cells."""

    def damage(nb: dict[str, Any], path: Path) -> None:
        change(nb["cells"])
        write(nb, path)

    return damage


def raw(data: bytes) -> Damage:
    return lambda nb, path: (path.write_bytes(data), None)[1]


def encoded(codec: str) -> Damage:
    return lambda nb, path: (path.write_bytes(json.dumps(nb).encode(codec)), None)[1]


def topped(**fields: Any) -> Damage:
    return lambda nb, path: write({**nb, **fields}, path)


def old_format(nb: dict[str, Any], path: Path) -> None:
    path.write_text(nbformat.writes(nbformat.convert(nbformat.from_dict(nb), 3), version=3))


def huge(nb: dict[str, Any], path: Path) -> None:
    nb["metadata"]["ballast"] = "x" * (50 << 20)
    write(nb, path)


def linked(nb: dict[str, Any], path: Path) -> None:
    target = path.parents[3] / "elsewhere.ipynb"
    write(nb, target)
    path.symlink_to(target)


def renamed(nb: dict[str, Any], path: Path) -> None:
    write(nb, path.with_name("my homework (final).ipynb"))


def accompanied(nb: dict[str, Any], path: Path) -> None:
    write(nb, path)
    write(nb, path.with_name("copy.ipynb"))


def no_metadata(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        cell["metadata"] = {}


def forged(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        cell["metadata"]["nbgrader"].update(points=1000, locked=False)


def split(cells: list[dict[str, Any]]) -> None:
    cells[1]["source"] = "def f(x):"
    extra = copy.deepcopy(cells[1])
    extra.update(id="rest", source="    return x + 1")
    cells.insert(2, extra)


def tagged(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        cell["metadata"]["tags"] = ["skip-execution", "remove-cell"]


def foreign(cells: list[dict[str, Any]]) -> None:
    cells.append({"cell_type": "wormhole", "id": "w", "metadata": {}, "source": "x"})


def duplicated(cells: list[dict[str, Any]]) -> None:
    extra = copy.deepcopy(cells[1])
    extra.update(id="again", source="def f(x):\n    return 0")
    cells.insert(2, extra)


def retyped(cells: list[dict[str, Any]]) -> None:
    cells[3] = {k: v for k, v in cells[3].items() if k not in ("outputs", "execution_count")}
    cells[3]["cell_type"] = "markdown"


# name: (what is done, the score, None for not graded, "any" where either may be)
DAMAGES: dict[str, tuple[Damage, float | str | None]] = {
    "test cells deleted": (edited(lambda cells: cells.__delitem__(slice(2, None, 2))), 2.0),
    "a test cell emptied": (edited(lambda cells: cells[2].update(source="")), 2.0),
    "a test cell duplicated": (edited(lambda cells: cells.insert(2, copy.deepcopy(cells[2]))), 2.0),
    "an answer duplicated": (edited(duplicated), 2.0),
    "an answer deleted": (edited(lambda cells: cells.pop(1)), 1.0),
    "an answer split in two": (edited(split), "any"),
    "an answer made Markdown": (edited(retyped), 2.0),
    "cells in reverse order": (edited(list.reverse), 2.0),
    "metadata stripped": (edited(no_metadata), 2.0),
    "metadata forged": (edited(forged), 2.0),
    "cells tagged to be skipped": (edited(tagged), 2.0),
    "a foreign cell type": (edited(foreign), 2.0),
    "source as a list of lines": (
        edited(lambda cells: cells[1].update(source=F.splitlines(keepends=True))),
        2.0,
    ),
    "no source at all": (edited(lambda cells: cells[1].pop("source")), 1.0),
    "cells without ids": (edited(lambda cells: [cell.pop("id") for cell in cells]), 2.0),
    "a foreign kernel": (
        topped(metadata={"kernelspec": {"name": "julia", "display_name": "J"}}),
        2.0,
    ),
    "a future format": (topped(nbformat_minor=99), 2.0),
    "an old format": (old_format, "any"),
    "no format": (lambda nb, path: write({k: nb[k] for k in ("cells", "metadata")}, path), 2.0),
    "UTF-16": (encoded("utf-16"), 2.0),
    "a byte order mark": (encoded("utf-8-sig"), 2.0),
    "truncated JSON": (lambda nb, path: (path.write_text(json.dumps(nb)[:-80]), None)[1], None),
    "no JSON": (raw(b"\x89PNG\r\n\x1a\n" + bytes(100)), None),
    "an empty file": (raw(b""), None),
    "no notebook": (raw(b"[1, 2, 3]"), None),
    "JSON nested a hundred thousand deep": (raw(b"[" * 100_000), None),
    "50 MB": (huge, None),
    "a symbolic link": (linked, None),
    "a directory": (lambda nb, path: path.mkdir(), None),
    "a pipe": (lambda nb, path: os.mkfifo(path), None),
    "another name": (renamed, 2.0),
    "extra notebooks": (accompanied, 2.0),
    "nothing": (lambda nb, path: None, None),
}
# Differences that lose nothing of what a student wrote are mended without a word.
SILENT = {
    "cells tagged to be skipped",
    "a foreign kernel",
    "a byte order mark",
    "source as a list of lines",
    "cells without ids",
    "a future format",
    "no format",
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    course = tmp_path_factory.mktemp("course")
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'd'\n"
    )
    source = course / "source" / "d" / "d.ipynb"
    source.parent.mkdir(parents=True)
    write(SOURCE, source)
    kinds = list(DAMAGES)
    for number in range(CLASS):
        folder = course / "submitted" / f"student-{number:02}" / "d"
        folder.mkdir(parents=True)
        damage = DAMAGES[kinds[number]][0] if number < len(kinds) else None
        if damage is None:
            write(released(), folder / "d.ipynb")
        else:
            damage(released(), folder / "d.ipynb")
    out = course / "verdicts.json"
    command = [sys.executable, "-m", "autograder", "grade", "d", "--course", str(course)]
    done = subprocess.run(
        [*command, "--out", str(out)], capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, done.stderr
    entries = json.loads(out.read_text())["submissions"]
    return {entry["student"]: entry for entry in entries}


def test_everybody_is_there(verdicts: dict[str, Any]) -> None:
    """Does each of the sixty have a verdict, and are all undamaged ones graded in full?"""
    assert len(verdicts) == CLASS
    honest = [verdicts[f"student-{n:02}"] for n in range(len(DAMAGES), CLASS)]
    assert {entry["score"] for entry in honest} == {2.0}
    assert all(entry["repairs"] == [] for entry in honest)
    assert len(DAMAGES) >= 25


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damaged_notebook_is_graded_or_says_why(verdicts: dict[str, Any], name: str) -> None:
    """Is what can be graded graded, with its repair told, and the rest not graded with a reason?"""
    entry = verdicts[f"student-{list(DAMAGES).index(name):02}"]
    expected = DAMAGES[name][1]
    if entry["status"] == "not graded":
        assert expected in (None, "any")
        assert entry["reason"]
        assert entry["score"] is None
    else:
        assert expected in ("any", entry["score"]), entry
        assert entry["repairs"] or name in SILENT, entry
