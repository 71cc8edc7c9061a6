"""The reference goes first: the instructor's own notebook, graded as a submission is.

Through the same sandbox and judge as every student's, so that a test that its own author would
fail, a cell that raises and a host that cannot run the notebook are told before anybody is graded.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
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
from autograder.judge.grading import (
    close_reference,
    grade,
    left_by_reference,
    reference_problems,
)
from autograder.judge.manner import Manner
from autograder.limits import Limits
from autograder.sandbox.walls import Plan
from autograder.verdict import SubmissionVerdict


@dataclass(frozen=True)
class ReferenceReport:
    """What the instructor must mend before grading, and what they may want to know; a line each.

    ``manner`` is how the cells are to be judged.
    """

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    manner: Manner = field(default_factory=Manner)

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
    inside: bool = True,
) -> ReferenceReport:
    """Grade the instructor's solution as a submission, and one without any answers.

    Each from outside first; a cell that tells the two apart only in the student's process is
    judged there, unless ``inside`` is off. ``variants`` is the number of sets of hidden inputs
    that are tried. Raises what ``grade`` raises: an endless cell is a CourseError at once.
    """
    settings: dict[str, Any] = {
        "assignment": assignment, "files": files, "limits": limits, "catalogue": catalogue,
        "delimiters": delimiters, "require_sandbox": require_sandbox, "plan": plan,
    }  # fmt: skip
    return _Examination(source, settings, variants).report(inside)


class _Examination:
    """The instructor's notebook with its solutions and without, graded in both ways."""

    def __init__(self, source: Mapping[str, Any], settings: dict[str, Any], variants: int) -> None:
        self.source = source
        self.empty = _without_answers(source)
        self.settings = settings
        self.assignment = settings["assignment"]
        loaded = dissect(self.assignment, source, settings["delimiters"])
        self.students = _students(loaded, variants)

    def report(self, inside: bool) -> ReferenceReport:
        """All that was found."""
        manner, verdicts, empty = self._from_outside()
        lost = {name: why for verdict in verdicts for name, why in _lost(verdict).items()}
        for_nothing = _given_away(empty)
        if inside and (lost or for_nothing) and verdicts[0].status == "graded":
            tried, solved = self._tried_inside(manner, verdicts[0], lost, for_nothing)
            if tried.inside:
                manner = tried
            if tried.companions and tried.inside:
                verdicts = [solved]  # some cells need what tests leave: they run there alone
        problems = [why for verdict in verdicts for why in _no_verdict(verdict)]
        problems += [why for name, why in lost.items() if name not in manner.inside]
        problems += [why for verdict in verdicts for why in _failing_cells(verdict, self.source)]
        problems += [f"{line}; correct it in the source notebook" for line in self.trouble]
        if problems:
            named = (f"{self.assignment}: {why}" for why in problems)
            return ReferenceReport(tuple(dict.fromkeys(named)))
        notes = [f"{self.assignment}: {why}" for why in for_nothing.values()]
        notes += [
            f"{self.assignment}: cell {name} is judged inside the student's process, where a "
            f"dishonest submission can reach it: {why}"
            for name, why in manner.inside.items()
        ]
        return ReferenceReport(notes=tuple(notes), manner=manner)

    def _from_outside(self) -> tuple[Manner, list[SubmissionVerdict], SubmissionVerdict]:
        """The manner so far, verdicts on the solution, and the one on the empty notebook."""
        manner = Manner()
        while True:
            verdicts = [self._grade(self.source, student, manner) for student in self.students]
            left, self.trouble = left_by_reference(), reference_problems()
            close_reference()  # so that it runs once more
            empty = self._grade(self.empty, "", manner)
            other = left_by_reference()
            unseeded = frozenset(name for name in left if left[name] != other.get(name))
            if unseeded <= manner.unseeded:
                return manner, verdicts, empty
            manner = replace(manner, unseeded=manner.unseeded | unseeded)

    def _tried_inside(
        self,
        manner: Manner,
        outside: SubmissionVerdict,
        lost: Mapping[str, str],
        for_nothing: dict[str, str],
    ) -> tuple[Manner, SubmissionVerdict]:
        """The manner with those cells inside that tell solution and nothing apart only there.

        Takes them out of ``for_nothing``. Also the verdict on the solution.
        """
        wanted = {**for_nothing, **lost}
        # A solution that fails without the tests before it needs all of them.
        needed = any(_failing_cells(outside, self.source))
        for companions in (needed, True):
            tried = replace(manner, inside=wanted, companions=companions)
            solved = self._grade(self.source, self.students[0], tried)
            trouble = reference_problems()
            empty = self._grade(self.empty, "", tried)
            right = {n for n in wanted if solved.tests[n].score == solved.tests[n].max_score}
            right -= {name for name in for_nothing if empty.tests[name].score}
            if right == set(wanted) or companions:
                break
        for name in right:
            for_nothing.pop(name, None)
        reasons = {
            name: test.message or "from outside it passes for whoever writes nothing"
            for name, test in outside.tests.items()
            if name in right
        }
        if reasons:
            self.trouble = trouble
        return replace(tried, inside=reasons), solved

    def _grade(
        self, submission: Mapping[str, Any], student: str, manner: Manner
    ) -> SubmissionVerdict:
        return grade(self.source, submission, student=student, manner=manner, **self.settings)


def _students(loaded: Assignment, variants: int) -> list[str]:
    """Names of made-up students who meet that many different sets of hidden inputs."""
    found: dict[int, str] = {}
    number = 0
    while len(found) < variants:
        student = f"reference-{number}"
        found.setdefault(variant_of(loaded.name, student, loaded.secret), student)
        number += 1
    return list(found.values())


def _no_verdict(verdict: SubmissionVerdict) -> Iterator[str]:
    if verdict.status == "not graded":
        yield f"the instructor's own solution could not be graded: {verdict.reason}"


def _lost(verdict: SubmissionVerdict) -> dict[str, str]:
    """Why the solution does not get all points, by the names of test cells."""
    if verdict.status == "not graded":
        return {}
    lost = {}
    for name, test in verdict.tests.items():
        if test.score is None:
            lost[name] = f"{name} can be given to nobody: {test.message}"
        elif test.score < test.max_score:
            lost[name] = (
                f"the instructor's own solution gets {test.score:g} of "
                f"{test.max_score:g} points in {name}: {test.message} "
                "Correct the solution or the test in the source notebook"
            )
    return lost


def _failing_cells(verdict: SubmissionVerdict, source: Mapping[str, Any]) -> Iterator[str]:
    for output in verdict.outputs:
        metadata = source["cells"][output.index].get("metadata", {})
        if output.error and RAISES not in metadata.get("tags", ()):
            name = metadata.get("nbgrader", {}).get("grade_id") or f"number {output.index + 1}"
            last = output.error.strip().rpartition("\n")[2]
            yield (
                f"the source notebook's cell {name} fails as students' cells are "
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


def _given_away(verdict: SubmissionVerdict) -> dict[str, str]:
    return {
        name: f"{name} gives {test.score:g} of {test.max_score:g} points to "
        "whoever writes nothing at all"
        for name, test in verdict.tests.items()
        if test.score
    }
