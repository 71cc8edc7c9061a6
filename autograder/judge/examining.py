"""The reference goes first: the instructor's own notebook, graded as a submission is.

Through the same sandbox and judge as every student's, so that a test that its own author would
fail, a cell that raises and a host that cannot run the notebook are told before anybody is graded.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.catalogue import Catalogue
from autograder.checks import variant_of
from autograder.errors import CourseError
from autograder.judge.assignment import (
    DELIMITERS,
    RAISES,
    Assignment,
    Delimiters,
    dissect,
    kind_of,
)
from autograder.judge.grading import grade, reference_problems
from autograder.limits import Limits
from autograder.sandbox.walls import Plan
from autograder.verdict import SubmissionVerdict


@dataclass(frozen=True)
class ReferenceReport:
    """What the instructor must mend before grading, and what they may want to know; a line each."""

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise CourseError with all problems, if there is one."""
        if self.problems:
            raise CourseError("; ".join(self.problems))


def examine_reference(
    source: Mapping[str, Any],
    *,
    assignment: str,
    files: Mapping[str, bytes] | None = None,
    limits: Limits | None = None,
    catalogue: Catalogue | None = None,
    delimiters: Delimiters = DELIMITERS,
    require_sandbox: bool = False,
    plan: Plan | None = None,
    variants: int = 1,
) -> ReferenceReport:
    """Grade the instructor's solution as a submission, and one without any answers.

    ``variants`` is the number of sets of hidden inputs that are tried. Raises what ``grade``
    raises: an endless cell is a CourseError at once.
    """
    loaded = dissect(assignment, source, delimiters)
    settings: dict[str, Any] = {
        "assignment": assignment, "files": files, "limits": limits, "catalogue": catalogue,
        "delimiters": delimiters, "require_sandbox": require_sandbox, "plan": plan,
    }  # fmt: skip
    problems: dict[str, None] = {}
    for student in _students(loaded, variants):
        verdict = grade(source, source, student=student, **settings)
        problems |= dict.fromkeys(_lost(verdict, assignment))
        problems |= dict.fromkeys(_failing_cells(verdict, source, assignment))
    for line in reference_problems():
        problems[f"{assignment}: {line}; correct it in the source notebook"] = None
    if problems:
        return ReferenceReport(tuple(problems))
    empty = grade(source, _without_answers(source), student="", **settings)
    return ReferenceReport(notes=tuple(_given_away(empty, assignment)))


def _students(loaded: Assignment, variants: int) -> list[str]:
    """Names of made-up students who meet that many different sets of hidden inputs."""
    found: dict[int, str] = {}
    number = 0
    while len(found) < variants:
        student = f"reference-{number}"
        found.setdefault(variant_of(loaded.name, student, loaded.secret), student)
        number += 1
    return list(found.values())


def _lost(verdict: SubmissionVerdict, assignment: str) -> Iterator[str]:
    if verdict.status == "not graded":
        yield f"{assignment}: the instructor's own solution could not be graded: {verdict.reason}"
        return
    for name, test in verdict.tests.items():
        if test.score is None:
            yield f"{assignment}: {name} can be given to nobody: {test.message}"
        elif test.score < test.max_score:
            yield (
                f"{assignment}: the instructor's own solution gets {test.score:g} of "
                f"{test.max_score:g} points in {name}: {test.message} "
                "Correct the solution or the test in the source notebook"
            )


def _failing_cells(
    verdict: SubmissionVerdict, source: Mapping[str, Any], assignment: str
) -> Iterator[str]:
    for output in verdict.outputs:
        metadata = source["cells"][output.index].get("metadata", {})
        if output.error and RAISES not in metadata.get("tags", ()):
            name = metadata.get("nbgrader", {}).get("grade_id") or f"number {output.index + 1}"
            last = output.error.strip().rpartition("\n")[2]
            yield (
                f"{assignment}: the source notebook's cell {name} fails as students' cells are "
                f"run: {last[:200]}; correct it, or tag it {RAISES}"
            )


def _without_answers(source: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook with nothing in the cells that students are to write."""
    empty: dict[str, Any] = copy.deepcopy(dict(source))
    for cell in empty["cells"]:
        metadata = cell.get("metadata", {}).get("nbgrader", {})
        if cell["cell_type"] == "code" and kind_of(metadata) == "solution":
            cell["source"] = "pass"
    return empty


def _given_away(verdict: SubmissionVerdict, assignment: str) -> Iterator[str]:
    for name, test in verdict.tests.items():
        if test.score:
            yield (
                f"{assignment}: {name} gives {test.score:g} of {test.max_score:g} points to "
                "whoever writes nothing at all"
            )
