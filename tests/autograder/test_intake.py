"""Taking in a class: whose folder it is, what lies in it, and what of it is kept."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.batch import grading, store
from autograder.batch.grading import Task
from autograder.batch.running import chosen, ensure_registered
from autograder.course import release
from autograder.course.folder import HandedIn, ReadingLimits, Submission, hand_in, read_beside
from autograder.course.mirroring import merged, mirror
from autograder.errors import CourseError, SubmissionError
from autograder.limits import Limits
from autograder.repair.slots import names_in, parses
from tests.autograder.classroom import CONFIG, Classroom, StandIn, find, handed_in, source_notebook
from tests.autograder.test_batch import grade, scores

pytestmark = pytest.mark.linux


def reasons(classroom: Classroom) -> dict[str, str]:
    """Student → why nothing of the submission can be graded."""
    course = classroom.course()
    read = [course.hand_in(submission) for submission in course.submissions("ps1")]
    return {each.student: each.reason for each in read}


# Links ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["student", "assignment", "loop", "nowhere"])
def test_a_linked_folder_grades_nobody_s_work(
    classroom: Classroom, stand_in: StandIn, place: str
) -> None:
    """Is a link at any step of the way told as such, and the neighbour graded?"""
    classroom.hand_in("ann")
    submitted = classroom.root / "submitted"
    if place == "assignment":
        (submitted / "bob").mkdir()
        (submitted / "bob" / "ps1").symlink_to(submitted / "ann" / "ps1")
    else:
        goal = {"student": "ann", "loop": "bob", "nowhere": "gone"}[place]
        (submitted / "bob").symlink_to(submitted / goal)
    outcome, said = grade(classroom)
    assert scores(outcome) == {"ann": 5.0, "bob": None}
    assert "is a symbolic link; links are not followed" in outcome.submissions[1].reason
    assert any(line.startswith("bob: not graded: its folder bob") for line in said)


def test_a_link_within_a_submission_leads_nowhere(classroom: Classroom) -> None:
    """Is a linked folder or file below the submission left out, and that said?"""
    folder = classroom.hand_in("ann").parent
    (folder / "data").symlink_to(classroom.root / "source" / "ps1")
    (folder / "secret.txt").symlink_to(classroom.root / "gradebook.db")
    (folder / "loop").symlink_to(folder)
    course = classroom.course()
    read = course.hand_in(*course.submissions("ps1"))
    assert list(read.files) == ["hills.ipynb"]
    assert [line.split(" ")[0] for line in read.troubles] == ["data", "loop", "secret.txt"]
    assert all("is a symbolic link" in line for line in read.troubles)


def test_a_hard_link_to_the_source_is_nobody_s_work(classroom: Classroom) -> None:
    """Can an archive that was unpacked into the course not hand in the instructor's file?"""
    folder = classroom.folder("ann")
    os.link(classroom.root / "source" / "ps1" / "hills.ipynb", folder / "hills.ipynb")
    course = classroom.course()
    read = course.hand_in(*course.submissions("ps1"))
    assert read.files == {}
    assert read.left_out == {"hills.ipynb": "is a hard link to somebody else's file"}


def test_a_backup_made_of_hard_links_costs_nothing(classroom: Classroom) -> None:
    """Is a student's own file read although a backup shares its content?"""
    path = classroom.hand_in("ann")
    os.link(path, classroom.root / "backup.ipynb")
    course = classroom.course()
    assert list(course.hand_in(*course.submissions("ps1")).files) == ["hills.ipynb"]


def test_links_to_other_work_than_this_are_no_submission(classroom: Classroom) -> None:
    """Is a linked folder that holds nothing for this assignment not told as handed in?"""
    classroom.hand_in("ann")
    (classroom.root / "archive" / "ps0").mkdir(parents=True)
    (classroom.root / "submitted" / "old").symlink_to(classroom.root / "archive")
    assert list(reasons(classroom)) == ["ann"]


def test_companions_of_a_linked_folder_are_not_read(classroom: Classroom) -> None:
    """Can a link not bring a neighbour's secret into one's own feedback?"""
    (classroom.folder("ann") / "submission_secret.txt").write_text("sesame")
    (classroom.root / "submitted" / "bob").symlink_to(classroom.root / "submitted" / "ann")
    ann, bob = classroom.course().submissions("ps1")
    assert read_beside(ann, "submission_secret.txt", 100) == b"sesame"
    with pytest.raises(SubmissionError, match="is a symbolic link"):
        read_beside(bob, "submission_secret.txt", 100)


# Names ---------------------------------------------------------------------------------------

COMPOSED, DECOMPOSED = "jos\u00e9", "jose\u0301"


def test_two_spellings_are_one_student(classroom: Classroom, stand_in: StandIn) -> None:
    """Does the newer of two folders count, whichever way its letters are composed?"""
    for name, slope, time in ((COMPOSED, "1", 1000), (DECOMPOSED, None, 2000)):
        path = classroom.hand_in(name, handed_in(slope=slope) if slope else handed_in())
        os.utime(path, (time, time))
    outcome, _ = grade(classroom)
    assert scores(outcome) == {COMPOSED: 5.0}
    assert any(
        "differ only in how letters are composed" in r for r in outcome.submissions[0].repairs
    )
    os.utime(classroom.folder(COMPOSED) / "hills.ipynb", (3000, 3000))
    assert scores(grade(classroom)[0]) == {COMPOSED: 3.0}


def test_a_student_is_asked_for_in_either_spelling(classroom: Classroom) -> None:
    """Does --student find a name however the terminal composes it?"""
    classroom.hand_in(DECOMPOSED)
    course = classroom.course()
    for name in (COMPOSED, DECOMPOSED):
        assert [each.student for each in chosen(course, "ps1", [name])] == [COMPOSED]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"caf\xe9", "caf(e9)"),
        (b"\x93\xfa\x96{", "(93)(fa)(96){"),
        (b"two\nlines", "two(0a)lines"),
        (b"\x1b[31mred", "(1b)[31mred"),
        ("left\u202eright".encode(), "left(202e)right"),
        (b"<img src=x onerror=alert(1)>", "(3c)img src=x onerror=alert(1)(3e)"),
        (b'";alert(1);"', "(22);alert(1);(22)"),
        (b"back\\slash", "back(5c)slash"),
        (b"ann&amp;", "ann(26)amp;"),
        (b"\xff" * 250, None),
    ],
)
def test_a_name_that_cannot_be_shown_is_told(
    classroom: Classroom, stand_in: StandIn, name: bytes, shown: str | None
) -> None:
    """Is such a folder not graded, with what to do, and the class graded on?"""
    classroom.hand_in("zoe")
    os.makedirs(os.path.join(os.fsencode(classroom.root), b"submitted", name, b"ps1"))
    outcome, said = grade(classroom)
    found = {verdict.student: verdict for verdict in outcome.submissions}
    assert found.pop("zoe").score == 5.0
    ((student, verdict),) = found.items()
    assert shown in (None, student)
    assert student.isprintable()
    assert verdict.status == "not graded"
    assert "rename the folder" in verdict.reason
    json.loads(store.dump_json(outcome.to_json()))
    assert all(line.isprintable() for line in said)


@pytest.mark.parametrize(
    "name", ["[ann]", "a*", "what?", "{a,b}", "a'b", "$(id)", "-x", "%s", "CON"]
)
def test_names_are_no_patterns(tmp_path: Path, stand_in: StandIn, name: str) -> None:
    """Do brackets, stars and the like in a course's path and a student's name mean nothing?"""
    room = Classroom(tmp_path / f"course {name}")
    (room.root / "source" / "ps1" / "mistakes.py").write_text("")
    (room.root / "source" / "ps1" / "data.csv").write_text("1")
    room.hand_in(name)
    room.hand_in("a")
    outcome, _ = grade(room)
    assert scores(outcome) == {name: 5.0, "a": 5.0}
    course = room.course()
    assert course.assignments() == ["ps1"]
    assert list(course.data_files("ps1")) == ["data.csv"]
    assert scores(grade(room, students=[name])[0]) == {name: 5.0}


def test_an_assignment_may_hold_brackets(tmp_path: Path) -> None:
    """Is an assignment called [1] found, and not the one called 1?"""
    room = Classroom(tmp_path / "course")
    (room.root / "source" / "ps1").rename(room.root / "source" / "[1]")
    for name in ("[1]", "1"):
        (room.root / "submitted" / "ann" / name).mkdir(parents=True)
    course = room.course()
    assert course.assignments() == ["[1]"]
    assert [each.folder.name for each in course.submissions("[1]")] == ["[1]"]


def test_a_console_that_cannot_print_a_name(classroom: Classroom) -> None:
    """Does a name outside the console's letters not end the command?"""
    classroom.hand_in("가을", b"broken")
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "ps1", "--course", str(classroom.root)],
        capture_output=True, check=False, timeout=300,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert rb"\uac00\uc744: not graded" in done.stdout


# Files beside the notebook ---------------------------------------------------------------------


def beside(classroom: Classroom, student: str) -> dict[str, str]:
    graded = classroom.root / "autograded" / student / "ps1"
    files = (path for path in sorted(graded.rglob("*")) if path.is_file())
    return {str(p.relative_to(graded)): p.read_text() for p in files if p.suffix != ".ipynb"}


def test_a_file_may_become_a_folder_and_back(classroom: Classroom, stand_in: StandIn) -> None:
    """Does what was handed in at last lie beside the graded notebook, nothing else?"""
    folder = classroom.hand_in("ann").parent
    (folder / "data").write_text("1")
    grade(classroom)
    assert beside(classroom, "ann") == {"data": "1"}
    (folder / "data").unlink()
    (folder / "data").mkdir()
    (folder / "data" / "x.csv").write_text("2")
    grade(classroom)
    assert beside(classroom, "ann") == {"data/x.csv": "2"}
    (folder / "data" / "x.csv").unlink()
    (folder / "data").rmdir()
    (folder / "data").write_text("3")
    grade(classroom)
    assert beside(classroom, "ann") == {"data": "3"}


def test_a_long_name_is_kept(classroom: Classroom, stand_in: StandIn) -> None:
    """Is a name of 253 bytes, as long as disks allow, no reason to stop?"""
    name = "가" * 83 + ".png"
    (classroom.hand_in("ann").parent / name).write_text("x")
    assert scores(grade(classroom)[0]) == {"ann": 5.0}
    assert beside(classroom, "ann") == {name: "x"}


def test_the_instructor_s_names_win(classroom: Classroom, stand_in: StandIn) -> None:
    """Does a student's file not stand in the way of the instructor's folder, nor the reverse?"""
    source = classroom.root / "source" / "ps1"
    (source / "deep").mkdir()
    (source / "deep" / "a.csv").write_text("theirs")
    (source / "b").write_text("theirs")
    folder = classroom.hand_in("ann").parent
    (folder / "deep").write_text("mine")
    (folder / "b").mkdir()
    (folder / "b" / "c").write_text("mine")
    grade(classroom)
    assert beside(classroom, "ann") == {"b": "theirs", "deep/a.csv": "theirs"}


def test_merging_keeps_what_is_not_in_the_way() -> None:
    """Are names compared by their folders, not by their beginnings?"""
    mine = {"a/b": b"1", "ab": b"2", "a": b"3", "c/d": b"4"}
    assert merged(mine, {"a/x": b"5", "c": b"6"}) == {
        "a/b": b"1", "ab": b"2", "a/x": b"5", "c": b"6"
    }  # fmt: skip


def test_a_mirror_follows_no_link(tmp_path: Path) -> None:
    """Is a link in the target taken away, what it points to left alone?"""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("x")
    target = tmp_path / "target"
    target.mkdir()
    (target / "a").symlink_to(outside)
    (target / "b").symlink_to(outside / "precious")
    (target / "old").mkdir()
    (target / "old" / "c").write_text("x")
    (target / "kept.ipynb").write_text("x")
    mirror(target, {"a/b": b"1", "b": b"2"}, keep=["kept.ipynb"])
    mirror(target, {"a/b": b"1", "b": b"2"}, keep=["kept.ipynb"])
    assert (outside / "precious").read_text() == "x"
    assert [path.name for path in outside.iterdir()] == ["precious"]
    found = sorted(str(path.relative_to(target)) for path in target.rglob("*"))
    assert found == ["a", "a/b", "b", "kept.ipynb"]
    assert not (target / "a").is_symlink()


def test_a_name_that_this_disk_cannot_hold_is_left_out(tmp_path: Path) -> None:
    """Is only that file missing, and is its name returned?"""
    assert mirror(tmp_path / "t", {"x" * 300: b"", "y": b"1"}) == ("x" * 79 + "…",)
    assert [path.name for path in (tmp_path / "t").iterdir()] == ["y"]


# Limits ----------------------------------------------------------------------------------------


def fill(folder: Path) -> None:
    (folder / "hills.ipynb").write_bytes(b"n" * 100)
    for number in range(20):
        (folder / f"{number:02}.csv").write_bytes(b"x" * 10)
        (folder / f"copy {number:02}.ipynb").write_bytes(b"x" * 10)
    (folder / "a/b/c/d").mkdir(parents=True)
    (folder / "a/b/c/d/deep.csv").write_bytes(b"x")


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (ReadingLimits(files=5), "more than 5 other files: the others were left out"),
        (ReadingLimits(notebooks=5), "more than 5 notebooks: the others were left out"),
        (ReadingLimits(entries=25), "more than 25 names: the others were left out"),
        (ReadingLimits(total_bytes=150), "more than 0 MB: not all of it was read"),
        (ReadingLimits(depth=3), "a/b/c lies too deep; it was left out"),
        (ReadingLimits(seconds=-1), "reading took more than -1 s: not all of it was read"),
    ],
)
def test_no_more_is_read_than_allowed(tmp_path: Path, limits: ReadingLimits, told: str) -> None:
    """Is each limit kept, and said once?"""
    fill(tmp_path)
    read = hand_in(Submission("ann", tmp_path), limits=limits)
    assert told in read.troubles
    assert len(read.files) < 42
    assert len(read.troubles) <= limits.troubles + 2


def test_what_machines_add_is_not_handed_in(tmp_path: Path) -> None:
    """Are checkpoints, hidden folders and a Mac's shadow files overlooked without a word?"""
    for name in (".ipynb_checkpoints/hills.ipynb", "__MACOSX/._hills.ipynb", ".git/config",
                 "._hills.ipynb", ".DS_Store", "deep/.ipynb_checkpoints/x.ipynb"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "data.csv").write_text("1")
    read = hand_in(Submission("ann", tmp_path))
    assert (list(read.files), read.troubles) == (["data.csv"], ())


def test_a_key_depends_on_all_that_is_graded() -> None:
    """Is new data a new submission, and a new time of handing in not?"""
    files = {"hills.ipynb": b"n", "data.csv": b"1", "timestamp.txt": b"2026"}
    keys = {
        what: store.key_of_submission(HandedIn("ann", {**files, **change}), "hills.ipynb")
        for what, change in {
            "same": {},
            "data": {"data.csv": b"2"},
            "notebook": {"hills.ipynb": b"m"},
            "time": {"timestamp.txt": b"2027"},
        }.items()
    }
    assert keys["same"] == keys["time"]
    assert len(set(keys.values())) == 3


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Permissions mean nothing to root: for one test we are nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("place", ["bob", "bob/ps1", "bob/ps1/hills.ipynb"])
def test_what_cannot_be_read_is_told(tmp_path: Path, place: str, request: Any) -> None:
    """Is a folder or file without permission that student's own trouble?"""
    room = Classroom(tmp_path / "course")
    room.hand_in("bob")
    room.hand_in("ann")
    path = room.root / "submitted" / place
    path.chmod(0)
    for parent in room.root.parents:
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    course = room.course()
    request.getfixturevalue("ordinary_user")
    read = [course.hand_in(each) for each in course.submissions("ps1")]
    assert [each.student for each in read] == ["ann", "bob"]
    assert list(read[0].files) == ["hills.ipynb"]
    assert "Permission denied" in f"{read[1].reason} {read[1].left_out}"


# A second notebook -----------------------------------------------------------------------------


def test_a_notebook_that_comes_later_is_graded(classroom: Classroom, stand_in: StandIn) -> None:
    """Does a class that was graded before take a second source notebook, in the next run?"""
    classroom.hand_in("ann")
    grade(classroom)
    source = json.dumps(source_notebook()).replace("test_slope", "test_valley")
    (classroom.root / "source" / "ps1" / "valleys.ipynb").write_text(source)
    outcome, said = grade(classroom)
    assert outcome.submissions[0].score == 5.0
    assert any("the gradebook did not know these test cells" in line for line in said)
    assert classroom.rows()["ann", "test_valley"] == (None, None, 1)
    later = handed_in()
    later["cells"][find(later, "test_slope")]["metadata"]["nbgrader"]["grade_id"] = "test_valley"
    classroom.hand_in("ann", later, "valleys.ipynb")
    _, said = grade(classroom)
    assert not any("did not know" in line for line in said)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # from nbgrader's own rows
def test_a_gradebook_that_was_left_incomplete_is_completed(classroom: Classroom) -> None:
    """Is a course that an earlier run left without the second notebook's rows mended?"""
    source = json.dumps(source_notebook())
    (classroom.root / "source" / "ps1" / "valleys.ipynb").write_text(source)
    course = classroom.course()
    notebooks = release.load(course, "ps1")
    ensure_registered(course, "ps1", notebooks, lambda line: None)
    with course.gradebook() as book:
        book.add_student("ann")
        book.add_submission("ps1", "ann")
    with sqlite3.connect(classroom.root / "gradebook.db") as database:
        database.execute(
            "delete from submitted_notebook where notebook_id ="
            " (select id from notebook where name = 'valleys')"
        )
    database.close()
    with course.gradebook() as book:
        assert not release.is_registered(book, "ps1", notebooks)
    ensure_registered(course, "ps1", notebooks, lambda line: None)
    with course.gradebook() as book:
        assert release.is_registered(book, "ps1", notebooks)
        assert book.find_submission_notebook("valleys", "ps1", "ann").max_score == 7.0


# Delimiters ------------------------------------------------------------------------------------


def test_hidden_tests_are_marked_as_nbgrader_is_told(tmp_path: Path) -> None:
    """Are the course's own delimiters known, nbgrader's where it has none?"""
    assert Classroom(tmp_path / "usual").course().hidden_delimiters == (
        "BEGIN HIDDEN TESTS",
        "END HIDDEN TESTS",
    )
    own = (
        'c.ClearHiddenTests.begin_test_delimeter = "--- SECRET"\n'
        'c.ClearHiddenTests.end_test_delimeter = "--- OPEN"\n'
    )
    room = Classroom(tmp_path / "own", config=CONFIG + own)
    assert room.course().hidden_delimiters == ("--- SECRET", "--- OPEN")


# Work that could take for ever -------------------------------------------------------------------


@pytest.fixture
def patience() -> Iterator[None]:
    """A generous alarm for what takes a tenth of a second, or minutes."""

    def stop(*_: object) -> None:
        raise AssertionError("took more than a minute of computing")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 60)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize(
    "text",
    ["\n" * 99_000, " " * 99_000, " " * 99_000 + "x", "\t" * 99_000 + "?x", " \n" * 49_000,
     "x:" + " " * 99_000, "a" * 99_000, "def f\n" * 16_000, "async" + " " * 99_000, "?" * 99_000,
     "# " * 49_000, "x=\\\n" * 25_000, ";" * 99_000, "'''" + "x\n" * 49_000],
    ids=range(14),
)  # fmt: skip
def test_any_text_is_looked_at_in_linear_time(text: str) -> None:
    """Does a long line, or many short ones, take no minutes?"""
    parses(text)
    names_in(text)


def test_computing_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is reading that does not end stopped with its reason, an endless expression too?"""
    monkeypatch.setattr(grading, "READING_SECONDS", 0.2)
    monkeypatch.setattr(grading, "_read", lambda *_: re.fullmatch(r"(a|a)*b", "a" * 40))
    wanted = r"^reading the notebook took more than 0\.2 s of processor time"
    with pytest.raises(SubmissionError, match=wanted):
        grading.read(Task("ps1", "hills", "{}", "{}", Limits()), HandedIn("ann"))


def test_a_folder_of_all_submissions_that_cannot_be_read(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is a fault of the course, and of no student, one line?"""
    classroom.hand_in("ann")
    course = classroom.course()

    def refuse(path: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", refuse)
    with pytest.raises(CourseError, match="submitted cannot be read: Permission denied"):
        course.submissions("ps1")
