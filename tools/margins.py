"""How far answers are from a tolerance: `python -m tools.margins 05-momentum`.

Runs a problem set's test cells on every entry of its `mistakes.py` and `alternatives.py`, for each
set of hidden inputs that students meet, and counts deviations in tolerances. A right answer
should stay below a hundredth of one, a wrong one beyond a hundred: what lies between is decided by
rounding, and will one day be unjust.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np

from autograder.catalogue import Entry
from autograder.checks import comparing, gradients
from autograder.errors import GraderError
from tools.common import ROOT, ToolError, run
from tools.rehearsal import Rehearsal, each_variant

SMALL, LARGE = 0.01, 100.0


class Margin(NamedTuple):
    """What came of one entry: does it get all points, and which deviation is the nearest to 1?"""

    entry: Entry
    right: bool
    passes: bool
    nearest: float | None
    """None if no number decided: a shape, a type, an exception."""

    @property
    def wrong(self) -> bool:
        """Does a mistake get all points, or a right answer not?"""
        return self.passes != self.right

    @property
    def near(self) -> bool:
        """Is it too near to a tolerance?"""
        if self.nearest is None or self.nearest < SMALL:
            return False
        return self.right or self.nearest < LARGE

    def __str__(self) -> str:
        kind = "alternative" if self.right else "mistake"
        told = "passes" if self.passes else "fails"
        far = "not by its numbers" if self.nearest is None else f"{self.nearest:.1g} tolerances"
        arrow = "   <-- " + ("the tests are wrong" if self.wrong else "near a tolerance")
        line = f"{kind:11}  {self.entry.name:36} {told}, {far}"
        return line + arrow if self.wrong or self.near else line


@contextmanager
def measured() -> Iterator[list[float]]:
    """Every comparison's largest deviation, counted in tolerances, in the order they are made."""
    found: list[float] = []
    tolerances: list[float] = []
    excess, compare = comparing.excess, gradients._compare
    relative_error, exact = gradients.relative_error, gradients._exact

    def measuring(*args: Any, **kwargs: Any) -> Any:
        result = excess(*args, **kwargs)
        found.append(float(np.max(result, initial=0.0)))
        return result

    def comparing_gradients(*args: Any) -> None:
        tolerances.append(args[-1])
        compare(*args)

    def measuring_gradients(*args: Any) -> Any:
        error = relative_error(*args)
        found.append(float(np.max(error, initial=0.0)) / tolerances[-1])
        return error

    def measuring_distances(what: str, got: tuple[Any, ...], right: Any) -> None:
        for part, good in zip(got, right, strict=True):
            distance = float(np.linalg.norm(np.subtract(part, good)) / np.linalg.norm(good))
            found.append(distance / gradients.ANALYTIC)
        exact(what, got, right)

    with (
        patch.object(comparing, "excess", measuring),
        patch.object(gradients, "_compare", comparing_gradients),
        patch.object(gradients, "relative_error", measuring_gradients),
        patch.object(gradients, "_exact", measuring_distances),
    ):
        yield found


def margins(folder: Path) -> Iterator[Margin]:
    """The margin of each mistake, then of each alternative.

    Raises ToolError where the notebook's own solution fails a test.
    """
    problem_set = Rehearsal(folder)
    for test in problem_set.tests:
        if reason := problem_set.run(test, {}).failure:
            raise ToolError(f"the notebook's own solution fails {test}: {reason}")
    for entry in problem_set.catalogue.mistakes:
        yield _margin(problem_set, folder.name, entry, right=False)
    for entry in problem_set.catalogue.alternatives:
        yield _margin(problem_set, folder.name, entry, right=True)


def _margin(problem_set: Rehearsal, assignment: str, entry: Entry, *, right: bool) -> Margin:
    """A mistake is tried on the hidden lines alone: the visible ones may let it pass."""
    answers = {entry.function: entry.source_cell()}
    passed = []
    with measured() as found:
        for _ in each_variant(assignment):
            made = [
                problem_set.run(test, answers, hidden_only=not right)
                for test in problem_set.tests_of(entry.function)
            ]
            passed.append(not any(one.failure for one in made))
    far = [each for each in found if each >= SMALL]
    nearest = (max(found, default=None)) if right else min(far, default=None)
    return Margin(entry, right, all(passed) if right else any(passed), nearest)


def main() -> None:
    """Print a line an entry; exit status 1 where a test tells wrong from right wrongly."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tools.margins PROBLEM-SET")
    folder = ROOT / "solutions" / sys.argv[1]
    if len(list(folder.glob("*.ipynb"))) != 1:
        raise ToolError(f"solutions/{sys.argv[1]} must be a folder with one notebook")
    found = []
    try:
        for each in margins(folder):
            print(each, flush=True)
            found.append(each)
    except GraderError as error:
        raise ToolError(str(error)) from error
    near = sum(each.near for each in found)
    print(f"{len(found)} entries, {near} of them near a tolerance")
    if wrong := [each.entry.name for each in found if each.wrong]:
        raise ToolError(f"the tests do not tell right from wrong: {', '.join(wrong)}")


if __name__ == "__main__":
    run(main)
