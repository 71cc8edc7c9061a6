"""nbgrader's hooks: ``nbgrader autograde`` and formgrader's button grade through the same judge.

    RepairingExporter   reads the submission, instead of nbconvert, and repairs it
    Judge               replaces nbgrader's Execute
    SaveVerdict         replaces nbgrader's SaveAutoGrades

``configuration.configure`` puts them in their places; stock stages do the rest.
"""

from __future__ import annotations

import glob
import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, List, Unicode

from autograder.batch import store
from autograder.batch.gradebook import Writer, marks
from autograder.batch.grading import GRADER_FAILED, Graded, Task, grade_repaired, not_graded, read
from autograder.batch.host import check_host
from autograder.batch.pool import process_pool
from autograder.batch.running import ensure_registered, make_tasks
from autograder.batch.store import Record
from autograder.course import release
from autograder.course.directory import Course
from autograder.course.folder import HandedIn
from autograder.course.opening import why_no_file
from autograder.errors import CourseError, SubmissionError

Resources = dict[str, Any]


class RepairingExporter(NotebookExporter):
    """Repairs a submission while reading it; holds what the other stages need.

    nbgrader makes one for each run of ``autograde``.
    """

    def __init__(self, config: Any = None, **kwargs: Any) -> None:
        super().__init__(config=config, **kwargs)
        self.course: Course | None = None
        self.tasks: dict[str, dict[str, Task]] = {}
        self.executor: Executor | None = None
        if isinstance(self.parent, Autograde):
            self.course = Course(self.parent.coursedir, self.parent.config)
            self.ignored = list(self.parent.coursedir.ignore)
            self.configured_hook: Callable[..., None] | None = self.parent.pre_convert_hook
            self.parent.pre_convert_hook = self.before_conversion

    # Reading ----------------------------------------------------------------------------------

    def from_filename(
        self, filename: str, resources: Resources | None = None, **kwargs: Any
    ) -> tuple[Any, Any]:
        """Read a submission with repair; nbgrader's own intermediate files as they are."""
        if self.course is None or resources is None or not self.parent._sanitizing:
            answer: tuple[Any, Any] = super().from_filename(filename, resources, **kwargs)
            return answer
        name, student = resources["nbgrader"]["notebook"], resources["nbgrader"]["student"]
        task = self.task(resources)
        try:
            repaired = read(task, self.handed_in(resources))
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
        when the notebook was handed in under another.
        """
        if self.configured_hook is not None:
            self.configured_hook(assignment=assignment, student=student, notebooks=notebooks)
        if self.course is None or not notebooks:
            return
        folder = Path(notebooks[0]).parent
        self.course.directory.ignore = [*self.ignored, *_not_files(folder)]
        tasks = self.tasks_of(assignment)
        listed = {Path(path).stem for path in notebooks}
        missing = [name for name in tasks if name not in listed]
        handed_in = self.course.hand_in(self.course.submission(student, assignment))
        found = [name for name in missing if _readable(tasks[name], handed_in)]
        if len(missing) == len(tasks) and not found:
            found = missing[:1]  # so that its reason is told
        notebooks += [str(folder / f"{name}.ipynb") for name in found]

    # What the stages share --------------------------------------------------------------------

    def task(self, resources: Resources) -> Task:
        """What has to be known to grade the notebook that is being converted."""
        there = resources["nbgrader"]
        task = self.tasks_of(there["assignment"]).get(there["notebook"])
        if task is None:
            raise CourseError(f"{there['assignment']} has no notebook {there['notebook']}.ipynb")
        return task

    def handed_in(self, resources: Resources) -> HandedIn:
        """The submission that is being converted."""
        there = resources["nbgrader"]
        if self.course is None:
            raise CourseError("this exporter works for nbgrader autograde alone")
        return self.course.hand_in(self.course.submission(there["student"], there["assignment"]))

    def tasks_of(self, assignment: str) -> dict[str, Task]:
        """The tasks of an assignment, made once."""
        if self.course is None:
            raise CourseError("this exporter works for nbgrader autograde alone")
        if assignment not in self.tasks:
            staged = tempfile.mkdtemp(prefix="grading-")
            weakref.finalize(self, shutil.rmtree, staged, ignore_errors=True)
            notebooks = release.load(self.course, assignment)
            ensure_registered(self.course, assignment, notebooks, self.log.warning)
            require = self.course.require_sandbox
            limits = self.course.limits([])
            tasks = make_tasks(
                self.course, assignment, notebooks, limits, Path(staged), require_sandbox=require
            )
            plan = next(iter(tasks.values())).plan
            for line in check_host(self.course, notebooks, plan, limits, require=require):
                self.log.warning("less isolation on this host: %s", line)
            self.tasks[assignment] = tasks
        return self.tasks[assignment]

    def judged(self, notebook: NotebookNode, resources: Resources) -> Graded:
        """Grade a repaired notebook in a process of its own."""
        task, student = self.task(resources), resources["nbgrader"]["student"]
        if self.executor is None:
            self.executor = process_pool(1)
        plain = json.loads(json.dumps(notebook))
        try:
            return self.executor.submit(grade_repaired, task, student, plain).result()
        except BrokenExecutor:
            self.executor = None
            return not_graded(task, student, GRADER_FAILED, "the worker process died")

    def file(self, graded: Graded, resources: Resources) -> None:
        """Store a verdict on disk, then in the gradebook."""
        course, task = self.course, self.task(resources)
        if course is None:
            return
        student, name = graded.verdict.student, task.notebook
        folder = course.folder("submitted", student, task.assignment)
        source = course.folder("source", ".", task.assignment)
        handed_in = store.key_of_submission(self.handed_in(resources), f"{name}.ipynb")
        key = store.joined(store.key_of_task(source, task.source, task.limits), handed_in)
        record = Record(key, handed_in, graded.verdict, graded.untouched, graded.detail, filed=True)
        store.save(course, task.assignment, name, record)
        scores = marks(json.loads(task.released), graded.verdict, graded.untouched)
        with course.gradebook() as book:
            writer = Writer(book, task.assignment, course.config)
            writer.record(student, name, scores, course.timestamp(folder).time)


class _Stage(NbGraderPreprocessor):
    """A stage that works together with the exporter that runs it."""

    @property
    def exporter(self) -> RepairingExporter:
        if not isinstance(self.parent, RepairingExporter):
            raise CourseError(
                "this stage needs Autograde.exporter_class: call configure(c) in nbgrader_config.py"
            )
        return self.parent


class Judge(_Stage):
    """Runs the student's cells in the sandbox and the test cells in the judge."""

    limits = List(
        Unicode(), help='Limits of grading, as in ["test_seconds=30", "memory_mb=4096"]'
    ).tag(config=True)
    require_sandbox = Bool(
        False, help="Refuse to grade where the host cannot isolate the student's code fully"
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        graded = self.exporter.judged(nb, resources)
        if graded.notebook is None:
            self.exporter.file(graded, resources)
            raise SubmissionError(graded.verdict.reason)
        resources["graded"] = graded
        return nbformat.from_dict(graded.notebook), resources


class SaveVerdict(_Stage):
    """Stores the verdict: its file first, then the gradebook."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        self.exporter.file(resources["graded"], resources)
        return nb, resources


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
