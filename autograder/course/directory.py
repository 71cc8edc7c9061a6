"""An nbgrader course directory: where everything lies, and what is missing, in one clear line."""

from __future__ import annotations

import contextlib
import datetime
import logging
import os
import re
import sys
from collections.abc import Iterator
from glob import glob
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files, parse_utc
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from autograder.course.folder import Submission
from autograder.errors import CourseError

CONFIG_NAME = "nbgrader_config.py"
# Named wrong and right solutions lie beside the source notebook; nobody else may see them.
NEVER_HANDED_OUT = ("mistakes.py", "alternatives.py")
TIMESTAMP_BYTES = 200


class Course:
    """A course directory as nbgrader itself would read it."""

    def __init__(self, directory: CourseDirectory, config: Config) -> None:
        self.directory = directory
        self.config = config
        self.root = Path(directory.root)

    @classmethod
    def load(cls, folder: Path) -> Course:
        """Read ``folder/nbgrader_config.py`` (and the user's own) with nbgrader's loader.

        Raises CourseError when there is no such folder, no course in it, or its
        configuration fails.
        """
        folder = folder.absolute()
        if not folder.is_dir():
            raise CourseError(f"there is no course directory {folder}: pass --course DIR")
        log, said = _quiet_log()
        app = NbGrader(log=log)
        app.load_cwd_config = False  # a plain attribute: the constructor would ignore it
        app.raise_config_file_errors = True
        try:
            with import_from(folder):
                app.initialize([], root=str(folder))
        except (Exception, SystemExit) as error:
            # nbgrader reports a bad value to its log and then exits.
            reason = said[-1] if isinstance(error, SystemExit) and said else _first_line(error)
            raise CourseError(f"{folder / CONFIG_NAME} cannot be read: {reason}") from error
        course = cls(app.coursedir, app.config)
        if not (folder / CONFIG_NAME).is_file() and not course.folder("source", ".", "").is_dir():
            raise CourseError(
                f"{folder} is no course: it holds no {CONFIG_NAME}; "
                "pass --course DIR with the folder that does"
            )
        return course

    # Places ---------------------------------------------------------------------------------

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """Folder of one step ("source", "submitted", "autograded", "feedback", "verdicts" …).

        Verdicts and reports lie beside nbgrader's own ``autograded`` folder.
        """
        if step in {"verdicts", "reports"}:
            name = os.path.join(os.path.dirname(self.directory.autograded_directory), step)
        else:
            name = getattr(self.directory, f"{step}_directory")
        return Path(os.path.normpath(self.directory.format_path(name, student, assignment)))

    def shown(self, path: Path) -> str:
        """``path`` as seen from the course's root, for messages."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    def step_name(self, step: str) -> str:
        """What this course calls the folder of a step."""
        return str(getattr(self.directory, f"{step}_directory"))

    def assignments(self) -> list[str]:
        """Names of all assignments that have a source folder."""
        return sorted(
            name
            for name, path in self._matches("source", ".", None, "assignment_id")
            if path.is_dir() and any(path.glob("*.ipynb"))
        )

    def submissions(self, assignment: str) -> list[Submission]:
        """Every student's folder for the assignment, ordered by student."""
        excluded = {name.strip() for name in self.directory.student_id_exclude.split(",")}
        return sorted(
            (
                Submission(student, path)
                for student, path in self._matches("submitted", None, assignment, "student_id")
                if student not in excluded and path.is_dir()
            ),
            key=lambda submission: submission.student,
        )

    def _matches(
        self, step: str, student: str | None, assignment: str | None, wanted: str
    ) -> Iterator[tuple[str, Path]]:
        """(name, path) of everything that fits a step's path with one part left open."""
        name = self.step_name(step)
        parts = {"student": student, "assignment": assignment}
        globs = {key: "*" if part is None else part for key, part in parts.items()}
        named = {
            key: f"(?P<{key}_id>[^{re.escape(os.sep)}]+)" if part is None else re.escape(part)
            for key, part in parts.items()
        }
        pattern = self.directory.format_path(
            name, named["student"], named["assignment"], escape=True
        )
        for path in glob(
            self.directory.format_path(name, globs["student"], globs["assignment"]),
        ):
            match = re.fullmatch(pattern, path)
            if match:
                yield match.group(wanted), Path(path)

    # The assignment's own files -------------------------------------------------------------

    def source_notebooks(self, assignment: str) -> list[Path]:
        """The instructor's notebooks of one assignment.

        Raises CourseError for an unknown assignment and for a folder without a notebook.
        """
        known = self.assignments()
        if assignment not in known:
            folder = self.folder("source", ".", assignment)
            if folder.is_dir():
                raise CourseError(
                    f"{self.shown(folder)} holds no notebook: put {assignment}.ipynb there"
                )
            there = f"there are {', '.join(known)}" if known else "it holds none yet"
            raise CourseError(
                f"there is no assignment {assignment!r} in {self.step_name('source')}: {there}"
            )
        return sorted(self.folder("source", ".", assignment).glob("*.ipynb"))

    def data_files(self, assignment: str) -> dict[str, Path]:
        """Files that students get beside the notebook: name relative to it → path."""
        folder = self.folder("source", ".", assignment)
        ignored = [*self.directory.ignore, "*.ipynb", *NEVER_HANDED_OUT]
        paths = (Path(path) for path in find_all_files(str(folder), ignored))
        return {str(path.relative_to(folder)): path for path in sorted(paths) if path.is_file()}

    # The gradebook --------------------------------------------------------------------------

    @contextlib.contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """nbgrader's gradebook, opened the way nbgrader's own commands open it.

        Raises CourseError when the database cannot be opened.
        """
        try:
            with _tools_on_path():
                gradebook = Gradebook(self.directory.db_url, self.directory.course_id)
        except Exception as error:
            raise CourseError(
                f"the gradebook {self.directory.db_url} cannot be opened: {_first_line(error)}"
            ) from error
        try:
            with gradebook:
                yield gradebook
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", error)).splitlines()[0]
            raise CourseError(
                f"the gradebook {self.directory.db_url} cannot be used: {reason}"
            ) from error

    def timestamp(self, folder: Path) -> datetime.datetime | None:
        """When the submission was handed in (UTC); None when unknown or unreadable."""
        path = folder / "timestamp.txt"
        if path.is_symlink() or not path.is_file():
            return None
        with contextlib.suppress(OSError, ValueError, OverflowError, TypeError):
            with path.open("rb") as file:
                text = file.read(TIMESTAMP_BYTES).decode("utf-8", "replace").strip()
            if text:
                moment: datetime.datetime = parse_utc(text)
                return moment
        return None


def _quiet_log() -> tuple[logging.Logger, list[str]]:
    """A log that prints nothing, and the first lines of the errors it was told."""
    said: list[str] = []
    log = logging.Logger("autograder.course.directory", logging.ERROR)
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage().splitlines()[0])  # type: ignore[method-assign]
    log.addHandler(handler)
    return log, said


@contextlib.contextmanager
def import_from(folder: Path) -> Iterator[None]:
    """The course's configuration may name modules that lie beside it."""
    before = sys.path.copy()
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path[:] = before


@contextlib.contextmanager
def _tools_on_path() -> Iterator[None]:
    """nbgrader calls ``alembic`` by name when it makes a new database."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _first_line(error: BaseException) -> str:
    """The error's kind and the first line of its text."""
    text = str(error).strip()
    kind = type(error).__name__
    return f"{kind}: {text.splitlines()[0]}" if text else kind
