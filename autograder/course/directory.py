"""An nbgrader course directory: where everything lies, and what is missing, in one clear line."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests
from traitlets.config import Config

from autograder import configuration
from autograder.course import timestamps
from autograder.course.database import first_line, opened
from autograder.course.folder import TIMESTAMP, HandedIn, ReadingLimits, Submission, hand_in
from autograder.course.places import Pattern
from autograder.course.students import one_each, one_spelling
from autograder.course.timestamps import Moment
from autograder.errors import CourseError

CONFIG_NAME = "nbgrader_config.py"
# Named wrong and right solutions lie beside the source notebook; nobody else may see them.
NEVER_HANDED_OUT = ("mistakes.py", "alternatives.py")


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
        log, said = quiet_log()
        app = NbGrader(log=log)
        app.load_cwd_config = False  # a plain attribute: the constructor would ignore it
        app.raise_config_file_errors = True
        try:
            with import_from(folder), _unsaid(configuration.LOG):
                app.initialize([], root=str(folder))
        except (Exception, SystemExit) as error:
            # nbgrader reports a bad value to its log and then exits.
            reason = said[-1] if isinstance(error, SystemExit) and said else first_line(error)
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

        Verdicts, reports and what is collected or returned lie beside nbgrader's own
        ``autograded`` folder.
        """
        if step in {"verdicts", "reports", "collected", "returned"}:
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
            place.name
            for place in self._pattern("source").places(student=".", trusted=True)
            if not place.trouble and any(place.path.glob("*.ipynb"))
        )

    def submissions(self, assignment: str) -> list[Submission]:
        """Every student's folder for the assignment, ordered by student.

        Raises CourseError only when the folder of all submissions cannot be read.
        """
        excluded = {one_spelling(name.strip()) for name in self.student_id_exclude}
        pattern = self._pattern("submitted")
        try:
            places = list(pattern.places(assignment=assignment))
        except OSError as error:
            raise CourseError(
                f"{self.shown(pattern.base)} cannot be read: {error.strerror}"
            ) from error
        return [each for each in one_each(places, pattern.base) if each.student not in excluded]

    def submission(self, student: str, assignment: str) -> Submission:
        """One student's folder for the assignment, whether or not it is there."""
        folder = self.folder("submitted", student, assignment)
        return Submission(student, folder, self._pattern("submitted").base)

    def hand_in(self, submission: Submission) -> HandedIn:
        """What a student handed in, read within nbgrader's limits; never raises."""
        limits = ReadingLimits(
            file_bytes=1000 * self.directory.max_file_size,
            total_bytes=1000 * self.directory.max_dir_size,
        )
        return hand_in(
            submission, ignore=self.directory.ignore, foreign=self._linked, limits=limits
        )

    @cached_property
    def _linked(self) -> frozenset[tuple[int, int]]:
        """Files of the instructor that have several names: device and inode."""
        found = set()
        for path in _files_below(self._pattern("source").base, ()):
            with contextlib.suppress(OSError):
                status = path.stat()
                if status.st_nlink > 1:
                    found.add((status.st_dev, status.st_ino))
        return frozenset(found)

    def _pattern(self, step: str) -> Pattern:
        return Pattern.of(
            lambda student, assignment: str(
                self.directory.format_path(self.step_name(step), student, assignment)
            )
        )

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
        return {
            str(path.relative_to(folder)): path
            for path in sorted(_files_below(folder, ignored))
            if path.is_file()
        }

    # The gradebook --------------------------------------------------------------------------

    def gradebook(self) -> contextlib.AbstractContextManager[Gradebook]:
        """nbgrader's gradebook; raises CourseError when it cannot be opened or used."""
        return opened(self.directory.db_url, self.directory.course_id)

    def timestamp(self, folder: Path) -> Moment:
        """When the submission in this folder was handed in, or why that is not known."""
        return timestamps.moment(folder / TIMESTAMP)

    # Settings -------------------------------------------------------------------------------

    @property
    def private_mode(self) -> int:
        """Permissions of what is the instructors' alone: with a shared course, their group's."""
        return 0o660 if self.directory.groupshared else 0o600

    @property
    def student_id_exclude(self) -> list[str]:
        """Folders that are no student's."""
        return str(self.directory.student_id_exclude).split(",")

    @property
    def hidden_delimiters(self) -> tuple[str, str]:
        """What the first and the last line of hidden tests hold, as nbgrader is configured."""
        stage = ClearHiddenTests(config=self.config)
        return stage.begin_test_delimeter, stage.end_test_delimeter


def _files_below(folder: Path, ignored: Sequence[str]) -> Iterator[Path]:
    """Every path whose name, and whose folders' names, fit none of the patterns."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _fits(name, ignored)]
        yield from (Path(place, name) for name in files if not _fits(name, ignored))


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def quiet_log() -> tuple[logging.Logger, list[str]]:
    """A log that prints nothing, and the first lines of the errors it was told."""
    said: list[str] = []
    log = logging.Logger("autograder.course.directory", logging.ERROR)
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage().splitlines()[0])  # type: ignore[method-assign]
    log.addHandler(handler)
    return log, said


@contextlib.contextmanager
def _unsaid(log: logging.Logger) -> Iterator[None]:
    """What concerns nbgrader's own commands alone is not said by ours."""
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


@contextlib.contextmanager
def import_from(folder: Path) -> Iterator[None]:
    """The course's configuration may name modules that lie beside it."""
    before = sys.path.copy()
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path[:] = before
