"""Which assignment a notebook is of, by the names of its cells."""

from __future__ import annotations

import contextlib
import json

from autograder.course.directory import Course
from autograder.intake.contents import Contents


class Assignments:
    """The names of the cells of all assignments, to tell a notebook of another one."""

    def __init__(self, course: Course, assignment: str) -> None:
        self.own: set[str] = set()
        self.others: dict[str, set[str]] = {}
        for name in course.assignments():
            found: set[str] = set()
            for path in course.source_notebooks(name):
                with contextlib.suppress(OSError):
                    found |= _grade_ids(path.read_bytes())
            if name == assignment:
                self.own = found
            else:
                self.others[name] = found

    def of(self, found: Contents) -> str:
        """The other assignment whose cells the notebooks hold; empty if own ones or none."""
        there: set[str] = set()
        for name in found.notebooks:
            there |= _grade_ids(found.files[name])
        if not there or there & self.own:
            return ""
        fitting = [(len(there & ids), name) for name, ids in self.others.items() if there & ids]
        return max(fitting)[1] if fitting else ""


def _grade_ids(data: bytes) -> set[str]:
    found = set()
    with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError):
        for cell in json.loads(data)["cells"]:
            settings = cell.get("metadata", {}).get("nbgrader", {})
            if isinstance(settings.get("grade_id"), str):
                found.add(settings["grade_id"])
    return found
