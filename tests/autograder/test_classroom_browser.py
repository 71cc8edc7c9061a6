"""The whole round on a shared server: two students and an instructor, each in a JupyterLab."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from autograder.cli import main
from tests.autograder.classroom import HEIGHT, SLOPE, Classroom
from tests.autograder.formgrader import TOKEN, starting, watching
from tests.autograder.lab import LONG, QUIET, Desk, Instructor, Student, settle, sit_down
from tests.site.browser import browser  # noqa: F401 (the fixture)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    # nbgrader 0.9.6 makes its own rows in an order that SQLAlchemy 2.1 warns about.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]

STUDENTS = ("student-01", "student-02")
ALMOST = "def slope(x):\n    return x + 1"
"""Right at the point that the students are shown."""


@dataclass
class School:
    """The course's folder, and who sits where."""

    room: Classroom
    instructor: Instructor
    students: dict[str, Student]


@pytest.fixture
def school(
    browser: Browser,  # noqa: F811 (pytest's way)
    place: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[School]:
    """A course whose exchange one command has set up; three servers, three windows."""
    room = Classroom(tmp_path / "course")
    shared = place / "jupyter"
    command = ["exchange", str(place / "exchange"), "--students", str(shared)]
    assert main([*command, "--course", str(room.root)]) == 0, capsys.readouterr()
    with contextlib.ExitStack() as stack:
        servers = {}
        for name in ("instructor", *STUDENTS):
            private = tmp_path / name
            settle(private)
            folder = room.root if name == "instructor" else private / "work"
            folder.mkdir(exist_ok=True)
            if name in STUDENTS:
                # All of them have one account here, whose name would be everybody's.
                (private / "jupyter_config_dir" / "nbgrader_config.py").write_text(
                    f"get_config().CourseDirectory.student_id = {name!r}\n"
                )
            servers[name] = (
                folder,
                stack.enter_context(
                    starting(
                        folder, private, *QUIET, app="jupyterlab", JUPYTER_CONFIG_PATH=str(shared)
                    )
                ),
            )
        desks: dict[str, Desk] = {}
        for name, (folder, server) in servers.items():
            server.wait()
            watched = watching(browser, server.address)
            stack.callback(watched.context.close)
            desks[name] = sit_down(name, folder, watched, TOKEN)
        yield School(
            room,
            Instructor(desks["instructor"]),
            {name: Student(desks[name]) for name in STUDENTS},
        )


def test_the_whole_round(school: School) -> None:
    """Do release, fetch, work, validate, hand in, grade and feedback work by clicking alone?"""
    teacher = school.instructor
    teacher.open_formgrader()
    teacher.press("assign")
    teacher.press("release")

    one, two = school.students.values()
    for student in (one, two):
        student.list_assignments()
        student.press("released", "Fetch")
        expect(student.rows("fetched")).to_have_count(1, timeout=LONG)
        student.open_notebook("hills")
    work(one, SLOPE)
    assert "Success! Your notebook passes all the tests." in one.validate()
    work(two, "def slope(x):\n    return x")
    assert "assert slope(1) == 2" in two.validate()
    work(two, ALMOST)
    assert "Success!" in two.validate()
    for student in (one, two):
        student.show_list()
        student.press("fetched", "Submit")
        expect(student.rows("submitted")).to_have_count(1, timeout=LONG)

    teacher.press("collect")
    frame = teacher.frame
    frame.locator(".num-submissions a").click()
    for name in STUDENTS:
        teacher.press("autograde", row=name)
    rows = school.room.rows()
    assert [rows["student-01", test][0] for test in ("test_slope", "test_height")] == [2, 3]
    assert [rows["student-02", test][0] for test in ("test_slope", "test_height")] == [0, 3]
    grade_by_hand(teacher, "student-01", "1.5", "Well said.")
    grade_by_hand(teacher, "student-02", "0.5", "Why is it round?")
    teacher.go("Manage Assignments")
    teacher.press("generate-feedback")
    teacher.press("release-feedback")

    for student, points, comment in ((one, "6.5", "Well said."), (two, "3.5", "Why is it round?")):
        student.refresh()
        student.press("submitted", "Fetch Feedback")
        page = student.read_feedback("hills.html").locator("body")
        expect(page).to_contain_text(comment, timeout=LONG)
        expect(page).to_contain_text(f"{points} of 7 points")
    for desk in (teacher.desk, one.desk, two.desk):
        assert desk.watched.foreign == []


def work(student: Student, slope: str) -> None:
    """Write both functions and the answer in words, and save."""
    student.write(3, slope)
    student.write(6, HEIGHT)
    student.write(9, f"Because of {student.desk.name}.")
    student.save(student.desk.folder / "ps1" / "hills.ipynb")


def grade_by_hand(teacher: Instructor, student: str, points: str, comment: str) -> None:
    """Open the student's notebook in formgrader, give points and write a comment."""
    frame, page = teacher.frame, teacher.page
    teacher.go("Manage Students")
    teacher.go_to_row(student, "ps1")
    teacher.go("ps1")
    teacher.go("hills")
    frame.locator("#words").wait_for()
    expect(frame.locator("body")).to_contain_text(f"Because of {student}.")
    with page.expect_response("**/api/grade/**"):
        frame.locator("#words").fill(points)
        frame.locator("#words").press("Tab")
    with page.expect_response("**/api/comment/**"):
        frame.locator("#words-comment").fill(comment)
        frame.locator("#words-comment").press("Tab")
    teacher.go("Manual Grading")  # the way back to the pages with a menu
