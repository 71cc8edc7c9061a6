"""nbgrader's own commands grade through the same judge, and nothing leaks on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.converters import Autograde, GenerateFeedback, NbGraderException
from traitlets.config import Config

from autograder import preprocessors
from autograder.batch import store
from autograder.batch.running import ensure_registered, grade_class
from autograder.configuration import configure
from autograder.course.release import load
from autograder.errors import CourseError
from autograder.pages.markdown import clean, safe_html
from tests.autograder.classroom import (
    CONFIG,
    Classroom,
    StandIn,
    cell,
    handed_in,
    notebook,
    threads,
)

# nbgrader 0.9.6 makes its own rows in an order that SQLAlchemy 2.1 warns about.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

LATE = CONFIG + 'c.LateSubmissionPlugin.penalty_method = "zero"\n'
WRONG = "def height(x):\n    return x"


def run(room: Classroom, converter: Any, student: str = "*", *, force: bool = False) -> None:
    """What nbgrader's command and formgrader's button do."""
    course = room.course()
    ensure_registered(course, "ps1", load(course, "ps1"), lambda line: None)
    course.directory.assignment_id, course.directory.student_id = "ps1", student
    made = converter(coursedir=course.directory, config=course.config)
    made.force = force
    made.start()


@pytest.fixture(autouse=True)
def _no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preprocessors, "process_pool", threads)


def fill(room: Classroom) -> None:
    """Right, wrong, untouched, late, damaged and repaired work."""
    room.hand_in("student-01")
    room.hand_in("student-02", handed_in(height=WRONG))
    room.hand_in("student-03", handed_in(words="YOUR ANSWER HERE"))
    room.hand_in("student-04", handed_in(height=WRONG))
    (room.folder("student-04") / "timestamp.txt").write_text("2026-03-09 12:00:00 UTC")
    room.hand_in("student-05", b'{"cells": [')
    twice = handed_in()
    twice["cells"].insert(4, twice["cells"][3])
    room.hand_in("student-06", twice)
    room.hand_in("student-07", handed_in(), "hills (1).ipynb")
    with room.course().gradebook() as book:
        book.update_or_create_assignment("ps1", duedate="2026-03-01 12:00:00 UTC")


def penalties(room: Classroom) -> dict[str, Any]:
    with room.course().gradebook() as book:
        return {
            each.student.id: (each.late_submission_penalty, each.score, each.timestamp)
            for each in book.assignment_submissions("ps1")
        }


def test_both_ways_store_the_same(tmp_path: Path, stand_in: StandIn) -> None:
    """Does nbgrader's command write the rows, penalties and notebooks of our own command?"""
    ours = Classroom(tmp_path / "ours", config=LATE)
    theirs = Classroom(tmp_path / "theirs", config=LATE)
    for room in (ours, theirs):
        fill(room)
    grade_class(ours.course(), "ps1", workers=1, make_executor=threads, say=lambda line: None)
    with pytest.raises(NbGraderException):
        run(theirs, Autograde)
    assert theirs.rows() == ours.rows()
    assert theirs.comments() == ours.comments()
    assert penalties(theirs) == penalties(ours)
    assert penalties(ours)["student-04"][0] == 2.0
    for student in ("student-02", "student-06", "student-07"):
        paths = (
            room.root / "autograded" / student / "ps1" / "hills.ipynb" for room in (ours, theirs)
        )
        first, second = (path.read_text().rstrip() for path in paths)
        assert first == second
    assert not (theirs.root / "autograded" / "student-05").joinpath("ps1").exists()


def test_beside_another_language_nbgraders_command_grades_the_others(
    classroom: Classroom, stand_in: StandIn
) -> None:
    """Does nbgrader's command, too, grade the Python notebook and leave the other alone?"""
    rocks = handed_in()
    rocks["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    (classroom.root / "source" / "ps1" / "rocks.ipynb").write_text(json.dumps(rocks))
    classroom.hand_in("student-01")
    classroom.hand_in("student-01", rocks, "rocks.ipynb")
    with classroom.course().gradebook() as book:
        book.update_or_create_assignment("ps1")
        book.update_or_create_notebook("rocks", "ps1")
        kind = {"max_score": 3, "cell_type": "code"}
        book.update_or_create_grade_cell("test_rocks", "rocks", "ps1", **kind)
    run(classroom, Autograde)
    rows = classroom.rows()
    assert rows["student-01", "test_slope"] == (2.0, None, 0)
    assert rows["student-01", "test_rocks"][:2] == (None, None)


def test_one_judge_s_verdicts_serve_both(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is what nbgrader graded not graded again by our command?"""
    fill(classroom)
    with pytest.raises(NbGraderException):
        run(classroom, Autograde)
    stand_in.judged.clear()
    outcome = grade_class(
        classroom.course(), "ps1", workers=1, make_executor=threads, say=lambda line: None
    )
    assert stand_in.judged == []
    assert outcome.unchanged == 6
    repairs = {verdict.student: verdict.repairs for verdict in outcome.submissions}
    assert repairs["student-06"] == ("the answer cell 'slope' appears twice; the first was graded",)
    assert repairs["student-07"] == (
        "the notebook was called 'hills (1).ipynb', not 'hills.ipynb'",
    )


def test_a_damaged_notebook_is_told_and_not_scored(classroom: Classroom, stand_in: StandIn) -> None:
    """Has a submission that cannot be read its reason on disk, and no score, not even 0?"""
    classroom.hand_in("student-01", b"\xff\xfe\x00")
    with pytest.raises(NbGraderException):
        run(classroom, Autograde)
    record = store.load(classroom.course(), "student-01", "ps1", "hills")
    assert record is not None
    assert record.verdict.reason.startswith("hills.ipynb is not valid JSON")
    assert classroom.rows()["student-01", "test_slope"] == (None, None, 1)


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", 'a";alert(1)', "a\\"])
def test_a_name_that_acts_reaches_no_page(
    classroom: Classroom, stand_in: StandIn, name: str
) -> None:
    """Is such a folder refused with its reason before the gradebook holds it, the class graded?"""
    classroom.hand_in("student-01")
    classroom.hand_in(name)
    with pytest.raises(NbGraderException, match="rename the folder"):
        run(classroom, Autograde)
    with classroom.course().gradebook() as book:
        assert [student.id for student in book.students] == ["student-01"]
    assert classroom.rows()["student-01", "test_slope"][0] is not None


def test_a_course_whose_path_is_a_pattern_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Does nbgrader's own grading say why it finds nothing there, and ours, which can, nothing?"""
    room = Classroom(tmp_path / "course [1]")
    monkeypatch.chdir(room.root)
    room.course()
    assert caplog.messages == []
    configure(Config())
    assert ["course [1]: nbgrader takes the signs" in line for line in caplog.messages] == [True]


def test_manual_grades_survive(classroom: Classroom, stand_in: StandIn) -> None:
    """Does autograding by force keep what a human gave, and ask for a look again?"""
    classroom.hand_in("student-01")
    run(classroom, Autograde)
    with classroom.course().gradebook() as book:
        grade = book.find_grade("words", "hills", "ps1", "student-01")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        book.db.commit()
    run(classroom, Autograde, "student-01", force=True)
    assert classroom.rows()["student-01", "words"] == (None, 1.5, 1)


@pytest.mark.linux
def test_nbgrader_copies_no_links(classroom: Classroom, stand_in: StandIn) -> None:
    """Does nbgrader overlook links, pipes and devices that it would follow or hang on?"""
    classroom.hand_in("student-01")
    folder = classroom.folder("student-01")
    (folder / "gradebook.txt").symlink_to(classroom.root / "gradebook.db")
    (folder / "endless.bin").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe")
    (folder / "notes.txt").write_text("mine")
    classroom.hand_in("student-02")
    (classroom.folder("student-02") / "pipe").write_text("an ordinary file")
    run(classroom, Autograde)
    graded = classroom.root / "autograded"
    names = {path.name for path in (graded / "student-01" / "ps1").iterdir()}
    assert names == {"hills.ipynb", "notes.txt"}
    assert (graded / "student-02" / "ps1" / "pipe").is_file()


def test_nothing_hidden_is_in_the_graded_notebook(classroom: Classroom, stand_in: StandIn) -> None:
    """Do test cells hold the released text, and outputs neither HTML nor JavaScript?"""
    classroom.hand_in("student-01", handed_in(height=WRONG))
    run(classroom, Autograde)
    path = classroom.root / "autograded" / "student-01" / "ps1" / "hills.ipynb"
    assert "hidden reason" not in path.read_text()
    made = nbformat.read(path, as_version=4)
    nbformat.validate(made)
    kinds = {
        kind
        for each in made.cells
        for output in each.get("outputs", ())
        for kind in output.get("data", {output.output_type: ""})
    }
    assert kinds == {"stream", "error", "image/png"}


def test_a_configured_hook_still_runs(tmp_path: Path, stand_in: StandIn) -> None:
    """Is the course's own pre_convert_hook called as before?"""
    config = (
        CONFIG
        + "from pathlib import Path\n"
        + "def note(assignment, student, notebooks):\n"
        + f"    Path({str(tmp_path / 'hook.txt')!r}).write_text(assignment)\n"
        + "c.Autograde.pre_convert_hook = note\n"
    )
    room = Classroom(tmp_path / "course", config=config)
    room.hand_in("student-01")
    run(room, Autograde)
    assert (tmp_path / "hook.txt").read_text() == "ps1"


def test_a_dead_judge_is_no_score(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does a worker that dies leave the submission without a score?"""
    from tests.autograder.test_batch import Breaking

    monkeypatch.setattr(preprocessors, "process_pool", lambda workers: Breaking("student-01"))
    classroom.hand_in("student-01")
    with pytest.raises(NbGraderException):
        run(classroom, Autograde)
    assert classroom.rows()["student-01", "test_slope"] == (None, None, 1)


def test_a_stage_alone_says_what_is_missing() -> None:
    """Does a half configured course get told to call configure(c)?"""
    with pytest.raises(CourseError, match=r"call configure\(c\) in nbgrader_config\.py"):
        preprocessors.Judge().preprocess(nbformat.v4.new_notebook(), {})


# Feedback through nbgrader -------------------------------------------------------------------


def test_generate_feedback_writes_our_page(classroom: Classroom, stand_in: StandIn) -> None:
    """Is the page of ``nbgrader generate_feedback`` and of formgrader ours?"""
    classroom.hand_in("student-02", handed_in(height=WRONG))
    run(classroom, Autograde)
    run(classroom, GenerateFeedback)
    page = (classroom.root / "feedback" / "student-02" / "ps1" / "hills.html").read_text()
    assert "Likely cause." in page
    assert "The factor 2 is missing." in page


def test_a_notebook_without_verdict_gets_nbgraders_page(
    classroom: Classroom, stand_in: StandIn
) -> None:
    """Does work graded before this grader came still get feedback, the student's scripts not?"""
    made = handed_in(words="round <script>alert(1)</script><img src=x onerror=alert(2)>")
    classroom.hand_in("student-02", made)
    run(classroom, Autograde)
    store.path_of(classroom.course(), "student-02", "ps1", "hills").unlink()
    run(classroom, GenerateFeedback)
    page = (classroom.root / "feedback" / "student-02" / "ps1" / "hills.html").read_text()
    assert "Written response" in page
    assert "<script>alert(1)" not in page
    assert "onerror" not in page


HARMFUL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<iframe src="//elsewhere.example"></iframe>',
    '<form action="/formgrader"><input></form>',
    '<svg onload="alert(1)"></svg>',
    '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    '<p style="position:fixed">x</p>',
    "<style>body{display:none}</style>",
]


@pytest.mark.parametrize("text", HARMFUL)
def test_markdown_cannot_act(text: str) -> None:
    """Is nothing left of a student's Markdown that a browser would run or load by itself?"""
    html = safe_html({"cell": {}}, text)  # type: ignore[arg-type]
    tags = clean(html)
    assert html == tags
    for word in ("<script", "onerror=alert(1)>", "javascript:", "<iframe", "<form", "<svg",
                 "data:", "style=", "<style"):  # fmt: skip
        assert word not in html.replace("&lt;", "‹")


def test_markdown_stays_markdown() -> None:
    """Do headings, tables, code, mathematics and pasted pictures come through?"""
    point = (  # a whole PNG of one point: what only begins like one is no picture
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAA"
        "AACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
    )
    html = safe_html(
        {"cell": {"attachments": {"p.png": {"image/png": point}}}},  # type: ignore[arg-type]
        "## Title\n\n| a |\n|---|\n| 1 |\n\n`a<b` $x<y$ ![p](attachment:p.png) **b**",
    )
    for piece in ("<h2", "<td>1</td>", "<code>a&lt;b</code>", "$x&lt;y$", "<strong>b</strong>",
                  f'src="data:image/png;base64,{point}"'):  # fmt: skip
        assert piece in html


# The whole chain, as instructors run it --------------------------------------------------------


def nbgrader(room: Classroom, *arguments: str) -> None:
    command = [sys.executable, "-m", "nbgrader", *arguments]
    subprocess.run(command, cwd=room.root, check=True, capture_output=True, timeout=300)


def test_the_real_commands_one_after_the_other(tmp_path: Path) -> None:
    """Do generate_assignment, autograde and generate_feedback work from the command line?"""
    room = Classroom(tmp_path / "course", notebook(*_plain_source()))
    nbgrader(room, "generate_assignment", "ps1")
    released = json.loads((room.root / "release" / "ps1" / "hills.ipynb").read_text())
    released["cells"][1]["source"] = "def double(x):\n    return 2 * x"
    room.hand_in("student-01", released)
    nbgrader(room, "autograde", "ps1")
    nbgrader(room, "generate_feedback", "ps1")
    assert room.rows() == {("student-01", "test_double"): (2.0, None, 0)}
    page = (room.root / "feedback" / "student-01" / "ps1" / "hills.html").read_text()
    assert "Test cells: 1 of 1 passed, their hidden tests included." in page


def _plain_source() -> list[dict[str, Any]]:
    return [
        cell("markdown", "# Twice"),
        cell("code", "def double(x):\n    return 2 * x", "double", solution=True),
        cell(
            "code",
            "assert double(1) == 2\n### BEGIN HIDDEN TESTS\nassert double(4) == 8\n"
            "### END HIDDEN TESTS",
            "test_double", grade=True, locked=True, points=2,
        ),
    ]  # fmt: skip
