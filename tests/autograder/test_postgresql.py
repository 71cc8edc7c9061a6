"""The gradebook on a server: the whole chain gives what it gives on SQLite, nothing stops it."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from nbgrader import dbutil
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde, GenerateAssignment
from sqlalchemy import text

from autograder import preprocessors
from autograder.batch.exporting import GradesExporter
from autograder.batch.locking import one_writer
from autograder.batch.sheets import sheets
from autograder.course.students import LONGEST_ID
from autograder.errors import CourseError, GraderError
from tests.autograder.classroom import (
    CONFIG,
    Classroom,
    StandIn,
    cell,
    changed,
    empty_gradebook,
    handed_in,
    source_notebook,
    threads,
)
from tests.autograder.postgres import Server, binaries, running
from tests.autograder.test_batch import WRONG, grade, scores
from tests.autograder.test_preprocessors import run

pytestmark = [
    pytest.mark.linux,
    # nbgrader 0.9.6 makes its own rows in an order that SQLAlchemy 2.1 warns about.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]
needs_server = pytest.mark.skipif(
    binaries() is None or find_spec("psycopg") is None,
    reason="needs PostgreSQL's programs and psycopg",
)
LATE = CONFIG + 'c.LateSubmissionPlugin.penalty_method = "zero"\n'
KOREAN = "김민준"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as started:
        yield started


def classroom_on(root: Path, url: str, config: str = LATE, source: Any = None) -> Classroom:
    return Classroom(root, source, config + f"c.CourseDirectory.db_url = {url!r}\n")


def with_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in an instructor's shell: nbgrader calls alembic by its name."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)


# The whole chain ------------------------------------------------------------------------------


def chain(room: Classroom) -> dict[str, Any]:
    """Release, grade, grade by hand, move the deadline, grade again; all that is stored then."""
    course = room.course()
    course.directory.assignment_id = "ps1"
    GenerateAssignment(coursedir=course.directory, config=course.config).start()
    with room.course().gradebook() as book:
        book.update_or_create_assignment("ps1", duedate="2026-03-01 12:00:00 UTC")
        book.add_student("absent", last_name="O'Neill; drop table grade", first_name=KOREAN)
    room.hand_in(KOREAN)
    room.hand_in("ann", handed_in(height=WRONG))
    room.hand_in("Ann", handed_in(words="a\x00b 답"))
    for name in (KOREAN, "ann"):
        (room.folder(name) / "timestamp.txt").write_text("2026-03-02 12:00:00 UTC")
    room.hand_in("damaged", b"{")
    said = grade(room)[1]
    with room.course().gradebook() as book:
        mark = book.find_grade("words", "hills", "ps1", "Ann")
        mark.manual_score, mark.extra_credit, mark.needs_manual_grade = 1.5, 0.25, False
        book.find_comment("words", "hills", "ps1", "Ann").manual_comment = "잘했어요 ✓"
        book.db.commit()
        book.grant_extension("ps1", "ann", days=3)
    room.hand_in("Ann", handed_in(words="now other words"))
    said += grade(room)[1]
    said += grade(room, force=True)[1]
    return {"said": said, "sheets": stored(room), "pages": pages(room), "table": table(room)}


def stored(room: Classroom) -> dict[Any, Any]:
    with room.course().gradebook() as book:
        return dict(sorted(sheets(book, "ps1").items()))


def table(room: Classroom) -> list[list[str]]:
    target = room.root / "grades.csv"
    with room.course().gradebook() as book:
        GradesExporter(to=str(target)).export(book)
    with target.open(newline="", encoding="utf-8") as file:
        return sorted(csv.reader(file))


def pages(room: Classroom) -> list[Any]:
    """What formgrader's tables show, asked for as its server asks."""
    course = room.course()
    api = NbGraderAPI(course.directory, config=course.config)
    found = [
        api.get_assignments(), api.get_notebooks("ps1"), api.get_submissions("ps1"),
        api.get_notebook_submissions("ps1", "hills"), api.get_students(),
        api.get_student_submissions("Ann"), api.get_student_notebook_submissions("Ann", "ps1"),
        api.get_submission(assignment_id="ps1", student_id="Ann"),
    ]  # fmt: skip
    return [plain(each) for each in found]


def plain(value: Any) -> Any:
    """Without keys, which are drawn at random, and in an order that is not theirs."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items() if key not in {"id", "index"}}
    if isinstance(value, list | tuple | set):
        return sorted((plain(each) for each in value), key=str)
    return value


@needs_server
def test_the_chain_is_that_of_sqlite(
    tmp_path: Path, server: Server, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Are rows, exports, formgrader's tables and what was said the same on both?"""
    with_tools(monkeypatch)
    here = chain(Classroom(tmp_path / "sqlite", config=LATE))
    there = chain(classroom_on(tmp_path / "server", server.database("whole")))
    for what, known in here.items():
        assert there[what] == known, what
    assert (tmp_path / "server" / "gradebook.db").read_bytes() == empty_gradebook()
    sheet = here["sheets"]["Ann", "hills"]
    assert (sheet.score, sheet.comments["words"]) == (6.75, "잘했어요 ✓")
    assert here["sheets"][KOREAN, "hills"].penalty == 5.0
    assert here["sheets"]["ann", "hills"].penalty == 0.0


@needs_server
def test_nbgrader_s_own_commands(
    tmp_path: Path, server: Server, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Do autograde, our own grading after it, and ``nbgrader db upgrade`` agree on the server?"""
    monkeypatch.setattr(preprocessors, "process_pool", threads)
    url = server.gradebook("stock")
    room = classroom_on(tmp_path / "course", url)
    room.hand_in("student-01")
    run(room, Autograde)
    stand_in.judged.clear()
    outcome, _ = grade(room)
    assert (stand_in.judged, outcome.unchanged) == ([], 1)
    with_tools(monkeypatch)
    dbutil.upgrade(url)
    assert stored(room)["student-01", "hills"].score == 5.0
    with room.course().gradebook() as book:
        book.remove_submission("ps1", "student-01")
        assert book.assignment_submissions("ps1") == []


@needs_server
def test_a_changed_source_is_registered_again(
    tmp_path: Path, server: Server, stand_in: StandIn
) -> None:
    """Do cells come and go before anybody is graded, though the server watches over its keys?"""
    room = classroom_on(tmp_path / "course", server.gradebook("again"))
    source = room.root / "source" / "ps1"
    (source / "valleys.ipynb").write_text((source / "hills.ipynb").read_text())
    room.hand_in("student-01")
    with pytest.raises(CourseError, match="stops here"):
        grade(room, say=_stop)
    (source / "valleys.ipynb").unlink()
    room.release_source(changed(source_notebook(), "words", source="Anything."))
    assert scores(grade(room)[0]) == {"student-01": 5.0}
    (source / "valleys.ipynb").write_text((source / "hills.ipynb").read_text())
    assert scores(grade(room)[0]) == {"student-01": 5.0}
    with room.course().gradebook() as book:
        names = [notebook.name for notebook in book.find_submission("ps1", "student-01").notebooks]
    assert sorted(names) == ["hills", "valleys"]


def _stop(line: str) -> None:
    raise CourseError("stops here")


# Beside others --------------------------------------------------------------------------------


@needs_server
def test_a_reader_and_a_human_may_be_there(
    tmp_path: Path, server: Server, stand_in: StandIn
) -> None:
    """Does an open page not hold up grading, and a mark given meanwhile not get lost?"""
    room = classroom_on(tmp_path / "course", server.gradebook("busy"))
    room.hand_in("student-01")
    grade(room)
    with room.course().gradebook() as reader, room.course().gradebook() as human:
        before = reader.db.execute(text("select count(*) from grade")).scalar_one()
        mark = human.find_grade("test_height", "hills", "ps1", "student-01")
        mark.manual_score, mark.needs_manual_grade = 1.0, False
        human.db.flush()  # the row is locked now, and nobody else sees the mark
        with ThreadPoolExecutor(1) as pool:
            graded = pool.submit(grade, room, force=True)
            _await_lock(reader)
            human.db.commit()
            assert scores(graded.result()[0]) == {"student-01": 5.0}
        assert before == reader.db.execute(text("select count(*) from grade")).scalar_one()
    found = stored(room)["student-01", "hills"].marks["test_height"]
    assert (found.automatic, found.manual, found.waits) == (3.0, 1.0, False)


def _await_lock(book: Any) -> None:
    """Until somebody waits for a row that another one has changed."""
    waiting = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
    while not book.db.execute(waiting).scalar_one():
        book.db.rollback()


@needs_server
def test_two_courses_of_one_gradebook(tmp_path: Path, server: Server, stand_in: StandIn) -> None:
    """Is a second grader refused although it works in another folder, on another machine say?"""
    url = server.gradebook("shared")
    rooms = [classroom_on(tmp_path / name, url) for name in ("one", "two")]
    for room in rooms:
        room.hand_in("student-01")
    with one_writer(rooms[0].course(), print), pytest.raises(GraderError, match="already"):
        grade(rooms[1])
    assert scores(grade(rooms[1])[0]) == {"student-01": 5.0}


# What may be odd ------------------------------------------------------------------------------


@needs_server
def test_odd_names_and_texts_stop_nobody(tmp_path: Path, server: Server, stand_in: StandIn) -> None:
    """Is a name too long for the server not graded and told, the others graded?"""
    room = classroom_on(tmp_path / "course", server.gradebook("odd"))
    long, longest = "가" * 80, "x" * LONGEST_ID
    for name in ("student-01", long, longest, longest + "x"):
        room.hand_in(name)
    room.hand_in("nul", handed_in("def slope(x):\n    return '\x00'", words="\x00"))
    outcome, said = grade(room)
    assert scores(outcome) | {"": None} == {
        "student-01": 5.0, long: 5.0, longest: 5.0, "nul": 3.0, "": None,
        **{v.student: None for v in outcome.submissions if v.student.startswith("xxx")
           and v.student != longest},
    }  # fmt: skip
    assert any("longer than 128 characters: rename the folder" in line for line in said)


@needs_server
def test_a_source_that_the_server_refuses(
    tmp_path: Path, server: Server, stand_in: StandIn
) -> None:
    """Is a NUL in the instructor's own text one line?"""
    source = source_notebook()
    source["cells"].append(cell("markdown", "It\x00is.", "note", locked=True))
    room = classroom_on(tmp_path / "course", server.gradebook("refused"), source=source)
    room.hand_in("student-01")
    with pytest.raises(CourseError, match=r"^the gradebook postgresql://.* cannot be used: .*NUL"):
        grade(room)


@needs_server
def test_a_database_for_few_letters_is_refused(tmp_path: Path, server: Server) -> None:
    """Is it told how to make one for all names, before anything is stored?"""
    room = classroom_on(tmp_path / "course", server.database("few", "LATIN1"))
    with pytest.raises(CourseError, match=r"encoded in LATIN1.* createdb --encoding UTF8"):
        stored(room)


FAULTS = {
    "postgresql://ann:secret@/grades?host=/nowhere": "c.CourseDirectory.db_url",
    "postgresql://ann:secret@127.0.0.1:1/grades": "start the server",
    "postgres://ann:secret@here/grades": "write postgresql://",
    "no address with a secret": "cannot be opened",
}


@pytest.mark.parametrize("url", FAULTS)
def test_a_server_that_is_not_there_is_one_line(tmp_path: Path, url: str) -> None:
    """Is the next step named, and the password not?"""
    if url.startswith("postgresql:"):
        pytest.importorskip("psycopg")
    room = classroom_on(tmp_path / "course", url)
    with pytest.raises(CourseError) as raised:
        stored(room)
    assert FAULTS[url] in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_missing_driver_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Does the line say what to install?"""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    room = classroom_on(tmp_path / "course", "postgresql://ann:secret@/grades")
    with pytest.raises(
        CourseError, match=r"psycopg is not installed: pip install 'lossland\[postgr"
    ):
        stored(room)
