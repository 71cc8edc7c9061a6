"""How the cells of one notebook are judged, found out with the reference before anybody is graded.

A cell is judged from outside where that can be: the student's process computes, the judge decides.
Where it cannot, the cell runs in the student's process, in its place, as nbgrader runs it. Which
cells those are follows from the instructor's own notebook alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from autograder.limits import Limits


@dataclass(frozen=True)
class Manner:
    """``inside`` and ``refused`` tell why, by the names of test cells."""

    inside: Mapping[str, str] = field(default_factory=dict)
    """Test cells that are judged in the student's process."""
    companions: bool = False
    """Whether all other test cells run there too, since those inside need what they leave."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Test cells that nobody can be graded by: the instructor's to mend."""
    unseeded: frozenset[str] = frozenset()
    """Names of the instructor's whose values differ from run to run: each student has their own."""
    seconds: Mapping[str, int] = field(default_factory=dict)
    """Limits of cells that need more than others, by the cells' names."""

    def for_cell(self, name: str, limits: Limits) -> Limits:
        """The limits of one cell."""
        seconds = self.seconds.get(name, 0)
        return replace(
            limits,
            cell_seconds=max(seconds, limits.cell_seconds),
            test_seconds=max(seconds, limits.test_seconds),
        )

    def for_submission(self, limits: Limits) -> Limits:
        """The limits of a whole submission, in which the slow cells may run once more each."""
        more = 2 * sum(self.seconds.values())
        return replace(limits, submission_seconds=limits.submission_seconds + more)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "unseeded": sorted(self.unseeded)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Manner:
        return cls(**{**data, "unseeded": frozenset(data["unseeded"])})
