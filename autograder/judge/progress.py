"""How far a submission's notebook has run: its cells, and the places where tests stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autograder.judge.assignment import Assignment, SourceCell, kind_of
from autograder.judge.manner import Manner
from autograder.sandbox.client import Sandbox
from autograder.sandbox.notebook import Notebook, Step
from autograder.verdict import CellOutput


class Progress:
    """The repaired notebook of one submission, run in one sandbox after another."""

    def __init__(self, submission: Mapping[str, Any], loaded: Assignment, manner: Manner) -> None:
        self.cells = list(_cells(submission))
        self.sources = {step.number: step.source for step, _ in self.cells if step.kind != "test"}
        self._forbidden = loaded.forbidden_imports
        self._places = {name: step.number for step, name in self.cells}
        self._seconds = {
            step.number: manner.seconds[name] for step, name in self.cells if name in manner.seconds
        }
        self._end = max(self._places.values(), default=-1) + 1

    def begin(
        self, sandbox: Sandbox, shadows: tuple[str, ...] = (), *, sweeping: bool = True
    ) -> None:
        """From now on the notebook runs there, from its beginning."""
        self.notebook = Notebook(
            sandbox, self._forbidden, self._seconds, shadows, sweeping=sweeping
        )
        self._reached = 0
        self._begun = False

    @property
    def outputs(self) -> Iterator[CellOutput]:
        """What the cells that have run showed, in the notebook's order."""
        return (output for _, output in sorted(self.notebook.outputs.items()))

    def reach(self, cell: SourceCell | None) -> list[CellOutput]:
        """Run the student's cells before this one, or all; outputs of those that had not run."""
        place = self._end
        if cell is not None:
            # A cell without a name is the judge's own alone: nothing needs to have run for it.
            usual = self._end if cell.kind == "test" else self._reached
            place = self._places.get(cell.grade_id, usual)
        if place <= self._reached and self._begun:
            return []
        steps = [s for s, _ in self.cells if s.kind != "test" and self._reached <= s.number < place]
        self._reached, first = max(place, self._reached), not self._begun
        self._begun = True
        more = any(s.kind != "test" and s.number >= self._reached for s, _ in self.cells)
        return self.notebook.go_on(steps, more=more) if steps or first else []

    def again(self) -> None:
        """Run again what has run: its process is gone, or knows of a test."""
        self.notebook.again()


def _cells(submission: Mapping[str, Any]) -> Iterator[tuple[Step, str]]:
    """The code cells with their names, which may be empty."""
    for number, cell in enumerate(submission["cells"]):
        if cell["cell_type"] != "code":
            continue
        metadata = cell.get("metadata", {}).get("nbgrader", {})
        kind = kind_of(metadata)
        step = Step(number, str(cell["source"]), kind if kind in ("test", "given") else "student")
        yield step, str(metadata.get("grade_id", ""))
