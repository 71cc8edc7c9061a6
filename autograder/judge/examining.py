"""The reference goes first: the instructor's own notebook, graded as a submission is.

Through the same sandbox and judge as every student's, so that a test that its own author would
fail, a cell that raises and a host that cannot run the notebook are told before anybody is graded.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from autograder.catalogue import Catalogue
from autograder.checks import variant_of
from autograder.errors import CourseError, HostTrouble
from autograder.judge.assignment import (
    DELIMITERS,
    RAISES,
    Assignment,
    Delimiters,
    dissect,
    kind_of,
)
from autograder.judge.grading import close_reference, grade, last_reference
from autograder.judge.manner import Manner
from autograder.judge.reference import ReferenceProcess
from autograder.limits import Limits
from autograder.sandbox.walls import Plan
from autograder.verdict import SubmissionVerdict

_LIBRARY = re.compile(r"(?:ModuleNotFoundError|ImportError).*No module named '([^']+)'")
_FILE = re.compile(r"FileNotFoundError.*No such file or directory: '([^']+)'")
_FORBIDDEN = "only the student's process could run it, and c.Judge.inside forbids that"
_HARMLESS = "; no test loses a point by it"
PATIENCE = 4
SECONDS_FACTOR = 20
"""A cell or test has at least so many times the seconds that the reference takes."""


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
        self.limits: Limits = settings["limits"] or Limits()
        self.settings = {**settings, "limits": _patient(self.limits)}
        self.assignment = settings["assignment"]
        self.loaded = dissect(self.assignment, source, settings["delimiters"])
        self.students = _students(self.loaded, variants)

    def report(self, inside: bool) -> ReferenceReport:
        """All that was found."""
        manner, verdicts, empty = self._from_outside()
        lost = {name: why for verdict in verdicts for name, why in _lost(verdict).items()}
        for_nothing = _given_away(empty)
        if (lost or for_nothing) and verdicts[0].status == "graded":
            tried, solved = self._tried_inside(manner, verdicts[0], lost, for_nothing)
            if tried.inside and not inside:
                manner = replace(manner, refused=dict.fromkeys(tried.inside, _FORBIDDEN))
            elif tried.inside:
                manner = tried
            if manner.companions and manner.inside:
                verdicts = [solved]  # some cells need what tests leave: they run there alone
        if missing := self._missing(verdicts):
            others = {n: missing for n in lost if n not in manner.inside}
            manner = replace(manner, refused={**others, **manner.refused})
        told = {*manner.inside, *manner.refused}
        lost = {name: why for name, why in lost.items() if name not in told}
        failing = [why for verdict in verdicts for why in _failing_cells(verdict, self.source)]
        failing += [f"{line}; correct it in the source notebook" for line in self.trouble]
        problems = [why for verdict in verdicts for why in _no_verdict(verdict)]
        if lost and not missing:
            problems += [*lost.values(), *failing]
        if problems:
            named = (f"{self.assignment}: {why}" for why in problems)
            return ReferenceReport(tuple(dict.fromkeys(named)), manner=manner)
        harmless = "" if missing else _HARMLESS
        notes = [*for_nothing.values(), *(line + harmless for line in failing)]
        notes += [
            f"cell {name} is graded for nobody, the rest is: {why}; put that right and grade "
            "again with --force"
            for name, why in manner.refused.items()
        ]
        notes += [
            f"cell {name} is judged inside the student's process, where a dishonest submission "
            f"can reach it: {why}"
            for name, why in manner.inside.items()
        ]
        named = (f"{self.assignment}: {why}" for why in notes)
        return ReferenceReport(notes=tuple(dict.fromkeys(named)), manner=manner)

    def _missing(self, verdicts: list[SubmissionVerdict]) -> str:
        """What the notebook needs and this machine, or the course, has not; empty if nothing."""
        for cell in self.loaded.cells:
            if cell.broken:
                return f"the source's cell {cell.grade_id} is no Python: {cell.broken}"
        for verdict in verdicts:
            lines = [output.error.strip().rpartition("\n")[2] for output in verdict.outputs]
            lines += [test.message for test in verdict.tests.values() if not test.score]
            for line in lines:
                if found := _LIBRARY.search(line):
                    return (
                        f"{found[1]} cannot be imported where students' cells run: install it, or "
                        "name the folder where it lies in c.Judge.shown"
                    )
                if found := _FILE.search(line):
                    return f"the notebook reads {found[1]}, which the assignment's folder lacks"
        return ""

    def _from_outside(self) -> tuple[Manner, list[SubmissionVerdict], SubmissionVerdict]:
        """The manner so far, verdicts on the solution, and the one on the empty notebook."""
        manner = Manner()
        while True:
            verdicts = [self._grade(self.source, student, manner) for student in self.students]
            first = self._last()
            left = first.left()
            close_reference()  # so that it runs once more
            empty = self._grade(self.empty, "", manner)
            other = self._last().left()
            self.trouble = first.problems
            seconds = self._needed(first.spent, verdicts)
            unseeded = {name for name in left if left[name] != other.get(name)}
            if unseeded <= manner.unseeded:
                return replace(manner, seconds=seconds), verdicts, empty
            manner = replace(manner, unseeded=manner.unseeded | unseeded)

    def _needed(
        self, spent: Mapping[str, float], verdicts: list[SubmissionVerdict]
    ) -> dict[str, int]:
        """Limits of the cells for which the usual ones are less than SECONDS_FACTOR allows."""
        needed = {name: (SECONDS_FACTOR * s, self.limits.cell_seconds) for name, s in spent.items()}
        for verdict in verdicts:
            for name, test in verdict.tests.items():
                known = needed.get(name, (0.0, 0))[0]
                most = max(known, SECONDS_FACTOR * test.seconds)
                needed[name] = most, self.limits.test_seconds
        return {name: math.ceil(s) for name, (s, usual) in needed.items() if s > usual}

    @staticmethod
    def _last() -> ReferenceProcess:
        """The reference that was just used."""
        process = last_reference()
        if process is None:
            raise HostTrouble("the reference's process was killed")
        return process

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
        silent = {cell.grade_id for cell in self.loaded.tests if cell.never_runs}
        for companions in (needed, True):
            tried = replace(manner, inside=wanted, companions=companions)
            solved = self._grade(self.source, self.students[0], tried)
            used = self._last()
            empty = self._grade(self.empty, "", tried)
            right = {n for n in wanted if solved.tests[n].score == solved.tests[n].max_score}
            right -= {n for n in right if empty.tests[n].score and n in {*for_nothing, *silent}}
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
            self.trouble = used.problems
        return replace(tried, inside=reasons), solved

    def _grade(
        self, submission: Mapping[str, Any], student: str, manner: Manner
    ) -> SubmissionVerdict:
        return grade(self.source, submission, student=student, manner=manner, **self.settings)


def _patient(limits: Limits) -> Limits:
    """More time than a submission has: what the reference needs decides what that will be."""
    return replace(
        limits,
        cell_seconds=PATIENCE * limits.cell_seconds,
        test_seconds=PATIENCE * limits.test_seconds,
        submission_seconds=PATIENCE * limits.submission_seconds,
    )


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
