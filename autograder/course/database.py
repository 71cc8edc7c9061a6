"""The gradebook's database: a file of SQLite, or a server's by ``c.CourseDirectory.db_url``.

nbgrader opens it; here is what can be wrong with one, in one line that shows no password.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from nbgrader.api import Gradebook, InvalidEntry
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from autograder.errors import CourseError

LONGEST_REASON = 300
INSTALL = {"psycopg": "pip install 'lossland[postgresql]'"}


@contextlib.contextmanager
def opened(url: str, course_id: str) -> Iterator[Gradebook]:
    """nbgrader's gradebook, opened the way nbgrader's own commands open it.

    Raises CourseError when the database cannot be opened or used.
    """
    try:
        _check_encoding(url)
        with tools_on_path():
            gradebook = Gradebook(url, course_id)
    except CourseError:
        raise
    except Exception as error:
        raise CourseError(
            f"the gradebook {shown_url(url)} cannot be opened: {_why_not_opened(url, error)}"
        ) from error
    with gradebook, blamed(url):
        yield gradebook


@contextlib.contextmanager
def blamed(url: str) -> Iterator[None]:
    """A CourseError for what the database refuses."""
    try:
        yield
    except (SQLAlchemyError, InvalidEntry) as error:
        raise CourseError(
            f"the gradebook {shown_url(url)} cannot be used: {reason(error)}"
        ) from error


def shown_url(url: str) -> str:
    """The address without the password that may be in it."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "of c.CourseDirectory.db_url"


def reason(error: BaseException) -> str:
    """What the database itself says, in one line."""
    text = " ".join(str(getattr(error, "orig", None) or error).split())
    return text[:LONGEST_REASON] or type(error).__name__


def first_line(error: BaseException) -> str:
    """The error's kind and the first line of its text."""
    text = str(error).strip()
    kind = type(error).__name__
    return f"{kind}: {text.splitlines()[0]}" if text else kind


def of_a_server(url: str) -> bool:
    """Is it a server's, and no file?"""
    try:
        return make_url(url).get_backend_name() != "sqlite"
    except ArgumentError:
        return False


def _why_not_opened(url: str, error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        install = INSTALL.get(error.name, f"pip install {error.name}")
        return f"its driver {error.name} is not installed: {install}"
    if isinstance(error, NoSuchModuleError):
        kind = url.partition(":")[0]
        return f"no kind of database is called {kind!r}: write postgresql://… or sqlite:///…"
    if isinstance(error, SQLAlchemyError) and of_a_server(url):
        return (
            f"{reason(error)}: start the server, create the database, or correct "
            "c.CourseDirectory.db_url"
        )
    return first_line(error)


def _check_encoding(url: str) -> None:
    """A server's database may have been made for the letters of one country, or for none."""
    if not of_a_server(url):
        return
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        encoding = connection.execute(text("show server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise CourseError(
            f"the gradebook {shown_url(url)} is encoded in {encoding}, which not every name can be "
            "written in: create it anew, createdb --encoding UTF8 --template template0"
        )


@contextlib.contextmanager
def tools_on_path() -> Iterator[None]:
    """nbgrader calls ``alembic`` by name when it makes a new database."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before
