"""nbgrader's hooks: ``nbgrader autograde`` and formgrader's button grade through the same judge.

    RepairingExporter   reads the submission, instead of nbconvert, and repairs it
    Judge               replaces nbgrader's Execute
    FilingWriter        replaces the writer of the graded notebook, and with it SaveAutoGrades and
                        AssignLatePenalties: notebook, verdict and gradebook are filed as one

``configuration.configure`` puts them in their places; stock stages do the rest.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.writers import FilesWriter
from nbformat import NotebookNode
from nbgrader.converters import Autograde, NbGraderException

from autograder.batch import premises
from autograder.batch.changes import bounded
from autograder.batch.filing import Filing
from autograder.batch.gradebook import Writer
from autograder.batch.grading import GRADER_FAILED, Graded, Task, grade_repaired, not_graded, read
from autograder.batch.locking import one_writer
from autograder.batch.rehearsal import rehearse
from autograder.batch.running import ensure_registered, make_tasks
from autograder.batch.workers import WorkerPool, process_pool
from autograder.course import release
from autograder.course.directory import Course
from autograder.course.folder import HandedIn
from autograder.course.opening import why_no_file
from autograder.course.private import private_places
from autograder.course.release import SourceNotebook
from autograder.course.students import unfit
from autograder.errors import CourseError, GraderError, SubmissionError
from autograder.settings import Judge, Resources

__all__ = ["FilingWriter", "Judge", "RepairingExporter"]


class RepairingExporter(NotebookExporter):
    """Repairs a submission while reading it; holds what the other stages need.

    nbgrader makes one for each run of ``autograde``, and the run's end is its end: worker
    processes, their warm parents and the gradebook's connection are gone then, since formgrader's
    server lives on.
    """

    def __init__(self, config: Any = None, **kwargs: Any) -> None:
        super().__init__(config=config, **kwargs)
        self.course: Course | None = None
        self.filings: dict[str, Filing] = {}
        self.notebooks: dict[str, list[SourceNotebook]] = {}
        self.pool: WorkerPool | None = None
        self.open = contextlib.ExitStack()
        self.read: dict[tuple[str, str], HandedIn] = {}
        self.absent: list[tuple[str, str, str]] = []
        if isinstance(self.parent, Autograde):
            self.course = Course(self.parent.coursedir, self.parent.config)
            self.ignored = list(self.parent.coursedir.ignore)
            self.configured_hook: Callable[..., None] | None = self.parent.pre_convert_hook
            self.parent.pre_convert_hook = self.before_conversion
            self.parent.writer = FilingWriter(parent=self.parent, config=self.parent.config)
            self.convert = partial(type(self.parent).convert_notebooks, self.parent)
            self.parent.convert_notebooks = self.whole_run

    # Reading ----------------------------------------------------------------------------------

    def from_filename(
        self, filename: str, resources: Resources | None = None, **kwargs: Any
    ) -> tuple[Any, Any]:
        """Read a submission with repair; nbgrader's own intermediate files as they are."""
        if self.course is None or resources is None or not self.parent._sanitizing:
            answer: tuple[Any, Any] = super().from_filename(filename, resources, **kwargs)
            return answer
        there = resources["nbgrader"]
        name, student = there["notebook"], there["student"]
        task = self.task(resources)
        try:
            repaired = read(task, self.handed_in(there["assignment"], student))
        except SubmissionError as error:
            self.file(not_graded(task, student, str(error)), resources)
            raise
        resources["metadata"] = {"name": name, "path": os.path.dirname(filename)}
        node = nbformat.from_dict(repaired.notebook)
        answer = self.from_notebook_node(node, resources=resources, **kwargs)
        return answer

    def before_conversion(self, assignment: str, student: str, notebooks: list[str]) -> None:
        """Called before nbgrader copies a submission's files.

        Lets nbgrader overlook what is no ordinary file, and puts the expected name into its list
        when the notebook was handed in under another. Notebooks of other languages leave it.
        """
        if self.configured_hook is not None:
            self.configured_hook(assignment=assignment, student=student, notebooks=notebooks)
        if self.course is None or not notebooks:
            return
        folder = Path(notebooks[0]).parent
        # What nbgrader passes as the student is "*" where it grades the whole class.
        student = self.parent.init_single_notebook_resources(notebooks[0])["nbgrader"]["student"]
        self.course.directory.ignore = [*self.ignored, *_not_files(folder)]
        tasks = self.filing(assignment).tasks
        others = {name for task in tasks.values() for name in task.others} - tasks.keys()
        notebooks[:] = [path for path in notebooks if Path(path).stem not in others]
        listed = {Path(path).stem for path in notebooks}
        missing = [name for name in tasks if name not in listed]
        handed_in = self.handed_in(assignment, student)
        found = [name for name in missing if _readable(tasks[name], handed_in)]
        if len(missing) == len(tasks) and not found:
            found = missing[:1]  # so that its reason is told
        notebooks += [str(folder / f"{name}.ipynb") for name in found]
        self.absent += [(assignment, student, name) for name in missing if name not in found]

    # What the stages share --------------------------------------------------------------------

    def task(self, resources: Resources) -> Task:
        """What has to be known to grade the notebook that is being converted."""
        there = resources["nbgrader"]
        task = self.filing(there["assignment"]).tasks.get(there["notebook"])
        if task is None:
            raise CourseError(f"{there['assignment']} has no notebook {there['notebook']}.ipynb")
        return task

    def handed_in(self, assignment: str, student: str) -> HandedIn:
        """The submission that is being converted, read once."""
        course, key = self.filing(assignment).course, (assignment, student)
        if key not in self.read:
            self.read = {key: course.hand_in(course.submission(student, assignment))}
        return self.read[key]

    def filing(self, assignment: str) -> Filing:
        """Tasks and records of an assignment, opened once in a run."""
        if self.course is None:
            raise CourseError("this exporter works for nbgrader autograde alone")
        if assignment not in self.filings:
            settings = Judge.of(self.course.config)
            notebooks = release.load(self.course, assignment, self.log.warning)
            ensure_registered(self.course, assignment, notebooks, self.log.warning)
            premises.keep(private_places(self.course))
            tasks = make_tasks(self.course, assignment, notebooks, settings)
            book = self.open.enter_context(self.course.gradebook())
            writer = Writer(book, assignment, self.course.config)
            # nbgrader itself copies what lies beside the notebook.
            self.filings[assignment] = Filing(self.course, tasks, writer, copying=False)
            self.notebooks[assignment] = notebooks
        return self.filings[assignment]

    def judged(self, notebook: NotebookNode, resources: Resources) -> Graded:
        """Grade a repaired notebook in a process of its own.

        Raises SubmissionError, and files the reason, when there is nothing to show for it.
        """
        task, there = self.task(resources), resources["nbgrader"]
        handed_in = self.handed_in(there["assignment"], there["student"])
        plain = json.loads(json.dumps(notebook))
        for _ in range(2):
            try:
                pool = self.workers(there["assignment"])
                task = self.task(resources)  # the reference has shown how its cells are judged
                graded: Graded = pool.submit(grade_repaired, task, handed_in, plain).result()
                break
            except BrokenExecutor:
                self._dismiss(now=True)
        else:
            detail = "the worker process died, twice"
            graded = not_graded(task, there["student"], GRADER_FAILED, detail)
        if graded.notebook is None:
            self.file(graded, resources)
            raise SubmissionError(graded.verdict.reason)
        return graded

    def workers(self, assignment: str) -> WorkerPool:
        """The worker process; host and reference are tried out before it grades anybody."""
        filing = self.filing(assignment)
        if self.pool is None:
            self.pool = process_pool(1)
        if assignment in self.notebooks:
            for line in rehearse(filing, self.notebooks[assignment], self.pool):
                self.log.warning(line)
            del self.notebooks[assignment]
        return self.pool

    def file(self, graded: Graded, resources: Resources) -> None:
        """Put a verdict where our own command puts it, in the same order."""
        there = resources["nbgrader"]
        assignment, student, name = there["assignment"], there["student"], there["notebook"]
        filing = self.filing(assignment)
        keys = filing.keys(self.handed_in(assignment, student), name)
        filing.file(filing.course.submission(student, assignment), name, graded, keys)

    # The run ----------------------------------------------------------------------------------

    def whole_run(self) -> None:
        """What nbgrader's converter does with a class, and nothing left of it afterwards."""
        try:
            with self.open:
                self._check_course()
                refused = self._refuse_names()
                try:
                    self.convert()
                finally:
                    self._file_absent()
                for filing in self.filings.values():
                    revised = filing.revise_penalties()
                    for line in bounded(revised, "penalties more are other ones now"):
                        self.log.warning(line)
                if refused:
                    raise NbGraderException(refused)
        finally:
            self.filings.clear()
            self._dismiss(now=sys.exc_info()[0] is not None)

    def _check_course(self) -> None:
        """What is wrong with the course is told once, not for every student."""
        assignment, course = self.parent.coursedir.assignment_id, self.course
        try:
            if course is not None:
                self.open.enter_context(one_writer(course, self.log.warning))
            self.filing(assignment)
            if self._has_work():
                self.workers(assignment)
        except GraderError as error:
            self.log.error(str(error))
            raise NbGraderException(str(error)) from error

    def _refuse_names(self) -> str:
        """Leave out folders whose names no gradebook may hold; the last reason, if any."""
        refused = ""
        for path, notebooks in list(self.parent.assignments.items()):
            there = self.parent.init_single_notebook_resources(notebooks[0])["nbgrader"]
            if reason := unfit(there["student"]):
                del self.parent.assignments[path]
                refused = f"not graded: {reason}"
                self.log.error(refused)
        return refused

    def _has_work(self) -> bool:
        """Is there a submission that nbgrader will surely grade?"""
        for notebooks in self.parent.assignments.values():
            there = self.parent.init_single_notebook_resources(notebooks[0])["nbgrader"]
            graded = self.parent._format_dest(there["assignment"], there["student"])
            if self.parent.force or not os.path.exists(graded):
                return True
        return False

    def _file_absent(self) -> None:
        """A notebook that was not handed in has no score; nbgrader gave it a zero."""
        for assignment, student, name in self.absent:
            there = {"assignment": assignment, "student": student, "notebook": name}
            task = self.filing(assignment).tasks[name]
            try:
                read(task, self.handed_in(assignment, student))
            except SubmissionError as error:
                self.file(not_graded(task, student, str(error)), {"nbgrader": there})
        self.absent.clear()

    def _dismiss(self, *, now: bool) -> None:
        pool, self.pool = self.pool, None
        if pool is not None:
            pool.shutdown(now=now)


class FilingWriter(FilesWriter):
    """nbgrader's writer; a notebook that was judged is filed, together with its verdict."""

    def write(self, output: str, resources: Resources, **settings: Any) -> Any:
        graded = resources.pop("graded", None)
        if graded is None:
            return super().write(output, resources, **settings)
        notebook = nbformat.reads(output, as_version=4)  # its texts are whole again, not by lines
        return self.parent.exporter.file(replace(graded, notebook=notebook), resources)


def _readable(task: Task, handed_in: HandedIn) -> bool:
    try:
        read(task, handed_in)
    except SubmissionError:
        return False
    return True


def _not_files(folder: Path) -> list[str]:
    """Patterns for links, pipes and devices in a submission: nbgrader would follow them."""
    return [
        glob.escape(name)
        for place, _, names in os.walk(folder)
        for name in names
        if why_no_file(os.lstat(Path(place) / name).st_mode)
    ]
