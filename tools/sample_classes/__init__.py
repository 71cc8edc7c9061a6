"""The invented students of each problem set, for tests and for trying the grader out."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Student(NamedTuple):
    """An invented student.

    ``answers`` are by grade_id: the lines below a function's docstring, or a written answer; a
    question without one is left as it was. ``notes`` are free code cells, put before the first
    question.
    """

    name: str
    verdict: str
    answers: Mapping[str, str]
    notes: Sequence[str] = ()

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}__{self.verdict}.ipynb"
