"""Release a problem set with nbgrader itself, in a course made for the occasion."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from tools.common import ROOT


def release(assignment: str, course: Path) -> Path:
    """Copy the source folder into ``course``, release it, and return the released folder."""
    shutil.copytree(
        ROOT / "solutions" / assignment,
        course / "solutions" / assignment,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.source_directory = "solutions"
    config.CourseDirectory.release_directory = "assignments"
    config.CourseDirectory.assignment_id = assignment
    # As ``nbgrader generate_assignment --no-db``: the same notebook, no gradebook.
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    config.CourseDirectory.ignore = [*CourseDirectory().ignore, "mistakes.py", "alternatives.py"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own
        GenerateAssignment(coursedir=CourseDirectory(config=config), config=config).start()
    return course / "assignments" / assignment
