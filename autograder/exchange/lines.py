"""What the command says, one line for each thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One thing that was done, found, or is wrong; a wrong one says what to do."""

    text: str
    wrong: bool = False

    def __str__(self) -> str:
        return f"wrong: {self.text}" if self.wrong else self.text
