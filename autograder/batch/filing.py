"""Where a verdict goes: the graded notebook, the verdict's file, the gradebook, in this order.

Our own command and nbgrader's pipeline both file here, one writer each. Each step is whole or not
done at all. The verdict's file says at last whether the gradebook has it, so that a run that was
killed in between goes on where it was.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from autograder.batch import store
from autograder.batch.gradebook import Entry, Marks, Writer, marks
from autograder.batch.grading import Graded, Task
from autograder.batch.penalties import Change
from autograder.batch.store import Record
from autograder.course.cells import file_text
from autograder.course.database import reason, shown_url
from autograder.course.directory import Course
from autograder.course.folder import HandedIn, Submission
from autograder.course.mirroring import merged, mirror
from autograder.errors import GraderError
from autograder.verdict import REFUSED

AGAIN = "; put that right and run the same command again, it goes on where it was"


class Keys(NamedTuple):
    """Fingerprints of all that a verdict depends on, and of the submission alone."""

    whole: str
    submitted: str


class Filing:
    """Files the verdicts of one assignment.

    ``copying`` is off where nbgrader itself copies what lies beside the notebook.
    """

    def __init__(
        self, course: Course, tasks: dict[str, Task], writer: Writer, *, copying: bool = True
    ) -> None:
        self.course = course
        self.tasks = tasks
        self.writer = writer
        self.released = {name: json.loads(task.released) for name, task in tasks.items()}
        self.assignment = next(iter(tasks.values())).assignment
        self.task_keys = {name: store.key_of_task(task) for name, task in tasks.items()}
        self.waiting_for_copies = copying
        self.copied: set[str] = set()

    @cached_property
    def entries(self) -> dict[tuple[str, str], Entry]:
        """What the gradebook held at the start."""
        return self.writer.entries()

    def autograded(self, student: str, name: str) -> Path:
        """Where nbgrader and formgrader look for the graded notebook."""
        return self.course.folder("autograded", student, self.assignment) / f"{name}.ipynb"

    def marks(self, name: str, record: Record) -> Marks:
        """What a verdict means for the gradebook."""
        return marks(self.released[name], record.verdict, record.untouched)

    def keys(self, handed_in: HandedIn, name: str) -> Keys:
        """The fingerprints that a verdict on this submission has now."""
        submitted = store.key_of_submission(handed_in, f"{name}.ipynb")
        return Keys(store.joined(self.task_keys[name], submitted), submitted)

    def holds(self, record: Record, key: str, name: str) -> bool:
        """Is this stored verdict about this very submission, and complete?"""
        verdict = record.verdict
        return (
            record.key == key
            and verdict.status == "graded"
            and all(
                t.status != "not graded" or t.message == REFUSED for t in verdict.tests.values()
            )
            and self.is_judged(verdict.student, name)
        )

    def is_judged(self, student: str, name: str) -> bool:
        """Does the graded notebook lie there, the outcome in it?"""
        with contextlib.suppress(OSError, ValueError, KeyError):
            notebook = json.loads(self.autograded(student, name).read_bytes())
            return bool(notebook["metadata"]["autograder"]["judged"])
        return False

    def keep(self, submission: Submission, name: str, record: Record) -> None:
        """Make sure that the gradebook knows a stored verdict."""
        entry: Entry | None = self.entries.get((submission.student, name))
        scores, moment = self.marks(name, record), self.course.timestamp(submission.folder).time
        if record.filed and self.writer.agrees(entry, scores, moment):
            return
        with self._blamed(submission.student, name):
            self._sweep(submission.student, name)
            self._copy_files(submission)
            self.writer.record(submission.student, name, scores, moment)
            self._mark_filed(submission.student, name)

    def file(
        self, submission: Submission, name: str, graded: Graded, keys: Keys, *, again: bool = False
    ) -> Record:
        """Put a new verdict everywhere; ``again`` says that nothing new was handed in."""
        student = submission.student
        record = Record(*keys, graded.verdict, graded.untouched, graded.detail)
        with self._blamed(student, name):
            self._sweep(student, name)
            if graded.notebook is not None:
                self._copy_files(submission)
                data = file_text(graded.notebook).encode("utf-8", "replace")
                store.write_whole(self.autograded(student, name), data, self.mode)
            store.save(self.course, self.assignment, name, record)
            if graded.notebook is None:
                self._forget(student, name)
            moment = self.course.timestamp(submission.folder).time
            scores = self.marks(name, record)
            self.writer.record(student, name, scores, moment, resubmitted=not again)
            self._mark_filed(student, name)
        return record

    def revise_penalties(self) -> list[Change]:
        """Late penalties of the whole class as deadlines, extensions and manual grades are now."""
        with self._gradebook_blamed():
            return self.writer.penalties.revise()

    def _mark_filed(self, student: str, name: str) -> None:
        store.mark_filed(self.course, student, self.assignment, name)

    def _sweep(self, student: str, name: str) -> None:
        """Nothing is left of what a killed run had begun to write."""
        store.sweep(self.autograded(student, name).parent)
        store.sweep(store.path_of(self.course, student, self.assignment, name).parent)

    def _forget(self, student: str, name: str) -> None:
        """No graded notebook may stand for a submission that was not graded."""
        path = self.autograded(student, name)
        path.unlink(missing_ok=True)
        if path.parent.is_dir() and not any(path.parent.glob("*.ipynb")):
            shutil.rmtree(path.parent)

    def _copy_files(self, submission: Submission) -> None:
        if self.waiting_for_copies and submission.student not in self.copied:
            self.copied.add(submission.student)
            target = self.course.folder("autograded", submission.student, self.assignment)
            given = next(iter(self.tasks.values())).files
            files = merged(self.course.hand_in(submission).to_keep, given)
            mirror(target, files, keep=[f"{name}.ipynb" for name in self.tasks], mode=self.mode)

    @property
    def mode(self) -> int:
        """The permissions that nbgrader gives to graded files."""
        return 0o664 if self.course.directory.groupshared else 0o444

    @contextlib.contextmanager
    def _blamed(self, student: str, name: str) -> Iterator[None]:
        """A full disk or a locked database ends the run with one line; nothing is lost."""
        try:
            with self._gradebook_blamed():
                yield
        except OSError as error:
            graded = self.autograded(student, name)
            verdict = store.path_of(self.course, student, self.assignment, name)
            at = Path(error.filename or verdict)
            on_the_way = at.is_relative_to(graded.parent) or graded.is_relative_to(at)
            path = graded if on_the_way else verdict
            raise GraderError(
                f"the verdict on {student} cannot be stored: {store.why_not(error, path)}{AGAIN}"
            ) from error

    @contextlib.contextmanager
    def _gradebook_blamed(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            where, why = shown_url(self.course.directory.db_url), reason(error)
            raise GraderError(f"the gradebook {where} cannot be written: {why}{AGAIN}") from error
