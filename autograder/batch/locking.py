"""One writer: whoever grades a course holds its lock, and a second one is told who does.

The lock is the system's own, and beside it the server's where one keeps the gradebook: another
machine may have a copy of the course. Both end with the process that holds them, however that
ends: after a killed run nothing has to be cleaned up by hand.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import func, select

from autograder.batch.store import why_not
from autograder.course.database import of_a_server, shown_url
from autograder.course.directory import Course
from autograder.errors import GraderError

NAME = ".writer"
LONGEST = 200
KEY = int.from_bytes(b"lossland")
"""What the lock is called at a server: a number, and one for each of its databases."""
NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


@contextlib.contextmanager
def one_writer(course: Course, say: Callable[[str], None]) -> Iterator[None]:
    """Nobody else grades this course meanwhile; GraderError where somebody does already."""
    with _of_the_folder(course, say), _of_the_gradebook(course):
        yield


@contextlib.contextmanager
def _of_the_folder(course: Course, say: Callable[[str], None]) -> Iterator[None]:
    path = course.folder("verdicts", ".", "") / NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _opened(path)
    except OSError as error:
        raise GraderError(f"{path} cannot be written: {why_not(error, path)}") from error
    try:
        if not _locked(descriptor, path, say):
            raise GraderError(
                f"{course.root} is being graded already, by {_signature(path)}: wait for that run, "
                "or end it"
            )
        _sign(descriptor)
        yield
    finally:
        os.close(descriptor)  # and with it the lock


@contextlib.contextmanager
def _of_the_gradebook(course: Course) -> Iterator[None]:
    """Held by a connection of its own: the server forgets it together with that."""
    url = course.directory.db_url
    if not of_a_server(url):
        yield
        return
    with course.gradebook() as book, book.engine.connect() as connection:
        if book.engine.dialect.name == "postgresql":
            free = connection.execute(select(func.pg_try_advisory_lock(KEY))).scalar_one()
            connection.commit()  # the lock stays, and no transaction is kept open
            if not free:
                raise GraderError(
                    f"the gradebook {shown_url(url)} is written already, by a run in another "
                    "folder or on another machine: wait for that run, or end it"
                )
        yield


def _opened(path: Path) -> int:
    """A descriptor that no other program inherits; another instructor's file is only read."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o664)
    except PermissionError:
        return os.open(path, os.O_RDONLY)


def _locked(descriptor: int, path: Path, say: Callable[[str], None]) -> bool:
    import fcntl  # noqa: PLC0415 (where it is missing, nothing can be graded at all)

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        say(f"{path.parent} lies where files cannot be locked: nothing keeps a second grader away")
    return True


def _sign(descriptor: int) -> None:
    now = datetime.datetime.now().strftime("%Y-%m-%d %H:%M")
    text = f"process {os.getpid()} on {socket.gethostname()} since {now}"
    with contextlib.suppress(OSError):  # a full disk, or another instructor's file
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)


def _signature(path: Path) -> str:
    with contextlib.suppress(OSError), path.open("rb") as file:
        return file.read(LONGEST).decode(errors="replace") or "another process"
    return "another process"
