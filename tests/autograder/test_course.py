"""The course directory: read as nbgrader reads it, its faults told in one line."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from autograder.batch.running import chosen, ensure_registered
from autograder.course import datafiles, release
from autograder.course.directory import Course
from autograder.errors import CourseError, GraderError
from autograder.settings import Judge
from tests.autograder.classroom import (
    CONFIG,
    HEIGHT,
    SLOPE,
    Classroom,
    cell,
    changed,
    notebook,
    source_notebook,
)

RENAMED = """c = get_config()
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.submitted_directory = "_class/submitted"
c.CourseDirectory.autograded_directory = "_class/autograded"
c.CourseDirectory.feedback_directory = "_class/feedback"
c.CourseDirectory.db_url = "sqlite:///elsewhere.db"
c.CourseDirectory.ignore = ["*.secret"]
c.CourseDirectory.student_id_exclude = "tutor,robot"
c.Judge.limits = ["test_seconds=7"]
"""


def test_folders_may_have_any_name(tmp_path: Path) -> None:
    """Are renamed folders, with slashes too, and the database's address respected?"""
    (tmp_path / "nbgrader_config.py").write_text(RENAMED)
    (tmp_path / "solutions" / "ps1").mkdir(parents=True)
    (tmp_path / "solutions" / "ps1" / "hills.ipynb").write_text("{}")
    for student in ("student-02", "student-01", "tutor"):
        (tmp_path / "_class" / "submitted" / student / "ps1").mkdir(parents=True)
    course = Course.load(tmp_path)
    assert course.assignments() == ["ps1"]
    assert [each.student for each in course.submissions("ps1")] == ["student-01", "student-02"]
    assert course.folder("autograded", "ann", "ps1") == tmp_path / "_class/autograded/ann/ps1"
    assert course.folder("verdicts", "ann", "ps1") == tmp_path / "_class/verdicts/ann/ps1"
    assert course.directory.db_url == "sqlite:///elsewhere.db"


def test_students_may_come_after_assignments(tmp_path: Path) -> None:
    """Is another directory structure than nbgrader's usual one understood?"""
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        'c.CourseDirectory.directory_structure = "{nbgrader_step}/{assignment_id}/{student_id}"\n'
    )
    (tmp_path / "submitted" / "ps1" / "ann").mkdir(parents=True)
    assert [each.student for each in Course.load(tmp_path).submissions("ps1")] == ["ann"]


def test_limits_come_from_the_course_and_then_the_command_line(tmp_path: Path) -> None:
    """Does a --limit win over the configured one, and a wrong name get a clear line?"""
    (tmp_path / "nbgrader_config.py").write_text(RENAMED)
    course = Course.load(tmp_path)
    assert Judge.of(course.config).allowed().test_seconds == 7
    assert Judge.of(course.config).allowed(["test_seconds=3"]).test_seconds == 3
    with pytest.raises(GraderError, match="no limit called 'patience'"):
        Judge.of(course.config).allowed(["patience=3"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("c = get_config(", "SyntaxError: '(' was never closed"),
        ("c = get_config()\nc.CourseDirectory.course_id = nothing", "name 'nothing'"),
        ("c = get_config()\nc.CourseDirectory.course_id = 3", "expected a unicode string"),
        ("import no_such_module_anywhere", "No module named 'no_such_module_anywhere'"),
    ],
)
def test_a_broken_configuration_is_one_line(tmp_path: Path, text: str, told: str) -> None:
    """Does the message name the file and what is wrong with it?"""
    (tmp_path / "nbgrader_config.py").write_text(text)
    with pytest.raises(CourseError) as caught:
        Course.load(tmp_path)
    assert "nbgrader_config.py cannot be read" in str(caught.value)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_configuration_may_import_its_neighbours(tmp_path: Path) -> None:
    """Can nbgrader_config.py import a module that lies beside it?"""
    (tmp_path / "names_of_this_course.py").write_text('course = "hills"')
    (tmp_path / "nbgrader_config.py").write_text(
        "from names_of_this_course import course\n"
        "c = get_config()\nc.CourseDirectory.course_id = course"
    )
    assert Course.load(tmp_path).directory.course_id == "hills"


def test_missing_things_are_named(tmp_path: Path, classroom: Classroom) -> None:
    """Do a missing course, configuration, assignment and notebook each get their line?"""
    with pytest.raises(CourseError, match=r"there is no course directory .*nowhere"):
        Course.load(tmp_path / "nowhere")
    (tmp_path / "bare").mkdir()
    with pytest.raises(CourseError, match=r"is no course: it holds no nbgrader_config\.py"):
        Course.load(tmp_path / "bare")
    course = classroom.course()
    with pytest.raises(CourseError, match="no assignment 'ps9' in source: there are ps1"):
        course.source_notebooks("ps9")
    (classroom.root / "source" / "ps2").mkdir()
    with pytest.raises(CourseError, match=r"source/ps2 holds no notebook: put ps2\.ipynb there"):
        course.source_notebooks("ps2")


# Who handed in -------------------------------------------------------------------------------


def test_no_submissions(classroom: Classroom) -> None:
    """Is an assignment nobody could hand in told from one nobody did?"""
    course = classroom.course()
    with pytest.raises(CourseError, match="never released: run `nbgrader generate_assignment ps1`"):
        chosen(course, "ps1", [])
    (classroom.root / "release" / "ps1").mkdir(parents=True)
    with pytest.raises(CourseError, match="no submissions of ps1: run `nbgrader collect ps1`"):
        chosen(course, "ps1", [])


def test_an_unknown_student_is_named(classroom: Classroom) -> None:
    """Does --student with a wrong name say where nothing lies?"""
    classroom.hand_in("student-01")
    course = classroom.course()
    assert [each.student for each in chosen(course, "ps1", ["student-01"])] == ["student-01"]
    with pytest.raises(CourseError, match=r"student-07 has handed in no ps1: .*/student-07"):
        chosen(course, "ps1", ["student-07"])


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01 12:00:00.5 UTC", datetime.datetime(2026, 3, 1, 12, 0, 0, 500_000)),
        ("2026-03-01T12:00:00+02:00", datetime.datetime(2026, 3, 1, 10, 0)),
        ("", None),
        ("yesterday, I think", None),
        ("9" * 100_000, None),
        ("\0\xff", None),
    ],
)
def test_timestamps(classroom: Classroom, text: str, moment: datetime.datetime | None) -> None:
    """Is a moment read in UTC, and rubbish not an error?"""
    folder = classroom.folder("student-01")
    (folder / "timestamp.txt").write_bytes(text.encode("latin-1"))
    assert classroom.course().timestamp(folder).time == moment


# Source notebooks ----------------------------------------------------------------------------


def test_three_forms_of_a_notebook(classroom: Classroom) -> None:
    """Does each form hold what it should: solutions, hidden tests, nothing of both?"""
    (loaded,) = release.load(classroom.course(), "ps1")
    source, registered, released = (
        json.dumps(form) for form in (loaded.source, loaded.registered, loaded.released)
    )
    assert "return 2 * x" in source
    assert "a hidden reason" in source
    assert "return 2 * x" not in registered
    assert "a hidden reason" in registered
    assert "return 2 * x" not in released
    assert "a hidden reason" not in released
    assert "raise NotImplementedError()" in released


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (notebook(cell("code", "1")), "has no cell that gives points"),
        (
            changed(source_notebook(), "slope", source="### BEGIN SOLUTION\n1"),
            "no end solution statement found",
        ),
        (
            notebook(*source_notebook()["cells"], cell("code", SLOPE, "slope", solution=True)),
            "Duplicate grade id: slope",
        ),
    ],
    ids=["no points", "no end", "twice"],
)
def test_a_faulty_source_is_named(classroom: Classroom, source: object, told: str) -> None:
    """Does a source that nbgrader would not release get one line with its path?"""
    classroom.release_source(source)  # type: ignore[arg-type]
    with pytest.raises(CourseError) as caught:
        release.load(classroom.course(), "ps1")
    assert told in str(caught.value)
    assert "source/ps1/hills.ipynb" in str(caught.value)


def test_an_unreadable_source_is_named(classroom: Classroom) -> None:
    """Is a source that is no notebook told from a student's?"""
    (classroom.root / "source" / "ps1" / "hills.ipynb").write_text("{")
    with pytest.raises(CourseError, match=r"the source notebook source/ps1/hills.ipynb cannot"):
        release.load(classroom.course(), "ps1")


def test_an_assignment_registers_itself(classroom: Classroom) -> None:
    """Is a never generated assignment put into the gradebook, with a notice of what comes next?"""
    course, said = classroom.course(), []
    notebooks = release.load(course, "ps1")
    ensure_registered(course, "ps1", notebooks, said.append)
    assert len(said) == 1
    assert "Next: nbgrader generate_assignment ps1" in said[0]
    ensure_registered(course, "ps1", notebooks, said.append)
    assert len(said) == 1
    with course.gradebook() as book:
        known = book.find_notebook("hills", "ps1")
        assert {each.name: each.max_score for each in known.grade_cells} == {
            "test_slope": 2.0,
            "test_height": 3.0,
            "words": 2.0,
        }


def test_changed_points_reach_the_gradebook(classroom: Classroom) -> None:
    """Does the gradebook follow the source when a test is worth more now?"""
    course, said = classroom.course(), []
    ensure_registered(course, "ps1", release.load(course, "ps1"), said.append)
    source = source_notebook()
    source["cells"][4]["metadata"]["nbgrader"]["points"] = 4
    classroom.release_source(source)
    ensure_registered(course, "ps1", release.load(course, "ps1"), said.append)
    assert len(said) == 2
    with course.gradebook() as book:
        assert book.find_grade_cell("test_slope", "hills", "ps1").max_score == 4.0


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # from nbgrader's own rows
def test_cells_may_not_vanish_under_graded_work(classroom: Classroom) -> None:
    """Is a test cell or notebook that disappears told, as long as nobody's grades hang on it?"""
    course = classroom.course()
    notebooks = release.load(course, "ps1")
    ensure_registered(course, "ps1", notebooks, lambda line: None)
    with course.gradebook() as book:
        book.add_student("ann")
        book.add_submission("ps1", "ann")
    fewer = notebook(*source_notebook()["cells"][:5])
    classroom.release_source(fewer)
    with pytest.raises(CourseError, match=r"cells of source/ps1/hills.ipynb are not those"):
        ensure_registered(course, "ps1", release.load(course, "ps1"), lambda line: None)
    path = classroom.root / "source" / "ps1" / "hills.ipynb"
    path.rename(path.with_name("mountains.ipynb"))
    with pytest.raises(CourseError, match="were graded with hills, which source holds no more"):
        ensure_registered(course, "ps1", release.load(course, "ps1"), lambda line: None)
    with course.gradebook() as book:
        book.remove_submission("ps1", "ann")
    ensure_registered(course, "ps1", release.load(course, "ps1"), lambda line: None)
    with course.gradebook() as book:
        assert [each.name for each in book.find_assignment("ps1").notebooks] == ["mountains"]


# Data files ----------------------------------------------------------------------------------


def test_answers_are_never_handed_out(tmp_path: Path) -> None:
    """Do students get data and helpers, but no notebook, no mistakes and nothing ignored?"""
    room = Classroom(tmp_path / "course", config=CONFIG + "c.CourseDirectory.ignore = ['*.key']")
    folder = room.root / "source" / "ps1"
    (folder / "deep").mkdir()
    for name in ("data.csv", "deep/more.csv", "mistakes.py", "alternatives.py", "exam.key"):
        (folder / name).write_text(name)
    course = room.course()
    assert list(course.data_files("ps1")) == ["data.csv", "deep/more.csv"]


READS = f"import numpy as np\ndata = np.loadtxt('heights.csv')\n{HEIGHT}"


def test_missing_data_is_told_before_grading(tmp_path: Path) -> None:
    """Is the file named, the cell that reads it, and the place where it belongs?"""
    room = Classroom(tmp_path / "course", changed(source_notebook(), "height", source=READS))
    course = room.course()
    (line,) = datafiles.missing(course, "ps1", release.load(course, "ps1"))
    assert line.startswith("source/ps1/heights.csv is missing: hills.ipynb reads it in cell height")
    (room.root / "source" / "ps1" / "heights.csv").write_text("1\n2\n")
    assert datafiles.missing(course, "ps1", release.load(course, "ps1")) == []


def test_ignored_data_is_told_apart(tmp_path: Path) -> None:
    """Does a file that is there but kept from students get another line?"""
    room = Classroom(
        tmp_path / "course",
        changed(source_notebook(), "height", source=READS),
        CONFIG + "c.CourseDirectory.ignore = ['*.csv']",
    )
    (room.root / "source" / "ps1" / "heights.csv").write_text("1\n2\n")
    course = room.course()
    (line,) = datafiles.missing(course, "ps1", release.load(course, "ps1"))
    assert line.startswith("source/ps1/heights.csv, which hills.ipynb reads")
    assert line.endswith("take it out of CourseDirectory.ignore")


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ("np.load('a.npz')", ["a.npz"]),
        ("%matplotlib inline\nopen('a.txt').read()", ["a.txt"]),
        ("json.load(open('./deep/a.json'))", ["deep/a.json"]),
        ("Path('a.txt').read_text()", ["a.txt"]),
        ("Path('a.txt').open('w')", []),
        ("open('a.txt', 'w'); open('a.txt')", []),
        ("np.save('a.npy', x); np.load('a.npy')", []),
        ("open('a.txt', mode='a')", []),
        ("open('/etc/hosts.txt'); open('https://x.org/a.csv'); open('../a.csv')", []),
        ("np.load(name); pickle.load(file); open()", []),
        ("def f(:", []),
        ("try:\n    open('a.txt')\nexcept OSError:\n    pass", []),
        ("with suppress(OSError):\n    x = open('a.txt').read()", []),
        ("with open('a.txt') as file:\n    pass", ["a.txt"]),
        ("if Path('a.txt').exists():\n    open('a.txt')", []),
        ("def solve():\n    return open('a.txt')", []),
        ("np.savez('a', x=x); np.load('a.npz')", []),
        ("urlretrieve('https://x.org/b.csv', 'a.csv'); open('a.csv')", []),
        ("zipfile.ZipFile('a.zip').extractall(); open('a.csv')", []),
        ("shutil.copy(p, q); open('a.csv')", []),
        ("y = x.copy(); open('a.csv')", ["a.csv"]),
        ("!wget https://x.org/a.csv\nopen('a.csv')", []),
        ("%%writefile a.csv\n1,2", []),
        ("%%time\nopen('a.csv')", ["a.csv"]),
    ],
)
def test_files_that_a_notebook_reads(code: str, needed: list[str]) -> None:
    """Are files found that are read in plain sight, and no others?"""
    assert list(datafiles.needed(notebook(cell("code", code)))) == needed
