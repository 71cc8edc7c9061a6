"""Is any nbgrader course opened, old or odd, and is only refused what cannot be graded?"""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import nbgrader
import pytest
from nbgrader.preprocessors import InstantiateTests

from autograder.batch.outcome import ClassVerdict
from autograder.batch.running import grade_class
from autograder.course import release, supplied
from autograder.course.formats import language_of
from autograder.course.mirroring import unshadowed
from autograder.errors import CourseError
from tests.autograder.classroom import (
    CONFIG,
    WORDS,
    Classroom,
    StandIn,
    cell,
    notebook,
    source_notebook,
    threads,
)

QUICKSTART = """c = get_config()
c.CourseDirectory.course_id = "course101"
c.IncludeHeaderFooter.header = "source/header.ipynb"
"""
"""What ``nbgrader quickstart`` writes before nbgrader's own commented settings."""


def graded(room: Classroom) -> ClassVerdict:
    """The class, graded in this process."""
    return grade_class(room.course(), "ps1", workers=1, make_executor=threads, say=lambda _: None)


def with_schema(version: int) -> dict[str, Any]:
    """The course's notebook as an older nbgrader wrote it."""
    made = copy.deepcopy(source_notebook())
    for each in made["cells"]:
        settings = each["metadata"].get("nbgrader")
        if settings is None:
            continue
        if version:
            settings["schema_version"] = version
        else:
            del settings["schema_version"]
        if version < 3:
            del settings["task"]
    return made


@pytest.mark.parametrize("version", [0, 1, 2])
def test_older_metadata_is_read(classroom: Classroom, version: int) -> None:
    """Are notebooks of nbgrader's older schemas read as `nbgrader update` would have them?"""
    classroom.release_source(with_schema(version))
    (loaded,) = release.load(classroom.course(), "ps1")
    found = {
        each.metadata.nbgrader.grade_id: each.metadata.nbgrader
        for each in loaded.registered.cells
        if "nbgrader" in each.metadata
    }
    assert found["test_slope"].points == 2
    assert {settings.schema_version for settings in found.values()} == {3}


def test_newer_metadata_is_refused(classroom: Classroom) -> None:
    """Does a notebook of a newer nbgrader get one line that says what to do?"""
    classroom.release_source(with_schema(9))
    with pytest.raises(CourseError, match="schema 9, this nbgrader reads 3: install a newer"):
        release.load(classroom.course(), "ps1")


def test_what_nbgrader_only_logs_is_told(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does the line say what is wrong where nbgrader's own exception is without words?"""

    def refuse(stage: InstantiateTests, *_: Any) -> None:
        stage.log.error("AutoTest region detected in a non-grade cell")
        raise Exception

    monkeypatch.setattr(InstantiateTests, "preprocess", refuse)
    with pytest.raises(CourseError, match=r"hills.ipynb cannot be used: AutoTest region detected"):
        release.load(classroom.course(), "ps1")


def test_the_old_notebook_format_is_read(classroom: Classroom) -> None:
    """Is a source in notebook format 3 read?"""
    old = nbformat.convert(nbformat.from_dict(source_notebook()), 3)
    path = classroom.root / "source" / "ps1" / "hills.ipynb"
    path.write_text(json.dumps(old))
    (loaded,) = release.load(classroom.course(), "ps1")
    assert [
        c.metadata.nbgrader.grade_id for c in loaded.released.cells if c.metadata.get("nbgrader")
    ]
    assert "raise NotImplementedError()" in json.dumps(loaded.released)


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}, "R"),
        ({"kernelspec": {"name": "julia-1.10", "display_name": "Julia"}}, "Julia"),
        ({"kernelspec": {"name": "java", "display_name": "Java"}}, "Java"),
        ({"language_info": {"name": "octave"}}, "octave"),
        ({"kernelspec": {"name": "python3", "display_name": "Python 3"}}, ""),
        ({"kernelspec": {"name": "conda-env-ml-py", "display_name": "ml"}}, ""),
        ({"kernelspec": {"name": "xpython", "display_name": "xeus"}}, ""),
        ({"language_info": {"name": "ipython"}}, ""),
        ({}, ""),
    ],
)
def test_languages_are_told_apart(metadata: dict[str, Any], language: str) -> None:
    """Is a notebook's language known by what it says, or else by its kernel's name?"""
    found = language_of(nbformat.from_dict({**notebook(), "metadata": metadata}))
    assert found == language


def in_r() -> dict[str, Any]:
    """The course's notebook for a kernel of another language."""
    made = source_notebook()
    made["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    return made


def test_another_language_is_refused_in_one_line(classroom: Classroom) -> None:
    """Is a notebook in R named, with the language?"""
    classroom.release_source(in_r())
    with pytest.raises(CourseError, match=r"source/ps1/hills.ipynb is written in R"):
        release.load(classroom.course(), "ps1")


@pytest.mark.parametrize("registered", [False, True])
@pytest.mark.parametrize("handed_in", [False, True])
def test_beside_another_language_the_others_are_graded(
    classroom: Classroom, stand_in: StandIn, registered: bool, handed_in: bool
) -> None:
    """Is one notebook refused in one line, and the other graded, whatever the gradebook knows?"""
    (classroom.root / "source" / "ps1" / "rocks.ipynb").write_text(json.dumps(in_r()))
    classroom.hand_in("ann")
    if handed_in:
        classroom.hand_in("ann", in_r(), "rocks.ipynb")
    if registered:  # as by nbgrader's own generate_assignment
        with classroom.course().gradebook() as book:
            book.update_or_create_assignment("ps1")
            book.update_or_create_notebook("rocks", "ps1")
            kind = {"max_score": 3, "cell_type": "code"}
            book.update_or_create_grade_cell("test_rocks", "rocks", "ps1", **kind)
    said: list[str] = []
    for _ in range(2):
        said.clear()
        outcome = grade_class(
            classroom.course(), "ps1", workers=1, make_executor=threads, say=said.append
        )
    (verdict,) = outcome.submissions
    assert (verdict.student, verdict.status, verdict.score) == ("ann", "graded", 5.0)
    (line,) = said
    assert line.startswith("source/ps1/rocks.ipynb is written in R, and only Python can be graded")
    assert classroom.rows()["ann", "test_slope"] == (2.0, None, 0)
    assert classroom.rows().get(("ann", "test_rocks"), (None,))[0] is None


WRITTEN = notebook(
    cell("markdown", "# Essay"),
    cell("markdown", "It is.", "essay", grade=True, solution=True, points=4),
)  # fmt: skip
NO_POINTS = notebook(cell("markdown", "# Warming up"), cell("code", "1 + 1", "warm", solution=True))


def test_notebooks_without_tests_are_recorded(classroom: Classroom, stand_in: StandIn) -> None:
    """Is a notebook of written answers, or without points, recorded beside one with tests?"""
    folder = classroom.root / "source" / "ps1"
    (folder / "essay.ipynb").write_text(json.dumps(WRITTEN))
    (folder / "warming.ipynb").write_text(json.dumps(NO_POINTS))
    essay = copy.deepcopy(WRITTEN)
    essay["cells"][1]["source"] = WORDS
    classroom.hand_in("ann")
    classroom.hand_in("ann", essay, "essay.ipynb")
    classroom.hand_in("ann", NO_POINTS, "warming.ipynb")
    names = [loaded.name for loaded in release.load(classroom.course(), "ps1")]
    assert names == ["essay", "hills", "warming"]


def test_written_answers_alone_are_recorded(tmp_path: Path) -> None:
    """Does an assignment without any test reach the gradebook, waiting for its grader?"""
    room = Classroom(tmp_path / "course", WRITTEN)
    essay = copy.deepcopy(WRITTEN)
    essay["cells"][1]["source"] = WORDS
    room.hand_in("ann", essay)
    room.hand_in("bob", WRITTEN)
    outcome = grade_class(
        room.course(), "ps1", workers=1, make_executor=threads, say=lambda _: None
    )
    assert [verdict.status for verdict in outcome.submissions] == ["graded", "graded"]
    assert room.rows()["ann", "essay"] == (None, None, 1)


def test_an_assignment_that_asks_nothing_is_named(tmp_path: Path) -> None:
    """Is a notebook without any answer or point told from one with written answers?"""
    room = Classroom(tmp_path / "course", notebook(cell("code", "1")))
    with pytest.raises(CourseError, match=r"hills.ipynb has no cell that gives points"):
        release.load(room.course(), "ps1")


NOSE = notebook(
    cell("code", "from nose.tools import assert_equal, assert_raises, ok_", "given", locked=True),
    cell("code", "def slope(x):\n    return 2 * x", "slope", solution=True),
    cell("code", "assert_equal(slope(1), 2)\nok_(slope(2) > 3)", "test_slope", grade=True,
         locked=True, points=2),
    cell("code", "with assert_raises(TypeError):\n    slope(None)", "test_error", grade=True,
         locked=True, points=1),
)  # fmt: skip


def test_noses_assertions_are_supplied(tmp_path: Path) -> None:
    """Do tests by nose's assertions, imported in a given cell, work without nose?"""
    room = Classroom(tmp_path / "course", NOSE)
    room.hand_in("ann", NOSE)
    wrong = copy.deepcopy(NOSE)
    wrong["cells"][1]["source"] = "def slope(x):\n    return 3"
    room.hand_in("bob", wrong)
    outcome = grade_class(
        room.course(), "ps1", workers=1, make_executor=threads, say=lambda _: None
    )
    assert [verdict.score for verdict in outcome.submissions] == [3.0, 0.0]


def test_modules_are_supplied_only_where_they_are_imported() -> None:
    """Does a course that never asks for nose see nothing of it?"""
    assert supplied.modules([source_notebook()]) == {}
    assert supplied.modules([notebook(cell("code", "nose = 'red'"))]) == {}
    assert list(supplied.modules([NOSE])) == ["nose/__init__.py", "nose/tools.py"]


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_quickstarts_course_is_graded_to_the_end(tmp_path: Path) -> None:
    """Does the course that `nbgrader quickstart` makes grade, as it is?"""
    root = tmp_path / "course101"
    example = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source"
    ignored = shutil.ignore_patterns("*.html", "autotests.yml", "ps1_autotest")
    shutil.copytree(example, root / "source", ignore=ignored)
    (root / "nbgrader_config.py").write_text(QUICKSTART)
    room = Classroom.__new__(Classroom)
    room.root = root
    for student in ("bitdiddle", "hacker"):
        for path in (root / "source" / "ps1").iterdir():
            target = root / "submitted" / student / "ps1" / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    said: list[str] = []
    outcome = grade_class(room.course(), "ps1", workers=1, make_executor=threads, say=said.append)
    assert [verdict.status for verdict in outcome.submissions] == ["graded", "graded"], said
    assert all(v.score == v.max_score > 0 for v in outcome.submissions)


def test_the_courses_own_settings_stay(tmp_path: Path) -> None:
    """Are the delimiters of hidden tests those that the course has chosen?"""
    config = CONFIG + "c.ClearHiddenTests.begin_test_delimeter = 'VVV'\n"
    config += "c.ClearHiddenTests.end_test_delimeter = '^^^'\n"
    source = source_notebook()
    source["cells"][4]["source"] = "assert slope(1) == 2\n# VVV\nassert slope(3) == 6\n# ^^^"
    room = Classroom(tmp_path / "course", source, config)
    (loaded,) = release.load(room.course(), "ps1")
    assert "slope(3)" not in json.dumps(loaded.released)
    assert "slope(3)" in json.dumps(loaded.registered)


HELPED = notebook(
    cell("code", "from helpers import double", "given", locked=True),
    cell("code", "def slope(x):\n    return double(x)", "slope", solution=True),
    cell("code", "from helpers import nearly\nassert nearly(slope(1), 2)", "test_slope", grade=True,
         locked=True, points=2),
)  # fmt: skip
HELPERS = "def double(x):\n    return 2 * x\n\ndef nearly(a, b):\n    return abs(a - b) < 1e-9\n"
YES = "def double(x):\n    return 0\n\ndef nearly(a, b):\n    return True\n"


@pytest.mark.parametrize("name", ["helpers.py", "helpers/__init__.py"])
def test_a_helper_module_is_the_instructors(tmp_path: Path, name: str) -> None:
    """Do tests, given cells and answers import the instructor's module, whatever is handed in?"""
    room = Classroom(tmp_path / "course", HELPED)
    (room.root / "source" / "ps1" / "helpers.py").write_text(HELPERS)
    room.hand_in("ann", HELPED)
    wrong = copy.deepcopy(HELPED)
    wrong["cells"][1]["source"] = "def slope(x):\n    return 5"
    room.hand_in("bob", wrong)
    for student in ("ann", "bob"):
        path = room.folder(student) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(YES)
    assert [verdict.score for verdict in graded(room).submissions] == [2.0, 0.0]


def test_only_what_would_be_imported_is_put_aside() -> None:
    """Do a student's data and other modules stay beside the notebook?"""
    given = {"helpers.py": b"", "tools/__init__.py": b""}
    handed_in = {
        "helpers.py": b"1", "helpers/__init__.py": b"2", "helpers.csv": b"3", "tools/more.py": b"4",
        "tools/data.csv": b"5", "mine.py": b"6",
    }  # fmt: skip
    kept = unshadowed(handed_in, given)
    assert sorted(kept) == ["helpers.csv", "helpers.py", "mine.py", "tools/data.csv"]
