"""Repair: only the student's text counts, and every damage is mended or told."""

from __future__ import annotations

import base64
import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course.choosing import Found, Worth, find
from autograder.course.folder import Submission, hand_in
from autograder.errors import SubmissionError
from autograder.repair.reading import MAX_CELLS, parse
from autograder.repair.rebuilding import Repaired, fenced, repair
from tests.autograder.classroom import (
    HEIGHT,
    SLOPE,
    WORDS,
    Notebook,
    cell,
    changed,
    handed_in,
    notebook,
    source_notebook,
)
from tests.autograder.classroom import find as place_of

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"


def released() -> Notebook:
    """What nbgrader hands out for the source notebook."""
    made = handed_in(slope=f"def slope(x):\n    {STUB.replace(chr(10), chr(10) + '    ')}",
                     height=STUB, words="YOUR ANSWER HERE")  # fmt: skip
    return made


def mended(submitted: Notebook | bytes) -> Repaired:
    data = submitted if isinstance(submitted, bytes) else json.dumps(submitted).encode()
    return repair(parse(data, "hills.ipynb"), released(), source_notebook(), "hills.ipynb")


def texts(repaired: Repaired) -> dict[str, str]:
    """grade_id → text of the graded notebook."""
    return {
        each["metadata"]["nbgrader"]["grade_id"]: each["source"]
        for each in repaired.notebook["cells"]
        if "nbgrader" in each["metadata"]
    }


def with_cells(edit: Callable[[list[dict[str, Any]]], None]) -> Notebook:
    made = handed_in()
    edit(made["cells"])
    return made


def stripped(made: Notebook, *, ids: bool = False) -> Notebook:
    """Without any metadata, and if asked without the cells' own ids."""
    made = copy.deepcopy(made)
    for each in made["cells"]:
        each["metadata"] = {}
        if ids:
            del each["id"]
    return made


def test_an_undamaged_notebook_needs_no_repair() -> None:
    """Are answers taken as they are, with nothing to report?"""
    repaired = mended(handed_in())
    assert repaired.repairs == ()
    assert repaired.untouched == ()
    found = texts(repaired)
    assert (found["slope"], found["height"], found["words"]) == (SLOPE, HEIGHT, WORDS)
    nbformat.validate(nbformat.from_dict(repaired.notebook))


def test_an_untouched_notebook_is_not_attempted() -> None:
    """Is the released notebook, handed in as it is, told from an attempt?"""
    repaired = mended(released())
    assert repaired.repairs == ()
    assert repaired.untouched == ("slope", "height", "words")


def copies(name: str, *sources: str, at_end: bool = False) -> Notebook:
    made = handed_in()
    here = place_of(made, name)
    cells = [{**copy.deepcopy(made["cells"][here]), "source": source} for source in sources]
    rest = made["cells"][here + 1 :]
    first = made["cells"][:here]
    made["cells"] = first + cells[:1] + rest + cells[1:] if at_end else first + cells + rest
    return made


DAMAGES: dict[str, tuple[Notebook, dict[str, str], str]] = {
    "an answer twice: the first counts": (
        copies("slope", SLOPE, "def slope(x):\n    return 0"),
        {"slope": SLOPE},
        "the answer cell 'slope' appears twice; the first was graded",
    ),
    "an answer twice, far apart": (
        copies("height", HEIGHT, "def height(x): return 0", at_end=True),
        {"height": HEIGHT},
        "appears twice; the first was graded",
    ),
    "an answer twice, the first untouched": (
        copies("height", STUB, HEIGHT),
        {"height": HEIGHT},
        "the first that was worked on was graded",
    ),
    "a test twice": (
        copies("test_slope", "assert slope(1) == 2\n", "pass"),
        {"slope": SLOPE},
        "the test cell 'test_slope' appears twice; the instructor's counts",
    ),
    "an answer split where both halves are Python": (
        copies("slope", "two = 2", "def slope(x):\n    return two * x"),
        {"slope": "two = 2\ndef slope(x):\n    return two * x"},
        "the answer cell 'slope' was split into 2 cells; they were joined",
    ),
    "an answer split inside the function": (
        copies("slope", "def slope(x):", "    return 2 * x"),
        {"slope": SLOPE},
        "the answer cell 'slope' was split into 2 cells; they were joined",
    ),
    "the second half without metadata": (
        with_cells(
            lambda cells: cells.__setitem__(
                slice(3, 4),
                [{**cells[3], "source": "def slope(x):"}, cell("code", "    return 2 * x")],
            )
        ),
        {"slope": SLOPE},
        "the answer cell 'slope' was split into two cells; they were joined",
    ),
    "a written answer split": (
        copies("words", "Because", "it is round."),
        {"words": "Because\n\nit is round."},
        "the answer cell 'words' was split into 2 cells; they were joined",
    ),
    "an answer deleted": (
        with_cells(lambda cells: cells.pop(3)),
        {"height": HEIGHT},
        "the answer cell 'slope' was missing; the released one was put back, not attempted",
    ),
    "a test deleted": (
        with_cells(lambda cells: cells.pop(4)),
        {"slope": SLOPE},
        "the test cell 'test_slope' was missing; it was put back",
    ),
    "a given cell deleted": (
        with_cells(lambda cells: cells.pop(1)),
        {"given": "import math"},
        "the locked cell 'given' was missing; it was put back",
    ),
    "two answers merged into one cell": (
        with_cells(lambda cells: (cells.pop(6), cells[3].update(source=f"{SLOPE}\n\n{HEIGHT}"))[0]),
        {"slope": f"{SLOPE}\n\n{HEIGHT}", "height": "# This answer stands in another cell."},
        "the answer cell 'height' was missing, but what it defines stands in another cell",
    ),
    "an answer as Markdown": (
        changed(handed_in(), "slope", cell_type="markdown"),
        {"slope": SLOPE},
        "the answer cell 'slope' had become a markdown cell; it is a code cell",
    ),
    "a written answer as code": (
        changed(handed_in(), "words", cell_type="code"),
        {"words": WORDS},
        "the answer cell 'words' had become a code cell; it is a markdown cell",
    ),
    "a test of an unknown type": (
        changed(handed_in(), "test_slope", cell_type="quiz"),
        {"slope": SLOPE},
        "cell 5 has the unknown type 'quiz'",
    ),
    "a test rewritten": (
        changed(handed_in(), "test_slope", source="assert True"),
        {"test_slope": "assert slope(1) == 2"},
        "the test cell 'test_slope' had been changed; the instructor's was used",
    ),
    "cells in another order": (
        with_cells(lambda cells: cells.insert(0, cells.pop(6))),
        {"slope": SLOPE, "height": HEIGHT},
        "the cells were in another order",
    ),
    "points forged": (
        with_cells(lambda cells: cells[4]["metadata"]["nbgrader"].update(points=200)),
        {"slope": SLOPE},
        "the test cell 'test_slope' had other nbgrader settings (points)",
    ),
    "a test that claims to be a solution": (
        with_cells(lambda cells: cells[4]["metadata"]["nbgrader"].update(solution=True)),
        {"test_slope": "assert slope(1) == 2"},
        "had other nbgrader settings (solution)",
    ),
    "an invented test": (
        with_cells(
            lambda cells: cells.append(
                cell("code", "1", "bonus", grade=True, locked=True, points=99)
            )
        ),
        {"slope": SLOPE},
        "the cell 'bonus' is not part of the assignment",
    ),
    "tags that skip a cell": (
        with_cells(lambda cells: cells[4]["metadata"].update(tags=["skip-execution"])),
        {"slope": SLOPE},
        "the test cell 'test_slope' had been tagged 'skip-execution'",
    ),
    "another kernel": (
        {**handed_in(), "metadata": {"kernelspec": {"name": "ir"}}},
        {"slope": SLOPE},
        "the kernel 'ir' was replaced by 'python3'",
    ),
    "all metadata gone": (
        stripped(handed_in()),
        {"slope": SLOPE, "height": HEIGHT, "words": WORDS},
        "the answer cell 'slope' had lost its metadata; it was recognised by the function",
    ),
    "all metadata and ids gone": (
        stripped(handed_in(), ids=True),
        {"slope": SLOPE, "height": HEIGHT, "words": WORDS},
        "the answer cell 'words' had lost its metadata; it was recognised by its place",
    ),
    "metadata that is no dictionary": (
        with_cells(lambda cells: cells[3].update(metadata=["nbgrader"])),
        {"slope": SLOPE},
        "the answer cell 'slope' had lost its metadata",
    ),
    "something that is no cell": (
        with_cells(lambda cells: cells.insert(2, "cell")),  # type: ignore[arg-type]
        {"slope": SLOPE},
        "cell 3 was no cell; it was left out",
    ),
    "a text that is a number": (
        with_cells(lambda cells: cells.append(cell("code", 7))),  # type: ignore[arg-type]
        {"slope": SLOPE},
        "the text of cell 11 was no text",
    ),
    "a cell of a foreign type": (
        with_cells(lambda cells: cells.append(cell("wormhole", "x"))),
        {"slope": SLOPE},
        "cell 11 has the unknown type 'wormhole'; it was kept as text and not run",
    ),
    "half a surrogate pair": (
        with_cells(lambda cells: cells[9].update(source="\ud800 round")),
        {"words": "\ufffd round"},
        "held broken characters",
    ),
    "a format of the future": (
        {**handed_in(), "nbformat": 4, "nbformat_minor": 9},
        {"slope": SLOPE},
        "the unknown format 4.9",
    ),
    "no format number": (
        {key: value for key, value in handed_in().items() if not key.startswith("nbformat")},
        {"slope": SLOPE},
        "format number was missing",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda name: name.replace(" ", "-"))
def test_damage_is_mended_and_told(damage: str) -> None:
    """Is the student's text found, and does the report name what was mended?"""
    submitted, wanted, told = DAMAGES[damage]
    repaired = mended(submitted)
    found = texts(repaired)
    assert {name: found[name].strip() for name in wanted} == wanted
    assert any(told in repair for repair in repaired.repairs), repaired.repairs
    nbformat.validate(nbformat.from_dict(repaired.notebook))


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda name: name.replace(" ", "-"))
def test_locked_cells_are_the_instructors(damage: str) -> None:
    """Do tests and given cells hold the released text and points, whatever was handed in?"""
    wanted = [
        (each["source"], each["metadata"], each["cell_type"])
        for each in released()["cells"]
        if each["metadata"].get("nbgrader", {}).get("locked")
    ]
    found = [
        (each["source"], each["metadata"], each["cell_type"])
        for each in mended(DAMAGES[damage][0]).notebook["cells"]
        if each["metadata"].get("nbgrader", {}).get("locked")
    ]
    assert found == wanted


def test_free_cells_stay_where_they_were() -> None:
    """Does a student's own cell keep its place, without its metadata and outputs?"""
    mine = cell("code", "print(slope(2))")
    mine["metadata"] = {"tags": ["raises-exception"]}
    mine["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "4"}]
    repaired = mended(with_cells(lambda cells: cells.insert(4, mine)))
    sources = [each["source"] for each in repaired.notebook["cells"]]
    assert sources.index("print(slope(2))") == sources.index(SLOPE) + 1
    kept = repaired.notebook["cells"][sources.index("print(slope(2))")]
    assert (kept["metadata"], kept["outputs"], kept["execution_count"]) == ({}, [], None)
    assert repaired.repairs == ()


def test_further_copies_are_shown_and_never_run() -> None:
    """Can the grader still read the copy that does not count, although it is no code?"""
    repaired = mended(copies("slope", SLOPE, "def slope(x):\n    return 0"))
    kept = [each for each in repaired.notebook["cells"] if "return 0" in each["source"]]
    assert [each["cell_type"] for each in kept] == ["markdown"]


def test_pasted_pictures_of_a_written_answer_are_kept() -> None:
    """Does a PNG in a written answer survive, and nothing that only claims to be one?"""
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n and the rest").decode()
    attached = {
        "a.png": {"image/png": png},
        "b.svg": {"image/svg+xml": "PHN2Zz4="},
        "c.png": {"image/png": "PHNjcmlwdD4="},
    }
    repaired = mended(changed(handed_in(), "words", attachments=attached))
    answer = repaired.notebook["cells"][place_of(repaired.notebook, "words")]
    assert answer["attachments"] == {"a.png": {"image/png": png}}


@pytest.mark.parametrize("text", ["plain", "```\nescape\n```", "`````", ""])
def test_a_fence_holds_its_text(text: str) -> None:
    """Is the fence longer than any run of backticks inside?"""
    first, *_, last = fenced(text).split("\n")
    assert first == last
    assert first not in text


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", None),
        ("utf-8-sig", "byte order mark"),
        ("utf-16", "read as UTF-16"),
        ("utf-16-le", "read as UTF-16-LE"),
        ("utf-32", "read as UTF-32"),
        ("cp1252", "read as CP1252"),
    ],
)
def test_other_encodings_are_read(encoding: str, told: str | None) -> None:
    """Is a notebook that an editor saved in another encoding read as the same text?"""
    submitted = handed_in(words="naïve – rond")
    repaired = mended(json.dumps(submitted, ensure_ascii=False).encode(encoding))
    assert texts(repaired)["words"] == "naïve – rond"
    assert [told in repair for repair in repaired.repairs] == ([True] if told else [])


def test_the_old_format_3_is_read() -> None:
    """Are worksheets, inputs and heading cells of format 3 understood?"""
    old = []
    for each in handed_in()["cells"]:
        made = {"cell_type": each["cell_type"], "metadata": each["metadata"]}
        made["input" if each["cell_type"] == "code" else "source"] = each["source"].splitlines(True)
        old.append(made)
    old[2] = {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Slope"]}
    repaired = mended({"nbformat": 3, "worksheets": [{"cells": old}], "metadata": {}})
    assert texts(repaired)["slope"] == SLOPE
    assert repaired.notebook["cells"][2]["source"] == "## Slope"
    assert repaired.repairs == ("the notebook had the old format 3; it was read as such",)


def test_text_after_the_end_is_ignored() -> None:
    """Is a notebook with rubbish behind its last brace still graded?"""
    repaired = mended(json.dumps(handed_in()).encode() + b"\n<<<<<<< mine\0\0")
    assert texts(repaired)["slope"] == SLOPE
    assert repaired.repairs == ("text after the notebook's end was ignored",)


CANNOT_BE_GRADED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty (0 bytes)"),
    "zeros": (bytes(400), "is empty (400 bytes)"),
    "cut off": (json.dumps(handed_in()).encode()[:900], "it looks cut off"),
    "no JSON": (b"%PDF-1.7 ...", "is not valid JSON at line 1, column 1 (it looks cut off)"),
    "a comma too many": (b'{"cells": [1,,2]}', "at line 1, column 14: open it in Jupyter"),
    "a list": (b"[1, 2]", "is JSON but no notebook"),
    "no cells": (b'{"nbformat": 4}', "it has no cells"),
    "cells that are no list": (b'{"cells": {}}', "it has no cells"),
    "no cell at all": (b'{"cells": []}', "holds no cells: it is empty"),
    "nested a million deep": (b"[" * 1_000_000, "is JSON that no notebook has"),
    "nested in cells": (b'{"cells": ' + b"[" * 100_000, "is JSON that no notebook has"),
    "millions of lists": (b'{"cells": [' + b"[]," * 1_000_001, "too many lists"),
    "a number without end": (b'{"cells": [' + b"9" * 10_000 + b"]}", "no notebook has"),
    "too many cells": (
        json.dumps({"cells": [{"cell_type": "raw", "source": ""}] * (MAX_CELLS + 1)}).encode(),
        "2001 cells, the limit is 2000",
    ),
    "a novel": (
        json.dumps(notebook(cell("code", "x" * 2_000_001))).encode(),
        "more than 2,000,000 characters",
    ),
    "another notebook": (
        json.dumps(notebook(cell("code", "print('something else')"))).encode(),
        "holds none of the assignment's answer cells",
    ),
}  # fmt: skip


@pytest.mark.parametrize("damage", CANNOT_BE_GRADED, ids=lambda name: name.replace(" ", "-"))
def test_what_cannot_be_graded_says_why(damage: str) -> None:
    """Is there one clear reason, and no score?"""
    data, reason = CANNOT_BE_GRADED[damage]
    with pytest.raises(SubmissionError) as caught:
        mended(data)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


# Anything ------------------------------------------------------------------------------------

SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["cells", "cell_type", "source", "metadata", "nbgrader", "grade_id", "id",
                         "tags", "attachments", "nbformat", "worksheets", "points", "code"]),
        inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(SCRAPS, max_size=6), st.integers(0, 10))
def test_any_scraps_among_the_cells_do_no_harm(scraps: list[Any], place: int) -> None:
    """Whatever stands between the cells: does a valid notebook with all tests come out?"""
    made = handed_in()
    made["cells"][place:place] = scraps
    repaired = mended(json.dumps(made).encode("utf-8", "surrogatepass"))
    nbformat.validate(nbformat.from_dict(repaired.notebook))
    assert texts(repaired)["test_slope"].strip() == "assert slope(1) == 2"
    assert texts(repaired)["slope"] == SLOPE


@settings(max_examples=150, deadline=None)
@given(SCRAPS)
def test_any_json_is_graded_or_refused(scraps: Any) -> None:
    """Does no JSON document end in another error than a reason?"""
    try:
        repaired = mended(json.dumps(scraps).encode("utf-8", "surrogatepass"))
    except SubmissionError:
        return
    nbformat.validate(nbformat.from_dict(repaired.notebook))


@settings(max_examples=100, deadline=None)
@given(st.permutations(range(10)), st.sets(st.integers(0, 9)), st.booleans())
def test_shuffled_and_stripped_answers_are_found(
    order: list[int], bare: set[int], ids: bool
) -> None:
    """Are both functions found by name or metadata, in any order, with any metadata lost?"""
    made = handed_in()
    cells = [stripped(made, ids=ids)["cells"][i] if i in bare else made["cells"][i] for i in order]
    found = texts(mended(notebook(*cells)))
    assert (found["slope"], found["height"]) == (SLOPE, HEIGHT)


# Folders -------------------------------------------------------------------------------------


def worth(name: str, data: bytes, expected: bool) -> Worth:
    """What a few letters are worth, for the tests of the choice alone."""
    return {b"mine": Worth.WORK, b"as released": Worth.UNTOUCHED}.get(
        data.partition(b",")[0].rstrip(b"!"), Worth.OTHER
    )


def chosen(folder: Path, others: frozenset[str] = frozenset()) -> Found:
    return find(hand_in(Submission("ann", folder)), "hills", others=others, worth=worth)


def test_a_differently_named_notebook_is_recognised(tmp_path: Path) -> None:
    """Is the only notebook that is the assignment's taken, under whatever name?"""
    (tmp_path / "hills (1).ipynb").write_bytes(b"mine")
    found = chosen(tmp_path)
    assert found.data == b"mine"
    assert found.repairs == ("the notebook was called 'hills (1).ipynb', not 'hills.ipynb'",)


@pytest.mark.parametrize("name", ["hills.ipynb.txt", "deeper/hills.ipynb", "HILLS.IPYNB"])
def test_a_notebook_is_found_where_browsers_put_it(tmp_path: Path, name: str) -> None:
    """Are an added ending, a folder from a zip file and capitals no obstacle?"""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"mine")
    assert chosen(tmp_path).data == b"mine"


OLD, NEW = 1_700_000_000, 1_700_000_060


@pytest.mark.parametrize(
    ("files", "taken", "told"),
    [
        (
            {"hills.ipynb": (b"as released", NEW), "final.ipynb": (b"mine", OLD)},
            "final.ipynb",
            "'final.ipynb' was graded: 'hills.ipynb' is as it was released",
        ),
        (
            {"hills.ipynb": (b"mine, old", OLD), "hills (1).ipynb": (b"mine, new", NEW)},
            "hills (1).ipynb",
            "'hills (1).ipynb' was graded: 'hills.ipynb' is older",
        ),
        (
            {"hills.ipynb": (b"broken", NEW), "hills (1).ipynb": (b"mine", OLD)},
            "hills (1).ipynb",
            "'hills (1).ipynb' was graded: 'hills.ipynb' cannot be read as this assignment's "
            "notebook",
        ),
        (
            {"hills.ipynb": (b"mine", OLD), "hills (1).ipynb": (b"as released", NEW)},
            "hills.ipynb",
            "other notebooks in the folder were ignored: hills (1).ipynb",
        ),
        (
            {"hills.ipynb": (b"mine, 0", NEW), "hills (1).ipynb": (b"mine, 1", NEW)},
            "hills.ipynb",
            "other notebooks in the folder were ignored: hills (1).ipynb",
        ),
        (
            {"hills (2).ipynb": (b"mine", NEW), "hills (10).ipynb": (b"mine", NEW)},
            "hills (10).ipynb",
            "the notebook was called 'hills (10).ipynb', not 'hills.ipynb'",
        ),
        (
            {"hills.ipynb": (b"as released", OLD), "copy.ipynb": (b"as released", NEW)},
            "hills.ipynb",
            "other notebooks in the folder were ignored: copy.ipynb",
        ),
        (
            {"hills.ipynb": (b"mine", OLD), ".ipynb_checkpoints/hills.ipynb": (b"mine!", NEW)},
            "hills.ipynb",
            None,
        ),
        (
            {"hills.ipynb": (b"mine", OLD), "__MACOSX/._hills.ipynb": (b"mine!", NEW)},
            "hills.ipynb",
            None,
        ),
    ],
)  # fmt: skip
def test_the_newest_work_is_graded(
    tmp_path: Path, files: dict[str, tuple[bytes, int]], taken: str, told: str | None
) -> None:
    """Of several notebooks: is the newest that differs from the release taken, and that said?"""
    for name, (data, time) in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
        os.utime(tmp_path / name, (time, time))
    found = chosen(tmp_path)
    assert found.name == taken
    assert told in found.repairs if told else found.repairs == ()


def test_copies_decide_nothing(tmp_path: Path) -> None:
    """Are two copies of one file the work, whichever is taken?"""
    for number in (1, 2):
        (tmp_path / f"hills ({number}).ipynb").write_bytes(b"mine")
    assert chosen(tmp_path).data == b"mine"


@pytest.mark.parametrize(("here", "there"), [("é", "e\u0301"), ("e\u0301", "é")])
def test_a_name_is_spelled_in_two_ways(tmp_path: Path, here: str, there: str) -> None:
    """Is the expected name found, whether its accents are composed or not?"""
    (tmp_path / f"{here}.ipynb").write_bytes(b"mine")
    found = find(hand_in(Submission("ann", tmp_path)), there, worth=worth)
    assert found.repairs == ()


def test_the_expected_name_is_told(tmp_path: Path) -> None:
    """Does the reason say what the file must be called?"""
    (tmp_path / "other.ipynb").write_bytes(b"other")
    with pytest.raises(
        SubmissionError, match=r"'other.ipynb'. The file must be called hills.ipynb"
    ):
        chosen(tmp_path)


def test_extra_notebooks_are_ignored_and_told(tmp_path: Path) -> None:
    """Are other notebooks told, but not the assignment's own others?"""
    for name, data in (("hills", b"mine"), ("valleys", b"mine"), ("scratch", b"other")):
        (tmp_path / f"{name}.ipynb").write_bytes(data)
    found = chosen(tmp_path, frozenset({"valleys"}))
    assert found.repairs == ("other notebooks in the folder were ignored: scratch.ipynb",)


def make_link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


@pytest.mark.linux
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (make_link, "is a symbolic link; links are not followed"),
        (Path.mkdir, "is a directory"),
        (os.mkfifo, "is a named pipe"),
        (lambda path: None, "was not handed in"),
    ],
    ids=["link", "directory", "pipe", "nothing"],
)
def test_only_ordinary_files_are_opened(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    """Is anything but a file refused by name, without opening it?"""
    make(tmp_path / "hills.ipynb")
    with pytest.raises(SubmissionError) as caught:
        chosen(tmp_path)
    assert f"hills.ipynb {reason}" in str(caught.value)


def test_a_linked_folder_is_not_entered(tmp_path: Path) -> None:
    """Can a student's folder not point to a neighbour's?"""
    (tmp_path / "neighbour").mkdir()
    (tmp_path / "neighbour" / "hills.ipynb").write_bytes(b"mine")
    (tmp_path / "me").symlink_to(tmp_path / "neighbour")
    with pytest.raises(SubmissionError, match="folder is a symbolic link"):
        chosen(tmp_path / "me")


def test_no_more_than_the_limit_is_read(tmp_path: Path) -> None:
    """Does a file of 50 MB cost no more than the limit, and say so?"""
    with (tmp_path / "hills.ipynb").open("wb") as file:
        file.truncate(50 * 2**20)
    with pytest.raises(SubmissionError, match="has 50 MB, the limit is 32 MB"):
        chosen(tmp_path)
