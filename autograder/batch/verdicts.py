"""The verdicts of a run: on disk when they are asked for, in memory only as numbers."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from math import isnan, nan
from typing import overload

from autograder.batch import store
from autograder.batch.outcome import merge
from autograder.course.directory import Course
from autograder.verdict import SubmissionVerdict

GONE = "its verdict is not on disk any more: run the same command again"


class Verdicts(Sequence[SubmissionVerdict]):
    """One verdict a student, without outputs and curves; read from disk each time."""

    def __init__(
        self, course: Course, assignment: str, notebooks: Sequence[str], students: Sequence[str]
    ) -> None:
        self._course = course
        self._assignment = assignment
        self._notebooks = tuple(notebooks)
        self._students = tuple(students)

    def __len__(self) -> int:
        return len(self._students)

    @overload
    def __getitem__(self, index: int) -> SubmissionVerdict: ...

    @overload
    def __getitem__(self, index: slice) -> list[SubmissionVerdict]: ...

    def __getitem__(self, index: int | slice) -> SubmissionVerdict | list[SubmissionVerdict]:
        if isinstance(index, slice):
            return [self._of(student) for student in self._students[index]]
        return self._of(self._students[index])

    def __iter__(self) -> Iterator[SubmissionVerdict]:
        return map(self._of, self._students)

    def _of(self, student: str) -> SubmissionVerdict:
        parts = {}
        for name in self._notebooks:
            record = store.load(self._course, student, self._assignment, name, outputs=False)
            gone = SubmissionVerdict(student, "not graded", GONE)
            parts[name] = store.brief(record.verdict) if record is not None else gone
        return merge(student, parts)


class Tally:
    """Scores of a class, eight bytes each: what the closing line needs."""

    def __init__(self, students: Sequence[str]) -> None:
        self._places: Mapping[str, int] = {name: place for place, name in enumerate(students)}
        self._scores = array("d", [nan]) * len(students)
        self._most = array("d", [0.0]) * len(students)

    def add(self, verdict: SubmissionVerdict) -> None:
        """Count one notebook's verdict of a student."""
        place = self._places[verdict.student]
        self._most[place] += verdict.max_score
        if verdict.score is not None:
            before = self._scores[place]
            self._scores[place] = verdict.score + (0.0 if isnan(before) else before)

    @property
    def scores(self) -> list[float]:
        """Of those of whom something was graded."""
        return [score for score in self._scores if not isnan(score)]

    @property
    def most(self) -> float:
        """The most points that a submission could get."""
        return max(self._most, default=0.0)
