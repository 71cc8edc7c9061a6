"""The instructor's guide: is what it shows what happens? Every block and message is tried."""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory
from nbgrader.server_extensions.assignment_list.handlers import AssignmentList
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from traitlets.config import Config

from autograder.cli import main
from autograder.exchange import extensions
from tests.autograder.classroom import Classroom
from tools.common import ROOT

GUIDE = (ROOT / "book" / "instructors.md").read_text("utf8")

pytestmark = [
    # nbgrader 0.9.6 makes its own rows in an order that SQLAlchemy 2.1 warns about.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


def told() -> list[str]:
    """The first column of the guide's table of messages."""
    rows = GUIDE[GUIDE.index("| nbgrader says |") :].split("\n\n")[0].splitlines()[2:]
    return [row.split(" | ")[0].removeprefix("| ").strip("`") for row in rows]


def fits(message: str, said: str) -> bool:
    """Does nbgrader say it, whatever stands at the dots?"""
    pattern = ".*".join(re.escape(part) for part in message.split("…"))
    return re.search(pattern, " ".join(said.split())) is not None


class Server:
    """A course with an exchange, and nbgrader's own steps on it, as somebody."""

    def __init__(self, room: Classroom, exchange: Path, home: Path) -> None:
        self.room, self.exchange, self.home = room, exchange, home
        self.config = Config()
        self.config.CourseDirectory.course_id = "hills"
        self.config.CourseDirectory.assignment_id = "ps1"
        self.config.CourseDirectory.root = str(room.root)
        self.config.CourseDirectory.db_url = f"sqlite:///{room.root / 'gradebook.db'}"
        self.config.Exchange.root = str(exchange)
        self.config.Exchange.cache = str(home / "cache")
        self.config.Exchange.assignment_dir = str(home)

    def do(self, step: str, **student: str) -> str:
        """One of nbgrader's steps; everything that it said."""
        config = Config(self.config)
        config.CourseDirectory.update(student)
        said: list[str] = []
        log = logging.Logger(step)
        log.addHandler(handler := logging.Handler())
        handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
        course = CourseDirectory(config=config, log=log)
        made = getattr(ExchangeFactory(config=config), step)(
            coursedir=course, authenticator=Authenticator(config=config), config=config, log=log
        )
        try:
            made.start()
        except ExchangeError as error:
            said.append(str(error))
        return "\n".join(said)

    def release(self) -> None:
        folder = self.room.root / "release" / "ps1"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.room.root / "source" / "ps1" / "hills.ipynb", folder)
        self.do("ReleaseAssignment")


@pytest.fixture
def server(classroom: Classroom, place: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(extensions, "look", lambda: iter(()))
    assert main(["exchange", str(place / "x"), "--course", str(classroom.root)]) == 0
    (place / "home").mkdir()
    monkeypatch.chdir(place / "home")
    return Server(classroom, place / "x", place / "home")


def in_the_list(server: Server) -> str:
    """What JupyterLab shows in place of the list."""
    server.config.Exchange.root = str(server.exchange / "gone")
    lister = AssignmentList(config=server.config, log=logging.Logger("list"))
    lister.root_dir = str(server.home)
    (server.home / "nbgrader_config.py").write_text(
        f"get_config().Exchange.root = {str(server.exchange / 'gone')!r}\n"
    )
    return str(lister.list_released_assignments()["value"])


def not_there(server: Server) -> str:
    server.config.Exchange.root = str(server.exchange / "gone")
    return server.do("FetchAssignment")


def without_a_course(server: Server) -> str:
    return server.do("FetchAssignment", course_id="")


def released_twice(server: Server) -> str:
    server.release()
    return server.do("ReleaseAssignment")


def somebody_else_s(server: Server) -> str:
    (server.room.root / "release" / "ps1").mkdir(parents=True)
    os.chown(server.exchange / "hills", 65_001, 65_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nbgrader.utils.find_owner", lambda path: "somebody")
        return server.do("ReleaseAssignment")


def fetched_twice(server: Server) -> str:
    server.release()
    server.do("FetchAssignment")
    return server.do("FetchAssignment")


def no_inbound(server: Server) -> str:
    (server.home / "ps1").mkdir()
    shutil.rmtree(server.exchange / "hills")
    return server.do("Submit")


def no_course(server: Server) -> str:
    shutil.rmtree(server.exchange / "hills")
    return server.do("Collect")


def bad_name(server: Server) -> str:
    server.release()
    server.do("FetchAssignment")
    return server.do("Submit", student_id="c++")


def another_name(server: Server) -> str:
    handed_in(server)
    return server.do("Collect")


def handed_in(server: Server) -> None:
    server.release()
    server.do("FetchAssignment")
    server.do("Submit", student_id="student-01")


def no_feedback(server: Server) -> str:
    handed_in(server)
    return server.do("FetchFeedback", student_id="student-01")


def elsewhere(server: Server) -> str:
    """JupyterLab was started beside the course."""
    said: list[str] = []
    formgrader = FormgradeExtension(config=server.config, log=logging.Logger("formgrader"))
    formgrader.log.addHandler(handler := logging.Handler())
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    formgrader.coursedir = CourseDirectory(config=server.config)
    formgrader.root_dir = str(server.home)
    formgrader.init_tornado_settings(SimpleNamespace(settings={}))
    return "\n".join(said)


PROVOKED: dict[str, Callable[[Server], str]] = {
    "Unwritable directory": not_there,
    "The exchange directory": in_the_list,
    "No course id": without_a_course,
    "Assignment found in": lambda server: server.do("ReleaseAssignment"),
    "Destination already": released_twice,
    "You don't own": somebody_else_s,
    "Assignment not found": lambda server: server.do("FetchAssignment"),
    "You already have": fetched_twice,
    "Inbound directory": no_inbound,
    "Course not found": no_course,
    "The student ID": bad_name,
    "No submissions of": lambda server: server.do("Collect"),
    "… claims": another_name,
    "Could not find": no_feedback,
    "The course directory": elsewhere,
}


def test_every_message_has_a_way_to_provoke_it() -> None:
    """Is no row of the guide's table untried?"""
    assert [next((s for s in PROVOKED if row.startswith(s)), row) for row in told()] == [*PROVOKED]


@pytest.mark.parametrize("start", PROVOKED, ids=lambda start: start.strip("… ").replace(" ", "-"))
def test_nbgrader_says_it(server: Server, start: str) -> None:
    """Does nbgrader say, in that situation, what the guide says it does?"""
    (message,) = (row for row in told() if row.startswith(start))
    said: Any = PROVOKED[start](server)
    assert fits(message, said), said
