"""What nbgrader makes of a source notebook: the forms that grading compares a submission with."""

from __future__ import annotations

import contextlib
import copy
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.converters import GenerateAssignment
from nbgrader.nbgraderformat import ValidationError
from nbgrader.preprocessors import ClearSolutions, LockCells, SaveCells
from sqlalchemy import insert, select
from traitlets.utils.importstring import import_item

from autograder.course.cells import give_ids, graded_cells, is_answer
from autograder.course.database import blamed
from autograder.course.directory import Course, quiet_log
from autograder.course.formats import language_of, upgraded
from autograder.errors import CourseError

START_AGAIN = (
    "put back what is gone, or start again with `nbgrader db assignment remove {} --force`"
)


@dataclass(frozen=True)
class SourceNotebook:
    """One source notebook in the three forms it passes through on its way to the student."""

    name: str
    path: Path
    source: NotebookNode
    """The instructor's: solutions and hidden tests, header and footer included."""
    registered: NotebookNode
    """As nbgrader stores it: no solutions, but hidden tests; checksums computed."""
    released: NotebookNode
    """As students get it."""
    others: frozenset[str] = frozenset()
    """Names of the assignment's other notebooks, those of other languages included."""


def load(
    course: Course, assignment: str, say: Callable[[str], None] = lambda line: None
) -> list[SourceNotebook]:
    """All notebooks of an assignment, passed through nbgrader's own stages of release.

    One of another language is left out and said where there are others, in one line. Raises
    CourseError for a notebook that cannot be read or that nbgrader would not release, where all
    are of other languages, and where no notebook holds anything that is graded or written.
    """
    paths = course.source_notebooks(assignment)
    names = frozenset(path.stem for path in paths)
    notebooks, foreign = [], []
    for path in paths:
        with _blamed_on(course, path):
            notebook = upgraded(read(path))
        if language := language_of(notebook):
            foreign.append(
                f"{course.shown(path)} is written in {language}, and only Python can be graded "
                "here: move it into an assignment that stock nbgrader grades"
            )
            continue
        made = _made(course, assignment, path, notebook)
        notebooks.append(replace(made, others=names - {path.stem}))
    if not notebooks:
        raise CourseError("; ".join(foreign))
    for line in foreign:
        say(f"{line}; the assignment's other notebooks are graded")
    if not any(_asks(notebook.registered) for notebook in notebooks):
        raise CourseError(
            f"{course.shown(paths[0])} has no cell that gives points: mark its test "
            "cells in JupyterLab's Create Assignment panel"
        )
    return notebooks


def _asks(notebook: NotebookNode) -> bool:
    """Is there anything for a student to do, or for anybody to grade?"""
    return bool(graded_cells(notebook)) or any(is_answer(cell) for cell in notebook.cells)


def _made(course: Course, assignment: str, path: Path, notebook: NotebookNode) -> SourceNotebook:
    resources = {
        "metadata": {"name": path.stem, "path": str(path.parent)},
        "nbgrader": {"student": ".", "assignment": assignment, "notebook": path.stem},
    }
    forms: dict[str, NotebookNode] = {}
    log, said = quiet_log()
    with _blamed_on(course, path, said), contextlib.chdir(course.root):
        for stage in _stages(course):
            if issubclass(stage, (LockCells, ClearSolutions)):
                forms.setdefault("source", copy.deepcopy(notebook))
            if issubclass(stage, SaveCells):
                forms.setdefault("registered", copy.deepcopy(notebook))
                continue
            notebook, resources = stage(config=course.config, log=log)(notebook, resources)
    registered = forms.get("registered", notebook)
    return SourceNotebook(path.stem, path, forms.get("source", registered), registered, notebook)


def _stages(course: Course) -> Iterable[type[Any]]:
    """nbgrader's preprocessors for ``generate_assignment``, as the course configures them."""
    converter = GenerateAssignment(coursedir=course.directory, config=course.config)
    for stage in converter.preprocessors:
        yield import_item(stage) if isinstance(stage, str) else stage


@contextlib.contextmanager
def _blamed_on(course: Course, path: Path, said: Sequence[str] = ()) -> Iterator[None]:
    """A CourseError that names the notebook; ``said`` are the errors that nbgrader only logs."""
    try:
        yield
    except Exception as error:
        # nbgrader's "failed to validate" hides what failed in the error before it.
        reason = error.__context__ if isinstance(error, ValidationError) else error
        text = str(reason or error).strip() or next(reversed(said), type(error).__name__)
        raise CourseError(
            f"the source notebook {course.shown(path)} cannot be used: {text.splitlines()[0]}"
        ) from error


def read(path: Path) -> NotebookNode:
    """A trusted notebook of any format as format 4.5, every cell with an id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        notebook: NotebookNode = nbformat.read(path, as_version=4)
    return give_ids(notebook)


def is_registered(gradebook: Gradebook, assignment: str, notebooks: list[SourceNotebook]) -> bool:
    """Does the gradebook know exactly the cells, and the points, of these source notebooks?"""
    try:
        known = {notebook.name for notebook in gradebook.find_assignment(assignment).notebooks}
    except MissingEntry:
        return False
    if not {notebook.name for notebook in notebooks} <= known <= _names(notebooks):
        return False
    return not _incomplete(gradebook, assignment) and all(
        _known_cells(gradebook, assignment, notebook.name) == _own_cells(notebook)
        for notebook in notebooks
    )


def _names(notebooks: Iterable[SourceNotebook]) -> set[str]:
    """Names of all the assignment's notebooks."""
    return {name for notebook in notebooks for name in (notebook.name, *notebook.others)}


def _known_cells(gradebook: Gradebook, assignment: str, name: str) -> set[tuple[Any, ...]]:
    notebook = gradebook.find_notebook(name, assignment)
    return (
        {("grade", cell.name, cell.max_score) for cell in notebook.grade_cells}
        | {("task", cell.name, cell.max_score) for cell in notebook.task_cells}
        | {("solution", cell.name) for cell in notebook.solution_cells}
    )


def _own_cells(notebook: SourceNotebook) -> set[tuple[Any, ...]]:
    found: set[tuple[Any, ...]] = set()
    for cell in notebook.registered.cells:
        settings = cell.metadata.get("nbgrader", {})
        if settings.get("grade"):
            found.add(("grade", settings["grade_id"], float(settings["points"])))
        if settings.get("solution"):
            found.add(("solution", settings["grade_id"]))
        if settings.get("task"):
            found.add(("task", settings["grade_id"], float(settings["points"])))
    return found


def _incomplete(gradebook: Gradebook, assignment: str) -> list[tuple[str, Notebook]]:
    """Submissions that lack the rows of a notebook: it came after them. (key, notebook)."""
    known = gradebook.find_assignment(assignment)
    session, rows = gradebook.db, SubmittedNotebook.__table__
    there = set(session.execute(select(rows.c.assignment_id, rows.c.notebook_id)).all())
    submissions = session.execute(
        select(SubmittedAssignment.__table__.c.id).where(
            SubmittedAssignment.__table__.c.assignment_id == known.id
        )
    ).scalars()
    return [
        (submission, notebook)
        for submission in submissions
        for notebook in known.notebooks
        if (submission, notebook.id) not in there
    ]


def _complete(gradebook: Gradebook, assignment: str) -> None:
    """Give every submission the rows of every notebook, as nbgrader does for new submissions."""
    session = gradebook.db
    for submission, notebook in _incomplete(gradebook, assignment):
        cells = {
            Grade: [*notebook.grade_cells, *notebook.task_cells],
            Comment: [*notebook.solution_cells, *notebook.task_cells],
        }
        keys = {model: [cell.id for cell in found] for model, found in cells.items()}
        (submitted,) = session.execute(
            insert(SubmittedNotebook.__table__).values(
                assignment_id=submission, notebook_id=notebook.id
            )
        ).inserted_primary_key
        for model, found in keys.items():
            rows = [{"notebook_id": submitted, "cell_id": key} for key in found]
            if rows:
                session.execute(insert(model.__table__), rows)
    session.commit()


def register(course: Course, assignment: str, notebooks: list[SourceNotebook]) -> None:
    """Store the assignment's cells in the gradebook by nbgrader's own ``SaveCells``.

    Raises CourseError when cells or notebooks came or went although submissions are graded.
    """
    with course.gradebook() as gradebook:
        known = gradebook.update_or_create_assignment(assignment)
        gone = {notebook.name for notebook in known.notebooks} - _names(notebooks)
        if gone and known.submissions:
            raise CourseError(
                f"submissions of {assignment} were graded with {', '.join(sorted(gone))}, which "
                f"{course.step_name('source')} holds no more: {START_AGAIN.format(assignment)}"
            )
        for name in gone:
            gradebook.remove_notebook(name, assignment)
    for notebook in notebooks:
        resources = {
            "nbgrader": {
                "notebook": notebook.name,
                "assignment": assignment,
                "db_url": course.directory.db_url,
            }
        }
        try:
            with blamed(course.directory.db_url):
                SaveCells(config=course.config).preprocess(
                    copy.deepcopy(notebook.registered), resources
                )
        except RuntimeError as error:
            raise CourseError(
                f"the test cells of {course.shown(notebook.path)} are not those that submissions "
                f"of {assignment} were graded with: {START_AGAIN.format(assignment)}"
            ) from error
    with course.gradebook() as gradebook:
        _complete(gradebook, assignment)
