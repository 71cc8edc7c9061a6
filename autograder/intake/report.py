"""What one run of ``collect`` says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.text import named


@dataclass
class Report:
    """What became of everything; each list holds a line for the instructor."""

    placed: list[str] = field(default_factory=list)
    """Students who had nothing yet."""
    renewed: list[str] = field(default_factory=list)
    """Students who handed in again."""
    unchanged: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unplaced: list[tuple[str, str]] = field(default_factory=list)
    """What could not be placed, and why."""

    def lines(self, assignment: str, kept: str) -> Iterator[str]:
        yield from self.notes
        for what, why in self.unplaced:
            yield f"not placed: {named(what)}: {why}"
        if self.unplaced and kept:
            yield f"what was not placed is kept in {kept}; put that right and collect again"
        yield (
            f"{assignment}: {len(self.placed)} placed, {len(self.renewed)} new versions, "
            f"{len(self.unchanged)} unchanged, {len(self.unplaced)} not placed"
        )
